//! Shows one finding: where it is, what stands around it with the values masked, and the value to who asks for it.

use tightlip_report::{Finding, Report, readable};
use zeroize::Zeroizing;

use crate::request::Request;
use crate::scan::{ScanError, scan_with};
use crate::tools::Tools;
use crate::vault::{Mask, Memory, Vault};
use crate::watch::Watch;

/// Lines that are shown before and after the one where it stands.
const LINES: usize = 3;
/// Of long lines, so much is shown on either side of the first masked value, in characters.
const COLUMNS: usize = 60;
/// The least of a fingerprint that tells which one is meant, in digits.
const SHORTEST: usize = 6;

/// A finding could not be shown.
#[derive(Debug, thiserror::Error)]
pub enum ShowError {
    /// The target could not be scanned.
    #[error(transparent)]
    Scan(#[from] ScanError),
    /// The text is no fingerprint.
    #[error(
        "`{0}` is no fingerprint: reports print 24 hexadecimal digits, the first {SHORTEST} are enough here"
    )]
    NotOne(String),
    /// Nothing in the target has it.
    #[error(
        "nothing in {target} has the fingerprint {print}\nList them with: tightlip {command} {target} --format json"
    )]
    Nothing {
        /// The command that reports on such a target.
        command: &'static str,
        /// The target.
        target: String,
        /// The fingerprint.
        print: String,
    },
    /// Several findings begin so.
    #[error("{count} findings have fingerprints that begin with {print}: give more digits")]
    Several {
        /// What was given.
        print: String,
        /// How many.
        count: usize,
    },
}

/// A finding with what stands around it.
pub struct Shown {
    /// The finding.
    pub finding: Finding,
    /// The lines around it, values masked; none where nothing stands around it, or it is not known.
    pub around: Vec<String>,
    /// Which of these lines it stands on.
    pub at: usize,
    value: Option<Zeroizing<Vec<u8>>>,
}

impl std::fmt::Debug for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shown").field("finding", &self.finding.fingerprint).finish_non_exhaustive()
    }
}

impl Shown {
    /// The finding of a lint's report that has this fingerprint, or this beginning of one: its lines are part of it.
    ///
    /// # Errors
    /// When none has it, or several.
    pub fn of_lint(report: Report, print: &str) -> Result<Self, ShowError> {
        let finding = one(report, (&checked(print)?, "lint"))?;
        Ok(Self { finding, around: Vec::new(), at: 0, value: None })
    }

    /// The value itself, for a person who asked for it and nobody else.
    #[must_use]
    pub fn reveal(&self) -> Option<&[u8]> {
        self.value.as_ref().map(|value| value.as_slice())
    }
}

/// Scans the target again and shows the finding with this fingerprint, or this beginning of one.
///
/// # Errors
/// When the target cannot be scanned, or it is not clear which finding is meant.
pub fn show(request: &Request, print: &str, watch: &dyn Watch) -> Result<Shown, ShowError> {
    let print = checked(print)?;
    let tools = Tools::with(request, Vault::remembering())?;
    let report = scan_with(&tools, request, watch)?;
    let finding = one(report, (&print, "scan"))?;
    let mask = tools.vault.mask().map_err(ScanError::from)?;
    let view = tools.vault.recall(|memory| is_it(memory, &finding, &mask), |memory| lines(memory, &mask));
    let (around, at) = view.unwrap_or_default();
    let value = tools.vault.value(&finding.identity);
    Ok(Shown { finding, around, at, value })
}

/// The finding of a report that has this fingerprint, or this beginning of one.
///
/// # Errors
/// When none has it, or several.
pub fn find(report: Report, print: &str) -> Result<Finding, ShowError> {
    one(report, (&checked(print)?, "scan"))
}

fn checked(print: &str) -> Result<String, ShowError> {
    let fits = (SHORTEST..=24).contains(&print.len()) && print.bytes().all(|b| b.is_ascii_hexdigit());
    if fits { Ok(print.to_ascii_lowercase()) } else { Err(ShowError::NotOne(cut(print))) }
}

/// A text that was given by mistake may be anything.
fn cut(text: &str) -> String {
    if text.chars().count() <= 24 { text.to_owned() } else { "what was given".to_owned() }
}

fn one(report: Report, (print, command): (&str, &'static str)) -> Result<Finding, ShowError> {
    let target = report.target.given.clone();
    let allowed = report.allowed.into_iter().map(|one| *one.finding);
    let mut found: Vec<Finding> = report
        .findings
        .into_iter()
        .chain(allowed)
        .filter(|finding| finding.fingerprint.starts_with(print))
        .collect();
    let print = print.to_owned();
    match (found.pop(), found.len()) {
        (None, _) => Err(ShowError::Nothing { command, target, print }),
        (Some(finding), 0) => Ok(finding),
        (Some(_), more) => Err(ShowError::Several { print, count: more + 1 }),
    }
}

/// Whether the memory is of this finding.
fn is_it(memory: &Memory, finding: &Finding, mask: &Mask) -> bool {
    let place = &finding.place;
    let at = mask.name(&readable(&memory.at));
    let same = [&place.path, &place.pointer].into_iter().flatten().any(|spot| *spot == at);
    memory.identity == finding.identity
        && memory.surface == place.surface
        && Some(memory.offset) == place.offset
        && (same || (place.path.is_none() && place.pointer.is_none()))
}

/// The lines around it with every value masked, and which of them it stands on. The mask sees far more than is shown,
/// so that no part of another value is left at the edge.
fn lines(memory: &Memory, mask: &Mask) -> (Vec<String>, usize) {
    let before = readable(memory.around.get(..memory.before).unwrap_or_default());
    let line = mask.text(&before).matches('\n').count();
    let text = mask.text(&readable(&memory.around));
    let first = line.saturating_sub(LINES);
    let shown = text.lines().skip(first).take(line - first + LINES + 1).map(narrow).collect();
    (shown, line - first)
}

/// A line that is long, around the first value that is masked in it.
fn narrow(line: &str) -> String {
    let letters: Vec<char> = line.chars().collect();
    if letters.len() <= 2 * COLUMNS {
        return line.to_owned();
    }
    let masked = letters.iter().position(|c| *c == '‹').unwrap_or(0);
    let (from, to) = (masked.saturating_sub(COLUMNS), (masked + COLUMNS).min(letters.len()));
    let part: String = letters.get(from..to).unwrap_or_default().iter().collect();
    let (left, right) = (if from > 0 { "… " } else { "" }, if to < letters.len() { " …" } else { "" });
    format!("{left}{part}{right}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_line_is_shown_around_what_is_masked() {
        let line = format!("{}‹masked›{}", "a".repeat(500), "b".repeat(500));
        let shown = narrow(&line);
        assert!(
            shown.starts_with("… aaa") && shown.ends_with("bbb …") && shown.contains("‹masked›"),
            "{shown}"
        );
        assert_eq!(narrow("short"), "short");
    }

    #[test]
    fn what_is_no_fingerprint_is_refused_and_not_repeated_if_it_is_long() {
        assert!(checked("0123456789abcdef01234567").is_ok() && checked("ABCDEF").is_ok());
        assert!(checked("abc").is_err());
        let long = "x".repeat(40);
        assert!(!checked(&long).unwrap_err().to_string().contains(&long));
    }
}
