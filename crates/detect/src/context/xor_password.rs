//! Passwords as IBM's servers write them, so that nobody reads them over the shoulder: `{xor}` and base64 of the letters, each
//! combined with an underscore.
//!
//! There is no key: whoever has the file has the password. `{aes}` and `{hash}` are other forms.
//!
//! bad: `<dataSource user="app" password="{xor}NyoxKzotbW0n"/>`
//! good: `<dataSource user="app" password="${env.DB_PASSWORD}"/>`
//!
//! <https://www.ibm.com/docs/en/was/9.0.5?topic=files-password-encoding-encryption>

use tightlip_report::{Confidence, Level};

use super::judge::ground::{Ground, ground, is_named_manual};
use super::judge::length_of;
use super::judge::value::{Worth, worth};
use crate::read::{Part, base64};
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule = Rule::new(
    "xor-password",
    "Password of an IBM server, coded without a key",
    "Whoever can read the file can decode it and log in as the server does.",
)
.of("IBM")
.source("https://openliberty.io/docs/latest/reference/command/securityUtility-encode.html")
.at(Level::Deny, Confidence::High);

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "xor-password",
    rules: &[&RULE],
    wants: |hint| ground(hint) != Ground::Noise && !is_named_manual(hint),
    keywords: &[MARK],
    find,
    hits: &[
        Example {
            path: "wlp/server.xml",
            text: concat!("<properties.db2.jcc user=\"app\" password=\"{xor}NyoxKzot", "bW0n\"/>\n"),
            rule: "xor-password",
        },
        Example {
            path: "properties/soap.client.props",
            text: concat!("com.ibm.SOAP.loginPassword={xor}NyoxKzot", "bW0n\n"),
            rule: "xor-password",
        },
        Example {
            path: "server.env",
            text: concat!("keystore_password={xor}NyoxKzot", "bW0n\n"),
            rule: "xor-password",
        },
    ],
    misses: &[
        Example {
            path: "wlp/server.xml",
            text: "<a password=\"{xor}Lz4sLCgwLTs=\"/><b password=\"{xor}\"/><c password=\"{xor}eyQ+cTwi\"/><d password=\"{aes}ABc{base62:40}\"/>\n",
            rule: "",
        },
        Example {
            path: "A.java",
            text: "if (password.startsWith(\"{xor}\")) return decode(password);\n",
            rule: "",
        },
    ],
};

/// What stands before the coded password.
const MARK: &str = "{xor}";
/// What each of its bytes is combined with.
const LETTER: u8 = b'_';
/// The password of the stores of keys that every WebSphere comes with.
const SHIPPED: &[u8] = b"WebAS";

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for &at in text.at.iter().filter(|_| !text.binary) {
        let rest = Part::between(text.bytes, at..text.bytes.len().min(at + 400));
        let Some(value) = rest.strip(MARK).map(|rest| rest.while_(base64::is_digit)) else { continue };
        let Some(plain) = plain(value.bytes()) else { continue };
        // It is told as it stands there: so it is masked wherever that would be shown.
        let found = Found::here(&RULE, value, length_of("coded password", plain.len()));
        match worth(&plain) {
            Worth::Nothing | Worth::Reference | Worth::Hollow | Worth::Trivial | Worth::Default => {}
            _ if plain == SHIPPED => out(found.at(Level::Warn, Confidence::Low)),
            _ => out(found),
        }
    }
}

/// What it says, if that is a text.
fn plain(value: &[u8]) -> Option<Vec<u8>> {
    let plain: Vec<u8> = base64::decode(value)?.into_iter().map(|b| b ^ LETTER).collect();
    let text = std::str::from_utf8(&plain).is_ok_and(|text| !text.chars().any(char::is_control));
    (text && plain.len() >= 4).then_some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_everybody_has_is_a_warning() {
        let text = b"<keyStore password=\"{xor}CDo9Hgw=\"/>";
        let found = crate::finder::tests::found_in(&FINDER, "security.xml", text);
        assert_eq!(found[0].level, Some(Level::Warn));
    }
}
