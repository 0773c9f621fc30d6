//! Passwords that one command hands to another, or to a file: `echo root:… | chpasswd`, `chpasswd <<< root:…`,
//! `echo … | docker login --password-stdin`, `echo … > .vault_pass`.
//!
//! bad: `RUN echo "root:secret123" | chpasswd`
//! good: `RUN --mount=type=secret,id=root chpasswd < /run/secrets/root`

use tightlip_report::{Confidence, Level};

use super::command::{said_before, said_by, said_into};
use super::judge::ground::{Ground, ground, is_named_manual};
use super::judge::in_login::is_own_password;
use super::judge::length_of;
use super::judge::once::stands_in;
use super::judge::reading::line_around;
use super::judge::value::{Worth, is_chosen, worth};
use super::shell::word;
use crate::read::Part;
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule = Rule::new(
    "piped-password",
    "Password handed from one command to another",
    "Whoever can read the command, in the image's history, a script or a log, has it.",
)
.source("https://docs.docker.com/build/building/secrets/")
.at(Level::Deny, Confidence::Medium);

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "piped",
    rules: &[&RULE],
    wants: |hint| ground(hint) != Ground::Noise && !is_named_manual(hint),
    keywords: {
        const ALL: [&str; TAKERS.len() + FILES.len()] = words();
        &ALL
    },
    find,
    hits: &[
        Example {
            path: "Dockerfile",
            text: "FROM x\nRUN echo \"root:p{lower:6}9\" | chpasswd\n",
            rule: "piped-password",
        },
        Example { path: "", text: "/bin/sh -c echo 'app:p{lower:6}9' | chpasswd", rule: "piped-password" },
        Example {
            path: "a.sh",
            text: "set -e; printf p{lower:6}9 | docker login -u x --password-stdin r.internal\n",
            rule: "piped-password",
        },
        Example {
            path: "root/.bash_history",
            text: "chpasswd <<< 'root:p{lower:6}9'\n",
            rule: "piped-password",
        },
        Example {
            path: "a.sh",
            text: "echo 'Xk9{lower:6}97' | gh auth login --with-token\n",
            rule: "piped-password",
        },
        Example {
            path: "put.sh",
            text: "export MQSAMP_USER_ID=app\nprintf '%s\\n' 'p{lower:6}97' | /opt/mqm/samp/bin/amqsputc Q1 QM1\n",
            rule: "piped-password",
        },
        Example {
            path: "var/log/init.log",
            text: "+ useradd ops\n+ echo 'ops:Xk9{lower:6}-97'\n+ chpasswd\n",
            rule: "piped-password",
        },
        Example {
            path: "",
            text: "/bin/sh -c echo \"Xk9{lower:6}97\" > /root/.vault_pass",
            rule: "piped-password",
        },
    ],
    misses: &[
        Example {
            path: "a.sh",
            text: "echo done > token.log\necho \"$T\" > .vault_pass\nchpasswd <<< \"root:$PW\"\necho version2 >> tokens\n",
            rule: "",
        },
        Example {
            path: "a.sh",
            text: "echo \"$TOKEN\" | docker login -u x --password-stdin\nchpasswd < /run/secrets/root\necho root:${PW} | chpasswd\n",
            rule: "",
        },
        Example {
            path: "var/log/init.log",
            text: "+ echo 'a:Xk9{lower:6}-97'\n+ true\n+ chpasswd\n+ chpasswd --help\necho 'a:Xk9{lower:6}-97'\nchpasswd\n",
            rule: "",
        },
        Example { path: "put.sh", text: "echo 'p{lower:6}97' | amqsput Q1 QM1\n", rule: "" },
        Example {
            path: "a.sh",
            text: "cat pw.txt | docker login -u x --password-stdin\necho Done\n",
            rule: "",
        },
    ],
};

