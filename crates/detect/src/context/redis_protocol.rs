//! Commands as Redis writes them down in its append-only file, and as they stand in recorded traffic and in what `MONITOR` shows:
//! `$11\r\nrequirepass\r\n$9\r\nhunter22x`.
//!
//! bad: `*2\r\n$4\r\nAUTH\r\n$9\r\nhunter22x`
//! good: an append-only file that stays in the volume of the server

use tightlip_report::{Confidence, Level};

use super::directive::RULE;
use super::judge::length_of;
use super::judge::value::{is_chosen, is_password_hash, is_picked, is_secret};
use crate::read::Part;
use crate::{Example, Finder, Found, Hint, Text};

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "redis-protocol",
    rules: &[&RULE],
    wants: |hint| matches!(hint, Hint::File(_)),
    keywords: &[
        "requirepass\r\n$",
        "masterauth\r\n$",
        "\r\nauth\r\n$",
        "auth-pass\r\n$",
        "password\r\n$",
        "passwd\r\n$",
        "secret\r\n$",
        "token\r\n$",
        "api_key\r\n$",
        "apikey\r\n$",
        "\"auth\" \"",
        "\"requirepass\" \"",
        "\"masterauth\" \"",
        "\"acl\" \"setuser\" \"",
        ") \"requirepass\"",
        ") \"masterauth\"",
    ],
    find,
    hits: &[
        Example {
            path: "var/lib/redis/appendonly.aof",
            text: "*4\r\n$6\r\nCONFIG\r\n$3\r\nSET\r\n$11\r\nrequirepass\r\n$9\r\np{lower:6}97\r\n",
            rule: "password-directive",
        },
        Example {
            path: "trace.txt",
            text: "*2\r\n$4\r\nAUTH\r\n$9\r\np{lower:6}97\r\n",
            rule: "password-directive",
        },
        Example {
            path: "trace.txt",
            text: "*3\r\n$4\r\nAUTH\r\n$3\r\nbob\r\n$9\r\np{lower:6}97\r\n",
            rule: "password-directive",
        },
        Example {
            path: "appendonly.aof.1.incr.aof",
            text: "*4\r\n$4\r\nHSET\r\n$6\r\nuser:1\r\n$9\r\napi_token\r\n$32\r\na1B{base62:29}\r\n",
            rule: "password-directive",
        },
        Example {
            path: "monitor.log",
            text: "1700000000.1 [0 127.0.0.1:5000] \"AUTH\" \"bob\" \"p{lower:6}97\"\n",
            rule: "password-directive",
        },
        Example {
            path: "monitor.log",
            text: "1700000000.1 [0 127.0.0.1:5000] \"ACL\" \"SETUSER\" \"bob\" \"on\" \">p{lower:6}97\" \"~*\"\n",
            rule: "password-directive",
        },
        Example {
            path: "console.txt",
            text: "10.4.0.3:6379> CONFIG GET requirepass\n1) \"requirepass\"\n2) \"p{lower:6}97\"\n",
            rule: "password-directive",
        },
    ],
    misses: &[
        Example {
            path: "console.txt",
            text: "1) \"requirepass\"\n2) \"\"\n1) \"maxmemory\"\n2) \"p{lower:6}97\"\n1 [0 a] \"ACL\" \"SETUSER\" \"bob\" \"on\" \"nopass\"\n1 [0 a] \"ACL\" \"SETUSER\" \"bob\" \"(redacted)\"\n",
            rule: "",
        },
        Example {
            path: "appendonly.aof",
            text: "*3\r\n$3\r\nSET\r\n$11\r\nreset_token\r\n$2\r\nok\r\n*4\r\n$6\r\nCONFIG\r\n$3\r\nSET\r\n$11\r\nrequirepass\r\n$0\r\n\r\n",
            rule: "",
        },
        Example {
            path: "appendonly.aof",
            text: "*4\r\n$4\r\nHSET\r\n$6\r\nuser:1\r\n$8\r\npassword\r\n$60\r\n$2y$10${base62:53}\r\n",
            rule: "",
        },
        Example { path: "a.txt", text: "requirepass\r\n$9 p{lower:6}97\r\n", rule: "" },
    ],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for &at in text.at {
        let rest = Part::between(text.bytes, at..text.bytes.len().min(at + 1024));
        let before = text.bytes.get(at.saturating_sub(8)..at).unwrap_or_default();
        if let Some(value) = monitored(before, rest).or_else(|| of_user(rest)).or_else(|| answered(rest)) {
            let shape = length_of("password in a command of Redis", value.len());
            out(Found::here(&RULE, value, shape).at(Level::Deny, Confidence::Medium));
            continue;
        }
        let rest = rest.strip("\r\n").unwrap_or(rest);
        let Some((name, after)) = rest.cut_at(b"\r\n") else { continue };
        let of_server = ["requirepass", "masterauth", "auth", "auth-pass"].iter().any(|known| name.is(known));
        // `AUTH user password`: the command has three words then.
        let user =
            name.is("auth") && text.bytes.get(..at).is_some_and(|before| before.ends_with(b"*3\r\n$4"));
        let after = if user { string(after).map(|(_, after)| after) } else { Some(after) };
        let Some((value, _)) = after.and_then(string) else { continue };
        let weak = |value: &[u8]| of_server || is_chosen(value) || is_picked(value);
        if !is_password_hash(value.bytes()) && is_secret(value.bytes(), weak) {
            out(Found::here(&RULE, value, length_of("password in a command of Redis", value.len()))
                .at(Level::Deny, Confidence::Medium));
        }
    }
}

