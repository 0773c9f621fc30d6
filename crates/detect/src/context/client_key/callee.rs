//! Who is called: a client of a service, something that is made of one text, or anything else.

use crate::Hint;
use crate::context::judge::name::words;
use crate::context::judge::reading::line_before;

/// What a call is, as far as its name tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Callee {
    /// A client, named so.
    Client,
    /// The same of a search, which pages are given a key for.
    Search,
    /// The same of a login, where who asks has a public name.
    Login,
    /// An object of a class that may be one.
    Made,
    /// `acme.connect(`.
    Connected,
    /// `Acme.configure(`, `->initialize(`.
    SetUp,
    /// `require('acme')(`.
    Required,
    /// `.setKey(`.
    Keyed,
    /// `->setUsername(`: services take their keys there.
    User,
}

/// Where a program runs, by the language it is written in, and what its calls look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Runs {
    /// On a machine of its owner.
    Server,
    /// The same, where whatever a module gives away begins with a capital.
    Go,
    /// In a browser or not.
    Script,
    /// On telephones.
    Device,
}

impl Runs {
    pub(super) fn of(hint: &Hint<'_>) -> Self {
        let name = hint.file_name().to_ascii_lowercase();
        let ends = |ends: &[&str]| ends.iter().any(|end| name.ends_with(end.as_bytes()));
        if ends(&[".go"]) {
            Self::Go
        } else if ends(&[".swift", ".kt", ".kts", ".dart", ".m", ".mm", ".h", ".ino"]) {
            Self::Device
        } else if ends(&[
            ".py", ".rb", ".php", ".pl", ".pm", ".rs", ".java", ".scala", ".groovy", ".cs", ".ex", ".exs",
        ]) {
            Self::Server
        } else {
            Self::Script
        }
    }
}

/// The last word of what clients are called.
const CLIENTS: &[&str] = &[
    "client",
    "clients",
    "api",
    "sdk",
    "connection",
    "connector",
    "config",
    "configuration",
    "service",
    "gateway",
    "rest",
    "sync",
    "async",
];
/// What makes one of the class or the module before it.
const MAKERS: &[&str] = &["new", "create", "build", "instance", "getinstance", "from"];
/// What sets one up.
const SETUPS: &[&str] = &["configure", "initialize", "initialise"];
/// How names of functions begin that make something.
const MAKING: &[&str] = &["new", "create", "make", "build", "connect"];

/// Words of names of what is no client, or of one whose key everybody may see.
const OTHERS: &[&str] = &[
    // What is a value of its own.
    "hash",
    "digest",
    "sha",
    "md",
    "checksum",
    "crc",
    "hex",
    "id",
    "ids",
    "uuid",
    "guid",
    "ulid",
    "oid",
    "objectid",
    "cid",
    "address",
    "addr",
    "pubkey",
    "public",
    "publickey",
    "fingerprint",
    "commit",
    "revision",
    "version",
    "tag",
    "release",
    "path",
    "url",
    "uri",
    "file",
    "image",
    "picture",
    "icon",
    "font",
    "color",
    "colour",
    "cookie",
    "etag",
    "nonce",
    "salt",
    "cursor",
    "page",
    "state",
    "csrf",
    "signature",
    "certificate",
    "cert",
    "bytes",
    "buffer",
    "string",
    "str",
    "text",
    "regex",
    "regexp",
    "pattern",
    "match",
    "word",
    "float",
    "int",
    "integer",
    "decimal",
    "big",
    "number",
    "date",
    "time",
    "duration",
    "name",
    "label",
    "key",
    "ref",
    "error",
    "exception",
    "warning",
    "message",
    "event",
    "field",
    "column",
    "enum",
    "type",
    "choice",
    "model",
    "schema",
    "table",
    "query",
    "selector",
    "element",
    "object",
    "credential",
    "credentials",
    "package",
    "module",
    "symbol",
    "literal",
    "token",
    "tokens",
    "value",
    "print",
    "command",
    "env",
    "var",
    // Of chains of blocks.
    "contract",
    "account",
    "wallet",
    "transaction",
    "tx",
    "block",
    "mint",
    "asset",
    "coin",
    "peer",
    "node",
    "program",
    // Of tests.
    "test",
    "tests",
    "mock",
    "fake",
    "stub",
    "dummy",
    "assert",
    "expect",
    "equal",
    "example",
    // What pages and telephones are given.
    "sheet",
    "sheets",
    "spreadsheet",
    "spread",
    "document",
    "doc",
    "drive",
    "folder",
    "calendar",
    "form",
    "video",
    "youtube",
    "playlist",
    "channel",
    "analytics",
    "pixel",
    "recaptcha",
    "hcaptcha",
    "turnstile",
    "mixpanel",
    "amplitude",
    "segment",
    "posthog",
    "sentry",
    "bugsnag",
    "raygun",
    "intercom",
    "firebase",
    "mapbox",
    "map",
    "maps",
    "tile",
    "leaflet",
    "paddle",
    "stripe",
    "auth",
    "lock",
    "parse",
    "kakao",
    "statsig",
    "optimizely",
    "ld",
    "growthbook",
    "flagsmith",
    "smartlook",
    "instabug",
    "rum",
    "gtag",
    "ga",
    "tracker",
    "pusher",
    "onesignal",
    "clerk",
    "purchases",
    "browser",
    "embed",
    "widget",
    "player",
];

