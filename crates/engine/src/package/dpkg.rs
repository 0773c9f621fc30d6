//! Debian packages: `var/lib/dpkg/info/<package>.md5sums`, in distroless images `var/lib/dpkg/status.d/`.
//!
//! Source: dpkg(1), `deb-md5sums(5)`: MD5 in hexadecimal, two spaces, the path without a leading slash.

use super::{Packages, Sum, Tell, ends_with, unhex};

pub(super) static PACKAGES: Packages = Packages { name: "dpkg", claims, read };

fn claims(path: &[u8]) -> bool {
    path.starts_with(b"var/lib/dpkg/") && ends_with(path, ".md5sums")
}

fn read(_: &[u8], list: &[u8], tell: &mut Tell<'_>) {
    for line in list.split(|b| *b == b'\n') {
        let (Some(sum), Some(path)) = (line.get(..32), line.get(34..)) else { continue };
        if let Some(sum) = unhex(sum) {
            tell(path, Sum::Md5(sum));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_sum_and_a_path() {
        let mut seen = Vec::new();
        let line = format!("{}  usr/share/x y\nnonsense\n", "0f".repeat(16));
        read(b"", line.as_bytes(), &mut |path, sum| seen.push((path.to_vec(), sum)));
        assert_eq!(seen, [(b"usr/share/x y".to_vec(), Sum::Md5([15; 16]))]);
    }
}
