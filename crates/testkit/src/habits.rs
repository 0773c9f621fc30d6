//! How the registry of the tests behaves.

/// How a registry behaves.
#[derive(Clone, Debug, Default)]
pub struct Habits {
    /// Who may pull.
    pub login: Login,
    /// Whether it has the referrers API.
    pub referrers: Referrers,
    /// Whether it gives out parts of blobs.
    pub ranges: Ranges,
    /// Whether it lists its repositories and tags.
    pub lists: Lists,
}

/// Whether a registry lists what it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lists {
    /// So many names on a page, at most.
    Paged(usize),
    /// Tags only: it keeps its repositories to itself.
    Tags,
}

impl Default for Lists {
    fn default() -> Self {
        Self::Paged(usize::MAX)
    }
}

/// Who may pull.
#[derive(Clone, Debug, Default)]
pub enum Login {
    /// Everybody, without a word.
    #[default]
    Open,
    /// This user with this password.
    Basic(String, String),
    /// Who has a token; everybody gets one.
    Token,
    /// Who has a token; this user with this password gets one.
    TokenFor(String, String),
    /// Who has a token; this identity token buys one.
    TokenOf(String),
}

/// Whether a registry has the referrers API.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Referrers {
    /// It lists them, so many on a page.
    Listed(usize),
    /// It answers 404.
    #[default]
    Unknown,
}

/// Whether a registry gives out parts of blobs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ranges {
    /// It does.
    #[default]
    Given,
    /// It sends the whole blob instead.
    Ignored,
}
