//! The proof from beginning to end: plan, values, control, builds, search.

use std::collections::{BTreeSet, VecDeque};
use std::path::Path;
use std::sync::Mutex;

use sha2::{Digest as _, Sha256};
use tightlip_dockerfile::Kind as Instruction;
use tightlip_report::proof::{Control, Proof, Subject, Way};
use tightlip_report::{Exposure, Introduced, Surface, Tool};
use zeroize::Zeroizing;

use super::building::{End, Failure, Order, Outcome, Reuse, Site};
use super::canary::{Arrives, Canary};
use super::control::control;
use super::gift::Gift;
use super::hunt::{Ground, Haul, Hunt, Sight};
use super::plan::{Plan, Taken, Target, Wishes};
use super::request::ProveRequest;
use super::settle::{self, Tried};
use super::{ProveError, given, step};
use crate::builder::{Builder, Folder, Kind};
use crate::identity::hex;
use crate::watch::Watch;

/// Proves that a Dockerfile keeps its secrets, or shows where it does not.
///
/// # Errors
/// When nothing can be built. That a step fails on a value that was made up is part of the proof.
pub fn prove(request: &ProveRequest, builder: &Builder, watch: &dyn Watch) -> Result<Proof, ProveError> {
    let wishes = Wishes {
        arguments: request.arguments.clone(),
        secret_arguments: request.secret_arguments.clone(),
        secrets: request.secrets.iter().map(|given| given.id.clone()).collect(),
    };
    let plan = Plan::new(&request.dockerfile, &wishes);
    let targets = targets(&plan, request)?;
    let mut proof = blank(request, builder);
    if plan.taken.is_empty() && plan.unclear.is_empty() {
        return Ok(proof);
    }
    let folder = Folder::new(&request.below)?;
    watch.keeps(folder.broom());
    let arguments = request.arguments.iter().filter(|(name, _)| plan.argument(name).is_none());
    let arguments = arguments.map(|(name, value)| (name.clone(), value.clone())).collect();
    let site = Site { builder, folder: &folder, request, arguments, watch, left: Mutex::default() };
    watch.doing("building the control");
    proof.control = control(&site, plan.image_with_shell().as_deref())?;
    let gifts = gifts(&plan, request, &folder)?;
    let hunt = Hunt::new(&gifts, request)?;
    let proving = Proving { site: &site, plan: &plan, gifts: &gifts, hunt: &hunt };
    let tried = proving.all(targets)?;
    settle::settle(&proving, tried, &mut proof);
    Ok(proof)
}

/// A proof under way.
pub(crate) struct Proving<'p> {
    pub(crate) site: &'p Site<'p>,
    pub(crate) plan: &'p Plan,
    /// One for each secret of the plan, in its order.
    pub(crate) gifts: &'p [Gift],
    pub(crate) hunt: &'p Hunt,
}

/// The stages to build.
fn targets(plan: &Plan, request: &ProveRequest) -> Result<Vec<usize>, ProveError> {
    if plan.stages.all().is_empty() {
        return Err(ProveError::Empty(request.dockerfile.name.clone()));
    }
    let Some(target) = &request.target else { return Ok(plan.leaves()) };
    let stage = plan.stages.target(Some(target)).map(|stage| vec![stage.index]);
    stage.ok_or_else(|| ProveError::NoSuchStage {
        dockerfile: request.dockerfile.name.clone(),
        target: target.clone(),
    })
}

fn blank(request: &ProveRequest, builder: &Builder) -> Proof {
    Proof {
        tool: Tool::default(),
        subject: Subject {
            context: request.context.display().to_string(),
            dockerfile: request.dockerfile.name.clone(),
            dockerfile_digest: format!("sha256:{}", hex(&Sha256::digest(&request.dockerfile.text))),
            target: request.target.clone(),
            platforms: request.platforms.clone(),
            builder: builder.name(),
        },
        secrets: Vec::new(),
        builds: Vec::new(),
        control: Control::default(),
        forms: Vec::new(),
        not_covered: Vec::new(),
        gaps: Vec::new(),
        other_findings: 0,
        left: Vec::new(),
    }
}

