//! Turns a secret build argument, or a file with secrets that is copied, into a secret mount: in the Dockerfile, and
//! wherever a build is started.
//!
//! A fix is worked out, applied to a copy, and read again: only if nothing of the secret is left in what the build
//! keeps is it offered. What cannot be right is refused with its reason.

mod callers;
mod carry;
mod check;
mod composed;
mod declaration;
mod file;
mod frontend;
mod reader;
mod reading;
mod recipe;
mod step;
mod taken;

pub(crate) use callers::difference;
pub(crate) use file::fix as file;
pub(crate) use reading::is_silent;

use std::collections::BTreeMap;

use tightlip_dockerfile::{Edit, Kind, Origin};

use super::fix::{Fix, Safety};
use super::project::{Dockerfile, Project};
use super::text::FileId;
use super::variable::{SecretVariable, Value};
use step::Needs;

/// Why there is no right edit.
pub(crate) type Refusal = String;

/// The fix for a secret that whoever builds passes as an argument.
pub(crate) fn fix(project: &Project<'_>, dockerfile: &Dockerfile<'_>, secret: &SecretVariable) -> Fix {
    let root = &secret.root;
    if let Some(fix) = dockerfile.fixes.borrow().get(root) {
        return fix.clone();
    }
    let fix = worked_out(project, dockerfile, root);
    dockerfile.fixes.borrow_mut().insert(root.clone(), fix.clone());
    fix
}

fn worked_out(project: &Project<'_>, dockerfile: &Dockerfile<'_>, root: &str) -> Fix {
    let title = format!("hand {root} to the steps that need it as a secret");
    match mended(dockerfile, root).and_then(|mended| everywhere(project, dockerfile, root, mended)) {
        Ok(mended) => {
            Fix { title: mended.title.unwrap_or(title), safety: mended.safety, edits: mended.edits }
        }
        Err(why) => Fix { title, safety: Safety::Refused(why), edits: Vec::new() },
    }
}

/// What has to change in the Dockerfile.
struct Mended {
    /// When it is not the usual one.
    title: Option<String>,
    safety: Safety,
    edits: Vec<(FileId, Edit)>,
}

/// The same with everything that starts builds of this Dockerfile.
fn everywhere(
    project: &Project<'_>,
    dockerfile: &Dockerfile<'_>,
    root: &str,
    mut mended: Mended,
) -> Result<Mended, Refusal> {
    let callers = callers::moved(project, dockerfile, root)?;
    if callers.is_empty() {
        // Whoever builds has to pass the secret from now on, and is not seen here.
        mended.safety = Safety::Unsafe;
    }
    mended.edits.extend(callers);
    Ok(mended)
}

fn mended(dockerfile: &Dockerfile<'_>, root: &str) -> Result<Mended, Refusal> {
    let mounts = frontend::can_mount(dockerfile)?;
    let declared: Vec<&SecretVariable> = dockerfile.secrets.iter().filter(|one| one.root == root).collect();
    let written = |one: &&SecretVariable| matches!(one.value, Value::Literal(_));
    let stands_here = declared.iter().any(written);
    if declared.iter().any(|one| written(one) && one.origin == Origin::Env) {
        return Err(format!(
            "the value of {root} stands in ENV, where the container may read it: rotate it, and give it to the container when it starts"
        ));
    }
    elsewhere(dockerfile, root)?;
    let composed = composed::composed(dockerfile, &declared);
    let mut edits = declaration::removed(dockerfile, &declared, &composed)?;
    let (mut safety, mut steps) = (Safety::Safe, 0);
    if declared.iter().any(|one| matches!(one.value, Value::Copied(_))) {
        // The container may read the variable when it runs.
        safety = Safety::Unsafe;
    }
    let unseen = unseen(dockerfile, &declared);
    let given = Given { dockerfile, root, mounts, composed: &composed, unseen: &unseen };
    let mut all = given.steps(Needs::Seen(&[]))?;
    if all.steps == 0 {
        // What is not known may read its environment.
        all = given.steps(Needs::Possible)?;
    }
    steps += all.steps;
    if all.safety == Safety::Unsafe {
        safety = Safety::Unsafe;
    }
    edits.extend(all.edits);
    check::holds(dockerfile, root, &edits)?;
    let unused = steps == 0;
    let kept = |one: &&SecretVariable| one.origin == Origin::Env && matches!(one.value, Value::Copied(_));
    let title = match (unused, stands_here) {
        (true, _) if declared.iter().any(kept) => Some(format!(
            "take out {root}, which no step is seen to use: give it to the container when it starts, if it reads it"
        )),
        (true, _) => Some(format!("take out {root}, which no step is seen to use")),
        (_, true) => {
            Some(format!("take the value of {root} out (rotate it), and hand it to the steps as a secret"))
        }
        _ => None,
    };
    if stands_here {
        // Builds got the value without passing it.
        safety = Safety::Unsafe;
    }
    let edits = edits.into_iter().map(|edit| (dockerfile.id, edit)).collect();
    Ok(Mended { title, safety: if unused { Safety::Unsafe } else { safety }, edits })
}

