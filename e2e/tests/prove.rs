//! `tightlip prove` against real builders: what leaks is told with its place, what is kept is proved, and what could not
//! be built is neither.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;
use tightlip_e2e::idioms::{STEPS, TOOLS, stand_in};
use tightlip_e2e::{Buildah, Docker, Podman, Proof, Remote, busybox, program, prove};

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
        // Each line starts from the same files. What was written stays in the layer below.
        let clean = "rm -rf /a /b /c /k /l /n /s /x /y /k.tar /opt-key /env.txt /root && mkdir /root";
        let mounts = mounts(&names.0, &names.1);
        dockerfile.push_str(&match line.starts_with("<<") {
            true => format!("RUN {clean}\nRUN {mounts} {line}\n"),
            false => format!("RUN {mounts} {clean}; {line}\n"),
        });
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

const FAILING: &str = "FROM bb AS app\nCOPY --chmod=755 npm /bin/npm\n\
    RUN --mount=type=secret,id=before wc -c /run/secrets/before\n\
    RUN --mount=type=secret,id=npm,env=NPM_TOKEN,required \\\n  echo //r/:_authToken=$NPM_TOKEN > /npmrc && \\\n  npm ci\n\
    RUN --mount=type=secret,id=after test -s /run/secrets/after\n\
    RUN --mount=type=secret,id=late cp /run/secrets/late /late\n\
    FROM bb AS beside\nRUN --mount=type=secret,id=beside test -s /run/secrets/beside\n\
    FROM app\nCOPY --from=beside /bin/sh /sh\nRUN --mount=type=secret,id=last test -s /run/secrets/last\n";
const REFUSING: (&str, &str) = ("npm", "#!/bin/sh\necho 401 from the registry >&2\nexit 1\n");

#[test]
fn what_stands_around_a_step_that_fails_is_proved_all_the_same() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let folder = project(FAILING, &[REFUSING])?;
    let proof = with(&docker, folder.path(), &[])?;
    // It wrote the value down before it failed, and the last step leaks whatever was before it.
    for (name, answer) in [
        ("before", "kept"),
        ("npm", "leaks"),
        ("after", "unproven"),
        ("late", "leaks"),
        ("beside", "kept"),
        ("last", "unproven"),
    ] {
        let secret = proof.secret(name)?;
        ensure!(secret.answer() == answer, "{name}: {secret:#?}");
    }
    let npm = proof.secret("npm")?;
    ensure!(npm.leaks().contains(&("the value", "file", 4)), "{npm:#?}");
    ensure!(npm.text("/leaks/0/finding/introduced_by/instruction").starts_with("RUN --mount"), "{npm:#?}");
    ensure!(npm.text("/doubts/0/output/0") == "401 from the registry", "{npm:#?}");
    let after = proof.secret("after")?;
    ensure!(after.text("/doubts/0/reason").starts_with("a step before it failed"), "{after:#?}");
    ensure!(after.text("/doubts/0/help").contains("--stub 4="), "{after:#?}");
    ensure!(proof.secret("late")?.leaks().contains(&("the value", "file", 8)), "{proof:#?}");

    // With another command in its place everything is proved, and the receipt says on whose word.
    let proof = with(&docker, folder.path(), &["--stub=6=test -n $NPM_TOKEN"])?;
    for name in ["before", "npm", "after", "beside", "last"] {
        let secret = proof.secret(name)?;
        ensure!(secret.answer() == "kept", "{name}: {secret:#?}");
    }
    ensure!(proof.secret("late")?.leaks().contains(&("the value", "file", 8)), "{proof:#?}");
    ensure!(proof.receipt["stubs"][0]["command"] == "test -n $NPM_TOKEN", "{proof:#?}");
    ensure!(proof.list("/not_covered").iter().any(|text| text.contains("a stub ran")), "{proof:#?}");
    let proof = with(&docker, folder.path(), &["--stub=2=true"])?;
    ensure!(proof.code == 2 && proof.stderr.contains("is no RUN"), "{proof:#?}");
    Ok(())
}

#[test]
fn a_step_that_no_shell_runs_hides_nothing_of_those_before_it() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let dockerfile = "FROM bb\nCOPY --chmod=755 npm /bin/npm\n\
        RUN --mount=type=secret,id=before test -s /run/secrets/before\n\
        RUN --mount=type=secret,id=early cp /run/secrets/early /early\n\
        RUN --mount=type=secret,id=asks [\"npm\", \"ci\"]\n\
        RUN --mount=type=secret,id=after test -s /run/secrets/after\n";
    let folder = project(dockerfile, &[REFUSING, ("Dockerfile.dockerignore", "")])?;
    let proof = with(&docker, folder.path(), &[])?;
    for (name, answer) in
        [("before", "kept"), ("early", "leaks"), ("asks", "unproven"), ("after", "unproven")]
    {
        let secret = proof.secret(name)?;
        ensure!(secret.answer() == answer, "{name}: {secret:#?}");
    }
    ensure!(proof.secret("early")?.leaks().contains(&("the value", "file", 4)), "{proof:#?}");
    Ok(())
}

