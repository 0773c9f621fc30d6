//! Passwords among the arguments of programs: `curl -u bob:…`, `mysql -p…`, `sshpass -p …`, `openssl … -passin pass:…`.
//!
//! bad: `sshpass -p hunter22 ssh h`
//! good: `sshpass -f /run/secrets/h ssh h`

mod bundled;
mod handed;
mod program;

use tightlip_report::{Confidence, Level};

use self::program::{PROGRAMS, Place, Program, words};
use super::judge::coined::is_coined;
use super::judge::ground::{Ground, ground, is_shell_script};
use super::judge::in_login::is_own_password;
use super::judge::length_of;
use super::judge::name::{Says, says};
use super::judge::once;
use super::judge::own_note::is_own_note;
use super::judge::sentence::{is_of_help, is_of_sentence};
use super::judge::value::{Worth, is_wordy, worth};
use super::judge::weak::is_chosen_in_quotes;
use super::shell::word;
use crate::read::Part;
use crate::{Example, Finder, Found, Hint, Rule, Text};

static RULE: Rule = Rule::new(
    "password-argument",
    "Password among the arguments of a program",
    "Whoever can read the command, in the image's history, a script or a log, has it.",
)
.source("https://docs.docker.com/build/building/secrets/")
.at(Level::Deny, Confidence::Medium);

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "command",
    rules: &[&RULE],
    wants: |hint| !matches!(hint, Hint::Named(_)) && ground(hint) != Ground::Noise,
    keywords: {
        const ALL: [&str; PROGRAMS.len()] = words();
        &ALL
    },
    find,
    hits: &[
        Example { path: "a.mk", text: "\tnpx vsce publish --pat p{lower:50}97\n", rule: "password-argument" },
        Example { path: "a.sh", text: "vault operator unseal a1B{base62:40}\n", rule: "password-argument" },
        Example {
            path: "root/.bash_history",
            text: "ls\nmysql -uroot -pQ9{lower:6} db\n",
            rule: "password-argument",
        },
        Example {
            path: "x.sh",
            text: "curl -fsS -u bob:p{lower:6}9 https://h.internal/\n",
            rule: "password-argument",
        },
        Example {
            path: "x.sh",
            text: "docker login -u bob -p p{lower:6}9 r.internal\n",
            rule: "password-argument",
        },
        Example { path: "x.sh", text: "sshpass -p 'p{lower:6}9' ssh h\n", rule: "password-argument" },
        Example {
            path: "x.sh",
            text: "openssl rsa -in k.pem -passin pass:p{lower:6}9 -out x\n",
            rule: "password-argument",
        },
        Example { path: "ci.yml", text: "run: sshpass -p p{lower:6}9 ssh h\n", rule: "password-argument" },
        Example {
            path: "package.json",
            text: r#"{"scripts": {"up": "curl -u bob:p{lower:6}9 https://h.internal/"}}"#,
            rule: "password-argument",
        },
        Example { path: "x.sh", text: "echo p{lower:6}9 | sudo -S true\n", rule: "password-argument" },
        Example { path: "x.sh", text: "rabbitmqctl add_user app p{lower:6}9\n", rule: "password-argument" },
        Example {
            path: "Windows/System32/Tasks/Export",
            text: "<Command>C:\\tools\\bcp.exe</Command>\n <Arguments>a.b out c.csv -U bob -P Plum{lower:6}97</Arguments>\n",
            rule: "password-argument",
        },
        Example { path: "x.txt", text: "sqlplus system/p{lower:6}97@ORCL\n", rule: "password-argument" },
        Example {
            path: "ci.py",
            text: "sh(\"docker\", \"login\", REG, \"-u\", \"bot\", \"-p\", \"a1B{base62:20}\")\n",
            rule: "password-argument",
        },
    ],
    misses: &[
        Example {
            path: "x.sh",
            text: "usage: deploy --user USER --password DB_PASSWORD [--token TOKEN] [--api-key KEY97]\n",
            rule: "",
        },
        Example {
            path: "x.sh",
            text: "curl -u \"$USER:$PASS\" h\ndocker login -u bob --password-stdin r\nmysql -u root -p db\nmkdir -p /a/b\n",
            rule: "",
        },
        Example {
            path: "x.sh",
            text: "Using --password via the CLI is insecure. Use --token to pass it; the --api-key flag is gone, docker login -p is as well\nopenssl rsa -passin env:P -in k\nopenssl rsa -passin file:/p1 -in k\nsshpass -e ssh h\necho x1 | sudo tee y\n",
            rule: "",
        },
        Example {
            path: "svn.py",
            text: "extra = [\"svn\", \"co\"]\nextra += [\"--username\", username]\nextra += [\"--password\", passw0rd_9]\n",
            rule: "",
        },
        Example {
            path: "a.sh",
            text: "htpasswd -bc /etc/nginx/.htpasswd \"$BASIC_USER\" \"$(cat /run/secrets/basic_pw)\"\n",
            rule: "",
        },
        Example { path: "a.sh", text: "P=$(cat /run/p)\nmysql -u bob -p\"$P\" -h h\n", rule: "" },
        Example { path: "a.sh", text: "echo \"usage: $0 [--user USER] [--token TOKEN] job\"\n", rule: "" },
        Example {
            path: "README.md",
            text: "curl -u user:password https://h/ and mysql -u root -ppassword\n",
            rule: "",
        },
    ],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    if text.binary {
        return;
    }
    let mut done = 0;
    for &at in text.at {
        let rest = Part::between(text.bytes, at..text.bytes.len().min(at + 2048));
        let Some(program) = PROGRAMS.iter().find(|program| is_called(rest, program)) else { continue };
        let joined = matches!(program.place, Place::Pass(_));
        let before = rest.byte_before();
        if !joined && (before.is_ascii_alphanumeric() || matches!(before, b'-' | b'_' | b'.')) {
            continue;
        }
        let line = of_task(rest, program).unwrap_or_else(|| command(rest));
        let ends = [&b" # buildkit"[..], b"</Arguments>"];
        let line = ends.iter().find_map(|end| line.cut_at(end)).map_or(line, |(line, _)| line);
        if !once::may_judge(line.len()) {
            break;
        }
        for value in values(text.bytes, line, program) {
            if value.span().start < done {
                continue;
            }
            let handed = || if is_script(&text.hint) { handed::text_of(value) } else { None };
            let sure = judge(text, value).map(|sure| (value, sure));
            let sure = sure.or_else(|| Some((handed()?, (Level::Deny, Confidence::Medium))));
            if let Some((value, (level, confidence))) = sure {
                done = value.span().end.max(done);
                let shape = length_of(&format!("password for {}", name_of(program)), value.len());
                out(Found::here(&RULE, value, shape).at(level, confidence));
            }
        }
    }
}

