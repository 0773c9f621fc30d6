//! Debian packages: `var/lib/dpkg/info/<package>.md5sums`, in distroless images `var/lib/dpkg/status.d/`, and the files of
//! configuration that `var/lib/dpkg/status` lists.
//!
//! Source: dpkg(1), `deb-md5sums(5)`: MD5 in hexadecimal, two spaces, the path without a leading slash; `deb-conffiles(5)` and
//! `dpkg-query(1)`, field `Conffiles`: a path with its slash, a blank, MD5 in hexadecimal.

use super::{Packages, Sum, Tell, ends_with, unhex};

pub(super) static PACKAGES: Packages = Packages { name: "dpkg", claims, read };

fn claims(path: &[u8]) -> bool {
    path.starts_with(b"var/lib/dpkg/") && ends_with(path, ".md5sums") || path == STATUS
}

/// Everything that is installed, with its files of configuration.
const STATUS: &[u8] = b"var/lib/dpkg/status";
/// Directories that packages know by these names, and that are links into `usr` on all newer systems.
const MERGED: &[&str] = &["bin/", "sbin/", "lib/", "lib32/", "lib64/", "libx32/"];

fn read(path: &[u8], list: &[u8], tell: &mut Tell<'_>) {
    if path == STATUS {
        return conffiles(list, tell);
    }
    for line in list.split(|b| *b == b'\n') {
        let (Some(sum), Some(path)) = (line.get(..32), line.get(34..)) else { continue };
        let Some(sum) = unhex(sum) else { continue };
        tell(path, Sum::Md5(sum));
        if MERGED.iter().any(|merged| path.starts_with(merged.as_bytes())) {
            tell(&[b"usr/", path].concat(), Sum::Md5(sum));
        }
    }
}

fn conffiles(status: &[u8], tell: &mut Tell<'_>) {
    let mut listed = false;
    for line in status.split(|b| *b == b'\n') {
        let Some(entry) = line.strip_prefix(b" ") else {
            listed = line == b"Conffiles:";
            continue;
        };
        // ` /etc/tool.conf 0123… obsolete`
        let mut words = entry.split(|b| *b == b' ');
        let (path, sum) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        if let (true, Some(path), Some(sum)) = (listed, path.strip_prefix(b"/"), unhex(sum)) {
            tell(path, Sum::Md5(sum));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_configuration_and_of_merged_directories_are_told() {
        let sum = "0f".repeat(16);
        let seen = |at: &[u8], text: &str| {
            let mut seen = Vec::new();
            read(at, text.as_bytes(), &mut |path, _| seen.push(String::from_utf8_lossy(path).into_owned()));
            seen
        };
        let status = format!(
            "Package: a\nConffiles:\n /etc/a {sum}\n /etc/b newconffile\n /etc/c {sum} obsolete\nDescription: x\n /etc/d {sum}\n"
        );
        assert_eq!(seen(STATUS, &status), ["etc/a", "etc/c"]);
        assert_eq!(seen(b"var/lib/dpkg/info/a.md5sums", &format!("{sum}  lib/x\n")), ["lib/x", "usr/lib/x"]);
    }

    #[test]
    fn a_line_is_a_sum_and_a_path() {
        let mut seen = Vec::new();
        let line = format!("{}  usr/share/x y\nnonsense\n", "0f".repeat(16));
        read(b"", line.as_bytes(), &mut |path, sum| seen.push((path.to_vec(), sum)));
        assert_eq!(seen, [(b"usr/share/x y".to_vec(), Sum::Md5([15; 16]))]);
    }
}
