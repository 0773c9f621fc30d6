//! What a policy does to a report, and what is said of one that is wrong.

#![expect(clippy::unwrap_used, reason = "a test that cannot run fails")]

mod common;

use common::{file, scan_bundle, token};
use tightlip_engine::policy::{Policy, PolicyErrors, PolicyFile, baseline, name_pack};
use tightlip_engine::{Quiet, scan};
use tightlip_report::format::{FORMATS, Style};
use tightlip_report::{Level, Report, Verdict};
use tightlip_testkit::{Bundle, Canary, ImageBuilder};

fn leaking() -> Report {
    let image = ImageBuilder::new()
        .step("COPY", file("app/.env", format!("TOKEN={}\n", token(1))))
        .step("COPY", file("app/other.env", format!("TOKEN={}\n", token(2))));
    scan_bundle(&Bundle::of(image.build()))
}

fn policy(text: &str, today: &str) -> Policy {
    let (file, mistakes) = PolicyFile::parse("tightlip.toml", text);
    assert!(mistakes.is_empty(), "{}", PolicyErrors(mistakes));
    Policy::new(vec![file], today.parse().unwrap())
}

/// An allowance of the finding in this file.
fn allow(report: &Report, path: &str, rest: &str) -> String {
    let finding = report.findings.iter().find(|f| f.place.path.as_deref() == Some(path)).unwrap();
    format!("[[allow]]\nfingerprint = \"{}\"\nreason = \"a test key\"\n{rest}\n", finding.fingerprint)
}

#[test]
fn what_is_allowed_is_set_apart_and_still_told() {
    let report = leaking();
    let text = format!("# ours\n{}", allow(&report, "app/.env", ""));
    let judged = policy(&text, "2026-11-28").apply(report);
    assert_eq!((judged.findings.len(), judged.allowed.len()), (1, 1));
    assert_eq!(
        (judged.allowed[0].by.as_str(), judged.allowed[0].reason.as_str()),
        ("tightlip.toml:2", "a test key")
    );
    assert_eq!(
        (judged.verdict(Level::Deny), &judged.policy[..]),
        (Verdict::Leaking, &["tightlip.toml".to_owned()][..])
    );
    for format in FORMATS {
        let mut out = Vec::new();
        (format.write)(&judged, &Style::default(), &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.contains("a test key") && text.contains("tightlip.toml:2"), "{}", format.name);
    }
}

#[test]
fn what_expired_counts_again_and_says_so() {
    let report = leaking();
    let text = allow(&report, "app/.env", "expires = 2026-11-30") + &allow(&report, "app/other.env", "");
    let before = policy(&text, "2026-11-30").apply(report.clone());
    assert_eq!((before.verdict(Level::Deny), before.remarks.len()), (Verdict::Clean, 0));
    let after = policy(&text, "2026-12-01").apply(report);
    assert_eq!((after.findings.len(), after.allowed.len()), (1, 1));
    let remark = &after.remarks[0];
    assert!(
        remark.by == "tightlip.toml:1" && remark.text.contains("until 2026-11-30, and counts again"),
        "{remark:?}"
    );
}

#[test]
fn an_allowance_that_matches_nothing_is_told() {
    let text = format!("[[allow]]\nfingerprint = \"{}\"\nreason = \"gone\"\n", "ab".repeat(12));
    let judged = policy(&text, "2026-11-28").apply(leaking());
    assert_eq!(judged.findings.len(), 2);
    assert!(judged.remarks[0].text.contains("which was not found"), "{:?}", judged.remarks);
}

#[test]
fn levels_are_set_by_rule_before_surface() {
    let levels = |text: &str| {
        let judged = policy(text, "2026-11-28").apply(leaking());
        judged.findings.iter().map(|finding| finding.level).collect::<Vec<_>>()
    };
    assert_eq!(levels("[levels]\ndocker-hub-pat = \"warn\"\n"), [Level::Warn; 2]);
    assert_eq!(levels("[surfaces]\nfile = \"note\"\nenv = \"deny\"\n"), [Level::Note; 2]);
    assert_eq!(
        levels("[levels]\ndocker-hub-pat = \"warn\"\n[surfaces]\nfile = \"note\"\n"),
        [Level::Warn; 2]
    );
}

