//! What the trees of a repository call its objects: a blob itself does not know its name (`gitformat-pack(5)`, "tree objects").

use std::collections::HashMap;

use crate::read::hex;
use crate::{Hint, file, key};

/// The name of an object: the SHA-1 of its content.
pub(crate) type Id = [u8; 20];

/// One object is kept under so many names.
const NAMES: usize = 8;
/// Steps upwards that are taken from one object.
const STEPS: usize = 64;
/// The longest path.
const LONGEST: usize = 4 << 10;
/// What a name costs beside its letters, in bytes.
const EACH: usize = 96;

/// Which tree calls an object by which name. Most trees say again what others said: only what is new is kept.
#[derive(Default)]
pub(crate) struct Names {
    said: HashMap<Id, Vec<Said>>,
    weight: usize,
}

struct Said {
    tree: Id,
    name: Box<str>,
}

/// There are more names than are kept.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Full;

impl Names {
    /// Learns what a tree calls what is in it, up to a weight of all names in bytes.
    pub(crate) fn learn(&mut self, tree: Id, content: &[u8], most: usize) -> Result<(), Full> {
        for (name, id) in Entries(content) {
            let said = self.said.entry(id).or_default();
            let mut alike = said.iter_mut().filter(|said| *said.name == *name);
            // The newest trees come first: the first and the last say most about a file that was moved.
            if let (Some(_), Some(last)) = (alike.next(), alike.next_back()) {
                last.tree = tree;
                continue;
            }
            if said.len() >= NAMES {
                continue;
            }
            self.weight = self.weight.saturating_add(name.len()).saturating_add(EACH);
            if self.weight > most {
                return Err(Full);
            }
            said.push(Said { tree, name: name.into() });
        }
        Ok(())
    }

    /// The path of an object that says most about what it is, if any tree names it.
    pub(crate) fn path(&self, object: &Id) -> Option<String> {
        let paths = self.paths(object);
        let most = paths.iter().map(|path| telling(path)).max()?;
        paths.into_iter().find(|path| telling(path) == most)
    }

    /// Its paths below the trees that no other tree names.
    fn paths(&self, object: &Id) -> Vec<String> {
        let (mut paths, mut open) = (Vec::new(), vec![(*object, String::new())]);
        for _ in 0..STEPS {
            let Some((id, below)) = open.pop() else { break };
            let Some(said) = self.said.get(&id) else {
                paths.push(below);
                continue;
            };
            for Said { tree, name } in said.iter().rev() {
                let path = if below.is_empty() { name.to_string() } else { format!("{name}/{below}") };
                if path.len() <= LONGEST {
                    open.push((*tree, path));
                }
            }
        }
        paths.retain(|path| !path.is_empty());
        paths
    }
}

/// How many finders know a file by this path.
fn telling(path: &str) -> usize {
    let hint = Hint::File(path.as_bytes());
    let known = [key::FINDERS, file::FINDERS];
    known.into_iter().flatten().filter(|finder| (finder.wants)(&hint)).count()
}

/// What stands in a tree: mode, name, NUL, the object; repositories inside are not in this one.
struct Entries<'t>(&'t [u8]);

impl Iterator for Entries<'_> {
    type Item = (String, Id);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let end = memchr::memchr(0, self.0)?;
            let (head, rest) = self.0.split_at_checked(end)?;
            let (id, rest) = rest.get(1..)?.split_first_chunk::<20>()?;
            self.0 = rest;
            let space = memchr::memchr(b' ', head)?;
            let (mode, name) = (head.get(..space)?, head.get(space.checked_add(1)?..)?);
            if mode != b"160000" {
                return Some((String::from_utf8_lossy(name).into_owned(), *id));
            }
        }
    }
}

/// What a member of a repository is called: its kind, its name, and the path that it has.
pub(crate) fn called(kind: &str, id: Option<&Id>, path: Option<&str>) -> String {
    let id = id.map(|id| hex::digits(id));
    [Some(kind), id.as_deref(), path].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// A name as git writes it.
pub(crate) fn id(digits: &str) -> Option<Id> {
    hex::array(digits.as_bytes())
}

/// The path in what [`called`] made, if there is one.
pub(crate) fn path_in(member: &str) -> Option<&str> {
    let mut words = member.splitn(3, ' ');
    words.next()?;
    id(words.next()?)?;
    words.next()
}

/// A tree as it is stored, for the tests.
#[cfg(test)]
pub(crate) fn tree(entries: &[(&str, &str, Id)]) -> Vec<u8> {
    let entry = |(mode, name, id): &(&str, &str, Id)| [format!("{mode} {name}\0").as_bytes(), id].concat();
    entries.iter().flat_map(entry).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOT: Id = [1; 20];
    const FOLDER: Id = [2; 20];
    const FILE: Id = [3; 20];

    fn learned(trees: &[(Id, Vec<u8>)]) -> Names {
        let mut names = Names::default();
        trees.iter().for_each(|(id, content)| names.learn(*id, content, 1 << 20).unwrap());
        names
    }

    #[test]
    fn a_path_leads_through_trees_in_any_order() {
        let root = (ROOT, tree(&[("40000", "config", FOLDER), ("160000", "other", [9; 20])]));
        let folder = (FOLDER, tree(&[("100644", "app.yml", FILE)]));
        for trees in [[root.clone(), folder.clone()], [folder, root]] {
            let names = learned(&trees);
            assert_eq!(names.path(&FILE).as_deref(), Some("config/app.yml"));
            assert_eq!(names.path(&FOLDER).as_deref(), Some("config"));
            assert_eq!((names.path(&ROOT), names.path(&[9; 20])), (None, None));
        }
    }

    #[test]
    fn of_several_names_the_most_telling_counts() {
        let names = learned(&[
            (ROOT, tree(&[("100644", "a.txt", FILE), ("100644", "notes", FILE)])),
            ([4; 20], tree(&[("100644", ".npmrc", FILE)])),
        ]);
        assert_eq!(names.path(&FILE).as_deref(), Some(".npmrc"));
    }

    #[test]
    fn a_file_that_was_moved_is_known_where_it_was_first() {
        let mut trees = vec![(ROOT, tree(&[("40000", "lib", FOLDER)]))];
        for tree_of_lib in 10..60 {
            trees.push(([tree_of_lib; 20], tree(&[("100644", "credentials", FILE)])));
        }
        trees.push(([5; 20], tree(&[("40000", "git", [59; 20])])));
        assert_eq!(learned(&trees).path(&FILE).as_deref(), Some("git/credentials"));
    }

    #[test]
    fn trees_that_name_each_other_end_and_names_have_a_limit() {
        let names =
            learned(&[(ROOT, tree(&[("40000", "a", FOLDER)])), (FOLDER, tree(&[("40000", "b", ROOT)]))]);
        assert_eq!(names.path(&ROOT), None);
        let two = tree(&[("100644", "a", FILE), ("100644", "b", ROOT)]);
        assert_eq!(Names::default().learn(FOLDER, &two, 150), Err(Full));
        for end in 0..two.len() {
            let _ = Names::default().learn(FOLDER, &two[..end], 1 << 20);
        }
    }

    #[test]
    fn the_path_is_what_stands_behind_the_id() {
        let member = called("blob", Some(&FILE), Some("a b/c"));
        assert_eq!(path_in(&member), Some("a b/c"));
        assert_eq!(path_in(&called("blob", Some(&FILE), None)), None);
        assert_eq!(path_in("blob at 1234"), None);
    }
}
