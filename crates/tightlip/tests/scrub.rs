//! `tightlip scrub` as a user runs it: plan, decision, receipt, exit codes, and Ctrl-C.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that cannot run fails")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;
use tightlip_testkit::{Bundle, Canary, ImageBuilder, Packing};

/// A Docker Hub access token that was never issued.
fn token(seed: u64) -> String {
    format!("dckr_{}_{}abc", "pat", Canary::new(seed).text())
}

struct Bench {
    folder: TempDir,
}

impl Bench {
    fn with(name: &str, bundle: &Bundle) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("home")).unwrap();
        std::fs::write(folder.path().join(name), bundle.oci_archive()).unwrap();
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tightlip"));
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.env_clear().env("HOME", self.path("home")).current_dir(self.folder.path());
        command
    }

    fn run(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let Output { status, stdout, stderr } = self.command(arguments).output().unwrap();
        (status.code(), String::from_utf8([stdout, stderr].concat()).unwrap())
    }
}

fn leaking() -> Bundle {
    let image = ImageBuilder::new().file("app/.env", format!("TOKEN={}\n", token(1))).delete("app/.env");
    Bundle::of(image.env("API_KEY", &token(2)).build())
}

#[test]
fn a_plan_writes_nothing_and_says_what_to_do() {
    let bench = Bench::with("app.tar", &leaking());
    let (code, text) = bench.run(&["scrub", "app.tar", "-o", "clean.tar"]);
    assert_eq!(code, Some(1), "{text}");
    for part in ["would take out 2 secrets", "app/.env: the value is masked", "/config/Env/0", "--rotated"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!bench.path("clean.tar").exists());
    assert!(!text.contains(&token(1)) && !text.contains(&token(2)));
}

#[test]
fn writing_takes_a_decision_about_the_secrets() {
    let bench = Bench::with("app.tar", &leaking());
    let (code, text) = bench.run(&["scrub", "app.tar", "-o", "clean.tar", "--write"]);
    assert!(code == Some(2) && text.contains("--rotated"), "{text}");
    let (code, text) = bench.run(&["scrub", "app.tar", "--write", "--rotated"]);
    assert!(code == Some(2) && text.contains("--output"), "{text}");
    let (code, text) = bench.run(&["scrub", "app.tar", "-o", "nowhere:x", "--write", "--rotated"]);
    assert!(code == Some(2) && text.contains("oci:DIR"), "{text}");
    for decision in ["--rotated", "--accept-exposed"] {
        let out = format!("oci:clean{decision}");
        let (code, text) = bench.run(&["scrub", "app.tar", "-o", &out, "--write", decision]);
        assert!(code == Some(0) && text.contains("proven by a second scan"), "{text}");
        assert_eq!(bench.run(&["scan", "--no-cache", &out]).0, Some(0));
    }
    let (code, text) = bench.run(&["scrub", "app.tar", "-o", "oci:clean--rotated", "--write", "--rotated"]);
    assert!(code == Some(2) && text.contains("exists already"), "{text}");
}

#[test]
fn the_receipt_is_json_and_the_map_remembers() {
    let bench = Bench::with("app.tar", &leaking());
    let arguments = ["scrub", "app.tar", "-q", "-o", "clean.tar", "--write", "--rotated", "--format", "json"];
    let (code, text) = bench.run(&[&arguments[..], &["--map", "map.json"]].concat());
    assert_eq!(code, Some(0), "{text}");
    let receipt: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&receipt["schema"], &receipt["written"]), (&"tightlip.scrub/1".into(), &true.into()));
    let layers = receipt["receipt"]["layers"].as_object().unwrap();
    assert_eq!(layers.len(), 1);
    assert!(!receipt["receipt"]["next"].as_array().unwrap().is_empty());
    let map: Value = serde_json::from_slice(&std::fs::read(bench.path("map.json")).unwrap()).unwrap();
    for (old, new) in layers {
        let kept = &map["layers"][old];
        assert_eq!((&kept["digest"], &kept["diff_id"]), (&new["digest"], &new["diff_id"]));
    }
    let again = ["scrub", "app.tar", "-o", "oci:again", "--write", "--rotated", "--map", "map.json"];
    let (code, text) = bench.run(&again);
    assert!(code == Some(0) && text.contains("made by an earlier scrub"), "{text}");
    std::fs::write(bench.path("map.json"), "no map").unwrap();
    std::fs::remove_file(bench.path("clean.tar")).unwrap();
    let (code, text) = bench.run(&[&arguments[..], &["--map", "map.json"]].concat());
    assert!(
        code == Some(2) && text.contains("no map of digests") && text.contains("help: restore it"),
        "{text}"
    );
}

