//! What `docker buildx build` takes, as data: which options have a value, and which of them are ours to act on.
//!
//! Source: docker/buildx `commands/build.go`, v0.29. Options that the builder only looks at are passed on as they came.

/// An option of a command line.
#[derive(Debug, PartialEq, Eq)]
pub struct Flag {
    /// With its dashes.
    pub long: &'static str,
    /// The letter behind one dash.
    pub short: Option<char>,
    /// Whether it has a value.
    pub takes: Takes,
    /// What becomes of it.
    pub role: Role,
}

/// Whether an option has a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// `--pull`, `--pull=false`.
    Nothing,
    /// `--tag NAME`, `--tag=NAME`, `-t NAME`, `-tNAME`.
    Value,
}

/// What becomes of an option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The builder gets it as it is.
    Pass,
    /// Ours: the builder never sees it.
    Own,
    /// It says where the result goes, which is for us to do after the scan.
    Output,
    /// The same, in a word.
    Push,
    /// The same, in a word.
    Load,
    /// A file for the identity of the result.
    IdFile,
    /// A file that describes the build.
    MetadataFile,
    /// How progress is shown.
    Progress,
    /// Nothing is shown.
    Quiet,
    /// Where the cache goes.
    CacheTo,
    /// A name of the image.
    Tag,
    /// A secret.
    Secret,
    /// A build argument.
    Argument,
    /// The Dockerfile.
    Dockerfile,
    /// Another context.
    Context,
    /// Which builder.
    Builder,
    /// The provenance attestation.
    Provenance,
    /// Any attestation.
    Attest,
    /// Which platforms.
    Platform,
    /// The form of an image, or of our report: the value tells.
    Format,
    /// Something is asked, and nothing is built.
    Call,
    /// There is no way to guard it, and why.
    Refused(&'static str),
}

pub(super) const fn value(long: &'static str, role: Role) -> Flag {
    Flag { long, short: None, takes: Takes::Value, role }
}

pub(super) const fn switch(long: &'static str, role: Role) -> Flag {
    Flag { long, short: None, takes: Takes::Nothing, role }
}

pub(super) const fn short(letter: char, flag: Flag) -> Flag {
    Flag { short: Some(letter), ..flag }
}

/// The options of `docker buildx build`.
pub static BUILD: &[Flag] = &[
    value("--add-host", Role::Pass),
    value("--allow", Role::Pass),
    value("--annotation", Role::Pass),
    value("--attest", Role::Attest),
    value("--build-arg", Role::Argument),
    value("--build-context", Role::Context),
    value("--builder", Role::Builder),
    value("--cache-from", Role::Pass),
    value("--cache-to", Role::CacheTo),
    value("--call", Role::Call),
    value("--cgroup-parent", Role::Pass),
    switch("--check", Role::Call),
    switch("--compress", Role::Pass),
    value("--cpu-period", Role::Pass),
    value("--cpu-quota", Role::Pass),
    short('c', value("--cpu-shares", Role::Pass)),
    value("--cpuset-cpus", Role::Pass),
    value("--cpuset-mems", Role::Pass),
    short('D', switch("--debug", Role::Pass)),
    switch("--disable-content-trust", Role::Pass),
    short('f', value("--file", Role::Dockerfile)),
    switch("--force-rm", Role::Pass),
    value("--iidfile", Role::IdFile),
    value("--invoke", Role::Refused("it opens a shell in the build, whose output nobody masks")),
    value("--isolation", Role::Pass),
    value("--label", Role::Pass),
    switch("--load", Role::Load),
    short('m', value("--memory", Role::Pass)),
    value("--memory-swap", Role::Pass),
    value("--metadata-file", Role::MetadataFile),
    value("--network", Role::Pass),
    switch("--no-cache", Role::Pass),
    value("--no-cache-filter", Role::Pass),
    short('o', value("--output", Role::Output)),
    value("--platform", Role::Pass),
    value("--policy", Role::Pass),
    value("--progress", Role::Progress),
    value("--provenance", Role::Provenance),
    switch("--pull", Role::Pass),
    switch("--push", Role::Push),
    short('q', switch("--quiet", Role::Quiet)),
    switch("--rm", Role::Pass),
    value("--sbom", Role::Pass),
    value("--secret", Role::Secret),
    value("--security-opt", Role::Pass),
    value("--shm-size", Role::Pass),
    switch("--squash", Role::Pass),
    value("--ssh", Role::Pass),
    short('t', value("--tag", Role::Tag)),
    value("--target", Role::Pass),
    value("--ulimit", Role::Pass),
];
