//! Values whose name is told by the name above it: `jwt:` over `key: …`, `'crypt' => ['key' => '…']`, `[jwt]` over `key = …`.
//!
//! Both names are judged as one: `jwt_key`, `api_keys_maps`. What a value's own name tells is for the finder of assignments.
//! Names like `key` stand everywhere, so only what looks random or chosen counts.
//!
//! bad: `jwt:\n  key: q8Rk2…`
//! good: `jwt:\n  key: ${JWT_KEY}`

use tightlip_report::{Confidence, Level};

use super::assignment::RULE;
use super::judge::ground::{Ground, ground, ground_of};
use super::judge::length_of;
use super::judge::name::{Says, is_password, says};
use super::judge::once::stands_in;
use super::judge::site::{Written, name_around, value_of};
use super::judge::value::{Worth, is_chosen, is_wordy, worth};
use crate::read::Part;
use crate::{Example, Finder, Found, Text};

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "nested",
    rules: &[&RULE],
    wants: |hint| ground(hint) != Ground::Noise,
    keywords: KEYWORDS,
    find,
    hits: &[
        Example { path: "app.yml", text: "jwt:\n  key: a1B{base62:30}\n", rule: "secret-in-file" },
        Example {
            path: "stack.yml",
            text: "Parameters:\n  DBPassword:\n    Type: String\n    NoEcho: true\n    Default: Kiesel{lower:6}8\n",
            rule: "secret-in-file",
        },
        Example {
            path: "azuredeploy.json",
            text: "{\"adminPassword\": {\n  \"type\": \"securestring\",\n  \"defaultValue\": \"Kiesel{lower:6}8\"\n}}\n",
            rule: "secret-in-file",
        },
        Example {
            path: "env.php",
            text: "'crypt' => [\n  'key' => 'a1B{base62:29}'\n],",
            rule: "secret-in-file",
        },
        Example {
            path: "app.json",
            text: r#"{"apiKeys": {"maps": "a1B{base62:30}"}}"#,
            rule: "secret-in-file",
        },
        Example { path: "app.toml", text: "[jwt]\nkey = \"a1B{base62:30}\"\n", rule: "secret-in-file" },
        Example {
            path: "attributes/default.rb",
            text: "default['postgresql']['password']['postgres'] = 'Xk9vQ2mz!'\n",
            rule: "secret-in-file",
        },
        Example {
            path: "envoy.yaml",
            text: "  downstream_auth_password: {inline_string: Otter.{lower:6}3}\n",
            rule: "secret-in-file",
        },
        Example {
            path: "services.yaml",
            text: "    widget:\n      type: plex\n      key: a1B{base62:17}\n",
            rule: "secret-in-file",
        },
        Example { path: "app.yml", text: "passwords:\n  admin: Xk9vQ2mz\n", rule: "secret-in-file" },
        Example {
            path: "env.php",
            text: "  'crypt' => \n  array (\n    'key' => '{hex:32}',\n  ),",
            rule: "secret-in-file",
        },
        Example {
            path: "fabfile.py",
            text: "env.passwords = {'bob@nas.lan:22': 'Xk9vQ2mz!'}\n",
            rule: "secret-in-file",
        },
    ],
    misses: &[
        Example {
            path: "app.yml",
            text: "jwt:\n  key: ${JWT_KEY}\n  issuer: a1B{base62:30}\napi:\n  key: main\nkey: a1B{base62:30}\n",
            rule: "",
        },
        Example {
            path: "app.json",
            text: r#"{"secrets": {"name": "db", "hash": "a1B{base62:30}"}, "api": {"id": "a1B{base62:30}"}}"#,
            rule: "",
        },
        Example { path: "es.yml", text: "secret:\n  key: prod/db-7f3a\n  value: a1B{base62:20}\n", rule: "" },
        Example { path: "service-2.json", text: r#"{"Tokens": {"shape": "DnsTokenList"}}"#, rule: "" },
        Example {
            path: ".travis.yml",
            text: "password:\n  secure: a1B{base62:300}\n  shape: XmlStringMaxLen256\n",
            rule: "",
        },
    ],
};

