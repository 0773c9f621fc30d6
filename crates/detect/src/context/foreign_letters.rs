//! Names of secrets in letters that are not Latin, in programs and settings: `пароль = "…"`, `'密码' => '…'`. In texts for people such words
//! announce a password, which is told elsewhere.
//!
//! bad: `Пароль = "hunter22";`
//! good: `Пароль = ПолучитьПароль();`

use tightlip_report::{Confidence, Level};

use super::assignment::RULE;
use super::judge::ground::{Ground, ground};
use super::judge::length_of;
use super::judge::site::{Site, Written, value_of};
use super::judge::value::{is_chosen, is_picked, is_secret};
use crate::finder::firsts;
use crate::read::Part;
use crate::{Example, Finder, Found, Hint, Text};

/// What such a word names.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Names {
    /// A password, which somebody may have made up.
    Password,
    /// A key, a token or a secret, and many other things: only what looks random counts.
    Key,
}

/// Words for a password or a key, and what a name goes on with where it is still one.
const WORDS: [(&str, Names); 66] = [
    // Russian, Ukrainian and Bulgarian: as it stands in names.
    ("\u{43f}\u{430}\u{440}\u{43e}\u{43b}\u{44c}", Names::Password),
    ("\u{41f}\u{430}\u{440}\u{43e}\u{43b}\u{44c}", Names::Password),
    ("\u{41f}\u{410}\u{420}\u{41e}\u{41b}\u{42c}", Names::Password),
    ("\u{43f}\u{430}\u{440}\u{43e}\u{43b}\u{430}", Names::Password),
    ("\u{41f}\u{430}\u{440}\u{43e}\u{43b}\u{430}", Names::Password),
    // Chinese, Japanese, Korean.
    ("\u{5bc6}\u{7801}", Names::Password),
    ("\u{5bc6}\u{78bc}", Names::Password),
    ("\u{53e3}\u{4ee4}", Names::Password),
    ("\u{30d1}\u{30b9}\u{30ef}\u{30fc}\u{30c9}", Names::Password),
    ("\u{be44}\u{bc00}\u{bc88}\u{d638}", Names::Password),
    // Greek and Hebrew.
    ("\u{3ba}\u{3c9}\u{3b4}\u{3b9}\u{3ba}\u{3cc}\u{3c2}", Names::Password),
    ("\u{3ba}\u{3c9}\u{3b4}\u{3b9}\u{3ba}\u{3bf}\u{3c2}", Names::Password),
    ("\u{5e1}\u{5d9}\u{5e1}\u{5de}\u{5d4}", Names::Password),
    // Serbian, Kazakh, Thai, Hindi, Arabic, Persian, Vietnamese, Georgian, Armenian and others.
    ("\u{43b}\u{43e}\u{437}\u{438}\u{43d}\u{43a}\u{430}", Names::Password),
    ("\u{41b}\u{43e}\u{437}\u{438}\u{43d}\u{43a}\u{430}", Names::Password),
    ("\u{49b}\u{4b1}\u{43f}\u{438}\u{44f}\u{441}\u{4e9}\u{437}", Names::Password),
    ("\u{c554}\u{d638}", Names::Password),
    ("\u{d328}\u{c2a4}\u{c6cc}\u{b4dc}", Names::Password),
    ("\u{6697}\u{8a3c}\u{756a}\u{53f7}", Names::Password),
    ("\u{6697}\u{53f7}", Names::Password),
    ("\u{e23}\u{e2b}\u{e31}\u{e2a}\u{e1c}\u{e48}\u{e32}\u{e19}", Names::Password),
    ("\u{92a}\u{93e}\u{938}\u{935}\u{930}\u{94d}\u{921}", Names::Password),
    ("\u{643}\u{644}\u{645}\u{629}_\u{627}\u{644}\u{645}\u{631}\u{648}\u{631}", Names::Password),
    ("\u{643}\u{644}\u{645}\u{629}_\u{627}\u{644}\u{633}\u{631}", Names::Password),
    ("\u{6af}\u{630}\u{631}\u{648}\u{627}\u{698}\u{647}", Names::Password),
    ("\u{631}\u{645}\u{632}_\u{639}\u{628}\u{648}\u{631}", Names::Password),
    ("\u{5e1}\u{5d9}\u{5e1}\u{5de}\u{5d0}", Names::Password),
    ("m\u{1ead}tkh\u{1ea9}u", Names::Password),
    ("m\u{1ead}t_kh\u{1ea9}u", Names::Password),
    ("\u{10de}\u{10d0}\u{10e0}\u{10dd}\u{10da}\u{10d8}", Names::Password),
    ("\u{563}\u{561}\u{572}\u{57f}\u{576}\u{561}\u{562}\u{561}\u{57c}", Names::Password),
    ("\u{3c3}\u{3c5}\u{3bd}\u{3b8}\u{3b7}\u{3bc}\u{3b1}\u{3c4}\u{3b9}\u{3ba}\u{3cc}", Names::Password),
    // Keys, tokens and secrets.
    ("\u{43a}\u{43b}\u{44e}\u{447}", Names::Key),
    ("\u{41a}\u{43b}\u{44e}\u{447}", Names::Key),
    ("\u{41a}\u{41b}\u{42e}\u{427}", Names::Key),
    ("\u{442}\u{43e}\u{43a}\u{435}\u{43d}", Names::Key),
    ("\u{422}\u{43e}\u{43a}\u{435}\u{43d}", Names::Key),
    ("\u{422}\u{41e}\u{41a}\u{415}\u{41d}", Names::Key),
    ("\u{441}\u{435}\u{43a}\u{440}\u{435}\u{442}", Names::Key),
    ("\u{5bc6}\u{94a5}", Names::Key),
    ("\u{5bc6}\u{9470}", Names::Key),
    ("\u{91d1}\u{9470}", Names::Key),
    ("\u{4ee4}\u{724c}", Names::Key),
    ("\u{30ad}\u{30fc}", Names::Key),
    ("\u{9375}", Names::Key),
    ("\u{30c8}\u{30fc}\u{30af}\u{30f3}", Names::Key),
    ("\u{30b7}\u{30fc}\u{30af}\u{30ec}\u{30c3}\u{30c8}", Names::Key),
    ("\u{d1a0}\u{d070}", Names::Key),
    ("\u{43a}\u{459}\u{443}\u{447}", Names::Key),
    ("\u{41a}\u{459}\u{443}\u{447}", Names::Key),
    ("\u{3ba}\u{3bb}\u{3b5}\u{3b9}\u{3b4}\u{3af}", Names::Key),
    ("\u{3ba}\u{3bb}\u{3b5}\u{3b9}\u{3b4}\u{3b9}", Names::Key),
    ("\u{5de}\u{5e4}\u{5ea}\u{5d7}", Names::Key),
    ("\u{645}\u{641}\u{62a}\u{627}\u{62d}", Names::Key),
    ("\u{6a9}\u{644}\u{6cc}\u{62f}", Names::Key),
    ("\u{915}\u{941}\u{902}\u{91c}\u{940}", Names::Key),
    ("\u{e01}\u{e38}\u{e0d}\u{e41}\u{e08}", Names::Key),
    ("\u{c5f4}\u{c1e0}", Names::Key),
    ("\u{79d8}\u{5bc6}", Names::Key),
    ("\u{79d8}\u{94a5}", Names::Key),
    ("\u{79d8}\u{9470}", Names::Key),
    ("\u{be44}\u{bc00}\u{d0a4}", Names::Key),
    // Czech, Slovak, Estonian: too little is left of them without their own letters.
    ("kl\u{ed}\u{10d}", Names::Key),
    ("Kl\u{ed}\u{10d}", Names::Key),
    ("k\u{13e}\u{fa}\u{10d}", Names::Key),
    ("v\u{f5}ti", Names::Key),
];

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "foreign-letters",
    rules: &[&RULE],
    wants: |hint| matches!(hint, Hint::File(_)) && is_written(ground(hint)),
    keywords: &firsts(&WORDS),
    find,
    hits: &[
        Example {
            path: "a.py",
            text: "\u{43f}\u{430}\u{440}\u{43e}\u{43b}\u{44c} = \"p{lower:6}97\"\n",
            rule: "secret-in-file",
        },
        Example {
            path: "m.bsl",
            text: "\t\u{41f}\u{430}\u{440}\u{43e}\u{43b}\u{44c}\u{411}\u{414} = \"p{lower:6}97\";\n",
            rule: "secret-in-file",
        },
        Example {
            path: "a.php",
            text: "$c = ['\u{5bc6}\u{7801}' => 'p{lower:6}97'];\n",
            rule: "secret-in-file",
        },
        Example {
            path: "a.json",
            text: "{\"\u{6570}\u{636e}\u{5e93}\u{5bc6}\u{7801}\": \"p{lower:6}97\"}\n",
            rule: "secret-in-file",
        },
        Example {
            path: "a.ini",
            text: "\u{43f}\u{430}\u{440}\u{43e}\u{43b}\u{44c}_db = p{lower:6}97\n",
            rule: "secret-in-file",
        },
        Example {
            path: "a.yml",
            text: "db:\n  \u{30d1}\u{30b9}\u{30ef}\u{30fc}\u{30c9}: p{lower:6}97\n",
            rule: "secret-in-file",
        },
        Example {
            path: "a.ini",
            text: "\u{43a}\u{43b}\u{44e}\u{447} = {base62:28}\n",
            rule: "secret-in-file",
        },
        Example { path: "a.yaml", text: "API\u{30ad}\u{30fc}: {base62:28}\n", rule: "secret-in-file" },
    ],
    misses: &[
        Example {
            path: "a.yaml",
            text: "\u{30ad}\u{30fc}: word-97\n\u{43a}\u{43b}\u{44e}\u{447}: primary_key_of_tables\n",
            rule: "",
        },
        Example {
            path: "ru.json",
            text: "{\"\u{43f}\u{430}\u{440}\u{43e}\u{43b}\u{44c}\": \"Password\", \"password\": \"\u{41f}\u{430}\u{440}\u{43e}\u{43b}\u{44c}\", \"\u{41f}\u{430}\u{440}\u{43e}\u{43b}\u{44c}\": \"Kennwort eingeben\"}\n",
            rule: "",
        },
        Example {
            path: "a.py",
            text: "\u{43f}\u{430}\u{440}\u{43e}\u{43b}\u{44c} = read()\n\u{43f}\u{430}\u{440}\u{43e}\u{43b}\u{44c} = input(\"p{lower:6}97\")\n",
            rule: "",
        },
        // A name of something about it.
        Example {
            path: "a.py",
            text: "\u{43f}\u{430}\u{440}\u{43e}\u{43b}\u{44c}\u{43d}\u{430}\u{44f} = \"p{lower:6}97\"\n\u{5bc6}\u{7801}\u{63d0}\u{793a} = \"p{lower:6}97\"\n",
            rule: "",
        },
        Example {
            path: "a.php",
            text: "'password' => '\u{43f}\u{430}\u{440}\u{43e}\u{43b}\u{44c} p{lower:6}97',\n'\u{5bc6}\u{7801}' => '\u{53e3}\u{4ee4}',\n",
            rule: "",
        },
        Example {
            path: "a.yml",
            text: "\u{43f}\u{430}\u{440}\u{43e}\u{43b}\u{44c}: ${PASSWORD}\n\u{5bc6}\u{7801}: !vault x\n",
            rule: "",
        },
    ],
};

