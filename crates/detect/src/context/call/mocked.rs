//! Is this call one that a test has somebody answer instead: `every { repo.login("user", "…") }`, `when(repo.login(…))`?
//!
//! What is passed there is told by the test itself and opens nothing.

/// What stands before the call in its line, in lower case.
const MOCKS: &[&str] = &[
    "every {",
    "verify {",
    "everysuspend {",
    "verifysuspend {",
    "whenever(",
    "when(",
    "given(",
    "verify(",
    "given {",
    ".expect()",
    "_expect()",
    ".expects(",
    "should_receive",
    "a.callto(",
    ".setup(",
    "willreturn",
    "doreturn(",
    "stubfor(",
];

/// Whether the line up to the call says so.
pub(super) fn is_mocked(line: &[u8]) -> bool {
    let lower = line.to_ascii_lowercase();
    // `jwt.verify(` and `when (x)` are other things: the word begins there.
    MOCKS.iter().any(|mock| {
        memchr::memmem::find(&lower, mock.as_bytes()).is_some_and(|at| {
            let before = at.checked_sub(1).and_then(|n| lower.get(n)).copied().unwrap_or(b' ');
            mock.starts_with(['.', '_']) || before != b'.'
        })
    })
}

#[cfg(test)]
mod tests {
    use super::is_mocked;

    #[test]
    fn what_a_test_answers_is_no_login() {
        for line in [
            "    coEvery { repo.",
            "when(service.",
            "verify(api).",
            "m.EXPECT().",
            "doReturn(1).`when`(api).",
            "A.CallTo(() => api.",
        ] {
            assert!(is_mocked(line.as_bytes()), "{line}");
        }
        for line in ["client.", "if (await ", "when (state) { api.", "jwt.verify(api."] {
            assert!(!is_mocked(line.as_bytes()), "{line}");
        }
    }
}