/// The steps that get the secret.
struct Steps {
    steps: usize,
    safety: Safety,
    edits: Vec<Edit>,
}

/// What is given to steps.
struct Given<'g> {
    dockerfile: &'g Dockerfile<'g>,
    root: &'g str,
    mounts: frontend::Written,
    /// What is made of it.
    composed: &'g [composed::Composed<'g>],
    /// Its other names that no step is seen to read.
    unseen: &'g [&'g str],
}

/// The names that whatever may read them needs: those that a step writes down as names, to be filled in later, and
/// variables of `ENV` that no step is seen to read. Somebody set them for something.
fn unseen<'d>(dockerfile: &Dockerfile<'_>, declared: &[&'d SecretVariable]) -> Vec<&'d str> {
    let steps: Vec<usize> = dockerfile
        .instructions()
        .filter(|(_, one)| matches!(one.kind, Kind::Run(_)))
        .map(|(index, _)| index)
        .collect();
    let any = |is: fn(&Dockerfile<'_>, usize, &str) -> bool, name: &str| {
        steps.iter().any(|index| is(dockerfile, *index, name))
    };
    // Each name once: by whether a variable of `ENV` that is made of the secret has it.
    let mut names: BTreeMap<&str, bool> = BTreeMap::new();
    for one in declared {
        let copied = matches!(one.value, Value::Copied(_)) && one.origin == Origin::Env;
        *names.entry(&one.name).or_default() |= copied;
    }
    let needed = |(name, copied): &(&str, bool)| any(step::defers, name) || *copied && !any(step::sees, name);
    names.into_iter().filter(needed).map(|(name, _)| name).collect()
}

impl Given<'_> {
    /// Gives it to all steps that need it. What one of them cannot keep goes to those that read it.
    fn steps(&self, needs: Needs<'_>) -> Result<Steps, Refusal> {
        let safety = if needs == Needs::Possible { Safety::Unsafe } else { Safety::Safe };
        let mut all = Steps { steps: 0, safety, edits: Vec::new() };
        let (mut carried, mut tools): (Vec<usize>, Vec<&'static str>) = Default::default();
        for (index, instruction) in self.dockerfile.instructions() {
            if !matches!(instruction.kind, Kind::Run(_)) || carried.contains(&index) {
                continue;
            }
            let names: Vec<&str> = visible(self.dockerfile, index, self.root);
            let needs = if needs == Needs::Possible { needs } else { Needs::Seen(&tools) };
            let wanted = step::Wanted {
                root: self.root,
                names: &names,
                composed: self.composed,
                unseen: self.unseen,
                needs,
            };
            let step = step::mended(self.dockerfile, index, &wanted, self.mounts);
            let sure =
                matches!(&step, Ok(None)) || matches!(&step, Ok(Some(step)) if step.safety == Safety::Safe);
            if !sure && let Some(moved) = self.carried(index, &names, &carried) {
                all.steps += 1;
                all.safety = Safety::Unsafe;
                carried.extend(moved.steps);
                all.edits.extend(moved.edits);
            } else if let Some(step) = step? {
                all.steps += 1;
                if step.safety == Safety::Unsafe {
                    all.safety = Safety::Unsafe;
                }
                all.edits.extend(step.edits);
                tools.extend(step.tools);
            }
        }
        Ok(all)
    }

    fn carried(&self, index: usize, names: &[&str], there: &[usize]) -> Option<carry::Carried> {
        let today = self.mounts == frontend::Written::Today;
        let plain = today && !self.composed.iter().any(|one| names.contains(&one.name));
        plain.then(|| carry::carried(self.dockerfile, index, (self.root, names), there)).flatten()
    }
}

/// The names under which an instruction sees the secret.
fn visible<'d>(dockerfile: &'d Dockerfile<'_>, instruction: usize, root: &str) -> Vec<&'d str> {
    let seen = dockerfile.secrets_at(instruction).into_iter().filter(|one| one.root == root);
    let mut names: Vec<&str> = seen.map(|one| one.name.as_str()).collect();
    names.sort_unstable();
    names
}

/// A mount reaches `RUN` alone.
fn elsewhere(dockerfile: &Dockerfile<'_>, root: &str) -> Result<(), Refusal> {
    let escape = dockerfile.document.escape();
    for (index, outer) in dockerfile.document.instructions().iter().enumerate() {
        let instruction = outer.innermost();
        let mut names = visible(dockerfile, index, root);
        if matches!(instruction.kind, Kind::From(_)) {
            names.push(root);
        }
        let keyword = instruction.name.to_ascii_uppercase();
        let named: usize = names.iter().map(|name| references(instruction, escape, name).len()).sum();
        let copy = |one: &&SecretVariable| one.root == root && matches!(one.value, Value::Copied(_));
        let copies = dockerfile.declared(index..index + 1).iter().filter(copy).count();
        let waits = matches!(outer.kind, Kind::Onbuild(_));
        match &instruction.kind {
            Kind::Run(_) if waits && mentions(dockerfile, outer.span, &names) => {
                return Err(format!("line {}: ONBUILD runs it in another build", outer.line));
            }
            Kind::Cmd(_) | Kind::Entrypoint(_) | Kind::Healthcheck(_)
                if mentions(dockerfile, outer.span, &names) =>
            {
                return Err(format!("line {}: {keyword} needs it when the container runs", outer.line));
            }
            Kind::Run(_) => {}
            Kind::Arg(_) | Kind::Env(_) if copies == named => {}
            Kind::Arg(_) | Kind::Env(_) => {
                return Err(format!("line {}: {keyword} makes another value of it", outer.line));
            }
            _ if named > 0 => {
                return Err(format!(
                    "line {}: {keyword} uses it, and a secret mount reaches only RUN",
                    outer.line
                ));
            }
            _ => {}
        }
    }
    Ok(())
}

/// The builder's references, by name.
fn references(
    instruction: &tightlip_dockerfile::Instruction,
    escape: char,
    name: &str,
) -> Vec<tightlip_dockerfile::Span> {
    super::variable::references(instruction, escape, name)
}

/// Whether a text names one of the variables: `$NAME`, `${NAME…}`.
fn mentions(dockerfile: &Dockerfile<'_>, span: tightlip_dockerfile::Span, names: &[&str]) -> bool {
    let text = dockerfile.document.text(span);
    text.split('$').skip(1).any(|rest| {
        let rest = rest.strip_prefix('{').unwrap_or(rest);
        names.iter().any(|name| {
            let after = rest.strip_prefix(name).map(|after| after.chars().next());
            after.is_some_and(|next| next.is_none_or(|next| !next.is_ascii_alphanumeric() && next != '_'))
        })
    })
}
