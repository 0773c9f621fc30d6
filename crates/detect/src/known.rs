//! Known values as a kind of secret: what the user names is a leak wherever it stands, however it is written.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use tightlip_report::{Confidence, Level};
use zeroize::Zeroizing;

use crate::candidate::{Candidate, Proof, Rank, Truth};
use crate::needles::{Hit, Piece};
use crate::{Needles, NeedlesError, Rule};

/// The rule of known values, as `tightlip explain` and `tightlip rules` show it.
pub static KNOWN_VALUE: Rule = Rule::new(
    KNOWN,
    "Known value",
    "The value was named to the scan or given to the build; whoever reads it has it, whatever it opens.",
)
.source("https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html");

/// What a scanner calls the places of values that it was sent to seek. It is told beside all findings, and is none.
pub static SOUGHT: Rule =
    Rule::new("sought-value", "Sought value", "A value that was found elsewhere, or named, stands here too.");

/// Identifier of the rule, stable for ever.
const KNOWN: &str = "known-value";
/// Encodings as a match names them.
const ENCODINGS: &[&[&str]] = &[
    &["base64"],
    &["base64url"],
    &["hex"],
    &["url"],
    &["json"],
    &["go"],
    &["shell"],
    &["doubled"],
    &["properties"],
    &["pattern"],
    &["spaced"],
    &["compose"],
    &["html"],
    &["utf-16le"],
    &["utf-16be"],
    &["reversed"],
];

/// Values to look for. They can neither be printed nor copied, and are wiped when this goes.
pub struct Known {
    needles: Arc<Needles>,
    values: Vec<Zeroizing<Vec<u8>>>,
    rules: Vec<&'static Rule>,
}

impl Known {
    /// Prepares the search for named values.
    ///
    /// # Errors
    /// When they are too much for one search.
    pub fn new<'v>(values: impl Iterator<Item = (&'v str, &'v [u8])> + Clone) -> Result<Self, NeedlesError> {
        Self::told_as(values, &Rule::known)
    }

    /// The same for values whose places are told as [`SOUGHT`].
    ///
    /// # Errors
    /// When they are too much for one search.
    pub fn sought<'v>(
        values: impl Iterator<Item = (&'v str, &'v [u8])> + Clone,
    ) -> Result<Self, NeedlesError> {
        Self::told_as(values, &|_| &SOUGHT)
    }

    fn told_as<'v>(
        values: impl Iterator<Item = (&'v str, &'v [u8])> + Clone,
        rule: &dyn Fn(&str) -> &'static Rule,
    ) -> Result<Self, NeedlesError> {
        let needles = Arc::new(Needles::new(values.clone().map(|(name, value)| (name.to_owned(), value)))?);
        let rules = values.clone().map(|(name, _)| rule(name)).collect();
        let values = values.map(|(_, value)| Zeroizing::new(value.to_vec())).collect();
        Ok(Self { needles, values, rules })
    }

    /// The search for them, for who masks them too: preparing thousands of values takes a while.
    #[must_use]
    pub fn needles(&self) -> Arc<Needles> {
        Arc::clone(&self.needles)
    }

    /// Length of the longest form of a value, in bytes.
    pub(crate) fn longest(&self) -> usize {
        // Wrapped forms have a line break and an indentation or a prefix every few characters.
        self.needles.longest().saturating_mul(3)
    }

    /// Every place where a value stands.
    pub(crate) fn find<'b>(&self, bytes: &[u8], add: &mut dyn FnMut(Candidate<'b>)) {
        self.needles.find(bytes, &mut |hit| {
            let how = if hit.piece == Piece::Wrapped { ", over several lines" } else { "" };
            self.candidate(hit, how).into_iter().for_each(&mut *add);
        });
    }

    fn candidate<'b>(&self, hit: Hit, how: &str) -> Option<Candidate<'b>> {
        let (value, rule) = (self.values.get(hit.name)?, self.rules.get(hit.name)?);
        let characters = String::from_utf8_lossy(value).chars().count();
        let written = if hit.encoding == "raw" { String::new() } else { format!(", as {}", hit.encoding) };
        let name = self.needles.name(hit.name);
        Some(Candidate {
            rule,
            secret: Cow::Owned(value.to_vec()),
            span: hit.span,
            level: Level::Deny,
            confidence: Confidence::High,
            shape: format!("value of {name}, {characters} characters{written}{how}"),
            decoded_from: ENCODINGS
                .iter()
                .copied()
                .find(|names| names.first() == Some(&hit.encoding))
                .unwrap_or_default(),
            rank: Rank::Known,
            fixed: value.len(),
            truth: Truth::Real,
            proof: Proof::Checksum,
        })
    }
}

impl fmt::Debug for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Known({} values)", self.values.len())
    }
}

