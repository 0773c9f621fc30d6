//! What a value is worth that is no random one, by the name it has and the kind of text it stands in.

use tightlip_report::{Confidence, Level};

use super::chosen::{is_chosen, is_passphrase, is_picked};
use super::coined::is_coined;
use super::escaped;
use super::ground::Ground;
use super::joined::{is_joined_phrase, is_own as is_own_word_of_phrase, is_short_phrase, is_word_and_number};
use super::made::is_given_out;
use super::name::{begins_with_password, is_of_cipher, is_password, is_plain_secret, is_unmistakable, words};
use super::own_word::{is_own_phrase, is_own_word, is_telling};
use super::site::Site;
use super::value::{classes, is_label, is_mixed_case, is_wordy};
use crate::words::is_unspelled;

const LEAK: (Level, Confidence) = (Level::Deny, Confidence::Medium);
const DOUBT: (Level, Confidence) = (Level::Warn, Confidence::Low);

/// In a configuration a value is one, unless it is a label or says what it is the name of.
pub(crate) fn in_config(ground: Ground, site: &Site<'_>) -> Option<(Level, Confidence)> {
    // `Schl\u00fcssel` is a word.
    let shown = escaped::latin(site.value.bytes());
    let value = shown.as_deref().unwrap_or(site.value.bytes());
    let password = is_password(site.name.bytes());
    if password && is_passphrase(value) || is_cookie_of_erlang(site) {
        return Some(LEAK);
    }
    if password && (is_short_phrase(value) || is_coined(value)) || is_phrase_of_secret(site) {
        return Some(LEAK);
    }
    if password && is_own_phrase(value) {
        return Some(LEAK);
    }
    if is_label(value) && !(password && is_own_word(value) && !is_capitalised(value))
        || (value.len() < 4 && !password)
        || is_version(value)
    {
        return None;
    }
    // A server's `secret = copper-otter-33` is a password by another name.
    let password_like = password || ground == Ground::Lines && is_plain_secret(site.name.bytes());
    if is_name_of_thing(value) && !is_wordy(value) && !password_like {
        return Some(DOUBT);
    }
    if !is_wordy(value) || password && (ground == Ground::Lines || is_own_word(value)) {
        return Some(LEAK);
    }
    password.then_some(DOUBT)
}

/// A passphrase where a secret is expected. `secret: copper-tundra-mango-velvet` of a cluster, and whatever it calls
/// `tlsSecret`, names one; what a program signs with is no name.
fn is_phrase_of_secret(site: &Site<'_>) -> bool {
    let signs = [
        "jwt",
        "cookie",
        "session",
        "signing",
        "token",
        "webhook",
        "hmac",
        "shared",
        "client",
        "api",
        "app",
        "encryption",
        "master",
        "auth",
        "hash",
        "csrf",
        "flask",
        "django",
        "rails",
        "admin",
    ];
    let words = words(site.name.bytes());
    let before = words.len().checked_sub(2).and_then(|n| words.get(n)).map_or("", String::as_str);
    let kind = words.last().is_some_and(|last| last == "key") || signs.contains(&before);
    let key = words.last().is_some_and(|last| last == "key")
        && ["encryption", "signing", "master"].contains(&before);
    (is_plain_secret(site.name.bytes()) && kind || key) && is_joined_phrase(site.value.bytes())
}

/// Erlang makes its cookie of twenty capitals, which are a label elsewhere.
fn is_cookie_of_erlang(site: &Site<'_>) -> bool {
    let name = site.name.bytes().to_ascii_lowercase();
    let value = site.value.bytes();
    let named = memchr::memmem::find(&name, b"erlang").is_some() && name.ends_with(b"cookie");
    named && value.len() >= 20 && value.iter().all(u8::is_ascii_uppercase)
}

