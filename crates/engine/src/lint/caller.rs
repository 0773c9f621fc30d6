//! The files that start builds, and which Dockerfile each build reads.

use std::collections::{HashMap, HashSet};

use tightlip_callers::{
    Argument, Call, Callers, Format, Grant, Move, Part, Source, Tool, Value, convert, grant_all, read,
    recognise, to_secret,
};
use tightlip_dockerfile::flow::prints_secret;
use tightlip_dockerfile::{Edit, Kind, Span};
use tightlip_report::{Level, Surface};

use super::mend::difference;
use super::name::{self, Says};
use super::project::{Dockerfile, Project};
use super::text::{FileId, Literal, TextFile};

/// A file that starts builds.
#[derive(Debug)]
pub(crate) struct CallerFile<'p> {
    pub(crate) id: FileId,
    pub(crate) file: &'p TextFile,
    pub(crate) callers: Callers,
    format: &'static Format,
}

/// What a file that starts builds is, if it is one.
pub(crate) fn surface(name: &str, text: &str) -> Option<Surface> {
    let format = recognise(name, text)?;
    Some(match format.name {
        "compose" => Surface::Compose,
        "bake" => Surface::Bake,
        "workflow" | "gitlab" | "pipeline" | "jenkinsfile" | "containers" => Surface::Workflow,
        _ => Surface::Script,
    })
}

/// Whether a file of this path may be one: only such files are opened in a directory.
pub(crate) fn may_be(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let ends = [".yml", ".yaml", ".hcl", ".sh", ".bash", ".zsh", ".mk", ".mak"];
    let names = ["package.json", "composer.json", "devcontainer.json", ".devcontainer.json", "deno.json"];
    ends.iter().any(|end| name.ends_with(end))
        || names.contains(&name)
        || name.to_ascii_lowercase().contains("makefile")
        || name.contains("Jenkinsfile")
        || (name.ends_with(".json") && name.contains("bake"))
}

/// An argument that is a secret.
pub(crate) struct Secret<'c> {
    pub(crate) call: &'c Call,
    pub(crate) argument: &'c Argument,
    pub(crate) why: Why<'c>,
}

