//! Is this a password that somebody made up of own words: `Kiesel_Fasan80`, `moor&Fasan`, `höhle_7m`; or the machine of an
//! Apple: `hugmyt-3nwvoz-kuFhye`?
//!
//! Words that stand side by side are names as well. A number, a mark that no name has or a letter that no program has in
//! its names tells them apart, where no word is of the trade.

use super::joined::is_own;

/// Marks that stand in names too.
const JOINS: &[u8] = b"-_.";
/// Marks that do not, unless they end a cry.
const MARKS: &[u8] = b"!&+#*";
/// Marks of addresses, expressions and pairs, which say nothing.
const OTHERS: &[u8] = b"@$%?~^";

/// Letters of words and their marks and numbers, in which no word is of the trade.
pub(crate) fn is_coined(value: &[u8]) -> bool {
    if !(8..=48).contains(&value.len()) || !value.first().is_some_and(|b| is_letter(*b)) {
        return false;
    }
    let known = |b: &u8| {
        is_letter(*b) || b.is_ascii_digit() || JOINS.contains(b) || MARKS.contains(b) || OTHERS.contains(b)
    };
    if !value.iter().all(known) {
        return false;
    }
    let has = |class: fn(&u8) -> bool| value.iter().any(class);
    let digit = has(u8::is_ascii_digit);
    let joined = has(|b| JOINS.contains(b) || MARKS.contains(b));
    let inside = value.split_last().is_some_and(|(_, inside)| inside.iter().any(|b| MARKS.contains(b)));
    let odd = inside || digit && has(|b| MARKS.contains(b)) || has(|b| *b >= 0x80);
    // `kiesel-fasan-9`: two words at least, or it is the name of the ninth of something.
    let least = if odd || has(u8::is_ascii_uppercase) { 1 } else { 2 };
    let number = if least == 1 { digit } else { digit && has(|b| JOINS.contains(b)) };
    (number && joined || odd && (joined || digit)) && has_own_words(value, least)
}

/// Whether there are so many words of five letters and more, and none of the trade.
fn has_own_words(value: &[u8], least: usize) -> bool {
    let words = || value.split(|b| !is_letter(*b)).filter(|word| word.len() >= 3);
    words().filter(|word| word.len() >= 5).count() >= least && words().all(is_word)
}

/// A word as people write it.
fn is_word(word: &[u8]) -> bool {
    let small = word.iter().skip(1).all(|b| b.is_ascii_lowercase() || *b >= 0x80);
    small && (!word.is_ascii() || is_own(word))
}

fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte >= 0x80
}

/// Three groups of six letters with a digit and a capital among them: what Apple's programs make up. Others that make up passwords
/// in groups have capitals where no word has them.
pub(crate) fn is_of_apple(value: &[u8]) -> bool {
    if value.len() != 20 {
        return false;
    }
    let count = |class: fn(&u8) -> bool| value.iter().filter(|b| class(b)).count();
    let grouped = value.iter().enumerate().all(|(i, b)| matches!(i, 6 | 13) == (*b == b'-'))
        && count(u8::is_ascii_alphanumeric) == 18;
    let last = |group: &[u8]| match group.split_last() {
        Some((last, before)) => last.is_ascii_uppercase() && !before.iter().any(u8::is_ascii_uppercase),
        None => false,
    };
    let capitals = count(u8::is_ascii_uppercase);
    let at_ends = capitals > 1 && value.split(|b| *b == b'-').filter(|group| last(group)).count() == capitals;
    grouped && (count(u8::is_ascii_digit) == 1 && capitals == 1 || at_ends)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_somebody_put_together_are_told_from_names() {
        for value in [
            "Kiesel_Fasan80",
            "Kiesel_77",
            "kiesel&Fasan",
            "h\u{f6}hle_7m",
            "Kieself\u{e4}hre_rot2",
            "kiesel-fasan-9",
            "fasan_kiesel_6uhr",
            "Kiesel-3-fasan",
            "kiesel867!",
        ] {
            assert!(is_coined(value.as_bytes()), "{value}");
        }
        for value in [
            "Kiesel_Fasan",
            "kiesel-fasan",
            "kiesel-9",
            "Content-Type2",
            "db_password_2",
            "Enter_Value1",
            "Save&Close",
            "eu-central-1",
            "Contrase\u{f1}a",
            "kieselFasan_8",
            "kiesel+=",
            "kiesel=fasan",
            "Kieselstein!",
            "admin@host.lan",
            "Kiesel 80 Fasan",
        ] {
            assert!(!is_coined(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn what_apple_makes_up_has_a_form_of_its_own() {
        assert!(is_of_apple(b"hugmyt-3nwvoz-kuFhye") && is_of_apple(b"kuglyM-fasnoT-3enwiz"));
        for value in [
            "hugmyt-nnwvoz-kufhye",
            "hugmyt-3nwvoz-kufhye",
            "hugmyt_3nwvoz_kuFhye",
            "hugmyt-3nwvo-zkuFhye",
            "Kuglym-fasnoT-renwiz",
        ] {
            assert!(!is_of_apple(value.as_bytes()), "{value}");
        }
    }
}
