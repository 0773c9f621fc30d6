//! What a test typed into the field of a password, as what drives its browser logs it: the commands of Cypress, `fill("x")` of
//! Playwright, `{"text": "x"}` of a WebDriver. The field stands in the lines before.
//!
//! bad: `cy:command get #password` and below it `cy:command type Kiesel_41!`
//! good: `cy.get('#password').type(pw, { log: false })`

use super::announced::RULE;
use super::judge::ground::{Ground, ground, is_named_manual};
use super::judge::in_login::is_answer;
use super::judge::length_of;
use super::judge::reading::{line_before, line_from};
use crate::read::Part;
use crate::{Example, Finder, Found, Text};

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "typed-into-page",
    rules: &[&RULE],
    wants: |hint| !matches!(ground(hint), Ground::Noise | Ground::Code) && !is_named_manual(hint),
    keywords: &["cy:command", "fill(\"", "type(\"", "\"text\":"],
    find,
    hits: &[
        Example {
            path: "ci/run.log",
            text: "2026-05-02T15:57:09Z cy:command \u{2714}  get\t#password\n2026-05-02T15:57:10Z cy:command \u{2714}  type\tKiesel_{lower:6}!75\n",
            rule: "password-in-log",
        },
        Example {
            path: "ci/run.txt",
            text: "  pw:api waiting for locator('input[name=\"password\"]') +1ms\n  pw:api   fill(\"K4sf{lower:4}#69\") +12ms\n",
            rule: "password-in-log",
        },
        Example {
            path: "driver.log",
            text: "POST /session/8b/element {\"using\": \"css selector\", \"value\": \"#password\"}\n200 OK\nPOST /session/8b/element/b4/value {\"text\": \"Kiesel-{lower:6}-23!\"}\n",
            rule: "password-in-log",
        },
        Example {
            path: "driver.out",
            text: "-> POST /session/8b/element/b4/value {\"text\": \"Kiesel-{lower:6}-23!\", \"value\": [], \"id\": \"login-password\"}\n",
            rule: "password-in-log",
        },
        Example {
            path: "driver.log",
            text: "COMMAND FindElement {\n   \"using\": \"css selector\",\n   \"value\": \"input[type=\\\"password\\\"]\"\n}\nCOMMAND TypeElement {\n   \"id\": \"f.1\",\n   \"text\": \"Kiesel-{lower:6}-23!\",\n",
            rule: "password-in-log",
        },
    ],
    misses: &[
        Example {
            path: "ci/run.log",
            text: "cy:command \u{2714}  get\t#password\ncy:command \u{2714}  type\t********\ncy:command \u{2714}  get\t#email\ncy:command \u{2714}  type\tKiesel_{lower:6}!75\ncy:command \u{2714}  get\t#password\ncy:command \u{2714}  type\twrong-password\n",
            rule: "",
        },
        Example {
            path: "ci/run.txt",
            text: "  pw:api waiting for locator('input[name=\"password\"]') +1ms\n  pw:api waiting for getByLabel('Search') +1ms\n  pw:api   fill(\"K4sf{lower:4}#69\") +12ms\nwaiting for password\nfill(\"K4sf{lower:4}#69\")\n",
            rule: "",
        },
        Example {
            path: "driver.log",
            text: "POST /session/8b/element {\"using\": \"css selector\", \"value\": \"#password\"}\nPOST /session/8b/element {\"using\": \"css selector\", \"value\": \"#q\"}\nPOST /session/8b/element/b4/value {\"text\": \"Kiesel-{lower:6}-23!\"}\n{\"text\": \"Kiesel-{lower:6}-23!\", \"id\": \"password\"}\n",
            rule: "",
        },
    ],
};

/// How far before what is typed its field may stand, in bytes.
const FIELD: usize = 1500;

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for &at in text.at.iter().filter(|_| !text.binary) {
        let line = line_from(text.bytes, at);
        let value = if line.strip("cy:").is_some() {
            of_cypress(text.bytes, at, line)
        } else if line.strip("\"text\":").is_some() {
            of_driver(text.bytes, at, line)
        } else {
            of_playwright(text.bytes, at, line)
        };
        let Some(value) = value else { continue };
        if is_answer(value.bytes()) {
            out(Found::here(&RULE, value, length_of("password typed into a page", value.len())));
        }
    }
}

