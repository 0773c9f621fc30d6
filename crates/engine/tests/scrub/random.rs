//! Random images with random leaks: no value is left in any encoding, what did not hold one is the same, file systems and
//! documents differ only where the plan says, and twice is once.
//!
//! `PROPTEST_CASES` says how many; every run tries others.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use serde_json::Value;
use tightlip_engine::scrub::{Change, Nested};
use tightlip_engine::{KnownValue, Quiet, scan};
use tightlip_image::EntryKind;
use tightlip_testkit::{Built, Bundle, Canary, ImageBuilder, Layer, Packing};

use crate::common::{request, scan_bundle, token};
use crate::support::{Bench, Clean, Files, files, leaks};

/// What an image is made of, one step after the other.
#[derive(Clone, Debug)]
enum Step {
    /// A layer with harmless files.
    Files(Vec<(u8, u8)>),
    /// A file with a value, in some encoding, in the middle of other text.
    Leak {
        path: u8,
        seed: u64,
        encoding: u8,
    },
    /// The same in a compressed file.
    Packed {
        path: u8,
        seed: u64,
        encoding: u8,
    },
    Delete(u8),
    /// All of the folder.
    Opaque,
    Name {
        seed: u64,
    },
    Link {
        path: u8,
        target: u8,
    },
    Env {
        seed: u64,
    },
    Label {
        seed: u64,
    },
    Note {
        seed: u64,
    },
    Pax {
        seed: u64,
    },
}

fn step() -> impl Strategy<Value = Step> {
    let (path, seed) = (0_u8..6, 0_u64..4);
    prop_oneof![
        prop::collection::vec((path.clone(), any::<u8>()), 1..4).prop_map(Step::Files),
        (path.clone(), seed.clone(), 0..ENCODINGS).prop_map(|(path, seed, encoding)| Step::Leak {
            path,
            seed,
            encoding
        }),
        (path.clone(), seed.clone(), 0..ENCODINGS).prop_map(|(path, seed, encoding)| Step::Packed {
            path,
            seed,
            encoding
        }),
        path.clone().prop_map(Step::Delete),
        Just(Step::Opaque),
        seed.clone().prop_map(|seed| Step::Name { seed }),
        (path.clone(), path).prop_map(|(path, target)| Step::Link { path, target }),
        seed.clone().prop_map(|seed| Step::Env { seed }),
        seed.clone().prop_map(|seed| Step::Label { seed }),
        seed.clone().prop_map(|seed| Step::Note { seed }),
        seed.prop_map(|seed| Step::Pax { seed }),
    ]
}

const ENCODINGS: u8 = 10;

