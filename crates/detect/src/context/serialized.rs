//! Values that PHP serializes, in files of caches and sessions and in columns of databases: `s:9:"smtp_pass";s:8:"…";`.
//!
//! bad: `s:8:"password";s:9:"hunter22x";`
//! good: settings that name a variable of the environment

use tightlip_report::{Confidence, Level};

use super::directive::RULE;
use super::judge::length_of;
use super::judge::name::{Says, is_password, says};
use super::judge::value::{Worth, is_chosen, is_password_hash, is_wordy, worth};
use crate::read::Part;
use crate::{Example, Finder, Found, Hint, Text};

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "serialized",
    rules: &[&RULE],
    wants: |hint| !matches!(hint, Hint::Named(_)),
    keywords: &["\";s:"],
    find,
    hits: &[
        Example {
            path: "var/cache/settings.ser",
            text: "a:2:{s:4:\"host\";s:1:\"h\";s:9:\"smtp_pass\";s:9:\"p{lower:6}97\";}",
            rule: "password-directive",
        },
        Example {
            path: "dump.sql",
            text: "(7,'mail','a:1:{s:8:\\\"password\\\";s:9:\\\"p{lower:6}97\\\";}')\n",
            rule: "password-directive",
        },
        Example {
            path: "var/sess_1",
            text: "user|O:4:\"User\":1:{s:11:\"\0*\0apiToken\";s:32:\"a1B{base62:29}\";}",
            rule: "password-directive",
        },
    ],
    misses: &[
        Example {
            path: "a.ser",
            text: "a:2:{s:8:\"password\";s:0:\"\";s:5:\"token\";s:5:\"Token\";s:4:\"note\";s:9:\"p{lower:6}97\";}",
            rule: "",
        },
        Example {
            path: "a.ser",
            text: "a:1:{s:8:\"password\";s:60:\"$2y$10${base62:53}\";s:3:\"x\";s:12:\"required|min\";}",
            rule: "",
        },
        Example { path: "a.ser", text: "a:1:{s:7:\"secrets\";s:8:\"shown_x1\";}", rule: "" },
    ],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for &at in text.at {
        let Some((name, value)) = pair(text.bytes, at) else { continue };
        if says(name.bytes()) != Says::Secret {
            continue;
        }
        if let Some(confidence) = judge(name.bytes(), value.bytes()) {
            let shape = length_of("value of a serialized setting", value.len());
            out(Found::here(&RULE, value, shape).at(Level::Deny, confidence));
        }
    }
}

/// The string whose closing quote stands at a place, and the one behind it.
fn pair(text: &[u8], at: usize) -> Option<(Part<'_>, Part<'_>)> {
    // In a statement of SQL every quote has a backslash.
    let escaped = at.checked_sub(1).and_then(|n| text.get(n)) == Some(&b'\\');
    let end = if escaped { at - 1 } else { at };
    let before = Part::between(text, end.saturating_sub(100)..end);
    let open = before.bytes().iter().rposition(|b| *b == b'"')?;
    // Names of fields that are not public have marks of zeros before them: `\0*\0`.
    let name = before.skip(open + 1).trim_of(|b| matches!(b, 0 | b'*'));
    let counted = before.first(open).bytes();
    let counted = counted.strip_suffix(b"\\").unwrap_or(counted).strip_suffix(b":")?;
    let digits = counted.iter().rev().take_while(|b| b.is_ascii_digit()).count();
    counted.get(..counted.len() - digits)?.ends_with(b"s:").then_some(())?;
    let rest = Part::between(text, at..text.len().min(at + 1024)).strip("\";s:")?;
    let length = rest.while_(|b| b.is_ascii_digit());
    let inside = rest.after(&length).strip(":\"").or_else(|| rest.after(&length).strip(":\\\""))?;
    let value = inside.while_(|b| b != b'"');
    let value = if escaped { value.first(value.len().saturating_sub(1)) } else { value };
    Some((name, value))
}

fn judge(name: &[u8], value: &[u8]) -> Option<Confidence> {
    match worth(value) {
        _ if is_password_hash(value) || value.contains(&b' ') => None,
        Worth::Strong => Some(Confidence::High),
        Worth::Weak if is_chosen(value) => Some(Confidence::Medium),
        Worth::Weak if is_password(name) && value.len() >= 6 && !is_wordy(value) => Some(Confidence::Medium),
        _ => None,
    }
}
