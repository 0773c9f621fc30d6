//! What a program takes if the environment has no such variable: `getenv('API_KEY') ?: 'x'`, `ENV["API_KEY"] || "x"`,
//! `env::var("API_KEY").unwrap_or("x".into())`.

use super::super::instead::is_asked;
use super::{blank, is_name};
use crate::read::Part;

/// How far before a name its variable's environment is named, in bytes.
const NEAR: usize = 40;

/// Operators and calls before the value that is taken instead, longest first where one begins like another.
const INSTEAD: &[&str] = &[
    "?? ",
    "??",
    "?:",
    "|| ",
    "||",
    "// ",
    "or ",
    "orelse ",
    ".unwrap_or_else(",
    ".unwrap_or(",
    ".orelse(",
    ".getorelse(",
    ".or_else(",
    "{ ",
    "do ",
];

/// What may stand between those and the value.
const HEADS: &[&str] = &["|_| ", "|_| {", "() => ", "_ => ", "string::from(", "->", "{ "];

/// The value in quotes behind a variable of the environment.
pub(super) fn unset<'b>(before: Part<'b>, rest: Part<'b>) -> Option<Part<'b>> {
    let near = before.skip(before.len().saturating_sub(NEAR)).bytes();
    let line = near.rsplit(|b| *b == b'\n').next().unwrap_or_default().to_ascii_lowercase();
    // A setting of .NET has the names of the sections above it: `Configuration["Db:Password"]`.
    let section = line.iter().rev().take_while(|b| is_name(**b) || **b == b':').count();
    let head = if line.ends_with(b":") { line.get(..line.len() - section)? } else { &line };
    let open = head.last().copied().filter(|b| matches!(b, b'"' | b'\'' | b'{' | b'`'))?;
    let close = if open == b'{' { b'}' } else { open };
    let closed = rest.cut(|b| b == close).filter(|(name, _)| name.is_empty()).map(|(_, after)| after)?;
    let after = closed.after(&closed.while_(|b| matches!(b, b')' | b']')));
    // `(or (System/getenv "X") "x")` of Lisps.
    let lisp = after.len() < closed.len() && memchr::memmem::find(&line, b"(or (").is_some();
    let instead = INSTEAD.iter().find_map(|operator| blank(after).strip(operator)).map(blank);
    let instead = instead.or_else(|| lisp.then(|| blank(after)))?;
    let value = HEADS.iter().find_map(|head| instead.strip(head)).map_or(instead, blank);
    let quoted = matches!(value.bytes().first(), Some(b'"' | b'\''));
    (quoted && is_asked(head)).then_some(value)
}

#[cfg(test)]
mod tests {
    use crate::context::judge::site::{name_around, value_of};

    fn value(text: &str) -> Option<String> {
        let at = memchr::memmem::find(text.as_bytes(), b"API_KEY")?;
        let site = value_of(text.as_bytes(), name_around(text.as_bytes(), at))?;
        Some(String::from_utf8_lossy(site.value.bytes()).into_owned())
    }

    #[test]
    fn what_is_taken_instead_of_a_variable_is_its_value() {
        for text in [
            "getenv('API_KEY') ?: 'x1'",
            "$_ENV['API_KEY'] ?? 'x1'",
            "process.env['API_KEY'] || \"x1\"",
            "os.environ.get(\"API_KEY\") or \"x1\"",
            "ENV['API_KEY'] || 'x1'",
            "ENV.fetch(\"API_KEY\") { \"x1\" }",
            "System.getenv(\"API_KEY\") ?: \"x1\"",
            "Environment.GetEnvironmentVariable(\"API_KEY\") ?? \"x1\"",
            "Optional.ofNullable(System.getenv(\"API_KEY\")).orElse(\"x1\")",
            "env::var(\"API_KEY\").unwrap_or_else(|_| \"x1\".to_string())",
            "env::var(\"API_KEY\").unwrap_or(String::from(\"x1\"))",
            "$ENV{API_KEY} // 'x1'",
            "sys.env.get(\"API_KEY\").getOrElse(\"x1\")",
            "System.get_env(\"API_KEY\") || \"x1\"",
            "(or (System/getenv \"API_KEY\") \"x1\")",
            "Configuration[\"Mail:API_KEY\"] ?? \"x1\"",
            "$_SERVER['API_KEY'] ?? 'x1'",
        ] {
            assert_eq!(value(text).as_deref(), Some("x1"), "{text}");
        }
        for text in ["getenv('API_KEY') . 'x1'", "f('API_KEY') ?: 'x1'", "getenv('API_KEY') ?: x1"] {
            assert_eq!(value(text), None, "{text}");
        }
    }
}
