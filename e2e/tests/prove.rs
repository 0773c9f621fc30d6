//! `tightlip prove` against real builders: what leaks is told with its place, what is kept is proved, and what could not
//! be built is neither.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;
use tightlip_e2e::idioms::{STEPS, TOOLS, stand_in};
use tightlip_e2e::{Buildah, Docker, Proof, busybox, program, prove};

mod lines;

use lines::{LINES, MOUNTS, predicted};

/// A folder with a Dockerfile and these files.
fn project(dockerfile: &str, files: &[(&str, &str)]) -> Result<TempDir> {
    let folder = tempfile::tempdir()?;
    std::fs::write(folder.path().join("Dockerfile"), dockerfile)?;
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text)?;
    }
    Ok(folder)
}

fn with(docker: &Docker, context: &Path, arguments: &[&str]) -> Result<Proof> {
    let lend = |command: &mut Command| {
        docker.lend(command);
        Ok(())
    };
    prove(&lend, context, arguments)
}

#[test]
fn every_idiom_leaks_as_people_write_it_and_is_kept_as_it_is_mended() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let tools = format!("RUN for t in {TOOLS}; do ln -s tool /bin/$t; done\nENV HOME=/root\nWORKDIR /app\n");
    let (mut before, mut after) = (String::new(), String::new());
    for (number, step) in STEPS.iter().enumerate() {
        before.push_str(&format!("RUN --mount=type=secret,id=before_{number},env=NPM_TOKEN {step}\n"));
        after.push_str(&mended(step)?.replace("id=NPM_TOKEN", &format!("id=after_{number}")));
    }
    let dockerfile = format!(
        "FROM bb AS before\nCOPY --chmod=755 prints /bin/tool\n{tools}{before}\
         FROM bb AS after\nCOPY --chmod=755 checks /bin/tool\n{tools}{after}"
    );
    // The mended step still gets the value: a tool that misses it fails.
    let files =
        [("prints", stand_in("cat > /dev/null")), ("checks", stand_in("grep -q npm_[A-Za-z0-9]* || exit 9"))];
    let files = files.each_ref().map(|(name, text)| (*name, text.as_str()));
    let folder = project(&dockerfile, &files)?;
    let proof = with(&docker, folder.path(), &[])?;
    for (number, step) in STEPS.iter().enumerate() {
        let leaking = proof.secret(&format!("before_{number}"))?;
        let in_file = leaking.leaks().iter().any(|(_, surface, _)| *surface == "file");
        ensure!(leaking.answer() == "leaks" && in_file, "{step}: {leaking:#?}");
        let kept = proof.secret(&format!("after_{number}"))?;
        ensure!(kept.answer() == "kept", "{step} became\n{}\n{kept:#?}", mended(step)?);
    }
    ensure!((proof.answer(), proof.code) == ("leaks", 1));
    Ok(())
}

/// The steps that `lint --fix` makes of a step that takes a build argument.
fn mended(step: &str) -> Result<String> {
    let before = "FROM bb\nENV HOME=/root\nWORKDIR /app\n";
    let folder = project(&format!("{before}ARG NPM_TOKEN\nRUN {step}\n"), &[])?;
    let path = folder.path().join("Dockerfile");
    Command::new(program()?).args(["lint", "--fix=unsafe"]).arg(&path).output()?;
    let after = std::fs::read_to_string(&path)?;
    let (_, steps) = after.split_once("WORKDIR /app\n").with_context(|| format!("a mended file: {after}"))?;
    ensure!(!steps.contains("ARG NPM_TOKEN"), "{after}");
    Ok(steps.to_owned())
}

#[test]
fn lines_of_shell_leak_where_they_were_predicted_to() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let mut dockerfile = "FROM bb\nENV HOME=/root\nRUN mkdir -p /root\n".to_owned();
    let mut expected = Vec::new();
    for (number, line) in LINES.iter().enumerate() {
        let mounts = |env: &str, file: &str| {
            format!(
                "--mount=type=secret,id={env},env=T --mount=type=secret,id={file},target=/run/secrets/t \
                 --mount=type=tmpfs,target=/scratch"
            )
        };
        let (files, log) =
            predicted(&format!("FROM bb\nENV HOME=/root\nRUN mkdir -p /root\nRUN {MOUNTS} {line}\n"))?;
        let names = (format!("env_{number}"), format!("file_{number}"));
        expected.push((names.clone(), files, log));
        dockerfile.push_str(&format!("RUN {} {line}\n", mounts(&names.0, &names.1)));
        // Each line starts from the same files. What was written stays in the layer below.
        dockerfile.push_str(
            "RUN rm -rf /a /b /c /k /l /n /s /x /y /k.tar /opt-key /env.txt /root && mkdir /root\n",
        );
    }
    let folder = project(&dockerfile, &[])?;
    let proof = with(&docker, folder.path(), &[])?;
    for (((env, file), files, log), line) in expected.iter().zip(LINES) {
        let secrets = [proof.secret(env)?, proof.secret(file)?];
        let leaks: Vec<_> = secrets.iter().flat_map(|secret| secret.leaks()).collect();
        let told = format!("`{line}`: predicted {files:?}, log {log}; really {leaks:?}");
        ensure!(leaks.iter().any(|leak| leak.1 == "file") != files.is_empty(), "{told}");
        ensure!(leaks.iter().any(|leak| leak.1 == "log") == *log, "{told}");
        ensure!(secrets.iter().all(|secret| secret.answer() != "unproven"), "{told}");
    }
    Ok(())
}

