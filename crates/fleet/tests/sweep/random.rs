//! Whatever an image is made of, a sweep says of it what a scan says.

use proptest::prelude::*;
use serde_json::json;
use tightlip_testkit::{Bundle, Habits, ImageBuilder, Layer, Packing, Referrers};

use crate::common::plants::WEAK;
use crate::common::token;
use crate::desk::Desk;
use crate::same::assert_same;

/// Something that an instruction does. Numbers choose values and paths, so that they meet again elsewhere.
#[derive(Clone, Debug)]
enum Does {
    Copies(u64, u64),
    CopiesWeak(u64),
    Deletes(u64),
    Overwrites(u64),
    Hides(u64),
    Names(u64),
    Env(u64),
    EnvWeak,
    Label(u64),
    Says(u64),
    SaysWeak,
    Bulk(u64),
}

fn does() -> impl Strategy<Value = Does> {
    let number = 0..5_u64;
    prop_oneof![
        (number.clone(), number.clone()).prop_map(|(path, value)| Does::Copies(path, value)),
        number.clone().prop_map(Does::CopiesWeak),
        number.clone().prop_map(Does::Deletes),
        number.clone().prop_map(Does::Overwrites),
        number.clone().prop_map(Does::Hides),
        number.clone().prop_map(Does::Names),
        number.clone().prop_map(Does::Env),
        Just(Does::EnvWeak),
        number.clone().prop_map(Does::Label),
        number.clone().prop_map(Does::Says),
        Just(Does::SaysWeak),
        number.prop_map(Does::Bulk),
    ]
}

fn path(number: u64) -> String {
    ["app/.env", "root/.npmrc", "etc/conf.d/x.conf", "srv/a/b/c.txt", "app/settings.py"][number as usize % 5]
        .to_owned()
}

fn step(image: ImageBuilder, does: &Does) -> ImageBuilder {
    let one = |path: &str, text: String| Layer::new().file(path, text);
    let assigned = |value: &str| format!("API_KEY={value}\n");
    match does {
        Does::Copies(at, value) => {
            image.step("COPY . / # buildkit", one(&path(*at), assigned(&token(*value))))
        }
        Does::CopiesWeak(at) => image.step("RUN make # buildkit", one(&path(*at), assigned(WEAK))),
        Does::Deletes(at) => image.delete(&path(*at)),
        Does::Overwrites(at) => image.step("RUN y # buildkit", one(&path(*at), "A=b\n".to_owned())),
        Does::Hides(at) => {
            let folder = path(*at).split('/').next().unwrap_or_default().to_owned();
            image.step("RUN z # buildkit", one(&format!("{folder}/.wh..wh..opq"), String::new()))
        }
        Does::Names(value) => {
            image.step("RUN n # buildkit", one(&format!("tmp/{}", token(*value)), "x".to_owned()))
        }
        Does::Env(value) => image.env("API_TOKEN", &token(*value)),
        Does::EnvWeak => image.env("DB_PASSWORD", WEAK),
        Does::Label(value) => image.label("note", &token(*value)),
        Does::Says(value) => image.note(&format!("RUN |1 T={} /bin/sh -c make # buildkit", token(*value))),
        Does::SaysWeak => image.step(&format!("RUN use {WEAK} # buildkit"), one("made", "made".to_owned())),
        Does::Bulk(seed) => {
            let text: String = (0..400).map(|line| format!("{:x} words\n", (line + seed) * 40_503)).collect();
            image.step("RUN bulk # buildkit", one(&format!("usr/share/{seed}"), text))
        }
    }
}

fn image(steps: &[Does], packing: Packing, architecture: &str) -> ImageBuilder {
    let image = ImageBuilder::new().packing(packing).architecture(architecture);
    steps.iter().fold(image, step)
}

