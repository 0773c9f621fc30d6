//! RSA keys as XML (`RSAKeyValue` with its private members), as .NET writes them.

use crate::read::{Part, base64};
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule = Rule::new(
    "xml-rsa-private-key",
    "RSA private key in XML",
    "Whoever holds it can sign or decrypt as its owner.",
)
.of(".NET")
.source("https://learn.microsoft.com/dotnet/api/system.security.cryptography.rsa.toxmlstring");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "xml-rsa",
    rules: &[&RULE],
    wants: |_| true,
    keywords: &["rsakeyvalue"],
    find,
    hits: &[
        Example {
            path: "keys/rsa.xml",
            text: "<RSAKeyValue><Modulus>{b64:342}==</Modulus><Exponent>AQAB</Exponent><P>{b64:170}A=</P><Q>{b64:170}A=</Q><D>{b64:342}==</D></RSAKeyValue>",
            rule: "xml-rsa-private-key",
        },
        Example {
            path: "App.config",
            text: "<RSAKeyValue>\n  <D>{b64:342}==</D>\n</RSAKeyValue>",
            rule: "xml-rsa-private-key",
        },
    ],
    misses: &[
        Example {
            path: "keys/rsa.xml",
            text: "<RSAKeyValue><Modulus>{b64:342}==</Modulus><Exponent>AQAB</Exponent></RSAKeyValue>",
            rule: "",
        },
        Example { path: "a.md", text: "`<RSAKeyValue>` has `<D>...</D>`.", rule: "" },
    ],
};

/// No key is longer than this.
const REACH: usize = 16 * 1024;

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for &at in text.at {
        let opens = at.checked_sub(1).and_then(|n| text.bytes.get(n)) == Some(&b'<');
        let rest = Part::between(text.bytes, at..text.bytes.len().min(at + REACH));
        let Some((inside, _)) = rest.cut_at(b"</RSAKeyValue").filter(|_| opens) else { continue };
        let Some(exponent) = member(inside, b"<D>") else { continue };
        let Some(bits) = base64::decode(exponent.bytes()).map(|d| d.len() * 8).filter(|bits| *bits >= 512)
        else {
            continue;
        };
        // From its first private member to its last.
        let private = [&b"<P>"[..], b"<Q>", b"<DP>", b"<DQ>", b"<InverseQ>", b"<D>"];
        let members: Vec<Part<'b>> = private.iter().filter_map(|tag| member(inside, tag)).collect();
        let start = members.iter().map(|m| m.span().start).min().unwrap_or(exponent.span().start);
        let end = members.iter().map(|m| m.span().end).max().unwrap_or(exponent.span().end);
        let key = Part::between(text.bytes, start..end);
        out(Found::here(
            &RULE,
            key,
            format!("RSA private key, about {bits} bits, in {} characters", key.len()),
        ));
    }
}

/// What stands in an element.
fn member<'b>(inside: Part<'b>, tag: &[u8]) -> Option<Part<'b>> {
    let (_, after) = inside.cut_at(tag)?;
    let value = after.while_(|b| b != b'<');
    (value.len() >= 16).then(|| value.trim())
}
