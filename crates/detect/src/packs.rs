//! Rule packs as users bring them: added to the rule set, put to the test, written as our own.

use std::collections::HashSet;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use crate::entry::Common;
use crate::pack::read::{PackErrors, Remark, Remarks};
use crate::pack::{Contents, Draft, PACKS, Pack};
use crate::pattern::{Form, Pattern};
use crate::read::hex;
use crate::sample::Sampler;
use crate::template::Template;
use crate::{CHECKS, Hint, Match, Rule, RuleSet, Scanner, ScannerOptions, Sink, Skipped};

/// A rule pack as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackText {
    /// Its name, for messages.
    pub name: String,
    /// Its content.
    pub text: String,
    /// The pack that it builds on, if [`extends`] says that there is one.
    pub base: Option<Box<PackText>>,
}

impl PackText {
    /// A pack that builds on no other.
    #[must_use]
    pub fn new(name: &str, text: &str) -> Self {
        Self { name: name.to_owned(), text: text.to_owned(), base: None }
    }

    /// Its text, then those of the packs below it.
    fn texts(&self) -> impl Iterator<Item = &str> {
        let below = std::iter::successors(Some(self), |pack| pack.base.as_deref());
        below.map(|pack| pack.text.as_str())
    }
}

/// The file that a pack builds on, as it names it. Whoever reads files reads it too and puts it into
/// [`PackText::base`].
#[must_use]
pub fn extends(pack: &PackText) -> Option<String> {
    let format = PACKS.iter().find(|format| (format.claims)(&pack.text))?;
    (format.extends)(&pack.text)
}

/// Packs that were read.
#[derive(Clone)]
pub struct Loaded {
    /// The rules, those of the packs included.
    pub rules: RuleSet,
    /// What was passed over because it makes no difference here.
    pub notes: Vec<Remark>,
}

/// What came of the examples of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trial {
    /// The rule.
    pub rule: &'static Rule,
    /// How many examples it had to find.
    pub hits: usize,
    /// How many it had to pass by.
    pub misses: usize,
    /// What went wrong, for a person; never the example itself.
    pub wrong: Vec<String>,
}

/// A pack that was read, not yet made into rules.
struct Opened {
    format: &'static Pack,
    drafts: Vec<Draft>,
    off: Vec<(usize, String)>,
    notes: Vec<Remark>,
}

impl RuleSet {
    /// The same with the rules of packs besides. A pack of another scanner replaces built-in rules of the same name;
    /// one of our own has to say so (`override = true`).
    ///
    /// # Errors
    /// Everything in the packs that cannot be used, all at once.
    pub fn with(&self, packs: &[PackText]) -> Result<Loaded, PackErrors> {
        let mut joined = Joined {
            rules: self,
            seen: HashSet::new(),
            off: HashSet::new(),
            added: Vec::new(),
            errors: Vec::new(),
            notes: Vec::new(),
        };
        for pack in packs {
            match open(pack) {
                Ok(opened) => joined.add(&pack.name, opened),
                Err(errors) => joined.errors.extend(errors.0),
            }
        }
        joined.finish(packs)
    }
}

/// Rules of packs on their way into a set.
struct Joined<'r> {
    rules: &'r RuleSet,
    seen: HashSet<&'static str>,
    /// Built-in rules that a pack switches off.
    off: HashSet<&'static str>,
    added: Vec<(usize, Pattern)>,
    errors: Vec<Remark>,
    notes: Vec<Remark>,
}

