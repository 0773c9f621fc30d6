//! Regular expressions of other engines, written as ours reads them.

/// For which engine an expression was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// Go's `regexp`, that is RE2: a brace that repeats nothing is a brace, `[` in a class is a bracket, `.` is a character
    /// and not a byte, `\s` has no vertical tab.
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
                '[' => self.class()?,
                '.' if self.dialect == Dialect::Go => self.any(),
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
                // Case is folded by bytes else.
                wide if !wide.is_ascii() && self.dialect == Dialect::Go => {
                    self.write(wide.len_utf8(), &format!("(?u:{wide})"));
                }
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
            Some('x' | '0'..='7') if self.dialect == Dialect::Go => self.numbered()?,
            Some('p' | 'P') if self.dialect == Dialect::Go => self.property()?,
            Some('h') => self.write(2, r"[\t ]"),
            Some('s') if self.dialect == Dialect::Go => self.write(2, &format!("[{SPACE}]")),
            Some('S') if self.dialect == Dialect::Go => self.character(2, &format!("[^{SPACE}]")),
            Some('W') if self.dialect == Dialect::Go => self.character(2, &format!("[^{WORD}]")),
            Some('D') if self.dialect == Dialect::Go => self.character(2, "[^0-9]"),
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
            Some('0'..='9') => return Err(BACKREFERENCE.to_owned()),
            Some(other @ ('k' | 'g' | 'G' | 'Z' | 'R' | 'X' | 'K' | 'C' | 'H' | 'N')) => {
                return Err(format!("`\\{other}` is not supported"));
            }
            Some('p' | 'P') => return Err(NO_PROPERTIES.to_owned()),
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
            named => {
                let name = flags.trim_start_matches(['P', '<']);
                if named == Some('<') && name.starts_with(|c: char| c.is_ascii_digit()) {
                    return Err("a group whose name starts with a digit is not supported".to_owned());
                }
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

    /// `.`, which is a byte here and a character there.
    fn any(&mut self) {
        self.character(1, ".");
    }

    /// Writes what stands for one character instead of so many bytes.
    fn character(&mut self, bytes: usize, one: &str) {
        self.rest = self.rest.get(bytes..).unwrap_or_default();
        let one = if counts(self.rest) { of_characters(one) } else { one.to_owned() };
        self.out.push_str(&one);
    }

    /// A character by its number: `\x7A`, `\x{10FFFF}`, `\172`. Ours would read a brace, and a byte beyond ASCII.
    fn numbered(&mut self) -> Result<(), String> {
        let (length, number) = number(self.rest)?;
        let written = written(number)?;
        if number < 0x80 {
            self.write(length, &written);
        } else {
            self.write(length, &format!("(?u:{written})"));
        }
        Ok(())
    }

    /// A class of characters by their property: `\pL`, `\P{Greek}`.
    fn property(&mut self) -> Result<(), String> {
        let (length, class) = property(self.rest)?;
        let one = if class.starts_with("\\P") { of_characters(&class) } else { format!("(?u:{class})") };
        self.write(length, &one);
        Ok(())
    }

    /// A class, up to its bracket. What is not in one of bytes is a byte, in one of Go's a character.
    fn class(&mut self) -> Result<(), String> {
        let (start, negated) = (self.out.len(), self.rest.starts_with("[^"));
        let members = self.members()?;
        let counted = self.dialect == Dialect::Go && negated && members.plain && counts(self.rest);
        if counted || members.wide {
            let class = self.out.split_off(start);
            let one = if negated { of_characters(&class) } else { format!("(?u:{class})") };
            self.out.push_str(&one);
        }
        Ok(())
    }

    /// Writes a class and says what is in it.
    fn members(&mut self) -> Result<Members, String> {
        let mut members = Members { plain: true, wide: false };
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
                    return Ok(members);
                }
                '\\' => self.member(&mut members)?,
                '[' if self.rest.starts_with("[:") => {
                    members.plain &= !self.rest.starts_with("[:^");
                    let end = self.rest.find(":]").map_or(1, |end| end.saturating_add(2));
                    self.copy(end);
                }
                '[' | '&' | '~' if self.dialect == Dialect::Go => self.write(1, &format!("\\{c}")),
                '-' if self.dialect == Dialect::Go && self.rest.starts_with("--") => {
                    self.write(2, if first { r"\--" } else { r"-\-" });
                }
                other => {
                    members.wide |= !other.is_ascii();
                    self.copy(other.len_utf8());
                }
            }
            first = false;
        }
        Ok(members)
    }

    /// An escape in a class.
    fn member(&mut self, members: &mut Members) -> Result<(), String> {
        let next = self.rest.chars().nth(1);
        match (next, self.dialect) {
            (Some('h'), _) => self.write(2, r"\t "),
            (Some('p' | 'P'), Dialect::Rust) => return Err(NO_PROPERTIES.to_owned()),
            (Some('p' | 'P'), Dialect::Go) => {
                let (length, class) = property(self.rest)?;
                (members.plain, members.wide) = (members.plain && class.starts_with("\\p"), true);
                self.write(length, &class);
            }
            (Some('x' | '0'..='7'), Dialect::Go) => {
                let (length, number) = number(self.rest)?;
                members.wide |= number >= 0x80;
                self.write(length, &written(number)?);
            }
            (Some('s'), Dialect::Go) => self.write(2, SPACE),
            (Some('w'), Dialect::Go) => self.write(2, WORD),
            (Some('d'), Dialect::Go) => self.write(2, "0-9"),
            (Some(negated @ ('S' | 'W' | 'D')), Dialect::Go) => {
                members.plain = false;
                let but = if negated == 'S' {
                    SPACE
                } else if negated == 'W' {
                    WORD
                } else {
                    "0-9"
                };
                self.write(2, &format!("[^{but}]"));
            }
            (Some(sign @ ('<' | '>')), Dialect::Go) => self.write(2, &sign.to_string()),
            (Some('Q'), _) => return Err("`\\Q` in a class is not supported".to_owned()),
            (other, _) => {
                members.plain &= !matches!(other, Some('S' | 'W' | 'D'));
                self.copy(1_usize.saturating_add(other.map_or(0, char::len_utf8)));
            }
        }
        Ok(())
    }
}