#[test]
fn what_lowered_a_finding_still_does_whatever_a_policy_makes_of_its_rule() {
    use md5::{Digest as _, Md5};
    let body = format!("TOKEN={}\n", token(1));
    let sum: String = Md5::digest(&body).iter().map(|byte| format!("{byte:02x}")).collect();
    let shipped = ImageBuilder::new()
        .step("COPY", file("var/lib/dpkg/info/tool.md5sums", format!("{sum}  etc/tool.conf\n")))
        .step("COPY", file("etc/tool.conf", &body));
    let report = scan_bundle(&Bundle::of(shipped.build()));
    assert_eq!((report.findings[0].level, report.findings[0].lowered_from), (Level::Note, Some(Level::Deny)));
    for text in ["[levels]\ndocker-hub-pat = \"warn\"\n", "[surfaces]\nfile = \"deny\"\n"] {
        let judged = policy(text, "2026-11-28").apply(report.clone());
        assert_eq!(judged.findings[0].level, Level::Note, "{text}");
        assert_eq!(judged.verdict(Level::Warn), Verdict::Clean, "{text}");
    }
    let mut lowered = leaking();
    assert_eq!(lowered.findings[0].lowered_from, None);
    lowered.findings[0].lower(Level::Warn);
    let levels = |text: &str| {
        let judged = policy(text, "2026-11-28").apply(lowered.clone());
        judged.findings.iter().map(|finding| finding.level).collect::<Vec<_>>()
    };
    assert_eq!(levels("[levels]\ndocker-hub-pat = \"deny\"\n"), [Level::Deny, Level::Warn]);
    assert_eq!(levels("[levels]\ndocker-hub-pat = \"note\"\n"), [Level::Note; 2]);
}

#[test]
fn gaps_are_accepted_by_kind_and_stay_in_the_report() {
    let image =
        ImageBuilder::new().packing(tightlip_testkit::Packing::Plain).file("a", "b".repeat(5000)).build();
    let report = scan_bundle(&Bundle::of(image.with_blob(0, |blob| blob[..2000].to_vec())));
    let kinds: Vec<String> = report.gaps.iter().map(|gap| format!("\"{}\"", gap.kind.name())).collect();
    let judged = policy(&format!("allow-gaps = [{}]", kinds.join(", ")), "2026-11-28").apply(report);
    assert_eq!(judged.verdict(Level::Deny), Verdict::Clean);
    assert!(!judged.accepted_gaps.is_empty());
}

#[test]
fn a_baseline_allows_what_it_was_made_of_and_keeps_its_reasons() {
    let report = leaking();
    let text = baseline(&report, None);
    let (mut file, mistakes) =
        PolicyFile::parse_baseline("b.toml", &text.replace("not looked at yet", "looked at"));
    assert!(mistakes.is_empty(), "{}", PolicyErrors(mistakes));
    file.name = "b.toml".to_owned();
    let again = baseline(&report, Some(&file));
    assert!(again.contains("looked at") && !again.contains("not looked at yet"), "{again}");
    let judged = Policy::new(vec![file], "2026-11-28".parse().unwrap()).apply(report);
    assert_eq!((judged.verdict(Level::Deny), judged.allowed.len()), (Verdict::Clean, 2));
    assert!(!text.contains(&token(1)[10..]), "{text}");
}

fn wrong(text: &str) -> String {
    PolicyErrors(PolicyFile::parse("tightlip.toml", text).1).to_string()
}

