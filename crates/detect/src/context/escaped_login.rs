//! A password that a program escapes while it puts an address together: `"mongodb://bob:" + encodeURIComponent("x") + "@db"`.
//!
//! bad: `f"postgresql://app:{quote_plus('hunter22x')}@db/app"`
//! good: `f"postgresql://app:{quote_plus(os.environ['DB_PASSWORD'])}@db/app"`

use tightlip_report::{Confidence, Level};

use super::judge::ground::{Ground, ground};
use super::judge::length_of;
use super::judge::reading::line_before;
use super::judge::value::{Worth, worth};
use super::url_credentials::PASSWORD;
use crate::read::Part;
use crate::{Example, Finder, Found, Text};

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "escaped-login",
    rules: &[&PASSWORD],
    wants: |hint| ground(hint) == Ground::Code,
    keywords: ESCAPES,
    find,
    hits: &[
        Example {
            path: "a.mjs",
            text: "const uri = \"mongodb+srv://bob:\" + encodeURIComponent(\"P{lower:6}=97\") + \"@db.lan\";\n",
            rule: "url-password",
        },
        Example {
            path: "a.py",
            text: "URL = f\"postgresql://bob:{{quote_plus('p{lower:6}@97')}}@db/app\"\n",
            rule: "url-password",
        },
        Example {
            path: "a.php",
            text: "$dsn = 'smtp://bob:' . urlencode('p{lower:6}#97') . '@mail.lan:25';\n",
            rule: "url-password",
        },
    ],
    misses: &[
        Example {
            path: "a.js",
            text: "u = `https://h/?q=` + encodeURIComponent('p{lower:6}97');\nv = \"x://bob:\" + encodeURIComponent(pw) + \"@h\";\n",
            rule: "",
        },
        Example { path: "a.py", text: "x = 'a://b:' + quote('password') + '@h'\n", rule: "" },
    ],
};

/// What escapes a text for an address, in lower case and with the quote that opens the text.
const ESCAPES: &[&str] = &[
    "encodeuricomponent(\"",
    "encodeuricomponent('",
    "encodeuricomponent(`",
    "quote_plus(\"",
    "quote_plus('",
    "quote(\"",
    "quote('",
    "urlencode(\"",
    "urlencode('",
    "queryescape(\"",
    "pathescape(\"",
    "urlencoder.encode(\"",
    "escapedatastring(\"",
    "url_encode(\"",
    "url_encode('",
    "cgi.escape(\"",
    "cgi.escape('",
    "uri_escape(\"",
    "uri_escape('",
    "uri_escape_utf8('",
    "encode_www_form_component('",
    "encode_www_form_component(\"",
];

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for &at in text.at.iter().filter(|_| !text.binary) {
        let rest = Part::between(text.bytes, at..text.bytes.len().min(at + 300));
        let Some((_, call)) = rest.cut(|b| b == b'(') else { continue };
        let Some(quote) = call.bytes().first().copied() else { continue };
        let Some((value, after)) = call.skip(1).cut(|b| b == quote) else { continue };
        let line = after.while_(|b| b != b'\n');
        let host = line.bytes().iter().find(|b| matches!(b, b'@' | b';')).is_some_and(|b| *b == b'@');
        if !host || !is_behind_user(line_before(text.bytes, at)) {
            continue;
        }
        if matches!(worth(value.bytes()), Worth::Weak | Worth::Strong) {
            let found = Found::here(&PASSWORD, value, length_of("password in a URL", value.len()));
            out(found.at(Level::Deny, Confidence::Medium));
        }
    }
}

/// Whether the address before it has got as far as the colon behind its user.
fn is_behind_user(line: &[u8]) -> bool {
    let Some(start) = memchr::memmem::rfind(line, b"://") else { return false };
    let said = line.get(start + 3..).unwrap_or_default();
    let mut parts = said.splitn(2, |b| *b == b':');
    let (user, rest) = (parts.next().unwrap_or_default(), parts.next());
    let named = !user.is_empty() && !user.iter().any(|b| matches!(b, b'/' | b'@' | b'?' | b' '));
    // Quotes, operators and the name of the module.
    let joins = |b: &u8| b.is_ascii_alphabetic() || b"\"'` +.&${#_".contains(b);
    named && rest.is_some_and(|rest| rest.iter().all(joins))
}
