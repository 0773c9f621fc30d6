//! Expressions, right and wrong.

use super::*;
use crate::{Hint, Text as Bytes};

/// Whether an expression holds of the `SECRET` in a text.
fn asked(source: &str, path: &str, text: &str) -> bool {
    let filter = Filter::parse(source, Names { id: "acme", title: "Acme token" });
    let filter = filter.unwrap_or_else(|error| panic!("{source}: {error}"));
    let bytes = Bytes { bytes: text.as_bytes(), hint: Hint::File(path.as_bytes()), binary: false, at: &[] };
    let at = text.find("SECRET").unwrap();
    filter.holds(&Spot { text: &bytes, whole: at..at + 8, secret: at..at + 6, captures: None })
}

#[test]
fn both_spellings_mean_the_same() {
    let text = "first\nkey = SECRET12 # Example\nlast SECRET";
    for (source, expected) in [
        (r#"finding["secret"] == "SECRET""#, true),
        ("finding.secret == 'SECRET' && finding.match != `SECRET`", true),
        ("entropy(finding.secret) < 2.3 and filter.entropy(secret) >= 1.5", true),
        (r#"filter.containsAny(finding["line"], ["EXAMPLE", "sample"])"#, true),
        (r#"finding.line contains "EXAMPLE" || finding.line contains "first""#, false),
        (r#"attributes[?"path"].orValue("").startsWith("app/")"#, true),
        (r#"(attributes["path"] ?? "") endsWith ".env""#, true),
        (r#"attributes[?"git.author_name"].orValue("none") == "none""#, true),
        (r#"attributes["git.message"] != nil"#, false),
        (r#"get(attributes, "path", "") == "app/.env" && get(finding, "secret") == "SECRET""#, true),
        (r#"get(attributes, "git.sha", "none") == "none""#, true),
        (r#"filter.matchesAny(get(attributes, "path", ""), [`^app/`, `^b$`])"#, true),
        (r"filter.matchesAnyNearMatch(finding, [`^key = SECRET12 # E`], 50, 3, true)", false),
        (r"filter.matchesAnyNearMatch(finding, [`^key = SECRET12 # E`], 50, 4, true)", true),
        (r"matchesAnyNearMatch(finding, [`first\nkey`], 50, 0, true)", false),
        (r"matchesAnyNearMatch(finding, [`first\nkey`], 50, 0, false)", true),
        (r#"filter.containsAnyNearMatch(finding, ["KEY"], 6, -1)"#, true),
        (r#"filter.containsAnyNearMatch(finding, ["key"], 3, 99)"#, false),
        (r#"matchesAny(attributes["path"], [r"""(?i)\.ENV$""", "x{"])"#, true),
        (r#"finding.secret matches "^SEC" and not (finding.secret matches "T$")"#, false),
        (r#"findMatch(finding.match, "[0-9]+") == "12""#, true),
        (r#"findMatch(finding.match, "x+") == nil"#, true),
        (r#"finding.secret not in ["a", "b"] && lower(finding.secret) in ["secret"]"#, true),
        ("len(finding.secret) == 6 && size(finding.match) > 6.5", true),
        ("!true || false == (1 == 2)", true),
        (r#"finding.rule_id + "/" + finding.description == "acme/Acme token""#, true),
        ("// why\n tokenRatio(finding.secret) >= 2.5 /* words */", false),
        (
            r#""a\n\x41\u0042" == "a
AB""#,
            true,
        ),
        ("-1 < 0", true),
    ] {
        assert_eq!(asked(source, "app/.env", text), expected, "{source}");
    }
}

#[test]
fn what_is_not_read_is_named() {
    for (source, what) in [
        ("entropy(finding.secret)", "neither true nor false"),
        ("finding.context == \"\"", "`finding.context` is not supported"),
        ("setConfidence(\"low\") == \"low\"", "the function `setConfidence` is not supported"),
        ("any([1], {# > 2})", "`{` is not supported"),
        ("let x = 1; x > 0", "`let` is not supported"),
        ("true ? false : true", "`a ? b : c` is not supported"),
        ("matchesAny(finding.secret, [\"(?=x)\"])", "`matchesAny`: lookahead"),
        ("matchesAny(finding.secret, [finding.line])", "must be written out"),
        ("finding.secret < \"b\"", "`<` compares numbers only"),
        ("finding.secret && true", "neither true nor false"),
        ("\"abc", "a text is not closed"),
        ("(true", "`)` is missing before the end"),
        ("true true", "`true` is not understood here"),
        ("", "it ends too early"),
        ("matchesAnyNearMatch(finding.secret, [`a`], 1, 1)", "`,` is missing"),
        ("matchesAnyNearMatch(finding, [`a`], len(\"a\"), 1)", "two numbers"),
        ("get(request, \"a\")", "`request` has no fields here"),
        ("finding", "which of its fields is not said"),
    ] {
        let error = Filter::parse(source, Names::default()).err().unwrap();
        assert!(error.contains(what), "{source}: {error}");
    }
    let deep = "!".repeat(100_000) + "true";
    assert!(Filter::parse(&deep, Names::default()).err().unwrap().contains("deep"));
    let deep = "(".repeat(100_000);
    assert!(Filter::parse(&deep, Names::default()).err().unwrap().contains("deep"));
    let wide = "true || ".repeat(100_000) + "true";
    assert!(Filter::parse(&wide, Names::default()).is_ok());
}
