//! `tightlip sweep` on the command line: exit codes, events, questions.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a command that cannot be run fails the test")]

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use tightlip_testkit::{At, Bundle, Canary, Fault, Habits, ImageBuilder, Registry, Wrong};

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

/// The images of the registry that was swept last, by name, as the program tells them.
fn images(folder: &Path, arguments: &[&str]) -> Vec<(String, Value)> {
    let output = run(folder, &[&["images", "--format", "json"], arguments].concat());
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    let named = |image: &Value| (image["image"].as_str().unwrap().to_owned(), image.clone());
    answer["images"].as_array().unwrap().iter().map(named).collect()
}

#[test]
fn a_registry_that_fails_costs_what_it_fails_at_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let secret = Canary::new(3);
    let registry = Registry::start(Habits::default());
    let clean = |name: &str| ImageBuilder::new().file("name", name);
    for name in ["a", "b", "c", "d"] {
        registry.push(name, "1", &Bundle::of(clean(name).build()));
    }
    registry.push("leaks", "1", &Bundle::of(clean("leaks").env("API_TOKEN", secret.text()).build()));
    let poisoned = clean("poisoned").build();
    let digest = poisoned.layers[0].digest.clone();
    registry.push("poisoned", "1", &Bundle::of(poisoned));
    let elsewhere = registry.elsewhere();
    registry.fault(Fault::always(At::Digest(digest.clone()), Wrong::Flipped));
    for wrong in [
        Wrong::Cut(40),
        Wrong::Status(503, None),
        Wrong::Status(429, Some(1)),
        Wrong::Elsewhere(elsewhere.url()),
    ] {
        registry.fault(Fault::times(At::Blobs, wrong, 1));
    }
    let output = run(folder.path(), &[&registry.host()]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains(&digest), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains(&digest), "what was not read stands in the overview");
    for (name, image) in images(folder.path(), &[]) {
        let expected = match name.rsplit_once('/').unwrap().1 {
            "leaks:1" => "leaking",
            "poisoned:1" => "unproven",
            _ => "clean",
        };
        assert_eq!(image["verdict"], expected, "{name}: {image:#}");
    }
    let statuses: Vec<u16> = registry.asked().iter().map(|asked| asked.status).collect();
    assert!([429, 503, 307].iter().all(|status| statuses.contains(status)), "{statuses:?}");
}

#[test]
fn the_policy_of_the_folder_holds() {
    let folder = tempfile::tempdir().unwrap();
    let registry = registry(Some(&Canary::new(4)));
    assert_eq!(run(folder.path(), &[&registry.host()]).status.code(), Some(1));
    let (_, leaks) = images(folder.path(), &[]).pop().unwrap();
    let file = folder.path().join("tightlip.toml");
    let allow = |finding: &Value| {
        format!("[[allow]]\nfingerprint = {}\nreason = \"known\"\n", finding["fingerprint"])
    };
    let findings = leaks["findings"].as_array().unwrap();
    std::fs::write(&file, findings.iter().map(allow).collect::<String>()).unwrap();
    let asked = registry.asked().len();
    let by = ["--config", file.to_str().unwrap()];
    let report = run(folder.path(), &[&["report"][..], &by].concat());
    assert_eq!(report.status.code(), Some(0), "{}", text(&report.stdout));
    assert!(
        text(&report.stdout).contains("in 1 image; `images --format json` names them"),
        "{}",
        text(&report.stdout)
    );
    let sarif = run(folder.path(), &[&["report", "--format", "sarif"][..], &by].concat());
    assert!(text(&sarif.stdout).contains("known"), "what is allowed is told with its reason");
    assert_eq!(run(folder.path(), &["report"]).status.code(), Some(1), "without it, everything counts again");
    assert_eq!(registry.asked().len(), asked);
}

#[test]
fn what_cannot_be_asked_for_is_refused_with_what_can() {
    let folder = tempfile::tempdir().unwrap();
    for (arguments, told) in [
        (&["example.invalid", "--list-by", "artifactory"][..], "docker-hub, github, gitlab, harbor, quay"),
        (&["example.invalid", "--max-rate", "0"], "requests a second"),
        (&["example.invalid", "--max-rate", "1e-300"], "requests a second"),
        (&["ghcr.io"], "tightlip sweep ghcr.io/NAME"),
        (&["127.0.0.1:1"], "check that a registry runs"),
        (&["leaks"], "tightlip sweep HOST"),
    ] {
        let output = run(folder.path(), arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(text(&output.stderr).contains(told), "{arguments:?}: {}", text(&output.stderr));
    }
}

#[test]
fn a_name_below_which_nothing_is_leaves_nothing_proven() {
    let folder = tempfile::tempdir().unwrap();
    let registry = registry(None);
    let code = |arguments: &[&str]| run(folder.path(), arguments).status.code();
    assert_eq!(code(&[&format!("{}/claen", registry.host())]), Some(3), "a slip of the pen is not clean");
    assert_eq!(code(&[&registry.host(), "--include", "claen*"]), Some(3));
    assert_eq!(code(&[&format!("http://{}/clean/", registry.host())]), Some(0), "as a browser has it");
    let empty = Registry::start(Habits::default());
    let output = run(folder.path(), &[&empty.host()]);
    assert_eq!((output.status.code(), text(&output.stdout).contains("no image was found")), (Some(0), true));
}
