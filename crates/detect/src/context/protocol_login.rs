//! Logins that a program spells out as a server reads them: `PASS …\r\n` of POP3, FTP and IRC, `Action: Login` with its `Secret: …`
//! of Asterisk's manager; and what was sent, as a trace has it: `AUTH PLAIN <base64>` of SMTP, IMAP and POP3, `<auth mechanism='PLAIN'>`
//! of XMPP, and the answer to the question for a password, which is in base64 as well.
//!
//! bad: `sock.sendall(b"PASS Kiesel_41!\r\n")`
//! good: `sock.sendall(b"PASS " + password + b"\r\n")`

use tightlip_report::{Confidence, Level};

use super::judge::ground::{Ground, ground};
use super::judge::length_of;
use super::judge::reading::reach;
use super::judge::value::{is_chosen, is_picked, is_secret};
use crate::read::{Part, base64};
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
    wants: |hint| ground(hint) != Ground::Noise,
    keywords: &[
        "action: login",
        "\"pass ",
        "'pass ",
        "auth plain",
        "authenticate plain",
        "mechanism='plain'>",
        "mechanism=\"plain\">",
        "334 ugfzc3dvcmq",
    ],
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
        Example {
            path: "smtp.txt",
            text: concat!("C: AUTH PLAIN AGJvYgBLaWVz", "ZWwuODA0MSE=\nS: 235 ok\n"),
            rule: "password-in-protocol",
        },
        Example {
            path: "smtp.log",
            text: concat!(
                "AUTH LOGIN\n334 VXNlcm5hbWU6\nYm9i\n334 UGFzc3dvcmQ6\nS2llc2Vs",
                "LjgwNDEh\n235 ok\n"
            ),
            rule: "password-in-protocol",
        },
        Example {
            path: "mail.log",
            text: concat!(
                "web-1  | 2026-05-04 03:02:01 SERVER -> CLIENT: 334 UGFzc3dvcmQ6\nweb-1  | 2026-05-04 03:02:01 CLIENT -> SERVER: S2llc2Vs",
                "LjgwNDEh\n"
            ),
            rule: "password-in-protocol",
        },
        Example {
            path: "smtp.log",
            text: concat!(
                "reply: b'334 UGFzc3dvcmQ6\\r\\n'\nreply: retcode (334); Msg: b'UGFzc3dvcmQ6'\nsend: 'S2llc2Vs",
                "LjgwNDEh\\r\\n'\n"
            ),
            rule: "password-in-protocol",
        },
        Example {
            path: "xmpp.log",
            text: concat!("<auth xmlns='a' mechanism='PLAIN'>AGJvYgBLaWVz", "ZWwuODA0MSE=</auth>"),
            rule: "password-in-protocol",
        },
    ],
    misses: &[
        Example {
            path: "smtp.txt",
            text: "250-AUTH PLAIN LOGIN\nAUTH PLAIN\nAUTH PLAIN dGVzdA==\nAUTH PLAIN AHRlc3QAdGVzdA==\n334 UGFzc3dvcmQ6\n535 no\n334 UGFzc3dvcmQ6\nS: 535 Authentication failed\n",
            rule: "",
        },
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
    let program = matches!(ground(&text.hint), Ground::Code | Ground::Shell);
    for &at in text.at.iter().filter(|_| !text.binary) {
        let rest = reach(text.bytes, at);
        if let Some(found) = sent(rest) {
            out(found);
            continue;
        }
        if !program {
            continue;
        }
        let value =
            if rest.strip("action").is_some() { of_action(rest.first(NEAR)) } else { of_command(rest) };
        let Some(value) = value else { continue };
        if is_secret(value.bytes(), |weak| is_chosen(weak) || is_picked(weak)) {
            out(Found::here(&RULE, value, length_of("password", value.len())));
        }
    }
}

/// What was sent in base64: user and password with NULs before them, or the password alone as an answer.
fn sent(rest: Part<'_>) -> Option<Found<'_>> {
    let asked = rest.strip("334 ugfzc3dvcmq");
    let opened = ["auth plain", "authenticate plain", "mechanism='plain'>", "mechanism=\"plain\">"];
    let after = asked.or_else(|| opened.iter().find_map(|open| rest.strip(open)))?;
    let word = match asked {
        Some(_) => answer(after)?,
        // The server may have asked for it first: `334` or `+` in a line of its own.
        None => {
            after.words().find(|word| !word.is("334") && !word.is("+") && !word.is("C:") && !word.is("S:"))?
        }
    };
    let value = word.while_(base64::is_digit);
    let plain = base64::decode(value.bytes()).filter(|_| value.len() >= 8)?;
    let mut parts = plain.split(|b| *b == 0);
    let password = match asked {
        Some(_) => plain.as_slice(),
        None => parts.nth(2).filter(|_| parts.next().is_none())?,
    };
    let text = password.iter().all(|b| *b >= b' ' && *b != 0x7f) && std::str::from_utf8(password).is_ok();
    let counts = text && is_secret(password, |weak| is_chosen(weak) || is_picked(weak) || is_mixed(weak));
    let shape = length_of("password in base64", password.len());
    counts.then(|| Found::here(&RULE, value, shape).decoded(password.to_vec(), &["base64"]))
}

/// The last word of the next line, whatever a trace has before it: `CLIENT -> SERVER: …`, `~> …`, `send: '…\r\n'`. Python tells
/// what came once more.
fn answer(after: Part<'_>) -> Option<Part<'_>> {
    let again = |line: &Part<'_>| line.is_empty() || line.bytes().starts_with(b"reply: ");
    let line = after.lines().skip(1).map(|line| line.trim()).find(|line| !again(line))?;
    line.words().last().map(|word| word.trim_of(|b| matches!(b, b'\'' | b'"')))
}

/// Letters and digits with a mark between: `Hafen-Igel.44`.
fn is_mixed(password: &[u8]) -> bool {
    let has = |class: fn(&u8) -> bool| password.iter().any(class);
    password.len() >= 8
        && has(u8::is_ascii_digit)
        && has(u8::is_ascii_alphabetic)
        && has(u8::is_ascii_punctuation)
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