/// Whether what a text sets may be handed on by it: a script, or one of no known kind.
fn is_script(hint: &Hint<'_>) -> bool {
    matches!(ground(hint), Ground::Shell | Ground::Yaml)
        || matches!(hint, Hint::File(path) if path.is_empty())
}

/// The arguments of a program in a task of Windows, which has them in an element of their own:
/// `<Command>curl.exe</Command> <Arguments>-u bob:x</Arguments>`.
fn of_task<'b>(rest: Part<'b>, program: &Program) -> Option<Part<'b>> {
    let flags = matches!(program.place, Place::After(_) | Place::Pair(_));
    let after = rest.skip(program.word.len());
    let after = after.strip(".exe").unwrap_or(after);
    let after = after.strip("\"").unwrap_or(after).strip("</command>")?.trim();
    after.strip("<arguments>").filter(|_| flags)?.cut_at(b"</Arguments>").map(|(arguments, _)| arguments)
}

/// Up to the end of a command: of its line, or a mark that ends it outside of an argument in quotes. A backslash goes on
/// with the next line.
fn command(rest: Part<'_>) -> Part<'_> {
    let bytes = rest.bytes();
    let mut at = 0;
    while let Some(b) = bytes.get(at) {
        match b {
            b'\n' | b';' | b'|' => return rest.first(at),
            b'"' | b'\'' if at > 0 && matches!(bytes.get(at - 1), Some(b' ' | b'=')) => {
                let inside = bytes.get(at + 1..).unwrap_or_default();
                let close = inside.iter().position(|other| other == b || *other == b'\n');
                let closed = close
                    .filter(|n| inside.get(*n) == Some(b) && inside.get(n + 1).is_none_or(|b| *b == b' '));
                at += closed.map_or(1, |n| n + 2);
            }
            _ => at += 1,
        }
    }
    rest
}

/// Whether the program's words stand here whole: a blank follows, in the form of a list a quote, or an equals sign.
fn is_called(rest: Part<'_>, program: &Program) -> bool {
    let Some(after) = rest.strip(program.word) else { return false };
    // `[mysqladmin, -u, root]`
    let listed = rest.byte_before() == b'[' && after.bytes().starts_with(b",");
    let blank = listed || matches!(after.bytes().first(), Some(b' ' | b'"' | b'\'' | b'\t' | b'\\'));
    match program.place {
        Place::Pass(_) => true,
        // `mysqldump`, `mariadb-admin`; `sshpass`' own name ends in its flag as well.
        Place::Joined(_, _) => {
            blank || after.bytes().first().is_some_and(|b| b.is_ascii_lowercase() || matches!(b, b'-' | b'.'))
        }
        Place::Number(_) if program.word == "http-basic" => after.bytes().first() == Some(&b'.'),
        Place::Piped | Place::Pair(&["-a"]) => true,
        _ => blank || after.strip(".exe").is_some() || after.strip("</command>").is_some(),
    }
}

/// The program's name, for people.
fn name_of(program: &Program) -> &'static str {
    match program.place {
        Place::Pass(_) => "openssl",
        Place::Piped => "sudo",
        _ => program.word.trim(),
    }
}

