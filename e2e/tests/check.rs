//! Our lints next to BuildKit's own check: whatever `docker build --check` says of secrets in `ARG` and `ENV` is also said
//! by us of the same instruction, or is listed here with the reason why it is no secret.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use tightlip_dockerfile::{Document, Instruction, Kind, Scope, Stages};
use tightlip_e2e::{Docker, github_token, program};

const CORPORA: &[&str] = &[
    include_str!("../../crates/engine/tests/lint/clean.txt"),
    include_str!("../../crates/engine/tests/lint/leaking.txt"),
];

/// The words without which BuildKit has nothing to say of a name.
const WORDS: &[&str] =
    &["apikey", "auth", "credential", "key", "password", "pword", "passwd", "secret", "token"];

/// Names that BuildKit warns about and that hold no secret, and what they hold.
const SPARED: &[(&[&str], &str)] = &[
    (&["GPG_KEY", "RABBITMQ_PGP_KEY_ID"], "the fingerprint of a public key"),
    (
        &[
            "TOKEN_PATH",
            "SSH_KEY_DIR",
            "SSH_AUTH_SOCK",
            "GOOGLE_APPLICATION_CREDENTIALS",
            "DB_PASSWORD_FILE",
            "POSTGRES_PASSWORD_FILE",
            "WORDPRESS_DB_PASSWORD_FILE",
            "GF_SECURITY_ADMIN_PASSWORD__FILE",
            "MINIO_ROOT_PASSWORD_FILE",
            "MINIO_KMS_SECRET_KEY_FILE",
        ],
        "a path",
    ),
    (&["AUTH_URL"], "an address"),
    (&["AIRFLOW__CORE__FERNET_KEY_SECRET"], "the name of a secret in the store that Airflow asks"),
    (&["SECRET_NAME", "API_KEY_HEADER", "CACHE_KEY", "KEY_PREFIX"], "a name"),
    (&["TOKEN_TTL", "PASSWORD_MIN_LENGTH", "PASSWORD_HASHER", "AUTH_TRUST_HOST"], "a setting"),
    (&["SECRET_KEY"], "nothing: `ENV SECRET_KEY=` is empty, the container gets it when it starts"),
    (
        &["VITE_GOOGLE_MAPS_API_KEY", "REACT_APP_GOOGLE_MAPS_API_KEY", "REACT_APP_FIREBASE_API_KEY"],
        "a key that browsers are meant to see",
    ),
];

#[test]
fn what_buildkit_warns_about_is_flagged_or_spared_for_a_reason() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let cases: Vec<(String, String)> = CORPORA.iter().flat_map(|corpus| cases(corpus)).collect();
    let (next, wrong, warned) = (AtomicUsize::new(0), Mutex::new(Vec::new()), AtomicUsize::new(0));
    let work = || -> Result<()> {
        while let Some((name, text)) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
            for (line, variable) in check(&docker, text).with_context(|| name.clone())? {
                warned.fetch_add(1, Ordering::Relaxed);
                if !is_spared(&variable) && !flags(text, line)? {
                    let mut wrong = wrong.lock().map_err(|_| anyhow::anyhow!("a thread failed"))?;
                    wrong.push(format!("{name}: line {line}: {variable}"));
                }
            }
        }
        Ok(())
    };
    std::thread::scope(|scope| -> Result<()> {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(work)).collect();
        threads
            .into_iter()
            .try_for_each(|thread| thread.join().map_err(|_| anyhow::anyhow!("a thread failed"))?)
    })?;
    let wrong = wrong.into_inner().unwrap_or_default();
    ensure!(wrong.is_empty(), "BuildKit warns, and we do not:\n{}", wrong.join("\n"));
    let warned = warned.into_inner();
    ensure!(warned > 40, "BuildKit warned only {warned} times: does it still check?");
    Ok(())
}

fn is_spared(name: &str) -> bool {
    SPARED.iter().any(|(names, _)| names.contains(&name))
}

