//! Is this the name of a secret? Names are split into words; parts of words do not count.

use super::airflow::tells_where;
use super::cipher_words::is_cipher_key;
use super::other_keys::NOT_KEYS;
use super::other_words::{NOT_AFTER, NOT_BEFORE};
use super::parts::{LONGEST, Words};
pub(crate) use super::secret_words::KEYWORDS;
use super::secret_words::{KEYS, MAYBE, SECRET, SECRET_ENDS};
use super::words_abroad::{ABROAD, ABROAD_PERHAPS, KEY_ABROAD, SECRET_ABROAD};

/// How plainly a name says that its value is secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Says {
    /// It does not.
    Nothing,
    /// It may: `auth`, `private key`, `salt`.
    Maybe,
    /// It does: `db_password`, `API_KEY`.
    Secret,
}

/// Judges a name of any spelling: `API_KEY`, `apiKey`, `api-key`, `spring.datasource.password`.
pub(crate) fn says(name: &[u8]) -> Says {
    if name.len() > LONGEST || tells_where(name) {
        return Says::Nothing;
    }
    let words = Words::of(name);
    if words.count == 1
        && matches!(words.get(0), Some("pwd" | "oldpwd"))
        && name.iter().all(u8::is_ascii_uppercase)
    {
        // The shell's own: the directory one is in.
        return Says::Nothing;
    }
    let Some((end, says)) = (0..words.count).rev().find_map(|i| phrase(&words, i).map(|s| (i, s))) else {
        return Says::Nothing;
    };
    if words.iter().skip(end + 1).any(|w| is(NOT_AFTER, w))
        || words.iter().take(end).enumerate().any(|(i, w)| {
            // `UPDATE_PASSWORD` of a device's firmware is a constant, `updatePassword` a verb.
            let constant = w == "update" && !name.iter().any(u8::is_ascii_lowercase);
            is(NOT_BEFORE, w) && !is_far(w, end - i) && !constant
        })
    {
        return Says::Nothing;
    }
    if is_guessed(&words) {
        return Says::Nothing;
    }
    // A key by which a standard lets a program show that it is right.
    if words.get(end).is_some_and(|word| word.starts_with("key")) && words.iter().any(|w| is(STANDARDS, w)) {
        return Says::Nothing;
    }
    // Browsers are given it when they subscribe to messages: the public one of a pair (RFC 8292).
    let server = ["application", "server", "key"];
    if words.iter().take(end + 1).skip(end.saturating_sub(2)).eq(server) {
        return Says::Nothing;
    }
    // It makes a request that is sent twice count once; the one of etcd tells clusters apart when they start.
    let before = |pair: [&str; 2]| words.iter().take(end).skip(end.saturating_sub(2)).eq(pair);
    // Of a WebSocket it shows that the server understood what it was asked (RFC 6455), no more.
    if before(["client", "request"]) || before(["initial", "cluster"]) || before(["sec", "websocket"]) {
        return Says::Nothing;
    }
    says
}

/// `COMMON_PASSWORDS`, `weak_passwords`: what nobody may choose.
fn is_guessed(words: &Words) -> bool {
    let kinds = [
        "common",
        "weak",
        "worst",
        "banned",
        "forbidden",
        "disallowed",
        "guessable",
        "popular",
        "breached",
        "pwned",
        "blacklisted",
        "denied",
    ];
    let many =
        words.iter().next_back().is_some_and(|last| matches!(last, "passwords" | "pwds" | "passphrases"));
    many && words.iter().any(|word| is(&kinds, word))
}

/// Who publishes test vectors, and what they are called.
const STANDARDS: &[&str] = &["fips", "nist", "cavp", "kat", "wycheproof", "vector", "vectors"];

/// `encryptedSavedObjects.encryptionKey`: what is encrypted is not the key, so many words further on.
fn is_far(word: &str, distance: usize) -> bool {
    word == "encrypted" && distance > 3
}

