//! A rule as a rule file writes it, and how it becomes a rule that can be looked for.

use serde::{Deserialize, Serialize};
use tightlip_report::{Confidence, Level};

use crate::condition::{self, Allow, Checksum, Conditions, Contains, Need};
use crate::expression::{LazyRegex, Searched, parse};
use crate::matcher::Matcher;
use crate::pattern::{Examples, Form, Pattern, Reach};
use crate::required;
use crate::template::{Part, Template};
use crate::{Check, Rule};

/// How far before a token a word of `near` may stand, in bytes, unless the rule says.
const WITHIN: usize = 100;
/// A literal of so many bytes is telling by itself. Shorter ones stand in every second word, so that looking for them everywhere
/// would cost too much also where a checksum tells the rest.
const TELLING: usize = 4;
/// Longest match that a rule may state, in bytes: windows of a large file overlap by enough for it.
pub(crate) const LONGEST: usize = 16 << 10;
/// What counts as longest where an expression has no end of its own, in bytes.
pub(crate) const ENDLESS: usize = 4 << 10;

/// A rule file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    pub(crate) provider: String,
    pub(crate) rotate: Option<String>,
    #[serde(default, rename = "rule")]
    pub(crate) rules: Vec<Entry>,
}

/// One rule of it. What other scanners write is put into this form too.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Entry {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) why: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) token: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) regex: Option<String>,
    /// The group that is the secret; 0 is the whole match.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) group: Option<usize>,
    /// Words around which the expression is looked for. Without them: those that every match holds.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) keywords: Vec<String>,
    /// Whether it is looked for in the whole text that holds a keyword, not around it only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) throughout: Option<bool>,
    /// Words of which one must stand somewhere in the text.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) somewhere: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) longest: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) check: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) source: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) rotate: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) level: Option<Level>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) confidence: Option<Confidence>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) near: Vec<String>,
    /// Words of which one must be in the name that the token is the value of.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) near_also: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) within: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) entropy: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) binary: Option<bool>,
    /// The files in which it is looked for, as an expression over their paths.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) path: Option<String>,
    /// Whether it takes the place of a built-in rule of this name.
    #[serde(rename = "override", skip_serializing_if = "Option::is_none")]
    pub(crate) replaces: Option<bool>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) hit: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) miss: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) contains: Option<Contains>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) checksum: Option<Checksum>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) allow: Vec<Allow>,
    /// Expressions; where one holds, a match is no secret.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) unless: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) needs: Vec<Need>,
}

/// What every rule of a file has.
#[derive(Clone, Copy, Default)]
pub(crate) struct Common {
    pub(crate) provider: &'static str,
    pub(crate) rotate: Option<&'static str>,
}

impl Common {
    pub(crate) fn new(provider: String, rotate: Option<String>) -> Self {
        Self { provider: keep(provider), rotate: rotate.map(keep) }
    }
}

/// Keeps a word until the program ends, so that a rule can be handed around freely.
pub(crate) fn keep(word: String) -> &'static str {
    Box::leak(word.into_boxed_str())
}

