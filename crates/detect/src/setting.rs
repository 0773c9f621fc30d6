//! What a match stands in: a test program, a manual, a signed address that is no longer valid. Also whether everybody
//! has the value already.
//!
//! This lowers how much a match counts and never drops it: a comment that says "example" must not hide a key. What its
//! own checksum proves counts in full everywhere, and so does a provider's token of fixed format.

mod credential_id;
mod key_id;
mod live;
mod of_guest;
mod place;
mod published;
mod snakeoil;

use std::ops::Range;

use memchr::memmem::{find, rfind};
use tightlip_report::{Confidence, Level};

use crate::borders;
use crate::candidate::{Candidate, Proof, Rank, Truth};
use crate::context::judge::comment::is_in_markup_comment;
use crate::context::judge::debug_page::is_debug_page;
use crate::context::judge::ground::{Ground, ground, is_named_manual};
use crate::context::judge::own_note::is_own_note;
use crate::key::judge::known::known_test_material;
use crate::scanner::is_binary;
use crate::{Hint, Match, Text};
use live::is_live;
use place::by_path_of;
use published::published;
use snakeoil::snakeoil;

/// Addresses signed for a time before this year are no longer valid. A fixed year and not the clock's: the same bytes
/// must give the same findings.
const YEAR: u32 = 2025;
/// The same in seconds.
pub(crate) const LONG_AGO: u64 = 1_735_689_600;
/// How far around a match its address may reach, in bytes.
const ADDRESS: usize = 2048;
/// How far before a match the comment or string begins that it stands in, in bytes.
const BEFORE: usize = 32 << 10;
/// How far from the start a document says what it is, in bytes.
const HEAD: usize = 400;

/// What stands around a match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Setting {
    /// A program that tests another.
    Test,
    /// Words for people: a manual, a comment of a declaration, a document of examples; or a file of tests.
    Manual,
    /// A page of the system's manual, whose keys are examples as well: `systemd.netdev(5)` prints one of WireGuard.
    ManPage,
    /// A file of a test's material.
    Fixture,
    /// A file that shows how something is used.
    Sample,
    /// An address that was signed for a time long past, or that everybody may see.
    Expired,
    /// A digest that says so: chance within its digits.
    Digest,
    /// The texts of a program, one behind the other.
    Program,
}

/// Lowers those that are published, or whose setting says that they open nothing.
pub(crate) fn weigh<'b>(text: &Text<'b>, mut all: Vec<Candidate<'b>>) -> Vec<Candidate<'b>> {
    let mut tests = None;
    let mut by_path = None;
    let mut live = None;
    for candidate in all.iter_mut().filter(|candidate| candidate.level != Level::Note) {
        if let Some(place) = known_test_material(&candidate.secret) {
            candidate.level = Level::Note;
            candidate.confidence = Confidence::High;
            candidate.truth = Truth::Example;
            candidate.shape.push_str(&format!(", published example: {place}"));
        } else if let Some(whose) =
            published(text.bytes, candidate).or_else(|| snakeoil(&text.hint, candidate))
        {
            candidate.level = candidate.level.min(Level::Warn);
            candidate.confidence = Confidence::Low;
            candidate.truth = Truth::Example;
            candidate.shape.push_str(&format!(", {whose}"));
        } else if candidate.level == Level::Deny && (candidate.proof != Proof::Checksum || is_made(candidate))
        {
            let is_test =
                tests.get_or_insert_with(|| tests_of(text)).is_some_and(|from| candidate.span.start >= from);
            let by_path = *by_path.get_or_insert_with(|| by_path_of(&text.hint));
            let test = is_test || matches!(by_path, Some(Setting::Manual | Setting::Test));
            let live = test && *live.get_or_insert_with(|| is_live(text));
            let around = [
                (is_test && !live).then_some(Setting::Test),
                by_path.filter(|setting| !live || *setting == Setting::Fixture),
                is_manual(text, &candidate.span).then_some(Setting::Manual),
                is_man_page(text).then_some(Setting::ManPage),
                expired(text.bytes, &candidate.span),
                digest(text.bytes, &candidate.span),
                is_of_program(text, candidate).then_some(Setting::Program),
            ];
            if around.into_iter().flatten().any(|setting| reaches(setting, candidate)) {
                candidate.level = Level::Warn;
                candidate.confidence = Confidence::Low;
            }
        }
    }
    all
}

