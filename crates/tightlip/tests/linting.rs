//! `tightlip lint` as its users meet it: files, directories and standard input in; text and exit code out.

#![expect(clippy::unwrap_used, reason = "a test that cannot run fails")]

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tightlip_testkit::Canary;

struct Bench {
    folder: tempfile::TempDir,
}

impl Bench {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tightlip"));
        command.arg("lint").args(arguments).stdin(Stdio::null()).env_clear();
        command.env("HOME", self.folder.path()).current_dir(self.folder.path());
        command
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(self.command(arguments).output().unwrap())
    }
}

struct Ran {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Ran {
    fn of(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Self { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap()
    }
}

const CLEAN: &str = "FROM alpine:3.22\nRUN apk add --no-cache curl\nCMD [\"curl\"]\n";
const LEAKING: &str = "FROM node:22\nARG NPM_TOKEN\nRUN npm ci\n";

#[test]
fn the_exit_code_says_how_it_went() {
    let bench = Bench::new();
    bench.write("clean/Dockerfile", CLEAN);
    bench.write("leaking/Dockerfile", LEAKING);
    bench.write("warned/Dockerfile", "FROM a AS b\nCOPY .npmrc ./\nFROM c\n");
    bench.write("odd/Dockerfile", "FROM alpine\nINCLUDE other\n");
    bench.write("empty/README.md", "");
    for (arguments, code) in [
        (&["clean"][..], 0),
        (&["clean/Dockerfile"], 0),
        (&["leaking"], 1),
        (&["warned"], 0),
        (&["warned", "--strict"], 1),
        (&["odd"], 3),
        (&["empty"], 2),
        (&["nowhere"], 2),
    ] {
        let ran = bench.run(arguments);
        assert_eq!(ran.code, Some(code), "{arguments:?}\n{}{}", ran.out, ran.err);
    }
}

#[test]
fn what_would_be_mended_leaks_all_the_same() {
    let bench = Bench::new();
    bench.write("Dockerfile", LEAKING);
    bench.write("build.sh", "docker build --build-arg NPM_TOKEN .\n");
    let ran = bench.run(&["--diff"]);
    assert_eq!(ran.code, Some(1), "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("\n-ARG NPM_TOKEN\n") && ran.err.contains("fix: "), "{}{}", ran.out, ran.err);
    assert_eq!(bench.run(&["--diff", "-q"]).err, "");
    bench.write("clean/Dockerfile", CLEAN);
    assert_eq!(bench.run(&["--diff", "clean"]).code, Some(0));
    let ran = bench.run(&["--fix", "-q"]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{}", ran.out);
    assert_eq!(bench.run(&["--diff"]).code, Some(0));
}

#[test]
fn nothing_is_mended_when_one_file_cannot_be_written() {
    let bench = Bench::new();
    bench.write("app/Dockerfile", LEAKING);
    // With a name so long no other file has room beside it.
    let script = format!("ci/{}.sh", "b".repeat(245));
    bench.write(&script, "docker build --build-arg NPM_TOKEN app\n");
    let ran = bench.run(&["--fix"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{}", ran.err);
    assert!(ran.err.starts_with(&format!("tightlip: cannot write {script}: ")), "{}", ran.err);
    assert!(ran.err.ends_with("\nNothing was changed\n"), "{}", ran.err);
    assert_eq!(std::fs::read_to_string(bench.folder.path().join("app/Dockerfile")).unwrap(), LEAKING);
}

#[test]
fn what_leaks_is_shown_with_its_line() {
    let bench = Bench::new();
    bench.write("Dockerfile", LEAKING);
    let ran = bench.run(&[]);
    for part in [
        "leaking  .: 1 secret leaks",
        "--> Dockerfile:2:5",
        "2 | ARG NPM_TOKEN",
        "^^^^^^^^^",
        "fix: Use RUN --mount",
    ] {
        assert!(ran.out.contains(part), "{part}\n{}", ran.out);
    }
}

#[test]
fn no_format_prints_a_value() {
    let bench = Bench::new();
    let value = Canary::new(3).text().to_owned();
    let lines: Vec<String> = (0..4).map(|seed| Canary::new(90 + seed).text().repeat(2)).collect();
    let key = format!("-----BEGIN {0} KEY-----\n{1}\n-----END {0} KEY-----", "RSA PRIVATE", lines.join("\n"));
    let text = format!(
        "# password={value}\nFROM alpine\nENV DB_PASSWORD=\"{value}\" A=b\nLABEL x.token={value}\n\
         RUN curl -H \"Authorization: Bearer {value}\" https://u:{value}@h.example/x\nARG API_KEY={value}\n\
         COPY <<EOF /k\n{key}\nEOF\nCMD [\"x\", \"--password={value}\"]\nINCLUDE {value}\n# tightlip: allow x -- {value}\nRUN b\n"
    );
    bench.write("Dockerfile", &text);
    for arguments in [
        &["--format", "text"][..],
        &["--format", "json"],
        &["--format", "sarif"],
        &["--format", "github"],
        &["--diff"],
        &["--fix"],
    ] {
        let ran = bench.run(arguments);
        let all = format!("{}{}", ran.out, ran.err);
        assert!(!all.contains(&value), "{arguments:?}\n{all}");
        assert!(!lines.iter().any(|line| all.contains(line.as_str())), "{arguments:?}\n{all}");
    }
}

#[test]
fn an_editor_gives_its_text_on_standard_input() {
    let bench = Bench::new();
    let mut command = bench.command(&["-", "--stdin-filename", "app/Dockerfile.dev", "--format", "json"]);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(LEAKING.as_bytes()).unwrap();
    let ran = Ran::of(child.wait_with_output().unwrap());
    assert_eq!(ran.code, Some(1), "{}", ran.err);
    let place = &ran.json()["findings"][0]["place"];
    assert_eq!(place["surface"], "dockerfile");
    assert_eq!(place["path"], "app/Dockerfile.dev");
    assert_eq!(
        (place["line"].as_u64(), place["column"].as_u64(), place["offset"].as_u64()),
        (Some(2), Some(5), Some(17))
    );
}

#[test]
fn a_directory_is_searched_for_what_git_keeps() {
    let bench = Bench::new();
    bench.write("a/Dockerfile", CLEAN);
    bench.write(".devcontainer/Dockerfile", CLEAN);
    bench.write("b/web.Dockerfile", CLEAN);
    bench.write("c/Containerfile", CLEAN);
    bench.write("out/Dockerfile", LEAKING);
    bench.write(".git/Dockerfile", LEAKING);
    bench.write(".gitignore", "out/\n");
    let ran = bench.run(&[".", "--format", "json"]);
    assert_eq!((ran.code, ran.json()["read"]["entries"].as_u64()), (Some(0), Some(4)), "{}", ran.out);
    assert_eq!(bench.run(&["out/Dockerfile"]).code, Some(1), "a file that is named is read");
}

#[test]
fn what_is_allowed_stays_counted() {
    let bench = Bench::new();
    bench.write("ours", "FROM a\n# tightlip: allow secret-in-arg -- a test account\nARG NPM_TOKEN\n");
    bench.write("theirs", "# check=skip=SecretsUsedInArgOrEnv\nFROM a\nARG NPM_TOKEN\n");
    bench.write("other", "FROM a\n# tightlip: allow secret-in-env -- not this\nARG NPM_TOKEN\n");
    let ours = bench.run(&["ours", "--format", "json"]);
    assert_eq!(ours.code, Some(0), "{}", ours.out);
    let allowed = &ours.json()["allowed"][0];
    assert_eq!(
        (&allowed["reason"], &allowed["by"]),
        (&Value::from("a test account"), &Value::from("ours:2"))
    );
    assert_eq!(bench.run(&["theirs"]).code, Some(0));
    assert_eq!(bench.run(&["other"]).code, Some(1));
}

#[test]
fn a_fingerprint_does_not_change_when_lines_are_added() {
    let bench = Bench::new();
    let print = |text: &str| {
        bench.write("Dockerfile", text);
        bench.run(&["Dockerfile", "--format", "json"]).json()["findings"][0]["fingerprint"].clone()
    };
    assert_eq!(print(LEAKING), print(&format!("# a comment\n\n{LEAKING}")));
}

#[test]
fn a_lint_has_a_manual() {
    let bench = Bench::new();
    let mut command = Command::new(env!("CARGO_BIN_EXE_tightlip"));
    let ran = Ran::of(
        command.args(["explain", "secret-in-arg"]).env("HOME", bench.folder.path()).output().unwrap(),
    );
    assert!(
        ran.out.contains("docker history --no-trunc IMAGE") && ran.out.contains("ARG NPM_TOKEN"),
        "{}",
        ran.out
    );
}
