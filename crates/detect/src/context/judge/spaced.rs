//! A name and its value with nothing but blanks between them, as servers' configurations have it: `shared_key x`,
//! `AuthLDAPBindPassword "x"`, `server.ssl.key-store-password x`.

use super::chosen::is_chosen;
use super::ground::Ground;
use super::name::is_password;
use super::site::{Sign, Site, Written};
use super::value::{Worth, is_wordy, worth};
use crate::Text;
use crate::read::Part;

/// How far behind the name its line may end, in bytes.
const LONGEST: usize = 512;

/// The one word behind a name that begins its line.
pub(crate) fn value<'b>(text: &Text<'b>, ground: Ground, name: Part<'b>) -> Option<Site<'b>> {
    // In YAML such a line is one of a file that is to be written, whatever its form.
    let written = ground == Ground::Yaml;
    if ground != Ground::Lines && !written || !starts_line(text.bytes, name.span().start) {
        return None;
    }
    let end = name.span().end;
    let rest = Part::between(text.bytes, end..text.bytes.len().min(end + LONGEST));
    let line = rest.while_(|b| b != b'\n' && b != b'\r');
    let blank = line.while_(|b| matches!(b, b' ' | b'\t'));
    let word = line.after(&blank).trim();
    let word = if word.bytes().ends_with(b";") { word.first(word.len() - 1) } else { word };
    let value = word.unquote();
    let quoted = value.len() < word.len();
    let one = quoted || word.words().count() == 1;
    // A directive may as well take a word that says where or how.
    let told = is_chosen(value.bytes())
        || worth(value.bytes()) == Worth::Strong
        || is_password(name.bytes()) && !is_wordy(value.bytes()) && !written;
    // Where the value ends is known already.
    let written = if quoted { Written::Quoted } else { Written::Tagged };
    let site = Site { name, sign: Sign::Equals, written, value, quoted_name: Written::Bare };
    (!blank.is_empty() && one && told).then_some(site)
}

fn starts_line(text: &[u8], at: usize) -> bool {
    let before = text.get(at.saturating_sub(LONGEST)..at).unwrap_or_default();
    before.rsplit(|b| *b == b'\n').next().unwrap_or_default().trim_ascii().is_empty()
}
