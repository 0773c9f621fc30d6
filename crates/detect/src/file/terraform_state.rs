//! A Terraform state under a name of its own, as `terraform state pull >state.json` makes one: told by its version, lineage and
//! serial.

use memchr::memmem::find as holds;

use super::judge::ends_with;
use super::terraform;
use crate::{Example, Finder, Found, Text};

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "terraform-state",
    rules: &[&terraform::STATE],
    wants: |hint| !ends_with(hint, &[".tfstate", ".tfstate.backup"]),
    keywords: &["\"terraform_version\""],
    find,
    hits: &[Example {
        path: "backup/state.json",
        text: r#"{"version":4,"terraform_version":"1.9.0","serial":3,"lineage":"x","resources":[{"type":"random_password","instances":[{"attributes":{"result":"p{lower:7}9"}}]}]}"#,
        rule: "terraform-state-secret",
    }],
    misses: &[Example {
        path: "plan.json",
        text: r#"{"format_version":"1.2","terraform_version":"1.9.0","resources":[{"type":"random_password","instances":[{"attributes":{"result":"p{lower:7}9"}}]}]}"#,
        rule: "",
    }],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let object = text.bytes.trim_ascii_start().starts_with(b"{");
    if object && [&b"\"lineage\""[..], b"\"serial\""].iter().all(|key| holds(text.bytes, key).is_some()) {
        terraform::in_state(text.bytes, out);
    }
}