fn values<'b>(text: &'b [u8], line: Part<'b>, program: &Program) -> Vec<Part<'b>> {
    match program.place {
        Place::After(flags) => after_flags(line, flags),
        Place::Pair(flags) => {
            let bundled = if program.word == "curl" { bundled::logins(line) } else { Vec::new() };
            let pairs = after_flags(line, flags).into_iter().chain(bundled);
            pairs.filter_map(|pair| password_of_pair(whole_pair(line, pair), b":%,")).collect()
        }
        Place::Joined(short, long) => {
            let spaced = after_flags(line, long);
            let spaced = spaced
                .into_iter()
                .filter(|value| !short.is_empty() && (long == ["-p"] || is_joined(line, *value)));
            joined_flag(line, short).into_iter().chain(spaced).collect()
        }
        Place::Admin => {
            let spaced = after_flags(line, &["password", "--password"]);
            joined_flag(line, "-p").into_iter().chain(spaced).collect()
        }
        Place::Pass(flags) => {
            let before = text.get(..line.span().start).unwrap_or_default();
            let before = before.strip_suffix(b"\"").or_else(|| before.strip_suffix(b"'")).unwrap_or(before);
            let flagged = flags.iter().any(|flag| before.trim_ascii_end().ends_with(flag.as_bytes()));
            flagged.then(|| word(line.skip("pass:".len()))).into_iter().collect()
        }
        // `http-basic.acme.username = "ann"` of a listing is no command.
        Place::Number(n)
            if plain(line.skip(program.word.len())).nth(1).is_some_and(|w| w.is("=")) && n > 1 =>
        {
            Vec::new()
        }
        Place::Number(n) => {
            // Switches of Windows begin with a slash: `net user guest /active:no`.
            let switch = |value: &Part<'b>| program.word == "net user" && value.bytes().starts_with(b"/");
            let value = plain(line.skip(program.word.len())).nth(n).map(word);
            value.filter(|value| !switch(value)).into_iter().collect()
        }
        Place::Last(marks) => {
            let last = plain(line.skip(program.word.len())).last().map(|w| w.unquote());
            last.and_then(|pair| password_of_pair(pair, marks)).into_iter().collect()
        }
        Place::Share => behind_share(line.skip(program.word.len())).into_iter().collect(),
        Place::Batch => {
            let batch =
                line.words().skip(1).any(|w| w.bytes().starts_with(b"-") && w.bytes().contains(&b'b'));
            let last = line.words().last().filter(|last| batch && !is_substituted(line, *last));
            last.map(|w| w.unquote()).into_iter().collect()
        }
        Place::Slash => line
            .words()
            .skip(1)
            .find_map(|w| password_of_pair(w.unquote(), b"/"))
            .map(|password| password.while_(|b| b != b'@'))
            .into_iter()
            .collect(),
        Place::Piped => said_before(text, line.span().start).into_iter().collect(),
        Place::Next => next(line, program.word).into_iter().collect(),
    }
}

