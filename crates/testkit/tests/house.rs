//! The rules of the house that no compiler knows: which room may use which, what stands in which table, how long a
//! file may be. Read from the sources.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The rooms, and the rooms that each may use: the table in ARCHITECTURE.md. What only tests use does not count.
const DOORS: &[(&str, &[&str])] = &[
    ("crates/report", &[]),
    ("crates/detect", &["report"]),
    ("crates/image", &[]),
    ("crates/dockerfile", &[]),
    ("crates/callers", &["dockerfile"]),
    ("crates/engine", &["report", "detect", "image", "dockerfile", "callers"]),
    ("crates/fleet", &["engine", "image", "report"]),
    ("crates/tightlip", &["engine", "report", "fleet"]),
    ("crates/testkit", &["report", "detect", "image", "dockerfile", "engine"]),
    ("xtask", &[]),
    ("e2e", &[]),
];

/// What only some rooms do: the deed, the words for it, and the folders whose sources may hold them. Tests aside.
const DEEDS: &[(&str, &[&str], &[&str])] = &[
    (
        "prints or ends the program",
        &["println!(", "print!(", "io::stdout", "io::stderr", "process::exit"],
        &["crates/tightlip/", "xtask/", "e2e/"],
    ),
    (
        "opens files",
        &["std::fs", "File::open", "fs::read", "fs::write", "OpenOptions"],
        &[
            "crates/image/src/store/",
            "crates/image/src/write/",
            "crates/engine/src/source/",
            "crates/engine/src/cache.rs",
            "crates/engine/src/private.rs",
            "crates/engine/src/builder/folder.rs",
            "crates/engine/src/builder/memory.rs",
            "crates/engine/src/builder/steps.rs",
            "crates/engine/src/build/disk.rs",
            "crates/engine/src/lint/disk.rs",
            "crates/engine/src/lint/write.rs",
            "crates/engine/src/lint/tree.rs",
            "crates/engine/src/lint/link.rs",
            "crates/fleet/src/sqlite/",
            "crates/tightlip/",
            "crates/testkit/",
            "xtask/",
            "e2e/",
        ],
    ),
    ("reads the environment", &["env::var", "env::args"], &["crates/tightlip/", "xtask/", "e2e/"]),
    (
        "runs programs",
        &["process::Command", "Command::new"],
        // Credential helpers are programs, and so are builders: one file each. So are Docker and its plugins, which `doctor`
        // asks for their versions and `demo` builds its examples with: in one file too.
        &[
            "crates/image/src/store/registry/helper.rs",
            "crates/engine/src/builder/start.rs",
            "crates/tightlip/src/program.rs",
            "xtask/",
            "e2e/",
        ],
    ),
    (
        "opens sockets",
        &["std::net::Tcp", "TcpStream", "TcpListener", "UdpSocket", "UnixStream", "UnixListener"],
        &["crates/image/src/store/", "crates/testkit/", "e2e/"],
    ),
];

/// Folders with one file per extension: the folder, the item of a file, and the table that names it.
const TABLES: &[(&str, &str, &str)] = &[
    ("crates/detect/src/check", "CHECK", "crates/detect/src/check/mod.rs"),
    ("crates/detect/src/key", "FINDER", "crates/detect/src/key/mod.rs"),
    ("crates/detect/src/file", "FINDER", "crates/detect/src/file/mod.rs"),
    ("crates/detect/src/context", "FINDER", "crates/detect/src/context/mod.rs"),
    ("crates/detect/src/decode", "DECODER", "crates/detect/src/decode/mod.rs"),
    ("crates/detect/src/decode/text", "DECODER", "crates/detect/src/decode/text/mod.rs"),
    ("crates/detect/src/pack", "PACK", "crates/detect/src/pack/mod.rs"),
    ("crates/engine/src/source", "SOURCE", "crates/engine/src/source/mod.rs"),
    ("crates/engine/src/package", "PACKAGES", "crates/engine/src/package/mod.rs"),
    ("crates/engine/src/lint/rules", "LINT", "crates/engine/src/lint/rules/mod.rs"),
    ("crates/engine/src/lint/mend/recipe", "RECIPE", "crates/engine/src/lint/mend/recipe/mod.rs"),
    ("crates/engine/src/lint/mend/reader", "READER", "crates/engine/src/lint/mend/reader/mod.rs"),
    ("crates/engine/src/scrub/step", "STEP", "crates/engine/src/scrub/step/mod.rs"),
    ("crates/engine/src/surface", "SURFACE", "crates/engine/src/surface/mod.rs"),
    ("crates/image/src/store", "SCHEME", "crates/image/src/store/open.rs"),
    ("crates/image/src/store/registry/namespace", "API", "crates/image/src/store/registry/namespace/mod.rs"),
    ("crates/image/src/compress", "FORMAT", "crates/image/src/compress/mod.rs"),
    ("crates/report/src/format", "FORMAT", "crates/report/src/format/mod.rs"),
    ("crates/callers/src/format", "FORMAT", "crates/callers/src/format/mod.rs"),
    ("crates/fleet/src/answer", "ANSWER", "crates/fleet/src/answer/mod.rs"),
    ("crates/fleet/src/format", "FORMAT", "crates/fleet/src/format/mod.rs"),
    ("crates/tightlip/src/doctor", "CHECK", "crates/tightlip/src/doctor/mod.rs"),
];

const LONGEST_FILE: usize = 500;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_default()
}

/// The names in a folder, sorted.
fn list(folder: &str) -> Vec<String> {
    let Ok(entries) = fs::read_dir(root().join(folder)) else { return Vec::new() };
    let names: BTreeSet<String> =
        entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.into_iter().collect()
}

