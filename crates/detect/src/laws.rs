//! Laws that loop over all rules and finders: a new file is tested the moment it exists.

mod growth;
mod streams;

use std::path::Path;

use tightlip_report::{Confidence, Level};

use crate::candidate::Rank;
use crate::rules::RULE_FILES;
use crate::template::Template;
use crate::{
    CHECKS, Check, Example, FINDERS, Finder, Found, Hint, Match, Outcome, Rule, RuleSet, Sampler, Scanner,
    ScannerOptions, Sink, Skipped, Text,
};

/// Rules of every form, for laws about the engine.
const SAMPLE_RULES: &str = r#"
provider = "Sample"
rotate = "https://sample.example/rotate"

[[rule]]
id = "sample-key"
title = "Sample key"
why = "Opens the sample."
token = ["skey_{(live|test)}_{base62:20}"]
check = "even"
hit = ["KEY={token}", "{{\"key\": \"{token}\"}}", "a\\n{token}\\n", "x {token}, y", "x{token}"]
miss = ["skey_live_{base62:19}", "skey_live_{base62:21}", "skey_prod_{base62:20}"]

[[rule]]
id = "sample-open"
title = "Sample open token"
why = "Opens the sample."
token = ["sopen-{b64u:12+}", "sclosed-{B36:8-12}{pad}"]
level = "warn"
confidence = "medium"
hit = ["token: {token}"]
miss = ["sopen-{b64u:11}"]

[[rule]]
id = "sample-near"
title = "Sample near token"
why = "Opens the sample."
token = ["{hex:32}"]
near = ["samplecorp"]
entropy = 2.0
hit = ["SAMPLECORP_KEY={token}", "samplecorp: '{token}'"]
miss = ["KEY={hex:32}", "SAMPLECORP_KEY={hex:33}", "samplecorp {[ ]:120} {hex:32}", "samplecorp {[a]:32}"]

[[rule]]
id = "sample-named"
title = "Sample named token"
why = "Opens the sample."
token = ["{hex:24}"]
near = ["plain word"]
near_also = ["key", "token"]
hit = [
    "// plain word\napi_key = {token}",
    "{{\"Plain Word\": {{\n \"apiKey\": \"{token}\"}}}}",
    "plain word: authToken:\n  {token}",
    "the plain word keys: {token}",
]
miss = ["plain word {hex:24}", "plain word monkey: {hex:24}", "plain word keys\n{hex:24}", "api_key={hex:24}"]

[[rule]]
id = "sample-inner"
title = "Sample inner token"
why = "Opens the sample."
token = ["{base62:6}.innerv1.{b64u:10-14}"]
hit = ["t={token}"]
miss = ["t={base62:5}.innerv1.{b64u:10}"]

[[rule]]
id = "sample-regex"
title = "Sample password"
why = "Opens the sample."
regex = '''(?i)samplepass\s*=\s*(?P<secret>[^\s"]{6,20})'''
keywords = ["samplepass"]
longest = 60
hit = ["samplePass = {base62:8}"]
miss = ["samplepass = {base62:4}"]
"#;

/// Holds when the last byte is even.
static EVEN: Check = Check {
    name: "even",
    noun: "checksum",
    verify: |token| if token.last().is_some_and(|b| b % 2 == 0) { Outcome::Holds } else { Outcome::Fails },
    seal: |token| token.last_mut().map(|byte| *byte = b'2').is_some(),
    tells: |_| None,
};

static NAMED: Rule = Rule::new("sample-assignment", "Sample assignment", "Opens the sample.");

/// Finds the value of every assignment whose name ends in `key`.
static ASSIGNMENT: Finder = Finder {
    id: "sample-assignment",
    rules: &[&NAMED],
    wants: |_| true,
    keywords: &["key="],
    find: |text, found| {
        for at in text.at {
            let start = at.saturating_add(4);
            let rest = text.bytes.get(start..).unwrap_or_default();
            let length = rest.iter().take(80).take_while(|byte| byte.is_ascii_graphic()).count();
            if length >= 8 {
                let span = start..start + length;
                let secret = text.bytes[span.clone()].into();
                let shape = format!("{length} characters");
                found(Found {
                    rule: &NAMED,
                    secret,
                    span,
                    level: None,
                    confidence: None,
                    shape,
                    decoded_from: &[],
                });
            }
        }
    },
    hits: &[],
    misses: &[],
};