const EACH: &str = "FROM scratch\nARG TARGETARCH\nCOPY busybox /bin/sh\n\
    RUN --mount=type=secret,id=one if [ $TARGETARCH = arm64 ]; then read -r v < /run/secrets/one || :; echo $v > /a; fi\n\
    RUN --mount=type=secret,id=all read -r v < /run/secrets/all || :; echo $v of $TARGETARCH > /b\n\
    RUN --mount=type=secret,id=kept read -r v < /run/secrets/kept || :\n";

/// A project with a shell that runs whatever platform an image says that it is for.
fn each() -> Result<Option<TempDir>> {
    let Some(busybox) = busybox()? else { return Ok(None) };
    let folder = project(EACH, &[])?;
    std::fs::copy(busybox, folder.path().join("busybox"))?;
    Ok(Some(folder))
}

/// What `EACH` does on two platforms, and on one.
fn of_each_platform(prove: &dyn Fn(&str) -> Result<Proof>) -> Result<()> {
    let both = prove("--platform=linux/amd64,linux/arm64")?;
    let one = prove("--platform=linux/amd64")?;
    ensure!(both.secret("one")?.platforms().iter().all(|name| *name == "linux/arm64"), "{both:#?}");
    let all: std::collections::BTreeSet<&str> = both.secret("all")?.platforms().into_iter().collect();
    ensure!(all.into_iter().eq(["linux/amd64", "linux/arm64"]), "{both:#?}");
    for (name, line) in [("one", 4), ("all", 5)] {
        let secret = both.secret(name)?;
        ensure!(secret.leaks().iter().all(|leak| leak.2 == line), "{name}: {secret:#?}");
    }
    for (proof, name, answer) in [
        (&both, "one", "leaks"),
        (&both, "all", "leaks"),
        (&both, "kept", "kept"),
        (&one, "one", "kept"),
        (&one, "all", "leaks"),
    ] {
        let secret = proof.secret(name)?;
        ensure!(secret.answer() == answer, "{name}: {secret:#?}");
    }
    ensure!(
        both.list("/control/missed").is_empty() && both.list("/builds/0/platforms").len() == 2,
        "{both:#?}"
    );
    Ok(())
}

#[test]
fn every_platform_is_built_and_read() -> Result<()> {
    let (Some(docker), Some(folder)) = (Docker::get()?, each()?) else { return Ok(()) };
    of_each_platform(&|platforms| with(&docker, folder.path(), &[platforms]))
}

#[test]
fn a_remote_builder_proves_too() -> Result<()> {
    let (Some(docker), Some(folder)) = (Docker::get()?, each()?) else { return Ok(()) };
    let remote = Remote::start(&docker)?;
    let lend = |command: &mut Command| {
        remote.lend(command);
        Ok(())
    };
    let builder = format!("--builder={}", remote.name());
    of_each_platform(&|platforms| {
        let proof = prove(&lend, folder.path(), &[&builder, platforms])?;
        // Its records are found in the notes of buildx, and removed.
        ensure!(proof.list("/left").len() == 1, "{proof:#?}");
        Ok(proof)
    })
}

#[test]
fn podman_proves_too_on_every_platform() -> Result<()> {
    let (Some(podman), Some(folder)) = (Podman::get()?, each()?) else { return Ok(()) };
    let lend = |command: &mut Command| podman.lend_local(command).map(drop);
    of_each_platform(&|platforms| prove(&lend, folder.path(), &["--with=podman", platforms]))?;
    ensure!(podman.run(&["images", "--all", "--quiet"])?.is_empty(), "an image stays behind");
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
fn a_file_of_variables_is_made_up_with_those_that_the_steps_take() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let mount = "RUN --mount=type=secret,id=env,required=true";
    let script = [("go.sh", ". /run/secrets/env\necho $API_KEY > /f\n")];
    for (steps, answer) in [
        (format!("{mount} . /run/secrets/env && echo \"u:$DB_PASSWORD\" | base64 > /f\n"), "leaks"),
        (format!("COPY go.sh /\n{mount} sh /go.sh\n"), "leaks"),
        (format!("{mount} . /run/secrets/env && test -n \"$DB_PASSWORD\"\n"), "kept"),
        (format!("{mount} ln -s /bin/true /bin/npm && npm run build\n"), "unproven"),
    ] {
        let folder = project(&format!("FROM bb\n{steps}"), &script)?;
        let proof = with(&docker, folder.path(), &[])?;
        let env = proof.secret("env")?;
        ensure!(env.answer() == answer, "{steps}: {env:#?}");
    }
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
