//! Private keys in PEM: RSA, EC, DSA, PKCS#8, OpenSSH, Nebula and Sigstore.
//!
//! However the text was quoted, indented, escaped or put in one line, and also as the base64 of a PEM that kubeconfig
//! files hold. A key counts when it parses; `BEGIN` lines without a key behind them, as libraries and manuals have them, do
//! not. An encrypted key is a warning: it is as safe as its passphrase.

use tightlip_report::{Confidence, Level};

use super::judge::{Extent, Key, Lock, armor, asn1, known, nebula, openssh, sigstore, unread};
use crate::read::{Part, base64};
use crate::{Finder, Found, Rule, Text};

static PLAIN: Rule = Rule::new(
    "private-key",
    "Private key",
    "Whoever holds it can act as its owner: decrypt, sign, log in, pretend to be the server.",
)
.source("https://www.rfc-editor.org/rfc/rfc7468");

static ENCRYPTED: Rule = Rule::new(
    "encrypted-private-key",
    "Private key, encrypted",
    "Whoever holds it can try passphrases at leisure; with the right one it is a private key.",
)
.source("https://www.rfc-editor.org/rfc/rfc5958#section-3")
.at(Level::Warn, Confidence::High);

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "pem",
    rules: &[&PLAIN, &ENCRYPTED, &unread::RULE],
    wants: |_| true,
    // The second is the base64 of `-----BEGIN `.
    keywords: &["private key-----", "ls0tls1crudjti"],
    find,
    hits: &[
        crate::Example {
            path: "etc/ssl/private/server.key",
            text: concat!(
                "-----BEGIN PRI",
                "VATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA{b64:42}\n-----END PRI",
                "VATE KEY-----\n"
            ),
            rule: "private-key",
        },
        crate::Example {
            path: "app/config.json",
            text: concat!(
                "{\"key\": \"-----BEGIN PRI",
                "VATE KEY-----\\nMC4CAQAwBQYDK2VwBCIEIA{b64:42}\\n-----END PRI",
                "VATE KEY-----\\n\"}"
            ),
            rule: "private-key",
        },
        crate::Example {
            path: "app/key.pem",
            text: concat!(
                "-----BEGIN PRI",
                "VATE KEY-----\nQ{b64:63}\n{b64:64}\n{b64:64}\n-----END PRI",
                "VATE KEY-----\n"
            ),
            rule: "unread-private-key",
        },
    ],
    misses: &[
        crate::Example {
            path: "README.md",
            text: concat!("-----BEGIN PRI", "VATE KEY-----\n{b64:64}\n-----END PRI", "VATE KEY-----\n"),
            rule: "",
        },
        crate::Example {
            path: "usr/lib/libcrypto.so",
            text: concat!("-----BEGIN PRI", "VATE KEY-----\0-----END PRI", "VATE KEY-----\0"),
            rule: "",
        },
        crate::Example {
            path: "README.md",
            text: concat!("-----BEGIN RSA PRI", "VATE KEY-----\n...\n-----END RSA PRI", "VATE KEY-----\n"),
            rule: "",
        },
        crate::Example {
            path: "x.py",
            text: concat!("if text.startswith('-----BEGIN PRI", "VATE KEY-----'):\n    return load(text)\n"),
            rule: "",
        },
    ],
};

/// Longer than any private key in base64 twice over.
const LONGEST: usize = 128 * 1024;

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let mut done = 0;
    for &at in text.at {
        if at < done {
            continue;
        }
        let is_label = text.bytes.get(at..).is_some_and(|rest| Part::of(rest).strip("private").is_some());
        let found = if is_label {
            plain(text, at)
        } else {
            let run = digits(Part::between(text.bytes, at..text.bytes.len().min(at + LONGEST)));
            // Decoded once, whatever else its digits spell.
            done = run.span().end;
            encoded(run)
        };
        if let Some(found) = found {
            done = found.span.end;
            out(found);
        }
    }
}

fn plain<'b>(text: &Text<'b>, at: usize) -> Option<Found<'b>> {
    let armor = armor::around(text.bytes, at)?;
    match judge(&armor) {
        Some(key) => Some(report(armor.block, key, armor.body, &["pem"])),
        None => unread::told(&armor),
    }
}

/// The base64 at the start of a text, also where it is broken into lines of one width.
fn digits(rest: Part<'_>) -> Part<'_> {
    let first = rest.while_(base64::is_digit);
    let wrapped = first.len() >= 32 && matches!(rest.after(&first).bytes().first(), Some(b'\n' | b'\r'));
    if !wrapped {
        return first;
    }
    let mut last = first;
    for line in rest.after(&first).lines().skip(1).map(|l| l.trim()) {
        let goes_on = last.len() == first.len() && !line.is_empty() && line.len() <= first.len();
        if !goes_on || !line.bytes().iter().all(|b| base64::is_digit(*b)) {
            break;
        }
        last = line;
    }
    first.through(&last)
}

/// A PEM in base64, as kubeconfig has it.
fn encoded(run: Part<'_>) -> Option<Found<'_>> {
    let pem = base64::decode_prefix(run.bytes());
    let label = memchr::memmem::find(&pem, b"PRIVATE KEY-----")?;
    let armor = armor::around(&pem, label)?;
    let key = judge(&armor)?;
    Some(report(run, key, armor.body, &["base64", "pem"]))
}

fn judge(armor: &armor::Armor<'_>) -> Option<Key> {
    if armor.encrypted {
        // What is inside cannot be told from noise; the header and whole cipher blocks must do.
        let plausible =
            armor.body.len() >= 32 && (armor.body.len().is_multiple_of(8) || armor.extent == Extent::Cut);
        return plausible.then(|| Key {
            shape: "encrypted private key".to_owned(),
            lock: Lock::Encrypted,
            extent: armor.extent,
        });
    }
    for by_label in [nebula, sigstore] {
        if let Some(key) = by_label(armor.label, &armor.body, armor.extent) {
            return Some(key);
        }
    }
    let key = if armor.label.starts_with(b"OPENSSH") { openssh(&armor.body) } else { asn1(&armor.body) }?;
    Some(key)
}

fn report<'b>(block: Part<'b>, key: Key, body: Vec<u8>, from: &'static [&'static str]) -> Found<'b> {
    let rule = match key.lock {
        Lock::Open => &PLAIN,
        Lock::Encrypted => &ENCRYPTED,
    };
    let shape = match key.extent {
        Extent::Whole => key.shape,
        Extent::Cut => format!("{}, cut short", key.shape),
    };
    let found = Found::here(rule, block, shape).decoded(body, from);
    known::lowered(match key.extent {
        Extent::Cut => found.at(Level::Warn, Confidence::Low),
        Extent::Whole => found,
    })
}