/// The files of a corpus of which BuildKit may have something to say, as it can check them without a network.
fn cases(corpus: &str) -> Vec<(String, String)> {
    let mut cases: Vec<(String, String)> = Vec::new();
    for line in corpus.lines() {
        match line.strip_prefix("=== ") {
            Some(name) => cases.push((name.to_owned(), String::new())),
            None => cases.last_mut().into_iter().for_each(|(_, text)| {
                text.push_str(line.trim_end_matches(" ⟵ leak"));
                text.push('\n');
            }),
        }
    }
    let lower = |text: &str| text.to_ascii_lowercase();
    cases.retain(|(_, text)| WORDS.iter().any(|word| lower(text).contains(word)));
    cases.into_iter().map(|(name, text)| (name, offline(&filled(&text)))).collect()
}

/// Values in the place of templates: `{base62:36}`.
fn filled(text: &str) -> String {
    let (mut out, mut rest) = (String::new(), text);
    while let Some((before, from)) = rest.split_once('{') {
        out.push_str(before);
        let field = from.split_once('}').and_then(|(field, after)| Some((field.split_once(':')?, after)));
        let wanted =
            field.and_then(|((class, length), after)| Some((class, length.parse::<usize>().ok()?, after)));
        match wanted.filter(|_| !out.ends_with('$')) {
            Some((class, length, after)) => {
                let letters: String = github_token().chars().skip(4).cycle().take(length).collect();
                out.push_str(&if class == "upper" { letters.to_ascii_uppercase() } else { letters });
                rest = after;
            }
            None => {
                out.push('{');
                rest = from;
            }
        }
    }
    out + rest
}

/// The same lines with images and frontends that are there.
fn offline(text: &str) -> String {
    let text = text.replace("# syntax=", "# was-syntax=");
    let document = Document::parse(&text);
    let stages = Stages::of(&document, &Scope::default());
    let mut images = Vec::new();
    for stage in stages.all() {
        let Some(Kind::From(from)) = document.instructions().get(stage.from).map(|one| &one.kind) else {
            continue;
        };
        if !matches!(stage.base, tightlip_dockerfile::Base::Stage(_)) {
            images.push(from.image.span());
        }
    }
    let mut out = text.clone();
    for span in images.into_iter().rev() {
        out.replace_range(span.range(), "scratch");
    }
    out
}

/// The lines and names that BuildKit warns about.
fn check(docker: &Docker, text: &str) -> Result<BTreeSet<(u64, String)>> {
    let folder = tempfile::tempdir()?;
    std::fs::write(folder.path().join("Dockerfile"), text)?;
    // It fails when there is something to warn about.
    let script = "docker buildx build --call=check,format=json . || test $? = 1";
    let output = docker.script(folder.path(), script, ("BUILDX_NO_DEFAULT_ATTESTATIONS", "1"))?;
    let said: Value = serde_json::from_slice(&output).with_context(|| text.to_owned())?;
    let mut found = BTreeSet::new();
    for warning in said["warnings"].as_array().into_iter().flatten() {
        if warning["ruleName"] != "SecretsUsedInArgOrEnv" {
            continue;
        }
        let line = warning["location"]["ranges"][0]["start"]["line"].as_u64().context("a line")?;
        let name = warning["detail"].as_str().and_then(|detail| detail.split('"').nth(1));
        found.insert((line, name.context("a name")?.to_owned()));
    }
    Ok(found)
}

/// Whether we say something of a line of the instruction that begins here.
fn flags(text: &str, line: u64) -> Result<bool> {
    let document = Document::parse(text);
    let begins = |one: &&Instruction| one.line as u64 == line;
    let Some(instruction) = document.instructions().iter().find(begins) else {
        bail!("no instruction in line {line}")
    };
    let last = document.line(instruction.span.end.saturating_sub(1)) as u64;
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("Dockerfile");
    std::fs::write(&path, text)?;
    let report = lint(&path)?;
    let findings = report["findings"].as_array().into_iter().flatten();
    let mut lines = findings.filter_map(|finding| finding["place"]["line"].as_u64());
    Ok(lines.any(|found| (line..=last).contains(&found)))
}

fn lint(path: &Path) -> Result<Value> {
    let output = Command::new(program()?).args(["lint", "--format", "json"]).arg(path).output()?;
    Ok(serde_json::from_slice(&output.stdout)?)
}
