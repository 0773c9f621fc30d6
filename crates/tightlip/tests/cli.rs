//! The program as its users meet it: arguments in, text and exit code out.

#![expect(clippy::unwrap_used, reason = "a test that cannot run fails")]

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};
use tightlip_testkit::{Bundle, Canary, ImageBuilder, Layer, Packing};

/// A place of its own for a test: images, and a home for the identity key.
struct Bench {
    folder: tempfile::TempDir,
}

impl Bench {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        std::fs::write(self.path(name), bytes).unwrap();
        self.path(name).display().to_string()
    }

    fn image(&self, name: &str, image: ImageBuilder) -> String {
        self.write(name, Bundle::of(image.build()).oci_archive())
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tightlip"));
        command.args(arguments).stdin(Stdio::null()).env_clear();
        command.env("HOME", self.folder.path()).current_dir(self.folder.path());
        command
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(self.command(arguments).output().unwrap())
    }
}

/// How a run ended.
#[derive(Debug)]
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

fn token(seed: u64) -> String {
    format!("dckr_{}_{}abc", "pat", Canary::new(seed).text())
}

fn clean() -> ImageBuilder {
    ImageBuilder::new().file("readme", "hello")
}

fn leaking() -> ImageBuilder {
    let layer = Layer::new().file("app/.env", format!("TOKEN={}\n", token(1)));
    ImageBuilder::new().step("COPY .env /app/.env # buildkit", layer).delete("app/.env")
}

/// An image of which a layer is cut short.
fn unproven() -> Vec<u8> {
    let image = ImageBuilder::new().packing(Packing::Plain).file("readme", "hello ".repeat(500)).build();
    let name = image.layers[0].digest.clone();
    let blob = image.layers[0].blob[..1000].to_vec();
    Bundle::of(image).with_wrong_blob(&name, blob).oci_archive()
}

#[test]
fn what_was_found_counts_whether_anybody_reads_it_or_not() {
    let bench = Bench::new();
    let canary = Canary::new(3);
    let image = ImageBuilder::new().file(".env", format!("API_KEY={}\n", canary.text()));
    let leaking = format!("oci-archive:{}", bench.image("leaking.tar", image));
    for (arguments, code) in [
        (vec!["scan", &leaking], 1),
        (vec!["scan", "--format", "json", &leaking], 1),
        (vec!["scan", "--no-config", "oci-archive:none.tar"], 2),
        (vec!["rules"], 0),
        (vec!["explain", "private-key"], 0),
    ] {
        let (nobody, stdout) = std::io::pipe().unwrap();
        drop(nobody);
        let status = bench.command(&arguments).stdout(stdout).stderr(Stdio::null()).status().unwrap();
        assert_eq!(status.code(), Some(code), "{arguments:?}");
    }
}

#[test]
fn a_quiet_scan_says_nothing_beside_its_report() {
    let bench = Bench::new();
    let image = bench.image("image.tar", ImageBuilder::new().file("a", "b"));
    bench.write(
        "config.json",
        r#"{"credsStore": "none-such", "auths": {"r.test": {"password": "tulips-7"}}}"#,
    );
    let scan = |extra: &[&str]| {
        let mut command = bench.command(&["scan", "--known-docker-config", &image]);
        Ran::of(command.args(extra).env("DOCKER_CONFIG", bench.path("")).output().unwrap())
    };
    let usual = scan(&[]);
    assert!(usual.out.contains("docker-credential-none-such"), "{usual:?}");
    for word in ["--quiet", "-q"] {
        let quiet = scan(&[word]);
        assert_eq!((quiet.code, quiet.out, quiet.err.as_str()), (Some(0), usual.out.clone(), ""));
    }
}

