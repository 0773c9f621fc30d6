//! Which file is this? Names are compared without case and without the marks of copies and templates.

use crate::Hint;

/// Suffixes of copies that people and editors make.
pub(crate) const COPIES: &[&str] = &[
    ".bak",
    ".old",
    ".orig",
    ".save",
    ".backup",
    ".copy",
    ".swp",
    "~",
    ".1",
    ".2",
    ".dpkg-old",
    ".dpkg-dist",
    ".rpmsave",
    ".rpmnew",
];

/// The file name in lower case, without a leading dot or underscore and without the suffix of a copy.
pub(crate) fn base_name(hint: &Hint<'_>) -> Vec<u8> {
    let mut name = hint.file_name().to_ascii_lowercase();
    for copy in COPIES {
        if name.len() > copy.len() + 2 && name.ends_with(copy.as_bytes()) {
            name.truncate(name.len() - copy.len());
        }
    }
    match name.as_slice() {
        [b'.' | b'_', rest @ ..] => rest.to_vec(),
        _ => name,
    }
}

/// Whether the file, or a copy of it, has one of these names; they are given without a leading dot.
pub(crate) fn is_called(hint: &Hint<'_>, names: &[&str]) -> bool {
    let name = base_name(hint);
    names.iter().any(|n| n.as_bytes() == name)
}

/// Whether the name, without marks of copies, ends so.
pub(crate) fn ends_with(hint: &Hint<'_>, ends: &[&str]) -> bool {
    let name = base_name(hint);
    ends.iter().any(|end| name.ends_with(end.as_bytes()))
}

/// Whether the path ends so, copies included; slashes between the components.
pub(crate) fn lies_at(hint: &Hint<'_>, ends: &[&str]) -> bool {
    let mut path = hint.path().to_ascii_lowercase();
    for copy in COPIES {
        if path.ends_with(copy.as_bytes()) {
            path.truncate(path.len() - copy.len());
        }
    }
    ends.iter().any(|end| {
        path.strip_suffix(end.as_bytes())
            .is_some_and(|before| before.is_empty() || before.ends_with(b"/") || end.starts_with('/'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_have_the_name_of_what_they_copy() {
        for path in ["root/.npmrc", "npmrc", "a/.npmrc.bak", "a/.NPMRC~", "_npmrc.old"] {
            assert!(is_called(&Hint::File(path.as_bytes()), &["npmrc"]), "{path}");
        }
        assert!(!is_called(&Hint::File(b"a/npmrc.md"), &["npmrc"]));
    }

    #[test]
    fn paths_end_at_a_component() {
        assert!(lies_at(&Hint::File(b"root/.aws/credentials.bak"), &[".aws/credentials"]));
        assert!(lies_at(&Hint::File(b".aws/credentials"), &[".aws/credentials"]));
        assert!(!lies_at(&Hint::File(b"root/x.aws/credentials"), &[".aws/credentials"]));
    }
}
