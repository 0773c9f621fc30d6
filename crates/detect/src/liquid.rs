//! The small part of the Liquid template language that says how a checksum in a token is computed.
//!
//! `{{ BODY | crc32 | base62: 6 }}`: a name or a text in quotes, then filters. Nothing else of the language is read:
//! a filter that is not in the table is an error.

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};

use crate::check::radix::{BASE36, BASE62, HEX, padded};
use crate::read::hex;

/// A template.
#[derive(Debug)]
pub(crate) struct Liquid {
    parts: Vec<Part>,
}

#[derive(Debug)]
enum Part {
    Text(String),
    Value { of: Word, filters: Vec<(&'static Filter, Vec<Word>)> },
}

/// A name, or what is written.
#[derive(Debug)]
enum Word {
    Name(String),
    Text(String),
}

/// What changes a text. `None`: it cannot.
#[derive(Debug)]
struct Filter {
    name: &'static str,
    /// The text, and up to two words that the filter is given.
    apply: fn(&str, [Option<&str>; 2]) -> Option<String>,
}

static FILTERS: &[Filter] = &[
    Filter { name: "append", apply: |text, [more, _]| Some(format!("{text}{}", more?)) },
    Filter { name: "prepend", apply: |text, [more, _]| Some(format!("{}{text}", more?)) },
    Filter { name: "downcase", apply: |text, _| Some(text.to_lowercase()) },
    Filter { name: "upcase", apply: |text, _| Some(text.to_uppercase()) },
    Filter {
        name: "prefix",
        apply: |text, [size, _]| text.get(..number(size, text.len())?.min(text.len())).map(str::to_owned),
    },
    Filter {
        name: "suffix",
        apply: |text, [size, _]| Some(last(text, number(size, text.len())?).to_owned()),
    },
    Filter { name: "crc32", apply: |text, _| Some(crc32fast::hash(text.as_bytes()).to_string()) },
    Filter {
        name: "crc32_dec",
        apply: |text, [size, _]| cut(crc32fast::hash(text.as_bytes()).to_string(), size),
    },
    Filter {
        name: "crc32_hex",
        apply: |text, [size, _]| cut(ascii(padded(crc32fast::hash(text.as_bytes()), HEX, 8))?, size),
    },
    Filter {
        name: "crc32_le_b64",
        apply: |text, [size, _]| {
            let sum = BASE64_STANDARD.encode(crc32fast::hash(text.as_bytes()).to_le_bytes());
            sum.get(..number(size, sum.len())?.min(sum.len())).map(str::to_owned)
        },
    },
    Filter {
        name: "base62",
        apply: |text, [size, _]| ascii(padded(text.parse().ok()?, BASE62, number(size, 0)?)),
    },
    Filter {
        name: "base36",
        apply: |text, [size, _]| ascii(padded(text.parse().ok()?, BASE36, number(size, 0)?)),
    },
    Filter { name: "sha256", apply: |text, _| Some(hex::digits(&Sha256::digest(text))) },
    Filter { name: "b64enc", apply: |text, _| Some(BASE64_STANDARD.encode(text)) },
    Filter { name: "b64url_enc", apply: |text, _| Some(BASE64_URL_SAFE_NO_PAD.encode(text)) },
    Filter { name: "b64dec", apply: |text, _| ascii(BASE64_STANDARD.decode(text).ok()?) },
    Filter {
        name: "b64url_dec",
        apply: |text, _| ascii(BASE64_URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok()?),
    },
    Filter { name: "replace", apply: |text, [from, to]| Some(text.replace(from?, to.unwrap_or_default())) },
    Filter { name: "newline", apply: |_, _| Some("\n".to_owned()) },
    Filter { name: "strip", apply: |text, _| Some(text.trim().to_owned()) },
    Filter {
        name: "bip39_valid",
        apply: |text, _| Some(bip39::Mnemonic::parse_normalized(&normal(text)).is_ok().to_string()),
    },
];

/// Words in lower case with one blank between them.
fn normal(text: &str) -> String {
    text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Wider numbers are no checksum.
const WIDEST: usize = 64;

fn number(written: Option<&str>, otherwise: usize) -> Option<usize> {
    let number = written.map_or(Ok(otherwise), str::parse).ok()?;
    (written.is_none() || number <= WIDEST).then_some(number)
}

fn last(text: &str, size: usize) -> &str {
    text.get(text.len().saturating_sub(size)..).unwrap_or(text)
}

/// The last digits, filled with zeros on the left.
fn cut(digits: String, size: Option<&str>) -> Option<String> {
    let size = number(size, digits.len())?;
    Some(last(&format!("{digits:0>size$}"), size).to_owned())
}

fn ascii(bytes: Vec<u8>) -> Option<String> {
    String::from_utf8(bytes).ok()
}

impl Liquid {
    /// Reads a template.
    ///
    /// # Errors
    /// What in it is not read here, by name.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        if text.contains("{%") {
            return Err(format!("the tag in the template `{text}` is not read"));
        }
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, inside)) = rest.split_once("{{") {
            let (value, after) =
                inside.split_once("}}").ok_or_else(|| format!("a brace is not closed in `{text}`"))?;
            parts.push(Part::Text(before.to_owned()));
            parts.push(value_of(value.trim_matches('-').trim())?);
            rest = after;
        }
        parts.push(Part::Text(rest.to_owned()));
        Ok(Self { parts })
    }

    /// The text for these values; `None` if one is missing or cannot be changed so.
    pub(crate) fn render(&self, value: &dyn Fn(&str) -> Option<String>) -> Option<String> {
        let mut out = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Value { of, filters } => {
                    let mut text = of.text(value)?;
                    for (filter, words) in filters {
                        let given = |index: usize| words.get(index).map(|word| word.text(value));
                        let (first, second) = (given(0).flatten(), given(1).flatten());
                        text = (filter.apply)(&text, [first.as_deref(), second.as_deref()])?;
                    }
                    out.push_str(&text);
                }
            }
        }
        Some(out.trim().to_owned())
    }
}

