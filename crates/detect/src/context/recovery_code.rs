//! Codes that let somebody in who has lost the second factor, as GitHub, Google, GitLab and others give them out: a list of
//! them under "recovery codes" or "backup codes", or in a file that is called so.
//!
//! bad: `github-recovery-codes.txt` in a copied home directory
//! good: the codes in a password manager

use tightlip_report::{Confidence, Level};

use super::judge::value::{Worth, worth};
use crate::read::Part;
use crate::{Example, Finder, Found, Hint, Rule, Text};

static RULE: Rule = Rule::new(
    "recovery-code",
    "Recovery codes of an account",
    "Each lets somebody in once without the second factor, and can then take it away.",
)
.source("https://docs.github.com/authentication/securing-your-account-with-two-factor-authentication-2fa")
.at(Level::Deny, Confidence::Medium);

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "recovery-code",
    rules: &[&RULE],
    wants: |hint| !matches!(hint, Hint::Text),
    keywords: &[
        "recovery codes",
        "recovery-codes",
        "recovery_codes",
        "backup codes",
        "backup-codes",
        "backup_codes",
        "backup verification codes",
    ],
    find,
    hits: &[
        Example {
            path: "notes/2fa.txt",
            text: "GitHub recovery codes\n{hex:3}b4-d{hex:3}4\n{hex:3}c3-a7{hex:3}\n8c{hex:3}-36{hex:2}d\n",
            rule: "recovery-code",
        },
        Example {
            path: "home/bob/codes.txt",
            text: "SAVE YOUR BACKUP CODES\nKeep these backup codes somewhere safe.\n\n 1. 7{digits:3} {digits:3}4       6. 3{digits:3} {digits:3}9\n 2. {digits:3}1 8{digits:3}       7. {digits:3}2 5{digits:3}\n 3. {digits:3}5 1{digits:3}       8. {digits:3}6 2{digits:3}\n",
            rule: "recovery-code",
        },
        Example {
            path: "gitlab.md",
            text: "## Recovery codes:\n- 9f{hex:12}a1\n- 3c{hex:12}b7\n- 7e{hex:12}d5\n",
            rule: "recovery-code",
        },
    ],
    misses: &[
        Example {
            path: "docs/2fa.md",
            text: "Download your recovery codes and keep them.\n\nthey look like\nxxxxx-xxxxx\n12345-67890\n\nbackup codes: see below\n2024-01-02\n2024-02-03\n2024-03-04\n",
            rule: "",
        },
        Example {
            path: "a.py",
            text: "# recovery codes\nfor code in codes:\n    print(code)\n    total = 12\n",
            rule: "",
        },
        Example { path: "a.txt", text: "backup codes\n{hex:3}b4-d{hex:3}4\n", rule: "" },
    ],
};

/// So far below its heading the list may begin, in lines.
const GAP: usize = 4;
/// With fewer it is no list.
const FEWEST: usize = 3;

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let mut done = 0;
    for &at in text.at.iter().filter(|_| !text.binary) {
        if at < done {
            continue;
        }
        let rest = Part::between(text.bytes, at..text.bytes.len().min(at + 1200));
        let codes = list_below(rest);
        let (Some(first), Some(last)) = (codes.first(), codes.last()) else { continue };
        if codes.len() >= FEWEST {
            done = last.span().end;
            out(Found::here(&RULE, *first, format!("{} recovery codes", codes.len())));
        }
    }
}

/// The codes of the lines below a heading, up to the first line with anything else.
fn list_below(rest: Part<'_>) -> Vec<Part<'_>> {
    let mut all: Vec<Part<'_>> = Vec::new();
    let mut others = 0;
    for line in rest.lines().skip(1).map(|line| line.trim()).filter(|line| !line.is_empty()) {
        let codes = codes_of(line);
        if codes.is_empty() && (!all.is_empty() || others == GAP) {
            break;
        }
        others += usize::from(codes.is_empty());
        all.extend(codes);
    }
    let same = |part: &Part<'_>| all.first().is_some_and(|first| part.len() == first.len());
    let alike = all.iter().all(same)
        && !all.iter().skip(1).any(|part| all.first().is_some_and(|first| part.bytes() == first.bytes()));
    if alike { all } else { Vec::new() }
}

/// The codes of a line, if it holds nothing else but numbers and marks before them.
fn codes_of(line: Part<'_>) -> Vec<Part<'_>> {
    let mut all = Vec::new();
    let mut halves: Option<Part<'_>> = None;
    for word in line.words() {
        let word = word.trim_of(|b| matches!(b, b',' | b'"' | b'\'' | b'`'));
        let digits = word.bytes().iter().all(u8::is_ascii_digit);
        let counts =
            word.bytes().iter().all(|b| b.is_ascii_digit() || b"-*.)#[]".contains(b)) && word.len() <= 3;
        match halves.take() {
            // `1234 5678` of Google.
            Some(half) if digits && word.len() == 4 => all.push(half.through(&word)),
            Some(_) => return Vec::new(),
            None if counts => {}
            None if digits && word.len() == 4 => halves = Some(word),
            None if is_code(word.bytes()) => all.push(word),
            None => return Vec::new(),
        }
    }
    if halves.is_some() { Vec::new() } else { all }
}

/// Letters of one case and digits, in one group or in groups of the same length.
fn is_code(word: &[u8]) -> bool {
    let groups: Vec<&[u8]> = word.split(|b| *b == b'-').collect();
    let length = groups.first().map_or(0, |group| group.len());
    let signs: Vec<u8> = word.iter().copied().filter(|b| *b != b'-').collect();
    let one_case = !(signs.iter().any(u8::is_ascii_lowercase) && signs.iter().any(u8::is_ascii_uppercase));
    let digits = signs.iter().filter(|b| b.is_ascii_digit()).count();
    (8..=32).contains(&signs.len())
        && signs.iter().all(u8::is_ascii_alphanumeric)
        && groups.iter().all(|group| group.len() == length && group.len() >= 4)
        && one_case
        && digits >= 2
        && worth(word) >= Worth::Number
}
