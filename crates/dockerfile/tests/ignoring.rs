//! Ignore files decide as moby's pattern matcher does.

use proptest::prelude::*;
use tightlip_dockerfile::Ignore;

fn excluded(rules: &str, path: &str) -> bool {
    Ignore::parse(rules).excludes(path)
}

#[test]
fn patterns_match_as_the_builder_matches() {
    for (rules, path, expected) in [
        (".env", ".env", true),
        (".env", "sub/.env", false),
        ("**/.env", "sub/deep/.env", true),
        ("**/.env", ".env", true),
        ("**/.env", "x.env", false),
        ("**.env", "x.env", true),
        ("/.env", ".env", true),
        ("./a/../.env/", ".env", true),
        ("a", "a/b/c", true),
        ("a/*", "a/b/c", true),
        ("a/*/c", "a/b/c", true),
        ("a/?", "a/bc", false),
        ("a/**", "a/b/c", true),
        ("a/**", "a", false),
        ("a/**/c", "a/c", true),
        ("a/**/c", "a/x/y/c", true),
        ("a/**/c", "a/xc", false),
        ("a/**b", "a/x/b", true),
        ("**", "anything/at/all", true),
        ("**/*.pem", "k/x.pem", true),
        ("*.pem", "k/x.pem", false),
        ("[a-c]*", "b1", true),
        ("[^a-c]*", "b1", false),
        ("a\\*", "a*", true),
        ("a\\*", "ab", false),
        ("*", "x/y", true),
        ("# x", "# x", false),
        (" # x", "# x", true),
        ("a.b", "axb", false),
        ("  a  ", "a", true),
        ("\u{feff}a", "a", true),
        (".", "a", false),
        ("/", "a", false),
        ("..", "a", false),
    ] {
        assert_eq!(excluded(rules, path), expected, "{rules:?} {path:?}");
    }
}

#[test]
fn the_last_match_wins() {
    assert!(!excluded("*\n!src", "src/main.rs"));
    assert!(excluded("*\n!src\nsrc/*.pem", "src/a.pem"));
    assert!(excluded("!src\n*", "src/main.rs"));
    assert!(!excluded("a\n!a/b", "a/b/c"));
    assert!(!excluded("a\n! a/b", "a/b"));
    assert!(excluded("a\n!a/b", "a/c"));
}

#[test]
fn a_rule_knows_its_line_and_what_it_decides() {
    let ignore = Ignore::parse("# words\r\n*.log\r\n!keep.log\r\n");
    assert_eq!(ignore.decides("keep.log").unwrap().line, 3);
    assert_eq!(ignore.rules()[0].pattern, "*.log");
    assert!(ignore.decides("x").is_none());
}

#[test]
fn refused_rules_are_told() {
    assert_eq!(Ignore::parse("!\n[a\na\\\nok\n").broken().count(), 3);
}

proptest! {
    #[test]
    fn no_pattern_and_path_break_it(rules in "[!*/?a.\\[\\]\\\\^# \n-]{0,40}", path in "[/a.*é-]{0,12}") {
        let _ = excluded(&rules, &path);
    }

    #[test]
    fn what_holds_for_a_directory_holds_inside(rules in "[*/?ab\n]{0,20}", path in "[ab]{1,2}(/[ab]){0,2}") {
        if excluded(&rules, &path) {
            let inside = format!("{path}/x");
            prop_assert!(excluded(&rules, &inside));
        }
    }

    #[test]
    fn fuzz_entries_hold(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        tightlip_dockerfile::fuzz::dockerfile(&bytes);
        tightlip_dockerfile::fuzz::ignore(&bytes);
        tightlip_dockerfile::fuzz::created_by(&bytes);
    }
}
