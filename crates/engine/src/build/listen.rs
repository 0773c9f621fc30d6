//! During the build: everything that the builder says is masked before anybody sees it, and looked through for what
//! had to be masked.

use std::io::{self, BufReader, Read};
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use tightlip_report::Report;
use zeroize::Zeroizing;

use super::{GuardError, Show};
use crate::builder::{Builder, Ended, Task};
use crate::redact::Redactor;
use crate::request::Request;
use crate::scan::ScanError;
use crate::source;
use crate::tools::Tools;
use crate::watch::Quiet;

/// What the log is called in reports.
pub(crate) const LOG: &str = "the build's log";
/// Pieces of the log that wait to be looked through.
const WAITING: usize = 1024;

/// How a build went.
pub(crate) struct Heard {
    pub(crate) ended: Ended,
    /// What was found in the log.
    pub(crate) log: Report,
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
    let (ended, harvest) = std::thread::scope(|scope| {
        let looking = scope.spawn(|| {
            let lens = tools.lens(scan, &Quiet);
            source::pass_log(&mut BufReader::new(Pieces::new(take)), &lens)
        });
        let ended = listen(builder, task, (redactor, give), show);
        (ended, looking.join())
    });
    let harvest = match harvest {
        Ok(harvest) => harvest.map_err(ScanError::from)?,
        Err(panic) => std::panic::resume_unwind(panic),
    };
    let log = source::log_report(Path::new(LOG), &harvest, (&tools, scan))?;
    Ok(Heard { ended: ended?, log })
}

fn listen(
    builder: &Builder,
    task: &Task,
    (redactor, give): (&Redactor, SyncSender<Zeroizing<Vec<u8>>>),
    show: &dyn Show,
) -> Result<Ended, GuardError> {
    let mut filter = redactor.filter();
    let mut hear = |bytes: &[u8]| {
        let masked = filter.push(bytes);
        if !masked.is_empty() {
            show.progress(masked);
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

/// Whether the run shall end, and nothing else: the builder's bytes are no progress of a scan.
struct Stop<'s>(&'s dyn Show);

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
