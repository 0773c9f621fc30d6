//! Is this the name of a secret, as build arguments and variables of images are called?
//!
//! The detection room judges names in general; what only Dockerfiles have is added here.

pub(crate) use tightlip_detect::Says;
use tightlip_detect::name_says;

/// Judges the name of a build argument or a variable.
pub(crate) fn says(name: &str) -> Says {
    if without_public_prefix(name).is_some() {
        return Says::Nothing;
    }
    let upper = name.to_ascii_uppercase();
    let words: Vec<&str> = upper.split(['_', '-', '.']).filter(|word| !word.is_empty()).collect();
    if is_public(&words) || is_stand_in(&words) {
        return Says::Nothing;
    }
    own(&upper, &words).unwrap_or_else(|| in_general(name, &words))
}

/// The general judge. What may be a secret must end so: `AUTH0_DOMAIN` and `PIN_VERSIONS` are about something else.
fn in_general(name: &str, words: &[&str]) -> Says {
    let last = words.last().map_or("", |word| word.trim_end_matches(|c: char| c.is_ascii_digit()));
    match name_says(name) {
        Says::Maybe if !MAYBE_ENDS.iter().any(|end| last.to_ascii_uppercase().ends_with(end)) => {
            Says::Nothing
        }
        says => says,
    }
}

const MAYBE_ENDS: &[&str] =
    &["AUTH", "PSK", "CRED", "BEARER", "JWT", "AUTHORIZATION", "KEY", "KEYS", "SALT", "OTP", "MNEMONIC"];

/// What the general judge does not know, or sees otherwise.
fn own(upper: &str, words: &[&str]) -> Option<Says> {
    let last = words.last().copied().unwrap_or_default();
    let before = words.len().checked_sub(2).and_then(|at| words.get(at)).copied().unwrap_or_default();
    if PLAIN.contains(&upper) || PLAIN_ENDS.iter().any(|end| upper.ends_with(end)) {
        return Some(Says::Secret);
    }
    if LIKELY.contains(&upper) || LIKELY_ENDS.iter().any(|end| upper.ends_with(end)) {
        return Some(Says::Maybe);
    }
    // Bundler takes the credentials of a host from a variable with the host's name.
    if upper.starts_with("BUNDLE_") && upper.get(7..).is_some_and(|host| host.contains("__")) {
        return Some(Says::Secret);
    }
    // What a variable can only hold encoded is a file, and these are files of keys.
    if matches!(last, "B64" | "BASE64") && ENCODED.contains(&before) {
        return Some(Says::Secret);
    }
    match last {
        "PAT" | "PSW" => Some(Says::Secret),
        "KEY" if OPEN_KEYS.contains(&before) => Some(Says::Nothing),
        "KEY" if !before.is_empty() && name_says(upper) == Says::Nothing => Some(Says::Maybe),
        _ => None,
    }
}

/// What follows the prefix by which bundlers know what they compile into what browsers load.
pub(crate) fn without_public_prefix(name: &str) -> Option<&str> {
    PUBLIC_PREFIXES.iter().find_map(|prefix| name.strip_prefix(prefix))
}

const PUBLIC_PREFIXES: &[&str] = &[
    "NEXT_PUBLIC_",
    "VITE_",
    "REACT_APP_",
    "NUXT_PUBLIC_",
    "VUE_APP_",
    "GATSBY_",
    "EXPO_PUBLIC_",
    "PUBLIC_",
    "NG_APP_",
    "STORYBOOK_",
];

/// Names of what is published.
fn is_public(words: &[&str]) -> bool {
    let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(word));
    has(&["PUBLIC", "PUBLISHABLE", "FINGERPRINT"])
        || has(&["GPG", "PGP"]) && !has(&["PRIVATE", "PASSPHRASE", "PASSWORD", "SECRET", "TOKEN"])
}

/// Stand-ins that tools take where a secret is not needed: `SECRET_KEY_BASE_DUMMY`.
fn is_stand_in(words: &[&str]) -> bool {
    words.last().is_some_and(|word| matches!(*word, "DUMMY" | "PLACEHOLDER" | "SERVER" | "RING"))
}

