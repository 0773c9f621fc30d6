//! An address on the web, which shows itself without user, password and query: signed addresses are credentials.

use std::fmt;

use ureq::http::Uri;

use crate::reference::is_loopback;

/// `http://…` or `https://…`, with a host.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Address(Uri);

impl Address {
    /// Reads an absolute address.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let uri: Uri = text.parse().ok()?;
        let scheme = uri.scheme_str()?;
        (matches!(scheme, "http" | "https") && uri.host().is_some_and(|host| !host.is_empty()))
            .then_some(Self(uri))
    }

    /// Reads what a header of an answer from this address says: absolute or relative (RFC 3986, section 4.2).
    pub(super) fn join(&self, to: &str) -> Option<Self> {
        let authority = self.0.authority()?;
        if let Some(rest) = to.strip_prefix("//") {
            return Self::parse(&format!("{}://{rest}", self.scheme()));
        }
        if to.starts_with('/') {
            return Self::parse(&format!("{}://{authority}{to}", self.scheme()));
        }
        if let Some(query) = to.strip_prefix('?') {
            return Self::parse(&format!("{}://{authority}{}?{query}", self.scheme(), self.0.path()));
        }
        if to.contains("://") {
            return Self::parse(to);
        }
        let folder = self.0.path().rsplit_once('/').map_or("", |(folder, _)| folder);
        Self::parse(&format!("{}://{authority}{folder}/{to}", self.scheme()))
    }

    /// What lies at a path below this address, which ends with a slash.
    pub(super) fn below(&self, path: &str) -> Option<Self> {
        let before = self.0.path().trim_end_matches('/');
        Self::parse(&format!("{}://{}{before}{path}", self.scheme(), self.0.authority()?))
    }

    /// Scheme, host and port.
    pub(super) fn origin(&self) -> String {
        format!("{}://{}", self.scheme(), self.host())
    }

    pub(super) fn path(&self) -> &str {
        self.0.path()
    }

    /// The address with more behind it.
    pub(super) fn with_query(&self, pairs: &[(&str, &str)]) -> Option<Self> {
        let mut text = self.0.to_string();
        for (name, value) in pairs {
            text.push(if text.contains('?') { '&' } else { '?' });
            text.push_str(name);
            text.push('=');
            value.bytes().for_each(|byte| push_escaped(&mut text, byte));
        }
        Self::parse(&text)
    }

    pub(super) fn scheme(&self) -> &str {
        self.0.scheme_str().unwrap_or_default()
    }

    /// Host and port, without a user.
    pub(super) fn host(&self) -> String {
        let authority = self.0.authority().map(|a| a.as_str()).unwrap_or_default();
        authority.rsplit_once('@').map_or(authority, |(_, host)| host).to_ascii_lowercase()
    }

    /// The host alone.
    pub(super) fn host_name(&self) -> &str {
        self.0.host().unwrap_or_default()
    }

    pub(super) fn is_plain(&self) -> bool {
        self.scheme() == "http"
    }

    pub(super) fn is_loopback(&self) -> bool {
        is_loopback(&self.host())
    }

    /// Whether both are the same registry: what may see its credentials.
    pub(super) fn same_origin(&self, other: &Self) -> bool {
        self.scheme() == other.scheme() && self.host() == other.host()
    }

    pub(super) fn uri(&self) -> Uri {
        self.0.clone()
    }
}

/// Writes a byte as it may stand in a part of a path or a query (RFC 3986, section 2.1).
pub(super) fn push_escaped(text: &mut String, byte: u8) {
    use fmt::Write as _;
    match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => text.push(char::from(byte)),
        other => {
            let _ = write!(text, "%{other:02X}");
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}{}", self.scheme(), self.host(), self.0.path())
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Address {
        Address::parse(text).unwrap()
    }

    #[test]
    fn what_could_be_a_credential_is_not_shown() {
        let signed = at("https://user:word@store.example/blob?X-Signature=abc");
        assert_eq!(format!("{signed} {signed:?}"), "https://store.example/blob https://store.example/blob");
    }

    #[test]
    fn headers_lead_on_from_where_they_came() {
        let here = at("https://registry.example:5000/v2/app/tags/list?n=1");
        let to = |text: &str| here.join(text).unwrap().uri().to_string();
        assert_eq!(to("/v2/x?last=a"), "https://registry.example:5000/v2/x?last=a");
        assert_eq!(to("https://cdn.example/b"), "https://cdn.example/b");
        assert_eq!(to("//cdn.example/b"), "https://cdn.example/b");
        assert_eq!(to("?last=b"), "https://registry.example:5000/v2/app/tags/list?last=b");
        assert_eq!(to("more"), "https://registry.example:5000/v2/app/tags/more");
        assert!(here.join("ftp://x/y").is_none());
    }

    #[test]
    fn a_path_is_put_below_what_is_there() {
        let base = at("https://github.example/api/v3/");
        let below = base.below("/orgs/a/packages?page=1").unwrap();
        assert_eq!(below.uri().to_string(), "https://github.example/api/v3/orgs/a/packages?page=1");
        assert_eq!(below.origin(), "https://github.example");
        assert_eq!(at("https://hub.example/").below("/v2/x").unwrap().path(), "/v2/x");
    }

    #[test]
    fn a_query_is_escaped() {
        let url =
            at("https://auth.example/token?a=1").with_query(&[("scope", "repository:a/b:pull")]).unwrap();
        assert_eq!(url.uri().to_string(), "https://auth.example/token?a=1&scope=repository%3Aa%2Fb%3Apull");
    }

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        assert!(at("https://a.example/x").same_origin(&at("https://A.example/y")));
        for other in ["http://a.example/x", "https://a.example:8443/x", "https://b.example/x"] {
            assert!(!at("https://a.example/x").same_origin(&at(other)), "{other}");
        }
    }
}