/// Whether the name ends like one of a password: such values are chosen by people, and may be words.
pub(crate) fn is_password(name: &[u8]) -> bool {
    let words = Words::of(name.get(name.len().saturating_sub(LONGEST)..).unwrap_or_default());
    let last = words.iter().next_back().unwrap_or_default();
    [
        "password",
        "passwd",
        "pwd",
        "passphrase",
        "pass",
        "pw",
        "passcode",
        "psw",
        "psk",
        "authtok",
        "phrase",
        "passwords",
    ]
    .contains(&last)
        || is(ABROAD, last)
        || is(ABROAD_PERHAPS, last)
        || is_of_words(&words, words.count.saturating_sub(1))
        || ["password", "passwd", "pass"].iter().any(|w| last.ends_with(w))
        // Of JNDI: what a directory is asked with.
        || name.ends_with(b"SECURITY_CREDENTIALS")
}

/// Whether a name begins with a word for a password, and says then whose it is: `PWD_SHEET`, `PASS_REAL`, `senha_banco`.
pub(crate) fn begins_with_password(name: &[u8]) -> bool {
    let words = Words::of(name.get(..LONGEST).unwrap_or(name));
    let first = words.get(0).unwrap_or_default();
    (2..=3).contains(&words.count)
        && (["password", "passwd", "pwd", "pass", "pw", "passphrase"].contains(&first) || is(ABROAD, first))
        && says(name) == Says::Secret
}

/// Whether the last word of a name is one for a password in one language, and one for many things in it or in others.
pub(crate) fn is_password_perhaps(name: &[u8]) -> bool {
    let words = Words::of(name.get(name.len().saturating_sub(LONGEST)..).unwrap_or_default());
    words.iter().next_back().is_some_and(|last| is(ABROAD_PERHAPS, last))
}

/// `mot_de_passe`, `kataSandi`: a word for a password that is several.
fn is_of_words(words: &Words, end: usize) -> bool {
    let before = |n: usize| end.checked_sub(n).and_then(|index| words.get(index)).unwrap_or_default();
    [
        ("de", "passe"),
        ("mot", "passe"),
        ("kata", "sandi"),
        ("mat", "khau"),
        ("palavra", "passe"),
        ("parola", "chiave"),
        ("parola", "segreta"),
        ("kata", "laluan"),
        ("palavra", "chave"),
    ]
    .contains(&(before(1), before(0)))
}

/// Whether the name is that of a secret which people make up as they do passwords: `jwtSecret`, `SECRET_KEY`.
pub(crate) fn is_plain_secret(name: &[u8]) -> bool {
    let words = Words::of(name.get(name.len().saturating_sub(LONGEST)..).unwrap_or_default());
    let mut last = words.iter().rev();
    let mut next = || last.next().unwrap_or_default();
    let (last, before, first) = (next(), next(), next());
    is_cipher_key([first, before, last])
        || last.ends_with("secret")
        || last == "secretkey"
        || (before, last) == ("secret", "key")
}

/// Whether the name is that of a key by which something is encrypted, for which people take phrases as well.
pub(crate) fn is_of_cipher(name: &[u8]) -> bool {
    let words = Words::of(name.get(name.len().saturating_sub(LONGEST)..).unwrap_or_default());
    let mut last = words.iter().rev();
    let mut next = || last.next().unwrap_or_default();
    let (last, before, first) = (next(), next(), next());
    is_cipher_key([first, before, last]) || (before, last) == ("encryption", "key")
}

/// Whether it is only the word `key` that may make the name one of a secret: `acmeKey`, `GATEWAY_KEY_PROD`.
pub(crate) fn is_key_of_something(name: &[u8]) -> bool {
    let words = Words::of(name.get(..LONGEST).unwrap_or(name));
    let last = (0..words.count).rev().find_map(|i| phrase(&words, i).map(|says| (i, says)));
    matches!(last, Some((end, Says::Maybe)) if words.get(end).is_some_and(|word| word == "key" || is(KEY_ABROAD, word)))
}

