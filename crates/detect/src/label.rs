//! The name that a token is the value of: the text right before it, or the call that it is an argument of.

use std::ops::Range;

use crate::context::judge::name::words;
use crate::words::is_worded;

/// Words of names of secrets of any kind.
pub(crate) const SECRETS: &[&str] =
    &["key", "token", "secret", "password", "auth", "authorization", "bearer", "credential"];
/// What the name of a variable adds to that of the provider, and still says nothing of what it is.
const STAGES: &[&str] = &[
    "live",
    "prod",
    "production",
    "staging",
    "main",
    "master",
    "primary",
    "private",
    "server",
    "my",
    "our",
    "default",
];
/// What stands between a name and its sign.
const TYPES: &[&str] =
    &[": &str", ": &'static str", ": string", ":string", " as string", " string", ": str", ": String"];
/// How far before a token its name may begin, in bytes.
const LABEL: usize = 80;
/// What is no name of its own: `value: …`, Terraform's `default = …`.
const VALUES: &[&str] = &["value", "default"];
/// A run of so many letters, digits and marks, that changes so often between letters and digits, is no name.
const OTHER_VALUE: (usize, usize) = (16, 4);
/// A run of so many bytes in which every third is of another kind than the one before it, and that is no words, is no name
/// either.
const MIXED_VALUE: usize = 20;
/// With these before it `key` is written as one word: `secretkey`, `LICENSEKEY`.
const KEYS: &[&str] = &[
    "access", "account", "admin", "app", "auth", "license", "master", "private", "project", "secret",
    "server", "service", "signing", "write",
];
/// What names of libraries add to the name of a provider.
const ADDED: &[&str] = &["ai", "go", "io", "js", "node", "php", "py", "rs", "search"];
/// What they put before it: `pyhunter`.
const PUT_BEFORE: &[&str] = &["py"];
/// Longer words do not stand in random text by chance.
const LONGEST_CHANCE: usize = 3;
/// Shorter names of providers stand in names of all kinds of calls.
const SHORTEST_CALL: usize = 4;
/// What calls that take a credential are named beside their provider: `new Deepgram(`, `cohere.AsyncClient(`.
const CALLS: &[&str] = &[
    "api",
    "app",
    "async",
    "auth",
    "authenticate",
    "authorize",
    "client",
    "config",
    "configuration",
    "configure",
    "connect",
    "connection",
    "create",
    "credential",
    "credentials",
    "dashboard",
    "geocode",
    "geocoder",
    "handler",
    "init",
    "initialize",
    "initialise",
    "login",
    "make",
    "new",
    "options",
    "provider",
    "sdk",
    "server",
    "service",
    "session",
    "setup",
    "sync",
    "transport",
    "wrapper",
];

/// The text in which a token's name is looked for: the end of its line, or of the line before if that opens a value.
pub(crate) fn label_before(text: &[u8], start: usize) -> &[u8] {
    let before = text.get(start.saturating_sub(LABEL)..start).unwrap_or_default();
    let quote = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'`' | b'\\');
    let blank = before.iter().rev().take_while(|byte| quote(byte)).count();
    let (head, gap) = before.split_at(before.len().saturating_sub(blank));
    let opens = matches!(head.last(), Some(b':' | b'=' | b'(' | b'[' | b'>' | b'|' | b',' | b'-'));
    if gap.contains(&b'\n') && !opens {
        return b"";
    }
    let line = head.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
    // `- name: API_KEY` above `value: …`: the name stands a line before.
    let value = words(line).last().is_some_and(|word| VALUES.contains(&word.as_str()));
    // So it does in a property list: `<key>ApiKey</key>` above `<string>…`.
    if value || line.ends_with(b"<string>") { head } else { line }
}

/// Whether one of the words is a word of the label, behind any other value that stands in it: a digest in the next
/// column of a table does not have the name of the token before it.
pub(crate) fn names(label: &[u8], also: &[impl AsRef<str>]) -> bool {
    // `curl -u KEY:` has the key where others have a name.
    let user = [&b"-u"[..], b"--user"].iter().any(|flag| label.trim_ascii_end().ends_with(flag));
    // What follows a slash is part of a path, whatever that is named; and `v1-deps-7feb…` is one value.
    let part = label.ends_with(b"/") || ends_in_value(label, also);
    user || !part
        && words(behind_values(label)).iter().any(|word| also.iter().any(|also| is_word(word, also.as_ref())))
}