impl Rule {
    /// The rule of one known value: it has the value's name in its title. Rules live as long as the program; there
    /// is one for each name, however often it is asked for.
    pub fn known(name: &str) -> &'static Self {
        static NAMED: Mutex<BTreeMap<String, &'static Rule>> = Mutex::new(BTreeMap::new());
        let mut named = NAMED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(rule) = named.get(name) {
            return rule;
        }
        let title: &'static str = format!("Known value {name}").leak();
        let rule: &'static Self = Box::leak(Box::new(Self { title, ..KNOWN_VALUE }));
        named.insert(name.to_owned(), rule);
        rule
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use std::ops::Range;

    use super::*;
    use crate::{Hint, Match, RuleSet, Scanner, ScannerOptions, Sink, Skipped};

    /// Title, shape, line, span and value.
    type Told = (String, String, u64, Range<u64>, Vec<u8>);

    #[derive(Default)]
    struct Seen(Vec<Told>);

    impl Sink for Seen {
        fn hit(&mut self, found: &Match<'_>) {
            let value = found.secret.expose().to_vec();
            self.0.push((
                found.rule.title.to_owned(),
                found.shape.clone(),
                found.line,
                found.span.clone(),
                value,
            ));
        }

        fn gap(&mut self, _: Skipped) {}
    }

    fn scanner(value: &str) -> Scanner {
        let known = Known::new([("DB_PASSWORD", value.as_bytes())].into_iter()).unwrap();
        let options = ScannerOptions { window: 2000, overlap: 300 };
        Scanner::new(&RuleSet::builtin().unwrap(), options).unwrap().knowing(known)
    }

    fn seen(value: &str, text: &[u8]) -> Vec<Told> {
        let mut seen = Seen::default();
        scanner(value).stream(Hint::Text, &mut &text[..], &mut seen).unwrap();
        seen.0
    }

    #[test]
    fn a_known_value_is_told_by_name_and_encoding() {
        let found =
            seen("correct horse", format!("x\ny {}\n", STANDARD.encode("a correct horse")).as_bytes());
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].0, "Known value DB_PASSWORD");
        assert_eq!(found[0].1, "value of DB_PASSWORD, 13 characters, as base64");
        assert_eq!((found[0].2, found[0].4.as_slice()), (2, &b"correct horse"[..]));
    }

    #[test]
    fn a_known_value_beats_other_rules() {
        let found = seen("hunter22hunter", b"API_KEY=hunter22hunter\n");
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].0.as_str(), &found[0].3), ("Known value DB_PASSWORD", &(8..22)));
    }

    #[test]
    fn a_value_that_is_wrapped_over_lines_is_found() {
        let value = String::from_utf8(crate::Sampler::new(5).expand("{base62:90}").unwrap()).unwrap();
        let encoded = STANDARD.encode(format!("some text before it {value} and after"));
        for (width, indent) in [(64, ""), (76, "    "), (20, "")] {
            let lines: Vec<&str> =
                encoded.as_bytes().chunks(width).map(|line| std::str::from_utf8(line).unwrap()).collect();
            let text = format!("key: \"{}\"\nend", lines.join(&format!("\r\n{indent}")));
            let found = seen(&value, text.as_bytes());
            assert_eq!(found.len(), 1, "{width}: {found:?}");
            assert!(found[0].1.ends_with("as base64, over several lines"), "{}", found[0].1);
        }
    }

    #[test]
    fn windows_hide_no_value() {
        let value = String::from_utf8(crate::Sampler::new(6).expand("{base62:700}").unwrap()).unwrap();
        for before in [0, 900, 1500, 1999, 2500, 3999] {
            let text = format!("{}{value} {}", "a b\n".repeat(before / 4), "c d\n".repeat(900));
            let found = seen(&value, text.as_bytes());
            assert_eq!(found.len(), 1, "{before}");
            assert_eq!(found[0].3.start as usize, before / 4 * 4);
        }
    }

    #[test]
    fn what_is_sought_is_told_beside_what_is_found_anyway() {
        let plain = Scanner::new(&RuleSet::builtin().unwrap(), ScannerOptions::default()).unwrap();
        let value = "hunter22hunter";
        let sought = Known::sought([("id", value.as_bytes())].into_iter()).unwrap();
        let text = format!("said {value}\nAPI_KEY={value}\nas {}\n", STANDARD.encode(value));
        let look = |scanner: &Scanner| {
            let mut seen = Seen::default();
            scanner.bytes(Hint::File(b"app/.env"), text.as_bytes(), &mut seen);
            seen.0
        };
        let (sought, others): (Vec<Told>, Vec<Told>) =
            look(&plain.seeking(sought)).into_iter().partition(|told| told.0 == SOUGHT.title);
        assert_eq!(others, look(&plain));
        assert!(!others.is_empty());
        assert_eq!(sought.iter().map(|told| told.2).collect::<Vec<_>>(), [1, 2, 3]);
        assert!(sought.iter().all(|told| told.4 == value.as_bytes()));
    }

    #[test]
    fn there_is_one_rule_for_each_name() {
        assert!(std::ptr::eq(Rule::known("A_NAME"), Rule::known("A_NAME")));
        assert_eq!(
            format!("{:?}", Known::new([("A", &b"hunter22"[..])].into_iter()).unwrap()),
            "Known(1 values)"
        );
    }
}
