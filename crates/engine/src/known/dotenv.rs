//! Variables in lines, as Compose, Docker, shells and libraries for `.env` files read them. Where they read a line
//! differently, every reading counts.
//!
//! Sources: compose-go `dotenv/parser.go`; docker/cli `opts/file.go`; motdotla/dotenv; POSIX, 2.2 Quoting.

use std::collections::HashMap;

use zeroize::Zeroizing;

/// A reading that only some have must be so long, and no word.
const SHORTEST: usize = 8;

/// What stands in a line, or in the lines of a quoted value.
pub(super) enum Line<'t> {
    /// A variable, and its value as different programs read it, the likeliest reading first.
    Variable { name: &'t str, readings: Vec<Zeroizing<String>> },
    /// A variable without a value.
    Unset,
    /// Anything else.
    Other,
}

/// A line with what it says, counted from 1.
pub(super) struct Stated<'t> {
    pub(super) number: usize,
    /// All of the line.
    pub(super) text: &'t str,
    pub(super) line: Line<'t>,
}

/// Every line that is neither empty nor a comment.
pub(super) fn lines(text: &str) -> Vec<Stated<'_>> {
    let mut stated = Vec::new();
    let mut known: HashMap<&str, Zeroizing<String>> = HashMap::new();
    let (mut rest, mut number) = (text, 0);
    while !rest.is_empty() {
        let (line, mut after) = rest.split_once('\n').unwrap_or((rest, ""));
        number += 1;
        let at = number;
        let spoken = line.trim();
        if !spoken.is_empty() && !spoken.starts_with('#') {
            let line = match variable(spoken) {
                None if is_unset(spoken) => Line::Unset,
                None => Line::Other,
                Some((name, value)) => {
                    let mut readings = readings(value);
                    if let Some((inner, behind)) = over_lines(rest, value) {
                        quoted(inner, value.as_bytes().first().copied(), &mut readings);
                        // Where a quote is never closed, what looks like its value are other variables.
                        let breaks = inner.matches('\n').count();
                        if !rest.lines().skip(1).take(breaks).any(|line| variable(line.trim()).is_some()) {
                            number += breaks;
                            after = behind;
                        }
                    }
                    readings.extend(readings.first().and_then(|first| expanded(first, &known)));
                    known.extend(readings.first().map(|first| (name, first.clone())));
                    unique(&mut readings);
                    Line::Variable { name, readings }
                }
            };
            stated.push(Stated { number: at, text: spoken, line });
        }
        rest = after;
    }
    stated
}

/// `NAME=value` or `NAME: value`, with `export` before it if need be: the name, and what stands behind the sign.
pub(super) fn variable(line: &str) -> Option<(&str, &str)> {
    let line =
        line.strip_prefix("export ").or_else(|| line.strip_prefix("set -x ")).unwrap_or(line).trim_start();
    let word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '[' | ']');
    let end = line.find(|c| !word(c))?;
    let (name, behind) = line.split_at_checked(end)?;
    let behind = behind.trim_start_matches([' ', '\t']);
    // `user:password` is no variable: its name would be printed.
    let value = match behind.strip_prefix('=') {
        Some(value) => value,
        None => behind.strip_prefix(':').filter(|value| value.starts_with([' ', '\t']))?,
    };
    let value = value.trim();
    let letter = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    // `c2VjcmV0==` ends as base64 does.
    let padding = value.bytes().all(|byte| byte == b'=');
    (letter && !padding).then_some((name, value))
}

/// `NAME=` in capitals: a variable without a value. In small letters it may be a token that ends as base64 does, and
/// must not be taken for a name, because names are printed.
fn is_unset(line: &str) -> bool {
    let line = line.strip_prefix("export ").unwrap_or(line);
    let name = line.strip_suffix('=').unwrap_or(line);
    let capital = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_';
    name.contains('_') && name.bytes().all(capital) && (name.len() < line.len() || name.len() < 32)
}

