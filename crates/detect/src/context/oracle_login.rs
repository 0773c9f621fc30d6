//! Logins that Oracle's tools are given: `exp userid=hr/…@db`, `expdp system/…@db`, `rman target sys/…@db`, `sqlldr hr/…`, and
//! the same in the files of parameters that they read.
//!
//! bad: `expdp system/hunter22x@ORCL full=y`
//! good: `expdp /@ORCL full=y`, with a wallet

use super::directive::level;
use super::easy_connect::RULE;
use super::judge::ground::{Ground, ground, ground_of, is_named_manual};
use super::judge::length_of;
use super::judge::reading::line_before;
use super::judge::value::is_chosen;
use crate::read::Part;
use crate::{Example, Finder, Found, Hint, Text};

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "oracle-login",
    rules: &[&RULE],
    wants: |hint| !matches!(hint, Hint::Named(_)) && ground(hint) != Ground::Noise && !is_named_manual(hint),
    keywords: WORDS,
    find,
    hits: &[
        Example {
            path: "x.sh",
            text: "exp userid=hr/p{lower:6}97@PDB1 file=/backup/hr.dmp\n",
            rule: "oracle-login",
        },
        Example {
            path: "x.sh",
            text: "rman target sys/p{lower:6}97@ORCL cmdfile=/opt/level0.rman\n",
            rule: "oracle-login",
        },
        Example { path: "x.sh", text: "expdp system/p{lower:6}97@orcl full=y\n", rule: "oracle-login" },
        Example { path: "exp.par", text: "userid=hr/p{lower:6}97\nfile=x.dmp\n", rule: "oracle-login" },
    ],
    misses: &[
        Example {
            path: "x.sh",
            text: "rman target /\nexp userid=/ file=x\nexpdp /@ORCL full=y\nimp $USER/$PW@db\nexpdp hr/${{PW}}@db\n",
            rule: "",
        },
        Example {
            path: "a.txt",
            text: "exp a/b2c3d4e5f6\nthe target x86/linux64@home and imp src/main97x\nimp lib/p{lower:6}97@2.0.0\n",
            rule: "",
        },
    ],
};

/// What stands before a login.
const WORDS: &[&str] =
    &["userid=", "expdp ", "impdp ", "sqlldr ", "exp ", "imp ", "target ", "catalog ", "auxiliary "];

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let own = ground_of(text);
    for &at in text.at.iter().filter(|_| !text.binary) {
        let line = Part::between(text.bytes, at..text.bytes.len().min(at + 300));
        let line = line.while_(|b| b != b'\n' && b != b'\r');
        let before = line_before(text.bytes, at);
        let Some(word) = WORDS.iter().find(|word| line.strip(word).is_some() && is_begun(word, before))
        else {
            continue;
        };
        let Some((password, placed)) = login(line.skip(word.len())) else { continue };
        if !placed && !matches!(*word, "userid=" | "sqlldr " | "expdp " | "impdp ") {
            continue;
        }
        let sure = own != Ground::Code || is_chosen(password.bytes());
        let ground = if sure && own != Ground::Prose { Ground::Lines } else { own };
        if let Some((level, confidence)) = level(ground, password) {
            out(Found::here(&RULE, password, length_of("password", password.len())).at(level, confidence));
        }
    }
}

/// Whether such a word may stand behind what stands before it in its line.
fn is_begun(word: &str, before: &[u8]) -> bool {
    let alone = before.last().is_none_or(|b| !b.is_ascii_alphanumeric() && !matches!(b, b'_' | b'-' | b'.'));
    let rman = || {
        let lower = before.to_ascii_lowercase();
        memchr::memmem::find(&lower, b"rman").is_some() || lower.trim_ascii() == b"connect"
    };
    alone && (!matches!(word, "target " | "catalog " | "auxiliary ") || rman())
}

/// The password of `hr/x@db`, and whether a place follows.
fn login(after: Part<'_>) -> Option<(Part<'_>, bool)> {
    let after = after.trim_of(|b| matches!(b, b' ' | b'"' | b'\'' | b'\\'));
    let user = after.while_(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'#'));
    let rest = after.after(&user).strip("/")?;
    let rest = rest.strip("\\\"").or_else(|| rest.strip("\"")).unwrap_or(rest);
    let password = rest.while_(|b| {
        (b.is_ascii_graphic() || b >= 0x80) && !matches!(b, b'@' | b'"' | b'\'' | b'\\' | b'/' | b';' | b',')
    });
    let behind = rest.after(&password).trim_of(|b| matches!(b, b'"' | b'\\'));
    let path = rest.after(&password).bytes().first() == Some(&b'/');
    // What follows the sign is no version: `imp lib/x@2.0.0`.
    let place = behind.strip("@").and_then(|place| place.bytes().first().copied());
    let placed = place.is_some_and(|first| first.is_ascii_alphabetic() || first == b'/');
    (!user.is_empty() && !password.is_empty() && !path).then_some((password, placed))
}
