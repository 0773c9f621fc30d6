//! Private keys as GnuPG's agent and Libgcrypt keep them: expressions in parentheses, `private-keys-v1.d/….key`.
//!
//! `(private-key (rsa (n #…#) … (d #…#)))` for people, `(11:private-key(3:rsa …` for programs. A `protected-private-key` is
//! under a passphrase: a warning. A `shadowed-private-key` is on a card.

use std::borrow::Cow;

use super::judge::{known, openpgp::Held};
use super::pgp;
use crate::read::{Part, hex};
use crate::{Example, Finder, Found, Text};

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "gpg-agent",
    rules: &[&pgp::PLAIN, &pgp::ENCRYPTED],
    wants: |_| true,
    keywords: &["(private-key", "(protected-private-key", "(11:private-key", "(21:protected-private-key"],
    find,
    hits: &[
        Example {
            path: "root/.gnupg/private-keys-v1.d/A.key",
            text: "Created: 20300101T000000\nKey: (private-key (ecc (curve Ed25519)(flags eddsa)(q #40{hex:30}\n {hex:34}#)(d #{hex:30}\n {hex:34}#)))\n",
            rule: "pgp-private-key",
        },
        Example {
            path: "root/.gnupg/private-keys-v1.d/A.key",
            text: "(11:private-key(3:rsa(1:n32:{base62:32})(1:e3:abc)(1:d32:{base62:32})))",
            rule: "pgp-private-key",
        },
        Example {
            path: "root/.gnupg/private-keys-v1.d/A.key",
            text: "Key: (protected-private-key (ecc (curve Ed25519)(flags eddsa)(q #40{hex:64}#)(protected openpgp-s2k3-ocb-aes ((sha1 #{hex:16}#\n  \"43567104\")#{hex:24}#)#{hex:90}#)))\n",
            rule: "encrypted-pgp-private-key",
        },
    ],
    misses: &[
        Example {
            path: "root/.gnupg/private-keys-v1.d/A.key",
            text: "Key: (shadowed-private-key (rsa (n #{hex:64}#)(e #010001#)(shadowed t1-v1 (#{hex:32}# OPENPGP.1))))\n",
            rule: "",
        },
        Example {
            path: "gcrypt.texi",
            text: "(private-key\n  (rsa\n    (n @var{n-mpi})\n    (d @var{d-mpi})))\n",
            rule: "",
        },
        Example { path: "a.scm", text: "(private-key (rsa (n #00#)(e #03#)(d #00#)))", rule: "" },
        Example {
            path: "lib/libgcrypt.so",
            text: "\0\0(private-key (dsa (p #00{hex:64}#) (x #00{hex:40}#)))\0\n  (private-key (dsa (p #00{hex:64}#) (x #00{hex:40}#)))\0",
            rule: "",
        },
        Example {
            path: "lib/libgcrypt.so",
            text: "(private-key (ecc (curve %s)(q %m)(d %m)))\0(private-key(rsa(n%m)(e%m)(d%m)))\0",
            rule: "",
        },
    ],
};

/// Longer than any of them.
const LONGEST: usize = 32 * 1024;
/// Fewer bytes are no secret number.
const SHORTEST: usize = 16;
/// Deeper than any of them.
const DEPTH: usize = 8;

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let mut done = 0;
    for &at in text.at.iter() {
        if at < done || !may_begin(text, at) {
            continue;
        }
        let bytes = text.bytes.get(at..text.bytes.len().min(at + LONGEST)).unwrap_or_default();
        let mut reader = Reader { bytes, at: 0 };
        let Some(Item::List(key)) = reader.item(0) else { continue };
        let Some((held, secret)) = judge(&key) else { continue };
        let Some((rule, word)) = pgp::kind(held) else { continue };
        done = at + reader.at;
        let found =
            Found::here(rule, Part::between(text.bytes, at..done), format!("{word} of GnuPG's agent"));
        out(known::lowered(Found { secret: Cow::Owned(secret), ..found }));
    }
}

/// Whether a key may stand here: anywhere in a text; in a program stand those of the self-tests of libraries, in a file of
/// keys it is all of the file.
fn may_begin(text: &Text<'_>, at: usize) -> bool {
    !text.binary || text.bytes.get(..at).is_some_and(|before| before.is_empty() || before.ends_with(b"Key: "))
}

