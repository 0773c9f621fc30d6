//! Passwords that devices of a network and routing daemons are configured with, behind words of their own:
//! `ip ospf message-digest-key 1 md5 x`, `vtp password x`, `radius server R` and below it `key x`.
//!
//! bad: `ip ospf message-digest-key 1 md5 hunter22x`
//! good: the key in the vault of the tool that configures the device

use std::cell::LazyCell;

use super::directive::{RULE, level, of_configuration};
use super::judge::device_config::{behind_prompt, is_of_device};
use super::judge::ground::{Ground, may_be_settings};
use super::judge::length_of;
use super::judge::reading::line_before;
use crate::finder::firsts;
use crate::read::Part;
use crate::{Example, Finder, Found, Text};

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "device",
    rules: &[&RULE],
    wants: may_be_settings,
    keywords: &firsts(&FORMS),
    find,
    hits: &[
        Example {
            path: "console.txt",
            text: "core1(config)#vtp password p{lower:6}97\ncore1(config)#end\n",
            rule: "password-directive",
        },
        Example {
            path: "etc/frr/frr.conf",
            text: "interface eth0\n ip ospf message-digest-key 1 md5 p{lower:6}97\n",
            rule: "password-directive",
        },
        Example {
            path: "tftp/core.cfg",
            text: "ntp authentication-key 1 md5 p{lower:6}97\n",
            rule: "password-directive",
        },
        Example {
            path: "tftp/core.cfg",
            text: "radius server R1\n address ipv4 10.0.0.1 auth-port 1812\n key 0 p{lower:6}97\n",
            rule: "password-directive",
        },
        Example {
            path: "etc/frr/isisd.conf",
            text: "router isis 1\n area-password clear p{lower:6}97\n",
            rule: "password-directive",
        },
        Example {
            path: "tftp/core.cfg",
            text: "ppp pap sent-username bob password 0 p{lower:6}97\n",
            rule: "password-directive",
        },
    ],
    misses: &[
        Example {
            path: "console.txt",
            text: "core1(config)#vtp password\ncore1#show vtp password p{lower:6}97\n",
            rule: "",
        },
        Example {
            path: "tftp/core.cfg",
            text: "key chain K\n key 1\nip ospf message-digest-key 1 md5\nvtp password\nntp authentication-key 1 md5 <key>\n",
            rule: "",
        },
        Example {
            path: "etc/x.conf",
            text: "aaa group server radius G\n server name R1\nkey abc97def\nstandby 1 preempt97\n",
            rule: "",
        },
        Example {
            path: "tftp/core.txt",
            text: "The vtp password should be changed. A domain-password is given with clear or md5.\n",
            rule: "",
        },
    ],
};

/// Words that lead to a password, and those that may stand between; `#` is a number.
const FORMS: [(&str, &[&str]); 19] = [
    ("message-digest-key ", &["#", "md5"]),
    ("authentication-key ", &["#", "md5"]),
    ("authentication-key ", &["#", "sha1", "sha2", "hmac-sha2-256", "cmac-aes-128"]),
    ("isis password ", &["clear", "md5"]),
    ("area-password ", &["clear", "md5"]),
    ("domain-password ", &["clear", "md5"]),
    ("rip authentication string ", &[]),
    ("nhrp authentication ", &[]),
    ("eigrp authentication ", &[]),
    ("vtp password ", &[]),
    ("ip ftp password ", &[]),
    ("sent-username ", &["*", "password"]),
    ("ldp neighbor ", &["*", "password"]),
    ("vrrp authentication ", &["text", "md5", "key-string"]),
    ("standby ", &["#", "authentication", "text", "md5", "key-string"]),
    ("key ", &[]),
    ("server-private ", &["*", "key"]),
    ("pac key ", &[]),
    ("cts password ", &[]),
];

/// What has to stand between; the other words may.
const REQUIRED: &[&str] = &["#", "*", "password", "key", "authentication"];

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let written_by_device = LazyCell::new(|| is_of_device(text));
    let mut done = 0;
    for &at in text.at.iter().filter(|_| !text.binary) {
        let line = Part::between(text.bytes, at..text.bytes.len().min(at + 300));
        let line = line.while_(|b| b != b'\n' && b != b'\r');
        let before = behind_prompt(line_before(text.bytes, at));
        let value = FORMS.iter().find_map(|(word, between)| {
            let after = line.strip(word)?;
            let fits = if *word == "key " { is_of_server(text.bytes, at, before) } else { begins(before) };
            fits.then(|| behind(after, between)).flatten()
        });
        let Some(value) = value.filter(|value| value.span().start >= done) else { continue };
        let level = if *written_by_device { of_configuration(value) } else { level(Ground::Lines, value) };
        if let Some((level, confidence)) = level {
            done = value.span().end;
            out(Found::here(&RULE, value, length_of("password", value.len())).at(level, confidence));
        }
    }
}

/// Whether a line up to here holds no more than words of such a configuration, and is no comment.
fn begins(before: &[u8]) -> bool {
    let plain = |b: &u8| b.is_ascii_alphanumeric() || b" \t-./:_".contains(b);
    before.len() <= 60 && before.iter().all(plain) && before.split(|b| *b == b' ').count() <= 8
}

/// The last word of a line, with nothing before it but what may stand there and the digit that says how it is written.
fn behind<'b>(after: Part<'b>, between: &[&str]) -> Option<Part<'b>> {
    let mut words = after.words().peekable();
    for known in between {
        let word = words.peek()?;
        let fits = match *known {
            "*" => true,
            "#" => word.bytes().iter().all(u8::is_ascii_digit),
            name => word.is(name),
        };
        if fits {
            words.next();
        } else if REQUIRED.contains(known) {
            return None;
        }
    }
    let first = words.next()?;
    let second = words.next();
    // `password 0 x` is written as it is, `password 7 x` so that it can be undone.
    let value = match second {
        Some(second) if first.len() == 1 && first.bytes().iter().all(u8::is_ascii_digit) => second,
        Some(_) => return None,
        None => first,
    };
    (words.next().is_none()).then(|| value.unquote())
}

/// Whether `key x` stands below the head of a server that devices ask who may log in.
fn is_of_server(text: &[u8], at: usize, before: &[u8]) -> bool {
    if !(before.starts_with(b" ") || before.starts_with(b"\t")) || !before.trim_ascii().is_empty() {
        return false;
    }
    let above = text.get(at.saturating_sub(400)..at - before.len()).unwrap_or_default();
    let head = above
        .rsplit(|b| *b == b'\n')
        .filter(|line| !line.trim_ascii().is_empty())
        .find(|line| line.first().is_some_and(|b| !b.is_ascii_whitespace()));
    head.is_some_and(|head| {
        ["radius server ", "tacacs server ", "radius-server ", "tacacs-server ", "aaa-server "]
            .iter()
            .any(|start| head.starts_with(start.as_bytes()))
    })
}