/// A value for everything that the plan takes.
fn gifts(plan: &Plan, request: &ProveRequest, folder: &Folder) -> Result<Vec<Gift>, ProveError> {
    let gift = |(index, taken): (usize, &Taken)| -> Result<Gift, ProveError> {
        let given = match taken.way {
            Way::Argument => request.arguments.get(&taken.name).map(|value| value.clone().into_bytes()),
            Way::Mount => {
                let given = request.secrets.iter().find(|given| given.id == taken.name);
                given.map(|given| given.value.to_vec())
            }
            Way::Ssh => None,
        };
        let names = taken.known_as.iter().chain([&taken.name]).map(String::as_str);
        let canary = match given {
            Some(value) => given::canary(Zeroizing::new(value), request)?,
            None if taken.way == Way::Ssh => Canary::new(&["ssh"], Arrives::InFile)?,
            None => Canary::new(&names.collect::<Vec<_>>(), taken.arrives)?,
        };
        Ok(Gift::new((&taken.name, taken.way), canary, (folder, &format!("secret-{index}")))?)
    };
    plan.taken.iter().enumerate().map(gift).collect()
}

impl Proving<'_> {
    /// Builds every target. Of one that fails, the stages that it is made of are built by themselves, so that only
    /// what really cannot be built stays unproven.
    fn all(&self, targets: Vec<usize>) -> Result<Vec<Tried>, ProveError> {
        let mut open: VecDeque<usize> = targets.into();
        let mut seen: BTreeSet<usize> = open.iter().copied().collect();
        let mut all = Vec::new();
        while let Some(stage) = open.pop_front().filter(|_| !self.site.watch.stopped()) {
            if !self.plan.is_given_secrets(stage) {
                continue;
            }
            let tried = self.plan.target(stage).map(|_| self.target(stage)).transpose()?;
            // What is not in the image is seen only in the layers of all stages, which not every builder gives out.
            let whole = tried.as_ref().is_some_and(|tried| tried.failure.is_none());
            if !whole || self.site.builder.kind() != Kind::Buildx {
                let inputs = self.plan.inputs(stage).into_iter();
                open.extend(inputs.filter(|input| seen.insert(*input)));
            }
            all.extend(tried);
        }
        self.is_any_use(&all)?;
        Ok(all)
    }

    /// A build that fails in no step of a stage says nothing about secrets.
    fn is_any_use(&self, all: &[Tried]) -> Result<(), ProveError> {
        let useless = |tried: &Tried| {
            let index = tried.failing.and_then(|index| self.plan.document.instructions().get(index));
            !index.is_some_and(|one| matches!(one.kind, Instruction::Run(_)))
        };
        let Some(first) = all.first() else { return Ok(()) };
        if all.iter().any(|tried| tried.failure.is_none() || !useless(tried) || !tried.haul.sights.is_empty())
        {
            return Ok(());
        }
        let Failure { error, tail, .. } = first.failure.clone().unwrap_or_default();
        Err(ProveError::Build { target: self.plan.stage(first.stage), error, tail })
    }

    fn target(&self, stage: usize) -> Result<Tried, ProveError> {
        let name = self.plan.stage(stage);
        self.site.watch.doing(&format!("building {name}"));
        let outcome = self.build((stage, &format!("stage-{stage}")), Reuse::Nothing)?;
        self.site.watch.doing(&format!("searching what came out of {name}"));
        let (mut haul, mut searched) = (Haul::default(), Vec::new());
        for (scheme, path) in outcome.results() {
            let found = self.search((scheme, path), stage)?;
            searched.push(title(scheme).to_owned());
            merge(&mut haul, found);
        }
        haul.sights = self.attributed(stage, haul.sights)?;
        let failure = match outcome.end {
            End::Built { .. } => None,
            End::Failed(failure) => Some(failure),
        };
        let failing =
            failure.as_ref().and_then(|failure| step::instruction(self.plan, failure.step.as_deref()?));
        let failure = failure.map(|failure| self.masked(failure));
        Ok(Tried { stage, haul, searched, failure, failing, clipped: outcome.clipped })
    }

    fn build(&self, (stage, label): (usize, &str), reuse: Reuse) -> Result<Outcome, ProveError> {
        let request = self.site.request;
        let target = match self.plan.target(stage) {
            Some(Target::Named(name)) => Some(name),
            Some(Target::Last) | None => None,
        };
        let order = Order {
            label,
            dockerfile: &request.dockerfile_path,
            context: &request.context,
            target,
            gifts: self.gifts,
            reuse,
        };
        let outcome = self.site.build(&order)?;
        if self.site.watch.stopped() { Err(ProveError::Stopped) } else { Ok(outcome) }
    }

    fn search(&self, (scheme, path): (&str, &Path), stage: usize) -> Result<Haul, ProveError> {
        let title = format!("{} of {}", title(scheme), self.plan.stage(stage));
        let dockerfile = self.plan.until(stage);
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
    fn attributed(&self, stage: usize, sights: Vec<Sight>) -> Result<Vec<Sight>, ProveError> {
        let mut sights = without_repeats(sights);
        let nameless = |sight: &Sight| sight.finding.introduced_by.is_none();
        for sight in sights.iter_mut().filter(|sight| nameless(sight)) {
            sight.finding.introduced_by =
                self.by_step(sight).or_else(|| self.by_argument(sight)).or_else(|| self.by_only_step(sight));
        }
        if sights.iter().any(|sight| nameless(sight) && sight.finding.place.layer.is_some()) {
            self.by_stages(stage, &mut sights)?;
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

    /// Some builders do not say which step wrote a line; a secret mount that one step has came from that.
    fn by_only_step(&self, sight: &Sight) -> Option<Introduced> {
        let taken = self.plan.taken.get(sight.value).filter(|taken| taken.instructions.len() == 1)?;
        let log = sight.finding.place.surface == Surface::Log && taken.way == Way::Mount;
        self.introduced(*taken.instructions.first().filter(|_| log)?)
    }

    fn introduced(&self, index: usize) -> Option<Introduced> {
        let instruction = self.plan.document.instructions().get(index)?;
        let text = self.hunt.masked(self.plan.document.text(instruction.span).trim_end());
        Some(Introduced { history_index: None, instruction: Some(text), dockerfile: self.plan.line(index) })
    }

    /// Layers that are in no image belong to stages that are not part of it. Built by itself, each of them has a history;
    /// every step of it was just run, so nothing runs again.
    fn by_stages(&self, stage: usize, sights: &mut [Sight]) -> Result<(), ProveError> {
        let others = self.plan.stages.needed(stage).into_iter().filter(|other| *other != stage);
        for other in others.filter(|other| self.plan.target(*other).is_some()) {
            if sights.iter().all(|sight| sight.finding.introduced_by.is_some()) {
                break;
            }
            let label = format!("stage-{stage}-part-{other}");
            let outcome = self.build((other, &label), Reuse::Everything)?;
            let End::Built { layout, .. } = &outcome.end else { continue };
            let found = self.search(("oci", layout), other)?;
            for sight in sights.iter_mut().filter(|sight| sight.finding.introduced_by.is_none()) {
                let same = |other: &&Sight| digest(other).is_some() && digest(other) == digest(sight);
                let Some(same) = found.sights.iter().find(same) else { continue };
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

fn merge(haul: &mut Haul, found: Haul) {
    haul.sights.extend(found.sights);
    haul.gaps.extend(found.gaps);
    haul.others.extend(found.others);
    haul.digest = haul.digest.take().or(found.digest);
    haul.ruleset = found.ruleset;
    if haul.platforms.is_empty() {
        haul.platforms = found.platforms;
    }
    let (all, more) = (&mut haul.read, found.read);
    all.images += more.images;
    all.platforms = all.platforms.max(more.platforms);
    all.layers += more.layers;
    all.entries += more.entries;
    all.bytes += more.bytes;
    all.decoded_bytes += more.decoded_bytes;
}
