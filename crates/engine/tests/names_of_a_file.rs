//! A file has as many names as there are hard links to it, and each may say what it holds.

#![expect(clippy::unwrap_used, reason = "a test that cannot run fails")]

mod common;

use common::{gaps, scan_bundle, token};
use tightlip_report::{Level, Report, Verdict};
use tightlip_testkit::{Bundle, Canary, ImageBuilder, Layer};

fn scan(layers: impl IntoIterator<Item = Layer>) -> Report {
    let image = layers.into_iter().fold(ImageBuilder::new(), |image, layer| image.step("COPY", layer));
    scan_bundle(&Bundle::of(image.build()))
}

/// Path and rule of what was found.
fn found(report: &Report) -> Vec<(&str, &str)> {
    report.findings.iter().map(|f| (f.place.path.as_deref().unwrap(), f.rule.as_str())).collect()
}

#[test]
fn a_file_is_judged_under_the_name_of_a_hard_link_too() {
    let value = format!("{}\n", Canary::new(1).text());
    for name in ["run/secrets/db_password", "home/u/.vault-token", "app/.vault_pass"] {
        assert_eq!(scan([Layer::new().file("a/aaa", &value)]).verdict(Level::Note), Verdict::Clean);
        let named = scan([Layer::new().file(name, &value).hard_link("a/aaa", name)]);
        let linked = scan([Layer::new().file("a/aaa", &value).hard_link(name, "a/aaa")]);
        assert_eq!(found(&named).len(), 1, "{name}");
        assert_eq!(found(&linked), [("a/aaa", found(&named)[0].1)], "{name}");
        assert_eq!(linked.findings[0].identity, named.findings[0].identity);
        assert!(linked.findings[0].shape.ends_with(&format!("also called {name}")), "{:?}", linked.findings);
        assert!(linked.findings[0].recover.contains("a/aaa"), "{:?}", linked.findings);
    }
}

#[test]
fn a_link_to_a_link_is_a_name_of_the_file() {
    let layer = Layer::new().file("a/aaa", Canary::new(1).text()).hard_link("a/b", "./a/aaa");
    let report = scan([layer.hard_link("run/secrets/db_password", "/a/b")]);
    assert_eq!(found(&report).len(), 1);
}

#[test]
fn what_is_found_under_any_name_is_one_finding() {
    let layer = Layer::new().file("a/aaa", format!("TOKEN={}\n", token(1))).hard_link("app/.env", "a/aaa");
    let report = scan([layer]);
    assert_eq!(found(&report), [("a/aaa", "docker-hub-pat")]);
    assert!(!report.findings[0].shape.contains("also called"));
}

#[test]
fn a_telling_name_of_a_file_in_another_layer_is_a_gap() {
    let below = Layer::new().file("a/aaa", Canary::new(1).text());
    let report = scan([below, Layer::new().hard_link("run/secrets/db_password", "a/aaa")]);
    assert_eq!(gaps(&report), ["limit"]);
    assert_eq!(report.gaps[0].place.path.as_deref(), Some("run/secrets/db_password"));
}

#[test]
fn a_link_to_what_is_no_file_is_no_gap() {
    let layer = Layer::new().symlink("a/aaa", "nowhere").hard_link("run/secrets/db_password", "a/aaa");
    assert_eq!(scan([layer]).verdict(Level::Note), Verdict::Clean);
}

#[test]
fn ordinary_links_cost_nothing_and_say_nothing() {
    let start = Layer::new().file("usr/bin/git", Canary::new(1).text());
    let names = (0..2000).map(|nth| format!("usr/libexec/git-core/git-{nth}"));
    let layer = names.fold(start, |layer, name| layer.hard_link(&name, "usr/bin/git"));
    let upper = Layer::new().hard_link("usr/share/doc/a/README", "usr/bin/git");
    assert_eq!(scan([layer, upper]).verdict(Level::Note), Verdict::Clean);
}
