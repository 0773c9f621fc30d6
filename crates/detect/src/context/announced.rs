//! Passwords that a program tells in a log, or a person in a note: `Generated admin password: …`, `A temporary password is
//! generated for root: …`, `vpn pw: …`.
//!
//! Only what looks chosen or made counts: sentences about passwords have words there.

mod examples;
mod generated;
mod words;

use tightlip_report::{Confidence, Level};

use self::examples::{HITS, MISSES};
use self::generated::{generated, in_next_line, renewed, set_at_random};
use self::words::{BETWEEN, ENDS, OF, PARTICLES, QUOTES, THINGS, WORDS};
use super::judge::coined::is_coined;
use super::judge::comment::{is_comment, is_in_markup_comment};
use super::judge::ground::{Ground, ground, ground_of, is_log as is_named_log, is_named_manual};
use super::judge::in_login::is_own_password;
use super::judge::joined::is_joined_phrase;
use super::judge::length_of;
use super::judge::name::{Says, says};
use super::judge::own_note::is_own_note;
use super::judge::reading::{is_cut, line_from};
use super::judge::site::name_around;
use super::judge::value::{Worth, classes, is_chosen, is_picked, is_secret, worth};
use super::judge::weak::is_numbered_phrase;
use super::told_pair::is_recording;
use crate::read::Part;
use crate::{Finder, Found, Hint, Rule, Text};

pub(super) static RULE: Rule =
    Rule::new("password-in-log", "Password that a program told", "Whoever can read the log can log in.")
        .source("https://cwe.mitre.org/data/definitions/532.html")
        .at(Level::Deny, Confidence::Medium);

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "announced",
    rules: &[&RULE],
    wants: |hint| ground(hint) != Ground::Noise,
    keywords: WORDS,
    find,
    hits: HITS,
    misses: MISSES,
};

/// What kind of text tells.
#[derive(Clone, Copy, PartialEq)]
enum Teller {
    /// A program, of what it does.
    Log,
    /// Somebody, for himself or who reads with him.
    Note,
    /// Somebody, in what readers of a page do not see.
    Page,
    /// A program's author, in a comment.
    Comment,
    /// Somebody, in messages that were kept.
    Messages,
    /// A manual, of which most is example.
    Manual,
}

fn teller(text: &Text<'_>) -> Option<Teller> {
    if is_page(&text.hint) && !is_own_note(&text.hint) {
        Some(Teller::Page)
    } else if is_named_manual(&text.hint) {
        Some(Teller::Manual)
    } else if is_log(text) {
        Some(Teller::Log)
    } else if is_note(text) {
        Some(Teller::Note)
    } else if ground(&text.hint) == Ground::Code {
        Some(Teller::Comment)
    } else {
        is_recording(&text.hint).then_some(Teller::Messages)
    }
}

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let Some(teller) = teller(text).filter(|_| !text.binary) else { return };
    for &at in text.at {
        let whole = line_from(text.bytes, at);
        let may = match teller {
            Teller::Messages => is_message(text.bytes, at),
            // Of a page what its readers do not see.
            Teller::Page => {
                is_in_markup_comment(text.bytes.get(at.saturating_sub(1024)..at).unwrap_or_default())
            }
            _ => true,
        };
        // A message ends with its string.
        let line = if teller == Teller::Messages { whole.while_(|b| b != b'"') } else { whole };
        let made = || generated(line).or_else(|| in_next_line(text.bytes, line));
        let logged = Some(()).filter(|()| teller == Teller::Log).and_then(|()| made());
        let kept = || renewed(text.bytes, line).filter(|_| teller != Teller::Comment);
        // MySQL writes it down as a comment.
        if let Some(value) = logged.or_else(kept).or_else(|| set_at_random(line)) {
            out(Found::here(&RULE, value, length_of("password in a log", value.len())));
            continue;
        }
        let Some((word, value)) = word_and_value(line).filter(|_| may) else { continue };
        // Of tokens is more spoken than is told.
        let telling = matches!(teller, Teller::Log | Teller::Note | Teller::Manual);
        let strong = worth(value.bytes()) == Worth::Strong;
        if is_token(word) && !(telling && strong && is_own_name(text.bytes, at)) || is_cut(value, whole) {
            continue;
        }
        let digest = ["sha", "md5", "crc"].iter().any(|sum| value.strip(sum).is_some())
            && value.bytes().contains(&b'=');
        // A parameter of an address is another finder's.
        if digest || matches!(line.byte_before(), b'&' | b'?') || is_place_or_code(value) {
            continue;
        }
        let found = |what: &str| Found::here(&RULE, value, length_of(what, value.len()));
        match teller {
            // An explanation as often as a confession.
            Teller::Comment if is_chosen(value.bytes()) && is_comment(text.bytes, at) => {
                out(found("password in a comment").at(Level::Warn, Confidence::Medium));
            }
            Teller::Manual
                if is_told_of_one(line.after(&word), value) || is_shown(value) || is_drawn(value) =>
            {
                out(found("password in a text").at(Level::Warn, Confidence::Medium));
            }
            Teller::Comment | Teller::Manual => {}
            _ => {
                let apart = teller == Teller::Log || is_apart(text.bytes, value);
                let noted = teller == Teller::Note && apart && is_noted(value);
                if value.len() >= 6 && (is_told(value) || apart && is_word_told(value) || noted) {
                    out(found("password in a log"));
                }
            }
        }
    }
}

