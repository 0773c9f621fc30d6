//! What is told to the services of a chat of IRC to log in: `/msg NickServ IDENTIFY ann …`, also in a log and in the settings of a
//! client.
//!
//! bad: `/msg NickServ IDENTIFY ann kiesel.und.fasan`
//! good: SASL with a certificate

use tightlip_report::{Confidence, Level};

use super::judge::in_login::is_own_password;
use super::judge::length_of;
use super::judge::reading::line_from;
use super::judge::value::{Worth, worth};
use crate::read::Part;
use crate::{Example, Finder, Found, Hint, Rule, Text};

static RULE: Rule = Rule::new(
    "irc-password",
    "Password for the services of an IRC network",
    "Whoever can read it can take the name over.",
)
.of("IRC")
.source("https://libera.chat/guides/registration")
.at(Level::Deny, Confidence::Medium);

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "nick-login",
    rules: &[&RULE],
    wants: |hint| !matches!(hint, Hint::Named(_)),
    keywords: &[
        "nickserv identify ",
        "nickserv :identify ",
        "/ns identify ",
        "/ns id ",
        "nickserv@services",
        "nickserv ghost ",
    ],
    find,
    hits: &[
        Example {
            path: "irc/opers.log",
            text: "<ann> /msg NickServ IDENTIFY ann kiesel.und.{lower:5}\n",
            rule: "irc-password",
        },
        Example {
            path: ".weechat/irc.conf",
            text: "libera.command = \"/msg nickserv identify p{lower:6}97\"\n",
            rule: "irc-password",
        },
        Example {
            path: "bot.py",
            text: "s.send(b'PRIVMSG NickServ :IDENTIFY p{lower:6}97\\r\\n')\n",
            rule: "irc-password",
        },
    ],
    misses: &[Example {
        path: "a.md",
        text: "/msg NickServ IDENTIFY <password>\n/msg NickServ IDENTIFY account password\n/msg NickServ IDENTIFY ${{PW}}\n/msg nickserv identify\nNickServ identify is what you type.\n",
        rule: "",
    }],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for &at in text.at.iter().filter(|_| !text.binary) {
        let line = line_from(text.bytes, at);
        let commands = ["identify ", "id ", "ghost "];
        let Some(after) = commands.iter().find_map(|word| behind(line, word)) else { continue };
        let end = |b: u8| matches!(b, b'"' | b'\'' | b'\\' | b';' | b'<' | b'`');
        let told = after.while_(|b| !end(b) && b != b'{');
        let words: Vec<Part<'b>> = told.words().take(3).collect();
        // A sentence goes on.
        let value = match words.as_slice() {
            [value] | [_, value] => *value,
            _ => continue,
        };
        let bytes = value.bytes();
        let odd = bytes.iter().any(|b| !b.is_ascii_alphabetic());
        if worth(bytes) == Worth::Strong || odd && is_own_password(bytes) {
            out(Found::here(&RULE, value, length_of("password", value.len())));
        }
    }
}

/// What stands behind a command, in the first words of a line.
fn behind<'b>(line: Part<'b>, command: &str) -> Option<Part<'b>> {
    let head = line.first(48).bytes().to_ascii_lowercase();
    let at = memchr::memmem::find(&head, command.as_bytes())?;
    let before = at.checked_sub(1).and_then(|n| head.get(n)).copied().unwrap_or(b' ');
    matches!(before, b' ' | b':').then(|| line.skip(at + command.len()))
}
