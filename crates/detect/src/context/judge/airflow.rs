//! Airflow takes the name that a secret has in its backend from `…__FERNET_KEY_SECRET`, and a command that prints it from
//! `…__FERNET_KEY_CMD`.
//!
//! Source: airflow.apache.org, "Setting Configuration Options", the options that may be given so.

/// What the options end with that may be given so.
const OPTIONS: &[&str] = &[
    "_CONN",
    "_FERNET_KEY",
    "_SECRET_KEY",
    "_URL",
    "_BACKEND",
    "_PASSWORD",
    "_AUTH",
    "_KWARGS",
    "_DSN",
    "_JWT_SECRET",
];

/// Whether a variable only tells Airflow where it gets the secret.
pub(super) fn tells_where(name: &[u8]) -> bool {
    let Some(option) = name.strip_prefix(b"AIRFLOW__") else { return false };
    let told = |option: &[u8]| OPTIONS.iter().any(|end| option.ends_with(end.as_bytes()));
    option.ends_with(b"_CMD") || option.strip_suffix(b"_SECRET").is_some_and(told)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_names_an_option_before_it_tells_where() {
        for name in ["AIRFLOW__CORE__FERNET_KEY_SECRET", "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_CMD"] {
            assert!(tells_where(name.as_bytes()), "{name}");
        }
        for name in ["AIRFLOW__API_AUTH__JWT_SECRET", "AIRFLOW__CORE__FERNET_KEY", "FERNET_KEY_SECRET"] {
            assert!(!tells_where(name.as_bytes()), "{name}");
        }
    }
}
