//! Where secrets are predicted to go in a `RUN`, and where they really are after BuildKit ran it.

use std::collections::BTreeSet;

use anyhow::{Result, ensure};
use tightlip_e2e::{Build, Docker, github_token};

mod lines;

use lines::{LINES, MOUNTS, predicted};

#[test]
fn secrets_are_in_the_files_and_in_the_log_that_were_predicted_and_nowhere_else() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let mut wrong = Vec::new();
    for line in LINES {
        let source = format!("FROM bb\nENV HOME=/root\nRUN mkdir -p /root\nRUN {MOUNTS} {line}\n");
        let (files, log) = predicted(&source)?;
        let token = github_token();
        let build = Build::new(source).secret("T", &token).secret("t", &token);
        let build = build.option("--progress=plain").option("--no-cache");
        let seen_in_log = docker.log(&build)?.contains(&token);
        let image = docker.build(&build)?;
        let found = files_with(&docker, image.tag(), &token)?;
        if (seen_in_log, &found) != (log, &files) {
            wrong.push(format!(
                "`{line}`: predicted {files:?}, log {log}; really {found:?}, log {seen_in_log}"
            ));
        }
    }
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

/// The files of an image that hold the text.
fn files_with(docker: &Docker, image: &str, text: &str) -> Result<BTreeSet<String>> {
    // The grep of busybox sees no more of a line than what stands before a zero byte, as in archives.
    let script = "for d in /* /.[!.]*; do case $d in /proc|/sys|/dev|/bin) ;; *) [ -e $d ] && \
        find $d -type f | while read -r f; do tr -d '\\000' < \"$f\" | grep -qF -e \"$1\" && echo \"$f\"; done; esac; done; true";
    let output = docker.run(["run", "--rm", "--network=none", image, "sh", "-c", script, "_", text])?;
    Ok(String::from_utf8_lossy(&output).lines().map(str::to_owned).collect())
}
