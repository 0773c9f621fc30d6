//! The proof from beginning to end: plan, values, control, builds, search.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Mutex;

use sha2::{Digest as _, Sha256};
use tightlip_dockerfile::Kind as Instruction;
use tightlip_report::Tool;
use tightlip_report::proof::{Control, Proof, Subject, Way};
use zeroize::Zeroizing;

use super::asked::asked;
use super::attempt::{Failed, Tried};
use super::building::{Failure, Site};
use super::canary::{Arrives, Canary};
use super::control::control;
use super::gift::Gift;
use super::hunt::Hunt;
use super::plan::{Plan, Taken, Wishes};
use super::request::ProveRequest;
use super::{ProveError, given, settle};
use crate::build::will::{self, Will};
use crate::builder::{Builder, Folder, Kind};
use crate::identity::hex;
use crate::policy::nearest;
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
    named(&plan, &wishes, &request.dockerfile.name)?;
    let (targets, stubs) = (targets(&plan, request)?, stubs(&plan, request)?);
    let mut proof = blank(request, builder);
    if plan.taken.is_empty() && plan.unclear.is_empty() {
        return Ok(proof);
    }
    let folder = Folder::new(&request.below)?;
    watch.keeps(folder.broom());
    // However this ends, there is nothing more to do for it than that the folder goes.
    let will = Will::new(builder, &folder.path(""), "");
    let _caretaker = will::caretaker(&request.caretaker, &will).ok();
    let arguments = request.arguments.iter().filter(|(name, _)| plan.argument(name).is_none());
    let arguments = arguments.map(|(name, value)| (name.clone(), value.clone())).collect();
    let site = Site { builder, folder: &folder, request, arguments, watch, left: Mutex::default() };
    watch.doing("building the control");
    proof.control = control(&site, plan.image_with_shell().as_deref())?;
    let gifts = gifts((&plan, &stubs), request, &folder)?;
    let hunt = Hunt::new(&gifts, request)?;
    let proving = Proving { site: &site, plan: &plan, gifts: &gifts, hunt: &hunt, stubs };
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
    /// What the user has run in the place of steps.
    pub(crate) stubs: BTreeMap<usize, String>,
}

/// That the Dockerfile has what the user names. What takes a secret may stand in an `ONBUILD` of a base image, so that one
/// which is called like no other is no mistake for certain.
fn named(plan: &Plan, wishes: &Wishes, dockerfile: &str) -> Result<(), ProveError> {
    let nearest = |name: &str, known: &[&str]| nearest(name, known).map(str::to_owned);
    let arguments = plan.arguments();
    if let Some(name) = wishes.secret_arguments.iter().find(|name| !arguments.contains(&name.as_str())) {
        let (dockerfile, name, alike) = (dockerfile.to_owned(), name.clone(), nearest(name, &arguments));
        return Err(ProveError::NoSuchArgument { dockerfile, name, alike });
    }
    let mounts = plan.taken.iter().filter(|taken| taken.way == Way::Mount);
    let (used, unused): (Vec<&Taken>, Vec<&Taken>) = mounts.partition(|taken| !taken.instructions.is_empty());
    // What is given for the one must not be meant for the other.
    let ids: Vec<&str> = used
        .iter()
        .map(|taken| taken.name.as_str())
        .filter(|id| !wishes.secrets.iter().any(|own| own == id))
        .collect();
    let slip = unused.iter().find_map(|taken| Some((taken, nearest(&taken.name, &ids)?)));
    slip.map_or(Ok(()), |(taken, alike)| {
        Err(ProveError::NoSuchSecret { dockerfile: dockerfile.to_owned(), name: taken.name.clone(), alike })
    })
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

/// The commands that the user gives in the place of steps, by instruction.
fn stubs(plan: &Plan, request: &ProveRequest) -> Result<BTreeMap<usize, String>, ProveError> {
    let stub = |(line, command): &(u64, String)| {
        let index = plan.step_at(*line).ok_or_else(|| ProveError::NoSuchStep {
            dockerfile: request.dockerfile.name.clone(),
            line: *line,
        })?;
        Ok((index, command.clone()))
    };
    request.stubs.iter().map(stub).collect()
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
        stubs: Vec::new(),
        not_covered: Vec::new(),
        gaps: Vec::new(),
        other_findings: 0,
        left: Vec::new(),
    }
}

