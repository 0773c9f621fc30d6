//! A Dockerfile in which a step that fails no longer ends the build, or a command of the user's runs in its place.
//!
//! Instructions and lines stay what they were: whatever names a line of the one names it of the other.

use std::collections::{BTreeMap, BTreeSet};

use tightlip_dockerfile::{Command, Document, Edit, Instruction, Kind, Span, Text};

use super::plan::Plan;
use crate::request::DockerfileText;

/// What a step says when it fails and the build goes on; the exit code follows.
pub(crate) const MARK: &str = "tightlip: this step ended with ";

/// What is changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Altered {
    /// Commands in the place of steps.
    pub(crate) stubs: BTreeMap<usize, String>,
    /// Steps that may fail.
    pub(crate) forgiven: BTreeSet<usize>,
    /// The first instruction that is left out, with all that follow.
    pub(crate) cut: Option<usize>,
}

impl Altered {
    /// The Dockerfile; none if it is as it was.
    pub(crate) fn text(&self, plan: &Plan) -> Option<String> {
        let document = &plan.document;
        let one = |index: &usize| document.instructions().get(*index);
        let stubs = self.stubs.iter().filter_map(|(index, stub)| Some((one(index)?, stub.clone())));
        let forgiven = self.forgiven.iter().filter(|index| !self.stubs.contains_key(index));
        let forgiven = forgiven.filter_map(|index| Some((one(index)?, going_on(plan, *index)?)));
        let mut edits: Vec<Edit> = stubs
            .chain(forgiven)
            .filter(|(step, _)| self.cut.and_then(|cut| one(&cut)).is_none_or(|cut| step.line < cut.line))
            .map(|(step, command)| instead(document, step, command))
            .collect();
        let end = document.source().len();
        edits.extend(
            self.cut.and_then(|cut| one(&cut)).map(|cut| Edit::remove(Span::new(cut.span.start, end))),
        );
        if edits.is_empty() { None } else { document.edited(&edits).ok() }
    }

    /// The Dockerfile up to the end of a stage: its image was made of no more.
    pub(crate) fn until(&self, plan: &Plan, stage: usize) -> DockerfileText {
        let whole = plan.until(stage);
        let Some(text) = self.text(plan) else { return whole };
        let document = Document::parse(&text);
        let last = plan.stages.all().get(stage).and_then(|stage| stage.instructions.end.checked_sub(1));
        let end = last.and_then(|last| document.instructions().get(last)).map(|last| last.span.end);
        let until = end.and_then(|end| text.get(..end)).unwrap_or(&text).to_owned();
        DockerfileText { text: until, ..whole }
    }
}

/// Whether the build can go on when the step fails: it is one for a shell.
pub(crate) fn can_go_on(plan: &Plan, index: usize) -> bool {
    going_on(plan, index).is_some()
}

/// The step as words for no shell: one of its own runs what it would have run, and says how that ended.
fn going_on(plan: &Plan, index: usize) -> Option<String> {
    let script = script(plan.document.instructions().get(index)?)?;
    let mut words =
        vec!["/bin/sh".to_owned(), "-c".to_owned(), format!("\"$@\" || echo \"{MARK}$?\""), "sh".to_owned()];
    words.extend(shell(plan, index)?);
    words.push(script);
    let json = serde_json::to_string(&words).ok()?;
    // Two of them begin a here-document to the builder, wherever they stand.
    Some(json.replace("<<", "\\u003c\\u003c"))
}

/// What the builder hands to the shell. Source: BuildKit `frontend/dockerfile/dockerfile2llb/convert.go`, `dispatchRun`.
fn script(instruction: &Instruction) -> Option<String> {
    let Kind::Run(run) = &instruction.kind else { return None };
    let Command::Shell(line) = &run.command else { return None };
    match instruction.heredocs.as_slice() {
        // It may name a program of its own, which no shell reads.
        [only] if only.word.trim().as_str() == line.trim().as_str() => {
            (!only.content.as_str().starts_with("#!")).then(|| only.content.as_str().to_owned())
        }
        several => {
            let bodies = several.iter().map(|one| format!("\n{}{}", one.content.as_str(), one.name));
            Some(bodies.fold(line.as_str().to_owned(), |text, body| text + &body))
        }
    }
}

