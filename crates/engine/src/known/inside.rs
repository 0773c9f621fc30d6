//! What stands inside of a text or a value: logins in addresses, private keys, base64.

use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use zeroize::Zeroizing;

use super::form::Held;
use super::judge::Ground;

/// Shorter words are words.
const SHORTEST_BASE64: usize = 8;
const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";

/// Counts lines up to places that are asked for in order.
#[derive(Default)]
pub(super) struct Lines {
    at: usize,
    breaks: usize,
}

impl Lines {
    /// The line on which a place stands, from 1.
    pub(super) fn of(&mut self, text: &str, place: usize) -> usize {
        self.breaks += text.get(self.at..place).unwrap_or_default().matches('\n').count();
        self.at = self.at.max(place);
        self.breaks + 1
    }
}

/// The passwords in addresses: `https://user:password@host`, as they are written and as they are meant.
pub(super) fn logins(text: &str) -> Vec<Held> {
    let (mut all, mut lines) = (Vec::new(), Lines::default());
    for (at, _) in text.match_indices("://") {
        let behind = text.get(at + 3..).unwrap_or_default();
        let end = behind.find(|c: char| c.is_whitespace() || matches!(c, '/' | '"' | '\'' | '<' | '>' | '?'));
        let authority = behind.get(..end.unwrap_or(behind.len())).unwrap_or_default();
        let Some((login, host)) = authority.rsplit_once('@') else { continue };
        // `https://TOKEN@host`
        let password = login.split_once(':').map_or(login, |(_, password)| password);
        let password = if matches!(password, "" | "x-oauth-basic") {
            login.split(':').next().unwrap_or("")
        } else {
            password
        };
        let ground = if login.contains(':') { Ground::Sure } else { Ground::Setting };
        let reference =
            password.starts_with("${") || password.starts_with("$(") || password.starts_with("{{");
        let line = lines.of(text, at);
        for value in [Zeroizing::new(password.to_owned()), percent(password)] {
            if !value.is_empty() && !reference {
                all.push(Held { name: format!("password of {host}"), line, value, ground });
            }
        }
    }
    all
}

/// The passwords in the addresses of a text (`https://me:password@host`), as they are written and as they are meant.
#[must_use]
pub fn passwords_in_addresses(text: &str) -> Vec<Zeroizing<Vec<u8>>> {
    let mut values: Vec<_> =
        logins(text).into_iter().map(|held| Zeroizing::new(held.value.as_bytes().to_vec())).collect();
    values.dedup();
    values
}

/// What may be a token in the paths and queries of addresses: `https://host/t/TOKEN/channel`, `?token=…`.
pub(super) fn tokens(text: &str) -> Vec<Held> {
    let (mut all, mut lines) = (Vec::new(), Lines::default());
    for (at, _) in text.match_indices("://") {
        let behind = text.get(at + 3..).unwrap_or_default();
        let end = behind.find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>'));
        let address = behind.get(..end.unwrap_or(behind.len())).unwrap_or_default();
        let line = lines.of(text, at);
        let mut before = "";
        for part in address.split(['/', '?', '&', '#']).skip(1) {
            // What stands behind this in the address of a channel of Conda is its token.
            let ground = if before == "t" { Ground::Sure } else { Ground::Setting };
            let (name, value) = part.split_once('=').unwrap_or(("", part));
            all.push(Held { name: name.to_owned(), line, value: percent(value), ground });
            before = part;
        }
    }
    all
}

/// The password of a login `user:password` that stands as such in a setting of Bundler. Source: `bundle help config`.
pub(super) fn bundled<'v>(name: &str, value: &'v str) -> Option<&'v str> {
    let (user, password) = value.split_once(':').filter(|_| name.starts_with("BUNDLE_"))?;
    (!user.is_empty() && !user.contains(' ') && !password.starts_with('/')).then_some(password)
}

/// A text without percent-encoding.
fn percent(text: &str) -> Zeroizing<String> {
    let mut out = Zeroizing::new(Vec::with_capacity(text.len()));
    out.extend(percent_encoding::percent_decode_str(text));
    Zeroizing::new(String::from_utf8_lossy(&out).into_owned())
}

/// A private key in a text: its lines with their armor, and the bytes that they stand for.
pub(super) struct Key {
    pub(super) line: usize,
    pub(super) armored: Zeroizing<String>,
    pub(super) bytes: Option<Zeroizing<Vec<u8>>>,
}

