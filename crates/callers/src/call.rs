//! The model: what starts an image build, and with what.

use tightlip_dockerfile::{Span, Text};

use crate::Problem;
use crate::value::Value;
use crate::written::Written;

/// What a file says about builds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Callers {
    /// The builds, in the order of the file.
    pub calls: Vec<Call>,
    /// What is used from elsewhere and may start builds too.
    pub elsewhere: Vec<Elsewhere>,
    /// What was not understood.
    pub problems: Vec<Problem>,
}

/// What starts the build.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Tool {
    /// `docker build`, `docker buildx build`, `docker image build`, `depot build`.
    Docker,
    /// `docker buildx bake`.
    Bake,
    /// `docker compose build`, `docker compose up --build`, `docker-compose build`.
    Compose,
    /// `podman build`.
    Podman,
    /// `buildah build`, `buildah bud`.
    Buildah,
    /// `nerdctl build`.
    Nerdctl,
    /// `buildctl build`.
    Buildctl,
    /// The executor of kaniko.
    Kaniko,
    /// `img build`.
    Img,
    /// `az acr build`.
    AzureRegistry,
    /// `docker/build-push-action`.
    BuildPushAction,
    /// `docker/bake-action`.
    BakeAction,
    /// A target in a bake file.
    BakeFile,
    /// A service in a compose file.
    ComposeFile,
    /// The build of a development container.
    Devcontainer,
    /// An artifact that Skaffold builds with docker.
    Skaffold,
    /// What builds nothing and sets the configuration of an image: `docker commit`, `buildah config`, `crane mutate`.
    Mutation,
}

impl Tool {
    /// What people call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Docker => "docker build",
            Self::Bake => "docker buildx bake",
            Self::Compose => "docker compose build",
            Self::Podman => "podman build",
            Self::Buildah => "buildah build",
            Self::Nerdctl => "nerdctl build",
            Self::Buildctl => "buildctl build",
            Self::Kaniko => "kaniko",
            Self::Img => "img build",
            Self::AzureRegistry => "az acr build",
            Self::BuildPushAction => "docker/build-push-action",
            Self::BakeAction => "docker/bake-action",
            Self::BakeFile => "a bake target",
            Self::ComposeFile => "a compose service",
            Self::Devcontainer => "a development container",
            Self::Skaffold => "skaffold build",
            Self::Mutation => "a change of an image",
        }
    }

    /// Whether it is started by a command line.
    #[must_use]
    pub fn is_command(self) -> bool {
        !matches!(
            self,
            Self::BuildPushAction
                | Self::BakeAction
                | Self::BakeFile
                | Self::ComposeFile
                | Self::Devcontainer
                | Self::Skaffold
        )
    }
}

/// One place that starts an image build.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// What starts it.
    pub tool: Tool,
    /// The service, target, step or job it is.
    pub name: Option<Text>,
    /// All that belongs to it.
    pub span: Span,
    /// The Dockerfile, when it is said.
    pub dockerfile: Option<Value>,
    /// A Dockerfile that stands in the file itself.
    pub inline: Option<Text>,
    /// The build context, when it is said.
    pub context: Option<Value>,
    /// Other contexts by name.
    pub contexts: Vec<Argument>,
    /// The stage that is built.
    pub target: Option<Value>,
    /// Build arguments.
    pub arguments: Vec<Argument>,
    /// Labels and annotations: as public as arguments.
    pub labels: Vec<Argument>,
    /// Environment variables of the image that come from no Dockerfile: `--env`, `--change 'ENV …'`.
    pub image_environment: Vec<Argument>,
    /// Secrets for mounts.
    pub secrets: Vec<SecretUse>,
    /// SSH agents and keys for mounts.
    pub ssh: Vec<Value>,
    /// The provenance attestation, when something is said about it.
    pub provenance: Option<Provenance>,
    /// The software bill of materials, when something is said about it.
    pub sbom: Option<Value>,
    /// Where the cache is exported to.
    pub cache_to: Vec<Options>,
    /// Where the result goes, each as options (`type=registry,…`).
    pub outputs: Vec<Options>,
    /// Whether the result is pushed, when it is said.
    pub push: Option<Value>,
    /// The names of the image.
    pub tags: Vec<Value>,
    /// The platforms.
    pub platforms: Vec<Value>,
    /// Where a description of the build is written.
    pub metadata_file: Option<Value>,
    /// What is said about uploading the record of the build: `DOCKER_BUILD_RECORD_UPLOAD`.
    pub record_upload: Option<Value>,
    /// What is said about the summary of the build: `DOCKER_BUILD_SUMMARY`.
    pub summary: Option<Value>,
    /// The checkout that filled the directory before.
    pub checkout: Option<Checkout>,
    /// The files with secrets that were written into that directory before.
    pub written: Vec<Written>,
    /// The image that the command runs in.
    pub image: Option<Value>,
    /// Variables that are set for it in this file, the nearest first.
    pub environment: Vec<Argument>,
    /// The files that describe the build (bake, compose), as the command names them.
    pub files: Vec<Value>,
    /// Where the options of a command begin: behind its subcommand.
    pub(crate) behind: Option<usize>,
}

