//! Does a host stand for a machine that there is, or is it one by which manuals show what an address looks like?

use std::net::{Ipv4Addr, Ipv6Addr};

/// Ends of the names of networks that nobody outside reaches, and that nobody writes a manual with.
const INSIDE: &[&str] =
    &["internal", "local", "lan", "corp", "intranet", "intra", "priv", "private", "home", "localnet"];

/// Labels by which manuals tell that a host is to be replaced, whole.
const SHOWN: &[&str] = &[
    "example",
    "test",
    "invalid",
    "localhost",
    "localdomain",
    "host",
    "hostname",
    "server",
    "domain",
    "acme",
    "foo",
    "bar",
    "baz",
    "company",
    "mycompany",
    "yourcompany",
    "contoso",
    "fabrikam",
    "docker",
    "some",
    "tld",
    "fake",
    "dummy",
    "placeholder",
    "sample",
    "demo",
    "testing",
    "todo",
    "abc",
    "xyz",
];

/// Starts of such labels.
const SHOWN_STARTS: &[&str] = &["example", "your", "my", "xxx"];

/// First labels of names that are written the other way round: `org.acme.widget`.
const REVERSED: &[&str] = &["com", "org", "net", "io", "de", "uk", "eu", "java", "javax", "dev"];

/// Names that manuals use (RFC 2606 and habit).
pub(crate) fn is_example(host: &[u8]) -> bool {
    let name = host.split(|b| *b == b':').next().unwrap_or_default().to_ascii_lowercase();
    let ends: &[&[u8]] = &[
        b"example.com",
        b"example.org",
        b"example.net",
        b".example",
        b".invalid",
        b".test",
        b"foo.com",
        b"bar.com",
        b"domain.com",
        b"host.com",
    ];
    let whole: &[&[u8]] = &[
        b"host",
        b"hostname",
        b"server",
        b"example",
        b"foo",
        b"bar",
        b"domain",
        b"proxy",
        b"site",
        b"h",
        b"host.tld",
        b"a",
        b"b",
        b"c",
        b"x",
        b"foo.bar",
        b"a.com",
        b"b.com",
    ];
    ends.iter().any(|end| name.ends_with(end)) || whole.contains(&name.as_slice())
}

/// The machine itself.
pub(crate) fn is_local(host: &[u8]) -> bool {
    let name = host.split(|b| *b == b':').next().unwrap_or_default();
    name == b"localhost" || name.starts_with(b"127.") || name == b"0.0.0.0" || host.starts_with(b"[::1]")
}

/// Whether it is the address of another machine, or the whole name of one: with two dots and more, or of a network
/// inside. Of several hosts the first counts; a port may follow.
pub(crate) fn is_real(host: &[u8]) -> bool {
    if is_example(host) || is_local(host) {
        return false;
    }
    let first = host.split(|b| *b == b',').next().unwrap_or_default();
    if let Some(inside) = first.strip_prefix(b"[") {
        let address = inside.split(|b| *b == b']').next().and_then(|text| std::str::from_utf8(text).ok());
        return address.and_then(|text| text.parse::<Ipv6Addr>().ok()).is_some_and(is_of_a_machine);
    }
    let name = first.split(|b| *b == b':').next().unwrap_or_default().to_ascii_lowercase();
    let name = name.strip_suffix(b".").unwrap_or(&name);
    let Ok(name) = std::str::from_utf8(name) else { return false };
    if let Ok(address) = name.parse::<Ipv4Addr>() {
        let of_manuals = address.is_documentation() || ["1.2.3.4", "1.1.1.1"].contains(&name);
        return !address.is_loopback() && !address.is_unspecified() && !of_manuals;
    }
    is_name_of_a_machine(name)
}

fn is_of_a_machine(address: Ipv6Addr) -> bool {
    let documentation = matches!(address.segments(), [0x2001, 0xdb8, ..]);
    !address.is_loopback() && !address.is_unspecified() && !documentation
}

fn is_name_of_a_machine(name: &str) -> bool {
    let labels: Vec<&str> = name.split('.').collect();
    let ([first, .., end], true) = (labels.as_slice(), name.len() <= 253) else { return false };
    let plain = |label: &&str| {
        !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
    };
    let shown =
        |label: &&str| SHOWN.contains(label) || SHOWN_STARTS.iter().any(|start| label.starts_with(start));
    let ends = end.len() >= 2 && end.bytes().all(|b| b.is_ascii_alphabetic());
    // Two labels of one letter: `a.b.c`.
    let short = labels.iter().filter(|label| label.len() == 1).count() >= 2;
    labels.iter().all(plain)
        && ends
        && !short
        && !labels.iter().any(shown)
        && !REVERSED.contains(first)
        && (labels.len() >= 3 || INSIDE.contains(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn machines_that_there_are() {
        for host in [
            "10.4.7.9:5432",
            "pg.prod.kieselwerk.de",
            "db.internal",
            "pg07.lan:5432",
            "cluster0.w9k2x.mongodb.net",
            "a1.kieselwerk.de:27017,a2.kieselwerk.de:27017",
            "[fd00::7]:5432",
            "db.shop.svc.cluster.local",
        ] {
            assert!(is_real(host.as_bytes()), "{host}");
        }
    }

    #[test]
    fn machines_of_manuals() {
        for host in [
            "localhost",
            "127.0.0.1:5432",
            "[::1]",
            "192.0.2.7",
            "db",
            "db:5432",
            "kieselwerk.de",
            "db.example.com",
            "db.example.co.uk",
            "host.docker.internal",
            "your-db.rds.amazonaws.com",
            "mydb.eu-west-1.rds.amazonaws.com",
            "org.gnome.kiesel",
            "db.a.b",
            "a.b.c",
            "",
            "%s.prod.de",
        ] {
            assert!(!is_real(host.as_bytes()), "{host}");
        }
    }
}
