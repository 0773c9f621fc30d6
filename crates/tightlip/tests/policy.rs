//! Policies, baselines, reports in files and single findings, as users meet them.

#![expect(clippy::unwrap_used, reason = "a test that cannot run fails")]

use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;
use tightlip_testkit::{Bundle, Canary, ImageBuilder};

/// A directory with an image in which two secrets leak.
struct Bench {
    folder: tempfile::TempDir,
}

/// How a run ended.
#[derive(Debug)]
struct Ran {
    code: Option<i32>,
    out: String,
    err: String,
}

fn token(seed: u64) -> String {
    format!("dckr_{}_{}abc", "pat", Canary::new(seed).text())
}

impl Bench {
    fn new() -> Self {
        let bench = Self { folder: tempfile::tempdir().unwrap() };
        let image = ImageBuilder::new()
            .file("app/.env", format!("TOKEN={}\n", token(1)))
            .file("app/other.env", format!("TOKEN={}\n", token(2)));
        bench.write("app.tar", Bundle::of(image.build()).oci_archive());
        std::fs::create_dir(bench.path(".git")).unwrap();
        bench
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), bytes).unwrap();
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    fn run(&self, words: &str) -> Ran {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tightlip"));
        command.args(words.split_whitespace()).stdin(Stdio::null()).env_clear();
        command.env("HOME", self.folder.path()).current_dir(self.folder.path());
        let output = command.output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Ran { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }

    fn json(&self, words: &str) -> Value {
        serde_json::from_str(&self.run(words).out).unwrap()
    }

    /// The fingerprint of the finding in a file.
    fn print(&self, path: &str) -> String {
        let report = self.json("scan --no-config --format json app.tar");
        let findings = report["findings"].as_array().unwrap();
        let one = findings.iter().find(|finding| finding["place"]["path"] == path).unwrap();
        one["fingerprint"].as_str().unwrap().to_owned()
    }
}

#[test]
fn a_policy_is_found_applied_and_named() {
    let bench = Bench::new();
    let allow =
        |path: &str| format!("[[allow]]\nfingerprint = \"{}\"\nreason = \"known\"\n", bench.print(path));
    bench.write("tightlip.toml", allow("app/.env") + &allow("app/other.env"));
    let ran = bench.run("scan app.tar");
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(
        ran.out
            .starts_with("clean  app.tar: everything was read, nothing else leaks, 2 findings are allowed"),
        "{}",
        ran.out
    );
    assert!(
        ran.out.contains("known (tightlip.toml:1)") && ran.out.contains("policy: tightlip.toml"),
        "{}",
        ran.out
    );
    assert_eq!(bench.run("scan --no-config app.tar").code, Some(1));
    bench.write("other.toml", "strict = true\n");
    let other = bench.json("scan --config other.toml --format json app.tar");
    assert_eq!((&other["verdict"], &other["policy"][0]), (&"leaking".into(), &"other.toml".into()));
}

#[test]
fn a_policy_with_mistakes_stops_the_run_before_anything_is_read() {
    let bench = Bench::new();
    bench.write("tightlip.toml", "[levels]\ndocker-hub-pta = \"warn\"\nnpm-token = \"wran\"\n");
    for words in ["scan app.tar", "lint", "baseline app.tar"] {
        let ran = bench.run(words);
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{words}: {ran:?}");
        assert!(
            ran.err.contains("tightlip.toml:2:1: there is no rule or lint `docker-hub-pta`"),
            "{}",
            ran.err
        );
        assert!(ran.err.contains("did you mean `docker-hub-pat`?"), "{}", ran.err);
        assert!(ran.err.contains("tightlip.toml:3:13: `wran` is not a level"), "{}", ran.err);
    }
    let missing = bench.run("scan --config none.toml app.tar");
    assert!(missing.code == Some(2) && missing.err.contains("cannot read none.toml"), "{missing:?}");
}

#[test]
fn a_baseline_makes_only_new_findings_count() {
    let bench = Bench::new();
    let written = bench.run("baseline app.tar -o known.toml");
    assert_eq!(written.code, Some(0), "{written:?}");
    assert!(written.err.contains("2 findings are allowed by known.toml"), "{written:?}");
    assert_eq!(bench.run("scan --baseline known.toml app.tar").code, Some(0));
    let image = ImageBuilder::new()
        .file("app/.env", format!("TOKEN={}\n", token(1)))
        .file("app/new.env", format!("TOKEN={}\n", token(3)));
    bench.write("app.tar", Bundle::of(image.build()).oci_archive());
    bench.write("tightlip.toml", "baseline = [\"known.toml\"]\n");
    let report = bench.json("scan --format json app.tar");
    assert_eq!(report["findings"].as_array().unwrap().len(), 1);
    assert_eq!(report["findings"][0]["place"]["path"], "app/new.env");
    assert_eq!(
        report["remarks"][0]["text"].as_str().unwrap().split(',').next_back(),
        Some(" which was not found")
    );
    // Written anew, it holds what is there now, although the policy names it.
    bench.run("baseline app.tar -o known.toml");
    assert_eq!(bench.read("known.toml").matches("[[allow]]").count(), 2);
    for words in ["baseline app.tar", "scan --baseline known.toml app.tar"] {
        let ran = bench.run(words);
        assert!([1, 3].iter().all(|seed| !ran.out.contains(&token(*seed)[10..])), "{}", ran.out);
    }
}

