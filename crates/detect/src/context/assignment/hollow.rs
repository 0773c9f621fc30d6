//! What stands where a value would, and is none: a piece of a program, words of its own name, a reference.

use super::super::judge::name::{is_password, words};
use super::super::judge::once::stands_in;
use super::super::judge::reading::line_before;
use super::super::judge::site::{Sign, Site, Written};
use super::super::judge::value::{is_of_digits, is_wordy};
use crate::read::Part;

/// How far before a name its object may begin, in bytes.
const OBJECT: usize = 400;

pub(super) fn is_code(value: Part<'_>) -> bool {
    value
        .bytes()
        .first()
        .is_some_and(|b| matches!(b, b'{' | b'[' | b'(' | b'&' | b'*' | b'!' | b'|' | b'>' | b'<' | b'%'))
        || value.bytes().ends_with(b"(")
        || value.bytes().ends_with(b"{")
}

/// Whether a value says no more than its name, or stands beside it as one of many.
pub(super) fn says_no_more(site: &Site<'_>) -> bool {
    site.value.bytes().eq_ignore_ascii_case(site.name.bytes())
        || is_part_of_name(site)
        || repeats_its_name(site)
        || is_among_constants(site)
        || begins_with_its_name(site)
        || is_list_of_words(site)
}

/// `prefKeyAuthTokenV2` as the value of `pref_key_auth_token`: what a preference is stored under.
fn begins_with_its_name(site: &Site<'_>) -> bool {
    let letters = |bytes: &[u8]| -> Vec<u8> {
        bytes.iter().filter(|b| b.is_ascii_alphabetic()).map(u8::to_ascii_lowercase).collect()
    };
    let name = letters(site.name.bytes());
    // `DATABASE_PASSWORD=DatabasePassword-77` is what somebody chose.
    name.len() >= 12 && !is_password(site.name.bytes()) && letters(site.value.bytes()).starts_with(&name)
}

/// `passwords: "123456,password,dragon,…"`: what people try as passwords, as libraries bring along that count how good one is.
fn is_list_of_words(site: &Site<'_>) -> bool {
    let many = site.name.bytes().to_ascii_lowercase().ends_with(b"passwords");
    many && site.value.bytes().iter().filter(|b| **b == b',').count() >= 8
}

/// `Win32_Security_Credentials = ["Win32_Security"]`: words of its own name. Of a password that may be what was chosen.
fn is_part_of_name(site: &Site<'_>) -> bool {
    let (name, value) = (site.name.bytes(), site.value.bytes());
    value.len() >= 6
        && !is_password(name)
        && name.windows(value.len()).any(|part| part.eq_ignore_ascii_case(value))
}

/// `["MYSQL_NATIVE_PASSWORD", "POSTGRES_SCRAM_SHA_256"]`: constants of which a setting is one.
fn is_among_constants(site: &Site<'_>) -> bool {
    let between = site.name.whole().get(site.name.span().end..site.value.span().start).unwrap_or_default();
    let constant = |bytes: &[u8]| {
        let plain = |b: &u8| b.is_ascii_uppercase() || b.is_ascii_digit() || matches!(b, b'_' | b'-');
        bytes.iter().all(plain) && bytes.iter().any(|b| matches!(b, b'_' | b'-'))
    };
    let listed = between.contains(&b',')
        && between.iter().all(|b| b.is_ascii_whitespace() || matches!(b, b',' | b'"' | b'\''));
    listed && constant(site.name.bytes()) && constant(site.value.bytes())
}

/// `ec2_ssh_key="ec2SshKey"`, `"GetPasswordData": "ec2:GetPasswordData"`: its own name in the spelling of another program, or
/// behind the name of what has it. Of a password that may be what was chosen.
fn repeats_its_name(site: &Site<'_>) -> bool {
    let (name, value) = (site.name.bytes(), site.value.bytes());
    let plain = |bytes: &[u8]| -> Vec<u8> {
        bytes.iter().filter(|b| b.is_ascii_alphanumeric()).map(u8::to_ascii_lowercase).collect()
    };
    let spelled = value.len() >= 6
        && value.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'))
        && !is_password(name)
        && plain(name).ends_with(&plain(value));
    let whose = name.len() >= 6
        && value.strip_suffix(name).is_some_and(|whose| {
            let owner = whose.strip_suffix(b":").unwrap_or_default();
            !owner.is_empty()
                && owner.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'))
        });
    spelled || whose
}

