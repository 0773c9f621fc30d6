//! What tightlip does: scan an image and report what it leaks.
//!
//! ```no_run
//! use tightlip_engine::{IdentityKey, Quiet, Request, scan};
//!
//! let request = Request::new("oci-archive:app.tar", IdentityKey::new([0; 32]));
//! let report = scan(&request, &Quiet)?;
//! println!("{} findings", report.findings.len());
//! # Ok::<(), tightlip_engine::ScanError>(())
//! ```

mod assemble;
mod attribute;
mod base;
mod blob;
mod document;
mod identity;
mod json;
mod layer;
mod ledger;
mod mechanism;
mod package;
mod recover;
mod remedy;
mod request;
mod scan;
mod sighting;
mod stream;
mod surface;
mod vault;
mod watch;

pub use identity::IdentityKey;
pub use mechanism::{MECHANISMS, Mechanism};
pub use request::{DockerfileText, Request};
pub use scan::{ScanError, load_rules, rules, scan, scan_store};
pub use stream::scan_stream;
pub use tightlip_detect::pack::{PACKS, Pack};
pub use tightlip_detect::{Loaded, PackErrors, PackText, Remark, Rule, Trial, import, trial};
pub use tightlip_image::store::Pipe;
pub use watch::{Quiet, Watch};
