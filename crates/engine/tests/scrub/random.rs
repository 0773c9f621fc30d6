//! Random images with random leaks: no value is left in any encoding, what did not hold one is the same, file systems
//! differ only where the plan says, and twice is once.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use tightlip_testkit::{Built, Bundle, Canary, ImageBuilder, Layer, Packing};

use crate::common::token;
use crate::support::{Bench, Files, files, leaks};

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
    Delete(u8),
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
        (path.clone(), seed.clone(), 0_u8..5).prop_map(|(path, seed, encoding)| Step::Leak {
            path,
            seed,
            encoding
        }),
        path.clone().prop_map(Step::Delete),
        seed.clone().prop_map(|seed| Step::Name { seed }),
        (path.clone(), path).prop_map(|(path, target)| Step::Link { path, target }),
        seed.clone().prop_map(|seed| Step::Env { seed }),
        seed.clone().prop_map(|seed| Step::Label { seed }),
        seed.clone().prop_map(|seed| Step::Note { seed }),
        seed.prop_map(|seed| Step::Pax { seed }),
    ]
}

fn written(value: &str, encoding: u8) -> String {
    let hex = |text: &str| text.bytes().map(|byte| format!("{byte:02x}")).collect::<String>();
    match encoding {
        0 => format!("# a\nTOKEN={value}\nB=c\n"),
        1 => format!("data: {}\n", STANDARD.encode(format!("TOKEN={value}\n"))),
        2 => format!("hex {}\n", hex(value)),
        3 => format!("{{\"url\":\"https://u:{value}@h/x\"}}\n"),
        _ => format!("machine h login u password {value}\n"),
    }
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
        Step::Delete(path) => image.delete(&name(*path)),
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

/// The files of a layer without the values in names and bodies, which are filler afterwards.
fn masked(files: Files) -> Vec<(String, Vec<u8>)> {
    let all: Vec<String> = (0..4).map(token).collect();
    let mask =
        |text: String| all.iter().fold(text, |text, value| text.replace(value, &"x".repeat(value.len())));
    let one = |(path, (_, body)): (String, (_, Vec<u8>))| {
        (mask(path), mask(String::from_utf8_lossy(&body).into_owned()).into_bytes())
    };
    files.into_iter().map(one).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn random_images_are_clean_afterwards_and_otherwise_the_same(
        steps in prop::collection::vec(step(), 1..8),
        packing in prop_oneof![Just(Packing::Plain), Just(Packing::Gzip), Just(Packing::Zstd)],
    ) {
        let image = build(&steps, packing);
        let bench = Bench::of(&Bundle::of(image.clone()));
        let scrub = bench.scrub().unwrap();
        if scrub.is_clean() {
            return Ok(());
        }
        let clean = bench.write().unwrap();
        prop_assert!(leaks(&clean.scan()).is_empty());
        // A value that no rule saw anywhere may stay; those that were seen may not, in no encoding.
        let goes = clean.receipt.plan.secrets.len();
        let left = (0..4).map(token).filter(|value| !clean.holding(&Canary::of(value)).is_empty()).count();
        let seen: BTreeSet<u64> = steps.iter().filter_map(seed).collect();
        prop_assert!(left + goes <= seen.len(), "{left} left, {goes} gone of {seen:?}");
        for (at, layer) in image.layers.iter().enumerate() {
            let now = &clean.layers()[at];
            let old = files(&mut layer.blob.as_slice());
            if clean.receipt.layers.contains_key(&layer.digest) {
                compare(masked(old), masked(clean.files(at)))?;
            } else {
                prop_assert_eq!(now, &layer.digest);
            }
        }
        let again = Bench::of_archive(&clean.bytes);
        prop_assert!(again.scrub().unwrap().is_clean());
    }
}

fn seed(step: &Step) -> Option<u64> {
    match step {
        Step::Leak { seed, .. }
        | Step::Name { seed }
        | Step::Env { seed }
        | Step::Label { seed }
        | Step::Note { seed }
        | Step::Pax { seed } => Some(*seed),
        Step::Files(_) | Step::Delete(_) | Step::Link { .. } => None,
    }
}

/// The same names, and bodies of the same length that differ only in filler.
fn compare(old: Vec<(String, Vec<u8>)>, new: Vec<(String, Vec<u8>)>) -> Result<(), TestCaseError> {
    prop_assert_eq!(old.len(), new.len());
    for ((path, body), (new_path, new_body)) in old.into_iter().zip(new) {
        prop_assert_eq!(path, new_path);
        prop_assert_eq!(body.len(), new_body.len());
        let other = body.iter().zip(&new_body).filter(|(a, b)| a != b && **b != b'x').count();
        prop_assert_eq!(other, 0);
    }
    Ok(())
}
