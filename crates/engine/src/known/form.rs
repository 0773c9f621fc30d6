//! The form of a text, and the values that stand in it by this form.

use zeroize::Zeroizing;

use super::dotenv::{self, Line};
use super::judge::Ground;
use super::reading::Source;
use super::{markup, netrc, setting, tree};

/// A value that a file holds.
pub(super) struct Held {
    /// What it is called there.
    pub(super) name: String,
    /// The line on which it stands, from 1; none for 0.
    pub(super) line: usize,
    pub(super) value: Zeroizing<String>,
    pub(super) ground: Ground,
}

/// The text of a file, whatever it is encoded in; none if it is no text.
pub(super) fn text(bytes: &[u8]) -> Option<Zeroizing<String>> {
    let wide = |unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> =
            bytes.chunks_exact(2).skip(1).filter_map(|two| Some(unit(two.try_into().ok()?))).collect();
        String::from_utf16(&units).ok()
    };
    let text = match bytes {
        [0xff, 0xfe, ..] => wide(u16::from_le_bytes)?,
        [0xfe, 0xff, ..] => wide(u16::from_be_bytes)?,
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    };
    let control = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{1b}' | '\u{c}');
    (!text.contains(control)).then(|| Zeroizing::new(text))
}

/// The values of a text, whose form is recognised, and whether it is not what it says it is.
pub(super) fn held(source: Source<'_>, text: &str) -> (Vec<Held>, bool) {
    let trimmed = text.trim();
    if trimmed.starts_with('<') {
        return (markup::values(text), false);
    }
    let leaves = trimmed.starts_with(['{', '[']).then(|| tree::json(trimmed));
    if let Some(leaves) = leaves.filter(|leaves| leaves.whole || !setting::has_sections(trimmed)) {
        if leaves.whole {
            return (leaves.held, false);
        }
        // A document a line; or what is meant as JSON has comments, and a line still says what it sets.
        let each: Vec<tree::Leaves> =
            trimmed.lines().filter(|line| !line.trim().is_empty()).map(tree::json).collect();
        let broken = !each.iter().all(|leaves| leaves.whole);
        let rest = each.into_iter().flat_map(|leaves| leaves.held).chain(setting::values(text));
        return (leaves.held.into_iter().chain(rest).collect(), broken);
    }
    if trimmed.starts_with("-----BEGIN ") {
        return (vec![sure("", 0, trimmed)], false);
    }
    if netrc::is_one(text) {
        return (netrc::values(text), false);
    }
    (of_lines(source, text), false)
}

/// The values of a text that is read line by line.
fn of_lines(source: Source<'_>, text: &str) -> Vec<Held> {
    let lines = dotenv::lines(text);
    let other = lines.iter().any(|stated| matches!(stated.line, Line::Other));
    let (Source::File(path) | Source::Secret { place: path, .. }) = source;
    let named = path.ends_with(".yml") || path.ends_with(".yaml");
    if other && (setting::has_sections(text) && setting::is_all(text) || is_npmrc(text)) {
        return setting::values(text);
    }
    let yaml = (named || other && opens_mapping(text)).then(|| tree::yaml(text));
    if let Some(leaves) = yaml.filter(|leaves| !leaves.held.is_empty() || named) {
        return leaves.held.into_iter().chain(setting::values(text)).collect();
    }
    let mut all = Vec::new();
    for stated in lines {
        // In a file of values, what looks like a variable may be a value.
        if other {
            all.push(sure("", stated.number, stated.text));
        }
        if let Line::Variable { name, readings } = stated.line {
            let held =
                |value| Held { name: name.to_owned(), line: stated.number, value, ground: Ground::Listed };
            all.extend(readings.into_iter().map(held));
        }
    }
    all
}

/// `//registry.example/:_authToken=…` stands in no other file.
fn is_npmrc(text: &str) -> bool {
    setting::is_all(text) && text.lines().any(|line| line.trim_start().starts_with("//"))
}

/// Whether a line is a name and a colon, and the next one is what stands below it.
fn opens_mapping(text: &str) -> bool {
    let word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let spoken: Vec<&str> = text
        .lines()
        .map(str::trim_end)
        .filter(|line| !line.is_empty() && !line.trim_start().starts_with('#'))
        .collect();
    let opens = |line: &str| {
        line.trim_start_matches([' ', '-']).strip_suffix([':', '|', '>']).is_some_and(|key| {
            let key = key.trim_end_matches([':', ' ']);
            !key.is_empty() && key.chars().all(word)
        })
    };
    let below = |line: &str| line.starts_with(' ') || line.starts_with("- ");
    spoken.windows(2).any(|pair| matches!(pair, [line, next] if opens(line) && below(next)))
}

fn sure(name: &str, line: usize, value: &str) -> Held {
    Held { name: name.to_owned(), line, value: Zeroizing::new(value.to_owned()), ground: Ground::Sure }
}