/// `{ "id": "key_3", "name": "Old key", "token": "gold_token_x5" }`: what a thing among others of its kind is called by. What
/// such a thing may open has a `token` that is no identifier.
pub(super) fn is_of_thing(site: &Site<'_>) -> bool {
    let plain = site.name.is("token") || site.name.is("secret");
    let value = site.value.bytes();
    let word = |part: &[u8]| {
        let letters = part.iter().take_while(|b| b.is_ascii_alphabetic()).count();
        letters > 0 && part.len() - letters <= 2 && part.iter().all(u8::is_ascii_alphanumeric)
    };
    let identifier = value.contains(&b'_') && value.split(|b| *b == b'_').all(word);
    if !plain || !identifier || site.quoted_name != Written::Quoted || site.sign != Sign::Colon {
        return false;
    }
    let start = site.name.span().start;
    let before = site.name.whole().get(start.saturating_sub(OBJECT)..start).unwrap_or_default();
    let object = before.iter().rposition(|b| matches!(b, b'{' | b'}')).and_then(|open| before.get(open..));
    let object = object.filter(|object| object.starts_with(b"{")).unwrap_or_default();
    [&b"\"id\""[..], b"\"name\""].iter().all(|key| memchr::memmem::find(object, key).is_some())
}

/// `NT-Password := "…"` of FreeRADIUS, `sql_user_password` of GitLab's packages: what is kept there is a hash.
pub(super) fn is_of_hash(site: &Site<'_>) -> bool {
    let kinds = [
        "nt", "lm", "crypt", "md5", "smd5", "sha", "sha1", "ssha", "ssha1", "sha2", "sha224", "sha256",
        "sha384", "sha512", "ssha224", "ssha256", "ssha384", "ssha512", "pbkdf2",
    ];
    let name = site.name.bytes().to_ascii_lowercase();
    let kind = name.strip_suffix(b"-password").unwrap_or_default();
    let value = site.value.bytes();
    let packaged =
        name == b"sql_user_password" && value.len() == 32 && value.iter().all(u8::is_ascii_hexdigit);
    packaged || kinds.iter().any(|known| known.as_bytes() == kind) && is_of_digits(value)
}

/// Whether a brace is open before a place in its line, and none of a variable.
pub(super) fn is_in_braces(before: &[u8]) -> bool {
    let open = before.iter().rposition(|b| *b == b'{');
    let closed = before.iter().rposition(|b| *b == b'}');
    open.is_some_and(|open| {
        let variable = open.checked_sub(1).and_then(|n| before.get(n)) == Some(&b'$');
        closed.is_none_or(|closed| closed < open) && !variable
    })
}

/// `secretKey: password` of an ExternalSecret: which of its values is meant.
pub(super) fn is_reference_of_cluster(site: &Site<'_>) -> bool {
    site.name.is("secretkey") && site.sign == Sign::Colon && is_wordy(site.value.bytes())
}

/// `quarkus.datasource.password = quarkus`: the product's own name, as it is tried out with.
pub(super) fn is_word_of_name(site: &Site<'_>) -> bool {
    let value = site.value.bytes().to_ascii_lowercase();
    words(site.name.bytes()).iter().any(|word| word.as_bytes() == value)
}

/// `client-secret-456` as the value of `clientSecret`: its name with a number.
pub(super) fn says_its_name(site: &Site<'_>) -> bool {
    let letters = |bytes: &[u8]| -> Vec<u8> {
        bytes.iter().filter(|b| b.is_ascii_alphabetic()).map(u8::to_ascii_lowercase).collect()
    };
    let (name, value) = (letters(site.name.bytes()), letters(site.value.bytes()));
    let has = |class: fn(&u8) -> bool| site.value.bytes().iter().any(class);
    let numbered = has(|b| matches!(b, b'-' | b'_')) && has(u8::is_ascii_digit);
    numbered && value.len() >= 8 && (name.ends_with(&value) || value.ends_with(&name))
}

