//! Takes the armour off: `-----BEGIN X-----`, base64, `-----END X-----`, however it was quoted, indented or put in one line.

use crate::read::stamp::unstamped;
use crate::read::{Part, base64};

use super::Extent;

/// Longer armour than any private key's.
const LONGEST: usize = 64 * 1024;

/// An armoured block.
#[derive(Debug)]
pub(crate) struct Armor<'b> {
    /// The label: `RSA PRIVATE KEY`.
    pub label: &'b [u8],
    /// From the first dash to the last, or to where it stops.
    pub block: Part<'b>,
    /// What the body stands for.
    pub body: Vec<u8>,
    /// Whether a header says that the body is encrypted.
    pub encrypted: bool,
    /// Whether the end was found.
    pub extent: Extent,
}

/// The block whose first line ends with the label that stands at an offset of the text.
pub(crate) fn around(text: &[u8], label_at: usize) -> Option<Armor<'_>> {
    let before = text.get(label_at.saturating_sub(48)..label_at)?;
    let begin = memchr::memmem::rfind(before, b"-----BEGIN ")?;
    let start = label_at - (before.len() - begin);
    let label = Part::between(text, start + 11..text.len().min(label_at + 48)).while_(|b| b != b'-');
    if !label.bytes().iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b' ') {
        return None;
    }
    let rest = Part::between(text, label.span().end..text.len().min(label.span().end + LONGEST)).skip(5);
    let end = memchr::memmem::find(rest.bytes(), b"-----END ");
    let next = memchr::memmem::find(rest.bytes(), b"-----BEGIN ").filter(|n| end.is_none_or(|e| *n < e));
    let (inside, extent) = match (next, end) {
        (Some(n), _) => (rest.first(n), Extent::Cut),
        (None, Some(n)) => (rest.first(n), Extent::Whole),
        (None, None) => (rest, Extent::Cut),
    };
    let (digits, encrypted, stop) = digits(inside);
    let block_end = match extent {
        Extent::Whole => closing(text, inside.span().end),
        Extent::Cut => stop,
    };
    let body = base64::decode_prefix(&digits);
    (!body.is_empty()).then(|| Armor {
        label: label.bytes(),
        block: Part::between(text, start..block_end),
        body,
        encrypted,
        extent,
    })
}

/// Where the line `-----END X-----` ends that starts at an offset.
fn closing(text: &[u8], at: usize) -> usize {
    let line = Part::between(text, at..text.len().min(at + 64));
    let label = line.skip(9).while_(|b| b != b'-');
    label.span().end + line.after(&label).first(5).while_(|b| b == b'-').len()
}

/// The base64 digits of a body, whether a header says that they are encrypted, and where the last one stands.
fn digits(inside: Part<'_>) -> (Vec<u8>, bool, usize) {
    let mut out = Vec::with_capacity(inside.len());
    let mut encrypted = false;
    let mut stop = Stop { at: inside.span().start, width: 0 };
    let mut strange = 0;
    for line in escaped_lines(inside).map(unstamped) {
        if line.cut(|b| b == b':').is_some_and(|(name, _)| is_header(name)) {
            encrypted |= line.cut_at(b"ENCRYPTED").is_some() || line.cut_at(b"DEK-Info").is_some();
            continue;
        }
        let bare = line.trim_of(|b| !base64::is_digit(b));
        let run = if bare.bytes().iter().all(|b| base64::is_digit(*b) || b.is_ascii_whitespace()) {
            bare
        } else {
            longest_run(bare)
        };
        // PGP puts a checksum of its own behind an equals sign; `" +` is how source code goes on.
        if run.bytes().starts_with(b"=") || !run.bytes().iter().any(u8::is_ascii_alphanumeric) {
            continue;
        }
        // A text that merely mentions the header goes on in words.
        strange += usize::from(run.len() * 2 < bare.len());
        if strange > 4 {
            break;
        }
        // `// MIIE…` is a comment: marks alone between white space are no digits.
        for word in run.words().filter(|w| w.bytes().iter().any(|b| b.is_ascii_alphanumeric() || *b == b'='))
        {
            out.extend_from_slice(word.bytes());
        }
        stop.pass(run, bare);
        if run.bytes().ends_with(b"=") {
            break;
        }
    }
    (out, encrypted, stop.at)
}

/// Where the last line of a body ends that may be one: what a log has behind a key that was cut are words.
struct Stop {
    at: usize,
    /// The longest word so far.
    width: usize,
}

/// A word of a body has at least so many digits; only the last is shorter.
const WORD: usize = 16;

impl Stop {
    fn pass(&mut self, run: Part<'_>, line: Part<'_>) {
        let longest = run.words().map(|word| word.len()).max().unwrap_or_default();
        let (first, rest) =
            run.bytes().split_first().map_or((b' ', &b""[..]), |(first, rest)| (*first, rest));
        let spoken = first.is_ascii_alphabetic() && rest.iter().all(u8::is_ascii_lowercase);
        let last = longest == run.len() && run.len() * 2 >= line.len() && !spoken;
        if longest >= WORD || last && self.width > longest {
            self.at = run.span().end;
        }
        self.width = self.width.max(longest);
    }
}

