//! The columns of tables of settings: one names what another holds, in whatever language the table is.

/// What a column is called that names what another of its row holds.
const NAMES: &[&str] = &[
    "key",
    "name",
    "k",
    "setting",
    "option",
    "variable",
    "path",
    "parameter",
    "param",
    "property",
    "config",
    "env",
    "klucz",
    "nazwa",
    "clave",
    "nombre",
    "chave",
    "nome",
    "chiave",
    "cle",
    "cl\u{e9}",
    "nom",
    "parametre",
    "param\u{e8}tre",
    "parametro",
    "par\u{e1}metro",
    "schluessel",
    "schl\u{fc}ssel",
    "einstellung",
    "anahtar",
    "ayar",
    "sleutel",
    "naam",
    "nyckel",
    "namn",
    "navn",
    "klic",
    "kl\u{ed}\u{10d}",
    "nazev",
    "n\u{e1}zev",
    "kulcs",
    "naziv",
    "avain",
    "nimi",
];

/// What the other is called.
const VALUES: &[&str] = &[
    "value",
    "val",
    "v",
    "content",
    "data",
    "wartosc",
    "warto\u{15b}\u{107}",
    "valor",
    "valore",
    "valeur",
    "wert",
    "deger",
    "de\u{11f}er",
    "waarde",
    "varde",
    "v\u{e4}rde",
    "vaerdi",
    "v\u{e6}rdi",
    "verdi",
    "hodnota",
    "ertek",
    "\u{e9}rt\u{e9}k",
    "vrijednost",
    "arvo",
];

/// Whether the last word of a column says that it names what another holds: `option_name`, `Nazwa`.
pub(crate) fn names(column: &[u8]) -> bool {
    is_one_of(NAMES, column)
}

/// Whether it says that the column holds what another names: `config_value`, `Wert`.
pub(crate) fn holds(column: &[u8]) -> bool {
    is_one_of(VALUES, column)
}

fn is_one_of(words: &[&str], column: &[u8]) -> bool {
    let mut parts = column.rsplit(|b| matches!(b, b'_' | b'.' | b'-') || b.is_ascii_whitespace());
    let last = parts.next().unwrap_or(column);
    words.iter().any(|word| word.as_bytes().eq_ignore_ascii_case(last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_word_of_a_column_says_what_it_is_for() {
        assert!(names(b"option_name") && names(b"Config Key") && names(b"klucz"));
        assert!(holds(b"config_value") && holds("Warto\u{15b}\u{107}".as_bytes()) && holds(b"deger"));
        assert!(!names(b"named") && !names(b"") && !holds(b"name") && !holds(b"value_of"));
    }
}