/// What stands above, with what shows that something is below it.
const KEYWORDS: &[&str] = &[
    "widget:",
    "secret:",
    "jwt:",
    "jwt\"",
    "jwt'",
    "jwt]",
    "jwt {",
    "crypt:",
    "crypt\"",
    "crypt'",
    "encryption:",
    "encryption\"",
    "encryption'",
    "encryption]",
    "cookie:",
    "cookie\"",
    "signing:",
    "signing\"",
    "signing'",
    "signing]",
    "hmac:",
    "hmac\"",
    "hmac'",
    "auth:",
    "auth\"",
    "auth'",
    "auth]",
    "api:",
    "api\"",
    "api'",
    "api]",
    "secrets:",
    "secrets\"",
    "secrets'",
    "secrets]",
    "passwords:",
    "passwords\"",
    "passwords'",
    "passwords]",
    "password:",
    "password\"",
    "password'",
    "tokens:",
    "tokens\"",
    "tokens'",
    "tokens]",
    "tokens {",
    "tokens =",
    "secrets =",
    "secrets {",
    "credentials =",
    "api_keys =",
    "apikeys =",
    "passwords =",
    "apikeys:",
    "apikeys\"",
    "api_keys:",
    "api_keys\"",
    "api_keys'",
    "api_keys]",
    "api-keys:",
    "credentials:",
    "credentials\"",
    "credentials'",
    "credentials]",
    "webhook:",
    "webhook\"",
    "license:",
    "license\"",
    "session:",
    "session]",
    "session\"",
    "session'",
];
/// Names that say which of several a value is; of one secret, nothing else below its name is that secret (`type`, `hint`,
/// what is `secure` because it is encrypted).
const WHICH: &[&str] = &[
    "key",
    "value",
    // Of Envoy.
    "inline_string",
    "live",
    "production",
    "prod",
    "staging",
    "development",
    "dev",
    "default",
    "defaultvalue",
    "current",
    "previous",
    "primary",
    "secondary",
    "main",
    "private",
    "plain",
    "admin",
    "root",
    "user",
    "app",
];
/// Names of what a description of an interface says of a member.
pub(super) const ABOUT: &[&str] = &[
    "shape",
    "type",
    "kind",
    "format",
    "ref",
    "documentation",
    "description",
    "location",
    "locationName",
    "member",
    "price",
    "plan",
    "product",
    "amount",
    "currency",
];
/// How far below a name its values are looked for, in bytes.
const REACH: usize = 4096;
/// How far before a name its line may begin, in bytes.
const LINE: usize = 256;

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let ground = ground_of(text);
    if text.binary || ground == Ground::Prose {
        return;
    }
    let mut done = 0;
    for &at in text.at.iter() {
        let above = name_around(text.bytes, at);
        if at < done || above.is_empty() || ground == Ground::Code && is_minified(text.bytes, above) {
            continue;
        }
        done = above.span().end;
        for name in below(text.bytes, above, ground) {
            value(text, ground, (above, name)).into_iter().for_each(&mut *out);
        }
    }
}

/// Whether a name without quotes stands in a program whose lines have no end: such names are its own.
fn is_minified(text: &[u8], name: Part<'_>) -> bool {
    let start = name.span().start;
    let before = text.get(start.saturating_sub(LINE)..start).unwrap_or_default();
    let quoted = matches!(before.last(), Some(b'"' | b'\''));
    !quoted && before.len() == LINE && !before.contains(&b'\n')
}

fn value<'b>(text: &Text<'b>, ground: Ground, (above, name): (Part<'b>, Part<'b>)) -> Option<Found<'b>> {
    let last = above.bytes().last().is_some_and(|last| last.eq_ignore_ascii_case(&b's'));
    // Of `tokens` each is a token.
    let one = above.first(above.len() - usize::from(last && above.is("tokens")));
    let joined = [one.bytes(), b"_", name.bytes()].concat();
    // `jwt` of `secrets` is one.
    let chain = is_chained(text.bytes, above, name);
    let which = last && says(name.bytes()) == Says::Maybe && says(&joined) != Says::Nothing;
    let told = says(name.bytes()) == Says::Nothing && says(&joined) == Says::Secret
        // The key of the service that a page of Homepage shows something of.
        || above.is("widget") && name.is("key");
    if !which && !told {
        return None;
    }
    let one_of = |names: &[&str]| names.iter().any(|known| name.is(known));
    // `secret: {key: x}` names a secret of a cluster, and which of its values.
    let named = above.is("secret") && !name.is("inline_string");
    if !last && !chain && !one_of(WHICH) || one_of(ABOUT) || named {
        return None;
    }
    let site = value_of(text.bytes, name)?;
    let value = match site.written {
        Written::Bare if ground == Ground::Code => return None,
        Written::Bare => site.value.cut_at(b" #").map_or(site.value, |(value, _)| value.trim()),
        _ => site.value,
    };
    // `default['a']['password']['b'] = 'x'` is a setting, whatever the language.
    let login = name.bytes().contains(&b'@');
    let setting = (chain || login) && site.written == Written::Quoted;
    let value = value.trim_of(|b| matches!(b, b',' | b'"' | b'\''));
    let plainly = ground != Ground::Code && is_password(above.bytes()) && name.is("inline_string");
    let default = one_of(&["default", "defaultvalue"]) && is_template_of_cloud(text);
    let numbered = value.bytes().iter().any(u8::is_ascii_digit) && !is_wordy(value.bytes());
    let chosen = is_chosen(value.bytes())
        || plainly && !is_wordy(value.bytes())
        || default && numbered && is_password(above.bytes());
    let counts = match worth(value.bytes()) {
        Worth::Strong => !value.bytes().contains(&b' '),
        Worth::Weak => chosen && (ground != Ground::Code || setting),
        _ => false,
    };
    let label = String::from_utf8_lossy(&joined).into_owned();
    counts.then(|| {
        Found::here(&RULE, value, length_of(&format!("value of {label}"), value.len()))
            .at(Level::Deny, Confidence::Medium)
    })
}