/// Lowers what an encoded stretch says as what stands around it would be lowered: decoded, it has no surroundings.
pub(crate) fn weigh_inside((hint, bytes): (&Hint<'_>, &[u8]), span: &Range<usize>, found: &mut Match<'_>) {
    // A rule is as sure as this only of fixed formats, and those count everywhere.
    if found.level != Level::Deny || found.confidence == Confidence::High {
        return;
    }
    let text = Text { bytes, hint: *hint, binary: false, at: &[] };
    if tests_of(&text).is_some_and(|from| span.start >= from)
        || by_path_of(hint).is_some()
        || is_manual(&text, span)
        || expired(bytes, span).is_some()
        || digest(bytes, span).is_some()
        || is_binary(bytes) && !borders::is_sure(bytes, span)
    {
        found.level = Level::Warn;
        found.confidence = Confidence::Low;
    }
}

/// Keys of checksummed form that anybody makes: the checksum says that it is whole, and no provider has given it out. Books
/// and suites of tests of the libraries that read them are full of them.
const MADE: &[&str] =
    &["bitcoin-extended-private-key", "bitcoin-private-key", "age-secret-key", "pgp-private-key"];

/// Whether anybody makes such a key, so that its checksum proves nothing of its use.
fn is_made(candidate: &Candidate<'_>) -> bool {
    candidate.rank == Rank::Key || MADE.contains(&candidate.rule.id)
}

/// Whether a match stands among the texts of a program, where only its own form tells where it begins and ends: a checksum
/// that does not hold tells nothing of that.
fn is_of_program(text: &Text<'_>, candidate: &Candidate<'_>) -> bool {
    let unsure = candidate.confidence == Confidence::Low;
    text.binary && (unsure || !borders::is_sure(text.bytes, &candidate.span))
}

/// Whether the setting says anything of such a match.
fn reaches(setting: Setting, candidate: &Candidate<'_>) -> bool {
    // A token whose checksum does not hold has a telling literal only: in a manual that is an example.
    let guessed = matches!(candidate.rank, Rank::NearNamed | Rank::Near | Rank::Context | Rank::Guess)
        || candidate.confidence == Confidence::Low;
    match setting {
        Setting::Expired | Setting::Digest => true,
        Setting::Manual => guessed || MADE.contains(&candidate.rule.id),
        Setting::Sample => guessed || is_made(candidate) || matches!(candidate.rank, Rank::File),
        // Where texts run into each other, a telling literal without its checksum is as often the end of one.
        Setting::Program => {
            matches!(candidate.rank, Rank::Context) || candidate.confidence == Confidence::Low
        }
        Setting::Test | Setting::Fixture | Setting::ManPage => {
            guessed
                || is_made(candidate)
                || matches!(candidate.rank, Rank::File)
                || candidate.rule.confidence != Confidence::High
        }
    }
}

/// Pairs of words that stand together in tests alone.
const TEST_WORDS: &[(&str, &str)] = &[
    ("\"testing\"", "*testing."),
    ("\"testing\"", "func Example"),
    ("import unittest", "def test"),
    ("from unittest", "def test"),
    ("unittest import", "def test"),
    ("TestCase", "def test"),
    ("import pytest", "def test"),
    ("assert ", "def test_"),
    ("TestCase", "self.assert"),
    ("describe(", "it("),
    ("describe(", "test("),
    ("expect(", "test("),
    ("junit", "@Test"),
    ("testng", "@Test"),
    ("kotlin.test", "@Test"),
    ("describe ", "expect("),
    ("Test::Unit", "def test_"),
    ("Minitest", "def test_"),
    ("PHPUnit", "function test"),
    ("use Test::", "ok("),
    ("use Test::", "is("),
    ("Microsoft.VisualStudio.TestTools", "[TestMethod]"),
    ("Xunit", "[Fact]"),
    ("NUnit", "[Test]"),
    ("#[cfg(test)]", "#[test]"),
    ("assert_eq!(", "#[test]"),
];

/// Whether the match is a part of a digest that names itself: `sha256=…`, `sha512-…`.
fn digest(text: &[u8], span: &Range<usize>) -> Option<Setting> {
    let part =
        |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'_' | b'-' | b'=' | b':');
    let before = text.get(span.start.saturating_sub(160)..span.start)?;
    let run = before.iter().rev().take_while(part).count();
    let run = before.get(before.len().saturating_sub(run)..)?;
    let names: [&[u8]; 7] =
        [b"sha256=", b"sha256:", b"sha256-", b"sha384-", b"sha512-", b"sha512=", b"sha1="];
    names.iter().any(|name| find(run, name).is_some()).then_some(Setting::Digest)
}

