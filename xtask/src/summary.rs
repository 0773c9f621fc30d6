//! Counts what passed, failed and was skipped, from the closing lines of test runners.

use std::fmt;

use crate::shell::End;

/// The count of a whole run.
#[derive(Debug, Default)]
pub(crate) struct Summary {
    pub(crate) passed: usize,
    pub(crate) failed: Vec<String>,
    pub(crate) skipped: Vec<String>,
}

/// What one test runner's closing lines say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) passed: usize,
    pub(crate) failed: usize,
    pub(crate) ignored: usize,
}

impl Summary {
    /// Counts a check that is one thing.
    pub(crate) fn check(&mut self, name: &str, end: End) {
        if end == End::Good { self.passed += 1 } else { self.failed.push(name.to_owned()) }
    }

    /// Counts a run of many tests. A runner that failed without a failed test did not get as far as testing.
    pub(crate) fn tests(&mut self, name: &str, counts: Counts, end: End) {
        self.passed += counts.passed;
        self.failed.extend((0..counts.failed).map(|_| format!("a test of {name}")));
        self.skipped.extend((0..counts.ignored).map(|_| format!("an ignored test of {name}")));
        if end == End::Bad && counts.failed == 0 {
            self.failed.push(name.to_owned());
        }
    }

    /// Moves tests that ended for want of a component from the passed to the skipped.
    pub(crate) fn skip(&mut self, lines: &str) {
        for line in lines.lines() {
            self.skipped.push(line.trim_start_matches("SKIPPED ").to_owned());
            self.passed = self.passed.saturating_sub(1);
        }
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for skipped in &self.skipped {
            writeln!(f, "SKIPPED {skipped}")?;
        }
        let mut names = self.failed.clone();
        names.dedup();
        for failed in &names {
            writeln!(f, "FAILED {failed}")?;
        }
        let (failed, skipped) = (self.failed.len(), self.skipped.len());
        write!(f, "{} passed, {failed} failed, {skipped} skipped", self.passed)
    }
}

impl Counts {
    /// Adds what a line says, if it is a closing line of `cargo nextest` or `cargo test`.
    pub(crate) fn see(&mut self, line: &str) {
        let line = plain(line);
        let nextest = line.trim_start().starts_with("Summary [") && line.contains(" run: ");
        // Only at the start of a line: nextest repeats, indented, what `cargo test` says about each failed test.
        if !nextest && !line.starts_with("test result: ") {
            return;
        }
        self.passed += number_before(&line, " passed");
        // Nextest counts tests that ran too long beside those that failed.
        self.failed += number_before(&line, " failed") + number_before(&line, " timed out");
        // Nextest calls "skipped" what a filter leaves out as well, so only `cargo test` tells of ignored ones.
        self.ignored += number_before(&line, " ignored");
    }
}

fn number_before(line: &str, word: &str) -> usize {
    let before = line.split(word).next().filter(|before| before.len() < line.len()).unwrap_or_default();
    before.rsplit(|c: char| !c.is_ascii_digit()).next().and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

/// The line without colour.
fn plain(line: &str) -> String {
    let mut parts = line.split('\u{1b}');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.split_once('m').map_or("", |(_, rest)| rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(line: &str) -> Counts {
        let mut counts = Counts::default();
        counts.see(line);
        counts
    }

    #[test]
    fn closing_lines_of_both_runners_are_read() {
        let nextest =
            "     Summary [  13.035s] 19 tests run: 3 passed (1 slow), 15 failed, 1 timed out, 2 skipped";
        assert_eq!(counts(nextest), Counts { passed: 3, failed: 16, ignored: 0 });
        let cargo = "test result: FAILED. 7 passed; 2 failed; 1 ignored; 0 measured; 3 filtered out";
        assert_eq!(counts(cargo), Counts { passed: 7, failed: 2, ignored: 1 });
    }

    #[test]
    fn colour_does_not_matter() {
        let line = "\u{1b}[32;1m     Summary\u{1b}[0m [   0.1s] \u{1b}[1m12\u{1b}[0m tests run: \u{1b}[1m12\u{1b}[0m \u{1b}[32;1mpassed\u{1b}[0m, 0 skipped";
        assert_eq!(counts(line), Counts { passed: 12, failed: 0, ignored: 0 });
    }

    #[test]
    fn other_lines_count_nothing() {
        assert_eq!(counts("3 passed, 2 failed"), Counts::default());
        assert_eq!(counts("    test result: FAILED. 0 passed; 1 failed; 0 ignored"), Counts::default());
    }

    #[test]
    fn a_runner_that_dies_before_testing_is_a_failure() {
        let mut summary = Summary::default();
        summary.tests("unit tests", Counts::default(), End::Bad);
        assert_eq!(summary.to_string(), "FAILED unit tests\n0 passed, 1 failed, 0 skipped");
    }
}