fn is_token(word: Part<'_>) -> bool {
    word.strip("token").is_some() || word.is("api key")
}

/// Whether the word is the whole name, or the name is one of a secret: of `--next-page-token` the value is none.
fn is_own_name(text: &[u8], at: usize) -> bool {
    let name = name_around(text, at);
    name.is("token") || name.is("api") || says(name.bytes()) == Says::Secret && !name.is("tokens")
}

/// `localhost:5000`, `x::<Sha256>("a",`: where something runs, or a piece of a program.
fn is_place_or_code(value: Part<'_>) -> bool {
    let bytes = value.bytes();
    let port = bytes.iter().rposition(|b| *b == b':').and_then(|colon| bytes.split_at_checked(colon));
    let place = port.is_some_and(|(host, port)| {
        let plain = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-');
        (3..=6).contains(&port.len()) && port.iter().skip(1).all(u8::is_ascii_digit) && host.iter().all(plain)
    });
    let code = ["::", "(\"", "('", "\")", "')", "\"."]
        .iter()
        .any(|mark| memchr::memmem::find(bytes, mark.as_bytes()).is_some());
    place || code || is_called_so(bytes) || is_head(bytes)
}

/// `PasswordKey -> a.b.c07:` of ProGuard: a name with a colon is the head of what follows.
fn is_head(value: &[u8]) -> bool {
    let named = |name: &[u8]| name.iter().all(|b| b.is_ascii_alphanumeric() || b"._$/".contains(b));
    value.strip_suffix(b":").is_some_and(|name| name.contains(&b'.') && named(name))
}

/// `sha256_password`: the name of a thing that has to do with passwords.
fn is_called_so(value: &[u8]) -> bool {
    let lower = value.to_ascii_lowercase();
    let ends = [&b"_password"[..], b"_passwd", b"_passphrase", b"_token", b"_secret", b"_key"];
    ends.iter().any(|end| lower.ends_with(end))
}

/// The word for a password that begins a text, and what is told behind it.
fn word_and_value(line: Part<'_>) -> Option<(Part<'_>, Part<'_>)> {
    let word = WORDS.iter().find(|word| line.strip(word).is_some()).map(|word| line.first(word.len()))?;
    let letters = line.while_(|b| b.is_ascii_alphabetic() || b >= 0x80);
    let wide = is_wide(word);
    let word = if letters.len() > word.len() && !wide { letters } else { word };
    // `PASS: ld-elf/x` is the result of a test; `enclave` is no word for a password.
    // `Initialkennwort` is one.
    let compound = ["pass", "kennwort", "wachtwoord", "l\u{f6}senord", "adgangskode"];
    let whole = !compound.iter().any(|start| word.strip(start).is_some());
    let within = line.byte_before().is_ascii_alphabetic() && whole && !wide;
    // `PW x` is told where it is all that its line says.
    let alone = || matches!(line.byte_before(), b'\n' | 0) && line.words().count() == 2;
    if word.bytes().starts_with(b"PASS: ") || within || word.is("pw ") && !alone() {
        return None;
    }
    let word = word.trim_of(|b| matches!(b, b' ' | b':' | b'`'));
    let after = line.after(&word);
    let value = if wide {
        behind_particle(after)
    } else if THINGS.iter().any(|thing| word.is(thing)) {
        arrow(after)
    } else {
        told(after)
    };
    value.map(|value| (word, value))
}

