//! What says that it is a private key, and is none that can be read: of another kind, broken on the way, or made up.
//!
//! In an image such a text is a note; in a file that a build is about to send it is worth a look.

use std::ops::Range;

use tightlip_detect::Rule;

/// What is found here.
pub(crate) static RULE: Rule = Rule::new(
    "private-key-unread",
    "Private key that cannot be read",
    "It says that it is a private key; whoever holds it may be able to use it.",
);

/// The note that a scan makes of one: it does not say that the key was judged.
pub(crate) const NOTED: &str = "unread-private-key";

const BEGIN: &str = "-----BEGIN ";
const LABEL: &str = "PRIVATE KEY-----";
const END: &str = "-----END ";

/// Endings of files that talk about keys: texts and programs.
const TALK: &[&str] = &[
    "md", "rst", "adoc", "html", "txt", "py", "js", "mjs", "ts", "tsx", "jsx", "go", "java", "kt", "rs",
    "rb", "php", "c", "h", "cc", "cpp", "cs", "sh", "lua", "pl", "scala", "swift", "ipynb",
];

/// The stretches from `-----BEGIN … PRIVATE KEY-----` to the end of the body.
pub(crate) fn find(path: &str, bytes: &[u8]) -> Vec<Range<usize>> {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    if TALK.contains(&ending) {
        return Vec::new();
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return Vec::new() };
    text.match_indices(BEGIN).filter_map(|(at, _)| key(text, at)).collect()
}

fn key(text: &str, at: usize) -> Option<Range<usize>> {
    let label = text.get(at + BEGIN.len()..)?;
    let length = label.find("-----")? + "-----".len();
    let label = label.get(..length).filter(|label| label.ends_with(LABEL) && label.len() < 40)?;
    let start = at + BEGIN.len() + label.len();
    let body = text.get(start..)?;
    let body = body.get(..body.find(END)?)?;
    is_key_like(body).then_some(at..start + body.len())
}

/// Base64 of some length, and not a row of the same sign.
fn is_key_like(body: &str) -> bool {
    let bare = body.replace("\\n", "");
    let digits: String =
        bare.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=')).collect();
    let kinds: std::collections::BTreeSet<char> = digits.chars().collect();
    digits.len() >= 64
        && kinds.len() >= 20
        && bare.trim().chars().all(|c| !matches!(c, '.' | '<' | '$' | '{'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(body: &str) -> String {
        format!("{BEGIN}{LABEL}\n{body}\n{END}{LABEL}\n")
    }

    #[test]
    fn a_body_that_looks_like_a_key_counts_outside_of_documentation() {
        let body: String = (b'0'..=b'9').chain(b'A'..=b'Z').chain(b'a'..=b'z').map(char::from).collect();
        let text_of = text(&format!("{body}\n{body}"));
        assert_eq!(find("tls/site.key", text_of.as_bytes()).len(), 1);
        assert!(find("README.md", text_of.as_bytes()).is_empty());
        for none in ["...", "xxxxxxxx", "<your key>"] {
            assert!(find("site.key", text(none).as_bytes()).is_empty(), "{none}");
        }
    }
}
