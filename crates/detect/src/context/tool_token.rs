//! Tokens among the arguments of tools that upload, deploy and sign in: `cloudsmith push -k …`, `codecov -t …`, `cargo login …`.
//!
//! Their flags are short ones that mean something else to every other program, so each tool is named here with its own.
//!
//! bad: `dotnet nuget push a.nupkg -k 0f1e2d3c…`
//! good: `dotnet nuget push a.nupkg -k "$NUGET_KEY"`

use tightlip_report::{Confidence, Level};

use super::command::{after_flags, plain};
use super::judge::ground::{Ground, ground};
use super::judge::length_of;
use super::judge::value::{Worth, is_chosen, worth};
use super::shell::word;
use crate::read::Part;
use crate::{Example, Finder, Found, Hint, Rule, Text};

static RULE: Rule = Rule::new(
    "token-argument",
    "Token among the arguments of a tool",
    "Whoever can read the command, in the image's history, a script or a log, can do what the tool does.",
)
.source("https://docs.docker.com/build/building/secrets/")
.at(Level::Deny, Confidence::Medium);

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "tool-token",
    rules: &[&RULE],
    wants: |hint| !matches!(hint, Hint::Named(_)) && ground(hint) != Ground::Noise,
    keywords: {
        const ALL: [&str; TOOLS.len()] = words();
        &ALL
    },
    find,
    hits: &[
        Example {
            path: "x.sh",
            text: "cloudsmith push deb acme/stable a.deb -k a1B{base62:30}\n",
            rule: "token-argument",
        },
        Example {
            path: "x.sh",
            text: "./codecov upload-process -t {hex:8}-{hex:4}-{hex:4}-{hex:4}-{hex:12} -f c.xml\n",
            rule: "token-argument",
        },
        Example {
            path: "",
            text: "RUN dotnet nuget push a.nupkg --api-key a1B{base62:30} -s https://h/",
            rule: "token-argument",
        },
        Example { path: "ci.yml", text: "  - run: cargo login a1B{base62:30}\n", rule: "token-argument" },
        Example {
            path: "ks.cfg",
            text: "subscription-manager register --org 1 --activationkey acme-7Kq2m{base62:9}\n",
            rule: "token-argument",
        },
        Example { path: "x.sh", text: "nuget setApiKey a1B{base62:30}\n", rule: "token-argument" },
    ],
    misses: &[
        Example {
            path: "x.sh",
            text: "cloudsmith push deb a/b c.deb -k \"$KEY\"\ncargo login\ncodecov -t ${TOKEN} -f x\nvault login -method=oidc\n",
            rule: "",
        },
        Example {
            path: "x.sh",
            text: "sort -k a1B{base62:30}\ndocker build -t a1B{base62:30} .\nvercel -t\ncargo login --registry internal-registry\n",
            rule: "",
        },
    ],
};

/// Where a tool takes its token.
#[derive(Clone, Copy)]
enum Place {
    /// Behind one of these flags.
    After(&'static [&'static str]),
    /// The argument with this number, flags not counted.
    Number(usize),
}

/// The words of a tool, in lower case, and where it takes its token.
struct Tool {
    word: &'static str,
    place: Place,
}

const fn tool(word: &'static str, place: Place) -> Tool {
    Tool { word, place }
}

