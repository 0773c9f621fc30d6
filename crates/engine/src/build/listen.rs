//! During the build: everything that the builder says is masked before anybody sees it, and looked through for what
//! had to be masked.

use std::io::{self, BufReader, Read};
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use tightlip_report::Report;
use zeroize::Zeroizing;

use super::record::Record;
use super::{GuardError, Show};
use crate::builder::{Builder, Ended, Kind, Lines, Task, Told};
use crate::redact::Redactor;
use crate::request::Request;
use crate::source;
use crate::tools::Tools;
use crate::watch::Quiet;

/// What the log is called in reports.
pub(crate) const LOG: &str = "the build's log";
/// What to do about a secret in the log of a builder that keeps none.
const KEEP_NO_LOG: &str = "Do not print the value: no echo, set -x or verbose option in a step that has it. Here it is \
    masked; where the same is built without a guard, everybody reads it who can read that log.";
/// Pieces of the log that wait to be looked through.
const WAITING: usize = 1024;

/// How a build went.
pub(crate) struct Heard {
    pub(crate) ended: Ended,
    /// What was found in the log.
    pub(crate) log: Report,
    /// Whether a step was not run, because an earlier result was there: its log is not in this one.
    pub(crate) skipped: bool,
}

impl Heard {
    /// Names the steps and how anyone reads the log; where it lies in a file of ours is of no use to anybody.
    pub(crate) fn name(&mut self, kind: Kind, record: Option<&Record>) {
        for finding in &mut self.log.findings {
            let place = &mut finding.place;
            place.path = place.member.take().filter(|step| !step.is_empty()).or_else(|| place.path.take());
            (place.line, place.offset) = (None, None);
            if kind != Kind::Buildx {
                KEEP_NO_LOG.clone_into(&mut finding.remedy.summary);
            }
            finding.recover = match (kind, record) {
                (Kind::Buildx, Some(record)) => record.log(),
                (Kind::Buildx, None) => {
                    "docker buildx history ls, then docker buildx history logs ID".to_owned()
                }
                // They keep no log: whoever builds without a guard sees it.
                (Kind::Podman | Kind::Buildah, _) => format!("{} build --no-cache …", kind.name()),
            };
        }
    }
}

/// Runs a build. What `show` gets is masked.
pub(crate) fn run(
    builder: &Builder,
    task: &Task,
    (redactor, scan): (&Redactor, &Request),
    show: &dyn Show,
) -> Result<Heard, GuardError> {
    let tools = Tools::new(scan)?;
    let (give, take) = sync_channel(WAITING);
    let mut skipped = false;
    let (ended, harvest) = std::thread::scope(|scope| {
        let looking = scope.spawn(|| {
            let lens = tools.lens(scan, &Quiet);
            source::pass_log(&mut BufReader::new(Pieces::new(take)), &lens)
        });
        let ended = listen((builder, task), (redactor, give), show, &mut skipped);
        (ended, looking.join())
    });
    let harvest = match harvest {
        Ok(harvest) => harvest,
        Err(panic) => std::panic::resume_unwind(panic),
    };
    let log = source::log_report(Path::new(LOG), &harvest, (&tools, scan))?;
    Ok(Heard { ended: ended?, log, skipped })
}

fn listen(
    (builder, task): (&Builder, &Task),
    (redactor, give): (&Redactor, SyncSender<Zeroizing<Vec<u8>>>),
    show: &dyn Show,
    skipped: &mut bool,
) -> Result<Ended, GuardError> {
    let mut lines = Lines::default();
    let mut filter = redactor.filter();
    let mut hear = |bytes: &[u8]| {
        let masked = filter.push(bytes);
        if !masked.is_empty() {
            show.progress(masked);
            *skipped |= lines.push(masked).iter().any(skips);
        }
        // Whoever looks through it may have failed; that is told where it is waited for.
        let _ = give.send(Zeroizing::new(bytes.to_vec()));
    };
    let ended = builder.run(task, &mut hear, &Stop(show));
    let rest = filter.end();
    if !rest.is_empty() {
        show.progress(rest);
    }
    Ok(ended?)
}

/// Whether a step that runs commands was not run.
fn skips(told: &Told) -> bool {
    let status = match told {
        Told::Status(status) => status,
        // Source: buildah `imagebuildah/stage_executor.go`.
        Told::Text(line) => return line.starts_with(b"--> Using cache "),
    };
    status.vertexes.iter().any(|vertex| vertex.cached && vertex.name.contains("] RUN "))
}

/// Whether the run shall end, and nothing else: the builder's bytes are no progress of a scan.
pub(super) struct Stop<'s>(pub(super) &'s dyn Show);

impl crate::Watch for Stop<'_> {
    fn stopped(&self) -> bool {
        self.0.stopped()
    }
}

/// Pieces that come from another thread, as a stream.
struct Pieces {
    take: Receiver<Zeroizing<Vec<u8>>>,
    piece: Zeroizing<Vec<u8>>,
    at: usize,
}

impl Pieces {
    fn new(take: Receiver<Zeroizing<Vec<u8>>>) -> Self {
        Self { take, piece: Zeroizing::default(), at: 0 }
    }
}

impl Read for Pieces {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.at >= self.piece.len() {
            match self.take.recv() {
                Ok(piece) => (self.piece, self.at) = (piece, 0),
                Err(_) => return Ok(0),
            }
        }
        let length = self.piece.get(self.at..).unwrap_or_default().read(into)?;
        self.at += length;
        Ok(length)
    }
}
