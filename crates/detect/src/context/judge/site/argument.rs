//! Values that are arguments: `getenv("DB_PASSWORD", "x")`, `setPassword("x")`, `storePassword "x"`.

use super::super::coined::is_coined;
use super::super::instead::is_asked;
use super::super::literal;
use super::super::value::{is_chosen, is_random};
use super::super::weak::is_chosen_in_quotes;
use super::{Written, blank, is_name};
use crate::read::Part;

/// `getenv("DB_PASSWORD", "x")`, `define('DB_PASSWORD', 'x')`; `setPassword("x")`; `storePassword "x"` alone in its line.
pub(super) fn argument<'b>(
    name: Part<'b>,
    before: Part<'b>,
    rest: Part<'b>,
    quoted_name: Written,
) -> Option<Part<'b>> {
    if quoted_name == Written::Quoted {
        return behind_name(before, rest);
    }
    if let Some(after) = rest.strip(",").filter(|_| is_put(before)) {
        let value = quoted(blank(after))?;
        return (is_chosen_in_quotes(value.bytes()) || is_coined(value.bytes()) || is_random(value.bytes()))
            .then_some(value);
    }
    if let Some(inside) = rest.strip("(").filter(|_| is_setter(name)) {
        let value = quoted(blank(inside))?;
        let end = Part::between(rest.whole(), value.span().end + 1..rest.span().end).trim();
        return end.bytes().starts_with(b")").then_some(value);
    }
    let line = before.bytes().rsplit(|b| *b == b'\n').next().unwrap_or_default().trim_ascii();
    // `(defparameter *password* "x")`: Lisp marks what is one for all so.
    let line = line.strip_suffix(b"*").map_or(line, <[u8]>::trim_ascii_end);
    if line == b"set"
        && let Some(inside) = blank(rest).strip("{")
    {
        return in_braces(inside);
    }
    let opens = [
        &b""[..],
        b"#define",
        b"{",
        b"release {",
        b"proxy_set_header",
        b"header_up",
        b"set $",
        b"set",
        b"set(",
        b"setenv",
        b"SET(",
        // An attribute of an Elixir module.
        b"@",
        // What Lisps define, and macros of Stata.
        b"(def",
        b"(def ^:private",
        b"(def ^:const",
        b"(defonce",
        b"(defonce ^:private",
        b"(define",
        b"(defvar",
        b"(defconst",
        b"(defconstant",
        b"(defcustom",
        b"(defparameter",
        b"(setq",
        b"(setf",
        b"(setq-default",
        b"global",
        b"local",
    ];
    let value =
        quoted(blank(rest)).filter(|_| rest.bytes().starts_with(b" ") || rest.bytes().starts_with(b"\t"))?;
    // `:password "x"` of Clojure, `#:password "x"` of Racket, and `{ username "bob"; password "x" }` of Gradle.
    let keyword = line
        .strip_suffix(b":")
        .is_some_and(|l| l.last().is_none_or(|b| b.is_ascii_whitespace() || matches!(b, b'{' | b'#')));
    let pair = line.ends_with(b";") && line.contains(&b'{');
    let alone = opens.contains(&line) || line.ends_with(b"{") && line.len() < 80 || keyword || pair;
    alone.then_some(value)
}

