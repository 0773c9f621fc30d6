//! Reads a policy from TOML, and finds everything that is wrong with it.

use std::collections::HashSet;
use std::ops::Range;

use tightlip_report::{Date, GapKind, Level, Surface};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::mistake::{Mistake, Shown};
use super::{Allowance, PolicyFile, RuleLevel};

/// What a policy may set.
const SETTINGS: &[&str] =
    &["allow", "allow-gaps", "baseline", "known", "levels", "registry", "search", "strict", "surfaces"];
const NO_VALUES: &str = "a policy never holds a secret: `env` names the variables that do, `files` the files";

/// Longer words are not repeated, in characters.
const LONGEST_WORD: usize = 32;

type Value<'v> = Spanned<DeValue<'v>>;
type Table<'v> = DeTable<'v>;

impl PolicyFile {
    /// Reads `tightlip.toml`.
    #[must_use]
    pub fn parse(name: &str, text: &str) -> (Self, Vec<Mistake>) {
        Reader::new(name, text).read(SETTINGS)
    }

    /// Reads a baseline, which allows findings and does nothing else.
    #[must_use]
    pub fn parse_baseline(name: &str, text: &str) -> (Self, Vec<Mistake>) {
        Reader::new(name, text).read(&["allow"])
    }

    /// A mistake for each level of a rule that there is not.
    #[must_use]
    pub fn unknown_rules(&self, known: &[&str]) -> Vec<Mistake> {
        let names: HashSet<&str> = known.iter().copied().collect();
        let unknown = self.levels.iter().filter(|one| !names.contains(one.rule.as_str()));
        unknown
            .map(|one| match nearest(&one.rule, known) {
                Some(word) => one.mistake.clone().help(format!("did you mean `{word}`?")),
                None => one.mistake.clone().help("list them with: tightlip rules"),
            })
            .collect()
    }

    /// Whether it sets the level of any rule.
    #[must_use]
    pub fn sets_levels(&self) -> bool {
        !self.levels.is_empty()
    }
}

struct Reader<'t> {
    name: &'t str,
    text: &'t str,
    file: PolicyFile,
    mistakes: Vec<Mistake>,
}

impl<'t> Reader<'t> {
    fn new(name: &'t str, text: &'t str) -> Self {
        let file = PolicyFile { name: name.to_owned(), ..PolicyFile::default() };
        Self { name, text, file, mistakes: Vec::new() }
    }

    fn read(mut self, settings: &[&str]) -> (PolicyFile, Vec<Mistake>) {
        let (table, errors) = DeTable::parse_recoverable(self.text);
        for error in &errors {
            // What the parser stumbled over may be anything; its message may quote it.
            let span = error.span().unwrap_or(0..0);
            self.wrong(span, Shown::Key, "this is not TOML: a name, `=` and a value, with text in quotes");
        }
        for (key, value) in table.get_ref() {
            let name = key.get_ref().as_ref();
            if settings.contains(&name) {
                self.setting(name, value);
            } else {
                self.unknown(key.span(), name, settings);
            }
        }
        self.mistakes.sort_by_key(Mistake::place);
        // After a slip the parser often stumbles again on the same line.
        self.mistakes.dedup_by_key(|mistake| (mistake.place().0, mistake.what().to_owned()));
        (self.file, self.mistakes)
    }

    fn setting(&mut self, name: &str, value: &Value<'_>) {
        match name {
            "strict" => self.file.strict = self.boolean(value),
            "baseline" => self.file.baselines = self.texts(value),
            "allow-gaps" => {
                self.file.allow_gaps = self.words(value, ("kind of gap", GapKind::ALL), GapKind::name);
            }
            "levels" => self.levels(value),
            "surfaces" => self.surfaces(value),
            "allow" => self.allow(value),
            "search" => self.search(value),
            "known" => self.known(value),
            _ => self.registry(value),
        }
    }

    fn levels(&mut self, value: &Value<'_>) {
        let Some(table) = self.table(value) else { return };
        for (key, value) in table {
            let Some(level) = self.level(value) else { continue };
            let rule = key.get_ref().to_string();
            let what = format!("there is no rule or lint {}", told(&rule));
            let mistake = self.mistake(key.span(), Shown::Whole, what);
            self.file.levels.push(RuleLevel { rule, level, mistake });
        }
    }

    fn surfaces(&mut self, value: &Value<'_>) {
        let Some(table) = self.table(value) else { return };
        for (key, value) in table {
            let (name, level) = (key.get_ref().as_ref(), self.level(value));
            let known: Vec<&str> = Surface::ALL.iter().map(|surface| surface.name()).collect();
            match (Surface::ALL.iter().find(|surface| surface.name() == name), level) {
                (Some(surface), Some(level)) => self.file.surfaces.push((*surface, level)),
                (Some(_), None) => {}
                (None, _) => self.not_a_word(key.span(), "surface", (name, &known)),
            }
        }
    }

