//! Turns a file with secrets that is copied into the image into a mount of the steps that need it: the copy goes, what
//! removed the file later goes, the ignore file keeps it out, and whatever starts the build passes it.

mod place;
mod step;

use tightlip_callers::{Grant, Granted};
use tightlip_dockerfile::flow::join;
use tightlip_dockerfile::{Edit, Instruction, Kind, MountKind, Source, Span};

use super::reader::{Hands, Reader, readers};
use super::{Refusal, callers, frontend, step as steps};
use crate::lint::fix::{Fix, Safety};
use crate::lint::guard;
use crate::lint::project::{Dockerfile, Project};
use crate::lint::rules::pattern;
use crate::lint::text::FileId;
use place::Copied;
use step::Use;
pub(super) use step::{Need, used};

/// The fix for a file that an instruction names and copies.
pub(crate) fn fix(project: &Project<'_>, dockerfile: &Dockerfile<'_>, (index, source): (usize, Span)) -> Fix {
    let name = dockerfile.document.text(source);
    let title = format!("mount {name} in the steps that need it, and copy it no more");
    let written = frontend::can_mount(dockerfile);
    let copied = written.and_then(|written| Ok((Copied::of(dockerfile, index, source)?, written)));
    let result = copied.and_then(|(copied, written)| mended(project, dockerfile, (&copied, written)));
    match result {
        Ok((safety, edits)) => Fix { title, safety, edits },
        Err(why) => Fix { title, safety: Safety::Refused(why), edits: Vec::new() },
    }
}

/// A step that uses the file.
struct User {
    index: usize,
    uses: Use,
}

