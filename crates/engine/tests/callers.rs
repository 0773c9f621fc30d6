//! Builds are linted together with what starts them.

#![expect(clippy::unwrap_used, reason = "a test that cannot run fails")]

use tightlip_engine::IdentityKey;
use tightlip_engine::lint::{Apply, Input, LintRequest, Linted, fixed, lint};
use tightlip_report::Level;

fn linted(files: &[(&str, &str)]) -> Linted {
    let inputs = files.iter().map(|(name, text)| Input::Text {
        name: (*name).to_owned(),
        path: None,
        bytes: text.as_bytes().to_vec(),
    });
    lint(&LintRequest::new(inputs.collect(), IdentityKey::new([7; 32]))).unwrap()
}

/// `RULE FILE:LINE` of every finding.
fn said(linted: &Linted) -> Vec<String> {
    let findings = linted.report.findings.iter();
    let mut said: Vec<String> = findings
        .map(|one| {
            let path = one.place.path.clone().unwrap_or_default();
            format!("{} {path}:{}", one.rule, one.place.line.unwrap_or(0))
        })
        .collect();
    said.sort();
    said
}

const MOUNTS: &str =
    "FROM node:22\nRUN --mount=type=secret,id=NPM_TOKEN,env=NPM_TOKEN,required=true npm ci\n";

#[test]
fn a_call_finds_its_dockerfile_by_the_paths_of_its_format() {
    for (path, call) in [
        ("build.sh", "docker build -f docker/Dockerfile .\n"),
        ("Makefile", "image:\n\tdocker build docker\n"),
        ("compose.yaml", "services:\n  a:\n    build: ./docker\n"),
        ("docker/compose.yaml", "services:\n  a:\n    build: .\n"),
        (
            ".github/workflows/a.yml",
            "jobs:\n  a:\n    steps:\n      - uses: docker/build-push-action@v6\n        with: {context: docker}\n",
        ),
        (
            "docker/.devcontainer/devcontainer.json",
            "{\"build\": {\"context\": \"..\", \"dockerfile\": \"Dockerfile\"}}",
        ),
    ] {
        let linted = linted(&[(path, call), ("docker/Dockerfile", MOUNTS)]);
        assert_eq!(said(&linted).len(), 1, "{path}: {:?}", said(&linted));
        assert!(said(&linted)[0].starts_with(&format!("secret-not-provided {path}:")), "{:?}", said(&linted));
        let other = self::linted(&[(path, call), ("other/Dockerfile", MOUNTS)]);
        assert_eq!(said(&other), Vec::<String>::new(), "{path}");
    }
}

#[test]
fn a_caller_that_was_left_behind_is_mended() {
    let script =
        "#!/bin/sh\n# private packages\ndocker build --build-arg NPM_TOKEN=\"$NPM_TOKEN\" -t app .\n";
    let linted = linted(&[("build.sh", script), ("Dockerfile", MOUNTS)]);
    assert_eq!(said(&linted), ["argument-not-declared build.sh:3"]);
    let fixed = fixed(&linted.files, &linted.fixes, Apply::Safe);
    let after = &fixed.changes[0].text;
    assert_eq!(
        after,
        &script.replace("--build-arg NPM_TOKEN=\"$NPM_TOKEN\"", "--secret id=NPM_TOKEN,env=NPM_TOKEN")
    );
    let again = self::linted(&[("build.sh", after), ("Dockerfile", MOUNTS)]);
    assert_eq!(said(&again), Vec::<String>::new());
}

#[test]
fn what_a_workflow_publishes_is_told_where_it_says_so() {
    let workflow = "jobs:
  image:
    steps:
      - uses: docker/build-push-action@v6
        with:
          provenance: true
          build-args: |
            AUTH_FOR_NPM=${{ secrets.NPM }}
";
    let linted = linted(&[(".github/workflows/a.yml", workflow)]);
    assert_eq!(
        said(&linted),
        [
            "build-record-uploaded .github/workflows/a.yml:4",
            "provenance-publishes-argument .github/workflows/a.yml:6",
            "secret-passed-as-argument .github/workflows/a.yml:8",
        ]
    );
}