#[test]
fn what_podman_logs_in_with_is_known_too() {
    let bench = Bench::new();
    let image = bench.image("image.tar", ImageBuilder::new().file("a", "a word of tulips seven"));
    let auth = bench.write("auth.json", r#"{"auths": {"r.test": {"password": "word of tulips"}}}"#);
    let scan = |file: &str| {
        let mut command = bench.command(&["scan", "--known-docker-config", &image]);
        let nowhere = bench.path("none");
        command
            .env("DOCKER_CONFIG", &nowhere)
            .env("XDG_RUNTIME_DIR", &nowhere)
            .env("XDG_CONFIG_HOME", &nowhere);
        Ran::of(command.env("REGISTRY_AUTH_FILE", file).output().unwrap())
    };
    let found = scan(&auth);
    assert_eq!(found.code, Some(1), "{found:?}");
    assert!(found.out.contains("password of r.test") && !found.out.contains("tulips"), "{found:?}");
    let none = scan("none.json");
    assert_eq!(none.code, Some(2), "{none:?}");
    assert!(none.err.contains("nobody is logged in here") && none.err.contains("none.json"), "{none:?}");
}

#[test]
fn the_exit_code_is_the_verdict() {
    let bench = Bench::new();
    let clean = bench.run(&["scan", &bench.image("clean.tar", clean())]);
    assert_eq!((clean.code, clean.err.as_str()), (Some(0), ""), "{clean:?}");
    assert!(clean.out.starts_with("clean  "), "{clean:?}");
    let leaking = bench.run(&["scan", &bench.image("leaking.tar", leaking())]);
    assert_eq!(leaking.code, Some(1), "{leaking:?}");
    assert!(leaking.out.starts_with("leaking  "), "{leaking:?}");
    let missing = bench.run(&["scan", "no-such-file.tar"]);
    assert_eq!((missing.code, missing.out.as_str()), (Some(2), ""), "{missing:?}");
    assert!(
        missing.err.contains("no-such-file.tar") && missing.err.contains("\nhelp: check the path"),
        "{missing:?}"
    );
    let unproven = bench.run(&["scan", &bench.write("cut.tar", unproven())]);
    assert_eq!(unproven.code, Some(3), "{unproven:?}");
    assert!(unproven.out.starts_with("unproven  "), "{unproven:?}");
}

#[test]
fn what_cannot_run_says_what_to_do() {
    let bench = Bench::new();
    let image = bench.image("image.tar", clean());
    for (arguments, words) in [
        (vec!["scan", "oci-archiv:image.tar"], "use `oci-archive:`"),
        (vec!["scan", "oci:image.tar"], "is not a directory"),
        (vec!["scan", &format!("oci-archive:{image}:nothing")], "there is no image `nothing`"),
        (vec!["scan", "--jobs", "0", &image], "--jobs"),
        (vec!["scan", "--allow-gaps", "everything", &image], "possible values"),
        (vec!["scan", "--format", "xml", &image], "possible values"),
        (vec!["scan", "--dockerfile", "nowhere/Dockerfile", &image], "nowhere/Dockerfile"),
        (vec!["scan", "--base", "nowhere.tar", &image], "cannot open the base image"),
        (vec!["scan"], "<TARGET>"),
        (vec!["scna", &image], "scan"),
        (vec!["explain", "delted-file"], "Did you mean `deleted-file`?"),
        (vec!["man", "nothing"], "there is no subcommand `nothing`"),
        (vec!["completions", "nosuchshell"], "bash"),
    ] {
        let ran = bench.run(&arguments);
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{arguments:?}: {ran:?}");
        assert!(ran.err.contains(words), "{arguments:?}: {}", ran.err);
    }
}

#[test]
fn the_json_report_is_json() {
    let bench = Bench::new();
    let ran = bench.run(&["scan", "--format", "json", &bench.image("image.tar", leaking())]);
    assert_eq!(ran.code, Some(1));
    let report = ran.json();
    assert_eq!(report["schema"], "tightlip.report/1");
    assert_eq!(report["verdict"], "leaking");
    let place = &report["findings"][0]["place"];
    assert_eq!((&place["path"], &place["exposure"]), (&json!("app/.env"), &json!("deleted")));
}

#[test]
fn accepted_gaps_stay_in_the_report() {
    let bench = Bench::new();
    let image = bench.write("cut.tar", unproven());
    let kinds = bench.run(&["scan", "--format", "json", &image]).json();
    let kinds: Vec<&str> =
        kinds["gaps"].as_array().unwrap().iter().map(|g| g["kind"].as_str().unwrap()).collect();
    assert!(kinds.contains(&"truncated"), "{kinds:?}");
    let one = bench.run(&["scan", "--allow-gaps", "limit", &image]);
    assert_eq!(one.code, Some(3), "another kind was accepted: {one:?}");
    let all = bench.run(&["scan", "--allow-gaps", &kinds.join(","), &image]);
    assert_eq!(all.code, Some(0), "{all:?}");
    assert!(all.out.contains("not read, and accepted:\n   truncated: readme"), "{all:?}");
}

#[test]
fn warnings_count_when_they_shall() {
    let bench = Bench::new();
    // Test material of a library is worth a note, a weak guess a warning.
    let image =
        ImageBuilder::new().file("app/settings.py", format!("password = \"{}\"\n", Canary::new(5).text()));
    let image = bench.image("image.tar", image);
    let report = bench.run(&["scan", "--format", "json", &image]).json();
    let levels: Vec<&str> =
        report["findings"].as_array().unwrap().iter().map(|f| f["level"].as_str().unwrap()).collect();
    let code = |level: &str| if levels.contains(&level) { 1 } else { 0 };
    assert_eq!(bench.run(&["scan", &image]).code, Some(code("deny")), "{levels:?}");
    assert_eq!(
        bench.run(&["scan", "--strict", &image]).code,
        Some(code("deny").max(code("warn"))),
        "{levels:?}"
    );
}

#[test]
fn a_dockerfile_gives_lines_and_a_base_gives_labels() {
    let bench = Bench::new();
    let image = bench.image("image.tar", leaking());
    bench.write("Dockerfile", "FROM scratch\nCOPY .env /app/.env\nRUN rm -r /app/.env\n");
    let text = bench.run(&["scan", "--dockerfile", "Dockerfile", &image]);
    assert!(text.out.contains("Dockerfile:2"), "{}", text.out);

    let base = ImageBuilder::new().file("app/.env", format!("TOKEN={}\n", token(1)));
    let top = base.clone().file("own.env", format!("TOKEN={}\n", token(2)));
    let (base, top) = (bench.image("base.tar", base), bench.image("top.tar", top));
    let report = bench.run(&["scan", "--format", "json", "--base", &base, &top]).json();
    let label = |path: &str| {
        let findings = report["findings"].as_array().unwrap();
        findings.iter().find(|f| f["place"]["path"] == path).map(|f| f["place"]["layer"]["base"].clone())
    };
    assert_eq!((label("app/.env"), label("own.env")), (Some(json!(true)), Some(json!(false))), "{report:#}");
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let bench = Bench::new();
    let many = (0..3000)
        .fold(Layer::new(), |layer, n| layer.file(format!("{n}.env"), format!("TOKEN={}\n", token(n))));
    let image = bench.image("image.tar", ImageBuilder::new().step("ADD", many));
    for (arguments, code) in
        [(vec!["scan", "--format", "json", &image], 1), (vec!["scan", &image], 1), (vec!["rules"], 0)]
    {
        let mut child =
            bench.command(&arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut out = child.stdout.take().unwrap();
        let mut first = [0; 10];
        out.read_exact(&mut first).unwrap();
        drop(out);
        let ran = child.wait_with_output().unwrap();
        assert_eq!(ran.status.code(), Some(code), "{arguments:?}: {}", String::from_utf8_lossy(&ran.stderr));
        assert!(ran.stderr.is_empty(), "{}", String::from_utf8_lossy(&ran.stderr));
    }
}

#[test]
fn what_is_no_terminal_gets_no_escape_sequences() {
    let bench = Bench::new();
    let image = bench.image("image.tar", leaking());
    for variables in [vec![], vec![("NO_COLOR", "1")], vec![("TERM", "xterm-256color")]] {
        let mut command = bench.command(&["scan", &image]);
        let ran = Ran::of(command.envs(variables).output().unwrap());
        assert!(!ran.out.contains('\u{1b}') && !ran.err.contains('\u{1b}'), "{ran:?}");
    }
    let forced = bench.command(&["scan", &image]).env("CLICOLOR_FORCE", "1").output().unwrap();
    assert!(Ran::of(forced).out.contains('\u{1b}'), "colour can be forced");
}

#[test]
fn the_identity_key_makes_identities_stable() {
    let (one, two) = (Bench::new(), Bench::new());
    let image = one.image("image.tar", leaking());
    let identity = |bench: &Bench, key: Option<&str>| {
        let mut command = bench.command(&["scan", "--format", "json", &image]);
        let ran = Ran::of(command.envs(key.map(|key| ("TIGHTLIP_IDENTITY_KEY", key))).output().unwrap());
        ran.json()["findings"][0]["identity"].as_str().unwrap().to_owned()
    };
    let key = "0f".repeat(32);
    assert_eq!(identity(&one, Some(&key)), identity(&two, Some(&key)), "the same key");
    assert_eq!(identity(&one, None), identity(&one, None), "the key that was kept");
    assert_ne!(identity(&one, None), identity(&two, None), "keys of two people");
    let wrong =
        one.command(&["scan", &image]).env("TIGHTLIP_IDENTITY_KEY", "secret-but-short").output().unwrap();
    let wrong = Ran::of(wrong);
    assert_eq!(wrong.code, Some(2));
    assert!(
        wrong.err.contains("TIGHTLIP_IDENTITY_KEY") && !wrong.err.contains("secret-but-short"),
        "{wrong:?}"
    );
}

#[cfg(unix)]
#[test]
fn the_identity_key_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let bench = Bench::new();
    bench.run(&["scan", &bench.image("image.tar", clean())]);
    let mode = std::fs::metadata(bench.path(".config/tightlip/identity.key")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn no_output_of_the_program_holds_a_secret() {
    let bench = Bench::new();
    let weak = "hunter&<>\"'$two words9";
    let image = ImageBuilder::new()
        .named(&format!("registry.invalid/{}:{}", token(1), token(2)))
        .file(&format!("{}/x.env", token(3)), format!("TOKEN={}\n", token(4)))
        .env("API_KEY", weak)
        .step(&format!("RUN |1 API_TOKEN={} /bin/sh -c x # buildkit", token(5)), Layer::new());
    let path = bench.image("image.tar", image);
    let values: Vec<String> =
        (1..=5).map(|seed| Canary::new(seed).text().to_owned()).chain([weak.into()]).collect();
    for arguments in
        [vec!["scan", &path], vec!["scan", "--format", "json", &path], vec!["scan", &format!("{path}:x")]]
    {
        let ran = bench.run(&arguments);
        assert!(ran.code != Some(0), "{ran:?}");
        for value in &values {
            let seen = Canary::of(value).seen_in(&format!("{} {}", ran.out, ran.err));
            assert!(seen.is_empty(), "{arguments:?}: {seen:?}");
        }
    }
}

#[test]
fn the_manuals_are_there() {
    let bench = Bench::new();
    for (arguments, words) in [
        (vec!["explain", "deleted-file"], "Instead: "),
        (vec!["explain", "docker-hub-pat"], "Instead: "),
        (vec!["rules", "docker hub"], "docker-hub-pat"),
        (vec!["completions", "bash"], "complete -F"),
        (vec!["completions", "zsh"], "#compdef tightlip"),
        (vec!["completions", "fish"], "complete -c tightlip"),
        (vec!["man"], ".TH tightlip"),
        (vec!["man", "scan"], ".TH tightlip-scan 1"),
        (vec!["--version"], "tightlip "),
        (vec![], "Start here:"),
    ] {
        let ran = bench.run(&arguments);
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{arguments:?}: {ran:?}");
        assert!(ran.out.contains(words), "{arguments:?}: {}", ran.out);
    }
}

#[test]
fn the_help_looks_as_its_snapshot() {
    let bench = Bench::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots");
    let commands = [
        "",
        "scan",
        "explore",
        "scrub",
        "prove",
        "show",
        "baseline",
        "explain",
        "rules",
        "doctor",
        "demo",
        "cache",
        "completions",
        "man",
    ];
    for command in commands {
        let arguments: Vec<&str> = [command, "--help"].into_iter().filter(|word| !word.is_empty()).collect();
        let ran = bench.run(&arguments);
        let path = folder.join(format!("help-{}.txt", if command.is_empty() { "tightlip" } else { command }));
        if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
            std::fs::write(&path, &ran.out).unwrap();
        }
        let expected = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(ran.out == expected, "{}: it reads\n{}", path.display(), ran.out);
    }
}

#[test]
fn values_that_are_not_looked_for_are_told_however_quiet_it_is_to_be() {
    let bench = Bench::new();
    let image = bench.image("clean.tar", clean());
    let some = bench.write("some.env", "PORT=8080\nA_PASSWORD=maple-7431\n");
    let ran = bench.run(&["scan", "-q", "--known-file", &some, &image]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{ran:?}");
    assert!(ran.out.contains("note: known values: of ") && ran.out.contains("PORT"), "{ran:?}");
    let ran = bench.run(&["scan", "--format", "json", "--known-file", &some, &image]);
    assert_eq!(ran.json()["remarks"][0]["by"], "known values");
}

#[test]
fn a_source_of_known_values_that_holds_none_is_an_error() {
    let bench = Bench::new();
    let image = bench.image("clean.tar", clean());
    let none = bench.write("none.env", "PORT=8080\n");
    let ran = bench.run(&["scan", "-q", "--known-file", &none, &image]);
    assert!(ran.code == Some(2) && ran.err.contains("PORT"), "{ran:?}");
    for logins in [
        json!({ "auths": { "r.example": { "auth": "!!notb64 abc" } } }),
        json!({ "credHelpers": { "r.example": "no-such-helper" } }),
    ] {
        bench.write("config.json", logins.to_string());
        let mut command = bench.command(&["scan", "-q", "--known-docker-config", &image]);
        let ran = Ran::of(command.env("DOCKER_CONFIG", bench.folder.path()).output().unwrap());
        assert!(ran.code == Some(2) && ran.err.contains("r.example"), "{ran:?}");
    }
}

#[test]
fn a_cache_folder_that_cannot_be_used_is_told_and_stops_nothing() {
    let bench = Bench::new();
    let image = bench.image("clean.tar", clean());
    let file = bench.write("file", "");
    let ran = bench.run(&["scan", "--cache-dir", &file, &image]);
    assert!(ran.code == Some(0) && ran.err.contains("no results of layers are kept in "), "{ran:?}");
    let ran = bench.run(&["scan", "-q", "--cache-dir", &file, &image]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{ran:?}");
    let ran = bench.run(&["scan", "--cache-dir", "new/folder", &image]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{ran:?}");
}
