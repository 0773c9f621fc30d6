//! Is this value a secret somebody could use, or a reference, a blank, a word of a program?

use crate::read::base64;
use crate::words::is_worded;

use super::algorithm::is_algorithm;
pub(crate) use super::chosen::{is_chosen, is_mnemonic, is_passphrase, is_picked};
use super::name::{Says, says};
use super::words::{DEFAULTS, HOLLOW_PARTS, REFERENCE_PARTS, REFERENCE_STARTS, TRIVIAL};

/// What a value is worth as a secret, least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Worth {
    /// Empty.
    Nothing,
    /// Names where the value is to be found: a variable, a call, a path, an address, an encrypted form.
    Reference,
    /// A blank to fill in: `<token>`, `xxxx`, `your_api_key_here`.
    Hollow,
    /// A word of configuration: a boolean, a small number, a type.
    Trivial,
    /// A text in words.
    Prose,
    /// A word everybody tries first: `changeme`.
    Default,
    /// Digits alone, four or more.
    Number,
    /// A UUID: as often an identifier as a secret.
    Uuid,
    /// Anything else: somebody's password.
    Weak,
    /// Looks random.
    Strong,
}

/// Judges a value without its quotes.
pub(crate) fn worth(value: &[u8]) -> Worth {
    let value = value.trim_ascii();
    if value.is_empty() {
        return Worth::Nothing;
    }
    let lower = value.to_ascii_lowercase();
    if is_reference(value, &lower) {
        return Worth::Reference;
    }
    if is_hollow(value, &lower) {
        return Worth::Hollow;
    }
    if is_trivial(&lower) {
        return Worth::Trivial;
    }
    if is_one_of(DEFAULTS, &lower) {
        return Worth::Default;
    }
    if value.iter().all(u8::is_ascii_digit) {
        return Worth::Number;
    }
    if is_uuid(value) || lower.strip_prefix(b"urn:uuid:").is_some_and(is_uuid) {
        return Worth::Uuid;
    }
    if is_passphrase(value) {
        return Worth::Weak;
    }
    if is_prose(value) || is_encoded_prose(value) {
        return Worth::Prose;
    }
    if is_random(value) { Worth::Strong } else { Worth::Weak }
}

/// Whether it may be somebody's secret: what looks random is one, and whoever asks decides of other values.
pub(crate) fn is_secret(value: &[u8], weak: impl FnOnce(&[u8]) -> bool) -> bool {
    match worth(value) {
        Worth::Strong => true,
        Worth::Weak => weak(value),
        _ => false,
    }
}

pub(super) fn is_one_of(words: &[&str], value: &[u8]) -> bool {
    words.iter().any(|w| w.as_bytes() == value)
}

fn contains(value: &[u8], part: &str) -> bool {
    memchr::memmem::find(value, part.as_bytes()).is_some()
}

fn is_reference(value: &[u8], lower: &[u8]) -> bool {
    let starts = REFERENCE_STARTS.iter().any(|s| lower.starts_with(s.as_bytes())) || is_variable(value);
    // crypt(3) hashes start with a dollar, and are no references.
    let hash = value.first() == Some(&b'$')
        && value.iter().filter(|b| **b == b'$').count() >= 3
        && value.len() >= 20;
    (starts && !hash)
        || REFERENCE_PARTS.iter().any(|p| contains(lower, p))
        || is_format(lower)
        || is_wrapped(value, b'%', b'%')
        || is_wrapped(value, b'#', b'#')
        || is_wrapped(value, b'@', b'@')
        || is_sealed(value)
        || is_expression(value)
        || is_template_name(value)
        || has_field(value)
        || is_wrapped(value, b'{', b'}')
        || is_path(value)
        || is_call(value)
        || is_address(lower)
        || is_parameter(value)
        || is_settings_of_a_reference(value)
        || is_guid_in_braces(value)
}

