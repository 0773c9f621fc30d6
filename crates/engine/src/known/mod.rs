//! Values that the user names: whoever knows what to look for finds it in every form.

mod dotenv;
mod form;
mod inside;
mod judge;
mod markup;
mod netrc;
mod reading;
mod setting;
mod tree;

use std::fmt;

pub(crate) use dotenv::names as variables;
pub use inside::passwords_in_addresses;
pub(crate) use judge::is_plain as is_plain_name;
pub use reading::{Reading, Source, Understood};

use zeroize::Zeroizing;

/// Shorter values stand everywhere by chance, in bytes.
const SHORTEST: usize = 4;
/// Numbers of fewer digits are ports, years and sizes.
const SHORTEST_NUMBER: usize = 6;
/// Words that stand everywhere.
const COMMON: &[&str] = &[
    "true",
    "false",
    "null",
    "none",
    "undefined",
    "default",
    "enabled",
    "disabled",
    "root",
    "admin",
    "user",
    "test",
    "localhost",
    "0.0.0.0",
    "127.0.0.1",
    "local",
    "latest",
    "main",
    "master",
    "development",
    "production",
    "staging",
    "debug",
    "info",
    "warn",
    "warning",
    "error",
    "http",
    "https",
    "utf-8",
    "linux",
    "amd64",
    "arm64",
    "x86_64",
];

/// A value that is looked for everywhere. It cannot be printed, and is wiped when it goes.
#[derive(Clone, PartialEq, Eq)]
pub struct KnownValue {
    name: String,
    value: Zeroizing<Vec<u8>>,
}

/// A value cannot be looked for: it stands everywhere by chance.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KnownValueError {
    /// It is too short.
    #[error("the value of {name} is not looked for: it has fewer than {SHORTEST} bytes")]
    TooShort {
        /// The name of the value.
        name: String,
    },
    /// It is a word or number that stands everywhere.
    #[error("the value of {name} is not looked for: it is a word or number that stands everywhere")]
    TooCommon {
        /// The name of the value.
        name: String,
    },
}

impl KnownValue {
    /// A value under the name that reports use. A line break at its end does not count.
    ///
    /// # Errors
    /// When the value is so short or so common that it stands everywhere.
    pub fn new(name: &str, value: Zeroizing<Vec<u8>>) -> Result<Self, KnownValueError> {
        let end = value.iter().rposition(|b| !matches!(b, b'\n' | b'\r')).map_or(0, |last| last + 1);
        let value = Zeroizing::new(value.get(..end).unwrap_or_default().to_vec());
        let name = name.to_owned();
        if value.len() < SHORTEST {
            return Err(KnownValueError::TooShort { name });
        }
        let number = value.len() < SHORTEST_NUMBER && value.iter().all(u8::is_ascii_digit);
        let same = value.iter().all(|byte| value.first() == Some(byte));
        let word = COMMON.iter().any(|word| value.eq_ignore_ascii_case(word.as_bytes()));
        if number || same || word {
            return Err(KnownValueError::TooCommon { name });
        }
        Ok(Self { name, value })
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The value itself, to look for it.
    pub(crate) fn expose(&self) -> &[u8] {
        &self.value
    }
}

impl fmt::Debug for KnownValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KnownValue({}, {} bytes)", self.name, self.value.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(value: &str) -> Result<KnownValue, KnownValueError> {
        KnownValue::new("NAME", Zeroizing::new(value.as_bytes().to_vec()))
    }

    #[test]
    fn what_stands_everywhere_is_refused_by_name() {
        assert_eq!(known("1\n"), Err(KnownValueError::TooShort { name: "NAME".into() }));
        for common in ["True", "8080", "xxxxxxxx", "production\n"] {
            assert_eq!(known(common), Err(KnownValueError::TooCommon { name: "NAME".into() }), "{common}");
        }
        assert!(!known("8080").unwrap_err().to_string().contains("8080"));
    }

    #[test]
    fn a_known_value_is_never_printed() {
        assert_eq!(format!("{:?}", known("hunter22\r\n").unwrap()), "KnownValue(NAME, 8 bytes)");
    }
}