fn written(value: &str, encoding: u8) -> Vec<u8> {
    let hex = |text: &str| text.bytes().map(|byte| format!("{byte:02x}")).collect::<String>();
    let percent = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
    let wrapped = |text: &str| {
        let lines = text.as_bytes().chunks(24).map(|line| String::from_utf8_lossy(line).into_owned());
        lines.collect::<Vec<_>>().join("\n")
    };
    let text = match encoding {
        0 => format!("# a\nTOKEN={value}\nB=c\n"),
        1 => format!("data: {}\n", STANDARD.encode(format!("TOKEN={value}\n"))),
        2 => format!("hex {}\n", hex(value)),
        3 => format!("{{\"url\":\"https://u:{value}@h/x\"}}\n"),
        4 => format!("machine h login u password {value}\n"),
        5 => format!("see https://h/?q={}&r=1\n", percent(value)),
        6 => format!("twice: {}\n", STANDARD.encode(STANDARD.encode(format!("a {value} b")))),
        7 => format!("key: |\n{}\nend\n", wrapped(&STANDARD.encode(format!("so it is {value} and on")))),
        8 => format!("{{\"a\":\"x\\n{value}\\n\"}}\n"),
        _ => return format!("TOKEN={value}\n").encode_utf16().flat_map(u16::to_le_bytes).collect(),
    };
    text.into_bytes()
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

fn build(steps: &[Step], packing: Packing) -> Built {
    let name = |path: u8| format!("d/{path}");
    let first = ImageBuilder::new().packing(packing).file("d/0", "always");
    let image = steps.iter().fold(first, |image: ImageBuilder, step| match step {
        Step::Files(list) => {
            let layer = list.iter().fold(Layer::new(), |l, (path, body)| l.file(name(*path), [*body; 20]));
            image.step("COPY x /", layer)
        }
        Step::Leak { path, seed, encoding } => image.file(&name(*path), written(&token(*seed), *encoding)),
        Step::Packed { path, seed, encoding } => {
            image.file(&name(*path), packed(&written(&token(*seed), *encoding)))
        }
        Step::Delete(path) => image.delete(&name(*path)),
        Step::Opaque => image.step("RUN x", Layer::new().opaque("d").file("d/new", "n")),
        Step::Name { seed } => image.file(&format!("n/{}/f", token(*seed)), "x"),
        Step::Link { path, target } => image.step(
            "RUN ln",
            Layer::new().file(name(*target), "linked").hard_link(&format!("l/{path}"), &name(*target)),
        ),
        Step::Env { seed } => image.env("SOME_TOKEN", &token(*seed)),
        Step::Label { seed } => image.label("about", &format!("see {} there", token(*seed))),
        Step::Note { seed } => image.note(&format!("RUN |1 T={} /bin/sh -c make", token(*seed))),
        Step::Pax { seed } => {
            let layer = Layer::new().file("p", "x").with(|member| {
                member.pax.push(("SCHILY.xattr.user.note".to_owned(), token(*seed).into_bytes()));
            });
            image.step("COPY p /", layer)
        }
    });
    image.build()
}

/// How many seeds there are: each is a value.
const SEEDS: u64 = 4;

/// The text with every value replaced by filler.
fn masked(text: &str) -> String {
    (0..SEEDS).map(token).fold(text.to_owned(), |text, value| text.replace(&value, &"x".repeat(value.len())))
}

/// A path as the plan spells it, with filler for what it masks.
fn planned(path: &str) -> String {
    path.replace("‹masked›", &"x".repeat(token(0).len()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), ..ProptestConfig::default() })]

    #[test]
    fn random_images_are_clean_afterwards_and_otherwise_the_same(
        steps in prop::collection::vec(step(), 1..8),
        packing in prop_oneof![Just(Packing::Plain), Just(Packing::Gzip), Just(Packing::Zstd)],
    ) {
        let image = build(&steps, packing);
        let bench = Bench::of(&Bundle::of(image.clone())).with(|request| request.nested = Nested::Drop);
        let scrub = bench.scrub().unwrap();
        if scrub.is_clean() {
            return Ok(());
        }
        let clean = bench.write().unwrap();
        prop_assert!(leaks(&clean.scan()).is_empty());
        no_value_is_left(&clean)?;
        same_layers(&image, &clean)?;
        same_files(&image, &clean)?;
        same_config(&image, &clean)?;
        let again = Bench::of_archive(&clean.bytes);
        prop_assert!(again.scrub().unwrap().is_clean());
    }
}

pub(crate) fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(24)
}

/// The identity of the value of a seed, as a scan of something else gives it.
fn identity(seed: u64) -> String {
    let image = ImageBuilder::new().file("a.env", format!("TOKEN={}\n", token(seed))).build();
    scan_bundle(&Bundle::of(image)).findings[0].identity.clone()
}

/// A value that no rule saw anywhere stays, and nobody said that it would go. Those that were seen are nowhere any more:
/// not as they are, and not for a scan that knows them, in no encoding and no container.
fn no_value_is_left(clean: &Clean) -> Result<(), TestCaseError> {
    let gone: BTreeSet<&str> =
        clean.receipt.plan.secrets.iter().map(|secret| secret.identity.as_str()).collect();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clean.tar");
    std::fs::write(&path, &clean.bytes).unwrap();
    let mut knowing = request(path.to_str().unwrap());
    let mut seen = 0;
    for seed in (0..SEEDS).filter(|seed| gone.contains(identity(*seed).as_str())) {
        seen += 1;
        prop_assert_eq!(clean.holding(&Canary::of(&token(seed))), Vec::<String>::new());
        knowing.known.push(KnownValue::new("V", token(seed).into_bytes().into()).unwrap());
    }
    prop_assert_eq!(seen, gone.len());
    let report = scan(&knowing, &Quiet).unwrap();
    prop_assert_eq!(
        report.findings.iter().filter(|f| f.rule == "known-value").count(),
        0,
        "{:?}",
        report.findings
    );
    prop_assert!(report.gaps.is_empty());
    Ok(())
}

/// A layer of which the receipt says nothing is the old blob.
fn same_layers(image: &Built, clean: &Clean) -> Result<(), TestCaseError> {
    let now = clean.layers();
    prop_assert_eq!(now.len(), image.layers.len());
    for (layer, now) in image.layers.iter().zip(now) {
        match clean.receipt.layers.get(&layer.digest) {
            Some(new) => prop_assert_eq!(&new.digest, &now),
            None => prop_assert_eq!(&layer.digest, &now),
        }
    }
    Ok(())
}

