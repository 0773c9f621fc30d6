//! A file that was in the build context is given to the build as a secret, or as a key for SSH: nothing else changes, and
//! what has it already stays as it is.

#![expect(clippy::unwrap_used, reason = "a test that cannot run fails")]

use tightlip_callers::{Grant, Granted, Source, grant_all, read, recognise};

const NPMRC: Grant<'static> = Grant { what: Granted::Secret, id: "npmrc", file: ".npmrc" };
const KEY: Grant<'static> = Grant { what: Granted::Ssh, id: "default", file: "deploy/id_rsa" };

fn granted(path: &str, text: &str, wanted: &Grant<'_>) -> Result<String, String> {
    let format = recognise(path, text).unwrap_or_else(|| panic!("{path} is not recognised"));
    grant_all(format, &Source { path, text }, &|_| true, wanted).map_err(|refusal| refusal.to_string())
}

fn becomes(path: &str, wanted: &Grant<'_>, before: &str, after: &str) {
    assert_eq!(granted(path, before, wanted).as_deref(), Ok(after), "{path}");
    assert_eq!(granted(path, after, wanted).as_deref(), Ok(after), "{path}: twice");
    let format = recognise(path, after).unwrap();
    let callers = read(format, path, after);
    let has = |call: &tightlip_callers::Call| match wanted.what {
        Granted::Secret => call.secret(wanted.id).is_some(),
        Granted::Ssh => !call.ssh.is_empty(),
    };
    assert!(callers.calls.iter().all(has), "{path}: {callers:#?}");
}

fn refuses(path: &str, wanted: &Grant<'_>, text: &str, reason: &str) {
    let why = granted(path, text, wanted).unwrap_err();
    assert!(why.contains(reason), "{path}: {why}");
}

#[test]
fn a_command_gets_an_option_behind_its_subcommand() {
    for (before, after) in [
        ("docker build -t app .\n", "docker build --secret id=npmrc,src=.npmrc -t app .\n"),
        (
            "docker --context ci buildx build \\\n  -t app ./web/\n",
            "docker --context ci buildx build --secret id=npmrc,src=./web/.npmrc \\\n  -t app ./web/\n",
        ),
        ("sudo podman build .\n", "sudo podman build --secret id=npmrc,src=.npmrc .\n"),
        ("buildah bud -t a .\n", "buildah bud --secret id=npmrc,src=.npmrc -t a .\n"),
        (
            "docker build -t a . && docker build -t b .\n",
            "docker build --secret id=npmrc,src=.npmrc -t a . && docker build --secret id=npmrc,src=.npmrc -t b .\n",
        ),
    ] {
        becomes("build.sh", &NPMRC, before, after);
    }
    becomes("build.sh", &KEY, "docker build .\n", "docker build --ssh default=deploy/id_rsa .\n");
    becomes(
        "Makefile",
        &NPMRC,
        "image:\n\tdocker build -t app .\n",
        "image:\n\tdocker build --secret id=npmrc,src=.npmrc -t app .\n",
    );
    becomes(
        "package.json",
        &NPMRC,
        "{\"scripts\": {\"image\": \"docker build -t app .\"}}\n",
        "{\"scripts\": {\"image\": \"docker build --secret id=npmrc,src=.npmrc -t app .\"}}\n",
    );
    becomes(
        ".gitlab-ci.yml",
        &NPMRC,
        "build:\n  script:\n    - docker build -t app . # here\n",
        "build:\n  script:\n    - docker build --secret id=npmrc,src=.npmrc -t app . # here\n",
    );
}

#[test]
fn compose_declares_and_grants() {
    becomes(
        "compose.yaml",
        &NPMRC,
        "services:\n  web:\n    build: ./web   # here\n    ports: [\"80:80\"]\n",
        "services:\n  web:\n    build:\n      context: ./web\n      secrets:\n        - npmrc   # here\n    ports: [\"80:80\"]\nsecrets:\n  npmrc:\n    file: ./web/.npmrc\n",
    );
    becomes(
        "compose.yaml",
        &NPMRC,
        "services:\n  a:\n    build:\n      context: .\n      secrets:\n        - other\n  b:\n    build: {context: .}\nsecrets:\n  other:\n    environment: OTHER\n",
        "services:\n  a:\n    build:\n      context: .\n      secrets:\n        - other\n        - npmrc\n  b:\n    build: {context: ., secrets: [npmrc]}\nsecrets:\n  other:\n    environment: OTHER\n  npmrc:\n    file: .npmrc\n",
    );
    becomes(
        "compose.yaml",
        &KEY,
        "services:\n  a:\n    build:\n      context: .\n",
        "services:\n  a:\n    build:\n      context: .\n      ssh:\n        - default=deploy/id_rsa\n",
    );
}

