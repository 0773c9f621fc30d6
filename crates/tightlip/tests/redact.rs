//! `tightlip redact` as its users meet it: a log through a pipe.

#![expect(clippy::unwrap_used, reason = "a test that cannot run fails")]

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

fn redact(arguments: &[&str], log: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tightlip"));
    command.arg("redact").args(arguments).env_clear().env("NPM_TOKEN", "hunter2-hunter2");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // It may have ended before it read anything.
    let _ = child.stdin.take().unwrap().write_all(log.as_bytes());
    child.wait_with_output().unwrap()
}

#[test]
fn a_log_passes_masked_and_the_end_says_what_was_masked() {
    let output = redact(&["--known-env", "NPM_TOKEN"], "one hunter2-hunter2\ntwo");
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "one ‹masked›\ntwo");
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "tightlip: masked once: Known value NPM_TOKEN (known-value)\n"
    );
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn whoever_wants_to_fails_when_something_was_masked() {
    let fails = ["--known-env", "NPM_TOKEN", "--fail", "--quiet"];
    let output = redact(&fails, "one hunter2-hunter2\n");
    assert_eq!((output.status.code(), output.stderr.len()), (Some(1), 0));
    assert_eq!(redact(&fails, "one\n").status.code(), Some(0));
}

#[test]
fn a_value_that_is_not_there_is_an_error_that_lets_nothing_through() {
    let output = redact(&["--known-env", "NO_SUCH"], "one\n");
    assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0));
    assert!(String::from_utf8(output.stderr).unwrap().contains("NO_SUCH"));
}

#[test]
fn what_the_policy_names_is_masked_too() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("tightlip.toml"),
        "[search]\nnames = [\"ACME_UNLOCK\"]\n[known]\nenv = [\"NPM_TOKEN\", \"NOT_SET_HERE\"]\n",
    )
    .unwrap();
    let config = folder.path().join("tightlip.toml").display().to_string();
    let log = "one hunter2-hunter2\nACME_UNLOCK=orchid-and-more\n";
    let output = redact(&["--config", &config], log);
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "one ‹masked›\nACME_UNLOCK=‹masked›\n");
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("NOT_SET_HERE is not set here"), "{said}");
    let output = redact(&["--no-config"], log);
    assert_eq!(String::from_utf8(output.stdout).unwrap(), log);
    std::fs::write(folder.path().join("tightlip.toml"), "stric = true\n").unwrap();
    let output = redact(&["--config", &config], log);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0));
}

#[test]
fn a_comment_behind_a_value_hides_nothing_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("c.env");
    let known = path.display().to_string();
    let log = "conn orchid-7431, me:maple-7431@db\n";
    let text = "\u{feff}DB_PASSWORD=\"orchid-7431\" # prod\nURL=https://me:maple-7431@db/ # x\nPORT=8080\n";
    std::fs::write(&path, text).unwrap();
    let output = redact(&["--known-file", &known], log);
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "conn ‹masked›, me:‹masked›@db\n");
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("the values of PORT are not looked for"), "{said}");
    std::fs::write(&path, "# nothing\n").unwrap();
    let output = redact(&["--known-file", &known], log);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0));
}
