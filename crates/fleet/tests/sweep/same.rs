//! A sweep says of an image what a scan of it says.

use serde_json::{Value, json};
use tightlip_report::{Level, Report};
use tightlip_testkit::{Bundle, Habits, ImageBuilder, Layer, Packing, Referrers};

use crate::common::plants::{By, ROWS, WEAK};
use crate::common::{file, token};
use crate::desk::{Desk, no_policy};

/// Compares what a sweep says of each image with its scan.
pub(crate) fn assert_same(desk: &Desk, names: &[String]) {
    for name in names {
        let (image, scan) = (desk.image(name), desk.scan(name));
        assert_eq!(image["verdict"], json!(scan.verdict(Level::Deny)), "{name}");
        assert_eq!(image["findings"], told(&scan.findings), "{name}");
        assert_eq!(image["gaps_in_full"], told(&scan.gaps), "{name}");
        assert_eq!(image["read"], json!(scan.read), "{name}");
    }
}

fn told(things: &impl serde::Serialize) -> Value {
    serde_json::to_value(things).unwrap()
}

#[test]
fn every_surface_is_told_as_a_scan_tells_it() {
    let desk = Desk::new(Habits { referrers: Referrers::Listed(10), ..Habits::default() });
    let mut names = Vec::new();
    for (number, row) in ROWS.iter().enumerate() {
        let values = [Some(token(number as u64)), (row.by == By::Name).then(|| WEAK.to_owned())];
        for (kind, value) in values.into_iter().flatten().enumerate() {
            let name = format!("row-{number}-{kind}");
            desk.registry.push(&name, "1", &(row.plant)(&value));
            names.push(format!("{name}:1"));
        }
    }
    desk.sweep();
    assert_same(&desk, &names);
    let leaks: usize = desk.images().iter().map(|image| image["leaks"].as_u64().unwrap() as usize).sum();
    assert!(leaks >= names.len(), "{leaks} leaks in {} images", names.len());
}

#[test]
fn damaged_images_are_told_as_a_scan_tells_them() {
    let desk = Desk::new(Habits::default());
    let image = || {
        ImageBuilder::new()
            .file("a", "x".repeat(5000))
            .step("COPY b / # buildkit", file("b.env", format!("API_KEY={}\n", token(1))).file("c", "d"))
            .delete("b.env")
    };
    let cut = image().build().with_blob(0, |blob| blob[..blob.len() - 20].to_vec());
    let noise = image().build().with_blob(0, |_| b"no layer at all".to_vec());
    let unreadable = image().build().with_config(|_| b"{".to_vec());
    let other = image().build().with_config(|config| {
        let text = String::from_utf8(config).unwrap().replace("sha256:", "sha256:0");
        text.replace("sha256:00", "sha256:0").into_bytes()
    });
    let swapped = image().build().with_config(|config| {
        let mut value: Value = serde_json::from_slice(&config).unwrap();
        value["rootfs"]["diff_ids"].as_array_mut().unwrap().reverse();
        serde_json::to_vec(&value).unwrap()
    });
    let encrypted = image().build().with_manifest(|manifest| {
        manifest["layers"][0]["mediaType"] = json!("application/vnd.oci.image.layer.v1.tar+gzip+encrypted");
    });
    let sized = image().build().with_manifest(|manifest| manifest["layers"][1]["size"] = json!(7));
    let mut names = Vec::new();
    for (name, image) in [
        ("cut", cut),
        ("noise", noise),
        ("unreadable", unreadable),
        ("other", other),
        ("swapped", swapped),
        ("encrypted", encrypted),
        ("sized", sized),
    ] {
        desk.registry.push(name, "1", &Bundle::of(image));
        names.push(format!("{name}:1"));
    }
    let lost = image().file("gone", "gone").build();
    let digest = lost.layers[3].digest.clone();
    desk.registry.push("lost", "1", &Bundle::of(lost));
    desk.registry.lose(&digest);
    names.push("lost:1".to_owned());
    desk.sweep();
    // A layer that was swapped for another has its digest checked in the image; the words differ in nothing.
    assert_same(&desk, &names);
}

#[test]
fn platforms_provenance_and_packages_are_told_as_a_scan_tells_them() {
    let desk = Desk::new(Habits::default());
    let base = ImageBuilder::new().file("etc/base", "base").build();
    let own = |architecture: &str, seed: u64| {
        ImageBuilder::new()
            .packing(Packing::Zstd)
            .architecture(architecture)
            .file("etc/base", "base")
            .step("RUN x # buildkit", Layer::new().file("app/.env", format!("DB_PASSWORD={}\n", token(seed))))
            .env("API_TOKEN", &token(seed + 1))
            .label("note", "clean")
            .build()
    };
    let statement = json!({
        "_type": "https://in-toto.io/Statement/v0.1", "predicateType": "https://slsa.dev/provenance/v0.2",
        "predicate": {
            "invocation": {"parameters": {"args": {"build-arg:TOKEN": token(9)}}},
            "materials": [{"uri": "pkg:docker/base", "digest": {"sha256": base.digest().trim_start_matches("sha256:")}}],
        },
    });
    let bundle = Bundle::of(base).and(own("amd64", 1)).attest(statement).and(own("arm64", 3)).nested();
    desk.registry.push("many", "1", &bundle);
    desk.sweep();
    assert_same(&desk, &["many:1".to_owned()]);
}

#[test]
fn a_value_of_one_blob_is_masked_in_the_instruction_of_another() {
    let desk = Desk::new(Habits::default());
    // In the history nothing says that this is a secret; the file does.
    let value = "plain words make it";
    let weak = format!("make {}", WEAK);
    let image = ImageBuilder::new()
        .step(&format!("RUN {weak} # buildkit"), file("app/.env", format!("API_KEY={WEAK}\n")))
        .step(
            &format!("COPY {WEAK}.txt / # buildkit"),
            file(&format!("opt/{WEAK}/x.env"), format!("T={}\n", token(5))),
        )
        .note(&format!("LABEL a={value}"))
        .build();
    desk.registry.push("masked", "1", &Bundle::of(image));
    desk.sweep();
    assert_same(&desk, &["masked:1".to_owned()]);
    let told = desk.image("masked:1").to_string();
    assert!(!told.contains(WEAK) && told.contains("RUN make ‹masked›"), "{told}");
}

#[test]
fn reports_of_all_images_become_one_for_the_formats_of_a_scan() {
    let desk = Desk::new(Habits::default());
    for name in ["one", "two"] {
        let image = ImageBuilder::new().env("API_TOKEN", &token(1)).label("name", name).build();
        desk.registry.push(name, "1", &Bundle::of(image));
    }
    desk.sweep();
    let all: Report =
        tightlip_fleet::merged(&tightlip_fleet::Sqlite::read(&desk.state()).unwrap(), &no_policy()).unwrap();
    let images: std::collections::BTreeSet<_> =
        all.findings.iter().filter_map(|f| f.place.image.clone()).collect();
    let expected = ["one:1", "two:1"].map(|name| desk.registry.name(name));
    assert_eq!(images.into_iter().collect::<Vec<_>>(), expected);
}
