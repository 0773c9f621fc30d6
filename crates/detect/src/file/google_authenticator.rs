//! `.google_authenticator` of the PAM module: the seed of one-time passwords in its first line.

use crate::context::judge::length_of;
use crate::context::totp::RULE;
use crate::read::Part;
use crate::{Example, Finder, Found, Text};

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "google-authenticator",
    rules: &[&RULE],
    wants: |hint| hint.file_name() == b".google_authenticator",
    keywords: &[],
    find,
    hits: &[Example {
        path: "root/.google_authenticator",
        text: "{B32:26}\n\" RATE_LIMIT 3 30\n\" TOTP_AUTH\n",
        rule: "totp-seed",
    }],
    misses: &[Example { path: "root/.google_authenticator", text: "\" TOTP_AUTH\n", rule: "" }],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let Some(seed) = Part::of(text.bytes).lines().next().map(|line| line.trim()) else { return };
    let base32 = seed.bytes().iter().all(|b| b.is_ascii_uppercase() || (b'2'..=b'7').contains(b));
    if base32 && (16..=128).contains(&seed.len()) {
        out(Found::here(&RULE, seed, length_of("seed", seed.len())));
    }
}
