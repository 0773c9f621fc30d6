//! How many secrets are found by their surroundings, and how often something harmless is called one: each form in which
//! people write configuration, commands and programs, filled with made-up values.
//!
//! `context/true.txt` holds texts with secrets, `context/clean.txt` the same forms without one. A line
//! `=== form | path` opens a text; `§PW§` and its like stand for values that are made from a seed.
#![expect(clippy::unwrap_used, reason = "a test that cannot run fails")]

use std::collections::BTreeMap;
use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tightlip_detect::{Hint, Match, RuleSet, Sampler, Scanner, ScannerOptions, Sink, Skipped};
use tightlip_report::Level;

/// So many times each text is filled with other values.
const ROUNDS: u64 = 12;

/// A text of the corpus before it is filled in.
struct Sample<'t> {
    form: &'t str,
    path: &'t str,
    text: &'t str,
}

fn samples(corpus: &str) -> Vec<Sample<'_>> {
    let texts = corpus.split("=== ").filter(|text| !text.is_empty());
    texts
        .map(|text| {
            let (head, text) = text.split_once('\n').unwrap();
            let (form, path) = head.split_once(" | ").unwrap();
            Sample { form, path, text }
        })
        .collect()
}

/// Passwords as people choose them: those that stand anywhere without quotes, and those that need them.
const PLAIN: &[&str] = &[
    "{(Summer|Winter|Falcon|Monday|Dragon)}{digits:4}",
    "{(Tr0ub|Pr0d|Adm1n|Qu3ue)}{lower:4}{(-|_|.)}{digits:2}",
    "{base62:12}",
    "{base62:16}",
    "{lower:5}-{lower:6}-{digits:2}",
    "{lower:7}{digits:3}",
    "{base62:5}_{base62:6}",
    "{hex:24}",
    "{b64u:20}",
];
const MARKED: &[&str] = &[
    "{(Summer|Winter|Falcon|Monday|Dragon)}{digits:4}!",
    "{base62:4}@{base62:5}",
    "{base62:4}!{base62:3}#{base62:2}",
    "{lower:2}{upper:2}{digits:2}{(&|*|^|+)}{base62:4}",
    "{(P@ss|S3cur3|L3tM)}{base62:4}{(!|@)}{digits:3}",
];
const KEYS: &[&str] = &["{base62:32}", "{hex:40}", "{b64u:43}", "{base62:20}", "{hex:32}", "{base62:64}"];

/// A text with its values, and those values.
struct Filled {
    text: String,
    values: Vec<std::ops::Range<usize>>,
}

/// Fills in the values of a text, no two of them alike.
fn fill(sample: &Sample<'_>, seed: u64) -> Filled {
    let mut sampler = Sampler::new(seed.wrapping_mul(0x9e37_79b9) ^ sample.text.len() as u64);
    let mut filled = Filled { text: String::new(), values: Vec::new() };
    for (index, part) in sample.text.split('§').enumerate() {
        if index % 2 == 0 {
            filled.text.push_str(part);
            continue;
        }
        let turn = usize::try_from(seed).unwrap() + index;
        let (text, told) = value_of(part, turn, &mut sampler);
        let start = filled.text.len();
        filled.text.push_str(&text);
        filled.values.extend(told.then(|| start..filled.text.len()));
    }
    filled
}

/// What stands for a mark in the text, and whether it is a secret.
fn value_of(mark: &str, turn: usize, sampler: &mut Sampler) -> (String, bool) {
    let mut draw = |template: &str| String::from_utf8(sampler.expand(template).unwrap()).unwrap();
    let all = PLAIN.len() + MARKED.len();
    let of = |turn: usize| PLAIN.get(turn % all).or_else(|| MARKED.get(turn % all - PLAIN.len())).unwrap();
    if let Some(what) = mark.strip_prefix("B64:") {
        let (before, password) = match what.rsplit_once(':') {
            Some((user, _)) => (format!("{user}:"), draw(PLAIN[turn % PLAIN.len()])),
            None => (String::new(), draw(of(turn))),
        };
        return (STANDARD.encode(format!("{before}{password}")), true);
    }
    let template = match mark {
        "PW" => of(turn),
        "PWS" => PLAIN[turn % PLAIN.len()],
        "KEY" => KEYS[turn % KEYS.len()],
        "HEX" => "{hex:32}",
        "HEX40" => "{hex:40}",
        "HEX64" => "{hex:64}",
        "HEX128" => "{hex:128}",
        "HEX320" => "{hex:320}",
        "HEX4040" => "{HEX:40}",
        "B64" => "{b64:64}",
        "B6427" => "{b64:27}",
        "B6430" => "{b64:30}",
        "B6440" => "{b64:40}",
        "B6443" => "{b64:43}",
        "B6444" => "{b64:42}A=",
        "WG" => "{b64:42}A=",
        "B6464" => "{b64:64}",
        "B6486" => "{b64:86}",
        "B6488" => "{b64:86}==",
        "B64300" => "{b64:300}",
        "B50" => "{base62:50}",
        "BC53" => "{base62:53}",
        "B64U30" => "{b64u:30}",
        "B64U43" => "{b64u:43}",
        "B64U90" => "{b64u:90}",
        "UUID" => "{uuid}",
        // An access key's name is no secret: the one next to it is.
        "AKIA" => return (draw("AKIA{B32:16}"), false),
        other => panic!("no such mark: {other}"),
    };
    (draw(template), true)
}

/// What was found in a text.
struct Told {
    rule: &'static str,
    level: Level,
    span: std::ops::Range<usize>,
}

#[derive(Default)]
struct Kept(Vec<Told>);

