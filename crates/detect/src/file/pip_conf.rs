//! Package indexes of pip, uv and conda with a password in their URL: `pip.conf`, `uv.toml`, `requirements.txt`, `.condarc`.

use super::judge::{ends_with, is_called};
use crate::context::judge::credential;
use crate::read::url;
use crate::{Example, Finder, Found, Hint, Rule, Text};

static RULE: Rule = Rule::new(
    "pip-index-password",
    "Password of a Python package index",
    "Whoever holds it can install, and often upload, packages as its owner.",
)
.of("pip")
.source("https://pip.pypa.io/en/stable/topics/authentication/");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "pip-conf",
    rules: &[&RULE],
    wants,
    keywords: &["://"],
    find,
    hits: &[
        Example {
            path: "etc/pip.conf",
            text: "[global]\nindex-url = https://bob:{base62:20}@pypi.example/simple\n",
            rule: "pip-index-password",
        },
        Example {
            path: "app/requirements.txt",
            text: "--extra-index-url https://{base62:32}@pypi.example/simple\nx==1\n",
            rule: "pip-index-password",
        },
        Example {
            path: "x.dist-info/direct_url.json",
            text: r#"{"url": "git+https://bob:{base62:20}@h/x.git"}"#,
            rule: "pip-index-password",
        },
    ],
    misses: &[
        Example {
            path: "etc/pip.conf",
            text: "[global]\nindex-url = https://${USER}:${PASS}@pypi.example/simple\n",
            rule: "",
        },
        Example {
            path: "app/requirements.txt",
            text: "git+ssh://git@github.com/a/b.git\nhttps://pypi.org/simple\n",
            rule: "",
        },
    ],
};

fn wants(hint: &Hint<'_>) -> bool {
    is_called(
        hint,
        &[
            "pip.conf",
            "pip.ini",
            "uv.toml",
            "pipfile",
            "pipfile.lock",
            "condarc",
            "poetry.lock",
            "uv.lock",
            "direct_url.json",
            "pydistutils.cfg",
        ],
    ) || (ends_with(hint, &[".txt", ".in"])
        && memchr::memmem::find(hint.file_name(), b"requirements").is_some())
}

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for &at in text.at {
        let Some(url) = url::around(text.bytes, at) else { continue };
        let alone = url.user.filter(|u| url.password.is_none_or(|p| p.is_empty()) && u.len() >= 20);
        let value = url.password.filter(|p| !p.is_empty()).or(alone);
        value.and_then(|v| credential(&RULE, v, "index password")).into_iter().for_each(&mut *out);
    }
}