/// What follows `key` in the name of a secret: where it is used.
pub(crate) fn ends_in_key(name: &[u8]) -> bool {
    let stages =
        ["prod", "production", "live", "dev", "staging", "stage", "qa", "main", "new", "old", "backup"];
    let words = Words::of(name.get(..LONGEST).unwrap_or(name));
    words.iter().rev().find(|word| !stages.contains(word)) == Some("key")
        // Where adjectives stand behind, what a key is for does as well: `chave_correios`.
        || words.iter().any(|word| is(KEY_ABROAD, word))
}

/// Whether nothing but a secret has this name, so that even what looks like an identifier is one: `client_secret`,
/// `apiToken`. A `token` may be one that is given out once, as an idempotency token is.
pub(crate) fn is_unmistakable(name: &[u8]) -> bool {
    let words = Words::of(name.get(name.len().saturating_sub(LONGEST)..).unwrap_or_default());
    let mut last = words.iter().rev();
    let (last, before) = (last.next().unwrap_or_default(), last.next().unwrap_or_default());
    let pairs = [
        ("secret", "key"),
        ("api", "key"),
        ("access", "token"),
        ("api", "token"),
        ("auth", "token"),
        ("bearer", "token"),
        ("refresh", "token"),
        ("secret", "token"),
        ("service", "token"),
        ("acl", "token"),
        ("admin", "token"),
        ("master", "token"),
        ("registration", "token"),
        ("deploy", "token"),
        ("upload", "token"),
    ];
    let ends = ["secret", "apikey", "secretkey", "apitoken", "accesstoken", "authtoken", "apisecret"];
    pairs.contains(&(before, last)) || ends.iter().any(|end| last.ends_with(end)) || is_password(name)
}

/// Words of what a program gives out once and takes back.
const GIVEN_ONCE: &str = "\
    ack activation ad add antiforgery batch cancel cancellation cart change checkout client concurrency confirm \
    confirmation consumer continuation correlation csrf cursor delete design device download edit email event \
    fcm forgery form guest guid id idempotency identity injection invitation invite job lease lock message nonce \
    notification order page pagination payment public push registration reply request reset response resume room \
    script session setup share site state symbol sync task temp theme tracking unsubscribe upload user uuid \
    verification verify view xsrf";

/// Whether the name is that of a token of something, which is no token that a program gives out once and takes back:
/// `acmeToken`, not `requestToken` or `device_token`.
pub(crate) fn is_token_of_something(name: &[u8]) -> bool {
    let is_given_once = |word: &str| GIVEN_ONCE.split(' ').any(|once| once == word);
    let words = Words::of(name.get(name.len().saturating_sub(LONGEST)..).unwrap_or_default());
    let mut last = words.iter().rev();
    let (last, before) = (last.next().unwrap_or_default(), last.next().unwrap_or_default());
    let whole = last.strip_suffix("token").unwrap_or("x");
    last == "token" && before.len() >= 2 && words.iter().all(|word| !is_given_once(word))
        || whole.len() >= 4 && !GIVEN_ONCE.split(' ').any(|once| whole.ends_with(once))
}

/// Whether the last word of a name that may be one of a secret is one of a login: `GITEA_PAT`, `npm_auth`.
pub(crate) fn is_login(name: &[u8]) -> bool {
    let words = Words::of(name.get(name.len().saturating_sub(LONGEST)..).unwrap_or_default());
    let last = words.iter().next_back().unwrap_or_default();
    ["auth", "cred", "pat", "bearer", "jwt", "authorization"].contains(&last)
}

