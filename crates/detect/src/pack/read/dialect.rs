//! Regular expressions of other engines, written as ours reads them.

/// For which engine an expression was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// Go's `regexp`, that is RE2: a brace that repeats nothing is a brace, `[` in a class is a bracket.
    Go,
    /// Rust's `regex` next to Hyperscan.
    Rust,
}

/// Writes an expression anew; what no linear engine can match is refused by name.
///
/// # Errors
/// What in it is not supported.
pub(crate) fn translate(source: &str, dialect: Dialect) -> Result<String, String> {
    let mut writer =
        Writer { rest: source, out: String::with_capacity(source.len()), dialect, verbose: vec![false] };
    writer.run()?;
    Ok(writer.out)
}

struct Writer<'s> {
    rest: &'s str,
    out: String,
    dialect: Dialect,
    /// For each open group, whether blanks in it say nothing (`(?x)`).
    verbose: Vec<bool>,
}

/// What starts a group that cannot be matched in linear time, or that no engine here knows.
const REFUSED: &[(&str, &str)] = &[
    ("(?=", "lookahead `(?=…)`"),
    ("(?!", "lookahead `(?!…)`"),
    ("(?<=", "lookbehind `(?<=…)`"),
    ("(?<!", "lookbehind `(?<!…)`"),
    ("(?>", "atomic group `(?>…)`"),
    ("(?|", "branch reset `(?|…)`"),
    ("(?(", "condition `(?(…)…)`"),
    ("(?&", "recursion `(?&…)`"),
    ("(?P>", "recursion `(?P>…)`"),
    ("(?P=", "backreference `(?P=…)`"),
    ("(?R)", "recursion `(?R)`"),
    ("(*", "verb `(*…)`"),
];

impl<'s> Writer<'s> {
    fn run(&mut self) -> Result<(), String> {
        while let Some(c) = self.rest.chars().next() {
            let verbose = self.verbose.last().copied().unwrap_or(false);
            match c {
                '\\' => self.escape()?,
                '[' => self.class(),
                '(' => self.group()?,
                ')' => {
                    if self.verbose.len() > 1 {
                        self.verbose.pop();
                    }
                    self.copy(1);
                }
                '#' if verbose => self.copy(self.rest.find('\n').unwrap_or(self.rest.len())),
                '{' => self.brace()?,
                '*' | '+' | '?' => self.repeat()?,
                other => self.copy(other.len_utf8()),
            }
        }
        Ok(())
    }

    /// Takes so many bytes over as they are.
    fn copy(&mut self, bytes: usize) {
        let (now, rest) = self.rest.split_at_checked(bytes).unwrap_or((self.rest, ""));
        self.out.push_str(now);
        self.rest = rest;
    }

    /// Writes something else instead of so many bytes.
    fn write(&mut self, bytes: usize, instead: &str) {
        self.rest = self.rest.get(bytes..).unwrap_or_default();
        self.out.push_str(instead);
    }

    fn escape(&mut self) -> Result<(), String> {
        let next = self.rest.chars().nth(1);
        match next {
            Some('Q') => self.quoted(),
            Some('h') => self.write(2, r"[\t ]"),
            Some('<' | '>') if self.dialect == Dialect::Go => {
                self.rest = self.rest.get(1..).unwrap_or_default();
                self.copy(1);
            }
            Some('b' | 'B') => {
                self.copy(2);
                // Ours reads `\b{start}` and the like; theirs ends the assertion here.
                if self.dialect == Dialect::Go && self.rest.starts_with('{') {
                    self.write(1, r"\{");
                }
            }
            Some('1'..='9') => return Err("backreferences (`\\1`) are not supported".to_owned()),
            Some(other @ ('k' | 'g' | 'G' | 'Z' | 'R' | 'X' | 'K' | 'C' | 'H' | 'N')) => {
                return Err(format!("`\\{other}` is not supported"));
            }
            Some('p' | 'P') => {
                return Err("Unicode classes (`\\p`) are not supported: bytes are searched".to_owned());
            }
            Some(other) => self.copy(1_usize.saturating_add(other.len_utf8())),
            None => return Err("a backslash at the end".to_owned()),
        }
        Ok(())
    }

    fn quoted(&mut self) {
        let inside = self.rest.get(2..).unwrap_or_default();
        let (text, rest) = inside.split_once("\\E").unwrap_or((inside, ""));
        self.out.push_str(&regex_syntax::escape(text));
        self.rest = rest;
    }

    fn group(&mut self) -> Result<(), String> {
        if let Some((_, what)) = REFUSED.iter().find(|(start, _)| self.rest.starts_with(start)) {
            return Err(format!("{what} is not supported"));
        }
        if self.rest.starts_with("(?#") {
            let end = self.rest.find(')').ok_or("a comment `(?#` is not closed")?;
            self.write(end.saturating_add(1), "");
            return Ok(());
        }
        let outside = self.verbose.last().copied().unwrap_or(false);
        let Some(flags) = self.rest.strip_prefix("(?") else {
            self.verbose.push(outside);
            self.copy(1);
            return Ok(());
        };
        let end = flags.find(|c: char| !(c.is_ascii_alphabetic() || c == '-')).unwrap_or(flags.len());
        let (set, unset) =
            flags.get(..end).unwrap_or_default().split_once('-').unwrap_or((&flags[..end], ""));
        let verbose = match (set.contains('x'), unset.contains('x')) {
            (_, true) => false,
            (true, _) => true,
            _ => outside,
        };
        match flags.get(end..).and_then(|rest| rest.chars().next()) {
            Some(')') => {
                self.verbose.last_mut().into_iter().for_each(|now| *now = verbose);
                self.copy(end.saturating_add(3));
            }
            Some(':') => {
                self.verbose.push(verbose);
                self.copy(end.saturating_add(3));
            }
            // `(?<name>`, `(?P<name>`.
            _ => {
                self.verbose.push(outside);
                self.copy(2);
            }
        }
        Ok(())
    }

