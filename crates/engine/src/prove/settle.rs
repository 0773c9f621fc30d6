//! Says what became of each secret, out of what was built and found.

use std::collections::{BTreeSet, HashSet};
use std::sync::PoisonError;

use tightlip_dockerfile::{Kind as Instruction, MountKind};
use tightlip_report::proof::{Answer, Built, Doubt, Leak, Origin, Proof, Proven, Stub, Way};
use tightlip_report::{DockerfileLine, Exposure, Gap, GapKind, Place, Remedy, Surface};

use super::attempt::{Failed, Tried};
use super::coverage::{Coverage, is_before};
use super::form;
use super::hunt::Sight;
use super::plan::Taken;
use super::run::Proving;
use crate::builder::Kind;

/// Fills in the proof.
pub(crate) fn settle(proving: &Proving<'_>, tried: Vec<Tried>, proof: &mut Proof) {
    let covered = Coverage::of(proving.plan, proving.site.builder.kind(), &tried);
    let settling = Settling { proving, covered, tried: &tried };
    proof.gaps = settling.gaps();
    proof.secrets = settling.secrets(proof);
    proof.secrets.extend(proving.plan.unclear.iter().map(unclear));
    proof.stubs = settling.stubs();
    proof.not_covered = settling.not_covered();
    proof.forms = form::names();
    let others: BTreeSet<&String> = tried.iter().flat_map(|tried| &tried.haul.others).collect();
    proof.other_findings = others.len() as u64;
    proof.left = settling.left(&proof.secrets);
    proof.tool.ruleset = tried.first().map(|tried| tried.haul.ruleset.clone()).unwrap_or_default();
    proof.builds = tried.iter().map(|tried| settling.built(tried)).collect();
}

struct Settling<'s> {
    proving: &'s Proving<'s>,
    covered: Coverage,
    tried: &'s [Tried],
}

