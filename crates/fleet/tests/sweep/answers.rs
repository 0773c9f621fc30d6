//! What a security team asks.

use serde_json::{Value, json};
use tightlip_testkit::{Bundle, Habits, ImageBuilder};

use crate::common::{file, token};
use crate::desk::Desk;

/// Three images share a leaking layer, one has its secret in a file of its own, one in a deleted file; one is clean.
fn filled() -> Desk {
    let desk = Desk::new(Habits::default());
    let leak = || file("app/.env", format!("API_KEY={}\n", token(1)));
    for number in 0..3 {
        let image = ImageBuilder::new().step("COPY .env / # buildkit", leak());
        let image = image.file("name", format!("{number}"));
        desk.registry.push(&format!("shared-{number}"), "1", &Bundle::of(image.build()));
    }
    let again =
        ImageBuilder::new().step("COPY conf / # buildkit", file("etc/x.env", format!("K={}\n", token(1))));
    desk.registry.push("again", "1", &Bundle::of(again.build()));
    let deleted = ImageBuilder::new()
        .step("COPY k / # buildkit", file("k.env", format!("K={}\n", token(2))))
        .delete("k.env");
    desk.registry.push("deleted", "1", &Bundle::of(deleted.build()));
    desk.registry.push("clean", "1", &Bundle::of(ImageBuilder::new().file("a", "b").build()));
    desk.sweep();
    desk
}

fn column(table: &Value, name: &str) -> Vec<String> {
    let text = |row: &Value| row[name].as_str().map_or_else(|| row[name].to_string(), str::to_owned);
    table.as_array().unwrap().iter().map(text).collect()
}

#[test]
fn the_overview_counts_and_ranks() {
    let desk = filled();
    let report = desk.ask("report", "").unwrap();
    assert_eq!((&report["schema"], &report["verdict"]), (&json!("tightlip.sweep/1"), &json!("leaking")));
    assert_eq!(
        report["verdicts"],
        json!([{"verdict": "clean", "images": 1}, {"verdict": "leaking", "images": 5}])
    );
    let leaks = desk.ask("leaks", "").unwrap();
    assert_eq!(
        column(&leaks["leaks"], "images"),
        ["4", "1"],
        "what most images have, and everybody sees, is first"
    );
    assert_eq!(column(&leaks["leaks"], "seen"), ["in running containers", "in layers below"]);
}

#[test]
fn a_layer_is_found_in_every_image_that_has_it() {
    let desk = filled();
    let image = desk.image("shared-0:1");
    let digest = image["findings"][0]["place"]["layer"]["digest"].as_str().unwrap().to_owned();
    for subject in [digest.as_str(), &digest[..20], &digest["sha256:".len()..20]] {
        let blast = desk.ask("blast", subject).unwrap();
        let expected = ["shared-0:1", "shared-1:1", "shared-2:1"].map(|name| desk.registry.name(name));
        assert_eq!(column(&blast["images"], "image"), expected);
        assert_eq!(column(&blast["images"], "platform"), ["linux/amd64"; 3]);
        assert_eq!(blast["images"][0]["tags"], json!(["1"]));
    }
    assert!(desk.ask("blast", "sha256:").is_err());
    assert!(desk.ask("blast", &"0".repeat(64)).unwrap_err().to_string().contains("no image has"));
}

#[test]
fn a_secret_is_found_wherever_else_it_is() {
    let desk = filled();
    let identity = desk.ask("leaks", "").unwrap()["leaks"][0]["identity"].as_str().unwrap().to_owned();
    let reuse = desk.ask("reuse", &identity).unwrap();
    let expected = ["again:1", "shared-0:1", "shared-1:1", "shared-2:1"].map(|name| desk.registry.name(name));
    assert_eq!(column(&reuse["places"], "image"), expected);
    assert!(desk.ask("reuse", "nothing").is_err());
}

#[test]
fn what_is_new_is_told() {
    let desk = filled();
    let news = desk.ask("diff", "#1").unwrap();
    assert_eq!(column(&news["news"], "what").iter().filter(|what| *what == "new image").count(), 6);
    // The clock of these tests stands far in the future.
    assert_eq!(desk.ask("diff", "7d").unwrap()["news"], json!([]));
    for wrong in ["yesterday", "#9", "2026-13-01", ""] {
        assert!(desk.ask("diff", wrong).is_err(), "{wrong}");
    }
    assert_eq!(
        column(&desk.ask("diff", "2020-01-01").unwrap()["news"], "what").len(),
        column(&news["news"], "what").len()
    );
}

#[test]
fn a_plan_names_what_to_delete() {
    let desk = filled();
    let plan = desk.ask("purge-plan", "").unwrap();
    assert_eq!(plan["images"].as_array().unwrap().len(), 5);
    let image = desk.image("deleted:1");
    let digest = image["digest"].as_str().unwrap();
    let row = plan["images"].as_array().unwrap().iter().find(|row| row["digest"] == digest).unwrap();
    assert_eq!(row["delete"], format!("crane delete {}@{digest}", desk.registry.name("deleted")));
    assert!(plan["notes"].to_string().contains("garbage-collect"), "{plan:#}");
}
