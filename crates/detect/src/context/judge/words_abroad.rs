//! The words of names of secrets in other languages.

/// "Password" in other languages, as programs spell it: letters that are none of ours are left out as well.
pub(super) const ABROAD: &[&str] = &[
    "passwort",
    "kennwort",
    "contrasena",
    "contrasenia",
    "contrasenya",
    "contrasea",
    "motdepasse",
    "motpasse",
    "mdp",
    "senha",
    "haslo",
    "haso",
    "wachtwoord",
    "losenord",
    "lsenord",
    "adgangskode",
    "passord",
    "heslo",
    "jelszo",
    "jelsz",
    "salasana",
    "sifre",
    "sifresi",
    "ifre",
    "ifresi",
    "lozinka",
    "zaporka",
    "katasandi",
    "matkhau",
    "mima",
    "kodeord",
    "geslo",
    "parool",
    "salasona",
    "salasna",
    "slaptazodis",
    "slaptaodis",
    "fjalekalim",
    "fjalekalimi",
    "fjalkalim",
    "fjalkalimi",
    "lykilord",
    "lykilor",
    "cyfrinair",
    "pasahitza",
    "contrasinal",
    "wagwoord",
    "pasvorto",
    "katalaluan",
    "palavrapasse",
    "paroladordine",
    "parolasegreta",
    "bimilbeonho",
    "pasuwado",
    "parol",
    "nenosiri",
    "nywila",
    "synthimatiko",
    "tunnussana",
    "pasfhocal",
    "losen",
];

/// Words that are one for a password, and one for a key of a table or any word as well: of them only a value that somebody
/// chose, or one that looks random, counts.
pub(super) const ABROAD_PERHAPS: &[&str] =
    &["clave", "parola", "parolasi", "parole", "kodikos", "ango", "sandi"];

/// "Secret" in other languages, and "token".
pub(super) const SECRET_ABROAD: &[&str] = &[
    "segredo",
    "secreto",
    "segreto",
    "geheimnis",
    "sekret",
    "hemlighet",
    "jeton",
    "geheim",
    "hemmelighed",
    "hemmelighet",
    "salaisuus",
    "tajemstvi",
    "tajemstv",
    "tajomstvo",
    "tajemnica",
    "tajna",
    "titok",
    "gizli",
    "rahasia",
    "himitsu",
    "saladus",
];

/// "Key" in other languages, which name one of a service as ours does: before or behind the service's name.
pub(super) const KEY_ABROAD: &[&str] = &[
    "chave",
    "clave",
    "llave",
    "chiave",
    "schluessel",
    "schlssel",
    "sleutel",
    "klucz",
    "klic",
    "nyckel",
    "anahtar",
    // Of something: `api.anahtari`, `SmsAnahtarı`.
    "anahtari",
    "kulcs",
    "kulcsa",
    "nokkel",
    "nkkel",
    "noegle",
    "ngle",
    "apischluessel",
    "apischlssel",
    "apisleutel",
    "avain",
    "voti",
    "atslega",
    "raktas",
    "kluc",
    "kljuc",
    "klju",
    "cheie",
    "cheia",
    "celesi",
    "kleidi",
    "klyuch",
    "kluch",
    "kunci",
    "miyao",
    "miftah",
    "kelid",
    "gako",
    "lykill",
    "cle",
    "clef",
];

/// So many letters stand in few other words: such a word is searched for as it is.
const LONG: usize = 6;