#[test]
fn all_mistakes_are_told_at_once_each_with_its_line() {
    let text = "stric = true\nallow-gaps = [\"no-referers\", \"limit\"]\n[surfaces]\nenvv = \"note\"\nenv = \"off\"\n\
        [[allow]]\nfingerprint = \"12\"\nreason = \" \"\nexpires = 2026-02-30\n";
    let text = text.replace("2026-02-30", "\"2026-02-30\"");
    let expected = "\
cannot use the policy
tightlip.toml:1:1: there is no setting `stric` here
  |
1 | stric = …
  | ^^^^^
  = did you mean `strict`?
tightlip.toml:2:15: there is no kind of gap `no-referers`
  |
2 | allow-gaps = [\"no-referers\", \"limit\"]
  |               ^^^^^^^^^^^^^
  = did you mean `no-referrers`?
tightlip.toml:4:1: there is no surface `envv`
  |
4 | envv = \"note\"
  | ^^^^
  = did you mean `env`?
tightlip.toml:5:7: `off` is not a level
  |
5 | env = \"off\"
  |       ^^^^^
  = nothing is switched off; a `note` never fails a build
tightlip.toml:7:15: a fingerprint is 24 hexadecimal digits, as reports print it
  |
7 | fingerprint = \"12\"
  |               ^^^^
tightlip.toml:8:10: an allowance says why: `reason`
  |
8 | reason = …
  |          ^
tightlip.toml:9:11: this is not a day: write it as 2027-01-31
  |
9 | expires = \"2026-02-30\"
  |           ^^^^^^^^^^^^";
    assert_eq!(wrong(&text), expected);
    assert_eq!(wrong(&text.replace('\n', "\r\n")), expected, "line ends of Windows change nothing");
}

#[test]
fn a_message_about_a_policy_repeats_no_value() {
    let canary = Canary::new(11).text().to_owned();
    for text in [
        format!("[known]\nvalues = [\"{canary}\"]\n"),
        format!("[known]\npassword = \"{canary}\"\n"),
        format!("[known]\nenv = [\"NPM TOKEN={canary}\"]\n"),
        format!("[known]\nenv = [\"A\", \"{canary}\n"),
        format!("{canary}\n"),
        format!("{canary}{canary} = 1\n"),
        format!("[levels]\n\"{canary}{canary}\" = 3\n"),
        format!("[surfaces]\nenv = \"{canary}{canary}\"\n"),
        format!("strict = \"{canary}\"\n"),
        format!("token = \"{canary}\" x\n"),
        format!("[[allow]]\nreason = \"{canary}\"\nwhy = \"{canary}\"\n"),
    ] {
        let said = wrong(&text);
        assert!(said.contains("tightlip.toml:"), "{text}: {said}");
        assert!(!said.contains(&canary), "{said}");
    }
    assert!(wrong("[known]\nvalues = [\"x\"]\n").contains("a policy never holds a secret"));
}

#[test]
fn a_rule_that_there_is_not_is_answered_with_the_nearest() {
    let (file, mistakes) =
        PolicyFile::parse("tightlip.toml", "[levels]\ngithub-pta = \"warn\"\nzzz = \"warn\"\n");
    assert!(mistakes.is_empty());
    let said = PolicyErrors(file.unknown_rules(&["github-pat", "npm-token"])).to_string();
    assert!(said.contains("tightlip.toml:2:1: there is no rule or lint `github-pta`"), "{said}");
    assert!(said.contains("did you mean `github-pat`?") && said.contains("tightlip rules"), "{said}");
}

#[test]
fn any_text_is_a_policy_or_a_list_of_mistakes() {
    for text in [
        "",
        "\u{feff}",
        "=",
        "[[",
        "[allow]\n",
        "allow = 1",
        "allow = [1]",
        "levels = []",
        "é = \"\u{202e}\"",
        "[known]\nenv=1",
    ] {
        let (_, mistakes) = PolicyFile::parse("p", text);
        let said = PolicyErrors(mistakes).to_string();
        assert!(!said.contains('\u{202e}'), "{said}");
    }
}

#[test]
fn a_name_of_the_policy_makes_its_value_a_secret() {
    let value = Canary::new(21).text().to_owned();
    let image = || {
        ImageBuilder::new()
            .env("ACME_UNLOCK", &value)
            .file("etc/acme.conf", format!("acme_unlock: \"{value}\"\n"))
            .file("etc/other.conf", format!("not_acme_unlocked: {value}\n"))
    };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.tar");
    std::fs::write(&path, Bundle::of(image().build()).oci_archive()).unwrap();
    let mut request = common::request(path.to_str().unwrap());
    request.rules = name_pack(&["ACME_UNLOCK".to_owned()]).into_iter().collect();
    let report = scan(&request, &Quiet).unwrap();
    let mut found: Vec<&str> = report
        .findings
        .iter()
        .filter(|finding| finding.rule.starts_with("named-secret"))
        .map(|finding| finding.place.surface.name())
        .collect();
    found.sort_unstable();
    found.dedup();
    assert_eq!(found, ["env", "file", "history"], "{:#?}", report.findings);
    assert!(name_pack(&[]).is_none());
}

#[test]
fn the_policy_of_the_documentation_is_one() {
    let page = include_str!("../../../docs/policy.md");
    let example = page.split_once("```toml\n").unwrap().1.split_once("```").unwrap().0;
    let (file, mistakes) = PolicyFile::parse("tightlip.toml", example);
    assert!(mistakes.is_empty(), "{}", PolicyErrors(mistakes));
    let known: Vec<&str> = tightlip_engine::rules(&[]).unwrap().iter().map(|rule| rule.id).collect();
    assert_eq!(file.unknown_rules(&known), []);
    assert!(file.strict && file.known.docker_config && file.registry.ca.is_some());
}
