//! Passwords that a program which sets them is fed with: lines for `chpasswd` in a here-document, the same twice for `passwd`,
//! `smbpasswd -s` and `mysql_secure_installation`, answers for `debconf-set-selections`.
//!
//! What is typed twice in a row is the password, whatever else is answered before and after.
//!
//! bad: `printf 'otter-lamp\notter-lamp\n' | smbpasswd -s -a bob`
//! good: `chpasswd < /run/secrets/logins`

use tightlip_report::{Confidence, Level};

use super::judge::ground::{Ground, ground, is_named_manual};
use super::judge::in_login::is_own_password;
use super::judge::length_of;
use super::judge::reading::line_around;
use super::judge::value::{Worth, is_password_hash, worth};
use crate::read::Part;
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule = Rule::new(
    "fed-password",
    "Password that a program is fed with to set it",
    "Whoever can read the script, or the image's history, can log in.",
)
.source("https://docs.docker.com/build/building/secrets/")
.at(Level::Deny, Confidence::Medium);

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "fed",
    rules: &[&RULE],
    wants: |hint| ground(hint) != Ground::Noise && !is_named_manual(hint),
    keywords: &["passwd", "mysql_secure_installation", "debconf-set-selections"],
    find,
    hits: &[
        Example {
            path: "a.sh",
            text: "chpasswd <<EOF\nroot:otter-lamp\nann:$PW\nEOF\n",
            rule: "fed-password",
        },
        Example { path: "a.sh", text: "cat <<EOF | chpasswd\nroot:otter-lamp\nEOF\n", rule: "fed-password" },
        Example {
            path: "a.sh",
            text: "(echo otter-lamp; echo otter-lamp) | smbpasswd -s -a bob\n",
            rule: "fed-password",
        },
        Example {
            path: "Dockerfile",
            text: "FROM x\nRUN echo -e \"otter-lamp\\notter-lamp\" | passwd bob\n",
            rule: "fed-password",
        },
        Example {
            path: "a.sh",
            text: "mysql_secure_installation <<EOF\n\ny\notter-lamp\notter-lamp\ny\nEOF\n",
            rule: "fed-password",
        },
        Example {
            path: "a.sh",
            text: "echo 'slapd slapd/password1 password otter-lamp' | debconf-set-selections\n",
            rule: "fed-password",
        },
        Example {
            path: "a.py",
            text: "subprocess.run(['chpasswd'], input='root:otter-lamp')\n",
            rule: "fed-password",
        },
    ],
    misses: &[
        Example {
            path: "a.sh",
            text: "chpasswd <<EOF\nroot:$PW\nann:<password>\nEOF\nchpasswd -e < f\n(echo $PW; echo $PW) | passwd\nmysql_secure_installation <<EOF\n\nn\ny\ny\nEOF\n",
            rule: "",
        },
        Example {
            path: "a.sh",
            text: "echo 'x x/ask boolean true' | debconf-set-selections\ncat /etc/passwd | sort\necho same same | tee /etc/passwd\n",
            rule: "",
        },
    ],
};

/// What is fed to a program.
enum Taken {
    /// Lines of a user and a password.
    Logins,
    /// The password twice.
    Twice,
    /// Questions with their kinds and answers.
    Answers,
}

const PROGRAMS: [(&str, Taken); 5] = [
    ("chpasswd", Taken::Logins),
    ("smbpasswd", Taken::Twice),
    ("passwd", Taken::Twice),
    ("mysql_secure_installation", Taken::Twice),
    ("debconf-set-selections", Taken::Answers),
];

/// So far below its line a here-document is read, in bytes.
const BODY: usize = 4096;

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let commands = matches!(ground(&text.hint), Ground::Shell | Ground::Yaml);
    let mut done = 0;
    for &at in text.at.iter().filter(|_| !text.binary) {
        let line = line_around(text.bytes, at);
        if line.len() > BODY {
            continue;
        }
        let Some((taken, fed)) = fed(line, at) else { continue };
        let values = match taken {
            Taken::Logins => logins(fed),
            Taken::Twice => twice(fed),
            Taken::Answers => answers(fed),
        };
        for value in values {
            let bytes = value.bytes();
            let own = is_own_password(bytes) || worth(bytes) == Worth::Strong;
            let set = matches!(worth(bytes), Worth::Weak | Worth::Strong | Worth::Number) && bytes.len() >= 4;
            if value.span().start < done || is_password_hash(bytes) || !(own || commands && set) {
                continue;
            }
            done = value.span().end;
            out(Found::here(&RULE, value, length_of("password", value.len())));
        }
    }
}

