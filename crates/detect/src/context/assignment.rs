//! Names of secrets with their values in files: INI, properties, YAML, JSON, XML, HCL and source code.
//!
//! How sure one can be depends on the file: in a configuration a bare word is the value; in a program only what is quoted
//! is one, and unless it looks random it may as well be a label, so it is a warning; in texts for people only what looks random counts.
//!
//! bad: `spring.datasource.password=hunter22`
//! good: `spring.datasource.password=${DB_PASSWORD}`

mod examples;
mod hollow;

use tightlip_report::{Confidence, Level};

use super::judge::comment::{is_comment, is_in_comment};
use super::judge::ground::{
    Ground, ground as ground_by_name, ground_of, is_bundle, is_example_of_env, is_named_manual,
    is_of_secrets, is_story,
};
use super::judge::hashed::is_digest_of_name;
use super::judge::name::{
    KEYWORDS, Says, is_for_tests, is_hidden_salt, is_key_of_something, is_login, is_named_phrase,
    is_of_cipher, is_password, is_password_perhaps, is_plain_secret, is_token_of_something, is_unmistakable,
    says,
};
use super::judge::operation::is_of_operation;
use super::judge::reading::{
    has_other_head, is_in_heredoc, is_login_of_odbc, is_sealed_above, line_before, start_of, told_in,
    without_mark,
};
use super::judge::site::{Sign, Site, Written, name_around, value_of};
use super::judge::value::{Worth, is_chosen, is_label, is_mnemonic, is_passphrase, is_password_hash, worth};
use super::judge::way::is_way;
use super::judge::weak::{is_chosen_in_quotes, is_words_with_number};
use super::judge::{
    in_login, instead, length_of, list, once, request, service_key, signed, spaced, step, weak,
};
use crate::read::Part;
use crate::read::stamp::without_stamp;
use crate::{Finder, Found, Rule, Text};
use examples::{HITS, MISSES};
use hollow::{
    is_account_of_chain, is_behind_label, is_code, is_long_text, is_looked_up, is_of_hash, is_of_thing,
    is_port, is_quoted_by_percent, is_reference_of_cluster, is_word_of_name, says_its_name, says_no_more,
};

pub(super) static RULE: Rule = Rule::new(
    "secret-in-file",
    "Value with the name of a secret, in a file",
    "Whoever can read the file has what the program has.",
)
.at(Level::Deny, Confidence::Medium);

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "assignment",
    rules: &[&RULE],
    wants: |hint| ground_by_name(hint) != Ground::Noise || is_bundle(hint),
    keywords: KEYWORDS,
    find,
    hits: HITS,
    misses: MISSES,
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    if text.binary {
        return;
    }
    let ground = ground_of(text);
    let mut done = 0;
    for &at in text.at {
        if at < done {
            continue;
        }
        let name = name_around(text.bytes, at);
        done = name.span().end.max(at + 1);
        // Most of these words stand in sentences and code: that nothing is assigned is quicker to see than what they say.
        let found = spaced::in_listing(text, name).or_else(|| value_of(text.bytes, name));
        let found = found.or_else(|| spaced::value(text, ground, name));
        let Some(site) = found.map(without_mark) else { continue };
        let sites = fits(text.bytes, ground, site).map_or_else(
            || list::below(text.bytes, ground, site),
            |site| list::with_others(text.bytes, site),
        );
        for site in sites.into_iter().filter(|site| !is_elsewhere(text.bytes, ground, site)) {
            let Some((level, confidence)) = judged(text, ground, &site) else { continue };
            done = site.value.span().end.max(done);
            let label = String::from_utf8_lossy(name.bytes()).into_owned();
            out(Found::here(&RULE, site.value, length_of(&format!("value of {label}"), site.value.len()))
                .at(level, confidence));
        }
    }
}

