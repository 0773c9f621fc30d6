//! Values that a generator made of all signs a keyboard has, as WordPress' salts and Play's secrets are: what looks like a
//! reference, a call or an expression in them is chance.

use super::value::{classes, entropy};

/// What begins a reference or an expression, and does not come about by chance in a value of usual length.
const WRITTEN: &[&[u8]] = &[
    b"${", b"{{", b"}}", b"%(", b"$(", b"<%", b"#{", b"a-z", b"A-Z", b"0-9", b"\\d", b"\\w", b"\\s", b"](",
    b"://",
];

/// What Play generates for `play.http.secret.key`: the signs from `0` to `z` of ASCII, letters among them that no word has.
pub(super) fn is_of_play(value: &[u8]) -> bool {
    if !(40..=80).contains(&value.len()) {
        return false;
    }
    let mut signs: Vec<u8> = value.iter().copied().filter(u8::is_ascii_punctuation).collect();
    let few = signs.len() * 12 >= value.len() && signs.len() * 2 <= value.len();
    signs.sort_unstable();
    signs.dedup();
    let longest = value.split(|b| !b.is_ascii_alphabetic()).map(<[u8]>::len).max().unwrap_or_default();
    value.iter().all(|b| (b'0'..=b'z').contains(b))
        && few
        && signs.len() >= 4
        && longest <= 16
        && classes(value) == 3
        && entropy(value) >= 4.4
        && !WRITTEN.iter().any(|part| memchr::memmem::find(value, part).is_some())
}

/// What Django generates for `SECRET_KEY`: fifty signs of its own alphabet, in which there are no capitals.
///
/// Source: github.com/django/django, `get_random_secret_key`.
pub(super) fn is_of_django(value: &[u8]) -> bool {
    if value.len() != 50 {
        return false;
    }
    let own = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"!@#$%^&*(-_=+)".contains(&b);
    let mut signs: Vec<u8> = value.iter().copied().filter(u8::is_ascii_punctuation).collect();
    let some = (5..=27).contains(&signs.len());
    signs.sort_unstable();
    signs.dedup();
    let longest = value.split(|b| !b.is_ascii_lowercase()).map(<[u8]>::len).max().unwrap_or_default();
    let digits = value.iter().filter(|b| b.is_ascii_digit()).count();
    value.iter().all(|b| own(*b))
        && some
        && signs.len() >= 5
        && longest <= 10
        && (3..=22).contains(&digits)
        && entropy(value) >= 4.2
        && !WRITTEN.iter().any(|part| memchr::memmem::find(value, part).is_some())
}

/// Whether letters, digits and many signs are mixed so that no word, address or expression can be in it.
pub(super) fn is_of_all_signs(value: &[u8]) -> bool {
    if !(32..=256).contains(&value.len()) || !value.iter().all(|b| b.is_ascii_graphic() || *b == b' ') {
        return false;
    }
    let mut signs: Vec<u8> = value.iter().copied().filter(u8::is_ascii_punctuation).collect();
    let some = signs.len() * 5 >= value.len() && signs.len() * 5 <= value.len() * 4;
    signs.sort_unstable();
    signs.dedup();
    let longest = value.split(|b| !b.is_ascii_alphabetic()).map(<[u8]>::len).max().unwrap_or_default();
    let blanks = value.iter().filter(|b| **b == b' ').count();
    some && signs.len() >= 8
        && longest <= 6
        && blanks * 12 <= value.len()
        && classes(value) == 3
        && entropy(value) >= 4.4
        && !WRITTEN.iter().any(|part| memchr::memmem::find(value, part).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_generator_made_is_told_from_expressions() {
        let made = ["k9;<=Q;[eBa:M:[;^:=Y:to7", "6=^S2`s<b^B]RDX]@;;m4@2`c;"].concat();
        assert!(is_of_all_signs(made.as_bytes()));
        let made = ["q7x(m2!v&k@_8%jz", "r!41bd(w9_=3hn*f6ye", "!o^lc(ta)5g-p0s"].concat();
        assert!(is_of_django(made.as_bytes()));
        for other in [
            "config(a_secret_key_that_is_read_when_it_starts_01)",
            "get(b=12345, c=(d_e * f) + (g_h - i), j=k)[l_m_n3]",
        ] {
            assert!(!is_of_django(other.as_bytes()), "{other}");
        }
        for other in [
            "^(?=.*[A-Z])(?=.*[0-9])[A-Za-z0-9@$!%*?&]{8,64}$",
            "if (a[0] != 'x' && b->c <= 4) { d(e, \"f\"); }",
            "${DB_USER}:${DB_PASS}@[${DB_HOST}]:5432/?a=1&b=2",
            "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822c",
        ] {
            assert!(!is_of_all_signs(other.as_bytes()), "{other}");
        }
    }
}
