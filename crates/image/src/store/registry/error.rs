//! What a registry said no to, or why it could not be asked. No text here holds a credential: addresses are shown
//! without user, password and query.

use std::path::PathBuf;
use std::time::Duration;

/// A registry could not give what it was asked for. [`RegistryError::help`] says what to do.
#[derive(Clone, Debug, thiserror::Error)]
pub enum RegistryError {
    /// The network is not to be used.
    #[error("{name} lies in a registry, and --offline forbids the network")]
    Offline {
        /// The image.
        name: String,
    },
    /// Nobody answers.
    #[error("cannot reach {host}: {why}")]
    Unreachable {
        /// The registry, or where it sent us.
        host: String,
        /// Why.
        why: Reach,
    },
    /// The registry wants to know who asks.
    #[error("{host} wants a login for {name}{said}")]
    Unauthorised {
        /// The registry.
        host: String,
        /// The image.
        name: String,
        /// What the registry says, after a colon.
        said: String,
        /// The file whose credentials it did not take, if there was one.
        refused: Option<PathBuf>,
    },
    /// Who asks may not have it.
    #[error("{host} does not allow {name} to be read{said}")]
    Denied {
        /// The registry.
        host: String,
        /// The image.
        name: String,
        /// What the registry says, after a colon.
        said: String,
    },
    /// There is no such repository.
    #[error("{host} has no repository {repository}{said}")]
    NoRepository {
        /// The registry.
        host: String,
        /// The repository.
        repository: String,
        /// What the registry says, after a colon.
        said: String,
    },
    /// There is no such tag or digest.
    #[error("{name} has no `{wanted}`{said}")]
    NoManifest {
        /// The repository, with its registry.
        name: String,
        /// The tag or digest.
        wanted: String,
        /// What the registry says, after a colon.
        said: String,
    },
    /// Any other answer.
    #[error("{url} answered {status}{said}")]
    Answer {
        /// What was asked, without user, password and query.
        url: String,
        /// The HTTP status.
        status: u16,
        /// What the registry says, after a colon.
        said: String,
        /// How long it wants to be left alone.
        wait: Option<Duration>,
    },
    /// The answer makes no sense.
    #[error("{url} {what}")]
    Nonsense {
        /// What was asked, without user, password and query.
        url: String,
        /// What is wrong with the answer.
        what: String,
    },
    /// Credentials, certificates or a proxy cannot be used.
    #[error("{0}")]
    Setting(String),
}

/// Why nobody answers.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Reach {
    /// The name leads nowhere.
    #[error("there is no host of this name")]
    NoHost,
    /// Nobody listens.
    #[error("the connection was refused")]
    Refused,
    /// It takes too long.
    #[error("no answer within {0}")]
    TooSlow(&'static str),
    /// TLS does not come about.
    #[error("TLS failed: {0}")]
    Tls(String),
    /// Anything else.
    #[error("{0}")]
    Other(String),
}

impl RegistryError {
    /// What to do about it, starting with a verb.
    #[must_use]
    pub fn help(&self) -> String {
        match self {
            Self::Offline { .. } => "scan what docker save wrote, or leave out --offline".to_owned(),
            Self::Unreachable { host, why } => reach_help(host, why),
            Self::Unauthorised { host, refused: Some(file), .. } => {
                format!(
                    "log in again with: docker login {host} (it did not take what {} holds)",
                    file.display()
                )
            }
            Self::Unauthorised { host, .. } => {
                format!("check the name, or log in with: docker login {host}")
            }
            Self::Denied { host, .. } => {
                format!(
                    "check the name and your rights, or log in as somebody else with: docker login {host}"
                )
            }
            Self::NoRepository { .. } => "check the name of the repository".to_owned(),
            Self::NoManifest { name, .. } => format!("list the tags with: crane ls {name}"),
            Self::Answer { status: 429, wait, .. } => match wait {
                Some(wait) => {
                    format!("wait {} seconds, or log in: registries count anonymous pulls", wait.as_secs())
                }
                None => "wait, or log in: registries count anonymous pulls".to_owned(),
            },
            Self::Answer { .. } | Self::Nonsense { .. } => {
                "check the name of the registry, or try again later".to_owned()
            }
            Self::Setting(_) => "correct it, or leave it out".to_owned(),
        }
    }