impl Sink for Kept {
    fn hit(&mut self, found: &Match<'_>) {
        let place = |offset: u64| usize::try_from(offset).unwrap();
        let span = place(found.span.start)..place(found.span.end);
        self.0.push(Told { rule: found.rule.id, level: found.level, span });
    }

    fn gap(&mut self, _gap: Skipped) {}
}

/// How a form fared.
#[derive(Default)]
struct Score {
    values: u32,
    /// Found at the level that fails a build.
    denied: u32,
    /// Found at all.
    found: u32,
    /// Reported, and no secret of the text.
    wrong: u32,
    texts: u32,
    alarms: u32,
    murmurs: u32,
}

fn scanner() -> Scanner {
    Scanner::new(&RuleSet::builtin().unwrap(), ScannerOptions::default()).unwrap()
}

fn scan(scanner: &Scanner, path: &str, text: &str) -> Vec<Told> {
    let mut kept = Kept::default();
    scanner.bytes(Hint::File(path.as_bytes()), text.as_bytes(), &mut kept);
    kept.0
}

/// Scores of the forms, and what went wrong, each kind once.
fn measure() -> (BTreeMap<&'static str, Score>, Vec<String>) {
    let scanner = scanner();
    let mut scores: BTreeMap<&'static str, Score> = BTreeMap::new();
    let mut wrong: BTreeMap<String, u32> = BTreeMap::new();
    for sample in samples(include_str!("context/true.txt")) {
        for seed in 0..ROUNDS {
            let filled = fill(&sample, seed);
            let told = scan(&scanner, sample.path, &filled.text);
            let score = scores.entry(sample.form).or_default();
            for (number, value) in filled.values.iter().enumerate() {
                let is_it = |told: &&Told| told.span.start < value.end && value.start < told.span.end;
                let best = told.iter().filter(is_it).map(|told| told.level).max();
                score.values += 1;
                score.found += u32::from(best.is_some());
                score.denied += u32::from(best == Some(Level::Deny));
                if best != Some(Level::Deny) {
                    let word = if best.is_some() { "only murmured" } else { "missed" };
                    let line = line_of(&filled.text, value);
                    *wrong
                        .entry(format!("{word} {} {} value {number}: {line}", sample.form, sample.path))
                        .or_default() += 1;
                }
            }
            for told in told.iter().filter(|told| told.level == Level::Deny) {
                let known = filled
                    .values
                    .iter()
                    .any(|value| told.span.start < value.end && value.start < told.span.end);
                if !known && told.rule != "aws-access-key-id" {
                    score.wrong += 1;
                    *wrong
                        .entry(format!(
                            "beside {} {}: {} {}",
                            sample.form,
                            sample.path,
                            told.rule,
                            line_of(&filled.text, &told.span)
                        ))
                        .or_default() += 1;
                }
            }
        }
    }
    for sample in samples(include_str!("context/clean.txt")) {
        for seed in 0..ROUNDS {
            let filled = fill(&sample, seed);
            let score = scores.entry(sample.form).or_default();
            score.texts += 1;
            let told = scan(&scanner, sample.path, &filled.text);
            score.alarms += u32::from(told.iter().any(|told| told.level == Level::Deny));
            score.murmurs += u32::from(told.iter().any(|told| told.level == Level::Warn));
            for told in told {
                let line = line_of(&filled.text, &told.span);
                *wrong
                    .entry(format!(
                        "{:?} {} {}: {} in {line}",
                        told.level, sample.form, sample.path, told.rule
                    ))
                    .or_default() += 1;
            }
        }
    }
    (scores, wrong.into_iter().map(|(what, times)| format!("{times:>4} {what}")).collect())
}

/// The line of a value, the value itself by its kinds of characters.
fn line_of(text: &str, span: &std::ops::Range<usize>) -> String {
    let start = text[..span.start].rfind('\n').map_or(0, |n| n + 1);
    let end = text[span.end..].find('\n').map_or(text.len(), |n| span.end + n);
    format!("{}§{}§{}", &text[start..span.start], shape(&text[span.clone()]), &text[span.end..end])
}

/// A value by its kinds of characters.
fn shape(value: &str) -> String {
    value
        .chars()
        .map(|c| match c {
            'a'..='z' => 'a',
            'A'..='Z' => 'A',
            '0'..='9' => '9',
            other => other,
        })
        .collect()
}

fn table(scores: &BTreeMap<&'static str, Score>) -> String {
    let mut text = format!(
        "{:<16}{:>8}{:>8}{:>8}{:>8}{:>8}{:>8}{:>8}\n",
        "form", "values", "denied", "found", "wrong", "clean", "alarms", "murmurs"
    );
    let mut all = Score::default();
    for (form, s) in scores {
        let _ = writeln!(
            text,
            "{form:<16}{:>8}{:>8}{:>8}{:>8}{:>8}{:>8}{:>8}",
            s.values, s.denied, s.found, s.wrong, s.texts, s.alarms, s.murmurs
        );
        all.values += s.values;
        all.denied += s.denied;
        all.found += s.found;
        all.wrong += s.wrong;
        all.texts += s.texts;
        all.alarms += s.alarms;
        all.murmurs += s.murmurs;
    }
    let _ = writeln!(
        text,
        "{:<16}{:>8}{:>8}{:>8}{:>8}{:>8}{:>8}{:>8}",
        "all", all.values, all.denied, all.found, all.wrong, all.texts, all.alarms, all.murmurs
    );
    text
}

#[test]
fn report() {
    let (scores, wrong) = measure();
    println!("{}\n{}", wrong.join("\n"), table(&scores));
}