/// Whether a word is a piece of what the shell puts in: `"$(cat /run/secrets/x)"`.
fn is_substituted(line: Part<'_>, word: Part<'_>) -> bool {
    let before = Part::between(line.whole(), line.span().start..word.span().start).bytes();
    let opened = memchr::memmem::rfind(before, b"$(");
    opened.and_then(|open| before.get(open..)).is_some_and(|inside| !inside.contains(&b')'))
}

/// The word behind a share: `Z: \\host\share x`. `%SRV%\files`: the server stands in a variable, or all of it does.
fn behind_share(arguments: Part<'_>) -> Option<Part<'_>> {
    let is_share = |word: &Part<'_>| {
        let name = word.bytes();
        name.starts_with(b"\\\\") || name.starts_with(b"%") && (name.contains(&b'\\') || name.ends_with(b"%"))
    };
    let rest = plain(arguments).filter(|word| !word.bytes().starts_with(b"/"));
    rest.skip_while(|word| !is_share(word)).nth(1).map(|word| word.unquote())
}

/// The word behind a flag.
fn next<'b>(line: Part<'b>, flag: &str) -> Option<Part<'b>> {
    // `["--requirepass" "x"]`: the quote that closes the flag is none of the value's.
    let after = line.skip(flag.len());
    let after = if matches!(after.bytes().first(), Some(b'"' | b'\'')) { after.skip(1) } else { after };
    if is_name_in_list(after) {
        return None;
    }
    let value = word(unnumbered(after.trim_of(|b| matches!(b, b' ' | b'\t' | b','))));
    // `[--token TOKEN]` tells how a program is used.
    let usage = line.byte_before() == b'[' && value.bytes().ends_with(b"]");
    let usage = usage || is_of_help(flag.as_bytes(), value);
    (!value.is_empty() && !value.bytes().starts_with(b"-") && !usage).then_some(value)
}

/// `["--password", password]`: what stands behind a comma without quotes is a name of the program's that writes it.
fn is_name_in_list(after: Part<'_>) -> bool {
    let listed = after.trim_of(|b| matches!(b, b' ' | b'\t'));
    let value = listed.strip(",").map(|rest| rest.trim_of(|b| matches!(b, b' ' | b'\t')));
    value
        .and_then(|value| value.bytes().first().copied())
        .is_some_and(|b| b.is_ascii_alphabetic() || b == b'_')
}

/// The words that are no flags.
pub(super) fn plain<'b>(line: Part<'b>) -> impl Iterator<Item = Part<'b>> {
    line.words()
        .map(|w| w.trim_of(|b| matches!(b, b',' | b']' | b'[')))
        .filter(|w| !w.is_empty() && !w.bytes().starts_with(b"-"))
}

fn judge(text: &Text<'_>, value: Part<'_>) -> Option<(Level, Confidence)> {
    let worth = worth(value.bytes());
    if worth <= Worth::Prose {
        return None;
    }
    // What Java's own store of certificates has everywhere, and `--password via the command line`.
    if value.is("changeit") || is_of_sentence(value) {
        return None;
    }
    // `--password PASSWORD`, `--token API_TOKEN` of a program's help.
    let blank = value.bytes().iter().all(|b| b.is_ascii_uppercase() || *b == b'_');
    if blank && says(value.bytes()) == Says::Secret {
        return None;
    }
    if matches!(text.hint, Hint::Text) {
        return Some((Level::Deny, Confidence::Medium));
    }
    let people = matches!(ground(&text.hint), Ground::Code | Ground::Prose) && !is_shell_script(text.bytes);
    match worth {
        Worth::Default => (!people).then_some((Level::Warn, Confidence::Low)),
        Worth::Strong => Some((Level::Deny, Confidence::Medium)),
        // In programs and texts for people, what does not look chosen is mostly an example.
        _ if people && is_coined(value.bytes()) => Some((Level::Deny, Confidence::Medium)),
        _ if people && is_own_note(&text.hint) && is_noted(value.bytes()) => {
            Some((Level::Deny, Confidence::Medium))
        }
        _ if people && is_wordy(value.bytes()) => None,
        _ if people && !is_chosen_in_quotes(value.bytes()) => Some((Level::Warn, Confidence::Low)),
        _ => Some((Level::Deny, Confidence::Medium)),
    }
}

