//! Python packages: `<name>.dist-info/RECORD`, written by pip, uv and others.
//!
//! Source: PyPA "Recording installed projects": CSV of path, `sha256=` and unpadded base64url, size; paths are relative
//! to the directory that holds the `.dist-info` directory. A distribution that is from no index says so in `direct_url.json`
//! (PyPA "Direct URL", PEP 610), and lists that file: `pip install .` lists the files of whoever wrote them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::{Packages, Sum, Tell, directory, ends_with};

pub(super) static PACKAGES: Packages = Packages { name: "pip", claims, read };

fn claims(path: &[u8]) -> bool {
    ends_with(path, ".dist-info/RECORD")
}

fn read(path: &[u8], list: &[u8], tell: &mut Tell<'_>) {
    let info = directory(path);
    let site = directory(info.get(..info.len().saturating_sub(1)).unwrap_or_default());
    if is_from_no_index(list) {
        return;
    }
    for line in list.split(|b| *b == b'\n') {
        // A path with a comma is quoted; such files are rare and stay unverified.
        let mut fields = line.split(|b| *b == b',');
        let (Some(file), Some(sum)) = (fields.next(), fields.next()) else { continue };
        let sum = sum.strip_prefix(b"sha256=").and_then(|sum| URL_SAFE_NO_PAD.decode(sum).ok());
        if let Some(sum) = sum.and_then(|sum| <[u8; 32]>::try_from(sum).ok()) {
            tell(&[site, file].concat(), Sum::Sha256(sum));
        }
    }
}

/// Whether it was installed from a directory, an archive or a repository that somebody named.
fn is_from_no_index(list: &[u8]) -> bool {
    // Quoted or not, with a checksum or without.
    memchr::memmem::find(list, b".dist-info/direct_url.json").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_relative_to_the_site() {
        let list =
            format!("pkg/mod.py,sha256={},12\npkg/__pycache__/mod.pyc,,\n", URL_SAFE_NO_PAD.encode([9; 32]));
        let mut seen = Vec::new();
        let path = b"usr/lib/python3/site-packages/pkg-1.dist-info/RECORD";
        read(path, list.as_bytes(), &mut |path, sum| seen.push((path.to_vec(), sum)));
        assert_eq!(seen, [(b"usr/lib/python3/site-packages/pkg/mod.py".to_vec(), Sum::Sha256([9; 32]))]);
    }

    #[test]
    fn what_is_from_no_index_is_not_vouched_for() {
        let sum = URL_SAFE_NO_PAD.encode([9; 32]);
        for line in ["app-1.dist-info/direct_url.json,sha256=x,9", "\"app-1.dist-info/direct_url.json\",,"] {
            let list = format!("app/settings.py,sha256={sum},12\r\n{line}\r\n");
            read(b"site-packages/app-1.dist-info/RECORD", list.as_bytes(), &mut |path, _| {
                panic!("{}", path.escape_ascii())
            });
        }
    }
}