    /// Whether it says that the thing is not there.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::NoManifest { .. } | Self::NoRepository { .. } | Self::Answer { status: 404, .. })
    }

    /// Whether the registry says that it does not know such a question at all.
    #[must_use]
    pub fn is_unsupported(&self) -> bool {
        self.is_missing() || matches!(self, Self::Answer { status: 400 | 405 | 406 | 410 | 501, .. })
    }

    /// Whether the same question may get another answer soon.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Unreachable { why, .. } => !matches!(why, Reach::Tls(_) | Reach::NoHost),
            Self::Answer { status, .. } => matches!(status, 408 | 425 | 429 | 500 | 502 | 503 | 504),
            _ => false,
        }
    }

    /// How long the registry wants to be left alone.
    pub(super) fn wait(&self) -> Option<Duration> {
        match self {
            Self::Answer { wait, .. } => *wait,
            _ => None,
        }
    }
}

/// What rustls says of a certificate that may sign others and is shown as a server's own, which `openssl req -x509` makes
/// unless it is told otherwise.
const CA: &str = "CaUsedAsEndEntity";

fn reach_help(host: &str, why: &Reach) -> String {
    match why {
        Reach::NoHost => {
            "check the name of the registry; a file or directory is named by its path".to_owned()
        }
        Reach::Refused => format!("check that a registry runs at {host}"),
        Reach::Tls(why) if why.contains(CA) => {
            "the registry shows the certificate of an authority as its own; make one that says it is none \
             (openssl req -x509 … -addext basicConstraints=CA:FALSE), or one that an authority has signed"
                .to_owned()
        }
        Reach::Tls(_) => {
            "name the certificate of the registry with --registry-ca, or use --plain-http if it speaks no TLS"
                .to_owned()
        }
        Reach::TooSlow(_) | Reach::Other(_) => {
            "check the network and HTTPS_PROXY, or try again later".to_owned()
        }
    }
}

/// What a registry says in the body of an error (distribution-spec "Error Codes"), after a colon. Only what is
/// printable is taken over, and nothing secret.
pub(in crate::store) fn said(body: &[u8], masked: &dyn Fn(&str) -> String) -> String {
    let Ok(value) = serde_json::from_slice::<serde_json::Value>(body) else { return String::new() };
    let first = value.pointer("/errors/0").unwrap_or(&value);
    let field = |name: &str| first.get(name).and_then(serde_json::Value::as_str).unwrap_or_default();
    let words = [field("code"), field("message"), field("details"), field("error")];
    let words: Vec<String> =
        words.iter().map(|word| printable(&masked(word))).filter(|word| !word.is_empty()).collect();
    if words.is_empty() { String::new() } else { format!(": {}", words.join(": ")) }
}

/// The code of the first error in a body.
pub(super) fn code(body: &[u8]) -> String {
    let value = serde_json::from_slice::<serde_json::Value>(body).unwrap_or_default();
    let code = value.pointer("/errors/0/code").and_then(serde_json::Value::as_str);
    code.unwrap_or_default().to_owned()
}

fn printable(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_told_in_the_words_of_the_registry() {
        let body =
            br#"{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest\u001b[31m unknown","detail":{}}]}"#;
        let said = |body: &[u8]| said(body, &str::to_owned);
        assert_eq!(said(body), ": MANIFEST_UNKNOWN: manifest[31m unknown");
        assert_eq!(
            said(br#"{"details":"incorrect username or password"}"#),
            ": incorrect username or password"
        );
        assert_eq!(said(b"<html>"), "");
        assert_eq!(code(body), "MANIFEST_UNKNOWN");
    }

    #[test]
    fn a_certificate_that_is_refused_for_what_it_may_do_is_told() {
        let help = |why: &str| reach_help("r.example", &Reach::Tls(why.to_owned()));
        // As it comes from rustls.
        assert!(help("invalid peer certificate: Other(OtherError(CaUsedAsEndEntity))").contains("CA:FALSE"));
        assert!(help("invalid peer certificate: Expired").contains("--registry-ca"));
    }
}
