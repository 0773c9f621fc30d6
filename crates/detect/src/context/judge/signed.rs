//! Is a value what a framework signs the sessions of its users with? There stands no label, whatever it looks like:
//! `app.secret_key = '…'` of Flask, `app.use(session({ secret: '…' }))` of Express.

use tightlip_report::{Confidence, Level};

use super::ground::Ground;
use super::in_login::is_own_password;
use super::own_word::is_telling;
use super::reading::line_before;
use super::site::{Site, Written};
use super::value::{Worth, is_wordy, worth};
use crate::Text;

/// How far before its name the options of a session may begin, in bytes.
const NEAR: usize = 300;

/// Calls whose options hold it, in lower case.
const CALLS: &[&[u8]] =
    &[b"session({", b"expresssession({", b"cookiesession({", b"secure-session'), {", b"fastifysession, {"];

/// The level of a value that signs sessions.
pub(crate) fn level(text: &Text<'_>, ground: Ground, site: &Site<'_>) -> Option<(Level, Confidence)> {
    let value = site.value.bytes();
    let code = ground == Ground::Code && site.written == Written::Quoted;
    if !code || !(is_key_of_app(text.bytes, site) || is_of_session(text.bytes, site)) {
        return None;
    }
    (is_own_password(value) || is_own(value)).then_some((Level::Deny, Confidence::Medium))
}

/// Words with numbers, also such as speak of secrets; not the number of a version alone.
fn is_own(value: &[u8]) -> bool {
    let digits = value.iter().filter(|b| b.is_ascii_digit()).count();
    let letters: Vec<u8> =
        value.iter().filter(|b| b.is_ascii_alphabetic()).map(u8::to_ascii_lowercase).collect();
    let sure = value.len() >= 12 && digits >= 2 || !is_telling(&letters);
    worth(value) == Worth::Weak && value.len() >= 8 && digits > 0 && sure && !is_wordy(value)
}

/// `app.secret_key`, `app.config['SECRET_KEY']` of Flask and Quart.
fn is_key_of_app(text: &[u8], site: &Site<'_>) -> bool {
    let name = site.name.bytes().to_ascii_lowercase();
    let apps = [&b"app."[..], b"application.", b"flask_app.", b"server.", b"api."];
    let attribute = apps.iter().any(|app| name.strip_prefix(*app) == Some(b"secret_key"));
    let config = line_before(text, site.name.span().start);
    attribute
        || name == b"secret_key"
            && [&b".config['"[..], b".config[\""].iter().any(|open| config.ends_with(open))
}

/// `secret:` among the options of a session.
fn is_of_session(text: &[u8], site: &Site<'_>) -> bool {
    let start = site.name.span().start;
    if !site.name.is("secret") {
        return false;
    }
    let before = text.get(start.saturating_sub(NEAR)..start).unwrap_or_default().to_ascii_lowercase();
    let open =
        CALLS.iter().filter_map(|call| memchr::memmem::rfind(&before, call).map(|at| at + call.len())).max();
    open.and_then(|open| before.get(open..))
        .is_some_and(|inside| memchr::memmem::find(inside, b"})").is_none())
}
