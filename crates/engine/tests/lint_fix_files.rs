//! Files with secrets that are copied become mounts of the steps that need them, everywhere at once, or there is a reason
//! why not.

#![expect(clippy::unwrap_used, reason = "a test that cannot run fails")]

use std::path::Path;

use tightlip_engine::IdentityKey;
use tightlip_engine::lint::{Apply, Input, LintRequest, Mended, mend};

/// The files as `--fix` leaves them: those that changed, by name.
fn mended(files: &[(&str, &str)], which: Apply) -> (Vec<(String, String)>, Mended) {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let mended = fixed(folder.path(), which);
    let named = |path: &Path| path.strip_prefix(folder.path()).unwrap().to_string_lossy().into_owned();
    let changed = mended.files.iter().map(|file| (named(file.path.as_deref().unwrap()), file.after.clone()));
    let changed: Vec<(String, String)> = changed.collect();
    mended.write().unwrap();
    let again = fixed(folder.path(), which);
    assert!(again.files.is_empty(), "twice is once: {:?}", again.files);
    (changed, mended)
}

fn fixed(folder: &Path, which: Apply) -> Mended {
    let request = LintRequest::new(vec![Input::Path(folder.to_owned())], IdentityKey::new([5; 32]));
    mend(&request, which).unwrap()
}

/// What becomes of a Dockerfile by itself.
fn dockerfile(text: &str) -> String {
    let (changed, mended) = mended(&[("Dockerfile", text)], Apply::Unsafe);
    let after = changed.into_iter().find(|(name, _)| name == "Dockerfile");
    after.unwrap_or_else(|| panic!("{:?}\n{text}", mended.refused)).1
}

fn refusal(text: &str) -> String {
    let (changed, mended) = mended(&[("Dockerfile", text)], Apply::Unsafe);
    assert_eq!(changed, [], "{text}");
    mended.refused.first().unwrap_or_else(|| panic!("it is refused: {text}")).1.clone()
}

#[test]
fn a_file_becomes_a_mount_everywhere_at_once() {
    let token = format!("//registry.npmjs.org/:_authToken=npm_{}\n", "Q1w2E3r4T5".repeat(3) + "Z9x8C7");
    let (changed, mended) = mended(
        &[
            (
                "Dockerfile",
                "FROM node:22 AS build\nWORKDIR /app\nCOPY package.json .npmrc ./\nRUN npm ci\nRUN rm -f .npmrc\n\
                COPY src src\nRUN npm run build\nFROM nginx\nCOPY --from=build /app/dist /srv\n",
            ),
            ("package.json", "{}"),
            (".npmrc", &token),
            ("src/index.js", ""),
            ("build.sh", "docker build -t app .\n"),
            ("compose.yaml", "services:\n  web:\n    build: .\n"),
            (".dockerignore", "node_modules"),
        ],
        Apply::Safe,
    );
    assert_eq!(
        changed,
        [
            (
                "Dockerfile",
                "FROM node:22 AS build\nWORKDIR /app\nCOPY package.json ./\n\
                RUN --mount=type=secret,id=npmrc,target=/app/.npmrc,required=true npm ci\n\
                COPY src src\nRUN npm run build\nFROM nginx\nCOPY --from=build /app/dist /srv\n"
            ),
            (".dockerignore", "node_modules\n.npmrc\n"),
            ("build.sh", "docker build --secret id=npmrc,src=.npmrc -t app .\n"),
            (
                "compose.yaml",
                "services:\n  web:\n    build:\n      context: .\n      secrets:\n        - npmrc\nsecrets:\n  npmrc:\n    file: .npmrc\n"
            ),
        ]
        .iter()
        .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
        .collect::<std::collections::BTreeMap<_, _>>()
        .into_iter()
        .collect::<Vec<_>>()
    );
    assert!(mended.after().report.findings.is_empty(), "{:?}", mended.after().report.findings);
}

#[test]
fn a_key_for_ssh_becomes_an_agent() {
    assert_eq!(
        dockerfile(
            "FROM golang:1.23\nCOPY id_rsa /root/.ssh/id_rsa\nRUN chmod 600 /root/.ssh/id_rsa && \\\n    ssh-keyscan github.com >> /root/.ssh/known_hosts\n\
            RUN go mod download && rm -f /root/.ssh/id_rsa\nRUN go build .\n"
        ),
        "FROM golang:1.23\nRUN ssh-keyscan github.com >> /root/.ssh/known_hosts\n\
        RUN --mount=type=ssh,required=true go mod download\nRUN go build .\n"
    );
    // Who names the key needs a file.
    assert_eq!(
        dockerfile("FROM x\nCOPY id_rsa /tmp/key\nRUN ssh -i /tmp/key host && rm /tmp/key\n"),
        "FROM x\nRUN --mount=type=secret,id=id_rsa,target=/tmp/key,required=true ssh -i /tmp/key host\n"
    );
}