/// Finds whole files that are named `secret`.
static WHOLE: Finder = Finder {
    id: "sample-whole",
    rules: &[&NAMED],
    wants: |hint| hint.file_name() == b"secret",
    keywords: &[],
    find: |text, found| {
        let span = 0..text.bytes.len().min(9);
        let secret = text.bytes[span.clone()].into();
        let shape = "a file".to_owned();
        found(Found { rule: &NAMED, secret, span, level: None, confidence: None, shape, decoded_from: &[] });
    },
    hits: &[],
    misses: &[],
};

/// A match without its borrow.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Told {
    rule: &'static str,
    secret: Vec<u8>,
    span: std::ops::Range<u64>,
    line: u64,
    level: Level,
    confidence: Confidence,
    shape: String,
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Kept {
    hits: Vec<Told>,
    gaps: Vec<Skipped>,
}

impl Sink for Kept {
    fn hit(&mut self, found: &Match<'_>) {
        self.hits.push(Told {
            rule: found.rule.id,
            secret: found.secret.expose().to_vec(),
            span: found.span.clone(),
            line: found.line,
            level: found.level,
            confidence: found.confidence,
            shape: found.shape.clone(),
        });
    }

    fn gap(&mut self, gap: Skipped) {
        self.gaps.push(gap);
    }
}

fn sample_rules() -> RuleSet {
    RuleSet::parse_with(&[("sample", SAMPLE_RULES)], &[&EVEN]).unwrap()
}

fn sample_scanner(options: ScannerOptions) -> Scanner {
    let finders = vec![(&ASSIGNMENT, Rank::Context), (&WHOLE, Rank::File)];
    Scanner::with(&sample_rules(), finders, options).unwrap()
}

fn scan(scanner: &Scanner, hint: Hint<'_>, text: &[u8]) -> Kept {
    let mut kept = Kept::default();
    scanner.bytes(hint, text, &mut kept);
    kept
}

fn only(text: &str) -> Told {
    let kept = scan(&sample_scanner(ScannerOptions::default()), Hint::Text, &expand(text, 1));
    assert_eq!(kept.hits.len(), 1, "{text}: {kept:?}");
    kept.hits.into_iter().next().unwrap()
}

fn expand(template: &str, seed: u64) -> Vec<u8> {
    Sampler::new(seed).expand(template).unwrap()
}

