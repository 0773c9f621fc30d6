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

/// Whether something in it, in lower case, is of the words by which programs and screens speak of passwords.
pub(crate) fn is_telling(lower: &[u8]) -> bool {
    let has = |part: &&str| memchr::memmem::find(lower, part.as_bytes()).is_some();
    TELLING.iter().any(has) || TRANSLATED.iter().any(has)
}

#[cfg(test)]
mod tests {
    use super::*;

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
