//! Regular expressions of rules: compiled when they are first needed, and asked only where they could match.

use std::ops::Range;
use std::sync::OnceLock;

use regex_automata::meta::Regex;
use regex_automata::util::captures::Captures;
use regex_automata::util::syntax;
use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind};

use crate::stretch::Stretch;

/// Most memory of one compiled regular expression, in bytes.
const REGEX_SIZE: usize = 4 << 20;
/// Most ways in which an expression may start for them to be told apart.
const MOST_STARTS: usize = 64;

/// A regular expression that is compiled when it is first needed.
#[derive(Debug)]
pub(crate) struct LazyRegex {
    pub(crate) source: String,
    pub(crate) keywords: Vec<String>,
    /// Where a match may stand.
    pub(crate) search: Searched,
    /// Upper bound of a match, in bytes.
    pub(crate) longest: usize,
    /// Whether the expression allows longer ones, and its rule does not say how long they are.
    pub(crate) open: bool,
    /// The group that is the secret, 0 for the whole match; `None`: the one named `secret`, else the first that
    /// is not empty.
    pub(crate) group: Option<usize>,
    compiled: OnceLock<Option<Regex>>,
    needs: OnceLock<Needs>,
}

/// Where an expression is looked for once a keyword is found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Searched {
    /// Around the keyword.
    #[default]
    Around,
    /// In the whole text that holds it.
    Throughout,
}

/// What is known of every match.
#[derive(Debug, Default)]
struct Needs {
    /// It has this in it.
    stretch: Option<Stretch>,
    /// Where its keyword stands in it.
    keyword: Place,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Place {
    /// At its start.
    Start,
    /// Nobody knows.
    #[default]
    Anywhere,
}

impl LazyRegex {
    pub(crate) fn new(source: String, keywords: Vec<String>, longest: usize) -> Self {
        Self {
            source,
            keywords,
            search: Searched::Around,
            longest,
            open: false,
            group: None,
            compiled: OnceLock::new(),
            needs: OnceLock::new(),
        }
    }

    /// The same with the group that is the secret.
    pub(crate) fn with_group(self, group: Option<usize>) -> Self {
        Self { group, ..self }
    }

    /// The same with where it is looked for.
    pub(crate) fn searched(self, search: Searched) -> Self {
        Self { search, ..self }
    }

    /// The same of an expression that allows longer matches.
    pub(crate) fn without_end(self) -> Self {
        Self { open: true, ..self }
    }

    /// Compiles it now and says why it cannot be.
    pub(crate) fn prove(&self) -> Result<(), String> {
        let regex = compile(&self.source)?;
        let _already_there = self.compiled.set(Some(regex));
        Ok(())
    }

    /// What of a match is the secret: the whole of it unless a group says otherwise.
    pub(crate) fn secret(&self, captures: &Captures) -> Option<Range<usize>> {
        let filled = |group: usize| captures.get_group(group).filter(|span| !span.is_empty());
        let span = match self.group {
            Some(group) => filled(group),
            None => captures
                .get_group_by_name("secret")
                .filter(|span| !span.is_empty())
                .or_else(|| (1..captures.group_len()).find_map(filled)),
        };
        span.or_else(|| captures.get_group(0)).map(|span| span.range())
    }

    /// Compiled in ASCII mode. `None` for one that does not compile: sets that are loaded refuse it when they are
    /// read, and a test compiles the built-in ones.
    pub(crate) fn regex(&self) -> Option<&Regex> {
        self.compiled.get_or_init(|| compile(&self.source).ok()).as_ref()
    }

    /// Whether a match could stand in `around`, apart from those that other keywords lead to.
    pub(crate) fn may_match(&self, text: &[u8], keyword: &Range<usize>, around: Range<usize>) -> bool {
        let needs = self.needs.get_or_init(|| self.needs());
        let end = keyword.start.saturating_add(self.longest).min(around.end);
        let reach = if needs.keyword == Place::Start { keyword.start..end } else { around };
        let bytes = text.get(reach).unwrap_or_default();
        needs.stretch.is_none_or(|stretch| stretch.find(bytes).is_some())
    }