/// `:password` and `:'password'`, which a statement is given apart.
fn is_parameter(value: &[u8]) -> bool {
    let Some(name) = value.strip_prefix(b":") else { return false };
    let quoted = matches!(name.first(), Some(b'\'' | b'"'));
    quoted || name.len() > 1 && name.iter().all(|b| b.is_ascii_lowercase() || *b == b'_')
}

/// `_SA_{262E99C9-…}`, as Windows names things.
fn is_guid_in_braces(value: &[u8]) -> bool {
    let start = value.len().saturating_sub(38);
    let end = value.get(start..).unwrap_or_default();
    end.first() == Some(&b'{') && end.last() == Some(&b'}') && end.get(1..37).is_some_and(is_uuid)
}

/// Settings in which what is secret comes from elsewhere: `Username=me;Password=$TOKEN`.
fn is_settings_of_a_reference(value: &[u8]) -> bool {
    if !value.contains(&b';') {
        return false;
    }
    let parts = value.split(|b| *b == b';').filter(|part| !part.is_empty());
    let pairs: Option<Vec<_>> =
        parts.map(|part| Some(part.split_at(part.iter().position(|b| *b == b'=')?))).collect();
    let mut secrets = pairs.iter().flatten().filter(|(name, _)| says(name) == Says::Secret).peekable();
    let refers =
        |of: &[u8]| of.strip_prefix(b"=").is_some_and(|of| is_reference(of, &of.to_ascii_lowercase()));
    secrets.peek().is_some() && secrets.all(|(_, of)| refers(of))
}

/// What is filled in when the program runs: `%s`, `token-%d`; among other marks and digits it is a part of a password.
fn is_format(lower: &[u8]) -> bool {
    let marks = lower.iter().filter(|b| b.is_ascii_punctuation() && !b"%-_./:".contains(b)).count();
    let password = marks >= 3 && lower.iter().any(u8::is_ascii_digit) && !lower.contains(&b' ');
    !password && ["%s", "%d", "%v"].iter().any(|field| contains(lower, field))
}

/// A pattern of other texts, or an argument of a batch file: `[a-z]+`, `.*`, `%1`.
fn is_expression(value: &[u8]) -> bool {
    let parts = ["[a-z", "[A-Z", "[0-9", "[^", "\\w", "\\d", "\\s", "\\S", ".*", "(?"];
    let batch =
        value.first() == Some(&b'%') && value.len() <= 3 && value.last().is_some_and(u8::is_ascii_digit);
    batch || parts.iter().any(|part| contains(value, part))
}

/// `@DB_PASSWORD`, to be filled in by a script.
fn is_template_name(value: &[u8]) -> bool {
    let name = value.strip_prefix(b"@").unwrap_or_default();
    name.len() > 2 && name.iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'_')
}

/// A text that holds a field to fill in, with or without a format: `npm_{token}`, `{id:>8}-{hex:32}`.
fn has_field(value: &[u8]) -> bool {
    let mut rest = value;
    while let Some(open) = memchr::memchr(b'{', rest) {
        rest = rest.get(open + 1..).unwrap_or_default();
        let Some(close) = memchr::memchr2(b'}', b'{', rest) else { return false };
        let mut parts = rest.get(..close).unwrap_or_default().splitn(2, |b| *b == b':');
        let (name, format) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let named = name.len() >= 3
            && name.first().is_some_and(|b| b.is_ascii_alphabetic() || *b == b'_')
            && name.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.'));
        // Braces of a password stand around anything, and seldom around a name.
        if rest.get(close) == Some(&b'}') && named && format.len() <= 12 {
            return true;
        }
    }
    false
}

/// What only one cluster can open, as a SealedSecret holds it: base64 of a key's length and what it is for.
fn is_sealed(value: &[u8]) -> bool {
    value.len() >= 300 && value.starts_with(b"Ag") && value.iter().all(|b| base64::is_digit(*b))
}