/// What is in a class.
struct Members {
    /// Nothing in it is itself a negation.
    plain: bool,
    /// Characters beyond ASCII are.
    wide: bool,
}

const BACKREFERENCE: &str = r"backreferences (`\1`) are not supported";
const NO_PROPERTIES: &str = r"Unicode classes (`\p`) are not supported: bytes are searched";

/// The number of the character that an escape at the start stands for, and how long the escape is.
fn number(escape: &str) -> Result<(usize, u32), String> {
    let inside = escape.get(1..).unwrap_or_default();
    let Some(hex) = inside.strip_prefix('x') else {
        let digits = inside.bytes().take(3).take_while(|byte| matches!(byte, b'0'..=b'7')).count();
        // One digit other than 0 is a backreference to Go too.
        let octal = inside.get(..digits).filter(|octal| octal.len() > 1 || *octal == "0");
        let octal = octal.and_then(|octal| u32::from_str_radix(octal, 8).ok());
        return octal.map(|octal| (digits.saturating_add(1), octal)).ok_or_else(|| BACKREFERENCE.to_owned());
    };
    let (digits, length) = match hex.strip_prefix('{').and_then(|rest| rest.split_once('}')) {
        Some((digits, _)) => (digits, digits.len().saturating_add(4)),
        None => (hex.get(..2).unwrap_or_default(), 4),
    };
    let hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let number = u32::from_str_radix(digits, 16).ok().filter(|_| hex);
    number.map(|number| (length, number)).ok_or_else(|| "`\\x` without a number of a character".to_owned())
}

/// A character as ours reads it, whether bytes or characters are matched.
fn written(number: u32) -> Result<String, String> {
    match char::from_u32(number) {
        Some(c) if c.is_ascii() => Ok(format!("\\x{number:02X}")),
        Some(_) => Ok(format!("\\x{{{number:X}}}")),
        None => Err(format!("`\\x{{{number:X}}}` is no character")),
    }
}