/// What somebody wrote down for the people beside him is what he types.
fn is_noted(value: &[u8]) -> bool {
    is_own_password(value) && value.iter().any(|b| !b.is_ascii_lowercase())
}

/// What follows flags, after white space or an equals sign.
pub(super) fn after_flags<'b>(line: Part<'b>, flags: &[&str]) -> Vec<Part<'b>> {
    let mut all = Vec::new();
    for w in arguments(line) {
        let rest = unnumbered(line.skip(w.span().start - line.span().start));
        let rest = rest.skip(rest.while_(|b| matches!(b, b'"' | b'\'' | b'[' | b',')).len());
        for flag in flags {
            // Flags are told apart by case: curl's -u and -U.
            if !rest.bytes().starts_with(flag.as_bytes()) {
                continue;
            }
            let after = rest.skip(flag.len());
            let blank = after.while_(|b| matches!(b, b' ' | b'=' | b'"' | b',' | b'\'' | b'\\'));
            let quote = matches!(blank.bytes().last(), Some(b'"' | b'\''));
            let value =
                if quote { word(after.skip(blank.len() - 1)) } else { word(unnumbered(after.after(&blank))) };
            let quotes = usize::from(matches!(after.bytes().first(), Some(b'"' | b'\'')));
            let named = is_name_in_list(after.skip(quotes));
            if !blank.is_empty() && !value.is_empty() && !value.bytes().starts_with(b"-") && !named {
                all.push(value);
            }
        }
    }
    all
}

/// `a2="x"`: without the number that the kernel's audit log gives an argument.
fn unnumbered(argument: Part<'_>) -> Part<'_> {
    let number = argument.strip("a").map(|rest| rest.after(&rest.while_(|b| b.is_ascii_digit())));
    number.and_then(|rest| rest.strip("=")).filter(|rest| rest.bytes().starts_with(b"\"")).unwrap_or(argument)
}

/// `bob:'x'`: with the quotes that begin behind the mark.
fn whole_pair<'b>(line: Part<'b>, pair: Part<'b>) -> Part<'b> {
    let open = matches!(pair.bytes().last(), Some(b':' | b'%' | b','));
    let rest = Part::between(line.whole(), pair.span().end..line.span().end);
    if !open || !matches!(rest.bytes().first(), Some(b'"' | b'\'')) {
        return pair;
    }
    pair.through(&word(rest))
}

/// The words of a line, and of a list in quotes: `["mysqladmin","password","x"]`.
fn arguments<'b>(line: Part<'b>) -> impl Iterator<Item = Part<'b>> {
    line.words().flat_map(|w| {
        let mut rest = Some(w);
        std::iter::from_fn(move || {
            let now = rest?;
            rest = now.cut_at(b"\",\"").map(|(_, after)| after);
            Some(now)
        })
    })
}

/// What is joined to a short flag: `-psecret`.
fn joined_flag<'b>(line: Part<'b>, flag: &str) -> Option<Part<'b>> {
    // The flag may be in quotes with its value: `'-psecret'`.
    let quote = |w: &Part<'_>| usize::from(matches!(w.bytes().first(), Some(b'"' | b'\'')));
    let flagged = |w: &Part<'_>| w.skip(quote(w)).bytes().starts_with(flag.as_bytes());
    let w = arguments(line)
        .skip(1)
        .map(unnumbered)
        .find(|w| flagged(w) && w.len() > flag.len() + 2 * quote(w))?;
    let quoted = quote(&w) == 1 || matches!(w.byte_before(), b'"' | b'\'');
    let value = line.skip(w.span().start - line.span().start + quote(&w) + flag.len());
    let value = if quoted { value.while_(|b| !matches!(b, b'"' | b'\'')) } else { word(value) };
    (!value.is_empty() && !value.bytes().starts_with(b"=")).then_some(value)
}