fn is_wrapped(value: &[u8], open: u8, close: u8) -> bool {
    value.len() > 2 && value.first() == Some(&open) && value.last() == Some(&close)
}

/// `passwords.md`, `server.key`.
fn is_file_name(value: &[u8]) -> bool {
    let ends = [
        "md", "txt", "json", "yml", "yaml", "xml", "html", "pem", "key", "crt", "py", "js", "ts", "php",
        "sh", "env", "conf", "jks", "p12", "pub", "css", "map", "png", "svg", "gif", "jpg", "ico", "woff",
        "woff2", "ttf", "vue", "go", "rs", "java", "rb",
    ];
    let dot = value.iter().rposition(|b| *b == b'.');
    let parts = dot.and_then(|dot| value.split_at_checked(dot));
    parts.is_some_and(|(stem, end)| {
        // What a build names by its content has digits, behind a folder or a word.
        let part = |b: &u8| b.is_ascii_lowercase() || matches!(b, b'-' | b'_' | b'.');
        let word = stem.iter().all(part)
            || stem.iter().any(|b| matches!(b, b'/' | b'-'))
                && stem.iter().all(|b| part(b) || b.is_ascii_digit() || *b == b'/');
        word && stem.len() > 1 && ends.iter().any(|known| end.get(1..) == Some(known.as_bytes()))
    })
}

/// `$TOKEN`, `$env:TOKEN`, `$1`, `$__file`; not the password `$ecret!2024`.
fn is_variable(value: &[u8]) -> bool {
    let Some(name) = value.strip_prefix(b"$") else { return false };
    let plain = |b: &u8| b.is_ascii_alphanumeric() || b"_:.[]'\"->(){}@*?#/,".contains(b);
    // `$SEARCH $ID`
    let word = name.iter().take_while(|b| b.is_ascii_uppercase() || **b == b'_').count();
    if word >= 2 && name.get(word) == Some(&b' ') {
        return true;
    }
    name.first().is_none_or(|b| !b.is_ascii_digit() || name.len() == 1)
        && (name.iter().all(plain) || matches!(name.first(), Some(b'{' | b'(' | b'$' | b'[' | b'_')))
        || name.iter().all(u8::is_ascii_digit)
}

/// `/run/secrets/x`, `C:\keys\x`, `C\:/keys`, `certs/server.key`; not the base64 that happens to start with a slash.
fn is_path(value: &[u8]) -> bool {
    if let [drive, b':', b'\\' | b'/', ..] | [drive, b'\\', b':', b'/' | b'\\', ..] = value
        && drive.is_ascii_alphabetic()
    {
        return true;
    }
    let shaped =
        value.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'/' | b'-' | b'_' | b'@'));
    if is_file_name(value) {
        return true;
    }
    // `token:/etc/token`: a name for what a file holds.
    if value
        .iter()
        .position(|b| *b == b':')
        .and_then(|n| value.get(n + 1..))
        .is_some_and(|rest| rest.starts_with(b"/") && is_path(rest))
    {
        return true;
    }
    if !shaped || !value.contains(&b'/') {
        return false;
    }
    let longest = value.split(|b| *b == b'/').max_by_key(|c| c.len()).unwrap_or_default();
    let wild = longest.len() >= 12 && classes(longest) == 3;
    let mixed = |part: &[u8]| classes(part) == 3 || is_mixed_case(part) && part.len() > 3;
    let odd = value.split(|b| *b == b'/').filter(|part| mixed(part)).count();
    !wild && (value.starts_with(b"/") || odd == 0 && !is_random(value))
}

/// `get_secret("x")`, `foo()`.
fn is_call(value: &[u8]) -> bool {
    let name =
        value.iter().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b':')).count();
    name > 1 && value.get(name) == Some(&b'(') && value.last() == Some(&b')')
}

