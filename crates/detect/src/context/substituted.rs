//! Passwords that are put in the place of the one that a file came with: `s/changeme/…/` of sed, of Perl and of editors, whose
//! histories keep it.
//!
//! bad: `sed -i 's/changeme/Heron.Field_9/' app.conf`
//! good: `envsubst < app.conf.in > app.conf` when the program starts

use tightlip_report::{Confidence, Level};

use super::judge::coined::is_coined;
use super::judge::ground::{Ground, ground, is_named_manual};
use super::judge::length_of;
use super::judge::name::{Says, says};
use super::judge::value::{is_chosen, is_picked, is_secret};
use super::judge::weak::is_made;
use crate::finder::firsts;
use crate::read::Part;
use crate::{Example, Finder, Found, Hint, Rule, Text};

static RULE: Rule = Rule::new(
    "substituted-password",
    "Password that is put in the place of another",
    "Whoever can read the command can log in.",
)
.source("https://docs.docker.com/build/building/secrets/")
.at(Level::Deny, Confidence::Medium);

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "substituted",
    rules: &[&RULE],
    wants: |hint| !matches!(hint, Hint::Named(_)) && ground(hint) != Ground::Noise && !is_named_manual(hint),
    keywords: &firsts(&PLACES),
    find,
    hits: &[
        Example {
            path: "x.sh",
            text: "sed -i 's/changeme/p{lower:6}97/g' a.conf\n",
            rule: "substituted-password",
        },
        Example {
            path: "",
            text: "RUN sed -i \"s|@@DB_PASSWORD@@|p{lower:6}97|\" a.conf",
            rule: "substituted-password",
        },
        Example {
            path: "root/.viminfo",
            text: ":%s/changeme/Plum.{lower:5}_97/g\n",
            rule: "substituted-password",
        },
        Example {
            path: "root/.viminfo",
            text: ":%s/OLD_PASS/Qv{lower:5}WbKx7ZrT/g\n",
            rule: "substituted-password",
        },
        Example {
            path: "x.sh",
            text: "sed -i 's|DB_PASSWORD|p{lower:6}97|' a.conf\n",
            rule: "substituted-password",
        },
        Example {
            path: "x.sh",
            text: "perl -pi -e 's#__ADMIN_PASS__#p{lower:6}97#' a.conf\n",
            rule: "substituted-password",
        },
    ],
    misses: &[
        Example {
            path: "x.sh",
            text: "sed -i \"s/changeme/$PW/\" a\nsed 's/changeme/${PW}/' a\nsed s/changeme/changeit/ a\nsed 's/password/p{lower:6}97/' a\nls /changeme/p{lower:6}97/\n",
            rule: "",
        },
        Example {
            path: "x.sh",
            text: "sed 's/DB_PASSWORD/DB_SECRET2/' a\nsed 's/TOKEN/tok{lower:6}97/' a\nsed 's|MAX_TOKENS/|tok{lower:6}97|' a\n",
            rule: "",
        },
        Example { path: "x.sh", text: "sed 's|@@DB_PASSWORD@@|@@DB_SECRET2@@|' a\n", rule: "" },
    ],
};

/// What a word says that stands where a password belongs.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    /// Files come with it.
    Blank,
    /// It ends the name of a secret, and what is replaced with it.
    Name,
}

