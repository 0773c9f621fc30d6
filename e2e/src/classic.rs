//! A second Docker Engine that keeps images in the store that was Docker's only one before containerd's.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use crate::component;

/// So long it may take to answer, and to end.
const PATIENCE: Duration = Duration::from_secs(60);

/// An engine that ends with this.
#[derive(Debug)]
pub(crate) struct Classic {
    folder: PathBuf,
    engine: Child,
}

impl Classic {
    /// Starts the engine beside this `docker`, with everything of it in a folder. It has no network.
    pub(crate) fn start(docker: &Path, folder: &Path) -> Result<Self> {
        let programs = docker.ancestors().nth(2).context("docker lies in no folder of programs")?;
        let dockerd = programs.join("sbin").join("dockerd");
        let config = folder.join("daemon.json");
        fs::write(
            &config,
            r#"{"features": {"containerd-snapshotter": false}, "bridge": "none", "iptables": false, "ip6tables": false}"#,
        )?;
        let at = |name: &str| folder.join(name);
        let mut engine = Command::new(&dockerd);
        // It starts a containerd of its own.
        component::lend(component::lend(&mut engine, docker), &dockerd);
        engine.arg("--config-file").arg(config).arg("--data-root").arg(at("data"));
        engine.arg("--exec-root").arg(at("exec")).arg("--pidfile").arg(at("pid"));
        engine.arg("--host").arg(format!("unix://{}", at("docker.sock").display()));
        let engine =
            engine.stdin(Stdio::null()).stdout(Stdio::null()).stderr(fs::File::create(at("log"))?).spawn();
        let classic = Self { folder: folder.to_owned(), engine: engine.context("cannot start dockerd")? };
        let start = Instant::now();
        let answers = || {
            let mut version = Command::new(docker);
            version.args(["--host", &classic.host(), "version"]).stdout(Stdio::null()).stderr(Stdio::null());
            version.status().is_ok_and(|status| status.success())
        };
        while !answers() {
            let log = || fs::read_to_string(at("log")).unwrap_or_default();
            ensure!(start.elapsed() < PATIENCE, "dockerd does not start: {}", log());
            std::thread::sleep(Duration::from_millis(200));
        }
        Ok(classic)
    }

    /// Where it listens.
    pub(crate) fn host(&self) -> String {
        format!("unix://{}", self.folder.join("docker.sock").display())
    }
}

impl Drop for Classic {
    fn drop(&mut self) {
        // Asked, not forced: it has to end its containerd. What it does not do in time stays behind.
        let _ = Command::new("kill").arg(self.engine.id().to_string()).status();
        let start = Instant::now();
        while start.elapsed() < PATIENCE && matches!(self.engine.try_wait(), Ok(None)) {
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}
