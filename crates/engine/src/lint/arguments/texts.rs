//! Values inside a word: in a URL, a header, a line of a settings file, SQL, a script of `sed`.

use tightlip_detect::Worth;
use tightlip_dockerfile::Text;

use super::{Given, is_real, named, says_secret};

/// The value inside a word.
pub(super) fn inside(text: &Text) -> Option<Given> {
    let ways: [fn(&Text) -> Option<Given>; 9] =
        [url, header, netrc, sql, sed, conda, quoted, hashed, settings];
    ways.iter().find_map(|way| way(text))
}

/// What a URL brings along to be let in.
pub(crate) fn url(text: &Text) -> Option<Given> {
    login(text).or_else(|| key(text))
}

/// `scheme://user:password@host`, whatever the host.
fn login(text: &Text) -> Option<Given> {
    let start = text.find("://")? + 3;
    let rest = text.get(start..)?;
    let authority = rest.split(['/', '?', '#', ' ', '\n', '"', '\'']).next()?;
    let login = authority.rsplit_once('@')?.0;
    let (_, password) = login.split_once(':')?;
    let at = start + login.len() - password.len();
    let value = text.slice(at..at + password.len());
    let shape = format!("password in a URL, {} characters", password.chars().count());
    is_real(password, Worth::Number).then_some(Given { value, shape })
}

/// `https://host/hook?key=value`: a drawn value. Servers of public keys are asked for fingerprints, or under other names.
fn key(text: &Text) -> Option<Given> {
    let start = text.find("://")? + 3;
    let query = start + text.get(start..)?.find('?')?;
    let ends = |c: char| c.is_whitespace() || matches!(c, '&' | '#' | '"' | '\'' | '\\' | ';' | '>' | ')');
    let at = ["?key=", "&key="].iter().find_map(|sign| Some(query + text.get(query..)?.find(sign)? + 5))?;
    let value = text.get(at..)?.split(ends).next()?;
    let drawn =
        value.len() >= 20 && value.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    let hash = matches!(value.len(), 40 | 64) && value.bytes().all(|b| b.is_ascii_hexdigit());
    let secret = drawn && !hash && !value.starts_with("0x") && is_real(value, Worth::Strong);
    secret.then(|| named("key in a URL", text.slice(at..at + value.len())))
}

/// `https://conda.host/t/TOKEN/channel`.
fn conda(text: &Text) -> Option<Given> {
    let at = text.find("://").and_then(|start| Some(start + text.get(start..)?.find("/t/")?))? + 3;
    let mut parts = text.get(at..)?.splitn(2, '/');
    let value = parts.next()?;
    // A forum has a number behind the title.
    let channel = parts.next().is_none_or(|rest| !rest.starts_with(|c: char| c.is_ascii_digit()));
    let phrased = value.len() >= 12 && value.contains('-') && is_real(value, Worth::Weak);
    let drawn = value.len() >= 20 && is_real(value, Worth::Strong);
    let token = channel && (phrased || drawn);
    token.then(|| named("a token in a URL", text.slice(at..at + value.len())))
}

/// `X-Api-Key: value`, `Authorization: Bearer value`.
fn header(text: &Text) -> Option<Given> {
    let (name, rest) = text.split_once(':')?;
    let name_like = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let authorization = name.to_ascii_lowercase().ends_with("authorization");
    let secret = authorization || (name.contains('-') && says_secret(name));
    let value = rest.split_whitespace().next_back()?;
    if !name_like || !secret || !rest.starts_with(' ') || rest.split_whitespace().count() > 2 {
        return None;
    }
    let at = text.len() - rest.len() + rest.rfind(value)?;
    is_real(value, Worth::Number).then(|| named(name, text.slice(at..at + value.len())))
}

/// `machine host login user password value`.
fn netrc(text: &Text) -> Option<Given> {
    if !text.contains("machine ") || !text.contains("password ") {
        return None;
    }
    let at = text.find("password ")? + "password ".len();
    let value = text.get(at..)?.split(|c: char| c.is_whitespace() || c == '\\').next()?;
    is_real(value, Worth::Default).then(|| named("password", text.slice(at..at + value.len())))
}

/// `PASSWORD 'value'`, `IDENTIFIED BY 'value'`.
fn sql(text: &Text) -> Option<Given> {
    let upper = text.to_ascii_uppercase();
    let at = ["PASSWORD '", "IDENTIFIED BY '", "PASSWORD \"", "IDENTIFIED BY \""]
        .iter()
        .find_map(|words| Some(upper.find(words)? + words.len()))?;
    let value = text.get(at..)?.split(['\'', '"']).next()?;
    is_real(value, Worth::Default).then(|| named("PASSWORD", text.slice(at..at + value.len())))
}

/// `s/password: .*/password: value/`, `s/__DB_PASSWORD__/value/`.
fn sed(text: &Text) -> Option<Given> {
    let sign = text.strip_prefix('s')?.chars().next().filter(|sign| !sign.is_alphanumeric())?;
    let mut parts = text.get(1 + sign.len_utf8()..)?.split(sign);
    let (pattern, replacement) = (parts.next()?, parts.next()?);
    let at = 1 + sign.len_utf8() * 2 + pattern.len();
    let whole = text.slice(at..at + replacement.len());
    let bare = pattern.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    if says_secret(bare) && !replacement.contains([' ', '=', ':']) && is_real(replacement, Worth::Default) {
        return Some(named(bare, whole));
    }
    setting(&whole)
}

