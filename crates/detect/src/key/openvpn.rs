//! OpenVPN's static keys: `-----BEGIN OpenVPN Static key V1-----` with 256 bytes in hexadecimal, also inline in a profile.

use crate::read::Part;
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule = Rule::new(
    "openvpn-static-key",
    "OpenVPN static key",
    "Whoever holds it can pass the server's first gate, or read the tunnel where it is the only key.",
)
.of("OpenVPN")
.source("https://openvpn.net/community-resources/static-key-mini-howto/");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "openvpn",
    rules: &[&RULE],
    wants: |_| true,
    keywords: &["begin openvpn static key v1"],
    find,
    hits: &[Example {
        path: "etc/openvpn/ta.key",
        text: "#\n-----BEGIN OpenVPN Static key V1-----\n{hex:32}\n{hex:32}\n{hex:32}\n{hex:32}\n{hex:32}\n{hex:32}\n{hex:32}\n{hex:32}\n{hex:32}\n{hex:32}\n{hex:32}\n{hex:32}\n{hex:32}\n{hex:32}\n{hex:32}\n{hex:32}\n-----END OpenVPN Static key V1-----\n",
        rule: "openvpn-static-key",
    }],
    misses: &[Example {
        path: "README",
        text: "-----BEGIN OpenVPN Static key V1-----\n...\n-----END OpenVPN Static key V1-----\n",
        rule: "",
    }],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for &at in text.at {
        let rest = Part::between(text.bytes, at..text.bytes.len().min(at + 2048));
        let Some((_, body)) = rest.cut(|b| b == b'\n') else { continue };
        let body = body.while_(|b| b.is_ascii_hexdigit() || b.is_ascii_whitespace()).trim();
        let digits: Vec<u8> = body.bytes().iter().copied().filter(u8::is_ascii_hexdigit).collect();
        if digits.len() == 512 {
            out(Found::here(&RULE, body, "OpenVPN static key, 2048 bits").decoded(digits, &["hex"]));
        }
    }
}