impl Word {
    fn parse(text: &str) -> Self {
        let quoted = ['"', '\''].iter().find_map(|quote| text.strip_prefix(*quote)?.strip_suffix(*quote));
        match quoted {
            Some(inside) => Self::Text(inside.to_owned()),
            None if text.bytes().all(|byte| byte.is_ascii_digit()) => Self::Text(text.to_owned()),
            None => Self::Name(text.to_owned()),
        }
    }

    fn text(&self, value: &dyn Fn(&str) -> Option<String>) -> Option<String> {
        match self {
            Self::Name(name) => value(name),
            Self::Text(text) => Some(text.clone()),
        }
    }
}

fn value_of(text: &str) -> Result<Part, String> {
    let mut steps = split(text, '|').into_iter();
    let of = Word::parse(steps.next().unwrap_or_default());
    let filters = steps.map(|step| {
        let (name, words) = step.split_once(':').unwrap_or((step, ""));
        let known = FILTERS.iter().find(|filter| filter.name == name.trim());
        let filter =
            known.ok_or_else(|| format!("the filter `{}` of a checksum is not known", name.trim()))?;
        let words = split(words, ',').into_iter().filter(|word| !word.is_empty()).map(Word::parse);
        Ok((filter, words.collect()))
    });
    Ok(Part::Value { of, filters: filters.collect::<Result<_, String>>()? })
}

/// Split at a mark outside quotes.
fn split(text: &str, mark: char) -> Vec<&str> {
    let mut quote = None;
    let parts = text.split(|c: char| {
        match quote {
            None if c == '"' || c == '\'' => quote = Some(c),
            Some(open) if open == c => quote = None,
            _ => {}
        }
        quote.is_none() && c == mark
    });
    parts.map(str::trim).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn render(text: &str) -> Option<String> {
        let value = |name: &str| (name == "BODY").then(|| "123456789".to_owned());
        Liquid::parse(text).unwrap().render(&value)
    }

    #[test]
    fn filters_are_applied_in_order() {
        // 0xCBF43926 is the catalogued CRC-32 of these digits.
        for (template, expected) in [
            ("{{ BODY | crc32 }}", "3421780262"),
            ("{{ BODY | crc32_hex: 4 }}", "3926"),
            ("{{ BODY | crc32_dec: 12 }}", "003421780262"),
            ("{{ BODY | crc32 | base62: 8 }}", "003jZRME"),
            ("{{ BODY | crc32_le_b64: 6 }}", "Jjn0yw"),
            ("x{{BODY|suffix:2|append:\"|\"}}y", "x89|y"),
            ("{{ 'Ab' | downcase | prepend: BODY }}", "123456789ab"),
            ("{{ BODY | replace: '34', '-' | b64enc | b64dec }}", "12-56789"),
            ("{{ BODY | b64url_enc | b64url_dec | replace: '9' }}", "12345678"),
            ("{{ BODY | bip39_valid }}", "false"),
        ] {
            assert_eq!(render(template).as_deref(), Some(expected), "{template}");
        }
        assert_eq!(render("{{ NONE }}"), None);
        // The first vector of the specification, which everybody knows.
        let words = ["abandon"; 11].join("  ") + " About";
        assert_eq!(render(&format!("{{{{ '{words}' | bip39_valid }}}}")).as_deref(), Some("true"));
    }

    #[test]
    fn what_is_not_known_is_named() {
        let error = Liquid::parse("{{ BODY | hmac_sha256: BODY }}").err().unwrap();
        assert_eq!(error, "the filter `hmac_sha256` of a checksum is not known");
        assert!(Liquid::parse("{% if x %}").is_err() && Liquid::parse("{{ x").is_err());
    }
}
