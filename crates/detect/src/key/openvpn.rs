//! OpenVPN's own keys, also inline in a profile: `-----BEGIN OpenVPN Static key V1-----` with 256 bytes in hexadecimal, and
//! those of `tls-crypt-v2`, a client's and the server's, in base64.

use crate::context::judge::value::entropy;
use crate::read::{Part, base64};
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule = Rule::new(
    "openvpn-static-key",
    "OpenVPN static key",
    "Whoever holds it can pass the server's first gate, or read the tunnel where it is the only key.",
)
.of("OpenVPN")
.source("https://openvpn.net/community-resources/static-key-mini-howto/");

static SECOND: Rule = Rule::new(
    "openvpn-tls-crypt-key",
    "OpenVPN tls-crypt-v2 key",
    "Whoever holds a client's can pass the server's first gate; whoever holds the server's can make any of them.",
)
.of("OpenVPN")
.source("https://github.com/OpenVPN/openvpn/blob/master/doc/tls-crypt-v2.txt");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "openvpn",
    rules: &[&RULE, &SECOND],
    wants: |_| true,
    keywords: &["begin openvpn static key v1", "begin openvpn tls-crypt-v2 "],
    find,
    hits: &[
        Example {
            path: "client.ovpn",
            text: "<tls-crypt-v2>\n-----BEGIN OpenVPN tls-crypt-v2 client key-----\n{b64:64}\n{b64:64}\n{b64:64}\n{b64:64}\n{b64:64}\n{b64:64}\n{b64:64}\n{b64:64}\n{b64:64}\n{b64:64}\n{b64:64}\n{b64:64}\n-----END OpenVPN tls-crypt-v2 client key-----\n",
            rule: "openvpn-tls-crypt-key",
        },
        Example {
            path: "etc/openvpn/ta.key",
            text: "#\n-----BEGIN OpenVPN Static key V1-----\n{hex:32}\n{hex:32}\n{hex:32}\n{hex:32}\n{hex:32}\n{hex:32}\n{hex:32}\n{hex:32}\n{hex:32}\n{hex:32}\n{hex:32}\n{hex:32}\n{hex:32}\n{hex:32}\n{hex:32}\n{hex:32}\n-----END OpenVPN Static key V1-----\n",
            rule: "openvpn-static-key",
        },
    ],
    misses: &[
        Example {
            path: "README",
            text: "-----BEGIN OpenVPN tls-crypt-v2 server key-----\n{b64:64}\n...\n",
            rule: "",
        },
        Example {
            path: "README",
            text: "-----BEGIN OpenVPN Static key V1-----\n...\n-----END OpenVPN Static key V1-----\n",
            rule: "",
        },
    ],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for &at in text.at {
        let rest = Part::between(text.bytes, at..text.bytes.len().min(at + 4096));
        let Some((label, body)) = rest.cut(|b| b == b'\n') else { continue };
        if let Some(kind) = label.strip("begin openvpn tls-crypt-v2 ") {
            second(kind, body).into_iter().for_each(&mut *out);
            continue;
        }
        let body = body.while_(|b| b.is_ascii_hexdigit() || b.is_ascii_whitespace()).trim();
        let digits: Vec<u8> = body.bytes().iter().copied().filter(u8::is_ascii_hexdigit).collect();
        if digits.len() == 512 {
            out(Found::here(&RULE, body, "OpenVPN static key, 2048 bits").decoded(digits, &["hex"]));
        }
    }
}

/// A key of `tls-crypt-v2`: two keys of 128 bytes and, sealed for the server, the same again; or the server's of 128 bytes.
fn second<'b>(kind: Part<'b>, body: Part<'b>) -> Option<Found<'b>> {
    let (whose, least) = match kind.while_(|b| b != b'-').bytes() {
        b"client key" => ("client", 256 + 256),
        b"server key" => ("server", 128),
        _ => return None,
    };
    let body = body.while_(|b| base64::is_digit(b) || b.is_ascii_whitespace()).trim();
    let digits: Vec<u8> = body.bytes().iter().copied().filter(|b| !b.is_ascii_whitespace()).collect();
    let key = base64::decode(&digits).filter(|key| key.len() >= least)?;
    // A blank or a pattern has few values of bytes, a key most.
    let random = entropy(&key) >= 5.0;
    random.then(|| {
        Found::here(&SECOND, body, format!("key of a {whose}, {} bytes", key.len())).decoded(key, &["base64"])
    })
}
