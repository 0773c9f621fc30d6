//! Each blob is read once, whatever happens in between.

use std::collections::BTreeMap;

use serde_json::Value;
use tightlip_testkit::{Bundle, Habits, ImageBuilder};

use crate::common::{file, token};
use crate::desk::Desk;

/// Many images that share layers: every third leaks.
fn fill(desk: &Desk, images: u64) {
    for number in 0..images {
        let mut image = ImageBuilder::new();
        for layer in 0..4 {
            image = image.file(&format!("usr/{layer}"), format!("base {} {layer}", number % 5));
        }
        image = image.file("app/name", format!("image {number}"));
        image = match number % 9 {
            0 => image.env("API_TOKEN", &token(number)),
            3 => {
                image.step("COPY .env / # buildkit", file("app/.env", format!("API_KEY={}\n", token(number))))
            }
            6 => image
                .step("RUN x", file("root/.npmrc", format!("//r/:_authToken={}\n", token(6))))
                .delete("root/.npmrc"),
            _ => image,
        };
        desk.registry.push(
            &format!("team-{}/app", number % 7),
            &format!("v{number}"),
            &Bundle::of(image.build()),
        );
    }
}

/// What the images come to, without what differs from run to run.
fn story(desk: &Desk) -> BTreeMap<String, Value> {
    desk.images().into_iter().map(|image| (image["image"].as_str().unwrap().to_owned(), image)).collect()
}

#[test]
fn every_blob_is_read_once_and_a_second_run_reads_nothing() {
    let desk = Desk::new(Habits::default());
    fill(&desk, 45);
    desk.sweep();
    let mut read = desk.blob_reads(0);
    read.sort();
    assert_eq!(read, desk.registry.blobs(), "each blob once, and none left out");
    assert_eq!(desk.images().len(), 45);
    let leaking = desk.images().iter().filter(|image| image["verdict"] == "leaking").count();
    assert_eq!(leaking, 15);
    let (before, first) = (desk.registry.asked().len(), story(&desk));
    desk.sweep();
    assert_eq!(desk.blob_reads(before), [] as [&str; 0]);
    let manifests =
        |asked: &&tightlip_testkit::Asked| asked.method == "GET" && asked.path.contains("/manifests/");
    assert_eq!(
        desk.registry.asked().iter().skip(before).filter(manifests).count(),
        0,
        "manifests are known too"
    );
    assert_eq!(story(&desk), first);
}

#[test]
fn a_sweep_that_is_ended_goes_on_where_it_was() {
    let (whole, parts) = (Desk::new(Habits::default()), Desk::new(Habits::default()));
    fill(&whole, 30);
    fill(&parts, 30);
    whole.sweep();
    for blobs in [1, 2, 3, 5, 8, 13, 20] {
        parts.sweep_for(blobs);
        assert_ne!(parts.verdict(), tightlip_report::Verdict::Clean, "what is not done is not clean");
    }
    parts.sweep();
    let read = parts.blob_reads(0);
    let mut distinct = read.clone();
    distinct.sort();
    distinct.dedup();
    assert_eq!(distinct, parts.registry.blobs());
    assert!(read.len() <= distinct.len() + 7 * 4, "only what was under way is read again: {}", read.len());
    let hosts = |desk: &Desk| {
        let text = serde_json::to_string(&story(desk)).unwrap();
        text.replace(&desk.registry.host(), "host")
    };
    assert_eq!(hosts(&parts), hosts(&whole));
}

#[test]
fn a_new_image_costs_only_what_is_new_in_it() {
    let desk = Desk::new(Habits::default());
    fill(&desk, 10);
    desk.sweep();
    let before = desk.registry.asked().len();
    let mut image = ImageBuilder::new();
    for layer in 0..4 {
        image = image.file(&format!("usr/{layer}"), format!("base 0 {layer}"));
    }
    desk.registry.push("team-0/app", "new", &Bundle::of(image.file("app/name", "new").build()));
    desk.sweep();
    assert_eq!(desk.blob_reads(before).len(), 2, "its configuration and its own layer");
    assert_eq!(desk.image("team-0/app:new")["verdict"], "clean");
}

