//! Reads rule files into rules that can be looked for.

use std::collections::HashSet;
use std::sync::{Arc, OnceLock};

use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use tightlip_report::{Confidence, Level};

use crate::expression::{LazyRegex, compile, parse};
use crate::matcher::Matcher;
use crate::pattern::{Examples, Form, Pattern, Reach};
use crate::rules::RULE_FILES;
use crate::sample::Sampler;
use crate::template::{Part, Template};
use crate::{CHECKS, Check, FINDERS, Rule};

/// How far before a token a word of `near` may stand, in bytes, unless the rule says.
const WITHIN: usize = 100;
/// A literal of so many bytes is telling by itself.
const TELLING: usize = 4;
/// Longest match that a rule may state, in bytes: windows of a large file overlap by enough for it.
const LONGEST: usize = 16 << 10;

/// Everything that can be looked for: the rules of rule files and those of finders. Cheap to clone.
#[derive(Clone)]
pub struct RuleSet {
    pub(crate) patterns: Arc<[Pattern]>,
    digest: Arc<str>,
}

/// A rule file that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot use rule file `{file}`{}: {what}", .rule.as_ref().map(|id| format!(", rule `{id}`")).unwrap_or_default())]
pub struct RuleError {
    /// Its name.
    pub file: String,
    /// The rule that is wrong, if it is one.
    pub rule: Option<String>,
    /// What is wrong.
    pub what: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    provider: String,
    rotate: Option<String>,
    #[serde(default, rename = "rule")]
    rules: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: String,
    title: String,
    why: String,
    #[serde(default)]
    token: Vec<String>,
    regex: Option<String>,
    #[serde(default)]
    keywords: Vec<String>,
    longest: Option<usize>,
    check: Option<String>,
    source: Option<String>,
    rotate: Option<String>,
    level: Option<Level>,
    confidence: Option<Confidence>,
    #[serde(default)]
    near: Vec<String>,
    #[serde(default)]
    near_also: Vec<String>,
    within: Option<usize>,
    entropy: Option<f64>,
    binary: Option<bool>,
    #[serde(default)]
    hit: Vec<String>,
    #[serde(default)]
    miss: Vec<String>,
}

impl RuleSet {
    /// The rules that are part of the program. They are read once.
    ///
    /// # Errors
    /// When a rule file is wrong, which the tests rule out.
    pub fn builtin() -> Result<Self, RuleError> {
        static BUILTIN: OnceLock<Result<RuleSet, RuleError>> = OnceLock::new();
        BUILTIN.get_or_init(|| Self::parse_with(RULE_FILES, CHECKS)).clone()
    }

    /// Reads rule files, given as name and text; the finders written in code belong to every set.
    ///
    /// Rules live until the program ends: read a set once and clone it.
    ///
    /// # Errors
    /// When a file is not in the rule format, or a rule could never be found.
    pub fn parse(files: &[(&str, &str)]) -> Result<Self, RuleError> {
        let set = Self::parse_with(files, CHECKS)?;
        for pattern in set.patterns.iter() {
            if let Form::Regex(lazy) = &pattern.form {
                let wrong = |what| RuleError {
                    file: pattern.file.clone(),
                    rule: Some(pattern.rule.id.to_owned()),
                    what,
                };
                compile(&lazy.source).map_err(wrong)?;
            }
        }
        Ok(set)
    }

    /// The same with other checks. Regular expressions are read, but not compiled: that would make starting slow.
    pub(crate) fn parse_with(files: &[(&str, &str)], checks: &[&'static Check]) -> Result<Self, RuleError> {
        let mut patterns = Vec::new();
        // A finder may report a kind that a rule file knows too: the same kind, seen in another way.
        let mut seen: HashSet<&str> = HashSet::new();
        for (name, text) in files {
            let wrong = |rule: Option<&str>, what: String| RuleError {
                file: (*name).to_owned(),
                rule: rule.map(str::to_owned),
                what,
            };
            let file: File = toml::from_str(text).map_err(|error| wrong(None, error.to_string()))?;
            let (provider, rotate) = (keep(file.provider), file.rotate.map(keep));
            for entry in file.rules {
                let id = entry.id.clone();
                let pattern =
                    read(entry, (provider, rotate), checks).map_err(|what| wrong(Some(&id), what))?;
                if !seen.insert(pattern.rule.id) {
                    return Err(wrong(Some(&id), "another rule has this name".to_owned()));
                }
                patterns.push(pattern);
            }
        }
        Ok(Self { patterns: patterns.into(), digest: digest(files, checks).into() })
    }

    /// Every rule once: those of the files in order, then those that only finders know.
    pub fn rules(&self) -> impl Iterator<Item = &'static Rule> {
        let mut all: Vec<&'static Rule> = self.patterns.iter().map(|pattern| pattern.rule).collect();
        for rule in finder_rules() {
            if !all.iter().any(|known| known.id == rule.id) {
                all.push(rule);
            }
        }
        all.into_iter()
    }

