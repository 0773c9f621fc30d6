//! Directives of servers and clients that are followed by a password: `requirepass …`, `bindpw …`, `: PSK "…"`,
//! `IDENTIFIED BY '…'`.
//!
//! bad: `requirepass secret123`
//! good: `requirepass ${REDIS_PASSWORD}`, filled in when the server starts

mod examples;

use std::cell::LazyCell;

use tightlip_report::{Confidence, Level};

use super::judge::coined::is_coined;
use super::judge::device_config::{behind_prompt, is_of_device};
use super::judge::ground::{Ground, ground, ground_of, is_named_manual};
use super::judge::in_login::is_own_password;
use super::judge::joined::is_short_phrase;
use super::judge::length_of;
use super::judge::own_word::{is_own_phrase, is_own_word, is_telling};
use super::judge::reading::line_before;
use super::judge::value::{Worth, is_chosen, is_password_hash, is_picked, is_wordy, worth};
use crate::finder::firsts;
use crate::read::Part;
use crate::{Finder, Found, Hint, Rule, Text};
use examples::{HITS, MISSES};

pub(crate) static RULE: Rule = Rule::new(
    "password-directive",
    "Password in a server's configuration or a statement",
    "Whoever can read the file can log in.",
)
.source("https://cwe.mitre.org/data/definitions/260.html")
.at(Level::Deny, Confidence::Medium);

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "directive",
    rules: &[&RULE],
    wants: |hint| !matches!(hint, Hint::Named(_)) && ground(hint) != Ground::Noise,
    keywords: &firsts(&FORMS),
    find,
    hits: HITS,
    misses: MISSES,
};

/// How a directive holds its password.
#[derive(Clone, Copy, PartialEq)]
enum Form {
    /// At the start of its line, before one word.
    Line,
    /// Anywhere in a line of a configuration, before one word, or before one in quotes.
    Word,
    /// The same, of Debian's installer: the answer to a question whose kind says that it is a password.
    Answer,
    /// The same, and so telling that it counts in any text; a digit before the word says how it is written.
    Device,
    /// Of a device's user or neighbour: behind `password` or `secret` in the same line.
    Login,
    /// The same, in the log of a program that writes down its settings; the file itself has a finder of its own.
    Logged,
    /// In quotes, each of them.
    Quoted,
    /// The word with this number behind it, in a configuration.
    Number(usize),
    /// In a statement, before a string in quotes.
    Statement,
    /// In a statement, before the name of a method, perhaps in quotes, and a string in quotes.
    Method,
    /// In a statement, before a user's name, an equals sign and a string in quotes.
    Of,
    /// Before a user, a colon and the password.
    Pair,
    /// `user NAME … >password` of Redis.
    Acl,
    /// A command of Redis' history: the last word.
    Typed,
}

impl Form {
    fn is_of_statement(self) -> bool {
        matches!(self, Form::Statement | Form::Method | Form::Of)
    }
}

/// Whether a file holds what somebody typed: it was meant.
fn is_typed(hint: &Hint<'_>) -> bool {
    hint.file_name().ends_with(b"_history") || hint.file_name().ends_with(b".history")
}