pub(super) fn judged(text: &Text<'_>, ground: Ground, site: &Site<'_>) -> Option<(Level, Confidence)> {
    // There the word that everybody tries first is a blank to fill in.
    if is_example_of_env(&text.hint) && worth(site.value.bytes()) == Worth::Default {
        return None;
    }
    // FreeSWITCH begins with the number of a telephone as the password of its mailbox: `1000.xml`.
    let name = text.hint.file_name();
    if worth(site.value.bytes()) == Worth::Number && name.strip_prefix(site.value.bytes()) == Some(b".xml") {
        return None;
    }
    // In a row of SQL it is the number of another row.
    if worth(site.value.bytes()) == Worth::Uuid && name.ends_with(b".sql") {
        return Some((Level::Warn, Confidence::Low));
    }
    if is_account_of_chain(text.bytes, site) {
        return None;
    }
    let shown = is_story(&text.hint) && worth(site.value.bytes()) != Worth::Strong;
    if shown || is_of_operation(text.bytes, site) || is_digest_of_name(text.bytes, site) {
        return None;
    }
    let secrets = ground == Ground::Code && site.written == Written::Quoted && is_of_secrets(&text.hint);
    let ground = match ground {
        Ground::Prose => told_in(text, site),
        // A call is a line of a program wherever it stands: `new Password('x')` in a page's JSON.
        Ground::Lines | Ground::Yaml | Ground::Quoted | Ground::Shell if is_argument(site) => Ground::Code,
        _ if secrets => Ground::Quoted,
        _ => ground,
    };
    let told = is_login_of_odbc(text, site) || is_constant(ground, site) || is_of_header(ground, site);
    let says = if told { Says::Secret } else { says(site.name.bytes()) };
    // What goes to every browser is told everybody already: only what looks random is worth a word.
    if ground == Ground::Noise && (says != Says::Secret || worth(site.value.bytes()) != Worth::Strong) {
        return None;
    }
    let sure = match judge(ground, says, site) {
        Some(sure @ (Level::Deny, _)) => sure,
        unsure => in_login::level(text, ground, site)
            .or_else(|| signed::level(text, ground, site))
            .or_else(|| instead::level(text, site))
            .or_else(|| request::level(text, site))
            .or(unsure)
            .or_else(|| noted(text, ground, site))?,
    };
    // In a file whose name says nothing, a word is as often one of a list or a sentence.
    let guessed =
        ground != Ground::Prose && ground != Ground::Code && ground_by_name(&text.hint) == Ground::Prose;
    if guessed && sure == (Level::Warn, Confidence::Low) {
        return None;
    }
    in_comment(text, site, sure)
}

/// Whether a value is what its name is called with.
fn is_argument(site: &Site<'_>) -> bool {
    let between = site.name.whole().get(site.name.span().end..site.value.span().start);
    site.written == Written::Quoted && matches!(between, Some(b"(\"" | b"('"))
}

/// `char[] PWD = "x"`, `local pwd "x"`: in a program that is no directory of a shell.
fn is_constant(ground: Ground, site: &Site<'_>) -> bool {
    let quoted = site.written == Written::Quoted && site.sign == Sign::Equals;
    let value = site.value.bytes();
    let own = is_chosen_in_quotes(value) || worth(value) == Worth::Strong;
    ground == Ground::Code && quoted && site.name.is("pwd") && own && !value.contains(&b'/')
}

/// `[self::TOKEN_HEADER => '…']`: what is sent under the name that a constant has.
fn is_of_header(ground: Ground, site: &Site<'_>) -> bool {
    let name = site.name.bytes();
    let head = name.len().checked_sub(6).and_then(|end| name.split_at_checked(end));
    let whose = head.filter(|(_, end)| end.eq_ignore_ascii_case(b"header")).map(|(whose, _)| whose);
    ground == Ground::Code
        && whose.is_some_and(|whose| says(whose) == Says::Secret)
        && worth(site.value.bytes()) == Worth::Strong
}

/// Whether another finder has it, or it is a part of a sentence: a query's parameter is for the finder of URLs; after
/// colons stands a type, or a part of an address.
fn is_elsewhere(text: &[u8], ground: Ground, site: &Site<'_>) -> bool {
    let start = start_of(text, ground, site);
    let before = start.checked_sub(1).and_then(|n| text.get(n));
    // `:PASSWORD: x` begins a line of a drawer or a list of fields.
    let field = line_before(text, start).trim_ascii() == b":";
    let colon = before == Some(&b':') && site.sign == Sign::Colon && !field;
    // `PASS: ld-elf/x` is the result of a test.
    let result = site.name.bytes() == b"PASS"
        && site.sign == Sign::Colon
        && site.quoted_name != Written::Quoted
        && !field;
    // `pkcs11:token=user;object=key` (RFC 7512): which device is meant.
    let device = site.name.is("token") && line_before(text, start).ends_with(b"pkcs11:");
    let query = matches!(before, Some(b'?' | b'&')) && site.written == Written::Bare && !is_form(text, start);
    let other = has_other_head(text, site) || is_sealed_above(text, ground, site);
    let other =
        other || is_looked_up(text, start, site) || is_port(site) || is_behind_label(text, start, site);
    query || device || colon || result || other || site.written == Written::Bare && is_in_quotes(text, start)
}