fn is_joined(line: Part<'_>, value: Part<'_>) -> bool {
    let n = value.span().start - line.span().start;
    line.bytes().get(..n).is_some_and(|b| b.ends_with(b"=") || b.ends_with(b"=\"") || b.ends_with(b"='"))
}

/// The password of `user:password`, if there is a user, or an empty one.
fn password_of_pair<'b>(pair: Part<'b>, marks: &[u8]) -> Option<Part<'b>> {
    // `%USER%:%PASS%` in a batch file: percent signs around names divide nothing.
    let variable = pair.bytes().starts_with(b"%");
    let (user, password) = pair.cut(|b| marks.contains(&b) && !(variable && b == b'%'))?;
    // `DOMAIN/user`
    let user =
        user.bytes().iter().rposition(|b| matches!(b, b'/' | b'\\')).map_or(user, |n| user.skip(n + 1));
    let known = variable || worth(user.bytes()) > Worth::Hollow || worth(user.bytes()) == Worth::Nothing;
    let quoted = matches!(password.bytes().first(), Some(b'"' | b'\''));
    known.then(|| if quoted { password.skip(1) } else { password })
}

/// What `echo` or `printf` says into the pipe that leads to this place, if it is one word.
pub(super) fn said_before(text: &[u8], at: usize) -> Option<Part<'_>> {
    said(text, at, b'|')
}

/// The same, written into a file.
pub(super) fn said_into(text: &[u8], at: usize) -> Option<Part<'_>> {
    said(text, at, b'>')
}

fn said(text: &[u8], at: usize, mark: u8) -> Option<Part<'_>> {
    let from = at.saturating_sub(1024);
    let line = text.get(from..at)?.iter().rposition(|b| *b == b'\n').map_or(from, |n| from + n + 1);
    let before = Part::between(text, line..at);
    let pipe = before.bytes().iter().rposition(|b| *b == mark)?;
    said_by(before.first(pipe).trim_of(|b| b.is_ascii_whitespace() || b == mark))
}

