//! What other scanners get wrong on real images, each as a test that tightlip does not.

mod common;

use common::{brief, file, files, gaps, request, scan_archive, scan_bundle, token};
use serde_json::json;
use tightlip_engine::{Quiet, scan};
use tightlip_report::{Level, Verdict};
use tightlip_testkit::{Age, Built, Bundle, ImageBuilder, Layer, Packing};

fn env(seed: u64) -> String {
    format!("TOKEN={}\n", token(seed))
}

#[test]
fn the_old_content_counts_when_the_same_rule_matches_the_new_one() {
    let image = ImageBuilder::new().file("app/.env", env(1)).file("app/.env", env(2)).build();
    let report = scan_bundle(&Bundle::of(image));
    assert_eq!(files(&report), ["layer 0 file app/.env overwritten by 1", "layer 1 file app/.env visible"]);
}

#[test]
fn a_clean_overwrite_does_not_hide_the_old_content() {
    let image = ImageBuilder::new().file("app/.env", env(1)).file("app/.env", "nothing here").build();
    assert_eq!(files(&scan_bundle(&Bundle::of(image))), ["layer 0 file app/.env overwritten by 1"]);
}

#[test]
fn a_file_that_becomes_a_directory_and_back_is_read_in_every_layer() {
    let image = ImageBuilder::new()
        .file("app/cfg", env(1))
        .step("RUN mkdir", Layer::new().directory("app/cfg").file("app/cfg/inner", env(2)))
        .file("app/cfg", env(3))
        .build();
    let report = scan_bundle(&Bundle::of(image));
    assert_eq!(
        files(&report),
        [
            "layer 0 file app/cfg overwritten by 1",
            "layer 1 file app/cfg/inner overwritten by 2",
            "layer 2 file app/cfg visible"
        ]
    );
}

#[test]
fn a_layer_made_by_run_is_read_like_any_other() {
    let image =
        ImageBuilder::new().step("RUN /bin/sh -c printf … > /app/cfg # buildkit", file("app/cfg", env(1)));
    assert_eq!(files(&scan_bundle(&Bundle::of(image.build()))), ["layer 0 file app/cfg visible"]);
}

#[test]
fn a_history_that_does_not_fit_the_layers_hides_nothing() {
    let entry = json!({"created_by": "RUN x"});
    for history in [vec![], vec![entry.clone()], vec![entry.clone(), entry.clone(), entry.clone(), entry]] {
        let image =
            ImageBuilder::new().file("a/.env", env(1)).file("b/.env", env(2)).history(history).build();
        let report = scan_bundle(&Bundle::of(image));
        assert_eq!(files(&report).len(), 2);
        assert!(
            report.findings.iter().all(|f| f.introduced_by.is_none()),
            "a wrong instruction is worse than none"
        );
    }
}

#[test]
fn whiteouts_label_and_never_hide() {
    let directory = ImageBuilder::new().file("etc/app/deep/.env", env(1)).delete("etc/app").build();
    assert_eq!(files(&scan_bundle(&Bundle::of(directory))), ["layer 0 file etc/app/deep/.env deleted by 1"]);

    let opaque_last = Layer::new().file("etc/app/new.env", env(2)).opaque("etc/app");
    let opaque = ImageBuilder::new().file("etc/app/old.env", env(1)).step("RUN x", opaque_last).build();
    assert_eq!(
        files(&scan_bundle(&Bundle::of(opaque))),
        ["layer 0 file etc/app/old.env hidden-by-opaque by 1", "layer 1 file etc/app/new.env visible"]
    );

    let again = ImageBuilder::new().file("a.env", env(1)).delete("a.env").file("a.env", env(2)).build();
    assert_eq!(
        files(&scan_bundle(&Bundle::of(again))),
        ["layer 0 file a.env deleted by 1", "layer 2 file a.env visible"]
    );

    let never = ImageBuilder::new().delete("never/there").file("a.env", env(1)).build();
    assert_eq!(files(&scan_bundle(&Bundle::of(never))), ["layer 1 file a.env visible"]);
}