/// Whether the pair stands in the body of a form (`user=a&password=x`) and not in an address.
fn is_form(text: &[u8], start: usize) -> bool {
    let line = line_before(text, start);
    let word =
        line.rsplit(|b| b.is_ascii_whitespace() || matches!(b, b'"' | b'\'')).next().unwrap_or_default();
    word.contains(&b'=') && !word.contains(&b'/') && !word.contains(&b'?') && !word.contains(&b'$')
}

/// What counts in a comment: there, names and values are mostly words of an explanation.
fn in_comment(text: &Text<'_>, site: &Site<'_>, sure: (Level, Confidence)) -> Option<(Level, Confidence)> {
    if !is_in_comment(text, site.name.span().start) {
        return Some(sure);
    }
    match sure {
        (level, Confidence::High) => Some((level, Confidence::High)),
        // What was somebody's setting and is switched off now is still his password.
        (Level::Deny, _) if is_key(text) || is_setting(text) && is_chosen(site.value.bytes()) => {
            Some((Level::Deny, Confidence::Medium))
        }
        _ if is_chosen(site.value.bytes()) => Some((Level::Warn, Confidence::Medium)),
        (Level::Warn, Confidence::Low) => None,
        (_, confidence) => Some((Level::Warn, confidence)),
    }
}

/// Whether a text is one of settings or of commands, by its name.
fn is_setting(text: &Text<'_>) -> bool {
    matches!(ground_by_name(&text.hint), Ground::Lines | Ground::Yaml | Ground::Quoted | Ground::Shell)
}

/// Whether a text holds a key in armour: what is noted beside it opens it.
fn is_key(text: &Text<'_>) -> bool {
    once::stands_in(text.bytes, b"-----BEGIN ")
}

/// Whether a value so written is one on this ground, and what of the line it is.
fn fits<'b>(text: &'b [u8], ground: Ground, site: Site<'b>) -> Option<Site<'b>> {
    let spaced = site.value.span().start > site.name.span().end + 1;
    let start = start_of(text, ground, &site);
    if site.written != Written::Bare {
        // On the shell's ground the finder of commands does the rest; PowerShell has blanks around its sign.
        let wide = site.sign == Sign::Equals && site.value.span().start > site.name.span().end + 2;
        // `[ "$PASSWORD" = "x" ]` compares.
        let compares = start.checked_sub(1).and_then(|n| text.get(n)) == Some(&b'$')
            && site.quoted_name == Written::Quoted;
        let colon = site.sign == Sign::Colon;
        let tagged = site.written == Written::Tagged;
        let here = ground != Ground::Shell
            // `LDAPPWD('x')` of MQ's commands, in a text that the script hands on.
            || (site.quoted_name == Written::Quoted || wide || colon || tagged || is_argument(&site)) && !compares;
        return here.then_some(site);
    }
    let before = before_of(text, start, &site)?;
    // A name of several words, or one in a comment.
    let words =
        before.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b' ' | b'\t' | b'-' | b'#' | b';'));
    // What a program lists in sections, in its log: `Smtp:Password = x`.
    let section = ground == Ground::Shell && before.is_empty() && start < site.name.span().start
        || before.trim_ascii() == b":";
    let first = words && before.trim_ascii().len() <= 24 || section;
    let whole = || {
        let value = site.value.cut_at(b" #").map_or(site.value, |(v, _)| v.trim());
        let ini = ground == Ground::Lines;
        value.cut_at(b" ;").filter(|_| ini).map_or(value, |(v, _)| v.trim())
    };
    let value = match (ground, site.sign) {
        (Ground::Lines | Ground::Yaml | Ground::Prose | Ground::Code | Ground::Quoted, Sign::Equals)
            if before.ends_with(b"&") =>
        {
            site.value.while_(|b| !b.is_ascii_whitespace() && !matches!(b, b'&' | b'"' | b'\'' | b';'))
        }
        (Ground::Quoted, Sign::Equals)
            if !spaced && before.trim_ascii().is_empty() && is_in_heredoc(text, start) =>
        {
            whole()
        }
        // `-Dapp.password=x` among the arguments that a file has for Java, `--token=x` in the text of a command.
        (Ground::Quoted | Ground::Code | Ground::Prose, Sign::Equals) if !spaced && is_property(&site) => {
            site.value.while_(|b| !b.is_ascii_whitespace() && !b"\"'<>`,\\".contains(&b))
        }
        (Ground::Quoted, Sign::Equals) if !spaced => step::value(text, start, site.value)?,
        // `{ user: a, password: x }`, also of NATS and of Akka's settings.
        (Ground::Lines, _) if !first && hollow::is_in_braces(before) => {
            site.value.while_(|b| !matches!(b, b',' | b'}')).trim()
        }
        (Ground::Yaml, _) if !first && before.contains(&b'{') => {
            site.value.while_(|b| !matches!(b, b',' | b'}')).trim()
        }
        (Ground::Yaml | Ground::Lines, Sign::Equals) if !spaced => one_of_many(before, whole()),
        (Ground::Yaml, sign) if spaced && first || sign == Sign::Equals => whole(),
        (Ground::Lines, Sign::Equals) => whole(),
        (Ground::Lines, Sign::Colon) if spaced && first => whole(),
        (Ground::Code, Sign::Equals) if hollow::is_of_sas(before) => hollow::word_of_sas(before, site.value),
        // The text of a file that a script writes.
        (Ground::Shell, _) if spaced && first => whole(),
        (Ground::Prose, _) => first_word(site.value)?,
        (Ground::Code, _) if is_comment(text, start) => first_word(site.value)?,
        _ => return None,
    };
    // A bare value of several words is a sentence, or a list; a passphrase has a name of its own.
    let phrase = is_passphrase(value.bytes()) || is_mnemonic(value.bytes());
    let sentence = value.bytes().contains(&b' ') && !phrase;
    let plain = !sentence && !value.bytes().ends_with(b",") && !is_code(value);
    plain.then_some(Site { value, ..site })
}