impl Call {
    /// A call that says nothing yet.
    pub(crate) fn new(tool: Tool, span: Span) -> Self {
        Self {
            tool,
            name: None,
            span,
            dockerfile: None,
            inline: None,
            context: None,
            contexts: Vec::new(),
            target: None,
            arguments: Vec::new(),
            labels: Vec::new(),
            image_environment: Vec::new(),
            secrets: Vec::new(),
            ssh: Vec::new(),
            provenance: None,
            sbom: None,
            cache_to: Vec::new(),
            outputs: Vec::new(),
            push: None,
            tags: Vec::new(),
            platforms: Vec::new(),
            metadata_file: None,
            record_upload: None,
            summary: None,
            checkout: None,
            written: Vec::new(),
            image: None,
            environment: Vec::new(),
            files: Vec::new(),
            behind: None,
        }
    }

    /// The build argument of this name; the last one counts.
    #[must_use]
    pub fn argument(&self, name: &str) -> Option<&Argument> {
        self.arguments.iter().rev().find(|one| one.name.as_str() == name)
    }

    /// The secret with this id.
    #[must_use]
    pub fn secret(&self, id: &str) -> Option<&SecretUse> {
        self.secrets.iter().find(|one| one.id.plain() == Some(id))
    }

    /// The inputs of the workflow that come in through `value`, directly or by a variable that is set in this file.
    #[must_use]
    pub fn inputs<'v>(&'v self, value: &'v Value) -> Vec<&'v str> {
        let set = value.variable().and_then(|(name, _)| self.variable(name)?.value.as_ref());
        value.inputs().into_iter().chain(set.map(Value::inputs).unwrap_or_default()).collect()
    }

    /// What a variable is set to for this call in this file.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<&Argument> {
        self.environment.iter().find(|one| one.name.as_str() == name)
    }

    /// Whether a secret of the CI comes in through `value`, directly or by a variable that is set in this file.
    #[must_use]
    pub fn reaches_secret(&self, value: &Value) -> bool {
        self.way(value).any(Value::holds_secret)
    }

    /// A value, and what it is set to in this file where it is a variable, and so on.
    pub fn way<'v>(&'v self, value: &'v Value) -> impl Iterator<Item = &'v Value> {
        let next = |value: &&'v Value| {
            let (name, _) = value.variable()?;
            self.variable(name)?.value.as_ref()
        };
        // A variable may be set from another one; a few steps are enough, and a circle ends.
        std::iter::successors(Some(value), next).take(8)
    }
}

/// A name with a value: a build argument, a label, a variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Argument {
    /// Its name. Where that is computed, there is a [`Problem`].
    pub name: Text,
    /// Its value; without one it is taken from the environment.
    pub value: Option<Value>,
    /// The target that it is for, where a command overrides targets of a bake file.
    pub target: Option<Text>,
    /// The text that name and value come from, where that is one reference: `${{ inputs.build-args }}`.
    pub whole: Option<Value>,
    /// All of it, option and quotes included.
    pub span: Span,
}

