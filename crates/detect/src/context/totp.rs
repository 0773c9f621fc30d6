//! Seeds of one-time passwords: `otpauth://totp/…?secret=BASE32`, `totp_secret=BASE32`, exports of password managers.
//!
//! bad: `"totp": "2CNB6K4Q…"` beside the password that it is to protect
//! good: neither of the two in an image

use tightlip_report::{Confidence, Level};

use super::judge::ground::is_named_manual;
use super::judge::length_of;
use super::judge::name::{is_for_tests, words};
use super::judge::site::{name_around, value_of};
use super::judge::value::entropy;
use super::table::{Kind, ROWS, cells, kind, separator};
use crate::read::{Part, base64};
use crate::words::is_unspelled;
use crate::{Example, Finder, Found, Rule, Text};

/// Of the file of PAM's module as well.
pub(crate) static RULE: Rule = Rule::new(
    "totp-seed",
    "Seed of one-time passwords",
    "Whoever holds it can make every one-time password of the account.",
)
.source("https://github.com/google/google-authenticator/wiki/Key-Uri-Format")
.at(Level::Deny, Confidence::Medium);

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "totp",
    rules: &[&RULE],
    wants: |_| true,
    keywords: &[ADDRESS, EXPORT, TOLD, "otp", "2fa", "mfa", "two_factor", "twofactor", "authenticator"],
    find,
    hits: &[
        Example {
            path: "setup.txt",
            text: "Your new secret key is: K2{B32:24}\nEnter code from app (-1 to skip):\n",
            rule: "totp-seed",
        },
        Example {
            path: "a.txt",
            text: "otpauth://totp/Acme:ops?issuer=Acme&amp;secret=K2{B32:30}&digits=6\n",
            rule: "totp-seed",
        },
        Example {
            path: "a.txt",
            text: "otpauth-migration://offline?data=CjEK{b64u:80}%3D\n",
            rule: "totp-seed",
        },
        Example { path: "vault.json", text: "{\"login\": {\"totp\": \"K2{B32:30}\"}}", rule: "totp-seed" },
        Example {
            path: "export.csv",
            text: "name,login_password,login_totp\nhoster,,K2{B32:30}\n",
            rule: "totp-seed",
        },
        Example {
            path: "pass1.xml",
            text: "<String><Key>TOTP Seed</Key><Value>K2{B32:30}</Value></String>",
            rule: "totp-seed",
        },
        Example { path: "bot.env", text: "ADMIN_TOTP_SECRET=K2{B32:14}\n", rule: "totp-seed" },
        Example {
            path: "a.json",
            text: "{\"mfaSecret\": \"abcd 2fgh 7klm nopq rstu 6wxy zabc d3fg\"}",
            rule: "totp-seed",
        },
        Example {
            path: "pass.xml",
            text: "<String><Key>TimeOtp-Secret-Base32</Key><Value>K2{B32:30}</Value></String>",
            rule: "totp-seed",
        },
    ],
    misses: &[
        Example {
            path: "setup.txt",
            text: "Your new secret key is: ENCRYPTED\nYour new secret key is: ********\nYour new secret key is: JBSWY3DPEHPK3PXP\n",
            rule: "",
        },
        Example {
            path: "a.md",
            text: "otpauth://totp/Example:alice?secret=JBSWY3DPEHPK3PXP&issuer=Example otpauth://totp/{label}?secret={secret}\n",
            rule: "",
        },
        Example {
            path: "a.py",
            text: "ENABLE_2FA_KEY = 'enable-oslogin-2fa'\nTOTP_SECRET = get()\ntotp = 'totp'\nOTP_KEY = 'one-time-password-key'\nMFA_TOKEN=123456\nENABLE_2FA = 'OPTIONALFOREVERYBODY'\notp_secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'\n",
            rule: "",
        },
        Example { path: "a.env", text: "HOTPLUG_KEY=K2{B32:30}\nOTP_ISSUER=K2{B32:30}\n", rule: "" },
    ],
};

const ADDRESS: &str = "otpauth://";
const EXPORT: &str = "otpauth-migration://";
/// What PAM's program says when it has made one.
const TOLD: &str = "new secret key is: ";

/// Seeds that pages and standards show: of the description of the address, of RFC 4226 and 6238.
const EXAMPLES: &[&str] = &["JBSWY3DPEHPK3PXP", "HXDMVJECJJWSRB3HWIZR4IFUGFTMXBOZ", "GEZDGNBVGY3TQOJQ"];

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let manual = is_named_manual(&text.hint);
    let (mut done, mut table) = (0, true);
    for &at in text.at.iter().filter(|_| !text.binary) {
        if at < done {
            continue;
        }
        let mut seeds: Vec<Part<'b>> = seed(text, at).into_iter().collect();
        // One look at a table is enough for all words in its head.
        if seeds.is_empty() && std::mem::take(&mut table) {
            seeds = in_table(text, at);
        }
        for seed in seeds {
            done = seed.span().end;
            let found = Found::here(&RULE, seed, length_of("seed", seed.len()));
            out(if manual { found.at(Level::Warn, Confidence::Low) } else { found });
        }
    }
}