#[test]
fn a_map_of_something_else_is_not_written_over() {
    let bench = Bench::with("app.tar", &leaking());
    let arguments = ["scrub", "app.tar", "-q", "-o", "clean.tar", "--write", "--rotated", "--map"];
    let other = r#"{"schema":"other/1","layers":{},"documents":{}}"#;
    std::fs::write(bench.path("other.json"), other).unwrap();
    let (code, text) = bench.run(&[&arguments[..], &["other.json"]].concat());
    assert!(code == Some(2) && text.contains("its schema is `other/1`"), "{text}");
    assert_eq!(std::fs::read_to_string(bench.path("other.json")).unwrap(), other);
    let (code, text) = bench.run(&[&arguments[..], &["nowhere/map.json"]].concat());
    assert!(
        code == Some(2) && text.contains("help: make it first") && !bench.path("clean.tar").exists(),
        "{text}"
    );
    // What `mktemp` makes is a map with nothing in it.
    std::fs::write(bench.path("new.json"), "").unwrap();
    assert_eq!(bench.run(&[&arguments[..], &["new.json"]].concat()).0, Some(0));
    assert!(std::fs::read_to_string(bench.path("new.json")).unwrap().contains("tightlip.scrub-map/1"));
}

#[test]
fn every_place_that_cannot_be_written_is_told_with_what_to_do() {
    let bench = Bench::with("app.tar", &leaking());
    std::fs::write(bench.path("taken.tar"), "mine").unwrap();
    for (out, said, help) in [
        ("app.tar", "app.tar is what is scrubbed", "name another place"),
        ("docker-archive:./app.tar", "./app.tar is what is scrubbed", "name another place"),
        ("taken.tar", "taken.tar exists already", "name another place, or remove what is there"),
        ("no/folder/x.tar", "there is no folder no/folder", "mkdir -p no/folder"),
        ("clean", "no scheme stands before it", "oci:clean, clean.tar, docker:clean"),
        ("podman:app:clean", "is no place for an image", "podman load --input clean.tar"),
        ("oci:", "nothing stands behind the colon", "oci:DIR"),
        ("taken.tar/x.tar", "there is no folder taken.tar", "make the folder first"),
        ("registry:Bad/Name", "is no place for an image", "registry:REFERENCE"),
    ] {
        let (code, text) = bench.run(&["scrub", "app.tar", "-o", out, "--write", "--rotated", "-q"]);
        assert!(code == Some(2) && text.contains(said) && text.contains("help: "), "{out}: {text}");
        assert!(text.contains(help), "{out}: {text}");
        assert!(!text.contains("scanned") && !text.contains(".tightlip-"), "{out}: {text}");
    }
    assert_eq!(std::fs::read(bench.path("taken.tar")).unwrap(), b"mine");
}

#[test]
fn an_archive_on_standard_input_is_scrubbed() {
    let bench = Bench::with("app.tar", &leaking());
    let arguments = ["scrub", "-", "-q", "-o", "clean.tar", "--write", "--rotated"];
    let archive = std::fs::File::open(bench.path("app.tar")).unwrap();
    let ended = bench.command(&arguments).stdin(archive).output().unwrap();
    let text = String::from_utf8([ended.stdout, ended.stderr].concat()).unwrap();
    assert!(ended.status.code() == Some(0) && text.contains("2 secrets taken out"), "{text}");
    assert_eq!(bench.run(&["scan", "--no-cache", "clean.tar"]).0, Some(0));
    let (code, text) = bench.run(&["scrub", "-"]);
    assert!(code == Some(3) && text.contains("not everything was read"), "{text}");
}

#[test]
fn what_was_not_read_is_told_in_the_first_line_and_in_the_last() {
    let bench = Bench::with("app.tar", &leaking());
    let whole = std::fs::read(bench.path("app.tar")).unwrap();
    std::fs::write(bench.path("cut.tar"), &whole[..700]).unwrap();
    let (code, text) = bench.run(&["scrub", "cut.tar", "-q"]);
    assert!(code == Some(3) && !text.contains("nothing leaks"), "{text}");
    assert!(text.contains("but not everything was read") && text.contains("--allow-gaps"), "{text}");
    std::fs::write(bench.path("empty.tar"), "").unwrap();
    let (code, text) = bench.run(&["scrub", "empty.tar", "-q"]);
    assert!(code == Some(2) && text.contains("help: "), "{text}");
}

