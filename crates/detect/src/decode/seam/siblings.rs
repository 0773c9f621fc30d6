//! What the members of one container said for each other, for as long as it is open: a sheet of a workbook and the texts that it
//! names by their numbers.

use std::cell::RefCell;

use crate::decode::office::Book;

/// Begins empty with every container.
#[derive(Default)]
pub struct Siblings(RefCell<Book>);

impl Siblings {
    /// What was said so far, to be read and added to.
    pub(crate) fn with<T>(&self, look: impl FnOnce(&mut Book) -> T) -> T {
        match self.0.try_borrow_mut() {
            Ok(mut book) => look(&mut book),
            // Nobody looks while somebody does.
            Err(_) => look(&mut Book::default()),
        }
    }
}

impl std::fmt::Debug for Siblings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Siblings")
    }
}
