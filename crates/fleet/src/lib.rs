//! Sweeps whole registries: what leaks, what shares it, what is new.
//!
//! An enumeration lists images; workers take blobs from a [`Queue`], the engine reads each once, and
//! what came of it is in [`Results`]. Both are behind traits, so that more machines than one can share them.

mod answer;
mod enumerate;
mod error;
mod format;
mod judge;
mod names;
mod pace;
mod progress;
mod queue;
mod results;
mod sheet;
mod sqlite;
mod survey;
mod sweep;
mod watch;
mod work;

pub use answer::{ANSWERS, Answer, Ask, merged, verdict};
pub use enumerate::Wanted;
pub use error::{StateError, SweepError};
pub use format::{FORMATS, Format};
pub use judge::{Judgement, judge};
pub use names::Names;
pub use queue::{DEATHS, Lease, Left, Outcome, Queue, Settled, TRIES, Task, Which};
pub use results::{Cell, Image, Results, Seen, Settlement, Trouble};
pub use sheet::{Column, Sheet, Shown, Table};
pub use sqlite::Sqlite;
pub use sweep::{Sweep, sweep};
pub use tightlip_image::store::{ListBy, NAMESPACE_APIS, NamespaceApi};
pub use watch::{Event, Nobody, Standing, Watch};
