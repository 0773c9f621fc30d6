//! What tightlip says: places, findings, gaps and the report they make, and the formats that print it.
//!
//! Nothing in this room can hold a secret. A [`Finding`] knows the rule, the place and the shape of what was
//! found, and a keyed identity of the value, never the value.
//!
//! ```
//! use tightlip_report::{Level, Report, Verdict};
//!
//! let report = Report::default();
//! assert_eq!(report.verdict(Level::Deny), Verdict::Clean);
//! ```
//!
//! A report is printed by one of the [formats](mod@format):
//!
//! ```
//! use tightlip_report::Report;
//! use tightlip_report::format::{Style, named};
//!
//! let mut printed = Vec::new();
//! (named("text").unwrap().write)(&Report::default(), &Style::default(), &mut printed)?;
//! assert!(printed.starts_with(b"clean"));
//! # Ok::<(), std::io::Error>(())
//! ```

mod date;
mod finding;
pub mod format;
mod gap;
mod level;
mod outline;
mod place;
mod plain;
pub mod proof;
mod report;

pub use date::{Date, Moment, ParseDateError};
pub use finding::{Allowed, DockerfileLine, Excerpt, Finding, Introduced, Remedy};
pub use gap::{Gap, GapKind};
pub use level::{Confidence, Level, ParseLevelError};
pub use outline::{ImageOutline, LayerOutline};
pub use place::{Exposure, LayerRef, Place, Surface};
pub use plain::{plain, readable};
pub use report::{Read, Remark, Report, Target, Tool, Verdict};