/// How else texts spell these words, by which they are searched: short ones with what may stand beside them, and letters that are not
/// ours as they stand, in both cases.
const SPELLED: &[&str] = &[
    "contrase",
    "mot_de_passe",
    "mot de passe",
    "mdp",
    "has\u{142}o",
    "haslo",
    "l\u{f6}senord",
    "heslo",
    "jelsz",
    "sifre",
    "\u{15f}ifre",
    "kata_sandi",
    "mat_khau",
    "mima_",
    "mima=",
    "mima =",
    "clave=",
    "clave =",
    "clave:",
    "clave\"",
    "clave'",
    "clave,",
    "clave<",
    "clave>",
    "_clave",
    "clave_",
    "clave-",
    "clave  ",
    "$clave ",
    "chave",
    "llave",
    "schl\u{fc}ssel",
    "klucz",
    "klic\"",
    "klic'",
    "klic:",
    "klic=",
    "klic =",
    "klic_",
    "jeton",
    "kulcs",
    "n\u{f8}kkel",
    "has\u{141}o",
    "l\u{d6}senord",
    "n\u{d8}kkel",
    "n\u{d8}gle",
    "schl\u{dc}ssel",
    "\u{15e}ifre",
    "\u{41f}\u{410}\u{420}\u{41e}\u{41b}\u{42c}",
    "n\u{f8}gle",
    "cl\u{e9}_api",
    "mima\"",
    "mima'",
    "mima: ",
    "\u{43f}\u{430}\u{440}\u{43e}\u{43b}\u{44c}",
    "\u{5bc6}\u{7801}",
    "senha",
    "chiffrement",
    "cryptage",
    "cifrado",
    "encriptac",
    "cifratura",
    "crittograf",
    "criptograf",
    "geslo",
    "salas\u{f5}na",
    "slapta\u{17e}odis",
    "fjal\u{eb}kalim",
    "kata_laluan",
    "palavra_passe",
    "parol",
    "losen=",
    "losen:",
    "losen\"",
    "ango=",
    "ango\"",
    "sandi=",
    "sandi:",
    "sandi\"",
    "hemmelig",
    "tajna",
    "titok",
    "gizli",
    "avain",
    "voti=",
    "voti:",
    "voti\"",
    "kluc=",
    "kluc:",
    "kluc\"",
    "kljuc",
    "klju\u{10d}",
    "cheie",
    "cheia",
    "kluch",
    "kunci",
    "miyao",
    "kelid",
    "gako=",
    "gako:",
    "gako\"",
    "_cle",
    "cle_",
    "cle\"",
    "cle'",
    "cle`",
    "clef",
    "l\u{f6}sen=",
    "l\u{f6}sen:",
    "losen =",
    "ango =",
    "sandi =",
    "voti =",
    "kluc =",
    "gako =",
    "ango'",
    "sandi'",
    "losen'",
    "voti'",
    "kluc'",
    "gako'",
];

const LISTS: [&[&str]; 4] = [ABROAD, ABROAD_PERHAPS, SECRET_ABROAD, KEY_ABROAD];

/// What texts are searched for: the long words, and how the others are spelled.
pub(super) const SEARCHED: [&str; SPELLED.len() + long().0] = {
    let mut all = [""; SPELLED.len() + long().0];
    let (count, words) = long();
    let mut at = 0;
    while at < all.len() {
        all[at] = if at < count { words[at] } else { SPELLED[at - count] };
        at += 1;
    }
    all
};

/// How many words are long, and which.
const fn long() -> (usize, [&'static str; 256]) {
    let mut words = [""; 256];
    let (mut count, mut list) = (0, 0);
    while list < LISTS.len() {
        let mut word = 0;
        while word < LISTS[list].len() {
            if LISTS[list][word].len() >= LONG {
                words[count] = LISTS[list][word];
                count += 1;
            }
            word += 1;
        }
        list += 1;
    }
    (count, words)
}

#[cfg(test)]
mod tests {
    use super::super::secret_words::KEYWORDS;
    use super::*;

    #[test]
    fn every_word_of_our_letters_is_searched_for() {
        let searched = |word: &&&str| {
            let near = |spelled: &&&str| {
                let letters: String = spelled.chars().filter(char::is_ascii_alphabetic).collect();
                word.contains(&letters) && letters.len() >= 3 || letters == **word
            };
            KEYWORDS.iter().any(|spelled| near(&spelled))
        };
        let words = [ABROAD, ABROAD_PERHAPS, SECRET_ABROAD, KEY_ABROAD].concat();
        let missing: Vec<&&str> = words.iter().filter(|word| !searched(word)).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }
}
