//! Logins that a program spells out as a server reads them: `PASS …\r\n` of POP3, FTP and IRC, `Action: Login` with its `Secret: …`
//! of Asterisk's manager.
//!
//! bad: `sock.sendall(b"PASS Kiesel_41!\r\n")`
//! good: `sock.sendall(b"PASS " + password + b"\r\n")`

use tightlip_report::{Confidence, Level};

use super::judge::ground::{Ground, ground};
use super::judge::length_of;
use super::judge::reading::reach;
use super::judge::value::{is_chosen, is_picked, is_secret};
use crate::read::Part;
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule = Rule::new(
    "password-in-protocol",
    "Password in what a program sends to log in",
    "Whoever can read the program can log in as it does.",
)
.source("https://docs.asterisk.org/Configuration/Interfaces/Asterisk-Manager-Interface-AMI/")
.at(Level::Deny, Confidence::Medium);

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "protocol-login",
    rules: &[&RULE],
    wants: |hint| matches!(ground(hint), Ground::Code | Ground::Shell),
    keywords: &["action: login", "\"pass ", "'pass "],
    find,
    hits: &[
        Example {
            path: "a.php",
            text: "fputs($s, \"Action: Login\\r\\nUsername: bob\\r\\nSecret: P{lower:6}_97!\\r\\n\\r\\n\");",
            rule: "password-in-protocol",
        },
        Example {
            path: "a.php",
            text: "fputs($s, \"Action: Login\\r\\n\");\nfputs($s, \"Secret: P{lower:6}_97!\\r\\n\");\n",
            rule: "password-in-protocol",
        },
        Example {
            path: "a.py",
            text: "sock.sendall(b\"PASS P{lower:6}_97!\\r\\n\")\n",
            rule: "password-in-protocol",
        },
    ],
    misses: &[
        Example {
            path: "a.py",
            text: "sock.sendall(b\"PASS \" + pw)\nprint(\"pass test_97!x\")\nsend(f\"PASS {pw}\\r\\n\")\n",
            rule: "",
        },
        Example {
            path: "a.php",
            text: "fputs($s, \"Action: Login\\r\\nUsername: $u\\r\\nSecret: $secret\\r\\n\");",
            rule: "",
        },
    ],
};

/// How far behind the action its secret may stand, in bytes.
const NEAR: usize = 240;

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for &at in text.at.iter().filter(|_| !text.binary) {
        let rest = reach(text.bytes, at);
        let value =
            if rest.strip("action").is_some() { of_action(rest.first(NEAR)) } else { of_command(rest) };
        let Some(value) = value else { continue };
        if is_secret(value.bytes(), |weak| is_chosen(weak) || is_picked(weak)) {
            out(Found::here(&RULE, value, length_of("password", value.len())));
        }
    }
}

/// The secret among what is sent with the action.
fn of_action(near: Part<'_>) -> Option<Part<'_>> {
    let at = memchr::memmem::find(&near.bytes().to_ascii_lowercase(), b"secret: ")?;
    Some(word(near.skip(at + "secret: ".len())))
}

/// `PASS x`, where the line ends as lines of protocols do.
fn of_command(rest: Part<'_>) -> Option<Part<'_>> {
    let after = rest.skip("\"pass ".len());
    let value = word(after);
    let ends =
        after.after(&value).bytes().starts_with(b"\\r\\n") || after.after(&value).bytes().starts_with(b"\\n");
    (rest.skip(1).bytes().starts_with(b"PASS") && ends).then_some(value)
}

fn word(text: Part<'_>) -> Part<'_> {
    text.while_(|b| b.is_ascii_graphic() && !matches!(b, b'\\' | b'"' | b'\''))
}