/// What is replaced, in lower case.
const PLACES: [(&str, Place); 45] = [
    ("changeme", Place::Blank),
    ("change_me", Place::Blank),
    ("change-me", Place::Blank),
    ("changeit", Place::Blank),
    ("replaceme", Place::Blank),
    ("replace_me", Place::Blank),
    ("changethis", Place::Blank),
    ("password__", Place::Blank),
    ("password@", Place::Blank),
    ("password%", Place::Blank),
    ("password}}", Place::Blank),
    ("_pass__", Place::Blank),
    ("_pass@", Place::Blank),
    ("_pass%", Place::Blank),
    ("secret__", Place::Blank),
    ("secret@", Place::Blank),
    ("secret%", Place::Blank),
    ("secret}}", Place::Blank),
    ("token__", Place::Blank),
    ("token@", Place::Blank),
    ("token%", Place::Blank),
    ("token}}", Place::Blank),
    ("pass/", Place::Name),
    ("passwd/", Place::Name),
    ("password/", Place::Name),
    ("passwort/", Place::Name),
    ("_pw/", Place::Name),
    ("pwd/", Place::Name),
    ("secret/", Place::Name),
    ("token/", Place::Name),
    ("_key/", Place::Name),
    ("pass|", Place::Name),
    ("passwd|", Place::Name),
    ("password|", Place::Name),
    ("secret|", Place::Name),
    ("token|", Place::Name),
    ("_key|", Place::Name),
    ("pass#", Place::Name),
    ("password#", Place::Name),
    ("secret#", Place::Name),
    ("token#", Place::Name),
    ("pass,", Place::Name),
    ("password,", Place::Name),
    ("secret,", Place::Name),
    ("token,", Place::Name),
];

/// Before what is replaced stand no more bytes of its name than this.
const NAME: usize = 48;

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let mut done = 0;
    for &at in text.at.iter().filter(|_| !text.binary || is_history(&text.hint)) {
        let Some(value) = substitute(text.bytes, at).filter(|value| value.span().start >= done) else {
            continue;
        };
        done = value.span().end;
        if is_secret(value.bytes(), |weak| {
            is_chosen(weak) || is_picked(weak) || is_mixed(weak) || is_made(weak) || is_coined(weak)
        }) {
            out(Found::here(&RULE, value, length_of("password", value.len())));
        }
    }
}

/// Neovim's, which is no text as a whole.
fn is_history(hint: &Hint<'_>) -> bool {
    hint.file_name().ends_with(b".shada")
}

/// What stands between the second and the third mark: `s/a/x/`.
fn substitute(text: &[u8], at: usize) -> Option<Part<'_>> {
    let part = |b: &&u8| b.is_ascii_alphanumeric() || b"_-@%{}.".contains(b);
    let before = text.get(at.saturating_sub(NAME)..at)?;
    let length = before.iter().rev().take_while(part).count();
    let (head, _) = before.split_at(before.len() - length);
    let (mark, head) = head.split_last()?;
    let sed = head.strip_suffix(b"s").is_some_and(|rest| !rest.last().is_some_and(u8::is_ascii_alphanumeric));
    if !b"/|#,:~!".contains(mark) || !sed {
        return None;
    }
    let rest = Part::between(text, at..text.len().min(at + 256)).while_(|b| b != b'\n');
    let blank = PLACES.iter().any(|(word, place)| *place == Place::Blank && rest.strip(word).is_some());
    let (end, rest) = rest.cut(|b| b == *mark)?;
    if !blank && !is_constant(text.get(at - length..end.span().end)?) {
        return None;
    }
    let (value, _) = rest.cut(|b| b == *mark)?;
    // A field to fill in again, or what a shell or an editor puts there.
    let refers = value.bytes().iter().any(|b| b"$`{}\\&".contains(b)) || value.bytes().starts_with(b"@@");
    (!refers && value.len() >= 6).then_some(value)
}

/// `OLD_PASS`, `DB_PASSWORD`: a name that nobody writes but where its value is to stand. `password` is a word of any text.
fn is_constant(name: &[u8]) -> bool {
    let upper = |b: &u8| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'_';
    let old = name.split_at_checked(3).filter(|(start, _)| start.eq_ignore_ascii_case(b"old"));
    let constant = name.iter().all(upper) && name.contains(&b'_');
    constant && says(name) == Says::Secret || old.is_some_and(|(_, what)| says(what) == Says::Secret)
}

/// Letters and digits with a mark between them: `Heron.Field_9`.
fn is_mixed(value: &[u8]) -> bool {
    let has = |class: fn(&u8) -> bool| value.iter().any(class);
    let mark = value.iter().any(u8::is_ascii_punctuation);
    mark && value.len() >= 8
        && has(u8::is_ascii_digit)
        && has(u8::is_ascii_uppercase)
        && has(u8::is_ascii_lowercase)
}
