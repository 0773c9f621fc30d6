//! Starts other programs: Docker and its plugins. The one file here that does.

use std::io::{self, Read, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

/// The most that is taken of what a program writes, in bytes.
const MOST: u64 = 256 << 20;
/// How often is looked whether it ended.
const BEAT: Duration = Duration::from_millis(10);

/// A program with its arguments.
pub(crate) struct Call<'c> {
    pub(crate) program: &'c Path,
    pub(crate) arguments: &'c [&'c str],
    /// Variables besides those of this program.
    pub(crate) variables: &'c [(&'c str, &'c str)],
    /// What it reads.
    pub(crate) input: &'c [u8],
    /// How long it may take.
    pub(crate) patience: Duration,
}

/// What a program came to.
pub(crate) struct Ran {
    pub(crate) success: bool,
    pub(crate) out: Vec<u8>,
    pub(crate) err: String,
}

/// Runs a program to its end. What it writes is taken while it reads.
pub(crate) fn run(call: &Call<'_>) -> io::Result<Ran> {
    let mut child = Command::new(call.program)
        .args(call.arguments)
        .envs(call.variables.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let out = drain(child.stdout.take());
    let err = drain(child.stderr.take());
    if let Some(mut stdin) = child.stdin.take() {
        let input = Zeroizing::new(call.input.to_vec());
        // A program that reads nothing may have ended by now, or go on and never read.
        thread::spawn(move || drop(stdin.write_all(&input)));
    }
    let success = wait(&mut child, call.patience)?;
    let text = |drained: JoinHandle<Vec<u8>>| drained.join().unwrap_or_default();
    Ok(Ran { success, out: text(out), err: String::from_utf8_lossy(&text(err)).into_owned() })
}

fn drain(pipe: Option<impl Read + Send + 'static>) -> JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(pipe) = pipe {
            let _ = pipe.take(MOST).read_to_end(&mut bytes);
        }
        bytes
    })
}

fn wait(child: &mut Child, patience: Duration) -> io::Result<bool> {
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status.success());
        }
        if begun.elapsed() > patience {
            let _ = child.kill();
            let _ = child.wait();
            return Err(io::Error::new(
                io::ErrorKind::TimedOut,
                format!("no end after {} s", patience.as_secs()),
            ));
        }
        thread::sleep(BEAT);
    }
}

/// The program of this name in the first folder that has it.
pub(crate) fn find(name: &str, folders: &[PathBuf]) -> Option<PathBuf> {
    let names = [name.to_owned(), format!("{name}.exe")];
    let candidates = folders.iter().flat_map(|folder| names.iter().map(move |name| folder.join(name)));
    candidates.into_iter().find(|path| path.is_file())
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    fn call(script: &str, patience: Duration) -> io::Result<Ran> {
        let shell = Path::new("/bin/sh");
        run(&Call {
            program: shell,
            arguments: &["-c", script],
            variables: &[("WORD", "x")],
            input: b"in",
            patience,
        })
    }

    #[test]
    fn what_a_program_says_and_how_it_ends_is_known() {
        let ran = call("printf $WORD; cat; printf no >&2; exit 3", Duration::from_secs(20)).unwrap();
        assert_eq!((ran.success, ran.out.as_slice(), ran.err.as_str()), (false, b"xin".as_slice(), "no"));
    }

    #[test]
    fn a_program_that_does_not_end_is_ended() {
        let error = call("exec sleep 100", Duration::from_millis(50)).err().unwrap();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }
}