const PLAIN: &[&str] = &[
    "AWS_ACCESS_KEY_ID",
    "NPMRC",
    "NPM_RC",
    "NPM_AUTH",
    "NPM_CONFIG__AUTH",
    "NETRC",
    "COMPOSER_AUTH",
    "DOCKER_AUTH_CONFIG",
    "SSH_KEY",
    "SSH_PRV_KEY",
    "ID_RSA",
    "ID_ED25519",
    "DEPLOY_KEY",
    "GCP_KEY",
    "GCP_SA_KEY",
    "GCLOUD_SERVICE_KEY",
    "PIP_CONF_CONTENT",
    "KUBE_CONFIG_DATA",
    "KUBECONFIG_DATA",
    "PGPASS",
    "GPG_PRIVATE_KEY",
    "DENO_AUTH_TOKENS",
    "PUB_TOKEN",
    "UNITY_SERIAL",
    "UNITY_LICENSE",
    "KENDO_UI_LICENSE",
    "TELERIK_LICENSE",
];
const PLAIN_ENDS: &[&str] = &[
    "_ACCESS_KEY_ID",
    "_SSH_KEY",
    "_PRV_KEY",
    "_SA_KEY",
    "_SERVICE_ACCOUNT_KEY",
    "_AUTH_CONFIG",
    "_SAS_TOKEN",
];
const LIKELY: &[&str] = &[
    "MONGO_URI",
    "SAS_URL",
    "KUBECONFIG",
    "DATABASE_URL",
    "DB_URL",
    "REDIS_URL",
    "MONGO_URL",
    "MONGODB_URI",
    "AMQP_URL",
    // Addresses of packages of one's own, which have the login in front of the host.
    "PIP_EXTRA_INDEX_URL",
    "UV_EXTRA_INDEX_URL",
];
const LIKELY_ENDS: &[&str] = &["_DATABASE_URL", "_DB_URL", "_MONGO_URI", "_MONGODB_URI", "_WEBHOOK_URL"];

/// Files with secrets that are passed in another encoding.
const ENCODED: &[&str] = &[
    "SA",
    "ACCOUNT",
    "KEYSTORE",
    "JKS",
    "P12",
    "PFX",
    "KUBECONFIG",
    "NETRC",
    "NPMRC",
    "CREDENTIALS",
    "CREDS",
    "KEYFILE",
    "SETTINGS",
    "ENV",
    "DOTENV",
];

/// Keys that open nothing.
const OPEN_KEYS: &[&str] = &[
    "CACHE",
    "PRIMARY",
    "FOREIGN",
    "SORT",
    "PARTITION",
    "HOT",
    "APT",
    "REPO",
    "REPOSITORY",
    "RELEASE",
    "ROW",
    "OBJECT",
    "S3",
    "MAP",
    "LOOKUP",
    "INDEX",
    "UNIQUE",
    "HASH",
    "ROUTING",
    "SIGN",
    "PUB",
    "DNF",
    "YUM",
    "RPM",
    "DEBIAN",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_builds_are_understood() {
        for (expected, names) in [
            (
                Says::Secret,
                "NPM_TOKEN GH_PAT ARTIFACTORY_PSW DB_PWD AWS_ACCESS_KEY_ID DOCKER_AUTH_CONFIG FtpPassword \
                 DENO_AUTH_TOKENS PUB_TOKEN GCP_SA_B64 ANDROID_KEYSTORE_BASE64 AIRFLOW__CORE__FERNET_KEY \
                 AIRFLOW__API_AUTH__JWT_SECRET AIRFLOW__WEBSERVER__SECRET_KEY NPM_CONFIG__AUTH npm_config__auth \
                 NPM_CONFIG__AUTHTOKEN NPM_CONFIG__PASSWORD KENDO_UI_LICENSE",
            ),
            (Says::Maybe, "DATABASE_URL STRIPE_KEY PIP_EXTRA_INDEX_URL"),
            (
                Says::Nothing,
                "GPG_KEY KEY_SHA256 CACHE_KEY SECRET_KEY_BASE_DUMMY TOKENIZERS_PARALLELISM KEYCLOAK_VERSION AUTHOR \
                 SSH_AUTH_SOCK SSH_KEY_DIR AUTH_URL KEY_PREFIX TOKEN_PATH API_KEY_HEADER SECRET_NAME PUBLIC_KEY \
                 APP_VERSION NODE_ENV KEY KEYRING LOGO_B64 PUB_KEY MAX_TOKENS \
                 LICENSE IMAGE_LICENSE NPM_CONFIG_ALWAYS_AUTH_TYPE \
                 AIRFLOW__CORE__FERNET_KEY_SECRET AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_CMD \
                 AIRFLOW__SMTP__SMTP_PASSWORD_CMD DB_PASSWORD_CMD API_TOKEN_COMMAND DB_PASSWORD_FILE",
            ),
        ] {
            for name in names.split_whitespace() {
                assert_eq!(says(name), expected, "{name}");
            }
        }
    }
}
