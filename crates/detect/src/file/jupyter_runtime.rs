//! What Jupyter writes down while it runs: the token of its server, in a page that opens it as well, and the key by which
//! messages to a kernel are signed.
//!
//! bad: `/root/.local/share/jupyter/runtime/jpserver-7.json` in a layer
//! good: a runtime folder that is no part of the image

use crate::context::judge::credential;
use crate::read::{Part, json};
use crate::{Example, Finder, Found, Hint, Rule, Text};

static RULE: Rule = Rule::new(
    "jupyter-token",
    "Token of a Jupyter server or key of a kernel",
    "Whoever reaches the server can run code with it.",
)
.of("Jupyter")
.source("https://jupyter-client.readthedocs.io/en/stable/kernels.html#connection-files");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "jupyter-runtime",
    rules: &[&RULE],
    wants: |hint| form(hint).is_some(),
    keywords: &[],
    find,
    hits: &[
        Example {
            path: "root/.local/share/jupyter/runtime/kernel-1b2c.json",
            text: r#"{"shell_port": 48713, "key": "{hex:8}-{hex:4}-{hex:4}-{hex:4}-{hex:12}", "signature_scheme": "hmac-sha256"}"#,
            rule: "jupyter-token",
        },
        Example {
            path: "root/.local/share/jupyter/runtime/jpserver-7.json",
            text: r#"{"base_url": "/", "password": false, "token": "{hex:48}", "url": "http://h:8888/"}"#,
            rule: "jupyter-token",
        },
        Example {
            path: "root/.local/share/jupyter/runtime/nbserver-7-open.html",
            text: "<meta http-equiv=\"refresh\" content=\"1;url=http://h:8888/tree?token={hex:48}\" />\n",
            rule: "jupyter-token",
        },
    ],
    misses: &[
        Example {
            path: "root/.local/share/jupyter/runtime/jpserver-7.json",
            text: r#"{"base_url": "/", "password": true, "token": "", "url": "http://h:8888/"}"#,
            rule: "",
        },
        Example {
            path: "app/kernel-a.json",
            text: r#"{"key": "{hex:8}-{hex:4}-{hex:4}-{hex:4}-{hex:12}", "name": "python3"}"#,
            rule: "",
        },
    ],
};

/// What is written down.
#[derive(Clone, Copy)]
enum Form {
    Kernel,
    Server,
    Page,
}

fn form(hint: &Hint<'_>) -> Option<Form> {
    let name = hint.file_name();
    let server = name.starts_with(b"jpserver-") || name.starts_with(b"nbserver-");
    let kernel = name.starts_with(b"kernel-") && name.ends_with(b".json");
    match (server, name.ends_with(b".json"), name.ends_with(b"-open.html")) {
        (true, true, _) => Some(Form::Server),
        (true, _, true) => Some(Form::Page),
        _ => kernel.then_some(Form::Kernel),
    }
}

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let has = |word: &[u8]| memchr::memmem::find(text.bytes, word).is_some();
    let key: &[u8] = match form(&text.hint).filter(|_| !text.binary) {
        Some(Form::Kernel) if has(b"signature_scheme") => b"key",
        Some(Form::Server) => b"token",
        Some(Form::Page) => return page(text.bytes, out),
        _ => return,
    };
    json::leaves(text.bytes, &mut |leaf| {
        if leaf.key() == key {
            credential(&RULE, leaf.value, "key of Jupyter").into_iter().for_each(&mut *out);
        }
    });
}

fn page<'b>(text: &'b [u8], out: &mut dyn FnMut(Found<'b>)) {
    let mut rest = Part::of(text);
    while let Some((_, after)) = rest.cut_at(b"?token=") {
        rest = after;
        let value = after.while_(|b| b.is_ascii_alphanumeric());
        credential(&RULE, value, "token of Jupyter").into_iter().for_each(&mut *out);
    }
}