/// What stands before a name in its line, without what a log has there. `10:11:12 password: accepted` is what a program says
/// and not what it is set to.
fn before_of<'b>(text: &'b [u8], start: usize, site: &Site<'_>) -> Option<&'b [u8]> {
    let line = line_before(text, start);
    let before = without_stamp(line);
    (before.len() == line.len() || !is_said(site)).then_some(before)
}

/// Whether one word stands behind another: a setting has a name of several, or a value that is no plain word.
fn is_said(site: &Site<'_>) -> bool {
    let word = |part: Part<'_>| part.bytes().iter().all(u8::is_ascii_alphabetic);
    site.sign == Sign::Colon && word(site.name) && word(site.value.words().next().unwrap_or(site.value))
}

/// Whether the name is one of a system property behind Java's flag for it, or of a long flag.
fn is_property(site: &Site<'_>) -> bool {
    let start = site.name.span().start;
    if site.name.whole().get(..start).is_some_and(|before| before.ends_with(b" --")) {
        return true;
    }
    let dash = start.checked_sub(1).and_then(|n| site.name.whole().get(n)) == Some(&b'-');
    dash && site.name.bytes().starts_with(b"D")
}

fn first_word(value: Part<'_>) -> Option<Part<'_>> {
    let word = value.words().next()?;
    let word = word.trim_of(|b| matches!(b, b'`' | b',' | b';' | b'.' | b')' | b'*' | b'"' | b'\'' | b'|'));
    // `{user=bob, password=x}`, as Java writes a map into a log.
    let open = word.bytes().contains(&b'{');
    Some(if open { word } else { word.trim_of(|b| matches!(b, b'}' | b']')) })
}

/// `a=1 password=x b=2` and `username=a,password=x`: one pair of several in a line.
fn one_of_many<'b>(before: &[u8], value: Part<'b>) -> Part<'b> {
    // `[A=1, "SECRET=x"]`
    if before.contains(&b'[') && (before.contains(&b'=') || before.trim_ascii_end().ends_with(b"[")) {
        return value.while_(|b| !b.is_ascii_whitespace() && !matches!(b, b',' | b']' | b'"' | b'\''));
    }
    let commas = before.ends_with(b",") || before.ends_with(b";") && before.contains(&b'=');
    let word = value.while_(|b| !(b.is_ascii_whitespace() || commas && matches!(b, b',' | b';')));
    let others = before.contains(&b'=')
        || memchr::memchr(b'=', value.bytes().get(word.len()..).unwrap_or_default()).is_some();
    if commas || others || before.contains(&b' ') {
        word.trim_of(|b| matches!(b, b'"' | b'\''))
    } else {
        value
    }
}