#[test]
fn compression_is_seen_in_the_bytes_not_believed_from_the_media_type() {
    for (packing, lie) in [(Packing::Zstd, "gzip"), (Packing::Gzip, "zstd"), (Packing::Plain, "gzip")] {
        let mut image = ImageBuilder::new().packing(packing).file("a.env", env(1)).build();
        let manifest = String::from_utf8(image.manifest.clone()).unwrap();
        let media = image.layers[0].media_type.clone();
        let lying = format!("application/vnd.oci.image.layer.v1.tar+{lie}");
        image.manifest = manifest.replace(&media, &lying).into_bytes();
        let report = scan_bundle(&Bundle::of(image));
        assert_eq!(files(&report), ["layer 0 file a.env visible"], "{packing:?} called {lie}");
    }
}

fn with_blob(mut image: Built, change: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let old = image.layers[0].clone();
    change(&mut image.layers[0].blob);
    let blob = image.layers[0].blob.clone();
    let mut files = Bundle::of(image).oci_files();
    // The blob stays under the name that the manifest gives it.
    files.retain(|_, bytes| *bytes != blob);
    files.insert(format!("blobs/{}", old.digest.replace(':', "/")), blob);
    files.iter().fold(Layer::new(), |tar, (path, bytes)| tar.file(path, bytes)).tar()
}

#[test]
fn a_damaged_layer_is_never_clean() {
    let image = || ImageBuilder::new().file("readme", "hello ".repeat(5000)).build();
    let cut = scan_archive(&with_blob(image(), |blob| blob.truncate(blob.len() / 2)));
    assert_eq!(cut.verdict(Level::Deny), Verdict::Unproven);
    assert!(gaps(&cut).contains(&"truncated"), "{:?}", gaps(&cut));

    let trailing = scan_archive(&with_blob(image(), |blob| blob.extend_from_slice(b"trailing garbage")));
    assert_eq!(trailing.verdict(Level::Deny), Verdict::Unproven);
    assert!(gaps(&trailing).contains(&"digest-mismatch"), "{:?}", gaps(&trailing));
}

#[test]
fn bytes_behind_the_end_are_read() {
    let tail = file("hidden.env", env(2)).tar();
    let image = ImageBuilder::new().step("ADD", file("a", "b").tail(tail)).build();
    let report = scan_bundle(&Bundle::of(image));
    assert!(!report.findings.is_empty(), "an archive behind the end of the archive");

    let gzip = ImageBuilder::new().file("a", "b").build();
    let report = scan_archive(&with_blob(gzip, |blob| {
        let second = ImageBuilder::new().file("late.env", env(3)).build();
        blob.extend_from_slice(&second.layers[0].blob);
    }));
    assert!(report.findings.iter().any(|f| brief(f).contains("late.env")), "a second gzip member");
}

#[test]
fn hostile_names_are_read_not_refused() {
    let names: [&[u8]; 6] = [
        b"/abs/.env",
        b"../../up/.env",
        b"./dot/.env",
        b"two//slashes/.env",
        b"caf\xe9/.env",
        b"a\x1b[2Jb/.env",
    ];
    let layer = names.iter().enumerate().fold(Layer::new(), |l, (n, name)| l.file(name, env(n as u64)));
    let report = scan_bundle(&Bundle::of(ImageBuilder::new().step("ADD", layer).build()));
    assert_eq!(files(&report).len(), names.len(), "{:?}", files(&report));
}

#[test]
fn a_key_longer_than_any_overlap_is_found_across_windows() {
    for lead in [0usize, 65_000, 65_536, 4 * 1024 * 1024 - 30, 4 * 1024 * 1024 + 1] {
        let mut body = "x".repeat(lead).into_bytes();
        body.push(b'\n');
        body.extend_from_slice(env(9).as_bytes());
        let image = ImageBuilder::new().file("big.log", body).build();
        assert_eq!(files(&scan_bundle(&Bundle::of(image))).len(), 1, "{lead} bytes before it");
    }
}

