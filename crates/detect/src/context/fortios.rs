//! Passwords in configurations of FortiGate and its like, as scripts and copies without encryption hold them: `set psksecret x`
//! below `config vpn ipsec phase1-interface` and `edit "hq"`.
//!
//! bad: `set psksecret hunter22x`
//! good: `set psksecret ENC …`, which only the device can read

use super::directive::{RULE, of_configuration};
use super::judge::ground::may_be_settings;
use super::judge::length_of;
use super::judge::reading::line_before;
use crate::read::Part;
use crate::{Example, Finder, Found, Text};

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "fortios",
    rules: &[&RULE],
    wants: may_be_settings,
    keywords: WORDS,
    find,
    hits: &[
        Example {
            path: "fw.conf",
            text: "config user ldap\n    edit \"AD\"\n        set username \"svc\"\n        set password p{lower:6}97\n    next\nend\n",
            rule: "password-directive",
        },
        Example {
            path: "branch.txt",
            text: "config vpn ipsec phase1-interface\n edit \"hq\"\n  set psksecret \"p{lower:6}97x\"\n next\nend\n",
            rule: "password-directive",
        },
    ],
    misses: &[
        Example {
            path: "fw.conf",
            text: "config user local\n edit \"bob\"\n  set passwd ENC {b64:24}\n  set password enable\n  set passphrase <passphrase>\n next\nend\n",
            rule: "",
        },
        Example { path: "notes.txt", text: "config it and edit it: set psksecret p{lower:6}97\n", rule: "" },
    ],
};

/// What leads to a password.
const WORDS: &[&str] = &[
    "set psksecret ",
    "set psksecret-remote ",
    "set ppk-secret ",
    "set passwd ",
    "set password ",
    "set passphrase ",
    "set auth-pwd ",
    "set priv-pwd ",
    "set secret ",
    "set secondary-secret ",
    "set tertiary-secret ",
    "set auth-password ",
    "set proxy-password ",
    "set login-passwd ",
];

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    if text.binary {
        return;
    }
    for &at in text.at.iter().filter(|at| is_below_entry(text.bytes, **at)) {
        let line = Part::between(text.bytes, at..text.bytes.len().min(at.saturating_add(300)));
        let line = line.while_(|b| b != b'\n' && b != b'\r');
        let Some(after) = WORDS.iter().find_map(|word| line.strip(word)) else { continue };
        let value = after.trim();
        // `ENC` stands before what the device has encrypted.
        if value.strip("enc ").is_some() || value.is("enable") || value.is("disable") {
            continue;
        }
        let quoted = value.bytes().starts_with(b"\"");
        let value = if quoted { value.unquote() } else { value.while_(|b| b != b' ') };
        if let Some((level, confidence)) = of_configuration(value) {
            out(Found::here(&RULE, value, length_of("password", value.len())).at(level, confidence));
        }
    }
}

/// Whether a line is one of an entry: alone in its line, below `edit …` or `config …`.
fn is_below_entry(text: &[u8], at: usize) -> bool {
    let near = text.get(at.saturating_sub(NEAR)..at).unwrap_or_default();
    let mut above = near.rsplit(|b| *b == b'\n').skip(1).map(<[u8]>::trim_ascii);
    let opens = |line: &[u8]| line.starts_with(b"edit ") || line.starts_with(b"config ");
    let inside =
        |line: &[u8]| line.starts_with(b"set ") || line.starts_with(b"unset ") || line.starts_with(b"#");
    line_before(text, at).trim_ascii().is_empty() && above.find(|line| !inside(line)).is_some_and(opens)
}

/// So many bytes before a line the entry begins at the earliest.
const NEAR: usize = 4 << 10;