    fn brace(&mut self) -> Result<(), String> {
        let inside = self.rest.get(1..).unwrap_or_default();
        let end = inside.find('}').filter(|end| {
            let (min, max) =
                inside.get(..*end).unwrap_or_default().split_once(',').unwrap_or((&inside[..*end], ""));
            let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
            !min.is_empty() && digits(min) && digits(max)
        });
        let repeats = !matches!(self.out.chars().next_back(), None | Some('(' | '|'));
        match end {
            Some(end) if repeats => {
                self.copy(end.saturating_add(2));
                self.possessive()
            }
            // In ours, blanks may stand in a repetition.
            _ if self.dialect == Dialect::Rust => {
                self.copy(1);
                Ok(())
            }
            _ => {
                self.write(1, r"\{");
                Ok(())
            }
        }
    }

    fn repeat(&mut self) -> Result<(), String> {
        self.copy(1);
        self.possessive()
    }

    /// Our engine would read `a++` as `(a+)+`.
    fn possessive(&mut self) -> Result<(), String> {
        if self.rest.starts_with('+') {
            return Err("possessive repetition (`*+`, `++`, `?+`, `}+`) is not supported".to_owned());
        }
        if self.rest.starts_with('?') {
            self.copy(1);
        }
        Ok(())
    }

    /// A class, up to its bracket.
    fn class(&mut self) {
        self.copy(1);
        if self.rest.starts_with('^') {
            self.copy(1);
        }
        if self.rest.starts_with(']') {
            self.write(1, r"\]");
        }
        let mut first = true;
        while let Some(c) = self.rest.chars().next() {
            match c {
                ']' => {
                    self.copy(1);
                    return;
                }
                '\\' if self.rest.starts_with("\\h") => self.write(2, r"\t "),
                '\\' if self.dialect == Dialect::Go && self.rest.starts_with("\\<") => self.write(2, "<"),
                '\\' if self.dialect == Dialect::Go && self.rest.starts_with("\\>") => self.write(2, ">"),
                '\\' => {
                    let next = self.rest.chars().nth(1).map_or(0, char::len_utf8);
                    self.copy(1_usize.saturating_add(next));
                }
                '[' if self.rest.starts_with("[:") => {
                    let end = self.rest.find(":]").map_or(1, |end| end.saturating_add(2));
                    self.copy(end);
                }
                '[' | '&' | '~' if self.dialect == Dialect::Go => self.write(1, &format!("\\{c}")),
                '-' if self.dialect == Dialect::Go && self.rest.starts_with("--") => {
                    self.write(2, if first { r"\--" } else { r"-\-" });
                }
                other => self.copy(other.len_utf8()),
            }
            first = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expression::compile;

    #[test]
    fn what_go_reads_as_text_is_written_as_text() {
        for (go, text, ours) in [
            (r"\${[a-z]+}", "${abc}", r"\$\{[a-z]+}"),
            (r"{{ x }}", "{{ x }}", r"\{\{ x }}"),
            (r"a{2}b{2,}c{1,3}", "aabbc", r"a{2}b{2,}c{1,3}"),
            (r"a{,3}", "a{,3}", r"a\{,3}"),
            (r"(?#a comment{)k[]\[a[]+", "k]a[", r"k[\]\[a\[]+"),
            (r"\Qa.b{\E+", "a.b{", r"a\.b\{+"),
            (r"\<a\>", "<a>", "<a>"),
            (r"[&&~~]x", "&x", r"[\&\&\~\~]x"),
            (r"[+--]x", "-x", r"[+-\-]x"),
            (r"[[:digit:]]\h", "1 ", r"[[:digit:]][\t ]"),
        ] {
            assert_eq!(translate(go, Dialect::Go).unwrap(), ours, "{go}");
            let found = compile(ours).unwrap().find(text).map(|found| found.range());
            assert_eq!(found, Some(0..text.len()), "{go}");
        }
    }

    #[test]
    fn comments_go_and_verbose_ones_are_no_expression() {
        let verbose = "(?x)\n ab # here (?= and a++ mean nothing\n (?#gone)c{2}";
        let ours = translate(verbose, Dialect::Rust).unwrap();
        assert!(compile(&ours).unwrap().is_match("abcc"));
        let inner = "(?x: a # (?!\n )\\#(?!b)";
        assert!(translate(inner, Dialect::Rust).unwrap_err().contains("lookahead"));
    }

    #[test]
    fn what_cannot_be_matched_is_named() {
        for (expression, what) in [
            ("a(?=b)", "lookahead"),
            ("(?<!a)b", "lookbehind"),
            ("(?>a)", "atomic"),
            ("(a)\\1", "backreferences"),
            ("a++", "possessive"),
            ("a{2}+", "possessive"),
            ("a\\Z", "`\\Z`"),
            ("\\pL", "Unicode"),
            ("a\\", "backslash"),
        ] {
            for dialect in [Dialect::Go, Dialect::Rust] {
                assert!(translate(expression, dialect).unwrap_err().contains(what), "{expression}");
            }
        }
        assert!(translate(r"\++[+]+(?P<a>b)(?<c>d)", Dialect::Go).is_ok());
    }
}
