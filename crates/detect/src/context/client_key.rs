//! Keys that a program hands to the client of a service by their place alone: `Client("…")`, `new ynab.API("…")`,
//! `Bannerbear::Client.new("…")`, `NewHttpClient("id", "…")`.
//!
//! Who is called has to be a client by its name, or something that is made of one text, and the text has to look random: hashes,
//! addresses and ids are handed to what is called after them. What runs in browsers and telephones is given keys that everybody
//! may see.
//!
//! bad: `solver = Solver("7feb3f41…")`
//! good: `solver = Solver(os.environ["SOLVER_KEY"])`

use tightlip_report::{Confidence, Level};

mod callee;
mod looks;

use super::call::arguments::{Argument, arguments};
use super::judge::ground::{Ground, ground, is_bundle};
use super::judge::length_of;
use super::judge::reading::{line_before, text_in_quotes};
use crate::read::Part;
use crate::{Example, Finder, Found, Hint, Rule, Text};
use callee::{Callee, Runs, callee};
use looks::{Looks, looks};

static RULE: Rule = Rule::new(
    "client-key",
    "Key handed to the client of a service",
    "Whoever can read the program can use the service as it does.",
)
.source("https://cwe.mitre.org/data/definitions/798.html")
.at(Level::Deny, Confidence::Medium);

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "client-key",
    rules: &[&RULE],
    wants: |hint| ground(hint) == Ground::Code && !is_bundle(hint),
    keywords: &[],
    find,
    hits: &[
        Example { path: "a.py", text: "c = acme.Client('a1B{base62:30}')\n", rule: "client-key" },
        Example {
            path: "a.js",
            text: "const acme = new acme.API(\"a1B{base62:40}\");\n",
            rule: "client-key",
        },
        Example { path: "a.rb", text: "c = Acme::Client.new('a1{hex:30}')\n", rule: "client-key" },
        Example {
            path: "a.go",
            text: "c := acme.NewAcmeHttpClient(\"cli_{hex:16}\", \"a1B{base62:30}\", acme.WithRetry())\n",
            rule: "client-key",
        },
        Example {
            path: "a.rs",
            text: "let c = Client::new(\"http://acme:7700\", Some(\"a1B{base62:30}\"));\n",
            rule: "client-key",
        },
        Example { path: "a.py", text: "acme = Acme('a1B{base62:30}')\n", rule: "client-key" },
        Example {
            path: "A.java",
            text: "Environment.configure(\"acme\", \"live_a1B{base62:30}\");\n",
            rule: "client-key",
        },
        Example {
            path: "a.php",
            text: "Acme\\Acme::Instance()->initialize('a1{hex:30}');\n",
            rule: "client-key",
        },
        Example { path: "b.php", text: "$config->setUsername(\"a1{hex:62}\");\n", rule: "client-key" },
        Example {
            path: "a.js",
            text: "const acme = require('acme')('a1B{base62:30}');\n",
            rule: "client-key",
        },
        Example {
            path: "b.js",
            text: "new Client()\n  .setProject('{hex:20}')\n  .setKey('standard_a1{hex:254}');\n",
            rule: "client-key",
        },
        Example {
            path: "B.java",
            text: "AcmeFactoryBuilder.build(\"a1b{b36:33}\", config).client();\n",
            rule: "client-key",
        },
        Example {
            path: "c.js",
            text: "const c = acme.connect(\n  'c0ktykxa',\n  'a1b{b36:61}',\n);\n",
            rule: "client-key",
        },
    ],
    misses: &[
        Example {
            path: "a.py",
            text: concat!(
                "Client('us-east-1-service-v2-2024')\nClient(key)\nDigest('a1{hex:30}')\nObjectId('a1{hex:22}')\n",
                "Commit('a1{hex:38}')\nUUID('{hex:8}-{hex:4}-{hex:4}-{hex:4}-{hex:12}')\nFoo('a1{hex:30}')\n",
                "GoogleSpreadsheet('1a1B{base62:40}')\nPublicKey('a1B{base62:40}')\nf('a1B{base62:30}')\n",
            ),
            rule: "",
        },
        Example {
            path: "a.js",
            text: concat!(
                "mixpanel.init('a1{hex:30}');\nanalytics.load('a1B{base62:29}');\namplitude.init('a1{hex:30}');\n",
                "algoliasearch('A1B2C3D4E5', 'a1{hex:30}');\nnew Foo('a1B{base62:30}');\nStripe('pk_live_a1B{base62:30}');\n",
                "new Auth0Client('a1B{base62:29}');\nParse.initialize('a1B{base62:37}', 'b2C{base62:37}');\n",
                "new ApiClient('https://acme.test/a1B{base62:30}');\n",
            ),
            rule: "",
        },
        Example {
            path: "a.rs",
            text: "Some(\"a1{hex:38}\");\nHash::from_hex(\"a1{hex:62}\");\nAddress::new(\"0xa1{hex:38}\");\nToken::new(\"a1B{base62:40}\");\n",
            rule: "",
        },
        Example {
            path: "a.go",
            text: "geo.Lookup(\"a1B{base62:30}\")\nassert.Equal(\"a1B{base62:30}\", x)\nhex.DecodeString(\"a1{hex:62}\")\n",
            rule: "",
        },
        Example {
            path: "a.php",
            text: "$cache->setKey('a1{hex:30}');\n$user->setUsername('otter.pebble42');\n$form->initialize('a1B2');\n",
            rule: "",
        },
    ],
};

