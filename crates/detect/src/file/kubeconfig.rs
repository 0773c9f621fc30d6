//! kubeconfig: `token`, `password` and tokens of authentication providers of its users.
//!
//! Client keys (`client-key-data`) are reported by the finder of private keys, which parses them.

use crate::context::judge::credential;
use crate::context::judge::ground::{Ground, ground};
use crate::read::{Part, json, yaml};
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule = Rule::new(
    "kubeconfig-credential",
    "Kubernetes credential in a kubeconfig",
    "Whoever holds it can use the cluster as its owner.",
)
.of("Kubernetes")
.source("https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "kubeconfig",
    rules: &[&RULE],
    wants: |hint| !matches!(ground(hint), Ground::Code | Ground::Noise),
    keywords: &["kind: config", "\"kind\":\"config\"", "\"kind\": \"config\"", "current-context"],
    find,
    hits: &[
        Example {
            path: "root/.kube/config",
            text: "apiVersion: v1\nkind: Config\nusers:\n- name: u\n  user:\n    token: {base62:40}\n",
            rule: "kubeconfig-credential",
        },
        Example {
            path: "kc",
            text: "kind: Config\nusers:\n- user:\n    username: u\n    password: 'p{lower:9}'\n",
            rule: "kubeconfig-credential",
        },
        Example {
            path: "kc.json",
            text: r#"{"kind":"Config","users":[{"user":{"token":"{base62:40}"}}]}"#,
            rule: "kubeconfig-credential",
        },
    ],
    misses: &[
        Example {
            path: "root/.kube/config",
            text: "kind: Config\nusers:\n- user:\n    exec:\n      command: aws\n    tokenFile: /var/run/token\n",
            rule: "",
        },
        Example {
            path: "doc.md",
            text: "set the current-context with kubectl\ntoken: something\n",
            rule: "",
        },
    ],
};

const KEYS: &[&[u8]] =
    &[b"token", b"password", b"access-token", b"id-token", b"refresh-token", b"client-secret"];

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    if text.bytes.trim_ascii_start().first() == Some(&b'{') {
        json::leaves(text.bytes, &mut |leaf| {
            let in_user = leaf.path.iter().any(|p| p.is("user"));
            if in_user && KEYS.contains(&leaf.key()) {
                credential(&RULE, leaf.value, "Kubernetes credential").into_iter().for_each(&mut *out);
            }
        });
        return;
    }
    yaml::leaves(Part::of(text.bytes), &mut |leaf| {
        if leaf.under("user") && leaf.under("users") && KEYS.contains(&leaf.key()) {
            credential(&RULE, leaf.value, "Kubernetes credential").into_iter().for_each(&mut *out);
        }
    });
}
