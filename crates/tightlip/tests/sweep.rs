//! `tightlip sweep` on the command line: exit codes, events, questions.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a command that cannot be run fails the test")]

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use tightlip_testkit::{Bundle, Canary, Habits, ImageBuilder, Registry};

/// Runs it with everything of the user's own in one folder.
fn run(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tightlip"));
    command
        .arg("sweep")
        .args(arguments)
        .env_clear()
        .env("HOME", folder)
        .env("XDG_DATA_HOME", folder.join("data"));
    command.output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn registry(secret: Option<&Canary>) -> Registry {
    let registry = Registry::start(Habits::default());
    let clean = ImageBuilder::new().file("a", "b");
    registry.push("clean", "1", &Bundle::of(clean.clone().build()));
    if let Some(secret) = secret {
        registry.push("leaks", "1", &Bundle::of(clean.env("API_TOKEN", secret.text()).build()));
    }
    registry
}

#[test]
fn the_exit_code_is_that_of_everything() {
    let folder = tempfile::tempdir().unwrap();
    let (clean, leaking) = (registry(None), registry(Some(&Canary::new(1))));
    let code = |arguments: &[&str]| run(folder.path(), arguments).status.code();
    assert_eq!(code(&[&clean.host()]), Some(0));
    assert_eq!(code(&["images"]), Some(0), "of the registry that was swept last");
    assert_eq!(code(&[&leaking.host()]), Some(1));
    assert_eq!(code(&["report", "--registry", &clean.host()]), Some(0));
    assert_eq!(code(&["report", "--registry", &leaking.host()]), Some(1));
    assert_eq!(
        code(&[&format!("{}/clean", leaking.host()), "--state", folder.path().join("s").to_str().unwrap()]),
        Some(0)
    );
    for wrong in [&["blast"][..], &["leaks", "x"], &["foo", "bar"], &["127.0.0.1:1"], &["reuse", "none"]] {
        assert_eq!(code(wrong), Some(2), "{wrong:?}");
    }
    clean.lose(&clean.blobs()[0]);
    let again = folder.path().join("lost.db");
    assert_eq!(code(&[&clean.host(), "--state", again.to_str().unwrap()]), Some(3), "a blob is gone");
}

#[test]
fn events_are_json_lines_and_quiet_is_quiet() {
    let folder = tempfile::tempdir().unwrap();
    let secret = Canary::new(2);
    let registry = registry(Some(&secret));
    let output = run(folder.path(), &[&registry.host(), "--events", "--format", "json"]);
    let events: Vec<Value> =
        text(&output.stderr).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let words: Vec<&str> = events.iter().map(|event| event["event"].as_str().unwrap()).collect();
    assert_eq!((words.first(), words.last()), (Some(&"began"), Some(&"ended")));
    assert_eq!(words.iter().filter(|word| **word == "settled").count(), 2);
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&answer["schema"], &answer["verdict"]), (&"tightlip.sweep/1".into(), &"leaking".into()));
    let output = run(folder.path(), &[&registry.host(), "--quiet"]);
    assert_eq!(text(&output.stderr), "");
    for arguments in [
        &["images", "--format", "json"][..],
        &["report", "--format", "sarif"],
        &["leaks", "--format", "html"],
    ] {
        let output = run(folder.path(), arguments);
        let all = text(&output.stdout) + &text(&output.stderr);
        assert!(all.len() > 100 && secret.seen_in(&all).is_empty(), "{arguments:?}: {all}");
    }
    let refused = run(folder.path(), &["diff", "1d", "--format", "sarif"]);
    assert_eq!(refused.status.code(), Some(2));
}

#[test]
fn what_to_do_is_said_when_there_is_no_sweep() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(folder.path(), &["report"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("tightlip sweep HOST"), "{}", text(&output.stderr));
    let output = run(folder.path(), &["example.invalid", "--offline"]);
    assert!(text(&output.stderr).contains("--offline"), "{}", text(&output.stderr));
}
