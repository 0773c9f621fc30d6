//! Passwords that a program or a file of settings has in escapes, letter by letter, so that nobody reads them:
//! `$pw = "\x68\x75…"`, `db.password=\u0068\u0075…`.
//!
//! Nobody escapes plain letters but to hide them. Under the name of a secret what looks chosen or random counts.
//!
//! bad: `db.password=\u0068\u0075\u006e\u0074\u0065\u0072\u0032\u0032`
//! good: `db.password=${DB_PASSWORD}`

use tightlip_report::{Confidence, Level};

use super::encoded_literal::{is_named, is_one};
use super::judge::ground::{Ground, ground, is_named_manual};
use super::judge::length_of;
use super::judge::reading::line_before;
use crate::decode::text::escapes;
use crate::read::Part;
use crate::{Example, Finder, Found, Hint, Rule, Text};

static RULE: Rule =
    Rule::new("escaped-password", "Password in escapes", "Whoever can read the file can decode it.")
        .source("https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html")
        .at(Level::Deny, Confidence::Medium);

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "escaped-value",
    rules: &[&RULE],
    wants: |hint| {
        let settings = hint.file_name().ends_with(b".properties");
        !matches!(hint, Hint::Named(_))
            && (settings || ground(hint) != Ground::Noise)
            && !is_named_manual(hint)
    },
    keywords: OPENINGS,
    find,
    hits: &[
        Example {
            path: "a.php",
            text: "$password = \"\\x6b\\x69\\x65\\x73\\x65\\x6c\\x39\\x37\\x21\";\n",
            rule: "escaped-password",
        },
        Example {
            path: "app.properties",
            text: "db.password=\\u006b\\u0069\\u0065\\u0073\\u0065\\u006c\\u0039\\u0037\\u0021\n",
            rule: "escaped-password",
        },
        Example {
            path: "messages_de.properties",
            text: "db.password = \\u006b\\u0069\\u0065\\u0073\\u0065\\u006c\\u0039\\u0037\\u0021\n",
            rule: "escaped-password",
        },
        Example {
            path: "a.json",
            text: "{\"password\": \"\\u006b\\u0069\\u0065\\u0073\\u0065\\u006c\\u0039\\u0037\\u0021\"}\n",
            rule: "escaped-password",
        },
    ],
    misses: &[
        Example {
            path: "messages_ko.properties",
            text: "login.password=\\ube44\\ubc00\\ubc88\\ud638\nlogin.passwort=\\u00dcber\n",
            rule: "",
        },
        Example {
            path: "a.js",
            text: "var password = \"\\x70\\x61\\x73\\x73\\x77\\x6f\\x72\\x64\"; var a = [\"\\x6b\\x69\\x65\\x73\\x65\\x6c\\x39\\x37\\x21\"]; token = \"\\x1b[31m\";\n",
            rule: "",
        },
    ],
};

/// How such a value begins, behind a quote or a sign.
const OPENINGS: &[&str] =
    &["\"\\x", "'\\x", "\"\\u00", "'\\u00", "=\\u00", "= \\u00", ":\\u00", ": \\u00", "\"\\u{", "'\\u{"];

/// Fewer letters are no password.
const LEAST: usize = 6;

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for &at in text.at.iter().filter(|_| !text.binary) {
        let rest = Part::between(text.bytes, at..text.bytes.len().min(at + 600));
        let quote = rest.bytes().first().copied().filter(|b| matches!(b, b'"' | b'\''));
        let value = match quote {
            Some(quote) => rest.skip(1).cut(|b| b == quote || b == b'\n').map(|(value, _)| value),
            None => Some(rest.while_(|b| !matches!(b, b'\n' | b'\r')).trim_of(|b| b" =:".contains(&b))),
        };
        let Some(value) = value else { continue };
        let Some(plain) = plain(value.bytes()).filter(|plain| is_one(plain)) else { continue };
        // The sign is a part of what stands before.
        let head = Part::between(text.bytes, at..value.span().start);
        let head = [line_before(text.bytes, at), head.bytes()].concat();
        if is_named(&head) {
            // It is told as it stands there: so it is masked wherever that would be shown.
            let shape = length_of("password in escapes", plain.len());
            out(Found::here(&RULE, value, shape));
        }
    }
}

/// What a value says of which nearly every letter is escaped, where those are letters that need not be.
fn plain(value: &[u8]) -> Option<Vec<u8>> {
    let escaped = value.iter().filter(|b| **b == b'\\').count();
    if escaped < LEAST {
        return None;
    }
    let mut plain = Vec::with_capacity(escaped);
    escapes::each(value, &mut |_, said| plain.extend_from_slice(said));
    let text = plain.iter().all(|b| b.is_ascii_graphic());
    (text && escaped * 4 >= plain.len() * 3).then_some(plain)
}
