//! A real terminal: a shell in tmux that is typed into, and whose screen is read.

use std::path::PathBuf;
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::component;

/// How long something may take to appear.
const PATIENCE: Duration = Duration::from_secs(60);

/// A shell in a terminal of its own. It ends when this is dropped.
#[derive(Debug)]
pub struct Tmux {
    program: PathBuf,
    server: String,
}

impl Tmux {
    /// A shell on a screen of this size, with the variables that `command` would be started with.
    ///
    /// # Errors
    /// With `CI=true` when tmux is not set up, and when it does not start.
    pub fn start((width, height): (u16, u16), like: &Command) -> Result<Option<Self>> {
        let Some(found) = component::find("tmux")? else { return Ok(None) };
        let program = PathBuf::from(component::value(&found, "TIGHTLIP_E2E_TMUX")?);
        let screen = Self { program, server: crate::docker::unique("tightlip") };
        let mut command = screen.command();
        for (name, value) in like.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        // A terminal that every machine knows, and a shell that reads no files of the user's.
        command.env_remove("TMUX").env("ENV", "").env("PS1", "$ ").args(["-f", "/dev/null"]);
        let size = [width.to_string(), height.to_string()];
        command.args(["new-session", "-d", "-x", &size[0], "-y", &size[1], "sh"]);
        component::run(&mut command)?;
        Ok(Some(screen))
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(["-L", &self.server]);
        command
    }

    /// Types keys, by the names that tmux gives them.
    ///
    /// # Errors
    /// When the shell has ended.
    pub fn press(&self, keys: &[&str]) -> Result<()> {
        component::run(self.command().arg("send-keys").args(keys)).map(drop)
    }

    /// Types a line and Enter.
    ///
    /// # Errors
    /// As [`Tmux::press`].
    pub fn enter(&self, line: &str) -> Result<()> {
        self.press(&["-l", line])?;
        self.press(&["Enter"])
    }

    /// Makes the screen another size.
    ///
    /// # Errors
    /// As [`Tmux::press`].
    pub fn resize(&self, (width, height): (u16, u16)) -> Result<()> {
        let size = [width.to_string(), height.to_string()];
        component::run(self.command().args(["resize-window", "-x", &size[0], "-y", &size[1]])).map(drop)
    }

    /// What is on the screen.
    ///
    /// # Errors
    /// As [`Tmux::press`].
    pub fn screen(&self) -> Result<String> {
        let bytes = component::run(self.command().args(["capture-pane", "-p"]))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Waits until the screen holds a text, and returns it.
    ///
    /// # Errors
    /// When it does not come, with what is there instead.
    pub fn wait(&self, text: &str) -> Result<String> {
        let begun = Instant::now();
        loop {
            let screen = self.screen()?;
            if screen.contains(text) {
                return Ok(screen);
            }
            if begun.elapsed() > PATIENCE {
                bail!("`{text}` does not come to the screen:\n{screen}");
            }
            sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Tmux {
    fn drop(&mut self) {
        // The server is ours alone: it has a name that nothing else has.
        let _ = self.command().arg("kill-server").output();
    }
}