const FORMS: &str = r"FROM bb AS deps
RUN --mount=type=secret,id=discarded cat /run/secrets/discarded > /d
FROM bb
RUN --mount=type=secret,id=kept,env=GH_TOKEN,required test ${#GH_TOKEN} = 40
RUN --mount=type=secret,id=encoded cat /run/secrets/encoded | base64 > /e
RUN --mount=type=secret,id=hashed sha256sum < /run/secrets/hashed > /h
RUN --mount=type=secret,id=split cut -c1-20 /run/secrets/split > /s1
RUN --mount=type=secret,id=late cat /run/secrets/late > /late
RUN rm /late
RUN --mount=type=secret,id=packed tar czf /p.tgz -C /run/secrets packed
RUN --mount=type=secret,id=said cat /run/secrets/said
RUN --mount=type=secret,id=optional if [ -e /run/secrets/optional ]; then wc -c /run/secrets/optional; fi
ARG API_TOKEN
RUN --mount=type=secret,id=id_rsa,target=/root/.ssh/id_rsa cp /root/.ssh/id_rsa /key
RUN --mount=type=ssh test -n $SSH_AUTH_SOCK
COPY --from=deps /bin/sh /sh
";

#[test]
fn a_value_is_found_in_every_form_and_the_line_that_brought_it_is_named() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let folder = project(FORMS, &[])?;
    let receipt = folder.path().join("receipt.json");
    let output = format!("--output={}", receipt.display());
    let proof = with(&docker, folder.path(), &[&output])?;
    for (name, form, surface, line) in [
        ("discarded", "the value", "file", 2),
        ("encoded", "as base64", "file", 5),
        ("hashed", "its SHA-256", "file", 6),
        ("split", "a part of it", "file", 7),
        ("late", "the value", "file", 8),
        ("packed", "the value", "file", 10),
        ("said", "the value", "log", 11),
        ("API_TOKEN", "the value", "history", 13),
        ("id_rsa", "the value", "file", 14),
    ] {
        let secret = proof.secret(name)?;
        let found =
            secret.leaks().iter().any(|leak| leak.0.starts_with(form) && (leak.1, leak.2) == (surface, line));
        ensure!(secret.answer() == "leaks" && found, "{name}: {secret:#?}");
    }
    for name in ["kept", "optional", "default"] {
        let secret = proof.secret(name)?;
        ensure!(secret.answer() == "kept", "{name}: {secret:#?}");
    }
    ensure!(
        proof.list("/control/missed").is_empty() && proof.list("/control/found").len() == 11,
        "{proof:#?}"
    );
    let kept: serde_json::Value = serde_json::from_slice(&std::fs::read(receipt)?)?;
    ensure!(kept == proof.receipt && kept["schema"] == "tightlip.proof/1");
    Ok(())
}