#[test]
fn a_policy_and_a_baseline_hold_for_lint_too() {
    let bench = Bench::new();
    bench.write("Dockerfile", "FROM scratch\r\nARG NPM_TOKEN\r\nRUN echo $NPM_TOKEN > /x\r\n");
    assert_eq!(bench.run("lint Dockerfile").code, Some(1));
    assert_eq!(bench.run("baseline -o known.toml").code, Some(0));
    // The same file as seen from the working directory.
    let ran = bench.run("lint --baseline known.toml");
    assert_eq!(ran.code, Some(0), "{ran:?}");
    bench.write(".env", format!("API_KEY={}\n", token(1)));
    bench.write("Dockerfile", "FROM scratch\nCOPY . /\n");
    let ran = bench.run("baseline");
    assert!(ran.out.contains("\n# this COPY takes .env, "), "what leaks is named: {ran:?}");
    let ran = bench.run("show Dockerfile 000000");
    assert!(ran.err.contains("List them with: tightlip lint Dockerfile --format json"), "{ran:?}");
}

#[test]
fn one_run_writes_several_reports() {
    let bench = Bench::new();
    let ran = bench.run("scan app.tar --output r.html --output r.sarif --output j --format junit");
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.out.starts_with("leaking  app.tar"), "{}", ran.out);
    assert!(bench.read("r.html").starts_with("<!DOCTYPE html>"));
    assert!(bench.read("r.sarif").contains("\"2.1.0\"") && bench.read("j").starts_with("<?xml"));
    let lost = bench.run("scan app.tar --output none/r.html");
    assert!(lost.code == Some(2) && lost.err.contains("cannot write none/r.html"), "{lost:?}");
    let unclear = bench.run("scan app.tar --output report");
    assert!(
        unclear.code == Some(2) && unclear.err.contains("the format of report is not known"),
        "{unclear:?}"
    );
}

#[test]
fn known_values_come_from_where_the_policy_says_and_what_is_missing_is_told() {
    let bench = Bench::new();
    let value = "plain-looking-words-in-a-file";
    let image = ImageBuilder::new().file("a.txt", format!("text {value} text\n"));
    bench.write("app.tar", Bundle::of(image.build()).oci_archive());
    bench.write("values.env", format!("MINE={value}\n"));
    bench.write(
        "tightlip.toml",
        "[known]\nenv = [\"NOT_SET_HERE\"]\nfiles = [\"values.env\", \"none.env\"]\n",
    );
    let report = bench.json("scan --format json app.tar");
    assert_eq!(report["findings"][0]["rule"], "known-value", "{report:#}");
    let remarks = report["remarks"].to_string();
    assert!(remarks.contains("NOT_SET_HERE is not set") && remarks.contains("none.env"), "{remarks}");
    assert!(!report.to_string().contains(value));
}

#[test]
fn a_finding_is_shown_without_its_value() {
    let bench = Bench::new();
    let print = bench.print("app/.env");
    let ran = bench.run(&format!("show app.tar {}", &print[..10]));
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(
        ran.out.contains("app/.env line 1") && ran.out.contains(">    1 | TOKEN=‹masked›"),
        "{}",
        ran.out
    );
    assert!(!ran.out.contains(&token(1)[10..]) && !ran.out.contains("read:"), "{}", ran.out);
    let refused = bench.run(&format!("show --reveal app.tar {print}"));
    assert_eq!((refused.code, refused.out.as_str()), (Some(2), ""), "{refused:?}");
    assert!(refused.err.contains("to a terminal only"), "{refused:?}");
    let none = bench.run("show app.tar 000000");
    assert!(none.code == Some(2) && none.err.contains("nothing in app.tar has the fingerprint"), "{none:?}");
}

#[test]
fn a_finding_of_a_lint_is_shown_with_its_lines() {
    let bench = Bench::new();
    bench.write("Dockerfile", "FROM scratch\nARG NPM_TOKEN\n");
    let report = bench.json("lint --format json Dockerfile");
    let print = report["findings"][0]["fingerprint"].as_str().unwrap();
    let ran = bench.run(&format!("show Dockerfile {print}"));
    assert!(ran.code == Some(0) && ran.out.contains("2 | ARG NPM_TOKEN"), "{ran:?}");
}

#[test]
fn colour_is_what_the_command_line_says() {
    let bench = Bench::new();
    for (words, coloured) in
        [("", false), ("--color always", true), ("--color never", false), ("--color auto", false)]
    {
        let ran = bench.run(&format!("scan app.tar {words}"));
        assert_eq!(ran.out.contains('\u{1b}'), coloured, "{words}");
    }
    assert_eq!(bench.run("scan app.tar --color sometimes").code, Some(2));
}

#[test]
fn a_reason_does_not_print_the_value_that_it_names() {
    let bench = Bench::new();
    let (one, other) = (bench.print("app/.env"), bench.print("app/other.env"));
    let allow =
        |print: &str, reason: &str| format!("[[allow]]\nfingerprint = \"{print}\"\nreason = \"{reason}\"\n");
    // Alone, and as nothing that a rule would know.
    let piece = Canary::new(1).text().to_owned();
    bench.write(
        "tightlip.toml",
        allow(&one, &format!("{} opens nothing", token(1))) + &allow(&other, "the key of the examples"),
    );
    for format in ["text", "json", "gitlab-secrets", "html", "sarif"] {
        let ran = bench.run(&format!("scan app.tar --format {format}"));
        assert_eq!(ran.code, Some(0), "{ran:?}");
        assert!(ran.out.contains("opens nothing") && ran.out.contains("the key of the examples"), "{ran:?}");
        assert!(!ran.out.contains(&piece), "{format}: {}", ran.out);
    }
}
