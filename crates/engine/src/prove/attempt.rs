//! Builds a stage and looks through what comes out. What fails is tried in another way, so that one step says nothing
//! about the others.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use tightlip_report::proof::Way;
use tightlip_report::{Exposure, Introduced, Surface};

use super::ProveError;
use super::altered::{Altered, can_go_on};
use super::building::{End, Failure, Order, Outcome, Reuse};
use super::coverage::is_before;
use super::hunt::{Ground, Haul, Sight};
use super::plan::{Plan, Target};
use super::run::Proving;
use super::step;
use crate::builder::Kind;

/// A stage that was built, or of which that failed.
pub(crate) struct Tried {
    /// The stage that was asked for.
    pub(crate) stage: usize,
    /// The stage that was built in the end; none if nothing came to its end.
    pub(crate) built: Option<usize>,
    pub(crate) haul: Haul,
    pub(crate) searched: Vec<String>,
    /// The steps that failed, values masked.
    pub(crate) failed: Vec<Failed>,
    pub(crate) clipped: bool,
    altered: Altered,
}

/// A step that failed.
#[derive(Clone, Debug)]
pub(crate) struct Failed {
    pub(crate) failure: Failure,
    /// The instruction.
    pub(crate) instruction: Option<usize>,
}

impl Tried {
    /// Whether an instruction ran, and nothing before it had failed.
    pub(crate) fn ran(&self, plan: &Plan, index: usize) -> bool {
        let cut = self.altered.cut.is_some_and(|cut| cut == index || is_before(plan, cut, index));
        let hindered = |failed: &Failed| {
            failed.instruction.is_none_or(|failed| failed == index || is_before(plan, failed, index))
        };
        !cut && !self.failed.iter().any(hindered)
    }

    /// Whether it was built as it was asked for.
    pub(crate) fn is_whole(&self) -> bool {
        self.built == Some(self.stage)
    }

    /// What came of another attempt. What failed once and did not fail again says nothing.
    fn and_then(mut self, mut later: Self) -> Self {
        if later.built.is_none() {
            let known: BTreeSet<_> = later.failed.iter().map(|failed| failed.instruction).collect();
            self.failed.retain(|failed| !known.contains(&failed.instruction));
            later.failed.splice(..0, self.failed);
        } else if let Some(cut) = later.altered.cut {
            // What was left out had failed.
            self.failed.retain(|failed| failed.instruction == Some(cut));
            later.failed.extend(self.failed);
        }
        self.haul.add(later.haul);
        self.searched.extend(later.searched);
        let mut seen = BTreeSet::new();
        self.searched.retain(|text| seen.insert(text.clone()));
        let clipped = self.clipped || later.clipped;
        Self { stage: self.stage, haul: self.haul, searched: self.searched, clipped, ..later }
    }

    /// How else it may be tried.
    fn another_way(&self, plan: &Plan) -> Option<Altered> {
        if self.built.is_some() || self.altered.cut.is_some() {
            return None;
        }
        let at = self.failed.last()?.instruction?;
        let home = plan.home(at)?;
        if self.altered.forgiven.is_empty() && can_go_on(plan, at) {
            let needed = plan.stages.needed(self.stage).into_iter();
            let steps = needed.filter_map(|stage| plan.stages.all().get(stage));
            let steps = steps.flat_map(|stage| stage.instructions.clone());
            // What stands before it ran already.
            let forgiven = steps.filter(|index| !is_before(plan, *index, at) && can_go_on(plan, *index));
            return Some(Altered { forgiven: forgiven.collect(), ..self.altered.clone() });
        }
        let mut taking = plan.taken.iter().flat_map(|taken| &taken.instructions);
        let worth = taking.any(|index| *index < at && plan.home(*index) == Some(home));
        worth.then(|| Altered { cut: Some(at), ..self.altered.clone() })
    }
}

/// A way to build a stage.
struct Attempt {
    stage: usize,
    label: String,
    altered: Altered,
    /// The Dockerfile, where it is not the user's own.
    dockerfile: Option<PathBuf>,
}

