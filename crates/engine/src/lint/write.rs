//! Writes what was mended: all files or none. Every new text is written beside its place first, and renamed when all are.

use std::fs;
use std::io;
use std::path::PathBuf;

use super::rounds::Rewritten;
use crate::private::{Beside, Readers, replace};

/// Why mended files were not written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// A new text could not be written beside its place.
    #[error("cannot write {file}: {source}\nNothing was changed")]
    Prepare {
        /// The file.
        file: String,
        /// Why.
        source: io::Error,
    },
    /// A new text could not be put in its place.
    #[error("cannot replace {file}: {source}\n{}", left(changed))]
    Replace {
        /// The file.
        file: String,
        /// Why.
        source: io::Error,
        /// Files that could not be given back their old text.
        changed: Vec<String>,
    },
}

fn left(changed: &[String]) -> String {
    match changed {
        [] => "Nothing was changed".to_owned(),
        _ => format!("Could not be undone, so that it stays mended: {}", changed.join(", ")),
    }
}

/// Writes all files.
///
/// # Errors
/// When one of them cannot be written: then all are as they were, but for those that the error names.
pub(super) fn write(files: &[Rewritten]) -> Result<(), WriteError> {
    let mut prepared: Vec<Prepared<'_>> = Vec::new();
    for file in files {
        let failed = |source| WriteError::Prepare { file: file.name.clone(), source };
        let one = place(file).map_err(failed)?;
        // A file and a link to it are mended alike.
        let known = prepared.iter().find(|known| known.path == one);
        match known {
            Some(known) if known.file.after == file.after => {}
            Some(_) => return Err(failed(io::Error::other("it is mended in two ways, under two names"))),
            None => prepared.push(Prepared::of(file, one).map_err(failed)?),
        }
    }
    put(&prepared)
}

/// Where a file lies. A link stays a link: what it points at is replaced.
fn place(file: &Rewritten) -> io::Result<PathBuf> {
    let path = file.path.as_ref().ok_or_else(|| io::Error::other("its place on the disk is not known"))?;
    if path.exists() { fs::canonicalize(path) } else { Ok(path.clone()) }
}

fn put(prepared: &[Prepared<'_>]) -> Result<(), WriteError> {
    for (at, one) in prepared.iter().enumerate() {
        let Err(source) = one.new.put() else { continue };
        let done = prepared.iter().take(at).rev();
        let left = done.filter(|done| done.undo().is_err());
        let changed = left.map(|left| left.file.name.clone()).collect();
        return Err(WriteError::Replace { file: one.file.name.clone(), source, changed });
    }
    Ok(())
}

/// A new text that lies beside its place.
struct Prepared<'f> {
    file: &'f Rewritten,
    path: PathBuf,
    new: Beside,
    /// What the file held; nothing if it was not there.
    old: Option<Vec<u8>>,
}

impl<'f> Prepared<'f> {
    fn of(file: &'f Rewritten, path: PathBuf) -> io::Result<Self> {
        let old = match fs::read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            read => Some(read?),
        };
        if old.as_deref().unwrap_or_default() != file.before.as_bytes() {
            return Err(io::Error::other("it is not what was read: somebody changed it"));
        }
        let new = Beside::write(&path, Readers::AsBefore, &mut |out| out.write_all(file.after.as_bytes()))?;
        Ok(Self { file, path, new, old })
    }

    /// Gives the file back what it held.
    fn undo(&self) -> io::Result<()> {
        let Some(old) = &self.old else { return fs::remove_file(&self.path) };
        replace(&self.path, &mut |out| out.write_all(old))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// Files of a directory that hold `old` and are to hold `new`.
    fn files(folder: &Path, names: &[&str]) -> Vec<Rewritten> {
        let file = |name: &&str| {
            let path = folder.join(name);
            fs::write(&path, "old").unwrap();
            Rewritten {
                name: (*name).to_owned(),
                path: Some(path),
                before: "old".to_owned(),
                after: "new".to_owned(),
            }
        };
        names.iter().map(file).collect()
    }

    fn texts(folder: &Path) -> Vec<String> {
        let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|one| one.unwrap().path()).collect();
        paths.sort();
        paths.iter().filter(|path| path.is_file()).map(|path| fs::read_to_string(path).unwrap()).collect()
    }

    #[test]
    fn a_file_is_replaced_as_a_whole_and_keeps_its_permissions() {
        let folder = tempfile::tempdir().unwrap();
        let mut files = files(folder.path(), &["Dockerfile"]);
        let path = folder.path().join("Dockerfile");
        let mut permissions = fs::metadata(&path).unwrap().permissions();
        permissions.set_readonly(true);
        fs::set_permissions(&path, permissions).unwrap();
        let made = folder.path().join(".dockerignore");
        files.push(Rewritten {
            name: "x".to_owned(),
            path: Some(made),
            before: String::new(),
            after: "a".to_owned(),
        });
        write(&files).unwrap();
        assert_eq!(texts(folder.path()), ["a", "new"]);
        assert!(fs::metadata(&path).unwrap().permissions().readonly());
    }

    #[test]
    fn nothing_is_changed_when_one_of_them_cannot_be_written() {
        let folder = tempfile::tempdir().unwrap();
        let mut files = files(folder.path(), &["a", "b"]);
        let lost = folder.path().join("gone/c");
        files.push(Rewritten {
            name: "c".to_owned(),
            path: Some(lost),
            before: String::new(),
            ..files[0].clone()
        });
        let said = write(&files).unwrap_err().to_string();
        assert!(said.starts_with("cannot write c: ") && said.ends_with("Nothing was changed"), "{said}");
        assert_eq!(texts(folder.path()), ["old", "old"]);
        files.pop();
        fs::write(folder.path().join("b"), "newer").unwrap();
        assert!(write(&files).unwrap_err().to_string().contains("somebody changed it"));
        assert_eq!(texts(folder.path()), ["old", "newer"]);
        files.truncate(1);
        write(&files).unwrap();
        assert_eq!(texts(folder.path()), ["new", "newer"]);
    }

    #[test]
    fn what_was_replaced_already_is_given_back() {
        let folder = tempfile::tempdir().unwrap();
        let files = files(folder.path(), &["a", "b", "c"]);
        let prepared: Vec<Prepared<'_>> =
            files.iter().map(|file| Prepared::of(file, place(file).unwrap()).unwrap()).collect();
        // No file takes the place of a folder.
        fs::remove_file(folder.path().join("c")).unwrap();
        fs::create_dir(folder.path().join("c")).unwrap();
        let said = put(&prepared).unwrap_err().to_string();
        assert!(said.starts_with("cannot replace c: ") && said.ends_with("Nothing was changed"), "{said}");
        drop(prepared);
        assert_eq!(texts(folder.path()), ["old", "old"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_a_link_and_is_mended_once() {
        let folder = tempfile::tempdir().unwrap();
        let mut files = files(folder.path(), &["a"]);
        let link = folder.path().join("b");
        std::os::unix::fs::symlink("a", &link).unwrap();
        files.push(Rewritten { path: Some(link.clone()), ..files[0].clone() });
        write(&files).unwrap();
        assert_eq!(texts(folder.path()), ["new", "new"]);
        assert!(fs::symlink_metadata(link).unwrap().is_symlink());
    }
}