/// In programs the words of an identifier are no password; letters with digits or marks may be one, and those of
/// several kinds are one that somebody chose.
pub(crate) fn in_code(site: &Site<'_>) -> Option<(Level, Confidence)> {
    let value = site.value.bytes();
    let name = site.name.bytes();
    let has = |class: fn(&u8) -> bool| value.iter().any(class);
    let letter = |b: &u8| b.is_ascii_alphabetic() || *b >= 0x80;
    // A star at the end marks a field that has to be filled in.
    let inside = value.split_last().map_or(value, |(_, before)| before);
    let marked = value.iter().any(|b| matches!(b, b'!' | b'#' | b'@' | b'&' | b'^'))
        || inside.iter().any(|b| matches!(b, b'*' | b'+')) && !value.contains(&b'/');
    let mixed = value.iter().any(letter) && (has(u8::is_ascii_digit) || marked);
    let plain = value.iter().all(|b| (b.is_ascii_graphic() || *b >= 0x80) && !b"()<>{}\\\"`|,;".contains(b));
    let pair = value.contains(&b'=') && !is_chosen_in_quotes(value);
    if is_plain_secret(name) && is_passphrase(value) && has(u8::is_ascii_digit)
        || is_of_cipher(name) && is_joined_phrase(value)
    {
        return Some(LEAK);
    }
    if !(6..=64).contains(&value.len()) || !plain || pair || is_version(value) {
        return None;
    }
    let phrase = is_password(name) && (is_joined_phrase(value) || is_word_and_number(value));
    if phrase || is_phrase_of_secret(site) || is_coined_secret(site) {
        return Some(LEAK);
    }
    if is_password(name)
        && (is_words_with_number(value)
            || is_number_before_words(value)
            || is_number_between_words(value)
            || is_made(value))
        || (is_password(name) || signs(name)) && is_respelled(value)
    {
        return Some(LEAK);
    }
    match (is_password(name), mixed) {
        (true, true) if is_chosen_in_quotes(value) || is_picked(value) || is_numbered_phrase(value) => {
            Some(LEAK)
        }
        (true, true) => Some(DOUBT),
        // What no words are spelled out of, and no label is.
        (true, false) if value.len() >= 12 && is_chosen_in_quotes(value) && is_unspelled(value) => Some(LEAK),
        (true, false) if is_made_of_letters(value) => Some(LEAK),
        (true, false) if is_own_phrase(value) => Some(DOUBT),
        (true, false) => (value.len() >= 8 && is_own_word(value) && !is_capitalised(value)).then_some(DOUBT),
        (false, true) if is_plain_secret(name) && (is_chosen_in_quotes(value) || is_numbered_word(value)) => {
            Some(LEAK)
        }
        (false, true) if begins_with_password(name) && is_own(value) => Some(LEAK),
        // Letters of both cases that spell nothing: what a program made.
        (false, false)
            if is_plain_secret(name) && value.len() >= 16 && classes(value) == 2 && is_unspelled(value) =>
        {
            Some(LEAK)
        }
        (false, true) if signs(name) && is_chosen_in_quotes(value) => Some(LEAK),
        (false, true) if is_unmistakable(name) && is_made_of_capitals(value) => Some(LEAK),
        (false, _) => is_given_out(value).then_some(LEAK),
    }
}

/// Words that somebody put together where a password is expected, or what a program signs with.
fn is_coined_secret(site: &Site<'_>) -> bool {
    let (name, value) = (site.name.bytes(), site.value.bytes());
    let words = words(name);
    let before = words.len().checked_sub(2).and_then(|n| words.get(n)).map_or("", String::as_str);
    // A cluster has the names of its secrets there: `pullSecret: kiesel-fasan-2`.
    let of_cluster =
        ["pull", "tls", "image", "registry", "ca", "cert", "existing", "kube", "ingress", "docker"];
    let secret = is_plain_secret(name) && !of_cluster.contains(&before);
    let named = is_password(name) || secret || signs(name);
    named && (is_coined(value) || is_password(name) && is_short_phrase(value))
}