#[test]
fn the_receipt_names_every_document_and_the_secrets_of_a_path() {
    let bench = Bench::with("app.tar", &leaking());
    let out = ["-q", "-o", "clean.tar", "--write", "--rotated"];
    let (_, text) = bench.run(&[&["scrub", "app.tar"], &out[..]].concat());
    for part in ["   image    sha256:", "   layer    sha256:", "   config   sha256:", "Rotate: Docker"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let (code, text) = bench.run(&["scrub", "app.tar", "-q", "--path", "/app", "--format", "json"]);
    let plan: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((code, &plan["plan"]["secrets"][0]["goes"]), (Some(1), &"with-its-path".into()), "{text}");
    assert!(plan["plan"]["left"].as_array().is_some_and(|left| !left.is_empty()));
}

#[test]
fn exit_codes_say_clean_leaking_failed_and_unproven() {
    let clean = Bench::with("app.tar", &Bundle::of(ImageBuilder::new().file("a", "b").build()));
    let (code, text) = clean.run(&["scrub", "app.tar", "-o", "out.tar", "--write", "--rotated"]);
    assert!(
        code == Some(0) && text.contains("nothing to scrub") && !clean.path("out.tar").exists(),
        "{text}"
    );
    let image = ImageBuilder::new().file("a.env", format!("T={}\n", token(3))).file("b", "c").build();
    let cut = Bundle::of(image.clone()).without_blob(&image.layers[1].digest);
    let cut = Bench::with("app.tar", &cut);
    let (code, text) = cut.run(&["scrub", "app.tar", "-o", "out.tar", "--write", "--rotated"]);
    assert!(code == Some(3) && text.contains("missing-blob") && !cut.path("out.tar").exists(), "{text}");
    assert!(text.ends_with("nothing was written: what was not read stands in the way\n"), "{text}");
    assert_eq!(cut.run(&["scrub", "none.tar"]).0, Some(2));
    assert_eq!(cut.run(&["scrub", "app.tar", "--finding", "0000"]).0, Some(2));
}

/// Everything beside the image and the user's own folder.
fn beside(bench: &Bench) -> Vec<PathBuf> {
    let listed = std::fs::read_dir(bench.folder.path()).unwrap().map(|entry| entry.unwrap().path());
    listed.filter(|path| !path.ends_with("app.tar") && !path.ends_with("home")).collect()
}

#[test]
fn an_interrupted_scrub_leaves_a_whole_image_or_none() {
    let noise: String = (0..60_000).map(|seed| Canary::new(seed).text().to_lowercase() + "\n").collect();
    let body = format!("{noise}TOKEN={}\n", token(4));
    let image = ImageBuilder::new().packing(Packing::Zstd).file("big", &body).file("noise", &noise).build();
    let bench = Bench::with("app.tar", &Bundle::of(image));
    let arguments = ["scrub", "app.tar", "-q", "--no-cache", "-o", "oci:clean", "--write", "--rotated"];
    let (mut whole, mut abandoned) = (0, BTreeSet::new());
    for pause in [50, 300, 600, 900, 1300, 2000, 4000] {
        for signal in ["INT", "TERM", "KILL"] {
            let child = bench.command(&arguments).spawn().unwrap();
            std::thread::sleep(Duration::from_millis(pause));
            let id = child.id().to_string();
            // It may be over already.
            let _ = Command::new("kill").args([&format!("-{signal}"), &id]).stderr(Stdio::null()).status();
            let ended = child.wait_with_output().unwrap();
            let out = bench.path("clean");
            if out.exists() {
                whole += 1;
                assert_whole(&bench, &out);
            }
            let left: BTreeSet<PathBuf> = beside(&bench).into_iter().filter(|path| *path != out).collect();
            // Of those that were killed something may be left, until another one comes.
            assert!(signal == "KILL" || left.is_subset(&abandoned), "{pause} {ended:?}: {left:?}");
            abandoned = left;
            if out.exists() {
                std::fs::remove_dir_all(out).unwrap();
            }
        }
    }
    assert!(whole > 0, "no run was long enough to end");
    let (code, text) = bench.run(&arguments);
    assert_eq!((code, beside(&bench)), (Some(0), vec![bench.path("clean")]), "{text}");
}

#[test]
fn where_the_disk_is_full_nothing_is_left() {
    let noise: String = (0..60_000).map(|seed| Canary::new(seed).text().to_owned()).collect();
    let image = ImageBuilder::new().packing(Packing::Plain).file("noise", &noise);
    let bench = Bench::with("app.tar", &Bundle::of(image.file("a.env", format!("T={}\n", token(5))).build()));
    for out in ["oci:clean", "oci-archive:clean.tar", "docker-archive:clean.tar"] {
        let scrub = format!(
            "{} scrub app.tar -q --no-cache -o {out} --write --rotated",
            env!("CARGO_BIN_EXE_tightlip")
        );
        // A file may have a megabyte; whoever writes on is told that there is no room.
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("ulimit -f 1000; trap '' XFSZ; exec {scrub}")]).env_clear();
        shell.env("HOME", bench.path("home")).current_dir(bench.folder.path());
        let ended = shell.output().unwrap();
        let text = String::from_utf8([ended.stdout, ended.stderr].concat()).unwrap();
        assert!(ended.status.code() == Some(2) && text.contains("cannot write"), "{out}: {text}");
        assert_eq!(beside(&bench), Vec::<PathBuf>::new(), "{out}");
    }
}

fn assert_whole(bench: &Bench, out: &Path) {
    let target = format!("oci:{}", out.display());
    let (code, text) = bench.run(&["scan", "--no-cache", "-q", &target]);
    assert_eq!(code, Some(0), "{text}");
}