/// The Unicode class that an escape at the start names, and how long the escape is.
fn property(escape: &str) -> Result<(usize, String), String> {
    let negated = escape.starts_with("\\P");
    let name = escape.get(2..).unwrap_or_default();
    let (name, length) = match name.strip_prefix('{').and_then(|rest| rest.split_once('}')) {
        Some((name, _)) => (name, name.len().saturating_add(4)),
        None => {
            let one = name.chars().next().map_or(0, char::len_utf8);
            (name.get(..one).unwrap_or_default(), one.saturating_add(2))
        }
    };
    let (name, negated) = name.strip_prefix('^').map_or((name, negated), |name| (name, !negated));
    let class = format!("\\{}{{{name}}}", if negated { 'P' } else { 'p' });
    match regex_syntax::parse(&class) {
        Ok(_) if !name.is_empty() => Ok((length, class)),
        _ => Err(format!("the Unicode class `\\p{{{name}}}` is not known")),
    }
}

/// What Go's `\s` is: ours has the vertical tab too.
const SPACE: &str = r"\t\n\f\r\x20";
/// What `\w` is, where letters of other alphabets would count.
const WORD: &str = "0-9A-Za-z_";
/// More characters than this are counted as bytes: each takes the room of a whole table.
const COUNTED: usize = 256;

/// Whether what stands before such a repetition is counted, so that a character must be one and not several bytes.
fn counts(rest: &str) -> bool {
    if rest.starts_with(['*', '+']) {
        return false;
    }
    let Some(count) = rest.strip_prefix('{').and_then(|rest| rest.split_once('}')) else { return true };
    let most = count.0.rsplit(',').next().unwrap_or_default();
    most.parse::<usize>().map_or(!most.is_empty(), |most| most <= COUNTED)
}