const FORMS: [(&str, Form); 50] = [
    ("requirepass ", Form::Line),
    ("masterauth ", Form::Line),
    ("bindpw ", Form::Line),
    ("rootpw ", Form::Line),
    ("password ", Form::Line),
    ("passphrase ", Form::Line),
    ("insecure-password ", Form::Word),
    ("password password ", Form::Answer),
    ("-password-again password ", Form::Answer),
    ("password_again password ", Form::Answer),
    (": psk ", Form::Word),
    (": eap ", Form::Word),
    (": xauth ", Form::Word),
    (": rsa ", Form::Quoted),
    (": ecdsa ", Form::Quoted),
    (": pkcs12 ", Form::Quoted),
    ("createuser ", Form::Quoted),
    ("stats auth ", Form::Pair),
    ("addauth digest ", Form::Pair),
    ("acl setuser ", Form::Acl),
    ("user ", Form::Acl),
    ("auth ", Form::Typed),
    ("config set requirepass ", Form::Device),
    ("config set masterauth ", Form::Device),
    ("enable secret ", Form::Device),
    ("enable password ", Form::Device),
    ("snmp-server community ", Form::Device),
    ("rocommunity ", Form::Device),
    ("rwcommunity ", Form::Device),
    ("tacacs-server key ", Form::Device),
    ("radius-server key ", Form::Device),
    ("isakmp key ", Form::Device),
    ("ipsec secret ", Form::Device),
    ("xauth password ", Form::Device),
    ("chap password ", Form::Device),
    ("key-string ", Form::Device),
    ("authentication-key ", Form::Device),
    ("wpa-psk ascii ", Form::Device),
    ("npmauthident: ", Form::Logged),
    ("client-key-data: ", Form::Logged),
    ("username ", Form::Login),
    ("neighbor ", Form::Login),
    ("sqlconnectinfo ", Form::Number(2)),
    ("identified by ", Form::Statement),
    ("identified with ", Form::Method),
    ("with encrypted password ", Form::Statement),
    ("set password = ", Form::Statement),
    ("pragma key ", Form::Statement),
    ("set password for ", Form::Of),
    (" password ", Form::Statement),
];

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    if text.binary {
        return;
    }
    let statements = text.hint.file_name().ends_with(b".sql");
    let ground = if statements { Ground::Lines } else { ground_of(text) };
    let written_by_device = LazyCell::new(|| is_of_device(text));
    let (mut done, mut quoted) = (0, 0);
    for &at in text.at.iter() {
        // `password x` below the lines by which one logs in to a device.
        let line = ground == Ground::Prose && begins_with_password(text.bytes, at) && *written_by_device;
        let ground = if line { Ground::Lines } else { ground };
        let Some((form, values)) = values(text, at, ground) else { continue };
        // All strings of the line were read with the first.
        if form == Form::Quoted && at < quoted {
            continue;
        }
        if let (Form::Quoted, Some(last)) = (form, values.last()) {
            quoted = last.span().end;
        }
        // What only a device or a statement says counts wherever it was written down.
        let device = matches!(form, Form::Device | Form::Login | Form::Logged);
        if device && ground == Ground::Code {
            continue;
        }
        let telling = device
            || matches!(form, Form::Of | Form::Typed | Form::Method | Form::Acl)
            || form == Form::Statement && is_statement(line_before(text.bytes, at));
        let of_device = matches!(form, Form::Device | Form::Login | Form::Line)
            && !line_before(text.bytes, at).contains(&b'!')
            && *written_by_device;
        let prose = ground == Ground::Prose && !of_device;
        let ground = if telling && !is_named_manual(&text.hint) { Ground::Lines } else { ground };
        let comment = matches!(form, Form::Word | Form::Answer)
            && matches!(line_before(text.bytes, at).trim_ascii_start().first(), Some(b'#' | b';'));
        // `Key or key-string should be specified`: a word of a sentence. In a comment stand examples.
        let spoken = |value: &Part<'_>| {
            // Its manual logs in to machines of strongSwan's own.
            let shown = memchr::memmem::find(line_before(text.bytes, at), b"@strongswan.org").is_some();
            let example = comment && (shown || !is_chosen(value.bytes()));
            device && prose && is_wordy(value.bytes()) || example || is_column(*value)
        };
        for value in values {
            if value.span().start < done || spoken(&value) {
                continue;
            }
            let typed = form.is_of_statement() && is_typed(&text.hint) && is_own_password(value.bytes());
            let answer = typed || form == Form::Answer && is_own_word(value.bytes());
            let sure = answer.then_some((Level::Deny, Confidence::Medium));
            let level = || if of_device { of_configuration(value) } else { level(ground, value) };
            if let Some((level, confidence)) = sure.or_else(level) {
                done = value.span().end;
                out(Found::here(&RULE, value, length_of("password", value.len())).at(level, confidence));
            }
        }
    }
}

fn begins_with_password(text: &[u8], at: usize) -> bool {
    let word = text.get(at..at + 9).unwrap_or_default();
    word.eq_ignore_ascii_case(b"password ") && line_before(text, at).trim_ascii().is_empty()
}

/// `varchar(255),`, `text`: the type of a column that is called so.
fn is_column(value: Part<'_>) -> bool {
    let kinds = [
        "varchar",
        "nvarchar",
        "varchar2",
        "character",
        "char",
        "nchar",
        "text",
        "longtext",
        "mediumtext",
        "citext",
        "clob",
        "bytea",
        "blob",
        "varbinary",
        "binary",
        "string",
        "json",
        "jsonb",
        "uuid",
        "integer",
        "bigint",
        "boolean",
    ];
    let kind = value.while_(|b| b.is_ascii_alphanumeric());
    let rest = value.after(&kind);
    kinds.iter().any(|known| kind.is(known))
        && (rest.is_empty() || matches!(rest.bytes().first(), Some(b'(' | b',' | b';')))
}

