//! What a team decides about findings: levels, what is allowed and until when, which gaps are accepted.
//!
//! A [`PolicyFile`] is read from text, every mistake at once; a [`Policy`] is applied to a report, whatever command made
//! it. Neither opens a file nor knows what day it is: both are told.

mod apply;
mod baseline;
mod mistake;
mod names;
mod read;
mod reasons;

use tightlip_report::{Date, GapKind, Level, Surface};

pub use baseline::baseline;
pub use mistake::{Mistake, PolicyErrors};
pub use names::name_pack;
pub(crate) use read::nearest;
pub use reasons::mask_reasons;

/// One file of a policy: `tightlip.toml`, or a baseline.
#[derive(Clone, Debug, Default)]
pub struct PolicyFile {
    /// Its name, for messages and reports.
    pub name: String,
    /// Whether warnings count.
    pub strict: bool,
    /// Other files with allowances, as they are named there.
    pub baselines: Vec<String>,
    /// Kinds of gaps that are accepted.
    pub allow_gaps: Vec<GapKind>,
    /// What is searched for besides the built-in rules.
    pub search: Search,
    /// Where values lie that are looked for.
    pub known: KnownSources,
    /// How registries are asked.
    pub registry: RegistrySettings,
    levels: Vec<RuleLevel>,
    surfaces: Vec<(Surface, Level)>,
    allow: Vec<Allowance>,
}

/// What is searched for besides the built-in rules.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Search {
    /// Files of rule packs.
    pub rules: Vec<String>,
    /// Names whose values are secrets.
    pub names: Vec<String>,
}

/// Where known values lie. The values themselves have no place in a policy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KnownSources {
    /// Names of environment variables.
    pub env: Vec<String>,
    /// Files.
    pub files: Vec<String>,
    /// Whether Docker's configuration is one of them.
    pub docker_config: bool,
}

/// How registries are asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RegistrySettings {
    /// `host[:port]` of those that speak no TLS.
    pub plain_http: Vec<String>,
    /// A file of certificates to trust.
    pub ca: Option<String>,
}

/// The level of a rule or a lint.
#[derive(Clone, Debug)]
struct RuleLevel {
    rule: String,
    level: Level,
    /// What to say if there is no such rule.
    mistake: Mistake,
}

/// A finding that is allowed.
#[derive(Clone, Debug)]
struct Allowance {
    fingerprint: String,
    reason: String,
    /// The last day on which it is.
    expires: Option<Date>,
    line: usize,
}

/// The files of a policy together, on a day.
#[derive(Clone, Debug)]
pub struct Policy {
    files: Vec<PolicyFile>,
    today: Date,
}

impl Policy {
    /// A policy of these files, on this day.
    #[must_use]
    pub fn new(files: Vec<PolicyFile>, today: Date) -> Self {
        Self { files, today }
    }
}