/// Every `hit` is found once by its rule, every `miss` never, over several made-up tokens.
fn rules_hold(rules: &RuleSet, scanner: &Scanner) {
    let mut wrong = Vec::new();
    for pattern in rules.patterns.iter() {
        let id = pattern.rule.id;
        let (hits, misses) = rules.examples(id).unwrap();
        if hits.is_empty() {
            wrong.push(format!("{id}: has no `hit`"));
        }
        let texts = hits.iter().map(|text| (text, 1)).chain(misses.iter().map(|text| (text, 0)));
        for ((text, expected), seed) in texts.flat_map(|text| (0..6).map(move |seed| (text, seed))) {
            let token = pattern.sample(0, seed);
            let filled = Template::parse(text)
                .and_then(|template| Sampler::new(seed).fill(&template, token.as_deref()))
                .unwrap_or_else(|error| panic!("{id}: `{text}`: {error}"));
            let kept = scan(scanner, Hint::Text, &filled);
            let found = kept.hits.iter().filter(|told| told.rule == id).count();
            if found != expected {
                let others: Vec<_> = kept.hits.iter().map(|told| told.rule).collect();
                wrong.push(format!("{id}: `{text}` (seed {seed}): found {found} times; in all {others:?}"));
                break;
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// Tokens of every template of a rule are found as tokens of this rule.
fn templates_hold(rules: &RuleSet, scanner: &Scanner) {
    let mut wrong = Vec::new();
    for pattern in rules.patterns.iter() {
        for (index, seed) in
            (0..pattern.examples.tokens.len()).flat_map(|index| (0..4).map(move |seed| (index, seed)))
        {
            let token = pattern.sample(index, seed).unwrap();
            let near = pattern.near.first().map_or("", String::as_str);
            let also = pattern.also.first().map(|word| format!("_{word}")).unwrap_or_default();
            let text = [format!("a line\n{near}{also} = \"").as_bytes(), &token, b"\"\n"].concat();
            let found = scan(scanner, Hint::Text, &text).hits;
            if !found.iter().any(|told| told.rule == pattern.rule.id && told.secret == token) {
                let others: Vec<_> = found.iter().map(|told| (told.rule, told.secret.len())).collect();
                let id = pattern.rule.id;
                wrong.push(format!(
                    "{id}: template {index} (seed {seed}, {} bytes): in all {others:?}",
                    token.len()
                ));
                break;
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// Fills in `{class:length}` and leaves all other braces: the texts of finders are mostly JSON and shell.
fn filled(text: &str, seed: u64) -> Vec<u8> {
    let mut sampler = Sampler::new(seed);
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        out.extend_from_slice(&rest.as_bytes()[..open]);
        rest = &rest[open..];
        let field = rest.find('}').map_or("", |close| &rest[..=close]);
        let (bytes, length) = match sampler.expand(field) {
            Ok(bytes) if field.contains(':') && !field.starts_with("{{") => (bytes, field.len()),
            _ => (b"{".to_vec(), 1),
        };
        out.extend(bytes);
        rest = &rest[length..];
    }
    out.extend_from_slice(rest.as_bytes());
    out
}

fn finder_finds(finder: &Finder, example: &Example, seed: u64) -> Vec<&'static str> {
    let bytes = filled(example.text, seed);
    let hint = match example.path {
        "" => Hint::Text,
        path => Hint::File(path.as_bytes()),
    };
    if !(finder.wants)(&hint) {
        return Vec::new();
    }
    let folded = bytes.to_ascii_lowercase();
    let mut at: Vec<usize> = finder
        .keywords
        .iter()
        .flat_map(|word| memchr::memmem::find_iter(&folded, word.as_bytes()).collect::<Vec<_>>())
        .collect();
    at.sort_unstable();
    at.dedup();
    let mut found = Vec::new();
    if finder.keywords.is_empty() || !at.is_empty() {
        let text = Text { bytes: &bytes, hint, binary: crate::scanner::is_binary(&bytes), at: &at };
        (finder.find)(&text, &mut |secret| found.push(secret.rule.id));
    }
    found
}

#[test]
fn rules_hit_and_miss_as_they_say() {
    let rules = RuleSet::builtin().unwrap();
    // Finders have examples of their own and may rightly know more of a text than a rule does.
    rules_hold(&rules, &Scanner::with(&rules, Vec::new(), ScannerOptions::default()).unwrap());
}

#[test]
fn every_expression_compiles() {
    for pattern in RuleSet::builtin().unwrap().patterns.iter() {
        if let crate::pattern::Form::Regex(lazy) = &pattern.form {
            assert!(lazy.regex().is_some(), "{}", pattern.rule.id);
        }
    }
}

#[test]
fn tokens_of_every_template_are_found() {
    let rules = RuleSet::builtin().unwrap();
    templates_hold(&rules, &Scanner::with(&rules, Vec::new(), ScannerOptions::default()).unwrap());
    let rules = sample_rules();
    templates_hold(&rules, &Scanner::with(&rules, Vec::new(), ScannerOptions::default()).unwrap());
}

#[test]
fn sample_rules_hit_and_miss_as_they_say() {
    let rules = sample_rules();
    rules_hold(&rules, &Scanner::with(&rules, Vec::new(), ScannerOptions::default()).unwrap());
}

#[test]
fn the_scanner_of_the_program_can_be_made() {
    let scanner = Scanner::new(&RuleSet::builtin().unwrap(), ScannerOptions::default()).unwrap();
    assert_eq!(scan(&scanner, Hint::Text, b"nothing to see here"), Kept::default());
}

#[test]
fn finders_hit_and_miss_as_they_say() {
    let mut wrong = Vec::new();
    for finder in FINDERS.iter().flat_map(|room| room.iter()) {
        for seed in 0..3 {
            let hits = finder.hits.iter().map(|example| (example, vec![example.rule]));
            let misses = finder.misses.iter().map(|example| (example, Vec::new()));
            for (example, expected) in hits.chain(misses) {
                let found = finder_finds(finder, example, seed);
                if found != expected {
                    wrong.push(format!("{}: {} `{}`: {found:?}", finder.id, example.path, example.text));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn no_rule_id_twice() {
    // Rule files are held to this when they are read; here the finders are. A file and a finder may share a kind.
    let mut ids = std::collections::HashMap::new();
    for rule in FINDERS.iter().flat_map(|room| room.iter()).flat_map(|finder| finder.rules) {
        assert_eq!(*ids.entry(rule.id).or_insert(*rule), *rule, "two rules are named {}", rule.id);
    }
    assert!(RuleSet::builtin().is_ok());
}

fn names_in(folder: &str, ending: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let Ok(entries) = std::fs::read_dir(path) else { return Vec::new() };
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> =
        names.filter_map(|name| Some(name.strip_suffix(ending)?.to_owned())).collect();
    names.sort();
    names
}

/// How many statics of a type the files of a folder hold.
fn statics_in(folder: &str, of: &str) -> usize {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let count = |name: &String| {
        let text = std::fs::read_to_string(path.join(format!("{name}.rs"))).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        code.lines().filter(|line| line.contains("static ") && line.contains(&format!(": {of} ="))).count()
    };
    names_in(folder, ".rs").iter().map(count).sum()
}

#[test]
fn tables_match_folders() {
    let table: Vec<&str> = RULE_FILES.iter().map(|(name, _)| *name).collect();
    assert_eq!(table, names_in("rules", ".toml"), "src/rules.rs and rules/");
    assert_eq!(statics_in("src/pack", "Pack"), crate::pack::PACKS.len(), "src/pack");
    assert_eq!(statics_in("src/check", "Check"), CHECKS.len(), "src/check");
    for (room, finders) in ["src/key", "src/file", "src/context"].iter().zip(FINDERS) {
        assert_eq!(statics_in(room, "Finder"), finders.len(), "{room}");
    }
}

#[test]
fn a_match_says_what_it_saw() {
    let told = only("first line\nkey= skey_live_{base62:19}2 {[ ]:4}");
    assert_eq!((told.rule, told.line, told.span.clone()), ("sample-key", 2, 16..46));
    assert_eq!(told.shape, "skey_live_…, 30 characters, checksum holds");
    assert_eq!((told.level, told.confidence), (Level::Deny, Confidence::High));
}

#[test]
fn a_checksum_that_fails_lowers_but_does_not_drop() {
    let told = only("skey_test_{base62:19}1");
    assert_eq!(told.shape, "skey_test_…, 30 characters, checksum does not hold");
    assert_eq!((told.level, told.confidence), (Level::Deny, Confidence::Low));
}

#[test]
fn an_example_value_is_a_note() {
    let told = only("skey_live_{[x]:20}1 skey_live_{[x]:19}1");
    assert_eq!(told.shape, "skey_live_…, 30 characters, checksum does not hold, example value");
    assert_eq!(told.level, Level::Note);
    assert_eq!(only("samplepass = ${{PASSWORD}}").level, Level::Note);
}

#[test]
fn a_token_beats_the_assignment_it_is_the_value_of() {
    let told = only("key=skey_live_{base62:19}2");
    assert_eq!(told.rule, "sample-key");
    let told = only("key=skey_live_{base62:19}1");
    assert_eq!((told.rule, told.level), ("sample-key", Level::Deny));
}

#[test]
fn a_word_in_the_name_is_near() {
    let scanner = sample_scanner(ScannerOptions::default());
    let value = expand("{hex:32}", 1);
    for hint in [Hint::Named("SAMPLECORP_KEY"), Hint::File(b"run/secrets/samplecorp")] {
        assert_eq!(scan(&scanner, hint, &value).hits[0].rule, "sample-near");
    }
    assert!(scan(&scanner, Hint::Named("OTHER"), &value).hits.is_empty());
}

#[test]
fn programs_are_read_for_telling_literals_only() {
    let scanner = sample_scanner(ScannerOptions::default());
    let text = expand("{[\0]:1} skey_live_{base62:19}2 samplecorp={hex:32} samplepass={base62:12}", 1);
    let rules: Vec<_> = scan(&scanner, Hint::Text, &text).hits.iter().map(|told| told.rule).collect();
    assert_eq!(rules, ["sample-key"]);
    // Side by side with other strings, the checksum tells.
    let text = expand("{[\0]:1}stringskey_live_{base62:19}2string", 1);
    assert_eq!(scan(&scanner, Hint::Text, &text).hits.len(), 1);
}
