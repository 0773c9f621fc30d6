//! What a call is known by, and what the argument that counts holds.

/// What an argument holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    /// A password behind the name of its user or its file: nothing else is called like this.
    Password,
    /// The same, but other calls have this name as well: `signal.connect("a", "b", "c")`.
    Login,
    /// A password, a token or a key alone, or one that is told from other texts by nothing but its looks.
    Alone,
    /// A key that signs, seals or encrypts.
    Key,
    /// A password as Java takes it, `"x".toCharArray()`; other texts are something else.
    Chars,
    /// Any bytes: only what looks random is a secret.
    Bytes,
}

/// A call, in lower case up to its bracket, and which of its arguments is the secret, counted from 0.
#[derive(Clone, Copy)]
pub(super) struct Call {
    pub word: &'static str,
    pub holds: Holds,
    /// Of how many arguments at least.
    pub least: usize,
    pub place: usize,
}

/// The last argument, however many there are.
pub(super) const LAST: usize = usize::MAX;

const fn call(holds: Holds, word: &'static str, least: usize, place: usize) -> Call {
    Call { word, holds, least, place }
}

pub(super) const fn password(word: &'static str, least: usize, place: usize) -> Call {
    call(Holds::Password, word, least, place)
}

pub(super) const fn login(word: &'static str, least: usize, place: usize) -> Call {
    call(Holds::Login, word, least, place)
}

pub(super) const fn alone(word: &'static str, least: usize, place: usize) -> Call {
    call(Holds::Alone, word, least, place)
}

pub(super) const fn key(word: &'static str, least: usize, place: usize) -> Call {
    call(Holds::Key, word, least, place)
}

pub(super) const fn chars(word: &'static str, least: usize, place: usize) -> Call {
    call(Holds::Chars, word, least, place)
}

pub(super) const fn bytes(word: &'static str, least: usize, place: usize) -> Call {
    call(Holds::Bytes, word, least, place)
}
