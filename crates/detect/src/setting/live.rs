//! Is a test one of a system that runs: `test_shop_live.py`, `e2e/login.spec.ts`, at an address inside of a network?
//!
//! What such a test logs in with is good there. Tests of public packages ask machines of their own, or public ones, and
//! make up what they send.

use crate::context::judge::ground::{Ground, ground};
use crate::context::judge::host::is_real;
use crate::read::url;
use crate::{Hint, Text};

/// Words of such a file's name, or of a folder's.
const WORDS: &[&str] = &["live", "integration", "e2e", "smoke", "staging", "acceptance"];
/// Words of the names of files that show how one is filled in.
const SHOWN: &[&str] = &["example", "examples", "sample", "samples", "template", "dist"];
/// Labels of the names of machines inside of a network.
const INSIDE: &[&str] = &["int", "intern", "internal", "intranet", "intra", "corp", "lan"];
/// What every cloud, cluster and container has.
const EVERYWHERE: &[&str] = &["google", "docker", "compute", "cluster", "containers", "podman", "svc"];
/// So much of a text is looked at.
const HEAD: usize = 64 << 10;

/// See the top of the file.
pub(super) fn is_live(text: &Text<'_>) -> bool {
    ground(&text.hint) == Ground::Code && !text.binary && is_so_called(&text.hint) && names_inside(text.bytes)
}

fn is_so_called(hint: &Hint<'_>) -> bool {
    let path = hint.path().to_ascii_lowercase();
    let has = |list: &[&str]| {
        let mut words = path.split(|b| !b.is_ascii_alphanumeric());
        words.any(|word| list.iter().any(|known| known.as_bytes() == word))
    };
    has(WORDS) && !has(SHOWN)
}

fn names_inside(bytes: &[u8]) -> bool {
    let head = bytes.get(..bytes.len().min(HEAD)).unwrap_or_default();
    memchr::memmem::find_iter(head, b"://").any(|at| {
        let host = url::around(bytes, at).map(|url| url.host.bytes().to_ascii_lowercase());
        host.is_some_and(|host| is_real(&host) && is_inside(&host))
    })
}

fn is_inside(host: &[u8]) -> bool {
    let name = host.split(|b| *b == b':').next().unwrap_or_default();
    let is = |list: &[&str]| {
        let mut labels = name.split(|b| *b == b'.').skip(1);
        labels.any(|label| list.iter().any(|known| known.as_bytes() == label))
    };
    is(INSIDE) && !is(EVERYWHERE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn live(path: &str, bytes: &str) -> bool {
        is_live(&Text { bytes: bytes.as_bytes(), hint: Hint::File(path.as_bytes()), binary: false, at: &[] })
    }

    #[test]
    fn tests_of_what_runs_are_told() {
        for (path, bytes) in [
            ("tests/test_shop_live.py", "BASE = 'https://shop.int.kieselwerk.de'"),
            ("web/e2e/login.spec.ts", "goto('http://shop.lan:8080/login')"),
        ] {
            assert!(live(path, bytes), "{path}");
        }
        for (path, bytes) in [
            ("tests/test_shop.py", "BASE = 'https://shop.int.kieselwerk.de'"),
            ("tests/test_shop_live.py", "BASE = 'https://api.kieselwerk.de'"),
            ("tests/test_shop_live.py", "BASE = 'https://shop.int.example.com'"),
            ("tests/test_shop_live.py", "BASE = 'http://metadata.google.internal/x'"),
            ("e2e/a_test.go", "\"https://a.b.svc.cluster.local\""),
            ("tests/delivery/x.py", "BASE = 'https://shop.int.kieselwerk.de'"),
        ] {
            assert!(!live(path, bytes), "{path} {bytes}");
        }
    }
}
