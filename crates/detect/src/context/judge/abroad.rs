//! What people of other languages write where a secret is to be filled in: `tu_contraseña`, `hier-token-eintragen`,
//! `cambiame`, `geheim`.
//!
//! Only words do: with a digit or another mark somebody has chosen it.

use super::value::{contains, is_one_of};

/// How blanks to fill in begin: `tu_`, `votre_`, `DEIN_`, `hier-`, `pegar_`.
const STARTS: &[&str] = &[
    "tu",
    "tus",
    "su",
    "votre",
    "vos",
    "dein",
    "deine",
    "deinen",
    "ihr",
    "ihre",
    "ihren",
    "euer",
    "sua",
    "seu",
    "teu",
    "tua",
    "tuo",
    "il-tuo",
    "la-tua",
    "jouw",
    "uw",
    "twoj",
    "twoje",
    "twoja",
    "tw\u{f3}j",
    "din",
    "ditt",
    "vas",
    "tvoj",
    "hier",
    "aqui",
    "aqu\u{ed}",
    "ici",
    "qui",
    "tutaj",
    "pegar",
    "pega",
    "poner",
    "coloque",
    "inserir",
    "insira",
    "insertar",
    "rellenar",
    "preencher",
    "remplacer",
    "remplacez",
    "reemplazar",
    "substituir",
    "ersetze",
    "ersetzen",
    "inserire",
    "sostituire",
    "wpisz",
    "wklej",
    "vul",
];

/// How they end.
const ENDS: &[&str] = &[
    "aqui",
    "aqu\u{ed}",
    "aca",
    "ac\u{e1}",
    "hier",
    "ici",
    "qui",
    "tutaj",
    "eintragen",
    "einf\u{fc}gen",
    "einfuegen",
    "einsetzen",
    "ersetzen",
    "invullen",
    "her",
];

/// What asks to be changed, without marks.
const CHANGE: &[&str] = &[
    "cambiame",
    "c\u{e1}mbiame",
    "cambiar",
    "cambialo",
    "c\u{e1}mbialo",
    "cambiami",
    "cambiaesto",
    "cambiaresto",
    "changezmoi",
    "changermoi",
    "modifiezmoi",
    "aendern",
    "\u{e4}ndern",
    "aendermich",
    "\u{e4}ndermich",
    "bitteaendern",
    "bitte\u{e4}ndern",
    "mudeme",
    "mudar",
    "trocar",
    "troqueme",
    "alterar",
    "altereme",
    "alterarisso",
    "zmienmnie",
    "zmie\u{144}mnie",
    "zmenme",
    "wijzigmij",
    "veranderme",
    "verandermij",
    "aendremeg",
    "endremeg",
    "muuttaminut",
];

/// Words for a password, a secret or a key: as a value, what a page of instructions has there.
const WORDS: &[&str] = &[
    "geheim",
    "geheimnis",
    "geheimwort",
    "streng-geheim",
    "passwort",
    "kennwort",
    "contrase\u{f1}a",
    "contrasena",
    "contrasenya",
    "contrasenia",
    "clave",
    "clave-secreta",
    "secreto",
    "secreta",
    "senha",
    "segredo",
    "chave",
    "motdepasse",
    "mot-de-passe",
    "mdp",
    "wachtwoord",
    "sleutel",
    "has\u{142}o",
    "haslo",
    "sekret",
    "tajne",
    "heslo",
    "parola",
    "segreto",
    "chiave",
    "salasana",
    "losenord",
    "l\u{f6}senord",
    "hemligt",
    "hemlig",
    "adgangskode",
    "passord",
    "hemmelig",
    "jelszo",
    "jelsz\u{f3}",
    "titok",
    "sifre",
    "\u{15f}ifre",
    "lozinka",
    "tajna",
];

/// The same as a word among others that tell whose it is: `contraseña_del_correo`, `una_clave_secreta_larga`.
fn is_word_of(word: &[u8]) -> bool {
    is_one_of(WORDS, word) && !is_one_of(&["secreta", "hemlig", "tajna", "sekret", "sleutel", "clave"], word)
}

/// The words of a value that has letters and the marks between them alone, in lower case.
fn words(lower: &[u8]) -> Option<Vec<&[u8]>> {
    let plain = lower.iter().all(|b| b.is_ascii_lowercase() || *b >= 0x80 || matches!(b, b'_' | b'-' | b' '));
    let words = lower.split(|b| matches!(b, b'_' | b'-' | b' ')).collect::<Vec<_>>();
    (plain && words.iter().all(|word| !word.is_empty())).then_some(words)
}

/// `tu_api_key_aqui`, `DEIN_PASSWORT`: a blank to fill in.
pub(super) fn is_blank(lower: &[u8]) -> bool {
    let Some(words) = words(lower).filter(|words| words.len() >= 2) else { return false };
    let (Some(first), Some(last)) = (words.first(), words.last()) else { return false };
    is_one_of(STARTS, first) && words.iter().any(|word| is_of_trade(word))
        || words.len() >= 3 && is_one_of(ENDS, last)
}

/// A word for what is to be filled in, in any language.
fn is_of_trade(word: &[u8]) -> bool {
    let known = [
        "password",
        "pass",
        "key",
        "api",
        "token",
        "secret",
        "pwd",
        "jwt",
        "client",
        "cliente",
        "user",
        "usuario",
        "wlan",
        "wifi",
        "smtp",
        "llave",
        "cle",
        "cl\u{e9}",
        "schl\u{fc}ssel",
        "schluessel",
        "kodeord",
        "passe",
        "valor",
        "wert",
        "valeur",
    ];
    is_one_of(&known, word)
        || is_one_of(WORDS, word)
        || ["passw", "schl", "token"].iter().any(|part| contains(word, part))
}

/// A word that everybody tries first, or one that asks to be changed.
pub(super) fn is_default(lower: &[u8]) -> bool {
    let Some(words) = words(lower) else { return false };
    let joined = words.concat();
    is_one_of(WORDS, &words.join(&b'-'))
        || is_one_of(CHANGE, &joined)
        || words.len() >= 2 && words.iter().any(|word| is_word_of(word))
        || words.len() >= 3 && words.contains(&&b"clave"[..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_to_be_filled_in_is_known_in_many_languages() {
        for value in [
            "tu_contrase\u{f1}a",
            "tu_api_key_aqui",
            "dein_wlan_passwort",
            "hier-token-eintragen",
            "pegar_token_aqui",
            "votre-mot-de-passe",
        ] {
            assert!(is_blank(value.as_bytes()), "{value}");
        }
        for value in [
            "geheim",
            "cambiame",
            "contrase\u{f1}a_del_correo",
            "una_clave_secreta_larga",
            "bitte_aendern",
            "changez-moi",
            "mot_de_passe",
        ] {
            assert!(is_default(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn what_somebody_chose_is_none() {
        for value in ["tu_fasan_kiesel", "geheim77", "kiesel-und-fasan", "hierophant", "din", "su-tundra"] {
            assert!(!is_blank(value.as_bytes()) && !is_default(value.as_bytes()), "{value}");
        }
    }
}
