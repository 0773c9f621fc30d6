//! What a scrub does to the file systems of an image: only what it says.

use tightlip_engine::scrub::Nested;
use tightlip_image::EntryKind;
use tightlip_testkit::{Bundle, ImageBuilder, Layer, Packing};

use crate::common::{file, token};
use crate::support::{Bench, leaks, steps};

fn jar(body: &str) -> Vec<u8> {
    // A zip with one deflated member, as `jar` writes it.
    let deflated = {
        use std::io::Write as _;
        let mut out = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
        out.write_all(body.as_bytes()).expect("memory takes it");
        out.finish().expect("memory takes it")
    };
    let crc = {
        let mut crc = flate2::Crc::new();
        crc.update(body.as_bytes());
        crc.sum()
    };
    let name = b"config/app.properties";
    let size = |length: usize| u32::try_from(length).expect("small").to_le_bytes();
    let common = [
        &[20, 0, 0, 0, 8, 0, 0, 0, 0, 0][..],
        &crc.to_le_bytes(),
        &size(deflated.len()),
        &size(body.len()),
        &[u8::try_from(name.len()).expect("short"), 0, 0, 0],
    ]
    .concat();
    let local = [b"PK\x03\x04", &common[..], name, &deflated].concat();
    let central = [b"PK\x01\x02\x14\0", &common[..], &[0; 10], &[0; 4], name].concat();
    let end =
        [b"PK\x05\x06\0\0\0\0\x01\0\x01\0", &size(central.len())[..], &size(local.len()), &[0, 0]].concat();
    [local, central, end].concat()
}

fn secret_jar(seed: u64) -> Vec<u8> {
    jar(&format!("api.token={}\n{}", token(seed), "padding that compresses\n".repeat(50)))
}

#[test]
fn a_masked_file_keeps_everything_but_the_value() {
    let text = format!("# settings\nTOKEN={}\nMODE=fast\n", token(1));
    let layer = file("app/.env", &text).hard_link("app/also", "app/.env").symlink("app/sym", ".env");
    let image = ImageBuilder::new().step("COPY a /", layer).delete("app/.env").build();
    let clean = Bench::of(&Bundle::of(image.clone())).write().unwrap();
    let files = clean.files(0);
    let masked = format!("# settings\nTOKEN={}\nMODE=fast\n", "x".repeat(36));
    assert_eq!(files["app/.env"], (EntryKind::File, masked.into_bytes()));
    assert_eq!(files["app/also"], (EntryKind::HardLink, b"app/.env".to_vec()));
    assert_eq!(files["app/sym"], (EntryKind::Symlink, b".env".to_vec()));
    // The whiteout stays, in the same blob.
    assert_eq!(clean.layers()[1], image.layers[1].digest);
}

#[test]
fn a_compressed_member_is_refused_or_takes_its_file_with_it() {
    let layer = file("app/app.jar", secret_jar(2)).file("app/readme", "hello");
    let bundle = Bundle::of(ImageBuilder::new().step("COPY a /", layer).build());
    let plan = Bench::of(&bundle).plan();
    assert_eq!(plan.refusals.len(), 1);
    assert!(
        plan.refusals[0].help.contains("--nested drop")
            && plan.refusals[0].path.as_deref() == Some("app/app.jar")
    );
    let bench = Bench::of(&bundle).with(|request| request.nested = Nested::Drop);
    let clean = bench.write().unwrap();
    assert_eq!(clean.files(0).keys().collect::<Vec<_>>(), ["app/readme"]);
}

#[test]
fn a_file_that_goes_does_not_show_the_one_below_it() {
    let image = ImageBuilder::new()
        .step("COPY old /", file("app/app.jar", jar("a=b\n")))
        .step("COPY new /", file("app/app.jar", secret_jar(3)).file("app/x", "y"))
        .build();
    let below = image.layers[0].digest.clone();
    let bench = Bench::of(&Bundle::of(image)).with(|request| request.nested = Nested::Drop);
    let clean = bench.write().unwrap();
    assert_eq!(clean.layers()[0], below);
    let files = clean.files(1);
    // Still there, and nothing in it: the jar below stays hidden.
    let (kind, body) = &files["app/app.jar"];
    assert_eq!((kind, body.len()), (&EntryKind::File, secret_jar(3).len()));
    assert!(body.iter().all(|byte| *byte == 0) && files.contains_key("app/x"));
    assert!(clean.receipt.plan.changes.iter().any(|change| change.what.contains("would show again")));
}

