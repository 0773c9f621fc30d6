//! The law `lints_flag_bad_and_spare_good`, and the corpora: what leaks is flagged at its line, what is clean is spared.

#![expect(clippy::unwrap_used, reason = "a test that cannot run fails")]

use std::collections::BTreeSet;
use std::fmt::Write as _;

mod corpus;

use corpus::{built, counted, filled, folder, said};
use tightlip_detect::Sampler;
use tightlip_engine::IdentityKey;
use tightlip_engine::lint::{Apply, CaseKind, Input, LINTS, LintRequest, Linted, fixed, lint};
use tightlip_report::{Level, Report};

/// The report of files that are known by name and text.
fn linted(files: &[(String, String)]) -> Report {
    let inputs = files.iter().map(|(name, text)| Input::Text {
        name: name.clone(),
        path: None,
        bytes: text.clone().into_bytes(),
    });
    lint(&LintRequest::new(inputs.collect(), IdentityKey::new([7; 32]))).unwrap().report
}

#[test]
fn a_fix_mends_what_its_lint_flags_and_does_it_once() {
    let mut mended = 0;
    for lint_of in LINTS {
        for case in lint_of.cases().iter().filter(|case| case.kind == CaseKind::Bad) {
            let text = filled(&case.files[0].1, &mut Sampler::new(11));
            let before = read_by(&text);
            let first = fixed(&before.files, &before.fixes, Apply::Unsafe);
            let Some(change) = first.changes.first() else { continue };
            let after = read_by(&change.text);
            let flagged = after.report.findings.iter().any(|finding| finding.rule == lint_of.id);
            let offered = before.marks.iter().any(|mark| mark.lint.id == lint_of.id && mark.fix.is_some());
            assert!(!(flagged && offered), "{} still flags\n{}", lint_of.id, change.text);
            assert_eq!(fixed(&after.files, &after.fixes, Apply::Unsafe).changes, [], "{}", lint_of.id);
            mended += 1;
        }
    }
    assert!(mended >= 2, "{mended}");
}

fn read_by(text: &str) -> Linted {
    let input = Input::Text { name: "Dockerfile".to_owned(), path: None, bytes: text.as_bytes().to_vec() };
    lint(&LintRequest::new(vec![input], IdentityKey::new([7; 32]))).unwrap()
}

#[test]
fn a_long_dockerfile_takes_no_more_for_each_of_its_lines() {
    // Where each leak looked at all stages for each of the others, these took hours.
    let stage = |nth: usize| format!("FROM x AS a{nth}\nARG A_TOKEN\nRUN echo $A_TOKEN > /x\n");
    let leaking = read_by(&(0..600).map(stage).collect::<String>());
    assert!(leaking.report.findings.len() >= 600, "{}", leaking.report.findings.len());
    assert!(leaking.fixes.iter().all(|fix| *fix == leaking.fixes[0]));
    // Where each step looked at all before it, these took minutes.
    let long = read_by(&format!("FROM x\n{}", "RUN echo a\n".repeat(60_000)));
    assert_eq!(counted(&long.report).count(), 0);
}

fn lines(report: &Report) -> BTreeSet<u64> {
    counted(report).filter_map(|finding| finding.place.line).collect()
}

#[test]
fn lints_flag_bad_and_spare_good() {
    for lint in LINTS {
        let lint = *lint;
        let cases = lint.cases();
        for kind in [CaseKind::Bad, CaseKind::Good] {
            assert!(cases.iter().any(|case| case.kind == kind), "{} has no {kind:?} example", lint.id);
        }
        for case in cases {
            let mut sampler = Sampler::new(11);
            let files: Vec<_> =
                case.files.iter().map(|(name, text)| (name.clone(), filled(text, &mut sampler))).collect();
            let report = built(&files);
            let text = &files[0].1;
            match case.kind {
                CaseKind::Bad => assert!(
                    report.findings.iter().any(
                        |finding| finding.rule == lint.id && finding.level >= lint.level.min(Level::Warn)
                    ),
                    "{} does not flag\n{text}\n{}",
                    lint.id,
                    said(&report)
                ),
                CaseKind::Good => assert!(
                    report.findings.is_empty() && report.gaps.is_empty(),
                    "{}: its good example is flagged\n{text}\n{}",
                    lint.id,
                    said(&report)
                ),
            }
        }
    }
}

