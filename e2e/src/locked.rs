//! A real registry that wants a login.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;

use crate::component;

/// The name of its only user, and the word that it takes.
const USER: &str = "e2e";
/// So long it may take to listen.
const PATIENCE: Duration = Duration::from_secs(30);

/// A registry of its own on a loopback port, and a configuration of Docker that is logged in to it.
#[derive(Debug)]
pub struct LockedRegistry {
    host: String,
    folder: TempDir,
    service: Child,
}

impl LockedRegistry {
    /// The registry, or nothing if the test is to end without it.
    ///
    /// # Errors
    /// With `CI=true` when it is not set up, and when it does not start.
    pub fn get() -> Result<Option<Self>> {
        let Some(variables) = component::find("registry")? else { return Ok(None) };
        let program = component::value(&variables, "TIGHTLIP_E2E_REGISTRY_PROGRAM")?;
        let folder = tempfile::tempdir().context("cannot make a temporary folder")?;
        let host = TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string();
        let config = write_config(folder.path(), &host)?;
        let mut service = Command::new(program);
        service.arg("serve").arg(config).stdout(Stdio::null()).stderr(Stdio::null());
        let service = service.spawn().context("cannot start the registry")?;
        let registry = Self { host, folder, service };
        let start = Instant::now();
        while TcpStream::connect(&registry.host).is_err() {
            ensure!(start.elapsed() < PATIENCE, "the registry does not listen");
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(Some(registry))
    }

    /// `host:port`.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// A folder with a `config.json` as `docker login` writes it.
    #[must_use]
    pub fn login(&self) -> PathBuf {
        self.folder.path().join("docker")
    }
}

impl Drop for LockedRegistry {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.service.kill();
        let _ = self.service.wait();
    }
}

/// The registry's configuration, its only user, and the login of that user.
fn write_config(folder: &Path, host: &str) -> Result<PathBuf> {
    // Perl's `crypt` is the C library's, which knows bcrypt: the only form that the registry takes.
    let salt = format!("$2y$05${}", "tightlip".repeat(3).get(..22).unwrap_or_default());
    let hash =
        component::run(Command::new("perl").args(["-e", "print crypt($ARGV[0], $ARGV[1])", USER, &salt]))?;
    let hash = String::from_utf8(hash)?;
    ensure!(hash.starts_with("$2y$"), "this C library does not know bcrypt");
    fs::write(folder.join("users"), format!("{USER}:{hash}\n"))?;
    let config = format!(
        "version: 0.1\nlog: {{level: warn}}\nstorage: {{filesystem: {{rootdirectory: \"{0}/data\"}}}}\n\
        http: {{addr: \"{host}\"}}\nauth: {{htpasswd: {{realm: e2e, path: \"{0}/users\"}}}}\n",
        folder.display()
    );
    fs::write(folder.join("registry.yml"), config)?;
    let docker = folder.join("docker");
    fs::create_dir(&docker)?;
    let login = component::run(Command::new("sh").args(["-c", &format!("printf {USER}:{USER} | base64")]))?;
    let login = String::from_utf8(login)?;
    fs::write(
        docker.join("config.json"),
        format!(r#"{{"auths":{{"{host}":{{"auth":"{}"}}}}}}"#, login.trim()),
    )?;
    Ok(folder.join("registry.yml"))
}
