//! The secret of an app of Telegram, `api_hash`, beside its number `api_id`: in Telethon, Pyrogram, GramJS, MadelineProto, gotd,
//! and in the settings of a Bot API server.
//!
//! Its name is one of a hash elsewhere: the number beside it, or the word for its service, tells.
//!
//! bad: `client = TelegramClient("anon", 1234567, "<api_hash>")`
//! good: `client = TelegramClient("anon", API_ID, os.environ["API_HASH"])`

use tightlip_report::{Confidence, Level};

use super::judge::ground::is_named_manual;
use super::judge::length_of;
use super::judge::reading::line_from;
use super::judge::value::{Worth, worth};
use crate::read::Part;
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule = Rule::new(
    "telegram-api-hash",
    "Secret of an app of Telegram",
    "Whoever has it logs in as this app, and with a session beside it as its user.",
)
.source("https://core.telegram.org/api/obtaining_api_id")
.at(Level::Deny, Confidence::High);

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "telegram-app",
    rules: &[&RULE],
    wants: |_| true,
    keywords: &["api_hash", "apihash", "api-hash", "app_hash", "telegramclient(", "telegram.newclient("],
    find,
    hits: &[
        Example {
            path: "bot.py",
            text: "api_id = 1234567\napi_hash = '{hex:32}'\n",
            rule: "telegram-api-hash",
        },
        Example {
            path: "bot.py",
            text: "client = TelegramClient('anon', 1234567, '{hex:32}')\n",
            rule: "telegram-api-hash",
        },
        Example {
            path: "main.go",
            text: "client := telegram.NewClient(1234567, \"{hex:32}\", telegram.Options{{}})\n",
            rule: "telegram-api-hash",
        },
        Example { path: ".env", text: "TELEGRAM_API_HASH={hex:32}\n", rule: "telegram-api-hash" },
        Example {
            path: "config.ini",
            text: "[pyrogram]\napi_id = 1234567\napi_hash = {hex:32}\n",
            rule: "telegram-api-hash",
        },
        Example {
            path: "",
            text: "telegram-bot-api --api-id=1234567 --api-hash={hex:32} --local",
            rule: "telegram-api-hash",
        },
    ],
    misses: &[
        Example { path: "build.yml", text: "api_hash: {hex:32}\nschema_api_hash = {hex:32}\n", rule: "" },
        Example {
            path: "bot.py",
            text: "api_id = 1234567\napi_hash = os.environ['API_HASH']\nTelegramClient('anon', 1234567, hash)\n",
            rule: "",
        },
        Example { path: "a.py", text: "api_id = 1234567\napi_hash = '{hex:40}'\n", rule: "" },
    ],
};

/// How far from the hash its number may stand, in bytes.
const BESIDE: usize = 300;
/// How far behind a name or the bracket of a call the hash may begin, in bytes.
const BEHIND: usize = 90;

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let mut done = 0;
    for &at in text.at.iter().filter(|_| !text.binary) {
        let line = line_from(text.bytes, at);
        let Some(value) = hash(line).filter(|value| value.span().start >= done) else { continue };
        if worth(value.bytes()) != Worth::Strong || !is_of_app(text.bytes, at, value) {
            continue;
        }
        done = value.span().end;
        let found = Found::here(&RULE, value, length_of("api_hash", value.len()));
        let manual = is_named_manual(&text.hint);
        out(if manual { found.at(Level::Warn, Confidence::Low) } else { found });
    }
}

/// The first 32 digits in hexadecimal of a line, where no others stand around them.
fn hash(line: Part<'_>) -> Option<Part<'_>> {
    let near = line.first(line.len().min(BEHIND + 33));
    let mut rest = near;
    while !rest.is_empty() {
        let word = rest.while_(|b| b.is_ascii_alphanumeric());
        if word.len() == 32 && word.bytes().iter().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(b)) {
            return Some(word);
        }
        rest = rest.skip(word.len().max(1));
    }
    None
}

fn is_of_app(text: &[u8], at: usize, value: Part<'_>) -> bool {
    let span = value.span();
    let line = text.get(at.saturating_sub(24)..span.start).unwrap_or_default().to_ascii_lowercase();
    let has = |text: &[u8], word: &str| memchr::memmem::find(text, word.as_bytes()).is_some();
    if ["telegram", "tg_", "pyrogram", "telethon"].iter().any(|word| has(&line, word)) {
        return true;
    }
    let near = text.get(span.start.saturating_sub(BESIDE)..text.len().min(span.end + BESIDE));
    let near = near.unwrap_or_default().to_ascii_lowercase();
    ["api_id", "apiid", "api-id", "app_id"].iter().any(|name| {
        memchr::memmem::find_iter(&near, name.as_bytes())
            .any(|at| near.get(at + name.len()..).is_some_and(is_number))
    })
}

/// Whether a number of an app follows its name in the same line: five to nine digits.
fn is_number(rest: &[u8]) -> bool {
    let line = rest.split(|b| *b == b'\n').next().unwrap_or_default();
    let mut words = line.get(..line.len().min(60)).unwrap_or_default().split(|b| !b.is_ascii_alphanumeric());
    words.any(|word| (5..=9).contains(&word.len()) && word.iter().all(u8::is_ascii_digit))
}
