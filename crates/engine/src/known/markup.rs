//! XML: what stands in elements and attributes, each under the name that says what it is.

use zeroize::Zeroizing;

use super::form::Held;
use super::inside::Lines;
use super::judge::Ground;

/// Entities that every reader knows.
const ENTITIES: &[(&str, &str)] =
    &[("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&#10;", "\n"), ("&amp;", "&")];
/// Attributes that name what another attribute or the text holds.
const NAMING: &[&str] = &["key", "name", "id"];

/// Every value of a text.
pub(super) fn values(text: &str) -> Vec<Held> {
    let (mut all, mut lines) = (Vec::new(), Lines::default());
    let mut at = 0;
    while let Some(open) = text.get(at..).and_then(|rest| rest.find('<')).map(|found| at + found) {
        let rest = text.get(open + 1..).unwrap_or_default();
        let Some(end) = rest.find('>') else { break };
        at = open + 1 + end + 1;
        if let Some(comment) = rest.strip_prefix("!--") {
            at = comment.find("-->").map_or(text.len(), |end| open + 4 + end + 3);
            continue;
        }
        let tag = rest.get(..end).unwrap_or_default();
        if tag.starts_with(['/', '?', '!']) {
            continue;
        }
        element(tag, text.get(at..).unwrap_or_default(), lines.of(text, open), &mut all);
    }
    all
}

/// An element: its attributes, and the text right behind its tag.
fn element(tag: &str, behind: &str, line: usize, all: &mut Vec<Held>) {
    let (name, attributes) = tag.split_once(char::is_whitespace).unwrap_or((tag, ""));
    let attributes = pairs(attributes);
    let named = attributes.iter().find(|(key, _)| NAMING.contains(&key.to_ascii_lowercase().as_str()));
    let mut hold = |name: &str, value: &str| {
        let value = plain(value.trim());
        if !value.is_empty() {
            all.push(Held { name: name.to_owned(), line, value, ground: Ground::Setting });
        }
    };
    for (key, value) in &attributes {
        // `<add key="Password" value="…"/>`
        let name = named.filter(|_| key.eq_ignore_ascii_case("value")).map_or(*key, |(_, name)| *name);
        hold(name, value);
    }
    let content = match behind.strip_prefix("<![CDATA[") {
        Some(data) => data.split("]]>").next(),
        None => behind.split('<').next(),
    };
    let own = named.filter(|_| matches!(name, "property" | "string" | "value" | "entry" | "setting"));
    hold(own.map_or(name, |(_, name)| *name), content.unwrap_or_default());
}

/// `key="value"`, in either kind of quotes.
fn pairs(text: &str) -> Vec<(&str, &str)> {
    let mut all = Vec::new();
    let mut rest = text;
    while let Some((key, behind)) = rest.split_once('=') {
        let behind = behind.trim_start();
        let Some(quote) = behind.chars().next().filter(|c| matches!(c, '"' | '\'')) else { break };
        let Some((value, behind)) = behind.get(1..).and_then(|text| text.split_once(quote)) else { break };
        all.push((key.trim(), value));
        rest = behind;
    }
    all
}

/// A text without entities.
fn plain(text: &str) -> Zeroizing<String> {
    let plain = ENTITIES.iter().fold(text.to_owned(), |text, (entity, sign)| text.replace(entity, sign));
    Zeroizing::new(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_and_attributes_have_values() {
        let text = "<a><!-- <password>no</password> -->\n<password>ma&amp;ple</password>\n\
            <add key=\"ApiKey\" value='seven' /><token><![CDATA[<x>]]></token></a>";
        let found = values(text);
        let found: Vec<_> =
            found.iter().map(|held| (held.name.as_str(), held.value.as_str(), held.line)).collect();
        let expected =
            [("password", "ma&ple", 2), ("key", "ApiKey", 3), ("ApiKey", "seven", 3), ("token", "<x>", 3)];
        assert_eq!(found, expected);
    }
}