/// Where the tests of a text begin, if it is a program that tests one, by the words of test frameworks. Rust has them behind
/// what they test, others in a file of their own.
fn tests_of(text: &Text<'_>) -> Option<usize> {
    if ground(&text.hint) != Ground::Code || text.binary {
        return None;
    }
    let at = |word: &str| find(text.bytes, word.as_bytes());
    let (one, other) = TEST_WORDS.iter().find_map(|(one, other)| at(one).zip(at(other)))?;
    let rust = text.hint.file_name().ends_with(b".rs");
    Some(if rust { at("#[cfg(test)]").unwrap_or(one.min(other)) } else { 0 })
}

fn is_manual(text: &Text<'_>, span: &Range<usize>) -> bool {
    // What people write for themselves explains nothing.
    if in_comment_of_page(text, span) || is_own_note(&text.hint) || is_debug_page(text) {
        return false;
    }
    if is_named_manual(&text.hint) {
        return true;
    }
    let head = text.bytes.get(..text.bytes.len().min(HEAD)).unwrap_or_default();
    let said = [
        &b"\"examples\": {"[..],
        b"\"examples\":{",
        b"\nDOCUMENTATION:",
        b"\n.TH ",
        b"\n.Dd ",
        b"<!DOCTYPE html",
        b"<!doctype html",
        b"\"openapi\":",
        b"\"swagger\":",
        b"swagger: ",
    ]
    .iter()
    .any(|word| find(head, word).is_some());
    let api = head.starts_with(b"openapi:") || find(head, b"\nopenapi:").is_some();
    let description = [&b"METADATA"[..], b"PKG-INFO"].contains(&text.hint.file_name());
    said || api
        || description
        || head.starts_with(b".TH ")
        || head.starts_with(b".Dd ")
        || in_words(text, span)
        || in_description(text, span)
}

/// Whether a text is a page of the system's manual: by where it lies, or by its first request and its section.
fn is_man_page(text: &Text<'_>) -> bool {
    let name = text.hint.file_name();
    let section =
        name.iter().rposition(|b| *b == b'.').and_then(|dot| name.get(dot + 1..)).unwrap_or_default();
    let numbered = section.len() <= 5 && section.first().is_some_and(u8::is_ascii_digit);
    let head = text.bytes.get(..text.bytes.len().min(HEAD)).unwrap_or_default();
    let requests = [&b".TH "[..], b".Dd "];
    let written = head.split(|b| *b == b'\n').any(|line| requests.iter().any(|word| line.starts_with(word)));
    numbered && (written || find(text.hint.path(), b"share/man/").is_some())
}

/// Whether the place is in a comment of a page: what readers do not see is no example for them.
fn in_comment_of_page(text: &Text<'_>, span: &Range<usize>) -> bool {
    let name = text.hint.file_name();
    let page = name.ends_with(b".html") || name.ends_with(b".htm");
    let start = span.start;
    page && is_in_markup_comment(text.bytes.get(start.saturating_sub(ADDRESS)..start).unwrap_or_default())
}

/// Names of texts for people in YAML.
const DESCRIPTIONS: &[&[u8]] =
    &[b"description", b"examples", b"example", b"help", b"help_text", b"summary", b"documentation"];

/// Whether the place is in a text of several lines in YAML that describes something: `examples: |-`.
fn in_description(text: &Text<'_>, span: &Range<usize>) -> bool {
    if ground(&text.hint) != Ground::Yaml {
        return false;
    }
    let before = text.bytes.get(span.start.saturating_sub(BEFORE)..span.start).unwrap_or_default();
    let depth = |line: &[u8]| line.len().saturating_sub(line.trim_ascii_start().len());
    let mut lines = before.rsplit(|byte| *byte == b'\n');
    let mut least = depth(lines.next().unwrap_or_default());
    // Up through the lines that are indented less and less: the first with a fold says what the text is.
    for line in lines.filter(|line| !line.trim_ascii().is_empty()) {
        if depth(line) >= least {
            continue;
        }
        least = depth(line);
        let mut words = line.trim_ascii().splitn(2, |byte| *byte == b':');
        let name = words.next().unwrap_or_default();
        if words.next().is_some_and(|rest| matches!(rest.trim_ascii().first(), Some(b'|' | b'>'))) {
            return DESCRIPTIONS.contains(&name);
        }
    }
    false
}