/// What else belongs to an image, and what is wrong with it.
#[derive(Clone, Debug)]
enum Around {
    Nothing,
    SecondPlatform(Vec<Does>),
    Statement(u64),
    Attached(u64),
    Cut(usize),
    Lost,
    WrongSize,
    Encrypted,
}

fn around() -> impl Strategy<Value = Around> {
    prop_oneof![
        3 => Just(Around::Nothing),
        1 => proptest::collection::vec(does(), 0..4).prop_map(Around::SecondPlatform),
        1 => (0..5_u64).prop_map(Around::Statement),
        1 => (0..5_u64).prop_map(Around::Attached),
        1 => (1..40_usize).prop_map(Around::Cut),
        1 => Just(Around::Lost),
        1 => Just(Around::WrongSize),
        1 => Just(Around::Encrypted),
    ]
}

fn put(desk: &Desk, name: &str, (steps, packing, around): &(Vec<Does>, Packing, Around)) {
    // Of an archive without an end a scan tells two gaps and a sweep one (SHORTCOMINGS.md).
    let cut = matches!(around, Around::Cut(_)) && *packing == Packing::Plain;
    let packing = if cut { &Packing::Gzip } else { packing };
    let first = image(steps, *packing, "amd64");
    let bundle = match around {
        Around::Nothing | Around::Attached(_) | Around::Lost => Bundle::of(first.build()),
        Around::SecondPlatform(steps) => {
            Bundle::of(first.build()).and(image(steps, *packing, "arm64").build())
        }
        Around::Statement(value) => Bundle::of(first.build()).attest(json!({
            "_type": "https://in-toto.io/Statement/v0.1", "predicateType": "https://slsa.dev/provenance/v0.2",
            "predicate": {"invocation": {"parameters": {"args": {"build-arg:T": token(*value)}}}},
        })),
        Around::Cut(bytes) => {
            let built = first.file("last", "last").build();
            Bundle::of(built.with_blob(0, |blob| blob[..blob.len().saturating_sub(*bytes)].to_vec()))
        }
        Around::WrongSize => {
            let built = first.file("last", "last").build();
            Bundle::of(built.with_manifest(|manifest| manifest["layers"][0]["size"] = json!(7)))
        }
        Around::Encrypted => {
            let media_type = "application/vnd.oci.image.layer.v1.tar+gzip+encrypted";
            // A layer that stands there once: of a blob under two media types a sweep counts one (SHORTCOMINGS.md).
            let built = first.file("last", name).build();
            let last = built.layers.len() - 1;
            Bundle::of(
                built.with_manifest(|manifest| manifest["layers"][last]["mediaType"] = json!(media_type)),
            )
        }
    };
    let digest = desk.registry.push(name, "1", &bundle);
    if let Around::Attached(value) = around {
        let text = json!({"line": format!("token={}", token(*value))}).to_string();
        desk.registry.artifact(name, Some(&digest), ("application/json", text.as_bytes()));
    }
    if let Around::Lost = around {
        let lost = image(steps, *packing, "amd64").file("lost", name).build();
        let digest = lost.layers.last().unwrap().digest.clone();
        desk.registry.push(name, "1", &Bundle::of(lost));
        desk.registry.lose(&digest);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10, max_shrink_iters: 40, ..ProptestConfig::default() })]

    #[test]
    fn a_sweep_says_what_scans_say(
        images in proptest::collection::vec(
            (
                proptest::collection::vec(does(), 0..7),
                prop_oneof![Just(Packing::Gzip), Just(Packing::Zstd), Just(Packing::Plain)],
                around(),
            ),
            1..5,
        ),
    ) {
        let desk = Desk::new(Habits { referrers: Referrers::Listed(10), ..Habits::default() });
        let names: Vec<String> = (0..images.len()).map(|number| format!("image-{number}")).collect();
        names.iter().zip(&images).for_each(|(name, image)| put(&desk, name, image));
        desk.sweep();
        assert_same(&desk, &names.iter().map(|name| format!("{name}:1")).collect::<Vec<_>>());
    }
}
