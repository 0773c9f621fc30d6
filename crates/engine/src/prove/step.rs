//! Finds the instruction that a builder means when it names a step.
//!
//! Sources: BuildKit `frontend/dockerfile/dockerfile2llb/convert.go` (`prefixCommand`), buildah `imagebuildah`.

use tightlip_dockerfile::{Base, Instruction, Kind};

use super::plan::Plan;

/// The instruction of a step: `[build 2/3] RUN …`, `[linux/arm64 stage-1 2/3] …`, `[1/2] STEP 2/3: RUN …`,
/// `STEP 2/3: …`.
pub(crate) fn instruction(plan: &Plan, step: &str) -> Option<usize> {
    let (brackets, rest) = match step.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((brackets, rest)) => (Some(brackets), rest.trim_start()),
        None => (None, step),
    };
    if let Some(number) = rest.strip_prefix("STEP ").and_then(|rest| rest.split_once(':')) {
        let stage = brackets.and_then(first_number).map_or(Some(0), |number: usize| number.checked_sub(1))?;
        return of_buildah(plan, stage, first_number(number.0)?);
    }
    let words: Vec<&str> = brackets?.split(' ').collect();
    let number = first_number(words.last()?)?;
    // A name of a stage has no slash; a platform and a number of a step have.
    let name = words.iter().find(|word| !word.contains('/'));
    of_buildkit(plan, stage(plan, name.copied())?, number)
}

fn first_number(text: &str) -> Option<usize> {
    text.split('/').next()?.parse().ok()
}

fn stage(plan: &Plan, name: Option<&str>) -> Option<usize> {
    let Some(name) = name else {
        return (plan.stages.all().len() == 1).then_some(0);
    };
    let unnamed = || name.strip_prefix("stage-").and_then(|number| number.parse().ok());
    plan.stages.find(name).or_else(unnamed)
}

/// `FROM` of an image is the first step; after it only what makes layers counts.
fn of_buildkit(plan: &Plan, stage: usize, number: usize) -> Option<usize> {
    let stage = plan.stages.all().get(stage)?;
    let from = usize::from(matches!(stage.base, Base::Image(_) | Base::Outside));
    if from == number {
        return Some(stage.from);
    }
    let makes_layers = |index: &usize| {
        let kind = plan.document.instructions().get(*index).map(|one: &Instruction| &one.kind);
        matches!(kind, Some(Kind::Run(_) | Kind::Copy(_) | Kind::Add(_) | Kind::Workdir(_)))
    };
    stage.instructions.clone().filter(makes_layers).nth(number.checked_sub(from + 1)?)
}

/// Every instruction is a step.
fn of_buildah(plan: &Plan, stage: usize, number: usize) -> Option<usize> {
    let stage = plan.stages.all().get(stage)?;
    let index = stage.from + number.checked_sub(1)?;
    (index < stage.instructions.end).then_some(index)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prove::plan::Wishes;
    use crate::request::DockerfileText;

    #[test]
    fn the_names_of_steps_lead_to_their_instructions() {
        let text = "ARG A\nFROM bb AS one\nENV X=1\nRUN a\nFROM one\nWORKDIR /x\nRUN b\nFROM scratch AS three\nCOPY c c\n";
        let dockerfile = DockerfileText { name: String::new(), text: text.to_owned() };
        let plan = Plan::new(&dockerfile, &Wishes::default());
        for (step, line) in [
            ("[one 1/2] FROM docker.io/library/bb", Some(2)),
            ("[one 2/2] RUN a", Some(4)),
            ("[stage-1 2/2] RUN b", Some(7)),
            ("[linux/arm64 stage-1 1/2] WORKDIR /x", Some(6)),
            ("[three 1/1] COPY c c", Some(9)),
            ("[1/3] STEP 3/3: RUN a", Some(4)),
            ("[2/3] STEP 3/3: RUN b", Some(7)),
            ("[internal] load build context", None),
            ("exporting to oci image format", None),
            ("[one 9/9] RUN a", None),
        ] {
            let found = instruction(&plan, step).and_then(|index| plan.line(index)).map(|at| at.line);
            assert_eq!(found, line, "{step}");
        }
    }
}