/// Whether the place is in a comment of several lines or, in Python, in a string of several.
fn in_words(text: &Text<'_>, span: &Range<usize>) -> bool {
    let before = text.bytes.get(span.start.saturating_sub(BEFORE)..span.start).unwrap_or_default();
    let open = rfind(before, b"/*");
    let close = rfind(before, b"*/");
    let code = ground(&text.hint) == Ground::Code;
    let python = text.hint.file_name().ends_with(b".py");
    let line = before.rsplit(|byte| *byte == b'\n').next().unwrap_or_default().trim_ascii_start();
    // `/// let client = Client::new("…");` of Rust and C#.
    let documented = code && (line.starts_with(b"///") || line.starts_with(b"//!"));
    documented
        || code
            && open.is_some_and(|open| close.is_none_or(|close| close < open) && starts_line(before, open))
        || python && in_long_string(text.bytes, span.start)
}

/// Whether nothing stands before it in its line: `a/*` in a pattern of file names opens no comment.
fn starts_line(text: &[u8], at: usize) -> bool {
    let line = text.get(..at).unwrap_or_default().rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
    line.trim_ascii().is_empty()
}

/// Whether a string in triple quotes that began on an earlier line is still open.
fn in_long_string(text: &[u8], at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    let mut rest = before;
    let mut open: Option<(&[u8], usize)> = None;
    while let Some(found) = next_quotes(rest, open.map(|(quotes, _)| quotes)) {
        let (quotes, place) = found;
        let place_in_all = before.len().saturating_sub(rest.len()).saturating_add(place);
        open = if open.is_some() { None } else { Some((quotes, place_in_all)) };
        rest = rest.get(place.saturating_add(3)..).unwrap_or_default();
    }
    open.is_some_and(|(_, start)| before.get(start..).is_some_and(|inside| inside.contains(&b'\n')))
}

