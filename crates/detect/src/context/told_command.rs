//! Commands that tell a program its password, and hold it: `--password-command 'echo …'`, `PassCmd "echo …"`.
//!
//! bad: `restic --password-command 'echo hunter22x' backup /srv`
//! good: `restic --password-command 'cat /run/secrets/restic' backup /srv`

use tightlip_report::{Confidence, Level};

use super::judge::ground::{Ground, ground, is_named_manual};
use super::judge::length_of;
use super::judge::value::{Worth, is_chosen, worth};
use crate::read::Part;
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule = Rule::new(
    "password-in-command",
    "Password in the command that is to fetch it",
    "Whoever can read the command has what it tells.",
)
.source("https://cwe.mitre.org/data/definitions/214.html")
.at(Level::Deny, Confidence::Medium);

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "told-command",
    rules: &[&RULE],
    wants: |hint| ground(hint) != Ground::Noise,
    keywords: &[
        "password-command",
        "password_command",
        "passwordcommand",
        "passcommand",
        "passcmd",
        "pass_cmd",
        "passwordeval",
        "password_eval",
        "passwordcmd",
        "password_cmd",
        "password-cmd",
        "pass-command",
        "pass_command",
        "passphrase-command",
        "passphrase_command",
    ],
    find,
    hits: &[
        Example {
            path: "x.sh",
            text: "restic --password-command 'echo p{lower:6}97' backup /srv\n",
            rule: "password-in-command",
        },
        Example {
            path: "root/.mbsyncrc",
            text: "PassCmd \"echo p{lower:6}97\"\n",
            rule: "password-in-command",
        },
        Example {
            path: "x.env",
            text: "BORG_PASSCOMMAND=\"printf '%s' p{lower:6}97\"\n",
            rule: "password-in-command",
        },
        Example {
            path: "root/.msmtprc",
            text: "passwordeval echo -n \"p{lower:6}97\"\n",
            rule: "password-in-command",
        },
    ],
    misses: &[Example {
        path: "x.sh",
        text: "restic --password-command 'cat /run/x' backup\nborg --passcommand \"pass show a1b2\"\nrestic --password-command \"echo $PW\" backup\nrestic --password-command='x'; echo done97x\n",
        rule: "",
    }],
};

/// How far behind its name the command may begin, in bytes.
const GAP: usize = 8;

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    if text.binary {
        return;
    }
    let shown = is_named_manual(&text.hint) || ground(&text.hint) == Ground::Code;
    for &at in text.at {
        let line = Part::between(text.bytes, at..text.bytes.len().min(at + 512)).while_(|b| b != b'\n');
        let name = line.while_(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
        let rest = line.after(&name);
        let gap = rest.while_(|b| matches!(b, b' ' | b'=' | b':' | b'"' | b'\'' | b',' | b'[' | b'\\'));
        let command = rest.after(&gap);
        let Some(said) = said(command).filter(|_| (1..=GAP).contains(&gap.len())) else { continue };
        let sure = worth(said.bytes()) == Worth::Strong || is_chosen(said.bytes());
        if worth(said.bytes()) >= Worth::Number && (!shown || sure) {
            out(Found::here(&RULE, said, length_of("password in a command", said.len())));
        }
    }
}

/// The word that `echo` or `printf` says.
fn said(command: Part<'_>) -> Option<Part<'_>> {
    let mut words = command.strip("/bin/").unwrap_or(command).words();
    let program = words.next()?.trim_of(|b| matches!(b, b'"' | b'\'' | b','));
    if !program.is("echo") && !program.is("printf") {
        return None;
    }
    let bare = |word: Part<'_>| {
        let inside = word.trim_of(|b| matches!(b, b'"' | b'\'' | b'\\'));
        !inside.bytes().starts_with(b"-") && !inside.bytes().starts_with(b"%s")
    };
    let word = words.find(|word| bare(*word))?;
    let inside = word.skip(word.while_(|b| matches!(b, b'"' | b'\'' | b'\\')).len());
    let value = inside.while_(|b| !matches!(b, b'"' | b'\'' | b'\\' | b';' | b'|' | b')' | b'}' | b','));
    (!value.is_empty()).then_some(value)
}
