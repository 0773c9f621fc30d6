//! What a file's path says of what is in it: material of tests, a test, an example. What lies there counts less, and is read.
//!
//! The first folder is not asked: it is a project's own, or one of a disk.

use memchr::memmem::find;

use super::Setting;
use crate::Hint;
use crate::context::judge::ground::{Ground, ground};

/// Folders of what tests read.
const FIXTURES: &[&str] = &[
    "fixtures",
    "__fixtures__",
    "fixture",
    "testdata",
    "test_data",
    "test-data",
    "test-fixtures",
    "__tests__",
    "__mocks__",
    "__snapshots__",
    "certdata",
    // What is sent and answered, recorded for tests.
    "cassettes",
    "vcr_cassettes",
];
/// Folders of what tests read, below one of tests.
const DATA: &[&str] =
    &["data", "resources", "files", "certs", "certificates", "keys", "assets", "ssl", "tls", "pki"];
/// Folders of tests; what is below a second word of tests is theirs.
const TESTS: &[&str] = &[
    "test",
    "tests",
    "spec",
    "specs",
    "testing",
    "e2e",
    "ansible_test",
    "test-integration",
    "test_suite",
    "testsuite",
    "unittests",
    "unit_tests",
    "integration_tests",
    "benches",
    "test-suite",
    "testprogs",
];
/// Folders that show how something is used.
const SAMPLES: &[&str] = &["examples", "example", "sample", "samples", "api_samples", "demos"];
/// Parts of the names of programs that test others.
const PROGRAMS: &[&str] =
    &["_test.", "_tests.", "-test.", "-tests.", ".test.", ".tests.", ".spec.", "_spec."];
/// The same of files of any kind, and of those that show how a file is filled in.
const NAMED: &[&str] = &[
    ".test.",
    ".spec.",
    // Of Pester.
    ".tests.ps1",
    "_test.",
    "_spec.",
    ".examples.",
    ".example",
    ".sample",
    ".template",
    ".dist",
    "-example",
    "-sample",
    "_sample",
    "_example",
    "example.",
    "sample.",
];
/// Values by which libraries show that they compute what others do.
const VECTORS: &[&str] = &["test-vector", "test_vector", "testvector", "test-vec", "wycheproof"];

/// See the top of the file.
pub(super) fn by_path_of(hint: &Hint<'_>) -> Option<Setting> {
    let path = hint.path().to_ascii_lowercase();
    let mut folders: Vec<&[u8]> = path.split(|byte| *byte == b'/').collect();
    let name = folders.pop()?;
    let is = |list: &[&str], word: &[u8]| list.iter().any(|known| known.as_bytes() == word);
    let has = |list: &[&str], word: &[u8]| list.iter().any(|part| find(word, part.as_bytes()).is_some());
    // `tests/data/key.p12`
    let data = folders.windows(2).any(|pair| is(TESTS, pair[0]) && is(DATA, pair[1]));
    let vectors = has(VECTORS, name) || folders.last().is_some_and(|folder| has(VECTORS, folder));
    if data || vectors || folders.iter().any(|folder| is(FIXTURES, folder)) {
        return Some(Setting::Fixture);
    }
    let code = ground(hint) == Ground::Code;
    let below = |list: &[&str]| folders.iter().skip(1).any(|folder| is(list, folder));
    let tests = below(TESTS);
    if code && (tests || has(PROGRAMS, name) || is_test(hint.file_name())) {
        return Some(Setting::Test);
    }
    if tests {
        return Some(Setting::Fixture);
    }
    let installed = folders.windows(2).any(|pair| pair[0] == b"share" && pair[1] == b"doc");
    if installed || below(SAMPLES) {
        return Some(Setting::Sample);
    }
    let named = has(NAMED, name) || name.starts_with(b"examples-1.json");
    named.then_some(Setting::Manual)
}

/// `test_login.py`, `tests.rs`, `LoginTest.java`.
fn is_test(name: &[u8]) -> bool {
    let stem = name.split(|byte| *byte == b'.').next().unwrap_or_default();
    let end = name.get(stem.len()..).unwrap_or_default();
    let classes: [&[u8]; 5] = [b".java", b".kt", b".cs", b".php", b".scala"];
    matches!(stem, b"test" | b"tests" | b"conftest")
        || stem.starts_with(b"test_")
        || classes.contains(&end) && (stem.ends_with(b"Test") || stem.ends_with(b"Tests"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_tests_and_examples_are_told() {
        for (path, expected) in [
            ("lib/tests/data/key.p12", Some(Setting::Fixture)),
            ("lib/tests/key.p12", Some(Setting::Fixture)),
            ("lib/tests/login.rb", Some(Setting::Test)),
            ("lib/src/login_test.cc", Some(Setting::Test)),
            ("lib/src/LoginTests.java", Some(Setting::Test)),
            ("lib/src/Contest.java", None),
            ("lib/src/test_login.py", Some(Setting::Test)),
            ("lib/src/test-vectors-4.json", Some(Setting::Fixture)),
            ("lib/examples/server.key", Some(Setting::Sample)),
            ("usr/share/doc/app/setup.sh", Some(Setting::Sample)),
            ("lib/app.conf.sample", Some(Setting::Manual)),
            ("srv/data/key.p12", None),
            ("tests/key.p12", None),
            ("examples/key.pem", None),
            ("lib/src/latest.rs", None),
            ("lib/testament/key.pem", None),
        ] {
            assert_eq!(by_path_of(&Hint::File(path.as_bytes())), expected, "{path}");
        }
    }
}