/// The same entries with the same bodies, but where the plan says otherwise; and nothing that was hidden shows.
fn same_files(image: &Built, clean: &Clean) -> Result<(), TestCaseError> {
    let (mut before, mut after, mut cut) = (Vec::new(), Vec::new(), BTreeSet::new());
    for (at, layer) in image.layers.iter().enumerate() {
        let changes = clean.receipt.plan.changes.iter().filter(|c| c.layer.as_deref() == Some(&layer.digest));
        let changes: Vec<&Change> = changes.collect();
        let old = masked_names(files(&mut layer.blob.as_slice()));
        let new = clean.files(at);
        prop_assert!(new.keys().all(|path| old.contains_key(path)));
        for (path, (_, body)) in &old {
            let listed: Vec<&str> = changes
                .iter()
                .filter(|change| change.path.as_deref().is_some_and(|listed| planned(listed) == *path))
                .map(|change| change.what.as_str())
                .collect();
            if let Some((_, new)) = new.get(path) {
                prop_assert!(
                    body == new || !listed.is_empty(),
                    "{path} changed and is not listed: {changes:?}"
                );
                prop_assert_eq!(body.len(), new.len());
                let zero = listed.iter().any(|what| what.contains("zero bytes"));
                let other =
                    body.iter().zip(new).filter(|(a, b)| a != b && **b != if zero { 0 } else { b'x' });
                prop_assert_eq!(other.count(), 0, "{}", path);
            } else {
                prop_assert!(
                    listed.iter().any(|what| what.contains("cut out")),
                    "{path} is gone: {changes:?}"
                );
                cut.insert(path.clone());
            }
        }
        before.push(old);
        after.push(new);
    }
    let (before, after) = (visible(&before), visible(&after));
    prop_assert!(after.is_subset(&before));
    prop_assert!(before.difference(&after).all(|path| cut.contains(path)));
    Ok(())
}

/// The entries under the names that they have afterwards. What a link names is a name too.
fn masked_names(files: Files) -> Files {
    let text =
        |bytes: Vec<u8>| String::from_utf8(bytes).map(|text| masked(&text).into_bytes()).unwrap_or_default();
    let one = |(path, (kind, body)): (String, (EntryKind, Vec<u8>))| {
        let body = if kind == EntryKind::HardLink { text(body) } else { body };
        (masked(&path), (kind, body))
    };
    files.into_iter().map(one).collect()
}

/// The paths of files that a container of these layers shows.
fn visible(layers: &[Files]) -> BTreeSet<String> {
    let mut shown = BTreeSet::new();
    for layer in layers {
        for path in layer.keys() {
            let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
            let gone = match name.strip_prefix(".wh.") {
                Some(".wh..opq") => folder.to_owned(),
                Some(name) => format!("{folder}/{name}"),
                None => continue,
            };
            shown.retain(|path: &String| *path != gone && !path.starts_with(&format!("{gone}/")));
        }
        let added =
            layer.keys().filter(|path| !path.rsplit('/').next().is_some_and(|n| n.starts_with(".wh.")));
        shown.extend(added.cloned());
    }
    shown
}

/// The configuration, string by string, but for those that the plan lists and for the layers that changed.
fn same_config(image: &Built, clean: &Clean) -> Result<(), TestCaseError> {
    let (mut old, mut new) = (BTreeMap::new(), BTreeMap::new());
    strings(&serde_json::from_slice(&image.config).unwrap(), String::new(), &mut old);
    strings(&clean.config(), String::new(), &mut new);
    prop_assert_eq!(old.keys().collect::<Vec<_>>(), new.keys().collect::<Vec<_>>());
    let listed: BTreeSet<&str> =
        clean.receipt.plan.changes.iter().filter_map(|c| c.pointer.as_deref()).collect();
    for (pointer, old) in old.iter().filter(|(pointer, _)| !pointer.starts_with("/rootfs/diff_ids")) {
        let now = &new[pointer];
        prop_assert!(old == now || listed.contains(pointer.as_str()), "{pointer} is not listed");
        prop_assert_eq!(&masked(old), now);
    }
    Ok(())
}

fn strings(value: &Value, pointer: String, out: &mut BTreeMap<String, String>) {
    match value {
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(at, item)| strings(item, format!("{pointer}/{at}"), out));
        }
        Value::Object(members) => {
            members.iter().for_each(|(name, item)| strings(item, format!("{pointer}/{name}"), out));
        }
        Value::String(text) => drop(out.insert(pointer, text.clone())),
        other => drop(out.insert(pointer, other.to_string())),
    }
}
