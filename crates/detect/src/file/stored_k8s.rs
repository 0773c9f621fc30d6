//! Secrets of Kubernetes as its server stores them, in etcd's database or in k3s' SQLite: a message of Protocol Buffers behind
//! `k8s` and a zero. Without encryption at rest their values stand there as they are.
//!
//! bad: a node's image with `/var/lib/etcd` of a cluster that ran in it
//! good: an image without a cluster's state

use tightlip_report::{Confidence, Level};

use super::k8s_secret::{RULE, stored};
use crate::context::judge::length_of;
use crate::read::Part;
use crate::{Example, Finder, Found, Hint, Text};

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "stored-k8s",
    rules: &[&RULE],
    wants: |hint| !matches!(hint, Hint::Named(_)),
    keywords: &[MAGIC],
    find,
    // The templates are as long as what they stand for, and in braces: in our own program they are no values.
    hits: &[
        Example {
            path: "var/lib/etcd/member/snap/db",
            text: "\u{0}k8s\u{0}\n\u{c}\n\u{2}v1\u{12}\u{6}Secret\u{12}\u{2f}\n\u{8}\n\u{2}db\u{12}\u{0}\u{1a}\u{0}\u{12}\u{15}\n\u{8}password\u{12}\u{9}{lower:9}\u{1a}\u{6}Opaque\u{1a}\u{0}\"\u{0}",
            rule: "kubernetes-secret",
        },
        Example {
            path: "state.db",
            text: "k8s\u{0}\n\u{c}\n\u{2}v1\u{12}\u{6}Secret\u{12}\u{40}\n\u{4}\n\u{2}db\u{12}\u{14}\n\u{8}username\u{12}\u{8}{lower:8}\u{12}\u{12}\n\u{5}level\u{12}\u{9}{lower:9}\u{1a}\u{6}Opaque",
            rule: "kubernetes-secret",
        },
    ],
    misses: &[
        Example {
            path: "var/lib/etcd/member/snap/db",
            text: "k8s\u{0}\n\u{f}\n\u{2}v1\u{12}\u{9}ConfigMap\u{12}\u{2f}\n\u{4}\n\u{2}db\u{12}\u{14}\n\u{8}password\u{12}\u{8}{lower:8}",
            rule: "",
        },
        Example {
            path: "var/lib/etcd/member/snap/db",
            text: "k8s\u{0}\n\u{c}\n\u{2}v1\u{12}\u{6}Secret\u{12}\u{7f}\n\u{4}\n\u{2}db\u{12}\u{40}\n\u{8}pass",
            rule: "",
        },
        Example { path: "usr/bin/kubectl", text: "v1Secretk8s\u{0}\nk8s\u{0}Secret", rule: "" },
    ],
};

/// How a stored object begins, with the mark of its first field.
const MAGIC: &str = "k8s\u{0}\n";
/// The names of its version and its kind, as fields.
const KIND: &[u8] = b"\x0c\n\x02v1\x12\x06Secret\x12";
/// The fields that are read: of the object its `data`, of an entry its name and its value.
const DATA: u8 = 0x12;
const NAME: u8 = 0x0a;
const VALUE: u8 = 0x12;

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for &at in text.at {
        let rest = Part::of(text.bytes).skip(at + MAGIC.len());
        if !rest.bytes().starts_with(KIND) {
            continue;
        }
        let Some((length, rest)) = number(rest.skip(KIND.len())) else { continue };
        for (_, entry) in fields(rest.first(length)).into_iter().filter(|(mark, _)| *mark == DATA) {
            let inside = fields(entry);
            let of = |mark| inside.iter().find(|(own, _)| *own == mark).map(|(_, part)| *part);
            let (Some(name), Some(value)) = (of(NAME), of(VALUE)) else { continue };
            let shape = length_of("value of a stored Secret", value.len());
            let found = Found::here(&RULE, value, shape).at(Level::Deny, Confidence::High);
            stored(name.bytes(), found).into_iter().for_each(&mut *out);
        }
    }
}

/// The fields of a message that have a length, as far as they can be read: where a page of a database ends within one, the rest
/// lies elsewhere.
fn fields(message: Part<'_>) -> Vec<(u8, Part<'_>)> {
    let mut all = Vec::new();
    let mut rest = message;
    while let Some(mark) = rest.bytes().first().copied() {
        let Some((length, body)) = number(rest.skip(1)) else { break };
        match mark & 7 {
            0 => rest = body,
            2 if length <= body.len() => {
                let part = body.first(length);
                all.push((mark, part));
                rest = body.after(&part);
            }
            _ => break,
        }
    }
    all
}

/// A number of up to four bytes with seven bits each, the least first.
fn number(part: Part<'_>) -> Option<(usize, Part<'_>)> {
    let mut value = 0;
    for (at, byte) in part.bytes().iter().take(4).enumerate() {
        value |= usize::from(byte & 0x7f) << (7 * at);
        if byte & 0x80 == 0 {
            return Some((value, part.skip(at + 1)));
        }
    }
    None
}