/// Which program stands at a place, and what it is fed with.
fn fed(line: Part<'_>, at: usize) -> Option<(&'static Taken, Part<'_>)> {
    let at = at - line.span().start;
    let before = line.first(at);
    let length = before.bytes().iter().rev().take_while(|b| b.is_ascii_alphabetic()).count();
    let (word, taken) = PROGRAMS.iter().find_map(|(word, taken)| {
        let start = at.checked_sub(length)?;
        let rest = line.skip(start).strip(word)?;
        let whole = !rest.bytes().first().is_some_and(|b| b.is_ascii_alphanumeric() || b"._-/:".contains(b));
        whole.then_some((line.first(start), taken))
    })?;
    let after = line.skip(word.len());
    if let Some(body) = here_document(line) {
        return Some((taken, body));
    }
    if let Some((_, said)) = after.cut_at(b"<<<").or_else(|| after.cut_at(b"input=")) {
        return Some((taken, said));
    }
    // A path, or who is to run it, stands between the pipe and the program.
    let pipe = memchr::memrchr(b'|', word.bytes())?;
    let between = word.skip(pipe + 1).trim();
    let plain = between.words().all(|w| w.is("sudo") || w.bytes().starts_with(b"/") || w.is("chroot"));
    plain.then(|| (taken, word.first(pipe)))
}

/// What stands below a line that opens a here-document, up to its end.
fn here_document(line: Part<'_>) -> Option<Part<'_>> {
    let (_, mark) = line.cut_at(b"<<").filter(|(_, mark)| !mark.bytes().starts_with(b"<"))?;
    let mark = mark.strip("-").unwrap_or(mark).trim();
    let mark = mark.trim_of(|b| matches!(b, b'"' | b'\'' | b'\\'));
    let mark = mark.while_(|b| b.is_ascii_alphanumeric() || b == b'_');
    let start = line.span().end + 1;
    let whole = line.whole();
    let body = Part::between(whole, start.min(whole.len())..whole.len().min(start + BODY));
    let end = body.lines().find(|line| !mark.is_empty() && line.trim().bytes() == mark.bytes())?;
    Some(body.first(end.span().start - body.span().start))
}

/// Each `user:password`.
fn logins(fed: Part<'_>) -> Vec<Part<'_>> {
    // What `echo` pipes is for the finder of pipes.
    let says = ["echo", "printf"];
    let piped = says.iter().any(|say| memchr::memmem::find(fed.bytes(), say.as_bytes()).is_some());
    if piped { Vec::new() } else { fed.lines().filter_map(login).collect() }
}

fn login(line: Part<'_>) -> Option<Part<'_>> {
    let said = line.trim();
    let bytes = said.strip("b").filter(|said| matches!(said.bytes().first(), Some(b'"' | b'\'')));
    let said = bytes.unwrap_or(said).trim_of(|b| matches!(b, b'"' | b'\'' | b')' | b','));
    let (user, password) = said.cut(|b| b == b':')?;
    let name = |b: &u8| b.is_ascii_alphanumeric() || b"_.-".contains(b);
    let plain = !user.is_empty() && user.bytes().iter().all(name);
    plain.then(|| up_to_end(password))
}

/// Up to what ends a word, or the text in quotes that it stands in.
fn up_to_end(value: Part<'_>) -> Part<'_> {
    value.while_(|b| !b.is_ascii_whitespace() && !matches!(b, b'"' | b'\'' | b'\\'))
}

/// The word that stands twice in a row.
fn twice(fed: Part<'_>) -> Vec<Part<'_>> {
    let mut words: Vec<Part<'_>> = Vec::new();
    let mut rest = fed;
    while !rest.is_empty() {
        // `\n` in a text ends a line as well.
        let gap = rest.while_(|b| b.is_ascii_whitespace() || b"\"'();{}&".contains(&b));
        rest = rest.after(&gap);
        if let Some(next) = rest.strip("\\n") {
            rest = next;
            continue;
        }
        let word = rest.while_(|b| !b.is_ascii_whitespace() && !b"\"'();\\".contains(&b));
        let word = if word.is_empty() { rest.first(1) } else { word };
        rest = rest.after(&word);
        let says = ["echo", "printf", "-e", "-n", "-ne", "-en", "%s"].iter().any(|said| word.is(said));
        words.extend((!word.is_empty() && !says).then_some(word));
        if word.is_empty() {
            break;
        }
    }
    let pair = words.windows(2).find(|pair| matches!(pair, [a, b] if a.bytes() == b.bytes() && a.len() >= 4));
    pair.and_then(<[Part<'_>]>::first).copied().into_iter().collect()
}

/// Each answer to a question for a password: `slapd slapd/password1 password x`.
fn answers(fed: Part<'_>) -> Vec<Part<'_>> {
    fed.lines().filter_map(answer).collect()
}

fn answer(line: Part<'_>) -> Option<Part<'_>> {
    let (question, value) = line.cut_at(b" password ")?;
    question.bytes().contains(&b'/').then(|| up_to_end(value.trim()))
}