#[test]
fn bake_lists_it() {
    becomes(
        "docker-bake.hcl",
        &NPMRC,
        "target \"app\" {\n  context = \".\"\n}\n",
        "target \"app\" {\n  context = \".\"\n  secret = [\"id=npmrc,src=.npmrc\"]\n}\n",
    );
    becomes(
        "docker-bake.hcl",
        &NPMRC,
        "target \"app\" {\n  secret = [\"id=a,env=A\"]\n}\n",
        "target \"app\" {\n  secret = [\"id=a,env=A\", \"id=npmrc,src=.npmrc\"]\n}\n",
    );
    becomes(
        "docker-bake.json",
        &KEY,
        "{\"target\": {\"app\": {\"context\": \".\"}}}\n",
        "{\"target\": {\"app\": {\"context\": \".\", \"ssh\": [\"default=deploy/id_rsa\"]}}}\n",
    );
}

#[test]
fn the_action_has_an_input_for_files() {
    let before = "jobs:\n  a:\n    steps:\n      - uses: actions/checkout@v4\n      - uses: docker/build-push-action@v6\n        with:\n          context: web\n          push: true\n";
    let after = format!("{before}          secret-files: |\n            npmrc=web/.npmrc\n");
    becomes(".github/workflows/a.yml", &NPMRC, before, &after);
    let key = format!("{before}          ssh: |\n            default=web/deploy/id_rsa\n");
    becomes(".github/workflows/a.yml", &KEY, before, &key);
    let listed = format!("{before}          secret-files: a=./a\n");
    let more =
        format!("{before}          secret-files: |\n            a=./a\n            npmrc=web/.npmrc\n");
    becomes(".github/workflows/a.yml", &NPMRC, &listed, &more);
}

#[test]
fn what_cannot_be_right_is_refused() {
    refuses("build.sh", &NPMRC, "docker build \"$ROOT\"\n", "computed");
    refuses("build.sh", &NPMRC, "docker build --secret id=npmrc,env=NPMRC .\n", "taken");
    refuses("build.sh", &NPMRC, "docker build 'my web'\n", "quotes");
    refuses(
        ".github/workflows/a.yml",
        &NPMRC,
        "jobs:\n  a:\n    steps:\n      - uses: docker/build-push-action@v6\n        with:\n          push: true\n",
        "the builder fetches",
    );
    refuses("build.sh", &NPMRC, "az acr build -r reg .\n", "cannot pass secrets");
    refuses(
        ".devcontainer/devcontainer.json",
        &NPMRC,
        "{\"build\": {\"dockerfile\": \"Dockerfile\"}}\n",
        "cannot pass secrets",
    );
}

#[test]
fn skaffold_gives_files_to_an_artifact() {
    let head = "apiVersion: skaffold/v4beta11\nkind: Config\nbuild:\n  artifacts:\n    - image: app\n      context: web\n";
    let after = format!("{head}      docker: {{secrets: [{{id: npmrc, src: web/.npmrc}}]}}\n");
    becomes("skaffold.yaml", &NPMRC, head, &after);
    let docker = format!("{head}      docker:\n        dockerfile: D\n");
    let listed = format!("{docker}        secrets:\n          - {{id: npmrc, src: web/.npmrc}}\n");
    becomes("skaffold.yaml", &NPMRC, &docker, &listed);
    becomes("skaffold.yaml", &KEY, &docker, &format!("{docker}        ssh: default=web/deploy/id_rsa\n"));
    refuses("skaffold.yaml", &KEY, &format!("{docker}        ssh: other\n"), "taken");
}