impl Entry {
    /// Makes it a rule that can be looked for.
    ///
    /// # Errors
    /// What is wrong with it, for a person.
    pub(crate) fn read(mut self, common: Common, checks: &[&'static Check]) -> Result<Pattern, String> {
        for (name, text) in [("id", &self.id), ("title", &self.title), ("why", &self.why)] {
            if text.is_empty() {
                return Err(format!("needs `{name}`"));
            }
        }
        let check = self.check(checks)?;
        let examples = self.examples()?;
        let form = self.form(&examples)?;
        let conditions = Conditions::read(&mut self, &form)?;
        let rule = Rule {
            id: keep(self.id),
            title: keep(self.title),
            provider: common.provider,
            why: keep(self.why),
            rotate: self.rotate.map(keep).or(common.rotate),
            source: self.source.map(keep),
            level: self.level.unwrap_or(Level::Deny),
            confidence: self.confidence.unwrap_or(Confidence::High),
        };
        let telling = check.is_some() || shortest_anchor(&form) >= TELLING;
        let reach = if self.binary.unwrap_or(telling) { Reach::Everything } else { Reach::TextOnly };
        Ok(Pattern {
            rule: Box::leak(Box::new(rule)),
            form,
            near: lower(self.near),
            also: lower(self.near_also),
            within: self.within.unwrap_or(WITHIN),
            entropy: self.entropy,
            check,
            reach,
            conditions,
            needs: self.needs,
            file: String::new(),
            examples,
        })
    }

    fn check(&self, checks: &[&'static Check]) -> Result<Option<&'static Check>, String> {
        let Some(name) = &self.check else { return Ok(None) };
        let known = checks.iter().find(|check| check.name == name);
        known.map(|check| Some(*check)).ok_or_else(|| format!("there is no check named `{name}`"))
    }

    fn examples(&mut self) -> Result<Examples, String> {
        let template =
            |text: &String| Template::parse(text).map_err(|error| format!("template `{text}`: {error}"));
        let tokens = self.token.iter().map(template).collect::<Result<Vec<_>, _>>()?;
        for token in &tokens {
            if !token.parts.iter().any(|part| matches!(part, Part::Run(_))) {
                return Err("a token without a variable part is no secret".to_owned());
            }
            if token.parts.contains(&Part::Token) {
                return Err("`{token}` belongs into `hit` and `miss` only".to_owned());
            }
        }
        Ok(Examples { tokens, hits: std::mem::take(&mut self.hit), misses: std::mem::take(&mut self.miss) })
    }

    fn form(&mut self, examples: &Examples) -> Result<Form, String> {
        if self.within.is_some_and(|within| within > LONGEST) {
            return Err(format!("`within` is at most {LONGEST}"));
        }
        if [&self.near, &self.near_also, &self.somewhere].into_iter().flatten().any(String::is_empty) {
            return Err("an empty word in `near`, `near_also` or `somewhere`".to_owned());
        }
        if self.near.is_empty() && !self.near_also.is_empty() {
            return Err("`near_also` needs `near`".to_owned());
        }
        match (self.regex.take(), examples.tokens.is_empty()) {
            (None, false) => tokens(&self.near, &examples.tokens),
            (Some(source), true) => self.expression(source),
            (None, true) if self.path.is_some() => self.file(examples),
            _ => Err("needs either `token` or `regex`, or a `path` alone".to_owned()),
        }
    }

    /// A rule that finds files by their path.
    fn file(&mut self, examples: &Examples) -> Result<Form, String> {
        if !examples.hits.is_empty() || !examples.misses.is_empty() {
            return Err(
                "`hit` and `miss` are texts, which a rule of a `path` alone does not look at".to_owned()
            );
        }
        let path = self.path.take().unwrap_or_default();
        Ok(Form::Path(condition::expression(&path)?))
    }

    fn expression(&mut self, source: String) -> Result<Form, String> {
        let expression = parse(&source)?;
        let properties = expression.properties();
        if properties.minimum_len() == Some(0) {
            return Err("the regular expression matches nothing at all, too".to_owned());
        }
        let groups = properties.explicit_captures_len();
        if let Some(group) = self.group.filter(|group| *group > groups) {
            return Err(format!("there is no group {group}: the expression has {groups}"));
        }
        let allowed = properties.maximum_len();
        let longest = self.longest.unwrap_or_else(|| allowed.unwrap_or(ENDLESS).min(LONGEST));
        let open = self.longest.is_none() && allowed.is_none_or(|most| most > LONGEST);
        if longest == 0 || longest > LONGEST {
            return Err(format!("`longest` is 1 to {LONGEST}"));
        }
        if self.keywords.iter().any(|word| word.len() < 2) {
            return Err("a regular expression needs `keywords` of two bytes or more".to_owned());
        }
        let mut keywords: Vec<String> = self.keywords.iter().map(|word| word.to_ascii_lowercase()).collect();
        if keywords.is_empty() {
            keywords = required::words(&expression).ok_or(
                "needs `keywords`: no match of the regular expression must hold a word of three bytes",
            )?;
        }
        let search = if self.throughout == Some(true) { Searched::Throughout } else { Searched::Around };
        let lazy = LazyRegex::new(source, keywords, longest).with_group(self.group).searched(search);
        Ok(Form::Regex(Box::new(if open { lazy.without_end() } else { lazy })))
    }
}

fn lower(words: Vec<String>) -> Vec<String> {
    words.into_iter().map(|word| word.to_ascii_lowercase()).collect()
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

fn shortest_anchor(form: &Form) -> usize {
    match form {
        Form::Tokens(matchers) => {
            matchers.iter().filter_map(|m| m.anchor.as_ref()).map(|a| a.shortest).min().unwrap_or(0)
        }
        // A word nearby, or a keyword that stands in words of all kinds, tells nothing in a program.
        Form::NearTokens(_) | Form::Regex(_) | Form::Path(_) => 0,
    }
}
