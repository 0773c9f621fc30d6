//! Logins in what servers and clients write down of what they do: `Command: PASS x` of a client of FTP, `POP3> PASS x` of
//! fetchmail, `C: a001 LOGIN "user" "x"` of IMAP, `CMD 'password "Auth" "x"'` of OpenVPN, `send: sending "x\n"` of expect behind the
//! question for a password; what CouchDB and OpenVPN's Access Server say when they set up their administrator.
//!
//! Most of them write stars there: what is written as it is was typed as it is.
//!
//! bad: `POP3> PASS Kiesel_41!`
//! good: `POP3> PASS *`

use super::announced::RULE;
use super::judge::ground::{Ground, ground, is_named_manual};
use super::judge::in_login::is_answer;
use super::judge::length_of;
use super::judge::reading::{line_before, line_from};
use super::judge::value::is_password_hash;
use crate::finder::firsts;
use crate::read::Part;
use crate::{Example, Finder, Found, Text};

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "logged-login",
    rules: &[&RULE],
    wants: |hint| !matches!(ground(hint), Ground::Noise | Ground::Code) && !is_named_manual(hint),
    keywords: &firsts(&FORMS),
    find,
    hits: &[
        Example {
            path: "ftp.txt",
            text: "Command:\tUSER web1142\nResponse:\t331 Password required\nCommand:\tPASS Kiesel{lower:5}30!x\nResponse:\t230 ok\n",
            rule: "password-in-log",
        },
        Example {
            path: "mail.log",
            text: "fetchmail: POP3> PASS 73ht{base62:14}\nfetchmail: POP3< +OK\n",
            rule: "password-in-log",
        },
        Example {
            path: "imap.txt",
            text: "C: a001 LOGIN \"ann@kieselwerk.de\" \"P{lower:5}#97\"\nS: a001 OK\n",
            rule: "password-in-log",
        },
        Example {
            path: "imap.log",
            text: "  09:14.07 > b'PLJK1 LOGIN ann \"p{lower:6}97\"'\n",
            rule: "password-in-log",
        },
        Example {
            path: "imap.log",
            text: "fetchmail: IMAP> A0002 LOGIN ann p{lower:6}97\n",
            rule: "password-in-log",
        },
        Example {
            path: "var/log/syslog",
            text: "May 02 gw openvpn[812]: MANAGEMENT: CMD 'password \"Auth\" \"kestrel.{lower:6}.3240\"'\n",
            rule: "password-in-log",
        },
        Example {
            path: "session.txt",
            text: "ann@10.0.7.1's password: \nsend: sending \"Kiesel_{lower:6}!33\\n\" to { exp4 }\n",
            rule: "password-in-log",
        },
        Example {
            path: "install.txt",
            text: "To login please use the \"openvpn\" account with \"a1B{base62:9}\" password.\n",
            rule: "password-in-log",
        },
        Example {
            path: "couch.log",
            text: "[info] nonode@nohost <0.9.0> -------- config: [admins] admin set to \"P{lower:5}_K{lower:5}37\" for reason nil\n",
            rule: "password-in-log",
        },
    ],
    misses: &[
        Example {
            path: "ftp.txt",
            text: "Command:\tPASS ****\nCommand: PASS -ftp@\nfetchmail: POP3> PASS *\nC: PASS <password>\n---> PASS XXXX\ntests> PASS test_p{lower:6}97\nCommand: PASSED p{lower:6}97\n",
            rule: "",
        },
        Example {
            path: "imap.txt",
            text: "C: a001 LOGIN {4}\nC: a001 LOGIN \"ann\" \"*\"\nINFO LOGIN bob p{lower:6}97\nNO LOGIN failed\nuser LOGIN \"bob\" \"p{lower:6}97\" seen\n1 LOGIN bob p{lower:6}97\naudit: t42 LOGIN bob p{lower:6}97\n* LOGIN DISABLED p{lower:6}97\n",
            rule: "",
        },
        Example {
            path: "vpn.log",
            text: "MANAGEMENT: CMD 'password [...]'\nMANAGEMENT: >PASSWORD:Need 'Auth' username/password\nCMD 'password \"Auth\" \"%s\"'\n",
            rule: "",
        },
        Example {
            path: "session.txt",
            text: "sw# show\nsend: sending \"Kiesel_{lower:6}!33\\n\" to { exp4 }\npassword:\nsend: sending \"\\n\" to { exp4 }\nsend: sending \"show p{lower:6}97\\n\" to { exp4 }\nare you sure (yes/no)? password login\nsend: sending \"yes\\n\" to { exp4 }\n",
            rule: "",
        },
        Example {
            path: "couch.log",
            text: "config: [admins] admin set to \"-pbkdf2-{hex:40},{hex:32},10\" for reason nil\nconfig: [admins] admin set to \"****\" for reason nil\nconfig: [httpd] secret_name set to \"P{lower:5}_K37\"\n",
            rule: "",
        },
    ],
};

