//! What tightlip does: scan an image and report what it leaks.
//!
//! A target is whatever [`sources`] lists: an image in a registry or a daemon, an archive, what lies around a build.
//!
//! ```no_run
//! use tightlip_engine::{IdentityKey, Quiet, Request, scan};
//!
//! let request = Request::new("oci-archive:app.tar", IdentityKey::new([0; 32]));
//! let report = scan(&request, &Quiet)?;
//! println!("{} findings", report.findings.len());
//! # Ok::<(), tightlip_engine::ScanError>(())
//! ```
//!
//! Bytes that are at hand are scanned as they pass, such as what `docker save` writes:
//!
//! ```
//! use tightlip_engine::{IdentityKey, Pipe, Quiet, Request, scan_stream};
//! use tightlip_image::Sketch;
//! use tightlip_report::{Exposure, Level, Verdict};
//!
//! let saved = Sketch::new("app:1")
//!     .file("COPY .env /app/.env", "app/.env", b"API_KEY=maple-7431\n")
//!     .delete("RUN rm /app/.env", "app/.env")
//!     .archive();
//! // The command says in the report how a person gets at the same bytes.
//! let pipe = Pipe { name: "app:1".into(), command: "docker save app:1".into() };
//! let request = Request::new("app:1", IdentityKey::new([0; 32]));
//! let report = scan_stream(&pipe, saved.as_slice(), &request, &Quiet)?;
//!
//! assert_eq!(report.verdict(Level::Deny), Verdict::Leaking);
//! let finding = &report.findings[0];
//! assert_eq!(finding.place.path.as_deref(), Some("app/.env"));
//! assert_eq!(finding.place.exposure, Exposure::Deleted);
//! assert!(finding.recover.starts_with("docker save app:1 | tar -xO"));
//! # Ok::<(), tightlip_engine::ScanError>(())
//! ```
//!
//! [`lint`] looks at Dockerfiles and what starts their builds, [`explore()`] keeps what there is to see in an image,
//! [`Redactor`] masks a text that passes.

mod ansi;
pub mod apart;
mod assemble;
mod attribute;
mod base;
mod blob;
pub mod build;
pub mod builder;
mod cache;
pub mod demo;
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
mod page;
mod pair;
pub mod policy;
pub mod private;
mod protobuf;
pub mod prove;
mod pursuit;
mod record;
mod recover;
mod redact;
mod remedy;
mod request;
mod run;
mod scan;
pub mod scrub;
mod shade;
mod shelf;
mod show;
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
pub use known::{KnownValue, KnownValueError, Reading, Source, Understood, passwords_in_addresses};
pub use mechanism::{MECHANISMS, Mechanism};
pub use redact::{Filter, Masked, Redactor};
pub use request::{DockerfileText, Request};
pub use scan::{ScanError, load_rules, rules, scan, scan_store, sources};
pub use show::{ShowError, Shown, find, show};
pub use source::SourceError;
pub use stream::scan_stream;
pub use tightlip_detect::pack::{PACKS, Pack};
pub use tightlip_detect::{Loaded, PackErrors, PackText, Remark, Rule, Trial, extends, import, trial};
pub use tightlip_image::store::health;
pub use tightlip_image::store::{
    CredentialSources, DaemonError, DaemonOptions, DaemonPatience, DockerOptions, DockerTls, HeldCredentials,
    Network, Options, Patience, Pipe, PlainHttp, PodmanOptions, Proxies, RegistryOptions, SCHEMES, Scheme,
    Silence, Throttle, held_credentials, user_and_password,
};
pub use watch::{Quiet, Watch};
