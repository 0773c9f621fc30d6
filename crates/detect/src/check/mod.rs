//! Checksums and structures that tell a real token from a made-up one without asking anybody, one file each.

/// What a check says of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The checksum or structure holds.
    Holds,
    /// It does not: mistyped, truncated or invented. Lowers the confidence, never drops.
    Fails,
    /// The token is of a generation that has none.
    Absent,
}

/// A check, named by rules as `check = "…"`.
pub struct Check {
    /// Kebab-case name.
    pub name: &'static str,
    /// What is said when it holds or fails: `checksum`, `structure`.
    pub noun: &'static str,
    /// Judges a whole token.
    pub verify: fn(&[u8]) -> Outcome,
    /// Makes the token hold by overwriting its check characters; false where it cannot. For tests and canaries.
    pub seal: fn(&mut [u8]) -> bool,
}

/// Every check.
pub static CHECKS: &[&Check] = &[];
