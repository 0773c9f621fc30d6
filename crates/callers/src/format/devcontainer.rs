//! Development containers: `build.args` of a `devcontainer.json`.

use tightlip_dockerfile::Edit;

use super::{Format, file_name};
use crate::dialect::Dialect;
use crate::fields::{arguments, computed_names};
use crate::tree::json;
use crate::{Call, Callers, Grant, Move, Refusal, Source, Tool};

pub(super) static FORMAT: Format =
    Format { name: "devcontainer", what: "a development container", claims, read, to_secret, grant };

fn claims(source: &Source<'_>) -> bool {
    matches!(file_name(source.path), "devcontainer.json" | ".devcontainer.json")
}

fn read(source: &Source<'_>) -> Callers {
    let tree = json(source.text);
    let mut callers = Callers::default();
    if let Some(root) = tree.root() {
        let build = root.get("build").filter(|build| build.is_table());
        let old = root.get("dockerFile");
        if let Some(at) = build.or(old.map(|_| root)) {
            let mut call = Call::new(Tool::Devcontainer, at.stands);
            call.name = root.text_of("name").cloned();
            let text = |key: &str| at.get(key).and_then(|one| one.value(Dialect::Hcl));
            call.dockerfile = text("dockerfile").or_else(|| text("dockerFile"));
            call.context = text("context");
            call.target = text("target");
            call.arguments = at.get("args").map(|args| arguments(args, Dialect::Hcl)).unwrap_or_default();
            callers.problems.extend(computed_names(&call.arguments));
            callers.calls.push(call);
        }
    }
    callers.problems.extend(tree.problems);
    callers
}

fn to_secret(_: &Source<'_>, _: &Call, _: &Move<'_>) -> Result<Vec<Edit>, Refusal> {
    // Options of the build exist (`build.options`), but the variables of the editor are in no environment.
    Err(Refusal::NoSecrets("a development container"))
}

fn grant(_: &Source<'_>, _: &Call, _: &Grant<'_>) -> Result<Vec<Edit>, Refusal> {
    Err(Refusal::NoSecrets("a development container"))
}
