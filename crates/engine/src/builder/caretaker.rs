//! A process that outlives this one when it is killed outright, ends the builder, and does what is left to do.
//!
//! It reads its orders from a pipe that only this process can write to. If the pipe ends without a dismissal, this process is
//! dead. The caretaker also holds the pipe into which the builder speaks: a builder that nobody hears any more ends in the
//! middle of what it does (SIGPIPE), and tidies up nothing.

use std::ffi::OsString;
use std::io::{self, BufRead, PipeReader, PipeWriter, Write as _};
use std::process::{Child, ChildStdin};
use std::sync::{Mutex, PoisonError};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::start;

/// A caretaker at its post. Whoever drops it without a dismissal lets it do its work, and waits for that.
#[derive(Debug)]
pub(crate) struct Caretaker {
    orders: Mutex<Option<ChildStdin>>,
    line: Mutex<Option<(PipeReader, PipeWriter)>>,
    process: Child,
}

/// What a caretaker is told, a line each.
#[derive(Serialize, Deserialize)]
enum Order<W> {
    /// The builder is this process.
    Builder(u32),
    /// What there will be to do; the last one counts.
    Will(W),
    /// There is nothing to do.
    Dismissed,
}

impl Caretaker {
    /// Starts one with these words: a program that calls [`inherit`] with its standard input, and its arguments.
    ///
    /// # Errors
    /// When it cannot be started.
    pub(crate) fn start(words: &[OsString]) -> io::Result<Self> {
        let (reader, writer) = io::pipe()?;
        let mut process = start::attendant(words, reader.try_clone()?)?;
        let orders = Mutex::new(process.stdin.take());
        Ok(Self { orders, line: Mutex::new(Some((reader, writer))), process })
    }

    /// Says what there will be to do. It replaces what was said before.
    ///
    /// # Errors
    /// When nobody is there any more.
    pub(crate) fn leave<W: Serialize>(&self, will: &W) -> io::Result<()> {
        self.tell(&Order::Will(will))
    }

    /// Nothing is left to do.
    pub(crate) fn dismiss(&self) {
        // One that is gone does nothing either.
        let _ = self.tell(&Order::<()>::Dismissed);
    }

    /// Says which process the builder is.
    pub(super) fn watches(&self, builder: u32) {
        let _ = self.tell(&Order::<()>::Builder(builder));
    }

    /// Both ends of the pipe for the builder's words, which are there once.
    pub(super) fn line(&self) -> Option<(PipeReader, PipeWriter)> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn tell<W: Serialize>(&self, order: &Order<W>) -> io::Result<()> {
        let mut line = serde_json::to_vec(order)?;
        line.push(b'\n');
        let mut orders = self.orders.lock().unwrap_or_else(PoisonError::into_inner);
        orders.as_mut().map_or(Err(io::ErrorKind::BrokenPipe.into()), |orders| orders.write_all(&line))
    }
}

impl Drop for Caretaker {
    fn drop(&mut self) {
        drop(self.orders.lock().unwrap_or_else(PoisonError::into_inner).take());
        drop(self.line());
        let _ = self.process.wait();
    }
}

/// What somebody who died left behind.
#[derive(Debug)]
pub(crate) struct Estate<W> {
    /// What is to be done.
    pub(crate) will: W,
    /// The builder, if it was started.
    pub(crate) builder: Option<Orphan>,
}

/// Waits until whoever writes these orders is dead; nothing if there is nothing to do then.
pub(crate) fn inherit<W: DeserializeOwned>(orders: impl BufRead) -> Option<Estate<W>> {
    let (mut will, mut builder) = (None, None);
    for line in orders.lines().map_while(Result::ok) {
        match serde_json::from_str(&line) {
            Ok(Order::Dismissed) => return None,
            Ok(Order::Will(last)) => will = Some(last),
            Ok(Order::Builder(process)) => builder = Orphan::of(process),
            // It died in the middle of a line.
            Err(_) => {}
        }
    }
    will.map(|will| Estate { will, builder })
}

/// Leaves the terminal: Ctrl-C, and its end, are for the others.
#[cfg(unix)]
pub(crate) fn leave_terminal() {
    let _ = rustix::process::setsid();
}

/// As above.
#[cfg(not(unix))]
pub(crate) fn leave_terminal() {}

pub(crate) use orphan::Orphan;

#[cfg(target_os = "linux")]
mod orphan {
    use std::os::fd::OwnedFd;
    use std::thread;
    use std::time::Instant;

    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

    use super::super::start::{DEAF, GLANCE, PATIENCE};
    use super::super::{Kind, steps};

    /// A builder whose parent died. Its handle is not that of another process when the number is used again.
    #[derive(Debug)]
    pub(crate) struct Orphan {
        process: Pid,
        handle: OwnedFd,
    }

