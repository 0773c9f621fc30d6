//! What the tests with a registry share: an image, a request with little patience, and reports to compare.

#![expect(clippy::unwrap_used, reason = "a scan that cannot run fails the test")]

use std::time::{Duration, Instant};

use tightlip_engine::{Patience, Quiet, Request, ScanError, scan};
use tightlip_report::{Level, Report, Verdict};
use tightlip_testkit::{Built, Bundle, Canary, Habits, ImageBuilder, Packing, Registry};

use crate::common::{brief, file, request, token};

/// Longer than any of these scans takes, faults and all.
const LONG: Duration = Duration::from_secs(20);

/// An image with a secret in a small layer and one in a layer of many parts, that says nothing else.
pub(crate) fn image() -> Built {
    let noise: String = (0..20_000).map(|seed| Canary::new(seed).text().to_lowercase() + "\n").collect();
    ImageBuilder::new()
        .packing(Packing::Plain)
        .step("COPY noise / # buildkit", file("noise", noise).file("late.env", format!("T={}\n", token(2))))
        .step("COPY .npmrc /root/ # buildkit", file("root/.npmrc", format!("//r/:_authToken={}\n", token(1))))
        .delete("root/.npmrc")
        .env("API_TOKEN", &token(3))
        .named("docker.io/library/app:1")
        .build()
}

/// A registry that holds a bundle as `app:1`.
pub(crate) fn registry_with(habits: Habits, bundle: &Bundle) -> Registry {
    let registry = Registry::start(habits);
    registry.push("app", "1", bundle);
    registry
}

/// A request that waits for nothing longer than a test can.
pub(crate) fn hasty(target: &str) -> Request {
    let mut request = request(target);
    request.sources.registry.patience = Patience {
        retries: 3,
        pause: Duration::from_millis(2),
        longest_pause: Duration::from_secs(1),
        connect: Duration::from_secs(2),
        answer: Duration::from_secs(2),
        idle: Duration::from_millis(300),
        trickle: 4096,
    };
    request
}

/// Scans, and fails if that takes long.
pub(crate) fn try_scan(request: &Request) -> Result<Report, ScanError> {
    let start = Instant::now();
    let report = scan(request, &Quiet);
    assert!(start.elapsed() < LONG, "it took {:?}", start.elapsed());
    report
}

/// Scans `app:1`.
pub(crate) fn scan_app(registry: &Registry) -> Report {
    try_scan(&hasty(&registry.name("app:1"))).unwrap()
}

/// All findings, without the names of the store.
pub(crate) fn story(report: &Report) -> Vec<String> {
    let told = |finding: &tightlip_report::Finding| {
        let by = finding.introduced_by.as_ref().and_then(|by| by.instruction.clone()).unwrap_or_default();
        let platform = finding.place.platform.clone().unwrap_or_default();
        format!("{} {} {} {platform} {by}", finding.rule, finding.identity, brief(finding))
    };
    let mut story: Vec<String> = report.findings.iter().map(told).collect();
    story.sort();
    story
}

/// Whether a report admits that something was not read.
pub(crate) fn unproven(report: &Report) -> bool {
    !report.gaps.is_empty() && report.verdict(Level::Deny) != Verdict::Clean
}