/// Why an argument is a secret.
pub(crate) enum Why<'c> {
    /// Its value stands there.
    Literal(&'c Literal),
    /// It is a variable, whose value stands somewhere else in the file.
    Default(&'c Literal),
    /// A secret of the CI goes into it.
    FromCi,
    /// What a command gets from a store of secrets goes into it.
    FromStore,
    /// It is a URL with a password in it.
    Login,
    /// It is called like one.
    Named(Says),
}

impl<'p> CallerFile<'p> {
    /// The file as a caller; nothing when it is none.
    pub(crate) fn of(id: FileId, file: &'p TextFile) -> Option<Self> {
        if file.surface == Surface::Dockerfile {
            return None;
        }
        let format = recognise(&file.name, &file.source)?;
        Some(Self { id, file, callers: read(format, &file.name, &file.source), format })
    }

    /// The secrets that are passed as build arguments. What one target inherits from another is told there, what several
    /// share by an anchor where it stands.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = Secret<'_>> {
        self.among(|call| &call.arguments)
    }

    /// The secrets that are set as variables of an image, without a Dockerfile.
    pub(crate) fn image_environment(&self) -> impl Iterator<Item = Secret<'_>> {
        self.among(|call| &call.image_environment)
    }

    /// The same of labels and annotations, of whose names nothing is concluded: what is called `token` there is described.
    pub(crate) fn labels(&self) -> impl Iterator<Item = Secret<'_>> {
        self.among(|call| &call.labels).filter(|secret| match secret.why {
            Why::Named(_) => {
                let value = secret.argument.value.as_ref();
                let inputs = value.map(|value| secret.call.inputs(value)).unwrap_or_default();
                inputs.iter().any(|input| name::says(input) == Says::Secret)
            }
            _ => true,
        })
    }

    fn among<'c>(&'c self, list: fn(&'c Call) -> &'c Vec<Argument>) -> impl Iterator<Item = Secret<'c>> {
        self.callers.calls.iter().flat_map(move |call| {
            let of_another =
                |one: &Argument| self.callers.calls.iter().any(|call| call.span.contains(one.span));
            let own = move |one: &&Argument| {
                call.tool.is_command() || call.span.contains(one.span) || !of_another(one)
            };
            list(call).iter().filter(own).filter_map(move |argument| {
                let why = self.why(call, argument)?;
                Some(Secret { call, argument, why })
            })
        })
    }

    /// The arguments that are secrets by what is passed, whatever they are called, and how plainly.
    pub(crate) fn passed(&self) -> impl Iterator<Item = (&str, Says)> {
        self.secrets().filter_map(|secret| {
            let says = match secret.why {
                Why::Literal(literal) | Why::Default(literal) if literal.level == Level::Deny => Says::Secret,
                Why::FromStore | Why::Login => Says::Secret,
                // Not all that a CI keeps apart is secret.
                Why::FromCi => Says::Maybe,
                Why::Literal(_) | Why::Default(_) | Why::Named(_) => return None,
            };
            Some((secret.argument.name.as_str(), says))
        })
    }

    fn why(&self, call: &Call, argument: &Argument) -> Option<Why<'_>> {
        let span = argument.value.as_ref().map_or(argument.span, |value| value.span());
        if let Some(literal) = self.file.literals_in(span).next() {
            return Some(Why::Literal(literal));
        }
        if let Some(literal) = argument.value.as_ref().and_then(|value| self.fallback(value)) {
            return Some(Why::Default(literal));
        }
        if argument.value.as_ref().is_some_and(|value| call.reaches_secret(value)) {
            return Some(Why::FromCi);
        }
        let reaches = |judge: fn(&Value) -> bool| {
            argument.value.as_ref().is_some_and(|value| call.way(value).any(judge))
        };
        if reaches(is_from_store) {
            return Some(Why::FromStore);
        }
        if reaches(|value| value.holds_login(|name| name::says(name) == Says::Secret)) {
            return Some(Why::Login);
        }
        // What stands in the open and was not found to be a secret is none.
        let inputs = argument.value.as_ref().map(|value| call.inputs(value)).unwrap_or_default();
        let says = inputs.iter().map(|input| name::says(input)).fold(name::says(&argument.name), Says::max);
        let open = argument.plain().is_some();
        (says > Says::Nothing && !open).then_some(Why::Named(says))
    }

    /// What a variable is when nobody sets it, where that stands somewhere else in the file: the default of bake.
    fn fallback(&self, value: &Value) -> Option<&Literal> {
        let fallback = value.pieces().iter().find_map(|piece| match &piece.part {
            Part::Variable { fallback: Some(text), .. } if !text.is_empty() => Some(text.as_str()),
            _ => None,
        })?;
        self.file.literals.iter().find(|one| self.file.source.get(one.span.range()) == Some(fallback))
    }

    /// The build argument that is made of an input of the workflow, in words, and the line.
    pub(crate) fn made_of(&self, input: &str) -> Option<(String, usize)> {
        let of_it = |value: &Value| value.inputs().contains(&input);
        let line = |argument: &Argument| self.file.line(argument.span.start);
        for call in &self.callers.calls {
            for argument in &call.arguments {
                let inputs = argument.value.as_ref().map(|value| call.inputs(value)).unwrap_or_default();
                if inputs.contains(&input) {
                    return Some((format!("the build argument {}", argument.name), line(argument)));
                }
                if argument.whole.as_ref().is_some_and(of_it) {
                    return Some(("build arguments".to_owned(), line(argument)));
                }
            }
        }
        None
    }

    /// Where a call begins: what is said of the whole of it stands there.
    pub(crate) fn head(&self, call: &Call) -> Span {
        let text = self.file.source.get(call.span.range()).unwrap_or("");
        Span::new(call.span.start, call.span.start + text.lines().next().unwrap_or("").len())
    }

    /// The Dockerfile of the project that a call builds, as far as its path tells.
    pub(crate) fn dockerfile<'d>(&self, call: &Call, project: &'d Project<'p>) -> Option<&'d Dockerfile<'p>> {
        self.places(call).iter().find_map(|place| project.dockerfile_at(&place.dockerfile))
    }

    /// Where the Dockerfile of a call may lie, and with it the context, the likeliest first.
    fn places(&self, call: &Call) -> Vec<Place> {
        if call.inline.is_some()
            || matches!(call.tool, Tool::Bake | Tool::BakeAction | Tool::Compose | Tool::Mutation)
        {
            return Vec::new();
        }
        let Some(named) = call.dockerfile.as_ref().map_or(Some(""), Value::plain) else { return Vec::new() };
        let name = if named.is_empty() { "Dockerfile" } else { named };
        let said = call.context.as_ref().and_then(Value::plain).filter(|path| is_local(path));
        // A context that is computed or lies elsewhere is most often the root of the project.
        let context = said.unwrap_or_default();
        let folder = self.file.name.rsplit_once('/').map_or("", |(folder, _)| folder);
        let place = |base: &str, parts: &[&str]| Place {
            dockerfile: joined(&[&[base], parts].concat()),
            base: base.to_owned(),
            context: said.map(|said| joined(&[base, said])),
        };
        let beside = |base: &str| match call.tool {
            _ if named.is_empty() => vec![place(base, &[context, name])],
            _ => vec![place(base, &[name]), place(base, &[context, name])],
        };
        match call.tool {
            Tool::ComposeFile | Tool::Devcontainer | Tool::Skaffold => vec![place(folder, &[context, name])],
            Tool::BakeFile => [folder, ""].iter().map(|base| place(base, &[context, name])).collect(),
            // A command runs where its script lies, or above: most often in the root of the project.
            _ => above(&self.file.name).into_iter().flat_map(beside).collect(),
        }
    }

    /// The edits that make a call pass a secret in the place of an argument, or why there are none.
    pub(crate) fn to_secret(&self, call: &Call, wanted: &Move<'_>) -> Result<Vec<(FileId, Edit)>, String> {
        let source = Source { path: &self.file.name, text: &self.file.source };
        let edits = to_secret(self.format, &source, call, wanted).map_err(|refusal| refusal.to_string())?;
        Ok(edits.into_iter().map(|edit| (self.id, edit)).collect())
    }

    /// The edits that give the calls which are picked a file, as a secret or as a key for SSH.
    pub(crate) fn granted(
        &self,
        which: &dyn Fn(&Call) -> bool,
        wanted: &Grant<'_>,
    ) -> Result<Vec<(FileId, Edit)>, String> {
        let source = Source { path: &self.file.name, text: &self.file.source };
        let text = grant_all(self.format, &source, which, wanted).map_err(|refusal| refusal.to_string())?;
        let changes = text != self.file.source;
        Ok(changes.then(|| (self.id, difference(&self.file.source, &text))).into_iter().collect())
    }

    /// The same for every call of the file that passes the argument, as one edit.
    pub(crate) fn all_to_secret(&self, wanted: &Move<'_>) -> Result<Vec<(FileId, Edit)>, String> {
        let source = Source { path: &self.file.name, text: &self.file.source };
        let (text, refusals) = convert(self.format, &source, &[*wanted]);
        match refusals.first() {
            Some(refusal) => Err(refusal.to_string()),
            None => Ok(vec![(self.id, difference(&self.file.source, &text))]),
        }
    }
}

