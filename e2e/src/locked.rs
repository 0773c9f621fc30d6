//! A real registry that wants a login.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::component;
use crate::own_registry::OwnRegistry;

/// The name of its only user, and the word that it takes.
const USER: &str = "e2e";

/// A registry of its own on a loopback port, and a configuration of Docker that is logged in to it.
#[derive(Debug)]
pub struct LockedRegistry(OwnRegistry);

impl LockedRegistry {
    /// The registry, or nothing if the test is to end without it.
    ///
    /// # Errors
    /// With `CI=true` when it is not set up, and when it does not start.
    pub fn get() -> Result<Option<Self>> {
        let Some(registry) = OwnRegistry::get(only_user)? else { return Ok(None) };
        let folder = registry.path("docker");
        fs::create_dir(&folder).context("cannot make a folder for the login")?;
        let login = format!("printf {USER}:{USER} | base64");
        let login = component::run(Command::new("sh").args(["-c", &login]))?;
        let login = String::from_utf8(login)?;
        let host = registry.host();
        let config = format!(r#"{{"auths":{{"{host}":{{"auth":"{}"}}}}}}"#, login.trim());
        fs::write(folder.join("config.json"), config).context("cannot write the login")?;
        Ok(Some(Self(registry)))
    }

    /// `host:port`.
    #[must_use]
    pub fn host(&self) -> &str {
        self.0.host()
    }

    /// A folder with a `config.json` as `docker login` writes it.
    #[must_use]
    pub fn login(&self) -> PathBuf {
        self.0.path("docker")
    }
}

/// Writes the file of its users, and the setting that names it.
fn only_user(folder: &Path) -> Result<String> {
    // Perl's `crypt` is the C library's, which knows bcrypt: the only form that the registry takes.
    let salt = format!("$2y$05${}", "tightlip".repeat(3).get(..22).unwrap_or_default());
    let hash =
        component::run(Command::new("perl").args(["-e", "print crypt($ARGV[0], $ARGV[1])", USER, &salt]))?;
    let hash = String::from_utf8(hash)?;
    ensure!(hash.starts_with("$2y$"), "this C library does not know bcrypt");
    let users = folder.join("users");
    fs::write(&users, format!("{USER}:{hash}\n"))?;
    Ok(format!("log: {{level: warn}}\nauth: {{htpasswd: {{realm: e2e, path: \"{}\"}}}}\n", users.display()))
}
