//! `cache:DIR[:TAG]`: what BuildKit's `--cache-to type=local,dest=DIR` wrote, which is a layout of cache manifests.

use super::Options;
use super::open::{Found, OpenError, Scheme, Source};

/// A local build cache export.
pub(super) static SCHEME: Scheme = Scheme {
    name: "cache",
    summary: "a local build cache export: cache:DIR[:TAG]",
    open,
    // It looks like any layout, and is read like one.
    sniff: |_: &Found| None,
};

fn open(rest: &str, options: &Options) -> Result<Source, OpenError> {
    (super::oci_dir::SCHEME.open)(rest, options)
}