/// Where names stand before values: no text for people.
fn is_written(ground: Ground) -> bool {
    !matches!(ground, Ground::Prose | Ground::Noise)
}

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let ground = ground(&text.hint);
    if text.binary || !is_written(ground) {
        return;
    }
    let mut done = 0;
    for &at in text.at {
        if at < done {
            continue;
        }
        let Some((name, names)) = name(text.bytes, at) else { continue };
        done = name.span().end;
        let Some(value) = value_of(text.bytes, name).and_then(|site| value(ground, &site)) else { continue };
        let programmed = matches!(ground, Ground::Code | Ground::Shell);
        let made_up = |weak: &[u8]| names == Names::Password && (is_chosen(weak) || is_picked(weak));
        if !is_secret(value.bytes(), made_up) || names == Names::Key && !is_token(value.bytes()) {
            continue;
        }
        let what = match names {
            Names::Password => "value of a password's name",
            Names::Key => "value of a key's name",
        };
        let found = Found::here(&RULE, value, length_of(what, value.len()));
        let sure = !programmed || is_secret(value.bytes(), is_chosen);
        out(if sure {
            found.at(Level::Deny, Confidence::Medium)
        } else {
            found.at(Level::Warn, Confidence::Low)
        });
    }
}

/// So long is a key at least.
const KEY: usize = 16;

