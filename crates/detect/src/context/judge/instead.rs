//! Is a value what a program takes where the environment or the settings have none: `env('DB_PASSWORD', 'DolphinCopper')`?
//!
//! There stands a value of the setting, as in a file of settings, and no label: words that nobody says of passwords are one.

use tightlip_report::{Confidence, Level};

use super::joined::is_short_phrase;
use super::name::{is_for_tests, is_password, is_plain_secret};
use super::own_word::is_own_word;
use super::reading::line_before;
use super::site::{Site, Written};
use super::value::{Worth, worth};
use crate::Text;

/// Longer than what stands between a name and what is taken instead of it, in bytes.
const BETWEEN: usize = 60;

/// What programs ask for a setting by its name, in lower case, but for the environment.
const ASKED: &[&str] = &[
    "config",
    "$_server",
    "getproperty",
    "settings",
    "viper",
    "getvalue<string>",
    "getoption",
    "secrets.get",
    // What Gradle writes into a program.
    "buildconfigfield",
    "resvalue",
];

/// Whether the environment or the settings are asked somewhere in a text.
pub(super) fn is_asked(text: &[u8]) -> bool {
    let lower = text.to_ascii_lowercase();
    // `envelope` and `Denver` ask nothing.
    let of_environment = memchr::memmem::find_iter(&lower, b"env").any(|at| lower.get(at + 3) != Some(&b'e'));
    of_environment || ASKED.iter().any(|word| memchr::memmem::find(&lower, word.as_bytes()).is_some())
}

/// The level of words that are taken instead of a password, or of a secret that people make up as they do passwords.
pub(crate) fn level(text: &Text<'_>, site: &Site<'_>) -> Option<(Level, Confidence)> {
    let name = site.name.bytes();
    let named = (is_password(name) || is_plain_secret(name)) && !is_for_tests(name);
    let words = named && worth(site.value.bytes()) == Worth::Weak && is_of_words(site.value.bytes());
    (words && is_instead(text.bytes, site)).then_some((Level::Deny, Confidence::Medium))
}

fn is_instead(text: &[u8], site: &Site<'_>) -> bool {
    let (name, value) = (site.name.span(), site.value.span());
    let Some(between) = text.get(name.end..value.start).filter(|between| between.len() <= BETWEEN) else {
        return false;
    };
    let signs =
        [&b"||"[..], b"??", b"?:", b"//", b" or ", b"orelse", b"unwrap_or", b"or_else", b" { ", b"} "];
    let lower = between.to_ascii_lowercase();
    let other = signs.iter().any(|sign| memchr::memmem::find(&lower, sign).is_some());
    // The name and the other value are arguments of one call; in `${name:value}` a colon stands between.
    let argument = memchr::memchr(b',', between).is_some();
    let before = line_before(text, name.start);
    let variable = before.ends_with(b"${") && between == b":";
    let lisp = between.ends_with(b") \"") || between == b" \"" && before.ends_with(b":");
    let asked = || {
        let line = [before, site.name.bytes(), between].concat();
        is_asked(&line)
    };
    let written = site.written == Written::Quoted;
    written && (variable || (other || argument || lisp) && asked())
}

/// `DolphinCopper`, `copper-dolphin-lantern`: one word alone may be the name of a user or a service.
pub(super) fn is_of_words(value: &[u8]) -> bool {
    let turns = value.windows(2).filter(|w| w[0].is_ascii_lowercase() && w[1].is_ascii_uppercase()).count();
    let letters = value.iter().all(u8::is_ascii_alphabetic);
    let camel = letters && turns > 0 && value.len() >= 8 && value.len() / (turns + 1) >= 4;
    is_own_word(value) && camel || is_short_phrase(value)
}
