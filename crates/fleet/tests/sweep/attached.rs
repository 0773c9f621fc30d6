//! What hangs on an image, and what no tag names.

use serde_json::json;
use tightlip_testkit::{Bundle, Habits, ImageBuilder, Referrers, Registry};

use crate::common::token;
use crate::desk::Desk;
use crate::same::assert_same;

fn clean(name: &str) -> Bundle {
    Bundle::of(ImageBuilder::new().file("a", name).build())
}

fn leaking_artifact(registry: &Registry, repository: &str, subject: Option<&str>, seed: u64) -> Vec<u8> {
    let text = json!({"results": [{"line": format!("token={}", token(seed))}]}).to_string();
    registry.artifact(repository, subject, ("application/json", text.as_bytes()))
}

#[test]
fn what_is_attached_is_found_by_the_api_and_by_tags() {
    let desk = Desk::new(Habits { referrers: Referrers::Listed(1), ..Habits::default() });
    let digest = desk.registry.push("app", "1", &clean("app"));
    let referrer = leaking_artifact(&desk.registry, "app", Some(&digest), 1);
    // Something attached to what is attached.
    leaking_artifact(&desk.registry, "app", Some(&tightlip_testkit::digest(&referrer)), 2);
    let signature = leaking_artifact(&desk.registry, "app", None, 3);
    let tag = format!("{}.att", digest.replace(':', "-"));
    desk.registry.push_manifest("app", Some(&tag), signature);
    desk.sweep();
    assert_eq!(desk.images().len(), 1, "what is attached is no image of its own");
    let image = desk.image("app:1");
    assert_eq!((&image["verdict"], &image["leaks"]), (&json!("leaking"), &json!(3)));
    assert_same(&desk, &["app:1".to_owned()]);
}

#[test]
fn what_is_attached_later_is_found_by_the_next_run() {
    for referrers in [Referrers::Listed(10), Referrers::Unknown] {
        let desk = Desk::new(Habits { referrers, ..Habits::default() });
        let digest = desk.registry.push("app", "1", &clean("app"));
        desk.sweep();
        assert_eq!(desk.image("app:1")["verdict"], "clean");
        match referrers {
            Referrers::Listed(_) => drop(leaking_artifact(&desk.registry, "app", Some(&digest), 1)),
            Referrers::Unknown => {
                let artifact = leaking_artifact(&desk.registry, "app", None, 1);
                desk.registry.push_manifest("app", Some(&digest.replace(':', "-")), artifact);
            }
        }
        desk.sweep();
        assert_eq!(desk.image("app:1")["verdict"], "leaking", "{referrers:?}");
    }
}

#[test]
fn a_signature_whose_image_is_gone_stands_for_itself() {
    let desk = Desk::new(Habits::default());
    let artifact = leaking_artifact(&desk.registry, "app", None, 1);
    let tag = format!("sha256-{}.att", "ab".repeat(32));
    desk.registry.push_manifest("app", Some(&tag), artifact);
    desk.sweep();
    assert_eq!(desk.image(&format!("app:{tag}"))["verdict"], "leaking");
}

#[test]
fn an_image_that_only_something_attached_names_is_found() {
    for by in ["tag", "subject"] {
        let desk = Desk::new(Habits::default());
        let leaking = ImageBuilder::new().env("API_TOKEN", &token(1)).build();
        let digest = desk.registry.push("app", "old", &Bundle::of(leaking));
        let artifact = match by {
            "tag" => leaking_artifact(&desk.registry, "app", None, 2),
            _ => leaking_artifact(&desk.registry, "app", Some(&digest), 2),
        };
        let tag = if by == "tag" { digest.replace(':', "-") } else { "signature".to_owned() };
        desk.registry.push_manifest("app", Some(&tag), artifact);
        // The tag moves on.
        desk.registry.push("app", "old", &clean("new"));
        desk.sweep();
        let image = desk.image(&format!("app@{digest}"));
        assert_eq!((&image["verdict"], &image["tags"]), (&json!("leaking"), &json!("untagged")), "{by}");
        let attached = if by == "tag" { 2 } else { 1 };
        assert_eq!(image["leaks"], json!(attached), "{by}");
    }
}

#[test]
fn an_image_that_lost_its_tag_is_watched_until_it_is_gone() {
    let desk = Desk::new(Habits::default());
    let leaking = ImageBuilder::new().env("API_TOKEN", &token(1)).build();
    let old = desk.registry.push("app", "1", &Bundle::of(leaking));
    desk.sweep();
    desk.registry.push("app", "1", &clean("mended"));
    desk.sweep();
    let images = desk.images();
    assert_eq!(images.len(), 2, "the old one can still be pulled by its digest");
    let left = images.iter().find(|image| image["digest"] == old.as_str()).unwrap();
    assert_eq!((&left["verdict"], &left["tags"]), (&json!("leaking"), &json!("untagged")));
    desk.registry.forget("app", &old);
    desk.sweep();
    assert_eq!(desk.images().len(), 1);
    assert_eq!(desk.verdict(), tightlip_report::Verdict::Clean);
    let news = desk.ask("diff", "#1").unwrap();
    assert!(news["news"].as_array().unwrap().iter().any(|row| row["what"] == "gone image"), "{news:#}");
}

#[test]
fn images_of_a_repository_that_is_listed_no_more_are_watched_until_they_are_gone() {
    let desk = Desk::new(Habits::default());
    desk.registry.push("app", "1", &clean("app"));
    let leaking = ImageBuilder::new().env("API_TOKEN", &token(1)).build();
    desk.registry.push("old", "1", &Bundle::of(leaking));
    desk.sweep();
    assert_eq!(desk.verdict(), tightlip_report::Verdict::Leaking);
    desk.registry.forget_all("old");
    desk.sweep();
    assert_eq!((desk.images().len(), desk.verdict()), (1, tightlip_report::Verdict::Clean));
}

#[test]
fn the_state_of_one_registry_is_not_that_of_another() {
    let (desk, other) = (Desk::new(Habits::default()), Desk::new(Habits::default()));
    for one in [&desk, &other] {
        one.registry.push("app", "1", &clean("app"));
    }
    desk.sweep();
    let wanted = tightlip_fleet::Sweep { state: desk.state(), ..other.wanted() };
    let refused = other.try_sweep(&wanted).err().unwrap();
    assert!(refused.to_string().contains(&desk.registry.host()), "{refused}");
    assert!(refused.help().unwrap().contains("--state"));
}
