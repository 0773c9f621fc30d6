//! Alpine packages: `lib/apk/db/installed`.
//!
//! Source: Alpine wiki, "Apk spec": `F:` names a directory, `R:` a file in it, `Z:Q1` its SHA-1 in base64, `Z:Q2` its SHA-256.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{Packages, Sum, Tell, ends_with};

pub(super) static PACKAGES: Packages = Packages { name: "apk", claims, read };

fn claims(path: &[u8]) -> bool {
    ends_with(path, "lib/apk/db/installed")
}

fn read(_: &[u8], list: &[u8], tell: &mut Tell<'_>) {
    let (mut directory, mut file): (&[u8], &[u8]) = (b"", b"");
    for line in list.split(|b| *b == b'\n') {
        match line {
            [b'F', b':', path @ ..] => directory = path,
            [b'R', b':', name @ ..] => file = name,
            [b'Z', b':', b'Q', kind @ (b'1' | b'2'), sum @ ..] => {
                let sum = STANDARD.decode(sum).unwrap_or_default();
                let sum = match kind {
                    b'1' => <[u8; 20]>::try_from(sum).ok().map(Sum::Sha1),
                    _ => <[u8; 32]>::try_from(sum).ok().map(Sum::Sha256),
                };
                let slash: &[u8] = if directory.is_empty() { b"" } else { b"/" };
                sum.into_iter().for_each(|sum| tell(&[directory, slash, file].concat(), sum));
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_stand_below_their_directory() {
        let (old, new) = (STANDARD.encode([7; 20]), STANDARD.encode([8; 32]));
        let list = format!("P:busybox\nF:bin\nR:busybox\na:0:0:755\nZ:Q1{old}\nR:sh\nZ:Q2{new}\n");
        let mut seen = Vec::new();
        read(b"", list.as_bytes(), &mut |path, sum| seen.push((path.to_vec(), sum)));
        let (old, new) = (b"bin/busybox".to_vec(), b"bin/sh".to_vec());
        assert_eq!(seen, [(old, Sum::Sha1([7; 20])), (new, Sum::Sha256([8; 32]))]);
    }
}