/// Whether a command in a value asks a store of secrets.
fn is_from_store(value: &Value) -> bool {
    value.pieces().iter().any(|piece| match &piece.part {
        Part::Command(script) => prints_secret(script),
        _ => false,
    })
}

/// Where a Dockerfile may lie, seen from a directory in which a call may run.
struct Place {
    dockerfile: String,
    base: String,
    /// The context, where it is said and on the disk.
    context: Option<String>,
}

/// The path of a file as places have it.
pub(crate) fn plain(name: &str) -> String {
    joined(&[name])
}

/// The directories above a file, the outermost first; the first is the one that paths start from.
fn above(name: &str) -> Vec<&str> {
    let slashes = name.match_indices('/').map(|(at, _)| name.get(..at.max(1)).unwrap_or_default());
    let start = if name.starts_with('/') { None } else { Some("") };
    start.into_iter().chain(slashes).collect()
}

/// Whether a context is a directory, and not an address, an archive from standard input or something computed.
fn is_local(path: &str) -> bool {
    !path.contains("://") && !path.starts_with("git@") && path != "-" && !path.contains("{{")
}

/// What those say of the context of a Dockerfile that start its builds.
#[derive(Clone, Default)]
pub(crate) struct Told {
    /// The directories, each once.
    pub(crate) roots: Vec<String>,
    /// Directories by the names that `COPY --from` gives them.
    pub(crate) named: Vec<(String, String)>,
}

