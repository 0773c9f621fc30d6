//! Files that are one key of a cluster's members: MongoDB's key file, Erlang's cookie, MUNGE's key, the password of a VNC server.

use super::judge::base_name;
use crate::context::judge::length_of;
use crate::read::{Part, base64};
use crate::{Example, Finder, Found, Hint, Rule, Text};

static MEMBER: Rule = Rule::new(
    "cluster-key-file",
    "Key of a cluster's members",
    "Whoever holds it can join the cluster and do there what its members do.",
)
.source("https://www.mongodb.com/docs/manual/core/security-internal-authentication/#keyfiles");

static SCREEN: Rule = Rule::new(
    "vnc-password-file",
    "Password of a VNC server",
    "It is scrambled with a key that everybody knows: whoever holds it sees and moves the screen.",
)
.of("VNC")
.source("https://github.com/TigerVNC/tigervnc/blob/master/unix/vncpasswd/vncpasswd.man");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "cluster-key",
    rules: &[&MEMBER, &SCREEN],
    wants: |hint| is_cookie(hint) || is_key_file(hint) || is_screen(hint) || is_of_munge(hint),
    keywords: &[],
    find,
    hits: &[
        Example { path: "var/lib/rabbitmq/.erlang.cookie", text: "{base62:20}", rule: "cluster-key-file" },
        Example { path: "etc/mongo-keyfile", text: "{b64:64}\n{b64:64}\n", rule: "cluster-key-file" },
        Example { path: "etc/munge/munge.key", text: "{b64:128}", rule: "cluster-key-file" },
        Example { path: "root/.vnc/passwd", text: "{base62:8}", rule: "vnc-password-file" },
    ],
    misses: &[
        Example { path: "etc/mongo-keyfile", text: "put the key here\n", rule: "" },
        Example { path: "root/.erlang.cookie", text: "\n", rule: "" },
        Example { path: "etc/passwd", text: "{base62:8}", rule: "" },
    ],
};

fn is_cookie(hint: &Hint<'_>) -> bool {
    base_name(hint) == b"erlang.cookie"
}

fn is_key_file(hint: &Hint<'_>) -> bool {
    let name = base_name(hint);
    name.starts_with(b"keyfile")
        || name.ends_with(b"keyfile") && memchr::memmem::find(&name, b"mongo").is_some()
}

/// The nodes of a Slurm cluster believe each other by it.
fn is_of_munge(hint: &Hint<'_>) -> bool {
    base_name(hint) == b"munge.key"
}

fn is_screen(hint: &Hint<'_>) -> bool {
    hint.path().ends_with(b".vnc/passwd")
}

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let whole = Part::of(text.bytes);
    if is_screen(&text.hint) {
        // One password, or two: the second may only look.
        if matches!(whole.len(), 8 | 16) {
            out(Found::here(&SCREEN, whole, length_of("VNC password", whole.len())));
        }
        return;
    }
    if is_of_munge(&text.hint) {
        if (32..=1024).contains(&whole.len()) {
            out(Found::here(&MEMBER, whole, length_of("key", whole.len())));
        }
        return;
    }
    let value = whole.trim();
    let digits = value.bytes().iter().filter(|b| base64::is_digit(**b)).count();
    let blank = value.bytes().iter().filter(|b| b.is_ascii_whitespace()).count();
    let least = if is_cookie(&text.hint) { 8 } else { 64 };
    if digits + blank == value.len() && (least..=1024).contains(&digits) {
        out(Found::here(&MEMBER, value, length_of("key", digits)));
    }
}