    /// `sha256:…` over all that changes what is found: the text of the rules, finders, checks and our version.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// The example texts of a rule from a rule file, as templates: those in which it finds one token (`{token}` is a
    /// token of the rule), then those in which it finds none.
    #[must_use]
    pub fn examples(&self, id: &str) -> Option<(&[String], &[String])> {
        let examples = &self.patterns.iter().find(|pattern| pattern.rule.id == id)?.examples;
        Some((&examples.hits, &examples.misses))
    }

    /// The words of which one must stand near a token of a rule, and those of which one must be in its name; none
    /// where its format is enough.
    #[must_use]
    pub fn neighbours(&self, id: &str) -> Option<(&[String], &[String])> {
        let pattern = self.patterns.iter().find(|pattern| pattern.rule.id == id)?;
        Some((&pattern.near, &pattern.also))
    }

    /// A made-up token of a rule by its first template, its checksum right: the same for the same seed.
    #[must_use]
    pub fn sample(&self, id: &str, seed: u64) -> Option<Vec<u8>> {
        self.patterns.iter().find(|pattern| pattern.rule.id == id)?.sample(0, seed)
    }
}

impl Pattern {
    /// A made-up token by one of the templates.
    pub(crate) fn sample(&self, template: usize, seed: u64) -> Option<Vec<u8>> {
        let template = self.examples.tokens.get(template)?;
        let mut token = Sampler::new(seed).fill(template, None).ok()?;
        if let Some(check) = self.check {
            // A check without a seal leaves the token as it is: its own word on that is `false`.
            let _sealed = (check.seal)(&mut token);
        }
        Some(token)
    }
}

/// The rules of the finders, as often as finders name them.
fn finder_rules() -> impl Iterator<Item = &'static Rule> {
    FINDERS.iter().flat_map(|room| room.iter()).flat_map(|finder| finder.rules.iter().copied())
}

/// Keeps a word until the program ends, so that a rule can be handed around freely.
fn keep(word: String) -> &'static str {
    Box::leak(word.into_boxed_str())
}

