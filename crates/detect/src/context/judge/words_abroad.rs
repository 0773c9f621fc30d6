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
];

/// Words that are one for a password, and one for a key of a table or any word as well: of them only a value that somebody
/// chose, or one that looks random, counts.
pub(super) const ABROAD_PERHAPS: &[&str] = &["clave", "parola", "parolasi"];

/// "Secret" in other languages, and "token".
pub(super) const SECRET_ABROAD: &[&str] =
    &["segredo", "secreto", "segreto", "geheimnis", "sekret", "hemlighet", "jeton"];

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
];
