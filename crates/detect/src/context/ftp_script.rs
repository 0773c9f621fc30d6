//! Logins of scripts for clients of FTP, which are answered line by line: `open host`, then `user bob x`, or the user and the password
//! in lines of their own. Batch files write such scripts line by line: `echo user bob x>> ftp.txt`.
//!
//! bad: `open ftp.acme.dev` above `user bob hunter22x`
//! good: `.netrc`, mounted when the script runs

use tightlip_report::{Confidence, Level};

use super::judge::ground::{Ground, ground, is_named_manual};
use super::judge::length_of;
use super::judge::reading::line_before;
use super::judge::value::{Worth, worth};
use crate::read::Part;
use crate::{Example, Finder, Found, Hint, Rule, Text};

static RULE: Rule = Rule::new(
    "ftp-script-password",
    "Password in a script for FTP",
    "Whoever can read the script can log in to the server.",
)
.source("https://learn.microsoft.com/en-us/windows-server/administration/windows-commands/ftp")
.at(Level::Deny, Confidence::Medium);

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "ftp-script",
    rules: &[&RULE],
    wants: |hint| {
        let other = matches!(ground(hint), Ground::Noise | Ground::Code) || is_named_manual(hint);
        !matches!(hint, Hint::Named(_)) && !other
    },
    keywords: &["open "],
    find,
    hits: &[
        Example {
            path: "install/ftp.txt",
            text: "open ftp.internal\nuser bob p{lower:6}97\nbinary\nput a\nbye\n",
            rule: "ftp-script-password",
        },
        Example {
            path: "install/ftp.txt",
            text: "open ftp.internal 2121\nbob\np{lower:6}97\nput a\nquit\n",
            rule: "ftp-script-password",
        },
        Example {
            path: "up.sh",
            text: "ftp -n <<EOF\nopen ftp.internal\nuser bob p{lower:6}97\nmput *.csv\nbye\nEOF\n",
            rule: "ftp-script-password",
        },
        Example {
            path: "up.cmd",
            text: "@echo off\necho open ftp.internal> ftp.txt\necho user bob p{lower:6}97>> ftp.txt\necho put a>> ftp.txt\nftp -n -s:ftp.txt\n",
            rule: "ftp-script-password",
        },
        Example {
            path: "up.bat",
            text: ">s.ftp echo open ftp.internal 21\n>>s.ftp echo bob\n>>s.ftp echo p{lower:6}97\n>>s.ftp echo quit\n",
            rule: "ftp-script-password",
        },
        Example {
            path: "up.sh",
            text: "echo \"open ftp.internal\" > f\necho \"user bob p{lower:6}97\" >> f\necho \"bye\" >> f\n",
            rule: "ftp-script-password",
        },
    ],
    misses: &[
        Example {
            path: "up.cmd",
            text: "echo open ftp.internal> f\necho user %U% %P%>> f\necho put a>> f\necho open the door.x97\necho user bob told97x\n",
            rule: "",
        },
        Example { path: "up.sh", text: "open ftp.internal\nuser \"$U\" \"$P\"\nput a\nbye\n", rule: "" },
        Example { path: "a.txt", text: "open the door2\nwalk through\nbob told97x\nput it away\n", rule: "" },
        Example { path: "a.txt", text: "open ftp.internal\nanonymous\nbob@acme.dev\nget a\nbye\n", rule: "" },
    ],
};

/// Commands of such clients.
const VERBS: &[&str] = &[
    "put", "get", "mput", "mget", "binary", "ascii", "bye", "quit", "cd", "lcd", "prompt", "passive", "bin",
    "send", "recv",
];

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for &at in text.at.iter().filter(|_| !text.binary) {
        let before = line_before(text.bytes, at);
        let rest = Part::between(text.bytes, at - before.len()..text.bytes.len().min(at + 1024));
        let lines: Vec<Part<'b>> = match before.trim_ascii() {
            b"" => rest.lines().map(|line| line.trim()).take(8).collect(),
            // What is not written into a file is said to whoever watches.
            _ => rest.lines().map_while(|line| written(line.trim())).take(8).collect(),
        };
        let Some(value) = password(&lines) else { continue };
        if worth(value.bytes()) > Worth::Default && value.len() >= 4 {
            out(Found::here(&RULE, value, length_of("password", value.len())));
        }
    }
}

/// What a line of a batch file or a shell script writes into a file: `echo x>> f`, `>>f echo x`.
fn written(line: Part<'_>) -> Option<Part<'_>> {
    let line = line.trim_of(|b| matches!(b, b'@' | b'(' | b')' | b' '));
    let first = line.bytes().starts_with(b">");
    let command = if first {
        line.after(&line.while_(|b| b == b'>')).trim().cut(|b| b == b' ')?.1.trim()
    } else {
        line
    };
    let said = command.strip("echo ")?.trim();
    let (said, _) = if first { Some((said, said)) } else { said.cut(|b| b == b'>') }?;
    Some(said.trim().unquote())
}

/// The password behind the host that is opened, if commands follow.
fn password<'b>(lines: &[Part<'b>]) -> Option<Part<'b>> {
    let [open, user, next, rest @ ..] = lines else { return None };
    let words = open.words().count();
    let host = open.words().nth(1)?.bytes().contains(&b'.') && words <= 3;
    let command =
        |line: &Part<'_>| line.words().next().is_some_and(|word| VERBS.iter().any(|verb| word.is(verb)));
    let given: Vec<Part<'b>> = user.strip("user ").unwrap_or(*user).words().collect();
    let (value, goes_on) = match given.as_slice() {
        [_, value] if user.strip("user ").is_some() => (*value, command(next) || rest.iter().any(command)),
        [name] if !name.is("anonymous") => (*next, rest.iter().take(3).any(command)),
        _ => return None,
    };
    (host && goes_on && value.words().count() == 1 && !command(&value)).then(|| value.unquote())
}