/// `set password {x}` of Tcl, whose braces are quotes; a list has blanks.
fn in_braces(inside: Part<'_>) -> Option<Part<'_>> {
    let (value, _) = inside.cut(|b| b == b'}')?;
    let plain = !value.bytes().iter().any(|b| b.is_ascii_whitespace() || matches!(b, b'{' | b'$' | b'['));
    (plain && value.len() >= 4).then_some(value)
}

/// The value in quotes that begins here.
fn quoted(part: Part<'_>) -> Option<Part<'_>> {
    match literal::value(part)? {
        (Written::Quoted, value) => Some(value),
        _ => None,
    }
}

/// The argument behind a name in quotes.
fn behind_name<'b>(before: Part<'b>, rest: Part<'b>) -> Option<Part<'b>> {
    // Of a call, not of a list of pairs; and of values only those that cannot be words of the program.
    if before.bytes().ends_with(b"\"--") || before.bytes().ends_with(b"'--") {
        return quoted(otherwise(blank(rest.strip(",")?)));
    }
    // A setting of .NET has the names of the sections above it: `GetValue<string>("Db:Password", "x")`.
    let section = before.bytes().iter().rev().take_while(|b| is_name(**b) || **b == b':').count();
    let section = if before.bytes().ends_with(b":") { section } else { 0 };
    let head = before.first(before.len().saturating_sub(section + 1)).bytes().trim_ascii_end();
    // Gradle's `buildConfigField "String", "API_KEY", "\"x\""`, and the same with brackets.
    let line = head.rsplit(|b| *b == b'\n').next().unwrap_or_default().trim_ascii();
    if [&b"buildConfigField"[..], b"resValue"].iter().any(|word| memchr::memmem::find(line, word).is_some()) {
        return quoted(blank(rest.strip(",")?)).map(|value| value.trim_of(|b| matches!(b, b'\\' | b'"')));
    }
    let of_environment = ["get(env,", "getpref(", "setpref(", "lookup(env,"]
        .iter()
        .any(|call| memchr::memmem::find(&line.to_ascii_lowercase(), call.as_bytes()).is_some());
    let of_environment = of_environment && head.ends_with(b",");
    let called = of_environment
        || head.strip_suffix(b"(").is_some_and(|head| {
            head.last().is_some_and(|b| is_name(*b) || matches!(b, b',' | b'>'))
            // Rows of settings: `VALUES ('smtp_password', 'x')`.
            || head.trim_ascii_end().to_ascii_lowercase().ends_with(b"values")
        });
    let row = head.ends_with(b",") && memchr::memmem::find(&line.to_ascii_lowercase(), b"values").is_some();
    let named = [&b","[..], b"..."].iter().any(|end| head.ends_with(end)) && {
        let statement = continued(head);
        statement.ends_with(b",") && is_among_names(&statement)
    };
    let value = quoted(otherwise(blank(rest.strip(",").filter(|_| called || row || named)?)))?;
    // What is taken instead of a setting is judged as what it is set to.
    if called && is_asked(call_of(line)) {
        return Some(value);
    }
    if named {
        return (is_chosen_in_quotes(value.bytes()) || is_coined(value.bytes()) || is_random(value.bytes()))
            .then_some(value);
    }
    // A constant of PHP is set like a variable.
    let defined = head.to_ascii_lowercase().ends_with(b"define(");
    let telling = is_chosen(value.bytes()) || is_coined(value.bytes()) || is_random(value.bytes());
    (defined || telling).then_some(value)
}

/// The name of the call whose bracket a line ends with.
fn call_of(line: &[u8]) -> &[u8] {
    let part = |b: &&u8| is_name(**b) || matches!(b, b':' | b'>' | b'<' | b'$' | b'(' | b')');
    line.get(line.len() - line.iter().rev().take_while(part).count()..).unwrap_or_default()
}

/// The line that ends here, with those before it that go on in it, as MATLAB's do behind `...`.
fn continued(head: &[u8]) -> Vec<u8> {
    let lines = head.rsplit(|b| *b == b'\n').map(<[u8]>::trim_ascii).take(LINES).enumerate();
    let going_on = lines.map_while(|(number, line)| match line.strip_suffix(b"...") {
        Some(line) => Some(line.trim_ascii_end()),
        None => (number == 0).then_some(line),
    });
    let mut lines: Vec<&[u8]> = going_on.collect();
    lines.reverse();
    lines.concat()
}

/// A call goes over no more lines.
const LINES: usize = 16;

/// Names and values in turn, as MATLAB's calls have them: `weboptions('Username', 'x', 'Password', 'y')`.
fn is_among_names(line: &[u8]) -> bool {
    let lower = line.to_ascii_lowercase();
    let call = memchr::memrchr(b'(', &lower).and_then(|at| lower.get(at + 1..)).unwrap_or_default();
    ["'username',", "'user',", "\"username\",", "\"user\","]
        .iter()
        .any(|user| call.starts_with(user.as_bytes()))
}

/// Whether a bare name is the first argument of a call that sets what is so named: `env.put(Context.SECURITY_CREDENTIALS, "x")`,
/// or curl's option: `curl_setopt($c, CURLOPT_PASSWORD, "x")`.
fn is_put(before: Part<'_>) -> bool {
    let near = before.skip(before.len().saturating_sub(80)).bytes().to_ascii_lowercase();
    let line = near.rsplit(|b| *b == b'\n').next().unwrap_or_default();
    // `set :password, 'x'` of Sinatra and Capistrano has no bracket.
    let puts = ["put(", "setproperty(", "putifabsent(", "set(", "option(", "define(", "set :", "set(:"];
    // `application:set_env(shop, db_password, "x")` of Erlang has the program's name first.
    let environment = line.ends_with(b", ") && memchr::memmem::find(line, b"set_env(").is_some();
    puts.iter().any(|call| line.ends_with(call.as_bytes()))
        || environment
        || line.ends_with(b", ") && memchr::memmem::find(line, b"setopt(").is_some()
}

/// `setPassword(…)`, `.password(…)`; not `getPassword(…)`, which says where one is to be found.
pub(super) fn is_setter(name: Part<'_>) -> bool {
    let last = name.bytes().rsplit(|b| *b == b'.').next().unwrap_or_default().to_ascii_lowercase();
    let others = [
        "get", "is", "has", "find", "check", "valid", "verify", "hash", "encode", "decode", "encrypt",
        "decrypt", "compare", "match", "require", "assert", "test", "parse", "load", "read", "lookup",
        "fetch", "mock", "make", "new",
    ];
    !others.iter().any(|verb| last.starts_with(verb.as_bytes()))
}

/// `default="x"`: what a call takes if nothing else is given.
fn otherwise(argument: Part<'_>) -> Part<'_> {
    let words = ["default=", "default: ", "default = ", "fallback="];
    words.iter().find_map(|word| argument.strip(word)).unwrap_or(argument)
}
