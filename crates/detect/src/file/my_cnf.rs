//! The clients of MySQL: passwords in `.my.cnf`, and in `.mylogin.cnf`, which is encrypted with a key that stands in it.
//!
//! What stands for a password there is one, however weak: a word of configuration is a warning.

use std::borrow::Cow;

use super::judge::is_called;
use crate::context::judge::placed;
use crate::read::{Part, aes, ini};
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule =
    Rule::new("mysql-password", "MySQL password", "Whoever holds it can log in to the database.")
        .of("MySQL")
        .source("https://dev.mysql.com/doc/refman/8.4/en/option-files.html");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "my-cnf",
    rules: &[&RULE],
    wants: |hint| is_called(hint, &["my.cnf", "mylogin.cnf"]),
    keywords: &[],
    find,
    hits: &[
        Example {
            path: "root/.my.cnf",
            text: "[client]\nuser=root\npassword=\"p{lower:8}\"\n",
            rule: "mysql-password",
        },
        Example { path: "root/.my.cnf", text: "[client]\npassword=simple\n", rule: "mysql-password" },
    ],
    misses: &[Example {
        path: "etc/mysql/my.cnf",
        text: "[client]\nport=3306\n#password=your_password\npassword=\n[mysqldump]\npassword\n",
        rule: "",
    }],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    if text.bytes.starts_with(&[0; 4]) {
        return encrypted(text, out);
    }
    for pair in ini::pairs(text.bytes).filter(|pair| pair.key.is("password")) {
        placed(&RULE, pair.value, "password").into_iter().for_each(&mut *out);
    }
}

/// Zeros, 20 bytes that make the key, and lines, each encrypted and behind its length.
fn encrypted<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let Some((made_of, mut rest)) = text.bytes.get(4..).and_then(|rest| rest.split_first_chunk::<20>())
    else {
        return;
    };
    let mut key = [0; 16];
    for (place, byte) in made_of.iter().enumerate() {
        key[place % 16] ^= byte;
    }
    let mut at = 24;
    while let Some((length, behind)) = rest.split_first_chunk::<4>() {
        let length = usize::try_from(u32::from_le_bytes(*length)).unwrap_or(usize::MAX);
        let Some((line, next)) = behind.split_at_checked(length) else { return };
        at += 4;
        let place = Part::between(text.bytes, at..at + length);
        if let Some(secret) = aes::decrypt(&key, line).and_then(|line| password(&line)) {
            let shape = |found: Found<'_>| (found.shape, found.level, found.confidence);
            if let Some((shape, level, confidence)) = placed(&RULE, Part::of(&secret), "password").map(shape)
            {
                let shape = format!("{shape}, encrypted with a key that stands in the file");
                let found = Found { level, confidence, ..Found::here(&RULE, place, shape) };
                out(Found { secret: Cow::Owned(secret), ..found });
            }
        }
        at += length;
        rest = next;
    }
}

/// `password = "x"`
fn password(line: &[u8]) -> Option<Vec<u8>> {
    let pair = ini::pairs(line).find(|pair| pair.key.is("password"))?;
    Some(pair.value.unquote().bytes().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finder::tests::found_in;

    #[test]
    fn the_key_in_the_file_opens_it() {
        // `[client]`, `user = "root"` and a password, each encrypted by OpenSSL.
        let digits = [
            "10000000f2d64a89a933cff9946fa9196b944127100000004f02fde66551afa9",
            "9e4c48c03092ea39200000007bd3f92821c0c6b135c82584b26532a5c22bbcc8",
            "fe4f36d111f4881d3bee8ff2",
        ]
        .concat();
        let digit = |place: usize| u8::from_str_radix(&digits[place..place + 2], 16).unwrap();
        let mut lines = vec![0; 4];
        lines.extend(1..=20);
        lines.extend((0..digits.len()).step_by(2).map(digit));
        let lines = &lines;
        let found = found_in(&FINDER, "root/.mylogin.cnf", lines);
        assert_eq!(found.len(), 1);
        assert!(found[0].shape.starts_with("password, 9 characters, encrypted"), "{}", found[0].shape);
        assert!(found_in(&FINDER, "root/.mylogin.cnf", &lines[..60]).is_empty());
    }

    #[test]
    fn no_input_is_too_strange() {
        for length in 0..80 {
            found_in(&FINDER, "root/.mylogin.cnf", &vec![0; length]);
        }
    }
}