/// Longer than the arguments of any call that is looked at, in bytes.
const LONGEST: usize = 800;
/// So many arguments may hold the key: the name of an account or an address stands before it.
const MOST: usize = 3;

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    if text.binary {
        return;
    }
    let runs = Runs::of(&text.hint);
    let mut done = 0;
    for open in memchr::memchr_iter(b'(', text.bytes) {
        if open < done || !opens_text(text.bytes, open) {
            continue;
        }
        let rest = Part::between(text.bytes, open + 1..text.bytes.len().min(open + 1 + LONGEST));
        if !holds_key(rest.bytes()) {
            continue;
        }
        let Some(value) = key(text, open, rest, runs) else { continue };
        done = value.span().end;
        out(Found::here(&RULE, value, length_of("key in a call", value.len())));
    }
}

/// Whether a text is the first argument: cheap, for it is asked at every bracket.
fn opens_text(text: &[u8], open: usize) -> bool {
    let after = text.get(open + 1..).unwrap_or_default();
    let blank = after.iter().take(80).take_while(|b| b.is_ascii_whitespace()).count();
    matches!(after.get(blank), Some(b'"' | b'\''))
}

/// Whether a word as long as a key stands before the bracket that closes: asked of every call, before its arguments are read.
fn holds_key(arguments: &[u8]) -> bool {
    let (mut word, mut quote) = (0, None);
    for byte in arguments {
        match (quote, *byte) {
            (None, b')') => return false,
            (None, b'"' | b'\'') => quote = Some(*byte),
            (Some(open), close) if open == close => quote = None,
            _ => {}
        }
        let within = byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        word = if within { word + 1 } else { 0 };
        if word >= *looks::LENGTHS.start() {
            return true;
        }
    }
    false
}

/// The last of the arguments that looks random, if they are handed to a client.
fn key<'b>(text: &Text<'b>, open: usize, rest: Part<'b>, runs: Runs) -> Option<Part<'b>> {
    let given = literals(rest);
    // Behind it stand at most names and addresses: of two keys the first says whose the second is.
    let value = *given.iter().rev().find(|value| is_long(value.bytes()))?;
    let look = Some(looks(value.bytes())).filter(|look| *look != Looks::Nothing)?;
    let who = callee(text.bytes, open)?;
    let fits = match (who, look) {
        (Callee::Client, Looks::Mixed) => true,
        (Callee::Client, Looks::Hex) => runs == Runs::Server || runs == Runs::Go,
        (Callee::Search, _) => {
            let rest = text.bytes.get(open..).unwrap_or_default();
            let line = rest.split(|b| *b == b'\n').next().unwrap_or_default().to_ascii_lowercase();
            memchr::memmem::find(&line, b"admin").is_some()
        }
        // A text that is alone there names who asks, if what it is asked for has a secret beside it.
        (Callee::Login, _) => given.len() >= 2 || value.len() >= 36,
        (Callee::Made, Looks::Mixed) => runs == Runs::Server,
        (Callee::Connected, Looks::Mixed) => value.len() >= 32,
        (Callee::SetUp, Looks::Mixed | Looks::Hex) => runs == Runs::Server,
        (Callee::Required, Looks::Mixed) => runs == Runs::Script,
        (Callee::Keyed, Looks::Mixed | Looks::Hex) => value.len() >= 32,
        (Callee::User, Looks::Mixed | Looks::Hex) => true,
        _ => false,
    };
    (fits && !is_shown(text, open)).then_some(value)
}

