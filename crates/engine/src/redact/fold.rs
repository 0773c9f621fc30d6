//! Masks one long word that is printed over several lines: a private key of which the base64 is in base64 again, as `base64 key.pem`
//! prints it, and a signed token (RFC 7519), as `fold -w 72` does. No line of it but the first says what it is.

use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use memchr::memmem;
use tightlip_detect::Rule;

use super::armor::{self, BETWEEN, column, last_word};
use super::search::Stretch;

static TOKEN_RULE: Rule = Rule::new(
    "token-printed",
    "Token, printed over several lines",
    "Whoever reads the log can do what its owner can, until it ends.",
);

/// What the base64 of a key begins with: that of `-----BEGIN`.
const KEY: &[u8] = b"LS0tLS1CRUdJTi";
/// What a token begins with: the base64 of `{"`.
const TOKEN: &[u8] = b"eyJ";
/// A line that is one of several has at least so many characters.
const LINE: usize = 40;
/// A shorter word is as often one of the next text.
const FEW: usize = 16;
/// How long signatures are: of 256, 384 and 512 bits, on curves, and of RSA.
const SIGNATURES: &[usize] = &[43, 64, 86, 128, 171, 176, 342, 512, 683];

/// What is printed.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Key,
    Token,
}

impl Kind {
    fn rule(self) -> &'static Rule {
        match self {
            Self::Key => &armor::RULE,
            Self::Token => &TOKEN_RULE,
        }
    }

    fn marks(self) -> &'static [u8] {
        match self {
            Self::Key => b"+/=",
            Self::Token => b"-_.",
        }
    }
}

/// Whether the lines that come go on with a word.
#[derive(Default)]
pub(super) struct Fold {
    open: Option<Open>,
}

/// A word that was begun.
struct Open {
    kind: Kind,
    /// How many lines of it came, how long the last was, and which word of its line it was.
    seen: usize,
    width: usize,
    column: usize,
    /// Whether the line before was a long one.
    full: bool,
    /// How many other lines may come.
    patience: u32,
}

impl Fold {
    /// Adds what stands of such words in the lines from `from` on.
    pub(super) fn lines(&mut self, text: &[u8], from: usize, add: &mut Vec<Stretch>) {
        let mut at = from;
        let mut signs = Signs::default();
        while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
            // Where no word was begun, lines are passed over up to one in which one may begin.
            if self.open.is_none() {
                let Some(next) = signs.next(text, at) else { return };
                at = next;
            }
            let rest = text.get(at..).unwrap_or(rest);
            let line = rest.split_inclusive(|byte| *byte == b'\n').next().unwrap_or_default();
            if let Some((span, rule)) = self.line(line) {
                add.push(Stretch { span: at + span.start..at + span.end, rule });
            }
            at += line.len();
        }
    }

    fn line(&mut self, line: &[u8]) -> Option<(Range<usize>, &'static Rule)> {
        if let Some((open, span)) = Open::begun(line) {
            let rule = open.kind.rule();
            self.open = Some(open);
            return Some((span, rule));
        }
        let open = self.open.as_mut()?;
        let rule = open.kind.rule();
        match open.next(line) {
            Next::Goes(span) => Some((span, rule)),
            Next::Ends(span) => {
                self.open = None;
                Some((span, rule))
            }
            Next::Other => {
                open.patience -= 1;
                if open.patience == 0 {
                    self.open = None;
                }
                None
            }
        }
    }
}

/// Where in a text the next key and the next token may begin; one that lies ahead is not looked for again.
#[derive(Default)]
struct Signs {
    next: [Option<usize>; 2],
}

impl Signs {
    /// Where the next line begins that has one, from the start of a line on.
    fn next(&mut self, text: &[u8], at: usize) -> Option<usize> {
        let rest = text.get(at..)?;
        for (next, sign) in self.next.iter_mut().zip([KEY, TOKEN]) {
            if next.is_none_or(|next| next < at) {
                *next = Some(memmem::find(rest, sign).map_or(text.len(), |place| at + place));
            }
        }
        let first = self.next.iter().flatten().min().filter(|first| **first < text.len())?;
        let before = text.get(at..*first)?;
        Some(at + memchr::memrchr(b'\n', before).map_or(0, |end| end + 1))
    }
}

/// What a line is to a word that was begun.
enum Next {
    Goes(Range<usize>),
    Ends(Range<usize>),
    Other,
}

impl Open {
    /// A word that begins at the end of a line and is not over there.
    fn begun(line: &[u8]) -> Option<(Self, Range<usize>)> {
        let key = memmem::find(line, KEY).map(|at| (Kind::Key, at));
        let (kind, at) = key.or_else(|| memmem::find(line, TOKEN).map(|at| (Kind::Token, at)))?;
        let span = last_word(line.get(at..)?, kind.marks());
        let word = line.get(at..)?.get(span.clone()).filter(|_| span.start == 0)?;
        let begins = match kind {
            Kind::Key => is_of_key(word) && !is_end(word),
            Kind::Token => is_of_token(word),
        };
        // What stands before it in its word belongs to the line that was folded.
        let before = line.get(..at)?.iter().rev().take_while(|byte| !byte.is_ascii_whitespace()).count();
        let width = before + word.len();
        let open = Self { kind, seen: 1, width, column: column(line), full: true, patience: BETWEEN };
        (begins && word.len() >= LINE).then_some((open, at..at + word.len()))
    }