    fn level(&mut self, value: &Value<'_>) -> Option<Level> {
        let word = self.text(value)?;
        let level = word.parse().ok();
        if level.is_none() {
            let help = match word.as_str() {
                "off" | "ignore" | "none" => "nothing is switched off; a `note` never fails a build",
                _ => "use deny, warn or note",
            };
            let mistake = self.mistake(value.span(), Shown::Whole, format!("{} is not a level", told(&word)));
            self.mistakes.push(mistake.help(help));
        }
        level
    }

    fn allow(&mut self, value: &Value<'_>) {
        let DeValue::Array(items) = value.get_ref() else {
            return self.wrong(value.span(), Shown::Key, "`allow` is a list of tables: [[allow]]");
        };
        let mut seen: HashSet<String> = self.file.allow.iter().map(|one| one.fingerprint.clone()).collect();
        for item in items {
            let Some(one) = self.allowance(item) else { continue };
            if seen.insert(one.fingerprint.clone()) {
                self.file.allow.push(one);
            } else {
                self.wrong(item.span(), Shown::Key, format!("{} is allowed twice", one.fingerprint));
            }
        }
    }

    fn allowance(&mut self, item: &Value<'_>) -> Option<Allowance> {
        const KEYS: &[&str] = &["fingerprint", "reason", "expires", "rule", "place"];
        let table = self.table(item)?;
        let before = self.mistakes.len();
        self.only(table, KEYS);
        let mut take = |name: &str| table.get(name).and_then(|value| self.text(value));
        let (fingerprint, reason) = (take("fingerprint"), take("reason"));
        let expires = table.get("expires").and_then(|value| self.day(value));
        let is_print = |text: &String| text.len() == 24 && text.bytes().all(|b| b.is_ascii_hexdigit());
        match (&fingerprint, table.get("fingerprint")) {
            (Some(text), Some(value)) if !is_print(text) => {
                let what = "a fingerprint is 24 hexadecimal digits, as reports print it";
                self.wrong(value.span(), Shown::Whole, what);
            }
            (_, None) => self.wrong(item.span(), Shown::Key, "an allowance names a `fingerprint`"),
            _ => {}
        }
        if reason.as_ref().is_none_or(|text| text.trim().is_empty()) {
            let span = table.get("reason").map_or(item.span(), Spanned::span);
            self.wrong(span, Shown::Key, "an allowance says why: `reason`");
        }
        let line = self.line(item.span().start);
        let one =
            Allowance { fingerprint: fingerprint?.to_ascii_lowercase(), reason: reason?, expires, line };
        (self.mistakes.len() == before).then_some(one)
    }

    /// A day, in quotes or as TOML has them.
    fn day(&mut self, value: &Value<'_>) -> Option<Date> {
        let text = match value.get_ref() {
            DeValue::String(text) => text.to_string(),
            DeValue::Datetime(day) => day.to_string(),
            _ => String::new(),
        };
        let day = text.parse().ok();
        if day.is_none() {
            self.wrong(value.span(), Shown::Whole, "this is not a day: write it as 2027-01-31");
        }
        day
    }

    fn search(&mut self, value: &Value<'_>) {
        let Some(table) = self.table(value) else { return };
        self.only(table, &["rules", "names"]);
        if let Some(value) = table.get("rules") {
            self.file.search.rules = self.texts(value);
        }
        if let Some(value) = table.get("names") {
            self.file.search.names =
                self.names(value, "a name has letters, digits, `_`, `-` and `.`, and 3 to 64 of them");
        }
    }

