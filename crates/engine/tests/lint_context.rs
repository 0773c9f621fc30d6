//! What a build is really sent: files that exist, the ignore file that counts, and what instructions take.

#![expect(clippy::unwrap_used, reason = "a test that cannot run fails")]

use std::path::Path;

use tightlip_engine::IdentityKey;
use tightlip_engine::lint::{Apply, Contexts, Input, LintRequest, Linted, fixed, lint, write_change};
use tightlip_report::Level;
use tightlip_testkit::Canary;

const COPY_ALL: &str = "FROM node:22\nCOPY . /app\n";

/// A project on the disk, with the secret in every file that holds `{secret}`.
fn project(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let canary = Canary::new(7);
    for (path, text) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text.replace("{secret}", canary.text())).unwrap();
    }
    folder
}

fn request(path: &Path) -> LintRequest {
    LintRequest::new(vec![Input::Path(path.to_owned())], IdentityKey::new([3; 32]))
}

/// Rule, line, and the file that a finding names.
fn findings(linted: &Linted) -> Vec<(String, u64, Level)> {
    let all = linted.report.findings.iter();
    all.map(|one| (one.rule.clone(), one.place.line.unwrap_or(0), one.level)).collect()
}

fn found(files: &[(&str, &str)]) -> Vec<(String, u64, Level)> {
    let folder = project(files);
    findings(&lint(&request(folder.path())).unwrap())
}

fn leak(line: u64) -> Vec<(String, u64, Level)> {
    vec![("secret-in-context".to_owned(), line, Level::Deny)]
}

#[test]
fn a_file_that_git_ignores_is_sent_all_the_same() {
    let files = [("Dockerfile", COPY_ALL), (".gitignore", ".env\n"), (".env", "API_KEY={secret}\n")];
    assert_eq!(found(&files), leak(2));
}

#[test]
fn the_ignore_file_of_the_dockerfile_goes_before_that_of_the_context() {
    let env = ("a/.env", "API_KEY={secret}\n");
    assert_eq!(found(&[("Dockerfile", COPY_ALL), (".dockerignore", "**/.env\n"), env]), []);
    let own = ("Dockerfile.dockerignore", "other\n");
    assert_eq!(found(&[("Dockerfile", COPY_ALL), (".dockerignore", "**/.env\n"), own, env]), leak(2));
}

#[test]
fn only_what_an_instruction_takes_counts() {
    let env = (".env", "API_KEY={secret}\n");
    assert_eq!(
        found(&[("Dockerfile", "FROM node:22\nCOPY src package.json /app/\n"), env, ("src/a.js", "")]),
        []
    );
    assert_eq!(found(&[("Dockerfile", "FROM node:22\nRUN true\nCOPY .e* /app/\n"), env]), leak(3));
    assert_eq!(found(&[("Dockerfile", "FROM node:22\nCOPY --exclude=.env . /app/\n"), env]), []);
}

#[test]
fn a_dockerfile_in_a_folder_of_its_own_is_built_from_above() {
    let files = [
        ("docker/Dockerfile", "FROM node:22\nCOPY package.json src /app/\n"),
        ("package.json", "{}"),
        ("src/.npmrc", "//registry.npmjs.org/:_authToken={secret}\n"),
    ];
    assert_eq!(found(&files), leak(2));
}

#[test]
fn a_stage_that_is_thrown_away_warns() {
    let files = [
        ("Dockerfile", "FROM node:22 AS build\nCOPY . .\nFROM scratch\nCOPY --from=build /app/dist /\n"),
        (".env", "API_KEY={secret}\n"),
    ];
    assert_eq!(found(&files), [("secret-in-context".to_owned(), 2, Level::Warn)]);
}

#[test]
fn rules_that_only_seem_to_match_are_told() {
    for (rules, line) in [(".env\n", 1), ("# a\nconfg/.env\n", 2), ("**/.env\n!config/.env\n", 2)] {
        let files =
            [("Dockerfile", COPY_ALL), ("config/.env", "API_KEY={secret}\n"), (".dockerignore", rules)];
        let expected = ("ignore-rule-misses".to_owned(), line, Level::Warn);
        assert!(found(&files).contains(&expected), "{rules}: {:?}", found(&files));
    }
}

#[test]
fn the_repository_itself_is_history_that_goes_along() {
    let files =
        [("Dockerfile", COPY_ALL), (".git/HEAD", "ref: refs/heads/main\n"), (".git/objects/aa/b", "x")];
    assert_eq!(found(&files), [("git-directory-copied".to_owned(), 2, Level::Warn)]);
}

#[test]
fn a_fix_writes_the_ignore_file_and_nothing_is_left_to_say() {
    let folder = project(&[
        ("Dockerfile", COPY_ALL),
        ("a b/.env", "API_KEY={secret}\n"),
        ("[x]/.env", "API_KEY={secret}\n"),
        (".git/HEAD", "x"),
    ]);
    let before = lint(&request(folder.path())).unwrap();
    assert_eq!(before.report.findings.len(), 3);
    assert!(fixed(&before.files, &before.fixes, Apply::Safe).changes.is_empty());
    let changes = fixed(&before.files, &before.fixes, Apply::Unsafe).changes;
    for change in &changes {
        write_change(&before.files, change).unwrap();
    }
    let text = std::fs::read_to_string(folder.path().join(".dockerignore")).unwrap();
    assert_eq!(text, "\\[x]/.env\na b/.env\n.git\n");
    let after = lint(&request(folder.path())).unwrap();
    assert_eq!((findings(&after).as_slice(), after.fixes.len()), (&[][..], 0));
}

#[test]
fn a_file_that_an_instruction_names_is_not_fixed_by_ignoring_it() {
    let folder =
        project(&[("Dockerfile", "FROM node:22\nCOPY .env /app/\n"), (".env", "API_KEY={secret}\n")]);
    let linted = lint(&request(folder.path())).unwrap();
    let fixed = fixed(&linted.files, &linted.fixes, Apply::Unsafe);
    assert!(fixed.changes.is_empty() && fixed.refused[0].1.contains("mount it"), "{fixed:?}");
}

#[test]
fn what_cannot_be_read_is_a_gap() {
    let folder = project(&[("Dockerfile", COPY_ALL), ("big.bin", "")]);
    let big = std::fs::File::create(folder.path().join("big.bin")).unwrap();
    big.set_len(20 << 20).unwrap();
    let linted = lint(&request(folder.path())).unwrap();
    assert_eq!(linted.report.gaps.len(), 1);
    assert!(linted.report.gaps[0].reason.contains("context-file-size"));
    let unread = LintRequest { contexts: Contexts::Unread, ..request(folder.path()) };
    assert!(lint(&unread).unwrap().report.gaps.is_empty());
}

#[test]
fn what_the_search_passes_over_in_a_file_is_a_gap() {
    let many: String = (0..20_010).map(|n| format!("API_KEY_{n}={{secret}}\n")).collect();
    let folder = project(&[("Dockerfile", COPY_ALL), (".env", &many)]);
    let report = lint(&request(folder.path())).unwrap().report;
    assert!(report.gaps.iter().any(|gap| gap.reason.contains("limit `findings`")), "{:?}", report.gaps);
}

#[test]
fn no_value_of_a_context_is_in_the_report() {
    let folder = project(&[("Dockerfile", COPY_ALL), (".env", "API_KEY={secret}\n")]);
    let report = serde_json::to_string(&lint(&request(folder.path())).unwrap().report).unwrap();
    assert!(Canary::new(7).seen_in(&report).is_empty());
}
