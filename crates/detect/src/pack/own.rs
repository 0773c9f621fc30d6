//! Our own rule files: the schema of the built-in rules.

use serde::Deserialize as _;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::read::{Remarks, line_at};
use super::{Contents, Draft, Pack, has_line};
use crate::PackText;
use crate::entry::Entry;

pub(super) static PACK: Pack = Pack {
    name: "tightlip",
    summary: "TOML with [[rule]], as tightlip writes it",
    claims: |text| has_line(text, &["[[rule]]"]),
    extends: |_| None,
    read,
};

fn read(pack: &PackText, remarks: &mut Remarks) -> Contents {
    let text = pack.text.as_str();
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        remarks.error(error.span().map_or(0, |span| line_at(text, span.start)), error.message());
    }
    let mut common = (String::new(), None);
    let mut drafts = Vec::new();
    for (key, value) in table.into_inner() {
        let line = line_at(text, key.span().start);
        match (key.get_ref().as_ref(), value.get_ref()) {
            ("provider", DeValue::String(word)) => common.0 = word.to_string(),
            ("rotate", DeValue::String(word)) => common.1 = Some(word.to_string()),
            ("rule", DeValue::Array(_)) => drafts = rules(value, text, remarks),
            (other, _) => remarks.error(line, format!("`{other}` is not known here, or not what it must be")),
        }
    }
    for draft in &mut drafts {
        (draft.provider, draft.rotate) = common.clone();
        draft.place.0.clone_from(&pack.name);
    }
    Contents { drafts, off: Vec::new() }
}

fn rules(value: Spanned<DeValue<'_>>, text: &str, remarks: &mut Remarks) -> Vec<Draft> {
    let DeValue::Array(rules) = value.into_inner() else { return Vec::new() };
    let mut drafts = Vec::new();
    for rule in rules {
        let line = line_at(text, rule.span().start);
        let id = rule
            .get_ref()
            .as_table()
            .and_then(|table| table.get("id")?.get_ref().as_str().map(str::to_owned));
        remarks.enter(id);
        match Entry::deserialize(toml::de::ValueDeserializer::from(rule)) {
            Ok(entry) => drafts.push(Draft {
                place: (String::new(), line),
                provider: String::new(),
                rotate: None,
                entry,
            }),
            Err(error) => {
                let line = error.span().map_or(line, |span| line_at(text, span.start));
                remarks.error(line, error.message());
            }
        }
    }
    remarks.enter(None);
    drafts
}
