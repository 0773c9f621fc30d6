//! Turns build arguments that are secrets into secret mounts, for this build alone: no file of the user changes.

use std::path::PathBuf;

use tightlip_callers::SecretSource;

use super::before::{self, Written};
use super::plan::Plan;
use super::secret::{From, Secret};
use super::{Guard, GuardError};
use crate::lint::{Apply, Linted, fixed};

/// What was converted.
pub(crate) struct Converted {
    /// The Dockerfile as it is built.
    pub(crate) text: String,
    /// What changed in it.
    pub(crate) diff: String,
    /// What could not be changed, and why.
    pub(crate) refused: Vec<String>,
}

/// Works out the conversion, and changes the plan along. Nothing when there is nothing to convert.
pub(crate) fn convert(
    plan: &mut Plan,
    written: &mut Written,
    guard: &Guard,
) -> Result<Option<Converted>, GuardError> {
    // A value that is written there cannot be moved; one from the environment can.
    let nameless = before::spelled(plan, guard, &|name| name.to_owned());
    let linted = before::linted(written, nameless, &guard.scan)?;
    let fixed = fixed(&linted.files, &linted.fixes, Apply::Unsafe);
    let refused =
        fixed.refused.iter().map(|(title, why)| linted.masked(&format!("{title}: {why}"))).collect();
    let dockerfile = |name: &str| written.dockerfile.as_ref().is_some_and(|(own, ..)| own == name);
    let (mut change, mut line) = (None, None);
    for one in &fixed.changes {
        match linted.file(one.file) {
            Some(file) if file.name == before::LINE => line = Some(one.text.as_str()),
            Some(file) if dockerfile(&file.name) => change = Some(one),
            _ => {}
        }
    }
    let (Some(change), Some(line)) = (change, line) else {
        let none = Converted { text: String::new(), diff: String::new(), refused };
        return Ok((!none.refused.is_empty()).then_some(none));
    };
    let (text, diff) = (change.text.clone(), linted.diff(change));
    take_over(plan, line, &linted);
    if let Some((_, _, bytes)) = &mut written.dockerfile {
        *bytes = text.clone().into_bytes();
    }
    Ok(Some(Converted { text, diff, refused }))
}

/// Takes the changed command line into the plan: arguments that are gone, secrets that came.
fn take_over(plan: &mut Plan, line: &str, _: &Linted) {
    let Some(format) = tightlip_callers::recognise(before::LINE, line) else { return };
    let read = tightlip_callers::read(format, before::LINE, line);
    let Some(call) = read.calls.first() else { return };
    for (name, value) in std::mem::take(&mut plan.given) {
        if call.argument(&name).is_some() {
            plan.given.push((name, value));
            continue;
        }
        let is = |argument: &String| {
            let rest = argument.strip_prefix("--build-arg=").unwrap_or_default();
            rest == name || rest.split_once('=').is_some_and(|(own, _)| own == name)
        };
        plan.arguments.retain(|argument| !is(argument));
        plan.variables.extend(value.map(|value| (name.clone(), value)));
    }
    for secret in &call.secrets {
        let (Some(id), SecretSource::Environment(variable)) = (secret.id.plain(), &secret.source) else {
            continue;
        };
        if plan.secrets.iter().all(|known| known.id != id) {
            let variable = variable.as_str().to_owned();
            plan.arguments.push(format!("--secret=id={id},env={variable}"));
            plan.secrets.push(Secret { id: id.to_owned(), source: From::Environment(variable) });
        }
    }
}

/// Where the ignore file of a Dockerfile lies that is its own.
pub(crate) fn own_ignore(written: &Written) -> Option<PathBuf> {
    let (_, path, _) = written.dockerfile.as_ref()?;
    let mut path = path.as_ref()?.clone().into_os_string();
    path.push(".dockerignore");
    Some(PathBuf::from(path))
}
