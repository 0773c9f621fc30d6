//! What people meet in their first minutes: the check-up, the greeting, and what typical mistakes are answered with.

#![expect(clippy::unwrap_used, reason = "a test that cannot run fails")]

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use tightlip_testkit::{Bundle, ImageBuilder};

struct Ran {
    code: Option<i32>,
    out: String,
    err: String,
}

/// Runs the program in a folder that is also its home, with these variables and no others.
fn run(home: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tightlip"));
    command.args(arguments).current_dir(home).env_clear().env("HOME", home).stdin(Stdio::null());
    let output = command.envs(variables.iter().copied()).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ran { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

/// The state of the first line of a check whose text holds a part.
fn state(said: &Value, check: &str, part: &str) -> String {
    let lines = said["checks"].as_array().unwrap().iter();
    let mut lines =
        lines.filter(|line| line["check"] == check && line["says"].as_str().unwrap().contains(part));
    lines.next().map(|line| line["state"].as_str().unwrap().to_owned()).unwrap_or_default()
}

#[test]
fn mistakes_are_answered_with_what_was_meant() {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("Dockerfile"), "FROM scratch\n").unwrap();
    std::fs::write(home.path().join("app.tar"), Bundle::of(ImageBuilder::new().build()).oci_archive())
        .unwrap();
    for (arguments, words) in [
        (&["scna", "app.tar"][..], "'scan'"),
        (&["app.tar"], "help: look into an image with: tightlip scan app.tar"),
        (&["ghcr.io/acme/app:1"], "tightlip scan ghcr.io/acme/app:1"),
        (&["Dockerfile"], "tightlip lint Dockerfile"),
        (&["scan"], "<TARGET>"),
        (&["scan", "Dockerfile"], "tightlip lint"),
        (&["scan", "."], "tightlip lint"),
        (&["scan", "apo.tar"], "help: name app.tar, if you meant that"),
        (&["scan", "dokcer:app"], "use `docker:`"),
        (&["scan", "--fromat", "json", "app.tar"], "'--format'"),
        (&["scan", "--format", "jsn", "app.tar"], "'json'"),
        (&["explain", "githb-pat"], "Did you mean `github-pat`?"),
        (&["rules", "gihtub"], "Did you mean `github"),
        (&["explore", "app.tar"], "tightlip scan app.tar"),
        (&["lint", "app.tar"], "tightlip scan app.tar"),
    ] {
        let ran = run(home.path(), arguments, &[]);
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{arguments:?}: {}", ran.err);
        assert!(ran.err.contains(words), "{arguments:?}: {}", ran.err);
    }
}

#[test]
fn the_greeting_says_what_can_be_done_here() {
    let home = tempfile::tempdir().unwrap();
    let bare = run(home.path(), &[], &[("DOCKER_HOST", "unix:///nowhere/docker.sock")]);
    assert_eq!(bare.code, Some(0));
    assert!(
        bare.out.contains("docker save NAME | tightlip scan -") && !bare.out.contains("will building"),
        "{}",
        bare.out
    );
    std::fs::write(home.path().join("Dockerfile"), "FROM scratch\n").unwrap();
    let here = run(home.path(), &[], &[("DOCKER_HOST", "tcp://d.example:1")]);
    assert!(
        here.out.contains("will building Dockerfile leak?") && here.out.contains("scan docker:NAME"),
        "{}",
        here.out
    );
    assert_eq!(run(home.path(), &["help", "scan"], &[]).out, run(home.path(), &["scan", "--help"], &[]).out);
}

#[cfg(unix)]
#[test]
fn the_doctor_says_what_is_there_what_is_not_and_what_is_broken() {
    use std::os::unix::fs::PermissionsExt as _;

    let home = tempfile::tempdir().unwrap();
    let daemon = tightlip_testkit::Daemon::start(tightlip_testkit::Dialect::Docker).info(json!({
        "ServerVersion": "28.5.2", "OSType": "linux", "Architecture": "x86_64", "Driver": "overlay2",
    }));
    let program = |name: &str, script: &str| {
        let path = home.path().join(".docker/cli-plugins").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    };
    program("docker-buildx", r#"[ "$1" = docker-cli-plugin-metadata ] && echo '{"Version": "v0.30.1"}'"#);
    program("docker-tightlip", "exit 1");
    let host = daemon.host();
    let doctor =
        || run(home.path(), &["doctor", "--format", "json"], &[("DOCKER_HOST", &host), ("PATH", "/bin")]);
    let ran = doctor();
    let said: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((ran.code, said["schema"].as_str()), (Some(2), Some("tightlip.doctor/1")), "{said:#}");
    assert_eq!(state(&said, "daemon", "Docker 28.5.2, linux/x86_64"), "good", "{said:#}");
    assert_eq!(state(&said, "daemon", "classic store (overlay2)"), "good", "{said:#}");
    assert_eq!(state(&said, "buildx", "buildx v0.30.1"), "good", "{said:#}");
    assert_eq!(state(&said, "plugin", "does not answer"), "broken", "{said:#}");
    assert_eq!(state(&said, "login", "no login"), "missing", "{said:#}");
    assert_eq!(state(&said, "identity key", "identity.key"), "missing", "{said:#}");
    assert_eq!(state(&said, "terminal", "elsewhere"), "missing", "{said:#}");
    std::fs::remove_file(home.path().join(".docker/cli-plugins/docker-tightlip")).unwrap();
    assert_eq!(doctor().code, Some(0));
}

#[cfg(unix)]
#[test]
fn the_doctor_shows_logins_without_their_values_and_a_key_that_others_read() {
    use std::os::unix::fs::PermissionsExt as _;

    let home = tempfile::tempdir().unwrap();
    let value = "bWFwbGU6d2FsbnV0LTc0MzE=";
    let config =
        json!({"auths": {"r.example": {"auth": value}, "empty.example": {}}, "credsStore": "none-such"});
    std::fs::create_dir_all(home.path().join(".docker")).unwrap();
    std::fs::write(home.path().join(".docker/config.json"), config.to_string()).unwrap();
    let key = home.path().join(".config/tightlip/identity.key");
    std::fs::create_dir_all(key.parent().unwrap()).unwrap();
    std::fs::write(&key, "0f".repeat(32)).unwrap();
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
    let ran = run(home.path(), &["doctor"], &[("DOCKER_HOST", "unix:///nowhere/docker.sock")]);
    assert_eq!(ran.code, Some(2), "{}", ran.out);
    assert!(!ran.out.contains(value) && !ran.out.contains(&"0f".repeat(8)), "{}", ran.out);
    for words in [
        "itself: r.example\n",
        "there is no program docker-credential-none-such",
        "has mode 0644",
        "→ keep it to yourself: chmod 600",
        "cannot reach Docker at unix:///nowhere/docker.sock",
        "(found by DOCKER_HOST)",
    ] {
        assert!(ran.out.contains(words), "{words}: {}", ran.out);
    }
    assert!(!ran.out.contains("empty.example"), "{}", ran.out);
}

#[test]
fn the_demo_without_docker_shows_its_own_value_and_no_other_run_has_it() {
    let home = tempfile::tempdir().unwrap();
    let demo = || run(home.path(), &["demo", "--no-docker"], &[]);
    let (one, other) = (demo(), demo());
    assert_eq!((one.code, one.err.as_str()), (Some(0), ""));
    let value = one.out.split("orchid-").nth(1).unwrap().get(..10).unwrap();
    assert!(!other.out.contains(value));
    let kept = run(home.path(), &["demo", "--keep", "images"], &[]);
    assert_eq!(kept.code, Some(0), "{}", kept.err);
    let scan = run(home.path(), &["scan", "images/deleted.tar"], &[]);
    assert_eq!(scan.code, Some(1), "{}", scan.out);
}
