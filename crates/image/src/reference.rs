//! The name of an image in a registry, as people type it: `alpine`, `ghcr.io/x/y:1`, `host:5000/app@sha256:…`.
//!
//! The grammar is that of distribution's `reference` package; short names mean Docker Hub, as they do for `docker`.

use std::fmt;
use std::str::FromStr;

use crate::Digest;

/// The host that short names mean.
const HUB: &str = "docker.io";
/// The longest repository name, host included.
const MAX_NAME: usize = 255;
/// The longest tag.
const MAX_TAG: usize = 128;

/// A registry, a repository in it, and a tag or a digest.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Reference {
    host: String,
    repository: String,
    tag: Option<String>,
    digest: Option<Digest>,
}

/// A text that names no image.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseReferenceError {
    /// The host is no host.
    #[error("`{0}` is no host name")]
    Host(String),
    /// The repository has characters or an order of them that registries do not take.
    #[error(
        "`{0}` is no repository: it takes lower-case letters, digits, and `.`, `_`, `-`, `/` between them"
    )]
    Repository(String),
    /// The tag has characters that registries do not take.
    #[error("`{0}` is no tag: it takes up to 128 letters, digits, `.`, `_` and `-`")]
    Tag(String),
    /// What follows the `@` is no digest.
    #[error("`{0}` is no digest: it looks like sha256:<64 hexadecimal digits>")]
    Digest(String),
    /// The name is longer than registries take.
    #[error("the name has more than {MAX_NAME} characters")]
    TooLong,
}

impl Reference {
    /// Reads `[HOST[:PORT]/]NAME[:TAG][@DIGEST]`.
    ///
    /// # Errors
    /// When a part of it is not what registries take.
    pub fn parse(text: &str) -> Result<Self, ParseReferenceError> {
        let (rest, digest) = match text.split_once('@') {
            Some((rest, digest)) => (rest, Some(parse_digest(digest)?)),
            None => (text, None),
        };
        let (name, tag) = match rest.rsplit_once(':') {
            Some((name, tag)) if !tag.contains('/') => (name, Some(parse_tag(tag)?)),
            _ => (rest, None),
        };
        let (host, repository) = split_host(name);
        if !is_host(host) {
            return Err(ParseReferenceError::Host(host.to_owned()));
        }
        if repository.is_empty() || !repository.split('/').all(is_component) {
            return Err(ParseReferenceError::Repository(repository.to_owned()));
        }
        if host.len() + repository.len() + 1 > MAX_NAME {
            return Err(ParseReferenceError::TooLong);
        }
        let host = if host == "index.docker.io" { HUB } else { host };
        let official = host == HUB && !repository.contains('/');
        let repository = if official { format!("library/{repository}") } else { repository.to_owned() };
        Ok(Self { host: host.to_owned(), repository, tag, digest })
    }

    /// The registry as people name it, with its port if one was given: `docker.io`.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Where the registry's interface is: what `docker.io` calls `registry-1.docker.io`.
    #[must_use]
    pub fn service(&self) -> &str {
        if self.host == HUB { "registry-1.docker.io" } else { &self.host }
    }

    /// The repository: `library/alpine`.
    #[must_use]
    pub fn repository(&self) -> &str {
        &self.repository
    }

    /// The digest, if one was given: then the tag does not matter.
    #[must_use]
    pub fn digest(&self) -> Option<&Digest> {
        self.digest.as_ref()
    }

    /// What the registry is asked for: the digest, the tag, or `latest`.
    #[must_use]
    pub fn wanted(&self) -> String {
        match (&self.digest, &self.tag) {
            (Some(digest), _) => digest.to_string(),
            (None, Some(tag)) => tag.clone(),
            (None, None) => "latest".to_owned(),
        }
    }

    /// Registry and repository: `docker.io/library/alpine`.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}/{}", self.host, self.repository)
    }

    /// Whether the registry is on this machine.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.host)
    }
}

/// Whether a host, with or without a port, is this machine.
pub(crate) fn is_loopback(host: &str) -> bool {
    let bare = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    let address = bare.parse::<std::net::IpAddr>();
    bare == "localhost" || bare.ends_with(".localhost") || address.is_ok_and(|ip| ip.is_loopback())
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.host, self.repository)?;
        match (&self.tag, &self.digest) {
            (Some(tag), _) => write!(f, ":{tag}")?,
            (None, None) => f.write_str(":latest")?,
            (None, Some(_)) => {}
        }
        self.digest.iter().try_for_each(|digest| write!(f, "@{digest}"))
    }
}

impl FromStr for Reference {
    type Err = ParseReferenceError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

fn parse_digest(text: &str) -> Result<Digest, ParseReferenceError> {
    Digest::parse(text).map_err(|_| ParseReferenceError::Digest(text.to_owned()))
}

fn parse_tag(text: &str) -> Result<String, ParseReferenceError> {
    let inside = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-');
    let first = text.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric() || b == b'_');
    if first && text.len() <= MAX_TAG && text.bytes().all(inside) {
        Ok(text.to_owned())
    } else {
        Err(ParseReferenceError::Tag(text.to_owned()))
    }
}

