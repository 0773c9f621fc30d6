//! Lines that set a program up: INI, TOML, properties, `.npmrc`, and what was meant as JSON or YAML and is not.

use super::dotenv::readings;
use super::form::Held;
use super::judge::Ground;

/// Values of lines `key = value` and `key: value`.
pub(super) fn values(text: &str) -> Vec<Held> {
    let mut all = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let Some((key, value)) = setting(line.trim()) else { continue };
        let each = readings(value).into_iter();
        all.extend(each.map(|value| Held {
            name: key.to_owned(),
            line: index + 1,
            value,
            ground: Ground::Setting,
        }));
    }
    all
}

/// The key and the value of a line.
pub(super) fn setting(line: &str) -> Option<(&str, &str)> {
    let comment = line.starts_with(['#', ';']) || line.starts_with("--");
    let equals = line.find('=');
    let colon = line.find(": ").or_else(|| line.find(":\t"));
    let at = match (equals, colon) {
        (Some(equals), Some(colon)) => equals.min(colon),
        (one, other) => one.or(other)?,
    };
    let (key, value) = (line.get(..at)?, line.get(at + 1..)?.trim());
    let key = key.trim().trim_start_matches("- ").trim_matches(['"', '\'']).trim();
    // What closes a member of JSON is no part of it.
    let value = value.strip_suffix(',').filter(|value| value.ends_with(['"', '\''])).unwrap_or(value);
    let padding = value.bytes().all(|byte| byte == b'=');
    (!comment && !key.is_empty() && !padding).then_some((key, value))
}

/// Whether every line that says something is a setting or opens a section.
pub(super) fn is_all(text: &str) -> bool {
    let mut lines =
        text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with(['#', ';']));
    let section = |line: &str| line.starts_with('[') && line.ends_with(']');
    let empty = |line: &str| line.ends_with('=') && !line.ends_with("==") && line.contains(['.', '/', '-']);
    lines.all(|line| section(line) || empty(line) || setting(line).is_some())
}

/// Whether a line opens a section.
pub(super) fn has_sections(text: &str) -> bool {
    text.lines().map(str::trim).any(|line| line.len() > 2 && line.starts_with('[') && line.ends_with(']'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_a_key_and_a_value() {
        assert_eq!(setting("//r.example/:_authToken=abc"), Some(("//r.example/:_authToken", "abc")));
        assert_eq!(setting("password = a=b"), Some(("password", "a=b")));
        assert_eq!(setting("\"password\": \"a\","), Some(("password", "\"a\"")));
        assert_eq!([setting("; a=b"), setting("[a]"), setting("AAAA==")], [None, None, None]);
        assert!(has_sections("[a]\nb=c") && !has_sections("b=c"));
        assert!(is_all("[a]\n# x\nb = c\n") && !is_all("[a]\nhello\n"));
    }
}
