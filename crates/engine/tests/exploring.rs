//! What an image holds, as it is shown to somebody who looks into it.

#![expect(clippy::unwrap_used, reason = "a test that cannot run fails")]

use tightlip_engine::{
    EntryView, Explored, IdentityKey, LISTED_ENTRIES, Pipe, Quiet, Request, Thing, explore, explore_stream,
};
use tightlip_report::Exposure;
use tightlip_testkit::{Bundle, Canary, ImageBuilder, Layer};

fn look(image: ImageBuilder) -> Explored {
    look_at(&Bundle::of(image.build()).oci_archive())
}

/// The same from a file and from a pipe.
fn look_at(archive: &[u8]) -> Explored {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("image.tar");
    std::fs::write(&file, archive).unwrap();
    let explored = explore(&request(&file.display().to_string()), &Quiet).unwrap();
    let pipe = Pipe { name: "image.tar".into(), command: "cat image.tar".into() };
    let passed = explore_stream(&pipe, archive, &request("-"), &Quiet).unwrap();
    assert_eq!(entries(&explored), entries(&passed));
    explored
}

fn request(target: &str) -> Request {
    Request::new(target, IdentityKey::new([7; 32]))
}

fn entries(explored: &Explored) -> Vec<&EntryView> {
    explored.images.iter().flat_map(|image| &image.layers).flat_map(|layer| &layer.entries).collect()
}

#[test]
fn every_entry_of_every_layer_is_shown_with_what_became_of_it() {
    let explored = look(
        ImageBuilder::new()
            .step("COPY . /app", Layer::new().file("app/b", "1").file("app/a.txt", "22").directory("app/a"))
            .step("RUN ln", Layer::new().file("app/b", "3").whiteout("app/a.txt").symlink("l", "app/b")),
    );
    let image = &explored.images[0];
    let of = |layer: usize| {
        let entries = image.layers[layer].entries.iter();
        entries.map(|e| (e.path.as_str(), e.thing, e.exposure, e.hidden_by)).collect::<Vec<_>>()
    };
    assert_eq!(
        of(0),
        [
            ("app/a", Thing::Directory, Exposure::Visible, None),
            ("app/a.txt", Thing::File, Exposure::Deleted, Some(1)),
            ("app/b", Thing::File, Exposure::Overwritten, Some(1)),
        ]
    );
    assert_eq!(
        of(1),
        [
            ("app/a.txt", Thing::Whiteout, Exposure::Metadata, None),
            ("app/b", Thing::File, Exposure::Visible, None),
            ("l", Thing::Symlink, Exposure::Visible, None),
        ]
    );
    assert_eq!(image.layers[1].entries[2].link.as_deref(), Some("app/b"));
    assert_eq!((image.kind, image.platform.as_deref()), ("image", Some("linux/amd64")));
    assert_eq!((image.layers[0].entries[1].size, image.layers[0].unlisted), (2, 0));
    assert_eq!(image.layers[0].instruction.as_deref(), Some("COPY . /app"));
    assert_eq!((image.history[1].layer, image.history[1].instruction.as_str()), (Some(1), "RUN ln"));
}

#[test]
fn findings_lie_in_the_image_and_at_the_paths_that_are_shown() {
    let token = format!("dckr_{}_{}abc", "pat", Canary::new(3).text());
    let explored = look(ImageBuilder::new().file("app/.env", format!("TOKEN={token}\n")).delete("app/.env"));
    let finding = &explored.report.findings[0];
    let image = &explored.images[0];
    assert!(image.holds(&finding.place));
    let layer = &image.layers[finding.place.layer.as_ref().unwrap().index];
    assert!(layer.entries.iter().any(|entry| Some(&entry.path) == finding.place.path.as_ref()));
}

#[test]
fn nothing_that_is_shown_holds_a_value() {
    let token = format!("dckr_{}_{}abc", "pat", Canary::new(4).text());
    let layer = Layer::new().file(format!("app/{token}"), "x").symlink("l", token.clone());
    let image = ImageBuilder::new()
        .env("TOKEN", &token)
        .step(&format!("RUN curl -H 'Authorization: {token}'"), layer)
        .named(&format!("docker.io/library/{}:1", "app"));
    let explored = look(image);
    assert!(!explored.report.findings.is_empty());
    let shown = format!("{:?}", explored.images);
    assert!(!shown.contains(&token), "{shown}");
    assert!(explored.images[0].config.contains("\"TOKEN=‹masked›\""), "{}", explored.images[0].config);
}

#[test]
fn what_is_no_image_says_how_to_read_it() {
    let error = explore(&request("log:build.log"), &Quiet).unwrap_err().to_string();
    assert!(error.contains("tightlip scan log:build.log"), "{error}");
}

#[test]
fn a_layer_with_more_entries_than_are_listed_says_how_many_are_not() {
    let mut layer = Layer::new();
    for n in 0..LISTED_ENTRIES + 3 {
        layer = layer.directory(&format!("{n:x}"));
    }
    let archive = Bundle::of(ImageBuilder::new().step("RUN mkdir", layer).build()).oci_archive();
    let pipe = Pipe { name: "image.tar".into(), command: "cat image.tar".into() };
    let explored = explore_stream(&pipe, archive.as_slice(), &request("-"), &Quiet).unwrap();
    let layer = &explored.images[0].layers[0];
    assert_eq!((layer.entries.len(), layer.unlisted), (LISTED_ENTRIES, 3));
}
