//! What a policy makes of what was found. Reports are kept as they were seen, so that another policy reads nothing again.

use tightlip_engine::policy::Policy;
use tightlip_report::{Finding, Level, Report, Verdict};

use crate::error::StateError;
use crate::results::Results;

/// So many images are judged at once.
const BATCH: usize = 500;

/// What a policy makes of an image.
#[derive(Clone, Debug)]
pub struct Judgement {
    /// Of which policy: [`Policy::mark`].
    pub mark: String,
    /// The verdict, where warnings do not count.
    pub verdict: Verdict,
    /// How many gaps are not accepted.
    pub gaps: usize,
    /// Its findings, with their levels.
    pub findings: Vec<Finding>,
    /// Those that are allowed.
    pub allowed: Vec<Finding>,
}

impl Judgement {
    /// Of a report.
    pub(crate) fn of(report: &Report, policy: &Policy) -> Self {
        let report = policy.apply(report.clone());
        Self {
            mark: policy.mark(),
            verdict: report.verdict(Level::Deny),
            gaps: report.gaps.len(),
            findings: report.findings,
            allowed: report.allowed.into_iter().map(|one| *one.finding).collect(),
        }
    }
}

/// Lets all answers be those of a policy. Does nothing where that was done before.
///
/// # Errors
/// When the state cannot be read or written.
pub fn judge(results: &dyn Results, policy: &Policy) -> Result<(), StateError> {
    let mark = policy.mark();
    loop {
        let batch = results.unjudged(&mark, BATCH)?;
        if batch.is_empty() {
            return Ok(());
        }
        let judged: Vec<(i64, Judgement)> =
            batch.iter().map(|(image, report)| (*image, Judgement::of(report, policy))).collect();
        results.judge(&judged)?;
    }
}
