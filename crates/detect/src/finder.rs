//! The seam for what a pattern cannot say: finders written in code, one file each.
//!
//! A finder either knows files by their path (`.npmrc`, kubeconfig) or looks around its keywords (private keys,
//! assignments by name, credentials in URLs).

use std::borrow::Cow;
use std::ops::Range;

use tightlip_report::{Confidence, Level};

use crate::{Hint, Rule, Text};

/// Recognises one form in which secrets are written.
pub struct Finder {
    /// Kebab-case identifier of the form: `npmrc`, `pem`.
    pub id: &'static str,
    /// The kinds of secret it can report.
    pub rules: &'static [&'static Rule],
    /// Whether it wants these bytes at all, judged by the hint. Cheap: it is asked for every file.
    pub wants: fn(&Hint<'_>) -> bool,
    /// Lower-case words, one of which must stand in the bytes (any case); none: `wants` alone decides.
    pub keywords: &'static [&'static str],
    /// Finds them, in order of place.
    pub find: for<'b> fn(&Text<'b>, &mut dyn FnMut(Found<'b>)),
    /// Texts in which it finds exactly one secret of the rule named.
    pub hits: &'static [Example],
    /// Texts in which it finds nothing.
    pub misses: &'static [Example],
}

/// The words of a table of words and what each leads to: the keywords of a finder that reads by such a table.
pub(crate) const fn firsts<T, const N: usize>(table: &[(&'static str, T); N]) -> [&'static str; N] {
    let mut words = [""; N];
    let mut at = 0;
    while at < N {
        words[at] = table[at].0;
        at += 1;
    }
    words
}

/// A text for the law that finders find what they say. `{base62:36}` is expanded from a seeded generator; other
/// braces stay as they are.
pub struct Example {
    /// The path of the file, or none for a bare text.
    pub path: &'static str,
    /// The template of the text.
    pub text: &'static str,
    /// The rule that finds it; ignored in `misses`.
    pub rule: &'static str,
}

/// What a finder found.
#[derive(Clone, Debug)]
pub struct Found<'b> {
    /// The kind.
    pub rule: &'static Rule,
    /// The value: borrowed where it stands as it is, owned where it had to be decoded.
    pub secret: Cow<'b, [u8]>,
    /// Where the value, or its encoded form, stands in `Text::bytes`.
    pub span: Range<usize>,
    /// Instead of the rule's.
    pub level: Option<Level>,
    /// Instead of the rule's.
    pub confidence: Option<Confidence>,
    /// What may be said of the value in public: a prefix that is no secret, its length, what was checked.
    pub shape: String,
    /// Encodings undone, outermost first: `base64`.
    pub decoded_from: &'static [&'static str],
}

