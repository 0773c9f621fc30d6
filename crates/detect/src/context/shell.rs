//! Secrets in commands and instructions: `TOKEN=…` before or in a command, `--password …`.
//!
//! Also the build arguments in an image's history (`RUN |2 TOKEN=… USER=… /bin/sh -c …`), which builders write without quotes,
//! and `ENV` and `ARG` there. Instructions of an image are judged as its variables are: weak values leak too.

use tightlip_report::{Confidence, Level};

use super::judge::ground::{Ground, ground, ground_of};
use super::judge::in_login::is_own_password;
use super::judge::joined::is_joined_phrase;
use super::judge::length_of;
use super::judge::name::{
    KEYWORDS, Says, is_key_of_something, is_login, is_password, is_password_perhaps, is_unmistakable, says,
};
use super::judge::sentence::{is_of_help, is_of_sentence};
use super::judge::service_key;
use super::judge::site::name_around;
use super::judge::value::{Worth, is_chosen, is_wordy, worth};
use crate::read::Part;
use crate::{Example, Finder, Found, Hint, Rule, Text};

static RULE: Rule = Rule::new(
    "secret-in-command",
    "Secret in a command",
    "Whoever can read the command, in the image's history, a script or a log, has it.",
)
.source("https://docs.docker.com/build/building/secrets/")
.at(Level::Deny, Confidence::Medium);

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "shell",
    rules: &[&RULE],
    wants: |hint| {
        matches!(ground(hint), Ground::Shell | Ground::Prose | Ground::Lines)
            && !matches!(hint, Hint::Named(_))
    },
    keywords: KEYWORDS,
    find,
    hits: &[
        Example {
            path: "",
            text: "RUN |2 TOKEN=abc9 USER=bob /bin/sh -c make # buildkit",
            rule: "secret-in-command",
        },
        Example { path: "", text: "|1 API_KEY=secret123 /bin/sh -c make", rule: "secret-in-command" },
        Example {
            path: "",
            text: "RUN /bin/sh -c echo \"API_KEY=secret123\" > .env # buildkit",
            rule: "secret-in-command",
        },
        Example { path: "", text: "ENV DB_PASSWORD=root", rule: "secret-in-command" },
        Example { path: "Dockerfile", text: "ENV DB_PASSWORD p{lower:6}9\n", rule: "secret-in-command" },
        Example { path: "", text: "app --password=p{lower:6}9 --verbose", rule: "secret-in-command" },
        Example { path: "", text: "app --token a1B{base62:30}", rule: "secret-in-command" },
        Example { path: "config.fish", text: "set -gx DB_PASSWORD p{lower:6}9\n", rule: "secret-in-command" },
        Example {
            path: "x.sh",
            text: "consul kv put app/db/password p{lower:6}9\n",
            rule: "secret-in-command",
        },
        Example {
            path: "backup.sh",
            text: "export PASSPHRASE='Plum trees {lower:6} quietly'\n",
            rule: "secret-in-command",
        },
        Example { path: "a.conf", text: "  SetEnv API_SECRET p{lower:6}9\n", rule: "secret-in-command" },
        Example {
            path: "usr/bin/start",
            text: "#!/bin/sh\nexec app --api-secret=a1B{base62:30}\n",
            rule: "secret-in-command",
        },
    ],
    misses: &[
        Example { path: "home/bob/.zshrc", text: "alias pw='pwgen -sy {digits:2} 1'\n", rule: "" },
        Example {
            path: "x.sh",
            text: "TOKEN=$(cat /run/secrets/t)\nexport PASSWORD=\"$1\"\nread -s PASSWORD\ncurl -u \"$USER:$PASS\" h\n",
            rule: "",
        },
        Example {
            path: "",
            text: "RUN --mount=type=secret,id=token /bin/sh -c make TOKEN_FILE=/run/secrets/token # buildkit",
            rule: "",
        },
        Example { path: "", text: "ARG TOKEN", rule: "" },
        Example { path: "x.ps1", text: "Test-PasswordStrength -Password 'abc' | Write-Host\n", rule: "" },
        Example { path: "x.sh", text: "echo usage: deploy [--token TOKEN97] [--x-password=PW]\n", rule: "" },
        Example {
            path: "x.fish",
            text: "set -gx TOKEN (cat /t)\nset -x PW $argv[1]\necho \"set password for bob\"\n",
            rule: "",
        },
        Example {
            path: "x.sh",
            text: "docker login -u bob --password-stdin r\nmysql -u root -p db\ndocker build --secret id=t,src=t .\nmkdir -p /a/b\n",
            rule: "",
        },
        Example {
            path: "x.sh",
            text: "echo 'set the password with --password <password>; the --secret flag and --client-secret is needed'\n[ \"$TOKEN\" = abc ] && exit\ngit log --author-token\n12  link = connect(host, Login(name=name, password=password), retry=3)\n",
            rule: "",
        },
        Example {
            path: "_acme.zsh",
            text: "_arguments '--token=[API token]:token:' \"--password=[a1B9x#97]:password\"\n",
            rule: "",
        },
        Example {
            path: "",
            text: "ENV GPG_KEY=A035C8C19219BA821ECEA86B64E628F8D684696D PYTHON_VERSION=3.12",
            rule: "",
        },
    ],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    // A script is one by its name or its first line. In a configuration stand the flags of what is to be started.
    let flags_alone = match ground_of(text) {
        _ if text.binary => return,
        Ground::Shell => false,
        Ground::Lines => true,
        _ => return,
    };
    let mut done = 0;
    for &at in text.at {
        if at < done {
            continue;
        }
        if flags_alone && !is_flag(text.bytes, at) {
            continue;
        }
        let found = assignment(text, at);
        if let Some(found) = found {
            done = found.span.end;
            out(found);
        }
    }
}