/// The values of the first form that stands at this place and has one.
fn values<'b>(text: &Text<'b>, at: usize, ground: Ground) -> Option<(Form, Vec<Part<'b>>)> {
    let line = Part::between(text.bytes, at..text.bytes.len().min(at + 8192));
    let line = line.first(memchr::memchr2(b'\n', b'\r', line.bytes()).unwrap_or(line.len()));
    let before = behind_prompt(line_before(text.bytes, at));
    let forms = FORMS.iter().filter_map(|(word, form)| Some((*word, *form, line.strip(word)?.trim())));
    forms
        .map(|(word, form, after)| (form, of_form((word, form), after, (text, before, ground))))
        .find(|(_, values)| !values.is_empty())
}

fn of_form<'b>(
    (word, form): (&str, Form),
    after: Part<'b>,
    (text, before, ground): (&Text<'b>, &[u8], Ground),
) -> Vec<Part<'b>> {
    let config = ground == Ground::Lines;
    let starts = before.trim_ascii().is_empty();
    let one = match form {
        // In the text of a command that writes the file.
        Form::Line if word.starts_with("requirepass") && before.ends_with(b"/") => {
            Some(after.while_(|b| !b.is_ascii_whitespace() && !matches!(b, b'/' | b'\'' | b'"')))
        }
        Form::Line if starts && (config || !word.starts_with("pass")) => one_word(after),
        Form::Word | Form::Answer if config => first_word(after),
        Form::Device if !before.contains(&b'#') => written(after),
        Form::Logged if matches!(text.hint, Hint::Text) => {
            let value = first_word(after);
            value.map(|pair| pair.cut(|b| b == b':').map_or(pair, |(_, password)| password))
        }
        Form::Login if starts => behind_login(after),
        Form::Number(n) if config => after.words().nth(n).map(|word| word.unquote()),
        Form::Pair if starts => after.cut(|b| b == b':').and_then(|(_, password)| first_word(password)),
        Form::Typed if starts && is_redis(text) => after.words().last().map(|word| word.unquote()),
        // The text of a .netrc in a command.
        Form::Statement if is_netrc(before) => {
            first_word(after).map(|w| w.trim_of(|b| matches!(b, b'\'' | b'"')))
        }
        Form::Statement if word != " password " || config || is_statement(before) => {
            statement(after).or_else(|| unquoted(after).filter(|_| is_statement(before)))
        }
        Form::Method => behind_method(after).and_then(statement),
        Form::Of => after.cut(|b| b == b'=').and_then(|(_, value)| statement(value.trim())),
        _ => None,
    };
    match form {
        Form::Quoted if config => in_quotes(after),
        Form::Acl if starts => acl(after),
        _ => one.into_iter().collect(),
    }
}

