//! The state of a sweep in one SQLite file: for one machine, and one sweep at a time.

mod queue;
mod results;
mod schema;
#[cfg(test)]
mod tests;

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, Transaction, TransactionBehavior};
use tightlip_engine::private;

use crate::error::StateError;

/// So long a statement waits for another one.
const PATIENCE: Duration = Duration::from_secs(30);

/// An open state.
pub struct Sqlite {
    connection: Mutex<Connection>,
    /// What results depend on besides the bytes.
    setting: String,
    /// Held while a sweep is at work; the system lets it go when the program ends, however it ends.
    _lock: Option<File>,
}

impl Sqlite {
    /// Opens the state for a sweep, made when there is none. What an earlier run had taken is given back: nobody else
    /// works with it.
    ///
    /// # Errors
    /// When the file cannot be used, is of a newer form, or another sweep is at work with it.
    pub fn work(path: &Path, setting: &str) -> Result<Self, StateError> {
        let failed = |source| StateError::File { path: path.to_owned(), source };
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            private::folder(folder).map_err(failed)?;
        }
        let mut name = path.as_os_str().to_owned();
        name.push(".lock");
        let lock = appended(&PathBuf::from(name)).map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(StateError::Busy(path.to_owned())),
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
        // Made here, so that nobody else can read it from its first byte on.
        drop(appended(path).map_err(failed)?);
        let state = Self::open(Connection::open(path)?, path, setting)?;
        let state = Self { _lock: Some(lock), ..state };
        crate::Queue::recover(&state, i64::MAX)?;
        Ok(state)
    }

    /// Opens the state to be asked.
    ///
    /// # Errors
    /// When there is none, or it is of a newer form.
    pub fn read(path: &Path) -> Result<Self, StateError> {
        if !path.is_file() {
            return Err(StateError::None(path.to_owned()));
        }
        Self::open(Connection::open(path)?, path, "")
    }

    /// Whether nothing was ever listed.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(crate) fn is_empty(&self) -> Result<bool, StateError> {
        let question = "SELECT (SELECT COUNT(*) FROM image) + (SELECT COUNT(*) FROM trouble)";
        Ok(self.connection().query_row(question, [], |row| row.get::<_, i64>(0))? == 0)
    }

    /// Takes the files of a state away that has nothing in it.
    pub(crate) fn discard(self, path: &Path) {
        drop(self.connection);
        for ending in ["", "-wal", "-shm", ".lock"] {
            let mut name = path.as_os_str().to_owned();
            name.push(ending);
            // What cannot be taken away is empty.
            let _ = fs::remove_file(PathBuf::from(name));
        }
    }

    /// A state that is gone when it is dropped.
    ///
    /// # Errors
    /// When there is no memory for it.
    pub fn in_memory(setting: &str) -> Result<Self, StateError> {
        Self::open(Connection::open_in_memory()?, Path::new("memory"), setting)
    }

    fn open(mut connection: Connection, path: &Path, setting: &str) -> Result<Self, StateError> {
        connection.busy_timeout(PATIENCE)?;
        connection.set_prepared_statement_cache_capacity(64);
        // A commit survives the end of the program; the last ones may not survive the end of the power.
        for (name, value) in [("journal_mode", "WAL"), ("synchronous", "NORMAL"), ("secure_delete", "ON")] {
            connection.pragma_update_and_check(None, name, value, |_| Ok(())).or_else(
                |error| match error {
                    rusqlite::Error::QueryReturnedNoRows => Ok(()),
                    other => Err(other),
                },
            )?;
        }
        let known = schema::FORM;
        schema::bring_up(&mut connection, |found| StateError::Newer { path: path.to_owned(), found, known })?;
        Ok(Self { connection: Mutex::new(connection), setting: setting.to_owned(), _lock: None })
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does something all at once or not at all.
    fn at_once<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, StateError>,
    ) -> Result<T, StateError> {
        let mut connection = self.connection();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let done = work(&transaction)?;
        transaction.commit()?;
        Ok(done)
    }
}

/// A file that only its owner reads, if it has to be made.
fn appended(path: &Path) -> std::io::Result<File> {
    private::file().create(true).append(true).open(path)
}