/// A value for everything that the plan takes.
fn gifts(
    (plan, stubs): (&Plan, &BTreeMap<usize, String>),
    request: &ProveRequest,
    folder: &Folder,
) -> Result<Vec<Gift>, ProveError> {
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
            Some(value) => given::canary(&taken.name, Zeroizing::new(value), request)?,
            None if taken.way == Way::Ssh => Canary::new(&["ssh"], Arrives::InFile)?,
            None if taken.way == Way::Mount && taken.arrives == Arrives::InFile => {
                let canary = Canary::new(&names.collect::<Vec<_>>(), taken.arrives)?;
                canary.with(asked(plan, taken, (&request.context, stubs)))?
            }
            None => Canary::new(&names.collect::<Vec<_>>(), taken.arrives)?,
        };
        Ok(Gift::new((&taken.name, taken.way), canary, (folder, &format!("secret-{index}")))?)
    };
    plan.taken.iter().enumerate().map(gift).collect()
}

impl Proving<'_> {
    /// Builds every target. Of one that cannot be built to its end, the stages that it is made of are built by
    /// themselves, so that only what really cannot be built stays unproven.
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
            let whole = tried.as_ref().is_some_and(Tried::is_whole);
            let built = tried.as_ref().and_then(|tried| tried.built);
            seen.extend(built);
            let shows_all = self.site.builder.kind() == Kind::Buildx;
            if !whole || !shows_all {
                let parts = [Some(stage), built.filter(|built| *built != stage && !shows_all)];
                let inputs = parts.into_iter().flatten().flat_map(|stage| self.plan.inputs(stage));
                open.extend(inputs.filter(|input| seen.insert(*input)));
            }
            all.extend(tried);
        }
        self.is_any_use(&all)?;
        Ok(all)
    }

    /// A build that fails in no step of a stage says nothing about secrets.
    fn is_any_use(&self, all: &[Tried]) -> Result<(), ProveError> {
        let is_step = |failed: &Failed| {
            let one = failed.instruction.and_then(|index| self.plan.document.instructions().get(index));
            one.is_some_and(|one| matches!(one.kind, Instruction::Run(_)))
        };
        let useful = |tried: &Tried| {
            tried.built.is_some() || tried.failed.iter().any(is_step) || !tried.haul.sights.is_empty()
        };
        let Some(first) = all.first() else { return Ok(()) };
        if all.iter().any(useful) {
            return Ok(());
        }
        let failure = first.failed.first().map(|failed| failed.failure.clone());
        let Failure { error, tail, .. } = failure.unwrap_or_default();
        Err(ProveError::Build { target: self.plan.stage(first.stage), error, tail })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::DockerfileText;

    const DOCKERFILE: &str = "FROM bb\nARG FLAG\nRUN --mount=type=secret,id=tok x\n";

    /// What is said about the names that a user gives.
    fn said(secrets: &[&str], arguments: &[&str]) -> Option<(String, String)> {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let wishes =
            Wishes { secrets: owned(secrets), secret_arguments: owned(arguments), ..Wishes::default() };
        let text = DockerfileText { name: "Dockerfile".to_owned(), text: DOCKERFILE.to_owned() };
        let error = named(&Plan::new(&text, &wishes), &wishes, "Dockerfile").err()?;
        Some((error.to_string(), error.help().unwrap_or_default()))
    }

    #[test]
    fn a_name_that_the_dockerfile_does_not_have_is_no_secret_that_is_kept() {
        let told = |error: &str, help: &str| Some((error.to_owned(), help.to_owned()));
        assert_eq!(
            said(&["tokk"], &[]),
            told("no step of Dockerfile takes a secret tokk", "did you mean `tok`?")
        );
        assert_eq!(
            said(&[], &["FLAGS"]),
            told("Dockerfile has no build argument FLAGS", "did you mean `FLAG`?")
        );
        let help = "name an ARG of the Dockerfile, or leave it out";
        assert_eq!(said(&[], &["OTHER"]), told("Dockerfile has no build argument OTHER", help));
        // An image below may take it.
        assert_eq!(
            [said(&["tok"], &["FLAG"]), said(&["other"], &[]), said(&["tok", "tokk"], &[])],
            [None, None, None]
        );
    }
}
