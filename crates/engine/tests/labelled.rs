//! Files as people write them, labelled before anybody looked what the lints say: every line that leaks with the kind of
//! the leak, and what only looks like one.
//!
//! `=== NAME` opens a case, `--- PATH` a file of it. ` ⟵ KIND` marks a line that has to be told, ` ⟵? KIND` one that may
//! be told too: another side of the same leak, or something that is a matter of taste. Nothing else may be told.

#![expect(clippy::unwrap_used, reason = "a test that cannot run fails")]

mod corpus;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use corpus::{built, counted, filled, folder, said};
use tightlip_detect::Sampler;
use tightlip_report::Report;

/// The kinds of leaks, and the lints that may tell each.
const KINDS: &[(&str, &[&str])] = &[
    ("argument", &["secret-in-arg", "secret-in-discarded-stage", "secret-in-bundle", "secret-arg-in-run"]),
    ("cache", &["cache-publishes-stage"]),
    ("caller", &["secret-passed-as-argument", "secret-in-workflow-input", "argument-not-declared"]),
    ("command", &["secret-in-command"]),
    ("comment", &["secret-in-comment"]),
    ("context", &["secret-in-context", "secret-file-copied", "git-directory-copied"]),
    ("environment", &["secret-in-env", "secret-in-bundle"]),
    ("file", &["secret-file-copied", "secret-in-context", "deleted-too-late"]),
    ("git", &["git-credentials-persisted", "secret-persisted"]),
    ("heredoc", &["secret-in-file", "secret-in-run", "secret-in-instruction", "deleted-too-late"]),
    ("label", &["secret-in-label"]),
    ("log", &["secret-in-log"]),
    ("login", &["login-persisted", "secret-persisted"]),
    ("made", &["secret-written-into-context"]),
    ("mount", &["secret-persisted", "deleted-too-late", "login-persisted"]),
    ("mount-mode", &["mount-world-readable"]),
    ("run", &["secret-in-run", "secret-in-file", "deleted-too-late"]),
    ("stage", &["secret-copied-from-stage"]),
    ("syntax", &["unpinned-frontend"]),
    ("url", &["secret-in-run", "secret-in-file", "secret-in-arg"]),
    ("written", &["secret-persisted", "deleted-too-late", "login-persisted"]),
];

/// A line of a file.
type Line = (String, u64);

/// A case with its labels.
#[derive(Default)]
struct Case {
    name: String,
    files: Vec<(String, String)>,
    leaks: BTreeMap<Line, String>,
    may: BTreeSet<Line>,
}

impl Case {
    fn add(&mut self, line: &str) {
        if let Some(path) = line.strip_prefix("--- ") {
            self.files.push((path.to_owned(), String::new()));
            return;
        }
        let Some((path, text)) = self.files.last_mut() else { return };
        let number = text.lines().count() as u64 + 1;
        let (code, label) = line.split_once(" ⟵").map_or((line, None), |(code, label)| (code, Some(label)));
        match label.and_then(|label| label.split_once(' ')) {
            Some(("?", _)) => drop(self.may.insert((path.clone(), number))),
            Some((_, kind)) => drop(self.leaks.insert((path.clone(), number), kind.to_owned())),
            None => {}
        }
        text.push_str(code);
        text.push('\n');
    }
}

/// Every case of every corpus of the folder.
fn cases() -> Vec<Case> {
    let mut files: Vec<_> =
        std::fs::read_dir(folder("labelled")).unwrap().map(|one| one.unwrap().path()).collect();
    files.sort();
    let mut cases: Vec<Case> = Vec::new();
    for line in files.iter().flat_map(|path| {
        std::fs::read_to_string(path).unwrap().lines().map(str::to_owned).collect::<Vec<_>>()
    }) {
        match line.strip_prefix("=== ") {
            Some(name) => cases.push(Case { name: name.to_owned(), ..Case::default() }),
            None => cases.last_mut().into_iter().for_each(|case| case.add(&line)),
        }
    }
    cases
}

/// What was told, by line: the lints.
fn told(report: &Report, case: &Case) -> BTreeMap<Line, Vec<String>> {
    let mut told: BTreeMap<Line, Vec<String>> = BTreeMap::new();
    for finding in counted(report) {
        let path = finding.place.path.clone().unwrap_or_default();
        let file = case.files.iter().find(|(name, _)| path.ends_with(&format!("/{name}")));
        let name = file.map_or(path.clone(), |(name, _)| name.clone());
        told.entry((name, finding.place.line.unwrap_or(0))).or_default().push(finding.rule.clone());
    }
    told
}

#[test]
fn what_leaks_is_told_by_its_kind_and_what_does_not_is_left_alone() {
    let mut wrong = String::new();
    let (mut leaks, mut missed, mut beside, cases) = (0, 0, 0, cases());
    for case in &cases {
        let mut sampler = Sampler::new(31);
        let files: Vec<_> =
            case.files.iter().map(|(name, text)| (name.clone(), filled(text, &mut sampler))).collect();
        let report = built(&files);
        let told = told(&report, case);
        let right = |(line, kind): &(&Line, &String)| {
            let lints = KINDS.iter().find(|(name, _)| name == kind).unwrap_or_else(|| panic!("{kind}")).1;
            told.get(*line).is_some_and(|told| told.iter().any(|one| lints.contains(&one.as_str())))
        };
        let misses: Vec<_> = case.leaks.iter().filter(|one| !right(one)).collect();
        let labelled = |line: &Line| case.leaks.contains_key(line) || case.may.contains(line);
        let extra: Vec<_> = told.iter().filter(|(line, _)| !labelled(line)).collect();
        leaks += case.leaks.len();
        missed += misses.len();
        beside += extra.len();
        if !misses.is_empty() || !extra.is_empty() || !report.gaps.is_empty() {
            let gaps = &report.gaps;
            let _ = writeln!(
                wrong,
                "{}: missed {misses:?}, beside {extra:?} {gaps:?}\n{}",
                case.name,
                said(&report)
            );
        }
    }
    assert!(cases.len() >= 230 && leaks >= 190, "{} cases, {leaks} leaks", cases.len());
    assert!(wrong.is_empty(), "{missed} of {leaks} leaks missed, {beside} told in vain\n{wrong}");
}