/// Whether the name is that of a salt which is one for all and must not be known: `hash_salt`, `ticket_salt`, a pepper.
pub(crate) fn is_hidden_salt(name: &[u8]) -> bool {
    let words = words(name);
    let before = words.len().checked_sub(2).and_then(|n| words.get(n)).map_or("", String::as_str);
    let kinds = ["hash", "password", "ticket", "auth", "secret", "secure", "security", "cookie", "nonce"];
    match words.last().map_or("", String::as_str) {
        "pepper" | "passwordsalt" | "passwordsaltmain" => true,
        // A constant is one for all.
        "salt" => kinds.contains(&before) || name == b"SALT",
        _ => false,
    }
}

/// Whether the name says that its value is words from which a wallet's keys are made.
pub(crate) fn is_named_phrase(name: &[u8]) -> bool {
    words(name)
        .iter()
        .any(|word| ["mnemonic", "seed", "phrase", "recovery", "wallet"].contains(&word.as_str()))
}

/// Whether the name says that its value is for tests: `TEST_ENCRYPTION_KEY`, `dummyPassword`.
pub(crate) fn is_for_tests(name: &[u8]) -> bool {
    let for_tests = ["test", "tests", "testing", "dummy", "fake", "mock", "example", "sample", "stub"];
    words(name).iter().any(|word| for_tests.contains(&word.as_str()))
}

fn is(list: &[&str], word: &str) -> bool {
    list.contains(&word)
}

/// What a password is for, behind a word that is one for a key as well: `clave_admin`, not `clave_estante`.
const WHOSE: &[&str] = &[
    "admin",
    "bd",
    "db",
    "base",
    "correo",
    "mail",
    "email",
    "smtp",
    "ftp",
    "sftp",
    "ssh",
    "root",
    "wifi",
    "mysql",
    "sql",
    "ldap",
    "vpn",
    "usuario",
    "secreta",
    "maestra",
    "acceso",
    "certificado",
    "firma",
    "prod",
    "produccion",
    "servidor",
    "proxy",
    "redis",
];

/// Whether the words up to `end`, that one included, end with one of a secret.
fn phrase(words: &Words, end: usize) -> Option<Says> {
    let last = words.get(end)?;
    let word_before = |n: usize| end.checked_sub(n).and_then(|index| words.get(index)).unwrap_or_default();
    let previous = word_before(1);
    if is(SECRET, last)
        || is(SECRET_ABROAD, last)
        || is(ABROAD, last)
        || is(ABROAD_PERHAPS, last) && words.get(end + 1).is_none_or(|next| is(WHOSE, next))
        || is_of_words(words, end)
        || is_cipher_key([word_before(2), previous, last])
    {
        return Some(Says::Secret);
    }
    let of_lora = ["appkey", "appskey", "nwkskey", "nwkkey"].contains(&last);
    if of_lora && words.iter().any(|word| word.starts_with("lora") || is(&["otaa", "abp", "ttn"], word)) {
        return Some(Says::Secret);
    }
    if SECRET_ENDS.iter().any(|end| last.ends_with(end)) {
        return Some(Says::Secret);
    }
    if is(KEY_ABROAD, last) && words.count > 1 {
        return is(KEYS, previous).then_some(Says::Secret).or(Some(Says::Maybe));
    }
    if last == "key" || last == "keys" {
        if (word_before(2), previous) == ("remember", "me") {
            return Some(Says::Secret);
        }
        let named = last == "key" && end > 0 && !is(NOT_KEYS, previous);
        return is(KEYS, previous).then_some(Says::Secret).or_else(|| named.then_some(Says::Maybe));
    }
    // `cle_api`, `cle_secrete`, `clé_api`: the French word alone is too short to be one of a key.
    if matches!(previous, "cle" | "cl") && matches!(last, "api" | "secrete" | "secrte" | "acces" | "accs") {
        return Some(Says::Secret);
    }
    if last == "string" && previous == "connection"
        || last == "phrase" && previous == "pass"
        || last == "cookie" && previous == "erlang"
        || last == "text" && previous == "clear"
        || last == "base" && previous == "key" && ["secret", "otp", "db"].contains(&word_before(2))
        || last == "community" && previous == "snmp"
        || last == "code" && previous == "private"
    {
        return Some(Says::Secret);
    }
    is(MAYBE, last).then_some(Says::Maybe)
}