#[test]
fn what_removed_the_file_goes_and_nothing_else() {
    for (run, kept) in [
        ("curl -n u; rm /root/.netrc; make x", "curl -n u; make x"),
        ("curl -n u && rm -f /root/.netrc /tmp/x", "curl -n u && rm -f /tmp/x"),
        (
            "rm -f /tmp/y && curl -n u && rm -f ~/.netrc && echo done",
            "rm -f /tmp/y && curl -n u && echo done",
        ),
        ("chmod 600 /root/.netrc && curl -n u", "curl -n u"),
        ("chown root:root /root/.netrc; chmod 600 /root/.netrc; curl -n u; rm /root/.netrc", "curl -n u"),
    ] {
        assert_eq!(
            dockerfile(&format!("FROM x\nCOPY .netrc /root/.netrc\nRUN {run}\n")),
            format!("FROM x\nRUN --mount=type=secret,id=netrc,target=/root/.netrc,required=true {kept}\n"),
            "{run}"
        );
    }
}

#[test]
fn the_user_of_the_step_can_read_the_mount() {
    let of = |user: &str| {
        dockerfile(&format!("FROM node:22\nUSER {user}\nCOPY .npmrc /home/node/.npmrc\nRUN npm ci\n"))
    };
    assert!(of("1001").contains("target=/home/node/.npmrc,uid=1001,required=true npm ci"));
    assert!(of("node").contains(",uid=1000,"));
    let why = refusal("FROM x\nUSER app\nCOPY .npmrc /home/app/.npmrc\nRUN npm ci\n");
    assert!(why.contains("number of the user"), "{why}");
}

#[test]
fn old_frontends_get_what_they_understand() {
    assert_eq!(
        dockerfile("# syntax=docker/dockerfile:1.4\nFROM x\nCOPY .npmrc /root/\nRUN npm ci\n"),
        "# syntax=docker/dockerfile:1.4\nFROM x\nRUN --mount=type=secret,id=npmrc,target=/root/.npmrc,required npm ci\n"
    );
    assert_eq!(
        dockerfile(
            "# syntax=docker/dockerfile:1.4\nFROM x\nARG NPM_TOKEN\nRUN curl -H \"X: $NPM_TOKEN\" u\n"
        ),
        "# syntax=docker/dockerfile:1.4\nFROM x\nRUN --mount=type=secret,id=NPM_TOKEN,required \
        export NPM_TOKEN=\"$(cat /run/secrets/NPM_TOKEN)\" && curl -H \"X: $NPM_TOKEN\" u\n"
    );
    let why = refusal("# syntax=docker/dockerfile:1.1\nFROM x\nCOPY .npmrc /root/\nRUN npm ci\n");
    assert!(why.contains("came with 1.2"), "{why}");
}

#[test]
fn what_is_not_sure_is_to_be_looked_at() {
    let script = "FROM x AS a\nCOPY .netrc /root/\nRUN ./fetch.sh\nFROM scratch\nCOPY --from=a /x /x\n";
    let files = [("Dockerfile", script), ("build.sh", "docker build .\n")];
    assert!(mended(&files, Apply::Safe).0.is_empty());
    let after = mended(&files, Apply::Unsafe).0;
    let text = &after.iter().find(|(name, _)| name == "Dockerfile").unwrap().1;
    assert!(text.contains("target=/root/.netrc,required=true ./fetch.sh"), "{text}");
}

#[test]
fn a_rule_is_added_only_when_nothing_names_the_file_any_more() {
    let files = [
        ("Dockerfile", "FROM node:22\nCOPY .npmrc /root/\nRUN npm ci\n"),
        ("Dockerfile.dev", "FROM node:22\nCOPY .npmrc /root/\nCMD [\"cat\", \"/root/.npmrc\"]\n"),
        (".npmrc", "//registry.npmjs.org/:_password=c2VjcmV0c2VjcmV0\n"),
    ];
    let (changed, _) = mended(&files, Apply::Unsafe);
    let names: Vec<&str> = changed.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["Dockerfile"]);
}

#[test]
fn what_cannot_be_right_is_refused_with_the_reason() {
    for (text, reason) in [
        (
            "FROM x\nCOPY .env /app/.env\nCMD [\"app\", \"--env\", \"/app/.env\"]\n",
            "CMD names it for the container",
        ),
        ("FROM x\nCOPY .env /app/.env\nRUN echo done\n", "no step is seen to use .env"),
        ("FROM x\nCOPY .npmrc .\nRUN npm ci\n", "WORKDIR of the base image is not known"),
        (
            "FROM x\nWORKDIR /app\nCOPY .npmrc .\nRUN echo a >> .npmrc && npm ci\n",
            "line 4: the step changes it",
        ),
        (
            "FROM x\nCOPY .netrc /root/\nRUN cp /root/.netrc /home/a/.netrc\n",
            "line 3: the step writes what is in it",
        ),
        ("FROM x\nCOPY .ssh /root/.ssh\nRUN git clone git@h:a/b\n", ".ssh is a directory"),
        ("FROM x\nONBUILD COPY .npmrc /root/\nONBUILD RUN npm ci\n", "ONBUILD"),
        ("FROM x\nCOPY [\".npmrc\", \"/root/\"]\nRUN npm ci\n", "JSON"),
        ("FROM x\nCOPY .netrc /root/\nRUN if curl -n u; then rm /root/.netrc; fi\n", "line 3: "),
        ("FROM x AS a\nCOPY id_rsa /key\nFROM x\nCOPY --from=a /key /key\nRUN git clone h\n", "takes it on"),
        ("FROM mcr.microsoft.com/windows/servercore:ltsc2022\nCOPY .npmrc C:/app/\nRUN npm ci\n", "Windows"),
    ] {
        let why = refusal(text);
        assert!(why.contains(reason), "{text}{why}");
    }
}

