//! The log of a guarded build shows no secret, whatever it looks like and however it is printed.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use tightlip_e2e::{Build, Docker, github_token, holds, soon};

/// Prints every secret as it is and in base64, whole.
const PRINT: &str =
    "for f in /run/secrets/*; do cat \"$f\"; echo; base64 < \"$f\"; echo; done\necho went on\n";

/// A build whose step prints these secrets; what it does is in a file that no lint reads.
fn printing(secrets: &[(&str, String)]) -> Build {
    let mounts: String = secrets.iter().map(|(id, _)| format!("--mount=type=secret,id={id} ")).collect();
    let text = format!("FROM bb\nCOPY print.sh /\nRUN {mounts}sh /print.sh\n");
    let build = Build::new(text).file("print.sh", PRINT);
    secrets.iter().fold(build, |build, (id, value)| build.secret(id, value))
}

/// As the step prints it.
fn base64(text: &str) -> Result<String> {
    let mut command = Command::new("base64");
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    child.stdin.take().context("no input")?.write_all(text.as_bytes())?;
    let output = child.wait_with_output()?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Moments that no run had before, in milliseconds.
fn moments(count: u32) -> Vec<u64> {
    let time = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos() as u64);
    (0..count)
        .map(|turn| (time >> turn).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40)
        .map(|n| n % 1800)
        .collect()
}

#[test]
fn secrets_of_every_shape_are_masked_in_the_log() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let long: String = (0..1700).map(|_| github_token()).collect();
    let begin = "-----BEGIN PRIVATE KEY-----";
    let body: Vec<String> = (0..20).map(|_| github_token().replace('_', "/")).collect();
    let secrets = [
        ("marks", "a&b<c>\"d'e$f`g\\h".to_owned()),
        ("spaces", "correct horse battery staple".to_owned()),
        ("lines", format!("first{}\nsecond{}", github_token(), github_token())),
        ("umlauts", "Schlüssel-für-Ähren-✓".to_owned()),
        ("short", "x7$k".to_owned()),
        ("long", long.chars().take(64 << 10).collect()),
        ("pem", format!("{begin}\n{}\n-----END PRIVATE KEY-----\n", body.join("\n"))),
        ("prefix", "hunter2hunter".to_owned()),
        ("prefixed", "hunter2hunter-and-more".to_owned()),
    ];
    for progress in ["plain", "rawjson"] {
        let told = docker.guard(&printing(&secrets), &["--no-cache", "--progress", progress])?;
        assert_eq!(told.code, 1, "{}", told.err);
        let log = told.all();
        for (id, value) in &secrets {
            assert!(told.err.contains(&format!("Known value {id} ")), "{id} is not told: {}", told.err);
            for line in value.lines().filter(|line| !line.starts_with("-----")) {
                assert!(!log.contains(line), "{id} is shown: {progress}");
            }
        }
        assert!(!log.contains("-and-more"), "the rest of a longer secret is shown");
        for (id, value) in secrets.iter().filter(|(_, value)| value.len() < 57) {
            assert!(!log.contains(&base64(value)?), "{id} is shown in base64: {progress}");
        }
    }
    Ok(())
}

#[test]
fn what_a_file_of_variables_holds_is_masked_and_stops_the_image() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let value = github_token().replace('_', "x");
    let script =
        ". /run/secrets/env\necho connecting as app, $DB_PASSWORD\necho $DB_PASSWORD | base64 > /app/f\n";
    let text = "FROM bb\nCOPY go.sh /\nRUN --mount=type=secret,id=env sh /go.sh\n";
    let env = format!("DB_HOST=db.internal\nDB_PASSWORD=\"{value}\" # prod\n");
    let build = Build::new(text).file("go.sh", script).secret("env", &env);
    let told = docker.guard(&build, &["--no-cache", "--progress", "plain"])?;
    assert_eq!(told.code, 1, "{}", told.err);
    assert!(told.all().contains("connecting as app, ‹masked›"), "{}", told.all());
    assert!(!told.all().contains(&value) && !told.all().contains(&base64(&value)?), "{}", told.all());
    assert!(told.err.contains("Known value DB_PASSWORD of env "), "{}", told.err);
    Ok(())
}

