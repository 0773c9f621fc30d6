//! What is to be done when a guarded build is killed outright: a second process of this program does it then.

use std::ffi::OsString;
use std::io::{self, BufRead, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::record::{Records, is_removed};
use super::storage::Storage;
use crate::builder::{Broom, Builder, Caretaker, inherit, leave_terminal};

/// How often it is tried to remove a record. The engine may still be writing it.
const TRIES: usize = 20;
const PAUSE: Duration = Duration::from_millis(250);

/// What a build leaves that nobody else may have.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Will {
    builder: Builder,
    folder: PathBuf,
    /// What was built. It may hold a login, which the caretaker keeps in memory as we do.
    context: String,
    records: Option<Records>,
    storage: Option<Storage>,
}

impl Will {
    /// The will of a build that is about to start.
    pub(crate) fn new(builder: &Builder, folder: &Path, context: &str) -> Self {
        let (builder, folder) = (builder.clone(), folder.to_owned());
        Self { builder, folder, context: context.to_owned(), records: None, storage: None }
    }

    /// The builder's record is to go.
    pub(crate) fn without_records(self, records: &Records) -> Self {
        Self { records: records.are_kept().then(|| records.clone()), ..self }
    }

    /// The image in this storage is to go.
    pub(crate) fn without_image(self, storage: Option<&Storage>) -> Self {
        Self { storage: storage.cloned(), ..self }
    }

    fn be_done(self) {
        if let Some(storage) = self.storage {
            storage.forget(&self.folder.join("id"));
        }
        Broom::of(self.folder).sweep();
        // Last: whether there is a record at all, only time tells.
        if let Some(records) = &self.records {
            forget(&self.builder, records, &self.context);
        }
    }
}

/// Starts somebody to whom a will is left. Nobody, where no words say how.
///
/// # Errors
/// When it cannot be started.
pub(crate) fn caretaker(words: &[OsString], will: &Will) -> io::Result<Option<Arc<Caretaker>>> {
    if words.is_empty() {
        return Ok(None);
    }
    let caretaker = Caretaker::start(words)?;
    caretaker.leave(will)?;
    Ok(Some(Arc::new(caretaker)))
}

fn forget(builder: &Builder, records: &Records, context: &str) {
    for _ in 0..TRIES {
        if records.since(context).is_some_and(|record| is_removed(builder, &record)) {
            return;
        }
        thread::sleep(PAUSE);
    }
}

/// What a caretaker does: waits for the death of the build that gives it orders, and tidies up after it. `log` is what the
/// builder says, which nobody else hears then.
pub fn tidy_up_after(orders: impl BufRead, mut log: impl Read + Send + 'static) {
    leave_terminal();
    let Some(estate) = inherit::<Will>(orders) else { return };
    // A builder whose words pile up would wait for ever.
    thread::spawn(move || io::copy(&mut log, &mut io::sink()));
    if let Some(orphan) = estate.builder {
        orphan.end(estate.will.builder.kind());
    }
    estate.will.be_done();
}
