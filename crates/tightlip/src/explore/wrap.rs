//! Text in lines of a width, whatever it holds: nothing is cut off.

use ratatui::text::Line;

/// How many columns a text takes.
pub(super) fn width(text: &str) -> usize {
    Line::from(text).width()
}

/// The text in lines of at most so many columns, broken between words where that is possible.
pub(super) fn wrap(text: &str, room: usize) -> Vec<String> {
    let room = room.max(1);
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in text.split(' ') {
        let wide = width(word);
        if used > 0 && used + 1 + wide > room && (wide <= room || used + 1 >= room) {
            lines.push(String::new());
            used = 0;
        } else if used > 0 {
            push(&mut lines, " ");
            used += 1;
        }
        if wide <= room {
            push(&mut lines, word);
            used += wide;
        } else {
            used = split(&mut lines, word, (used, room));
        }
    }
    lines
}

fn push(lines: &mut [String], text: &str) {
    if let Some(line) = lines.last_mut() {
        line.push_str(text);
    }
}

/// A word that is wider than a line.
fn split(lines: &mut Vec<String>, word: &str, (mut used, room): (usize, usize)) -> usize {
    let mut buffer = [0; 4];
    for letter in word.chars() {
        let letter = &*letter.encode_utf8(&mut buffer);
        let wide = width(letter);
        if used + wide > room {
            lines.push(String::new());
            used = 0;
        }
        push(lines, letter);
        used += wide;
    }
    used
}

/// The beginning of a text that fits, with a sign if that is not all.
pub(super) fn fit(text: &str, room: usize) -> String {
    if width(text) <= room {
        return text.to_owned();
    }
    let mut fitting = String::new();
    let mut used = 1;
    for letter in text.chars() {
        used += width(letter.encode_utf8(&mut [0; 4]));
        if used > room {
            break;
        }
        fitting.push(letter);
    }
    if room > 0 {
        fitting.push('…');
    }
    fitting
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_never_wider_than_there_is_room() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("unbreakable", 4), ["unbr", "eaka", "ble"]);
        assert_eq!(wrap("a unbreakable", 4), ["a un", "brea", "kabl", "e"]);
        assert_eq!(wrap("abc unbreakable", 4), ["abc", "unbr", "eaka", "ble"]);
        assert_eq!(wrap("漢字漢字", 4), ["漢字", "漢字"]);
        assert_eq!(wrap("", 4), [""]);
        assert_eq!(wrap("ab", 0), ["a", "b"]);
    }

    #[test]
    fn what_does_not_fit_is_cut_with_a_sign() {
        assert_eq!((fit("abc", 3).as_str(), fit("abcd", 3).as_str()), ("abc", "ab…"));
        assert_eq!((fit("漢字", 3).as_str(), fit("abc", 0).as_str()), ("漢…", ""));
    }
}