/// Whether the name around an offset is one of a flag with its value behind a blank: `--redis-password x`, or is set by
/// a word before it: `SetEnv API_SECRET x`. The finder of names has the others.
fn is_flag(text: &[u8], at: usize) -> bool {
    let name = name_around(text, at);
    let before = text.get(name.span().start.saturating_sub(BEFORE)..name.span().start).unwrap_or_default();
    let set = setter(before).is_some_and(|setter| setter == Setter::Variable);
    // `-redis.password x`, as programs in Go have their flags.
    (before.ends_with(b"--") || before.ends_with(b" -") || set) && text.get(name.span().end) == Some(&b' ')
}

/// How far before a name the word that sets it may stand, in bytes.
const BEFORE: usize = 120;

/// What sets a name to the word behind it.
#[derive(Clone, Copy, PartialEq)]
enum Setter {
    /// One of a shell or server, for variables: `ENV`, `setenv`, `set -gx`.
    Variable,
    /// A program's own: `npm config set`, `consul kv put`.
    Program,
}

/// The word that sets a name, at the end of what stands before it; flags and the first parts of the name lie between.
fn setter(before: &[u8]) -> Option<Setter> {
    let line = before.rsplit(|b| *b == b'\n').next().unwrap_or_default().to_ascii_lowercase();
    let whole = line.last().is_none_or(u8::is_ascii_whitespace);
    let mut words = line.rsplit(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).peekable();
    // `//registry/:_authToken`, `"Db:Password"`
    if !whole && words.next_if(|word| matches!(word.last(), Some(b'/' | b':' | b'"' | b'\''))).is_none() {
        return None;
    }
    let mut exports = false;
    while let Some(flag) = words.next_if(|word| word.starts_with(b"-")) {
        exports |= flag.contains(&b'x') || flag.contains(&b'u') || flag.contains(&b'g');
    }
    let word = words.next()?.rsplit(|b| matches!(b, b'(' | b'"' | b'\'')).next()?;
    let list = |known: &[&str]| known.iter().any(|known| known.as_bytes() == word);
    if list(&["env", "setx", "setenv", "fastcgi_param", "uwsgi_param", "set-environment"])
        || word == b"set" && exports && words.next().is_none_or(|before| !before.starts_with(b"conf"))
    {
        return Some(Setter::Variable);
    }
    list(&["set", "put", "config", "--set"]).then_some(Setter::Program)
}

