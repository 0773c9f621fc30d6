//! What a registry says may repeat what it was told, and what it says is printed and kept: here it is masked.

use std::sync::{Mutex, MutexGuard, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

/// What stands in place of a credential.
const MASK: &str = "‹masked›";
/// Words up to this length are words, in bytes.
const LONGEST_WORD: usize = 11;
/// Shorter credentials would be found in any word, in bytes.
const SHORTEST: usize = 3;

/// Everything secret that was sent. It cannot be shown, and is wiped when it goes.
#[derive(Default)]
pub(in crate::store) struct Sent(Mutex<Vec<Zeroizing<String>>>);

impl Sent {
    /// Remembers a secret.
    pub(super) fn secret(&self, secret: &str) {
        let mut sent = self.all();
        if secret.len() >= SHORTEST && !sent.iter().any(|known| known.as_str() == secret) {
            sent.push(Zeroizing::new(secret.to_owned()));
            // What holds another is masked first.
            sent.sort_by_key(|known| std::cmp::Reverse(known.len()));
        }
    }

    /// Remembers what a header `Authorization` tells: a token, or a password in base64 (RFC 7617).
    pub(super) fn authorization(&self, header: &str) {
        let (scheme, value) = header.split_once(' ').unwrap_or(("", header));
        self.secret(value);
        let login = STANDARD.decode(value).ok().filter(|_| scheme.eq_ignore_ascii_case("basic"));
        let login = login.map(Zeroizing::new);
        let login = login.as_deref().and_then(|login| std::str::from_utf8(login).ok());
        if let Some((_, password)) = login.and_then(|login| login.split_once(':')) {
            self.secret(password);
        }
    }

    /// A text of a registry without what is secret in it: what it was sent, and what looks like a token, unless it was asked
    /// for that.
    pub(in crate::store) fn masked(&self, text: &str, asked: &str) -> String {
        let mut text = text.to_owned();
        for secret in self.all().iter() {
            text = text.replace(secret.as_str(), MASK);
        }
        let mut shown = String::with_capacity(text.len());
        for part in text.split_inclusive(|c: char| !belongs(c)) {
            let word = part.trim_end_matches(|c: char| !belongs(c));
            let known = is_plain(word) || asked.contains(word);
            shown.push_str(if known { word } else { MASK });
            shown.push_str(part.strip_prefix(word).unwrap_or_default());
        }
        shown
    }

    fn all(&self) -> MutexGuard<'_, Vec<Zeroizing<String>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Of what tokens are made, and names.
fn belongs(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '+' | '/' | '=' | '.' | '~')
}

/// Whether nobody would take a word for a token: it is short, or made of words of letters, or of numbers as dates, addresses
/// and versions are, or hexadecimal digits as digests have them.
fn is_plain(word: &str) -> bool {
    let digest = word.len() == 64 && word.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    let part = |part: &str| {
        let letters = part.bytes().filter(u8::is_ascii_alphabetic).count();
        let capitals = part.bytes().skip(1).filter(u8::is_ascii_uppercase).count();
        let one_case = capitals == 0 || capitals + 1 >= letters;
        part.len() <= LONGEST_WORD && (letters == part.len() || letters <= 2)
            || letters == part.len() && part.len() <= 2 * LONGEST_WORD && one_case
    };
    word.len() <= LONGEST_WORD || digest || word.split(['_', '-', '/', '.', '=']).all(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent() -> Sent {
        let sent = Sent::default();
        sent.authorization(&format!("Basic {}", STANDARD.encode("me:orchid-lamp")));
        sent.authorization("Bearer plain.words.only");
        sent
    }

    #[test]
    fn what_was_sent_is_masked() {
        let basic = STANDARD.encode("me:orchid-lamp");
        for (said, shown) in [
            ("no such login me:orchid-lamp", "no such login me:‹masked›".to_owned()),
            (&format!("header Basic {basic}"), "header Basic ‹masked›".to_owned()),
            ("token \"plain.words.only\" has expired", "token \"‹masked›\" has expired".to_owned()),
        ] {
            assert_eq!(sent().masked(said, ""), shown);
        }
    }

    #[test]
    fn what_looks_like_a_token_is_masked_and_nothing_else() {
        let token = "aB3".repeat(9);
        let said = format!("MANIFEST_UNKNOWN: {token}, of [{token}]");
        assert_eq!(sent().masked(&said, ""), "MANIFEST_UNKNOWN: ‹masked›, of [‹masked›]");
        let digest = "0123456789abcdef".repeat(4);
        for said in [
            "toomanyrequests: You have reached your pull rate limit. You may increase the limit by \
             authenticating and upgrading: https://www.docker.com/increase-rate-limit",
            "requested access to the resource is denied",
            "UNAUTHORIZED: authentication required: map[Action:pull Class: Name:library/app Type:repository]",
            "invalid username or password at 2026-11-30T10:11:12Z from 192.168.100.200",
            &format!("manifest unknown: sha256:{digest}"),
        ] {
            assert_eq!(sent().masked(said, ""), said);
        }
        let asked = "registry.example/team/app-2f9c41d07be3";
        assert_eq!(
            sent().masked("team/app-2f9c41d07be3 not found", asked),
            "team/app-2f9c41d07be3 not found"
        );
    }
}
