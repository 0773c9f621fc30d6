//! `.pypirc`: the password or token with which packages are uploaded to a Python index.

use super::judge::is_called;
use crate::context::judge::credential;
use crate::read::ini;
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule = Rule::new(
    "pypirc-password",
    "Python package index password",
    "Whoever holds it can upload packages as its owner.",
)
.of("PyPI")
.rotate("https://pypi.org/manage/account/token/")
.source("https://packaging.python.org/en/latest/specifications/pypirc/");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "pypirc",
    rules: &[&RULE],
    wants: |hint| is_called(hint, &["pypirc"]),
    keywords: &[],
    find,
    hits: &[Example {
        path: "root/.pypirc",
        text: "[pypi]\nusername: __token__\npassword = pw-{base62:40}\n",
        rule: "pypirc-password",
    }],
    misses: &[Example {
        path: "root/.pypirc",
        text: "[distutils]\nindex-servers = pypi\n[pypi]\nusername = bob\n# password = x{base62:9}\n",
        rule: "",
    }],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for pair in ini::pairs(text.bytes).filter(|p| p.key.is("password")) {
        credential(&RULE, pair.value, "index password").into_iter().for_each(&mut *out);
    }
}