/// What `echo` or `printf` says at the end of this.
pub(super) fn said_by(said: Part<'_>) -> Option<Part<'_>> {
    let command = ["echo ", "printf "]
        .iter()
        .filter_map(|c| memchr::memmem::rfind(said.bytes(), c.as_bytes()).map(|n| n + c.len()))
        .max()?;
    let mut value = said.skip(command).trim();
    let skipped = ["-n ", "-e ", "'%s' ", "\"%s\" ", "%s ", "'%s\\n' ", "\"%s\\n\" "];
    while let Some(rest) = skipped.iter().find_map(|word| value.strip(word)) {
        value = rest.trim();
    }
    let bare = value.unquote();
    // Marks of the shell stand for themselves in quotes.
    let quoted = bare.len() < value.len();
    let ends = |b: &u8| b.is_ascii_whitespace() || *b == b'"' || !quoted && matches!(b, b'|' | b'&' | b';');
    let value = bare;
    let word = !value.bytes().iter().any(ends);
    (word && !value.is_empty()).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finder::tests::secrets_in;

    fn secrets(text: &str) -> Vec<String> {
        secrets_in(&FINDER, "", text)
    }

    #[test]
    fn commands_of_an_image_are_read() {
        for text in [
            "HEALTHCHECK &{[\"CMD-SHELL\" \"curl -u bob:hunter2 http://localhost/\"] \"30s\"}",
            "RUN /bin/sh -c curl --user 'bob:hunter2' https://h/ # buildkit",
            "RUN /bin/sh -c mysqldump -uroot --password=hunter2 app",
            "RUN /bin/sh -c openssl req -passout 'pass:hunter2'",
            "CMD [\"redis-cli\", \"-a\", \"hunter2\", \"ping\"]",
        ] {
            assert_eq!(secrets(text), ["hunter2"], "{text}");
        }
    }

    #[test]
    fn every_password_of_a_command_is_found() {
        for text in [
            "RUN [\"useradd\", \"-m\", \"-p\", \"hunter22\", \"bob\"]",
            "RUN [\"mysqladmin\",\"-u\",\"root\",\"password\",\"hunter22\"]",
            "runcmd: - [mysqladmin, -u, root, password, \"hunter22\"]",
            "test: [\"CMD\", \"mysqladmin\", \"ping\", \"-uroot\", \"-phunter22\"]",
            "mysql -h db -u app '-phunter22' -e 'select 1'",
            "[\"CMD\",\"mysqladmin\",\"ping\",\"-phunter22\"]",
            "schtasks /create /tn x /ru ACME\\svc /rp hunter22 /sc daily",
            "sc create x binPath= c:\\x.exe obj= ACME\\svc password= hunter22",
            "net use Z: \\\\h\\share /user:ACME\\bob hunter22",
            "net use %SHARE% /user:ACME\\bob hunter22",
            "ttyd -p 7681 -c bob:hunter22 bash",
            "smbclient //h/s -U 'ACME/bob%hunter22'",
            "dotnet user-secrets set \"Db:Password\" \"hunter22\"",
            "mc alias set x https://h AKEY hunter22",
            "plink -pw hunter22 bob@h",
            "curl -u bob:'hunter22' https://h/",
            "lftp -u bob,\"hunter22\" sftp://h",
            "lftp -e \"mirror -R dist /www; bye\" -u bob,hunter22 h",
            "kadmin.local -q \"addprinc -pw hunter22 host/a\"",
            "kdb5_util create -s -P hunter22",
            "argc=3 a0=\"usermod\" a1=\"-p\" a2=\"hunter22\"",
            "argc=3 a0=\"mysql\" a1=\"-uroot\" a2=\"-phunter22\"",
            "<Command>curl</Command><Arguments>-u bob:hunter22 https://h/</Arguments>",
            "sc.exe create x binPath= c:\\x.exe obj= ACME\\svc password= hunter22",
            "wmic /node:h /user:bob /password:hunter22 process list",
            "argc=2 a0=\"app\" a1=\"--password\" a2=\"hunter22\"",
            "erl -name a@h -setcookie hunter22",
            "zip -q -r -P hunter22 out.zip out",
            "vault write auth/approle/login role_id=1b2c secret_id=hunter22",
            "git ftp push --user bob --passwd hunter22 ftp://ftp.acme.dev/www",
            "git-ftp init -u bob -p hunter22 ftp://ftp.acme.dev/www",
            "open -u bob,hunter22 ftp.acme.dev",
            "ftpput -u bob -p hunter22 ftp.acme.dev a b",
            "smbget -U bob%hunter22 smb://h/s/a",
            "net rpc shutdown -S h -U 'ACME/bob%hunter22'",
            "psftp -pw hunter22 bob@h",
            "security unlock-keychain -p hunter22 build.keychain",
            "security import c.p12 -k build.keychain -P hunter22 -T /usr/bin/codesign",
        ] {
            assert_eq!(secrets(text), ["hunter22"], "{text}");
        }
        for text in [
            "curl -u %USER%:%PASS% https://h/",
            "gzip -P hunter22",
            "http-basic.acme.username = \"hunter22\"",
            "unzip -p hunter22.zip",
        ] {
            assert_eq!(secrets(text), Vec::<String>::new(), "{text}");
        }
        assert_eq!(
            secrets("keytool -genkey -storepass Ab1cdefg -keypass Cd2efghi"),
            ["Ab1cdefg", "Cd2efghi"]
        );
    }

    #[test]
    fn what_is_put_into_a_store_or_signs_in_to_one_is_found() {
        for text in [
            "apptainer remote login -u bob -p hunter22 oras://r.acme.dev",
            "ctr images pull --user bob:hunter22 r.acme.dev/x:1",
            "java -jar jenkins-cli.jar -s https://h -auth bob:hunter22 build x",
            "pulumi config set --secret dbPassword hunter22",
            "az keyvault secret set --vault-name v --name db --value hunter22",
            "drone secret add --repository a/b --name deploy --data hunter22",
            "rabbitmqadmin -u bob -p hunter22 list queues",
            "beeline -u jdbc:hive2://h -n bob -p hunter22",
            "db2 connect to shop user bob using hunter22",
        ] {
            assert_eq!(secrets(text), ["hunter22"], "{text}");
        }
        for text in
            ["pulumi config set --secret dbPassword \"$PW\"", "kubectl get secret add-on1 --data hunter22x=y"]
        {
            assert_eq!(secrets(text), Vec::<String>::new(), "{text}");
        }
    }
}