#[test]
fn a_caller_that_cannot_pass_it_stops_the_fix() {
    let files = [
        ("Dockerfile", "FROM x\nCOPY .netrc /root/\nRUN curl -n u && rm /root/.netrc\n"),
        ("build.sh", "az acr build -r reg -f Dockerfile .\n"),
    ];
    let (changed, mended) = mended(&files, Apply::Unsafe);
    assert_eq!(changed, []);
    assert!(
        mended.refused.iter().any(|(_, why)| why.contains("az acr build cannot pass secrets")),
        "{:?}",
        mended.refused
    );
}

#[test]
fn what_the_container_runs_gets_no_mount() {
    let after = dockerfile(
        "FROM ruby:3.4\nWORKDIR /app\nCOPY config/master.key config/master.key\nRUN bin/rails assets:precompile\n\
        HEALTHCHECK CMD bin/rails runner 1\nCMD [\"bin/rails\", \"server\"]\n",
    );
    assert!(
        after.ends_with("HEALTHCHECK CMD bin/rails runner 1\nCMD [\"bin/rails\", \"server\"]\n"),
        "{after}"
    );
    assert_eq!(after.matches("--mount").count(), 1, "{after}");
    let text = "FROM x\nCOPY config.json /root/.docker/config.json\nENTRYPOINT [\"crane\", \"pull\"]\n";
    assert!(refusal(text).contains("no step is seen to use"));
}

/// Two services with a Dockerfile each, which both take the same secret.
fn services(args: &str, top: &str) -> String {
    let compose = format!(
        "services:\n  a:\n    build:\n      context: a\n      args:{args}\n  b:\n    build:\n      context: b\n      args:{args}\n{top}"
    );
    let dockerfile = "FROM x\nARG X_TOKEN\nRUN curl -H \"X: $X_TOKEN\" https://h/x\n";
    let files =
        [("a/Dockerfile", dockerfile), ("b/Dockerfile", dockerfile), ("compose.yml", compose.as_str())];
    let (changed, mended) = mended(&files, Apply::Safe);
    assert_eq!((changed.len(), mended.applied.len()), (3, 2), "{:?}", mended.refused);
    changed.into_iter().find(|(name, _)| name == "compose.yml").unwrap().1
}

#[test]
fn fixes_of_two_dockerfiles_change_their_compose_file_one_after_the_other() {
    let top = "secrets:\n  X_TOKEN:\n    environment: X_TOKEN\n";
    for args in [
        "\n        X_TOKEN: ${X_TOKEN}",
        "\n        - X_TOKEN=${X_TOKEN}",
        " {X_TOKEN: '${X_TOKEN}'}",
        "\n        - X_TOKEN",
    ] {
        let build = |name: &str| {
            format!("  {name}:\n    build:\n      context: {name}\n      secrets:\n        - X_TOKEN\n")
        };
        let expected = format!("services:\n{}{}{top}", build("a"), build("b"));
        assert_eq!(services(args, ""), expected, "{args}");
        assert_eq!(services(args, top), expected, "{args}");
    }
    let build = |name: &str| {
        format!(
            "  {name}:\n    build:\n      context: {name}\n      args:\n        - V=1\n      secrets:\n        - X_TOKEN\n"
        )
    };
    let expected = format!("services:\n{}{}{top}", build("a"), build("b"));
    assert_eq!(services("\n        - V=1\n        - X_TOKEN", ""), expected);
}

#[test]
fn files_that_one_instruction_copies_go_one_after_the_other() {
    let token = format!("//registry.npmjs.org/:_authToken=npm_{}\n", "Q1w2E3r4T5".repeat(3) + "Z9x8C7");
    let files = [
        (
            "Dockerfile",
            "FROM x\nWORKDIR /app\nCOPY .npmrc .netrc /app/\nRUN npm ci && git clone https://h/r && curl -n --netrc-file .netrc https://h/x\nRUN rm .npmrc .netrc\n",
        ),
        (".npmrc", token.as_str()),
        (".netrc", "machine h login u\n"),
    ];
    let (changed, mended) = mended(&files, Apply::Unsafe);
    let after = &changed
        .iter()
        .find(|(name, _)| name == "Dockerfile")
        .unwrap_or_else(|| panic!("{:?}", mended.refused))
        .1;
    assert!(!after.contains("COPY") && !after.contains("rm "), "{after}");
    assert_eq!(after.matches("--mount=type=secret").count(), 2, "{after}");
}