#[test]
fn a_step_that_fails_on_a_made_up_value_is_named_and_works_with_one_that_is_given() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    // The stand-in of a server: it takes one value, which it knows by its length.
    let real = ["a-real", "value-of", "the-user"].join("_");
    let length = real.len();
    let server = format!("#!/bin/sh\n[ ${{#1}} = {length} ] || {{ echo \"401: $1\"; exit 22; }}\n");
    let dockerfile = "FROM bb AS other\nRUN --mount=type=secret,id=other cat /run/secrets/other > /o\n\
        FROM bb AS asks\nCOPY --chmod=755 server /bin/server\n\
        RUN --mount=type=secret,id=api server $(cat /run/secrets/api)\n\
        FROM bb\nCOPY --from=asks /bin/sh /sh\nCOPY --from=other /bin/sh /sh2\n";
    let folder = project(dockerfile, &[("server", &server)])?;
    let proof = with(&docker, folder.path(), &[])?;
    let api = proof.secret("api")?;
    // It is in the log, which is a leak whether the step fails or not.
    ensure!(api.answer() == "leaks" && api.leaks() == [("the value", "log", 5)], "{api:#?}");
    ensure!(api.text("/doubts/0/output/0").starts_with("401: "), "{api:#?}");
    ensure!(api.text("/doubts/0/help").contains("--secret id=api,src=FILE"), "{api:#?}");
    // What the failing stage does not need is proved all the same.
    ensure!(proof.secret("other")?.answer() == "leaks", "{proof:#?}");

    let quiet = server.replace("echo \"401: $1\"", "echo 401");
    let folder = project(dockerfile, &[("server", &quiet), ("real", &real)])?;
    let proof = with(&docker, folder.path(), &["--target=asks"])?;
    ensure!((proof.code, proof.answer()) == (3, "unproven"), "{proof:#?}");
    ensure!(proof.secret("api")?.text("/doubts/0/output/0") == "401", "{proof:#?}");
    let given = format!("--secret=id=api,src={}", folder.path().join("real").display());
    let proof = with(&docker, folder.path(), &["--target=asks", &given])?;
    ensure!(proof.secret("api")?.answer() == "kept", "{proof:#?}");
    ensure!(proof.secret("other")?.answer() == "unproven", "{proof:#?}");
    Ok(())
}

#[test]
fn a_value_that_the_user_gives_is_found_and_never_told() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let real = ["a-real", "value-of", "the-user"].join("_");
    let dockerfile = "FROM bb\nRUN --mount=type=secret,id=api cat /run/secrets/api; cat /run/secrets/api > /a\n\
        RUN --mount=type=secret,id=api echo \"no: $(cat /run/secrets/api)\" && false\n";
    let folder = project(dockerfile, &[("real", &real)])?;
    let given = format!("--secret=id=api,src={}", folder.path().join("real").display());
    let proof = with(&docker, folder.path(), &[&given])?;
    ensure!(proof.secret("api")?.answer() == "leaks", "{proof:#?}");
    ensure!(!format!("{proof:?}").contains(&real), "{proof:#?}");
    let help = proof.secret("api")?.text("/doubts/0/output/0");
    ensure!(help.starts_with("no: ") && help.contains("masked"), "{proof:#?}");
    Ok(())
}

#[test]
fn nothing_is_proved_where_nothing_is_taken_or_nothing_can_be_built() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let proof = with(&docker, project("FROM bb\nRUN true\n", &[])?.path(), &[])?;
    ensure!((proof.code, proof.answer()) == (0, "kept") && proof.list("/builds").is_empty(), "{proof:#?}");
    let broken = "FROM bb\nCOPY nothing /\nRUN --mount=type=secret,id=a true\n";
    let proof = with(&docker, project(broken, &[])?.path(), &[])?;
    ensure!(proof.code == 2 && proof.stderr.contains("cannot be built"), "{proof:#?}");
    let proof = with(&docker, project("FROM bb AS a\nRUN true\n", &[])?.path(), &["--target=b"])?;
    ensure!(proof.code == 2 && proof.stderr.contains("has no stage b"), "{proof:#?}");
    Ok(())
}

#[test]
fn buildah_proves_too_and_says_what_it_cannot_show() -> Result<()> {
    let (Some(buildah), Some(busybox)) = (Buildah::get()?, busybox()?) else { return Ok(()) };
    let dockerfile = "FROM scratch AS deps\nCOPY busybox /bin/sh\n\
        RUN --mount=type=secret,id=discarded read -r v < /run/secrets/discarded || :; echo $v > /d\n\
        FROM scratch\nCOPY busybox /bin/sh\n\
        RUN --mount=type=secret,id=kept read -r v < /run/secrets/kept || :\n\
        RUN --mount=type=secret,id=said read -r v < /run/secrets/said || :; echo $v\n\
        ARG API_TOKEN\nRUN :\nCOPY --from=deps /bin/sh /sh\n";
    let folder = project(dockerfile, &[])?;
    std::fs::copy(busybox, folder.path().join("busybox"))?;
    let lend = |command: &mut Command| buildah.lend(command).map(drop);
    let proof = prove(&lend, folder.path(), &["--with=buildah"])?;
    for (name, answer) in
        [("discarded", "leaks"), ("kept", "kept"), ("said", "leaks"), ("API_TOKEN", "leaks")]
    {
        let secret = proof.secret(name)?;
        ensure!(secret.answer() == answer, "{name}: {secret:#?}\n{proof:#?}");
    }
    ensure!(proof.list("/control/missed").is_empty(), "{proof:#?}");
    ensure!(proof.list("/not_covered").iter().any(|text| text.contains("--layers")), "{proof:#?}");
    ensure!(buildah.run(&["images", "--all", "--quiet"])?.is_empty(), "an image stays behind");
    Ok(())
}