#[test]
fn what_pushes_publishes_by_default_in_a_public_repository() {
    let workflow = |more: &str| {
        format!(
            "jobs:\n  image:\n    steps:\n      - uses: docker/build-push-action@v6\n        with:\n          push: true\n{more}          build-args: |\n            \
            AUTH_FOR_NPM=${{{{ secrets.NPM }}}}\n"
        )
    };
    let said = |more: &str| {
        let linted = linted(&[(".github/workflows/a.yml", &workflow(more))]);
        let findings = linted.report.findings.into_iter();
        let mut of_it = findings.filter(|one| one.rule == "provenance-publishes-argument");
        of_it.next().map(|one| (one.place.line.unwrap_or(0), one.level))
    };
    assert_eq!(said(""), Some((6, Level::Warn)));
    assert_eq!(said("          provenance: true\n"), Some((7, Level::Deny)));
    for quiet in ["          provenance: mode=min\n", "          provenance: false\n"] {
        assert_eq!(said(quiet), None, "{quiet}");
    }
}

#[test]
fn a_cache_of_all_layers_publishes_what_a_stage_holds() {
    let dockerfile = "FROM node:22 AS build\nRUN --mount=type=secret,id=npm,target=/n cp /n /root/.npmrc && npm ci\nFROM scratch\n\
        COPY --from=build /app/dist /\n";
    for (path, caller) in [
        ("build.sh", "docker buildx build --cache-to type=registry,ref=r.example/c,mode=max .\n"),
        (
            "compose.yaml",
            "services:\n  a:\n    build:\n      context: .\n      cache_to: [\"type=gha,mode=max\"]\n",
        ),
        (
            "docker-bake.hcl",
            "target \"a\" {\n  context = \".\"\n  cache-to = [\"type=s3,bucket=b,mode=max\"]\n}\n",
        ),
    ] {
        let all = |caller: &str| said(&linted(&[("Dockerfile", dockerfile), (path, caller)]));
        assert!(
            all(caller).iter().any(|one| one.starts_with("cache-publishes-stage")),
            "{path}: {:?}",
            all(caller)
        );
        let small = caller.replace("mode=max", "mode=min");
        assert!(all(&small).iter().all(|one| !one.starts_with("cache-publishes-stage")), "{path}");
    }
}

#[test]
fn what_is_not_clear_is_told() {
    for (script, line) in [
        ("docker build $OPTIONS -t app .\n", 1),
        ("docker build --build-arg \"$NAME=$VALUE\" .\n", 1),
        ("set -e\ndocker build --no-such-option x .\n", 2),
    ] {
        let linted = linted(&[("build.sh", script)]);
        assert_eq!(said(&linted), [format!("build-not-clear build.sh:{line}")], "{script}");
        assert_eq!(linted.report.findings[0].level, Level::Note);
    }
}

#[test]
fn ordinary_builds_stay_silent() {
    let linted = linted(&[
        ("Dockerfile", "FROM alpine:3.22\nARG VERSION\nRUN echo \"$VERSION\"\n"),
        (
            "build.sh",
            "set -eu\ndocker build --build-arg VERSION=\"$(git describe)\" -t app:$VERSION . && docker push app\n",
        ),
        (
            "compose.yml",
            "services:\n  db:\n    image: postgres\n    environment: {POSTGRES_PASSWORD_FILE: /run/secrets/p}\n",
        ),
        (
            ".github/workflows/ci.yml",
            "on: push\njobs:\n  t:\n    steps:\n      - uses: actions/checkout@v4\n      - run: cargo test\n      - uses: docker/login-action@v3\n        with: {username: a, password: \"${{ secrets.PASSWORD }}\"}\n      - uses: docker/build-push-action@v6\n        with: {context: ., push: true, build-args: \"VERSION=${{ github.sha }}\"}\n",
        ),
    ]);
    assert_eq!(said(&linted), Vec::<String>::new());
    assert!(linted.report.gaps.is_empty(), "{:?}", linted.report.gaps);
}

#[test]
fn a_comment_allows_a_call_with_a_reason() {
    let script = "# tightlip: allow secret-passed-as-argument -- a token of a test account\n\
        docker build --build-arg NPM_TOKEN=$NPM_TOKEN .\n";
    let linted = linted(&[("build.sh", script)]);
    assert_eq!(said(&linted), Vec::<String>::new());
    assert_eq!(linted.report.allowed.len(), 1);
}

