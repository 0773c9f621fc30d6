//! Finds the instruction that made each step of an image's history.

use std::collections::BTreeMap;

use crate::Document;
use crate::agree::{Agreement, Context, agreement};
use crate::scope::Scopes;
use crate::step::{Step, parse_created_by};

/// A history and a lineage longer than this are not compared: no real build has so many steps.
const LONGEST: usize = 2000;

/// More stages than this are not tried.
const MOST_STAGES: usize = 64;

/// Steps at the end that no instruction made, at most: labels given on the command line, triggers of the base.
const STRANGERS: usize = 64;

/// For each `created_by` text of a history (oldest first) the instruction that made it, as an index into the
/// document's instructions.
///
/// The image was built from stage `target`, or from the last one. Its steps are at the end of the history, in order;
/// those of the base image come first and stay `None`, and so does everything whose keyword and text do not agree
/// with an instruction of that stage or of a stage that it is `FROM`.
#[must_use]
pub fn locate(document: &Document, target: Option<&str>, created_by: &[&str]) -> Vec<Option<usize>> {
    let scopes = Scopes::of(document, BTreeMap::new());
    match scopes.stages().target(target) {
        Some(stage) => search(document, &scopes.stages().steps(stage.index), created_by).1,
        None => vec![None; created_by.len()],
    }
}

/// The same when nobody knows the target: the stage whose instructions agree best, and what [`locate`] finds for it.
/// Where several agree as well, the last one; `None` when not one step agrees with any.
#[must_use]
pub fn locate_stage(document: &Document, created_by: &[&str]) -> Option<(usize, Vec<Option<usize>>)> {
    let scopes = Scopes::of(document, BTreeMap::new());
    let stages = tail(scopes.stages().all(), MOST_STAGES).iter();
    let found =
        stages.map(|stage| (stage.index, search(document, &scopes.stages().steps(stage.index), created_by)));
    let (stage, (score, found)) = found.max_by_key(|(_, (score, _))| *score)?;
    (score > 0).then_some((stage, found))
}

/// Looks for the steps among `instructions`; gives the sum of the scores too.
fn search(document: &Document, instructions: &[usize], created_by: &[&str]) -> (u32, Vec<Option<usize>>) {
    let instructions = tail(instructions, LONGEST);
    let window = (instructions.len() + STRANGERS).min(LONGEST);
    let first = created_by.len().saturating_sub(window);
    let texts = tail(created_by, window);
    let steps: Vec<Step> = texts.iter().map(|text| parse_created_by(text)).collect();
    let makers = makers(document, instructions);
    let score = |step: usize, maker: usize| -> u32 {
        match (steps.get(step), texts.get(step), makers.get(maker)) {
            (Some(step), Some(text), Some(maker)) => agreement(maker, step, text),
            _ => 0,
        }
    };
    let mut found = vec![None; created_by.len()];
    let mut sum = 0u32;
    for (step, maker) in align(steps.len(), instructions.len(), &score) {
        sum = sum.saturating_add(score(step, maker));
        if let (Some(slot), Some(instruction)) = (found.get_mut(first + step), instructions.get(maker)) {
            *slot = Some(*instruction);
        }
    }
    (sum, found)
}

fn tail<T>(all: &[T], length: usize) -> &[T] {
    all.get(all.len().saturating_sub(length)..).unwrap_or(all)
}

/// The instructions with what they need from those before: the shell and the working directory.
fn makers<'d>(document: &'d Document, instructions: &[usize]) -> Vec<Agreement<'d>> {
    let mut makers = Vec::new();
    let mut context = Context::default();
    for instruction in instructions.iter().filter_map(|index| document.instructions().get(*index)) {
        makers.push(Agreement::new(instruction, document.escape(), &mut context));
    }
    makers
}

/// The pairs (step, maker) of the alignment with the highest sum of scores; both rise. Where several are as good,
/// the one that lies nearest to the end.
fn align(steps: usize, makers: usize, score: &dyn Fn(usize, usize) -> u32) -> Vec<(usize, usize)> {
    let width = makers + 1;
    let mut best = vec![0u32; (steps + 1) * width];
    let at = |step: usize, maker: usize| step * width + maker;
    for step in (0..steps).rev() {
        for maker in (0..makers).rev() {
            let here = score(step, maker);
            let skip = best[at(step + 1, maker)].max(best[at(step, maker + 1)]);
            let take = if here > 0 { here.saturating_add(best[at(step + 1, maker + 1)]) } else { 0 };
            best[at(step, maker)] = skip.max(take);
        }
    }
    let (mut pairs, mut step, mut maker) = (Vec::new(), 0, 0);
    while step < steps && maker < makers {
        let here = best[at(step, maker)];
        if here == best[at(step + 1, maker)] {
            step += 1;
        } else if here == best[at(step, maker + 1)] {
            maker += 1;
        } else {
            pairs.push((step, maker));
            step += 1;
            maker += 1;
        }
    }
    pairs
}