/// What a device's configuration holds, behind the digit or the word that says how it is written.
fn written(after: Part<'_>) -> Option<Part<'_>> {
    // `enable password level 7 x`: for whom it is.
    let after = match after.strip("level ") {
        Some(rest) => rest.trim().after(&rest.trim().words().next()?).trim(),
        None => after,
    };
    let kind = after.while_(|b| b.is_ascii_digit());
    let blank = after.after(&kind);
    let value = if kind.len() == 1 && blank.bytes().starts_with(b" ") { blank.trim() } else { after };
    let plain = ["cleartext ", "plaintext ", "clear "].iter().find_map(|word| value.strip(word));
    let sealed = ["encrypted", "hash", "hashed", "cipher", "sha512", "level"];
    first_word(plain.map_or(value, |value| value.trim()))
        .filter(|value| !sealed.iter().any(|word| value.is(word)))
}

/// `admin privilege 15 secret 0 x`: what stands behind the word for it.
fn behind_login(after: Part<'_>) -> Option<Part<'_>> {
    let words = [" password ", " secret "];
    // `username and password are required` is a sentence.
    let (_, value) = words.iter().find_map(|word| after.cut_at(word.as_bytes()))?;
    let user = after.first(value.span().start - after.span().start);
    let sentence = user.words().any(|user| user.is("and") || user.is("or") || user.is("/"));
    if sentence {
        return None;
    }
    written(value.trim())
}

/// The history of Redis' client.
fn is_redis(text: &Text<'_>) -> bool {
    text.hint.file_name().starts_with(b".rediscli")
}

/// Whether a line is one of SQL about a user up to here: `ALTER USER app …`, also as a client writes it down.
fn is_statement(before: &[u8]) -> bool {
    let before = before.to_ascii_lowercase();
    let has = |word: &str| memchr::memmem::find(&before, word.as_bytes()).is_some();
    let verb = has("create ") || has("alter ");
    verb && [" database link ", " user ", " role ", " login ", " user mapping ", " group "]
        .iter()
        .any(|what| has(what))
}

/// A word with nothing but a comment behind it; a switch or a digit before it says that it is no hash.
fn one_word(after: Part<'_>) -> Option<Part<'_>> {
    let after = ["--plaintext", "0 "].iter().find_map(|word| after.strip(word)).unwrap_or(after).trim();
    // `abcd efgh ijkl mnop` of Google is one.
    if after.len() == 19 && worth(after.bytes()) == Worth::Strong {
        return Some(after);
    }
    let mut words = after.words();
    let (value, end) = (words.next()?, words.next());
    end.is_none_or(|word| word.bytes().starts_with(b"#")).then(|| value.unquote())
}

fn is_netrc(before: &[u8]) -> bool {
    let has = |word: &[u8]| memchr::memmem::find(before, word).is_some();
    has(b"machine ") && has(b" login ")
}

fn first_word(after: Part<'_>) -> Option<Part<'_>> {
    match after.bytes().first()? {
        quote @ (b'"' | b'\'') => after.skip(1).cut(|b| b == *quote).map(|(value, _)| value),
        _ => after.words().next(),
    }
}

fn in_quotes(after: Part<'_>) -> Vec<Part<'_>> {
    let mut all = Vec::new();
    let mut rest = after;
    while let Some((value, after)) = rest.cut(|b| b == b'"').and_then(|(_, inside)| inside.cut(|b| b == b'"'))
    {
        all.push(value);
        rest = after;
    }
    all
}

fn acl(after: Part<'_>) -> Vec<Part<'_>> {
    let is_list = after.words().skip(1).any(|word| matches!(word.bytes().first(), Some(b'+' | b'~' | b'&')));
    let passwords = after.words().skip(1).filter_map(|word| word.strip(">"));
    if is_list { passwords.collect() } else { Vec::new() }
}

/// The first string, unless what stands before it is more than the name of a method: `mysql_native_password BY '…'`.
fn statement(after: Part<'_>) -> Option<Part<'_>> {
    let after = after.strip("=").map_or(after, |after| after.trim());
    let head = after.while_(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b' ' | b'('));
    let method = head.trim();
    let known = method.is_empty()
        || method.is("n")
        || method.is("password(")
        || method.bytes().to_ascii_lowercase().ends_with(b" by");
    let rest = after.after(&head);
    let quote = rest.bytes().first().copied().filter(|b| known && matches!(b, b'\'' | b'"'))?;
    rest.skip(1).cut(|b| b == quote).map(|(value, _)| value)
}

/// `'caching_sha2_password' BY '…'`: from the word behind the method on. Behind `AS` stands a hash.
fn behind_method(after: Part<'_>) -> Option<Part<'_>> {
    let method = after.words().next()?;
    let rest = after.after(&method).trim();
    rest.strip("by ").map(|rest| rest.trim())
}

/// Oracle's passwords need no quotes.
fn unquoted(after: Part<'_>) -> Option<Part<'_>> {
    let bare = after.while_(|b| b.is_ascii_graphic() && !matches!(b, b';' | b'\'' | b'"' | b'(' | b','));
    (is_picked(bare.bytes()) || is_chosen(bare.bytes())).then_some(bare)
}

/// The same in the configuration of a device, where words alone are a password as well.
pub(super) fn of_configuration(value: Part<'_>) -> Option<(Level, Confidence)> {
    let bytes = value.bytes();
    let words = worth(bytes) == Worth::Weak && is_wordy(bytes) && value.len() >= 4;
    // `enable password WORD`, as its help has it.
    let shown = bytes.iter().all(u8::is_ascii_uppercase) || is_telling(&bytes.to_ascii_lowercase());
    if words && !shown { Some((Level::Deny, Confidence::Medium)) } else { level(Ground::Lines, value) }
}

pub(super) fn level(ground: Ground, value: Part<'_>) -> Option<(Level, Confidence)> {
    let value = value.bytes();
    if value.contains(&b' ') && worth(value) != Worth::Strong || value.len() < 4 {
        return None;
    }
    let people = matches!(ground, Ground::Code | Ground::Prose);
    match worth(value) {
        Worth::Weak | Worth::Strong | Worth::Number if is_password_hash(value) => {
            Some((Level::Warn, Confidence::Low))
        }
        Worth::Weak if is_coined(value) => Some((Level::Deny, Confidence::Medium)),
        Worth::Weak if people && is_wordy(value) => None,
        Worth::Weak if !people && (is_short_phrase(value) || is_own_phrase(value)) => {
            Some((Level::Deny, Confidence::Medium))
        }
        Worth::Weak | Worth::Number if people || is_wordy(value) => Some((Level::Warn, Confidence::Low)),
        Worth::Weak | Worth::Strong | Worth::Number => Some((Level::Deny, Confidence::Medium)),
        _ => None,
    }
}