#[test]
fn a_lint_says_what_it_is() {
    for lint in LINTS {
        let manual = lint.manual();
        assert!(manual.lines().next().unwrap().ends_with('.'), "{}: {manual}", lint.id);
        assert!(tightlip_engine::MECHANISMS.iter().any(|one| one.id == lint.mechanism), "{}", lint.id);
        assert!(lint.id.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{}", lint.id);
    }
}

/// The Dockerfiles of a corpus file: `=== NAME` opens one.
fn corpus(file: &str) -> Vec<(String, String)> {
    let text = std::fs::read_to_string(folder(file)).unwrap();
    let mut cases: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        match line.strip_prefix("=== ") {
            Some(name) => cases.push((name.to_owned(), String::new())),
            None => cases.last_mut().into_iter().for_each(|(_, text)| {
                text.push_str(line);
                text.push('\n');
            }),
        }
    }
    cases
}

/// Marks a line that leaks.
const MARK: &str = " ⟵ leak";

#[test]
fn every_leaking_line_is_flagged_and_no_other() {
    let mut wrong = String::new();
    let (mut expected_lines, mut missed, mut beside) = (0, 0, 0);
    for (name, text) in corpus("leaking.txt") {
        let marked = text.lines().enumerate().filter(|(_, line)| line.ends_with(MARK));
        let expected: BTreeSet<u64> = marked.map(|(index, _)| index as u64 + 1).collect();
        assert!(!expected.is_empty(), "{name} marks no line");
        let text = filled(&text.replace(MARK, ""), &mut Sampler::new(23));
        let report = linted(&[("Dockerfile".to_owned(), text)]);
        let found = lines(&report);
        expected_lines += expected.len();
        missed += expected.difference(&found).count();
        beside += found.difference(&expected).count();
        if found != expected {
            let _ = writeln!(wrong, "{name}: expected {expected:?}, found {found:?}\n{}", said(&report));
        }
    }
    assert!(wrong.is_empty(), "{missed} of {expected_lines} lines missed, {beside} flagged in vain\n{wrong}");
}

#[test]
fn clean_dockerfiles_stay_silent() {
    let mut wrong = String::new();
    let mut cases = corpus("clean.txt");
    for entry in std::fs::read_dir(folder("clean")).into_iter().flatten() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        cases.push((name, std::fs::read_to_string(&path).unwrap()));
    }
    assert!(cases.len() >= 200, "there are only {} clean Dockerfiles", cases.len());
    for (name, text) in &cases {
        let text = filled(text, &mut Sampler::new(5));
        let report = linted(&[("Dockerfile".to_owned(), text)]);
        if !report.findings.is_empty() || !report.gaps.is_empty() {
            let _ = writeln!(wrong, "{name}\n{}    {:?}", said(&report), report.gaps);
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn a_pipe_that_brings_nothing_is_not_clean() {
    let report = linted(&[("Dockerfile".to_owned(), "\n".to_owned())]);
    assert_eq!(report.gaps.len(), 1, "{:?}", report.gaps);
}

#[test]
fn what_is_built_from_a_source_with_a_secret_in_it_leaks_though_its_stage_is_thrown_away() {
    let level = |write: &str, rest: &str| {
        let step = format!("RUN --mount=type=secret,id=K,env=K,required=true {write}");
        let report =
            read_by(&format!("FROM node:22 AS build\nWORKDIR /app\nCOPY . .\n{step}\n{rest}\n")).report;
        report.findings.iter().find(|one| one.rule == "secret-persisted").map(|one| one.level)
    };
    let sed = |file: &str| format!("sed -i \"s|@K@|$K|\" {file}");
    let image = "RUN npm run build\nFROM nginx:1.29\nCOPY --from=build /app/dist /www";
    assert_eq!(level(&sed("src/pay.js"), image), Some(Level::Deny));
    assert_eq!(
        level("echo \"package main; const k = \\\"$K\\\"\" > key.go && go build -o /b .", image),
        Some(Level::Deny)
    );
    // Nothing is built from it, or the image has nothing of the stage, or it is what the tool reads to build.
    let other = "FROM nginx:1.29\nCOPY --from=build /app/dist /www";
    assert_eq!(level(&sed("src/pay.js"), other), Some(Level::Warn));
    assert_eq!(
        level(&sed("src/pay.js"), "RUN npm run build\nFROM nginx:1.29\nCOPY . /www"),
        Some(Level::Warn)
    );
    for file in ["vite.config.ts", "src/settings.ini", "gradle.properties"] {
        assert_eq!(level(&sed(file), image), Some(Level::Warn), "{file}");
    }
}