/// A URL without user information.
fn is_address(lower: &[u8]) -> bool {
    let Some(n) = memchr::memmem::find(lower, b"://") else { return false };
    let scheme = lower.get(..n).unwrap_or_default();
    n > 0
        && scheme.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b':' | b'.' | b'-'))
        && !lower.contains(&b'@')
}

fn is_hollow(value: &[u8], lower: &[u8]) -> bool {
    let first = value.first().copied().unwrap_or_default();
    let same = value.len() >= 3 && value.iter().all(|b| *b == first) && !first.is_ascii_digit();
    let dots = value.len() >= 3 && value.ends_with(b"...");
    let marks = value.iter().all(|b| b.is_ascii_punctuation());
    let capital_example = contains(value, "EXAMPLE");
    same || dots
        || marks
        || capital_example
        || is_wrapped(value, b'<', b'>')
        || is_wrapped(value, b'[', b']')
        || lower.ends_with(b"example") && lower.len() > 7
        || is_counting(lower)
        || HOLLOW_PARTS.iter().any(|p| contains(lower, p))
}

/// `abcdefgh…`, `0123456789abcdef`: a run along the alphabet that takes up most of the value.
fn is_counting(lower: &[u8]) -> bool {
    let steps =
        lower.windows(2).filter(|w| w[0].is_ascii_alphanumeric() && w[1] == w[0].wrapping_add(1)).count();
    lower.len() >= 12 && steps * 4 >= lower.len() * 3
}

fn is_trivial(lower: &[u8]) -> bool {
    (lower.len() < 4 && lower.iter().all(u8::is_ascii_digit))
        || lower.len() < 2
        || is_one_of(TRIVIAL, lower)
        || is_time(lower)
        || is_algorithm(lower)
        || is_colour(lower)
        || (lower.first().is_some_and(u8::is_ascii_digit) && is_measure(lower))
}

/// `2016-09-08t21:47:36z`, in lower case.
fn is_time(lower: &[u8]) -> bool {
    lower.len() >= 16
        && lower.get(4) == Some(&b'-')
        && lower.get(10) == Some(&b't')
        && lower.iter().all(|b| b.is_ascii_digit() || b"-:.tz+".contains(b))
}

/// `#fff`, `#1a2b3c80`.
fn is_colour(lower: &[u8]) -> bool {
    let digits = lower.strip_prefix(b"#").unwrap_or_default();
    matches!(digits.len(), 3 | 4 | 6 | 8) && digits.iter().all(u8::is_ascii_hexdigit)
}

/// `30s`, `1.5`, `512mb`, `0x10`: a small number with at most a unit.
fn is_measure(lower: &[u8]) -> bool {
    let digits = lower.iter().take_while(|b| b.is_ascii_digit() || **b == b'.').count();
    let unit = lower.get(digits..).unwrap_or_default();
    let known = [
        "", "s", "ms", "us", "ns", "m", "h", "d", "w", "kb", "mb", "gb", "k", "g", "px", "em", "days",
        "hours", "%",
    ];
    lower.len() <= 8 && lower.iter().take(digits).any(|b| *b == b'.') && unit.len() <= 2
        || (digits < 5 && !unit.is_empty() && known.iter().any(|u| u.as_bytes() == unit))
}

fn is_uuid(value: &[u8]) -> bool {
    value.len() == 36
        && value.iter().enumerate().all(|(i, b)| match i {
            8 | 13 | 18 | 23 => *b == b'-',
            _ => b.is_ascii_hexdigit(),
        })
}

/// Several words of letters, as a sentence has them.
fn is_prose(value: &[u8]) -> bool {
    let words: Vec<_> = value.split(|b| *b == b' ').filter(|w| !w.is_empty()).collect();
    let plain = words.iter().filter(|w| {
        w.iter().all(|b| {
            b.is_ascii_alphabetic() || matches!(b, b',' | b'.' | b'\'' | b':' | b'?' | b'!') || *b >= 0x80
        })
    });
    words.len() >= 2 && plain.count() * 3 >= words.len() * 2
}

