//! Passwords that somebody typed where a command was expected: a line of a shell's history that is one word, and no command.
//!
//! It happens beside what asks for one: `sudo`, `ssh`, `mysql -p`. Far from those only what no command is called counts.
//!
//! bad: `sudo -i` and below it `Heron-Field!1986`
//! good: a history without that line, and a new password

use tightlip_report::{Confidence, Level};

use super::judge::length_of;
use super::judge::value::{classes, is_chosen, is_secret};
use crate::read::Part;
use crate::{Example, Finder, Found, Hint, Rule, Text};

static RULE: Rule = Rule::new(
    "typed-password",
    "Password in a shell's history, as a line of its own",
    "Whoever can read the history has the password that was asked for then.",
)
.source("https://attack.mitre.org/techniques/T1552/003/")
.at(Level::Deny, Confidence::Medium);

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "typed-alone",
    rules: &[&RULE],
    wants: is_history,
    keywords: &[],
    find,
    hits: &[
        Example {
            path: "root/.bash_history",
            text: "cd infra\n#1698233400\nPlum-{lower:5}!1986\n#1698233402\nls\n",
            rule: "typed-password",
        },
        Example {
            path: "root/.zsh_history",
            text: ": 1698:0;sudo -i\n: 1699:0;plum{lower:3}86x1\n",
            rule: "typed-password",
        },
        Example {
            path: "root/.local/share/fish/fish_history",
            text: "- cmd: ssh web\n  when: 1698\n- cmd: Plum-{lower:5}86\n  when: 1699\n",
            rule: "typed-password",
        },
    ],
    misses: &[
        Example {
            path: "root/.bash_history",
            text: "ls\n./Run-2.sh\n!1234\nA1=b2!\npython3.11\nFoo::Bar2!\nPlum86x12\nbob@Host22.lan\nR-4.1.2\nmake\n",
            rule: "",
        },
        Example {
            path: "root/.bash_history",
            text: "sudo -i\nUpdate2024.sh\nsudo -i\nTeamViewer15\nsudo su\nvi /etc/hosts2\nbash5.1.16\n",
            rule: "",
        },
    ],
};

fn is_history(hint: &Hint<'_>) -> bool {
    let names: [&[u8]; 8] = [
        b".bash_history",
        b".zsh_history",
        b".ash_history",
        b".sh_history",
        b".ksh_history",
        b".history",
        b".zhistory",
        b"fish_history",
    ];
    names.contains(&hint.file_name())
}

/// What asks for a password, as the first word of a command.
const ASKS: &[&str] = &[
    "sudo",
    "su",
    "ssh",
    "scp",
    "sftp",
    "passwd",
    "login",
    "kinit",
    "psql",
    "gpg",
    "mount",
    "mount.cifs",
    "rsync",
    "ftp",
    "smbclient",
    "cryptsetup",
    "ssh-add",
    "ssh-copy-id",
    "ansible-vault",
    "keepassxc-cli",
];

/// What asks with a flag: `mysql -p`, `ansible-playbook --ask-become-pass`.
const FLAGS: &[&str] = &[" -p", " -K", " --ask-", " --password", " login"];

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    if text.binary {
        return;
    }
    let lines: Vec<Part<'b>> = Part::of(text.bytes).lines().filter_map(typed).collect();
    for (n, line) in lines.iter().enumerate() {
        if !is_word(line.bytes()) {
            continue;
        }
        let beside = [n.checked_sub(1), n.checked_add(1)];
        let asked = beside.into_iter().flatten().filter_map(|n| lines.get(n)).any(|line| asks(line.bytes()));
        if is_unlike_a_command(line.bytes()) || asked && is_likely(line.bytes()) {
            out(Found::here(&RULE, *line, length_of("typed password", line.len())));
        }
    }
}

/// What was typed in a line of a history, without the times that shells keep.
fn typed(line: Part<'_>) -> Option<Part<'_>> {
    let line = line.trim();
    let time = line.bytes().strip_prefix(b"#").is_some_and(|rest| rest.iter().all(u8::is_ascii_digit));
    let times = line.strip("when: ").is_some() || line.strip("paths:").is_some() || time || line.is_empty();
    let zsh = line.strip(": ").and_then(|rest| rest.cut(|b| b == b';')).map(|(_, command)| command);
    (!times).then(|| line.strip("- cmd: ").or(zsh).unwrap_or(line).trim())
}

/// Whether a line is one word that is no path, no assignment and no part of a program.
fn is_word(line: &[u8]) -> bool {
    (8..=40).contains(&line.len())
        && line.iter().all(u8::is_ascii_graphic)
        && line.first().is_some_and(u8::is_ascii_alphanumeric)
        && !line.iter().any(|b| b"/=(){}[]<>|&;:~`'\"\\,$".contains(b))
        && !line.contains(&b'@')
}

/// Letters of both cases, digits and a sign that no name of a program has.
fn is_unlike_a_command(word: &[u8]) -> bool {
    classes(word) == 3 && word.iter().any(|b| b"!#%^+?".contains(b)) && is_secret(word, |_| true)
}

/// Chosen, and neither a word with a number, as programs are called with their version, nor the name of a file.
fn is_likely(word: &[u8]) -> bool {
    let letters = word.iter().take_while(|b| b.is_ascii_alphabetic()).count();
    let version = word.iter().skip(letters).all(|b| b.is_ascii_digit() || *b == b'.');
    let ending = word.rsplit(|b| *b == b'.').next().unwrap_or_default();
    let file = ending.len() <= 4 && ending.len() < word.len() && ending.iter().all(u8::is_ascii_lowercase);
    !version && !file && is_secret(word, is_chosen)
}

fn asks(line: &[u8]) -> bool {
    let first = line.split(u8::is_ascii_whitespace).next().unwrap_or_default();
    let program = ASKS.iter().any(|program| program.as_bytes() == first);
    program || FLAGS.iter().any(|flag| memchr::memmem::find(line, flag.as_bytes()).is_some())
}