/// What takes a password from the command before it, or from a string behind three angle brackets.
const TAKERS: [&str; 30] = [
    "chpasswd",
    "--password-stdin",
    "password_stdin",
    "passwd --stdin",
    "--with-token",
    "cryptsetup ",
    "--passphrase-fd 0",
    "kinit ",
    "luks bind -k -",
    "runas ",
    "secret create ",
    "vault login -",
    SAMPLES,
    // What joins a machine to a domain, mounts, unlocks and signs in.
    "realm join",
    "adcli join",
    "net ads join",
    "sudo -s ",
    "sudo -ks ",
    "smbpasswd -s",
    "mount.cifs ",
    "docker secret create",
    "gcloud secrets create",
    "gcloud secrets versions add",
    "wrangler secret put",
    "helm registry login",
    "kubeseal ",
    "elasticsearch-keystore add",
    "vncpasswd -f",
    "htpasswd -i",
    "pure-pw useradd",
];
/// The samples of IBM MQ, which read a password first where a variable says who logs in.
/// <https://www.ibm.com/docs/en/ibm-mq/9.3?topic=programs-sample-connection-authentication>
const SAMPLES: &str = "amqs";
const SAMPLES_USER: &[u8] = b"MQSAMP_USER_ID";
/// Parts of the names of files that hold a secret alone.
const FILES: [&str; 7] = ["_pass", "-pass", "passwd", "password", "token", "secret", "api_key"];

const fn words() -> [&'static str; TAKERS.len() + FILES.len()] {
    let mut all = [""; TAKERS.len() + FILES.len()];
    let mut i = 0;
    while i < all.len() {
        all[i] = if i < TAKERS.len() { TAKERS[i] } else { FILES[i - TAKERS.len()] };
        i += 1;
    }
    all
}

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    if text.binary {
        return;
    }
    // Elsewhere commands are written down among other things.
    let commands = matches!(ground(&text.hint), Ground::Shell | Ground::Yaml);
    let code = ground(&text.hint) == Ground::Code;
    let mut done = 0;
    for &at in text.at {
        let rest = Part::between(text.bytes, at..text.bytes.len().min(at + 512)).while_(|b| b != b'\n');
        if rest.strip(SAMPLES).is_some() && !stands_in(text.bytes, SAMPLES_USER) {
            continue;
        }
        let takes = TAKERS.iter().any(|taker| rest.strip(taker).is_some());
        let value = if takes {
            given(rest).or_else(|| said_before(text.bytes, at)).or_else(|| traced(text.bytes, at))
        } else {
            written(text.bytes, at).filter(|value| is_telling(value.bytes()))
        };
        let Some(value) = value.filter(|value| value.span().start >= done) else { continue };
        let login = rest.strip("chpasswd").is_some();
        let value = if login { value.cut(|b| b == b':').map(|(_, password)| password) } else { Some(value) };
        let Some(value) = value else { continue };
        // Who says what `chpasswd` reads sets a password; of other words a program's text is full.
        let own = login && is_own_password(value.bytes());
        let guessed = !commands && (!is_telling(value.bytes()) || code && !login) && !own;
        if guessed || matches!(worth(value.bytes()), Worth::Nothing | Worth::Reference | Worth::Hollow) {
            continue;
        }
        done = value.span().end;
        out(Found::here(&RULE, value, length_of("password", value.len())));
    }
}

/// `<<< 'x'`
fn given(rest: Part<'_>) -> Option<Part<'_>> {
    let (_, after) = rest.cut_at(b"<<<")?;
    let value = word(after.trim());
    (!value.is_empty()).then_some(value)
}

/// The parts of a pipe as `set -x` tells them, each in a line of its own and in either order: `+ echo x`, `+ chpasswd`.
fn traced(text: &[u8], at: usize) -> Option<Part<'_>> {
    let command = line_around(text, at);
    let plus = |line: &Part<'_>| line.bytes().starts_with(b"+") && line.while_(|b| b == b'+').len() < 4;
    let beside = |at: Option<usize>| at.map(|at| line_around(text, at)).filter(plus);
    let before = beside(command.span().start.checked_sub(1));
    let behind = beside(Some(command.span().end + 1).filter(|at| *at < text.len()));
    let lines = [before, behind].into_iter().flatten().filter(|_| plus(&command));
    let mut said = lines.filter_map(|line| said_by(line.after(&line.while_(|b| b == b'+')).trim()));
    said.next()
}

/// What `echo` writes into the file whose name holds this place.
fn written(text: &[u8], at: usize) -> Option<Part<'_>> {
    let before = text.get(at.saturating_sub(120)..at)?;
    let name = before.iter().rev().take_while(|b| b.is_ascii_graphic() && **b != b'>').count();
    let mark = before.get(..before.len() - name)?.trim_ascii_end();
    let said = at.checked_sub(before.len() - mark.len())?;
    mark.ends_with(b">").then(|| said_into(text, said))?
}

/// A file may be given any word to keep; one that is chosen or random is what its name says.
fn is_telling(value: &[u8]) -> bool {
    worth(value) == Worth::Strong || worth(value) == Worth::Weak && is_chosen(value)
}
