//! Password hashes wherever a configuration, a dump or a log holds them: `passwd: $6$…` of cloud-init, a column of users.
//!
//! Their form is certain, what they are worth is not: a warning, as in `shadow`.

use super::judge::ground::{Ground, ground, is_named_manual};
use super::judge::hash::of_framework;
use crate::file::password_hashes::{RULE, kind};
use crate::read::{Part, base64};
use crate::{Example, Finder, Found, Hint, Text};

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "crypt-hash",
    rules: &[&RULE],
    wants,
    keywords: &[
        "$1$",
        "$2a$",
        "$2b$",
        "$2y$",
        "$5$",
        "$6$",
        "$y$",
        "$apr1$",
        "$argon2",
        "$p$b",
        "{ssha}",
        "$a$005$",
        "grub.pbkdf2.",
        "password_hash",
        "passwordhash",
        "superdigest=",
        "scram-sha-256$",
        "pbkdf2_sha",
        "pbkdf2:sha",
        "pbkdf2$sha",
        "scrypt:",
        "scrypt$",
        "bcrypt$$2",
        "bcrypt_sha256$$2",
    ],
    find,
    hits: &[
        Example {
            path: "user-data.yaml",
            text: "users:\n- passwd: $6${base62:16}${base62:86}\n",
            rule: "password-hash",
        },
        Example {
            path: "dump.sql",
            text: "INSERT INTO users VALUES (1, 'bob', '$2b$12${base62:53}');\n",
            rule: "password-hash",
        },
        Example {
            path: "compose.yml",
            text: "labels:\n- auth.basicauth.users=bob:$$2y$$05$${base62:53}\n",
            rule: "password-hash",
        },
        Example {
            path: "definitions.json",
            text: r#"{"name": "bob", "password_hash": "{b64:48}"}"#,
            rule: "password-hash",
        },
        Example {
            path: "users.sls",
            text: "bob:\n  mysql_user.present:\n    - password_hash: '*4A{digits:38}'\n",
            rule: "password-hash",
        },
        Example {
            path: "zookeeper-env.sh",
            text: "JVMFLAGS=-Dzookeeper.DigestAuthenticationProvider.superDigest=super:{b64:27}=\n",
            rule: "password-hash",
        },
        Example {
            path: "roles.sql",
            text: "ALTER ROLE app PASSWORD 'SCRAM-SHA-256$4096:{b64:22}==${b64:43}=:{b64:43}=';\n",
            rule: "password-hash",
        },
        Example {
            path: "fixtures/users.json",
            text: r#"{"username": "ann", "password": "pbkdf2_sha256$600000${base62:22}${b64:43}="}"#,
            rule: "password-hash",
        },
        Example {
            path: "dump.sql",
            text: "INSERT INTO users VALUES (1, 'bob', 'scrypt:32768:8:1${base62:16}${hex:128}');\n",
            rule: "password-hash",
        },
        Example {
            path: "etc/grub.d/40_custom",
            text: "password_pbkdf2 root grub.pbkdf2.sha512.10000.{hex:128}.{hex:128}\n",
            rule: "password-hash",
        },
    ],
    misses: &[
        Example { path: "etc/grub.d/40_custom", text: "# as grub.pbkdf2.sha512.10000.x\n", rule: "" },
        Example { path: "a.yaml", text: "hash: pbkdf2_sha256\nx: scrypt:32768:8:1$salt\n", rule: "" },
        Example { path: "a.yaml", text: "x: $6$ and $2b$12$short and $1$2\n", rule: "" },
        Example { path: "a.py", text: "H = '$2b$12${base62:53}'\n", rule: "" },
        Example {
            path: "a.yaml",
            text: "password_hash: sha512\npassword_hash_rounds: 10000\nx: SCRAM-SHA-256$4096\n",
            rule: "",
        },
    ],
};