/// How it is protected, and its secret number or what stands for it.
fn judge(key: &[Item]) -> Option<(Held, Vec<u8>)> {
    let [Item::Atom(kind), Item::List(numbers), ..] = key else { return None };
    let secret: &[&[u8]] = match numbers.first()?.atom()? {
        b"rsa" | b"openpgp-rsa" | b"ecc" | b"ecdsa" | b"ecdh" | b"eddsa" => &[b"d"],
        b"dsa" | b"elg" | b"openpgp-dsa" | b"openpgp-elg" | b"openpgp-elg-sig" => &[b"x"],
        _ => return None,
    };
    let (held, wanted): (Held, &[&[u8]]) = match kind.as_slice() {
        b"private-key" => (Held::Open, secret),
        b"protected-private-key" => (Held::Encrypted, &[b"protected"]),
        _ => return None,
    };
    let mut lists = numbers.iter().filter_map(Item::list);
    let list =
        lists.find(|list| list.first().and_then(Item::atom).is_some_and(|name| wanted.contains(&name)))?;
    let value = list.last()?.atom().filter(|value| value.len() >= SHORTEST)?;
    let first = value.first()?;
    (!value.iter().all(|byte| byte == first)).then(|| (held, value.to_vec()))
}

enum Item {
    Atom(Vec<u8>),
    List(Vec<Self>),
}

impl Item {
    fn atom(&self) -> Option<&[u8]> {
        match self {
            Self::Atom(bytes) => Some(bytes),
            Self::List(_) => None,
        }
    }

    fn list(&self) -> Option<&[Self]> {
        match self {
            Self::List(items) => Some(items),
            Self::Atom(_) => None,
        }
    }
}

/// Reads expressions of both spellings.
struct Reader<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl Reader<'_> {
    fn peek(&mut self) -> Option<u8> {
        while self.bytes.get(self.at)?.is_ascii_whitespace() {
            self.at += 1;
        }
        self.bytes.get(self.at).copied()
    }

    fn item(&mut self, depth: usize) -> Option<Item> {
        match self.peek()? {
            b'(' if depth < DEPTH => {
                self.at += 1;
                let mut items = Vec::new();
                while self.peek()? != b')' {
                    items.push(self.item(depth + 1)?);
                }
                self.at += 1;
                Some(Item::List(items))
            }
            b'#' => self.until(b'#').and_then(hexadecimal).map(Item::Atom),
            b'"' => self.until(b'"').map(<[u8]>::to_vec).map(Item::Atom),
            b'0'..=b'9' => self.counted().map(Item::Atom),
            _ => self.word().map(Item::Atom),
        }
    }

    /// What stands between two of the same marks.
    fn until(&mut self, mark: u8) -> Option<&[u8]> {
        let rest = self.bytes.get(self.at + 1..)?;
        let inside = rest.get(..memchr::memchr(mark, rest)?)?;
        self.at += inside.len() + 2;
        Some(inside)
    }

    /// `3:rsa`
    fn counted(&mut self) -> Option<Vec<u8>> {
        let rest = self.bytes.get(self.at..)?;
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let count: usize = std::str::from_utf8(rest.get(..digits)?).ok()?.parse().ok()?;
        let start = digits + 1;
        let value = rest.get(start..start.checked_add(count)?).filter(|_| rest.get(digits) == Some(&b':'))?;
        self.at += start + count;
        Some(value.to_vec())
    }

    fn word(&mut self) -> Option<Vec<u8>> {
        let rest = self.bytes.get(self.at..)?;
        let length = rest.iter().take_while(|b| b.is_ascii_alphanumeric() || b"-._/:*+=".contains(b)).count();
        self.at += length;
        rest.get(..length).filter(|word| !word.is_empty()).map(<[u8]>::to_vec)
    }
}

/// Bytes of digits that may be broken over lines.
fn hexadecimal(digits: &[u8]) -> Option<Vec<u8>> {
    let digits: Vec<u8> = digits.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
    hex::bytes(digits.get(..digits.len() / 2 * 2)?)
}
