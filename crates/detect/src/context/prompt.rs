//! What a script answers when it is asked for a password: `expect "assword:"` and then `send "…\\r"`.
//!
//! bad: `child.expect("Password:"); child.sendline("hunter22")`
//! good: `child.sendline(os.environ["ROOT_PASSWORD"])`

use tightlip_report::{Confidence, Level};

use super::judge::bound::text_of;
use super::judge::ground::{Ground, ground};
use super::judge::in_login::is_own_password;
use super::judge::length_of;
use super::judge::reading::{line_before, line_from};
use super::judge::value::{classes, is_chosen, is_picked, is_secret};
use crate::read::Part;
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule = Rule::new(
    "answered-password",
    "Password that a script types in",
    "Whoever can read the script can log in as it does.",
)
.source("https://cwe.mitre.org/data/definitions/798.html")
.at(Level::Deny, Confidence::Medium);

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "prompt",
    rules: &[&RULE],
    wants: |hint| ground(hint) != Ground::Noise,
    keywords: &[
        "sendraw",
        "sendtext",
        "send {raw}",
        "send, {raw}",
        "send \"",
        "send -- \"",
        "{tab}",
        "send '",
        "sendline(",
        "send_line(",
        "sendln(",
        "write(b\"",
        "write(b'",
        ".write(\"",
        ".write('",
        "->print(\"",
        "->print('",
    ],
    find,
    hits: &[
        Example {
            path: "login.exp",
            text: "spawn ssh h\nexpect \"*assword:\"\nsend \"p{lower:6}97\\r\"\n",
            rule: "answered-password",
        },
        Example {
            path: "a.py",
            text: "child.expect('Password: ')\nchild.sendline('p{lower:6}97')\n",
            rule: "answered-password",
        },
        Example {
            path: "a.py",
            text: "child.expect('Password: ')\nchild.sendline('{base62:300}')\n",
            rule: "answered-password",
        },
        Example {
            path: "a.py",
            text: "tn.read_until(b\"Password: \")\ntn.write(b\"P{lower:6}_97!\\n\")\n",
            rule: "answered-password",
        },
        Example {
            path: "login.exp",
            text: "set clv \"P{lower:6}.LC-SC\"\nspawn ssh h\nexpect \"*assword:\"\nsend \"$clv\\r\"\n",
            rule: "answered-password",
        },
        Example {
            path: "till.ahk",
            text: "^!p::\n  Send, {Tab}P{lower:6}-10h30{Enter}\n",
            rule: "answered-password",
        },
        Example {
            path: "till.vbs",
            text: "sh.SendKeys \"ann{TAB}p{lower:6}9797{ENTER}\"\n",
            rule: "answered-password",
        },
        Example { path: "login.ahk", text: "SendRaw, P{lower:6}_97!\n", rule: "answered-password" },
    ],
    misses: &[
        Example { path: "b.ahk", text: "Send, {Tab}{Tab}{Enter}\nSend {Tab}Berlin{Enter}\n", rule: "" },
        Example { path: "a.ahk", text: "SendRaw, kind regards\nSendText Berlin2024\n", rule: "" },
        Example { path: "a.py", text: "c.expect('Password')\nc.sendline('{base62:3000}')\n", rule: "" },
        Example {
            path: "login.exp",
            text: "expect \"assword:\"\nsend \"$password\\r\"\nexpect \"# \"\n# some lines further down, where nobody asks any more for anything that is secret\n\n\nsend \"reload97\\r\"\n",
            rule: "",
        },
        Example { path: "a.py", text: "log.write(\"Password: x\"); log.write('P{lower:6}_97!')\n", rule: "" },
        Example { path: "a.py", text: "c.expect('Password')\nc.sendline(password)\n", rule: "" },
    ],
};

/// How far before the answer the question may stand, in bytes.
const QUESTION: usize = 80;

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let keys = text.hint.file_name().ends_with(b".ahk");
    for &at in text.at.iter().filter(|_| !text.binary) {
        if let Some(value) = between_keys(text.bytes, at) {
            out(Found::here(&RULE, value, length_of("password", value.len())));
            continue;
        }
        if keys {
            typed(line_from(text.bytes, at)).into_iter().for_each(&mut *out);
            continue;
        }
        let before = text.bytes.get(at.saturating_sub(QUESTION)..at).unwrap_or_default();
        let asked = ["assword", "assphrase", "asscode"]
            .iter()
            .any(|word| memchr::memmem::find(before, word.as_bytes()).is_some());
        let rest = line_from(text.bytes, at);
        // What is written may go anywhere: only behind a wait for the question is it the answer.
        let sends = rest.strip("send").is_some();
        let waits = [&b"read_until("[..], b"waitfor(", b"expect("];
        let waited = sends || waits.iter().any(|wait| memchr::memmem::find(before, wait).is_some());
        if !asked || !waited {
            continue;
        }
        let quoted = rest.skip(rest.while_(|b| b != b'"' && b != b'\'').len());
        let Some(quote) = quoted.bytes().first().copied() else { continue };
        let Some((value, _)) = quoted.skip(1).cut(|b| b == quote) else { continue };
        let value = value.while_(|b| b != b'\\');
        // Tcl's variable, which the script sets itself.
        let value = value.strip("$").and_then(|_| text_of(value)).unwrap_or(value);
        let told = |weak: &[u8]| {
            is_chosen(weak) || sends && (is_picked(weak) || is_marked(weak) && is_own_password(weak))
        };
        if is_secret(value.bytes(), told) {
            out(Found::here(&RULE, value, length_of("password", value.len())));
        }
    }
}

/// More than a word of a command.
fn is_marked(value: &[u8]) -> bool {
    value.len() >= 8
        && value.iter().any(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
        && !value.contains(&b' ')
}

/// `Send, {Tab}x{Enter}` of AutoHotkey, `SendKeys "ann{TAB}x{ENTER}"`: what is typed into the second field of a form that is then sent.
fn between_keys(text: &[u8], at: usize) -> Option<Part<'_>> {
    let after = line_from(text, at).strip("{tab}")?;
    let value = after.while_(|b| b != b'{' && b != b'"');
    let sent = after.after(&value).strip("{enter}").is_some();
    let sends = memchr::memmem::find(&line_before(text, at).to_ascii_lowercase(), b"send").is_some();
    (sent
        && sends
        && is_secret(value.bytes(), |weak| is_chosen(weak) || is_marked(weak) && is_own_password(weak)))
    .then_some(value)
}

/// `SendRaw, x` of AutoHotkey types a text as it stands into whatever is open.
fn typed(line: Part<'_>) -> Option<Found<'_>> {
    let words = ["send {raw}", "send, {raw}", "sendraw", "sendtext"];
    let after = words.iter().find_map(|word| line.strip(word))?;
    let value = after.trim().trim_of(|b| matches!(b, b',' | b'"' | b' '));
    let marked = value.bytes().iter().any(u8::is_ascii_punctuation);
    let chosen = is_chosen(value.bytes()) && classes(value.bytes()) == 3 && marked;
    chosen.then(|| Found::here(&RULE, value, length_of("password", value.len())))
}