    fn next(&mut self, line: &[u8]) -> Next {
        let span = last_word(line, self.kind.marks());
        let Some(word) = line.get(span.clone()).filter(|word| !word.is_empty()) else { return Next::Other };
        let column = column(line);
        // Before the first line may have stood other words, which the others do not have.
        let wider = self.seen == 1 && word.len() > self.width && is_mixed(word);
        if word.len() == self.width || wider {
            (self.seen, self.width, self.column) = (self.seen + 1, word.len(), column);
            (self.full, self.patience) = (true, BETWEEN);
            return if self.kind == Kind::Key && is_end(word) { Next::Ends(span) } else { Next::Goes(span) };
        }
        let last = self.seen > 1 && column == self.column || word.len() >= FEW && is_mixed(word);
        if word.len() < self.width && self.full && last {
            self.full = false;
            return if self.kind == Kind::Key && is_end(word) { Next::Ends(span) } else { Next::Goes(span) };
        }
        Next::Other
    }
}

/// Whether the base64 that begins here is that of a private key.
fn is_of_key(word: &[u8]) -> bool {
    let first = decoded(word.get(..word.len().min(76)).unwrap_or_default());
    memmem::find(&first, b"PRIVATE KEY").is_some()
}

/// Whether the base64 of these letters ends a key.
fn is_end(word: &[u8]) -> bool {
    decoded(word).trim_ascii_end().ends_with(b"-----")
}

fn decoded(word: &[u8]) -> Vec<u8> {
    let letters = word.split(|byte| *byte == b'=').next().unwrap_or_default();
    let whole = if letters.len() % 4 == 1 { letters.len() - 1 } else { letters.len() };
    STANDARD_NO_PAD.decode(letters.get(..whole).unwrap_or_default()).unwrap_or_default()
}

/// A head, and what is claimed or a part of it. Where a whole signature stands behind, nothing more comes.
fn is_of_token(word: &[u8]) -> bool {
    let mut parts = word.split(|byte| *byte == b'.');
    let head = parts.next().is_some_and(|head| head.len() >= FEW);
    let claims = parts.next().is_some_and(|claims| claims.starts_with(TOKEN));
    let signature = parts.next().unwrap_or_default().len();
    head && claims && !SIGNATURES.contains(&signature)
}

/// Digits and letters of both kinds.
fn is_mixed(word: &[u8]) -> bool {
    let has = |class: fn(&u8) -> bool| word.iter().any(class);
    has(u8::is_ascii_digit) && has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase)
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    /// What is masked of a text whose lines come one by one.
    fn masked(text: &str) -> Vec<&str> {
        let (mut fold, mut found) = (Fold::default(), Vec::new());
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            fold.lines(&text.as_bytes()[..at + line.len()], at, &mut found);
            at += line.len();
        }
        found.into_iter().map(|stretch| &text[stretch.span]).collect()
    }

    fn lines(word: &str, width: usize) -> Vec<&str> {
        word.as_bytes().chunks(width).map(|line| std::str::from_utf8(line).unwrap()).collect()
    }

    /// As steps of two stages are printed.
    fn printed(lines: &[&str]) -> String {
        let of = |(number, line): (usize, &&str)| {
            format!("#9 0.{number} {line}\n#7 1.2 go: downloading x v1.{number}\n")
        };
        format!(
            "#9 RUN base64 k\n{}#9 0.99 done\n#9 1.0 commit {}\n",
            lines.iter().enumerate().map(of).collect::<String>(),
            "0c4f".repeat(10)
        )
    }

    #[test]
    fn a_key_in_base64_goes_with_all_its_lines() {
        for (words, size) in [
            ("PRIVATE KEY", 600),
            ("RSA PRIVATE KEY", 601),
            ("OPENSSH PRIVATE KEY", 602),
            ("PRIVATE KEY", 603),
        ] {
            let body: String = (0..size).map(|n: usize| char::from(b"Ab3dEf7h"[n * n % 8])).collect();
            let pem = format!("-----BEGIN {words}-----\n{body}\n-----END {words}-----");
            let word = STANDARD.encode(pem);
            for width in [64, 76] {
                let lines = lines(&word, width);
                assert_eq!(masked(&printed(&lines)), lines, "{width}");
            }
            assert!(masked(&printed(&[&word])).len() <= 1);
        }
        let public = STANDARD.encode(format!("-----BEGIN PUBLIC KEY-----\n{}", "Ab3d".repeat(80)));
        assert!(masked(&printed(&lines(&public, 76))).is_empty());
    }

    fn token(signature: usize) -> String {
        let part = |text: &str| STANDARD.encode(text).trim_end_matches('=').to_owned();
        let signature: String = (0..signature).map(|n| char::from(b"Ab3dEf7hKm-_"[n * n % 12])).collect();
        let (head, claims) = (
            part("{\"alg\":\"RS256\",\"typ\":\"JWT\"}"),
            part("{\"sub\":\"ann\",\"iss\":\"https://acme.dev\"}"),
        );
        format!("{head}.{claims}.{signature}")
    }

    #[test]
    fn a_token_goes_with_all_its_lines() {
        let token = token(342);
        let lines = lines(&token, 72);
        assert_eq!(masked(&printed(&lines)), lines);
        let named = format!("TOKEN={token}");
        let folded = self::lines(&named, 80);
        assert_eq!(masked(&printed(&folded)).len(), folded.len());
    }

    #[test]
    fn what_stands_below_a_whole_token_stays() {
        for signature in [43, 342] {
            let text = format!("t {}\na {}\nb Ab3dEf7hKm0cZ4f1Ab3d\n", token(signature), "Ab3d".repeat(20));
            assert!(masked(&text).is_empty(), "{signature}");
        }
        assert!(masked("//# sourceMappingURL=data:application/json;base64,eyJ2ZXJzaW9uIjozLCJzb3VyY2VzIjpbXX0\nnext\n").is_empty());
    }
}
