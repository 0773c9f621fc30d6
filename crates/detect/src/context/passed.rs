//! Texts that a program hands on under the name of a secret: `k = "…"` and then `Client(api_key=k)`.
//!
//! bad: `k = "7feb3f41…"` above `HTTP(api_key=k)`
//! good: `k = os.environ["BYBIT_KEY"]` above `HTTP(api_key=k)`

use tightlip_report::{Confidence, Level};

use super::assignment::RULE;
use super::judge::bound::text_of;
use super::judge::ground::{Ground, ground};
use super::judge::in_login::is_own_password;
use super::judge::length_of;
use super::judge::name::{Says, is_password, says};
use super::judge::reading::line_from;
use super::judge::value::{Worth, is_wordy, worth};
use super::judge::weak::{is_chosen_in_quotes, is_made};
use crate::read::Part;
use crate::words::is_unspelled;
use crate::{Example, Finder, Found, Text};

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "passed",
    rules: &[&RULE],
    wants: |hint| ground(hint) == Ground::Code,
    keywords: NAMES,
    find,
    hits: &[
        Example { path: "a.py", text: "k = 'a1B{base62:20}'\nc = HTTP(api_key=k)\n", rule: "secret-in-file" },
        Example {
            path: "a.js",
            text: "const s = 'a1B{base62:30}';\nconst c = new Client({{ key: k, apiSecret: s }});\n",
            rule: "secret-in-file",
        },
        Example {
            path: "a.py",
            text: "usr, frase = 'ann', None\nfrase = 'P{lower:6}_97!'\nc = connect(user=usr, password=frase)\n",
            rule: "secret-in-file",
        },
        Example {
            path: "a.rb",
            text: "x = 'P{lower:6}_97!'\nNet::SSH.start(h, u, password: x)\n",
            rule: "secret-in-file",
        },
    ],
    misses: &[Example {
        path: "a.py",
        text: "k = os.environ['K']\nc = HTTP(api_key=k)\nlabel = 'Password'\nf(password=label)\nfield = 'password_confirmation'\nf(token=field)\n",
        rule: "",
    }],
};

/// Names under which secrets are handed on, with the sign.
const NAMES: &[&str] = &[
    "api_key=",
    "apikey=",
    "api_secret=",
    "apisecret=",
    "secret=",
    "secret_key=",
    "secretkey=",
    "access_key=",
    "access_token=",
    "token=",
    "auth_token=",
    "password=",
    "passwd=",
    "passwd =",
    "pwd=",
    "passphrase=",
    "client_secret=",
    "api_key:",
    "apikey:",
    "apisecret:",
    "api_secret:",
    "secret:",
    "secretkey:",
    "accesstoken:",
    "token:",
    "authtoken:",
    "password:",
    "passphrase:",
    "clientsecret:",
    "client_secret:",
    "secretaccesskey:",
    "access_token:",
    "password =>",
    "password :=",
    "password:=",
];

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    // One sign may end several of the names.
    let mut last = 0;
    for &at in text.at.iter().filter(|_| !text.binary) {
        let line = line_from(text.bytes, at);
        let Some(rest) = NAMES.iter().find_map(|name| line.strip(name)) else { continue };
        if std::mem::replace(&mut last, rest.span().start) == rest.span().start {
            continue;
        }
        let name = name_before(text.bytes, rest.span().start);
        let handed = rest.strip("=").unwrap_or(rest).trim();
        let variable = handed.while_(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'$'));
        let ends =
            matches!(handed.after(&variable).trim().bytes().first(), None | Some(b',' | b')' | b'}' | b']'));
        // A name that says what it holds has been read by itself.
        if !ends
            || variable.len() > 40
            || says(variable.bytes()) == Says::Secret
            || says(name.bytes()) != Says::Secret
        {
            continue;
        }
        let Some(value) = text_of(variable).filter(|value| is_one(name, *value)) else { continue };
        let label = String::from_utf8_lossy(name.bytes()).into_owned();
        let shape = length_of(&format!("value of {label}"), value.len());
        out(Found::here(&RULE, value, shape).at(Level::Deny, Confidence::Medium));
    }
}

/// The name whose sign ends here.
fn name_before(text: &[u8], end: usize) -> Part<'_> {
    let before =
        Part::between(text, end.saturating_sub(60)..end).trim_of(|b| matches!(b, b'=' | b':' | b'>' | b' '));
    let length = before.bytes().iter().rev().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
    before.skip(before.len() - length)
}

fn is_one(name: Part<'_>, value: Part<'_>) -> bool {
    let bytes = value.bytes();
    match worth(bytes) {
        Worth::Strong => true,
        Worth::Weak if is_password(name.bytes()) => {
            is_chosen_in_quotes(bytes) || is_made(bytes) || !is_wordy(bytes) && is_own_password(bytes)
        }
        Worth::Weak => {
            let long = bytes.len() >= 16 && bytes.iter().all(u8::is_ascii_alphanumeric);
            is_chosen_in_quotes(bytes) || is_made(bytes) || long && is_unspelled(bytes)
        }
        _ => false,
    }
}