/// What is told of each Dockerfile, by its path.
pub(crate) fn told(callers: &[CallerFile<'_>], dockerfiles: &HashSet<String>) -> HashMap<String, Told> {
    let mut all: HashMap<String, Told> = HashMap::new();
    for caller in callers {
        for call in &caller.callers.calls {
            let places = caller.places(call);
            let Some(place) = places.into_iter().find(|place| dockerfiles.contains(&place.dockerfile)) else {
                continue;
            };
            let named = call.contexts.iter().filter_map(|one| {
                let path = one.plain().filter(|path| is_local(path) && !path.contains(':'))?;
                Some((one.name.to_string(), joined(&[&place.base, path])))
            });
            let told = all.entry(place.dockerfile).or_default();
            told.named.extend(named);
            told.roots.extend(place.context);
        }
    }
    for told in all.values_mut() {
        told.roots.sort();
        told.roots.dedup();
        told.named.sort();
        told.named.dedup();
    }
    all
}

/// The ids of the secrets that a Dockerfile mounts, and where.
pub(crate) fn mounted<'d>(dockerfile: &'d Dockerfile<'_>) -> Vec<&'d str> {
    let mounts = dockerfile.instructions().flat_map(|(_, instruction)| instruction.mounts());
    let secrets = mounts.filter(|mount| mount.kind == tightlip_dockerfile::MountKind::Secret);
    let mut ids: Vec<&str> = secrets.filter_map(|mount| mount.secret_id()).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// Whether a Dockerfile declares a build argument anywhere.
pub(crate) fn declares(dockerfile: &Dockerfile<'_>, name: &str) -> bool {
    dockerfile.instructions().any(|(_, instruction)| match &instruction.kind {
        Kind::Arg(pairs) => pairs.iter().any(|pair| pair.name.as_str() == name),
        _ => false,
    })
}

/// Paths put together, without `.` and without `..` where something can be taken back.
fn joined(parts: &[&str]) -> String {
    let mut path: Vec<&str> = Vec::new();
    let root = parts.iter().find(|part| !part.is_empty()).is_some_and(|part| part.starts_with('/'));
    for part in parts.iter().flat_map(|part| part.split('/')) {
        match part {
            "" | "." => {}
            ".." if path.last().is_some_and(|last| *last != "..") => {
                path.pop();
            }
            ".." if root => {}
            other => path.push(other),
        }
    }
    let start = if root { "/" } else { "" };
    format!("{start}{}", path.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_put_together() {
        for (parts, path) in [
            (&["", ".", "Dockerfile"][..], "Dockerfile"),
            (&["a/b", "../c", "./D"], "a/c/D"),
            (&["a", "../..", "D"], "../D"),
            (&["/", "x"], "/x"),
            (&["/a", "../../D"], "/D"),
            (&["a", ""], "a"),
        ] {
            assert_eq!(joined(parts), path);
        }
    }

    #[test]
    fn a_script_may_run_in_every_directory_above_it() {
        assert_eq!(above("a/b/c.sh"), ["", "a", "a/b"]);
        assert_eq!(above("/a/b/c.sh"), ["/", "/a", "/a/b"]);
        assert_eq!(above("c.sh"), [""]);
    }
}
