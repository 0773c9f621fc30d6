//! GitHub Actions: workflows and composite actions, their build actions and their scripts.

use tightlip_dockerfile::{Edit, Text};

use super::{Format, file_name, is_yaml};
use crate::call::{Argument, Checkout, Credentials, Options, SecretSource, SecretUse};
use crate::command::{self, Exports};
use crate::dialect::Dialect;
use crate::fields::{arguments, attest, computed_names, provenance};
use crate::script::{self, Setting};
use crate::task::add_variable;
use crate::tree::rewrite::Rewrite;
use crate::tree::{At, Entry, yaml};
use crate::written::{Written, written};
use crate::{Call, Callers, Elsewhere, Fault, Grant, Granted, Move, Problem, Refusal, Source, Tool, Value};

pub(super) static FORMAT: Format =
    Format { name: "workflow", what: "a workflow or an action of GitHub", claims, read, to_secret, grant };

fn claims(source: &Source<'_>) -> bool {
    let name = file_name(source.path);
    let workflow = [".github/workflows/", ".gitea/workflows/", ".forgejo/workflows/"];
    let inside = workflow
        .iter()
        .any(|folder| source.path.starts_with(folder) || source.path.contains(&format!("/{folder}")));
    let action = matches!(name, "action.yml" | "action.yaml") && source.text.contains("runs:");
    is_yaml(name) && (inside || action)
}

fn read(source: &Source<'_>) -> Callers {
    let tree = yaml(source.text);
    let mut callers = Callers::default();
    if let Some(root) = tree.root() {
        let mut reader = Reader { source, callers: &mut callers };
        let outer = Around { environment: environment(root), shell: default_shell(root) };
        for job in root.get("jobs").map(|jobs| jobs.entries()).unwrap_or_default() {
            reader.job(job, &outer);
        }
        if let Some(runs) = root.get("runs") {
            reader.steps(runs, &outer);
        }
    }
    callers.problems.extend(tree.problems);
    callers
}

/// What the file says around a step.
#[derive(Default)]
struct Around<'t> {
    /// The nearest first.
    environment: Vec<Argument>,
    shell: Option<&'t str>,
}

fn environment(at: At<'_>) -> Vec<Argument> {
    at.get("env").map(|env| arguments(env, Dialect::GitHub)).unwrap_or_default()
}

fn default_shell<'t>(at: At<'t>) -> Option<&'t str> {
    at.get("defaults")?.get("run")?.get("shell")?.as_str()
}

struct Reader<'s, 'c> {
    source: &'s Source<'s>,
    callers: &'c mut Callers,
}

impl Reader<'_, '_> {
    fn job(&mut self, job: Entry<'_>, outer: &Around<'_>) {
        let mut environment = environment(job.value);
        environment.extend(outer.environment.iter().cloned());
        let shell = default_shell(job.value).or(outer.shell);
        if let Some(uses) = job.value.text_of("uses") {
            self.reusable(job, uses);
        }
        self.steps(job.value, &Around { environment, shell });
    }