    fn known(&mut self, value: &Value<'_>) {
        let Some(table) = self.table(value) else { return };
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "env" => {
                    let what = "`env` takes the names of variables, never their values";
                    self.file.known.env = self.names(value, what);
                }
                "files" => self.file.known.files = self.texts(value),
                "docker-config" => self.file.known.docker_config = self.boolean(value),
                "value" | "values" | "secret" | "secrets" | "password" | "token" => {
                    self.wrong(key.span(), Shown::Key, NO_VALUES);
                }
                name => self.unknown(key.span(), name, &["env", "files", "docker-config"]),
            }
        }
    }

    fn registry(&mut self, value: &Value<'_>) {
        let Some(table) = self.table(value) else { return };
        self.only(table, &["plain-http", "ca"]);
        if let Some(value) = table.get("plain-http") {
            self.file.registry.plain_http = self.texts(value);
        }
        self.file.registry.ca = table.get("ca").and_then(|value| self.text(value));
    }

    /// Names as programs have them. Anything else may be a value, and is not repeated.
    fn names(&mut self, value: &Value<'_>, what: &str) -> Vec<String> {
        let word = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
        let fits = |name: &str| (3..=64).contains(&name.len()) && name.chars().all(word);
        let names = self.texts(value);
        if names.iter().all(|name| fits(name)) {
            return names;
        }
        self.wrong(value.span(), Shown::Key, what);
        Vec::new()
    }

    /// Words of ours.
    fn words<T: Copy>(
        &mut self,
        value: &Value<'_>,
        (noun, all): (&str, &[T]),
        name: fn(T) -> &'static str,
    ) -> Vec<T> {
        let DeValue::Array(items) = value.get_ref() else {
            self.wrong(value.span(), Shown::Key, "this is a list: [\"…\"]");
            return Vec::new();
        };
        let known: Vec<&str> = all.iter().map(|one| name(*one)).collect();
        let mut found = Vec::new();
        for item in items {
            let Some(word) = self.text(item) else { continue };
            match all.iter().find(|one| name(**one) == word) {
                Some(one) => found.push(*one),
                None => self.not_a_word(item.span(), noun, (&word, &known)),
            }
        }
        found
    }

    fn texts(&mut self, value: &Value<'_>) -> Vec<String> {
        match value.get_ref() {
            DeValue::String(text) => vec![text.to_string()],
            DeValue::Array(items) => items.iter().filter_map(|item| self.text(item)).collect(),
            _ => {
                self.wrong(value.span(), Shown::Key, "this is a list of texts: [\"…\", \"…\"]");
                Vec::new()
            }
        }
    }

    fn text(&mut self, value: &Value<'_>) -> Option<String> {
        match value.get_ref() {
            DeValue::String(text) => Some(text.to_string()),
            _ => {
                self.wrong(value.span(), Shown::Key, "this is a text: \"…\"");
                None
            }
        }
    }

    fn boolean(&mut self, value: &Value<'_>) -> bool {
        match value.get_ref() {
            DeValue::Boolean(is) => *is,
            _ => {
                self.wrong(value.span(), Shown::Key, "this is true or false");
                false
            }
        }
    }

    fn table<'v>(&mut self, value: &'v Value<'_>) -> Option<&'v Table<'v>> {
        let table = value.get_ref().as_table();
        if table.is_none() {
            self.wrong(
                value.span(),
                Shown::Key,
                "this is a table: a name in brackets, and its settings below",
            );
        }
        table
    }

    /// A mistake for every key that is none of these.
    fn only(&mut self, table: &Table<'_>, keys: &[&str]) {
        for key in table.keys().filter(|key| !keys.contains(&key.get_ref().as_ref())) {
            self.unknown(key.span(), key.get_ref(), keys);
        }
    }

    fn unknown(&mut self, span: Range<usize>, name: &str, known: &[&str]) {
        let mistake = self.mistake(span, Shown::Key, format!("there is no setting {} here", told(name)));
        self.mistakes.push(mistake.help(advice(name, known)));
    }

    fn not_a_word(&mut self, span: Range<usize>, noun: &str, (word, known): (&str, &[&str])) {
        let mistake = self.mistake(span, Shown::Whole, format!("there is no {noun} {}", told(word)));
        self.mistakes.push(mistake.help(advice(word, known)));
    }

    fn wrong(&mut self, span: Range<usize>, shown: Shown, what: impl Into<String>) {
        let mistake = self.mistake(span, shown, what);
        self.mistakes.push(mistake);
    }

    fn mistake(&self, span: Range<usize>, shown: Shown, what: impl Into<String>) -> Mistake {
        Mistake::new((self.name, self.text), span, shown, what)
    }

    fn line(&self, at: usize) -> usize {
        self.text.get(..at).map_or(0, |before| before.matches('\n').count()) + 1
    }
}

/// A word in a message. What is long is no slip of the pen, and may be a secret.
fn told(word: &str) -> String {
    if word.chars().count() <= LONGEST_WORD { format!("`{word}`") } else { "of this name".to_owned() }
}

fn advice(word: &str, known: &[&str]) -> String {
    match nearest(word, known) {
        Some(word) => format!("did you mean `{word}`?"),
        None => format!("there are: {}", known.join(", ")),
    }
}

/// The known word that is most like the given one, if any is alike.
pub(crate) fn nearest<'w>(given: &str, known: &[&'w str]) -> Option<&'w str> {
    let alike = known.iter().map(|word| (strsim::jaro_winkler(given, word), *word));
    alike.max_by(|a, b| a.0.total_cmp(&b.0)).filter(|(likeness, _)| *likeness > 0.8).map(|(_, word)| word)
}
