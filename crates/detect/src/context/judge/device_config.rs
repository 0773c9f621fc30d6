//! Is a text the configuration of a router or a switch, as it writes it down itself: `core1-confg`, the answer to
//! `show running-config`?
//!
//! There what stands behind the word for a password is one, whatever it looks like.

use super::ground::is_named_manual;
use crate::Text;
use crate::read::stamp::without_stamp;

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

/// What stands before a word in a line, without the prompt of a device that is being configured, `core1(config-if)#`, or of
/// Redis' client, `10.0.0.7:6379> `.
pub(crate) fn behind_prompt(before: &[u8]) -> &[u8] {
    let line = without_stamp(before);
    let word = line.trim_ascii_start();
    let name = word.iter().take_while(|b| b.is_ascii_alphanumeric() || b"-_.:@".contains(b)).count();
    let (name, rest) = word.split_at_checked(name).unwrap_or_default();
    if name.is_empty() {
        return before;
    }
    let client = rest.strip_prefix(b"> ").or_else(|| {
        let database = rest.strip_prefix(b"[")?;
        database.get(database.iter().position(|b| *b == b']')?..)?.strip_prefix(b"]> ")
    });
    let port = name.split(|b| *b == b':').nth(1).is_some_and(|port| port.iter().all(u8::is_ascii_digit));
    if let Some(typed) = client.filter(|_| port || name == b"redis") {
        return typed;
    }
    let mode = rest.strip_prefix(b"(config").and_then(|mode| {
        let end = mode.iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'-').count();
        mode.get(end..)?.strip_prefix(b")#")
    });
    mode.unwrap_or(before)
}

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
    fn a_prompt_is_none_of_the_command() {
        for (line, command) in [
            ("sw-core(config)#", ""),
            ("sw(config-if)# ip ", " ip "),
            ("127.0.0.1:6379> ", ""),
            ("10.0.0.7:6379[2]> ", ""),
            ("redis> ", ""),
            ("root@db:/# ", "root@db:/# "),
            ("a # ", "a # "),
            ("x> ", "x> "),
            ("", ""),
        ] {
            assert_eq!(behind_prompt(line.as_bytes()), command.as_bytes(), "{line}");
        }
    }

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
