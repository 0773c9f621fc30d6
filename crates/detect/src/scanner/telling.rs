//! Which names say what a file holds: a file that has several of them is judged under each that says something.

use super::{NAMED_BY_PATH, Scanner};
use crate::pattern::{Form, Pattern};
use crate::{Finder, Hint};

/// Names that every file could have. A finder that wants one of them goes by the bytes.
const ORDINARY: &[&[u8]] = &[
    b"a/a",
    b"a/a.txt",
    b"a/a.md",
    b"a/a.log",
    b"a/a.csv",
    b"a/a.html",
    b"a/a.js",
    b"a/a.py",
    b"a/a.c",
    b"a/a.go",
    b"a/a.sh",
    b"a/a.sql",
    b"a/a.json",
    b"a/a.yml",
    b"a/a.yaml",
    b"a/a.toml",
    b"a/a.xml",
    b"a/a.ini",
    b"a/a.cfg",
    b"a/a.conf",
    b"a/a.properties",
    b"a/a.bin",
    b"a/a.so",
];

/// What a name says of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Telling {
    /// Nothing.
    Nothing,
    /// Which words are worth looking for in it: `settings.xml`.
    Something,
    /// That it may be a secret, whatever stands in it: `.vault_pass`, `run/secrets/db_password`.
    Much,
}

/// Whether a finder wants some files because of what they are called.
pub(crate) fn goes_by_name(finder: &Finder) -> bool {
    !ORDINARY.iter().any(|path| (finder.wants)(&Hint::File(path)))
}

/// Whether a rule is only looked for in some files.
pub(crate) fn is_placed(rule: &Pattern) -> bool {
    rule.conditions.as_ref().is_some_and(|conditions| !conditions.allow_anywhere())
}

/// Whether a rule is looked for in files of this name.
fn is_for(rule: &Pattern, path: &[u8]) -> bool {
    rule.conditions.as_ref().is_none_or(|conditions| conditions.allow_in(path))
}

/// Whether a rule is about files of this name.
fn is_about(rule: &Pattern, path: &[u8]) -> bool {
    matches!(&rule.form, Form::Path(regex) if regex.is_match(path))
}

impl Scanner {
    /// What one name of a file says of it that another one does not.
    #[must_use]
    pub fn telling(&self, name: &[u8], than: &[u8]) -> Telling {
        let (one, other) = (Hint::File(name), Hint::File(than));
        let finders = self.search.telling.iter().filter_map(|index| self.search.finders.get(*index));
        let by_finder = finders
            .filter(|(finder, _)| (finder.wants)(&one) && !(finder.wants)(&other))
            .map(|(finder, _)| if finder.keywords.is_empty() { Telling::Much } else { Telling::Something })
            .max();
        let mut rules = self.search.by_path.iter().filter_map(|index| self.search.patterns.get(*index));
        match by_finder.unwrap_or(Telling::Nothing) {
            Telling::Much => Telling::Much,
            _ if rules.any(|rule| is_about(rule, name) && !is_about(rule, than)) => Telling::Much,
            less => less,
        }
    }

    /// Whether rules look for more in a file of so many bytes under one name than under another: for the tokens of whom
    /// the path names, for what is only looked for in some files.
    #[must_use]
    pub fn is_named_for(&self, name: &[u8], than: &[u8], size: usize) -> bool {
        let near = || {
            let others = self.named_in(than);
            self.named_in(name).iter().any(|rule| others.binary_search(rule).is_err())
        };
        let mut placed = self.search.placed.iter().filter_map(|index| self.search.patterns.get(*index));
        placed.any(|rule| is_for(rule, name) && !is_for(rule, than)) || size <= NAMED_BY_PATH && near()
    }
}

#[cfg(test)]
mod tests {
    use super::Telling;
    use crate::{RuleSet, Scanner, ScannerOptions};

    #[test]
    fn a_name_of_a_secret_is_telling_and_an_ordinary_one_is_not() {
        let scanner = Scanner::new(&RuleSet::builtin().unwrap(), ScannerOptions::default()).unwrap();
        for name in
            ["run/secrets/db_password", "app/.vault_pass", "root/.npmrc", "root/.netrc", "srv/.pgpass"]
        {
            assert_eq!(scanner.telling(name.as_bytes(), b"a/aaa"), Telling::Much, "{name}");
            assert_eq!(scanner.telling(name.as_bytes(), name.as_bytes()), Telling::Nothing, "{name}");
            assert_eq!(scanner.telling(b"a/aaa", name.as_bytes()), Telling::Nothing, "{name}");
        }
        assert_eq!(scanner.telling(b"root/.m2/settings.xml", b"a/aaa"), Telling::Something);
        for name in [
            "usr/bin/git-upload-pack",
            "usr/bin/perl5.36.0",
            "usr/share/zoneinfo/Europe/Berlin",
            "app/main.py",
            "app/node_modules/a/index.js",
            "app/node_modules/a/package.json",
            "usr/share/doc/a/README.md",
            "usr/lib/libz.so.1",
            "bin/gunzip",
            "etc/app/settings.yaml",
        ] {
            assert_eq!(
                scanner.telling(name.as_bytes(), b"store/v3/files/0a/1b2c3d"),
                Telling::Nothing,
                "{name}"
            );
        }
    }

    #[test]
    fn whose_token_it_is_may_stand_in_one_of_the_names() {
        let scanner = Scanner::new(&RuleSet::builtin().unwrap(), ScannerOptions::default()).unwrap();
        assert!(scanner.is_named_for(b"app/heroku.txt", b"a/aaa", 40));
        assert!(!scanner.is_named_for(b"app/heroku.txt", b"a/aaa", 5000));
        assert!(!scanner.is_named_for(b"app/b.txt", b"a/aaa", 40));
    }
}