const TOOLS: [Tool; 37] = [
    tool("cloudsmith", Place::After(&["-k", "--api-key"])),
    tool("codecov", Place::After(&["-t", "--token"])),
    tool("codecov.io/bash)", Place::After(&["-t"])),
    tool("cc-test-reporter", Place::After(&["-r", "--id"])),
    tool("nuget push", Place::After(&["-k", "--api-key", "-ApiKey", "-apikey"])),
    tool("nuget push", Place::Number(1)),
    tool("nuget.exe push", Place::Number(1)),
    tool("nuget setapikey", Place::Number(0)),
    tool("nuget.exe setapikey", Place::Number(0)),
    tool("cargo login", Place::Number(0)),
    tool("gem push", Place::After(&["--key"])),
    tool("twine upload", Place::After(&["-p", "--password"])),
    tool("poetry publish", Place::After(&["-p", "--password"])),
    tool("flit publish", Place::After(&["--password"])),
    tool("poetry config pypi-token.", Place::Number(1)),
    tool("anaconda", Place::After(&["-t", "--token"])),
    tool("vercel", Place::After(&["-t"])),
    tool("netlify", Place::After(&["-a", "--auth"])),
    tool("doctl", Place::After(&["-t", "--access-token"])),
    tool("flyctl", Place::After(&["-t", "--access-token"])),
    tool("fly deploy", Place::After(&["-t", "--access-token"])),
    tool("vault login", Place::Number(0)),
    tool("snyk auth", Place::Number(0)),
    tool("wandb login", Place::Number(0)),
    tool("ngrok authtoken", Place::Number(0)),
    tool("add-authtoken", Place::Number(0)),
    tool("pro attach", Place::Number(0)),
    tool("ua attach", Place::Number(0)),
    tool("subscription-manager register", Place::After(&["--activationkey"])),
    tool("rhc connect", Place::After(&["-a", "--activation-key"])),
    tool("rhsm --organization", Place::After(&["--activation-key"])),
    tool("suseconnect", Place::After(&["-r", "--regcode"])),
    tool("gitlab-runner register", Place::After(&["-r", "-t", "--registration-token"])),
    tool("k6 login cloud", Place::After(&["-t"])),
    tool("k6 cloud login", Place::After(&["-t"])),
    tool("newrelic profile add", Place::After(&["--apiKey", "--licenseKey"])),
    tool(
        "rclone config create",
        Place::After(&["key", "secret_access_key", "pass", "token", "application_key"]),
    ),
];

const fn words() -> [&'static str; TOOLS.len()] {
    let mut all = [""; TOOLS.len()];
    let mut i = 0;
    while i < all.len() {
        all[i] = TOOLS[i].word;
        i += 1;
    }
    all
}

/// Longest command that is looked at, in bytes.
const LONGEST: usize = 2048;

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    if text.binary {
        return;
    }
    let mut done = 0;
    for &at in text.at {
        let before = at.checked_sub(1).and_then(|n| text.bytes.get(n)).copied().unwrap_or(b' ');
        let rest = Part::between(text.bytes, at..text.bytes.len().min(at + LONGEST));
        if before.is_ascii_alphanumeric() || matches!(before, b'-' | b'_') || at < done {
            continue;
        }
        for tool in TOOLS.iter().filter(|tool| is_called(rest, tool)) {
            let line = rest.while_(|b| !matches!(b, b'\n' | b';' | b'|'));
            for value in values(line, tool) {
                if value.span().start >= done && is_token(value) {
                    done = value.span().end;
                    let shape = length_of(&format!("token for {}", tool.word), value.len());
                    out(Found::here(&RULE, value, shape));
                }
            }
        }
    }
}

/// Whether the tool's words stand here whole.
fn is_called(rest: Part<'_>, tool: &Tool) -> bool {
    let after = rest.strip(tool.word).map(|after| after.bytes().first().copied().unwrap_or(b'\n'));
    let open = tool.word.ends_with('.');
    after.is_some_and(|next| open || matches!(next, b' ' | b'\t' | b'"' | b'\'' | b'.' | b'@'))
}

fn values<'b>(line: Part<'b>, tool: &Tool) -> Vec<Part<'b>> {
    match tool.place {
        Place::After(flags) => after_flags(line, flags),
        Place::Number(n) => plain(line.skip(tool.word.len())).nth(n).map(word).into_iter().collect(),
    }
}

/// Tokens are random, or UUIDs; other words are files, names and addresses. Keys of machines that are registered have a
/// readable beginning.
fn is_token(value: Part<'_>) -> bool {
    match worth(value.bytes()) {
        Worth::Strong | Worth::Uuid => true,
        Worth::Weak => value.len() >= 14 && is_chosen(value.bytes()),
        _ => false,
    }
}