#[test]
fn a_secret_that_comes_byte_by_byte_from_steps_at_once_is_masked() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let (one, other) = (github_token(), github_token());
    let drip = "n=$(wc -c < $1); i=1\nwhile [ $i -le $n ]; do dd if=$1 bs=1 count=1 skip=$((i-1)) 2>/dev/null; i=$((i+1)); done\necho\necho done\n";
    let text = "FROM bb AS base\nCOPY drip.sh /\nFROM base AS a\n\
        RUN --mount=type=secret,id=one sh /drip.sh /run/secrets/one; touch /app/a\nFROM base AS b\n\
        RUN --mount=type=secret,id=other sh /drip.sh /run/secrets/other; touch /app/b\n\
        FROM bb\nCOPY --from=a /app/a /app/\nCOPY --from=b /app/b /app/\n";
    let build = Build::new(text).file("drip.sh", drip).secret("one", &one).secret("other", &other);
    for progress in ["plain", "rawjson"] {
        let told = docker.guard(&build, &["--no-cache", "--progress", progress])?;
        assert_eq!(told.code, 1, "{}", told.err);
        assert!(!told.all().contains(&one) && !told.all().contains(&other), "{}", told.err);
        for id in ["one", "other"] {
            assert!(told.err.contains(&format!("Known value {id} ")), "{id}: {}", told.err);
        }
    }
    Ok(())
}

#[test]
fn a_build_that_is_ended_at_any_moment_leaves_nothing() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let secret = github_token();
    let text =
        "FROM bb\nCOPY step.sh /\nRUN --mount=type=secret,id=t sh /step.sh\nRUN sleep 0.3; echo b > /app/b\n";
    let step = "cat /run/secrets/t; sleep 0.5; wc -c < /run/secrets/t > /app/a\n";
    let tag =
        format!("e2e-guard/{}", docker.path("killed").file_name().unwrap_or_default().to_string_lossy());
    let folder = docker.guard_folder()?;
    let random = ["INT", "TERM", "KILL", "KILL"].into_iter().zip(moments(4));
    let fixed = [("INT", 100), ("INT", 900), ("TERM", 700), ("KILL", 300), ("KILL", 1300)];
    for (signal, moment) in fixed.into_iter().chain(random) {
        let build = Build::new(text).file("step.sh", step).secret("t", &secret);
        let mut command = docker.guard_command(&build, &["--no-cache", "--progress=plain", "--tag", &tag])?;
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        std::thread::sleep(Duration::from_millis(moment));
        let kill = format!("kill -{signal} {}", child.id());
        Command::new("sh").args(["-c", &kill]).status()?;
        let status = child.wait()?;
        let said = child.wait_with_output()?;
        let said = String::from_utf8_lossy(&[said.stdout, said.stderr].concat()).into_owned();
        assert!(!said.contains(&secret), "{signal} after {moment} ms");
        assert!(!holds(&folder, secret.as_bytes())?, "{signal} after {moment} ms leaves the secret on disk");
        assert_eq!(docker.inspect(&tag, "{{.Id}}"), None, "{signal} after {moment} ms");
        if signal != "KILL" {
            let left = std::fs::read_dir(&folder)?.count();
            // One that is ended before it listens ends by the signal.
            let code = status.code().or((moment < 100).then_some(130));
            assert_eq!((code, left), (Some(130), 0), "{signal} after {moment} ms: {said}");
        }
        // Somebody tidies up after those that could not do so themselves.
        assert!(soon(|| docker.is_at_work().map(|is| !is))?, "{signal} after {moment} ms: no end");
        let left = std::fs::read_dir(&folder)?.count();
        assert_eq!((left, docker.logs()?.as_slice()), (0, &[][..]), "{signal} after {moment} ms");
    }
    Ok(())
}

#[test]
fn what_nobody_could_tidy_up_after_is_removed_by_the_next_build() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let folder = docker.guard_folder()?;
    let left = folder.join("tightlip-build-killed");
    std::fs::create_dir(&left)?;
    std::fs::write(left.join("lock"), "")?;
    let told = docker.guard(&Build::new("FROM bb\n"), &["-q"])?;
    assert_eq!((told.code, std::fs::read_dir(&folder)?.count()), (0, 0), "{told:#?}");
    Ok(())
}

#[test]
fn the_record_of_a_build_that_leaks_is_gone_and_that_of_a_clean_one_is_kept() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let secret = github_token();
    let build = |step: &str| Build::new(format!("FROM bb\n{step}\n")).secret("t", &secret);
    let clean = build("RUN --mount=type=secret,id=t wc -c < /run/secrets/t > /app/size; echo went on");
    let told = docker.guard(&clean, &["-q", "--no-cache"])?;
    assert_eq!(told.code, 0, "{told:#?}");
    let logs = docker.logs()?;
    assert!(logs.len() == 1 && logs.iter().all(|log| log.contains("went on")), "{logs:?}");
    let leaks = build("RUN --mount=type=secret,id=t cat /run/secrets/t");
    let told = docker.guard(&leaks, &["--progress=plain", "--no-cache"])?;
    assert!(told.code == 1 && told.err.contains("it is gone"), "{told:#?}");
    assert_eq!(docker.logs()?.len(), 1);
    Ok(())
}