impl Argument {
    /// A name and what it is set to.
    pub(crate) fn new(name: Text, value: Option<Value>, span: Span) -> Self {
        Self { name, value, target: None, whole: None, span }
    }

    /// `NAME=value` or `NAME`.
    pub(crate) fn of(value: &Value, span: Span) -> Self {
        match value.cut('=') {
            Some((name, value)) => Self::new(name.text().clone(), Some(value), span),
            None => Self { whole: Some(value.clone()), ..Self::new(value.text().clone(), None, span) },
        }
    }

    /// The value as text with no reference in it.
    #[must_use]
    pub fn plain(&self) -> Option<&str> {
        self.value.as_ref().and_then(Value::plain)
    }
}

/// A secret that a call gives to the build.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretUse {
    /// The id that a mount names.
    pub id: Value,
    /// Where the value comes from.
    pub source: SecretSource,
    /// All of it.
    pub span: Span,
}

/// Where the value of a secret comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretSource {
    /// An environment variable.
    Environment(Text),
    /// A file.
    File(Value),
    /// The value itself, as an input of an action.
    Value(Value),
    /// Not said: the variable or the file that is called like the id.
    Unsaid,
    /// Declared outside of this file.
    Outside,
}

/// What is said about provenance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provenance {
    /// How much is published.
    pub mode: ProvenanceMode,
    /// How it is written.
    pub span: Span,
}

/// How much of the build a provenance attestation publishes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProvenanceMode {
    /// There is none.
    Off,
    /// No build arguments.
    Min,
    /// Everything, build arguments and the Dockerfile included. This is also what `true` means.
    Max,
    /// A value that is computed.
    Computed,
}

/// A list of options: `type=registry,ref=…,mode=max`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The options in order. One without `=` has no value.
    pub fields: Vec<Argument>,
    /// All of them.
    pub span: Span,
}

impl Options {
    /// Reads `key=value,key=value`.
    pub(crate) fn of(value: &Value) -> Self {
        let parts = value.split(',').into_iter().map(|part| part.trim().unquote());
        let parts = parts.filter(|part| !part.as_str().is_empty());
        Self { fields: parts.map(|part| Argument::of(&part, part.span())).collect(), span: value.span() }
    }

    /// The value of an option.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.fields.iter().find(|one| one.name.as_str().eq_ignore_ascii_case(name))?.value.as_ref()
    }

    /// The value of an option, if nothing in it is computed.
    #[must_use]
    pub fn plain(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Value::plain)
    }
}

/// How the working directory was filled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkout {
    /// The step.
    pub span: Span,
    /// What is used: `actions/checkout@v4`.
    pub uses: Text,
    /// Whether the credentials stay in the directory.
    pub credentials: Credentials,
}

/// Whether a checkout leaves its credentials in `.git/config`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Credentials {
    /// They are in `.git/config`.
    Kept,
    /// They are kept, but outside of the directory (`actions/checkout` from v6 on).
    KeptOutside,
    /// They are not kept.
    Dropped,
    /// It is computed.
    Computed,
}

/// Something that another file or repository defines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Elsewhere {
    /// What is used: a reusable workflow, an included file, an extended service.
    pub what: Text,
    /// All of the use.
    pub span: Span,
    /// Secrets that it is given by name; a build there may pass them on.
    pub secrets: Vec<Argument>,
    /// `secrets: inherit`: it is given all secrets.
    pub inherits: Option<Span>,
    /// Other values that it is given.
    pub inputs: Vec<Argument>,
}

impl Elsewhere {
    /// The inputs, and the names with values in those that are lists of such.
    #[must_use]
    pub fn given(&self) -> Vec<Argument> {
        let listed = self.inputs.iter().filter_map(|input| input.value.as_ref());
        let listed = listed.flat_map(Value::lines).filter(|line| line.cut('=').is_some());
        let listed: Vec<Argument> = listed.map(|line| Argument::of(&line, line.span())).collect();
        self.inputs.iter().cloned().chain(listed).collect()
    }
}
