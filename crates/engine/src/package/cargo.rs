//! Vendored crates: `<crate>/.cargo-checksum.json`.
//!
//! Source: the Cargo book, "Source replacement": `{"files": {"<path>": "<SHA-256 in hexadecimal>"}, "package": "<SHA-256>"}`.
//! `package` is the checksum of what a registry has, and `null` for a crate from a repository or a directory.

use super::{Packages, Sum, Tell, directory, ends_with, unhex};
use crate::json::{self, Scalar};

pub(super) static PACKAGES: Packages = Packages { name: "cargo", claims, read };

fn claims(path: &[u8]) -> bool {
    ends_with(path, "/.cargo-checksum.json")
}

fn read(path: &[u8], list: &[u8], tell: &mut Tell<'_>) {
    let home = directory(path);
    let (mut files, mut published) = (Vec::new(), false);
    // What stands before a fault counts.
    let _ = json::walk(list, &mut |steps, scalar, text| match (steps, scalar, unhex(text.as_bytes())) {
        ([key, file], Scalar::Text, Some(sum)) if key == "files" => {
            files.push((file.clone(), Sum::Sha256(sum)))
        }
        ([key], Scalar::Text, Some::<[u8; 32]>(_)) if key == "package" => published = true,
        _ => {}
    });
    for (file, sum) in files.into_iter().filter(|_| published) {
        tell(&[home, file.as_bytes()].concat(), sum);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(package: &str) -> Vec<(Vec<u8>, Sum)> {
        let list = format!(r#"{{"files":{{"src/lib.rs":"{}"}}{package}}}"#, "0a".repeat(32));
        let mut seen = Vec::new();
        read(b"vendor/x/.cargo-checksum.json", list.as_bytes(), &mut |path, sum| {
            seen.push((path.to_vec(), sum))
        });
        seen
    }

    #[test]
    fn files_stand_beside_the_list() {
        let published = format!(r#","package":"{}""#, "0b".repeat(32));
        assert_eq!(seen(&published), [(b"vendor/x/src/lib.rs".to_vec(), Sum::Sha256([10; 32]))]);
    }

    #[test]
    fn what_is_from_no_registry_is_not_vouched_for() {
        for package in ["", r#","package":null"#, r#","package":"x""#] {
            assert_eq!(seen(package), [], "{package}");
        }
    }
}