/// The words of the shell at a step: the last `SHELL` before it, else the usual ones.
fn shell(plan: &Plan, index: usize) -> Option<Vec<String>> {
    let stage = plan.home(index)?;
    let before = plan.stages.steps(stage).into_iter().rev().filter(|step| *step < index);
    let mut kinds = before.filter_map(|step| plan.document.instructions().get(step)).map(|one| &one.kind);
    let words = kinds.find_map(|kind| match kind {
        Kind::Shell(words) => Some(words.iter().map(|word| word.as_str().to_owned()).collect()),
        _ => None,
    });
    Some(words.unwrap_or_else(|| vec!["/bin/sh".to_owned(), "-c".to_owned()]))
}

/// Another command behind the options of a step. Lines that fall away become comments.
fn instead(document: &Document, step: &Instruction, command: String) -> Edit {
    let start = Text::span(&step.arguments).start;
    let rest = document.text(Span::new(start, step.span.end));
    let body = rest.trim_end_matches(['\n', '\r']);
    let lines = "\n#".repeat(body.matches('\n').count());
    Edit::replace(Span::new(start, start + body.len()), command + &lines)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prove::plan::Wishes;

    fn plan(text: &str) -> Plan {
        let dockerfile = DockerfileText { name: "Dockerfile".to_owned(), text: text.to_owned() };
        Plan::new(&dockerfile, &Wishes::default())
    }

    #[test]
    fn a_step_that_may_fail_runs_what_it_ran_and_every_line_stays_where_it_was() {
        let text = "FROM a\nSHELL [\"/bin/bash\", \"-ec\"]\nRUN --mount=type=secret,id=t \\\n  # why\n  one \\\n && two \"x\"\n\
            RUN <<E\nthree\nE\nRUN cat <<F > /f\nfour\nF\nRUN [\"five\"]\nRUN <<E\n#!/six\nE\nENV A=1\n";
        let plan = plan(text);
        let able: Vec<usize> =
            (0..plan.document.instructions().len()).filter(|i| can_go_on(&plan, *i)).collect();
        assert_eq!(able, [2, 3, 4]);
        let altered = Altered { forgiven: able.into_iter().collect(), ..Altered::default() };
        let after = altered.text(&plan).unwrap();
        let again = Document::parse(&after);
        let lines = |document: &Document| -> Vec<usize> {
            document.instructions().iter().map(|one| one.line).collect()
        };
        assert_eq!(lines(&again), lines(&plan.document), "{after}");
        let words = |index: usize| match &again.instructions()[index].kind {
            Kind::Run(run) => match &run.command {
                Command::Exec(words) => words.iter().map(|word| word.as_str().to_owned()).collect::<Vec<_>>(),
                Command::Shell(text) => panic!("{}", text.as_str()),
            },
            _ => panic!("{after}"),
        };
        assert_eq!(words(2)[3..6], ["sh", "/bin/bash", "-ec"]);
        assert!(words(2)[6].contains("one") && words(2)[6].ends_with("&& two \"x\""), "{after}");
        assert_eq!(words(3)[6], "three\n");
        assert_eq!(words(4)[6], "cat <<F > /f\nfour\nF");
        assert_eq!(again.instructions()[2].mounts().len(), 1);
    }

    #[test]
    fn a_stub_runs_in_the_place_of_a_step_and_nothing_after_the_cut_is_left() {
        let plan =
            plan("FROM a AS x\nRUN --mount=type=secret,id=t npm ci \\\n --a\nRUN b\nFROM x\nCOPY c c\n");
        let mut altered =
            Altered { stubs: [(1, "mkdir node_modules".to_owned())].into(), ..Altered::default() };
        let after = altered.text(&plan).unwrap();
        assert!(
            after.starts_with("FROM a AS x\nRUN --mount=type=secret,id=t mkdir node_modules\n#\nRUN b\n"),
            "{after}"
        );
        assert!(altered.until(&plan, 0).text.trim_end().ends_with("RUN b"));
        altered.cut = Some(2);
        let after = altered.text(&plan).unwrap();
        assert_eq!(after, "FROM a AS x\nRUN --mount=type=secret,id=t mkdir node_modules\n#\n");
        assert_eq!(Altered::default().text(&plan), None);
    }
}