/// How the value is written behind the words.
#[derive(Clone, Copy)]
enum Form {
    /// The rest of the line.
    Rest,
    /// Behind a user, both words in quotes or not, with a tag before the command.
    Tagged,
    /// In quotes.
    Quoted,
    /// In quotes, behind the question for a password.
    Answer,
    /// In quotes, before this.
    Before(&'static str),
    /// In quotes, behind a name and this.
    Behind(&'static str),
}

const FORMS: [(&str, Form); 11] = [
    ("command:\tpass ", Form::Rest),
    ("command: pass ", Form::Rest),
    ("command:   pass ", Form::Rest),
    ("> pass ", Form::Rest),
    ("c: pass ", Form::Rest),
    (" login ", Form::Tagged),
    ("'password \"auth\" ", Form::Quoted),
    ("'password \"private key\" ", Form::Quoted),
    ("send: sending ", Form::Answer),
    ("account with ", Form::Before(" password")),
    ("[admins] ", Form::Behind(" set to ")),
];

/// How far before what was sent the question or the user may stand, in bytes.
const QUESTION: usize = 400;

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for &at in text.at.iter().filter(|_| !text.binary) {
        let line = line_from(text.bytes, at).trim();
        // Trimmed, a blank at the start of the words is gone.
        let line = Part::between(text.bytes, at..line.span().end.max(at));
        let forms = FORMS.iter().filter_map(|(word, form)| Some((line.strip(word)?, *form)));
        let Some(value) = forms.filter_map(|(after, form)| value(text, at, after, form)).next() else {
            continue;
        };
        if is_password(value) {
            out(Found::here(&RULE, value, length_of("password in a log", value.len())));
        }
    }
}

fn value<'b>(text: &Text<'b>, at: usize, after: Part<'b>, form: Form) -> Option<Part<'b>> {
    let before = line_before(text.bytes, at);
    match form {
        Form::Rest => {
            let command = after.whole().get(..after.span().start).is_some_and(|b| b.ends_with(b"PASS "));
            (command && after.words().count() == 1 && is_of_client(text.bytes, at)).then_some(after)
        }
        Form::Tagged => {
            let command = after.whole().get(..after.span().start).is_some_and(|b| b.ends_with(b"LOGIN "));
            command.then_some(())?;
            is_tagged(before, after).then_some(())?;
            let (_, rest) = argument(after)?;
            let (value, end) = argument(rest.trim())?;
            // Python shows the whole command in quotes.
            end.trim_of(|b| b.is_ascii_whitespace() || b == b'\'').is_empty().then_some(value)
        }
        Form::Quoted => argument(after).map(|(value, _)| value),
        Form::Answer => {
            let start = at.saturating_sub(QUESTION);
            let asked = text.bytes.get(start..at)?;
            // The one before was the answer.
            let asked = memchr::memmem::rfind(asked, b"send: sending")
                .and_then(|at| asked.get(at..))
                .unwrap_or(asked);
            let asks = ["assword", "assphrase", "asscode"]
                .iter()
                .any(|word| memchr::memmem::find(asked, word.as_bytes()).is_some());
            let (value, end) = argument(after).filter(|_| asks)?;
            end.strip(" to {")?;
            Some(value.cut(|b| b == b'\\').map_or(value, |(value, _)| value))
        }
        Form::Before(word) => {
            argument(after).filter(|(_, end)| end.strip(word).is_some()).map(|(value, _)| value)
        }
        Form::Behind(words) => {
            let name = after.while_(|b| b.is_ascii_graphic());
            argument(after.after(&name).strip(words)?).map(|(value, _)| value)
        }
    }
}

/// What stands in quotes here, or the word, and what follows it.
fn argument(text: Part<'_>) -> Option<(Part<'_>, Part<'_>)> {
    if let Some(inside) = text.strip("\"") {
        return inside.cut(|b| b == b'"');
    }
    let word = text.while_(|b| b.is_ascii_graphic());
    (!word.is_empty()).then(|| (word, text.after(&word)))
}

/// Whether the name of a protocol stands before the command, `POP3> `, or the user was told above it: `> PASS x` alone is the
/// result of a test.
fn is_of_client(text: &[u8], at: usize) -> bool {
    let word = line_before(text, at).rsplit(u8::is_ascii_whitespace).next().unwrap_or_default();
    let protocols = ["POP3", "POP3S", "POP", "FTP", "FTPS"];
    let above = text.get(at.saturating_sub(QUESTION)..at).unwrap_or_default();
    protocols.iter().any(|name| name.as_bytes() == word) || memchr::memmem::find(above, b"USER ").is_some()
}

/// Whether the tag of a command of IMAP stands before it, `a001`, behind what says who speaks: `C: `, `IMAP> `. What a program
/// counts looks the same, so where nobody is named the words have to be in quotes, as clients send them.
fn is_tagged(before: &[u8], after: Part<'_>) -> bool {
    let mut words = before.rsplit(|b| matches!(b, b' ' | b'\'' | b'"'));
    let tag = words.next().unwrap_or_default();
    let speaker = words.find(|word| !word.is_empty() && *word != b"b");
    let tagged = (1..=12).contains(&tag.len())
        && tag.iter().all(u8::is_ascii_alphanumeric)
        && tag.iter().any(u8::is_ascii_digit);
    let told = match speaker {
        Some(word) => word == b"C:" || word.ends_with(b">"),
        None => after.bytes().starts_with(b"\"") && after.bytes().ends_with(b"\""),
    };
    tagged && told
}

fn is_password(value: Part<'_>) -> bool {
    let bytes = value.bytes();
    // CouchDB writes a hash behind a hyphen and the name of its algorithm.
    let hash = is_password_hash(bytes) || bytes.starts_with(b"-");
    !hash && is_answer(bytes)
}
