//! What a step hands on to later ones in a file of the runner, over several lines: `API_TOKEN<<EOF` and below it the value.
//!
//! bad: a `set_env_…` file of a runner that an image was built from
//! good: `COPY` of what the program needs, not of the runner's folders
//!
//! Source: <https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions#multiline-strings>

use super::assignment::RULE;
use super::judge::ground::{Ground, ground, is_named_manual};
use super::judge::length_of;
use super::judge::name::{Says, says};
use super::judge::reading::line_before;
use super::judge::value::{Worth, is_chosen, worth};
use crate::read::Part;
use crate::{Example, Finder, Found, Hint, Text};

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "runner-file",
    rules: &[&RULE],
    wants: |hint| {
        matches!(hint, Hint::File(_))
            && !matches!(ground(hint), Ground::Noise | Ground::Code)
            && !is_named_manual(hint)
    },
    keywords: &["<<"],
    find,
    hits: &[
        Example {
            path: "home/runner/work/_temp/_runner_file_commands/set_env_1",
            text: "HOST<<ghadelimiter_{uuid}\n10.7.0.4\nghadelimiter_1\nCF_TOKEN<<ghadelimiter_{uuid}\na1B{base62:30}\nghadelimiter_1\n",
            rule: "secret-in-file",
        },
        Example { path: "env.txt", text: "DB_PASSWORD<<EOF\nXk9v{lower:5}!7\nEOF\n", rule: "secret-in-file" },
    ],
    misses: &[
        Example {
            path: "a.sh",
            text: "cat <<EOF\nXk9vplum!7\nEOF\nmysql -p \"$PASSWORD\" <<EOF\nselect\nEOF\n",
            rule: "",
        },
        Example { path: "env.txt", text: "API_TOKEN<<EOF\n${TOKEN}\nEOF\nTOKEN<<1\n2\n", rule: "" },
    ],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for &at in text.at.iter().filter(|_| !text.binary) {
        let name = line_before(text.bytes, at);
        let plain = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
        if name.is_empty() || !name.iter().all(plain) || says(name) != Says::Secret {
            continue;
        }
        let mut lines = Part::between(text.bytes, at + 2..text.bytes.len().min(at + 4096)).lines();
        let marked = lines.next().is_some_and(|mark| mark.len() >= 2 && mark.trim().words().count() == 1);
        let Some(value) = lines.next().map(|line| line.trim()).filter(|_| marked) else { continue };
        let counts = match worth(value.bytes()) {
            Worth::Strong => true,
            Worth::Weak => is_chosen(value.bytes()),
            _ => false,
        };
        if counts {
            let label = String::from_utf8_lossy(name);
            out(Found::here(&RULE, value, length_of(&format!("value of {label}"), value.len())));
        }
    }
}