/// Words in base64: `Password:`, "this is not a real value".
fn is_encoded_prose(value: &[u8]) -> bool {
    let digits = value.iter().filter(|b| base64::is_digit(**b)).count();
    if value.len() < 12 || digits < value.len() {
        return false;
    }
    let decoded = base64::decode_prefix(value);
    let text = decoded.trim_ascii_end();
    let words =
        text.iter().all(|b| b.is_ascii_alphabetic() || matches!(b, b' ' | b',' | b'.' | b':' | b'\''));
    text.len() * 4 + 8 >= value.len() * 3 && words && (is_prose(text) || text.ends_with(b":"))
}

/// A password as systems store it, not as people type it: of crypt(3), htpasswd or MySQL, or the digits of Cisco's.
pub(crate) fn is_password_hash(value: &[u8]) -> bool {
    let hash = value.iter().position(|b| *b == b':').and_then(|n| value.get(n + 1..)).unwrap_or(value);
    let crypt =
        hash.first() == Some(&b'$') && hash.iter().filter(|b| **b == b'$').count() >= 3 && hash.len() >= 20;
    let mysql =
        hash.len() == 41 && hash.first() == Some(&b'*') && hash.iter().skip(1).all(u8::is_ascii_hexdigit);
    let ldap =
        hash.first() == Some(&b'{') && hash.iter().skip(1).take(8).any(|b| *b == b'}') && hash.len() >= 28;
    crypt || mysql || ldap
}

/// Letters in words alone, as identifiers and labels are: `my-secret-name`, `Kennwort`; not `hKvWqLpTzRxM`.
pub(crate) fn is_wordy(value: &[u8]) -> bool {
    let odd = value.len() >= 8
        && value.split(|b| !b.is_ascii_alphabetic()).any(|word| word.len() >= 8 && is_wildly_mixed(word));
    !odd && value.iter().all(|b| {
        b.is_ascii_alphabetic() || matches!(b, b'_' | b'-' | b'.' | b' ' | b'/' | b':') || *b >= 0x80
    })
}

/// A word or words as they are shown to people: `Password`, `Contraseña`.
pub(crate) fn is_label(value: &[u8]) -> bool {
    is_wordy(value)
        && (value.first().is_some_and(u8::is_ascii_uppercase) && !value.iter().all(u8::is_ascii_uppercase)
            || value.iter().any(|b| *b >= 0x80))
}

/// How many of lower case, upper case and digits occur.
pub(crate) fn classes(value: &[u8]) -> usize {
    [u8::is_ascii_lowercase, u8::is_ascii_uppercase, u8::is_ascii_digit]
        .iter()
        .filter(|class| value.iter().any(class))
        .count()
}

/// Long, without spaces, mixed as words are not.
pub(crate) fn is_random(value: &[u8]) -> bool {
    if value.len() < 16 || value.iter().any(|b| !b.is_ascii_graphic()) || is_worded(value) {
        return false;
    }
    let digits = value.iter().filter(|b| b.is_ascii_digit()).count();
    let hex = value.iter().all(u8::is_ascii_hexdigit);
    let enough = if hex { 2.8 } else { 3.4 };
    let words = value
        .split(|b| !b.is_ascii_alphanumeric())
        .filter(|w| w.len() > 2 && w.iter().all(u8::is_ascii_alphabetic));
    let in_words: usize = words.filter(|w| !is_mixed_case(w)).map(<[u8]>::len).sum();
    (digits >= 2 || digits == 1 && is_wildly_mixed(value))
        && in_words * 2 < value.len()
        && entropy(value) >= enough
        && changes(value) * 5 >= value.len()
        || digits == 0
            && value.len() >= 20
            && is_mixed_case(value)
            && value.iter().all(u8::is_ascii_alphabetic)
            && entropy(value) >= 4.0
}