/// `"AUTH" "x"`, `"AUTH" "user" "x"`: as `MONITOR` shows the commands of others, the last word of the line.
fn monitored<'b>(before: &[u8], rest: Part<'b>) -> Option<Part<'b>> {
    // A command begins behind the bracket; a setting stands behind `"SET"`.
    let most = match rest.strip("\"auth\"") {
        Some(_) if before.ends_with(b"] ") => 3,
        None if before.to_ascii_lowercase().ends_with(b"\"set\" ") => 2,
        _ => return None,
    };
    let words = rest.strip("\"").map(|_| rest.while_(|b| !matches!(b, b'\n' | b'\r')))?;
    let value = words.words().last()?.unquote();
    let one = (2..=most).contains(&words.words().count()) && !is_password_hash(value.bytes());
    (one && is_secret(value.bytes(), |weak| weak.len() >= 4)).then_some(value)
}

/// `"ACL" "SETUSER" "name" "on" ">x"` of `MONITOR`: the password of a user that is made.
fn of_user(rest: Part<'_>) -> Option<Part<'_>> {
    let words = rest.strip("\"acl\" \"setuser\" ")?.while_(|b| !matches!(b, b'\n' | b'\r'));
    let value = words.words().skip(1).find_map(|word| word.unquote().strip(">"))?;
    is_secret(value.bytes(), |weak| weak.len() >= 4).then_some(value)
}

/// `1) "requirepass"` and below it `2) "x"`: what the client shows when it asks for the setting.
fn answered(rest: Part<'_>) -> Option<Part<'_>> {
    let names = [") \"requirepass\"", ") \"masterauth\""];
    let after = names.iter().find_map(|name| rest.strip(name))?;
    let next = after.lines().nth(1)?.trim();
    let number = next.while_(|b| b.is_ascii_digit());
    let value = next.after(&number).strip(") ").filter(|_| !number.is_empty())?;
    let value = value.strip("\"")?.cut(|b| b == b'"').map(|(value, _)| value)?;
    is_secret(value.bytes(), |weak| weak.len() >= 4).then_some(value)
}

/// The string of the protocol that begins here, and what follows it.
fn string(part: Part<'_>) -> Option<(Part<'_>, Part<'_>)> {
    let (length, after) = part.strip("$")?.cut_at(b"\r\n")?;
    let length = std::str::from_utf8(length.bytes()).ok()?.parse::<usize>().ok()?;
    let value = after.first(length);
    Some((value, after.after(&value).strip("\r\n")?))
}
