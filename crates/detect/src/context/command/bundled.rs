//! Logins behind curl's flags in one word: `curl -fsSLu bob:… URL`, `curl -sbob`, `curl -ubob:…`.

use super::super::shell::word;
use crate::read::Part;

/// The flags of curl that take no argument, so that another one may stand behind them in the same word.
const ALONE: &[u8] = b"0123456#BGIJLMNORSZafgijklnpqsv";
/// The one that takes a login.
const LOGIN: u8 = b'u';

/// `user:password` behind a word of several flags, or joined to the flag.
pub(super) fn logins<'b>(line: Part<'b>) -> Vec<Part<'b>> {
    let mut words = line.words().skip(1).peekable();
    let mut all = Vec::new();
    while let Some(flags) = words.next() {
        let Some(flags) = flags.strip("-") else { continue };
        let alone = flags.while_(|b| ALONE.contains(&b));
        let behind = flags.after(&alone);
        if behind.bytes().first() != Some(&LOGIN) {
            continue;
        }
        // `-u bob:x` by itself is a flag like any other.
        let joined = behind.skip(1);
        let value = match joined.is_empty() {
            true if alone.is_empty() => None,
            true => words.peek().copied(),
            false => Some(joined),
        };
        let whole = value.map(|value| line.skip(value.span().start - line.span().start));
        all.extend(whole.map(word).filter(|value| !value.is_empty() && !value.bytes().starts_with(b"-")));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_login_is_told_from_flags_and_addresses() {
        let of = |line: &'static str| -> Vec<&str> {
            let all = logins(Part::of(line.as_bytes()));
            all.iter().map(|value| std::str::from_utf8(value.bytes()).unwrap()).collect()
        };
        assert_eq!(of("curl -fsSLu bob:x1 https://h/a"), ["bob:x1"]);
        assert_eq!(of("curl -sSfubob:x1 -O https://h/a"), ["bob:x1"]);
        assert_eq!(of("curl -ubob:x1 https://h/a"), ["bob:x1"]);
        assert_eq!(of("curl -sku 'bob:x 1' https://h/a"), ["bob:x 1"]);
        for line in [
            "curl -u bob:x1 h",
            "curl --url h:80",
            "curl -ou h:80 x",
            "curl -fsSL https://h:80/u",
            "curl -su -x",
        ] {
            assert!(of(line).is_empty(), "{line}");
        }
    }
}