/// Like nothing but a password, whatever the rest of its name says.
fn is_own(value: &[u8]) -> bool {
    is_chosen_in_quotes(value) || is_respelled(value) || is_words_with_number(value)
}

/// Letters of one case and digits, as providers make keys: too short to be random by its looks alone.
fn is_made_of_capitals(value: &[u8]) -> bool {
    let digits = value.iter().filter(|b| b.is_ascii_digit()).count();
    let one = value.iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    value.len() >= 14 && digits >= 3 && one && is_unspelled(value)
}

/// `kieselImFasan42`, `Kiesel_Fasan99!`: words that are put together and a number behind them, perhaps with a mark or two at
/// the end.
pub(crate) fn is_words_with_number(value: &[u8]) -> bool {
    let marks = value.iter().rev().take(2).take_while(|b| b"!?#*+&$%@-_.".contains(b)).count();
    let Some(value) = value.get(..value.len() - marks) else { return false };
    let digits = value.iter().rev().take_while(|b| b.is_ascii_digit()).count();
    let Some(words) = value.get(..value.len() - digits) else { return false };
    let joined = words
        .windows(2)
        .any(|w| w[0].is_ascii_lowercase() && (w[1].is_ascii_uppercase() || b"_-.$&+!#@".contains(&w[1])));
    let letters: Vec<u8> =
        words.iter().filter(|b| b.is_ascii_alphabetic()).map(u8::to_ascii_lowercase).collect();
    let plain = words.iter().all(|b| b.is_ascii_alphabetic() || b"_-.$&+!#@".contains(b));
    (2..=4).contains(&digits)
        && words.iter().any(u8::is_ascii_uppercase)
        && joined
        && plain
        && letters.len() >= 8
        && !is_telling(&letters)
}

/// `Kund3nListe`: a word in which a digit stands for a letter, and nothing that programs say of passwords.
fn is_respelled(value: &[u8]) -> bool {
    let letter = |b: u8| match b {
        b'0' => b'o',
        b'1' => b'i',
        b'3' => b'e',
        b'4' => b'a',
        b'5' => b's',
        b'7' => b't',
        other => other.to_ascii_lowercase(),
    };
    // `log4j`, `d3js`, `mp3`, `p2p` are called so.
    let inside = value.windows(4).any(|w| {
        w[0].is_ascii_alphabetic()
            && b"01345".contains(&w[1])
            && w[2].is_ascii_lowercase()
            && w[2] != b'j'
            && w[3].is_ascii_alphabetic()
    });
    let plain = value.iter().all(|b| b.is_ascii_alphanumeric() || b"_-.!".contains(b));
    let said: Vec<u8> = value.iter().copied().map(letter).filter(u8::is_ascii_alphabetic).collect();
    let kinds = [u8::is_ascii_uppercase, u8::is_ascii_lowercase].iter().all(|kind| value.iter().any(kind));
    value.len() >= 9 && inside && plain && kinds && !is_telling(&said)
}

/// `jwtKey`, `SESSION_KEY`: people make up what a program signs with as they do passwords.
fn signs(name: &[u8]) -> bool {
    let words = words(name);
    let [.., what, last] = words.as_slice() else { return false };
    let kinds =
        ["jwt", "session", "cookie", "signing", "signature", "hmac", "csrf", "encryption", "enc", "token"];
    last == "key" && kinds.contains(&what.as_str())
}

/// Letters of both cases and digits in one word that is not spelled out: what a program made, and too short to be
/// random by its looks alone.
pub(crate) fn is_made(value: &[u8]) -> bool {
    let has = |class: fn(&u8) -> bool| value.iter().any(class);
    let kinds = has(u8::is_ascii_digit) && has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase);
    value.len() >= 10 && kinds && value.iter().all(u8::is_ascii_alphanumeric) && is_unspelled(value)
}

/// The same of letters alone, more of them: both cases in turn, as no name has them.
pub(crate) fn is_made_of_letters(value: &[u8]) -> bool {
    let letters = (14..=64).contains(&value.len()) && value.iter().all(u8::is_ascii_alphabetic);
    letters && classes(value) == 2 && is_mixed_case(value) && is_unspelled(value)
}