    impl Orphan {
        pub(super) fn of(process: u32) -> Option<Self> {
            let process = i32::try_from(process).ok().and_then(Pid::from_raw)?;
            let handle = pidfd_open(process, PidfdFlags::empty()).ok()?;
            Some(Self { process, handle })
        }

        /// Ends it with all that it started: asks first, and once more if that was not heard.
        pub(crate) fn end(&self, kind: Kind) {
            let begin = Instant::now();
            let mut family = Vec::new();
            let mut asked = 0;
            let is_over = |family: &[Self]| self.is_over() && family.iter().all(Self::is_over);
            while !is_over(&family) && begin.elapsed() < PATIENCE {
                if kind.keeps_containers() {
                    steps::end(self.process);
                } else {
                    self.meet(&mut family);
                    if asked < 2 && begin.elapsed() >= DEAF * asked {
                        let _ = pidfd_send_signal(&self.handle, Signal::TERM);
                        asked += 1;
                    }
                }
                thread::sleep(GLANCE);
            }
            for process in family.iter().chain([self]).filter(|process| !process.is_over()) {
                let _ = pidfd_send_signal(&process.handle, Signal::KILL);
            }
        }

        /// Adds what it has started since. A plugin is nobody's child any more when the one that called it is gone.
        fn meet(&self, family: &mut Vec<Self>) {
            if self.is_over() {
                return;
            }
            for process in steps::family(self.process) {
                if !family.iter().any(|known| known.process == process) {
                    family.extend(Self::of(process.as_raw_nonzero().get().unsigned_abs()));
                }
            }
        }

        /// Source: pidfd_open(2): it can be read when the process has ended.
        fn is_over(&self) -> bool {
            let mut handles = [PollFd::new(&self.handle, PollFlags::IN)];
            poll(&mut handles, Some(&Timespec { tv_sec: 0, tv_nsec: 0 })).is_ok_and(|ready| ready > 0)
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod orphan {
    use super::super::Kind;

    /// A builder that cannot be told from what got its number later: it is left to itself.
    #[derive(Debug)]
    pub(crate) struct Orphan;

    impl Orphan {
        pub(super) fn of(_: u32) -> Option<Self> {
            None
        }

        pub(crate) fn end(&self, _: Kind) {}
    }
}

#[cfg(target_os = "linux")]
#[cfg(test)]
mod tests {
    use super::*;
    use crate::builder::Kind;

    #[test]
    fn who_is_dismissed_does_nothing_and_who_is_not_has_the_last_will() {
        let told = |lines: &str| inherit::<String>(lines.as_bytes()).map(|estate| estate.will);
        let two = "{\"Will\":\"first\"}\n{\"Will\":\"second\"}\n";
        assert_eq!(told(two).as_deref(), Some("second"));
        assert_eq!(told(&format!("{two}\"Dismissed\"\n")), None);
        assert_eq!(told(&format!("{two}{{\"Will\":\"thi")).as_deref(), Some("second"));
        assert_eq!(told(""), None);
    }

    #[test]
    fn orders_arrive_until_the_one_who_gives_them_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("orders");
        let words = ["/bin/sh", "-c", "cat > \"$0\""].map(OsString::from).to_vec();
        let caretaker = Caretaker::start(&[words, vec![file.clone().into()]].concat()).unwrap();
        caretaker.leave(&"all").unwrap();
        caretaker.watches(7);
        assert!(caretaker.line().is_some() && caretaker.line().is_none());
        drop(caretaker);
        assert_eq!(std::fs::read_to_string(file).unwrap(), "{\"Will\":\"all\"}\n{\"Builder\":7}\n");
    }

    /// What is left to read of a shell that was ended as an orphan, once it answered to that.
    fn ended(script: &str) -> impl BufRead {
        let mut command = std::process::Command::new("/bin/sh");
        let mut child = command.args(["-c", script]).stdout(std::process::Stdio::piped()).spawn().unwrap();
        let mut said = io::BufReader::new(child.stdout.take().unwrap());
        said.read_line(&mut String::new()).unwrap();
        Orphan::of(child.id()).unwrap().end(Kind::Buildx);
        assert_eq!(child.wait().unwrap().code(), Some(7));
        said
    }

    #[test]
    fn an_orphan_is_asked_to_end() {
        drop(ended("trap 'exit 7' TERM; echo on; while :; do sleep 0.01; done"));
    }

    #[test]
    fn nothing_that_an_orphan_started_outlives_it() {
        let mut said = ended("trap 'exit 7' TERM; sleep 600 & echo on; while :; do sleep 0.01; done");
        // Whoever still runs would hold the other end of the pipe.
        assert_eq!(said.read_line(&mut String::new()).unwrap(), 0);
    }
}