/// `cy:command type x` below the command that looked the field up.
fn of_cypress<'b>(text: &'b [u8], at: usize, line: Part<'b>) -> Option<Part<'b>> {
    let (_, value) = cypress(line).filter(|(command, _)| command.is("type"))?;
    let above = above(text, at).bytes();
    let from = memchr::memmem::rfind_iter(above, b"cy:command").find_map(|start| {
        let line = line_from(text, at - above.len() + start);
        cypress(line).filter(|(command, _)| !["clear", "click", "focus"].iter().any(|c| command.is(c)))
    });
    let (command, field) = from?;
    let looks_up = ["get", "find", "contains", "findbylabeltext"].iter().any(|known| command.is(known));
    let value = value.cut_at(b"{enter}").map_or(value, |(value, _)| value);
    (looks_up && is_of_password(field.bytes())).then_some(value)
}

/// The command of a line, behind the mark that says how it went, and what it is given.
fn cypress(line: Part<'_>) -> Option<(Part<'_>, Part<'_>)> {
    let after = line.strip("cy:command")?;
    let command = after.words().find(|word| word.bytes().iter().all(u8::is_ascii_alphabetic))?;
    let given = Part::between(line.whole(), command.span().end..line.span().end).trim();
    (!given.is_empty()).then_some((command, given))
}

/// `pw:api   fill("x")` behind `waiting for locator('…')`.
fn of_playwright<'b>(text: &'b [u8], at: usize, line: Part<'b>) -> Option<Part<'b>> {
    memchr::memmem::find(line_before(text, at), b"pw:api")?;
    let field = behind_last(above(text, at), b"waiting for ")?;
    let (_, inside) = line.cut(|b| b == b'"').filter(|_| is_of_password(field.bytes()))?;
    inside.cut_at(b"\")").map(|(value, _)| value)
}

/// `POST …/element/b4/value {"text": "x"}`, `COMMAND TypeElement {"text": "x"}`: the field was looked up before, or is named
/// beside it.
fn of_driver<'b>(text: &'b [u8], at: usize, line: Part<'b>) -> Option<Part<'b>> {
    let above = above(text, at);
    let near = above.skip(above.len().saturating_sub(300)).bytes();
    let sent = memchr::memmem::find(line_before(text, at), b"/value").is_some()
        || memchr::memmem::find(near, b"TypeElement").is_some();
    let (value, beside) = line.strip("\"text\":")?.trim().strip("\"")?.cut(|b| b == b'"')?;
    let looked_up = || {
        let from = memchr::memmem::rfind(above.bytes(), b"\"using\"")?;
        let query = above.skip(from).first(200);
        // Behind it stands what was done then.
        query.cut(|b| b == b'}').map(|(query, _)| query)
    };
    let named = memchr::memmem::find(beside.bytes(), b"\"id\"").is_some() && is_of_password(beside.bytes());
    (sent && (named || looked_up().is_some_and(|query| is_of_password(query.bytes())))).then_some(value)
}

/// What stands before a place, as far as a field may stand.
fn above(text: &[u8], at: usize) -> Part<'_> {
    Part::between(text, at.saturating_sub(FIELD)..at)
}

/// What is left of the last line that has these words.
fn behind_last<'b>(text: Part<'b>, words: &[u8]) -> Option<Part<'b>> {
    let from = memchr::memmem::rfind(text.bytes(), words)?;
    Some(text.skip(from + words.len()).while_(|b| b != b'\n'))
}

/// Whether a query for a field, or its label, is for one of a password.
fn is_of_password(field: &[u8]) -> bool {
    let lower = field.to_ascii_lowercase();
    let words = ["passw", "passphrase", "passcode", "pwd", "kennwort", "contrase", "senha", "mot de passe"];
    words.iter().any(|word| memchr::memmem::find(&lower, word.as_bytes()).is_some())
}