/// Whether it is the password of something that is named, `the password of staging is …`: such a sentence explains nothing.
fn is_told_of_one(after: Part<'_>, value: Part<'_>) -> bool {
    let near = after.trim();
    let whose = OF.iter().any(|of| near.strip(of).is_some_and(|rest| rest.bytes().starts_with(b" ")));
    let bytes = value.bytes();
    whose && is_told(value) && (is_turning(bytes) || worth(bytes) == Worth::Strong || is_quoted(value))
}

/// Whether it stands in quotes and looks like nothing else: no word, no name, no option.
fn is_shown(value: Part<'_>) -> bool {
    let marked = value.bytes().iter().any(|b| b"!?#$%&*+=@^~".contains(b));
    is_quoted(value) && is_told(value) && (marked || worth(value.bytes()) == Worth::Strong)
}

/// Random letters of both cases, digits and marks: what a generator made, and nobody invents for a manual.
fn is_drawn(value: Part<'_>) -> bool {
    let bytes = value.bytes();
    let marked = bytes.iter().any(|b| b"!?#$%&*+=@^~".contains(b));
    marked && classes(bytes) == 3 && worth(bytes) == Worth::Strong && is_told(value)
}

/// Digits among letters, as nobody writes a name: `P3pp3r`.
fn is_turning(value: &[u8]) -> bool {
    value.windows(2).filter(|w| w[0].is_ascii_digit() != w[1].is_ascii_digit()).count() >= 4
}

fn is_quoted(value: Part<'_>) -> bool {
    matches!(value.byte_before(), b'`' | b'"' | b'\'')
}

/// Whether a word is of a script that has no blanks between words, or marks of its own for them.
fn is_wide(word: Part<'_>) -> bool {
    word.bytes().first().is_some_and(|b| *b >= 0xe0)
}

