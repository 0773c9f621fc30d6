//! Asks a credential helper: the one place outside of builds that starts a program, because `docker login` keeps
//! credentials with such programs and nowhere else.
//!
//! Source: docker/docker-credential-helpers, "Development": the server on standard input, JSON on standard output.

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use serde_json::Value;

/// How long a helper may take: some ask a person.
const PATIENCE: Duration = Duration::from_secs(60);
/// The longest answer that is read, in bytes.
const MAX_ANSWER: u64 = 1 << 20;

/// User name and secret that `docker-credential-<name>` knows for a server; none if it knows none.
///
/// # Errors
/// When there is no such program, or it fails otherwise. What it wrote is not repeated: it could be a secret.
pub(super) fn ask(
    name: &str,
    server: &str,
    programs: &[PathBuf],
) -> Result<Option<(String, String)>, String> {
    run((name, "get"), server, programs, understand)
}

/// The servers that `docker-credential-<name>` knows a secret for.
///
/// # Errors
/// As [`ask`].
pub(in crate::store) fn list(name: &str, programs: &[PathBuf]) -> Result<Vec<String>, String> {
    run((name, "list"), "", programs, |answer| {
        let value: Option<Value> = serde_json::from_slice(&answer.text).ok().filter(|_| answer.success);
        let servers = value.as_ref().and_then(Value::as_object).map(|all| all.keys().cloned().collect());
        servers.ok_or_else(|| "does not list what it knows".to_owned())
    })
}

fn run<T>(
    (name, action): (&str, &str),
    input: &str,
    programs: &[PathBuf],
    understand: fn(&Answer) -> Result<T, String>,
) -> Result<T, String> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    if name.is_empty() || !name.bytes().all(plain) {
        return Err("the name of the credential helper is no name".to_owned());
    }
    let program = format!("docker-credential-{name}");
    let path =
        find(&program, programs).ok_or_else(|| format!("there is no program {program} on the path"))?;
    let mut child = Command::new(path)
        .arg(action)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|e| format!("cannot start {program}: {e}"))?;
    if let Some(mut stdin) = child.stdin.take() {
        // A helper that does not read its input answers all the same.
        let _ = stdin.write_all(input.as_bytes());
    }
    let answer = answer(&mut child).map_err(|why| format!("{program} {why}"))?;
    understand(&answer).map_err(|why| format!("{program} {why}"))
}

fn find(program: &str, programs: &[PathBuf]) -> Option<PathBuf> {
    let names = [program.to_owned(), format!("{program}.exe")];
    let candidates = programs.iter().flat_map(|dir| names.iter().map(move |name| dir.join(name)));
    candidates.into_iter().find(|path| path.is_absolute() && Path::is_file(path))
}

struct Answer {
    text: Vec<u8>,
    success: bool,
}

fn answer(child: &mut Child) -> Result<Answer, String> {
    let output = child.stdout.take();
    let (send, receive) = mpsc::channel();
    std::thread::spawn(move || {
        let mut text = Vec::new();
        if let Some(output) = output {
            let _ = output.take(MAX_ANSWER).read_to_end(&mut text);
        }
        // Nobody may wait for it any more.
        let _ = send.send(text);
    });
    let start = Instant::now();
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) if start.elapsed() < PATIENCE => std::thread::sleep(Duration::from_millis(10)),
            Ok(None) => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(format!("does not answer within {} seconds", PATIENCE.as_secs()));
            }
            Err(e) => return Err(format!("cannot be waited for: {e}")),
        }
    };
    // A program that the helper left behind may hold its output open.
    let left = PATIENCE.saturating_sub(start.elapsed());
    let text = receive.recv_timeout(left).map_err(|_| "does not end its answer".to_owned())?;
    Ok(Answer { text, success: status.success() })
}

fn understand(answer: &Answer) -> Result<Option<(String, String)>, String> {
    if !answer.success {
        // The words of all helpers for a server that nobody logged in to (`credentials.NewErrCredentialsNotFound`).
        let unknown = String::from_utf8_lossy(&answer.text).contains("credentials not found");
        return if unknown { Ok(None) } else { Err("failed".to_owned()) };
    }
    let value: Value =
        serde_json::from_slice(&answer.text).map_err(|_| "answers something that is no JSON".to_owned())?;
    let text = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    match (text("Username"), text("Secret")) {
        (Some(user), Some(secret)) if !secret.is_empty() => Ok(Some((user, secret))),
        _ => Ok(None),
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn program(text: &str) -> (tempfile::TempDir, Vec<PathBuf>) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("docker-credential-test");
        std::fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        let programs = vec![dir.path().to_owned()];
        (dir, programs)
    }

    #[test]
    fn a_helper_is_told_the_server_and_gives_user_and_secret() {
        let (_dir, programs) =
            program(r#"read server; printf '{"Username":"%s","Secret":"word"}' "$server-$1""#);
        let known = ask("test", "ghcr.io", &programs).unwrap();
        assert_eq!(known, Some(("ghcr.io-get".to_owned(), "word".to_owned())));
    }

    #[test]
    fn a_helper_lists_its_servers() {
        let (_dir, programs) = program(r#"[ "$1" = list ] && echo '{"ghcr.io": "me", "r.example": "you"}'"#);
        assert_eq!(list("test", &programs).unwrap(), ["ghcr.io", "r.example"]);
        let (_dir, programs) = program("echo word");
        assert!(!list("test", &programs).unwrap_err().contains("word"));
    }

    #[test]
    fn a_server_that_a_helper_does_not_know_is_no_error_and_a_broken_helper_is() {
        let (_dir, programs) = program("echo 'credentials not found in native keychain'; exit 1");
        assert_eq!(ask("test", "ghcr.io", &programs).unwrap(), None);
        let (_dir, programs) = program("echo word; exit 3");
        assert!(!ask("test", "ghcr.io", &programs).unwrap_err().contains("word"));
        assert!(ask("other", "ghcr.io", &programs).is_err());
        assert!(ask("../test", "ghcr.io", &programs).is_err());
    }
}
