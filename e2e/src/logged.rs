//! A real registry of its own that writes down what it was asked.

use std::fs::{self, File};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;

use crate::component;

/// So long it may take to listen.
const PATIENCE: Duration = Duration::from_secs(30);

/// A registry on a loopback port, with an access log.
#[derive(Debug)]
pub struct LoggedRegistry {
    host: String,
    folder: TempDir,
    service: Child,
}

impl LoggedRegistry {
    /// The registry, or nothing if the test is to end without it.
    ///
    /// # Errors
    /// With `CI=true` when it is not set up, and when it does not start.
    pub fn get() -> Result<Option<Self>> {
        let Some(variables) = component::find("registry")? else { return Ok(None) };
        let program = component::value(&variables, "TIGHTLIP_E2E_REGISTRY_PROGRAM")?;
        let folder = tempfile::tempdir().context("cannot make a temporary folder")?;
        let host = TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string();
        let config = format!(
            "version: 0.1\nlog: {{level: warn, accesslog: {{disabled: false}}}}\n\
            storage: {{filesystem: {{rootdirectory: \"{}/data\"}}}}\nhttp: {{addr: \"{host}\"}}\n",
            folder.path().display()
        );
        let path = folder.path().join("registry.yml");
        fs::write(&path, config)?;
        let log = File::create(folder.path().join("access"))?;
        let mut service = Command::new(program);
        service.arg("serve").arg(path).stdout(log).stderr(Stdio::null());
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

    /// What was asked so far, as `METHOD PATH`.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn asked(&self) -> Result<Vec<String>> {
        let log = fs::read_to_string(self.folder.path().join("access"))?;
        // The combined log format: the request stands between the first pair of quotes.
        let request = |line: &str| {
            let mut words = line.split('"').nth(1)?.split_whitespace();
            Some(format!("{} {}", words.next()?, words.next()?))
        };
        Ok(log.lines().filter_map(request).collect())
    }
}

impl Drop for LoggedRegistry {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.service.kill();
        let _ = self.service.wait();
    }
}
