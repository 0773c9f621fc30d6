//! A real registry on a loopback port that belongs to one test, and ends with it.

use std::fs::{self, File};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;

use crate::component;

/// So long it may take to listen.
const PATIENCE: Duration = Duration::from_secs(30);

/// The service, and the folder that it works in.
#[derive(Debug)]
pub(crate) struct OwnRegistry {
    host: String,
    folder: TempDir,
    service: Child,
}

impl OwnRegistry {
    /// Starts one; `settings` says what its configuration has beside the address and the storage, in the folder that
    /// it is given. Nothing if the test is to end without it.
    ///
    /// # Errors
    /// With `CI=true` when it is not set up, and when it does not start.
    pub(crate) fn get(settings: impl FnOnce(&Path) -> Result<String>) -> Result<Option<Self>> {
        let Some(variables) = component::find("registry")? else { return Ok(None) };
        let program = component::value(&variables, "TIGHTLIP_E2E_REGISTRY_PROGRAM")?;
        let folder = tempfile::tempdir().context("cannot make a temporary folder")?;
        let host = TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string();
        let config = format!(
            "version: 0.1\nstorage: {{filesystem: {{rootdirectory: \"{}/data\"}}}}\nhttp: {{addr: \"{host}\"}}\n{}",
            folder.path().display(),
            settings(folder.path())?
        );
        let path = folder.path().join("registry.yml");
        fs::write(&path, config)?;
        let said = File::create(folder.path().join("output"))?;
        let mut service = Command::new(program);
        service.arg("serve").arg(path).stdout(said).stderr(Stdio::null());
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
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// A path in its folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// What it wrote to its standard output so far.
    pub(crate) fn output(&self) -> Result<String> {
        fs::read_to_string(self.path("output")).context("cannot read what the registry wrote")
    }
}

impl Drop for OwnRegistry {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.service.kill();
        let _ = self.service.wait();
    }
}
