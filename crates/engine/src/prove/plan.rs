//! What a Dockerfile takes, and what has to be built so that all of it is used.

use std::collections::{BTreeMap, BTreeSet};

use tightlip_dockerfile::{Base, Command, Document, Instruction, Kind, Mount, MountKind, Scopes, Stages};
use tightlip_report::DockerfileLine;
use tightlip_report::proof::Way;

use super::canary::Arrives;
use crate::lint::name::{Says, says};
use crate::request::DockerfileText;

/// What the builder reads as the id of an `ssh` mount without one.
const SSH_ID: &str = "default";

/// A Dockerfile with what follows from it.
pub(crate) struct Plan {
    pub(crate) document: Document,
    pub(crate) stages: Stages,
    /// Its name for the receipt.
    name: String,
    /// What it takes, in the order of its lines.
    pub(crate) taken: Vec<Taken>,
    /// Mounts whose id is not known.
    pub(crate) unclear: Vec<DockerfileLine>,
}

/// A secret that a Dockerfile takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Taken {
    pub(crate) name: String,
    pub(crate) way: Way,
    pub(crate) required: bool,
    /// What else it is called: its variables and files.
    pub(crate) known_as: Vec<String>,
    /// How the steps get it, as far as its shape is concerned.
    pub(crate) arrives: Arrives,
    /// The instructions that take it.
    pub(crate) instructions: BTreeSet<usize>,
}

/// How a stage is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target<'t> {
    /// By its name.
    Named(&'t str),
    /// By naming none.
    Last,
}

/// What the user says about a build.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wishes {
    /// `--build-arg`.
    pub(crate) arguments: BTreeMap<String, String>,
    /// Arguments that are secret though their names do not say so.
    pub(crate) secret_arguments: Vec<String>,
    /// Secrets that the user gives, by id.
    pub(crate) secrets: Vec<String>,
}

impl Plan {
    pub(crate) fn new(dockerfile: &DockerfileText, wishes: &Wishes) -> Self {
        let document = Document::parse(&dockerfile.text);
        let scopes = Scopes::of(&document, wishes.arguments.clone());
        let stages = scopes.stages().clone();
        let mut taking = Taking {
            scopes: &scopes,
            escape: document.escape(),
            wishes,
            taken: Vec::new(),
            unclear: Vec::new(),
        };
        for (index, instruction) in document.instructions().iter().enumerate() {
            taking.instruction(index, instruction.innermost());
        }
        for id in &wishes.secrets {
            taking.take((id, Way::Mount), None);
        }
        let (taken, unclear) = (taking.taken, taking.unclear);
        let mut plan = Self { stages, name: dockerfile.name.clone(), taken, unclear: Vec::new(), document };
        plan.unclear = unclear.into_iter().filter_map(|index| plan.line(index)).collect();
        plan
    }

    /// The line of an instruction.
    pub(crate) fn line(&self, instruction: usize) -> Option<DockerfileLine> {
        let instruction = self.document.instructions().get(instruction)?;
        Some(DockerfileLine { file: self.name.clone(), line: instruction.line as u64 })
    }

    /// The `RUN` that a line belongs to.
    pub(crate) fn step_at(&self, line: u64) -> Option<usize> {
        let holds = |one: &Instruction| {
            matches!(one.kind, Kind::Run(_)) && (one.line as u64..=one.last_line as u64).contains(&line)
        };
        self.document.instructions().iter().position(holds)
    }

    /// What a stage is called; without a name as BuildKit calls it.
    pub(crate) fn stage(&self, stage: usize) -> String {
        let name = self.stages.all().get(stage).and_then(|stage| stage.name.clone());
        name.unwrap_or_else(|| format!("stage-{stage}"))
    }

