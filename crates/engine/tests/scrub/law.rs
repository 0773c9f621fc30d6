//! The law `scrub_removes_and_harms_nothing_else`: whatever surface a value is planted on, it is gone afterwards, layers
//! that did not hold it are the same blobs, and a second scrub finds nothing to do.

use std::collections::BTreeSet;

use tightlip_report::Surface;
use tightlip_testkit::{Bundle, Canary};

use crate::common::plants::{By, ROWS, Row, WEAK};
use crate::common::token;
use crate::support::{Bench, leaks, steps};

#[test]
fn scrub_removes_and_harms_nothing_else() {
    let mut wrong = Vec::new();
    for (number, row) in ROWS.iter().enumerate().filter(|(_, row)| row.surface != Surface::Cache) {
        let token = token(number as u64);
        let mut values = vec![token.as_str()];
        if row.by == By::Name {
            values.push(WEAK);
        }
        for value in values {
            if let Err(why) = check(row, value) {
                wrong.push(format!("{} {}: {why}", row.surface.name(), row.place));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_step_is_taken_by_a_law_or_a_test_of_its_own() {
    // Those that no surface leads to, but a file, a manifest or a choice: each has its tests.
    let own =
        ["named-path", "nested-file", "lazy-toc", "toc-annotation", "inline-cache", "loose-blob", "absent"];
    let mut taken: BTreeSet<String> = own.iter().map(|&name| name.to_owned()).collect();
    for (number, row) in ROWS.iter().enumerate().filter(|(number, _)| number % 2 == 0 || *number > 50) {
        taken.extend(steps(&Bench::of(&(row.plant)(&token(number as u64))).plan()));
    }
    for (name, about) in tightlip_engine::scrub::steps() {
        assert!(taken.contains(name), "{name}: {about}");
    }
}

fn check(row: &Row, value: &str) -> Result<(), String> {
    let bundle = (row.plant)(value);
    let bench = Bench::of(&bundle).accepting_gaps();
    let clean = bench.write().map_err(|error| error.to_string())?;
    let still = leaks(&clean.scan());
    if !still.is_empty() {
        return Err(format!("still leaks: {still:?}"));
    }
    let holding = clean.holding(&Canary::of(value));
    if !holding.is_empty() {
        return Err(format!("the value still stands in {holding:?}"));
    }
    untouched(row, &bundle, &clean.bytes)?;
    let again = Bench::of_archive(&clean.bytes).accepting_gaps();
    match again.scrub().map_err(|error| error.to_string())? {
        scrub if scrub.is_clean() => Ok(()),
        scrub => Err(format!("a second scrub would change {:?}", scrub.planned().changes)),
    }
}

/// What did not hold the value is there byte for byte.
fn untouched(row: &Row, bundle: &Bundle, clean: &[u8]) -> Result<(), String> {
    let in_layer = matches!(
        row.surface,
        Surface::File
            | Surface::FileName
            | Surface::LinkTarget
            | Surface::Xattr
            | Surface::TarHeader
            | Surface::Slack
    );
    let blobs = |files: Vec<String>| files.into_iter().filter(|name| name.starts_with("blobs/")).collect();
    let before: BTreeSet<String> = blobs(bundle.oci_files().into_keys().collect());
    let store = tightlip_image::store::Archive::from_bytes(clean.to_vec()).map_err(|e| e.to_string())?;
    let after = tightlip_image::store::Store::blobs(&store).iter().map(|blob| blob.path()).collect();
    let after: BTreeSet<String> = blobs(after);
    let kept = before.intersection(&after).count();
    match (in_layer, kept) {
        // Layer, configuration, manifest: all of a small image changes with its layer.
        (true, _) => Ok(()),
        (false, 0) if before.len() > 2 => Err(format!("nothing of {before:?} is kept in {after:?}")),
        _ => Ok(()),
    }
}

#[test]
fn a_build_cache_is_refused_with_what_to_do() {
    let row = ROWS.iter().find(|row| row.surface == Surface::Cache).expect("a cache is planted");
    let bench = Bench::of(&(row.plant)(&token(1)));
    let plan = bench.plan();
    assert!(!plan.refusals.is_empty() && plan.refusals[0].help.starts_with("delete it"), "{plan:?}");
    assert!(bench.write().is_err() && !bench.out().exists());
}