#[test]
fn a_file_that_goes_does_not_show_the_one_before_it_in_its_layer() {
    let layer = file("app/app.jar", jar("a=b\n")).file("app/app.jar", secret_jar(11));
    let bundle = Bundle::of(ImageBuilder::new().step("COPY a /", layer).build());
    let clean = Bench::of(&bundle).with(|request| request.nested = Nested::Drop).write().unwrap();
    // Of two entries with one path the last counts.
    let (_, body) = &clean.files(0)["app/app.jar"];
    assert_eq!(body, &vec![0; secret_jar(11).len()]);
    let first = file("app/app.jar", secret_jar(11)).file("app/app.jar", jar("a=b\n"));
    let bundle = Bundle::of(ImageBuilder::new().step("COPY a /", first).build());
    let clean = Bench::of(&bundle).with(|request| request.nested = Nested::Drop).write().unwrap();
    assert_eq!(clean.files(0)["app/app.jar"].1, jar("a=b\n"));
    assert_eq!(clean.receipt.plan.changes[0].what, "the entry is cut out");
}

#[test]
fn no_piece_of_a_value_is_left_in_a_name_that_its_header_cuts_off() {
    let name = format!("{}/{}/key", "d".repeat(70), token(12));
    let clean = Bench::of(&Bundle::of(ImageBuilder::new().file(&name, "x").build())).write().unwrap();
    let tar = clean.tar(0);
    let piece = token(12)[..20].to_owned();
    assert!(!tar.windows(piece.len()).any(|bytes| bytes == piece.as_bytes()));
    assert!(clean.files(0).contains_key(&name.replace(&token(12), &"x".repeat(token(12).len()))));
}

#[test]
fn a_file_with_another_name_is_emptied_in_its_place() {
    let layer = file("app/app.jar", secret_jar(4)).hard_link("app/link.jar", "app/app.jar");
    let bundle = Bundle::of(ImageBuilder::new().step("COPY a /", layer).build());
    let clean = Bench::of(&bundle).with(|request| request.nested = Nested::Drop).write().unwrap();
    let files = clean.files(0);
    assert!(files["app/app.jar"].1.iter().all(|byte| *byte == 0));
    assert_eq!(files["app/link.jar"], (EntryKind::HardLink, b"app/app.jar".to_vec()));
}

#[test]
fn a_named_path_goes_from_every_layer_and_whiteouts_stay() {
    let image = ImageBuilder::new()
        .packing(Packing::Zstd)
        .step("COPY a /", file("srv/keys/a", "1").file("srv/other", "2"))
        .step("COPY b /", file("srv/keys/b", "3").directory("srv/keys/deep").file("srv/keys/deep/c", "4"))
        .delete("srv/keys/a")
        .build();
    let bench = Bench::of(&Bundle::of(image.clone())).with(|request| {
        request.select.paths = vec!["srv/keys".to_owned()];
    });
    let clean = bench.write().unwrap();
    assert_eq!(clean.files(0).keys().collect::<Vec<_>>(), ["srv/other"]);
    assert!(clean.files(1).is_empty());
    assert_eq!(clean.layers()[2], image.layers[2].digest);
    let none =
        Bench::of(&Bundle::of(image)).with(|request| request.select.paths = vec!["srv/nothing".to_owned()]);
    assert!(none.scrub().is_err());
}

#[test]
fn what_leaks_in_a_named_path_goes_with_it() {
    let image = ImageBuilder::new().file("app/.env", format!("T={}\n", token(8))).file("a", "b").build();
    let bench = Bench::of(&Bundle::of(image)).with(|request| request.select.paths = vec!["app".to_owned()]);
    let clean = bench.write().unwrap();
    assert!(clean.receipt.plan.left.is_empty() && leaks(&clean.scan()).is_empty());
}