/// Whether a string is open in the line where a bare name stands: `"user: test, password: test1"` is a sentence.
fn is_in_quotes(text: &[u8], at: usize) -> bool {
    let before = text.get(at.saturating_sub(512)..at).unwrap_or_default();
    let line = before.rsplit(|b| *b == b'\n').next().unwrap_or_default();
    let sentence = line.contains(&b' ') && line.trim_ascii_end().ends_with(b",");
    let count = |quote: u8| line.iter().filter(|b| **b == quote).count();
    sentence && (count(b'\'') % 2 == 1 || count(b'"') % 2 == 1)
}

fn judge(ground: Ground, says: Says, site: &Site<'_>) -> Option<(Level, Confidence)> {
    if says == Says::Nothing || is_salt_of_one(site) {
        return None;
    }
    let value = site.value.bytes();
    let worth = worth(value);
    // Private keys have a finder of their own.
    if worth <= Worth::Prose
        || says_no_more(site)
        || is_way(site.name, site.value)
        || value.starts_with(b"-----BEGIN")
        || is_reference_of_cluster(site)
    {
        return None;
    }
    let config = matches!(ground, Ground::Lines | Ground::Yaml | Ground::Quoted | Ground::Shell);
    if is_mnemonic(value) {
        let phrase = config && is_named_phrase(site.name.bytes());
        return Some((if phrase { Level::Deny } else { Level::Warn }, Confidence::Medium));
    }
    let text = value.contains(&b' ') || !value.is_ascii();
    let named = is_plain_secret(site.name.bytes()) || is_of_cipher(site.name.bytes());
    let phrase = named && is_passphrase(value);
    if text && !is_password(site.name.bytes()) && !phrase || is_quoted_by_percent(value) {
        // Tokens and keys hold neither blanks nor other letters than ours; `%F0%9F` is a part of an address.
        return None;
    }
    if is_password_perhaps(site.name.bytes())
        && worth != Worth::Strong
        && !is_chosen_in_quotes(value)
        && !is_words_with_number(value)
    {
        return None;
    }
    if says == Says::Maybe && is_key_of_something(site.name.bytes()) {
        return key_of_service(ground, site, worth);
    }
    let shown = says_its_name(site) || config && is_word_of_name(site) || is_for_tests(site.name.bytes());
    if is_password_hash(value) || is_of_hash(site) || shown || is_of_thing(site) {
        return Some((Level::Warn, Confidence::Low));
    }
    match (worth, says) {
        (Worth::Strong, Says::Secret) if config => Some((Level::Deny, Confidence::High)),
        (Worth::Strong, Says::Secret) if ground == Ground::Code => Some((Level::Deny, Confidence::Medium)),
        (Worth::Strong, Says::Maybe) if is_hidden_salt(site.name.bytes()) => {
            Some((Level::Deny, Confidence::Medium))
        }
        (Worth::Strong, Says::Maybe)
            if is_login(site.name.bytes()) && (config || ground == Ground::Code && is_long_text(site)) =>
        {
            Some((Level::Deny, Confidence::Medium))
        }
        (Worth::Strong, _) => Some((Level::Warn, Confidence::Low)),
        (_, Says::Maybe | Says::Nothing) => None,
        (Worth::Uuid, _) => (ground != Ground::Prose).then_some(uuid(ground, site)),
        (Worth::Default, _) => (config && !is_label(value)).then_some((Level::Warn, Confidence::Low)),
        (Worth::Number, _) => (is_password(site.name.bytes()) && (config || is_of_router(value)))
            .then_some((Level::Deny, Confidence::Medium)),
        _ if config => weak::in_config(ground, site),
        _ if ground == Ground::Code => weak::in_code(site),
        _ => None,
    }
}

