//! Access tokens of Azure DevOps of the old form, wherever they stand: 52 letters and digits without a mark, whose checksum tells
//! them from all others.
//!
//! bad: `az devops login <<< "$(cat pat.txt)"`, with the token alone in the file
//! good: a token that a pipeline is given when it runs

use crate::check::{CHECKS, Outcome};
use crate::read::Part;
use crate::{Finder, Found, Rule, Text};

static RULE: Rule = Rule::new(
    "azure-devops-pat-alone",
    "Azure DevOps personal access token (older form, by its checksum)",
    "Acts as its owner on Azure DevOps.",
)
.of("Azure")
.rotate("https://aex.dev.azure.com/")
.source("https://github.com/microsoft/security-utilities");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "devops-pat",
    rules: &[&RULE],
    wants: |_| true,
    keywords: &[],
    find,
    hits: &[],
    misses: &[crate::Example { path: "a.txt", text: "{lower:52}\n{b36:52}\n", rule: "" }],
};

const LENGTH: usize = 52;
/// So many of them are looked at together, less than half.
const BESIDE: usize = 16;

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let Some(check) = CHECKS.iter().find(|check| check.name == "azure-devops-pat") else { return };
    for part in runs(text.bytes) {
        if (check.verify)(part.bytes()) == Outcome::Holds {
            out(Found::here(&RULE, part, format!("{LENGTH} characters, {} holds", check.noun)));
        }
    }
}

/// Stretches of so many digits of a token, and no more. Where there are none only the bytes around each 52nd have to be looked
/// at: a stretch goes on from there for half of its length to one side.
fn runs(text: &[u8]) -> impl Iterator<Item = Part<'_>> {
    let mut at = LENGTH - 1;
    std::iter::from_fn(move || {
        loop {
            let here = text.get(at)?;
            let beside = |from: usize| text.get(from..).and_then(|rest| rest.first_chunk::<BESIDE>());
            if !is_digit(here) || !(all(beside(at)) || all(beside(at + 1 - BESIDE))) {
                at += LENGTH;
                continue;
            }
            let before = text.get(..at)?.iter().rev().take(LENGTH).take_while(|byte| is_digit(byte)).count();
            let behind = text.get(at..)?.iter().take_while(|byte| is_digit(byte)).count();
            let (start, end) = (at - before, at + behind);
            at = end + LENGTH;
            let joins = |byte: Option<&u8>| {
                byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'+' | b'/'))
            };
            let alone =
                !joins(start.checked_sub(1).and_then(|start| text.get(start))) && !joins(text.get(end));
            if end - start == LENGTH && alone {
                return Some(Part::between(text, start..end));
            }
        }
    })
}

/// Without a branch for each byte.
fn all(beside: Option<&[u8; BESIDE]>) -> bool {
    beside.is_some_and(|bytes| bytes.iter().fold(true, |all, byte| all & is_digit(byte)))
}

fn is_digit(byte: &u8) -> bool {
    matches!(byte, b'a'..=b'z' | b'2'..=b'7')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finder::tests::{expand, found_in};

    #[test]
    fn a_token_is_found_by_its_checksum_alone() {
        let check = CHECKS.iter().find(|check| check.name == "azure-devops-pat").unwrap();
        let mut token = expand("{lower:52}").into_bytes();
        assert!((check.seal)(&mut token));
        let token = String::from_utf8(token).unwrap();
        let count = |text: &str| found_in(&FINDER, "pat.txt", text.as_bytes()).len();
        for before in
            ["", "a", "aa ", "one two three four five six seven eight nine ten eleven twelve thirteen "]
        {
            assert_eq!(count(&format!("{before}\n{token}\nand more\n")), 1, "{before}");
        }
        assert_eq!(count(&format!("{token} {token}")), 2);
        assert_eq!(count(&format!("a{token}")) + count(&format!("{token}/x")), 0);
        assert_eq!(count(&token[1..]), 0);
    }
}
