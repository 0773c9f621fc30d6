//! A remote builder of buildx: the engine's BuildKit behind a socket of its own, as one on another machine would be.

use std::io::{self, Read, Write};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use anyhow::{Context, Result};

use crate::Docker;
use crate::component;

/// The name of the builder, in a configuration that nothing else uses.
const NAME: &str = "behind-a-socket";

/// A builder that buildx reaches by its address. It ends with this.
#[derive(Debug)]
pub struct Remote<'d> {
    docker: &'d Docker,
    folder: PathBuf,
    over: Arc<AtomicBool>,
}

impl<'d> Remote<'d> {
    /// The engine's own BuildKit, reached through `docker buildx dial-stdio`.
    ///
    /// # Errors
    /// When no socket can be made, or buildx does not take it.
    pub fn start(docker: &'d Docker) -> Result<Self> {
        let folder = docker.path("remote");
        std::fs::create_dir(&folder)?;
        let plugins = docker.config().context("a configuration")?.join("cli-plugins");
        std::os::unix::fs::symlink(plugins, folder.join("cli-plugins"))?;
        let socket = folder.join("buildkit.sock");
        let listener = UnixListener::bind(&socket).context("cannot listen")?;
        let over = Arc::new(AtomicBool::new(false));
        let remote = Self { docker, folder, over: Arc::clone(&over) };
        let mut dial = Command::new("docker");
        docker.lend(&mut dial).args(["buildx", "--builder", "default", "dial-stdio"]);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if over.load(Ordering::Relaxed) {
                    return;
                }
                // Whoever called is told by the connection that ends.
                let _ = serve(stream, &mut dial);
            }
        });
        let mut create = Command::new("docker");
        remote.lend(&mut create).args(["buildx", "create", "--driver", "remote", "--name", NAME]);
        component::run(create.arg(format!("unix://{}", socket.display())))?;
        Ok(remote)
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        NAME
    }

    /// Lets a program find the engine's buildx, which knows this builder.
    pub fn lend<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        self.docker.lend(command).env("DOCKER_CONFIG", &self.folder)
    }
}

impl Drop for Remote<'_> {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        // Wakes the one who listens.
        drop(UnixStream::connect(self.folder.join("buildkit.sock")));
    }
}

/// Passes everything on, both ways, for as long as there is something.
fn serve(stream: UnixStream, dial: &mut Command) -> io::Result<()> {
    let mut child = dial.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
    let (to, from) = (child.stdin.take(), child.stdout.take());
    let (mut asks, mut answers) = (stream.try_clone()?, stream);
    thread::spawn(move || to.map(|mut to| pass(&mut asks, &mut to)));
    thread::spawn(move || {
        from.map(|mut from| pass(&mut from, &mut answers));
        // The other side has gone already, or is told by this.
        let _ = answers.shutdown(Shutdown::Both);
        let _ = child.wait();
    });
    Ok(())
}

/// Not `io::copy`: what is small must not wait for more.
fn pass(from: &mut dyn Read, to: &mut dyn Write) -> io::Result<()> {
    let mut buffer = vec![0; 64 << 10];
    loop {
        let length = from.read(&mut buffer)?;
        let Some(part) = buffer.get(..length).filter(|part| !part.is_empty()) else { return Ok(()) };
        to.write_all(part)?;
        to.flush()?;
    }
}
