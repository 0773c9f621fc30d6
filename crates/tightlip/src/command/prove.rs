//! `tightlip prove [PATH]`: does a Dockerfile keep its secrets, whatever their values?

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::Args as Arguments;
use tightlip_engine::build::Environment;
use tightlip_engine::builder::{Builder, Kind};
use tightlip_engine::prove::{GivenSecret, Proof, ProveRequest, prove};
use tightlip_engine::{DockerfileText, Watch as _};
use tightlip_report::format::Style;
use tightlip_report::proof::{Answer, write_json, write_text};
use tightlip_report::{GapKind, Level};
use zeroize::Zeroizing;

use crate::outcome::Outcome;
use crate::terminal::{Manner, Progress};
use crate::{key, output, sources, terminal};

/// The arguments of `prove`.
#[derive(Debug, Arguments)]
#[command(after_help = "\
Every secret that the Dockerfile takes gets a value that is made up for this run. Then everything
that takes one is built, and the values are looked for in all that comes out.

A step that talks to a server fails on a made-up value. Give it one that works, real or for a
stand-in of the server; it is looked for like any other. Or let another command run in its place:
  tightlip prove --secret id=npm,src=$HOME/.npmrc .
  tightlip prove --stub 7='mkdir node_modules' .

Exit codes: 0 all are kept, 1 one leaks, 2 could not run, 3 unproven (not all was built and read).")]
pub(crate) struct Args {
    /// The build context
    #[arg(value_name = "PATH", default_value = ".")]
    path: PathBuf,
    /// The Dockerfile [default: PATH/Dockerfile]
    #[arg(long, short, value_name = "FILE")]
    file: Option<PathBuf>,
    /// The stage to build [default: every stage that no other needs]
    #[arg(long, value_name = "STAGE")]
    target: Option<String>,
    /// The platforms to build for [default: the builder's own]
    #[arg(long, value_name = "OS/ARCH", value_delimiter = ',')]
    platform: Vec<String>,
    /// A build argument; without a value it is taken from the environment (repeatable)
    #[arg(long, value_name = "NAME[=VALUE]")]
    build_arg: Vec<String>,
    /// A build argument that is secret though its name does not say so (repeatable)
    #[arg(long, value_name = "NAME")]
    secret_arg: Vec<String>,
    /// A value for a secret instead of one that is made up, as docker build takes it (repeatable)
    #[arg(long, value_name = "id=ID[,src=FILE|,env=NAME]")]
    secret: Vec<String>,
    /// A command that runs in the place of the step at this line of the Dockerfile (repeatable)
    #[arg(long, value_name = "LINE=COMMAND")]
    stub: Vec<String>,
    /// The builder of buildx to use
    #[arg(long, value_name = "NAME")]
    builder: Option<String>,
    /// What builds [default: the first of these that is there]
    #[arg(long, value_name = "PROGRAM", value_parser = Kind::ALL.map(Kind::name))]
    with: Option<String>,
    /// The network of the steps, as docker build takes it
    #[arg(long, value_name = "MODE")]
    network: Option<String>,
    /// Another context of the build, as docker build takes it (repeatable)
    #[arg(long, value_name = "NAME=WHERE")]
    build_context: Vec<String>,
    /// An entry for the hosts file of the steps, as docker build takes it (repeatable)
    #[arg(long, value_name = "HOST:IP")]
    add_host: Vec<String>,
    /// How to print the receipt
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = ["text", "json"])]
    format: String,
    /// Write the receipt to this file too, as JSON
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// A rule pack to search for besides the built-in rules; may be given more than once
    #[arg(long, value_name = "FILE")]
    rules: Vec<PathBuf>,
    /// Accept that things of this kind are not read
    #[arg(long, value_name = "KIND", value_delimiter = ',', value_parser = GapKind::ALL.iter().map(|k| k.name()).collect::<Vec<_>>())]
    allow_gaps: Vec<String>,
    /// Say nothing beside the receipt
    #[arg(long, short)]
    quiet: bool,
}

/// Proves, and prints the receipt.
pub(crate) fn run(args: &Args) -> Result<Outcome> {
    let manner = if args.quiet { Manner::Quiet } else { Manner::Usual };
    let request = request(args)?;
    let builder = builder(args)?;
    let progress = Progress::new(manner).interruptible(|| {})?;
    let proof = prove(&request, &builder, &progress);
    progress.finish();
    if progress.stopped() {
        return Ok(Outcome::Interrupted);
    }
    let proof = proof?;
    if let Some(path) = &args.output {
        keep(path, &proof).with_context(|| format!("cannot write {}", path.display()))?;
    }
    let write = if args.format == "json" { write_json } else { write_text };
    let mut out = io::BufWriter::new(crate::out::stdout());
    write(&proof, &terminal::style(Level::Deny), &mut out)?;
    out.flush()?;
    Ok(match proof.answer() {
        Answer::Kept => Outcome::Clean,
        Answer::Leaks => Outcome::Leaking,
        Answer::Unproven => Outcome::Unproven,
    })
}

fn keep(path: &Path, proof: &Proof) -> io::Result<()> {
    let mut bytes = Vec::new();
    write_json(proof, &Style::default(), &mut bytes)?;
    output::place(path, &bytes)
}