#[test]
fn a_hard_link_to_a_lower_layer_keeps_the_file_visible() {
    let image = ImageBuilder::new()
        .file("k.env", env(1))
        .step("RUN ln", Layer::new().hard_link("keep", "k.env").whiteout("k.env"))
        .build();
    let report = scan_bundle(&Bundle::of(image));
    assert_eq!(report.verdict(Level::Deny), Verdict::Leaking);
    assert_eq!(files(&report), ["layer 0 file k.env visible"]);
}

#[test]
fn every_image_of_an_archive_is_read_and_none_twice() {
    let one = ImageBuilder::new().named("docker.io/library/one:1").file("one.env", env(1)).build();
    let two = ImageBuilder::new().named("docker.io/library/two:1").file("two.env", env(2)).build();
    let bundle = Bundle::of(one).and(two);
    for archive in [bundle.docker_archive(Age::Modern), bundle.docker_archive(Age::Old), bundle.oci_archive()]
    {
        let report = scan_archive(&archive);
        assert_eq!(files(&report), ["layer 0 file one.env visible", "layer 0 file two.env visible"]);
        assert_eq!(report.read.images, 2);
        assert_eq!(gaps(&report), [""; 0]);
    }
}

#[test]
fn nested_indexes_and_attestations_first_are_no_hiding_place() {
    let image = ImageBuilder::new().file("a.env", env(1)).build();
    let statement = json!({"_type": "https://in-toto.io/Statement/v0.1", "predicateType": "https://slsa.dev/provenance/v0.2",
        "predicate": {"invocation": {"parameters": {"args": {"build-arg:API_TOKEN": "weak1"}}}}});
    let report = scan_bundle(&Bundle::of(image).attest(statement).nested());
    assert_eq!(files(&report), ["layer 0 file a.env visible"]);
    let provenance =
        report.findings.iter().find(|f| f.mechanism == "provenance").expect("the argument is found");
    assert!(provenance.place.pointer.as_deref().unwrap().contains("build-arg:API_TOKEN"));
}

#[test]
fn a_key_that_nobody_knows_is_read_and_escapes_are_undone() {
    let value = "p<ss&word\"1>x";
    let image =
        ImageBuilder::new().env("DB_PASSWORD", value).top("x.vendor", json!({"deep": [{"token": token(4)}]}));
    let report = scan_bundle(&Bundle::of(image.build()));
    assert!(report.findings.iter().any(|f| f.place.surface == tightlip_report::Surface::Env));
    let vendor =
        report.findings.iter().find(|f| brief(f).contains("/x.vendor/deep/0/token")).expect("vendor key");
    assert_eq!(vendor.place.surface, tightlip_report::Surface::Config);
    let text = format!("{report:?}");
    assert!(!text.contains("ss&word"), "the value is masked everywhere");
}

#[test]
fn an_environment_value_may_hold_equals_signs() {
    let value = "a=b=c==secretvalue";
    let report = scan_bundle(&Bundle::of(ImageBuilder::new().env("API_SECRET", value).build()));
    let finding = report.findings.iter().find(|f| f.place.surface == tightlip_report::Surface::Env).unwrap();
    assert!(finding.shape.contains(&value.len().to_string()), "{}", finding.shape);
}

#[test]
fn an_old_history_in_a_comment_is_read_like_a_history() {
    let old = json!([{"created_by": "RUN |1 API_KEY=secret123 /bin/sh -c true # buildkit"}]).to_string();
    let image =
        ImageBuilder::new().file("a", "b").history(vec![json!({"created_by": "flatten", "comment": old})]);
    let report = scan_bundle(&Bundle::of(image.build()));
    let finding = report.findings.first().expect("the argument in the comment");
    assert_eq!(finding.place.pointer.as_deref(), Some("/history/0/comment"));
    assert_eq!(finding.place.member.as_deref(), Some("/0/created_by"));
}

#[test]
fn an_image_that_is_not_there_is_an_error() {
    let error = scan(&request("oci-archive:/no/such/file.tar"), &Quiet).unwrap_err();
    assert!(error.to_string().contains("/no/such/file.tar"), "{error}");
}
