//! Data bags of Chef that hold secrets and are not encrypted: `data_bags/passwords/billing.json`. What the secret is of says its
//! key, what it is says the name of the bag.
//!
//! bad: `{"id": "billing", "mysql": "Kiesel%Fasan83"}`
//! good: the same made with `knife data bag create --secret-file`, whose values are `encrypted_data`

use tightlip_report::{Confidence, Level};

use crate::context::judge::coined::is_coined;
use crate::context::judge::joined::is_joined_phrase;
use crate::context::judge::length_of;
use crate::context::judge::name::{Says, says};
use crate::context::judge::value::{is_chosen, is_password_hash, is_picked, is_secret};
use crate::read::json::{self, Leaf};
use crate::{Example, Finder, Found, Hint, Rule, Text};

static RULE: Rule = Rule::new(
    "chef-data-bag",
    "Secret in a data bag of Chef",
    "The bag is not encrypted: whoever can read the file has what the nodes have.",
)
.of("Chef")
.source("https://docs.chef.io/data_bags/")
.at(Level::Deny, Confidence::Medium);

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "chef-data-bag",
    rules: &[&RULE],
    wants: is_bag_of_secrets,
    keywords: &["\"id\""],
    find,
    hits: &[
        Example {
            path: "chef/data_bags/passwords/billing.json",
            text: r#"{"id": "billing", "mysql": "Fasan%K{lower:4}83", "nodes": ["web1", "web2"], "rotated": "2022-03-22"}"#,
            rule: "chef-data-bag",
        },
        Example {
            path: "data_bags/secrets/app.json",
            text: r#"{"id": "app", "production": {"stripe": "a1B{base62:29}", "region": "eu-west-1"}}"#,
            rule: "chef-data-bag",
        },
    ],
    misses: &[
        Example {
            path: "data_bags/passwords/billing.json",
            text: r#"{"id": "billing", "mysql": {"encrypted_data": "{b64:62}==\n", "iv": "{b64:22}==\n", "version": 1, "cipher": "aes-256-cbc"}}"#,
            rule: "",
        },
        Example {
            path: "data_bags/passwords/billing_keys.json",
            text: r#"{"id": "billing_keys", "admins": ["ann"], "ann": "{b64:340}=="}"#,
            rule: "",
        },
        Example {
            path: "data_bags/passwords/notes.json",
            text: r#"{"id": "notes", "comment": "role billing, see wiki", "host": "db1.kieselwerk.de", "sha": "$6$saltsalt${b64:86}"}"#,
            rule: "",
        },
        Example {
            path: "data_bags/apps/shop.json",
            text: r#"{"id": "shop", "mysql": "Fasan%K{lower:4}83"}"#,
            rule: "",
        },
        Example { path: "data_bags/passwords/list.json", text: r#"["Fasan%K{lower:4}83"]"#, rule: "" },
    ],
};

/// Whether the bag that the file lies in is called by what is secret.
fn is_bag_of_secrets(hint: &Hint<'_>) -> bool {
    let name = hint.file_name();
    // Those of chef-vault hold the key of a bag, encrypted for each who may open it.
    if !name.ends_with(b".json") || name.ends_with(b"_keys.json") {
        return false;
    }
    let mut folders = hint.path().rsplit(|b| *b == b'/').skip(1);
    let (bag, bags) = (folders.next().unwrap_or_default(), folders.next().unwrap_or_default());
    let bag: &[u8] = bag.strip_suffix(b"s").unwrap_or(bag);
    matches!(bags, b"data_bags" | b"data-bags" | b"databags")
        && (says(bag) == Says::Secret || matches!(bag, b"cred" | b"credential" | b"vault"))
}

/// Keys of what is no secret: of an encrypted value, and of what is said about the item.
const OTHERS: &[&str] = &[
    "id",
    "encrypted_data",
    "iv",
    "cipher",
    "auth_tag",
    "hmac",
    "comment",
    "description",
    "note",
    "notes",
    "chef_type",
    "data_bag",
    "json_class",
    "name",
    "user",
    "username",
    "login",
    "host",
    "hostname",
    "server",
    "url",
    "email",
    "path",
    "uuid",
    "version",
    "rotated",
    "updated",
    "created",
    "owner",
    "contact",
    "fingerprint",
    "checksum",
    "sha256",
];

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    if text.binary || !text.bytes.trim_ascii_start().starts_with(b"{") {
        return;
    }
    json::leaves(text.bytes, &mut |leaf| {
        let value = leaf.value;
        if is_told_elsewhere(leaf) || is_password_hash(value.bytes()) || value.bytes().contains(&b'\\') {
            return;
        }
        let own =
            |weak: &[u8]| is_chosen(weak) || is_picked(weak) || is_coined(weak) || is_joined_phrase(weak);
        if is_secret(value.bytes(), own) {
            out(Found::here(&RULE, value, length_of("value of a data bag", value.len())));
        }
    });
}

/// Whether the key says that it is none, or that it is one: those are found by their names. What is listed has no key.
fn is_told_elsewhere(leaf: &Leaf<'_, '_>) -> bool {
    let key = leaf.key();
    key.is_empty()
        || OTHERS.iter().any(|other| key.eq_ignore_ascii_case(other.as_bytes()))
        || says(key) == Says::Secret
}
