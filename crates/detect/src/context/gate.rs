//! What a program asks for before it goes on: `if input("Password: ") == "…"`, `If Console.ReadLine() <> "…" Then`,
//! `strcmp(p, "…")` in a function that logs in.
//!
//! What is compared has no telling name; what is asked, who compares and what follows tell it.
//!
//! bad: `if input("Password: ") != "hunter22x": sys.exit("access denied")`
//! good: `if not verify(getpass(), os.environ["PASSWORD_HASH"]): sys.exit("access denied")`

use tightlip_report::{Confidence, Level};

use super::judge::coined::is_coined;
use super::judge::ground::{Ground, ground, is_page};
use super::judge::length_of;
use super::judge::reading::{line_before, line_from};
use super::judge::value::{classes, is_picked, is_secret};
use super::judge::weak::{is_chosen_in_quotes, is_made, is_numbered_phrase};
use crate::read::Part;
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule = Rule::new(
    "password-in-comparison",
    "Password that a program compares with",
    "Whoever can read the program knows what it asks for.",
)
.source("https://cwe.mitre.org/data/definitions/798.html")
.at(Level::Deny, Confidence::Medium);

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "gate",
    rules: &[&RULE],
    wants: |hint| matches!(ground(hint), Ground::Code | Ground::Shell) || is_page(hint),
    keywords: {
        const ALL: [&str; ASKS.len()] = words();
        &ALL
    },
    find,
    hits: &[
        Example {
            path: "a.py",
            text: "if input(\"Password: \") == \"p{lower:6}97\":\n    run()\n",
            rule: "password-in-comparison",
        },
        Example {
            path: "a.cs",
            text: "if (Console.ReadLine() != \"p{lower:6}97\") { Console.WriteLine(\"Access denied\"); }\n",
            rule: "password-in-comparison",
        },
        Example {
            path: "a.c",
            text: "int check_login(char *u, char *p) { return strcmp(p, \"Xk{lower:6}97\") == 0; }\n",
            rule: "password-in-comparison",
        },
        Example {
            path: "a.bas",
            text: "If InputBox(\"Enter the password\") = \"p{lower:6}97\" Then\n",
            rule: "password-in-comparison",
        },
        Example {
            path: "a.py",
            text: "if u == \"ann\" and p == \"Xk9{lower:4}97!\":\n    return login(u)\n",
            rule: "password-in-comparison",
        },
        Example {
            path: "a.cs",
            text: "return pin == \"719{digits:1}03\";\n",
            rule: "password-in-comparison",
        },
        Example {
            path: "a.pas",
            text: "if Edit2.Text = 'Xk#{lower:4}97!' then\n",
            rule: "password-in-comparison",
        },
    ],
    misses: &[
        Example {
            path: "a.py",
            text: "if input(\"Continue? \") == \"option12\": pass\nname = input(\"Name: \") or \"guest1234\"\n",
            rule: "",
        },
        Example {
            path: "a.c",
            text: "if (strcmp(argv[1], \"x86_64v3\") == 0) return;\nint login(void) { return strcmp(mode, \"password\"); }\n",
            rule: "",
        },
        Example { path: "a.js", text: "if (form.kind.value == 'option123') show();\n", rule: "" },
        Example {
            path: "a.js",
            text: "if (step == 'Xk9{lower:4}97!') go(); if (p === 'Xk9{lower:4}97!') draw(); pin == '123456';\n",
            rule: "",
        },
        Example { path: "a.vb", text: "Label1.Text = \"Xk#hello97!\"\n", rule: "" },
    ],
};

/// How what is compared comes to be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// Somebody is asked for it.
    Asked,
    /// It was typed into a form.
    Typed,
    /// C compares it.
    Called,
    /// A letter or a word says what it is: `p` beside `u`, the bytes of something, a PIN.
    Named,
}

