//! Images of every shape that tools and attackers write, with values wherever bytes can stand: only the values change.
//!
//! The law is about bytes, and knows nothing of how layers are read: a layer that changed is the old one with filler in the
//! place of the values, and with checksums of headers that hold.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read as _, Write as _};

use proptest::prelude::*;
use serde_json::{Value, json};
use tightlip_engine::scrub::Nested;
use tightlip_testkit::{Built, Bundle, Canary, ImageBuilder, Layer, LongNames, Packing};

use crate::common::token;
use crate::support::{Bench, Clean, leaks};

/// A place for a value, or something beside it that must stay.
#[derive(Clone, Debug)]
enum Shape {
    /// In the body of a file, so far from its beginning: across the border of a block, too.
    Body(usize),
    /// In the zero bytes behind a body.
    Padding,
    /// In the field of the name, behind its end.
    AfterName,
    /// Behind the end of the archive.
    Tail(usize),
    /// In a name of more than a header holds.
    Long(LongNames, usize),
    /// In the target of a link that is longer than that.
    LongLink(LongNames, usize),
    /// In a record of PAX.
    Record(&'static str),
    /// In a global header.
    Global,
    /// In sparse files, as GNU and as POSIX write them.
    OldSparse(usize),
    NewSparse(usize),
    /// In the first and in the second of two entries with one path.
    FirstOfTwo,
    LastOfTwo,
    /// In a file that has another name, in its layer and in the next one.
    Linked,
    /// Nothing of it: whiteouts, opaque folders, other files.
    Deletes,
    Opaque,
    Harmless(usize),
}

fn shape() -> impl Strategy<Value = Shape> {
    let names = || prop_oneof![Just(LongNames::Pax), Just(LongNames::Gnu)];
    let records = ["SCHILY.xattr.user.note", "comment", "uname", "LIBARCHIVE.xattr.a", "GNU.dumpdir"];
    prop_oneof![
        3 => (440_usize..530).prop_map(Shape::Body),
        1 => Just(Shape::Padding),
        1 => Just(Shape::AfterName),
        1 => (0_usize..1100).prop_map(Shape::Tail),
        2 => (names(), 40_usize..200).prop_map(|(names, at)| Shape::Long(names, at)),
        2 => (names(), 40_usize..200).prop_map(|(names, at)| Shape::LongLink(names, at)),
        1 => (0..records.len()).prop_map(move |at| Shape::Record(records[at])),
        1 => Just(Shape::Global),
        1 => (400_usize..530).prop_map(Shape::OldSparse),
        1 => (400_usize..530).prop_map(Shape::NewSparse),
        1 => Just(Shape::FirstOfTwo),
        1 => Just(Shape::LastOfTwo),
        1 => Just(Shape::Linked),
        1 => Just(Shape::Deletes),
        1 => Just(Shape::Opaque),
        2 => (1_usize..3000).prop_map(Shape::Harmless),
    ]
}

/// How a layer is stored.
#[derive(Clone, Copy, Debug)]
enum Envelope {
    Plain,
    Gzip,
    Zstd,
    /// gzip of another level, with a name and a comment in its header; the comment holds a value if there is one.
    Foreign(Option<u64>),
    /// gzip in several members, with one that is empty.
    Members,
    /// Frames of zstd of another level, one of them to be skipped, which may hold a value.
    Frames(Option<u64>),
    /// gzip, and bytes behind it.
    Trailed(u64),
}

fn envelope() -> impl Strategy<Value = Envelope> {
    let seed = || prop::option::of(0..SEEDS);
    prop_oneof![
        Just(Envelope::Plain),
        Just(Envelope::Gzip),
        Just(Envelope::Zstd),
        seed().prop_map(Envelope::Foreign),
        Just(Envelope::Members),
        seed().prop_map(Envelope::Frames),
        (0..SEEDS).prop_map(Envelope::Trailed),
    ]
}

const SEEDS: u64 = 4;

/// A layer: shapes with the value of each, and how it is stored.
type Recipe = (Vec<(Shape, u64)>, Envelope);

fn recipe() -> impl Strategy<Value = Recipe> {
    (prop::collection::vec((shape(), 0..SEEDS), 1..5), envelope())
}

fn numbered(number: usize, (layer, later): (Layer, &mut Vec<String>), (shape, seed): &(Shape, u64)) -> Layer {
    let value = token(*seed);
    let text = |before: usize| format!("{}\nT={value}\n", "a".repeat(before));
    let long = |at: usize| format!("{number}{}/{value}/f", "d".repeat(at));
    let named = |layer: Layer, names: LongNames| layer.with(|member| member.long_names = names);
    let name = format!("f{number}");
    match shape {
        Shape::Body(before) => layer.file(&name, text(*before)),
        Shape::Padding => layer.file(&name, "x").with(|member| member.padding = value.into_bytes()),
        Shape::AfterName => layer.file(&name, "x").with(|member| member.after_name = value.into_bytes()),
        Shape::Tail(before) => layer.tail(text(*before)),
        Shape::Long(names, at) => named(layer.file(long(*at), "x"), *names),
        Shape::LongLink(names, at) => named(layer.symlink(&name, long(*at)), *names),
        Shape::Record(key) => {
            layer.file(&name, "x").with(|member| member.pax.push(((*key).to_owned(), value.into_bytes())))
        }
        Shape::Global => {
            let body = format!("comment={value}\n");
            // A record counts itself: two digits and a blank.
            let record = format!("{} {body}", body.len() + 3);
            layer.file("g", record).with(|member| member.kind = b'g')
        }
        Shape::OldSparse(before) => layer.gnu_sparse(&name, text(*before)),
        Shape::NewSparse(before) => layer.pax_sparse(&name, text(*before)),
        Shape::FirstOfTwo => layer.file(&name, text(3)).file(&name, "another"),
        Shape::LastOfTwo => layer.file(&name, "another").file(&name, text(3)),
        Shape::Linked => {
            later.push(name.clone());
            layer.file(&name, text(5)).hard_link(&format!("l{number}"), &name)
        }
        Shape::Deletes => layer.whiteout("f1").whiteout("d/gone"),
        Shape::Opaque => layer.opaque("d").file(format!("d/{number}"), "new"),
        Shape::Harmless(length) => layer.file(format!("d/{number}"), vec![b'h'; *length]),
    }
}

fn layers(recipes: &[Recipe], image: ImageBuilder) -> ImageBuilder {
    let mut later: Vec<String> = Vec::new();
    recipes.iter().enumerate().fold(image, |image, (at, (shapes, envelope))| {
        let links = std::mem::take(&mut later);
        let layer = links.iter().fold(Layer::new(), |l, name| l.hard_link(&format!("up-{name}"), name));
        let layer = shapes
            .iter()
            .enumerate()
            .fold(layer, |layer, (number, shape)| numbered(at * 10 + number, (layer, &mut later), shape));
        let packing = match envelope {
            Envelope::Plain => Packing::Plain,
            Envelope::Zstd | Envelope::Frames(_) => Packing::Zstd,
            _ => Packing::Gzip,
        };
        image.packing(packing).step("COPY . /", layer)
    })
}

fn wrapped(blob: Vec<u8>, envelope: Envelope) -> Vec<u8> {
    let tar = unpacked(&blob);
    let (half, rest) = tar.split_at(tar.len() / 2);
    let gzip = |bytes: &[u8], level, comment: &str| {
        let header = flate2::GzBuilder::new().filename("layer.tar").comment(comment).mtime(77);
        let mut out = header.write(Vec::new(), flate2::Compression::new(level));
        out.write_all(bytes).unwrap();
        out.finish().unwrap()
    };
    let said = |seed: Option<u64>| seed.map_or_else(|| "nothing".to_owned(), token);
    match envelope {
        Envelope::Plain | Envelope::Gzip | Envelope::Zstd => blob,
        Envelope::Foreign(seed) => gzip(&tar, 9, &said(seed)),
        Envelope::Members => [gzip(half, 1, ""), gzip(b"", 1, ""), gzip(rest, 0, "")].concat(),
        Envelope::Frames(seed) => {
            let text = said(seed).into_bytes();
            let length = u32::try_from(text.len()).unwrap().to_le_bytes();
            let skipped = [&0x184D_2A53_u32.to_le_bytes()[..], &length, &text].concat();
            let frame = |bytes: &[u8]| zstd::encode_all(bytes, 12).unwrap();
            [frame(half), skipped, frame(rest)].concat()
        }
        Envelope::Trailed(seed) => [blob, format!("\nT={}\n", token(seed)).into_bytes()].concat(),
    }
}

/// The tar stream of a blob.
fn unpacked(blob: &[u8]) -> Vec<u8> {
    let mut tar = Vec::new();
    match blob {
        [0x1f, 0x8b, ..] => drop(flate2::read::MultiGzDecoder::new(blob).read_to_end(&mut tar)),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => tar = zstd::decode_all(blob).unwrap(),
        _ => tar.extend_from_slice(blob),
    }
    tar
}

/// One platform: the layers that all have, and its own.
fn platform(number: usize, common: &[Recipe], own: &[Recipe]) -> Built {
    let architecture = ["amd64", "arm64", "riscv64", "s390x"][number];
    let recipes = [common, own].concat();
    let image = layers(&recipes, ImageBuilder::new().architecture(architecture)).build();
    recipes
        .iter()
        .enumerate()
        .fold(image, |image, (at, (_, envelope))| image.with_blob(at, |blob| wrapped(blob, *envelope)))
}

fn statement(of: &Built, value: Option<String>) -> Value {
    json!({"_type": "https://in-toto.io/Statement/v0.1", "predicateType": "https://slsa.dev/provenance/v0.2",
        "subject": [{"name": "app", "digest": {"sha256": of.digest().replace("sha256:", "")}}],
        "predicate": {"invocation": {"parameters": {"args": {"build-arg:TOKEN": value}}}}})
}

proptest! {
    #![proptest_config(ProptestConfig { cases: crate::random::cases(), ..ProptestConfig::default() })]

    #[test]
    fn of_images_of_every_shape_only_the_values_change(
        common in prop::collection::vec(recipe(), 0..2),
        owns in prop::collection::vec(prop::collection::vec(recipe(), 1..3), 1..4),
        attested in prop::collection::vec(prop::option::of(prop::option::of(0..SEEDS)), 4),
        nested in any::<bool>(),
    ) {
        let images: Vec<Built> =
            owns.iter().enumerate().map(|(number, own)| platform(number, &common, own)).collect();
        let mut bundle = Bundle::default();
        for (image, about) in images.iter().zip(&attested) {
            bundle = bundle.and(image.clone());
            if let Some(seed) = about {
                bundle = bundle.attest(statement(image, seed.map(token)));
            }
        }
        if nested {
            bundle = bundle.nested();
        }
        let bench = Bench::of(&bundle).with(|request| request.nested = Nested::Drop);
        if bench.scrub().unwrap().is_clean() {
            let layers = images.iter().flat_map(|image| &image.layers);
            prop_assert!(layers.into_iter().all(|layer| value_in(&layer.blob).is_none()));
            return Ok(());
        }
        let clean = bench.write().unwrap();
        let report = clean.scan();
        prop_assert!(leaks(&report).is_empty() && report.gaps.is_empty(), "{:?}", report);
        for value in (0..SEEDS).map(token) {
            prop_assert_eq!(clean.holding(&Canary::of(&value)), Vec::<String>::new());
        }
        only_values_changed(&images, &clean)?;
        attestations_of_what_stayed(&images, &attested, &clean)?;
        prop_assert!(Bench::of_archive(&clean.bytes).scrub().unwrap().is_clean());
    }
}

/// The manifests of an archive by platform, with their digests, and what each attestation is about.
fn manifests(clean: &Clean) -> (BTreeMap<String, (String, Value)>, Vec<String>) {
    let index = clean.index();
    let top = &index["manifests"][0];
    let is_index = top["mediaType"].as_str().unwrap().contains("index");
    let index = if is_index { clean.named(top) } else { index };
    let (mut images, mut about) = (BTreeMap::new(), Vec::new());
    for entry in index["manifests"].as_array().unwrap() {
        let digest = entry["digest"].as_str().unwrap().to_owned();
        match entry["annotations"]["vnd.docker.reference.digest"].as_str() {
            Some(subject) => about.push(subject.to_owned()),
            None => {
                let platform = entry["platform"]["architecture"].as_str().unwrap().to_owned();
                images.insert(platform, (digest, clean.named(entry)));
            }
        }
    }
    (images, about)
}

fn only_values_changed(images: &[Built], clean: &Clean) -> Result<(), TestCaseError> {
    let (now, _) = manifests(clean);
    prop_assert_eq!(now.len(), images.len());
    let mut made = BTreeMap::new();
    for image in images {
        let (digest, manifest) = &now[&image.platform.1];
        let mut changed = false;
        for (layer, descriptor) in image.layers.iter().zip(manifest["layers"].as_array().unwrap()) {
            let new = descriptor["digest"].as_str().unwrap();
            changed |= new != layer.digest;
            if new == layer.digest {
                prop_assert_eq!(value_in(&layer.blob), None, "a layer that holds a value is the old one");
                continue;
            }
            prop_assert!(clean.receipt.layers.contains_key(&layer.digest));
            // The same layer becomes the same one, whatever platform has it.
            prop_assert_eq!(made.entry(layer.digest.clone()).or_insert_with(|| new.to_owned()), new);
            let blob = clean.blob(descriptor);
            prop_assert_eq!(blob.first_chunk::<2>(), layer.blob.first_chunk::<2>());
            same_tar(&unpacked(&layer.blob), &unpacked(&blob))?;
        }
        prop_assert_eq!(&image.digest() == digest, !changed);
    }
    Ok(())
}

/// A value in a blob or its tar stream.
fn value_in(blob: &[u8]) -> Option<String> {
    let tar = unpacked(blob);
    let holds = |bytes: &[u8], value: &str| bytes.windows(value.len()).any(|w| w == value.as_bytes());
    (0..SEEDS).map(token).find(|value| holds(blob, value) || holds(&tar, value))
}

const CHECKSUM: std::ops::Range<usize> = 148..156;

/// The old stream with filler for values is the new one, but for the checksums of headers that changed and for what a name
/// that was cut off in its header has of a value.
fn same_tar(old: &[u8], new: &[u8]) -> Result<(), TestCaseError> {
    prop_assert_eq!(old.len(), new.len());
    let mut masked = old.to_vec();
    for value in (0..SEEDS).map(token) {
        let at: Vec<usize> = (0..old.len()).filter(|at| old[*at..].starts_with(value.as_bytes())).collect();
        at.into_iter().for_each(|at| masked[at..at + value.len()].fill(b'x'));
    }
    let differ: Vec<usize> = (0..old.len()).filter(|at| masked[*at] != new[*at]).collect();
    let mut blocks = BTreeSet::new();
    for at in differ.iter().filter(|at| !CHECKSUM.contains(&(*at % 512))) {
        let field = if at % 512 < 100 { 0..100 } else { 157..257 };
        prop_assert!(field.contains(&(at % 512)) && new[*at] == b'x', "byte {at} of {}", old.len());
        blocks.insert((at / 512 * 512 + field.start, at / 512 * 512 + field.end));
    }
    for (start, end) in blocks {
        let from = (start..end).rev().take_while(|at| new[*at] == b'x').last().unwrap_or(end);
        let is_piece = (0..SEEDS).map(token).any(|value| value.as_bytes().starts_with(&old[from..end]));
        prop_assert!(is_piece, "{}", String::from_utf8_lossy(&old[start..end]));
    }
    let mut archive = tar::Archive::new(new);
    for entry in archive.entries().unwrap() {
        prop_assert!(entry.is_ok(), "a header does not hold: {:?}", entry.err());
    }
    no_piece_in_names(new)
}

/// Of a name that is longer than its header no beginning of a value is left in there.
fn no_piece_in_names(tar: &[u8]) -> Result<(), TestCaseError> {
    for block in tar.chunks_exact(512).filter(|block| &block[257..262] == b"ustar") {
        for field in [&block[..100], &block[157..257]] {
            for value in (0..SEEDS).map(token) {
                // Shorter ones say no more than the prefix of its kind, which is public.
                let piece = (12..value.len()).find(|length| field.ends_with(&value.as_bytes()[..*length]));
                prop_assert_eq!(piece, None, "{}", String::from_utf8_lossy(field));
            }
        }
    }
    Ok(())
}

fn attestations_of_what_stayed(
    images: &[Built],
    attested: &[Option<Option<u64>>],
    clean: &Clean,
) -> Result<(), TestCaseError> {
    let (now, about) = manifests(clean);
    let stays = |(image, about): &(&Built, &Option<Option<u64>>)| {
        *about == &Some(None) && now[&image.platform.1].0 == image.digest()
    };
    let expected: BTreeSet<String> =
        images.iter().zip(attested).filter(stays).map(|(image, _)| image.digest()).collect();
    prop_assert_eq!(about.into_iter().collect::<BTreeSet<_>>(), expected);
    Ok(())
}
