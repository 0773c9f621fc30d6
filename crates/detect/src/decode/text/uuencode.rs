//! uuencode (POSIX), as old mail, news and scripts that unpack themselves carry files: lines between `begin 644 name` and `end`.
//!
//! Its letters are those of any text: only what begins like mail, a script or such a file is looked at.

use std::ops::Range;

use super::readable::{holds_words, is_container, is_text};
use super::{Decoded, Lead, Place, TextDecoder, quoted_printable};

/// Files in a mail or a script.
pub(super) static DECODER: TextDecoder = TextDecoder {
    name: "uuencode",
    lead: Lead::Start(may_hold),
    undo,
    tool: Some("uudecode -o /dev/stdout"),
};

/// What the first line begins with.
const BEGIN: &[u8] = b"begin ";
/// A longer first line is none.
const LONGEST: usize = 512;
/// A line stands for no more bytes.
const WIDEST: usize = 63;

fn may_hold(text: &[u8]) -> bool {
    text.starts_with(BEGIN) || text.starts_with(b"#") || quoted_printable::is_mail(text)
}

fn undo(text: &[u8], _: &Place, found: &mut Decoded<'_>) -> usize {
    let mut from = 0_usize;
    while let Some(next) = text.get(from..).and_then(|rest| memchr::memmem::find(rest, BEGIN)) {
        let start = from.saturating_add(next);
        from = start.saturating_add(BEGIN.len());
        let begins = start.checked_sub(1).is_none_or(|before| text.get(before) == Some(&b'\n'));
        if let Some((span, said)) = Some(start).filter(|_| begins).and_then(|start| file(text, start)) {
            from = span.end;
            if is_text(&said) || is_container(&said) || holds_words(&said) {
                found(span, said);
            }
        }
    }
    text.len()
}

/// The file whose first line begins here, and what it holds, up to its end or to a line that is none of it.
fn file(text: &[u8], start: usize) -> Option<(Range<usize>, Vec<u8>)> {
    let (first, mut at) = line(text, start)?;
    let mode = first.get(BEGIN.len()..)?;
    let digits = mode.iter().take_while(|byte| (b'0'..=b'7').contains(byte)).count();
    (matches!(digits, 3 | 4) && mode.get(digits) == Some(&b' ')).then_some(())?;
    let mut said = Vec::new();
    let mut end = at;
    while let Some((line, next)) = line(text, at)
        && let Some(bytes) = bytes(line)
    {
        end = at.saturating_add(line.len());
        at = next;
        if bytes.is_empty() {
            break;
        }
        said.extend(bytes);
    }
    if let Some((b"end", _)) = line(text, at) {
        end = at.saturating_add(3);
    }
    (!said.is_empty()).then_some((start..end, said))
}

/// The line at a place without its end, and where the next begins.
fn line(text: &[u8], at: usize) -> Option<(&[u8], usize)> {
    let rest = text.get(at..).filter(|rest| !rest.is_empty())?;
    let near = rest.get(..LONGEST).unwrap_or(rest);
    let length = memchr::memchr(b'\n', near).or((near.len() == rest.len()).then_some(near.len()))?;
    let line = rest.get(..length)?;
    Some((line.strip_suffix(b"\r").unwrap_or(line), at.checked_add(length)?.checked_add(1)?))
}

/// The bytes that a line stands for: how many, its first letter says. Blanks at its end may have got lost, and a letter too many may
/// be a checksum.
fn bytes(line: &[u8]) -> Option<Vec<u8>> {
    let (first, letters) = line.split_first()?;
    let count = usize::from(six(*first)?);
    let groups = count.div_ceil(3);
    let most = groups.checked_mul(4)?.checked_add(1)?;
    (count <= WIDEST && letters.len() <= most).then_some(())?;
    let mut bytes = Vec::with_capacity(count);
    for group in 0..groups {
        let letter = |place: usize| {
            six(letters.get(group.saturating_mul(4).saturating_add(place)).copied().unwrap_or(b' '))
        };
        let all = [letter(0)?, letter(1)?, letter(2)?, letter(3)?];
        let bits = all.into_iter().fold(0_u32, |bits, six| bits << 6 | u32::from(six));
        bytes.extend(bits.to_be_bytes().into_iter().skip(1));
    }
    bytes.truncate(count);
    Some(bytes)
}

/// What a letter says. A blank and a grave accent are zero alike.
fn six(letter: u8) -> Option<u8> {
    matches!(letter, b' '..=b'`').then(|| letter.wrapping_sub(b' ') & 0x3f)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::decode::text::tests::{found, gives};

    fn letter(six: u8, zero: char) -> char {
        if six == 0 { zero } else { char::from(six + b' ') }
    }

    fn written(plain: &[u8], zero: char) -> String {
        let mut text = String::from("begin 644 a b.tgz\n");
        for line in plain.chunks(45) {
            text.push(letter(u8::try_from(line.len()).unwrap(), zero));
            for group in line.chunks(3) {
                let byte = |at: usize| u32::from(group.get(at).copied().unwrap_or_default());
                let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
                text.extend([18, 12, 6, 0].map(|shift| letter((bits >> shift & 0x3f) as u8, zero)));
            }
            text.push('\n');
        }
        text.push(zero);
        text + "\nend"
    }

    const PLAIN: &str = "user=app\npassword=otter-Pebble\nand a line that is longer than one of its lines\n";

    #[test]
    fn letters_stand_for_what_the_standard_says() {
        let text = "begin 644 x\n#8V%T\n`\nend";
        assert_eq!(found(&DECODER, text.as_bytes()), [(text.to_owned(), "cat".to_owned())]);
    }

    #[test]
    fn a_file_in_a_mail_or_a_script_is_read() {
        for zero in [' ', '`'] {
            let file = written(PLAIN.as_bytes(), zero);
            for before in ["", "From bob\nSubject: x\n\n", "#!/bin/sh\nuudecode <<'E'\n"] {
                let text = format!("{before}{file}\nbegin 644\nmore\n");
                assert_eq!(found(&DECODER, text.as_bytes()), [(file.clone(), PLAIN.to_owned())], "{text}");
            }
            let lost: Vec<&str> = file.split('\n').map(str::trim_end).collect();
            assert_eq!(found(&DECODER, lost.join("\r\n").as_bytes())[0].1, PLAIN);
        }
    }

    #[test]
    fn other_texts_are_not_looked_at() {
        let file = written(PLAIN.as_bytes(), '`');
        for text in [
            format!("a\n{file}"),
            format!("# begin 644 x\n{}", &file[18..]),
            "begin 644 x\nbegin 7 y\nbegin 644x\nend\n".to_owned(),
            file.replace("644", "6a4"),
        ] {
            assert!(found(&DECODER, text.as_bytes()).is_empty(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_packed_is_read_whole(more in proptest::collection::vec(any::<u8>(), 0..300)) {
            let packed = [&b"\x1f\x8b\x08\0"[..], &more].concat();
            let file = written(&packed, '`');
            prop_assert_eq!(gives(&DECODER, &file), vec![(file.clone(), packed)]);
        }
    }
}
