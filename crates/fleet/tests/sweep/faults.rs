//! A registry that fails, and images that are made to do harm.

use std::time::Duration;

use tightlip_report::Verdict;
use tightlip_testkit::{At, Bundle, Canary, Fault, Habits, ImageBuilder, Wrong};

use crate::common::token;
use crate::desk::Desk;

/// Five images, each with a layer of its own, one of them leaking. Gives the digest of a layer of the third.
fn fill(desk: &Desk) -> String {
    let mut digest = String::new();
    for number in 0..5 {
        let noise: String =
            (0..400).map(|line| Canary::new(number * 1000 + line).text().to_lowercase() + "\n").collect();
        let mut image = ImageBuilder::new().file("app/noise", noise);
        if number == 1 {
            image = image.env("API_TOKEN", &token(1));
        }
        let image = image.build();
        if number == 2 {
            digest = image.layers[0].digest.clone();
        }
        desk.registry.push(&format!("app-{number}"), "1", &Bundle::of(image));
    }
    digest
}

#[test]
fn what_fails_for_a_while_is_read_all_the_same() {
    for wrong in [
        Wrong::Status(503, None),
        Wrong::Cut(100),
        Wrong::Stall(100),
        Wrong::Trickle(64, Duration::from_millis(5)),
        Wrong::Flipped,
        Wrong::Shortened(10),
    ] {
        let desk = Desk::new(Habits::default());
        let digest = fill(&desk);
        desk.registry.fault(Fault::times(At::Digest(digest), wrong.clone(), 2));
        desk.sweep();
        assert_eq!(desk.image("app-2:1")["verdict"], "clean", "{wrong:?}");
        assert_eq!(desk.verdict(), Verdict::Leaking);
    }
}

#[test]
fn what_fails_always_is_set_aside_and_stops_nothing() {
    let desk = Desk::new(Habits::default());
    let digest = fill(&desk);
    desk.registry.fault(Fault::times(At::Digest(digest.clone()), Wrong::Status(500, None), 9));
    desk.sweep();
    let verdicts: Vec<String> =
        (0..5).map(|n| desk.image(&format!("app-{n}:1"))["verdict"].as_str().unwrap().to_owned()).collect();
    assert_eq!(verdicts, ["clean", "leaking", "unproven", "clean", "clean"]);
    let report = desk.ask("report", "").unwrap();
    let unread = report["unread"].as_array().unwrap();
    assert!(unread.iter().any(|row| row["what"] == digest.as_str()), "{report:#}");
    // The fault has passed: the next run reads what was set aside, and only that.
    let before = desk.registry.asked().len();
    desk.sweep();
    assert_eq!(desk.blob_reads(before), [digest]);
    assert_eq!(desk.image("app-2:1")["verdict"], "clean");
}

#[test]
fn another_blob_than_the_one_that_was_asked_for_is_never_clean() {
    let desk = Desk::new(Habits::default());
    let digest = fill(&desk);
    desk.registry.fault(Fault::always(At::Digest(digest), Wrong::Flipped));
    desk.sweep();
    assert_eq!(desk.image("app-2:1")["verdict"], "unproven");
}

#[test]
fn a_manifest_that_cannot_be_had_is_told_and_stops_nothing() {
    let desk = Desk::new(Habits::default());
    fill(&desk);
    let digest = desk.registry.push("broken", "1", &Bundle::of(ImageBuilder::new().file("x", "y").build()));
    desk.registry.fault(Fault::always(At::Digest(digest), Wrong::Status(500, None)));
    desk.sweep();
    let report = desk.ask("report", "").unwrap();
    let place = desk.registry.name("broken:1");
    assert!(
        report["unread"].as_array().unwrap().iter().any(|row| row["what"] == place.as_str()),
        "{report:#}"
    );
    assert_eq!(desk.images().len(), 5);
}

#[test]
fn a_hostile_image_stops_nothing() {
    let desk = Desk::new(Habits::default());
    fill(&desk);
    let bomb = ImageBuilder::new().file("zeros", vec![0_u8; 30 << 20]).build();
    let nested = {
        let mut text = b"[".repeat(200_000);
        text.extend(b"]".repeat(200_000));
        ImageBuilder::new().build().with_config(|_| text)
    };
    let circle = serde_json::json!({"schemaVersion": 2, "manifests": [{"digest": "nonsense", "size": -1}]});
    desk.registry.push("bomb", "1", &Bundle::of(bomb));
    desk.registry.push("nested", "1", &Bundle::of(nested));
    desk.registry.push_manifest("circle", Some("1"), circle.to_string().into_bytes());
    desk.registry.push_manifest("none", Some("1"), b"this is no manifest".to_vec());
    desk.sweep();
    assert_eq!(desk.image("app-1:1")["verdict"], "leaking");
    assert_eq!(desk.image("app-2:1")["verdict"], "clean");
    assert_eq!(desk.image("bomb:1")["verdict"], "clean");
    for name in ["nested:1", "circle:1", "none:1"] {
        assert_eq!(desk.image(name)["verdict"], "unproven", "{name}");
    }
}
