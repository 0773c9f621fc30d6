//! `tightlip prove` with the tools themselves, not with stand-ins: what they write down of a secret, and that they do not when
//! it is handed over as `lint --fix` hands it.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use tightlip_e2e::{Docker, ci_tools, program, prove};

/// Puts the machine's tools with their libraries where `COPY rootfs/ /` finds them, and a repository that any server of files
/// can give out.
const ROOTFS: &str = r#"
put() { for f in "$@"; do mkdir -p "rootfs$(dirname "$f")"; cp -L "$f" "rootfs$f"; done; }
whole() { for f in "$@"; do put "$f"; put $(ldd "$f" | grep -o '/[^ ]*'); done; }
core=$(/usr/bin/git --exec-path)
whole /usr/bin/git "$core/git-remote-http" /usr/bin/curl /usr/bin/python3
ln -s git-remote-http "rootfs$core/git-remote-https"
ln -s /usr/bin/git "rootfs$core/git"
library=$(/usr/bin/python3 -c 'import os; print(os.path.dirname(os.__file__))')
mkdir -p "rootfs$library"
tar c -C "$library" --exclude=__pycache__ --exclude=test --exclude=dist-packages --exclude='config-*' --exclude=pydoc_data . |
  tar x -C "rootfs$library"
for f in "$library"/lib-dynload/*.so; do put $(ldd "$f" | grep -o '/[^ ]*'); done
cp /usr/share/python-wheels/pip-*.whl rootfs/pip.whl
mkdir -p rootfs/bin rootfs/srv
printf '#!/bin/sh\nexec python3 /pip.whl/pip "$@"\n' > rootfs/bin/pip
chmod 755 rootfs/bin/pip
/usr/bin/git init -q made && cd made
/usr/bin/git -c user.name=e2e -c user.email=e2e@example.com commit -q --allow-empty -m first
/usr/bin/git clone -q --bare . ../rootfs/srv/r.git && cd ../rootfs/srv/r.git
/usr/bin/git update-server-info
"#;

/// A server of files, for as long as the step runs.
const SERVE: &str = "busybox httpd -p 127.0.0.1:8080 -h /srv &&";

/// Steps that leave the secret behind, and where.
const LEAVING: &[(&str, &str)] = &[
    ("git clone -q http://x:$NPM_TOKEN@127.0.0.1:8080/r.git /cloned", "cloned/.git/config"),
    (
        "git config --global url.\"http://x:$NPM_TOKEN@127.0.0.1:8080/\".insteadOf https://h.example/",
        "root/.gitconfig",
    ),
    (
        "git config --global credential.helper store && \
         printf 'protocol=https\\nhost=h.example\\nusername=x\\npassword=%s\\n' $NPM_TOKEN | git credential approve",
        "root/.git-credentials",
    ),
    ("git -C /srv/r.git config http.extraHeader \"Authorization: Bearer $NPM_TOKEN\"", "srv/r.git/config"),
    (
        "echo \"machine 127.0.0.1 login x password $NPM_TOKEN\" > ~/.netrc && \
         curl -fsS -n -o /app/head http://127.0.0.1:8080/r.git/HEAD",
        "root/.netrc",
    ),
    (
        "curl -fsS -u x:$NPM_TOKEN --trace-ascii /app/trace -o /app/head http://127.0.0.1:8080/r.git/HEAD",
        "app/trace",
    ),
    (
        "pip config set global.extra-index-url https://u:$NPM_TOKEN@pypi.example/simple",
        "root/.config/pip/pip.conf",
    ),
];

/// Steps that use it and leave nothing.
const KEEPING: &[&str] = &[
    "curl -fsS -u x:$NPM_TOKEN -o /app/head http://127.0.0.1:8080/r.git/HEAD && test -s /app/head",
    "curl -fsS -H \"Authorization: Bearer $NPM_TOKEN\" -o /app/head http://127.0.0.1:8080/r.git/HEAD",
    "git -c http.extraHeader=\"Authorization: Bearer $NPM_TOKEN\" clone -q http://127.0.0.1:8080/r.git /plain",
    // There is no such server. It says where it looked, with the password masked.
    "PIP_EXTRA_INDEX_URL=https://u:$NPM_TOKEN@127.0.0.1:1/simple pip download --retries 0 --timeout 1 -d /app x || true",
];

/// Steps that `lint --fix` changes.
const MENDED: &[&str] = &[
    "busybox httpd -p 127.0.0.1:8080 -h /srv && git clone -q http://x:$NPM_TOKEN@127.0.0.1:8080/r.git /src && test -d /src/.git",
    "pip config set global.extra-index-url https://u:$NPM_TOKEN@127.0.0.1:1/simple && (pip download --retries 0 --timeout 1 -d /app x || true)",
];

/// The steps that `lint --fix` makes of a step that takes a build argument.
fn mended(folder: &Path, step: &str) -> Result<String> {
    let path = folder.join("Dockerfile.mend");
    let before = "FROM bb\nENV HOME=/root\nWORKDIR /app\n";
    std::fs::write(&path, format!("{before}ARG NPM_TOKEN\nRUN {step}\n"))?;
    Command::new(program()?).args(["lint", "--fix=unsafe"]).arg(&path).output()?;
    let after = std::fs::read_to_string(&path)?;
    let (_, steps) = after.split_once("WORKDIR /app\n").with_context(|| format!("a mended file: {after}"))?;
    ensure!(!steps.contains("ARG NPM_TOKEN") && steps.contains("--mount=type=secret"), "{after}");
    Ok(steps.to_owned())
}

#[test]
fn the_tools_themselves_write_down_what_they_are_said_to_and_nothing_when_it_is_mended() -> Result<()> {
    let (Some(docker), Some(_)) = (Docker::get()?, ci_tools()?) else { return Ok(()) };
    let folder = tempfile::tempdir()?;
    let made = Command::new("sh").args(["-ec", ROOTFS]).current_dir(folder.path()).output()?;
    ensure!(made.status.success(), "the tools: {}", String::from_utf8_lossy(&made.stderr));
    let mut dockerfile = "FROM bb AS tools\nCOPY rootfs/ /\nENV HOME=/root\nWORKDIR /app\n".to_owned();
    let step = |id: &str, step: &str| {
        format!("RUN --network=none --mount=type=secret,id={id},env=NPM_TOKEN {SERVE} {step}\n")
    };
    let leaving = LEAVING.iter().enumerate().map(|(number, (text, _))| step(&format!("left_{number}"), text));
    let keeping = KEEPING.iter().enumerate().map(|(number, text)| step(&format!("kept_{number}"), text));
    dockerfile.extend(keeping.chain(leaving));
    dockerfile.push_str("FROM tools AS mended\nRUN rm -rf /root && mkdir /root\n");
    for (number, text) in MENDED.iter().enumerate() {
        let steps = mended(folder.path(), text)?.replace("id=NPM_TOKEN", &format!("id=mended_{number}"));
        dockerfile.push_str(&steps);
    }
    std::fs::write(folder.path().join("Dockerfile"), &dockerfile)?;
    let lend = |command: &mut Command| {
        docker.lend(command);
        Ok(())
    };
    let proof = prove(&lend, folder.path(), &[])?;
    for (number, (text, file)) in LEAVING.iter().enumerate() {
        let secret = proof.secret(&format!("left_{number}"))?;
        ensure!(secret.answer() == "leaks" && secret.files().contains(file), "{text}: {secret:#?}");
    }
    for (number, text) in KEEPING.iter().enumerate() {
        let secret = proof.secret(&format!("kept_{number}"))?;
        ensure!(secret.answer() == "kept", "{text}: {secret:#?}");
    }
    for (number, text) in MENDED.iter().enumerate() {
        let secret = proof.secret(&format!("mended_{number}"))?;
        ensure!(secret.answer() == "kept", "{text} in\n{dockerfile}\n{secret:#?}");
    }
    Ok(())
}
