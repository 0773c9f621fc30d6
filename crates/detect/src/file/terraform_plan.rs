//! What Terraform says that it will do: `- value = "…" -> null` below a resource whose name or kind is that of a secret.
//! It hides what is marked sensitive; what is not, and what an old version wrote, stands there.
//!
//! bad: a log of `terraform plan` in an image
//! good: a plan that is kept where the state is

use super::terraform::STATE;
use crate::context::judge::length_of;
use crate::context::judge::name::{Says, says};
use crate::context::judge::value::{is_chosen, is_secret};
use crate::read::Part;
use crate::{Example, Finder, Found, Hint, Text};

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "terraform-plan",
    rules: &[&STATE],
    wants: |hint| !matches!(hint, Hint::Named(_)),
    keywords: &["- resource \"", "+ resource \"", "~ resource \""],
    find,
    hits: &[
        Example {
            path: "plan.txt",
            text: "  # random_password.db will be destroyed\n  - resource \"random_password\" \"db\" {\n      - length = 16 -> null\n      - result = \"a1B{base62:13}\" -> null\n    }\n",
            rule: "terraform-state-secret",
        },
        Example {
            path: "plan.log",
            text: "  - resource \"aws_ssm_parameter\" \"grafana_password\" {\n      - type  = \"String\" -> null\n      - value = \"a1B{base62:13}\" -> null\n    }\n",
            rule: "terraform-state-secret",
        },
        Example {
            path: "plan.log",
            text: "  + resource \"aws_ssm_parameter\" \"p\" {\n      + name  = \"/grafana/admin_password\"\n      + value = \"a1B{base62:13}\"\n    }\n",
            rule: "terraform-state-secret",
        },
    ],
    misses: &[
        Example {
            path: "plan.txt",
            text: "  - resource \"aws_ssm_parameter\" \"grafana_password\" {\n      - value = (sensitive value) -> null\n      - tier = \"a1B{base62:13}\" -> null\n    }\n  - resource \"aws_ssm_parameter\" \"ami\" {\n      - value = \"a1B{base62:13}\" -> null\n    }\n",
            rule: "",
        },
        Example {
            path: "plan.txt",
            text: "  + resource \"aws_ssm_parameter\" \"password_policy\" {\n      + value = \"a1B{base62:13}\"\n    }\n  + resource \"aws_ssm_parameter\" \"db_password\" {\n      + value = \"${var.db_password}\"\n    }\n",
            rule: "",
        },
    ],
};

/// A resource with more lines is none of these.
const MOST: usize = 200;

/// What holds the value of such a resource.
const VALUES: &[&str] = &["value", "value_wo", "secret_string", "secret_data", "result", "plaintext"];

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    if text.binary {
        return;
    }
    let mut done = 0;
    for &at in text.at {
        if at < done {
            continue;
        }
        let rest = Part::between(text.bytes, at..text.bytes.len());
        let mut lines = rest.lines().take(MOST);
        let Some(head) = lines.next() else { continue };
        let names = quoted(head);
        let ends = |line: &Part<'_>| line.trim().is("}") || attribute(*line).is("resource");
        let inside: Vec<Part<'b>> = lines.take_while(|line| !ends(line)).collect();
        done = inside.last().unwrap_or(&head).span().end;
        // What it is called where it is kept tells as much.
        let called = inside.iter().filter(|line| attribute(**line).is("name")).flat_map(|line| quoted(*line));
        let is_secret_by = |name: &Part<'_>| says(name.bytes()) == Says::Secret;
        if !names.iter().copied().chain(called).any(|name| is_secret_by(&name)) {
            continue;
        }
        let held = inside.iter().filter(|line| VALUES.iter().any(|known| attribute(**line).is(known)));
        for value in held.flat_map(|line| quoted(*line)).filter(|value| is_secret(value.bytes(), is_chosen)) {
            out(Found::here(&STATE, value, length_of("value in a plan", value.len())));
        }
    }
}

/// The name of an attribute, behind the sign of what becomes of it.
fn attribute(line: Part<'_>) -> Part<'_> {
    let signs = line.while_(|b| matches!(b, b' ' | b'\t' | b'-' | b'+' | b'~' | b'/'));
    line.after(&signs).while_(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// The strings of a line.
fn quoted(line: Part<'_>) -> Vec<Part<'_>> {
    let mut all = Vec::new();
    let mut rest = line;
    while let Some((string, after)) =
        rest.cut(|b| b == b'"').and_then(|(_, inside)| inside.cut(|b| b == b'"'))
    {
        all.push(string);
        rest = after;
    }
    all
}
