//! Which file is this? Names are compared without case and without the marks of copies and templates.

use crate::Hint;
use crate::set::Set;

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

/// Their last letters: most names are no copy's by theirs.
const LAST_OF_COPIES: Set = {
    let mut letters = [0; COPIES.len()];
    let mut number = 0;
    while number < COPIES.len() {
        let copy = COPIES[number].as_bytes();
        letters[number] = copy[copy.len() - 1];
        number += 1;
    }
    Set::of(&letters)
};

/// The file name in lower case, without a leading dot or underscore and without the suffix of a copy.
pub(crate) fn base_name(hint: &Hint<'_>) -> Vec<u8> {
    stem(hint.file_name()).to_ascii_lowercase()
}

/// The same as it stands: every finder asks for every file, so it costs no memory.
fn stem(name: &[u8]) -> &[u8] {
    undotted(original(name, 2))
}

fn undotted(name: &[u8]) -> &[u8] {
    match name {
        [b'.' | b'_', rest @ ..] => rest,
        name => name,
    }
}

/// What a copy is a copy of; of a name, more than so many bytes stay.
fn original(mut name: &[u8], least: usize) -> &[u8] {
    if !name.last().is_some_and(|last| LAST_OF_COPIES.has(last.to_ascii_lowercase())) {
        return name;
    }
    for copy in COPIES.iter().map(|copy| copy.as_bytes()) {
        if let Some(stem) = without(name, copy).filter(|stem| stem.len() > least) {
            name = stem;
        }
    }
    name
}

/// What stands before an ending that is given in lower case.
fn without<'n>(name: &'n [u8], end: &[u8]) -> Option<&'n [u8]> {
    if name.last()?.to_ascii_lowercase() != *end.last()? {
        return None;
    }
    let (stem, tail) = name.split_at_checked(name.len().checked_sub(end.len())?)?;
    tail.eq_ignore_ascii_case(end).then_some(stem)
}

/// Whether the file, or a copy of it, has one of these names; they are given without a leading dot.
pub(crate) fn is_called(hint: &Hint<'_>, names: &[&str]) -> bool {
    let whole = hint.file_name();
    let start = undotted(whole);
    // Nearly every file begins otherwise, and then it does not matter of what it is a copy.
    let begins = |known: &&str| {
        start.get(..known.len()).is_some_and(|start| start.eq_ignore_ascii_case(known.as_bytes()))
    };
    let mut likely = names.iter().filter(|known| begins(known)).peekable();
    likely.peek().is_some() && {
        let name = stem(whole);
        likely.any(|known| name.eq_ignore_ascii_case(known.as_bytes()))
    }
}

/// Whether the name, without marks of copies, ends so.
pub(crate) fn ends_with(hint: &Hint<'_>, ends: &[&str]) -> bool {
    let name = stem(hint.file_name());
    ends.iter().any(|end| without(name, end.as_bytes()).is_some())
}

/// Whether a folder of this name, with the slash behind it, leads to the file.
pub(crate) fn lies_in(hint: &Hint<'_>, folder: &str) -> bool {
    let path = hint.path();
    let starts = std::iter::once(0).chain(memchr::memchr_iter(b'/', path).map(|slash| slash + 1));
    starts.into_iter().any(|at| path.get(at..).is_some_and(|rest| rest.starts_with(folder.as_bytes())))
}

/// Whether a text that is as short as a path holds a part: to look for it costs less than to make ready to.
pub(crate) fn holds(path: &[u8], part: &[u8]) -> bool {
    let Some(first) = part.first() else { return true };
    memchr::memchr_iter(*first, path).any(|at| path.get(at..).is_some_and(|rest| rest.starts_with(part)))
}

/// Whether the path ends so, copies included; slashes between the components.
pub(crate) fn lies_at(hint: &Hint<'_>, ends: &[&str]) -> bool {
    let path = original(hint.path(), 0);
    ends.iter().any(|end| {
        without(path, end.as_bytes())
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
    fn folders_begin_at_a_component() {
        for path in ["ppp/options", "etc/ppp/options", "/etc/ppp/options"] {
            assert!(lies_in(&Hint::File(path.as_bytes()), "ppp/"), "{path}");
        }
        assert!(!lies_in(&Hint::File(b"etc/xppp/options"), "ppp/"));
        assert!(holds(b"a/b.git/x", b".git/") && holds(b"x", b"") && !holds(b"a/.gi", b".git/"));
    }

    #[test]
    fn paths_end_at_a_component() {
        assert!(lies_at(&Hint::File(b"root/.aws/credentials.bak"), &[".aws/credentials"]));
        assert!(lies_at(&Hint::File(b".aws/credentials"), &[".aws/credentials"]));
        assert!(!lies_at(&Hint::File(b"root/x.aws/credentials"), &[".aws/credentials"]));
    }
}