/// The names of all variables, also of those without a value.
pub(crate) fn names(text: &str) -> Vec<String> {
    let name = |line: &str| {
        let line = line.trim().strip_prefix("export ").unwrap_or(line.trim());
        let name = line.split(['=', ':']).next().unwrap_or_default().trim_end();
        let word = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let letter = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        (word && letter && line.contains(['=', ':'])).then(|| name.to_owned())
    };
    text.lines().filter_map(name).collect()
}

/// What a value that stands in one line may mean.
pub(super) fn readings(value: &str) -> Vec<Zeroizing<String>> {
    let mut all = Vec::new();
    let open = value.bytes().next().filter(|byte| matches!(byte, b'"' | b'\'' | b'`'));
    match open.and_then(|quote| Some((quote, closed(value, quote)?))) {
        Some((quote, inner)) => quoted(inner, Some(quote), &mut all),
        None => {
            let cut = [" #", "\t#"].iter().filter_map(|mark| value.find(mark)).min().unwrap_or(value.len());
            add(&mut all, value.get(..cut).unwrap_or(value).trim_end());
            let some = value.split('#').next().unwrap_or(value).trim_end();
            if is_own(some) {
                add(&mut all, some);
            }
        }
    }
    let word = word(value);
    if all.is_empty() || is_own(&word) {
        add(&mut all, &word);
    }
    // Docker takes all of the line: quotes, comments and what looks like one.
    add(&mut all, value);
    unique(&mut all);
    all
}

/// Whether a part of a value is a value of its own rather than a word.
fn is_own(part: &str) -> bool {
    part.len() >= SHORTEST && part.bytes().any(|byte| !byte.is_ascii_alphabetic() && byte != b' ')
}

fn add(all: &mut Vec<Zeroizing<String>>, value: &str) {
    all.push(Zeroizing::new(value.to_owned()));
}

fn unique(all: &mut Vec<Zeroizing<String>>) {
    let mut seen: Vec<Zeroizing<String>> = Vec::new();
    for one in all.drain(..).filter(|one| !one.is_empty()) {
        if !seen.contains(&one) {
            seen.push(one);
        }
    }
    *all = seen;
}

/// What stands between quotes, the first of which opens the text.
fn closed(text: &str, quote: u8) -> Option<&str> {
    let bytes = text.as_bytes();
    let mut escaped = false;
    for (at, byte) in bytes.iter().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            _ if *byte == quote => return text.get(1..at),
            _ => {}
        }
    }
    // `'C:\'`: between these quotes a backslash may be no escape.
    let last = text.trim_end().strip_suffix(char::from(quote))?;
    (quote != b'"' && !last.is_empty() && !last.contains('\n')).then(|| last.get(1..)).flatten()
}

/// What stands between quotes of which the second is in a later line, and what follows that line.
fn over_lines<'t>(rest: &'t str, value: &'t str) -> Option<(&'t str, &'t str)> {
    let quote = value.bytes().next().filter(|byte| matches!(byte, b'"' | b'\'' | b'`'))?;
    let start = rest.find(value)?;
    let inner =
        rest.get(start..).and_then(|text| closed(text, quote)).filter(|inner| inner.contains('\n'))?;
    let behind = rest.get(start + inner.len() + 2..)?;
    Some((inner, behind.split_once('\n').map_or("", |(_, behind)| behind)))
}

/// The meanings of what stands between quotes: with escapes as Compose and as a shell undo them, and as it is.
fn quoted(inner: &str, quote: Option<u8>, all: &mut Vec<Zeroizing<String>>) {
    let mut own = Vec::new();
    if inner.contains('\\') {
        let escaped = if quote == Some(b'"') { unescaped(inner) } else { inner.replace("\\'", "'") };
        own.push(Zeroizing::new(escaped));
        own.extend((quote == Some(b'"')).then(|| word(&format!("\"{inner}\""))));
    }
    add(&mut own, inner);
    if inner.contains('\r') {
        add(&mut own, &inner.replace('\r', ""));
    }
    // The likeliest first.
    own.append(all);
    *all = own;
}

/// Escapes as Go and most libraries undo them.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(c) = characters.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match characters.next() {
            Some('n') => out.push('\n'),
            Some('r') => out.push('\r'),
            Some('t') => out.push('\t'),
            Some(other) => out.push(other),
            None => out.push('\\'),
        }
    }
    out
}

