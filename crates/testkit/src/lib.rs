//! Images built in code, and canaries to plant in them. Only for the tests of tightlip.
//!
//! ```
//! use tightlip_testkit::{Canary, ImageBuilder};
//!
//! let canary = Canary::new(7);
//! let image = ImageBuilder::new().file("root/.npmrc", canary.text()).delete("root/.npmrc").build();
//! assert_eq!(image.layers.len(), 2);
//! ```

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test image that cannot be built fails the test"
)]

mod archive;
mod builder;
mod canary;
#[cfg(unix)]
mod daemon;
mod faults;
mod habits;
mod http;
mod provider;
mod registry;
mod tar;
mod tls;

pub use archive::{Age, Bundle};
pub use builder::{Built, BuiltLayer, ImageBuilder, Packing, digest};
pub use canary::Canary;
#[cfg(unix)]
pub use daemon::{Daemon, Dialect, Inmate, SecureDaemon};
pub use faults::{At, Fault, Wrong};
pub use habits::{Habits, Lists, Login, Ranges, Referrers};
pub use provider::{Provider, Shape};
pub use registry::{Asked, Elsewhere, Registry, describe};
pub use tar::{Layer, LongNames, Member};
pub use tls::Papers;
