//! The printed command gives the secret back: out of compressed files, archives and repositories, and out of encodings.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use tightlip_e2e::{github_token, scan};

/// What makes a file that holds `$S`, in an empty folder: the file, and a script for a shell.
const CASES: &[(&str, &str)] = &[
    ("app.log.gz", "echo \"TOKEN=$S\" | gzip > app.log.gz"),
    (
        "backup.tar.gz",
        "mkdir etc && echo \"TOKEN=$S\" > etc/app.env && tar -czf backup.tar.gz etc && rm -r etc",
    ),
    ("app.yaml", "echo \"data: $(printf 'TOKEN=%s\\nHOST=h\\n' \"$S\" | base64 | tr -d '\\n')\" > app.yaml"),
    (
        "packed.yaml",
        "echo \"data: $(printf 'TOKEN=%s\\nHOST=h\\n' \"$S\" | gzip -n | base64 | tr -d '\\n')\" > packed.yaml",
    ),
    (
        ".git/objects/pack",
        "git init -q . && echo \"TOKEN=$S\" > a && git add a && git -c user.name=a -c user.email=a@acme.dev commit -q -m a && rm a && git gc -q",
    ),
    (
        "config.json",
        "printf '{\"auths\": {\"ghcr.io\": {\"auth\": \"%s\"}}}\\n' \"$(printf 'ann:%s' \"$S\" | base64 | tr -d '\\n')\" > config.json",
    ),
];

fn made(folder: &Path, script: &str, secret: &str) -> Result<()> {
    let output =
        Command::new("sh").args(["-e", "-c", script]).current_dir(folder).env("S", secret).output()?;
    ensure!(output.status.success(), "`{script}` failed: {}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

#[test]
fn the_printed_command_gives_the_secret_back() -> Result<()> {
    for (path, script) in CASES {
        let secret = github_token();
        let folder = tempfile::tempdir()?;
        made(folder.path(), script, &secret)?;
        let scan = scan(&format!("rootfs:{}", folder.path().display()), &secret)?;
        let leaks = scan.leaks("file");
        let leak = leaks.into_iter().find(|leak| leak.text("/place/path").starts_with(path));
        let leak = leak.with_context(|| format!("no leak at {path}: {scan:#?}"))?;
        let recovered = leak.recover_by(&mut Command::new("sh"))?;
        ensure!(recovered.contains(&secret), "{path}: `{}` gives something else", leak.text("/recover"));
    }
    Ok(())
}