/// `pwd: 'value'`, `password="value"` in a script of another language.
fn quoted(text: &Text) -> Option<Given> {
    for quote in ['\'', '"'] {
        for (at, _) in text.match_indices(quote) {
            let before = text.get(..at)?.trim_end();
            let Some(before) = before.strip_suffix([':', '=']) else { continue };
            let before = before.trim_end().trim_end_matches(['"', '\'']);
            let word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
            let name = before.rsplit(|c: char| !word(c)).next().unwrap_or("");
            let Some(value) = text.get(at + 1..).and_then(|rest| rest.split(quote).next()) else { continue };
            if says_secret(name) && !value.contains(' ') && is_real(value, Worth::Default) {
                return Some(named(name, text.slice(at + 1..at + 1 + value.len())));
            }
        }
    }
    None
}

/// `passwd('value')`, `generate_password_hash("value")`: a script makes the hash of a password that stands in it.
fn hashed(text: &Text) -> Option<Given> {
    HASHING.iter().find_map(|call| {
        let at = text.find(call)? + call.len();
        let own = !text.get(..at - call.len())?.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
        let rest = text.get(at..)?;
        let inside = rest.strip_prefix(['b', 'u']).unwrap_or(rest);
        let quote = inside.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
        let value = inside.get(1..)?.split(quote).next()?;
        let start = at + rest.len() - inside.len() + 1;
        let real = own && !value.contains([' ', '$', '%', '{']) && is_real(value, Worth::Default);
        real.then(|| named("a password that is hashed", text.slice(start..start + value.len())))
    })
}

/// Calls that make a hash of a password, and nothing else.
const HASHING: &[&str] = &[
    "passwd(",
    "hash_password(",
    "password_hash(",
    "make_password(",
    "generate_password_hash(",
    "hashpw(",
    "crypt.crypt(",
    "sha512_crypt.hash(",
    "sha256_crypt.hash(",
    "pbkdf2_sha256.hash(",
    "bcrypt.hash(",
    "argon2.hash(",
];

/// What `printf` puts into its format: `'requirepass %s\n' value`.
pub(super) fn formatted(words: &[Option<Text>]) -> Vec<Given> {
    let Some((Some(program), rest)) = words.split_first() else { return Vec::new() };
    let Some((Some(format), values)) = rest.split_first() else { return Vec::new() };
    if *program != *"printf" {
        return Vec::new();
    }
    let before = format.match_indices("%s").map(|(at, _)| format.get(..at).unwrap_or_default());
    let pairs = before.zip(values).filter_map(|(before, value)| Some((before, value.as_ref()?)));
    let found = pairs.filter_map(|(before, value)| {
        let line = before.rsplit("\\n").next().and_then(|line| line.rsplit('\n').next())?;
        let name = line.trim_end_matches(['"', '\'']).trim_end();
        let bare = name.trim_end_matches([':', '=']).trim_end();
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        let known = if bare.len() < name.len() { says_secret(bare) } else { is_directive(bare) };
        let real = known && bare.chars().all(plain) && !value.contains(['$', '%', ' ']);
        (real && is_real(value, Worth::Default)).then(|| named(bare, value.clone()))
    });
    found.collect()
}

/// The first line that is a setting with a secret.
fn settings(text: &Text) -> Option<Given> {
    if let Some(given) = setting(text) {
        return Some(given);
    }
    let mut at = 0;
    for line in text.split('\n').flat_map(|line| line.split_inclusive("\\n")) {
        let start = at;
        // The pieces are in order; a line end of the text itself stands between two of them.
        let from = text.get(start..)?.find(line)? + start;
        at = from + line.len();
        if let Some(given) = setting(&text.slice(from..at)) {
            return Some(given);
        }
    }
    None
}

/// `requirepass value`, `password = value`, `db_password: value`: a line of a settings file.
fn setting(text: &Text) -> Option<Given> {
    let line = text.trim_end_matches("\\n").trim_end();
    let start = line.len() - line.trim_start().len();
    let name_end = line.find([' ', '=', ':'])?;
    let name = line.get(start..name_end)?.trim_start_matches('-');
    let rest = line.get(name_end..)?;
    let value = rest.trim_start_matches([' ', '=', ':']).trim_matches(['"', '\'']);
    let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'));
    let spaced = rest.starts_with(' ') && !rest.contains(['=', ':']);
    let known = if spaced { is_directive(name) } else { says_secret(name) };
    if !plain || !known || value.contains([' ', '$', '(']) || !is_real(value, Worth::Default) {
        return None;
    }
    let at = name_end + rest.find(value)?;
    Some(named(name, text.slice(at..at + value.len())))
}

/// Names that have their value after a blank. Others would make a sentence a setting: "token expired".
fn is_directive(name: &str) -> bool {
    ["requirepass", "masterauth", "bindpw", "rootpw", "ldappassword"]
        .contains(&name.to_ascii_lowercase().as_str())
}