/// In programs they are mostly examples of tests; a dump of a database is none.
fn wants(hint: &Hint<'_>) -> bool {
    let ground = ground(hint);
    let program = ground == Ground::Code && !hint.file_name().ends_with(b".sql");
    !program && ground != Ground::Noise && !is_named_manual(hint)
}

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    if text.binary {
        return;
    }
    for &at in text.at {
        if let Some((hash, kind)) = told(Part::between(text.bytes, at..text.bytes.len().min(at + 512))) {
            out(Found::here(&RULE, hash, format!("{kind} hash of a password")));
            continue;
        }
        let begins = at.checked_sub(1).and_then(|n| text.bytes.get(n));
        // `$$2y$$05$$…`, as Compose wants it.
        let start = if begins == Some(&b'$') { at - 1 } else { at };
        let rest = Part::between(text.bytes, start..text.bytes.len().min(start + 512));
        let hash =
            rest.while_(|b| b.is_ascii_alphanumeric() || b"$./=,+-{}".contains(&b)).trim_of(|b| b == b',');
        let once = once(hash.bytes());
        if let Some(kind) = kind(&once).filter(|_| is_whole(&once)) {
            out(Found::here(&RULE, hash, format!("{kind} hash of a password")));
        }
    }
}

/// A hash that only its name or its place tells: of RabbitMQ and MySQL, the verifiers of PostgreSQL and ZooKeeper.
fn told(rest: Part<'_>) -> Option<(Part<'_>, &'static str)> {
    let kept = rest.while_(|b| b.is_ascii_alphanumeric() || b"$./=,+-_:".contains(&b));
    if let Some(kind) = of_framework(kept.bytes()) {
        return Some((kept, kind));
    }
    if let Some(verifier) = rest.strip("scram-sha-256$") {
        let end = verifier.while_(|b| base64::is_digit(b) || matches!(b, b':' | b'$'));
        let whole = end.bytes().iter().filter(|b| matches!(b, b':' | b'$')).count() == 3 && end.len() >= 100;
        return whole.then(|| (rest.first(end.span().end - rest.span().start), "SCRAM"));
    }
    if let Some(login) = rest.strip("superdigest=") {
        let digest = login.cut(|b| b == b':').map(|(_, digest)| digest.while_(base64::is_digit))?;
        return (digest.len() == 28).then_some((digest, "SHA-1"));
    }
    let named = rest.strip("password_hash").or_else(|| rest.strip("passwordhash"))?;
    let gap = named.while_(|b| matches!(b, b'"' | b'\'' | b' ' | b':' | b'=' | b'>'));
    let value = named.after(&gap);
    if let Some(hex) = value.strip("*").map(digits_of) {
        let mysql = hex.len() == 40 && hex.bytes().iter().all(u8::is_ascii_hexdigit);
        return mysql.then(|| (value.first(41), "MySQL"));
    }
    let value = digits_of(value);
    // A salt of four bytes, and a digest of SHA-256 or SHA-512.
    let length = base64::decode(value.bytes()).map_or(0, |plain| plain.len());
    (!gap.is_empty() && matches!(length, 36 | 68) && value.len().is_multiple_of(4))
        .then_some((value, "RabbitMQ"))
}

fn digits_of(part: Part<'_>) -> Part<'_> {
    part.while_(base64::is_digit)
}

/// With one dollar for two.
fn once(hash: &[u8]) -> Vec<u8> {
    if !hash.starts_with(b"$$") {
        return hash.to_vec();
    }
    let twice =
        |i: usize| hash.get(i) == Some(&b'$') && i.checked_sub(1).and_then(|n| hash.get(n)) == Some(&b'$');
    hash.iter().enumerate().filter(|(i, _)| !twice(*i)).map(|(_, b)| *b).collect()
}

/// As long as its method makes it.
fn is_whole(hash: &[u8]) -> bool {
    let last = hash.rsplit(|b| *b == b'$').next().unwrap_or_default().len();
    match hash {
        [b'$', b'2', ..] => hash.len() == 60,
        [b'$', b'6', ..] => last == 86,
        [b'$', b'5' | b'y', ..] => last == 43,
        [b'$', b'1', ..] | [b'$', b'a', b'p', ..] => last == 22,
        [b'$', b'P' | b'p', ..] => hash.len() == 34,
        [b'{', ..] => hash.len() >= 38,
        _ => hash.len() >= 60,
    }
}
