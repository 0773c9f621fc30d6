//! Virtual users of vsftpd, before they are made a database: a user's name and its password by turns, one a line.

use tightlip_report::{Confidence, Level};

use crate::context::judge::length_of;
use crate::context::judge::value::{Worth, is_password_hash, is_wordy, worth};
use crate::read::Part;
use crate::{Example, Finder, Found, Hint, Rule, Text};

static RULE: Rule = Rule::new(
    "vsftpd-user",
    "Password of a virtual FTP user",
    "Whoever holds it can read and change that user's files.",
)
.of("vsftpd")
.source("https://security.appspot.com/vsftpd/FAQ.txt")
.at(Level::Deny, Confidence::Medium);

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "vsftpd-users",
    rules: &[&RULE],
    wants,
    keywords: &[],
    find,
    hits: &[Example {
        path: "etc/vsftpd/vusers.txt",
        text: "bob\np{lower:6}97\nann\nChangeme\n",
        rule: "vsftpd-user",
    }],
    misses: &[
        Example { path: "etc/vsftpd/user_list", text: "root\nbin\ndaemon\nadm\n", rule: "" },
        Example { path: "etc/vsftpd/login.txt", text: "# users\nbob\n", rule: "" },
    ],
};

fn wants(hint: &Hint<'_>) -> bool {
    let path = hint.path().to_ascii_lowercase();
    let name = hint.file_name().to_ascii_lowercase();
    let list = [&b"user"[..], b"login", b"account", b"passwd"];
    super::judge::holds(&path, b"vsftpd")
        && list.iter().any(|word| memchr::memmem::find(&name, word).is_some())
        && (name.ends_with(b".txt") || !name.contains(&b'.'))
}

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let lines = Part::of(text.bytes).lines().map(|line| line.trim());
    let lines: Vec<Part<'b>> = lines.filter(|line| !line.is_empty()).collect();
    let word = |line: &Part<'b>| line.len() <= 128 && !line.bytes().contains(&b' ');
    if text.binary || lines.len() % 2 == 1 || !lines.iter().all(word) {
        return;
    }
    for password in lines.iter().skip(1).step_by(2) {
        let bytes = password.bytes();
        let counts = matches!(worth(bytes), Worth::Weak | Worth::Strong | Worth::Number);
        if counts && !is_wordy(bytes) && !is_password_hash(bytes) {
            out(Found::here(&RULE, *password, length_of("password", password.len())));
        }
    }
}
