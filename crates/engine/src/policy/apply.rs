//! Applies a policy to a report.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;

use tightlip_image::Digest;
use tightlip_report::format::in_words;
use tightlip_report::{Allowed, Finding, GapKind, Level, Remark, Report};

use super::{Allowance, Policy, PolicyFile};

impl Policy {
    /// The report as the policy sees it: levels set, what is allowed set apart, accepted gaps accepted. What expired
    /// counts, and what allows nothing is told.
    #[must_use]
    pub fn apply(&self, mut report: Report) -> Report {
        for finding in &mut report.findings {
            if let Some(level) = self.level(finding) {
                finding.set(level);
            }
        }
        report.findings.sort_by_key(|finding| Reverse((finding.level, finding.confidence)));
        self.allow(&mut report);
        let accepted: Vec<GapKind> = self.files.iter().flat_map(|file| file.allow_gaps.clone()).collect();
        report.accept_gaps(&accepted);
        report.policy.extend(self.files.iter().map(|file| file.name.clone()));
        report
    }

    /// What is decided, as one word: under the same mark a report looks the same.
    #[must_use]
    pub fn mark(&self) -> String {
        let mut decided = String::new();
        for file in &self.files {
            let levels = file.levels.iter().map(|one| (one.rule.as_str(), one.level)).collect::<Vec<_>>();
            let in_force = |one: &&Allowance| one.expires.is_none_or(|last| last >= self.today);
            let allowed: Vec<&str> =
                file.allow.iter().filter(in_force).map(|one| one.fingerprint.as_str()).collect();
            if !(levels.is_empty()
                && file.surfaces.is_empty()
                && allowed.is_empty()
                && file.allow_gaps.is_empty())
            {
                let _ = write!(decided, "{levels:?}{:?}{allowed:?}{:?}", file.surfaces, file.allow_gaps);
            }
        }
        if decided.is_empty() { "none".to_owned() } else { Digest::of(decided.as_bytes()).hex().to_owned() }
    }

    /// Whether it allows anything.
    #[must_use]
    pub fn allows(&self) -> bool {
        self.files.iter().any(|file| !file.allow.is_empty())
    }

    /// What there is to say about its allowances when these were found somewhere: that they allow nothing, or do not any
    /// more.
    #[must_use]
    pub fn remarks(&self, found: &HashSet<&str>) -> Vec<Remark> {
        let mut remarks = Vec::new();
        for file in &self.files {
            remarks.extend(unused(file, found));
            for one in file.allow.iter().filter(|one| found.contains(one.fingerprint.as_str())) {
                if let Some(last) = one.expires.filter(|last| *last < self.today) {
                    let text = format!("it allowed {} until {last}, and counts again", one.fingerprint);
                    remarks.push(Remark { by: format!("{}:{}", file.name, one.line), text });
                }
            }
        }
        remarks
    }

    /// The level from which on findings count.
    #[must_use]
    pub fn counts(&self) -> Level {
        if self.files.iter().any(|file| file.strict) { Level::Warn } else { Level::Deny }
    }

    /// Its files.
    #[must_use]
    pub fn files(&self) -> &[PolicyFile] {
        &self.files
    }

    /// What the policy says about a finding: about its rule, else about where it lies.
    fn level(&self, finding: &Finding) -> Option<Level> {
        let rules = self.files.iter().flat_map(|file| &file.levels);
        let of_rule = rules.filter(|one| one.rule == finding.rule).map(|one| one.level).next();
        let surfaces = self.files.iter().flat_map(|file| &file.surfaces);
        of_rule.or_else(|| {
            surfaces.filter(|(surface, _)| *surface == finding.place.surface).map(|(_, level)| *level).next()
        })
    }

    fn allow(&self, report: &mut Report) {
        let allowances: HashMap<&str, (&PolicyFile, &Allowance)> = self
            .files
            .iter()
            .rev()
            .flat_map(|file| file.allow.iter().map(move |one| (one.fingerprint.as_str(), (file, one))))
            .collect();
        let mut used: HashSet<&str> = report
            .allowed
            .iter()
            .filter_map(|one| allowances.get_key_value(one.fingerprint.as_str()))
            .map(|(print, _)| *print)
            .collect();
        for finding in std::mem::take(&mut report.findings) {
            match allowances.get_key_value(finding.fingerprint.as_str()) {
                Some((print, (file, one))) => {
                    used.insert(print);
                    self.settle(finding, (file, one), report);
                }
                None => report.findings.push(finding),
            }
        }
        report.remarks.extend(self.files.iter().filter_map(|file| unused(file, &used)));
    }

    /// Allows a finding, unless the day is over.
    fn settle(&self, finding: Finding, (file, one): (&PolicyFile, &Allowance), report: &mut Report) {
        let by = format!("{}:{}", file.name, one.line);
        match one.expires.filter(|last| *last < self.today) {
            Some(last) => {
                let (rule, place) = (&finding.rule, in_words(&finding.place));
                let text = format!("it allowed {rule} in {place} until {last}, and counts again");
                report.remarks.push(Remark { by, text });
                report.findings.push(finding);
            }
            None => report.allowed.push(Allowed {
                fingerprint: finding.fingerprint.clone(),
                reason: one.reason.clone(),
                by,
                expires: one.expires.map(|day| day.to_string()),
                finding: Box::new(finding),
            }),
        }
    }
}

/// What is allowed and not there: mended, or never understood.
fn unused(file: &PolicyFile, used: &HashSet<&str>) -> Option<Remark> {
    let idle: Vec<&Allowance> =
        file.allow.iter().filter(|one| !used.contains(one.fingerprint.as_str())).collect();
    let first = idle.first()?;
    let text = match idle.len() {
        1 => format!("it allows {}, which was not found", first.fingerprint),
        n => format!("{n} of the {} findings that are allowed here were not found", file.allow.len()),
    };
    Some(Remark { by: format!("{}:{}", file.name, first.line), text })
}
