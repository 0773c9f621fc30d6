//! No text makes a reader panic, and large ones stay cheap.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use tightlip_callers::{FORMATS, Move, Source, convert, read};

const PATHS: &[&str] = &[
    ".github/workflows/a.yml",
    ".gitlab-ci.yml",
    ".circleci/config.yml",
    "azure-pipelines.yml",
    "compose.yml",
    "docker-bake.hcl",
    "docker-bake.json",
    "package.json",
    "devcontainer.json",
    "Makefile",
    "Jenkinsfile",
    "x.sh",
    "cloudbuild.yaml",
    "skaffold.yaml",
];

const PIECES: &[&str] = &[
    "\n",
    "  ",
    "\t",
    "- ",
    ": ",
    "{",
    "}",
    "[",
    "]",
    ",",
    "\"",
    "'",
    "|",
    ">",
    "&a ",
    "*a",
    "<<: *a",
    "#",
    "\\",
    "$",
    "${",
    "$(",
    "${{ secrets.T }}",
    "${{",
    "}}",
    "é",
    "😀",
    "docker build ",
    "--build-arg ",
    "T=$T ",
    "T=",
    "--secret id=T",
    "services:",
    "build:",
    "args:",
    "secrets:",
    "T",
    "jobs:",
    "a:",
    "steps:",
    "run: ",
    "uses: docker/build-push-action@v6",
    "with:",
    "build-args: ",
    "script:",
    "target \"a\" {",
    "args = {",
    "secret = [",
    "!reference ",
    "extends: a",
    "sh '",
    "docker.build('x', '",
    "\"scripts\":",
    "\r\n",
    "executor ",
    "<<EOF\n",
    "image: ",
    "steps: ",
    "set: ",
    "\u{f0000}",
];

fn everything(text: &str) {
    for path in PATHS {
        for format in FORMATS {
            let callers = read(format, path, text);
            for call in &callers.calls {
                assert!(text.get(call.span.range()).is_some(), "{path} {:?}", call.span);
                for argument in &call.arguments {
                    assert!(text.get(argument.span.range()).is_some(), "{path} {:?}", argument.span);
                }
            }
            for problem in &callers.problems {
                assert!(text.get(problem.span.range()).is_some(), "{path} {problem:?}");
            }
            let wanted = Move { argument: "T", id: "T" };
            let (after, _) = convert(format, &Source { path, text }, &[wanted]);
            let again = convert(format, &Source { path, text: &after }, &[wanted]);
            assert_eq!(again.0, after, "{path}: {text:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn no_text_makes_a_reader_panic(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..40)) {
        everything(&pieces.concat());
    }

    #[test]
    fn no_characters_make_a_reader_panic(text in "\\PC{0,60}") {
        everything(&text);
    }
}

#[test]
fn large_files_stay_cheap() {
    for piece in PIECES {
        let text = piece.repeat(8_000 / piece.len());
        let start = Instant::now();
        for path in PATHS {
            if let Some(format) = tightlip_callers::recognise(path, &text) {
                let _ = read(format, path, &text);
            }
        }
        // Generous, for slow machines and builds without optimisation; what is meant is "not quadratic".
        assert!(start.elapsed() < Duration::from_secs(20), "{piece:?} took {:?}", start.elapsed());
    }
}