/// A first part is a host if it could not be a part of a repository on Docker Hub.
fn split_host(name: &str) -> (&str, &str) {
    match name.split_once('/') {
        Some((host, rest))
            if host.contains(['.', ':'])
                || host == "localhost"
                || host.chars().any(|c| c.is_ascii_uppercase()) =>
        {
            (host, rest)
        }
        _ => (HUB, name),
    }
}

fn is_host(host: &str) -> bool {
    let (name, port) = match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, rest)) => {
            let port = if rest.is_empty() { Some("1") } else { rest.strip_prefix(':') };
            return address.parse::<std::net::Ipv6Addr>().is_ok() && port.is_some_and(is_port);
        }
        None => host.split_once(':').map_or((host, "1"), |(name, port)| (name, port)),
    };
    let inside = |label: &str| label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let label =
        |label: &str| !label.is_empty() && inside(label) && !label.starts_with('-') && !label.ends_with('-');
    is_port(port) && name.split('.').all(label)
}

fn is_port(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit()) && text.parse::<u16>().is_ok_and(|port| port > 0)
}

/// Letters and digits, with `.`, `_`, `__` or any number of `-` between them.
fn is_component(component: &str) -> bool {
    let word = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let ends = |b: Option<u8>| b.is_some_and(word);
    let mut separators = component.split(|c: char| word(u8::try_from(c).unwrap_or(b' ')));
    ends(component.bytes().next())
        && ends(component.bytes().last())
        && separators.all(|s| matches!(s, "" | "." | "_" | "__") || s.bytes().all(|b| b == b'-'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn full(text: &str) -> String {
        Reference::parse(text).unwrap().to_string()
    }

    #[test]
    fn short_names_mean_docker_hub() {
        assert_eq!(full("alpine"), "docker.io/library/alpine:latest");
        assert_eq!(full("alpine:3.20"), "docker.io/library/alpine:3.20");
        assert_eq!(full("grafana/loki"), "docker.io/grafana/loki:latest");
        assert_eq!(full("docker.io/alpine"), "docker.io/library/alpine:latest");
        assert_eq!(full("index.docker.io/library/alpine"), "docker.io/library/alpine:latest");
        assert_eq!(Reference::parse("alpine").unwrap().service(), "registry-1.docker.io");
    }

    #[test]
    fn a_first_part_that_looks_like_a_host_is_one() {
        assert_eq!(full("ghcr.io/x/y:1"), "ghcr.io/x/y:1");
        assert_eq!(full("localhost/app"), "localhost/app:latest");
        assert_eq!(full("127.0.0.1:5000/a/b/c"), "127.0.0.1:5000/a/b/c:latest");
        assert_eq!(full("[::1]:5000/app:2"), "[::1]:5000/app:2");
        assert_eq!(full("registry/app"), "docker.io/registry/app:latest");
    }

    #[test]
    fn a_digest_goes_before_a_tag() {
        let digest = Digest::of(b"x");
        let both = Reference::parse(&format!("ghcr.io/x/y:1@{digest}")).unwrap();
        assert_eq!((both.wanted(), both.digest()), (digest.to_string(), Some(&digest)));
        assert_eq!(both.to_string(), format!("ghcr.io/x/y:1@{digest}"));
    }

    #[test]
    fn what_registries_do_not_take_is_refused() {
        for text in [
            "",
            "Alpine",
            "a//b",
            "-a",
            "a-",
            "a..b",
            "a___b",
            "a:",
            "a:-x",
            "/a",
            "./a",
            "../a",
            "a/",
            "a b",
            "ghcr.io/",
            "host:99999/a",
            "host:/a",
            "a@sha256:1",
            "a@",
            "exa_mple.org/a",
            "[::1/a",
            "é",
        ] {
            assert!(Reference::parse(text).is_err(), "{text}");
        }
        assert!(Reference::parse("a/".repeat(200).trim_end_matches('/')).is_err());
    }

    #[test]
    fn this_machine_is_known_by_its_names() {
        for host in
            ["localhost", "localhost:5000", "127.0.0.1", "127.1.2.3:80", "[::1]:5000", "a.localhost:1"]
        {
            assert!(is_loopback(host), "{host}");
        }
        for host in ["docker.io", "10.0.0.1:5000", "localhost.example.org", "[::2]"] {
            assert!(!is_loopback(host), "{host}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(text in "[a-zA-Z0-9._:/@\\[\\]-]{0,60}") {
            if let Ok(reference) = Reference::parse(&text) {
                prop_assert_eq!(Reference::parse(&reference.to_string()).unwrap().to_string(), reference.to_string());
            }
        }

        #[test]
        fn any_text_is_taken(text: String) {
            let _ = Reference::parse(&text);
        }
    }
}