    /// A workflow of its own that the job calls.
    fn reusable(&mut self, job: Entry<'_>, uses: &Text) {
        let given = job.value.get("secrets");
        let inherits = given.filter(|at| at.as_str() == Some("inherit")).map(|at| at.stands);
        let of = |at: Option<At<'_>>| {
            at.filter(At::is_table).map(|at| arguments(at, Dialect::GitHub)).unwrap_or_default()
        };
        self.callers.elsewhere.push(Elsewhere {
            what: uses.clone(),
            span: job.span(),
            secrets: of(given),
            inherits,
            inputs: of(job.value.get("with")),
        });
    }

    fn steps(&mut self, at: At<'_>, around: &Around<'_>) {
        let (mut checkout, mut files) = (None, Vec::new());
        for step in at.get("steps").map(|steps| steps.items()).unwrap_or_default() {
            if let Some(found) = checked_out(step) {
                checkout = Some(found);
            }
            let from = self.callers.calls.len();
            self.step(step, around);
            files.extend(left(step, around));
            for call in self.callers.calls.iter_mut().skip(from) {
                call.checkout.clone_from(&checkout);
                let before = |one: &&Written| one.span.start < call.span.start;
                call.written = files.iter().filter(before).cloned().collect();
                settings(call);
            }
        }
    }

    fn step(&mut self, step: At<'_>, around: &Around<'_>) {
        let mut environment = environment(step);
        environment.extend(around.environment.iter().cloned());
        let uses = step.as_uses().unwrap_or("");
        let action = uses.split('@').next().unwrap_or("").to_ascii_lowercase();
        match action.as_str() {
            "docker/build-push-action" => self.build_push(step, environment),
            "docker/bake-action" => self.bake(step, environment),
            _ => self.run(step, around, environment),
        }
    }

    fn run(&mut self, step: At<'_>, around: &Around<'_>, environment: Vec<Argument>) {
        let Some(run) = step.get("run") else { return };
        let Some(text) = run.text() else {
            self.callers.problems.push(Problem { fault: Fault::Shape("run"), span: run.stands });
            return;
        };
        let shell = step.get("shell").and_then(|at| at.as_str()).or(around.shell).unwrap_or("bash");
        let name = step.text_of("name").or_else(|| step.text_of("id")).cloned();
        if !matches!(shell.split_whitespace().next().unwrap_or(""), "bash" | "sh" | "dash" | "zsh") {
            if text.contains("docker") {
                let fault = Fault::Language(shell.to_owned());
                self.callers.problems.push(Problem { fault, span: run.stands });
            }
            return;
        }
        let setting = Setting { environment, image: None, name };
        let found = script::calls(self.source, text, Dialect::GitHub, &setting);
        self.callers.calls.extend(found.calls);
        self.callers.problems.extend(found.problems);
    }

    fn begin(&self, tool: Tool, step: At<'_>, environment: Vec<Argument>) -> Call {
        let mut call = Call::new(tool, step.span());
        call.name = step.text_of("name").or_else(|| step.text_of("id")).cloned();
        call.environment = environment;
        call
    }

    fn build_push(&mut self, step: At<'_>, environment: Vec<Argument>) {
        let mut call = self.begin(Tool::BuildPushAction, step, environment);
        for entry in step.get("with").map(|with| with.entries()).unwrap_or_default() {
            let (Some(key), Some(value)) = (entry.key.as_str(), entry.value.value(Dialect::GitHub)) else {
                continue;
            };
            let listed = || value.lines();
            let options = || listed().iter().map(Options::of).collect::<Vec<Options>>();
            match key.to_ascii_lowercase().as_str() {
                "build-args" => {
                    call.arguments.extend(listed().iter().map(|one| Argument::of(one, one.span())))
                }
                "build-contexts" => {
                    call.contexts.extend(listed().iter().map(|one| Argument::of(one, one.span())))
                }
                "labels" | "annotations" => {
                    call.labels.extend(listed().iter().map(|one| Argument::of(one, one.span())));
                }
                "context" => call.context = Some(value),
                "file" => call.dockerfile = Some(value),
                "target" => call.target = Some(value),
                "secrets" => self.given(&mut call, &listed(), Kind::Values),
                "secret-envs" => self.given(&mut call, &listed(), Kind::Environment),
                "secret-files" => self.given(&mut call, &listed(), Kind::Files),
                "github-token" => call.secrets.push(token(&value)),
                "ssh" => call.ssh.extend(listed()),
                "provenance" => call.provenance = Some(provenance(&value)),
                "sbom" => call.sbom = Some(value),
                "attests" => options().iter().for_each(|one| attest(&mut call, one)),
                "push" => call.push = Some(value),
                "outputs" => call.outputs.extend(options()),
                "cache-to" => call.cache_to.extend(options()),
                "tags" => call.tags.extend(commas(&value)),
                "platforms" => call.platforms.extend(commas(&value)),
                _ => {}
            }
        }
        self.callers.problems.extend(computed_names(&call.arguments));
        self.callers.calls.push(call);
    }

    /// `secrets`, `secret-envs` and `secret-files`: `ID=…`, one a line.
    fn given(&mut self, call: &mut Call, listed: &[Value], kind: Kind) {
        for one in listed {
            let Some((id, value)) = one.cut('=') else {
                self.callers.problems.push(Problem { fault: Fault::Shape("a secret"), span: one.span() });
                continue;
            };
            let source = match kind {
                Kind::Values => SecretSource::Value(value),
                Kind::Environment => SecretSource::Environment(value.text().clone()),
                Kind::Files => SecretSource::File(value),
            };
            call.secrets.push(SecretUse { id, source, span: one.span() });
        }
    }

    fn bake(&mut self, step: At<'_>, environment: Vec<Argument>) {
        let mut call = self.begin(Tool::BakeAction, step, environment);
        for entry in step.get("with").map(|with| with.entries()).unwrap_or_default() {
            let (Some(key), Some(value)) = (entry.key.as_str(), entry.value.value(Dialect::GitHub)) else {
                continue;
            };
            match key.to_ascii_lowercase().as_str() {
                "set" => {
                    for one in value.lines() {
                        command::set(&mut call, &one, one.span(), &mut self.callers.problems);
                    }
                }
                "files" => call.files.extend(commas(&value)),
                "targets" => call.target = Some(value),
                "source" => call.context = Some(value),
                "provenance" => call.provenance = Some(provenance(&value)),
                "sbom" => call.sbom = Some(value),
                "push" => call.push = Some(value),
                "github-token" => call.secrets.push(token(&value)),
                _ => {}
            }
        }
        self.callers.problems.extend(computed_names(&call.arguments));
        self.callers.calls.push(call);
    }
}

