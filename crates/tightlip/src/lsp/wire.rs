//! Messages as they come and go: a header with the length, and JSON. What an editor sends may hold a secret, so nothing of a
//! message that cannot be read is quoted.
//!
//! Source: Language Server Protocol 3.17, "Base Protocol".

use std::io::{self, BufRead, Read as _, Write};
use std::thread;

use lsp_server::{Connection, Message};

/// The longest message that is read, in bytes.
const LONGEST: u64 = 64 << 20;
/// The longest line of a header that is read, in bytes.
const LONGEST_LINE: u64 = 4 << 10;

/// What came in.
enum Frame {
    Message(Message),
    /// A message that cannot be read.
    Unread,
    End,
}

/// A connection over standard input and output, which ends when the editor goes. What is still to be written is written when the
/// connection is gone and the handle has been joined.
pub(crate) fn stdio() -> (Connection, thread::JoinHandle<io::Result<()>>) {
    let (server, editor) = Connection::memory();
    let Connection { sender, receiver } = editor;
    thread::spawn(move || {
        let mut input = io::stdin().lock();
        loop {
            match read(&mut input) {
                Ok(Frame::Message(message)) => {
                    if sender.send(message).is_err() {
                        return;
                    }
                }
                Ok(Frame::Unread) => told("passed over a message of the editor that cannot be read"),
                Ok(Frame::End) => return,
                Err(error) => return told(&format!("the connection to the editor broke: {error}")),
            }
        }
    });
    let writer = thread::spawn(move || {
        let mut output = io::stdout().lock();
        receiver.into_iter().try_for_each(|message| message.write(&mut output))
    });
    (server, writer)
}

fn told(text: &str) {
    let _ = writeln!(io::stderr(), "tightlip: {text}");
}

fn read(input: &mut impl BufRead) -> io::Result<Frame> {
    let Some(length) = header(input)? else { return Ok(Frame::End) };
    if length > LONGEST {
        io::copy(&mut input.take(length), &mut io::sink())?;
        return Ok(Frame::Unread);
    }
    let mut body = Vec::new();
    input.take(length).read_to_end(&mut body)?;
    let message = serde_json::from_slice(&body).or_else(|_| serde_json::from_slice(&paired(&body)));
    Ok(message.map_or(Frame::Unread, Frame::Message))
}

/// The length that a header tells; none at the end of the input.
fn header(input: &mut impl BufRead) -> io::Result<Option<u64>> {
    let wrong = |what| io::Error::new(io::ErrorKind::InvalidData, what);
    let mut length = None;
    loop {
        let mut line = Vec::new();
        input.take(LONGEST_LINE).read_until(b'\n', &mut line)?;
        if line.is_empty() {
            return Ok(None);
        }
        let Some(line) = line.strip_suffix(b"\r\n") else { return Err(wrong("a header has no end")) };
        if line.is_empty() {
            return length.map(Some).ok_or_else(|| wrong("a header tells no length"));
        }
        let mut parts = line.splitn(2, |byte| *byte == b':');
        if parts.next().is_some_and(|name| name.eq_ignore_ascii_case(b"content-length")) {
            let number = std::str::from_utf8(parts.next().unwrap_or_default()).unwrap_or_default().trim();
            length = Some(number.parse().map_err(|_| wrong("a header tells a length that is no number"))?);
        }
    }
}

/// JSON in which half a character (`\ud83d` alone, as editors write one that is cut) is the sign for what cannot be shown.
fn paired(json: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(json.len());
    let mut rest = json;
    while let Some(at) = rest.iter().position(|byte| *byte == b'\\') {
        let (before, from) = rest.split_at(at);
        out.extend_from_slice(before);
        let taken = match (half(from), from.get(6..).and_then(half)) {
            (Some(Half::First), Some(Half::Second)) => 12,
            (Some(_), _) => {
                out.extend_from_slice(b"\\ufffd");
                rest = from.get(6..).unwrap_or_default();
                continue;
            }
            (None, _) => 2,
        };
        let (kept, after) = from.split_at(taken.min(from.len()));
        out.extend_from_slice(kept);
        rest = after;
    }
    out.extend_from_slice(rest);
    out
}

/// A half of a character that UTF-16 writes in two.
enum Half {
    First,
    Second,
}

/// The half that an escape at the beginning stands for.
fn half(escape: &[u8]) -> Option<Half> {
    let digits = std::str::from_utf8(escape.strip_prefix(b"\\u")?.get(..4)?).ok()?;
    match u16::from_str_radix(digits, 16).ok()? {
        0xd800..=0xdbff => Some(Half::First),
        0xdc00..=0xdfff => Some(Half::Second),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frames(mut input: &[u8]) -> Vec<&'static str> {
        let mut all = Vec::new();
        loop {
            all.push(match read(&mut input) {
                Ok(Frame::Message(_)) => "message",
                Ok(Frame::Unread) => "unread",
                Ok(Frame::End) => "end",
                Err(_) => "broken",
            });
            if matches!(all.last(), Some(&("end" | "broken"))) {
                return all;
            }
        }
    }

    #[test]
    fn what_cannot_be_read_is_passed_over() {
        let message = r#"{"jsonrpc":"2.0","method":"exit"}"#;
        let framed = |text: &str| format!("Content-Length: {}\r\n\r\n{text}", text.len());
        let whole = framed(message);
        assert_eq!(frames(format!("{}{whole}", framed("{")).as_bytes()), ["unread", "message", "end"]);
        assert_eq!(
            frames(format!("content-length:{}\r\nX: y\r\n\r\n{message}", message.len()).as_bytes()).len(),
            2
        );
        assert_eq!(frames(b"Content-Length: 99999999999999\r\n\r\n{}"), ["unread", "end"]);
        for broken in ["Content-Length: x\r\n\r\n", "\r\n", "Content-Length: 3\n\n{}"] {
            assert_eq!(frames(broken.as_bytes()), ["broken"], "{broken:?}");
        }
        assert_eq!(frames(b""), ["end"]);
    }

    #[test]
    fn half_a_character_takes_nothing_away_but_itself() {
        let read = |json: &str| serde_json::from_slice::<String>(&paired(json.as_bytes())).unwrap();
        assert_eq!(read(r#""a\ud83d b""#), "a\u{fffd} b");
        assert_eq!(read(r#""\udc00\ud83d""#), "\u{fffd}\u{fffd}");
        assert_eq!(read(r#""\ud83d\ude00 \\ud83d \n""#), "\u{1f600} \\ud83d \n");
    }
}