fn mended(
    project: &Project<'_>,
    dockerfile: &Dockerfile<'_>,
    (copied, written): (&Copied<'_>, frontend::Written),
) -> Result<(Safety, Vec<(FileId, Edit)>), Refusal> {
    let readers: Vec<&Reader> = readers(&copied.path).chain(readers(&copied.file)).collect();
    let stages = holding(dockerfile, copied);
    stays_out_of_the_rest(dockerfile, copied, &stages)?;
    let (users, removed) = users(dockerfile, copied, (&stages, &readers))?;
    let needed = users.iter().map(|user| user.uses.need).max().unwrap_or(Need::No);
    if needed == Need::No {
        return Err(format!(
            "no step is seen to use {}: what the container reads when it runs is given to it then",
            copied.file
        ));
    }
    let agent = readers.iter().any(|reader| reader.hands == Hands::Agent)
        && !users.iter().any(|user| user.uses.named);
    let id = if agent { "default".to_owned() } else { id(copied.name())? };
    let mut edits = copied.left_out(dockerfile);
    for user in &users {
        edits.extend(user.uses.edits.iter().cloned());
        if user.uses.need > Need::No && !user.uses.emptied {
            let what = if agent { None } else { Some((id.as_str(), copied.path.as_str())) };
            edits.extend(mount(dockerfile, user.index, (what, written))?);
        }
    }
    guard::dockerfile(dockerfile.document, &edits)?;
    let what = if agent { Granted::Ssh } else { Granted::Secret };
    let granted = callers::granted(project, dockerfile, &Grant { what, id: &id, file: &copied.file })?;
    let shipped = stages.iter().any(|stage| dockerfile.ships(*stage));
    let sure = needed == Need::Yes
        && !users.iter().any(|user| user.uses.need == Need::Perhaps)
        && (removed || !shipped)
        && granted.all;
    let mut all: Vec<(FileId, Edit)> = edits.into_iter().map(|edit| (dockerfile.id, edit)).collect();
    all.extend(granted.edits);
    all.extend(ignored(project, dockerfile, copied));
    Ok((if sure { Safety::Safe } else { Safety::Unsafe }, all))
}

/// The stages that have the file: its own, and those that are `FROM` it.
fn holding(dockerfile: &Dockerfile<'_>, copied: &Copied<'_>) -> Vec<usize> {
    let stages = dockerfile.stages();
    let Some(own) = stages.holding(copied.index) else { return Vec::new() };
    let has = |stage: &usize| stages.lineage(*stage).contains(&own.index);
    (0..stages.all().len()).filter(has).collect()
}

/// Only `RUN` has mounts: whatever else needs the file keeps it where it is.
fn stays_out_of_the_rest(
    dockerfile: &Dockerfile<'_>,
    copied: &Copied<'_>,
    stages: &[usize],
) -> Result<(), Refusal> {
    for (index, instruction) in dockerfile.instructions() {
        let (line, name) = (instruction.line, instruction.name.to_ascii_uppercase());
        let here = dockerfile.stages().holding(index).is_some_and(|stage| stages.contains(&stage.index));
        match &instruction.kind {
            Kind::Cmd(_) | Kind::Entrypoint(_) | Kind::Healthcheck(_) | Kind::Env(_) | Kind::Arg(_)
                if here && instruction.arguments.contains(&copied.path) =>
            {
                return Err(format!(
                    "line {line}: {name} names it for the container, which has to have it then"
                ));
            }
            Kind::Copy(transfer) => {
                let from = transfer.from.as_deref().and_then(|from| dockerfile.stages().find(from));
                let takes =
                    |source: &Source| matches!(source, Source::Path(path) if join("/", path) == copied.path);
                if from.is_some_and(|from| stages.contains(&from)) && transfer.sources.iter().any(takes) {
                    return Err(format!("line {line}: {name} takes it on into another stage"));
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// The steps that see the file, and whether one of its own stage removes it.
fn users(
    dockerfile: &Dockerfile<'_>,
    copied: &Copied<'_>,
    (stages, readers): (&[usize], &[&Reader]),
) -> Result<(Vec<User>, bool), Refusal> {
    let mut users = Vec::new();
    let mut removed = false;
    for stage in stages {
        let Some(stage) = dockerfile.stages().all().get(*stage) else { continue };
        for index in stage.instructions.clone().filter(|index| *index > copied.index) {
            let Some(uses) = used(dockerfile, index, &copied.path, readers)? else { continue };
            let last = uses.removed;
            users.push(User { index, uses });
            if last {
                removed = true;
                break;
            }
        }
        // Stages that come from this one begin without the file.
        if removed {
            break;
        }
    }
    Ok((users, removed))
}

/// The id of the secret: the name of the file without the dot in front.
fn id(name: &str) -> Result<String, Refusal> {
    let id = name.trim_start_matches('.');
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    match !id.is_empty() && id.chars().all(fits) {
        true => Ok(id.to_owned()),
        false => Err(format!("{name} is no name for a secret")),
    }
}

/// The mount of a step: a file, or the agent where there is none. It is the user's who runs the step.
fn mount(
    dockerfile: &Dockerfile<'_>,
    index: usize,
    (file, written): (Option<(&str, &str)>, frontend::Written),
) -> Result<Option<Edit>, Refusal> {
    let Some(instruction) = dockerfile.instruction(index) else { return Ok(None) };
    let owner = owner(dockerfile, index, instruction)?;
    let required = written.required();
    Ok(match file {
        Some((_, path)) if has_file(instruction, path) => None,
        None if instruction.mounts().iter().any(|mount| mount.kind == MountKind::Ssh) => None,
        Some((id, path)) => Some(steps::flag(
            instruction,
            &format!(" --mount=type=secret,id={id},target={path}{owner},{required}"),
        )),
        None => Some(steps::flag(instruction, &format!(" --mount=type=ssh{owner},{required}"))),
    })
}

fn has_file(instruction: &Instruction, path: &str) -> bool {
    instruction.mounts().iter().any(|mount| mount.secret_file().is_some_and(|file| file == path))
}

/// `,uid=…` where the step does not run as root.
pub(super) fn owner(
    dockerfile: &Dockerfile<'_>,
    index: usize,
    instruction: &Instruction,
) -> Result<String, Refusal> {
    let Some(user) = dockerfile.user_at(index) else { return Ok(String::new()) };
    let name = user.split(':').next().unwrap_or("");
    if matches!(name, "" | "root" | "0") {
        return Ok(String::new());
    }
    if name.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(format!(",uid={name}"));
    }
    if name == "node" && is_node(dockerfile, index) {
        // The image of Node.js says so: docker-node, "Best Practices", non-root user.
        return Ok(",uid=1000".to_owned());
    }
    Err(format!(
        "line {}: the step runs as {name}, and a mount needs the number of the user",
        instruction.line
    ))
}

/// Whether the stage starts from the official image of Node.js.
fn is_node(dockerfile: &Dockerfile<'_>, index: usize) -> bool {
    let stages = dockerfile.stages();
    let base =
        stages.holding(index).and_then(|stage| stages.all().get(*stages.lineage(stage.index).first()?));
    matches!(base.map(|stage| &stage.base), Some(tightlip_dockerfile::Base::Image(image)) if {
        let name = image.split([':', '@']).next().unwrap_or("");
        matches!(name, "node" | "docker.io/node" | "docker.io/library/node" | "library/node")
    })
}

/// A line of the ignore file: a broad `COPY` must not bring the file back. Not while another instruction names it.
fn ignored(project: &Project<'_>, dockerfile: &Dockerfile<'_>, copied: &Copied<'_>) -> Vec<(FileId, Edit)> {
    let mut edits = Vec::new();
    for (context, takes) in &dockerfile.contexts {
        let others = project.dockerfiles.iter().filter(|other| other.id != dockerfile.id);
        let elsewhere = others
            .flat_map(|other| &other.contexts)
            .filter(|(other, _)| other.ignore == context.ignore)
            .flat_map(|(_, takes)| takes);
        let here = takes.iter().filter(|take| take.instruction != copied.index);
        let named =
            here.chain(elsewhere).any(|take| take.takes(&copied.file) && !take.is_broad(&copied.file));
        let told = takes.iter().any(|take| take.instruction == copied.index);
        if told && !named && !context.rules.excludes(&copied.file) {
            let text = project.file(context.ignore).map_or("", |file| file.source.as_str());
            let open = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
            let line = format!("{open}{}\n", pattern(&copied.file));
            edits.push((context.ignore, Edit::insert(text.len(), line)));
        }
    }
    edits
}