/// `42KieselFasan`, `42Kiesel-fasan`: a number of two digits or four and words behind it, none of which programs say.
pub(crate) fn is_number_before_words(value: &[u8]) -> bool {
    let marks = value.iter().rev().take(2).take_while(|b| b"!?#*+&$%@-_.".contains(b)).count();
    let Some(value) = value.get(..value.len() - marks) else { return false };
    let digits = value.iter().take_while(|b| b.is_ascii_digit()).count();
    let words = value.get(digits..).unwrap_or_default();
    let plain = words.iter().all(|b| b.is_ascii_alphabetic() || b"_-.$&+!#@*".contains(b));
    let own = words.split(|b| !b.is_ascii_alphabetic()).filter(|word| word.len() >= 3);
    let (all, first) = (own.clone().count(), words.first().is_some_and(u8::is_ascii_uppercase));
    let letters: Vec<u8> =
        words.iter().filter(|b| b.is_ascii_alphabetic()).map(u8::to_ascii_lowercase).collect();
    matches!(digits, 2 | 4)
        && plain
        && (first || words.iter().any(|b| b"&+!#@*".contains(b)))
        && (all >= 2 || letters.len() >= 10)
        && letters.len() >= 8
        && own.clone().all(is_own_word_of_phrase)
        && !is_telling(&letters)
}

/// `Kiesel2Fasanen`: a number of up to four digits between two words, none of which programs say.
fn is_number_between_words(value: &[u8]) -> bool {
    let digits = value.iter().filter(|b| b.is_ascii_digit()).count();
    let words: Vec<&[u8]> = value.split(u8::is_ascii_digit).filter(|word| !word.is_empty()).collect();
    let small = |word: &&[u8]| {
        word.len() >= 4
            && word.first().is_some_and(u8::is_ascii_uppercase)
            && word.iter().skip(1).all(u8::is_ascii_lowercase)
            && is_own_word_of_phrase(word)
    };
    (1..=4).contains(&digits)
        && words.len() == 2
        && words.iter().all(small)
        && words.iter().map(|word| word.len()).sum::<usize>() + digits == value.len()
        && !value.last().is_some_and(u8::is_ascii_digit)
}

/// Like one that somebody chose, also with a sign of equality in it, as what is quoted may have: `Fj0rd=2018`. What
/// stands before that sign is no name then. It may be the last sign as well, of what is no base64: `Kelp=2018=`.
pub(crate) fn is_chosen_in_quotes(value: &[u8]) -> bool {
    if is_chosen(value) {
        return true;
    }
    if let Some(word) = value.strip_suffix(b"=")
        && (!value.len().is_multiple_of(4)
            || word.iter().any(|b| matches!(b, b'.' | b'-' | b'_'))
            || is_picked(word))
    {
        return is_chosen(&[word, b"+"].concat());
    }
    let mut parts = value.split(|b| *b == b'=');
    let (Some(left), Some(right), None) = (parts.next(), parts.next(), parts.next()) else { return false };
    let named = left.iter().all(|b| b.is_ascii_alphabetic() || matches!(b, b'_' | b'-' | b'.'));
    let joined: Vec<u8> = value.iter().map(|b| if *b == b'=' { b'+' } else { *b }).collect();
    !named && !right.is_empty() && is_chosen(&joined)
}

/// Two to four words of one's own and a number: `copper-otter-33`, `verano.2024.azul`; not `auth-token-v2`, whose words are a program's.
fn is_numbered_word(value: &[u8]) -> bool {
    let parts: Vec<&[u8]> = value.split(|b| matches!(b, b'-' | b'.')).collect();
    let (numbers, words): (Vec<&[u8]>, Vec<&[u8]>) =
        parts.iter().partition(|part| part.iter().all(u8::is_ascii_digit));
    let small = |word: &&[u8]| word.len() >= 3 && word.iter().all(u8::is_ascii_lowercase);
    (2..=4).contains(&words.len())
        && numbers.len() == 1
        && numbers.iter().all(|number| (2..=4).contains(&number.len()))
        && words.iter().all(small)
        && is_own_word(&words.concat())
}