impl Settling<'_> {
    fn secrets(&self, proof: &Proof) -> Vec<Proven> {
        self.proving
            .plan
            .taken
            .iter()
            .enumerate()
            .map(|(index, taken)| self.secret(index, taken, proof))
            .collect()
    }

    fn secret(&self, index: usize, taken: &Taken, proof: &Proof) -> Proven {
        let plan = self.proving.plan;
        let leaks = self.leaks(index);
        let doubts = self.doubts(index, taken, proof);
        let answer = match (leaks.is_empty(), doubts.is_empty()) {
            (false, _) => Answer::Leaks,
            (true, true) => Answer::Kept,
            (true, false) => Answer::Unproven,
        };
        let (mut shape, mut origin) = (String::new(), Origin::MadeUp);
        if let Some(gift) = self.proving.gifts.get(index) {
            shape = format!("{}, {} bytes", gift.canary.shape, gift.canary.content.len());
            origin = gift.canary.origin;
        }
        Proven {
            name: self.proving.hunt.masked(&taken.name),
            way: taken.way,
            required: taken.required,
            shape,
            origin,
            taken_by: taken.instructions.iter().filter_map(|index| plan.line(*index)).collect(),
            answer,
            leaks,
            doubts,
        }
    }

    fn leaks(&self, index: usize) -> Vec<Leak> {
        let leaks = self.tried.iter().flat_map(|tried| {
            let target = self.proving.plan.stage(tried.stage);
            let way = self.proving.plan.taken.get(index).map(|taken| taken.way);
            let own = tried.haul.sights.iter().filter(move |sight| sight.value == index);
            own.map(move |sight| leak(&target, way, sight))
        });
        let mut leaks: Vec<Leak> = leaks.collect();
        leaks.sort_by_key(|leak| {
            (leak.form.starts_with("its ") || leak.form.starts_with("a part"), leak.finding.place.surface)
        });
        let mut seen = HashSet::new();
        leaks.retain(|leak| seen.insert(spot(leak)));
        leaks
    }

    /// Why it is not certain that a secret is kept.
    fn doubts(&self, index: usize, taken: &Taken, proof: &Proof) -> Vec<Doubt> {
        let mut doubts: Vec<Doubt> = Vec::new();
        let refused = self.proving.hunt.refused.iter().filter(|(value, _)| *value == index);
        doubts.extend(refused.map(|(_, why)| doubt(why.clone(), "give a longer value")));
        doubts.extend(self.unseen(index, taken));
        doubts.extend(untaken(taken));
        let missing = self.covered.missing(self.proving.plan, taken);
        doubts.extend(self.failures(taken, &missing));
        if doubts.is_empty() && !missing.is_empty() {
            let stages: BTreeSet<usize> =
                missing.iter().filter_map(|index| self.proving.plan.home(*index)).collect();
            let names: Vec<String> = stages.iter().map(|stage| self.proving.plan.stage(*stage)).collect();
            let reason = format!("what takes it was not built by itself: {}", names.join(", "));
            doubts.push(doubt(reason, "leave --target out, and give every stage a name"));
        }
        doubts.extend(self.later(taken));
        if !proof.gaps.is_empty() {
            doubts.push(doubt(
                "not everything that came out could be read".to_owned(),
                "see what was not read, below",
            ));
        }
        if !proof.control.missed.is_empty() {
            doubts.push(doubt(
                "the search missed what was planted for it".to_owned(),
                "report this: it is a bug",
            ));
        }
        doubts
    }

    /// A file that was made up may lack what a program takes out of the real one.
    fn unseen(&self, index: usize, taken: &Taken) -> Option<Doubt> {
        let unseen = &self.proving.gifts.get(index)?.canary.unseen;
        let programs = unseen.join(", ");
        let reason = format!(
            "its file was made up with the variables that the steps name, and others may be taken by {programs}"
        );
        let help = format!("give the file: --secret id={},src=.env", taken.name);
        (!unseen.is_empty()).then(|| doubt(self.proving.hunt.masked(&reason), &help))
    }

    /// The steps that failed with a secret, or before one that takes it.
    fn failures(&self, taken: &Taken, missing: &BTreeSet<usize>) -> Vec<Doubt> {
        let plan = self.proving.plan;
        let everywhere = taken.instructions.is_empty()
            || taken.instructions.iter().any(|index| plan.home(*index).is_none());
        let concerns = |failed: &Failed| {
            everywhere
                || missing.iter().any(|index| {
                    let same_stage = taken.way == Way::Argument
                        && failed.instruction.and_then(|at| plan.home(at)) == plan.home(*index);
                    same_stage
                        || failed.instruction.is_none_or(|at| at == *index || is_before(plan, at, *index))
                })
        };
        let mut doubts: Vec<Doubt> = Vec::new();
        for failed in self.tried.iter().flat_map(|tried| &tried.failed).filter(|failed| concerns(failed)) {
            let new = self.failed(failed, taken);
            if doubts.iter().all(|known| known.dockerfile != new.dockerfile || known.dockerfile.is_none()) {
                doubts.push(new);
            }
        }
        doubts
    }

    fn failed(&self, failed: &Failed, concerned: &Taken) -> Doubt {
        let plan = self.proving.plan;
        let instruction = failed.instruction.and_then(|index| plan.document.instructions().get(index));
        let takes = |taken: &&Taken| failed.instruction.is_some_and(|at| taken.instructions.contains(&at));
        let given: Vec<&Taken> = plan.taken.iter().filter(takes).collect();
        let line = failed.instruction.and_then(|index| plan.line(index));
        let is_step = instruction.is_some_and(|one| matches!(one.kind, Instruction::Run(_)));
        let what = match (is_step, given.contains(&concerned), given.is_empty()) {
            (true, true, _) => "a step failed with the value that it was given",
            (true, false, false) => "a step before it failed with the value that it was given",
            _ => "the build fails before everything has run",
        };
        let value = given.iter().find(|taken| taken.way == Way::Mount).map(|taken| {
            format!(
                "give a value that the step accepts, real or for a stand-in of the server: --secret id={},src=FILE; it \
                 is looked for like any other",
                taken.name
            )
        });
        let stub = line
            .as_ref()
            .filter(|_| is_step)
            .map(|at| format!("let another command run in its place: --stub {}='COMMAND'", at.line));
        let help = [value, stub].into_iter().flatten().collect::<Vec<_>>().join("; or ");
        let help = match help.is_empty() {
            true => "make it work, with --build-arg or --build-context if need be".to_owned(),
            false => help,
        };
        let reason = format!("{what}: {}", failed.failure.error);
        // What it said is shown once, with the secret that it took.
        let elsewhere = !given.is_empty() && !given.contains(&concerned);
        let output = if elsewhere { Vec::new() } else { failed.failure.tail.clone() };
        Doubt { reason, dockerfile: line, output, help }
    }

    /// What ran in the place of steps.
    fn stubs(&self) -> Vec<Stub> {
        let plan = self.proving.plan;
        let stub = |(index, command): (&usize, &String)| {
            let instruction = plan.document.instructions().get(*index)?;
            let text = self.proving.hunt.masked(plan.document.text(instruction.span).trim_end());
            let command = self.proving.hunt.masked(command);
            Some(Stub { dockerfile: plan.line(*index)?, instruction: text, command })
        };
        self.proving.stubs.iter().filter_map(stub).collect()
    }

    /// What only runs when somebody builds on top of the image.
    fn later(&self, taken: &Taken) -> Option<Doubt> {
        let plan = self.proving.plan;
        let later = |index: &&usize| {
            let kind = plan.document.instructions().get(**index).map(|one| &one.kind);
            matches!(kind, Some(Instruction::Onbuild(_)))
        };
        let index = taken.instructions.iter().find(later)?;
        Some(Doubt {
            reason: "an ONBUILD step takes it, which runs only in builds on top of this image".to_owned(),
            dockerfile: plan.line(*index),
            output: Vec::new(),
            help: "prove a Dockerfile that builds on top of it".to_owned(),
        })
    }

    fn gaps(&self) -> Vec<Gap> {
        let mut gaps: Vec<Gap> =
            self.tried.iter().flat_map(|tried| tried.haul.gaps.iter().cloned()).collect();
        for tried in self.tried.iter().filter(|tried| tried.clipped) {
            let reason = format!(
                "the builder left out some of what a step of {} wrote (limit of BuildKit: BUILDKIT_STEP_LOG_MAX_SIZE)",
                self.proving.plan.stage(tried.stage)
            );
            let place = Place::new(Surface::Log, Exposure::BuildOnly);
            gaps.push(Gap { kind: GapKind::Limit, place, reason, bytes: None });
        }
        gaps.retain(|gap| !self.proving.site.request.allowed_gaps.contains(&gap.kind));
        gaps.sort();
        gaps.dedup();
        gaps
    }

    fn built(&self, tried: &Tried) -> Built {
        let plan = self.proving.plan;
        Built {
            target: plan.stage(tried.stage),
            stages: plan.stages.needed(tried.stage).into_iter().map(|stage| plan.stage(stage)).collect(),
            digest: tried.haul.digest.clone(),
            platforms: tried.haul.platforms.clone(),
            searched: tried.searched.clone(),
            read: tried.haul.read,
        }
    }

    fn not_covered(&self) -> Vec<String> {
        let plan = self.proving.plan;
        let built: BTreeSet<usize> =
            self.tried.iter().flat_map(|tried| plan.stages.needed(tried.stage)).collect();
        let mut texts: Vec<String> = Vec::new();
        for stage in plan.stages.all().iter().filter(|stage| !built.contains(&stage.index)) {
            let why = match plan.is_given_secrets(stage.index) {
                false => "it is given no secret, so it was not built",
                true if plan.target(stage.index).is_none() => "without a name nothing can build it by itself",
                true => "the target does not need it",
            };
            texts.push(format!("{}: {why}", plan.stage(stage.index)));
        }
        for stub in self.stubs() {
            let at = format!("{}:{}", stub.dockerfile.file, stub.dockerfile.line);
            texts.push(format!("what the step at {at} does: a stub ran in its place"));
        }
        let caches: Vec<String> = self.caches().iter().map(|at| format!("{}:{}", at.file, at.line)).collect();
        if !caches.is_empty() {
            let lines = caches.join(", ");
            texts.push(format!("what steps leave in cache mounts, which stay in the builder: {lines}"));
        }
        texts.push(
            "what a step sends over the network, and slow digests with a salt (bcrypt, scrypt, argon2)"
                .to_owned(),
        );
        match self.proving.site.builder.kind() {
            Kind::Buildx => texts.push(
                "what --metadata-file writes: its provenance was read here in the image".to_owned(),
            ),
            Kind::Podman | Kind::Buildah => texts.push(
                "layers between the steps of a stage (--layers): each stage was built as one layer; provenance, which \
                 this builder does not make"
                    .to_owned(),
            ),
        }
        texts
    }

    /// Steps that have a secret and a cache mount.
    fn caches(&self) -> Vec<DockerfileLine> {
        let plan = self.proving.plan;
        let taking: BTreeSet<usize> =
            plan.taken.iter().flat_map(|taken| taken.instructions.iter().copied()).collect();
        let cached = |index: &usize| {
            let mounts = plan.document.instructions().get(*index).map(|one| one.innermost().mounts());
            mounts.is_some_and(|mounts| mounts.iter().any(|mount| mount.kind == MountKind::Cache))
        };
        taking.into_iter().filter(cached).filter_map(|index| plan.line(index)).collect()
    }

    fn left(&self, secrets: &[Proven]) -> Vec<String> {
        let mut left =
            std::mem::take(&mut *self.proving.site.left.lock().unwrap_or_else(PoisonError::into_inner));
        left.sort();
        left.dedup();
        if self.proving.site.builder.kind() == Kind::Buildx {
            let given = secrets.iter().any(|one| one.origin == Origin::Given && one.answer == Answer::Leaks);
            let values = if given { "with the value that you gave" } else { "with values that open nothing" };
            left.push(format!(
                "steps of these builds in the builder's cache, {values}: docker builder prune"
            ));
        }
        left
    }
}

