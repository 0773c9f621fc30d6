//! Vendored crates: `<crate>/.cargo-checksum.json`.
//!
//! Source: the Cargo book, "Source replacement": `{"files": {"<path>": "<SHA-256 in hexadecimal>"}}`.

use super::{Packages, Sum, Tell, directory, ends_with, unhex};
use crate::json::{self, Scalar};

pub(super) static PACKAGES: Packages = Packages { name: "cargo", claims, read };

fn claims(path: &[u8]) -> bool {
    ends_with(path, "/.cargo-checksum.json")
}

fn read(path: &[u8], list: &[u8], tell: &mut Tell<'_>) {
    let home = directory(path);
    // What stands before a fault was told.
    let _ = json::walk(list, &mut |steps, scalar, text| {
        if let ([files, file], Scalar::Text) = (steps, scalar)
            && files == "files"
            && let Some(sum) = unhex(text.as_bytes())
        {
            tell(&[home, file.as_bytes()].concat(), Sum::Sha256(sum));
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_stand_beside_the_list() {
        let list = format!(r#"{{"files":{{"src/lib.rs":"{}"}},"package":"x"}}"#, "0a".repeat(32));
        let mut seen = Vec::new();
        read(b"vendor/x/.cargo-checksum.json", list.as_bytes(), &mut |path, sum| {
            seen.push((path.to_vec(), sum))
        });
        assert_eq!(seen, [(b"vendor/x/src/lib.rs".to_vec(), Sum::Sha256([10; 32]))]);
    }
}
