//! Reads rule files into rules that can be looked for.

use std::collections::HashSet;
use std::sync::{Arc, OnceLock};

use sha2::{Digest as _, Sha256};

use crate::entry::{Common, File};
use crate::pattern::{Form, Pattern};
use crate::read::hex;
use crate::rules::RULE_FILES;
use crate::sample::Sampler;
use crate::{CHECKS, Check, FINDERS, Rule};

/// Everything that can be looked for: the rules of rule files and those of finders. Cheap to clone.
#[derive(Clone)]
pub struct RuleSet {
    pub(crate) patterns: Arc<[Arc<Pattern>]>,
    pub(crate) digest: Arc<str>,
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

impl RuleSet {
    /// The rules that are part of the program. They are read once.
    ///
    /// # Errors
    /// When a rule file is wrong, which the tests rule out.
    pub fn builtin() -> Result<Self, RuleError> {
        static BUILTIN: OnceLock<Result<RuleSet, RuleError>> = OnceLock::new();
        BUILTIN.get_or_init(|| Self::parse_with(RULE_FILES, CHECKS)).clone()
    }

    /// Whether these are the rules that are part of the program, and no others.
    pub(crate) fn is_builtin(&self) -> bool {
        Self::builtin().is_ok_and(|own| Arc::ptr_eq(&own.patterns, &self.patterns))
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
                lazy.prove().map_err(wrong)?;
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
            let common = Common::new(file.provider, file.rotate);
            for entry in file.rules {
                let id = entry.id.clone();
                let pattern = entry.read(common, checks).map_err(|what| wrong(Some(&id), what))?;
                if !seen.insert(pattern.rule.id) {
                    return Err(wrong(Some(&id), "another rule has this name".to_owned()));
                }
                patterns.push(Arc::new(pattern));
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
    format!("sha256:{}", hex::digits(&hash.finalize()))
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
            ("regex = \"kk.\"\nkeywords = [\"k\"]\nlongest = 3", "needs `keywords` of two bytes"),
            ("regex = \"[0-9]{9}\"\nlongest = 9", "needs `keywords`"),
            ("regex = \"kkk.\"\ngroup = 1", "there is no group 1"),
            ("regex = \"kkk.\"\n[[rule.allow]]\nline = [\"(\"]", "unclosed group"),
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