impl Proving<'_> {
    /// Builds a target and looks through what comes out.
    pub(crate) fn target(&self, stage: usize) -> Result<Tried, ProveError> {
        let as_asked = Altered { stubs: self.stubs.clone(), ..Altered::default() };
        let mut tried = self.attempt((stage, stage), as_asked)?;
        while let Some(altered) = tried.another_way(self.plan) {
            let home = altered.cut.and_then(|cut| self.plan.home(cut)).unwrap_or(stage);
            tried = tried.and_then(self.attempt((home, stage), altered)?);
        }
        Ok(tried)
    }

    fn attempt(&self, (stage, asked): (usize, usize), altered: Altered) -> Result<Tried, ProveError> {
        let name = self.plan.stage(stage);
        let way = match (altered.cut, altered.forgiven.is_empty()) {
            (Some(_), _) => "-cut",
            (None, false) => "-on",
            (None, true) => "",
        };
        let attempt = self.prepare(stage, format!("stage-{asked}{way}"), altered)?;
        let more = if way.is_empty() { "" } else { ", with what it can do without the step that failed" };
        self.site.watch.doing(&format!("building {name}{more}"));
        let outcome = self.build(&attempt, Reuse::Nothing)?;
        self.site.watch.doing(&format!("searching what came out of {name}"));
        let (mut haul, mut searched) = (Haul::default(), Vec::new());
        for (scheme, path) in outcome.results() {
            let found = self.search((scheme, path), &attempt)?;
            searched.push(title(scheme).to_owned());
            haul.add(found);
        }
        haul.sights = self.attributed(&attempt, haul.sights)?;
        let built = matches!(outcome.end, End::Built { .. }).then_some(stage);
        let failures: Vec<Failure> = match outcome.end {
            End::Built { .. } => outcome.forgiven,
            End::Failed(failure) => outcome.forgiven.into_iter().chain([failure]).collect(),
        };
        let failed = failures.into_iter().map(|failure| self.failed(failure)).collect();
        Ok(Tried { stage, built, haul, searched, failed, clipped: outcome.clipped, altered: attempt.altered })
    }

    fn prepare(&self, stage: usize, label: String, altered: Altered) -> Result<Attempt, ProveError> {
        let text = altered.text(self.plan);
        let dockerfile = text.map(|text| self.site.dockerfile(&label, &text)).transpose()?;
        Ok(Attempt { stage, label, altered, dockerfile })
    }

    fn failed(&self, failure: Failure) -> Failed {
        let instruction = failure.step.as_deref().and_then(|step| step::instruction(self.plan, step));
        Failed { failure: self.masked(failure), instruction }
    }

    fn build(&self, attempt: &Attempt, reuse: Reuse) -> Result<Outcome, ProveError> {
        let request = self.site.request;
        let target = match self.plan.target(attempt.stage) {
            // A Dockerfile that is cut off ends with the stage.
            _ if attempt.altered.cut.is_some() => None,
            Some(Target::Named(name)) => Some(name),
            Some(Target::Last) | None => None,
        };
        let order = Order {
            label: &attempt.label,
            dockerfile: attempt.dockerfile.as_deref().unwrap_or(&request.dockerfile_path),
            context: &request.context,
            target,
            gifts: self.gifts,
            reuse,
        };
        let outcome = self.site.build(&order)?;
        if self.site.watch.stopped() { Err(ProveError::Stopped) } else { Ok(outcome) }
    }

    fn search(&self, (scheme, path): (&str, &Path), attempt: &Attempt) -> Result<Haul, ProveError> {
        let title = format!("{} of {}", title(scheme), self.plan.stage(attempt.stage));
        let dockerfile = attempt.altered.until(self.plan, attempt.stage);
        let allowed = &self.site.request.allowed_gaps;
        let ground = Ground { scheme, path, title: &title, dockerfile: Some(&dockerfile), allowed };
        Ok(self.hunt.search(&ground, self.site.watch)?)
    }

    fn masked(&self, failure: Failure) -> Failure {
        let mask = |text: String| self.hunt.masked(&text);
        Failure {
            step: failure.step.map(mask),
            error: mask(failure.error),
            tail: failure.tail.into_iter().map(mask).collect(),
        }
    }

    /// Says which instruction brought each thing in, where the image itself does not.
    fn attributed(&self, attempt: &Attempt, sights: Vec<Sight>) -> Result<Vec<Sight>, ProveError> {
        let mut sights = without_repeats(sights);
        if self.site.builder.kind() != Kind::Buildx {
            // All steps of a stage are in one layer, whose history names the last of them.
            let in_layer = |sight: &&mut Sight| sight.finding.place.layer.is_some();
            sights.iter_mut().filter(in_layer).for_each(|sight| sight.finding.introduced_by = None);
        }
        let nameless = |sight: &Sight| sight.finding.introduced_by.is_none();
        for sight in sights.iter_mut().filter(|sight| nameless(sight)) {
            sight.finding.introduced_by =
                self.by_step(sight).or_else(|| self.by_argument(sight)).or_else(|| self.by_only_step(sight));
        }
        let elsewhere = |sight: &Sight| nameless(sight) && sight.finding.place.layer.is_some();
        if self.site.builder.kind() == Kind::Buildx && sights.iter().any(elsewhere) {
            self.by_stages(attempt, &mut sights)?;
        }
        let changed: Vec<(u64, usize)> = attempt
            .altered
            .forgiven
            .iter()
            .filter_map(|index| Some((self.plan.line(*index)?.line, *index)))
            .collect();
        for by in sights.iter_mut().filter_map(|sight| sight.finding.introduced_by.as_mut()) {
            let line = by.dockerfile.as_ref().map(|at| at.line);
            let own = changed.iter().find(|(changed, _)| Some(*changed) == line);
            if let Some(own) = own.and_then(|(_, index)| self.introduced(*index)) {
                // As the user wrote it, not as it was run.
                by.instruction = own.instruction;
            }
        }
        Ok(sights)
    }

    fn by_step(&self, sight: &Sight) -> Option<Introduced> {
        let step = sight.finding.place.member.as_deref()?;
        self.introduced(step::instruction(self.plan, step)?)
    }

    /// What stands in the provenance of a build argument comes from its declaration.
    fn by_argument(&self, sight: &Sight) -> Option<Introduced> {
        let taken = self.plan.taken.get(sight.value).filter(|taken| taken.way == Way::Argument)?;
        let stands = matches!(sight.finding.place.surface, Surface::Attestation | Surface::Log);
        self.introduced(*taken.instructions.first().filter(|_| stands)?)
    }

    /// Some builders do not say which step wrote a line, or a file; a secret mount that one step has came from that.
    fn by_only_step(&self, sight: &Sight) -> Option<Introduced> {
        let taken = self.plan.taken.get(sight.value).filter(|taken| taken.way == Way::Mount)?;
        let place = &sight.finding.place;
        let one_layer = self.site.builder.kind() != Kind::Buildx && place.layer.is_some();
        let told = place.surface == Surface::Log || one_layer;
        let mut own = taken.instructions.iter();
        let (Some(only), None) = (own.next(), own.next()) else { return None };
        self.introduced(Some(*only).filter(|_| told)?)
    }

    fn introduced(&self, index: usize) -> Option<Introduced> {
        let instruction = self.plan.document.instructions().get(index)?;
        let text = self.hunt.masked(self.plan.document.text(instruction.span).trim_end());
        Some(Introduced { history_index: None, instruction: Some(text), dockerfile: self.plan.line(index) })
    }

    /// Layers that are in no image belong to stages that are not part of it. Built by itself, each of them has a history;
    /// every step of it was just run, so nothing runs again.
    fn by_stages(&self, attempt: &Attempt, sights: &mut [Sight]) -> Result<(), ProveError> {
        let stage = attempt.stage;
        let others = self.plan.stages.needed(stage).into_iter().filter(|other| *other != stage);
        for other in others.filter(|other| matches!(self.plan.target(*other), Some(Target::Named(_)))) {
            if sights.iter().all(|sight| sight.finding.introduced_by.is_some()) {
                break;
            }
            let label = format!("{}-part-{other}", attempt.label);
            let altered = Altered { cut: None, ..attempt.altered.clone() };
            let part = self.prepare(other, label, altered)?;
            let outcome = self.build(&part, Reuse::Everything)?;
            let End::Built { layouts, .. } = &outcome.end else { continue };
            let found = layouts.iter().map(|layout| self.search(("oci", layout), &part));
            let found: Vec<Sight> =
                found.collect::<Result<Vec<_>, _>>()?.into_iter().flat_map(|haul| haul.sights).collect();
            for sight in sights.iter_mut().filter(|sight| sight.finding.introduced_by.is_none()) {
                let same = |other: &&Sight| digest(other).is_some() && digest(other) == digest(sight);
                let Some(same) = found.iter().find(same) else { continue };
                sight.finding.introduced_by.clone_from(&same.finding.introduced_by);
                sight.finding.place.platform.clone_from(&same.finding.place.platform);
                sight.finding.place.layer.clone_from(&same.finding.place.layer);
                sight.finding.place.exposure = Exposure::BuildOnly;
            }
        }
        Ok(())
    }
}

/// What a kind of result is called.
fn title(scheme: &str) -> &'static str {
    match scheme {
        "log" => "the log",
        "cache" => "the layers of all stages",
        _ => "the image with its history and provenance",
    }
}

fn digest(sight: &Sight) -> Option<&str> {
    sight.finding.place.layer.as_ref()?.digest.as_deref()
}

/// The cache holds the layers of the image once more.
fn without_repeats(sights: Vec<Sight>) -> Vec<Sight> {
    let mut seen = BTreeSet::new();
    let mut kept: Vec<Sight> = Vec::new();
    for sight in sights {
        let place = &sight.finding.place;
        let spot = digest(&sight).map(|digest| {
            (
                digest.to_owned(),
                place.path.clone(),
                place.member.clone(),
                place.offset,
                sight.form,
                sight.value,
            )
        });
        if spot.is_none_or(|spot| seen.insert(spot)) {
            kept.push(sight);
        }
    }
    kept
}