/// `NAME=value`, `--name=value`, `--name value`, `ENV NAME value`.
pub(super) fn assignment<'b>(text: &Text<'b>, at: usize) -> Option<Found<'b>> {
    let name = name_around(text.bytes, at);
    // Quicker to see than what the name says.
    if !matches!(text.bytes.get(name.span().end), Some(b'=' | b' ' | b'"' | b'\'')) {
        return None;
    }
    let says = says(name.bytes());
    if says == Says::Nothing || at >= name.span().end {
        return None;
    }
    let start = name.span().start;
    let before = text.bytes.get(start.saturating_sub(BEFORE)..start).unwrap_or_default();
    let rest = Part::between(text.bytes, name.span().end..text.bytes.len().min(name.span().end + 4096));
    // The value of `alias pw='pwgen 20'` is a command.
    if before.trim_ascii_end().ends_with(b"alias") {
        return None;
    }
    let listed = is_listed(text, start);
    let value = if let Some(after) = rest.strip("=") {
        if listed == Listed::Yes { unquoted(after) } else { word(after) }
    } else {
        let flag = before.ends_with(b"--") || before.ends_with(b" -");
        let setter = setter(before).filter(|_| !flag);
        let rest = rest.strip("\"").or_else(|| rest.strip("'")).unwrap_or(rest);
        let spaced = rest.strip(" ").filter(|_| flag || setter.is_some())?;
        let value = word(spaced.trim_of(|b| b == b' '));
        // `echo "set password for bob"` is a sentence, and `the --secret flag` one of its parts.
        if setter == Some(Setter::Program) && is_wordy(value.bytes())
            || is_of_sentence(value)
            || is_of_help(name.bytes(), value)
        {
            return None;
        }
        value.while_(|b| b != b';')
    };
    // `set /p PASSWORD=Enter it:` asks, and what stands in brackets is a command of fish.
    let asked = before.to_ascii_lowercase().trim_ascii_end().ends_with(b"set /p");
    // `[--token TOKEN]` tells how a program is used.
    let usage = before.ends_with(b"[--") && value.bytes().ends_with(b"]")
        // `'--token=[API token]:token:'` tells zsh the same.
        || before.ends_with(b"--") && rest.bytes().starts_with(b"=[");
    // `connect(name=name, password=password)` of a program that tells where it fails.
    let handed = name.bytes().eq_ignore_ascii_case(value.bytes())
        && matches!(text.bytes.get(value.span().end), Some(b',' | b')'));
    let plain = !asked
        && !usage
        && !handed
        && !matches!(value.bytes().first(), Some(b'-' | b'('))
        && !value.bytes().starts_with(b"id=")
        && !value.bytes().starts_with(b"type=");
    let label = String::from_utf8_lossy(name.bytes()).into_owned();
    let sure = plain.then_some(()).and_then(|()| judge(text, says, name, value));
    let sure =
        if is_tested(before) { sure.filter(|_| is_chosen(value.bytes())).map(|_| DOUBT) } else { sure };
    sure.map(|(level, confidence)| {
        Found::here(&RULE, value, length_of(&format!("value of {label}"), value.len())).at(level, confidence)
    })
}

const DOUBT: (Level, Confidence) = (Level::Warn, Confidence::Low);

/// Whether a flag is one of a cmdlet that tells how good a password is: `Test-PasswordStrength -Password 'abc'`.
fn is_tested(before: &[u8]) -> bool {
    let line = before.rsplit(|b| *b == b'\n').next().unwrap_or_default().to_ascii_lowercase();
    let command = line.rsplit(|b| matches!(b, b'|' | b';' | b'(' | b'{')).next().unwrap_or_default();
    let verb = command.trim_ascii_start().split(u8::is_ascii_whitespace).next().unwrap_or_default();
    line.ends_with(b" -") && verb.starts_with(b"test-")
}

