//! Exports of 1Password, `data.1pif` and `export.data` of a `.1pux`: fields that say what they are for, `"designation":
//! "password"`, and their values.
//!
//! bad: `COPY data.1pif /root/`
//! good: a vault that the program asks at run time

use std::collections::BTreeMap;

use crate::context::judge::credential;
use crate::read::{Part, json};
use crate::{Example, Finder, Found, Hint, Rule, Text};

static RULE: Rule = Rule::new(
    "one-password-export",
    "Password in an export of 1Password",
    "Whoever reads the export can log in wherever its owner could.",
)
.of("1Password")
.source("https://support.1password.com/1pux-format/");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "one-password",
    rules: &[&RULE],
    wants: |hint| !matches!(hint, Hint::Named(_)),
    keywords: &[
        "\"designation\":\"password\"",
        "\"designation\": \"password\"",
        "\"designation\" : \"password\"",
    ],
    find,
    hits: &[
        Example {
            path: "data.1pif",
            text: "{\"uuid\":\"A\",\"secureContents\":{\"fields\":[{\"value\":\"ann\",\"designation\":\"username\"},{\"value\":\"p{lower:7}9\",\"name\":\"x\",\"designation\":\"password\"}]}}\n***5642bee8-a5ff-11dc-8314-0800200c9a66***\n",
            rule: "one-password-export",
        },
        Example {
            path: "export.data",
            text: r#"{"loginFields": [{"designation": "password", "value": "p{lower:7}9"}]}"#,
            rule: "one-password-export",
        },
    ],
    misses: &[
        Example {
            path: "data.1pif",
            text: r#"{"fields":[{"value":"p{lower:7}9","designation":"username"},{"value":"","designation":"password"}]}"#,
            rule: "",
        },
        Example {
            path: "schema.json",
            text: r#"{"fields":[{"designation":"password","type":"P"},{"value":"p{lower:7}9"}]}"#,
            rule: "",
        },
    ],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let mut fields: BTreeMap<usize, (bool, Option<Part<'b>>)> = BTreeMap::new();
    json::leaves(text.bytes, &mut |leaf| {
        let [.., field, name] = leaf.path else { return };
        let entry = || field.span().start;
        if name.is("designation") && leaf.value.is("password") {
            fields.entry(entry()).or_default().0 = true;
        } else if name.is("value") {
            fields.entry(entry()).or_default().1 = Some(leaf.value);
        }
    });
    let passwords = fields.into_values().filter_map(|(password, value)| value.filter(|_| password));
    passwords.filter_map(|value| credential(&RULE, value, "password")).for_each(out);
}
