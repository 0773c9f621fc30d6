//! Terraform: values of secrets in its state, and tokens in `credentials.tfrc.json` and `.terraformrc`.
//!
//! The state holds every attribute in clear, those marked sensitive too.

use std::collections::BTreeMap;

use serde::Deserialize;
use tightlip_report::{Confidence, Level};

use super::judge::{ends_with, is_called};
use crate::context::judge::credential;
use crate::context::judge::name::{Says, says};
use crate::context::judge::value::{Worth, worth};
use crate::read::{ini, json};
use crate::{Example, Finder, Found, Rule, Text};

pub(super) static STATE: Rule = Rule::new(
    "terraform-state-secret",
    "Secret in a Terraform state",
    "The state holds the passwords and keys of what it built, in clear.",
)
.of("Terraform")
.source("https://developer.hashicorp.com/terraform/language/state/sensitive-data")
.at(Level::Deny, Confidence::Medium);

static TOKEN: Rule = Rule::new(
    "terraform-token",
    "Terraform registry or cloud token",
    "Whoever holds it can use the organisation's workspaces and state.",
)
.of("Terraform")
.rotate("https://app.terraform.io/app/settings/tokens")
.source("https://developer.hashicorp.com/terraform/cli/config/config-file#credentials");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "terraform",
    rules: &[&STATE, &TOKEN],
    wants: |hint| {
        ends_with(hint, &[".tfstate", ".tfstate.backup"])
            || is_called(hint, &["credentials.tfrc.json", "terraformrc", "terraform.rc", "tofurc"])
    },
    keywords: &[],
    find,
    hits: &[
        Example {
            path: "terraform.tfstate",
            text: r#"{"resources":[{"instances":[{"attributes":{"username":"u","password":"p{lower:7}9"}}]}]}"#,
            rule: "terraform-state-secret",
        },
        Example {
            path: "terraform.tfstate",
            text: r#"{"resources":[{"type":"random_password","instances":[{"attributes":{"result":"p{lower:7}9"}}]}]}"#,
            rule: "terraform-state-secret",
        },
        Example {
            path: "x.tfstate.backup",
            text: r#"{"outputs":{"db_password":{"value":"p{lower:7}9","type":"string","sensitive":true}}}"#,
            rule: "terraform-state-secret",
        },
        Example {
            path: "root/.terraform.d/credentials.tfrc.json",
            text: r#"{"credentials":{"app.terraform.io":{"token":"{base62:40}"}}}"#,
            rule: "terraform-token",
        },
        Example {
            path: "terraform.tfstate",
            text: r#"{"outputs":{"db":{"value":"p{lower:7}9","type":"string","sensitive":true}}}"#,
            rule: "terraform-state-secret",
        },
        Example {
            path: "root/.terraformrc",
            text: "credentials \"app.terraform.io\" {\n  token = \"{base62:40}\"\n}\n",
            rule: "terraform-token",
        },
    ],
    misses: &[Example {
        path: "terraform.tfstate",
        text: r#"{"outputs":{"name":{"value":"x","type":"string"},"url":{"value":"copper77","sensitive":false}},"resources":[{"instances":[{"attributes":{"password":null,"secret_name":"a","token_url":"https://h"}}]}]}"#,
        rule: "",
    }],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    if memchr::memmem::find(&text.hint.file_name().to_ascii_lowercase(), b".tfstate").is_some() {
        return in_state(text.bytes, out);
    }
    let mut token = |value| credential(&TOKEN, value, "token").into_iter().for_each(&mut *out);
    for pair in ini::pairs(text.bytes).filter(|p| p.key.is("token")) {
        token(pair.value);
    }
    json::leaves(text.bytes, &mut |leaf| {
        if name_of(leaf) == b"token" {
            token(leaf.value);
        }
    });
}

/// What a value is the value of: `"db_password": {"value": …}`.
fn name_of<'l>(leaf: &'l json::Leaf<'_, '_>) -> &'l [u8] {
    let above = leaf.path.len().checked_sub(2).and_then(|n| leaf.path.get(n));
    if leaf.key() == b"value" { above.map(|p| p.bytes()).unwrap_or_default() } else { leaf.key() }
}

/// The secrets of a state.
pub(super) fn in_state<'b>(bytes: &'b [u8], out: &mut dyn FnMut(Found<'b>)) {
    let sensitive = sensitive_outputs(bytes);
    let mut kind = Vec::new();
    json::leaves(bytes, &mut |leaf| {
        if leaf.key() == b"type" && !leaf.path.iter().any(|part| part.is("instances")) {
            kind = leaf.value.bytes().to_vec();
        }
        let name = name_of(leaf);
        let output = leaf.path.get(1).is_some_and(|part| part.is("outputs"))
            && sensitive.iter().any(|known| known.as_bytes() == name);
        let made = output
            || kind == b"random_password" && name == b"result"
            || kind == b"aws_iam_access_key" && name == b"secret";
        let counts = (made || says(name) == Says::Secret) && worth(leaf.value.bytes()) >= Worth::Default;
        let found = credential(&STATE, leaf.value, "value in the state").filter(|_| counts);
        found.into_iter().for_each(&mut *out);
    });
}

/// The names of the outputs that the configuration marks as sensitive: whatever they hold is meant to be secret.
fn sensitive_outputs(bytes: &[u8]) -> Vec<String> {
    #[derive(Deserialize)]
    struct State {
        #[serde(default)]
        outputs: BTreeMap<String, Output>,
    }
    #[derive(Deserialize)]
    struct Output {
        #[serde(default)]
        sensitive: bool,
    }
    let state = serde_json::from_slice::<State>(bytes).ok();
    let outputs = state.into_iter().flat_map(|state| state.outputs);
    outputs.filter(|(_, output)| output.sensitive).map(|(name, _)| name).collect()
}
