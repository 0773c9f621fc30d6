//! The parts of a URL that can hold credentials.

use super::Part;

/// A URL in a text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Url<'b> {
    /// `https`, `postgresql+psycopg2`.
    pub scheme: Part<'b>,
    /// What stands before the colon of the user information.
    pub user: Option<Part<'b>>,
    /// What stands after it.
    pub password: Option<Part<'b>>,
    /// The host with its port.
    pub host: Part<'b>,
    /// What stands after the question mark, up to a fragment.
    pub query: Option<Part<'b>>,
}

/// More bytes than this are no URL; the rest of a minified script may be without a blank.
const LONGEST: usize = 8192;

/// Reads the URL around `://` at an offset of the text.
pub(crate) fn around(text: &[u8], at: usize) -> Option<Url<'_>> {
    let before = text.get(..at)?;
    // `mongodb\\://bob\\:x@h`, as Java escapes colons in properties.
    let escaped = before.ends_with(b"\\");
    let before = before.strip_suffix(b"\\").unwrap_or(before);
    let length = before.iter().rev().take(40).take_while(|b| is_scheme(**b)).count();
    let scheme = Part::between(text, before.len() - length..before.len());
    let scheme = scheme.skip(colour(text.get(..before.len() - length)?, scheme.bytes()));
    let rest = Part::between(text, at..at.saturating_add(LONGEST)).strip("://")?;
    if !scheme.bytes().first()?.is_ascii_alphabetic() {
        return None;
    }
    let authority =
        rest.while_(|b| is_url(b) && (escaped && b == b'\\' || !matches!(b, b'/' | b'?' | b'#' | b'\\')));
    // The last at sign ends the user information: an unescaped one may stand in the password.
    let at_sign = authority.bytes().iter().rposition(|b| *b == b'@');
    let (user, password, host) = match at_sign {
        None => (None, None, authority),
        Some(n) => {
            let info = authority.first(n);
            let (user, password) = info.cut(|b| b == b':').map_or((info, None), |(u, p)| (u, Some(p)));
            let user = if user.bytes().ends_with(b"\\") { user.first(user.len() - 1) } else { user };
            (Some(user), password, authority.skip(n + 1).while_(|b| b != b'\\'))
        }
    };
    let path = rest.after(&authority).while_(|b| is_url(b) && b != b'?');
    let query = rest.after(&path).strip("?").map(|query| query.while_(|b| is_url(b) && b != b'#'));
    Some(Url { scheme, user, password, host, query })
}

/// How much of what stands before `://` is the end of a colour of a terminal, `\x1b[38;5;124m`, or of one as JSON writes it.
fn colour(before: &[u8], scheme: &[u8]) -> usize {
    let digits = scheme.iter().take_while(|b| b.is_ascii_digit()).count();
    let marked = matches!(before.last(), Some(b'[' | b';')) && scheme.get(digits) == Some(&b'm');
    if digits > 0 && marked { digits + 1 } else { 0 }
}

fn is_scheme(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'+' | b'.' | b'-')
}

fn is_url(b: u8) -> bool {
    b.is_ascii_graphic() && !matches!(b, b'"' | b'\'' | b'<' | b'>' | b'`') || b >= 0x80
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url<'_> {
        around(text.as_bytes(), text.find("://").unwrap()).unwrap()
    }

    #[test]
    fn user_information_is_taken_apart() {
        let u = url("x git+https://u:p@ss@h:1/a?b=c#d e");
        assert_eq!(u.scheme.bytes(), b"git+https");
        assert_eq!((u.user.unwrap().bytes(), u.password.unwrap().bytes()), (&b"u"[..], &b"p@ss"[..]));
        assert_eq!((u.host.bytes(), u.query.unwrap().bytes()), (&b"h:1"[..], &b"b=c"[..]));
    }

    #[test]
    fn colons_of_properties_are_read_without_their_backslashes() {
        let text = "uri=mongodb\\://u\\:p@h\\:27017/a";
        let u = around(text.as_bytes(), text.find("://").unwrap()).unwrap();
        assert_eq!((u.scheme.bytes(), u.user.unwrap().bytes()), (&b"mongodb"[..], &b"u"[..]));
        assert_eq!((u.password.unwrap().bytes(), u.host.bytes()), (&b"p"[..], &b"h"[..]));
    }

    #[test]
    fn the_end_of_a_colour_is_no_part_of_a_scheme() {
        for text in ["\x1b[38;5;124mhttps://u:p@h/", "\\u001b[1mhttps://u:p@h/"] {
            let u = url(text);
            assert_eq!((u.scheme.bytes(), u.host.bytes()), (&b"https"[..], &b"h"[..]));
        }
    }

    #[test]
    fn a_url_without_credentials_has_none() {
        let u = url("https://host/@x?y");
        assert!(u.user.is_none() && u.password.is_none());
    }
}