/// Whether a text describes what a cloud is to set up, and says of its parameters which are secret: `NoEcho: true` of
/// `CloudFormation`, `"type": "securestring"` of Azure.
fn is_template_of_cloud(text: &Text<'_>) -> bool {
    let says = |mark: &'static str| stands_in(text.bytes, mark.as_bytes());
    says("NoEcho") || says("ecureString") || says("securestring")
}

/// Whether a name is the index behind another: `['password']['root']`.
fn is_chained(text: &[u8], above: Part<'_>, name: Part<'_>) -> bool {
    let between = text.get(above.span().end..name.span().start).unwrap_or_default();
    matches!(between, [open, b']', b'[', close] if open == close && matches!(open, b'"' | b'\''))
}

/// The name that is the next index, if what is indexed is set.
fn chained<'b>(rest: Part<'b>) -> Option<Part<'b>> {
    let quote = rest.bytes().first().copied().filter(|b| matches!(b, b'"' | b'\''))?;
    let name = name_of(rest.skip(1).strip("][")?);
    let after = rest.skip(name.span().end - rest.span().start);
    let behind = after.skip(usize::from(after.bytes().first() == Some(&quote))).strip("]")?;
    let set = blank(behind).strip("=").is_some_and(|value| !value.bytes().starts_with(b"="));
    (set && !name.is_empty()).then_some(name)
}

/// The names right below a name: in a section, in brackets, or indented.
pub(super) fn below<'b>(text: &'b [u8], above: Part<'b>, ground: Ground) -> Vec<Part<'b>> {
    let span = above.span();
    // A line of a minified program may be all of it.
    let before = text.get(span.start.saturating_sub(LINE)..span.start).unwrap_or_default();
    let line = before.rsplit(|b| *b == b'\n').next().unwrap_or_default();
    let rest = Part::between(text, span.end..text.len().min(span.end + REACH));
    if let Some(lines) = rest.strip("]").filter(|_| line.first() == Some(&b'[')) {
        return in_section(lines);
    }
    if let Some(name) = chained(rest) {
        return vec![name];
    }
    let rest = blank(rest.after(&rest.while_(|b| matches!(b, b'"' | b'\''))));
    let colon = rest.strip(":").filter(|after| !after.bytes().starts_with(b":"));
    let behind = rest.strip("=>").or(colon).or_else(|| rest.strip("=")).unwrap_or(rest);
    let inside = blank(behind);
    // PHP writes what it has in memory with its bracket in the next line: `'crypt' =>\n  array (`.
    let listed = Some(behind.trim()).filter(|next| ground == Ground::Code && next.strip("array").is_some());
    let inside = listed.unwrap_or(inside);
    let open = ["{", "[", "array(", "array ("].iter().find_map(|open| inside.strip(open));
    match (open, inside.bytes().first()) {
        (Some(inside), _) => in_brackets(inside),
        (None, Some(b'\n' | b'\r' | b'#')) if colon.is_some() && ground == Ground::Yaml => {
            let depth = line.len() - line.trim_ascii_start().len();
            let own = line.trim_ascii().is_empty() || line.trim_ascii() == b"\"";
            if own { indented(inside, depth) } else { Vec::new() }
        }
        _ => Vec::new(),
    }
}