/// The files with secrets that a step leaves in the directory.
fn left(step: At<'_>, around: &Around<'_>) -> Vec<Written> {
    let Some(text) = step.get("run").and_then(|run| run.text()) else { return Vec::new() };
    let folder = step.get("working-directory").map_or(Some(""), |folder| folder.as_str());
    // A directory that is computed is not known.
    let Some(folder) = folder.filter(|folder| !folder.contains("${{")) else { return Vec::new() };
    let mut environment = environment(step);
    environment.extend(around.environment.iter().cloned());
    written(text, &environment, folder)
}

/// What stands after the id of a secret.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Values,
    Environment,
    Files,
}

/// The action passes this token as a secret for git, bound to the host.
fn token(value: &Value) -> SecretUse {
    let mut id = Text::empty(value.span().start);
    id.push("GIT_AUTH_TOKEN.github.com", value.span());
    SecretUse { id: Value::literal(id), source: SecretSource::Value(value.clone()), span: value.span() }
}

/// What the environment says about records.
fn settings(call: &mut Call) {
    let of = |name: &str| call.variable(name).and_then(|one| one.value.clone());
    let (upload, summary) = (of("DOCKER_BUILD_RECORD_UPLOAD"), of("DOCKER_BUILD_SUMMARY"));
    call.record_upload = upload;
    call.summary = summary;
}

/// A list with line breaks or commas.
fn commas(value: &Value) -> Vec<Value> {
    let parts = value.lines().into_iter().flat_map(|line| line.split(','));
    parts.map(|part| part.trim()).filter(|part| !part.as_str().is_empty()).collect()
}

fn checked_out(step: At<'_>) -> Option<Checkout> {
    let uses = step.text_of("uses")?;
    let (action, version) = uses.as_str().split_once('@').unwrap_or((uses.as_str(), ""));
    if !action.eq_ignore_ascii_case("actions/checkout") {
        return None;
    }
    let persist = step.get("with").and_then(|with| with.get("persist-credentials"));
    let persist = persist.and_then(|at| at.value(Dialect::GitHub));
    let major = version.trim_start_matches('v').split('.').next().and_then(|major| major.parse::<u32>().ok());
    let kept = if major.is_some_and(|major| (6..1000).contains(&major)) {
        Credentials::KeptOutside
    } else {
        Credentials::Kept
    };
    let credentials = match persist.as_ref().map(|value| (value.plain(), value)) {
        None => kept,
        Some((Some("false"), _)) => Credentials::Dropped,
        Some((Some(_), _)) => kept,
        Some((None, _)) => Credentials::Computed,
    };
    Some(Checkout { span: step.span(), uses: uses.clone(), credentials })
}

impl<'t> At<'t> {
    fn as_uses(&self) -> Option<&'t str> {
        self.text_of("uses").map(Text::as_str)
    }
}

fn to_secret(source: &Source<'_>, call: &Call, wanted: &Move<'_>) -> Result<Vec<Edit>, Refusal> {
    let tree = yaml(source.text);
    if tree.is_shared(call.span) {
        return Err(Refusal::Shared("the step".to_owned()));
    }
    let elsewhere = || Refusal::Elsewhere(format!("the build argument {}", wanted.argument));
    let root = tree.root().ok_or_else(elsewhere)?;
    let step =
        all_steps(root).into_iter().find(|step| step.span().contains(call.span)).ok_or_else(elsewhere)?;
    let rewrite = Rewrite::of(source.text);
    match call.tool {
        Tool::BuildPushAction => move_input(&rewrite, step, call, wanted),
        Tool::BakeAction => move_set(&rewrite, step, call, wanted),
        _ => {
            let add = |name: &str, value: &str| add_variable(&rewrite, step, name, value);
            command::to_secret(source, call, wanted, &Exports::Table(&add))
        }
    }
}