/// What is the same when a stage is built once more as a part of another target, and its layers have other digests.
fn spot(leak: &Leak) -> String {
    let place = &leak.finding.place;
    let by = leak.finding.introduced_by.as_ref();
    let by = by.map(|by| (by.dockerfile.as_ref().map(|at| at.line), by.instruction.clone()));
    // A step that is tried again has another name in the log.
    let member = place.member.as_ref().filter(|_| place.surface != Surface::Log || by.is_none());
    format!("{:?}", (&leak.form, place.surface, &place.platform, &place.path, member, by))
}

fn leak(target: &str, way: Option<Way>, sight: &Sight) -> Leak {
    let mut finding = sight.finding.clone();
    finding.shape = sight.words();
    finding.remedy = Remedy { summary: fix(way, sight).to_owned(), ..Remedy::default() };
    Leak { target: target.to_owned(), form: sight.words(), finding }
}

/// What to do about it. Nothing is to be rotated: the value opened nothing, or the user knows what it opens.
fn fix(way: Option<Way>, sight: &Sight) -> &'static str {
    match (way, sight.finding.place.surface) {
        (Some(Way::Argument), _) => {
            "Use RUN --mount=type=secret instead of the build argument; tightlip lint --fix rewrites it, callers included."
        }
        (_, Surface::Log) => {
            "Let the step print nothing of it: leave out set -x, verbose options and echo, or send what it prints to a file \
             that is not kept."
        }
        _ if sight.form != form::WHOLE && sight.form.starts_with("its ") => {
            "Let the step write down nothing that is made from the value alone: whoever guesses it can check the guess."
        }
        _ => {
            "Let the step use the secret where it lies, in /run/secrets or its variable, or delete what it wrote in the same \
             RUN; tightlip lint names tools that store what they are told, and what they take instead."
        }
    }
}

/// A secret that was given, and that no step takes: nothing was seen of what becomes of it.
fn untaken(taken: &Taken) -> Option<Doubt> {
    let none = taken.instructions.is_empty();
    none.then(|| doubt("no step takes it".to_owned(), "give it the id that a step takes, or leave it out"))
}

fn doubt(reason: String, help: &str) -> Doubt {
    Doubt { reason, dockerfile: None, output: Vec::new(), help: help.to_owned() }
}

fn unclear(line: &DockerfileLine) -> Proven {
    Proven {
        name: "?".to_owned(),
        way: Way::Mount,
        required: false,
        shape: "none".to_owned(),
        origin: Origin::MadeUp,
        taken_by: vec![line.clone()],
        answer: Answer::Unproven,
        leaks: Vec::new(),
        doubts: vec![doubt(
            "what it is called is only known when it is built".to_owned(),
            "give the build argument that its id is made of: --build-arg",
        )],
    }
}