/// What asks, takes what was typed, or compares.
const ASKS: [(&str, Way); 26] = [
    ("readline(", Way::Asked),
    ("read_line(", Way::Asked),
    ("input(", Way::Asked),
    ("prompt(", Way::Asked),
    ("inputbox(", Way::Asked),
    ("getpass(", Way::Asked),
    ("gets.chomp", Way::Asked),
    (".text =", Way::Typed),
    (".text=", Way::Typed),
    (".text !=", Way::Typed),
    (".text <>", Way::Typed),
    (".value ==", Way::Typed),
    (".value !=", Way::Typed),
    ("strcmp(", Way::Called),
    ("strncmp(", Way::Called),
    ("p == ", Way::Named),
    ("p === ", Way::Named),
    ("p==", Way::Named),
    ("p != ", Way::Named),
    ("p !== ", Way::Named),
    ("p !=", Way::Named),
    ("p ~= ", Way::Named),
    ("compare([]byte(", Way::Named),
    ("pin.equals(", Way::Named),
    ("pin == ", Way::Named),
    ("pin === ", Way::Named),
];

/// The words of all of them.
const fn words() -> [&'static str; ASKS.len()] {
    let mut words = [""; ASKS.len()];
    let mut number = 0;
    while number < words.len() {
        words[number] = ASKS[number].0;
        number += 1;
    }
    words
}

/// Names of files in which programs check who logs in.
const FILES: &[&str] = &["login", "auth", "password", "passwd", "account", "credential", "signin"];

/// What a question for a password holds, in lower case.
const QUESTIONS: &[&str] = &["pass", "kennwort", "pin", "code", "secret", "clave", "senha", "mot de"];

/// What stands around a gate: who keeps it, and what is said to those who may not pass.
const SIGNS: &[&str] = &[
    "login",
    "passw",
    "auth",
    "unlock",
    "denied",
    "verweigert",
    "forbidden",
    "refused",
    "refusé",
    "incorrect",
    "falsch",
    "wrong",
    "backdoor",
    "credential",
    "(401",
    "(403",
    " 401",
    " 403",
    "geheim",
];

/// How far around the comparison that may stand, in bytes.
const AROUND: usize = 160;

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for &at in text.at.iter().filter(|_| !text.binary) {
        let line = line_from(text.bytes, at).first(200);
        let Some((ask, way)) = ASKS.iter().find(|(ask, _)| line.strip(ask).is_some()) else { continue };
        let before = line_before(text.bytes, at);
        let Some((asked, value)) = compared(line, (ask, *way), before) else { continue };
        let (typed, named) = (*way == Way::Typed, *way == Way::Named);
        if named && is_part_of_name(text.bytes, at) {
            continue;
        }
        // Most texts that C compares are words of a command, most that a form holds its choices.
        let plain = *way != Way::Asked;
        let odd = !plain || classes(value.bytes()) == 3 || is_marked(value.bytes());
        let sure = if typed { is_marked(value.bytes()) } else { !named && is_question(ask, asked) };
        let pin = ask.starts_with("pin") && is_number_of_pin(value.bytes());
        let chosen = odd && is_passed_with(value.bytes()) && (sure || is_guarded(text, value));
        if pin || chosen {
            out(Found::here(&RULE, value, length_of("password in a comparison", value.len())));
        }
    }
}

/// Whether a letter stands before: `step == 1` has no `p`.
fn is_part_of_name(text: &[u8], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|n| text.get(n)).copied().unwrap_or_default();
    let byte = text.get(at).copied().unwrap_or_default().to_ascii_lowercase();
    byte == b'p' && (before.is_ascii_alphanumeric() || matches!(before, b'_' | b'-' | b'.' | b'*' | b'>'))
}

/// Six to eight digits in no order.
pub(super) fn is_number_of_pin(value: &[u8]) -> bool {
    let steps = value.windows(2).map(|pair| pair[1].wrapping_sub(pair[0]));
    let even = steps.filter(|step| matches!(step, 0 | 1 | 255)).count();
    (6..=8).contains(&value.len()) && value.iter().all(u8::is_ascii_digit) && even < 3
}

