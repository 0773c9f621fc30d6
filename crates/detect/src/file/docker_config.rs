//! Registry logins: Docker's `config.json` and `.dockercfg`, podman's `auth.json`, Kubernetes' `.dockerconfigjson`.
//!
//! `auth` is the base64 of `user:password`; `identitytoken` and `registrytoken` are tokens as they are. A file that names a
//! credential helper alone holds none.

use tightlip_report::{Confidence, Level};

use crate::context::judge::value::{Worth, worth};
use crate::context::judge::{credential, length_of};
use crate::read::{base64, json};
use crate::{Example, Finder, Found, Hint, Rule, Text};

static RULE: Rule = Rule::new(
    "docker-registry-login",
    "Container registry login",
    "Whoever holds it can pull, and often push, images as its owner.",
)
.of("Docker")
.rotate("https://docs.docker.com/security/for-developers/access-tokens/")
.source("https://docs.docker.com/reference/cli/docker/login/");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "docker-config",
    rules: &[&RULE],
    wants: |hint| !matches!(hint, Hint::File(path) if path.ends_with(b".js") || path.ends_with(b".map")),
    keywords: &["\"auth\"", "\"identitytoken\"", "\"registrytoken\"", "\"auths\""],
    find,
    hits: &[
        Example {
            path: "root/.docker/config.json",
            text: r#"{"auths":{"r.example":{"auth":"Ym9iOnB3ZWx{base62:1}ZWx{base62:1}ZWx{base62:1}"}}}"#,
            rule: "docker-registry-login",
        },
        Example {
            path: "root/.dockercfg",
            text: r#"{"https://r.example/v1/":{"auth":"Ym9iOnB3ZWx{base62:1}ZWx{base62:1}ZWx{base62:1}","email":"a@b.example"}}"#,
            rule: "docker-registry-login",
        },
        Example {
            path: "run/containers/0/auth.json",
            text: r#"{"auths":{"r.example":{"identitytoken":"{base62:60}"}}}"#,
            rule: "docker-registry-login",
        },
        Example {
            path: "",
            text: r#"{"auths":{"r.example":{"username":"bob","password":"s{lower:9}"}}}"#,
            rule: "docker-registry-login",
        },
    ],
    misses: &[
        Example {
            path: "root/.docker/config.json",
            text: r#"{"auths":{"r.example":{}},"credsStore":"desktop"}"#,
            rule: "",
        },
        Example {
            path: "root/.docker/config.json",
            text: r#"{"auths":{"r.example":{"auth":""}}}"#,
            rule: "",
        },
        Example {
            path: "root/.docker/config.json",
            text: r#"{"auths":{"r.example":{"auth":"Ym9iOiR7UEFTU1dPUkR9"},"q.example":{"auth":"Ym9iOjx0b2tlbj4="}}}"#,
            rule: "",
        },
        Example {
            path: "package.json",
            text: r#"{"scripts":{"auth":"node auth.js"},"keywords":["auth"]}"#,
            rule: "",
        },
    ],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    json::leaves(text.bytes, &mut |leaf| {
        let in_auths = leaf.ends(&["auths", "*", "*"]);
        let found = match leaf.key() {
            b"auth" => login(leaf),
            b"identitytoken" | b"registrytoken" => credential(&RULE, leaf.value, "registry token"),
            b"password" if in_auths => credential(&RULE, leaf.value, "registry password"),
            _ => None,
        };
        found.into_iter().for_each(&mut *out);
    });
}

fn login<'b>(leaf: &json::Leaf<'_, 'b>) -> Option<Found<'b>> {
    let (user, password) = base64::user_and_password(&json::unescape(leaf.value.bytes()))?;
    // An identity token leaves the password empty.
    if user.is_empty() || password.is_empty() {
        return None;
    }
    let shape = length_of("registry password", password.len());
    let found = Found::here(&RULE, leaf.value, shape);
    match worth(&password) {
        // What is to be filled in before it is put into base64.
        Worth::Nothing | Worth::Reference | Worth::Hollow => None,
        Worth::Default => Some(found.at(Level::Warn, Confidence::Low).decoded(password, &["base64"])),
        _ => Some(found.decoded(password, &["base64"])),
    }
}
