//! Where one text of a program ends and the next begins.
//!
//! Programs keep their texts one behind the other. Those of C end with a zero byte; Go and Rust write none, and what the
//! end of one text and the start of the next make together says nothing. So what is told by its surroundings counts in
//! a program where it is a text of its own, or a whole URL with a login that is written for a machine.

use std::ops::Range;

use memchr::memmem::rfind;

use crate::read::url;

/// Longer texts are pages of help, or many texts in a row.
const LONGEST: usize = 400;

/// Whether a stretch is in a text of its own, or in a URL that is complete.
pub(crate) fn is_sure(bytes: &[u8], span: &Range<usize>) -> bool {
    stands_alone(bytes, span) || is_whole_login(bytes, span)
}

/// Whether control characters end the text on both sides, as zero bytes and lengths do.
fn stands_alone(bytes: &[u8], span: &Range<usize>) -> bool {
    let ends = |b: &u8| b.is_ascii_control() && !matches!(b, b'\n' | b'\r' | b'\t');
    let before = bytes.get(span.start.saturating_sub(LONGEST)..span.start).unwrap_or_default();
    let after = bytes.get(span.end..bytes.len().min(span.end.saturating_add(LONGEST))).unwrap_or_default();
    let (Some(left), Some(right)) = (before.iter().rposition(ends), after.iter().position(ends)) else {
        return false;
    };
    let text = before.len() - left - 1 + span.len() + right;
    let lines = before.get(left + 1..).into_iter().chain(after.get(..right));
    text <= LONGEST && !lines.flatten().any(|b| matches!(b, b'\n' | b'\r'))
}

/// Whether the stretch is the password in `scheme://user:password@host.name/` or `@host:port`.
fn is_whole_login(bytes: &[u8], span: &Range<usize>) -> bool {
    let from = span.start.saturating_sub(80);
    let Some(mark) = bytes.get(from..span.start).and_then(|before| rfind(before, b"://")) else {
        return false;
    };
    let Some(url) = url::around(bytes, from + mark) else { return false };
    let (Some(user), Some(password)) = (url.user, url.password) else { return false };
    let name = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
    let written = |b: &u8| b.is_ascii_alphanumeric() || b"-_.!~*+$^&#=%".contains(b);
    password.span() == *span
        && user.len() <= 32
        && user.bytes().iter().all(name)
        && password.len() <= 64
        && password.bytes().iter().all(written)
        && is_machine(url.host.bytes())
}

/// A name with a domain or a port, and nothing behind it.
fn is_machine(host: &[u8]) -> bool {
    let mut parts = host.splitn(2, |b| *b == b':');
    let (name, port) = (parts.next().unwrap_or_default(), parts.next());
    let plain = name.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-'));
    let domain = name.split(|b| *b == b'.').filter(|part| !part.is_empty()).count() >= 2;
    let port_is_one = |port: &[u8]| (2..=5).contains(&port.len()) && port.iter().all(u8::is_ascii_digit);
    plain && name.len() <= 64 && port.map_or(domain, port_is_one)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sure(text: &str, secret: &str) -> bool {
        let start = text.find(secret).unwrap();
        is_sure(text.as_bytes(), &(start..start + secret.len()))
    }

    #[test]
    fn a_text_between_zero_bytes_stands_alone() {
        assert!(sure("\0Server=db;User Id=sa;Password=Xk9vQ2mz;\0", "Xk9vQ2mz"));
        assert!(!sure("\0connect(Server=db;Password=Xk9vQ2mzinvalid argument", "Xk9vQ2mzinvalid"));
        assert!(!sure("\0Example:\n  password=Xk9vQ2mz\n\0", "Xk9vQ2mz"));
    }

    #[test]
    fn a_whole_url_among_texts_is_one() {
        assert!(sure("reflect: callpostgres://app:Xk9vQ2mz@db.prod:5432/appruntime: ", "Xk9vQ2mz"));
        assert!(sure("xamqps://app:Xk9vQ2mz@mq.acme.dev/bad", "Xk9vQ2mz"));
        assert!(!sure("https://user:passInvalid@argument given", "passInvalid"));
        assert!(!sure("redis://:Zk9x@cacheREADME.md", "Zk9x"));
    }
}