/// Every finder: the rooms `key`, `file` and `context` in this order.
pub static FINDERS: &[&[&Finder]] = &[crate::key::FINDERS, crate::file::FINDERS, crate::context::FINDERS];

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::Hint;

    /// What a finder finds in a file, keywords looked up as the scanner does.
    pub(crate) fn found_in<'b>(finder: &Finder, path: &'b str, bytes: &'b [u8]) -> Vec<Found<'b>> {
        let hint = if path.is_empty() { Hint::Text } else { Hint::File(path.as_bytes()) };
        found_with(finder, hint, bytes)
    }

    /// The values alone, as text.
    pub(crate) fn secrets_in(finder: &Finder, path: &str, text: &str) -> Vec<String> {
        let found = found_in(finder, path, text.as_bytes());
        found.iter().map(|found| String::from_utf8_lossy(&found.secret).into_owned()).collect()
    }

    /// The same with any hint.
    pub(crate) fn found_with<'b>(finder: &Finder, hint: Hint<'b>, bytes: &'b [u8]) -> Vec<Found<'b>> {
        let lower = bytes.to_ascii_lowercase();
        let mut at: Vec<usize> = finder
            .keywords
            .iter()
            .flat_map(|k| memchr::memmem::find_iter(&lower, k.as_bytes()).collect::<Vec<_>>())
            .collect();
        at.sort_unstable();
        at.dedup();
        let mut out = Vec::new();
        if (finder.wants)(&hint) && (finder.keywords.is_empty() || !at.is_empty()) {
            let binary = bytes.iter().take(8000).any(|b| *b == 0);
            (finder.find)(&Text { bytes, hint, binary, at: at.leak() }, &mut |found| out.push(found));
        }
        for found in &out {
            assert!(
                found.span.start <= found.span.end && found.span.end <= bytes.len(),
                "{} within the text",
                finder.id
            );
        }
        out
    }

    /// Fills in a template: `{base62:36}`, `{hex:32}`.
    pub(crate) fn expand(template: &str) -> String {
        let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
        let mut out = String::new();
        let mut rest = template;
        while let Some(open) = rest.find('{') {
            out.push_str(&rest[..open]);
            rest = &rest[open..];
            let filled =
                rest.find('}').and_then(|close| fill(&rest[1..close], &mut seed).map(|text| (text, close)));
            match filled {
                Some((text, close)) => {
                    out.push_str(&text);
                    rest = &rest[close + 1..];
                }
                None => {
                    out.push('{');
                    rest = &rest[1..];
                }
            }
        }
        out + rest
    }

    fn fill(what: &str, seed: &mut u64) -> Option<String> {
        const ALL: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
        let (name, count) = what.split_once(':')?;
        let alphabet = match name {
            "digits" => ALL[..10].to_vec(),
            "hex" => ALL[..16].to_vec(),
            "b36" => ALL[..36].to_vec(),
            "lower" => ALL[10..36].to_vec(),
            "base62" => ALL.to_vec(),
            "B32" => [&ALL[36..], &ALL[2..8]].concat(),
            "b64" => [ALL, b"+/"].concat(),
            "b64u" => [ALL, b"-_"].concat(),
            _ => return None,
        };
        let draw = |_| {
            *seed ^= *seed << 13;
            *seed ^= *seed >> 7;
            *seed ^= *seed << 17;
            char::from(alphabet[(*seed >> 20) as usize % alphabet.len()])
        };
        Some((0..count.parse().ok()?).map(draw).collect())
    }

    #[test]
    fn finders_find_what_they_say() {
        for finder in FINDERS.iter().flat_map(|room| room.iter()) {
            for example in finder.hits {
                let text = expand(example.text);
                let found = found_in(finder, example.path, text.as_bytes());
                let rules: Vec<_> = found.iter().map(|f| f.rule.id).collect();
                assert_eq!(rules, [example.rule], "{} in {:?}: {text}", finder.id, example.path);
            }
            for example in finder.misses {
                let text = expand(example.text);
                let found = found_in(finder, example.path, text.as_bytes());
                let shapes: Vec<_> = found.iter().map(|f| &f.shape).collect();
                assert!(shapes.is_empty(), "{} in {:?}: {text}: {shapes:?}", finder.id, example.path);
            }
        }
    }

    #[test]
    fn finders_report_no_rule_they_do_not_list() {
        for finder in FINDERS.iter().flat_map(|room| room.iter()) {
            for example in finder.hits {
                assert!(finder.rules.iter().any(|r| r.id == example.rule), "{}: {}", finder.id, example.rule);
            }
        }
    }

    #[test]
    fn shapes_never_hold_the_secret() {
        for finder in FINDERS.iter().flat_map(|room| room.iter()) {
            for example in finder.hits {
                let text = expand(example.text);
                for found in found_in(finder, example.path, text.as_bytes()) {
                    let secret = String::from_utf8_lossy(&found.secret).into_owned();
                    assert!(!found.shape.contains(&secret), "{}: {}", finder.id, found.shape);
                }
            }
        }
    }

    #[test]
    fn tables_match_folders() {
        for (room, finders) in ["key", "file", "context"].iter().zip(FINDERS) {
            let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(room);
            let mut files: Vec<String> = std::fs::read_dir(folder)
                .unwrap()
                .map(|e| e.unwrap().file_name().into_string().unwrap())
                .filter(|n| n.ends_with(".rs") && n != "mod.rs")
                .map(|n| n.trim_end_matches(".rs").replace('_', "-"))
                .collect();
            files.sort();
            let mut ids: Vec<String> = finders.iter().map(|f| f.id.to_owned()).collect();
            ids.sort();
            assert_eq!(ids, files, "{room}");
        }
    }

    /// Pieces of which secrets and what surrounds them are made.
    fn piece() -> impl proptest::strategy::Strategy<Value = String> {
        use proptest::prelude::*;
        let words: Vec<String> = FINDERS
            .iter()
            .flat_map(|room| room.iter())
            .flat_map(|finder| finder.keywords.iter().map(|k| (*k).to_owned()))
            .chain(
                ["-----BEGIN ", "PRIVATE KEY-----", "user:pw@h", "/", "data:", "value", "|1 ", "ENV "]
                    .map(str::to_owned),
            )
            .collect();
        prop_oneof![
            2 => proptest::sample::select(words),
            2 => "[\"'=:{}\\[\\]<>\\\\ \n,;|&$@?#-]{1,4}",
            2 => "[A-Za-z0-9+/=]{1,12}",
            1 => "\\PC{0,6}",
        ]
    }

    proptest::proptest! {
        #[test]
        fn no_text_is_too_strange(pieces in proptest::collection::vec(piece(), 0..16), path in 0..12_usize) {
            let paths = [
                "", ".npmrc", ".netrc", "a.yml", "a.json", "a.xml", "x.sh", "Dockerfile", ".git/config", "etc/shadow", "a.py", "terraform.tfstate",
            ];
            let text = pieces.concat();
            for finder in FINDERS.iter().flat_map(|room| room.iter()) {
                found_in(finder, paths[path], text.as_bytes());
                found_with(finder, Hint::Named("API_KEY"), text.as_bytes());
                // Finders of files without keywords see every text here, whatever its name.
                let text = Text { bytes: text.as_bytes(), hint: Hint::File(b"x"), binary: false, at: &[] };
                (finder.find)(&text, &mut |_| ());
            }
        }
    }
}