/// What is written in our letters behind a word of such a script: `：x`, `は「x」`.
fn behind_particle(after: Part<'_>) -> Option<Part<'_>> {
    let mut rest = after.trim();
    while let Some(next) = PARTICLES.iter().find_map(|particle| rest.strip(particle)) {
        rest = next.trim();
    }
    let value = bare(rest.while_(|b| b.is_ascii_graphic()));
    (rest.len() < after.len() && !value.is_empty()).then_some(value)
}

/// Whether what is told is a password, wherever it stands.
pub(super) fn is_told(value: Part<'_>) -> bool {
    !is_word_abroad(value)
        && is_secret(value.bytes(), |weak| {
            let phrase = is_quoted(value) && is_joined_phrase(weak);
            is_chosen(weak) || is_marked(weak) || is_coined(weak) || phrase
        })
}

/// The same of what is alone in its line.
pub(super) fn is_told_alone(value: Part<'_>) -> bool {
    is_told(value) || is_word_told(value)
}

/// `ellenőrzésképpen!`: small letters, some of them not of ASCII, and the end of a sentence, in which no sign tells a value.
fn is_word_abroad(value: Part<'_>) -> bool {
    let before = value.whole().get(..value.span().start).unwrap_or_default().trim_ascii_end();
    if before.last().is_some_and(|b| b":=>`'\"".contains(b)) {
        return false;
    }
    let word = value.bytes().trim_ascii_end();
    let word = word.strip_suffix(b"!").or_else(|| word.strip_suffix(b"?")).unwrap_or(word);
    let text = std::str::from_utf8(word).unwrap_or_default();
    !text.is_ascii() && text.chars().all(|c| c.is_alphabetic() && !c.is_uppercase())
}

/// A word with digits is one as well, where what stands around it says that it is all of it.
fn is_word_told(value: Part<'_>) -> bool {
    is_secret(value.bytes(), |weak| is_picked(weak) || is_numbered_phrase(weak))
}

/// Words with a digit, or drawn ones: in a note, behind a colon, nothing else is written so.
fn is_noted(value: Part<'_>) -> bool {
    let digit = value.bytes().iter().any(u8::is_ascii_digit);
    is_secret(value.bytes(), |weak| digit && is_own_password(weak) || is_joined_phrase(weak))
}

/// `Copperlantern16!`, `otter_418=`: no name in a program ends so.
fn is_marked(value: &[u8]) -> bool {
    let letters = value.iter().take_while(|b| b.is_ascii_alphabetic()).count();
    let rest = value.get(letters..).unwrap_or_default();
    let rest = rest.split_first().filter(|(b, _)| b"-_.".contains(b)).map_or(rest, |(_, rest)| rest);
    let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
    let marks = rest.get(digits..).unwrap_or_default();
    letters >= 4
        && digits >= 2
        && (1..=2).contains(&marks.len())
        && marks.iter().all(|b| b"!?#$%&*+=-_".contains(b))
}

/// Whether a value stands behind a colon or an arrow, or in quotes of Markdown.
fn is_apart(text: &[u8], value: Part<'_>) -> bool {
    let before = text.get(..value.span().start).unwrap_or_default().trim_ascii_end();
    let marks = ["->", "=>", ":", "\u{ff1a}", "\u{2192}", "`", "\u{ab}", "\u{300c}", "\u{201e}", "\u{201c}"];
    marks.iter().any(|mark| before.ends_with(mark.as_bytes()))
}

/// A text that somebody wrote down: of no kind that is known, in lines of words.
fn is_note(text: &Text<'_>) -> bool {
    let name = text.hint.file_name();
    // A note of names and colons is one as well: `Router:  admin  PW: …`.
    let plain = is_own_note(&text.hint)
        || !name.contains(&b'.')
        || [&b".txt"[..], b".eml", b".feature", b".org"].iter().any(|end| name.ends_with(end));
    // A letter begins with names and values.
    let letter = memchr::memmem::find(text.hint.path(), b"/mail/").is_some() || name.ends_with(b".eml");
    letter || plain && matches!(ground_of(text), Ground::Prose | Ground::Yaml)
}

fn is_page(hint: &Hint<'_>) -> bool {
    let name = hint.file_name();
    name.ends_with(b".html") || name.ends_with(b".htm")
}

/// Whether a place of JSON is in the text of a message, beside the name of who sent it.
pub(super) fn is_message(text: &[u8], at: usize) -> bool {
    let before = text.get(at.saturating_sub(1024)..at).unwrap_or_default();
    let object =
        before.iter().rposition(|b| *b == b'{').and_then(|open| before.get(open..)).unwrap_or_default();
    let end = text.len().min(at + 1024);
    let behind = text.get(at..end).and_then(|rest| rest.split(|b| *b == b'}').next()).unwrap_or_default();
    let member = |name: &str| format!("\"{name}\":").into_bytes();
    let has = |part: &[u8], name: &str| memchr::memmem::find(part, &member(name)).is_some();
    let string =
        object.iter().rposition(|b| *b == b'"').and_then(|quote| object.get(..quote)).unwrap_or_default();
    let names = ["text", "body", "content", "message"];
    let senders = ["from", "author", "sender", "user", "username", "user_id"];
    names.iter().any(|name| string.trim_ascii_end().ends_with(&member(name)))
        && senders.iter().any(|name| has(object, name) || has(behind, name))
}

fn is_log(text: &Text<'_>) -> bool {
    if text.hint.file_name() == b".mysql_secret" {
        return true;
    }
    matches!(text.hint, Hint::Text) || is_named_log(&text.hint)
}

/// The word that is told: the one behind a colon or a verb, or the next.
fn told(rest: Part<'_>) -> Option<Part<'_>> {
    if let Some(value) = remarked(rest) {
        return Some(value);
    }
    let rest = without_end(without_remark(rest));
    let near = rest.trim();
    let whose = OF.iter().find_map(|of| near.strip(of).filter(|rest| rest.bytes().starts_with(b" ")));
    if let Some(whose) = whose {
        let whose = whose.while_(|b| b != b'.' && b != b',');
        let (_, after) =
            whose.cut_at(b": ").or_else(|| BETWEEN.iter().find_map(|verb| behind_verb(whose, verb)))?;
        return without_verbs(after).words().next().map(bare);
    }
    let rest = without_remark(without_verbs(rest));
    let sign = [":", "=>", "->", "=", "\u{2192}"].iter().find_map(|sign| rest.trim().strip(sign));
    let glued = sign.is_none() && !rest.bytes().first().is_some_and(u8::is_ascii_whitespace);
    let next = without_end(sign.unwrap_or(rest)).words().next().map(bare).filter(|_| !glued);
    next.filter(|value| sign.is_some() || is_told(*value)).or_else(|| behind_remark(rest)).or(next)
}

/// What is told behind `is`, `has been set to`.
fn without_verbs(mut rest: Part<'_>) -> Part<'_> {
    for _ in 0..5 {
        let next = rest.trim();
        let verb = next.while_(|b| b.is_ascii_alphabetic() || b >= 0x80);
        if !BETWEEN.iter().any(|between| verb.is(between)) {
            break;
        }
        rest = next.after(&verb);
    }
    rest
}

/// `parola d'ordine: x`, `password (root) old: x`: the word behind a colon that ends a line near the word.
fn behind_remark(rest: Part<'_>) -> Option<Part<'_>> {
    let (remark, value) = rest.cut(|b| b == b':')?;
    let value = value.trim();
    // `wachtwoord database (user x): …`: a bracket behind them says that they tell whose it is.
    let (length, words) = if remark.bytes().ends_with(b")") { (60, 6) } else { (24, 2) };
    let near = remark.len() <= length && remark.words().count() <= words && remark.bytes().starts_with(b" ");
    (near && value.words().count() == 1).then(|| bare(value))
}

fn behind_verb<'b>(whose: Part<'b>, verb: &str) -> Option<(Part<'b>, Part<'b>)> {
    whose.cut_at(format!(" {verb} ").as_bytes())
}

/// `the mail password (x) is now read from …`: the one word in brackets, if it is no remark.
fn remarked(rest: Part<'_>) -> Option<Part<'_>> {
    let (inside, _) = rest.trim().strip("(")?.cut(|b| b == b')')?;
    let one = inside.words().count() == 1 && rest.bytes().starts_with(b" ");
    Some(bare(inside)).filter(|value| one && is_told(*value))
}

/// Without what ends the emphasis of a word.
fn without_end(rest: Part<'_>) -> Part<'_> {
    ENDS.iter().find_map(|end| rest.trim().strip(end)).unwrap_or(rest)
}

/// Without what stands in brackets: `password (new): x`.
fn without_remark(rest: Part<'_>) -> Part<'_> {
    let inside = rest.trim().strip("(").and_then(|inside| inside.cut(|b| b == b')'));
    inside.filter(|(remark, _)| remark.len() <= 24).map_or(rest, |(_, after)| after)
}

/// The last word of a line, behind an arrow or a colon near the thing that it opens.
fn arrow(rest: Part<'_>) -> Option<Part<'_>> {
    let signs = [&b"->"[..], b"=>", "\u{2192}".as_bytes(), b": ", b" = "];
    let (whose, value) = signs.iter().find_map(|sign| rest.cut_at(sign))?;
    let value = value.trim();
    (whose.len() <= 40 && value.words().count() == 1).then(|| bare(value))
}

/// Without the marks of the sentence around it; in quotes, up to the closing one.
pub(super) fn bare(word: Part<'_>) -> Part<'_> {
    let quoted = |(open, close): &(&str, &str)| word.strip(open)?.cut_at(close.as_bytes());
    if let Some((value, _)) = QUOTES.iter().find_map(quoted) {
        return value;
    }
    // A text that is kept in one line has its breaks so.
    let word = word.cut_at(b"\\n").map_or(word, |(word, _)| word);
    word.trim_of(|b| matches!(b, b'"' | b'\'' | b'`' | b',' | b'.' | b';' | b')'))
}
