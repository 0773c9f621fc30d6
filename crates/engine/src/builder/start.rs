//! The one place where programs are started.

use std::ffi::OsString;
use std::io::{self, PipeReader, Read, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use super::task::{Input, Says, Task};
use super::{Builder, BuilderError, Kind, steps};
use crate::watch::Watch;

/// How often it is looked whether the run shall end.
pub(super) const GLANCE: Duration = Duration::from_millis(20);
/// So long a builder may take to end when it is asked to.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);
/// After so long it is asked once more: Docker's command line hears nothing while it looks for its plugins.
pub(super) const DEAF: Duration = Duration::from_millis(500);
/// What is read at once, in bytes.
const CHUNK: usize = 64 << 10;
/// The most that is kept of standard output, in bytes.
const LONGEST_OUTPUT: u64 = 64 << 20;

/// How a task ended.
pub struct Ended {
    status: ExitStatus,
    /// What it wrote to standard output. It may hold secrets: mask it before it is shown.
    pub output: Zeroizing<Vec<u8>>,
}

impl Ended {
    /// Whether it did what it was asked to.
    #[must_use]
    pub fn succeeded(&self) -> bool {
        self.status.success()
    }

    /// Its exit code; none if a signal ended it.
    #[must_use]
    pub fn code(&self) -> Option<i32> {
        self.status.code()
    }

    /// What it wrote to standard output, as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.output).into_owned()
    }
}

pub(super) fn run(
    builder: &Builder,
    task: &Task,
    hear: &mut dyn FnMut(&[u8]),
    watch: &dyn Watch,
) -> Result<Ended, BuilderError> {
    let program = builder.program.clone();
    let spawned = spawn(builder, task);
    let (mut child, errors) =
        spawned.map_err(|source| BuilderError::Start { program: program.clone(), source })?;
    if let Some(caretaker) = &task.caretaker {
        caretaker.watches(child.id());
    }
    let (input, output) = (child.stdin.take(), child.stdout.take());
    let running = Running { child: Mutex::new(child), kind: builder.kind };
    let over = AtomicBool::new(false);
    if let (Input::Stream(stream), Some(input)) = (&task.input, input) {
        feed(Arc::clone(stream), input);
    }
    let (said, output) = thread::scope(|scope| {
        let output = scope.spawn(|| collect(output));
        scope.spawn(|| running.attend(&over, watch));
        // However listening ends, the one who waits for its end must see it.
        let _over = Over { over: &over, running: &running };
        let said = listen(errors, hear);
        if said.is_err() {
            running.end();
        }
        (said, output.join().unwrap_or_default())
    });
    let status = said.and_then(|()| running.wait());
    let status = status.map_err(|source| BuilderError::Read { program, source })?;
    Ok(Ended { status, output })
}

fn command(builder: &Builder, task: &Task) -> Command {
    let mut command = Command::new(&builder.program);
    command.args(&builder.global).args(&builder.before).args(&task.arguments);
    apart(&mut command, builder.kind);
    for (name, value) in &task.environment {
        match value {
            Some(value) => command.env(name, os(value)),
            None => command.env_remove(name),
        };
    }
    if let Some(folder) = &task.folder {
        command.current_dir(folder);
    }
    let input = match task.input {
        Input::Nothing => Stdio::null(),
        Input::Inherited => Stdio::inherit(),
        Input::Stream(_) => Stdio::piped(),
    };
    command.stdin(input);
    command
}

/// A terminal sends Ctrl-C to everybody. Podman would end at once, and leave the containers of its steps: it gets a group of
/// its own, and is ended by us.
#[cfg(unix)]
fn apart(command: &mut Command, kind: Kind) {
    use std::os::unix::process::CommandExt as _;
    if kind.keeps_containers() {
        command.process_group(0);
    }
}

#[cfg(not(unix))]
fn apart(_: &mut Command, _: Kind) {}

/// Starts a process of ours that reads orders, and hears the builder when nobody else does any more.
pub(super) fn attendant(words: &[OsString], hears: PipeReader) -> io::Result<Child> {
    let (program, arguments) = words.split_first().ok_or(io::ErrorKind::InvalidInput)?;
    let mut command = Command::new(program);
    // A place for a stream that it can be given: it reads from there.
    command.args(arguments).stdin(Stdio::piped()).stdout(hears).stderr(Stdio::null());
    command.spawn()
}

