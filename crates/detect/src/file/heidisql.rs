//! Settings that HeidiSQL gave out, or keeps beside itself: passwords of sessions, each letter moved by one number.
//!
//! The number stands behind the letters, in hexadecimal as they are: `Servers\shop\Password<|||>1<|||>7A7B4`. There is no key.

use std::borrow::Cow;

use crate::context::judge::ground::{Ground, ground};
use crate::context::judge::length_of;
use crate::context::judge::value::{Worth, worth};
use crate::read::{Part, hex};
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule = Rule::new(
    "heidisql-password",
    "Password of a session of HeidiSQL",
    "Whoever can read the settings can undo the coding and log in to the database.",
)
.of("HeidiSQL")
.source("https://www.heidisql.com/help.php");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "heidisql",
    rules: &[&RULE],
    wants: |hint| ground(hint) != Ground::Code,
    keywords: &[MARK],
    find,
    hits: &[Example {
        path: "heidisql/portable_settings.txt",
        text: concat!(
            "Servers\\shop\\User<|||>1<|||>app\nServers\\shop\\Password<|||>1<|||>567479776",
            "93D3B4\n"
        ),
        rule: "heidisql-password",
    }],
    misses: &[Example {
        path: "heidisql/portable_settings.txt",
        text: "Servers\\shop\\Password<|||>1<|||>\nServers\\shop\\Password<|||>1<|||>4\nServers\\a\\Password<|||>1<|||>xyz4\n",
        rule: "",
    }],
};

/// What stands between the name and the value, which is a text.
const MARK: &str = "\\password<|||>1<|||>";

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for &at in text.at.iter().filter(|_| !text.binary) {
        let rest = Part::between(text.bytes, at..text.bytes.len().min(at + 600));
        let Some(value) = rest.strip(MARK).map(|rest| rest.while_(|b| b.is_ascii_hexdigit())) else {
            continue;
        };
        let Some(plain) = plain(value.bytes()) else { continue };
        if matches!(worth(&plain), Worth::Nothing | Worth::Reference | Worth::Hollow) {
            continue;
        }
        let found = Found::here(&RULE, value, length_of("coded password", plain.len()));
        out(Found { secret: Cow::Owned(plain), ..found });
    }
}

/// The letters, each as far back as the last digit says.
fn plain(coded: &[u8]) -> Option<Vec<u8>> {
    let (by, letters) = coded.split_last()?;
    let by = char::from(*by).to_digit(16).and_then(|by| u8::try_from(by).ok())?;
    let plain: Vec<u8> = hex::bytes(letters)?.into_iter().map(|letter| letter.wrapping_sub(by)).collect();
    let text = std::str::from_utf8(&plain).is_ok_and(|text| !text.chars().any(char::is_control));
    (text && !plain.is_empty()).then_some(plain)
}
