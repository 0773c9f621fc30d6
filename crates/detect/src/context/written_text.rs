//! Files that Nix writes into its store and whose name says that they hold a password:
//! `pkgs.writeText "adminpass" "…"`, `builtins.toFile "db-password" "…"`, `environment.etc."admin-pass".text = "…"`.
//!
//! bad: `adminpassFile = "${pkgs.writeText "adminpass" "hunter22x"}";`
//! good: `adminpassFile = config.sops.secrets.adminpass.path;`

use tightlip_report::{Confidence, Level};

use super::assignment::RULE;
use super::judge::coined::is_coined;
use super::judge::comment::is_in_comment;
use super::judge::in_login::is_own_password;
use super::judge::joined::is_short_phrase;
use super::judge::length_of;
use super::judge::name::{Says, is_for_tests, is_password, says};
use super::judge::own_word::is_own_phrase;
use super::judge::reading::text_in_quotes;
use super::judge::value::{Worth, is_picked, worth};
use super::judge::weak::{is_chosen_in_quotes, is_words_with_number};
use crate::read::Part;
use crate::{Example, Finder, Found, Text};

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "written-text",
    rules: &[&RULE],
    wants: |hint| {
        let tests = memchr::memmem::find(hint.path(), b"nixos/tests/").is_some();
        hint.file_name().ends_with(b".nix") && !tests
    },
    keywords: &["writetext ", "tofile ", "environment.etc.\""],
    find,
    hits: &[
        Example {
            path: "configuration.nix",
            text: "adminpassFile = \"${pkgs.writeText \"adminpass\" \"P{lower:6}_97\"}\";\n",
            rule: "secret-in-file",
        },
        Example {
            path: "configuration.nix",
            text: "passwordFile = toString (pkgs.writeText \"db-password\" ''P{lower:6}_97'');\n",
            rule: "secret-in-file",
        },
        Example {
            path: "configuration.nix",
            text: "environmentFile = builtins.toFile \"api-token\" \"a1B{base62:30}\\n\";\n",
            rule: "secret-in-file",
        },
        Example {
            path: "configuration.nix",
            text: "environment.etc.\"nextcloud-admin-pass\".text = \"otter-pebble-quartz\";\n",
            rule: "secret-in-file",
        },
    ],
    misses: &[
        Example {
            path: "default.nix",
            text: "f = pkgs.writeText \"nginx.conf\" \"P{lower:6}_97\";\ng = pkgs.writeText \"password\" password;\nh = pkgs.writeText \"password\" \"${cfg.pass97X}\";\n",
            rule: "",
        },
        Example {
            path: "default.nix",
            text: "# pkgs.writeText \"adminpass\" \"P{lower:6}_97\"\np = pkgs.writeText \"adminpass\" \"password\";\nq = pkgs.writeText \"pass-store.sh\" \"echo P{lower:6}_97 of it\";\n",
            rule: "",
        },
        Example {
            path: "default.nix",
            text: "a = builtins.toFile \"passwd\" \"root:x97:0:0:Kiesel\";\nb = pkgs.writeText \"password-unit.service\" \"P{lower:6}_97\";\n",
            rule: "",
        },
        Example {
            path: "nixos/tests/a.nix",
            text: "p = pkgs.writeText \"adminpass\" \"P{lower:6}_97\";\n",
            rule: "",
        },
    ],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for &at in text.at.iter().filter(|_| !text.binary) {
        let rest = Part::between(text.bytes, at..text.bytes.len().min(at + 600));
        let Some((name, value)) = written(rest) else { continue };
        let named = is_password(name.bytes()) || says(name.bytes()) == Says::Secret;
        if !named || is_other_file(name) || is_for_tests(name.bytes()) || is_in_comment(text, at) {
            continue;
        }
        if let Some((level, confidence)) = level(value.bytes()) {
            let label = String::from_utf8_lossy(name.bytes()).into_owned();
            let shape = length_of(&format!("text of {label}"), value.len());
            out(Found::here(&RULE, value, shape).at(level, confidence));
        }
    }
}

/// `passwd` of the system, a unit, a script.
fn is_other_file(name: Part<'_>) -> bool {
    let end = name.bytes().iter().rposition(|b| *b == b'.').map(|dot| name.skip(dot + 1));
    let plain = ["txt", "pass", "secret", "key", "token"];
    name.is("passwd") || name.is("shadow") || end.is_some_and(|end| !plain.iter().any(|known| end.is(known)))
}

/// The name of a file and what is written into it.
fn written(rest: Part<'_>) -> Option<(Part<'_>, Part<'_>)> {
    let etc = rest.strip("environment.etc.");
    let after = etc.or_else(|| rest.strip("writetext ")).or_else(|| rest.strip("tofile "))?;
    let (name, after) = text_in_quotes(after.trim())?;
    let after = match etc {
        Some(_) => after.strip(".text")?.trim().strip("=")?,
        None => after,
    };
    let value = match after.trim().strip("''") {
        Some(inside) => inside.cut_at(b"''")?.0.trim(),
        None => text_in_quotes(after.trim())?.0,
    };
    // A line has an end in the file.
    let ended = value.bytes().strip_suffix(b"\\n").map_or(value.len(), <[u8]>::len);
    Some((name, value.first(ended)))
}

fn level(value: &[u8]) -> Option<(Level, Confidence)> {
    if value.iter().any(|b| b.is_ascii_whitespace() || *b == b'\\') {
        return None;
    }
    let chosen = is_chosen_in_quotes(value) || is_picked(value) || is_words_with_number(value);
    let worded = is_coined(value) || is_short_phrase(value) || is_own_phrase(value);
    match worth(value) {
        Worth::Strong => Some((Level::Deny, Confidence::Medium)),
        Worth::Weak if chosen || worded => Some((Level::Deny, Confidence::Medium)),
        Worth::Weak if is_own_password(value) => Some((Level::Warn, Confidence::Low)),
        _ => None,
    }
}
