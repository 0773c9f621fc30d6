//! `tightlip rules` from outside: what it prints, and how it ends.

#![expect(clippy::unwrap_used, reason = "a test that cannot run fails")]

use std::path::PathBuf;
use std::process::Command;

const PACK: &str = "[[rules]]\nid = \"acme-token\"\ndescription = \"Acme token\"\n\
    regex = '''acm-[a-f0-9]{16}'''\nkeywords = [\"acm\"]\n";
const EXAMPLES: &str =
    "rules:\n  - id: acme.1\n    name: Acme token\n    pattern: 'acm-[a-f]{8}'\n    examples: [acm-WORD]\n";

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }
}

/// The exit code, standard output and standard error.
fn tightlip(arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_tightlip")).args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn rules_are_listed_with_and_without_the_word() {
    for arguments in [&["rules", "github-pat"][..], &["rules", "list", "github-pat"]] {
        let (code, out, _) = tightlip(arguments);
        assert_eq!((code, out.lines().count()), (Some(0), 1), "{out}");
        assert!(out.starts_with("github-pat "));
    }
    let folder = Folder::new();
    let pack = folder.file("p.toml", PACK);
    let (code, out, _) = tightlip(&["rules", "list", "acme-token", "--rules", pack.to_str().unwrap()]);
    assert_eq!(code, Some(0));
    assert!(out.starts_with("acme-token "), "{out}");
}

#[test]
fn a_pack_is_put_to_the_test() {
    let folder = Folder::new();
    let good = folder.file("good.yml", &EXAMPLES.replace("WORD", &"fade".repeat(2)));
    let (code, out, _) = tightlip(&["rules", "test", good.to_str().unwrap()]);
    assert_eq!(code, Some(0), "{out}");
    assert!(out.starts_with("ok    acme.1 "), "{out}");
    let bad = folder.file("bad.yml", &EXAMPLES.replace("WORD", "zzzz"));
    let (code, out, _) = tightlip(&["rules", "test", bad.to_str().unwrap()]);
    assert_eq!(code, Some(1));
    assert!(out.contains("hit 1 is not found") && !out.contains("zzzz"), "{out}");
    let wrong = folder.file("wrong.toml", &PACK.replace("acm-[", "(?=a)acm-["));
    let (code, out, error) = tightlip(&["rules", "test", wrong.to_str().unwrap()]);
    assert_eq!((code, out.as_str()), (Some(2), ""));
    assert!(error.contains("wrong.toml:1: rule `acme-token`: `regex`: lookahead"), "{error}");
}

#[test]
fn an_imported_pack_is_a_pack() {
    let folder = Folder::new();
    let pack = folder.file("p.toml", PACK);
    let own = folder.0.path().join("own.toml");
    let (code, ..) = tightlip(&["rules", "import", pack.to_str().unwrap(), "-o", own.to_str().unwrap()]);
    assert_eq!(code, Some(0));
    assert!(std::fs::read_to_string(&own).unwrap().contains("[[rule]]\nid = \"acme-token\""));
    let (code, out, error) = tightlip(&["rules", "test", own.to_str().unwrap()]);
    assert_eq!(code, Some(0), "{error}");
    assert!(out.starts_with("bare  acme-token"), "{out}");
}

#[test]
fn the_rules_of_a_pack_are_explained() {
    let folder = Folder::new();
    let pack = folder.file("p.toml", &PACK.replace("Acme token", "Acme \\u001b[31mtoken"));
    let (code, out, _) = tightlip(&["explain", "acme-token", "--rules", pack.to_str().unwrap()]);
    assert_eq!(code, Some(0));
    assert!(out.starts_with("acme-token: Acme ") && !out.contains('\u{1b}'), "{out:?}");
    assert_eq!(tightlip(&["explain", "acme-token"]).0, Some(2));
}

#[test]
fn a_pack_brings_the_pack_it_builds_on() {
    let folder = Folder::new();
    folder.file("base.toml", &format!("{PACK}[[rules]]\nid = \"other\"\nregex = '''oth-[0-9]{{9}}'''\n"));
    let pack = folder.file("p.toml", "[extend]\npath = \"base.toml\"\ndisabledRules = [\"other\"]\n");
    let (code, out, error) = tightlip(&["rules", "test", pack.to_str().unwrap()]);
    assert_eq!(code, Some(0), "{error}");
    assert!(out.starts_with("bare  acme-token") && !out.contains("other"), "{out}");
    let (code, out, _) = tightlip(&["rules", "import", pack.to_str().unwrap()]);
    assert_eq!(code, Some(0));
    assert!(out.contains("id = \"acme-token\"") && !out.contains("\"other\""), "{out}");
    let round = folder.file("round.toml", "[extend]\npath = \"round.toml\"\n");
    let (code, _, error) = tightlip(&["rules", "test", round.to_str().unwrap()]);
    assert_eq!(code, Some(2));
    assert!(error.contains("round.toml: packs that build on packs are read 8 deep"), "{error}");
    let gone = folder.file("gone.toml", "[extend]\npath = \"nowhere.toml\"\n");
    let (_, _, error) = tightlip(&["rules", "test", gone.to_str().unwrap()]);
    assert!(error.contains("gone.toml builds on it"), "{error}");
}

#[test]
fn a_file_that_is_not_there_ends_with_two() {
    let (code, _, error) = tightlip(&["scan", "nothing.tar", "--rules", "nowhere.toml"]);
    assert_eq!(code, Some(2));
    assert!(error.contains("cannot read nowhere.toml"), "{error}");
}