impl Joined<'_> {
    fn add(&mut self, file: &str, opened: Opened) {
        self.notes.extend(opened.notes);
        self.switch_off(file, opened.off);
        for draft in opened.drafts {
            let ((file, line), replaces) = (draft.place.clone(), draft.entry.replaces);
            let id = draft.entry.id.clone();
            let remark = |what: String| Remark { file: file.clone(), line, rule: Some(id.clone()), what };
            let known = self.rules.patterns.iter().any(|pattern| pattern.rule.id == id);
            if known && opened.format.name == OWN && replaces != Some(true) {
                self.errors
                    .push(remark("a built-in rule has this name: `override = true` replaces it".to_owned()));
            } else if known {
                self.notes.push(remark("it replaces the built-in rule of this name".to_owned()));
            }
            let made = make(draft);
            self.notes.extend(made.as_ref().ok().and_then(cut).map(remark));
            match made {
                Ok(pattern) if !self.seen.insert(pattern.rule.id) => {
                    self.errors.push(remark("another rule has this name".to_owned()));
                }
                Ok(pattern) => self.added.push((line, pattern)),
                Err(what) => self.errors.push(remark(what)),
            }
        }
    }

    fn switch_off(&mut self, file: &str, off: Vec<(usize, String)>) {
        for (line, id) in off {
            let what = if let Some(known) = self.rules.patterns.iter().find(|p| p.rule.id == id) {
                self.off.insert(known.rule.id);
                "the built-in rule of this name is off: `disabledRules` names it"
            } else {
                "`disabledRules` names a rule that is not here; `tightlip rules` lists those that are"
            };
            self.notes.push(Remark { file: file.to_owned(), line, rule: Some(id), what: what.to_owned() });
        }
    }

    fn finish(mut self, packs: &[PackText]) -> Result<Loaded, PackErrors> {
        let known: HashSet<&str> =
            self.rules.rules().map(|rule| rule.id).chain(self.seen.iter().copied()).collect();
        for (line, pattern) in &self.added {
            for need in pattern.needs.iter().filter(|need| !known.contains(need.rule.as_str())) {
                self.errors.push(Remark {
                    file: pattern.file.clone(),
                    line: *line,
                    rule: Some(pattern.rule.id.to_owned()),
                    what: format!("needs rule `{}`, which is in none of the packs", need.rule),
                });
            }
        }
        if !self.errors.is_empty() {
            return Err(PackErrors(self.errors));
        }
        let gone = |id: &str| self.seen.contains(id) || self.off.contains(id);
        let kept = self.rules.patterns.iter().filter(|pattern| !gone(pattern.rule.id)).cloned();
        let added = self.added.into_iter().map(|(_, pattern)| Arc::new(pattern));
        let rules = RuleSet { patterns: kept.chain(added).collect(), digest: digest(self.rules, packs) };
        Ok(Loaded { rules, notes: self.notes })
    }
}

/// That long matches of a rule are not found, where its expression has no end.
fn cut(pattern: &Pattern) -> Option<String> {
    let Form::Regex(lazy) = &pattern.form else { return None };
    let most = lazy.longest;
    lazy.open
        .then(|| format!("`regex` allows matches of any length: one of more than {most} bytes is not found"))
}

/// The name of our own format.
const OWN: &str = "tightlip";

fn open(pack: &PackText) -> Result<Opened, PackErrors> {
    let named = |mut remarks: Vec<Remark>| {
        let nameless = remarks.iter_mut().filter(|remark| remark.file.is_empty());
        nameless.for_each(|remark| remark.file.clone_from(&pack.name));
        remarks
    };
    let mut remarks = Remarks::default();
    let Some(format) = PACKS.iter().find(|format| (format.claims)(&pack.text)) else {
        let known: Vec<String> =
            PACKS.iter().map(|format| format!("{} ({})", format.name, format.summary)).collect();
        remarks.error(0, format!("this is no rule pack; known are {}", known.join(", ")));
        return Err(PackErrors(named(remarks.errors)));
    };
    let Contents { drafts, off } = (format.read)(pack, &mut remarks);
    if drafts.is_empty() && off.is_empty() && remarks.errors.is_empty() {
        remarks.error(0, "there is no rule in it");
    }
    if remarks.errors.is_empty() {
        return Ok(Opened { format, drafts, off, notes: named(remarks.notes) });
    }
    // What the readers let through may be wrong as well: all of it is told at once.
    for draft in drafts {
        if let Err(error) = proved(draft) {
            remarks.errors.push(error);
        }
    }
    let mut errors = named(remarks.errors);
    errors.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
    Err(PackErrors(errors))
}

fn make(draft: Draft) -> Result<Pattern, String> {
    let common = Common::new(draft.provider, draft.rotate);
    let mut pattern = draft.entry.read(common, CHECKS)?;
    pattern.file = draft.place.0;
    if let Form::Regex(lazy) = &pattern.form {
        lazy.prove()?;
    }
    let examples = pattern.examples.hits.iter().chain(&pattern.examples.misses);
    for example in examples {
        Template::parse(example).map_err(|error| format!("an example: {error}"))?;
    }
    Ok(pattern)
}

/// The rule, or what is wrong with it and where it stands.
fn proved(draft: Draft) -> Result<Pattern, Remark> {
    let ((file, line), id) = (draft.place.clone(), draft.entry.id.clone());
    make(draft).map_err(|what| Remark { file, line, rule: Some(id), what })
}

fn digest(rules: &RuleSet, packs: &[PackText]) -> Arc<str> {
    if packs.is_empty() {
        return rules.digest.clone();
    }
    let mut hash = Sha256::new();
    for part in std::iter::once(&*rules.digest).chain(packs.iter().flat_map(PackText::texts)) {
        // The length in front keeps parts apart.
        hash.update(part.len().to_le_bytes());
        hash.update(part);
    }
    format!("sha256:{}", hex::digits(&hash.finalize())).into()
}