/// Whether the token is the end of a longer word, joined by a hyphen, as the key of a cache is: `key: v1-deps-`. A word that has
/// the name itself in it, or that says for what a key is, is its beginning.
fn ends_in_value(label: &[u8], also: &[impl AsRef<str>]) -> bool {
    let Some(head) = label.strip_suffix(b"-") else { return false };
    let inside = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    let length = head.iter().rev().take_while(inside).count();
    let (before, run) = head.split_at(head.len().saturating_sub(length));
    let said = words(run);
    let own = |word: &String| {
        STAGES.contains(&word.as_str()) || also.iter().any(|also| is_word(word, also.as_ref()))
    };
    !run.is_empty() && !before.is_empty() && !run.starts_with(b"-") && !said.iter().any(own)
}

/// What has ids of its own beside the tokens of the same line.
const NAMED_BY_ID: &[&str] =
    &["node", "service", "instance", "check", "host", "machine", "request", "trace", "span"];

/// Whether a label says which credential is meant, as `credentialsId` of Jenkins does, or which of many machines and services.
pub(crate) fn refers(label: &[u8]) -> bool {
    let words = words(label);
    matches!(words.as_slice(), [.., what, id] if id == "id" && (what.starts_with("credential") || NAMED_BY_ID.contains(&what.as_str())))
}

fn behind_values(label: &[u8]) -> &[u8] {
    let in_value = |b: &u8| b.is_ascii_alphanumeric() || b"+/_-".contains(b);
    let mut rest = label;
    let mut at = 0_usize;
    for run in label.split(|b| !in_value(b)) {
        at = at.saturating_add(run.len()).saturating_add(1);
        if is_other_value(run) {
            rest = label.get(at.saturating_sub(1)..).unwrap_or_default();
        }
    }
    rest
}

/// Whether a short word stands in a value by chance: three letters do so in every few pages of random text.
pub(crate) fn is_by_chance(text: &[u8], word: &Range<usize>) -> bool {
    if word.len() > LONGEST_CHANCE {
        return false;
    }
    let in_value = |b: &&u8| b.is_ascii_alphanumeric() || b"+/_-".contains(b);
    let before = text.get(word.start.saturating_sub(LABEL)..word.start).unwrap_or_default();
    let left = before.iter().rev().take_while(in_value).count();
    let right = text.get(word.end..).unwrap_or_default().iter().take(LABEL).take_while(in_value).count();
    let run = word.start.saturating_sub(left)..word.end.saturating_add(right);
    is_other_value(text.get(run).unwrap_or_default())
}

fn is_other_value(run: &[u8]) -> bool {
    let digits =
        |pair: &&[u8]| pair.iter().any(u8::is_ascii_digit) && pair.iter().any(u8::is_ascii_alphabetic);
    let cases =
        |pair: &&[u8]| pair.iter().any(u8::is_ascii_lowercase) && pair.iter().any(u8::is_ascii_uppercase);
    let changes = || run.windows(2).filter(|pair| digits(pair) || cases(pair)).count();
    run.len() >= OTHER_VALUE.0
        && (run.windows(2).filter(digits).count() >= OTHER_VALUE.1
            || run.len() >= MIXED_VALUE && changes() * 3 >= run.len() && !is_worded(run))
}

/// Whether the label gives the value to a variable that has the provider's name and no other, as who uses one key of it
/// writes: `RECURLY = "`, `let tomtom: &str = "`. In a table of names a colon stands between: `{"recurly": "…"}`.
pub(crate) fn is_the_provider(label: &[u8], near: &[String]) -> bool {
    let head = label.trim_ascii_end();
    let Some(head) = head.strip_suffix(b"=>").or_else(|| head.strip_suffix(b"=")) else { return false };
    let head = head.trim_ascii_end();
    let head = head.strip_suffix(b":").unwrap_or(head).trim_ascii_end();
    let head = TYPES.iter().find_map(|kind| ends_with_type(head, kind)).unwrap_or(head);
    let part = |b: &&u8| b.is_ascii_alphanumeric() || b"_-".contains(*b);
    let quote = |b: &u8| matches!(b, b'"' | b'\'' | b']');
    let closed = head.iter().rev().take_while(|b| quote(b)).count();
    let head = head.get(..head.len().saturating_sub(closed)).unwrap_or_default();
    let length = head.iter().rev().take_while(part).count();
    let name = words(head.get(head.len().saturating_sub(length)..).unwrap_or_default());
    near.iter().any(|near| {
        let near: String = near.chars().filter(char::is_ascii_alphabetic).collect();
        near.len() >= SHORTEST_CALL
            && without(&name, &near)
                .is_some_and(|rest| rest.iter().all(|word| STAGES.contains(&word.as_str())))
    })
}