fn in_section(lines: Part<'_>) -> Vec<Part<'_>> {
    let lines = lines.lines().skip(1).map(|line| line.trim());
    lines.take_while(|line| !line.bytes().starts_with(b"[")).map(name_of).filter(|n| !n.is_empty()).collect()
}

fn indented(below: Part<'_>, depth: usize) -> Vec<Part<'_>> {
    let mut names = Vec::new();
    let mut level = None;
    for line in below.lines().skip(1) {
        let blank = line.bytes().iter().take_while(|b| **b == b' ').count();
        if line.trim().is_empty() || line.trim().bytes().starts_with(b"#") {
            continue;
        }
        if blank <= depth {
            break;
        }
        if *level.get_or_insert(blank) == blank {
            names.push(name_of(line.trim()));
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

fn in_brackets(inside: Part<'_>) -> Vec<Part<'_>> {
    let mut names = Vec::new();
    let (mut depth, mut quote, mut fresh) = (0_usize, None, true);
    let mut at = 0;
    while let Some(&b) = inside.bytes().get(at) {
        at += 1;
        match (quote, b) {
            (Some(_), b'\\') => at += 1,
            (Some(open), _) => quote = quote.filter(|_| open != b),
            (None, b',' | b'\n' | b';') => fresh = true,
            (None, _) if b.is_ascii_whitespace() => {}
            (None, _) if fresh && depth == 0 && !matches!(b, b'{' | b'[' | b'(' | b'}' | b']' | b')') => {
                let name = name_of(inside.skip(at - 1));
                at += (name.span().end - inside.span().start).saturating_sub(at);
                at += usize::from(matches!(inside.bytes().get(at), Some(b'"' | b'\'')));
                names.push(name);
                fresh = false;
            }
            (None, b'"' | b'\'' | b'`') => quote = Some(b),
            (None, b'{' | b'[' | b'(') => depth += 1,
            (None, b'}' | b']' | b')') => match depth.checked_sub(1) {
                Some(less) => depth = less,
                None => break,
            },
            _ => {}
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

/// The name, in quotes or not, at the start; in quotes also a login with its host: `'bob@nas.lan:22'`.
fn name_of(start: Part<'_>) -> Part<'_> {
    let quotes = start.while_(|b| matches!(b, b'"' | b'\''));
    let login =
        start.skip(quotes.len().min(1)).while_(|b| b.is_ascii_alphanumeric() || b"_-.@:".contains(&b));
    if quotes.len() == 1 && login.bytes().contains(&b'@') {
        return login;
    }
    start.skip(quotes.len().min(1)).while_(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'))
}

fn blank(part: Part<'_>) -> Part<'_> {
    part.after(&part.while_(|b| b == b' ' || b == b'\t'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str, ground: Ground) -> Vec<String> {
        let above = name_around(text.as_bytes(), text.find("jwt").unwrap());
        let names = below(text.as_bytes(), above, ground);
        names.iter().map(|name| String::from_utf8_lossy(name.bytes()).into_owned()).collect()
    }

    #[test]
    fn names_below_a_name_are_found_in_every_form() {
        for (text, ground) in [
            ("jwt:\n  key: x\n  # y\n  other:\n    deep: 1\nnext: 2\n", Ground::Yaml),
            ("{\"jwt\": {\"key\": \"a,b\", \"other\": {\"deep\": 1}}, \"next\": 2}", Ground::Quoted),
            ("'jwt' => [\n 'key' => 'x',\n 'other' => ['deep' => 1],\n], 'next' => 2", Ground::Code),
            ("[jwt]\nkey = 1\nother = 2\n[next]\nz = 1\n", Ground::Lines),
            ("jwt { key = x\n other = y }\nnext = 1", Ground::Lines),
        ] {
            assert_eq!(names(text, ground), ["key", "other"], "{text}");
        }
        assert_eq!(names("the jwt: key\n  x: y", Ground::Yaml), Vec::<String>::new());
    }

    proptest::proptest! {
        #[test]
        fn no_input_is_too_strange(text in "(jwt|key|:|=>|=|\\{|\\[|\\]|\\}|\"|'|\\\\| |\n|,){0,16}") {
            for at in text.match_indices("jwt").map(|(at, _)| at) {
                let above = name_around(text.as_bytes(), at);
                for ground in [Ground::Yaml, Ground::Code, Ground::Lines] {
                    let _ = below(text.as_bytes(), above, ground);
                }
            }
        }
    }
}
