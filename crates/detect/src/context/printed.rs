//! A secret that a command printed, in the line behind the command: `$ wg genkey`, `$ pass show prod/db`, `##[group]Run argocd
//! admin initial-password` in the log of a job, `RUN openssl rand -hex 32` in that of a builder.
//!
//! Manuals show such commands with what they could print: only logs and recorded sessions count.

use super::announced::is_told_alone;
use super::judge::ground::is_log;
use super::judge::length_of;
use super::judge::value::{Worth, worth};
use crate::read::Part;
use crate::read::stamp::unstamped;
use crate::{Example, Finder, Found, Hint, Text};

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "printed",
    rules: &[&super::announced::RULE],
    wants: |hint| matches!(hint, Hint::Text) || is_log(hint) || is_session(hint),
    keywords: COMMANDS,
    find,
    hits: &[
        Example { path: "var/log/setup.log", text: "$ wg genkey\n{b64:43}=\n", rule: "password-in-log" },
        Example {
            path: "home/ops/typescript",
            text: "ops@web:~$ wp config get DB_PASSWORD\nKestrel{digits:4}-copper\n",
            rule: "password-in-log",
        },
        Example {
            path: "ci/build.log",
            text: "2024-05-02T11:36:02.1Z ##[group]Run argocd admin initial-password -n argocd\n2024-05-02T11:36:02.2Z \u{1b}[36;1margocd admin initial-password -n argocd\u{1b}[0m\n2024-05-02T11:36:02.3Z shell: /usr/bin/bash -e {0}\n2024-05-02T11:36:02.3Z ##[endgroup]\n2024-05-02T11:36:03.4Z {base62:16}\n",
            rule: "password-in-log",
        },
        Example {
            path: "ci/build.log",
            text: "#9 [6/9] RUN openssl rand -hex 32\n#9 0.312 {hex:64}\n#9 DONE 0.4s\n",
            rule: "password-in-log",
        },
        Example {
            path: "x.log",
            text: "+ kubectl get secret grafana -o jsonpath='{.data.admin-password}'\n+ base64 --decode\n{base62:40}\n",
            rule: "password-in-log",
        },
        Example {
            path: "x.log",
            text: "127.0.0.1:6379> CONFIG GET requirepass\n1) \"requirepass\"\n2) \"{base62:40}\"\n",
            rule: "password-in-log",
        },
    ],
    misses: &[
        // Put into a variable or a file, it is not printed.
        Example { path: "x.log", text: "+ KEY=$(wg genkey)\n{b64:43}=\n", rule: "" },
        Example { path: "x.log", text: "$ wg genkey > /etc/wireguard/key\n{b64:43}=\n", rule: "" },
        Example { path: "x.log", text: "$ wg genkey | wg pubkey\n{b64:43}=\n", rule: "" },
        Example {
            path: "x.log",
            text: "$ pass show prod/db\nError: prod/db is not in the password store.\n",
            rule: "",
        },
        Example { path: "x.log", text: "$ pass show prod/db\n***\n$ ls\n", rule: "" },
        Example {
            path: "x.log",
            text: "$ gh auth token | docker login ghcr.io --password-stdin -u x\nSucceeded\n",
            rule: "",
        },
        Example { path: "README.md", text: "$ openssl rand -hex 32\n{hex:64}\n", rule: "" },
        Example { path: "x.log", text: "use openssl rand -hex 32 for a key\n{hex:64}\n", rule: "" },
        Example {
            path: "x.log",
            text: "$ cat /var/lib/jenkins/secrets/initialAdminPassword\n/bin/cat: not found\n",
            rule: "",
        },
    ],
};

/// What prints a secret, in lower case, as far as nothing else is called so.
const COMMANDS: &[&str] = &[
    "wg genkey",
    "wg genpsk",
    "openssl rand",
    "base64 --decode",
    "base64 -d",
    "key:generate --show",
    "admin initial-password",
    "initialadminpassword",
    ".erlang.cookie",
    "print-access-token",
    "print-identity-token",
    "gh auth token",
    "vault read -field",
    "vault kv get -field",
    "vault print token",
    "gopass show",
    "pass show",
    "op read op://",
    "bw get password",
    "sops -d --extract",
    "secretsmanager get-secret-value",
    "get-login-password",
    "ssm get-parameter",
    "az account get-access-token",
    "keyvault secret show",
    "gcloud secrets versions access",
    "config get db_password",
    "kubectl create token",
    "consul keygen",
    "swarm join-token -q",
    "rails secret",
    "mix phx.gen.secret",
    "heroku auth:token",
    "fly auth token",
    "oc whoami -t",
    "oc whoami --show-token",
    "security find-generic-password",
    "secret-tool lookup",
    "chamber read -q",
    "doppler secrets get",
    "infisical secrets get",
    "token_urlsafe(",
    "token_hex(",
    "pwgen -",
    "get requirepass",
];