/// `{{ salt['pillar.get']('secrets:db:password') }}`: a path by which a template asks for a value.
pub(super) fn is_looked_up(text: &[u8], start: usize, site: &Site<'_>) -> bool {
    let line = line_before(text, start);
    let open = memchr::memmem::rfind(line, b"{{").and_then(|at| line.get(at..));
    let path = site.sign == Sign::Colon && site.value.span().start == site.name.span().end + 1;
    path && open.is_some_and(|inside| memchr::memmem::find(inside, b"}}").is_none())
}

/// `"password-api:8080"`: a machine and its port.
pub(super) fn is_port(site: &Site<'_>) -> bool {
    let value = site.value.trim_of(|b| matches!(b, b'"' | b'\'' | b']' | b'}'));
    let digits = (2..=5).contains(&value.len()) && value.bytes().iter().all(u8::is_ascii_digit);
    site.sign == Sign::Colon && digits && value.span().start == site.name.span().end + 1
}

/// Two bytes or more written as `%C3%A9`.
pub(super) fn is_quoted_by_percent(value: &[u8]) -> bool {
    let quoted = |w: &[u8]| matches!(w, [b'%', a, b] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit());
    let all = value.windows(3).filter(|w| quoted(w)).count();
    all >= 2 && all * 6 >= value.len()
}

/// `read -p "Password: " P && htpasswd -nb admin "$P"`: the quote behind the sign closes what a program asks.
pub(super) fn is_behind_label(text: &[u8], start: usize, site: &Site<'_>) -> bool {
    let quote = site.value.byte_before();
    let open = || line_before(text, start).iter().filter(|b| **b == quote).count() % 2 == 1;
    let apart = site.value.span().start > site.name.span().end + 2;
    let bare = site.written == Written::Quoted && site.quoted_name == Written::Bare;
    bare && apart && quote == b'"' && site.sign == Sign::Colon && open()
}

/// `TOKEN_PROGRAM = "Tokenkeg…"`: the account of a program or a coin on Solana, 32 bytes in base58.
pub(super) fn is_account_of_chain(text: &[u8], site: &Site<'_>) -> bool {
    let value = site.value.bytes();
    let base58 = value.iter().all(|b| b.is_ascii_alphanumeric() && !b"0OIl".contains(b));
    let said = words(site.name.bytes());
    let named = said.iter().any(|word| word == "token" || word == "tokens")
        && !said.iter().any(|word| OF_LOGINS.contains(&word.as_str()));
    let marks = [&b"declare_id!"[..], b"Pubkey", b"@solana/", b"solana_", b"PublicKey("];
    matches!(value.len(), 43 | 44) && base58 && named && marks.iter().any(|mark| stands_in(text, mark))
}

/// `%let password=x;`, `connect to teradata (user=bob password=x)`, `libname a oracle user=bob password=x`.
pub(super) fn is_of_sas(before: &[u8]) -> bool {
    let line = before.trim_ascii_start().to_ascii_lowercase();
    let opens = line.starts_with(b"connect to ") || line.starts_with(b"libname ");
    is_macro_of_sas(before)
        || opens
            && ["user=", "uid="].iter().any(|user| memchr::memmem::find(&line, user.as_bytes()).is_some())
}

pub(super) fn word_of_sas<'b>(before: &[u8], value: Part<'b>) -> Part<'b> {
    let bracket = !is_macro_of_sas(before);
    value.while_(|b| !b.is_ascii_whitespace() && b != b';' && !(bracket && b == b')'))
}

fn is_macro_of_sas(before: &[u8]) -> bool {
    before.trim_ascii().eq_ignore_ascii_case(b"%let")
}

/// Words of names of tokens that open something.
const OF_LOGINS: &[&str] =
    &["access", "api", "auth", "bearer", "bot", "id", "personal", "push", "refresh", "secret", "session"];

/// `_AUTH = "…"` of a program: longer than what a test or a field is called.
pub(super) fn is_long_text(site: &Site<'_>) -> bool {
    let plain = site.value.bytes().iter().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(b));
    site.written == Written::Quoted && site.value.len() >= 24 && plain
}
