//! How a name with its value is to be read: where the name begins, and what kind of text around it counts.

use super::braced::in_braces;
use super::debug_page::is_debug_page;
use super::ground::{Ground, is_log, is_named_manual};
use super::name::{Says, says};
use super::once;
use super::site::{Sign, Site, Written};
use super::value::{Worth, worth};
use crate::Text;
use crate::read::Part;

/// A text of no known kind may hold lines of others: pairs of JSON are what they are anywhere, and a program writes its
/// settings and its objects into its log.
pub(crate) fn told_in(text: &Text<'_>, site: &Site<'_>) -> Ground {
    let quoted = site.written == Written::Quoted;
    // All of the page is looked through for that, so it comes last.
    let may_be_setting = site.written == Written::Tagged
        && !site.value.bytes().contains(&b' ')
        && says(site.name.bytes()) != Says::Nothing;
    if may_be_setting && is_debug_page(text) {
        return Ground::Lines;
    }
    if is_named_manual(&text.hint) {
        return Ground::Prose;
    }
    // No sentence has such a name.
    if site.name.bytes().starts_with(b"javax.net.ssl.") {
        return Ground::Lines;
    }
    match (quoted, site.quoted_name) {
        (true, Written::Quoted) if site.sign == Sign::Colon => Ground::Quoted,
        (true, _) if is_dumped(text, site) => Ground::Code,
        // A message that was written down.
        _ if site.written == Written::Tagged => Ground::Code,
        (true, _) if is_log(&text.hint) => Ground::Code,
        // A file's name with a version has a colon as well: `passwd_1:4.13+dfsg1-1_amd64.deb`.
        (false, _) if is_log(&text.hint) && (site.sign == Sign::Equals || is_apart(site)) => {
            let strong = worth(site.value.bytes()) == Worth::Strong;
            if strong { Ground::Lines } else { Ground::Prose }
        }
        _ => Ground::Prose,
    }
}

/// Whether a program printed what it holds: `"password"=>"x"` of Ruby's `inspect`, which Rails has in its log behind
/// `Parameters: {`, `["password"]=>` and `string(8) "x"` of PHP's `var_dump`; or a pair of the settings of .NET.
fn is_dumped(text: &Text<'_>, site: &Site<'_>) -> bool {
    let between = text.bytes.get(site.name.span().end..site.value.span().start).unwrap_or_default();
    let rails = || {
        let before = line_before(text.bytes, site.name.span().start);
        memchr::memmem::find(before, b"Parameters: {").is_some()
    };
    match between {
        b"\"=>\"" | b"\" value=\"" => true,
        b"\" => \"" => rails(),
        _ => memchr::memmem::find(between, b"]=>").is_some() && between.ends_with(b") \""),
    }
}

/// Whether a blank stands between sign and value.
fn is_apart(site: &Site<'_>) -> bool {
    site.value.span().start > site.name.span().end + 1
}

/// `PWD = x` near `UID = …`, in lines or as arguments: no directory of a shell.
pub(crate) fn is_login_of_odbc(text: &Text<'_>, site: &Site<'_>) -> bool {
    let start = site.name.span().start;
    let before = text.bytes.get(start.saturating_sub(200)..start).unwrap_or_default();
    let user = |at: usize| {
        let (head, rest) = before.split_at_checked(at).unwrap_or_default();
        let apart = head.last().is_none_or(|b| b.is_ascii_whitespace() || matches!(b, b',' | b'('));
        apart && rest.get(3..).is_some_and(|rest| rest.trim_ascii_start().starts_with(b"="))
    };
    site.name.bytes() == b"PWD"
        && (memchr::memmem::find(before, b"\nUID").is_some()
            || memchr::memmem::find_iter(before, b"UID").any(user))
}

/// Without Spring's mark for a password that is stored as it is: `{noop}x`.
pub(crate) fn without_mark(site: Site<'_>) -> Site<'_> {
    let marks = ["{noop}", "{plain}", "{plaintext}", "{cleartext}", "{clear}"];
    let bare = marks.iter().find_map(|mark| site.value.strip(mark));
    let value = bare.or_else(|| behind_tag(&site)).or_else(|| of_driver(&site)).unwrap_or(site.value);
    Site { value, ..site }
}

/// `PWD = {x}` of a data source of ODBC.
fn of_driver<'b>(site: &Site<'b>) -> Option<Part<'b>> {
    let named = ["pwd", "password"].iter().any(|name| site.name.is(name)) && site.sign == Sign::Equals;
    let value = Some(site.value).filter(|_| named).and_then(in_braces)?;
    let start = site.name.span().start;
    let above = site.name.whole().get(start.saturating_sub(500)..start)?.to_ascii_lowercase();
    memchr::memmem::find(&above, b"driver").is_some().then_some(value)
}

/// YAML's own marks before a value: `&anchor x`, `!!str x`.
fn behind_tag<'b>(site: &Site<'b>) -> Option<Part<'b>> {
    if site.written != Written::Bare || site.sign != Sign::Colon {
        return None;
    }
    let anchor = site
        .value
        .strip("&")
        .map(|rest| rest.after(&rest.while_(|b| b.is_ascii_alphanumeric() || b == b'_')));
    let rest = anchor.or_else(|| site.value.strip("!!str"))?;
    rest.strip(" ").map(|value| value.trim().unquote())
}