/// What `script` recorded, and what a terminal kept.
pub(super) fn is_session(hint: &Hint<'_>) -> bool {
    let name = hint.file_name();
    name.starts_with(b"typescript") || name.starts_with(b"session") || name.starts_with(b"screenlog")
}

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    // A group of lines and the command in it, or a command and its pipe, print one value.
    let mut last = None;
    for &at in text.at.iter().filter(|_| !text.binary) {
        let line = line_of(text.bytes, at);
        let value = line.and_then(|line| printed(text.bytes, line, printing(line, at)?));
        if let Some(value) = value.filter(|value| last != Some(value.span())) {
            last = Some(value.span());
            let what = length_of("secret that a command printed", value.len());
            out(Found::here(&super::announced::RULE, value, what));
        }
    }
}

/// A longer line is no command that somebody typed.
const LONGEST: usize = 400;

/// The line of a command, without what a log has before it.
fn line_of(text: &[u8], at: usize) -> Option<Part<'_>> {
    let from = at.saturating_sub(LONGEST);
    let before = memchr::memrchr(b'\n', text.get(from..at)?).map(|end| from + end + 1);
    let start = before.or((from == 0).then_some(0))?;
    let rest = text.get(at..text.len().min(at + LONGEST))?;
    let end = at + memchr::memchr(b'\n', rest).unwrap_or(rest.len());
    Some(unstamped(Part::between(text, start..end)).trim())
}

/// How a log shows a command.
#[derive(Clone, Copy, PartialEq)]
enum Shown {
    /// Behind a prompt, a plus sign of the shell, or as the step of a builder: what it prints follows.
    Typed,
    /// In a group of lines that say what will run.
    Grouped,
}

/// How the line shows the command, if all that the command prints goes to the log.
fn printing(line: Part<'_>, at: usize) -> Option<Shown> {
    let lead = Part::between(line.whole(), line.span().start..at);
    let how = shown(lead)?;
    let rest = line.skip(at.saturating_sub(line.span().start));
    let (plain, taken) = (lead.bytes(), rest.bytes());
    // `X=$(…)` keeps it; a redirection too.
    let kept = [&b"$("[..], b"`"].iter().any(|open| memchr::memmem::find(plain, open).is_some());
    let moved = memchr::memchr(b'>', taken).is_some();
    let mut pipes = taken.split(|b| *b == b'|').skip(1).map(<[u8]>::trim_ascii_start);
    let passes =
        [&b"base64 -"[..], b"tr ", b"head", b"cut ", b"jq ", b"awk ", b"sed ", b"xargs", b"tee ", b"cat"];
    (!kept && !moved && pipes.all(|pipe| passes.iter().any(|one| pipe.starts_with(one)))).then_some(how)
}

/// How what stands before a command shows it.
fn shown(lead: Part<'_>) -> Option<Shown> {
    let bytes = lead.bytes();
    let groups = [&b"##[group]Run "[..], b"\x1b[36;1m"];
    if groups.iter().any(|group| bytes.starts_with(group)) {
        return Some(Shown::Grouped);
    }
    let starts = [&b"+ "[..], b"++ ", b"$ ", b"# ", b"> ", b"% ", b"##[command]", b"PS "];
    let prompts = [&b"$ "[..], b"# ", b"> ", b"% "];
    // `ops@web:~/x$ `: the prompt ends before the command does.
    let prompted = bytes.iter().take(60).position(|b| *b == b' ').is_some_and(|blank| {
        let prompt = bytes.get(..=blank).unwrap_or_default();
        prompts.iter().any(|end| prompt.ends_with(end)) && (prompt.contains(&b'@') || prompt.contains(&b':'))
    });
    let stepped =
        memchr::memmem::find(bytes, b"] RUN ").is_some() && matches!(bytes.first(), Some(b'[' | b'#'));
    (prompted || stepped || starts.iter().any(|start| bytes.starts_with(start))).then_some(Shown::Typed)
}

/// The one word that the next line of output has.
fn printed<'b>(text: &'b [u8], line: Part<'b>, how: Shown) -> Option<Part<'b>> {
    let rest = Part::between(text, line.span().end..text.len().min(line.span().end + 1_000));
    let mut lines = rest.lines().skip(1).map(|line| unstamped(line).trim());
    if how == Shown::Grouped {
        lines.by_ref().find(|line| line.is("##[endgroup]"))?;
    }
    // What the shell traces of the same pipe is no output.
    let next = lines.find(|line| !line.is_empty() && !line.bytes().starts_with(b"+ "))?;
    let next = match next.strip("1) \"requirepass\"") {
        Some(_) => lines.next()?.strip("2) \"")?.trim_of(|b| b == b'"'),
        None => next,
    };
    let value = next.strip("base64:").unwrap_or(next);
    let one = value.words().count() == 1 && (8..=4_096).contains(&value.len());
    // What is missing, or what went wrong.
    let path = value.bytes().starts_with(b"/") && !value.bytes().ends_with(b"=");
    let plain = !path && !value.bytes().ends_with(b":");
    let counts = worth(value.bytes()) == Worth::Strong || is_told_alone(value);
    (one && plain && counts).then_some(value)
}