#[test]
fn other_rules_read_everything_again() {
    let mut desk = Desk::new(Habits::default());
    fill(&desk, 6);
    desk.sweep();
    let before = desk.registry.asked().len();
    // Another key makes other identities: nothing that was kept can be used.
    desk.key = 8;
    desk.sweep();
    assert_eq!(desk.blob_reads(before).len(), desk.registry.blobs().len());
    assert_eq!(desk.images().len(), 6);
}

#[test]
fn configurations_come_first_and_copied_layers_before_others() {
    let desk = Desk::new(Habits::default());
    let image = ImageBuilder::new()
        .step("RUN make # buildkit", file("usr/small", "s"))
        .step("COPY big / # buildkit", file("big", "b".repeat(100_000)))
        .step("ADD little / # buildkit", file("little", "l"))
        .build();
    let order =
        [image.layers[2].digest.clone(), image.layers[1].digest.clone(), image.layers[0].digest.clone()];
    let config = tightlip_testkit::digest(&image.config);
    desk.registry.push("app", "1", &Bundle::of(image));
    let mut wanted = desk.wanted();
    wanted.wanted.jobs = 1;
    desk.try_sweep(&wanted).unwrap();
    let expected: Vec<String> = [config].into_iter().chain(order).collect();
    assert_eq!(desk.blob_reads(0), expected);
}

#[test]
fn a_blob_that_is_two_things_is_read_once_as_both() {
    let desk = Desk::new(Habits::default());
    // The configuration of one image is a layer of itself and of others, and leaks in both.
    let image = ImageBuilder::new().file("a", "b").env("API_TOKEN", &token(1)).build();
    let config = image.config.clone();
    let as_layer = |manifest: &mut Value| {
        let digest = tightlip_testkit::digest(&config);
        let layer =
            serde_json::json!({"mediaType": "application/json", "digest": digest, "size": config.len()});
        manifest["layers"].as_array_mut().unwrap().push(layer);
    };
    desk.registry.push("itself", "1", &Bundle::of(image.clone().with_manifest(as_layer)));
    for number in 0..5 {
        let other = ImageBuilder::new().file("n", format!("{number}")).build().with_manifest(as_layer);
        // Names before and after that of the image.
        desk.registry.push(
            &format!("{}-{number}", if number % 2 == 0 { "a" } else { "z" }),
            "1",
            &Bundle::of(other),
        );
    }
    // Artifacts have nothing for a configuration, and often the same nothing for a layer.
    for repository in ["one", "two"] {
        let artifact = desk.registry.artifact(repository, None, ("application/json", b"{}"));
        desk.registry.push_manifest(repository, Some("1"), artifact);
    }
    desk.sweep();
    let mut read = desk.blob_reads(0);
    read.sort();
    assert_eq!(read, desk.registry.blobs(), "each blob once");
    let names = ["itself:1", "a-0:1", "a-2:1", "z-1:1", "z-3:1", "one:1", "two:1"];
    crate::same::assert_same(&desk, &names.map(str::to_owned));
    assert_eq!(desk.image("a-0:1")["verdict"], "leaking");
}

#[test]
fn how_far_it_is_is_told_while_it_works() {
    let desk = Desk::new(Habits::default());
    for number in 0..6 {
        let noise: String =
            (0..3_000).map(|line| format!("{:x}\n", (line + number) * 2_654_435_761_u64)).collect();
        desk.registry.push(
            &format!("app-{number}"),
            "1",
            &Bundle::of(ImageBuilder::new().file("n", noise).build()),
        );
    }
    let slow = tightlip_testkit::Wrong::Trickle(4_000, std::time::Duration::from_millis(150));
    desk.registry.fault(tightlip_testkit::Fault::always(tightlip_testkit::At::Blobs, slow));
    let mut wanted = desk.wanted();
    wanted.wanted.jobs = 1;
    let notes = desk.try_sweep(&wanted).unwrap();
    let standings = notes.standings.lock().unwrap();
    let sizes: Vec<(u64, u64, u64)> =
        standings.iter().map(|s| (s.left.blobs, s.left.bytes, s.left.images)).collect();
    assert!(sizes.len() > 3 && sizes.is_sorted_by(|before, after| before >= after), "{sizes:?}");
    assert!(standings.iter().any(|s| s.rest.is_some() && s.bytes_per_second > 0), "{standings:?}");
    let events = notes.events.lock().unwrap();
    assert!(events.iter().any(|event| matches!(event, tightlip_fleet::Event::Left { images: 6, .. })));
}