/// What stands before the name of a type: `NAME: &str`, `name As String`.
fn ends_with_type<'l>(head: &'l [u8], kind: &str) -> Option<&'l [u8]> {
    let start = head.len().checked_sub(kind.len())?;
    let (name, end) = head.split_at_checked(start)?;
    end.eq_ignore_ascii_case(kind.as_bytes()).then(|| name.trim_ascii_end())
}

/// Whether the label opens a call that makes a client of the provider: `Deepgram('`, `algoliasearch("APP", "`.
pub(crate) fn calls(label: &[u8], near: &[String]) -> bool {
    let Some(open) = memchr::memrchr(b'(', label) else { return false };
    let (callee, arguments) = label.split_at(open);
    let plain = |b: &u8| b.is_ascii_alphanumeric() || b"(\"'`, \t._-/\\&*".contains(b);
    if !arguments.iter().all(plain) {
        return false;
    }
    let path = |b: &&u8| b.is_ascii_alphanumeric() || b"_.:->\\".contains(*b);
    let length = callee.iter().rev().take_while(path).count();
    let callee = callee.get(callee.len().saturating_sub(length)..).unwrap_or_default();
    let segments: Vec<Vec<String>> =
        callee.split(|b| !b.is_ascii_alphanumeric() && *b != b'_').map(words).collect();
    near.iter().any(|word| makes(&segments, word))
}

/// Whether the last segment with the provider's name, and all behind it, say nothing else than that a client is made.
fn makes(segments: &[Vec<String>], near: &str) -> bool {
    let near: String = near.chars().filter(char::is_ascii_alphabetic).collect();
    if near.len() < SHORTEST_CALL {
        return false;
    }
    let at = segments.iter().rposition(|segment| without(segment, &near).is_some());
    let Some((at, rest)) = at.and_then(|at| Some((at, without(segments.get(at)?, &near)?))) else {
        return false;
    };
    let behind = segments.iter().skip(at.saturating_add(1)).flatten();
    let said: Vec<&str> = rest.into_iter().chain(behind).map(String::as_str).collect();
    // `getHandler`, `getClient`: with nothing behind it `get` gets something by its id.
    let gets =
        |at: usize| said.get(at).is_some_and(|word| *word == "get") && at.saturating_add(1) < said.len();
    said.iter().enumerate().all(|(at, word)| CALLS.contains(word) || gets(at))
}

/// The other words of a segment that holds the provider's name, written as one word or as several.
fn without<'w>(segment: &'w [String], near: &str) -> Option<Vec<&'w String>> {
    (0..segment.len()).find_map(|from| {
        let is_name =
            |end: &usize| segment.get(from..=*end).is_some_and(|words| is_named(&words.concat(), near));
        let end = (from..segment.len()).find(is_name)?;
        let before = segment.iter().take(from);
        Some(before.chain(segment.iter().skip(end.saturating_add(1))).collect())
    })
}

/// Whether it is the name, alone or written together with what a library adds to it: `algoliasearch`, `linodego`.
fn is_named(word: &str, name: &str) -> bool {
    let word = PUT_BEFORE
        .iter()
        .find_map(|before| word.strip_prefix(before).filter(|rest| *rest == name))
        .unwrap_or(word);
    word.strip_prefix(name)
        .is_some_and(|rest| rest.is_empty() || ADDED.contains(&rest) || CALLS.contains(&rest))
}