/// Starts it, and gives what it says. Our own ends of a pipe go with the command: its reader would wait for them.
fn spawn(builder: &Builder, task: &Task) -> io::Result<(Child, PipeReader)> {
    let mut command = command(builder, task);
    let (reader, writer) = match task.caretaker.as_ref().and_then(|caretaker| caretaker.line()) {
        Some(line) => line,
        None => io::pipe()?,
    };
    match task.says {
        Says::OnErrors => command.stdout(Stdio::piped()),
        Says::OnBoth => command.stdout(writer.try_clone()?),
    };
    Ok((command.stderr(writer).spawn()?, reader))
}

#[cfg(unix)]
fn os(bytes: &[u8]) -> &std::ffi::OsStr {
    std::os::unix::ffi::OsStrExt::from_bytes(bytes)
}

#[cfg(not(unix))]
fn os(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Passes a stream on. Not waited for: a source that gives nothing must not outlive the builder that does not ask.
fn feed(stream: Arc<Mutex<dyn Read + Send>>, mut input: ChildStdin) {
    thread::spawn(move || {
        let mut stream = stream.lock().unwrap_or_else(PoisonError::into_inner);
        // A builder that has enough closes its end.
        let _ = io::copy(&mut *stream, &mut input);
        let _ = input.flush();
    });
}

fn collect(output: Option<ChildStdout>) -> Zeroizing<Vec<u8>> {
    let mut bytes = Zeroizing::new(Vec::new());
    if let Some(mut output) = output {
        let _ = (&mut output).take(LONGEST_OUTPUT).read_to_end(&mut bytes);
        // Whoever writes more must not wait for ever.
        let _ = io::copy(&mut output, &mut io::sink());
    }
    bytes
}

fn listen(mut from: impl Read, hear: &mut dyn FnMut(&[u8])) -> io::Result<()> {
    let mut chunk = Zeroizing::new(vec![0; CHUNK]);
    loop {
        match from.read(&mut chunk) {
            Ok(0) => return Ok(()),
            Ok(length) => hear(chunk.get(..length).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

struct Over<'o> {
    over: &'o AtomicBool,
    running: &'o Running,
}

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        // Whoever reads its output waits for it.
        if thread::panicking() {
            self.running.end();
        }
    }
}

/// A builder at work. It does not outlive this.
struct Running {
    child: Mutex<Child>,
    kind: Kind,
}

impl Running {
    /// Ends the builder when the run shall end: asks first.
    fn attend(&self, over: &AtomicBool, watch: &dyn Watch) {
        let (mut asked, mut again): (Option<Instant>, bool) = (None, false);
        while !over.load(Ordering::Relaxed) {
            match asked {
                None if watch.stopped() => {
                    self.ask_to_end();
                    asked = Some(Instant::now());
                }
                Some(since) if since.elapsed() > PATIENCE => return self.end(),
                // It may have begun another step.
                Some(_) if self.kind.keeps_containers() => self.ask_to_end(),
                Some(since) if !again && since.elapsed() > DEAF => {
                    self.ask_to_end();
                    again = true;
                }
                _ => {}
            }
            thread::sleep(GLANCE);
        }
    }

    #[cfg(unix)]
    fn ask_to_end(&self) {
        use rustix::process::{Signal, kill_process};
        let Some(pid) = process(&mut self.child()) else { return };
        if self.kind.keeps_containers() {
            steps::end(pid);
        } else {
            let _ = kill_process(pid, Signal::TERM);
        }
    }

    #[cfg(not(unix))]
    fn ask_to_end(&self) {
        self.end();
    }

    #[cfg(unix)]
    fn end(&self) {
        use rustix::process::{Signal, kill_process};
        let mut child = self.child();
        // A plugin would go on, and write into a folder that is removed. Those with containers have to tidy up after themselves.
        let family = process(&mut child).filter(|_| !self.kind.keeps_containers()).map(steps::family);
        let _ = child.kill();
        for process in family.unwrap_or_default() {
            let _ = kill_process(process, Signal::KILL);
        }
    }

    #[cfg(not(unix))]
    fn end(&self) {
        let _ = self.child().kill();
    }

    fn wait(&self) -> io::Result<ExitStatus> {
        self.child().wait()
    }

    fn child(&self) -> std::sync::MutexGuard<'_, Child> {
        self.child.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The number of a child. Only one that was not waited for still owns it.
#[cfg(unix)]
fn process(child: &mut Child) -> Option<rustix::process::Pid> {
    let alive = child.try_wait().is_ok_and(|status| status.is_none());
    i32::try_from(child.id()).ok().and_then(rustix::process::Pid::from_raw).filter(|_| alive)
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.child().try_wait().is_ok_and(|status| status.is_none()) {
            self.end();
            let _ = self.wait();
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use super::*;
    use crate::Quiet;
    use crate::builder::Kind;

    fn shell() -> Builder {
        Builder {
            kind: Kind::Buildx,
            program: "/bin/sh".into(),
            global: Vec::new(),
            before: vec!["-c".to_owned()],
        }
    }

    #[test]
    fn what_a_builder_says_and_writes_is_told_apart_from_how_it_ends() {
        let task = Task::new(["cat; echo out; echo \"$GIVEN$TAKEN\" >&2; exit 3"])
            .variable("GIVEN", "by us")
            .without("TAKEN")
            .stream(&b"in "[..]);
        let answer = shell().ask(&task).unwrap();
        assert_eq!((answer.ended.text().as_str(), answer.said.as_slice()), ("in out\n", &b"by us\n"[..]));
        assert_eq!((answer.ended.code(), answer.ended.succeeded()), (Some(3), false));
    }

    #[test]
    fn what_comes_on_both_outputs_is_heard_in_its_order() {
        let task = Task::new(["echo one; echo two >&2; echo three"]).heard_on_both();
        let answer = shell().ask(&task).unwrap();
        assert_eq!((answer.said.as_slice(), answer.ended.text().as_str()), (&b"one\ntwo\nthree\n"[..], ""));
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let none = Builder { program: "/nowhere/docker".into(), ..shell() };
        let error = none.ask(&Task::new(["true"])).err().map(|error| error.to_string());
        assert!(error.is_some_and(|text| text.starts_with("cannot start /nowhere/docker: ")));
    }

    /// Stops a run once something was heard.
    struct Stops<'s>(&'s AtomicUsize);

    impl Watch for Stops<'_> {
        fn stopped(&self) -> bool {
            self.0.load(Ordering::Relaxed) > 0
        }
    }

    #[test]
    fn a_builder_that_did_not_hear_it_is_asked_again() {
        let heard = AtomicUsize::new(0);
        let script = "trap '' TERM; echo on >&2; sleep 0.3; trap 'exit 7' TERM; while :; do sleep 0.01; done";
        let mut hear = |bytes: &[u8]| {
            heard.fetch_add(bytes.len(), Ordering::Relaxed);
        };
        let ended = shell().run(&Task::new([script]), &mut hear, &Stops(&heard)).unwrap();
        assert_eq!(ended.code(), Some(7));
    }

    #[test]
    fn a_builder_is_asked_to_end_before_it_is_ended() {
        let heard = AtomicUsize::new(0);
        let task = Task::new(["trap 'echo bye; exit 7' TERM; echo on >&2; while :; do sleep 0.01; done"]);
        let mut hear = |bytes: &[u8]| {
            heard.fetch_add(bytes.len(), Ordering::Relaxed);
        };
        let ended = shell().run(&task, &mut hear, &Stops(&heard)).unwrap();
        assert_eq!((ended.code(), ended.text().as_str()), (Some(7), "bye\n"));
    }

    #[test]
    fn a_builder_does_not_outlive_the_run_that_started_it() {
        let mut said = Vec::new();
        let run = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let mut hear = |bytes: &[u8]| {
                said.extend_from_slice(bytes);
                panic!("the listener breaks");
            };
            shell().run(&Task::new(["echo $$ >&2; exec sleep 60"]), &mut hear, &Quiet).is_ok()
        }));
        assert!(run.is_err());
        let pid: i32 = String::from_utf8(said).unwrap().trim().parse().unwrap();
        let pid = rustix::process::Pid::from_raw(pid).unwrap();
        assert!(rustix::process::test_kill_process(pid).is_err());
    }
}
