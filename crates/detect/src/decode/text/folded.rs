//! Lines that go on in the next one behind a blank: LDIF (RFC 2849), calendars and cards (RFC 5545, 6350), manifests of jars.
//!
//! In other texts a blank at the beginning of a line is indentation: what a text is, its beginning says.

use super::{Decoded, Lead, Place, TextDecoder};

/// Lines in several.
pub(super) static DECODER: TextDecoder = TextDecoder {
    name: "folded",
    lead: Lead::Start(is_folded),
    undo,
    tool: Some("tr -d '\\r' | sed -e ':a' -e 'N' -e '$!ba' -e 's/\\n[[:blank:]]//g'"),
};

/// So much of a text is looked at for what it is.
const HEAD: usize = 1 << 10;
/// A shorter line is not divided.
const LEAST: usize = 16;
/// A longer one is none.
const LONGEST: usize = 256 << 10;

fn is_folded(text: &[u8]) -> bool {
    let head = text.get(..HEAD).unwrap_or(text);
    head.starts_with(b"dn:")
        || head.starts_with(b"BEGIN:V")
        || head.starts_with(b"Manifest-Version:")
        // Comments and the version stand before the first entry.
        || matches!(head.first(), Some(b'#' | b'v' | b'\n')) && memchr::memmem::find(head, b"\ndn:").is_some()
}

fn undo(text: &[u8], _: &Place, found: &mut Decoded<'_>) -> usize {
    let mut start = 0;
    while start < text.len() {
        let mut end = line_end(text, start);
        let mut line = text.get(start..end).unwrap_or_default().trim_ascii_end().to_vec();
        let mut folded = false;
        while line.len() < LONGEST && matches!(text.get(end.saturating_add(1)), Some(b' ' | b'\t')) {
            let next = end.saturating_add(2);
            end = line_end(text, next);
            line.extend_from_slice(without_return(text.get(next..end).unwrap_or_default()));
            folded = true;
        }
        if folded && line.len() >= LEAST {
            found(start..end, line);
        }
        start = end.saturating_add(1);
    }
    text.len()
}

fn line_end(text: &[u8], from: usize) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    from.saturating_add(memchr::memchr(b'\n', rest).unwrap_or(rest.len())).min(text.len().max(from))
}

fn without_return(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::text::tests::found;

    fn undone(text: &str) -> Vec<String> {
        found(&DECODER, text.as_bytes()).into_iter().map(|(_, said)| said).collect()
    }

    #[test]
    fn lines_are_put_together() {
        let ldif = "# comment\ndn: cn=app,dc=acme\nolcSyncrepl: rid=1 credenti\n als=otter-la\n mp\nou: a\n";
        assert_eq!(undone(ldif), ["olcSyncrepl: rid=1 credentials=otter-lamp"]);
        let manifest = "Manifest-Version: 1.0\r\nApp-Password: otter-\r\n lamp\r\n";
        assert_eq!(undone(manifest), ["App-Password: otter-lamp"]);
    }

    #[test]
    fn indentation_of_other_texts_is_none() {
        assert!(undone("a: otter-otter-otter\n lamp-lamp\n").is_empty());
    }
}