/// The same, also with `_` between: where nothing but a password can stand.
pub(crate) fn is_numbered_phrase(value: &[u8]) -> bool {
    let joined: Vec<u8> = value.iter().map(|b| if *b == b'_' { b'-' } else { *b }).collect();
    is_numbered_word(&joined)
}

/// `Kennwort`: as the first word of a sentence is written.
fn is_capitalised(value: &[u8]) -> bool {
    value.first().is_some_and(u8::is_ascii_uppercase) && !value.iter().skip(1).any(u8::is_ascii_uppercase)
}

/// Small words with a number, as secrets, services and versions are called: `basic-auth-2`, `app.v2`, `new-check-out-2030`.
fn is_name_of_thing(value: &[u8]) -> bool {
    let parts: Vec<&[u8]> = value.split(|b| matches!(b, b'-' | b'_' | b'.' | b'/' | b':')).collect();
    let digits = if parts.len() > 3 { 4 } else { 2 };
    let plain = |part: &&[u8]| {
        let letters = part.iter().take_while(|b| b.is_ascii_lowercase()).count();
        part.iter().skip(letters).all(u8::is_ascii_digit) && part.len() - letters <= digits
    };
    parts.len() >= 2 && parts.iter().all(plain)
}

/// `^4.0.0`, `1.2`, `>=3`.
fn is_version(value: &[u8]) -> bool {
    let bare = value.trim_ascii_start();
    let start = bare.iter().take_while(|b| matches!(b, b'^' | b'~' | b'>' | b'<' | b'=' | b'v')).count();
    // `25031985x` is a day that somebody remembers.
    let marked = start > 0 || bare.len() <= 6 || bare.iter().any(|b| matches!(b, b'.' | b'-'));
    marked
        && bare.get(start).is_some_and(u8::is_ascii_digit)
        && bare.iter().skip(start).all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'x' | b'*'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_before_words_is_what_somebody_chose() {
        for value in
            ["42KieselFasan", "42Kieselfasanen", "1984Kiesel-fasan", "42kiesel!fasan", "42Kiesel&Fasan!"]
        {
            assert!(is_number_before_words(value.as_bytes()), "{value}");
        }
        for value in [
            "42kieselfasan",
            "3DSecureCode",
            "404NotFound",
            "64BitEncodingField",
            "2024Kiesel",
            "10-kiesel-fasan",
        ] {
            assert!(!is_number_before_words(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn a_number_between_words_is_what_somebody_chose() {
        for value in ["Kiesel2Fasanen", "Fasan1984Kiesel"] {
            assert!(is_number_between_words(value.as_bytes()), "{value}");
        }
        for value in ["Password2Field", "Kiesel2fasanen", "Kiesel2Fasanen3", "Http2Client", "2KieselFasan"] {
            assert!(!is_number_between_words(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn letters_in_no_order_are_made_by_a_program() {
        let made: String = ["BqVEsp", "odqZON", "nuTx"].concat();
        assert!(is_made_of_letters(made.as_bytes()));
        for value in ["getXmlHttpRequestFor", "passwordFieldInput", "ABCDEFGHIJKLMNOP", "MyNewCamelCaseName"]
        {
            assert!(!is_made_of_letters(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn words_with_a_number_are_what_somebody_chose() {
        for value in ["kieselFasan42", "Kiesel_Fasan99!", "KieselFasan2019!?"] {
            assert!(is_words_with_number(value.as_bytes()), "{value}");
        }
        for value in ["UserPassword69!", "Kiesel69!", "kiesel_fasan_42", "KieselFasan!", "KieselFasan42(!)"] {
            assert!(!is_words_with_number(value.as_bytes()), "{value}");
        }
    }
}
