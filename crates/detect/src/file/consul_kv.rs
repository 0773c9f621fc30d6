//! What `consul kv export` writes: keys and their values in base64, `{"key": "shop/db/password", "flags": 0, "value": "…"}`.
//! The interface of Consul answers with the same under `Key` and `Value`.
//!
//! bad: `COPY kv.json /srv/seed/`
//! good: values that are put in when the program starts

use tightlip_report::{Confidence, Level};

use crate::context::judge::length_of;
use crate::context::judge::name::{Says, says};
use crate::context::judge::value::{Worth, worth};
use crate::read::{Part, base64, json};
use crate::{Example, Finder, Found, Hint, Rule, Text};

static RULE: Rule = Rule::new(
    "consul-kv-secret",
    "Secret in an export of Consul's key/value store",
    "Whoever reads the export has what the programs have that are configured by it.",
)
.of("HashiCorp")
.source("https://developer.hashicorp.com/consul/commands/kv/export")
.at(Level::Deny, Confidence::Medium);

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "consul-kv",
    rules: &[&RULE],
    wants: |hint| !matches!(hint, Hint::Named(_)),
    keywords: &["\"flags\":", "\"flags\" :"],
    find,
    hits: &[
        Example {
            path: "kv.json",
            text: r#"[{"key":"shop/db/host","flags":0,"value":"ZWx{base62:1}ZWx{base62:1}"},{"key":"shop/db/password","flags":0,"value":"ZWx{base62:1}ZWx{base62:1}ZWx{base62:1}"}]"#,
            rule: "consul-kv-secret",
        },
        Example {
            path: "kv.json",
            text: r#"[{"LockIndex": 0, "Key": "shop/api_key", "Flags": 0, "Value": "ZWx{base62:1}ZWx{base62:1}ZWx{base62:1}"}]"#,
            rule: "consul-kv-secret",
        },
    ],
    misses: &[
        Example {
            path: "kv.json",
            text: r#"[{"key":"shop/password_policy","flags":0,"value":"ZWx{base62:1}ZWx{base62:1}"},{"key":"shop/db/password","flags":0,"value":""},{"key":"shop/db/password/","flags":0,"value":"bm90IGE="}]"#,
            rule: "",
        },
        Example {
            path: "kv.json",
            text: r#"[{"key":"shop/db/password","flags":0,"value":"JHtEQl9QQVNTV09SRH0="},{"key":"shop/db/password","flags":0,"value":"AAECAwQF"}]"#,
            rule: "",
        },
        Example {
            path: "kv.json",
            text: r#"[{"key":"shop/db/password","value":"ZWx{base62:1}ZWx{base62:1}"}]"#,
            rule: "",
        },
    ],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    if text.binary {
        return;
    }
    // The entry that the last key is of.
    let mut key: Option<(usize, Part<'b>)> = None;
    json::leaves(text.bytes, &mut |leaf| {
        let [.., entry, name] = leaf.path else { return };
        let place = entry.span().start;
        if name.is("key") {
            key = Some((place, leaf.value));
        } else if name.is("value")
            && let Some((_, key)) = key.filter(|(known, _)| *known == place)
        {
            value(key, leaf.value).into_iter().for_each(&mut *out);
        }
    });
}

fn value<'b>(key: Part<'_>, value: Part<'b>) -> Option<Found<'b>> {
    let name = key.bytes().rsplit(|b| *b == b'/').next().unwrap_or_default();
    let plain = base64::decode(value.bytes()).filter(|_| says(name) == Says::Secret)?;
    let text = std::str::from_utf8(&plain).is_ok_and(|text| !text.chars().any(char::is_control));
    let level = match worth(&plain) {
        Worth::Nothing | Worth::Reference | Worth::Hollow | Worth::Trivial => return None,
        Worth::Default => (Level::Warn, Confidence::Low),
        _ => (Level::Deny, Confidence::Medium),
    };
    text.then(|| {
        let found = Found::here(&RULE, value, length_of("value of a key", plain.len()));
        found.at(level.0, level.1).decoded(plain, &["base64"])
    })
}
