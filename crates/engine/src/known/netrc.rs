//! `.netrc`: words, one after the other, wherever the lines end.
//!
//! Sources: the GNU Inetutils manual, The .netrc file; curl `lib/netrc.c` for quotes.

use zeroize::Zeroizing;

use super::dotenv::readings;
use super::form::Held;
use super::judge::Ground;

/// Whether a text is one.
pub(super) fn is_one(text: &str) -> bool {
    let mut words =
        text.lines().filter(|line| !line.trim_start().starts_with('#')).flat_map(str::split_whitespace);
    let first = words.next();
    matches!(first, Some("machine" | "default" | "macdef"))
        && words.any(|word| matches!(word, "password" | "account"))
}

/// The passwords, each by the machine that takes it.
pub(super) fn values(text: &str) -> Vec<Held> {
    let mut all = Vec::new();
    let mut machine = "default".to_owned();
    for (index, line) in text.lines().enumerate() {
        let mut rest = line.trim();
        while let Some((word, behind)) = split(rest) {
            rest = behind;
            let Some((value, behind)) = split(rest).filter(|_| is_key(word)) else { continue };
            match word {
                "machine" => value.clone_into(&mut machine),
                "password" | "account" => {
                    let name = format!("{word} of {machine}");
                    let held = |value: Zeroizing<String>| Held {
                        name: name.clone(),
                        line: index + 1,
                        value,
                        ground: Ground::Sure,
                    };
                    all.extend(readings(value).into_iter().map(held));
                }
                _ => {}
            }
            rest = behind;
        }
    }
    all
}

fn is_key(word: &str) -> bool {
    matches!(word, "machine" | "login" | "password" | "account")
}

/// The first word, quotes and all, and what follows it.
fn split(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start();
    let mut open = false;
    let mut escaped = false;
    let end = text.char_indices().find(|(at, c)| {
        let ends = c.is_whitespace() && !open;
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' if open || *at == 0 => open = !open,
            _ => {}
        }
        ends
    });
    let end = end.map_or(text.len(), |(at, _)| at);
    (end > 0).then(|| text.split_at(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_stand_behind_their_machines() {
        let text = "machine a.example login me\n  password maple7\ndefault login x password \"two words\"\n";
        assert!(is_one(text) && !is_one("machine learning"));
        let found = values(text);
        let found: Vec<_> =
            found.iter().map(|held| (held.name.as_str(), held.value.as_str(), held.line)).collect();
        assert_eq!(found[0], ("password of a.example", "maple7", 2));
        assert_eq!(found[1].1, "two words");
    }
}