fn is_token(value: &[u8]) -> bool {
    value.len() >= KEY && value.iter().all(|b| b.is_ascii_alphanumeric() || b"-_.+/=".contains(b))
}

/// The name around a word; none where it goes on in a way that makes it another word.
fn name(text: &[u8], at: usize) -> Option<(Part<'_>, Names)> {
    let rest = text.get(at..)?;
    let (word, names) = WORDS.iter().find(|(word, _)| rest.starts_with(word.as_bytes()))?;
    let is_part = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_' || *b >= 0x80;
    let left = text.get(..at)?.iter().rev().take(80).take_while(|b| is_part(b)).count();
    let behind = rest.get(word.len()..)?;
    let right = behind.iter().take(80).take_while(|b| is_part(b)).count();
    let goes_on = std::str::from_utf8(behind.get(..right)?).ok()?.chars().next();
    let divided = goes_on.is_none_or(|c| c == '_' || c.is_ascii_digit() || c.is_uppercase());
    divided.then(|| {
        let span = at.saturating_sub(left)..at.saturating_add(word.len()).saturating_add(right);
        (Part::between(text, span), *names)
    })
}

/// What a name is given, as far as it is a value on this ground.
fn value<'b>(ground: Ground, site: &Site<'b>) -> Option<Part<'b>> {
    let settings = matches!(ground, Ground::Lines | Ground::Yaml);
    match site.written {
        Written::Bare if settings => {
            let value = site.value.cut_at(b" #").map_or(site.value, |(value, _)| value).trim();
            Some(value).filter(|value| !value.bytes().contains(&b' '))
        }
        Written::Bare => None,
        _ => Some(site.value),
    }
}