fn is_header(name: Part<'_>) -> bool {
    let name = name.trim_of(|b| !b.is_ascii_alphanumeric());
    (3..30).contains(&name.len()) && name.bytes().iter().all(|b| b.is_ascii_alphanumeric() || *b == b'-')
}

/// Lines as they are, as `\n` and `\r` spell them, however often the backslash was escaped, or as XML and HTML do.
fn escaped_lines(inside: Part<'_>) -> impl Iterator<Item = Part<'_>> {
    inside.lines().flat_map(|line| {
        let mut rest = Some(line);
        std::iter::from_fn(move || {
            let now = rest.take()?;
            let mut from = 0;
            while let Some(n) = memchr::memchr3(b'\\', b'&', b'<', now.skip(from).bytes()) {
                let mark = now.skip(from + n);
                if let Some(length) = break_in(mark) {
                    rest = Some(mark.skip(length));
                    return Some(now.first(from + n));
                }
                from += n + mark.while_(|b| b == b'\\').len().max(1);
            }
            Some(now)
        })
    })
}

/// How long the mark of a line break is that a text begins with.
fn break_in(mark: Part<'_>) -> Option<usize> {
    let slashes = mark.while_(|b| b == b'\\').len();
    if slashes > 0 {
        return matches!(mark.bytes().get(slashes), Some(b'n' | b'r')).then_some(slashes + 1);
    }
    let marks = ["&#10;", "&#13;", "&#xa;", "&#xd;", "&#x0a;", "&#x0d;", "<br>", "<br/>", "<br />"];
    marks.iter().find(|known| mark.strip(known).is_some()).map(|known| known.len())
}

fn longest_run(part: Part<'_>) -> Part<'_> {
    let mut best = part.first(0);
    let mut rest = part;
    while !rest.is_empty() {
        let run = rest.while_(base64::is_digit);
        if run.len() > best.len() {
            best = run;
        }
        rest = rest.after(&run).skip(1);
    }
    best
}

#[cfg(test)]
pub(crate) mod tests {
    use ::base64::Engine as _;
    use ::base64::engine::general_purpose::STANDARD;

    use super::*;

    /// Armour around bytes; the lines joined by `end`.
    pub(crate) fn armor(label: &str, der: &[u8], end: &str) -> String {
        let digits = STANDARD.encode(der);
        let lines: Vec<&str> =
            digits.as_bytes().chunks(64).map(|c| std::str::from_utf8(c).unwrap()).collect();
        format!("-----BEGIN {label}-----{end}{}{end}-----END {label}-----{end}", lines.join(end))
    }

    fn body(text: &str) -> Vec<u8> {
        around(text.as_bytes(), text.find("PRIVATE").unwrap()).unwrap().body
    }

    #[test]
    fn any_writing_gives_the_same_bytes() {
        let der: Vec<u8> = (0..300_u16).map(|i| (i * 37 % 251) as u8).collect();
        let label = "PRIVATE KEY";
        for end in [
            "\n",
            "\r\n",
            "\\n",
            "\\\\n",
            "\\r\\n",
            "\n    ",
            " ",
            "\\n\" +\n    \"",
            "\\n\" + \"",
            "\",\n\"",
            "\n# ",
            "\n// ",
            "\n * ",
            "\\\n",
            "\\n\\\n",
            "&#10;",
            "&#13;\n",
            "&#xD;&#xA;",
            "<br/>\n",
        ] {
            assert_eq!(body(&armor(label, &der, end)), der, "{end:?}");
        }
    }

    #[test]
    fn headers_are_no_body() {
        let text = armor("RSA PRIVATE KEY", &[9; 64], "\n").replacen(
            "KEY-----\n",
            "KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0011\n\n",
            1,
        );
        let found = around(text.as_bytes(), text.find("PRIVATE").unwrap()).unwrap();
        assert!(found.encrypted);
        assert_eq!(found.body, [9; 64]);
        assert_eq!(found.block.bytes(), text.trim_end().as_bytes());
    }

    #[test]
    fn what_stands_behind_a_key_that_was_cut_is_none_of_it() {
        let text = armor("PRIVATE KEY", &[37; 300], "\n");
        let cut = text.find("-----END").unwrap();
        for (more, left) in [
            ("[log was cut here]\n#10 DONE 2.4s\n\n#11 RUN make build\nnpm http fetch", 0),
            ("Done\n", 0),
            ("kY9=\n", 4),
        ] {
            let text = format!("{}{more}", &text[..cut]);
            let block = around(text.as_bytes(), text.find("PRIVATE").unwrap()).unwrap().block.span();
            assert_eq!(block.end, if left > 0 { cut + left } else { cut - 1 }, "{more}");
        }
    }

    #[test]
    fn a_bare_header_has_no_body() {
        let line = |word: &str| format!("-----{word} {}-----", ["PRIVATE", "KEY"].join(" "));
        let (begin, end) = (line("BEGIN"), line("END"));
        for text in [begin.clone(), format!("{begin}\n{end}"), begin.replace("-----BEGIN ", "") + "\nMIIE"] {
            assert!(around(text.as_bytes(), text.find("PRIVATE").unwrap()).is_none(), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_input_is_too_strange(text in "(-----BEGIN |PRIVATE KEY|-----|\\\\n|[A-Za-z+/=]{0,9}|\n| |\"){0,20}", at in 0..60_usize) {
            let _ = around(text.as_bytes(), at);
        }
    }
}
