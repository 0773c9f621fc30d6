//! Is a text the configuration of a router or a switch, as it writes it down itself: `core1-confg`, the answer to
//! `show running-config`?
//!
//! There what stands behind the word for a password is one, whatever it looks like.

use super::ground::is_named_manual;
use crate::Text;

/// So much of a text is looked at.
const HEAD: usize = 8192;

/// How lines of such a configuration begin, in lower case.
const LINES: &[&str] = &[
    "hostname ",
    "interface ",
    "line vty ",
    "line con ",
    "service timestamps ",
    "service password-encryption",
    "no service ",
    "ip address ",
    "ip route ",
    "router ",
    "switchport ",
    "snmp-server ",
    "aaa new-model",
    "aaa authentication ",
    "spanning-tree ",
    "vlan ",
    "building configuration",
    "current configuration",
    "transport input ",
    "access-list ",
    "boot-start-marker",
    "nameif ",
];
/// So many different ones tell.
const ENOUGH: usize = 3;

/// See the top of the file.
pub(crate) fn is_of_device(text: &Text<'_>) -> bool {
    let name = text.hint.file_name().to_ascii_lowercase();
    let named = ["-confg", "running-config", "startup-config"].iter().any(|end| {
        name.ends_with(end.as_bytes())
            || name.ends_with(format!("{end}.txt").as_bytes())
            || name.ends_with(format!("{end}.cfg").as_bytes())
    });
    !is_named_manual(&text.hint) && (named || is_written_by_one(text.bytes))
}

fn is_written_by_one(bytes: &[u8]) -> bool {
    let head = bytes.get(..bytes.len().min(HEAD)).unwrap_or_default().to_ascii_lowercase();
    let begins = |start: &&&str| {
        head.split(|b| *b == b'\n').any(|line| line.trim_ascii_start().starts_with(start.as_bytes()))
    };
    LINES.iter().filter(begins).take(ENOUGH).count() == ENOUGH
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn configurations_tell_themselves() {
        assert!(is_written_by_one(
            b"version 15.2\nhostname core1\n!\ninterface Vlan1\n ip address 10.0.0.2 255.0.0.0\n"
        ));
        for text in ["hostname db\nport 22\n", "The interface is up.\nhostname x\n", ""] {
            assert!(!is_written_by_one(text.as_bytes()), "{text}");
        }
    }
}