#[cfg(test)]
mod tests {
    use ::base64::Engine as _;
    use ::base64::engine::general_purpose::STANDARD;

    use super::*;
    use crate::finder::tests::found_in;
    use crate::key::judge::armor::tests::armor;
    use crate::key::judge::tests::{ec_key, encrypted, openssh_key, rsa_key};

    fn shapes(text: &str) -> Vec<String> {
        found_in(&FINDER, "x", text.as_bytes())
            .into_iter()
            .map(|f| format!("{}: {}", f.rule.id, f.shape))
            .collect()
    }

    #[test]
    fn keys_of_every_kind_are_named() {
        assert_eq!(
            shapes(&armor("RSA PRIVATE KEY", &rsa_key(2048), "\n")),
            ["private-key: RSA private key, 2048 bits"]
        );
        assert_eq!(shapes(&armor("EC PRIVATE KEY", &ec_key(), "\n")), ["private-key: EC private key, P-256"]);
        assert_eq!(
            shapes(&armor("ENCRYPTED PRIVATE KEY", &encrypted(), "\n")),
            ["encrypted-private-key: encrypted PKCS#8 private key"]
        );
        assert_eq!(
            shapes(&armor("OPENSSH PRIVATE KEY", &openssh_key("none"), "\n")),
            ["private-key: OpenSSH private key, Ed25519"]
        );
        assert_eq!(
            shapes(&armor("OPENSSH PRIVATE KEY", &openssh_key("aes256-ctr"), "\n")),
            ["encrypted-private-key: encrypted OpenSSH private key, Ed25519"]
        );
    }

    #[test]
    fn two_keys_in_one_file_are_two() {
        let text = armor("EC PRIVATE KEY", &ec_key(), "\n") + &armor("RSA PRIVATE KEY", &rsa_key(1024), "\n");
        assert_eq!(shapes(&text).len(), 2);
    }

    #[test]
    fn a_key_without_its_end_is_a_warning() {
        let text = armor("RSA PRIVATE KEY", &rsa_key(2048), "\n");
        let found = found_in(&FINDER, "x", &text.as_bytes()[..700]);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].level, found[0].confidence), (Some(Level::Warn), Some(Confidence::Low)));
        assert_eq!(found[0].shape, "RSA private key, 2048 bits, cut short");
    }

    #[test]
    fn a_whole_key_without_its_last_line_is_whole() {
        let text = armor("EC PRIVATE KEY", &ec_key(), "\n");
        let cut = text.find("-----END").unwrap();
        assert_eq!(shapes(&text[..cut]), ["private-key: EC private key, P-256"]);
    }

    #[test]
    fn a_kubeconfig_holds_it_in_base64() {
        let pem = armor("RSA PRIVATE KEY", &rsa_key(1024), "\n");
        let text = format!("    client-key-data: {}\n", STANDARD.encode(&pem));
        let found = found_in(&FINDER, "root/.kube/config", text.as_bytes());
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].decoded_from, ["base64", "pem"]);
        assert_eq!(found[0].secret, rsa_key(1024));
    }

    #[test]
    fn base64_in_lines_is_read_to_its_end() {
        let digits = STANDARD.encode(armor("RSA PRIVATE KEY", &rsa_key(1024), "\n"));
        let lines: Vec<&str> =
            digits.as_bytes().chunks(76).map(|l| std::str::from_utf8(l).unwrap()).collect();
        let text = lines.join("\n") + "\nmore: text\n";
        let found = found_in(&FINDER, "key.b64", text.as_bytes());
        assert_eq!(found.len(), 1);
        assert_eq!((&*found[0].secret, found[0].span.end), (&*rsa_key(1024), lines.join("\n").len()));
    }

    #[test]
    fn a_certificate_in_base64_is_none() {
        let pem = armor("CERTIFICATE", &rsa_key(1024), "\n");
        assert!(shapes(&format!("certificate-authority-data: {}\n", STANDARD.encode(pem))).is_empty());
    }

    #[test]
    fn the_secret_is_the_key_however_it_was_written() {
        let one = armor("EC PRIVATE KEY", &ec_key(), "\n");
        let other = armor("EC PRIVATE KEY", &ec_key(), "\\n");
        let secret = |t: &str| found_in(&FINDER, "x", t.as_bytes())[0].secret.clone().into_owned();
        assert_eq!(secret(&one), secret(&other));
    }
}
