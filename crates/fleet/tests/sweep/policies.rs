//! What a team decided holds for a sweep as it does for a scan.

use serde_json::json;
use tightlip_engine::policy::{Policy, PolicyFile};
use tightlip_fleet::{Sqlite, merged};
use tightlip_report::{Level, Verdict};
use tightlip_testkit::{Bundle, Habits, ImageBuilder};

use crate::common::{file, token};
use crate::desk::{Desk, no_policy};

/// Two images that share a leaking file, one that leaks in its environment, one with a lost layer.
fn filled() -> Desk {
    let desk = Desk::new(Habits::default());
    for name in ["one", "two"] {
        let image = ImageBuilder::new()
            .step("COPY .env / # buildkit", file("app/.env", format!("API_KEY={}\n", token(1))))
            .label("name", name);
        desk.registry.push(name, "1", &Bundle::of(image.build()));
    }
    desk.registry.push("env", "1", &Bundle::of(ImageBuilder::new().env("API_TOKEN", &token(2)).build()));
    let lost = ImageBuilder::new().file("lost", "lost").build();
    desk.registry.push("lost", "1", &Bundle::of(lost.clone()));
    desk.registry.lose(&lost.layers[0].digest);
    desk.sweep();
    desk
}

fn policy(text: &str) -> Policy {
    let (file, mistakes) = PolicyFile::parse("tightlip.toml", text);
    assert!(mistakes.is_empty(), "{mistakes:?}");
    Policy::new(vec![file], "2026-06-15".parse().unwrap())
}

fn fingerprint(desk: &Desk, name: &str) -> String {
    desk.image(name)["findings"][0]["fingerprint"].as_str().unwrap().to_owned()
}

#[test]
fn what_is_allowed_is_set_apart_and_counted() {
    let desk = filled();
    let allowed = fingerprint(&desk, "one:1");
    let policy = policy(&format!("[[allow]]\nfingerprint = \"{allowed}\"\nreason = \"of the examples\"\n"));
    let report = desk.ask_under("report", "", &policy).unwrap();
    let expected = json!([
        {"verdict": "clean", "images": 2}, {"verdict": "leaking", "images": 1}, {"verdict": "unproven", "images": 1},
    ]);
    assert_eq!(report["verdicts"], expected, "{report:#}");
    assert!(report["notes"].to_string().contains("the policy allows 2 findings in 2 images"), "{report:#}");
    let leaks = desk.ask_under("leaks", "", &policy).unwrap();
    assert_eq!(leaks["leaks"].as_array().unwrap().len(), 1);
    let images = desk.ask_under("images", "", &policy).unwrap();
    let one = images["images"]
        .as_array()
        .unwrap()
        .iter()
        .find(|image| image["image"] == desk.registry.name("one:1"));
    let one = one.unwrap();
    assert_eq!((&one["verdict"], &one["leaks"]), (&json!("clean"), &json!(0)));
    assert_eq!(one["allowed"][0]["reason"], "of the examples");
    let identity = one["allowed"][0]["finding"]["identity"].as_str().unwrap();
    let reuse = desk.ask_under("reuse", identity, &policy).unwrap();
    assert_eq!(reuse["places"][0]["level"], "allowed");
    // Another policy, or none, is another answer; nothing is read for it.
    let asked = desk.registry.asked().len();
    assert_eq!(desk.ask("leaks", "").unwrap()["leaks"].as_array().unwrap().len(), 2);
    assert_eq!(desk.registry.asked().len(), asked);
}

#[test]
fn levels_and_accepted_gaps_decide_the_verdict() {
    let desk = filled();
    let image = desk.image("env:1");
    let rule = image["findings"][0]["rule"].as_str().unwrap();
    let gap = desk.image("lost:1")["gaps_in_full"][0]["kind"].as_str().unwrap().to_owned();
    let text =
        format!("allow-gaps = [\"{gap}\"]\n[levels]\n{rule} = \"warn\"\n[surfaces]\nfile = \"note\"\n");
    let policy = policy(&text);
    let report = desk.ask_under("report", "", &policy).unwrap();
    assert_eq!((&report["verdict"], desk.verdict()), (&json!("clean"), Verdict::Clean), "{report:#}");
    let state = Sqlite::read(&desk.state()).unwrap();
    assert_eq!(
        tightlip_fleet::verdict(&state, Level::Warn).unwrap(),
        Verdict::Leaking,
        "warnings count if asked"
    );
    let lost = desk.ask_under("images", "", &policy).unwrap();
    let lost =
        lost["images"].as_array().unwrap().iter().find(|image| image["accepted_gaps"] != json!([])).unwrap();
    assert_eq!(lost["image"], desk.registry.name("lost:1"));
    let report = desk.ask("report", "").unwrap();
    assert_eq!(report["verdict"], "leaking");
}

#[test]
fn what_allows_nothing_or_not_any_more_is_told_once() {
    let desk = filled();
    let expired = fingerprint(&desk, "one:1");
    let policy = policy(&format!(
        "[[allow]]\nfingerprint = \"{expired}\"\nreason = \"old\"\nexpires = 2026-01-01\n
        [[allow]]\nfingerprint = \"{}\"\nreason = \"gone\"\n",
        "0".repeat(expired.len())
    ));
    let notes = desk.ask_under("report", "", &policy).unwrap()["notes"].to_string();
    assert!(notes.contains("until 2026-01-01, and counts again"), "{notes}");
    assert_eq!(notes.matches("was not found").count(), 1, "{notes}");
    assert_eq!(desk.ask_under("leaks", "", &policy).unwrap()["leaks"].as_array().unwrap().len(), 2);
}

#[test]
fn a_sweep_under_a_policy_settles_by_it_and_a_merged_report_says_the_same() {
    let desk = filled();
    let allowed = fingerprint(&desk, "one:1");
    let policy = policy(&format!("[[allow]]\nfingerprint = \"{allowed}\"\nreason = \"of the examples\"\n"));
    let mut wanted = desk.wanted();
    wanted.policy = policy.clone();
    wanted.state = desk.folder.path().join("other.db");
    desk.try_sweep(&wanted).unwrap();
    let state = Sqlite::read(&wanted.state).unwrap();
    let report = merged(&state, &policy).unwrap();
    assert_eq!((report.allowed.len(), report.remarks.len()), (2, 0));
    assert_eq!(merged(&state, &no_policy()).unwrap().allowed.len(), 0);
}