/// The first word as a shell reads it: pieces in quotes and without are joined.
fn word(text: &str) -> Zeroizing<String> {
    let mut out = Zeroizing::new(String::with_capacity(text.len()));
    let mut quote = None;
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match (quote, c) {
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), _) if c == open => quote = None,
            (None, '\\') => out.extend(characters.next()),
            (Some('"'), '\\') if characters.peek().is_some_and(|next| "$`\"\\\n".contains(*next)) => {
                out.extend(characters.next());
            }
            (None, _) if c.is_whitespace() || matches!(c, ';' | '&' | '|' | '<' | '>') => break,
            _ => out.push(c),
        }
    }
    out
}

/// A value with the variables in it that stand above.
fn expanded(value: &str, known: &HashMap<&str, Zeroizing<String>>) -> Option<Zeroizing<String>> {
    let mut out = Zeroizing::new(String::new());
    let mut rest = value;
    while let Some((before, behind)) = rest.split_once('$') {
        out.push_str(before);
        let open = behind.strip_prefix('{');
        let name = open.unwrap_or(behind);
        let end = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(name.len());
        let (name, behind) = name.split_at_checked(end)?;
        out.push_str(known.get(name)?);
        rest = if open.is_some() { behind.split_once('}')?.1 } else { behind };
    }
    out.push_str(rest);
    (out.as_str() != value).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<(String, Vec<String>)> {
        let named = |stated: Stated<'_>| match stated.line {
            Line::Variable { name, readings } => {
                Some((name.to_owned(), readings.iter().map(|reading| reading.to_string()).collect()))
            }
            _ => None,
        };
        lines(text).into_iter().filter_map(named).collect()
    }

    fn one(text: &str) -> Vec<String> {
        all(text).remove(0).1
    }

    #[test]
    fn a_comment_is_no_part_of_a_value_but_may_be() {
        assert_eq!(one("A=maple-7431 # prod"), ["maple-7431", "maple-7431 # prod"]);
        assert_eq!(one("A=\"maple 7431\" # prod\n"), ["maple 7431", "\"maple 7431\" # prod"]);
        assert_eq!(one("A=maple-7431#x"), ["maple-7431#x", "maple-7431"]);
        assert_eq!(one("A='maple#7431'\r\n"), ["maple#7431", "'maple#7431'"]);
    }

    #[test]
    fn escapes_are_undone_and_kept() {
        assert_eq!(
            one(r#"A="ma\"ple\n1""#),
            ["ma\"ple\n1", r#"ma"ple\n1"#, r#"ma\"ple\n1"#, r#""ma\"ple\n1""#]
        );
        assert_eq!(one(r"A='C:\'")[0], r"C:\");
        assert_eq!(one("A=ab\\$cdef12"), ["ab\\$cdef12", "ab$cdef12"]);
    }

    #[test]
    fn a_shell_joins_pieces() {
        assert!(one("A=maple\"-74\"'31'").contains(&"maple-7431".to_owned()));
        assert!(one("A='maple'\"-7431\"").contains(&"maple-7431".to_owned()));
    }

    #[test]
    fn a_quoted_value_has_many_lines() {
        let text = "A=\"one\ntwo=\nthree\" # end\nB=x\n";
        assert_eq!(all(text)[0].1[0], "one\ntwo=\nthree");
        assert_eq!(all(text)[1], ("B".to_owned(), vec!["x".to_owned()]));
        let open = "A=\"one\nB=\"two\"\n";
        assert_eq!(all(open)[1].1[0], "two");
        assert_eq!(lines(text)[1].number, 4);
    }

    #[test]
    fn names_stand_before_a_sign() {
        let names = |text| all(text).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
        assert_eq!(names("export A=1\nB: 2\nC = 3\n# D=4\nE_F=\nuser:word\nc2Vj=\nAA==\n"), ["A", "B", "C"]);
    }

    #[test]
    fn variables_from_above_are_put_in() {
        assert!(one("A=x").len() == 1 && all("A=x1\nB=${A}-$A\n")[1].1.contains(&"x1-x1".to_owned()));
    }
}
