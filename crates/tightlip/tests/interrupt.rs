//! Ctrl-C ends a scan and leaves nothing behind.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that cannot run fails")]

use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use tightlip_testkit::{Age, Bundle, Daemon, Dialect, ImageBuilder, Wrong};

/// A daemon that sends the first half of an image and then nothing.
fn stalling() -> Daemon {
    let image = Bundle::of(ImageBuilder::new().file("a", "b").file("c", "d").build());
    let archive = image.docker_archive(Age::Modern);
    let half = archive.len() / 2;
    Daemon::start(Dialect::Docker).image("app", archive).wrong(Wrong::Stall(half))
}

fn start(daemon: &Daemon, home: &Path) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tightlip"));
    command.args(["scan", "docker:app"]).env_clear().env("HOME", home).env("DOCKER_HOST", daemon.host());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill").args([&format!("-{name}"), &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
}

fn end(mut child: Child) -> Output {
    let start = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if start.elapsed() > Duration::from_secs(20) {
            child.kill().unwrap();
            panic!("it does not end");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    child.wait_with_output().unwrap()
}

/// Until the daemon was asked.
fn wait(daemon: &Daemon) {
    let start = Instant::now();
    while daemon.asked().is_empty() {
        assert!(start.elapsed() < Duration::from_secs(20), "the daemon is never asked");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Every file below a folder but the identity key.
fn files(folder: &Path) -> Vec<String> {
    let listed = std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
    listed
        .flat_map(|path| if path.is_dir() { files(&path) } else { vec![path.display().to_string()] })
        .filter(|path| !path.ends_with("identity.key") && !path.ends_with("/key"))
        .collect()
}

#[test]
fn ctrl_c_ends_a_scan_that_waits_and_leaves_nothing_behind() {
    let (daemon, home) = (stalling(), tempfile::tempdir().unwrap());
    let child = start(&daemon, home.path());
    wait(&daemon);
    signal(&child, "INT");
    let output = end(child);
    assert_eq!(output.status.code(), Some(130));
    assert!(output.stdout.is_empty(), "no report that could be taken for a result");
    assert_eq!(files(home.path()), [""; 0]);
}

#[test]
fn a_second_ctrl_c_ends_it_at_once() {
    let (daemon, home) = (stalling(), tempfile::tempdir().unwrap());
    let child = start(&daemon, home.path());
    wait(&daemon);
    for _ in 0..2 {
        signal(&child, "INT");
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(end(child).status.code(), Some(130));
}

#[test]
fn a_scan_that_is_killed_leaves_no_half_of_a_file() {
    let (daemon, home) = (stalling(), tempfile::tempdir().unwrap());
    let mut child = start(&daemon, home.path());
    wait(&daemon);
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(files(home.path()), [""; 0]);
}
