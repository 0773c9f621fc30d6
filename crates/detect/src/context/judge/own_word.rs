//! Is a value of letters alone a password somebody chose, or a word by which programs and screens speak of passwords?

use super::value::is_wordy;

/// Parts of the words that programs give where a password belongs: names of other settings, of fields, of kinds.
const TELLING: &[&str] = &[
    "pass",
    "pwd",
    "secret",
    "token",
    "key",
    "cred",
    "auth",
    "login",
    "sign",
    "user",
    "admin",
    "account",
    "field",
    "input",
    "label",
    "prompt",
    "hidden",
    "requir",
    "option",
    "default",
    "config",
    "setting",
    "vault",
    "store",
    "value",
    "name",
    "text",
    "string",
    "type",
    "valid",
    "encrypt",
    "encod",
    "hash",
    "crypt",
    "plain",
    "param",
    "arg",
    "variable",
    "env",
    "file",
    "path",
    "host",
    "server",
    "client",
    "service",
    "data",
    "base",
    "test",
    "example",
    "sample",
    "demo",
    "dummy",
    "fake",
    "mock",
    "foo",
    "bar",
    "change",
    "reset",
    "confirm",
    "current",
    "enter",
    "none",
    "empty",
    "unset",
    "disabled",
    "enabled",
    "true",
    "false",
    "generat",
    "random",
    "managed",
    "manual",
    "error",
    "fail",
    "missing",
    "expire",
    "redact",
    "mask",
    "strength",
    "weak",
    "policy",
    "private",
    "public",
    "internal",
    "external",
    "remote",
    "local",
    "request",
    "response",
    "header",
    "query",
    "body",
    "form",
    "code",
    "mail",
    "sms",
    "otp",
    "totp",
    "pin",
    "social",
    "saml",
    "oidc",
    "ldap",
    "kerberos",
    "basic",
    "bearer",
    "digest",
    "method",
    "provider",
    "session",
    "cookie",
    "your",
    "here",
    "todo",
    "placeholder",
    "inherit",
    "sensitive",
];

/// "Password" as screens say it in other languages, in ASCII.
const TRANSLATED: &[&str] = &[
    "wachtwoord",
    "kennwort",
    "passwort",
    "heslo",
    "haslo",
    "parola",
    "lozinka",
    "sifre",
    "salasana",
    "losenord",
    "adgangskode",
    "passord",
    "contrasena",
    "contrasenya",
    "senha",
    "jelszo",
    "geslo",
    "motdepasse",
    "parool",
    "slaptazodis",
    "parole",
    "sandi",
    "katasandi",
    "fjalekalimi",
    "pasahitza",
    "palavra",
    "lykilord",
    "kodeord",
];

/// Whether a value of letters, with hyphens, dots and the like, says nothing but itself: `kangaroorocket`,
/// `correct-horse-battery-staple`.
pub(crate) fn is_own_word(value: &[u8]) -> bool {
    if !(6..=64).contains(&value.len()) || !value.is_ascii() || !is_wordy(value) {
        return false;
    }
    let odd = |b: &u8| matches!(b, b'/' | b':' | b' ' | b'_');
    !value.iter().any(odd) && !is_telling(&value.to_ascii_lowercase())
}

/// Whether a value is of words with marks and capitals among them, in a way in which no program writes its own:
/// `Kiesel_und_Fasan`, `fasan.Kiesel`, `Moos&Farn`.
pub(crate) fn is_own_phrase(value: &[u8]) -> bool {
    let mark = |b: &u8| b"_-.&+!#".contains(b);
    let words: Vec<&[u8]> = value.split(|b| mark(b)).filter(|word| !word.is_empty()).collect();
    let plain = value.iter().all(|b| b.is_ascii_alphabetic() || *b >= 0x80 || mark(b));
    let capital = |word: &&[u8]| word.first().is_some_and(u8::is_ascii_uppercase);
    let small = |word: &&[u8]| word.iter().skip(1).all(|b| b.is_ascii_lowercase() || *b >= 0x80);
    // `Content-Type` has a capital in each word, and so have names of classes.
    let odd =
        !words.iter().all(capital) || words.iter().all(small) && value.iter().any(|b| b"_&+!#".contains(b));
    // `org.acme.Widget`: a class in its package.
    let class =
        words.len() >= 3 && words.last().is_some_and(capital) && !value.iter().any(|b| b"_-&+!#".contains(b));
    let letters: Vec<u8> =
        value.iter().filter(|b| b.is_ascii_alphabetic()).map(u8::to_ascii_lowercase).collect();
    (8..=64).contains(&value.len())
        && plain
        && words.len() >= 2
        && value.iter().any(u8::is_ascii_uppercase)
        && value.iter().filter(|b| b.is_ascii_lowercase()).count() >= 5
        && odd
        && !class
        && !is_telling(&letters)
}

/// Whether something in it, in lower case, is of the words by which programs and screens speak of passwords.
pub(crate) fn is_telling(lower: &[u8]) -> bool {
    let has = |part: &&str| memchr::memmem::find(lower, part.as_bytes()).is_some();
    TELLING.iter().any(has) || TRANSLATED.iter().any(has)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_people_join_are_told_from_names() {
        for value in
            ["Kiesel_und_Fasan", "fasan.Kiesel", "kieselFasan_rot", "Moos&Farn_im_Wald", "Kiesel_Fasan"]
        {
            assert!(is_own_phrase(value.as_bytes()), "{value}");
        }
        for value in [
            "Content-Type",
            "kiesel_fasan",
            "KIESEL_FASAN",
            "Db_Password",
            "org.acme.Widget",
            "X-Acme-Id",
            "Kiesel",
        ] {
            assert!(!is_own_phrase(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn words_of_programs_are_told_from_words_people_choose() {
        for value in ["kangaroorocket", "qfvgyjpstt", "correct-horse-battery-staple", "Macchiato"] {
            assert!(is_own_word(value.as_bytes()), "{value}");
        }
        for value in [
            "userPassword",
            "required",
            "wachtwoord",
            "my_word",
            "auth/word",
            "vaulted",
            "abc",
            "Enter it",
            "a1b2c3",
        ] {
            assert!(!is_own_word(value.as_bytes()), "{value}");
        }
    }
}