fn read(
    mut entry: Entry,
    (provider, rotate): (&'static str, Option<&'static str>),
    checks: &[&'static Check],
) -> Result<Pattern, String> {
    let check = match &entry.check {
        Some(name) => {
            let known = checks.iter().find(|check| check.name == name);
            Some(*known.ok_or_else(|| format!("there is no check named `{name}`"))?)
        }
        None => None,
    };
    let examples = examples(&mut entry)?;
    let form = form(&mut entry, &examples)?;
    let rule = Rule {
        id: keep(entry.id),
        title: keep(entry.title),
        provider,
        why: keep(entry.why),
        rotate: entry.rotate.map(keep).or(rotate),
        source: entry.source.map(keep),
        level: entry.level.unwrap_or(Level::Deny),
        confidence: entry.confidence.unwrap_or(Confidence::High),
    };
    let telling = check.is_some() || shortest_anchor(&form) >= TELLING;
    let reach = if entry.binary.unwrap_or(telling) { Reach::Everything } else { Reach::TextOnly };
    let lower = |words: Vec<String>| words.into_iter().map(|word| word.to_ascii_lowercase()).collect();
    let (near, also) = (lower(entry.near), lower(entry.near_also));
    let within = entry.within.unwrap_or(WITHIN);
    Ok(Pattern {
        rule: Box::leak(Box::new(rule)),
        form,
        near,
        also,
        within,
        entropy: entry.entropy,
        check,
        reach,
        file: String::new(),
        examples,
    })
}

fn examples(entry: &mut Entry) -> Result<Examples, String> {
    let template =
        |text: &String| Template::parse(text).map_err(|error| format!("template `{text}`: {error}"));
    let tokens = entry.token.iter().map(template).collect::<Result<Vec<_>, _>>()?;
    for token in &tokens {
        if !token.parts.iter().any(|part| matches!(part, Part::Run(_))) {
            return Err("a token without a variable part is no secret".to_owned());
        }
        if token.parts.contains(&Part::Token) {
            return Err("`{token}` belongs into `hit` and `miss` only".to_owned());
        }
    }
    Ok(Examples { tokens, hits: std::mem::take(&mut entry.hit), misses: std::mem::take(&mut entry.miss) })
}

fn form(entry: &mut Entry, examples: &Examples) -> Result<Form, String> {
    if entry.within.is_some_and(|within| within > LONGEST) {
        return Err(format!("`within` is at most {LONGEST}"));
    }
    if entry.near.iter().chain(&entry.near_also).any(String::is_empty) {
        return Err("an empty word in `near`".to_owned());
    }
    if entry.near.is_empty() && !entry.near_also.is_empty() {
        return Err("`near_also` needs `near`".to_owned());
    }
    match (entry.regex.take(), examples.tokens.is_empty()) {
        (None, false) => tokens(&entry.near, &examples.tokens),
        (Some(source), true) => regex(source, entry),
        _ => Err("needs either `token` or `regex`".to_owned()),
    }
}

fn tokens(near: &[String], templates: &[Template]) -> Result<Form, String> {
    let matchers: Vec<Matcher> = templates.iter().map(Matcher::new).collect();
    if matchers.iter().any(|matcher| *matcher.length.end() > LONGEST) {
        return Err(format!("a token may be longer than {LONGEST} bytes"));
    }
    let shortest = matchers.iter().map(|m| m.anchor.as_ref().map_or(0, |a| a.shortest)).min().unwrap_or(0);
    match (shortest, near.is_empty()) {
        (TELLING.., _) => Ok(Form::Tokens(matchers)),
        (_, false) => Ok(Form::NearTokens(matchers.into_iter().map(Matcher::alone).collect())),
        (2.., true) => Ok(Form::Tokens(matchers)),
        (_, true) => Err("a token without a literal of two bytes needs words in `near`".to_owned()),
    }
}

fn regex(source: String, entry: &mut Entry) -> Result<Form, String> {
    parse(&source)?;
    let longest = entry.longest.ok_or("a regular expression needs `longest`")?;
    if longest == 0 || longest > LONGEST {
        return Err(format!("`longest` is 1 to {LONGEST}"));
    }
    if entry.keywords.is_empty() || entry.keywords.iter().any(|word| word.len() < 2) {
        return Err("a regular expression needs `keywords` of two bytes or more".to_owned());
    }
    let keywords = entry.keywords.iter().map(|word| word.to_ascii_lowercase()).collect();
    Ok(Form::Regex(Box::new(LazyRegex::new(source, keywords, longest))))
}

fn shortest_anchor(form: &Form) -> usize {
    match form {
        Form::Tokens(matchers) => {
            matchers.iter().filter_map(|m| m.anchor.as_ref()).map(|a| a.shortest).min().unwrap_or(0)
        }
        // A word nearby, or a keyword that stands in words of all kinds, tells nothing in a program.
        Form::NearTokens(_) | Form::Regex(_) => 0,
    }
}

fn digest(files: &[(&str, &str)], checks: &[&'static Check]) -> String {
    let mut hash = Sha256::new();
    let mut part = |text: &str| {
        // The length in front keeps parts apart.
        hash.update(text.len().to_le_bytes());
        hash.update(text);
    };
    part(env!("CARGO_PKG_VERSION"));
    files.iter().for_each(|(name, text)| [*name, *text].into_iter().for_each(&mut part));
    FINDERS.iter().flat_map(|room| room.iter()).for_each(|finder| part(finder.id));
    checks.iter().for_each(|check| part(check.name));
    hash.finalize().iter().fold("sha256:".to_owned(), |text, byte| format!("{text}{byte:02x}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(rule: &str) -> String {
        let text = format!("provider = \"P\"\n[[rule]]\nid = \"x\"\ntitle = \"X\"\nwhy = \"X.\"\n{rule}");
        RuleSet::parse(&[("p", &text)]).err().unwrap().to_string()
    }

    #[test]
    fn a_wrong_rule_is_named_with_its_file() {
        for (rule, what) in [
            ("", "needs either `token` or `regex`"),
            ("token = [\"{hax:3}\"]", "`hax:3` is not part of the template grammar"),
            ("token = [\"abc\"]", "a token without a variable part is no secret"),
            ("token = [\"{hex:32}\"]", "needs words in `near`"),
            ("token = [\"k_{hex:32}\"]\ncheck = \"none\"", "there is no check named `none`"),
            ("regex = \"(\"\nkeywords = [\"kk\"]\nlongest = 3", "unclosed group"),
            ("regex = \"kk.\"\nkeywords = [\"kk\"]", "needs `longest`"),
            ("regex = \"kk.\"\nlongest = 3", "needs `keywords`"),
            ("tokens = []", "unknown field"),
        ] {
            let error = error(rule);
            if what != "unknown field" {
                assert!(error.starts_with("cannot use rule file `p`, rule `x`: "), "{error}");
            }
            // A parser's words may show the place on lines of their own.
            assert!(error.contains(what), "{rule}: {error}");
        }
    }

    #[test]
    fn the_digest_changes_with_a_rule() {
        let text = |id: &str| {
            format!(
                "provider = \"P\"\n[[rule]]\nid = \"{id}\"\ntitle = \"X\"\nwhy = \"X.\"\ntoken = [\"k_{{hex:4}}\"]"
            )
        };
        let digest = |id: &str| RuleSet::parse(&[("p", &text(id))]).unwrap().digest().to_owned();
        assert_eq!(digest("a"), digest("a"));
        assert_ne!(digest("a"), digest("b"));
        assert!(digest("a").starts_with("sha256:") && digest("a").len() == 71);
    }

    #[test]
    fn no_rule_id_twice() {
        let rule = "[[rule]]\nid = \"a\"\ntitle = \"X\"\nwhy = \"X.\"\ntoken = [\"k_{hex:4}\"]\n";
        let text = format!("provider = \"P\"\n{rule}{rule}");
        let error = RuleSet::parse(&[("p", &text)]).err().unwrap();
        assert_eq!(error.what, "another rule has this name");
    }
}
