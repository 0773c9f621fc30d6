//! Which proxy stands before an address.

use std::net::IpAddr;

use ureq::Proxy;

use super::address::Address;
use super::error::RegistryError;
use crate::store::Proxies;

/// The proxy for an address, if there is one.
///
/// # Errors
/// When its address is none. It is not repeated: it may hold a password.
pub(super) fn of(url: &Address, proxies: &Proxies) -> Result<Option<Proxy>, RegistryError> {
    let (name, proxy) =
        if url.is_plain() { ("HTTP_PROXY", &proxies.http) } else { ("HTTPS_PROXY", &proxies.https) };
    let Some(proxy) = proxy.as_deref().filter(|proxy| !proxy.is_empty()) else { return Ok(None) };
    if url.is_loopback() || proxies.except.iter().any(|rule| excepts(rule, url)) {
        return Ok(None);
    }
    let unusable = |_| RegistryError::Setting(format!("{name} is no address of a proxy"));
    Proxy::new(proxy).map(Some).map_err(unusable)
}

/// Whether a word of `NO_PROXY` means this host: the host itself or one below it, with or without its port.
fn excepts(rule: &str, url: &Address) -> bool {
    let rule = rule.trim().to_ascii_lowercase();
    let bare = rule.trim_start_matches('*').trim_start_matches('.');
    if rule == "*" || bare.is_empty() {
        return rule == "*";
    }
    let host = url.host_name().to_ascii_lowercase();
    if let Some(range) = rule.split_once('/') {
        let address = host.trim_start_matches('[').trim_end_matches(']').parse();
        return address.is_ok_and(|address| holds(range, address));
    }
    let below = host.strip_suffix(bare).is_some_and(|rest| rest.ends_with('.'));
    host == bare || url.host() == bare || below
}

/// Whether a range (`10.0.0.0`, `8`) holds an address. Addresses are compared, names are not looked up.
fn holds((network, bits): (&str, &str), host: IpAddr) -> bool {
    let (Ok(network), Ok(bits)) = (network.parse::<IpAddr>(), bits.parse::<u32>()) else { return false };
    let same = |network: u128, host: u128, width: u32| {
        bits <= width && (network ^ host).checked_shr(width - bits).unwrap_or(0) == 0
    };
    match (network, host) {
        (IpAddr::V4(network), IpAddr::V4(host)) => same(network.to_bits().into(), host.to_bits().into(), 32),
        (IpAddr::V6(network), IpAddr::V6(host)) => same(network.to_bits(), host.to_bits(), 128),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(url: &str, except: &str) -> bool {
        let url = Address::parse(url).unwrap();
        let proxy = Some("http://proxy.example:3128".to_owned());
        let except = except.split(',').map(str::to_owned).collect();
        of(&url, &Proxies { https: proxy, http: None, except }).unwrap().is_some()
    }

    #[test]
    fn hosts_are_excepted_with_everything_below_them() {
        assert!(asked("https://ghcr.io/v2/", ""));
        assert!(asked("https://ghcr.io/v2/", "hcr.io,example.org"));
        for except in ["ghcr.io", "*", "x,GHCR.io", ".io", "io", "*.io"] {
            assert!(!asked("https://ghcr.io/v2/", except), "{except}");
        }
        assert!(!asked("https://a.example:5000/", "a.example:5000"));
    }

    #[test]
    fn ranges_of_addresses_are_excepted() {
        for except in ["10.0.0.0/8", "10.1.2.3/32", "0.0.0.0/0", "x,10.1.0.0/16"] {
            assert!(!asked("https://10.1.2.3:5000/v2/", except), "{except}");
        }
        for except in ["10.2.0.0/16", "10.1.2.4/32", "10.1.2.3/33", "10.1.2.3/x", "fd00::/8"] {
            assert!(asked("https://10.1.2.3:5000/v2/", except), "{except}");
        }
        assert!(asked("https://ghcr.io/v2/", "0.0.0.0/0"));
        assert!(!asked("https://[fd00::1]/v2/", "fd00::/8"));
        assert!(!asked("https://[fd00::1]/v2/", "::/0"));
    }

    #[test]
    fn this_machine_and_other_schemes_are_asked_directly() {
        assert!(!asked("https://127.0.0.1:5000/v2/", ""));
        assert!(!asked("http://ghcr.io/v2/", ""));
        let url = Address::parse("https://ghcr.io/").unwrap();
        let bad = Proxies { https: Some("http://user:word@".to_owned()), ..Proxies::default() };
        assert!(!of(&url, &bad).unwrap_err().to_string().contains("word"));
    }
}
