//! What is searched for, prepared once: the rules of a set, the finders, and one search for all their keywords.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, OnceLock};

use crate::candidate::Rank;
use crate::expression::Searched;
use crate::matcher::Border;
use crate::pattern::{Form, Pattern};
use crate::prefilter::{Keyword, Prefilter, PrefilterError};
use crate::scanner::telling::{goes_by_name, is_placed};
use crate::{FINDERS, Finder, RuleSet};

/// Rules and finders with the search that leads to them.
pub(crate) struct Search {
    pub(crate) patterns: Arc<[Arc<Pattern>]>,
    /// The rules that need company, by name.
    pub(crate) needy: HashMap<&'static str, usize>,
    /// The rules that find files by their path.
    pub(crate) by_path: Vec<usize>,
    /// The rules that are only looked for in some files.
    pub(crate) placed: Vec<usize>,
    /// The finders that want files because of what they are called.
    pub(crate) telling: Vec<usize>,
    pub(crate) finders: Vec<(&'static Finder, Rank)>,
    /// What each keyword is for.
    pub(crate) uses: Vec<Vec<Use>>,
    pub(crate) prefilter: Prefilter,
}

/// What a keyword leads to. The numbers are indices.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Use {
    Token { pattern: usize, template: usize },
    Near { pattern: usize },
    Regex { pattern: usize },
    Throughout { pattern: usize },
    Finder { finder: usize },
}

impl Search {
    /// For all rules of a set and all finders. That of the rules that are part of the program is prepared once.
    pub(crate) fn new(rules: &RuleSet) -> Result<Arc<Self>, PrefilterError> {
        static BUILTIN: OnceLock<Result<Arc<Search>, PrefilterError>> = OnceLock::new();
        let prepare = || Self::prepared(Arc::clone(&rules.patterns), finders()).map(Arc::new);
        if rules.is_builtin() { BUILTIN.get_or_init(prepare).clone() } else { prepare() }
    }

    /// For these rules and finders.
    pub(crate) fn prepared(
        patterns: Arc<[Arc<Pattern>]>,
        finders: Vec<(&'static Finder, Rank)>,
    ) -> Result<Self, PrefilterError> {
        let (keywords, uses): (_, Vec<Vec<Use>>) = purposes(&patterns, &finders).into_iter().unzip();
        let needy = patterns.iter().enumerate().filter(|(_, pattern)| !pattern.needs.is_empty());
        let named = patterns.iter().enumerate().filter(|(_, pattern)| matches!(pattern.form, Form::Path(_)));
        let placed = patterns.iter().enumerate().filter(|(_, pattern)| is_placed(pattern));
        let telling = finders.iter().enumerate().filter(|(_, (finder, _))| goes_by_name(finder));
        Ok(Self {
            placed: placed.map(|(index, _)| index).collect(),
            telling: telling.map(|(index, _)| index).collect(),
            by_path: named.map(|(index, _)| index).collect(),
            needy: needy.map(|(index, pattern)| (pattern.rule.id, index)).collect(),
            prefilter: Prefilter::new(keywords)?,
            uses,
            patterns,
            finders,
        })
    }

    /// The keywords of the program.
    #[cfg(test)]
    pub(crate) fn keywords() -> Vec<Keyword> {
        let rules = RuleSet::builtin().unwrap();
        purposes(&rules.patterns, &finders()).into_keys().collect()
    }

    /// The search of the program, which takes every keyword in any case and company.
    #[cfg(test)]
    pub(crate) fn trusting() -> Self {
        let own = Self::prepared(RuleSet::builtin().unwrap().patterns, finders()).unwrap();
        let anywhere = Self::keywords().iter().map(Keyword::anywhere).collect();
        Self { prefilter: Prefilter::new(anywhere).unwrap(), ..own }
    }
}

/// Every keyword with all that it is for.
fn purposes(patterns: &[Arc<Pattern>], finders: &[(&'static Finder, Rank)]) -> BTreeMap<Keyword, Vec<Use>> {
    let mut all = Vec::new();
    for (pattern, rule) in patterns.iter().enumerate() {
        let words = |words: &[String], purpose: Use| -> Vec<(Keyword, Use)> {
            words.iter().map(|word| (Keyword::word(word), purpose)).collect()
        };
        match &rule.form {
            Form::Tokens(matchers) => {
                // See `Pattern::at_anchor`: with a checksum a token may stand between any bytes.
                let border = if rule.check.is_some() { Border::Any } else { Border::Clean };
                for (template, matcher) in matchers.iter().enumerate() {
                    let purpose = Use::Token { pattern, template };
                    all.extend(matcher.keywords(border).into_iter().map(|keyword| (keyword, purpose)));
                }
            }
            Form::NearTokens(_) => all.extend(words(&rule.near, Use::Near { pattern })),
            Form::Regex(lazy) => {
                let purpose = match lazy.search {
                    Searched::Around => Use::Regex { pattern },
                    Searched::Throughout => Use::Throughout { pattern },
                };
                all.extend(words(&lazy.keywords, purpose));
            }
            Form::Path(_) => {}
        }
    }
    for (finder, (found, _)) in finders.iter().enumerate() {
        all.extend(found.keywords.iter().map(|word| (Keyword::word(word), Use::Finder { finder })));
    }
    let mut purposes: BTreeMap<Keyword, Vec<Use>> = BTreeMap::new();
    for (keyword, purpose) in all {
        purposes.entry(keyword).or_default().push(purpose);
    }
    purposes
}

/// The finders of the program, ranked by their rooms.
fn finders() -> Vec<(&'static Finder, Rank)> {
    let ranks = [Rank::Key, Rank::File, Rank::Context];
    let rooms = FINDERS.iter().zip(ranks);
    rooms.flat_map(|(room, rank)| room.iter().map(move |finder| (*finder, rank))).collect()
}