/// The next triple quotes, or the next of those that are open.
fn next_quotes(text: &[u8], open: Option<&'static [u8]>) -> Option<(&'static [u8], usize)> {
    let all: [&'static [u8]; 2] = [b"\"\"\"", b"'''"];
    let wanted = all.into_iter().filter(|quotes| open.is_none_or(|open| open == *quotes));
    wanted.filter_map(|quotes| find(text, quotes).map(|at| (quotes, at))).min_by_key(|(_, at)| *at)
}

/// Whether it stands in an address that opens nothing: signed for a time long past (by AWS, CloudFront, Google or Azure),
/// or of a badge.
fn expired(text: &[u8], span: &Range<usize>) -> Option<Setting> {
    let part =
        |byte: &u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\'' | b'<' | b'>' | b'`' | b'\\');
    let before = text.get(span.start.saturating_sub(ADDRESS)..span.start)?;
    let left = before.iter().rev().take_while(|byte| part(byte)).count();
    let after = text.get(span.end..)?;
    let right = after.iter().take(ADDRESS).take_while(|byte| part(byte)).count();
    let address = text.get(span.start.saturating_sub(left)..span.end.saturating_add(right))?;
    let asked = find(address, b"?").is_some() || find(address, b"&").is_some();
    let number = |name: &[u8], digits: usize| {
        let at = find(address, name)?.saturating_add(name.len());
        let digits = address.get(at..at.saturating_add(digits))?;
        std::str::from_utf8(digits).ok()?.parse::<u64>().ok()
    };
    let year = |name: &[u8]| number(name, 4).is_some_and(|year| (1900..u64::from(YEAR)).contains(&year));
    let time = |name: &[u8]| number(name, 10).is_some_and(|time| time < LONG_AGO);
    let past =
        year(b"X-Amz-Date=") || year(b"&se=") || year(b"?se=") || year(b"&amp;se=") || time(b"Expires=");
    // What a picture of a build's state is fetched with is published with it.
    let badge = find(address, b".svg?").is_some();
    (asked && (past || badge)).then_some(Setting::Expired)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text<'b>(path: &'b str, bytes: &'b str) -> Text<'b> {
        Text { bytes: bytes.as_bytes(), hint: Hint::File(path.as_bytes()), binary: false, at: &[] }
    }

    fn place(text: &str) -> Range<usize> {
        let at = text.find("HERE").unwrap();
        at..at + 4
    }

    #[test]
    fn test_programs_are_known_by_their_words() {
        for (path, bytes) in [
            ("a_test.go", "import (\n\t\"testing\"\n)\nfunc TestX(t *testing.T) {"),
            ("a.py", "import unittest\nclass T(unittest.TestCase):\n  def test_x(self):"),
            ("a.js", "describe('x', () => { it('y', () => {}) })"),
            ("A.java", "import org.junit.Test;\n@Test public void x() {}"),
        ] {
            assert!(tests_of(&text(path, bytes)).is_some(), "{path}");
        }
        for (path, bytes) in [
            ("a.go", "package main\nimport \"os\"\nfunc main() {}"),
            ("a.py", "def latest(x):\n    return x"),
            ("a.env", "describe( it( test("),
        ] {
            assert!(tests_of(&text(path, bytes)).is_none(), "{path}");
        }
    }

    #[test]
    fn pages_of_the_system_manual_are_known_by_place_and_form() {
        for (path, bytes) in [
            ("usr/local/share/man/man8/x.8", ".nf\nHERE\n"),
            ("x.netdev.5", "'\\\" t\n.TH \"X\" \"5\"\nHERE\n"),
            ("opt/x/x.1ssl", ".Dd May 1\nHERE\n"),
        ] {
            assert!(is_man_page(&text(path, bytes)), "{path}");
        }
        for (path, bytes) in [("etc/x.conf", ".TH x\nHERE"), ("etc/wg0.conf.1", "[Interface]\nHERE\n")] {
            assert!(!is_man_page(&text(path, bytes)), "{path}");
        }
    }

    #[test]
    fn what_rust_tests_stands_before_its_tests() {
        let program = "const KEY: &str = \"HERE\";\n#[cfg(test)]\nmod tests { #[test] fn t() {} }";
        assert!(tests_of(&text("a.rs", program)).is_some_and(|from| from > place(program).end));
    }

    #[test]
    fn manuals_are_known_by_their_form() {
        for (path, bytes) in [
            ("README.md", "HERE"),
            ("a.py", "'''\npassword: HERE\n'''\n"),
            ("a.py", "x = '''it's'''\nEXAMPLES = r\"\"\"\n- x:\n    password: HERE\n\"\"\"\n"),
            ("a.java", "x();\n  /**\n   * connect(\"HERE\")\n"),
            ("a.json", "{\"version\": 1, \"examples\": {\"x\": \"HERE\"}}"),
            ("a.1", ".TH CURL 1\nHERE"),
            ("a.yaml", "x:\n  examples: |-\n    Run:\n\n      $ app \\\n       --password=HERE\n"),
        ] {
            assert!(is_manual(&text(path, bytes), &place(bytes)), "{path}: {bytes}");
        }
        for (path, bytes) in [
            ("a.py", "'''doc'''\npassword = 'HERE'\n"),
            ("a.py", "KEY = '''HERE\n'''"),
            ("a.js", "glob('a/*'); x = 'HERE'"),
            ("a.yml", "password: HERE"),
            ("a.yml", "examples:\n  password: HERE"),
            ("a.yml", "script: |\n  app --password=HERE"),
        ] {
            assert!(!is_manual(&text(path, bytes), &place(bytes)), "{path}: {bytes}");
        }
    }

    #[test]
    fn an_address_signed_for_the_past_is_expired() {
        for (address, past) in [
            ("https://x/y?Expires=1440195891&Signature=HERE", true),
            ("https://x/y?sv=2018-03-28&se=2018-01-09T22%3A32%3A27Z&sig=HERE", true),
            ("https://x/y?X-Amz-Credential=HERE&X-Amz-Date=20190814T010101Z&X-Amz-Expires=3600", true),
            ("https://x/y?Expires=4102444800&Signature=HERE", false),
            ("https://x/y?sv=2018-03-28&se=2999-01-09&sig=HERE", false),
            ("https://x/y?sig=HERE\nExpires=1440195891", false),
        ] {
            assert_eq!(expired(address.as_bytes(), &place(address)).is_some(), past, "{address}");
        }
    }
}