/// One character. A letter of an older encoding is one, and no part of one of UTF-8 is: none goes on with it.
fn of_characters(one: &str) -> String {
    format!(r"(?:(?u:{one})|[\xc0-\xff])")
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
    fn a_character_of_go_is_one_however_many_bytes_it_has() {
        let found = |go: &str, text: &[u8]| {
            let ours = translate(go, Dialect::Go).unwrap();
            compile(&ours).unwrap_or_else(|error| panic!("{ours}: {error}")).is_match(text)
        };
        for (go, text) in [
            ("^a.b$", "a\u{e9}b"),
            ("^.{3}$", "\u{e9}\u{20ac}x"),
            (r#"^"[^"]{2}"$"#, "\"\u{e9}\u{1f511}\""),
            (r"^\S{1,2}$", "\u{e9}\u{20ac}"),
            (r"^[^\s\d]{2}$", "\u{e9}x"),
            (r"^\W?$", "\u{e9}"),
            ("^key.*x$", "key \u{e9}x"),
            (r"^[\S]+$", "ab"),
        ] {
            assert!(found(go, text.as_bytes()), "{go} {text}");
        }
        for (go, text) in
            [("^.{4}$", "\u{e9}\u{e9}"), ("^.{2}$", "\u{e9}"), (r"^[^\w]$", "x"), (r"^[^a]{2}$", "\u{e9}")]
        {
            assert!(!found(go, text.as_bytes()), "{go} {text}");
        }
        // A letter of Latin-1 is one character for Go, too.
        assert!(found("^a.{1}b$", b"a\xe9b") && found(r"^[^x]{3}$", b"a\xe9b"));
    }

    /// The list of <https://pkg.go.dev/regexp/syntax>.
    #[test]
    fn the_syntax_of_go_means_what_it_means_there() {
        for (go, good, bad) in [
            (r"^[^xyz]\D[[:alpha:]][[:^alpha:]]$", "aaa1", "a1a1"),
            (r"^\pN\p{Greek}\PN\P{Greek}$", "5\u{3b1}aa", "5aaa"),
            (r"^[\pL0-9]{3}$", "a\u{e9}7", "a_7"),
            (r"^[^\pL\s]{2}$", "\u{20ac}7", "a7"),
            (r"^\p{^Greek}[\P{Greek}]$", "ab", "\u{3b1}b"),
            (r"^\p{Lu}[[:upper:]\d]$", "\u{c9}7", "\u{e9}7"),
            (r"^[^\PL]+$", "\u{e9}b", "7"),
            (r"^a*b+?c??d{2}e{2,}f{1,2}?g{0}$", "bddeef", "bdeef"),
            (r"^(?P<one>a)(?<two>b)(?:c)$", "abc", "ac"),
            (r"(?i)^a(?-i)b(?i:c)$", "AbC", "ABC"),
            (r"(?m)^b$", "a\nb", "ab"),
            (r"(?s)^a.b$", "a\nb", "ab"),
            (r"^a.b$", "axb", "a\nb"),
            (r"(?U)^(a+)(a*)$", "aaa", "b"),
            (r"(?is)\Aa\bc?.\z", "A\n", "a"),
            (r"^a\Bb$", "ab", "a"),
            (r"^\a\f\t\n\r\v$", "\u{7}\u{c}\t\n\r\u{b}", ""),
            (r"^\*\_\-\/\%$", "*_-/%", ""),
            (r"^\172\0\01z$", "z\0\u{1}z", "z"),
            (r"^\x7A[\x7a][\x{7A}-\x{7B}]\x{7A}{2}$", "zz{zz", "zz}zz"),
            (r"^\xE9\x{20AC}[\x{e9}-\xea]$", "\u{e9}\u{20ac}\u{ea}", "\u{e9}\u{20ac}e"),
            (r"^[\0-\037]$", "\u{1f}", " "),
            (r"^[^\x00-\x{10FFFF}]?a$", "a", "ba"),
            ("^[\u{e9}\u{e8}x]{2}\u{e9}{2}$", "x\u{e8}\u{e9}\u{e9}", "x\u{e8}\u{e9}"),
            ("(?i)^\u{e9}$", "\u{c9}", "e"),
            (r"^\Qa.\x{7A}[\E+$", r"a.\x{7A}[[", "a.z"),
            (r"^a{1000}$", &"a".repeat(1000), "a"),
            (r"^[a-z&&[^b]$", "b", "B"),
        ] {
            let ours = translate(go, Dialect::Go).unwrap_or_else(|what| panic!("{go}: {what}"));
            let regex = compile(&ours).unwrap_or_else(|what| panic!("{go}: {ours}: {what}"));
            assert!(regex.is_match(good), "{go}: {ours}");
            assert!(!regex.is_match(bad), "{go}: {ours}");
        }
    }

    #[test]
    fn blanks_of_go_have_no_vertical_tab() {
        for (go, tab) in [
            (r"^\s$", false),
            (r"^[\s]$", false),
            (r"^\S$", true),
            (r"^[^\s]$", true),
            (r"^[[:space:]]$", true),
        ] {
            let ours = compile(&translate(go, Dialect::Go).unwrap()).unwrap();
            assert_eq!(ours.is_match("\u{b}"), tab, "{go}");
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
            ("[\\p{Unknown}]", "Unicode class"),
            ("a\\C", "`\\C`"),
            ("[\\Qa\\E]", "`\\Q` in a class"),
            ("(?P<1st>a)", "starts with a digit"),
            ("a\\", "backslash"),
        ] {
            for dialect in [Dialect::Go, Dialect::Rust] {
                assert!(translate(expression, dialect).unwrap_err().contains(what), "{expression}");
            }
        }
        assert!(translate(r"\++[+]+(?P<a>b)(?<c>d)", Dialect::Go).is_ok());
        for (go, what) in [
            (r"\x{110000}", "is no character"),
            (r"\x{zz}", "without a number"),
            (r"\x7", "without a number"),
            (r"\pé", "is not known"),
            (r"\p{}", "is not known"),
        ] {
            assert!(translate(go, Dialect::Go).unwrap_err().contains(what), "{go}");
        }
    }
}