    /// How a stage is asked for. The last one needs no name; one that has none and is not the last can be built only
    /// as a part of others.
    pub(crate) fn target(&self, stage: usize) -> Option<Target<'_>> {
        let all = self.stages.all();
        let name = all.get(stage)?.name.as_deref();
        // A later stage of the same name hides it.
        let own = name.filter(|name| self.stages.find(name) == Some(stage));
        match own {
            Some(name) => Some(Target::Named(name)),
            None => (stage + 1 == all.len()).then_some(Target::Last),
        }
    }

    /// The Dockerfile up to the end of a stage: its image was made of no more.
    pub(crate) fn until(&self, stage: usize) -> DockerfileText {
        let last = self.stages.all().get(stage).and_then(|stage| stage.instructions.end.checked_sub(1));
        let end = last.and_then(|last| self.document.instructions().get(last)).map(|last| last.span.end);
        let source = self.document.source();
        let text = end.and_then(|end| source.get(..end)).unwrap_or(source).to_owned();
        DockerfileText { name: self.name.clone(), text }
    }

    /// Stages that no other stage needs, the last one first: together they need all.
    pub(crate) fn leaves(&self) -> Vec<usize> {
        let all = self.stages.all();
        let based = all.iter().filter_map(|stage| match stage.base {
            Base::Stage(base) => Some(base),
            _ => None,
        });
        let needed: BTreeSet<usize> =
            based.chain(all.iter().flat_map(|stage| stage.reads.iter().copied())).collect();
        all.iter().map(|stage| stage.index).filter(|index| !needed.contains(index)).rev().collect()
    }

    /// The stages that a stage takes something from directly.
    pub(crate) fn inputs(&self, stage: usize) -> Vec<usize> {
        let Some(stage) = self.stages.all().get(stage) else { return Vec::new() };
        let base = match stage.base {
            Base::Stage(base) => Some(base),
            _ => None,
        };
        stage.reads.iter().copied().chain(base).collect()
    }

    /// Whether building a stage gives any of what is taken to a step.
    pub(crate) fn is_given_secrets(&self, stage: usize) -> bool {
        let needed = self.stages.needed(stage);
        self.taken.iter().any(|taken| {
            let mut homes = taken.instructions.iter().map(|index| self.home(*index));
            taken.instructions.is_empty() || homes.any(|home| home.is_none_or(|home| needed.contains(&home)))
        })
    }

    /// The secret that a build argument is, if it is one.
    pub(crate) fn argument(&self, name: &str) -> Option<&Taken> {
        self.taken.iter().find(|taken| taken.way == Way::Argument && taken.name == name)
    }

    /// The names of all build arguments.
    pub(crate) fn arguments(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for one in self.document.instructions() {
            if let Kind::Arg(pairs) = &one.innermost().kind {
                names.extend(pairs.iter().map(|pair| pair.name.as_str()));
            }
        }
        names
    }

    /// The stage of an instruction; none above the first `FROM`.
    pub(crate) fn home(&self, instruction: usize) -> Option<usize> {
        self.stages.holding(instruction).map(|stage| stage.index)
    }

    /// An image that a step with a shell starts from: there a shell can be had.
    pub(crate) fn image_with_shell(&self) -> Option<String> {
        self.stages.all().iter().find_map(|stage| {
            let Base::Image(image) = &stage.base else { return None };
            let first = self
                .document
                .instructions()
                .get(stage.instructions.clone())?
                .iter()
                .find(|one| matches!(one.kind, Kind::Run(_) | Kind::Copy(_) | Kind::Add(_)))?;
            let Kind::Run(run) = &first.kind else { return None };
            matches!(run.command, Command::Shell(_)).then(|| image.clone())
        })
    }
}

/// Reads a Dockerfile for what it takes.
struct Taking<'t> {
    scopes: &'t Scopes<'t>,
    escape: char,
    wishes: &'t Wishes,
    taken: Vec<Taken>,
    unclear: Vec<usize>,
}