/// The words of a name in lower case, digits of their own left out.
pub(crate) fn words(name: &[u8]) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    for (i, &b) in name.iter().enumerate() {
        let before = i.checked_sub(1).and_then(|i| name.get(i)).copied().unwrap_or_default();
        let after = name.get(i + 1).copied().unwrap_or_default();
        let camel = b.is_ascii_uppercase()
            && (before.is_ascii_lowercase() || (before.is_ascii_uppercase() && after.is_ascii_lowercase()));
        if b.is_ascii() && !b.is_ascii_alphabetic() || camel {
            words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
        }
        if b.is_ascii_alphabetic() {
            word.push(char::from(b.to_ascii_lowercase()));
        }
    }
    words.extend((!word.is_empty()).then_some(word));
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_that_are_taken_back_are_told_from_those_that_stay() {
        for name in ["acmeToken", "ACME_TOKEN", "botToken", "acmetoken", "gitlab_runner_token"] {
            assert!(is_token_of_something(name.as_bytes()), "{name}");
        }
        for name in
            ["token", "requestToken", "DEVICE_TOKEN", "csrftoken", "uploadtoken", "tokenId", "acmeKey"]
        {
            assert!(!is_token_of_something(name.as_bytes()), "{name}");
        }
    }

    #[test]
    fn every_spelling_is_understood() {
        for name in [
            "API_KEY",
            "apiKey",
            "api-key",
            "spring.datasource.password",
            "dbPassword",
            "POSTGRES_PASSWORD",
            "EMAIL_HOST_PASSWORD",
            "aws_secret_access_key",
            "SECRET_KEY_BASE",
            "clientSecret",
            "GITHUB_TOKEN",
            "TOKEN_GITHUB",
            "PGPASSWORD",
            "MYSQL_PWD",
            "rootpw",
            "password",
            "RABBITMQ_DEFAULT_PASS",
            "DB_PASSWORD_2",
            "_authToken",
            "ConnectionString",
            "dbpassword",
            "APIKey",
            "MINIO_SECRET_KEY",
            "ldapPwd",
            "LDAPPWD",
            "CLE_API",
            "cl\u{e9}_api",
            "sms.api.anahtari",
            "smsApiAnahtar\u{131}",
            "mail.\u{15f}ifresi",
        ] {
            assert_eq!(says(name.as_bytes()), Says::Secret, "{name}");
        }
    }

    #[test]
    fn names_about_secrets_are_no_names_of_secrets() {
        for name in [
            "PASSWORD_FILE",
            "TOKEN_URL",
            "SECRET_NAME",
            "token_type",
            "AWS_ACCESS_KEY_ID",
            "passwordField",
            "password_hash",
            "PASS_MAX_DAYS",
            "MAX_TOKEN",
            "public_key",
            "PWD",
            "OLDPWD",
            "bypass",
            "compass",
            "keyboard",
            "monkey",
            "tokenizer",
            "csrf_token",
            "sec-websocket-key",
            "HTTP_SEC_WEBSOCKET_KEY",
            "tokens",
            "secretary",
            "passenger",
            "SSH_AUTH_SOCK",
            "primary_key",
            "foreign_key",
            "PASSWORD_MIN_LENGTH",
            "author",
            "key",
            "ClientRequestToken",
            "ETCD_INITIAL_CLUSTER_TOKEN",
            "VerificationToken",
            "Unexpected_token_expected_1179",
        ] {
            assert_eq!(says(name.as_bytes()), Says::Nothing, "{name}");
        }
    }

    #[test]
    fn words_are_split_by_case_and_marks() {
        let words = Words::of(b"myHTTPAuth-token_2x");
        assert_eq!(words.iter().collect::<Vec<_>>(), ["my", "http", "auth", "token", "x"]);
    }
}