/// The start of a name with colons in it, as Puppet, Pulumi and .NET write theirs: `profile::db::password`, `Db:Password`.
/// In configuration alone: in programs after colons stands a type, and CloudFormation's types look like Puppet's names.
pub(crate) fn start_of(text: &[u8], ground: Ground, site: &Site<'_>) -> usize {
    let start = site.name.span().start;
    if !matches!(ground, Ground::Yaml | Ground::Lines | Ground::Quoted | Ground::Shell) {
        return start;
    }
    let before = line_before(text, start);
    let part = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b':');
    let length = before.iter().rev().take_while(|b| part(b)).count();
    let (head, parts) = before.split_at(before.len() - length);
    let alone =
        head.iter().all(|b| b.is_ascii_whitespace() || matches!(b, b'"' | b'\'' | b'-' | b'#' | b'{' | b','));
    let types =
        parts.first().is_some_and(u8::is_ascii_uppercase) && memchr::memmem::find(parts, b"::").is_some();
    let named =
        matches!(parts.last(), Some(b':' | b'/')) && parts.first().is_some_and(u8::is_ascii_alphabetic);
    if alone && named && !types { start - length } else { start }
}

/// Whether the name has a head that makes it one of something else: `checksum/secret`.
pub(crate) fn has_other_head(text: &[u8], site: &Site<'_>) -> bool {
    let span = site.name.span();
    let before = line_before(text, span.start);
    let part = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'/');
    let head = if before.ends_with(b"/") { before.iter().rev().take_while(part).count() } else { 0 };
    let whole = text.get(span.start - head..span.end).unwrap_or_default();
    head > 0 && whole.len() <= 128 && says(whole) == Says::Nothing
}

/// Words above values that only one service or cluster can open.
const SEALED: &[&[u8]] = &[b"encrypted", b"encryptedData", b"encrypted_data", b"sealed", b"secretEnv"];

/// How far before a name the one above it may stand, in bytes.
const ABOVE: usize = 4096;

/// Whether the name above says that the value is encrypted: `"encrypted": {"token": …}`, `encryptedData:` of a SealedSecret.
pub(crate) fn is_sealed_above(text: &[u8], ground: Ground, site: &Site<'_>) -> bool {
    let start = site.name.span().start;
    let before = text.get(start.saturating_sub(ABOVE)..start).unwrap_or_default();
    let above = if ground == Ground::Yaml { key_above(before) } else { None };
    above.into_iter().chain(key_of_object(before)).any(|above| SEALED.contains(&above))
}

/// The key of the next line further up that is indented less.
fn key_above(before: &[u8]) -> Option<&[u8]> {
    let depth = |line: &[u8]| line.len() - line.trim_ascii_start().len();
    let mut lines = before.rsplit(|b| *b == b'\n');
    let own = depth(lines.next()?);
    let mut above = lines.filter(|line| !line.trim_ascii().is_empty());
    above.find(|line| depth(line) < own)?.trim_ascii().strip_suffix(b":")
}

/// The key whose object holds the pair that begins here.
fn key_of_object(before: &[u8]) -> Option<&[u8]> {
    let open = before.iter().rposition(|b| matches!(b, b'{' | b'}'))?;
    let key = before.get(..open).filter(|_| before.get(open) == Some(&b'{'))?;
    let key = key.trim_ascii_end().strip_suffix(b":")?.trim_ascii_end();
    let key = key.strip_suffix(b"\"").or_else(|| key.strip_suffix(b"'")).unwrap_or(key);
    key.rsplit(|b| !b.is_ascii_alphanumeric() && *b != b'_').next()
}

/// What stands before a place in its line.
pub(crate) fn line_before(text: &[u8], at: usize) -> &[u8] {
    text.get(at.saturating_sub(512)..at)
        .unwrap_or_default()
        .rsplit(|b| *b == b'\n')
        .next()
        .unwrap_or_default()
}

/// Longer values are no passwords, in bytes.
const LONGEST: usize = 2048;

/// What stands from a place on, as far as a value may reach.
pub(crate) fn reach(text: &[u8], at: usize) -> Part<'_> {
    Part::between(text, at..text.len().min(at + LONGEST))
}

/// The text in quotes that begins here, and what stands behind it in the same line.
pub(crate) fn text_in_quotes(part: Part<'_>) -> Option<(Part<'_>, Part<'_>)> {
    let quote = part.bytes().first().copied().filter(|b| matches!(b, b'"' | b'\''))?;
    let (text, after) = part.skip(1).cut(|b| b == quote)?;
    (!text.bytes().contains(&b'\n')).then_some((text, after))
}

/// The same up to the end of the line.
pub(crate) fn line_from(text: &[u8], at: usize) -> Part<'_> {
    let rest = reach(text, at);
    rest.first(memchr::memchr(b'\n', rest.bytes()).unwrap_or(rest.len()))
}

/// The whole line around a place.
pub(crate) fn line_around(text: &[u8], at: usize) -> Part<'_> {
    Part::between(text, once::line(text, at))
}

/// Whether a value goes on where what was read of it ends: its beginning says nothing.
pub(crate) fn is_cut(value: Part<'_>, read: Part<'_>) -> bool {
    let end = value.span().end;
    let goes_on = value.whole().get(end).is_some_and(u8::is_ascii_graphic);
    end == read.span().end && goes_on
}

/// Whether a place is in a text that a program writes as it stands: behind `<<-EOF`, before the line that ends it.
pub(crate) fn is_in_heredoc(text: &[u8], at: usize) -> bool {
    let before = text.get(at.saturating_sub(4096)..at).unwrap_or_default();
    let Some(open) = memchr::memmem::rfind(before, b"<<") else { return false };
    let rest = before.get(open + 2..).unwrap_or_default();
    let rest = rest.strip_prefix(b"-").or_else(|| rest.strip_prefix(b"~")).unwrap_or(rest);
    let mut lines = rest.split(|b| *b == b'\n').map(<[u8]>::trim_ascii);
    let mark = lines.next().unwrap_or_default();
    let named = !mark.is_empty() && mark.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_');
    named && before.get(open..).is_some_and(|rest| rest.contains(&b'\n')) && !lines.any(|line| line == mark)
}
