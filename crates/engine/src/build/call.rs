//! `--check` and `--call`: nothing is built, and what the builder answers is masked. It prints the build arguments.

use tightlip_detect::{Says, name_says};
use zeroize::Zeroizing;

use super::flags::Role;
use super::known::Values;
use super::plan::{Attests, Plan};
use super::work::given_to;
use super::{Guard, GuardError, Line, Show};
use crate::builder::Task;
use crate::known::KnownValue;
use crate::redact::Redactor;

/// What the builder answered.
#[derive(Debug)]
pub struct Called {
    /// Its words, masked.
    pub output: Vec<u8>,
    /// Whether it liked what it saw.
    pub succeeded: bool,
}

/// Whether a line asks something of the builder, and builds nothing.
#[must_use]
pub fn is_call(line: &Line) -> bool {
    let asks =
        |value: Option<&str>| !matches!(value, Some("build" | "false" | "0" | "f" | "F" | "FALSE" | "False"));
    line.options().filter(|(flag, _)| flag.role == Role::Call).last().is_some_and(|(_, value)| asks(value))
}

impl Guard {
    /// Asks the builder, and masks its answer.
    ///
    /// # Errors
    /// When it cannot be asked.
    pub fn call(&self, show: &dyn Show) -> Result<Called, GuardError> {
        let plan = Plan::of(&self.line, Attests::WhenAsked)?;
        let mut known = Values::of(&plan, &self.environment, &self.scan.rules)?.known;
        known.extend(self.scan.known.iter().cloned());
        known.extend(self.secret_arguments(&plan));
        let redactor = Redactor::new(&known, &self.scan.rules)?;
        let mut task = Task::new(["build", "--progress=rawjson"]).variable("DOCKER_CLI_HINTS", "false");
        task = plan.arguments.iter().fold(task, Task::argument);
        if let Some(file) = &plan.dockerfile {
            task = task.option("--file", file);
        }
        let task = given_to(task.argument("--").argument(&plan.context), &self.input);
        let mut filter = redactor.filter();
        let mut hear = |bytes: &[u8]| show.progress(filter.push(bytes));
        let ended = self.builder.run(&task, &mut hear, &super::listen::Stop(show))?;
        show.progress(filter.end());
        show.built();
        let mut output = Vec::new();
        let mut filter = redactor.filter();
        output.extend_from_slice(filter.push(&ended.output));
        output.extend_from_slice(filter.end());
        Ok(Called { output, succeeded: ended.succeeded() })
    }

    /// Arguments that are secrets by their names: the answer holds the values of all.
    fn secret_arguments(&self, plan: &Plan) -> Vec<KnownValue> {
        let secret = plan.given.iter().filter(|(name, _)| {
            name_says(name) == Says::Secret && !self.policy.arguments.iter().any(|allowed| allowed == name)
        });
        let known = secret.filter_map(|(name, value)| {
            let value = value.clone().or_else(|| self.environment.text(name).map(str::to_owned))?;
            KnownValue::new(name, Zeroizing::new(value.into_bytes())).ok()
        });
        known.collect()
    }
}