/// What is called by the bracket at a place, if it may be given a key.
pub(super) fn callee(text: &[u8], open: usize) -> Option<Callee> {
    let line = line_before(text, open);
    if line.ends_with(b")") {
        return required(line);
    }
    let name = name(line);
    let made = line.get(..line.len() - name.len()).unwrap_or_default().trim_ascii_end();
    let made = made.ends_with(b"new") || made.ends_with(b"=") || made.ends_with(b"return");
    let segments: Vec<&[u8]> =
        name.split(|b| !b.is_ascii_alphanumeric() && *b != b'_').filter(|part| !part.is_empty()).collect();
    let (last, before) = segments.split_last()?;
    let subject = before.last().copied();
    let told = words(last);
    let telling: Vec<String> =
        subject.map(words).unwrap_or_default().into_iter().chain(told.clone()).collect();
    let login = telling.concat().contains("oauth");
    let other = telling.iter().any(|word| OTHERS.contains(&word.as_str()) && !(login && word == "auth"));
    match last.to_ascii_lowercase().as_slice() {
        b"setkey" | b"set_key" if is_of_client(subject, line) => return Some(Callee::Keyed),
        b"setusername" | b"set_username" if !before.is_empty() || line.ends_with(b"->setUsername") => {
            return Some(Callee::User).filter(|_| !other);
        }
        _ if other => return None,
        _ => {}
    }
    let plain = told.concat();
    if plain == "connect" {
        return subject.map(|_| Callee::Connected);
    }
    if SETUPS.contains(&plain.as_str()) {
        return subject.filter(|subject| is_class(subject) || name.contains(&b'\\')).map(|_| Callee::SetUp);
    }
    if MAKERS.contains(&plain.as_str()) {
        let subject = subject.filter(|subject| is_class(subject))?;
        return Some(client(&words(subject)).unwrap_or(Callee::Made)).filter(|who| {
            // Builders of anything build of texts.
            *who != Callee::Made || plain != "build" || words(subject).iter().any(|word| word == "factory")
        });
    }
    let making = told.first().is_some_and(|first| MAKING.contains(&first.as_str()));
    if !is_class(last) && !making {
        return None;
    }
    client(&told).or_else(|| (is_class(last) && made && told.len() <= 3).then_some(Callee::Made))
}

/// Whether the words of a name end as those of clients do.
fn client(words: &[String]) -> Option<Callee> {
    let has = |some: &[&str]| words.iter().any(|word| some.contains(&word.as_str()));
    words.last().filter(|last| CLIENTS.contains(&last.as_str()))?;
    if has(&["search"]) {
        Some(Callee::Search)
    } else if words.concat().contains("oauth") {
        Some(Callee::Login)
    } else {
        Some(Callee::Client)
    }
}

/// `gh.setKey(`, `\n  .setKey(` behind a client: no row of a table.
fn is_of_client(subject: Option<&[u8]>, line: &[u8]) -> bool {
    let rows =
        ["cache", "map", "row", "entry", "item", "pair", "sort", "cipher", "storage", "node", "cell", "tree"];
    match subject {
        Some(subject) => !words(subject).iter().any(|word| rows.contains(&word.as_str())),
        None => line.trim_ascii_start().starts_with(b".") || line.trim_ascii_start().starts_with(b"->"),
    }
}

/// `Acme`, not `ACME` or `acme`.
fn is_class(name: &[u8]) -> bool {
    name.first().is_some_and(u8::is_ascii_uppercase) && name.iter().any(u8::is_ascii_lowercase)
        || matches!(name, [b'A'..=b'Z', ..] if name == b"API" || name == b"SDK")
}

/// `require('acme')` before the bracket.
fn required(line: &[u8]) -> Option<Callee> {
    let at = memchr::memmem::rfind(line, b"require(")?;
    let inside = line.get(at + 8..line.len() - 1)?;
    let quoted = matches!(inside, [b'\'' | b'"', .., b'\'' | b'"']);
    let module = inside.get(1..inside.len().checked_sub(1)?).filter(|_| quoted)?;
    let plain = module.iter().all(|b| b.is_ascii_alphanumeric() || b"@/-_.".contains(b));
    let other = words(module).iter().any(|word| OTHERS.contains(&word.as_str()));
    (plain && !other).then_some(Callee::Required)
}

/// The name that a line ends with: `Acme\Client::Instance()->initialize`.
fn name(line: &[u8]) -> &[u8] {
    let mut start = line.len();
    while let Some(before) = start.checked_sub(1).and_then(|at| line.get(..=at)) {
        start -= match before {
            [.., b'-', b'>'] | [.., b'(', b')'] => 2,
            [.., b] if b.is_ascii_alphanumeric() || b"_.:\\$".contains(b) => 1,
            _ => break,
        };
    }
    line.get(start..).unwrap_or_default()
}