/// The Rust files of a folder, without the one that lists them.
fn modules(folder: &str) -> Vec<String> {
    let names = list(folder);
    let stem = |name: &String| match name.strip_suffix(".rs") {
        Some(stem) => Some(stem.to_owned()),
        // A folder is the module of its `mod.rs`.
        None => list(&format!("{folder}/{name}")).contains(&"mod.rs".to_owned()).then(|| name.clone()),
    };
    names.iter().filter_map(stem).filter(|name| name != "mod" && name != "tests").collect()
}

/// Every Rust file below a folder.
fn sources(folder: &str) -> Vec<String> {
    let mut found = Vec::new();
    for name in list(folder) {
        let path = format!("{folder}/{name}");
        if path.ends_with(".rs") {
            found.push(path);
        } else if !name.starts_with('.') && name != "target" {
            found.extend(sources(&path));
        }
    }
    found
}

fn all_sources() -> Vec<String> {
    ["crates", "xtask", "e2e"].into_iter().flat_map(sources).collect()
}

/// Whether the file holds nothing but tests.
fn is_test(path: &str) -> bool {
    let names = ["/tests.rs", "/laws.rs", "/law.rs", "/testing.rs"];
    ["/tests/", "/examples/", "/benches/"].iter().any(|part| path.contains(part))
        || names.iter().any(|end| path.ends_with(end))
}

/// The part of a file before its tests.
fn code(text: &str) -> &str {
    let tests = ["#[cfg(test)]\nmod ", "#[cfg(test)]\npub(crate) mod "].iter().filter_map(|words| {
        // A module in a file of its own is no end.
        text.match_indices(words)
            .map(|(at, _)| at)
            .find(|at| text[*at..].lines().nth(1).is_some_and(|l| l.ends_with('{')))
    });
    tests.min().and_then(|at| text.get(..at)).unwrap_or(text)
}

#[test]
fn rooms_keep_their_doors() {
    for (room, doors) in DOORS {
        let manifest = read(&format!("{room}/Cargo.toml"));
        assert!(!manifest.is_empty(), "{room} is gone");
        let sections = manifest.split("\n[").filter(|section| section.starts_with("dependencies]"));
        let names = sections.flat_map(str::lines).filter_map(|line| line.strip_prefix("tightlip-"));
        for name in names.map(|line| line.split(['.', ' ', '=']).next().unwrap_or(line)) {
            assert!(
                doors.contains(&name),
                "{room} opens a door to {name}, which ARCHITECTURE.md does not have"
            );
        }
    }
    for room in list("crates") {
        assert!(DOORS.iter().any(|(known, _)| *known == format!("crates/{room}")), "a new room: {room}");
    }
}

#[test]
fn rooms_do_only_what_is_theirs() {
    for path in all_sources().iter().filter(|path| !is_test(path)) {
        let text = read(path);
        for (deed, words, rooms) in DEEDS {
            let does = |line: &&str| {
                !line.trim_start().starts_with("//") && words.iter().any(|word| line.contains(word))
            };
            let line = code(&text).lines().find(does);
            let theirs = rooms.iter().any(|room| path.starts_with(room));
            assert!(theirs || line.is_none(), "{path} {deed}: {}", line.unwrap_or_default());
        }
    }
}

#[test]
fn tables_match_folders() {
    for (folder, item, table) in TABLES {
        let listed = read(table);
        let modules = modules(folder);
        for name in &modules {
            let text = read(&format!("{folder}/{name}.rs")) + &read(&format!("{folder}/{name}/mod.rs"));
            let has = text.contains(&format!(" static {item}:"));
            let in_table = listed.contains(&format!("&{name}::{item}"));
            assert_eq!(has, in_table, "{folder}/{name}.rs has {item}, and {table} lists it");
        }
        let rows =
            listed.matches(&format!("::{item},")).count() + listed.matches(&format!("::{item}]")).count();
        let files = modules.iter().filter(|name| listed.contains(&format!("&{name}::{item}"))).count();
        assert_eq!(rows, files, "{table} lists what is not in {folder}, or lists it twice");
    }
}

#[test]
fn commands_match_their_folder() {
    let listed = read("crates/tightlip/src/command/mod.rs");
    for name in modules("crates/tightlip/src/command") {
        let has = read(&format!("crates/tightlip/src/command/{name}.rs")).contains("pub(crate) fn run(");
        let in_table = listed.contains(&format!("{name}::Args")) && listed.contains(&format!("{name}::run("));
        assert_eq!(has, in_table, "command/{name}.rs");
    }
}

#[test]
fn fuzz_targets_match_their_folder() {
    let manifest = read("fuzz/Cargo.toml");
    let files = list("fuzz/fuzz_targets");
    for file in &files {
        assert!(
            manifest.contains(&format!("path = \"fuzz_targets/{file}\"")),
            "fuzz/Cargo.toml lacks {file}"
        );
    }
    assert_eq!(manifest.matches("[[bin]]").count(), files.len(), "fuzz/Cargo.toml lists what is not there");
}

#[test]
fn every_file_opens_with_what_it_is_for() {
    for path in all_sources() {
        let text = read(&path);
        assert!(text.starts_with("//! "), "{path}: {}", text.lines().next().unwrap_or_default());
    }
}

#[test]
fn no_file_is_long() {
    for path in all_sources().iter().filter(|path| !is_test(path)) {
        let lines = code(&read(path)).lines().count();
        assert!(lines <= LONGEST_FILE, "{path} has {lines} lines: split it by what it knows");
    }
}