/// What looks chosen or made, and passes where it is asked for.
pub(super) fn is_passed_with(value: &[u8]) -> bool {
    is_secret(value, |weak| {
        is_chosen_in_quotes(weak)
            || is_picked(weak)
            || is_made(weak)
            || is_numbered_phrase(weak)
            || is_coined(weak)
    })
}

/// What stands between the question and the comparison, and the text that is compared with.
fn compared<'b>(line: Part<'b>, (ask, way): (&str, Way), before: &[u8]) -> Option<(Part<'b>, Part<'b>)> {
    if way == Way::Called || ask.starts_with("compare(") {
        let (asked, value) = line.skip(ask.len()).cut(|b| b == b',')?;
        let value = value.trim();
        return Some((asked, literal(value.strip("[]byte(").unwrap_or(value))?));
    }
    if ask == "pin.equals(" {
        return Some((line.first(3), literal(line.skip(ask.len()))?));
    }
    let word = before.trim_ascii_start();
    let condition = [&b"if"[..], b"elseif", b"elsif", b"while", b"until"]
        .iter()
        .any(|start| word.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start)));
    let start = ask.trim_end_matches(['=', '!', '<', '>', '~', ' ']).len();
    ["===", "!==", "==", "!=", "~=", "<>", "="].iter().find_map(|sign| {
        let (asked, after) = line.skip(start).cut_at(sign.as_bytes())?;
        // One sign alone compares in conditions, and sets elsewhere.
        let compares = sign.len() > 1 || condition;
        let value = literal(after.trim())?;
        (compares && asked.len() <= 100).then_some((asked, value))
    })
}

fn literal(part: Part<'_>) -> Option<Part<'_>> {
    let quote = part.bytes().first().copied().filter(|b| matches!(b, b'"' | b'\''))?;
    part.skip(1).cut(|b| b == quote).map(|(value, _)| value)
}

fn is_question(ask: &str, asked: Part<'_>) -> bool {
    let asked = asked.bytes().to_ascii_lowercase();
    ask == "getpass(" || QUESTIONS.iter().any(|word| memchr::memmem::find(&asked, word.as_bytes()).is_some())
}

/// Letters, digits and marks: no field of a form has such a name.
fn is_marked(value: &[u8]) -> bool {
    let mark = |b: &u8| b.is_ascii_punctuation() && !matches!(b, b'-' | b'_' | b'.' | b':' | b'/' | b',');
    value.iter().any(mark) && classes(value) >= 2 && value.iter().any(u8::is_ascii_digit)
}

/// Whether what stands around says that somebody logs in here, or the name of the file does.
pub(super) fn is_guarded(text: &Text<'_>, value: Part<'_>) -> bool {
    let name = text.hint.file_name().to_ascii_lowercase();
    if FILES.iter().any(|word| memchr::memmem::find(&name, word.as_bytes()).is_some()) {
        return true;
    }
    let span = value.span();
    let text = text.bytes;
    let before = text.get(span.start.saturating_sub(AROUND)..span.start).unwrap_or_default();
    let after = text.get(span.end..text.len().min(span.end + AROUND)).unwrap_or_default();
    let near = [before.to_ascii_lowercase(), after.to_ascii_lowercase()];
    // An author is none who asks for a password.
    let author = |side: &[u8], at: usize| {
        side.get(at..).is_some_and(|sign| sign.starts_with(b"author") && !sign.starts_with(b"authori"))
    };
    let stands = |side: &[u8], sign: &str| {
        memchr::memmem::find_iter(side, sign.as_bytes()).any(|at| !author(side, at))
    };
    SIGNS.iter().any(|sign| near.iter().any(|side| stands(side, sign)))
}