/// As many digits as routers come with for their network: fewer are any number in a program.
fn is_of_router(value: &[u8]) -> bool {
    let steps = value.windows(2).filter(|w| w[1].abs_diff(w[0]) <= 1 || w[1].abs_diff(w[0]) == 9).count();
    (16..=24).contains(&value.len()) && steps * 2 < value.len()
}

/// A salt alone is as a rule another one each time; one of bcrypt always is.
fn is_salt_of_one(site: &Site<'_>) -> bool {
    let name = site.name.bytes().to_ascii_lowercase();
    let alone = name.ends_with(b"salt") && !name.ends_with(b"_salt");
    alone && (!is_hidden_salt(site.name.bytes()) || site.value.bytes().starts_with(b"$2"))
}

/// `event.key` of a program is no key of a service.
fn key_of_service(ground: Ground, site: &Site<'_>, worth: Worth) -> Option<(Level, Confidence)> {
    let name = site.name.bytes();
    // `${jwt.token.key:x}` is a setting.
    let setting =
        site.name.whole().get(..site.name.span().start).is_some_and(|before| before.ends_with(b"${"));
    let property = ground == Ground::Code && name.to_ascii_lowercase().ends_with(b".key") && !setting;
    let one = worth == Worth::Strong
        && ground != Ground::Prose
        && !property
        && !is_for_tests(name)
        && service_key::is_one(name, site.value.bytes());
    one.then_some((Level::Deny, Confidence::Medium))
}

/// A UUID is as often an identifier. It is a secret where nothing else has such a name; in lines of settings a plain `token`
/// is one as well, and so is `ACME_TOKEN` of an environment or what a program is given as `acmeToken`.
fn uuid(ground: Ground, site: &Site<'_>) -> (Level, Confidence) {
    let name = site.name.bytes();
    let lines = matches!(ground, Ground::Lines | Ground::Yaml) && name.eq_ignore_ascii_case(b"token")
        || ground != Ground::Code && name.ends_with(b"_TOKEN");
    if is_unmistakable(name) || lines || is_token_of_something(name) {
        (Level::Deny, Confidence::Medium)
    } else {
        (Level::Warn, Confidence::Low)
    }
}

/// Whether a name in capitals is set right before a command.
fn is_typed(site: &Site<'_>) -> bool {
    let (name, value) = (site.name.span(), site.value.span());
    let quotes = usize::from(site.written == Written::Quoted);
    let capitals = !site.name.bytes().iter().any(u8::is_ascii_lowercase);
    let joined = value.start == name.end + 1 + quotes;
    site.sign == Sign::Equals
        && capitals
        && joined
        && site.name.whole().get(value.end + quotes) == Some(&b' ')
}

/// `password: Summer2024` as a line of its own in a text of an unknown kind, a form's body, a pair of several in a log.
fn noted(text: &Text<'_>, ground: Ground, site: &Site<'_>) -> Option<(Level, Confidence)> {
    let weak = worth(site.value.bytes()) == Worth::Weak && says(site.name.bytes()) == Says::Secret;
    if ground != Ground::Prose || !weak {
        return None;
    }
    let before = line_before(text.bytes, site.name.span().start);
    let mark = |b: &u8| b.is_ascii_whitespace() || matches!(b, b'-' | b'*' | b'|' | b':');
    let noted = before.starts_with(b"#") && before.len() < 40 && is_key(text);
    let alone = noted || before.iter().all(mark);
    let after = text.bytes.get(site.value.span().end..)?;
    let ends =
        after.trim_ascii_start().is_empty() || matches!(after.first(), Some(b'\n' | b'\r' | b'`' | b'*'));
    // A trace of a shell has what the variable was set to, and nothing else.
    let traced = before.starts_with(b"+ ") || before.ends_with(b"export ");
    let pair = before.ends_with(b"&") || before.ends_with(b" ") && before.contains(&b'=') || traced;
    let shell = traced && before.starts_with(b"+") && site.value.span().start == site.name.span().end + 1;
    let sure = if shell { weak::in_config(Ground::Shell, site)? } else { weak::in_code(site)? };
    // `PGPASSWORD='x' psql …`, as one types it.
    let typed = is_typed(site) && before.iter().all(|b| b.is_ascii_whitespace() || matches!(b, b'$' | b'#'));
    if is_named_manual(&text.hint) {
        return (alone && ends && sure.0 == Level::Deny).then_some((Level::Warn, Confidence::Low));
    }
    (alone && ends || pair || typed).then_some(sure)
}