/// What a word at this place leads to.
fn seed<'b>(text: &Text<'b>, at: usize) -> Option<Part<'b>> {
    let here = Part::between(text.bytes, at..text.bytes.len().min(at + LONGEST));
    if here.strip(ADDRESS).is_some() {
        of_address(here)
    } else if here.strip(EXPORT).is_some() {
        of_export(here)
    } else if let Some(told) = here.strip(TOLD) {
        Some(told.while_(|b| b.is_ascii_graphic())).filter(is_seed)
    } else {
        named(text.bytes, at)
    }
}

/// An export of many accounts is longer than any other address.
const LONGEST: usize = 16 * 1024;

/// The parameter of an address; one more may stand before it.
fn of_address(here: Part<'_>) -> Option<Part<'_>> {
    let address = here.while_(|b| b.is_ascii_graphic() && !matches!(b, b'"' | b'\'' | b'<' | b'>' | b'`'));
    let (_, mut query) = address.cut(|b| b == b'?')?;
    loop {
        let pair = query.while_(|b| !matches!(b, b'&' | b';'));
        if let Some(seed) = pair.strip("secret=") {
            let seed = seed.while_(|b| b.is_ascii_alphanumeric());
            return is_base32(seed.bytes()).then_some(seed);
        }
        query = query.after(&pair).skip(1);
        if query.is_empty() {
            return None;
        }
    }
}

/// What Google's application gives out to take all accounts along.
fn of_export(here: Part<'_>) -> Option<Part<'_>> {
    let (_, data) = here.first(80).cut_at(b"data=")?;
    let data = Part::between(here.whole(), data.span().start..here.span().end);
    let data = data.while_(|b| base64::is_digit(b) || matches!(b, b'-' | b'_' | b'%'));
    let first = data.bytes().get(..8).and_then(base64::decode);
    // The first field of the message is a list of accounts.
    (data.len() >= 32 && first.is_some_and(|bytes| bytes.first() == Some(&0x0a))).then_some(data)
}

/// The value of a name that says it is a seed.
fn named(text: &[u8], at: usize) -> Option<Part<'_>> {
    let name = name_around(text, at);
    let second = Part::between(text, name.span().end..text.len().min(name.span().end + 5));
    let name = if second.is(" seed") { name.through(&second) } else { name };
    if !says_seed(name.bytes()) || is_for_tests(name.bytes()) {
        return None;
    }
    Some(value_of(text, name)?.value).filter(is_seed)
}

/// The cells of a column whose head says so.
fn in_table<'b>(text: &Text<'b>, at: usize) -> Vec<Part<'b>> {
    let Some(kind @ Kind::By(_)) = kind(text.hint.file_name()) else { return Vec::new() };
    if text.bytes.get(..at).is_some_and(|before| before.contains(&b'\n')) {
        return Vec::new();
    }
    let mut rows = Part::of(text.bytes).lines();
    let Some(head) = rows.next() else { return Vec::new() };
    let kind = separator(head, kind);
    let column = cells(head, kind).iter().position(|cell| says_seed(cell.bytes()));
    let cell = |row: Part<'b>| cells(row, kind).get(column?).copied().filter(is_seed);
    rows.take(ROWS).filter_map(cell).collect()
}

/// Whether a value of that name is one: base32, in groups or not.
fn is_seed(value: &Part<'_>) -> bool {
    let letters: Vec<u8> =
        value.bytes().iter().copied().filter(|b| !matches!(b, b' ' | b'-' | b'=')).collect();
    let digit = letters.iter().any(u8::is_ascii_digit) || is_unspelled(&letters);
    // `enable-oslogin-2fa` is a name: groups are of one length.
    let mut groups = value.bytes().trim_ascii_end().split(|b| matches!(b, b' ' | b'-')).map(<[u8]>::len);
    let first = groups.next().unwrap_or_default();
    let grouped = groups.clone().rev().skip(1).all(|group| group == first);
    value.len() <= 160 && digit && grouped && is_base32(&letters)
}

fn says_seed(name: &[u8]) -> bool {
    let words = words(name);
    let kinds = ["totp", "otp", "hotp", "mfa", "fa", "twofactor", "factor", "authenticator", "otpauth"];
    let ends = ["totp", "otp", "secret", "seed", "key", "base", "auth", "otpauth", "totpsecret", "otpsecret"];
    let kind = words.iter().any(|word| kinds.contains(&word.as_str()));
    let last = words.last().map_or("", String::as_str);
    (kind || last == "totpsecret" || last == "otpsecret") && ends.contains(&last)
}

/// At least 80 bits in one case of letters, as authenticators take them, and not those of an example.
fn is_base32(seed: &[u8]) -> bool {
    let digit = |b: &u8| (b'2'..=b'7').contains(b);
    let upper = seed.iter().all(|b| b.is_ascii_uppercase() || digit(b));
    let lower = seed.iter().all(|b| b.is_ascii_lowercase() || digit(b));
    let example = |word: &&str| seed.to_ascii_uppercase().starts_with(word.as_bytes());
    (16..=128).contains(&seed.len())
        && (upper || lower)
        && entropy(seed) >= 2.8
        && !EXAMPLES.iter().any(example)
}
