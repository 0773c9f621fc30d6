//! Where secrets are predicted to go in a `RUN`, and where they really are after BuildKit ran it.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use anyhow::{Result, ensure};
use tightlip_e2e::{Build, Docker, github_token};

mod lines;

use lines::{LINES, MOUNTS, predicted};

/// Prints every file below `/l/N` that holds the text of `/s/N`. The grep of busybox sees no more of a line than what
/// stands before a zero byte, as in archives.
const PROBE: &str = "for n in $(ls /l); do for d in /l/$n/* /l/$n/.[!.]*; do\n\
    case ${d#/l/$n} in /proc|/sys|/dev|/bin) ;; *) [ -e $d ] && find $d -type f | while read -r f; do\n\
    tr -d '\\000' < \"$f\" | grep -qF -f /s/$n && echo \"FOUND $n ${f#/l/$n}\"; done; esac; done; done; true\n";

#[test]
fn secrets_are_in_the_files_and_in_the_log_that_were_predicted_and_nowhere_else() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let tokens: Vec<String> = LINES.iter().map(|_| github_token()).collect();
    // Each line is a stage of its own, with a secret of its own; one build runs them side by side.
    let mut dockerfile = "FROM bb AS base\nENV HOME=/root\nRUN mkdir -p /root\n".to_owned();
    let mut probe = "RUN".to_owned();
    for (number, line) in LINES.iter().enumerate() {
        let mounts = format!(
            "--mount=type=secret,id=s{number},env=T --mount=type=secret,id=s{number},target=/run/secrets/t \
             --mount=type=tmpfs,target=/scratch"
        );
        write!(dockerfile, "FROM base AS line-{number}\nRUN {mounts} {line}\n")?;
        write!(probe, " --mount=type=bind,from=line-{number},target=/l/{number}")?;
        write!(probe, " --mount=type=secret,id=s{number},target=/s/{number}")?;
    }
    write!(dockerfile, "FROM bb\nCOPY probe /probe\n{probe} sh /probe\n")?;
    let build = Build::new(dockerfile).file("probe", PROBE).option("--progress=plain").option("--no-cache");
    let secret = |build: Build, (number, token): (usize, &String)| build.secret(&format!("s{number}"), token);
    let log = docker.log(&tokens.iter().enumerate().fold(build, secret))?;
    let mut wrong = Vec::new();
    for (number, (line, token)) in LINES.iter().zip(&tokens).enumerate() {
        let (files, printed) =
            predicted(&format!("FROM bb\nENV HOME=/root\nRUN mkdir -p /root\nRUN {MOUNTS} {line}\n"))?;
        let start = format!("FOUND {number} ");
        let found = log.lines().filter_map(|line| line.split_once(&start).map(|(_, path)| path.to_owned()));
        let found: BTreeSet<String> = found.collect();
        let seen = log.contains(token);
        if (seen, &found) != (printed, &files) {
            wrong.push(format!("`{line}`: predicted {files:?}, log {printed}; really {found:?}, log {seen}"));
        }
    }
    ensure!(wrong.is_empty(), "{}\n{log}", wrong.join("\n"));
    Ok(())
}
