//! What a builder is asked to do.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use zeroize::Zeroizing;

use super::Caretaker;

/// A call of a builder.
#[derive(Clone, Default)]
pub struct Task {
    pub(super) arguments: Vec<OsString>,
    pub(super) environment: Vec<(OsString, Option<Zeroizing<Vec<u8>>>)>,
    pub(super) input: Input,
    pub(super) says: Says,
    pub(super) folder: Option<PathBuf>,
    pub(super) caretaker: Option<Arc<Caretaker>>,
}

/// Where a builder says what it does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Says {
    /// On standard error; its standard output is an answer.
    #[default]
    OnErrors,
    /// On both.
    OnBoth,
}

/// What the builder reads from its standard input.
#[derive(Clone, Default)]
pub enum Input {
    /// Nothing.
    #[default]
    Nothing,
    /// What comes to ours: `docker build -`.
    Inherited,
    /// Whatever this gives, once: a build context, an image.
    Stream(Arc<Mutex<dyn Read + Send>>),
}

impl Task {
    /// A call with these arguments, in this environment.
    #[must_use]
    pub fn new<A: Into<OsString>>(arguments: impl IntoIterator<Item = A>) -> Self {
        Self { arguments: arguments.into_iter().map(Into::into).collect(), ..Self::default() }
    }

    /// Adds an argument. Secrets have no place here: everybody on the machine sees arguments.
    #[must_use]
    pub fn argument(mut self, argument: impl Into<OsString>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// Adds an option and its value, as two arguments.
    #[must_use]
    pub fn option(self, name: impl Into<OsString>, value: impl AsRef<OsStr>) -> Self {
        self.argument(name).argument(value.as_ref())
    }

    /// Sets a variable for the builder alone. This is the place for secrets.
    #[must_use]
    pub fn variable(mut self, name: impl Into<OsString>, value: impl Into<Vec<u8>>) -> Self {
        self.environment.push((name.into(), Some(Zeroizing::new(value.into()))));
        self
    }

    /// Takes a variable away from the builder.
    #[must_use]
    pub fn without(mut self, name: impl Into<OsString>) -> Self {
        self.environment.push((name.into(), None));
        self
    }

    /// Gives it something to read.
    #[must_use]
    pub fn reading(mut self, input: Input) -> Self {
        self.input = input;
        self
    }

    /// Gives it a stream to read.
    #[must_use]
    pub fn stream(self, input: impl Read + Send + 'static) -> Self {
        self.reading(Input::Stream(Arc::new(Mutex::new(input))))
    }

    /// Hears what comes on standard output too, in its order: steps of buildah and Podman write there.
    #[must_use]
    pub fn heard_on_both(mut self) -> Self {
        self.says = Says::OnBoth;
        self
    }

    /// Lets somebody end the builder if this process cannot any more.
    #[must_use]
    pub(crate) fn left_to(mut self, caretaker: &Arc<Caretaker>) -> Self {
        self.caretaker = Some(Arc::clone(caretaker));
        self
    }

    /// Lets it work in another folder.
    #[must_use]
    pub fn within(mut self, folder: &Path) -> Self {
        self.folder = Some(folder.to_owned());
        self
    }
}

impl fmt::Debug for Task {
    // A user may have typed a secret as an argument.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Task({} arguments, {} variables)", self.arguments.len(), self.environment.len())
    }
}

/// The value of `--output` that writes an image as an OCI layout into a directory.
#[must_use]
pub fn output(directory: &Path) -> OsString {
    let mut value = OsString::from("type=oci,tar=false,");
    value.push(field("dest", directory.as_os_str()));
    value
}

/// `key=value` as a field of a list with commas. Source: buildx reads such lists as CSV, RFC 4180.
#[must_use]
pub fn field(key: &str, value: &OsStr) -> OsString {
    let mut field = OsString::from(format!("{key}="));
    field.push(value);
    match field.to_str() {
        Some(text) if text.contains([',', '"', '\n']) => format!("\"{}\"", text.replace('"', "\"\"")).into(),
        _ => field,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_with_commas_and_quotes_is_one_field() {
        assert_eq!(output(Path::new("/tmp/a")), "type=oci,tar=false,dest=/tmp/a");
        assert_eq!(field("dest", OsStr::new("a,\"b")), "\"dest=a,\"\"b\"");
    }

    #[test]
    fn a_task_is_never_printed() {
        let task = Task::new(["build", "--build-arg", "A=hunter22"]).variable("B", "hunter23");
        assert_eq!(format!("{task:?}"), "Task(3 arguments, 1 variables)");
    }
}