/// Every private key in a text.
pub(super) fn keys(text: &str) -> Vec<Key> {
    let (mut all, mut lines) = (Vec::new(), Lines::default());
    for (at, _) in text.match_indices(BEGIN) {
        let block = text.get(at..).unwrap_or_default();
        let Some(end) = block.find(END) else { continue };
        let last = block.get(end..).unwrap_or_default();
        let last = last
            .get(END.len()..)
            .and_then(|rest| rest.find("-----"))
            .map_or(last.len(), |at| END.len() + at + 5);
        let armored = block.get(..end + last).unwrap_or_default();
        let (head, body) = armored.split_once('\n').unwrap_or((armored, ""));
        if !head.contains("PRIVATE KEY") {
            continue;
        }
        // Lines with a colon are headers.
        let body = body.split(END).next().unwrap_or_default();
        let body: String = body.lines().filter(|line| !line.contains(':')).map(str::trim).collect();
        let bytes = decoded(&Zeroizing::new(body)).filter(|bytes| !bytes.is_empty());
        let line = lines.of(text, at);
        all.push(Key { line, armored: Zeroizing::new(armored.to_owned()), bytes });
    }
    all
}

/// The text that a value is in base64, and the password in it where that is a login.
pub(super) fn behind_base64(value: &str) -> Vec<Zeroizing<String>> {
    let joined: Zeroizing<String> = Zeroizing::new(value.split_whitespace().collect());
    if joined.len() < SHORTEST_BASE64 || value.contains(' ') {
        return Vec::new();
    }
    let Some(bytes) = decoded(&joined) else { return Vec::new() };
    let Ok(text) = std::str::from_utf8(&bytes) else { return Vec::new() };
    let readable = |c: char| !c.is_control() || matches!(c, '\n' | '\r' | '\t');
    if text.len() < 4 || !text.chars().all(readable) {
        return Vec::new();
    }
    let password = text.split_once(':').filter(|(user, _)| !user.contains(char::is_whitespace));
    let password = password.map(|(_, password)| password).filter(|password| !password.contains('\n'));
    [Some(text), password].into_iter().flatten().map(|text| Zeroizing::new(text.to_owned())).collect()
}

fn decoded(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let config = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let alphabets = [&STANDARD, &URL_SAFE].into_iter();
    alphabets
        .filter_map(|alphabet| GeneralPurpose::new(alphabet, config).decode(text).ok())
        .next()
        .map(Zeroizing::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_logins() {
        let found = logins(
            "a https://me:ma%40ple@r.example/x and https://r.example/@ and ssh://git@host\nb://u:${PW}@h",
        );
        let found: Vec<_> = found.iter().map(|held| (held.name.as_str(), held.value.as_str())).collect();
        let own = ("password of r.example", "ma%40ple");
        assert_eq!(
            found,
            [
                own,
                ("password of r.example", "ma@ple"),
                ("password of host", "git"),
                ("password of host", "git")
            ]
        );
    }

    #[test]
    fn tokens_stand_in_addresses() {
        let found = tokens("https://r.example/t/maple7/main?token=maple8&x");
        let counting = |held: &&Held| super::super::judge::counts(held.ground, &held.name, &held.value);
        let found: Vec<_> = found.iter().filter(counting).map(|held| held.value.as_str()).collect();
        assert_eq!(found, ["maple7", "maple8"]);
        assert_eq!(bundled("BUNDLE_GEMS__X", "me:maple7"), Some("maple7"));
        assert_eq!(bundled("IMAGE", "node:18-alpine"), None);
    }

    #[test]
    fn base64_may_be_a_login() {
        let found = behind_base64("bWU6bWFwbGU3");
        assert_eq!(found.iter().map(|text| text.as_str()).collect::<Vec<_>>(), ["me:maple7", "maple7"]);
        assert!(behind_base64("hunter22hunter22").is_empty());
    }

    #[test]
    fn a_private_key_stands_for_bytes() {
        let text = "x\n-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4\n\nAQID\nBAU=\n-----END EC PRIVATE KEY-----\n\
            -----BEGIN CERTIFICATE-----\nAQID\n-----END CERTIFICATE-----\n";
        let found = keys(text);
        assert_eq!((found.len(), found[0].line), (1, 2));
        assert_eq!(found[0].bytes.as_deref().map(Vec::as_slice), Some(&[1, 2, 3, 4, 5][..]));
        assert!(found[0].armored.ends_with("PRIVATE KEY-----"));
    }
}
