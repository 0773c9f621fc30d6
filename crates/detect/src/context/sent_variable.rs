//! Texts that a program sends as its token: `K = "…"` and then `"Bearer " + K`, `{"X-Api-Key": K}`.
//!
//! Whatever the text is called, that is what is done with it.
//!
//! bad: `K = "q8Rk2…"` above `headers = {"Authorization": f"Bearer {K}"}`
//! good: `K = os.environ["K"]`

use tightlip_report::{Confidence, Level};

use super::assignment::RULE;
use super::judge::bound::text_of;
use super::judge::ground::{Ground, ground, is_bundle};
use super::judge::length_of;
use super::judge::name::{Says, says};
use super::judge::reading::reach;
use super::judge::value::{Worth, worth};
use crate::read::Part;
use crate::{Example, Finder, Found, Text};

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "sent-variable",
    rules: &[&RULE],
    wants: |hint| ground(hint) == Ground::Code && !is_bundle(hint),
    keywords: WORDS,
    find,
    hits: &[
        Example {
            path: "a.py",
            text: "_AUTH = 'a1B{base62:30}'\nh = {{'Authorization': f'Bearer {{_AUTH}}'}}\n",
            rule: "secret-in-file",
        },
        Example {
            path: "a.js",
            text: "const k = 'a1B{base62:30}';\nfetch(u, {{ headers: {{ authorization: 'Bearer ' + k }} }});\n",
            rule: "secret-in-file",
        },
        Example {
            path: "a.ts",
            text: "const K = 'a1B{base62:30}';\nfetch(u, {{ headers: {{ authorization: `Bearer ${{K}}` }} }});\n",
            rule: "secret-in-file",
        },
        Example {
            path: "a.erl",
            text: "-define(KEY, <<\"a1B{base62:30}\">>).\nh() -> [{{\"authorization\", \"Bearer \" ++ binary_to_list(?KEY)}}].\n",
            rule: "secret-in-file",
        },
        Example {
            path: "a.php",
            text: "const K = 'a1B{base62:30}';\n$h = ['Authorization: Bearer ' . self::K];\n",
            rule: "secret-in-file",
        },
        Example {
            path: "a.go",
            text: "const k = \"a1B{base62:30}\"\nreq.Header.Set(\"X-Api-Key\", k)\n",
            rule: "secret-in-file",
        },
        Example {
            path: "a.go",
            text: "const k = \"a1B{base62:30}\"\nreq.Header.Set(\"Authorization\", fmt.Sprintf(\"Bearer %s\", k))\n",
            rule: "secret-in-file",
        },
    ],
    misses: &[Example {
        path: "a.py",
        text: "k = os.environ['K']\nh = {{'Authorization': f'Bearer {{k}}', 'x-api-key': k}}\ns = 'some-words-of-a-text'\nh = 'Bearer ' + s\nprint('a bearer of bad news')\n",
        rule: "",
    }],
};

/// What stands before a token, in lower case.
const WORDS: &[&str] =
    &["bearer ", "x-api-key\"", "x-api-key'", "api-key\"", "api-key'", "private-token\"", "private-token'"];

/// What makes a text of what is joined to one, in lower case.
const MAKERS: &[&str] = &["binary_to_list(", "str(", "string(", "tostring(", "encodeuricomponent(", "trim("];

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let mut done = 0;
    for &at in text.at.iter().filter(|_| !text.binary) {
        let rest = reach(text.bytes, at);
        let Some(after) = WORDS.iter().find_map(|word| rest.strip(word)).filter(|_| at >= done) else {
            continue;
        };
        let Some(name) = joined(after.first(100)) else { continue };
        // A name that says what it holds has been read by itself.
        if says(name.bytes()) == Says::Secret {
            continue;
        }
        let Some(value) = text_of(name).filter(|value| worth(value.bytes()) == Worth::Strong) else {
            continue;
        };
        done = name.span().end;
        let shape = length_of("value of a header", value.len());
        out(Found::here(&RULE, value, shape).at(Level::Deny, Confidence::Medium));
    }
}

/// The name that is joined to the text: `{K}"`, `${K}`, `" + K`, `' . self::K`, `%s", K`.
fn joined(after: Part<'_>) -> Option<Part<'_>> {
    let after = ["%s", "%@", "%v", "{}", "{0}"].iter().find_map(|place| after.strip(place)).unwrap_or(after);
    let gap = after.while_(|b| b" \"'`{}$#+.&<>~%,:=()[]\\".contains(&b));
    let signs = gap.len() <= 12 && !gap.is_empty() && gap.bytes() != b" ";
    let name = after.after(&gap);
    let name = MAKERS.iter().find_map(|maker| name.strip(maker)).unwrap_or(name);
    let owner = ["self::", "static::", "this.", "this->", "self.", "?", "@"]
        .iter()
        .find_map(|owner| name.strip(owner))
        .map_or(0, |bare| name.len() - bare.len());
    let bare = name.skip(owner).while_(|b| b.is_ascii_alphanumeric() || b == b'_');
    let called = name.skip(owner + bare.len()).bytes().starts_with(b"(");
    (signs && !bare.is_empty() && !called).then_some(bare)
}
