//! Password hashes in `shadow`, `htpasswd` and the like.
//!
//! A warning: a hash is as safe as its password. Locked accounts (`*`, `!`) and empty fields hold none.

use tightlip_report::{Confidence, Level};

use super::judge::{base_name, lies_at};
use crate::context::judge::credential;
use crate::read::Part;
use crate::{Example, Finder, Found, Hint, Rule, Text};

pub(crate) static RULE: Rule = Rule::new(
    "password-hash",
    "Password hash of an account",
    "Whoever holds it can try passwords at leisure.",
)
.source("https://manpages.debian.org/stable/libcrypt-dev/crypt.5.en.html")
.at(Level::Warn, Confidence::High);

static CLEAR: Rule = Rule::new(
    "password-in-htpasswd",
    "Password of an account, in clear",
    "Whoever holds it can log in as its user.",
)
.source("https://httpd.apache.org/docs/current/misc/password_encryptions.html");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "password-hashes",
    rules: &[&RULE, &CLEAR],
    wants,
    keywords: &[],
    find,
    hits: &[
        Example {
            path: "etc/shadow",
            text: "root:$6${base62:8}${base62:86}:19000:0:99999:7:::\nbin:*:19000:0:99999:7:::\n",
            rule: "password-hash",
        },
        Example {
            path: "etc/shadow-",
            text: "root:!:1::::::\nbob:$y$j9T${base62:22}${base62:43}:19000:0:99999:7:::\n",
            rule: "password-hash",
        },
        Example {
            path: "etc/nginx/.htpasswd",
            text: "bob:$apr1${base62:8}${base62:22}\n",
            rule: "password-hash",
        },
        Example { path: "x/htpasswd", text: "bob:{SHA}{b64:27}=\n", rule: "password-hash" },
        Example { path: "x/.htdigest", text: "bob:realm:{hex:32}\n", rule: "password-hash" },
        Example { path: "x/htpasswd", text: "bob:{PLAIN}p{lower:8}\n", rule: "password-in-htpasswd" },
    ],
    misses: &[
        Example {
            path: "etc/shadow",
            text: "root:*:19000:0:99999:7:::\nbin:!!:19000::::::\nx::19000::::::\n",
            rule: "",
        },
        Example { path: "etc/passwd", text: "root:x:0:0:root:/root:/bin/bash\n", rule: "" },
    ],
};

fn wants(hint: &Hint<'_>) -> bool {
    let name = base_name(hint);
    lies_at(
        hint,
        &[
            "etc/shadow",
            "etc/shadow-",
            "etc/gshadow",
            "etc/gshadow-",
            "etc/passwd",
            "etc/passwd-",
            "etc/master.passwd",
        ],
    ) || memchr::memmem::find(&name, b"htdigest").is_some()
        || [&b"shadow"[..], b"shadow-"].contains(&name.as_slice())
        || memchr::memmem::find(&name, b"htpasswd").is_some()
}

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let is_digest_file = memchr::memmem::find(&base_name(&text.hint), b"htdigest").is_some();
    for line in Part::of(text.bytes).lines() {
        let Some((user, rest)) = line.cut(|b| b == b':') else { continue };
        if user.is_empty() || user.bytes().starts_with(b"#") {
            continue;
        }
        if let Some(plain) = rest.strip("{PLAIN}") {
            credential(&CLEAR, plain.trim(), "password").into_iter().for_each(&mut *out);
            continue;
        }
        let digest = rest.cut(|b| b == b':').map(|(_, digest)| digest.trim());
        let digest =
            digest.filter(|d| is_digest_file && d.len() == 32 && d.bytes().iter().all(u8::is_ascii_hexdigit));
        if let Some(digest) = digest {
            out(Found::here(&RULE, digest, "MD5 hash of a login"));
            continue;
        }
        let hash = rest.while_(|b| b != b':').trim_of(|b| b == b'!' || b.is_ascii_whitespace());
        if let Some(kind) = kind(hash.bytes()) {
            out(Found::here(&RULE, hash, format!("{kind} hash of a password")));
        }
    }
}

/// The method of a hash (crypt(5), and those of Apache).
pub(crate) fn kind(hash: &[u8]) -> Option<&'static str> {
    const METHODS: &[(&str, &str)] = &[
        ("$1$", "MD5"),
        ("$2", "bcrypt"),
        ("$5$", "SHA-256"),
        ("$6$", "SHA-512"),
        ("$y$", "yescrypt"),
        ("$gy$", "yescrypt"),
        ("$7$", "scrypt"),
        ("$argon2", "Argon2"),
        ("$apr1$", "Apache MD5"),
        ("$A$005$", "MySQL"),
        ("grub.pbkdf2.", "PBKDF2"),
        ("{SHA}", "SHA-1"),
        ("{SSHA}", "salted SHA-1"),
        ("$sha1$", "SHA-1"),
        ("$P$", "phpass"),
        ("$H$", "phpass"),
    ];
    let known = METHODS
        .iter()
        .find(|(start, _)| hash.starts_with(start.as_bytes()))
        .filter(|_| hash.len() >= 20)
        .map(|(_, kind)| *kind);
    let traditional =
        hash.len() == 13 && hash.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'/'));
    known.or(traditional.then_some("DES"))
}