fn all_steps(root: At<'_>) -> Vec<At<'_>> {
    let jobs = root.get("jobs").map(|jobs| jobs.entries()).unwrap_or_default();
    let holders = jobs.into_iter().map(|job| job.value).chain(root.get("runs"));
    holders.filter_map(|holder| holder.get("steps")).flat_map(|steps| steps.items()).collect()
}

/// From `build-args` to `secrets`.
fn move_input(
    rewrite: &Rewrite<'_>,
    step: At<'_>,
    call: &Call,
    wanted: &Move<'_>,
) -> Result<Vec<Edit>, Refusal> {
    let elsewhere = || Refusal::Elsewhere(format!("the build argument {}", wanted.argument));
    let argument = call.argument(wanted.argument).ok_or_else(elsewhere)?;
    let with = step.get("with").filter(At::is_here).ok_or_else(elsewhere)?;
    let entry = |name: &str| {
        let mut own = with.own().into_iter();
        own.find(|entry| entry.key.as_str().is_some_and(|key| key.eq_ignore_ascii_case(name)))
    };
    let args = entry("build-args").ok_or_else(elsewhere)?;
    let (input, line) = match &argument.value {
        // Without a value the action's environment has it.
        None => ("secret-envs", format!("{}={}", wanted.id, wanted.argument)),
        Some(value) => ("secrets", record(wanted, value)?),
    };
    let list = entry(input).filter(|entry| !entry.value.is_null());
    let granted = call.secret(wanted.id).is_some();
    let listed = args.value.value(Dialect::GitHub).map(|value| value.lines().len());
    let last = listed == Some(1);
    let block = format!("{input}: |\n  {line}");
    let mut edits = Vec::new();
    match list {
        None if last && !granted => return Ok(vec![rewrite.replace_entry(args, &block)]),
        None if !granted => edits.push(rewrite.add_entry(with, &block)?),
        Some(list) if !granted => edits.push(rewrite.add_text_line(list, &line)?),
        _ => {}
    }
    match last {
        true => edits.extend(rewrite.remove_entry(with, args)),
        false => edits.push(rewrite.remove_text_line(args.value, argument.span)?),
    }
    Ok(edits)
}

/// A line of the input `secrets`: in quotes, in which a quote is doubled.
fn record(wanted: &Move<'_>, value: &Value) -> Result<String, Refusal> {
    if value.as_str().contains('\n') {
        return Err(Refusal::Form("a value of several lines"));
    }
    referred(wanted, value)?;
    Ok(format!("\"{}={}\"", wanted.id, value.as_str().replace('"', "\"\"")))
}

/// A value that stands in the open would stay there.
fn referred(wanted: &Move<'_>, value: &Value) -> Result<(), Refusal> {
    let open = value.plain().is_some_and(|text| !text.is_empty());
    if open { Err(Refusal::Literal(wanted.argument.to_owned())) } else { Ok(()) }
}

/// From `set: *.args.T=…` to `set: *.secrets+=id=T,env=T` with `T` in the environment of the step.
fn move_set(
    rewrite: &Rewrite<'_>,
    step: At<'_>,
    call: &Call,
    wanted: &Move<'_>,
) -> Result<Vec<Edit>, Refusal> {
    let elsewhere = || Refusal::Elsewhere(format!("the build argument {}", wanted.argument));
    let argument = call.argument(wanted.argument).ok_or_else(elsewhere)?;
    let value = argument.value.as_ref().ok_or_else(elsewhere)?;
    referred(wanted, value)?;
    let target = argument.target.as_deref().unwrap_or("*");
    let name = wanted.argument;
    let new = format!("{target}.secrets+=id={},env={name}", wanted.id);
    let mut edits = vec![Edit::replace(argument.span, new)];
    edits.extend(add_variable(rewrite, step, name, value.as_str())?);
    Ok(edits)
}

fn grant(source: &Source<'_>, call: &Call, wanted: &Grant<'_>) -> Result<Vec<Edit>, Refusal> {
    match call.tool {
        Tool::BuildPushAction => {}
        Tool::BakeAction => {
            return Err(Refusal::OtherPlace { tool: call.tool.name(), place: "the bake file" });
        }
        _ => return command::grant(source, call, wanted),
    }
    let tree = yaml(source.text);
    let elsewhere = || Refusal::Elsewhere("the step".to_owned());
    let steps = all_steps(tree.root().ok_or_else(elsewhere)?);
    let step = steps.into_iter().find(|step| step.span().contains(call.span)).ok_or_else(elsewhere)?;
    let rewrite = Rewrite::of(source.text);
    let input = match wanted.what {
        Granted::Secret => "secret-files",
        Granted::Ssh => "ssh",
    };
    let line = format!("{}={}", wanted.id, wanted.path(call)?);
    let Some(with) = step.own_entry("with") else {
        return Ok(vec![rewrite.add_entry(step, &format!("with:\n  {input}: |\n    {line}"))?]);
    };
    if !with.value.is_here() {
        return Err(Refusal::Shared("the inputs of the step".to_owned()));
    }
    let mut own = with.value.own().into_iter();
    let list = own.find(|entry| entry.key.as_str().is_some_and(|key| key.eq_ignore_ascii_case(input)));
    Ok(vec![match list.filter(|entry| !entry.value.is_null()) {
        Some(list) => rewrite.add_text_line(list, &line)?,
        None => rewrite.add_entry(with.value, &format!("{input}: |\n  {line}"))?,
    }])
}