impl Taking<'_> {
    fn instruction(&mut self, index: usize, instruction: &Instruction) {
        match &instruction.kind {
            Kind::Arg(pairs) => {
                for pair in pairs {
                    let empty =
                        pair.value.as_deref().is_none_or(|text| text.trim_matches(['"', '\'']).is_empty());
                    let named = self.wishes.secret_arguments.iter().any(|name| pair.name.as_str() == name);
                    if named || empty && says(&pair.name) > Says::Nothing {
                        self.take((&pair.name, Way::Argument), Some(index)).required = false;
                    }
                }
            }
            _ => instruction.mounts().iter().for_each(|mount| self.mount(index, mount)),
        }
    }

    fn mount(&mut self, index: usize, mount: &Mount) {
        let (way, id) = match mount.kind {
            MountKind::Secret => (Way::Mount, mount.secret_id()),
            MountKind::Ssh => (Way::Ssh, Some(mount.id().map_or(SSH_ID, |id| id.as_str()))),
            _ => return,
        };
        let scope = self.scopes.at(index);
        let expanded = |word: &str| scope.expand(word, self.escape).ok().and_then(|value| value.text);
        let Some(id) = id.and_then(expanded).filter(|id| !id.is_empty()) else {
            self.unclear.push(index);
            return;
        };
        let arrives = if mount.env().is_some() { Arrives::InVariable } else { Arrives::InFile };
        let others = [mount.env(), mount.target()];
        let others: Vec<String> = others.into_iter().flatten().map(ToString::to_string).collect();
        let taken = self.take((&id, way), Some(index));
        taken.required |= mount.is_required();
        taken.known_as.extend(others);
        if arrives == Arrives::InVariable {
            taken.arrives = arrives;
        }
    }

    fn take(&mut self, (name, way): (&str, Way), instruction: Option<usize>) -> &mut Taken {
        let at = self.taken.iter().position(|taken| taken.way == way && taken.name == name);
        let at = at.unwrap_or_else(|| {
            let (known_as, instructions) = (Vec::new(), BTreeSet::new());
            let arrives = if way == Way::Argument { Arrives::InVariable } else { Arrives::InFile };
            self.taken.push(Taken {
                name: name.to_owned(),
                way,
                required: false,
                known_as,
                arrives,
                instructions,
            });
            self.taken.len() - 1
        });
        let taken = &mut self.taken[at];
        taken.instructions.extend(instruction);
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(text: &str) -> Plan {
        let text = text.to_owned();
        let wishes = Wishes { arguments: [("ID".to_owned(), "x".to_owned())].into(), ..Wishes::default() };
        Plan::new(&DockerfileText { name: "Dockerfile".to_owned(), text }, &wishes)
    }

    fn names(plan: &Plan) -> Vec<(&str, Way, bool)> {
        plan.taken.iter().map(|taken| (taken.name.as_str(), taken.way, taken.required)).collect()
    }

    #[test]
    fn mounts_and_arguments_that_hold_secrets_are_taken() {
        let plan = plan(
            "ARG ID\nFROM bb\nARG VERSION\nARG NPM_TOKEN\nARG ID\n\
             RUN --mount=type=secret,id=a,env=B --mount=type=secret,target=/root/.npmrc,required x\n\
             RUN --mount=type=ssh --mount=type=secret,id=$ID --mount=type=secret,id=$OTHER --mount=type=secret,id=a y\n",
        );
        let expected = [
            ("NPM_TOKEN", Way::Argument, false),
            ("a", Way::Mount, false),
            (".npmrc", Way::Mount, true),
            ("default", Way::Ssh, false),
            ("x", Way::Mount, false),
        ];
        assert_eq!(names(&plan), expected);
        assert_eq!(plan.taken[1].known_as, ["B"]);
        assert_eq!(plan.taken[1].instructions, BTreeSet::from([5, 6]));
        assert_eq!(plan.unclear.iter().map(|line| line.line).collect::<Vec<_>>(), [7]);
    }

    #[test]
    fn what_no_stage_needs_is_built() {
        let plan = plan(
            "FROM bb AS base\nFROM base AS deps\nRUN --mount=type=secret,id=a x\nFROM base AS lint\n\
             FROM base\nCOPY --from=deps /x /x\n",
        );
        assert_eq!(plan.leaves(), [3, 2]);
        assert!(plan.is_given_secrets(3) && !plan.is_given_secrets(2));
        assert_eq!((plan.stage(1), plan.stage(3)), ("deps".to_owned(), "stage-3".to_owned()));
        assert_eq!((plan.target(1), plan.target(3)), (Some(Target::Named("deps")), Some(Target::Last)));
        assert!(plan.until(1).text.trim_end().ends_with("id=a x"));
        assert_eq!(plan.inputs(3), [1, 0]);
        assert_eq!([1, 3, 5].map(|line| plan.step_at(line)), [None, Some(2), None]);
    }

    #[test]
    fn a_shell_is_where_the_dockerfile_uses_one_first() {
        assert_eq!(plan("FROM scratch\nCOPY sh /bin/sh\nRUN x\n").image_with_shell(), None);
        assert_eq!(plan("FROM a\nRUN [\"/x\"]\nFROM b\nRUN x\n").image_with_shell(), Some("b".to_owned()));
    }
}
