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
        Example { path: "x.sh", text: "shodan init a1B{base62:29}\n", rule: "token-argument" },
        Example {
            path: "x.sh",
            text: "obsutil config -i=A1{B36:18} -k=a1B{base62:37} -e=obs.eu-de.otc.t-systems.com\n",
            rule: "token-argument",
        },
        Example { path: "x.sh", text: "oc login -t a1B{base62:40} https://h:6443\n", rule: "token-argument" },
        Example {
            path: "x.sh",
            text: "npx cypress run --record --key {hex:8}-{hex:4}-{hex:4}-{hex:4}-{hex:12}\n",
            rule: "token-argument",
        },
        Example {
            path: "x.sh",
            text: "snyk config set api={hex:8}-{hex:4}-{hex:4}-{hex:4}-{hex:12}\n",
            rule: "token-argument",
        },
        Example {
            path: "x.sh",
            text: "composer config -g github-oauth.github.com a1{hex:38}\n",
            rule: "token-argument",
        },
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
        Example {
            path: "x.sh",
            text: "shodan init $KEY\nshodan init YOUR_API_KEY\nshodan download a1B{base62:29}\ncypress run --spec a1B{base62:29}.js\nsnyk config set api=$SNYK\ncomposer config github-oauth.github.com \"$T\"\ngit init a1B{base62:29}\noc login -u bob\nchamber write shop key -\naws ssm put-parameter --name /x --type String --value ami-a1{hex:15}\nobsutil cp a1B{base62:29} obs://b\n",
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

const TOOLS: [Tool; 83] = [
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
    tool("shodan init", Place::Number(0)),
    tool("ipinfo init", Place::Number(0)),
    tool("ipinfo login", Place::Number(0)),
    tool("ipinfo init", Place::After(&["-t", "--token"])),
    tool("cloudflared service install", Place::Number(0)),
    tool("snyk config set api=", Place::Number(0)),
    tool("greynoise setup", Place::After(&["-k", "--api-key"])),
    tool("exercism configure", Place::After(&["-t", "--token"])),
    tool("cypress run", Place::After(&["-k", "--key"])),
    tool("wakatime", Place::After(&["--key"])),
    tool("wakatime-cli", Place::After(&["--key"])),
    tool("crowdin", Place::After(&["-T", "--token"])),
    tool("llm keys set", Place::After(&["--value"])),
    tool("securestring", Place::After(&["--value"])),
    tool("bws secret create", Place::Number(1)),
    tool("ansible-vault encrypt_string", Place::Number(0)),
    tool("chamber write", Place::Number(2)),
    tool("expose token", Place::Number(0)),
    tool("netclient join", Place::After(&["-t", "--token"])),
    tool("mimirtool", Place::After(&["--key"])),
    tool("artillery run", Place::After(&["-k", "--key"])),
    tool("codacy-coverage-reporter", Place::After(&["-t", "--project-token"])),
    tool("codacy.com/get.sh)", Place::After(&["-t"])),
    tool("goveralls", Place::After(&["-repotoken"])),
    tool("hex.organization auth", Place::After(&["--key"])),
    tool("vsce publish", Place::After(&["-p"])),
    tool("ovsx publish", Place::After(&["-p"])),
    tool("phrase pull", Place::After(&["-t"])),
    tool("phrase push", Place::After(&["-t"])),
    tool("localazy", Place::After(&["-w", "-r"])),
    tool("gotify push", Place::After(&["-t"])),
    tool("rancher login", Place::After(&["-t"])),
    tool("oc login", Place::After(&["-t"])),
    tool("cachix authtoken", Place::Number(0)),
    tool("attic login", Place::Number(2)),
    tool("choco apikey", Place::After(&["-k", "--key"])),
    tool("choco push", Place::After(&["-k", "--key"])),
    tool("qshell account", Place::Number(1)),
    tool("obsutil", Place::After(&["-k"])),
    tool("b2 authorize-account", Place::Number(1)),
    tool("b2 account authorize", Place::Number(1)),
    tool("civo apikey save", Place::Number(1)),
    tool("civo apikey add", Place::Number(1)),
    tool("github-release", Place::After(&["-s", "--security-token"])),
    tool("github-oauth.", Place::Number(1)),
    tool("gitlab-token.", Place::Number(1)),
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
    let open = tool.word.ends_with(['.', '=']);
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
