//! Gives builds a secret from a file, or a key for SSH, where the file was in the build context before.

use tightlip_dockerfile::{Edit, apply};

use crate::call::{Call, SecretSource, Tool};
use crate::sound::reads_as_well;
use crate::tree::yaml;
use crate::value::Value;
use crate::{Format, Refusal, Source, read};

/// What a build is to get.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grant<'a> {
    /// As what.
    pub what: Granted,
    /// The id that the mount in the Dockerfile names.
    pub id: &'a str,
    /// The file, seen from the build context.
    pub file: &'a str,
}

/// As what a build gets a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Granted {
    /// As a secret.
    Secret,
    /// As a key for SSH.
    Ssh,
}

/// Gives all the builds of a file that `which` picks what they are to get, one after the other, because one may change
/// the place of the next. Gives back the new text; a build that has it already stays as it is.
///
/// # Errors
/// When that cannot be right for one of them, and why.
pub fn grant_all(
    format: &Format,
    source: &Source<'_>,
    which: &dyn Fn(&Call) -> bool,
    wanted: &Grant<'_>,
) -> Result<String, Refusal> {
    let mut text = source.text.to_owned();
    let count = read(format, source.path, &text).calls.len();
    for index in 0..count {
        let now = Source { path: source.path, text: &text };
        let callers = read(format, source.path, &text);
        let Some(call) = callers.calls.get(index).filter(|call| which(call)) else { continue };
        if wanted.is_given(call)? {
            continue;
        }
        let edits = one(format, &now, call, wanted)?;
        let after = apply(&text, &edits).map_err(|_| Refusal::Form("edits that overlap"))?;
        // Only what was meant to change may have changed.
        reads_as_well(format, source.path, (&text, &after))?;
        let again = read(format, source.path, &after);
        let given = again.calls.get(index).map(|call| wanted.is_given(call));
        if !matches!(given, Some(Ok(true))) {
            return Err(Refusal::Form("text that reads differently than it looks"));
        }
        text = after;
    }
    Ok(text)
}

fn one(format: &Format, source: &Source<'_>, call: &Call, wanted: &Grant<'_>) -> Result<Vec<Edit>, Refusal> {
    let is_yaml = source.path.ends_with(".yml") || source.path.ends_with(".yaml");
    if is_yaml && yaml(source.text).is_shared(call.span) {
        return Err(Refusal::Shared("the build".to_owned()));
    }
    (format.grant)(source, call, wanted)
}

impl Grant<'_> {
    /// Where the file lies, seen from where the build is started.
    pub(crate) fn path(&self, call: &Call) -> Result<String, Refusal> {
        let path = match &call.context {
            Some(context) => under(context.plain().filter(|path| is_local(path)), self.file)?,
            // Without a context the action lets the builder fetch the repository: the runner has the file only
            // after a checkout.
            None if call.tool == Tool::BuildPushAction && call.checkout.is_none() => {
                return Err(Refusal::Form(
                    "a context that the builder fetches, while the runner has no file",
                ));
            }
            None => self.file.to_owned(),
        };
        let fits = |c: char| c.is_ascii_alphanumeric() || "._/-@+".contains(c);
        if path.chars().all(fits) { Ok(path) } else { Err(Refusal::Form("a path that needs quotes")) }
    }

    /// Whether a build has it already.
    fn is_given(&self, call: &Call) -> Result<bool, Refusal> {
        match self.what {
            Granted::Ssh => Ok(call.ssh.iter().any(|one| one.as_str().split('=').next() == Some(self.id))),
            Granted::Secret => match call.secret(self.id).map(|known| &known.source) {
                None => Ok(false),
                Some(SecretSource::File(file)) if same(file, &self.path(call)?) => Ok(true),
                Some(_) => Err(Refusal::Taken(self.id.to_owned())),
            },
        }
    }
}

fn same(file: &Value, path: &str) -> bool {
    let bare = |path: &str| path.trim_start_matches("./").to_owned();
    file.plain().is_some_and(|file| bare(file) == bare(path))
}

fn under(context: Option<&str>, file: &str) -> Result<String, Refusal> {
    let context = context.ok_or(Refusal::Form("a context that is computed, or no directory"))?;
    Ok(match context.trim_end_matches('/') {
        "" | "." => file.to_owned(),
        folder => format!("{folder}/{file}"),
    })
}

fn is_local(path: &str) -> bool {
    !path.contains("://") && !path.starts_with("git@") && path != "-"
}
