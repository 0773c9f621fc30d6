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

mod ansi;
mod assemble;
mod attribute;
mod base;
mod blob;
mod cache;
mod document;
mod explore;
mod identity;
mod job;
mod json;
mod known;
mod layer;
mod ledger;
pub mod lint;
mod loom;
mod mechanism;
mod package;
mod protobuf;
mod record;
mod recover;
mod redact;
mod remedy;
mod request;
mod scan;
mod shelf;
mod sighting;
mod source;
mod stream;
mod surface;
mod tools;
mod vault;
mod watch;

/// For the fuzz targets: any bytes may come.
#[doc(hidden)]
pub mod fuzz {
    /// Any bytes as the list of every package manager.
    pub fn packages(bytes: &[u8]) {
        crate::package::fuzz(bytes);
    }
}

pub use cache::{Cache, CacheFolder, CacheSize};
pub use explore::{
    EntryView, Explored, ImageView, LISTED_ENTRIES, LayerView, StepView, Thing, explore, explore_stream,
};
pub use identity::IdentityKey;
pub use known::{KnownValue, KnownValueError};
pub use mechanism::{MECHANISMS, Mechanism};
pub use redact::{Filter, Masked, Redactor};
pub use request::{DockerfileText, Request};
pub use scan::{ScanError, load_rules, rules, scan, scan_store, sources};
pub use source::SourceError;
pub use stream::scan_stream;
pub use tightlip_detect::pack::{PACKS, Pack};
pub use tightlip_detect::{Loaded, PackErrors, PackText, Remark, Rule, Trial, extends, import, trial};
pub use tightlip_image::store::{
    CredentialSources, DaemonOptions, DaemonPatience, DockerOptions, DockerTls, HeldCredentials, Network,
    Options, Patience, Pipe, PlainHttp, PodmanOptions, Proxies, RegistryOptions, SCHEMES, Scheme,
    held_credentials,
};
pub use watch::{Quiet, Watch};