/// Longer than a name, and no address or sentence.
fn is_long(value: &[u8]) -> bool {
    value.len() >= 16 && !value.iter().any(|b| matches!(b, b'/' | b' ' | b'.' | b':'))
}

/// The texts among the first arguments, up to one that is put together.
fn literals(rest: Part<'_>) -> Vec<Part<'_>> {
    let all = arguments(rest, b')');
    if all.is_empty() {
        return text_in_quotes(rest.trim()).map(|(text, _)| text).into_iter().collect();
    }
    all.iter()
        .take(MOST)
        .filter(|argument| argument.is_literal())
        .map(|Argument { text, .. }| *text)
        .collect()
}

/// A call that stands in a comment shows how it is made.
fn is_shown(text: &Text<'_>, open: usize) -> bool {
    let line = line_before(text.bytes, open).trim_ascii_start();
    let comment = [&b"//"[..], b"* ", b"# ", b"#=", b"--", b">>>", b"/*"];
    !matches!(text.hint, Hint::Text) && comment.iter().any(|mark| line.starts_with(mark))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finder::tests::{expand, secrets_in};

    fn count(path: &str, template: &str) -> usize {
        secrets_in(&FINDER, path, &expand(template)).len()
    }

    #[test]
    fn a_client_is_handed_its_key() {
        for (path, text) in [
            ("a.py", "ImgurClient('da6dc9aac74', 'a1{hex:38}')"),
            ("a.py", "chartmogul.Config('a1{hex:30}')"),
            ("a.py", "meraki.DashboardAPI('a1{hex:38}', output_log=False)"),
            ("a.py", "gemini.PrivateClient(\"account-a1B{base62:17}\", \"b2C{base62:25}\")"),
            ("a.php", "AcmeApiClient::createOauthClient('a1B{base62:37}')"),
            ("a.rb", "RestClient.new('MAQ0AQGXHKMJCRMJ4CDS', 'a1B{base62:37}')"),
            ("a.py", "search = SearchClientSync(\"A1B2C3D4E5\", \"a1{hex:30}\")  # admin key"),
            ("a.py", "api = OAuth2Api('a1{hex:30}', 'b2C{base62:29}')"),
        ] {
            assert_eq!(count(path, text), 1, "{text}");
        }
    }

    #[test]
    fn what_is_no_key_is_handed_to_other_calls_and_forms() {
        for (path, text) in [
            ("a.py", "ImgurClient('a1{hex:38}', url=x)".replace("ImgurClient", "self.get_commit").as_str()),
            ("a.py", "client.get('a1B{base62:30}')"),
            ("a.py", "search = SearchClientSync(\"A1B2C3D4E5\", \"a1{hex:30}\")"),
            ("a.py", "api = OAuth2Api('a1{hex:30}')"),
            ("a.js", "const c = new FooClient('a1{hex:30}');"),
            ("a.kt", "val c = Foo(\"a1B{base62:30}\")"),
            ("a.swift", "Purchases.configure(withAPIKey: \"x\"); Foo.initialize(\"a1B{base62:30}\")"),
            ("a.py", "# client = Client('a1B{base62:30}')"),
            ("a.py", "Client('pub_a1B{base62:30}')"),
            ("a.py", "Client('TestCaseNumber12OfTheServer34')"),
            ("a.py", "Mint('a1B{base62:41}')"),
            ("a.py", "YoutubeVideo('a1B{base62:30}')"),
        ]
        .map(|(path, text)| (path, text.to_owned()))
        {
            assert_eq!(count(path, &text), 0, "{text}");
        }
    }
}