#[test]
fn names_are_masked_alike_in_all_layers() {
    let secret = token(5);
    let image = ImageBuilder::new()
        .step("RUN a", file(&format!("tmp/{secret}/key"), "x").file("tmp/other", "y"))
        .step("RUN b", Layer::new().symlink("l", format!("tmp/{secret}/key")))
        .delete(&format!("tmp/{secret}/key"))
        .build();
    let clean = Bench::of(&Bundle::of(image)).write().unwrap();
    let name = "x".repeat(secret.len());
    assert!(clean.files(0).contains_key(&format!("tmp/{name}/key")));
    assert_eq!(clean.files(1)["l"].1, format!("tmp/{name}/key").into_bytes());
    assert!(clean.files(2).contains_key(&format!("tmp/{name}/.wh.key")));
    assert!(leaks(&clean.scan()).is_empty());
}

#[test]
fn a_lazily_pulled_layer_becomes_an_ordinary_one() {
    let layer = file("app/.env", format!("T={}\n", token(6)))
        .file(".no.prefetch.landmark", "f")
        .file("stargz.index.json", r#"{"version":1,"entries":[]}"#);
    let untouched = file("a", "b").file("stargz.index.json", r#"{"version":1,"entries":[]}"#);
    let key = "containerd.io/snapshot/stargz/toc.digest";
    let image = ImageBuilder::new().step("COPY a /", layer).step("COPY b /", untouched).build();
    let image = image.with_manifest(|manifest| {
        for layer in 0..2 {
            manifest["layers"][layer]["annotations"] = serde_json::json!({key: "sha256:0", "other": "stays"});
        }
    });
    let clean = Bench::of(&Bundle::of(image)).write().unwrap();
    assert_eq!(clean.files(0).keys().collect::<Vec<_>>(), ["app/.env"]);
    let layers = clean.manifest()["layers"].clone();
    assert_eq!(layers[0]["annotations"], serde_json::json!({"other": "stays"}));
    assert_eq!(layers[1]["annotations"][key], "sha256:0");
    let steps = steps(&clean.receipt.plan);
    assert!(["lazy-toc", "toc-annotation"].iter().all(|step| steps.iter().any(|s| s == step)), "{steps:?}");
}

#[test]
fn a_value_across_windows_of_the_search_is_found() {
    let secret = token(7);
    let mut body = vec![b'.'; (4 << 20) - 530];
    body.extend_from_slice(format!("\nTOKEN={secret}\n").as_bytes());
    body.extend(vec![b'.'; 6 << 20]);
    let image = ImageBuilder::new().packing(Packing::Zstd).file("big", &body).build();
    let clean = Bench::of(&Bundle::of(image)).write().unwrap();
    let masked = clean.files(0)["big"].1.clone();
    let differs = masked.iter().zip(&body).filter(|(new, old)| new != old).count();
    assert_eq!((masked.len(), differs), (body.len(), secret.bytes().filter(|b| *b != b'x').count()));
}

#[test]
fn a_sparse_file_that_would_have_to_be_emptied_is_refused() {
    let sparse = file("app/app.jar", secret_jar(9)).with(|member| {
        member.pax.push(("GNU.sparse.map".to_owned(), format!("0,{}", member.body.len()).into_bytes()));
    });
    let below = file("app/app.jar", jar("a=b\n"));
    let image = ImageBuilder::new().step("COPY old /", below).step("COPY new /", sparse).build();
    let bench = Bench::of(&Bundle::of(image)).with(|request| request.nested = Nested::Drop);
    let plan = bench.plan();
    assert!(plan.refusals.len() == 1 && plan.refusals[0].why.contains("sparse"), "{plan:?}");
    assert!(bench.write().is_err() && !bench.out().exists());
}

#[test]
fn a_value_in_a_sparse_file_is_masked_between_its_holes() {
    let body = format!("TOKEN={}\n", token(10));
    let layer = file("app/.env", &body).with(|member| {
        member.pax.push(("GNU.sparse.map".to_owned(), format!("512,{}", member.body.len()).into_bytes()));
        member.pax.push(("GNU.sparse.size".to_owned(), b"4096".to_vec()));
    });
    let clean = Bench::of(&Bundle::of(ImageBuilder::new().step("COPY a /", layer).build())).write().unwrap();
    let masked = format!("TOKEN={}\n", "x".repeat(token(10).len()));
    assert_eq!(clean.files(0)["app/.env"].1, masked.into_bytes());
    assert!(leaks(&clean.scan()).is_empty());
}