    fn needs(&self) -> Needs {
        let Ok(expression) = parse(&self.source) else { return Needs::default() };
        let known = |start: &Vec<u8>| self.keywords.iter().any(|word| start.starts_with(word.as_bytes()));
        let first = self.search == Searched::Around
            && starts(&expression).is_some_and(|(starts, _)| starts.iter().all(known));
        let keyword = if first { Place::Start } else { Place::Anywhere };
        Needs { stretch: Stretch::required(&expression), keyword }
    }
}

/// Reads a regular expression over bytes, as [`compile`] understands it.
pub(crate) fn parse(source: &str) -> Result<Hir, String> {
    let mut parser = ParserBuilder::new().unicode(false).utf8(false).build();
    parser.parse(source).map_err(|error| error.to_string())
}

/// Compiles a regular expression over bytes: `\w`, `\b` and case are those of ASCII.
pub(crate) fn compile(source: &str) -> Result<Regex, String> {
    let syntax = syntax::Config::new().unicode(false).utf8(false);
    let config = Regex::config().utf8_empty(false).nfa_size_limit(Some(REGEX_SIZE));
    let compiled = Regex::builder().syntax(syntax).configure(config).build(source);
    compiled.map_err(|error| match error.size_limit() {
        Some(limit) => format!("the regular expression takes more than {limit} bytes when it is compiled"),
        // The parser says more than the compiler does.
        None => parse(source).err().unwrap_or_else(|| error.to_string()),
    })
}

/// Whether what follows a start is still part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whole {
    Yes,
    No,
}

/// With which bytes, in lower case, a match can start; `None` if there are too many ways.
fn starts(expression: &Hir) -> Option<(Vec<Vec<u8>>, Whole)> {
    match expression.kind() {
        HirKind::Literal(literal) => Some((vec![literal.0.to_ascii_lowercase()], Whole::Yes)),
        HirKind::Class(Class::Bytes(class)) => {
            let mut bytes: Vec<u8> = class.iter().flat_map(|range| range.start()..=range.end()).collect();
            bytes.make_ascii_lowercase();
            bytes.sort_unstable();
            bytes.dedup();
            (bytes.len() <= 4).then(|| (bytes.into_iter().map(|byte| vec![byte]).collect(), Whole::Yes))
        }
        HirKind::Capture(capture) => starts(&capture.sub),
        HirKind::Look(_) | HirKind::Empty => Some((vec![Vec::new()], Whole::Yes)),
        HirKind::Alternation(ways) => {
            let ways: Vec<_> = ways.iter().map(starts).collect::<Option<_>>()?;
            let whole = ways.iter().all(|(_, whole)| *whole == Whole::Yes);
            let all: Vec<Vec<u8>> = ways.into_iter().flat_map(|(starts, _)| starts).collect();
            (all.len() <= MOST_STARTS).then_some((all, if whole { Whole::Yes } else { Whole::No }))
        }
        HirKind::Concat(parts) => Some(one_after_another(parts)),
        HirKind::Repetition(_) | HirKind::Class(Class::Unicode(_)) => None,
    }
}

/// The same for parts that follow one another: with which bytes they can start.
pub(crate) fn one_after_another(parts: &[Hir]) -> (Vec<Vec<u8>>, Whole) {
    let mut all = vec![Vec::new()];
    for part in parts {
        let Some((next, whole)) = starts(part).filter(|(next, _)| next.len() * all.len() <= MOST_STARTS)
        else {
            return (all, Whole::No);
        };
        all = all
            .iter()
            .flat_map(|head| next.iter().map(move |tail| [&head[..], &tail[..]].concat()))
            .collect();
        if whole == Whole::No {
            return (all, whole);
        }
    }
    (all, Whole::Yes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_ascii_and_bounded() {
        assert!(compile(r"\w{3}").unwrap().is_match("abc"));
        assert!(!compile(r"\w{3}").unwrap().is_match("äöü"));
        assert!(compile("(").is_err());
    }

    fn first(expression: &str) -> Place {
        LazyRegex::new(expression.to_owned(), vec!["dd".to_owned(), "ee_".to_owned()], 40).needs().keyword
    }

    #[test]
    fn a_keyword_can_be_known_to_come_first() {
        for expression in ["(?i)(?:dd|ee[_]x?)[a-z]{0,9}[0-9]{32}", r"\bddog", "ddx*", "(d)d(?P<secret>x)"] {
            assert_eq!(first(expression), Place::Start, "{expression}");
        }
        for expression in ["(?i)(?:dd|ee[_-])x", "x?dd", "d?d", "ad", "[a-z]dd", "dd|"] {
            assert_eq!(first(expression), Place::Anywhere, "{expression}");
        }
    }

    #[test]
    fn without_what_it_needs_nothing_matches() {
        let lazy = LazyRegex::new("dd=[0-9]{4}".to_owned(), vec!["dd".to_owned()], 10);
        for (text, may) in [("0000dd=1", false), ("0000dd=1234", true), ("dd      1234", false)] {
            let at = text.find("dd").unwrap();
            assert_eq!(lazy.may_match(text.as_bytes(), &(at..at + 2), 0..text.len()), may, "{text}");
        }
    }
}
