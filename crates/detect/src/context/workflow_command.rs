//! Commands to a CI system that say which value its log has to mask, as a log or a script holds them: `::add-mask::…`,
//! `##vso[task.setvariable variable=X;issecret=true]…`.
//!
//! bad: `echo "::add-mask::hunter2"`
//! good: `echo "::add-mask::$TOKEN"`, before which the log is not shown to anybody

use tightlip_report::{Confidence, Level};

use super::judge::length_of;
use super::judge::reading::line_from;
use super::judge::value::is_random;
use super::judge::weak::is_chosen_in_quotes;
use crate::read::Part;
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule = Rule::new(
    "workflow-command",
    "value that a CI system was told to mask",
    "The command itself stands in the text; whoever reads that has the value.",
)
.source("https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions#masking-a-value-in-a-log")
.at(Level::Deny, Confidence::Medium);

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "workflow-command",
    rules: &[&RULE],
    wants: |_| true,
    keywords: &["::add-mask::", "##vso[task.setvariable ", "##vso[task.setsecret]"],
    find,
    hits: &[
        Example { path: "x.log", text: "12:01 ::add-mask::{base62:24}\r\n", rule: "workflow-command" },
        Example {
            path: "x.sh",
            text: "echo \"::add-mask::{lower:6}{digits:4}!\"\n",
            rule: "workflow-command",
        },
        Example {
            path: "x.ps1",
            text: "Write-Host '##vso[task.setvariable variable=pw;isSecret=true;isOutput=true]{base62:24}'\n",
            rule: "workflow-command",
        },
        Example { path: "x.log", text: "##vso[task.setsecret]{base62:24}\n", rule: "workflow-command" },
    ],
    misses: &[
        Example {
            path: "x.sh",
            text: "echo \"::add-mask::$TOKEN\"; echo '::add-mask::'$(cat t); echo ::add-mask::${{ inputs.token }}\n",
            rule: "",
        },
        Example {
            path: "x.yml",
            text: "- run: echo '##vso[task.setvariable variable=version]{digits:4}-{base62:24}'\n",
            rule: "",
        },
        Example {
            path: "x.ts",
            text: "issueCommand(`::add-mask::${value.toString()}`); // ::add-mask::\n",
            rule: "",
        },
    ],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let mut done = 0;
    for &at in text.at.iter().filter(|_| !text.binary) {
        let Some(rest) = masked(line_from(text.bytes, at)).filter(|_| at >= done) else { continue };
        let value = rest.while_(is_of_value);
        if is_random(value.bytes()) || is_chosen_in_quotes(value.bytes()) {
            // The beginning of a long one tells what it is, and all of it is masked.
            let value = Part::between(text.bytes, value.span().start..text.bytes.len()).while_(is_of_value);
            done = value.span().end;
            out(Found::here(&RULE, value, length_of("value to be masked", value.len())));
        }
    }
}

/// What stands behind the command, if its value is a secret.
fn masked(line: Part<'_>) -> Option<Part<'_>> {
    if let Some(rest) = line.strip("::add-mask::") {
        return Some(rest);
    }
    let (command, rest) = line.cut(|byte| byte == b']')?;
    let secret = command.strip("##vso[task.setsecret").is_some()
        || command.bytes().windows(13).any(|part| part.eq_ignore_ascii_case(b"issecret=true"));
    secret.then_some(rest)
}

fn is_of_value(byte: u8) -> bool {
    byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\'' | b'`')
}