/// Looks for every rule of packs in its own examples. Where it stands and what is near it are not put to the test.
///
/// # Errors
/// As [`RuleSet::with`].
pub fn trial(packs: &[PackText]) -> Result<Vec<Trial>, PackErrors> {
    let mut trials = Vec::new();
    for pack in packs {
        for mut draft in open(pack)?.drafts {
            let ((file, line), id) = (draft.place.clone(), draft.entry.id.clone());
            // A rule of a path alone is nothing without it.
            if draft.entry.regex.is_some() || !draft.entry.token.is_empty() {
                draft.entry.path = None;
            }
            draft.entry.needs.clear();
            let wrong = |what| PackErrors(vec![Remark { file, line, rule: Some(id), what }]);
            trials.push(make(draft).and_then(try_one).map_err(wrong)?);
        }
    }
    Ok(trials)
}

fn try_one(pattern: Pattern) -> Result<Trial, String> {
    let pattern = Arc::new(pattern);
    let rules = RuleSet { patterns: [pattern.clone()].into(), digest: "".into() };
    let scanner =
        Scanner::with(&rules, Vec::new(), ScannerOptions::default()).map_err(|error| error.to_string())?;
    let examples = &pattern.examples;
    let mut trial = Trial {
        rule: pattern.rule,
        hits: examples.hits.len(),
        misses: examples.misses.len(),
        wrong: Vec::new(),
    };
    for (texts, expected, word) in [(&examples.hits, true, "hit"), (&examples.misses, false, "miss")] {
        for (number, text) in (1_usize..).zip(texts) {
            let token = pattern.sample(0, 1);
            let filled =
                Template::parse(text).and_then(|template| Sampler::new(1).fill(&template, token.as_deref()));
            match filled {
                Err(error) => trial.wrong.push(format!("{word} {number}: {error}")),
                Ok(bytes) if finds(&scanner, &bytes) == expected => {}
                Ok(_) if expected => trial.wrong.push(format!("{word} {number} is not found")),
                Ok(_) => trial.wrong.push(format!("{word} {number} is found, and must not be")),
            }
        }
    }
    Ok(trial)
}

fn finds(scanner: &Scanner, bytes: &[u8]) -> bool {
    struct Seen(bool);
    impl Sink for Seen {
        fn hit(&mut self, _: &Match<'_>) {
            self.0 = true;
        }
        fn gap(&mut self, _: Skipped) {}
    }
    let mut seen = Seen(false);
    scanner.bytes(Hint::Text, bytes, &mut seen);
    seen.0
}

/// Writes a pack in our own form. Comments say what could not be carried over.
///
/// # Errors
/// As [`RuleSet::with`].
pub fn import(pack: &PackText) -> Result<String, PackErrors> {
    let Opened { format, drafts, off, notes } = open(pack)?;
    prove(&drafts)?;
    let mut out = format!("# Converted from {} ({}).\n", comment(&pack.name), format.name);
    for note in notes.iter().filter(|note| note.rule.is_none()) {
        out.push_str(&format!("# {}\n", comment(&note.what)));
    }
    for (_, id) in &off {
        out.push_str(&format!("# Rule {} was switched off, which a rule file cannot do.\n", comment(id)));
    }
    let provider = drafts.first().map(|draft| draft.provider.clone()).unwrap_or_default();
    out.push_str(&format!("provider = {}\n", quoted(&provider)));
    if let Some(rotate) = drafts.first().and_then(|draft| draft.rotate.as_ref()) {
        out.push_str(&format!("rotate = {}\n", quoted(rotate)));
    }
    let builtin = RuleSet::builtin().ok();
    for mut draft in drafts {
        let known = |rules: &RuleSet| rules.patterns.iter().any(|pattern| pattern.rule.id == draft.entry.id);
        draft.entry.replaces = builtin.as_ref().is_some_and(known).then_some(true).or(draft.entry.replaces);
        out.push('\n');
        for note in notes.iter().filter(|note| note.rule.as_ref() == Some(&draft.entry.id)) {
            out.push_str(&format!("# {}\n", comment(&note.what)));
        }
        let ((file, line), id) = (draft.place, draft.entry.id.clone());
        let written = toml::to_string(&One { rule: [&draft.entry] });
        out.push_str(&written.map_err(|error| {
            PackErrors(vec![Remark { file, line, rule: Some(id), what: error.to_string() }])
        })?);
    }
    Ok(out)
}

/// Whether all of them can be looked for.
fn prove(drafts: &[Draft]) -> Result<(), PackErrors> {
    let wrong: Vec<Remark> = drafts.iter().filter_map(|draft| proved(draft.clone()).err()).collect();
    if wrong.is_empty() { Ok(()) } else { Err(PackErrors(wrong)) }
}

/// A rule file of one rule.
#[derive(serde::Serialize)]
struct One<'e> {
    rule: [&'e crate::entry::Entry; 1],
}

fn comment(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

#[cfg(test)]
mod tests;