/// Whether a value stands in a list that builders write without quotes.
#[derive(PartialEq)]
enum Listed {
    Yes,
    No,
}

fn is_listed(text: &Text<'_>, at: usize) -> Listed {
    if !matches!(text.hint, Hint::Text) {
        return Listed::No;
    }
    let before = text.bytes.get(..at).unwrap_or_default();
    let head = before.strip_prefix(b"RUN ").unwrap_or(before);
    let head = head.strip_prefix(b"/bin/sh -c #(nop) ").unwrap_or(head).trim_ascii_start();
    let arguments = head.starts_with(b"|") && memchr::memmem::find(head, b" /").is_none();
    let pairs = [&b"ENV "[..], b"ARG ", b"LABEL "].iter().any(|w| head.starts_with(w));
    if arguments || pairs { Listed::Yes } else { Listed::No }
}

/// A value without quotes: up to the next `NAME=`, the command or the builder's mark, else one word.
fn unquoted(after: Part<'_>) -> Part<'_> {
    // `|1 TOKEN= /bin/sh -c …`: nothing was passed.
    if after.bytes().first().is_none_or(u8::is_ascii_whitespace) {
        return after.first(0);
    }
    let first = word(after);
    for next in after.words().skip(1) {
        let name = next.while_(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'.' || b == b'-');
        let pair = !name.is_empty() && next.after(&name).strip("=").is_some();
        if pair || next.bytes().starts_with(b"/") || next.is("#") {
            let end = next.span().start - after.span().start;
            return after.first(end).trim().unquote();
        }
    }
    first
}

/// A word of the shell: in quotes, or up to white space or a mark that ends it.
pub(super) fn word(rest: Part<'_>) -> Part<'_> {
    match rest.bytes() {
        // `-DPASS="\"x\""` for a compiler, and `'"x"'`.
        [b'"', b'\\', b'"', ..] => rest.skip(3).while_(|b| !matches!(b, b'"' | b'\\' | b'\n')),
        [quote @ (b'"' | b'\''), ..] => rest.skip(1).while_(|b| b != *quote && b != b'\n'),
        [b'\\', quote @ (b'"' | b'\''), ..] => {
            rest.skip(2).while_(|b| b != *quote && b != b'\\' && b != b'\n')
        }
        _ => rest.while_(|b| {
            !b.is_ascii_whitespace()
                && !matches!(b, b';' | b'|' | b'&' | b'"' | b'\'' | b'<' | b'>' | b')' | b'\\')
        }),
    }
}

fn judge(text: &Text<'_>, says: Says, name: Part<'_>, value: Part<'_>) -> Option<(Level, Confidence)> {
    let in_image = matches!(text.hint, Hint::Text);
    let password = is_password(name.bytes());
    if is_password_perhaps(name.bytes()) && worth(value.bytes()) != Worth::Strong && !is_chosen(value.bytes())
    {
        return None;
    }
    match (worth(value.bytes()), says) {
        (Worth::Nothing | Worth::Reference | Worth::Hollow | Worth::Trivial, _) | (_, Says::Nothing) => None,
        (Worth::Strong, Says::Secret) => Some((Level::Deny, Confidence::High)),
        (Worth::Strong, Says::Maybe) if is_login(name.bytes()) => Some((Level::Deny, Confidence::Medium)),
        (worth, Says::Maybe) if is_key_of_something(name.bytes()) => {
            let one = worth == Worth::Strong && service_key::is_one(name.bytes(), value.bytes());
            one.then_some((Level::Deny, Confidence::Medium))
        }
        (Worth::Strong, Says::Maybe) => Some((Level::Warn, Confidence::Medium)),
        (_, Says::Maybe) => None,
        _ if in_image && says == Says::Secret => Some((Level::Deny, Confidence::Medium)),
        // An environment has settings, not identifiers that a program gives out.
        (Worth::Uuid, _) if is_unmistakable(name.bytes()) || is_variable(name.bytes()) => {
            Some((Level::Deny, Confidence::Medium))
        }
        // Of a passphrase words are expected.
        (Worth::Prose, _) if is_phrase_name(name.bytes()) && is_own_password(value.bytes()) => {
            Some((Level::Deny, Confidence::Medium))
        }
        (Worth::Default | Worth::Uuid | Worth::Prose, _) => Some((Level::Warn, Confidence::Low)),
        (_, _) if is_wordy(value.bytes()) && !password && !is_joined_phrase(value.bytes()) => {
            Some((Level::Warn, Confidence::Low))
        }
        _ => Some((Level::Deny, Confidence::Medium)),
    }
}

fn is_phrase_name(name: &[u8]) -> bool {
    name.to_ascii_lowercase().ends_with(b"passphrase")
}

/// `ACME_TOKEN`, as variables of the environment are written.
fn is_variable(name: &[u8]) -> bool {
    name.contains(&b'_') && name.ends_with(b"TOKEN")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finder::tests::secrets_in;

    fn secrets(text: &str) -> Vec<String> {
        secrets_in(&FINDER, "", text)
    }

    #[test]
    fn build_arguments_of_a_history_are_read_as_builders_write_them() {
        let empty =
            "RUN |2 TOKEN= USER=bob /bin/sh -c npm config set //r.acme.dev/:_authToken $TOKEN /x # buildkit";
        assert!(secrets(empty).is_empty() && secrets("|1 PASSWORD= /bin/sh -c make -C /src").is_empty());
        assert_eq!(secrets("RUN |2 TOKEN=abc USER=bob /bin/sh -c make # buildkit"), ["abc"]);
        assert_eq!(secrets("RUN |2 PASSWORD=a b c USER=bob /bin/sh -c make"), ["a b c"]);
        assert_eq!(secrets("|1 NPM_TOKEN=x1y2 /bin/sh -c npm ci"), ["x1y2"]);
        assert_eq!(secrets("|2 A=1 DB_PASSWORD=pw one /bin/bash -c true"), ["pw one"]);
        assert_eq!(secrets("/bin/sh -c #(nop)  ENV API_KEY=secret123"), ["secret123"]);
        assert_eq!(secrets("ENV A=1 DB_PASSWORD=correct horse B=2"), ["correct horse"]);
        assert_eq!(secrets("ARG NPM_TOKEN=hunter2"), ["hunter2"]);
        assert_eq!(secrets("LABEL api.token=hunter2"), ["hunter2"]);
    }

    #[test]
    fn commands_of_an_image_are_read() {
        assert_eq!(secrets("CMD [\"app\" \"--password=hunter2\"]"), ["hunter2"]);
        assert_eq!(secrets("RUN /bin/sh -c PGPASSWORD=hunter2 psql -h db # buildkit"), ["hunter2"]);
        assert_eq!(secrets("RUN /bin/sh -c npm config set //r/:_authToken=hunter2 # buildkit"), ["hunter2"]);
        assert_eq!(secrets("RUN /bin/sh -c printf 'api_key=hunter2\\n' > /x"), ["hunter2"]);
    }

    #[test]
    fn what_is_no_value_is_not_reported() {
        for text in [
            "RUN |1 TOKEN= /bin/sh -c make",
            "RUN |1 VERSION=1 /bin/sh -c echo $TOKEN",
            "ENV PASSWORD_FILE=/run/secrets/x",
            "RUN /bin/sh -c export TOKEN=$(cat /t)",
            "RUN --mount=type=secret,id=token,env=TOKEN /bin/sh -c make",
            "COPY token.txt /token # buildkit",
            "RUN /bin/sh -c passwd -d root",
            "RUN /bin/sh -c useradd --password '*' bob",
            "RUN /bin/sh -c pip install secret-service tokenizers",
        ] {
            assert_eq!(secrets(text), Vec::<String>::new(), "{text}");
        }
    }
}
