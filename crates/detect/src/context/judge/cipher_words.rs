//! Names of keys by which something is encrypted, in languages whose words for it are none of ours: `CLE_CHIFFREMENT`,
//! `CLAVE_DE_CIFRADO`, `VERSCHLUESSELUNGSKEY`.

/// "Key" in these languages. Letters that are none of ours are left out: `clé`, `schlüssel`.
const KEYS: &[&str] = &[
    "key",
    "cle",
    "cl",
    "clef",
    "schluessel",
    "schlssel",
    "clave",
    "llave",
    "chave",
    "chiave",
    "sleutel",
    "klucz",
    "nyckel",
    "passphrase",
    "phrase",
];

/// "Encryption" in them.
const CIPHERS: &[&str] = &[
    "chiffrement",
    "chiffrage",
    "cryptage",
    "verschluesselung",
    "verschluesselungs",
    "verschlsselung",
    "verschlsselungs",
    "cifrado",
    "encriptacion",
    "encriptacin",
    "encriptado",
    "cifratura",
    "crittografia",
    "crittografica",
    "criptografia",
    "criptografa",
    "criptografica",
    "encriptacao",
    "encriptao",
    "cifragem",
    "versleuteling",
    "versleutelings",
    "encryptie",
    "szyfrowania",
    "kryptering",
    "krypterings",
];

/// Both in one word.
const JOINED: &[&str] = &[
    "verschluesselungskey",
    "verschluesselungsschluessel",
    "verschlsselungskey",
    "verschlsselungsschlssel",
    "versleutelingssleutel",
    "versleutelsleutel",
    "encryptiesleutel",
    "krypteringsnyckel",
    "krypteringsnkkel",
    "krypteringsngle",
];

/// What may stand between the two.
const OF: &[&str] = &["de", "di", "da", "do", "du", "van", "per", "para", "pour"];

/// Whether three words of a name, the last of which is the one in question, end with one of such a key.
pub(super) fn is_cipher_key([before, previous, last]: [&str; 3]) -> bool {
    let pair = |one: &str, other: &str| {
        KEYS.contains(&one) && CIPHERS.contains(&other) || CIPHERS.contains(&one) && KEYS.contains(&other)
    };
    JOINED.contains(&last) || pair(previous, last) || OF.contains(&previous) && pair(before, last)
}

#[cfg(test)]
mod tests {
    use super::super::name::{Says, says};

    #[test]
    fn keys_of_encryption_are_named_in_many_languages() {
        for name in [
            "CLE_CHIFFREMENT",
            "cl\u{e9}_de_chiffrement",
            "VERSCHLUESSELUNGSKEY",
            "verschluesselungsSchluessel",
            "Verschl\u{fc}sselungsschl\u{fc}ssel",
            "CLAVE_CIFRADO",
            "claveDeCifrado",
            "CHIAVE_CIFRATURA",
            "chiave_di_crittografia",
            "CHAVE_CRIPTOGRAFIA",
            "VERSLEUTELINGSSLEUTEL",
        ] {
            assert_eq!(says(name.as_bytes()), Says::Secret, "{name}");
        }
        for name in ["MODE_CHIFFREMENT", "cifrado", "CL_SIZE", "versleuteling", "ALGORITMO_CIFRADO"] {
            assert_eq!(says(name.as_bytes()), Says::Nothing, "{name}");
        }
    }
}