fn request(args: &Args) -> Result<ProveRequest> {
    if args.output.as_deref() == Some(Path::new("-")) {
        bail!(output::NO_FILE);
    }
    if !args.path.is_dir() {
        bail!("{} is no directory\nName a build context that lies here", args.path.display());
    }
    let path = args.file.clone().unwrap_or_else(|| args.path.join("Dockerfile"));
    let bytes = std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let dockerfile = DockerfileText { name: path.display().to_string(), text };
    let (below, key) = (std::env::temp_dir(), key::identity()?);
    let mut request = ProveRequest::new(args.path.clone(), (path, dockerfile), (below, key));
    request.target.clone_from(&args.target);
    request.platforms.clone_from(&args.platform);
    request.arguments = arguments(&args.build_arg);
    request.secret_arguments.clone_from(&args.secret_arg);
    request.secrets = args.secret.iter().map(|text| given(text)).collect::<Result<_>>()?;
    request.stubs = args.stub.iter().map(|text| stub(text)).collect::<Result<_>>()?;
    request.options = options(args);
    request.environment = Environment::new(std::env::vars_os());
    request.caretaker = super::caretaker::words();
    request.rules = super::rules::packs(&args.rules)?;
    let accepted = |kind: &&GapKind| args.allow_gaps.iter().any(|name| name == kind.name());
    request.allowed_gaps = GapKind::ALL.iter().filter(accepted).copied().collect();
    Ok(request)
}

/// Options that the builder understands as they are.
fn options(args: &Args) -> Vec<OsString> {
    let one = |name: &'static str, value: &String| [name.into(), value.into()];
    let single = [("--builder", &args.builder), ("--network", &args.network)];
    let single = single.into_iter().filter_map(|(name, value)| Some(one(name, value.as_ref()?)));
    let contexts = args.build_context.iter().map(|value| one("--build-context", value));
    let hosts = args.add_host.iter().map(|value| one("--add-host", value));
    single.chain(contexts).chain(hosts).flatten().collect()
}

fn builder(args: &Args) -> Result<Builder> {
    let folders = sources::programs();
    let find = |kind: Kind| Builder::find(kind, &folders, Vec::new());
    match &args.with {
        Some(name) => {
            let kind = Kind::ALL.into_iter().find(|kind| kind.name() == name).context("no such builder")?;
            Ok(find(kind)?)
        }
        None => match Kind::ALL.into_iter().find_map(|kind| find(kind).ok()) {
            Some(builder) => Ok(builder),
            None => bail!(
                "there is nothing here that builds images\nInstall Docker with buildx, Podman or buildah"
            ),
        },
    }
}

/// Build arguments by name. One without a value has that of the environment, if there is one.
fn arguments(given: &[String]) -> BTreeMap<String, String> {
    let pair = |text: &String| match text.split_once('=') {
        Some((name, value)) => Some((name.to_owned(), value.to_owned())),
        None => Some((text.clone(), std::env::var(text).ok()?)),
    };
    given.iter().filter_map(pair).collect()
}

/// `id=ID[,src=FILE|,env=NAME][,type=file|env]`, as buildx reads it.
///
/// Source: buildx `util/buildflags/secrets.go`.
fn given(text: &str) -> Result<GivenSecret> {
    let (mut id, mut file, mut variable, mut kind) = (None, None, None, None);
    for field in text.split(',') {
        let Some((key, value)) = field.split_once('=') else { bail!("--secret {field}: no KEY=VALUE") };
        match key.to_ascii_lowercase().as_str() {
            "id" => id = Some(value),
            "src" | "source" => file = Some(value),
            "env" => variable = Some(value),
            "type" => kind = Some(value),
            _ => bail!("--secret: there is no option {key}"),
        }
    }
    let Some(id) = id.filter(|id| !id.is_empty()) else { bail!("--secret needs an id") };
    if kind == Some("env") {
        variable = variable.or(file.take()).or(Some(id));
    }
    let read =
        |path: &str| std::fs::read(path).with_context(|| format!("cannot read the secret {id} from {path}"));
    let value = match (file, variable) {
        (Some(path), _) => read(path)?,
        (None, Some(name)) => std::env::var(name).with_context(|| format!("{name} is not set"))?.into_bytes(),
        (None, None) => std::env::var(id).map_or_else(|_| read(id), |value| Ok(value.into_bytes()))?,
    };
    Ok(GivenSecret { id: id.to_owned(), value: Zeroizing::new(value) })
}

/// `LINE=COMMAND`. The command stands in one line, as the step did.
fn stub(text: &str) -> Result<(u64, String)> {
    let (line, command) = text.split_once('=').unwrap_or((text, ""));
    let (line, command) = (line.trim().parse(), command.trim());
    match line {
        Ok(line) if !command.is_empty() && !command.contains('\n') => Ok((line, command.to_owned())),
        _ => bail!("--stub takes a line of the Dockerfile and a command: --stub 7='mkdir node_modules'"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_given_as_docker_build_takes_them() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("s");
        std::fs::write(&path, "value").unwrap();
        let secret = given(&format!("id=npm,src={}", path.display())).unwrap();
        assert_eq!((secret.id.as_str(), secret.value.as_slice()), ("npm", &b"value"[..]));
        assert!(given("src=x").is_err() && given("id").is_err() && given("id=a,what=b").is_err());
        assert_eq!(format!("{secret:?}"), "GivenSecret(npm, 5 bytes)");
    }

    #[test]
    fn a_stub_is_for_a_line() {
        assert_eq!(stub("7=A=b c").unwrap(), (7, "A=b c".to_owned()));
        assert!(["7", "7=", "x=y", "=y", "1=a\nb"].iter().all(|text| stub(text).is_err()));
    }
}