/// Whether a word of a name is this one, many of it, or one written together with it: `authtoken`, `secretkey`.
fn is_word(word: &str, also: &str) -> bool {
    let one = word.strip_suffix('s').unwrap_or(word);
    let key = || also == "key" && one.strip_suffix("key").is_some_and(|head| KEYS.contains(&head));
    word == also || one == also || (also.len() >= 5 && one.ends_with(also)) || key()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_value_stands_right_before_it() {
        for (text, label) in [
            ("api_key = \"T", "api_key ="),
            ("x\n  \"apiKey\": \"T", "  \"apiKey\":"),
            ("token:\n    T", "token:"),
            ("Authorization: Bearer T", "Authorization: Bearer"),
            ("usr/lib/key.py\nT", ""),
            ("- name: API_KEY\n  value: T", "- name: API_KEY\n  value:"),
            ("variable \"api_key\" {\n  default = \"T", "variable \"api_key\" {\n  default ="),
            ("<key>ApiKey</key>\n  <string>T", "<key>ApiKey</key>\n  <string>"),
        ] {
            assert_eq!(label_before(text.as_bytes(), text.len() - 1), label.as_bytes(), "{text}");
        }
    }

    #[test]
    fn words_written_together_are_understood() {
        let also = ["key".to_owned(), "token".to_owned()];
        for label in ["VOLC_SECRETKEY=", "authtoken:", "api keys:", "accessKey", "x: key-", "token: live-"] {
            assert!(names(label.as_bytes(), &also), "{label}");
        }
        assert!(names(b"curl -s -u", &also));
        for label in
            ["monkey:", "hockey", "tokenizer =", "curl -", "x.test/token/", "{key: v1-deps-", "token: node-"]
        {
            assert!(!names(label.as_bytes(), &also), "{label}");
        }
    }

    #[test]
    fn a_short_word_in_a_value_names_nothing() {
        let chance = |text: &str, word: &str| {
            let start = text.find(word).unwrap();
            is_by_chance(text.as_bytes(), &(start..start + word.len()))
        };
        assert!(chance("k: yudW1Ao3rPWnb2d69dOVH2==", "OVH"));
        assert!(!chance("OVH_APPLICATION_SECRET=01a3b567c9abcd5f0e23", "OVH"));
        assert!(!chance("k: yudW1Ao3rPWnb2d69recurly2", "recurly"));
    }

    #[test]
    fn the_name_of_the_provider_alone_is_one() {
        let near = ["recurly".to_owned(), "tom_tom".to_owned()];
        for label in [
            "RECURLY =",
            "RECURLY_LIVE=",
            "const RECURLY: &str =",
            "static let tomTom =",
            "Private Const Recurly As String =",
            "conf['recurly'] =",
            "'tom_tom' =>",
            "recurly :=",
        ] {
            assert!(is_the_provider(label.as_bytes(), &near), "{label}");
        }
        for label in ["\"recurly\":", "recurly_id =", "recurlyHash =", "precurly =", "recurly", "x ="] {
            assert!(!is_the_provider(label.as_bytes(), &near), "{label}");
        }
    }

    #[test]
    fn another_value_has_taken_the_name() {
        let also = ["token".to_owned()];
        let value = "01a3b567c9abcd5f0e23";
        assert!(!names(format!("acme_token,{value},").as_bytes(), &also));
        assert!(!names(format!("?token={value}&id=").as_bytes(), &also));
        assert!(!names(b"acme_token,aBTcDrEfGsHiJtKlMuNoPv7QrS,", &also));
        assert!(names(b"theLongNameOfSomeAcmeAppToken,", &also));
        assert!(names(format!("id={value}&token=").as_bytes(), &also));
        assert!(names(b"ACME_PRODUCTION_ACCESS_TOKEN_V2=", &also));
        assert!(names(b"\\u0022acme_test_token\\u0022:\\u0022", &also));
    }

    #[test]
    fn the_number_of_a_credential_is_none() {
        assert!(refers(b"git credentialsId: '") && refers(b"credentials_id = "));
        assert!(refers(b"\"token\": \"x\", \"node_id\": \"") && !refers(b"account_id: "));
        assert!(!refers(b"credentials: ") && !refers(b"client_id: "));
    }

    #[test]
    fn a_call_that_makes_a_client_names_its_arguments() {
        let near = ["deepgram".to_owned(), "assembly_ai".to_owned()];
        for label in [
            "const d = new Deepgram(",
            "dg = deepgram.AsyncClient(",
            "Deepgram::Client.new(",
            "createDeepgramClient(",
            "deepgram(\"app\", ",
            "aai.AssemblyAI(",
            "deepgramgo.NewClient(",
            "New(deepgram.Config(",
            "deepgram.getHandlerAsync(",
            "new deepgram.ServerClient(",
            "pydeepgram.PyDeepgram(",
        ] {
            assert!(calls(label.as_bytes(), &near), "{label}");
        }
        for label in [
            "getDeepgramModel(",
            "deepgram.get(",
            "deepgram.getDetails(",
            "spydeepgram(",
            "deepgram.Model(",
            "deepgram(x) + f(",
            "f(deepgram, ",
            "deepgram(id=",
            "print(",
            "new Deepgram",
        ] {
            assert!(!calls(label.as_bytes(), &near), "{label}");
        }
    }
}