/// Upper and lower case alternate more often than in CamelCase.
fn is_mixed_case(word: &[u8]) -> bool {
    turns_of_case(word) * 3 >= word.len()
}

/// The same, so often that short words in CamelCase (`isUpToDate`) do not reach it.
pub(super) fn is_wildly_mixed(word: &[u8]) -> bool {
    turns_of_case(word) * 5 >= word.len() * 2
}

fn turns_of_case(word: &[u8]) -> usize {
    word.windows(2).filter(|w| w[0].is_ascii_lowercase() != w[1].is_ascii_lowercase()).count()
}

/// How often the class of the character changes.
fn changes(value: &[u8]) -> usize {
    let class = |b: u8| (b.is_ascii_digit(), b.is_ascii_uppercase(), b.is_ascii_lowercase());
    value.windows(2).filter(|w| class(w[0]) != class(w[1])).count()
}

/// Shannon entropy in bits per byte.
pub(crate) fn entropy(value: &[u8]) -> f64 {
    let mut counts = [0_u32; 256];
    for b in value {
        counts[usize::from(*b)] += 1;
    }
    #[expect(clippy::cast_precision_loss, reason = "values are short; a rounded count does not matter")]
    let total = value.len() as f64;
    counts.iter().filter(|n| **n > 0).map(|n| f64::from(*n) / total).map(|p| -p * p.log2()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(expected: Worth, values: &[&str]) {
        for value in values {
            assert_eq!(worth(value.as_bytes()), expected, "{value}");
        }
    }

    #[test]
    fn references_are_no_secrets() {
        all(
            Worth::Reference,
            &[
                "$TOKEN",
                "${NPM_TOKEN}",
                "{{ .Values.x }}",
                "os.environ['X']",
                "process.env.X",
                "/run/secrets/x",
                "./key.pem",
                "C:/keys/server",
                "C\\:/key.pem:certKey=C\\:/cert.pem",
                "%PASSWORD%",
                "https://example.com/x",
                "getSecret(\"a\")",
                "certs/server.key",
                "vault:a/b#c",
                "pre${X}post",
                "token:/etc/token",
                "$env:TOKEN",
                "$1",
                "Username=me;Password=$TOKEN",
                "bkua_{base62:40}",
                "A3-{B36:6}-{B36:6}",
                "prefix.{token}",
            ],
        );
    }

    #[test]
    fn blanks_are_no_secrets() {
        all(
            Worth::Hollow,
            &[
                "<token>",
                "xxxxxxxx",
                "********",
                "your_api_key_here",
                "YOUR-TOKEN",
                "...",
                "abc...",
                "[REDACTED]",
            ],
        );
        all(Worth::Trivial, &["true", "None", "32", "30s", "string", "1.5"]);
        all(Worth::Nothing, &["", "  "]);
    }

    #[test]
    fn weak_passwords_are_secrets() {
        all(Worth::Default, &["changeme", "root", "Password", "secret"]);
        all(Worth::Weak, &["secret123", "hunter22", "Tr0ub4dor&3", "p/w!"]);
        all(Worth::Number, &["7654321", "4711"]);
        all(Worth::Weak, &["correct horse battery staple", "$ecret!2024", "aB3/xY9z", "Pa{ss}w0rd"]);
        all(Worth::Prose, &["the password you chose", "Enter the password:"]);
    }

    #[test]
    fn random_values_are_strong() {
        let mixed: String = ["a8Kd", "92mX", "qP3z", "L0vW", "7tYb"].concat();
        let hex: String = ["9f86", "d081", "884c", "7d65", "9a2f", "eaa0"].concat();
        all(Worth::Strong, &[&mixed, &hex, &format!("/{mixed}+{mixed}")]);
        all(Worth::Uuid, &["01234567-89ab-cdef-0123-456789abcdef"]);
        all(Worth::Weak, &["getUserPasswordFromStore", "user-password-for-the-database"]);
    }
}