#[test]
fn what_cannot_be_read_is_a_gap() {
    let linted = linted(&[("compose.yaml", "services:\n  a:\n    build: {args: [\n")]);
    assert_eq!(linted.report.gaps.len(), 1);
}

#[test]
fn an_argument_becomes_a_secret_in_the_dockerfile_and_in_all_its_callers() {
    let dockerfile = "FROM node:22\nARG NPM_TOKEN\nCOPY . .\nRUN npm ci\n";
    let workflow = "on: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v6\n      \
        - uses: docker/build-push-action@v6\n        with:\n          context: .\n          # the registry of the team\n          build-args: |\n            NODE=22\n            NPM_TOKEN=${{ secrets.NPM_TOKEN }}\n";
    let compose =
        "services:\n  app:\n    build:\n      context: .\n      args:\n        NPM_TOKEN: ${NPM_TOKEN}\n";
    let script = "#!/bin/sh\n# builds\ndocker build --build-arg NPM_TOKEN=$NPM_TOKEN -t app .\n";
    let files = [
        ("Dockerfile", dockerfile),
        (".github/workflows/build.yml", workflow),
        ("compose.yaml", compose),
        ("build.sh", script),
    ];
    let linted = linted(&files);
    let result = fixed(&linted.files, &linted.fixes, Apply::Safe);
    let changed: Vec<(&str, &str)> = result
        .changes
        .iter()
        .map(|one| (linted.file(one.file).unwrap().name.as_str(), one.text.as_str()))
        .collect();
    assert_eq!(changed.len(), 4, "{changed:?} {result:?}");
    for (name, text) in &changed {
        assert!(!text.contains("build-arg NPM") && !text.contains("ARG NPM_TOKEN"), "{name}: {text}");
    }
    assert!(
        changed
            .iter()
            .any(|(_, text)| text.contains("# the registry of the team") && text.contains("NODE=22"))
    );
    let again = self::linted(&changed);
    let left: Vec<String> = said(&again).into_iter().filter(|one| one.contains("arg")).collect();
    assert_eq!(left, Vec::<String>::new());
    assert!(fixed(&again.files, &again.fixes, Apply::Unsafe).changes.is_empty(), "twice is once");
}

#[test]
fn a_caller_that_cannot_be_changed_stops_the_whole_fix() {
    let files = [
        ("Dockerfile", "FROM node:22\nARG NPM_TOKEN\nRUN npm ci\n"),
        ("build.sh", "docker build --build-arg NPM_TOKEN=\"$(vault read -field=x secret/npm)\" .\n"),
    ];
    let linted = linted(&files);
    let result = fixed(&linted.files, &linted.fixes, Apply::Unsafe);
    if result.changes.is_empty() {
        assert!(
            result.refused.iter().any(|(_, why)| why.contains("build.sh cannot be changed along")),
            "{result:?}"
        );
    } else {
        assert_eq!(result.changes.len(), 2, "both or none: {result:?}");
    }
}

#[test]
fn the_default_of_a_variable_of_bake_is_told_where_it_stands() {
    let bake = |default: &str| {
        format!(
            "variable \"NPM_TOKEN\" {{\n  default = \"{default}\"\n}}\ntarget \"a\" {{\n  args = {{\n    NPM_TOKEN = NPM_TOKEN\n  }}\n}}\n"
        )
    };
    let at = |default: &str| {
        let files = [
            ("docker-bake.hcl", bake(default)),
            ("Dockerfile", "FROM node:22\nARG NPM_TOKEN\nRUN npm ci\n".to_owned()),
        ];
        let linted = linted(&files.each_ref().map(|(name, text)| (*name, text.as_str())));
        said(&linted).into_iter().filter(|one| one.contains("bake")).collect::<Vec<_>>()
    };
    let token = tightlip_testkit::Canary::new(3);
    let both = ["secret-passed-as-argument docker-bake.hcl:2", "secret-passed-as-argument docker-bake.hcl:6"];
    assert_eq!(at(token.text()), both);
    assert_eq!(at(""), ["secret-passed-as-argument docker-bake.hcl:6"]);
}
