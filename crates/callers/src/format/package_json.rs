//! The scripts of a `package.json`.

use tightlip_dockerfile::Edit;

use super::{Format, file_name};
use crate::command::{self, Exports};
use crate::dialect::Dialect;
use crate::script::{self, Setting};
use crate::tree::json;
use crate::{Call, Callers, Move, Refusal, Source};

pub(super) static FORMAT: Format = Format {
    name: "package-json",
    what: "the scripts of a package.json",
    claims,
    read,
    to_secret,
    grant: command::grant,
};

fn claims(source: &Source<'_>) -> bool {
    matches!(file_name(source.path), "package.json" | "composer.json" | "deno.json" | "deno.jsonc")
}

fn read(source: &Source<'_>) -> Callers {
    let tree = json(source.text);
    let mut callers = Callers::default();
    let root = tree.root();
    for table in ["scripts", "tasks"] {
        let scripts = root.and_then(|root| root.get(table));
        for script in scripts.map(|scripts| scripts.entries()).unwrap_or_default() {
            // Composer takes a list of commands, each by itself.
            for line in script.value.one_or_more() {
                let Some(text) = line.text() else { continue };
                let setting = Setting { name: script.key.text().cloned(), ..Setting::default() };
                let found = script::calls(source, text, Dialect::Plain, &setting);
                callers.calls.extend(found.calls);
                callers.problems.extend(found.problems);
            }
        }
    }
    callers.problems.extend(tree.problems);
    callers
}

fn to_secret(source: &Source<'_>, call: &Call, wanted: &Move<'_>) -> Result<Vec<Edit>, Refusal> {
    command::to_secret(source, call, wanted, &Exports::InFront)
}
