//! The key that identities are made with: kept by the user, so that the same secret has the same identity in
//! every run, and nobody else can test guesses against it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use data_encoding::{HEXLOWER, HEXLOWER_PERMISSIVE};
use tightlip_engine::IdentityKey;
use tightlip_engine::private::{Beside, Readers};

/// Names the key instead of the file: 64 hexadecimal digits, for several machines that shall agree.
pub(crate) const VARIABLE: &str = "TIGHTLIP_IDENTITY_KEY";

/// The user's key, made when there is none. Where it cannot be kept, a key for this run only.
pub(crate) fn identity() -> Result<IdentityKey> {
    if let Some(text) = std::env::var_os(VARIABLE) {
        let Some(key) = text.to_str().and_then(parse) else {
            bail!("{VARIABLE} is not 64 hexadecimal digits")
        };
        return Ok(IdentityKey::new(key));
    }
    let Some(path) = place() else { return Ok(IdentityKey::new(random()?)) };
    match read(&path).or_else(|| create(&path)) {
        Some(key) => Ok(IdentityKey::new(key)),
        // With another key in each run nothing would be known again, and nobody would know why.
        None if path.is_file() => bail!(
            "{} holds no key: it is cut, or no file of ours\nRemove it, and the next run makes a new one; identities change then",
            path.display()
        ),
        None => Ok(IdentityKey::new(random()?)),
    }
}

/// Where the key is kept.
pub(crate) enum Kept {
    /// In the variable, and whether that is a key.
    Variable(Result<(), ()>),
    /// In a file, which need not be there yet.
    File(PathBuf),
    /// Only as long as a run.
    Nowhere,
}

/// Where the key is kept. Nothing is made.
pub(crate) fn kept() -> Kept {
    if let Ok(text) = std::env::var(VARIABLE) {
        return Kept::Variable(parse(&text).map(drop).ok_or(()));
    }
    place().map_or(Kept::Nowhere, Kept::File)
}

/// Whether a file holds a key.
pub(crate) fn holds(path: &Path) -> bool {
    read(path).is_some()
}

fn place() -> Option<PathBuf> {
    let directory = std::env::var_os("XDG_CONFIG_HOME").filter(|d| !d.is_empty()).map(PathBuf::from);
    let directory =
        directory.or_else(|| std::env::var_os("HOME").map(|home| Path::new(&home).join(".config")))?;
    Some(directory.join("tightlip").join("identity.key"))
}

fn read(path: &Path) -> Option<[u8; 32]> {
    parse(&fs::read_to_string(path).ok()?)
}

fn create(path: &Path) -> Option<[u8; 32]> {
    let key = random().ok()?;
    fs::create_dir_all(path.parent()?).ok()?;
    let text = HEXLOWER.encode(&key);
    // Whole before anybody sees it: two first runs may come together.
    let beside = Beside::write(path, Readers::Owner, &mut |file| writeln!(file, "{text}"));
    match beside.and_then(|beside| beside.put_first()) {
        Ok(()) => Some(key),
        // Another run was quicker.
        Err(_) => read(path),
    }
}

fn random() -> Result<[u8; 32]> {
    let mut key = [0; 32];
    getrandom::fill(&mut key)
        .map_err(|e| anyhow::anyhow!("{e}"))
        .context("the system gives no random bytes")?;
    Ok(key)
}

fn parse(text: &str) -> Option<[u8; 32]> {
    HEXLOWER_PERMISSIVE.decode(text.trim().as_bytes()).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_64_hexadecimal_digits() {
        assert_eq!(parse(&"0f".repeat(32)), Some([15; 32]));
        assert_eq!(parse("0f"), None);
        assert_eq!(parse(&"zz".repeat(32)), None);
        assert_eq!(parse(&"+f".repeat(32)), None);
    }

    #[test]
    fn first_runs_that_come_together_have_one_key() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/identity.key");
        let make = || create(&path).unwrap();
        let keys = std::thread::scope(|scope| {
            [scope.spawn(make), scope.spawn(make)].map(|made| made.join().unwrap())
        });
        assert_eq!((keys[0], read(&path)), (keys[1], Some(keys[0])));
    }
}
