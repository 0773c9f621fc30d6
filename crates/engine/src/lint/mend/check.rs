//! Reads the Dockerfile again as it would be: nothing of the secret may be left in what the build keeps.

use std::collections::BTreeMap;

use tightlip_dockerfile::flow::{Effects, Setting, Source};
use tightlip_dockerfile::shell::{Interpreter, Script};
use tightlip_dockerfile::{Document, Edit, Instruction, Kind, Mount, Scopes};

use super::Refusal;
use super::step::stored;
use crate::lint::guard;
use crate::lint::project::Dockerfile;
use crate::lint::rules::links;

/// Says what is still wrong after the edits.
pub(super) fn holds(dockerfile: &Dockerfile<'_>, root: &str, edits: &[Edit]) -> Result<(), Refusal> {
    let after = guard::dockerfile(dockerfile.document, edits)?;
    let scopes = Scopes::of(&after, BTreeMap::new());
    for instruction in after.instructions().iter().map(Instruction::innermost) {
        let (Kind::Arg(pairs) | Kind::Env(pairs)) = &instruction.kind else { continue };
        if pairs.iter().any(|pair| pair.name.as_str() == root) {
            return Err(format!("line {}: {root} would still be declared", instruction.line));
        }
    }
    for (index, instruction) in after.instructions().iter().enumerate() {
        let interpreter = Interpreter::at(&after, scopes.stages(), index);
        let Some(script) = Script::of(instruction, &interpreter) else { continue };
        let mounts = instruction.mounts().iter().filter(|mount| mount.secret_id() == Some(root));
        for from in mounts.filter_map(source) {
            if !script.problems.is_empty() || !stored(&script, instruction, &from).is_empty() {
                return Err(format!("line {}: the step would still write it down", instruction.line));
            }
            if compiled(&after, (instruction, &script), &from) {
                let why =
                    "a step would still compile it into the program; give it to the program when it starts";
                return Err(why.to_owned());
            }
        }
    }
    Ok(())
}

/// Whether a linker writes the value into a program.
fn compiled(document: &Document, (instruction, script): (&Instruction, &Script), from: &Source) -> bool {
    let mut setting = Setting::default().mounts(instruction.mounts());
    if let Source::Variable(name) = from {
        setting = setting.variable(name);
    }
    let effects = Effects::of(script, &setting);
    effects.flows.iter().any(|flow| flow.source == *from && links(document.text(flow.command), flow))
}

/// Where a mounted secret comes from, as the step sees it.
fn source(mount: &Mount) -> Option<Source> {
    let variable = mount.env().map(|name| Source::Variable(name.to_string()));
    variable.or_else(|| mount.secret_file().map(|file| Source::File(file.to_string())))
}
