//! Access keys of clouds of browsers, which WebdriverIO, Nightwatch, CodeceptJS and TestCafe hold as `key` beside `user`:
//! BrowserStack, Sauce Labs, LambdaTest and TestingBot.
//!
//! `key` beside `user` is anything elsewhere: the name of the cloud or of WebdriverIO's file tells, and each cloud's keys have a
//! form of their own, by which WebdriverIO chooses the cloud.
//!
//! bad: `user: "acme", key: "<access key>", services: ["browserstack"]`
//! good: `user: process.env.BROWSERSTACK_USERNAME, key: process.env.BROWSERSTACK_ACCESS_KEY`

use tightlip_report::{Confidence, Level};

use super::judge::ground::{Ground, ground};
use super::judge::length_of;
use super::judge::reading::{line_from, text_in_quotes};
use super::judge::value::{Worth, worth};
use super::judge::weak::is_made;
use crate::read::Part;
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule = Rule::new(
    "browser-cloud-key",
    "Access key of a cloud of browsers",
    "Whoever has it runs browsers at the cost of the account, and sees what its tests have seen.",
)
.source("https://webdriver.io/docs/cloudservices")
.at(Level::Deny, Confidence::Medium);

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "browser-cloud",
    rules: &[&RULE],
    wants: |hint| matches!(ground(hint), Ground::Code | Ground::Quoted | Ground::Yaml),
    keywords: &[
        "key: \"",
        "key: '",
        "key\": \"",
        "key': '",
        "key\", \"",
        "key'] = '",
        "key\"] = \"",
        "accesskey: ",
    ],
    find,
    hits: &[
        Example {
            path: "wdio.conf.js",
            text: "exports.config = {\n  user: 'acmeqa',\n  key: 'v2e{base62:15}Z8',\n};\n",
            rule: "browser-cloud-key",
        },
        Example {
            path: "browserstack.yml",
            text: "userName: bob_x2Hk9a\naccessKey: a1B{base62:17}\n",
            rule: "browser-cloud-key",
        },
        Example {
            path: "codecept.conf.js",
            text: "WebDriver: { host: 'hub.testingbot.com', user: 'u1', key: '{hex:32}' }\n",
            rule: "browser-cloud-key",
        },
        Example {
            path: "a.conf.js",
            text: "['sauce', { user: 'acme', key: '{hex:8}-b524-41bd-a35a-{hex:12}' }]\n",
            rule: "browser-cloud-key",
        },
        Example {
            path: "T.java",
            text: "caps.setCapability(\"lambdatest.user\", \"bob\");\ncaps.setCapability(\"key\", \"L1t{base62:47}\");\n",
            rule: "browser-cloud-key",
        },
    ],
    misses: &[
        Example {
            path: "browserstack.yml",
            text: "userName: bob\naccessKey: ${BROWSERSTACK_ACCESS_KEY}\nbuildName: nightly\n",
            rule: "",
        },
        Example { path: "a.js", text: "const row = { user: 'bob', key: 'v2e{base62:15}Z8' };\n", rule: "" },
        Example {
            path: "wdio.conf.js",
            text: "user: process.env.USER, key: process.env.KEY, user: 'a', key: 'selectedItemNameOfRow'\n",
            rule: "",
        },
    ],
};

/// What says which cloud it is, in lower case.
const CLOUDS: &[&str] =
    &["browserstack", "saucelabs", "'sauce'", "\"sauce\"", "sauce:options", "lambdatest", "testingbot"];

/// How far from a key the name of its cloud and its user may stand, in bytes.
const CLOUD: usize = 3000;
const USER: usize = 200;

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for &at in text.at.iter().filter(|_| !text.binary) {
        let line = line_from(text.bytes, at);
        if let Some(value) = of_its_file(text, line) {
            out(Found::here(&RULE, value, length_of("access key", value.len())));
            continue;
        }
        let Some(quote) = line.skip(4).bytes().iter().position(|b| matches!(b, b'"' | b'\'')) else {
            continue;
        };
        let Some((value, _)) = text_in_quotes(line.skip(4 + quote)) else { continue };
        if is_of_cloud(value.bytes()) && is_beside_user(text.bytes, at) && is_for_browsers(text, at) {
            out(Found::here(&RULE, value, length_of("access key", value.len())));
        }
    }
}

/// `accessKey: x` of BrowserStack's own `browserstack.yml`.
/// <https://www.browserstack.com/docs/automate/selenium/sdk-params>
fn of_its_file<'b>(text: &Text<'b>, line: Part<'b>) -> Option<Part<'b>> {
    let name = text.hint.file_name();
    let here = name.starts_with(b"browserstack") && (name.ends_with(b".yml") || name.ends_with(b".yaml"));
    let value = line.strip("accesskey: ").filter(|_| here)?.trim().unquote();
    (value.len() == 20 && is_of_cloud(value.bytes())).then_some(value)
}

/// The forms of the keys: 20 letters and digits, a UUID, 32 digits in hexadecimal, 40 to 60 letters and digits.
fn is_of_cloud(value: &[u8]) -> bool {
    let word = value.iter().all(u8::is_ascii_alphanumeric);
    match worth(value) {
        Worth::Uuid => true,
        Worth::Strong => word && matches!(value.len(), 20 | 32 | 40..=60),
        _ => value.len() == 20 && is_made(value),
    }
}

fn around(text: &[u8], at: usize, reach: usize) -> Vec<u8> {
    text.get(at.saturating_sub(reach)..text.len().min(at + reach)).unwrap_or_default().to_ascii_lowercase()
}

/// Whether a user's name is given near a place.
fn is_beside_user(text: &[u8], at: usize) -> bool {
    let near = around(text, at, USER);
    ["user", "username", "testingbot.secret"].iter().any(|name| {
        memchr::memmem::find_iter(&near, name.as_bytes()).any(|at| {
            let after = near.get(at + name.len()..).unwrap_or_default();
            let signs = after.iter().take_while(|b| b"\"': =,]".contains(b)).count();
            let given = after.get(..signs).unwrap_or_default();
            given.iter().any(|b| matches!(b, b':' | b'=' | b','))
                && given.iter().any(|b| matches!(b, b'"' | b'\''))
        })
    })
}

/// Whether a text runs browsers in a cloud.
fn is_for_browsers(text: &Text<'_>, at: usize) -> bool {
    let near = around(text.bytes, at, CLOUD);
    text.hint.file_name().starts_with(b"wdio")
        || CLOUDS.iter().any(|cloud| memchr::memmem::find(&near, cloud.as_bytes()).is_some())
}
