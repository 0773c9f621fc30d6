//! Names of secrets with their values in files: INI, properties, YAML, JSON, XML, HCL and source code.
//!
//! How sure one can be depends on the file: in a configuration a bare word is the value; in a program only what is quoted
//! is one, and unless it looks random it may as well be a label, so it is a warning; in texts for people only what looks random counts.
//!
//! bad: `spring.datasource.password=hunter22`
//! good: `spring.datasource.password=${DB_PASSWORD}`

use tightlip_report::{Confidence, Level};

use super::judge::ground::{Ground, ground};
use super::judge::length_of;
use super::judge::name::{KEYWORDS, Says, is_for_tests, is_password, says};
use super::judge::site::{Sign, Site, Written, name_around, value_of};
use super::judge::value::{Worth, is_label, is_password_hash, is_wordy, worth};
use crate::read::Part;
use crate::setting::is_named_manual;
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule = Rule::new(
    "secret-in-file",
    "Value with the name of a secret, in a file",
    "Whoever can read the file has what the program has.",
)
.at(Level::Deny, Confidence::Medium);

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "assignment",
    rules: &[&RULE],
    wants: |hint| ground(hint) != Ground::Noise,
    keywords: KEYWORDS,
    find,
    hits: &[
        Example {
            path: "app/application.properties",
            text: "spring.datasource.password=hunter{digits:2}\n",
            rule: "secret-in-file",
        },
        Example { path: "app/config.yml", text: "db:\n  password: p{lower:6}9\n", rule: "secret-in-file" },
        Example {
            path: "app/appsettings.json",
            text: r#"{"Jwt": {"clientSecret": "a1B{base62:30}"}}"#,
            rule: "secret-in-file",
        },
        Example {
            path: "app/web.config",
            text: "<add key=\"DbPassword\" value=\"p{lower:6}9\" />",
            rule: "secret-in-file",
        },
        Example {
            path: "k8s/deploy.yaml",
            text: "env:\n- name: DB_PASSWORD\n  value: p{lower:6}9\n",
            rule: "secret-in-file",
        },
        Example { path: "app/settings.py", text: "SECRET_KEY = 'a1B{base62:40}'\n", rule: "secret-in-file" },
        Example { path: "main.tf", text: "password = \"p{lower:6}9\"\n", rule: "secret-in-file" },
        Example { path: "notes", text: "user: bob\npassword: p{lower:6}9\n", rule: "secret-in-file" },
        Example {
            path: "main.tf",
            text: "variable \"db_password\" {\n  default = \"p{lower:6}9\"\n}\n",
            rule: "secret-in-file",
        },
        Example { path: "x.ps1", text: "$password = \"p{lower:6}9\"\n", rule: "secret-in-file" },
        Example { path: "a.xml", text: "<password>p{lower:6}9</password>", rule: "secret-in-file" },
        Example { path: "", text: r#"{\"password\":\"p{lower:6}9\"}"#, rule: "secret-in-file" },
    ],
    misses: &[
        Example {
            path: "app/settings.py",
            text: "password = get_password()\nsecret_key = os.environ['SECRET_KEY']\ntoken: str = None\npassword=\"password\"\n",
            rule: "",
        },
        Example {
            path: "app/config.yml",
            text: "password: ${DB_PASSWORD}\ntoken: {{ .Values.token }}\nsecretName: db\npassword: \"\"\nsecret: null\n",
            rule: "",
        },
        Example {
            path: "a.json",
            text: r#"{"token_hash": "a1B{base62:40}", "AWS::IAM::AccessKey": "{hex:16}", "x": "arn:aws:s:1:secret:MyTest-a1b2c3", "passwordChanged": "2016-09-08T21:47:36Z", "token": "2016-09-08T21:47:36Z"}"#,
            rule: "",
        },
        Example {
            path: "etc/nsswitch.conf",
            text: "passwd:         files systemd\nshadow: files\n",
            rule: "",
        },
        Example {
            path: "etc/pam.d/common-password",
            text: "password\t[success=1 default=ignore]\tpam_unix.so obscure yescrypt\n",
            rule: "",
        },
        Example {
            path: "package.json",
            text: r#"{"dependencies": {"js-tokens": "^4.0.0", "password": "1.2.3"}, "token": "Token"}"#,
            rule: "",
        },
        Example {
            path: "a.js",
            text: "if (token === 'abc12345') {} const t = {token: t.token, password: 'Password'}; e.secret=n(5)",
            rule: "",
        },
        Example {
            path: "en.json",
            text: r#"{"password": "Password", "forgot_password": "Forgot it?", "token": "Enter the token we sent"}"#,
            rule: "",
        },
        Example {
            path: "README.md",
            text: "password: the one you chose\nSet `API_KEY=secret123` first\n",
            rule: "",
        },
        Example {
            path: "a.go",
            text: "Token: token.NewToken(x1), Password string `json:\"password\"`\n",
            rule: "",
        },
        Example {
            path: "a.java",
            text: "private static final String PASSWORD_KEY = \"user.password\"; String token = \"access_token\";\n",
            rule: "",
        },
    ],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    if text.binary {
        return;
    }
    let ground = ground(&text.hint);
    let mut done = 0;
    for &at in text.at {
        if at < done {
            continue;
        }
        let name = name_around(text.bytes, at);
        done = name.span().end.max(at + 1);
        // Most of these words stand in sentences and code: that nothing is assigned is quicker to see than what they say.
        let Some(site) = value_of(text.bytes, name).and_then(|site| fits(ground, site)) else { continue };
        let says = says(name.bytes());
        if says == Says::Nothing {
            continue;
        }
        // A query's parameter is for the finder of URLs; after colons stands a type, or a part of an address.
        if matches!(
            name.span().start.checked_sub(1).and_then(|n| text.bytes.get(n)),
            Some(b'?' | b'&' | b':')
        ) {
            continue;
        }
        if site.written == Written::Bare && is_in_quotes(text.bytes, name.span().start) {
            continue;
        }
        let judged = judge(ground, says, &site);
        let Some((level, confidence)) = judged.or_else(|| noted(text, ground, &site)) else { continue };
        let commented = is_comment(text.bytes, name.span().start);
        if commented && (level, confidence) == (Level::Warn, Confidence::Low) {
            continue;
        }
        let level = if commented && confidence != Confidence::High { Level::Warn } else { level };
        done = site.value.span().end;
        let label = String::from_utf8_lossy(name.bytes()).into_owned();
        out(Found::here(&RULE, site.value, length_of(&format!("value of {label}"), site.value.len()))
            .at(level, confidence));
    }
}

/// Whether a value so written is one on this ground, and what of the line it is.
fn fits(ground: Ground, site: Site<'_>) -> Option<Site<'_>> {
    if site.written != Written::Bare {
        // On the shell's ground the finder of commands does the rest; PowerShell has blanks around its sign.
        let spaced = site.sign == Sign::Equals && site.value.span().start > site.name.span().end + 2;
        let here = ground != Ground::Shell || site.quoted_name == Written::Quoted || spaced;
        return here.then_some(site);
    }
    let spaced = site.value.span().start > site.name.span().end + 1;
    let value = match (ground, site.sign) {
        (Ground::Yaml, sign) if spaced || sign == Sign::Equals => {
            site.value.cut_at(b" #").map_or(site.value, |(v, _)| v.trim())
        }
        (Ground::Lines, Sign::Equals) => site.value.cut_at(b" #").map_or(site.value, |(v, _)| v.trim()),
        (Ground::Prose, _) => site
            .value
            .words()
            .next()?
            .trim_of(|b| matches!(b, b'`' | b',' | b';' | b'.' | b')' | b'*' | b'"' | b'\'')),
        _ => return None,
    };
    // A bare value of several words is a sentence, or a list.
    let plain = !value.bytes().contains(&b' ') && !value.bytes().ends_with(b",") && !is_code(value);
    plain.then_some(Site { value, ..site })
}

/// Whether the place is in a comment: of a line, or of XML.
fn is_comment(text: &[u8], at: usize) -> bool {
    let before = text.get(at.saturating_sub(4096)..at).unwrap_or_default();
    let line = before.rsplit(|b| *b == b'\n').next().unwrap_or_default().trim_ascii_start();
    let open = memchr::memmem::rfind(before, b"<!--");
    let close = memchr::memmem::rfind(before, b"-->");
    matches!(line.first(), Some(b'#' | b';'))
        || line.starts_with(b"//")
        || open.is_some_and(|o| close.is_none_or(|c| c < o))
}

/// Whether a string is open in the line where a bare name stands: `"user: test, password: test1"` is a sentence.
fn is_in_quotes(text: &[u8], at: usize) -> bool {
    let before = text.get(at.saturating_sub(512)..at).unwrap_or_default();
    let line = before.rsplit(|b| *b == b'\n').next().unwrap_or_default();
    let sentence = line.contains(&b' ') && line.trim_ascii_end().ends_with(b",");
    let count = |quote: u8| line.iter().filter(|b| **b == quote).count();
    sentence && (count(b'\'') % 2 == 1 || count(b'"') % 2 == 1)
}

fn is_code(value: Part<'_>) -> bool {
    value
        .bytes()
        .first()
        .is_some_and(|b| matches!(b, b'{' | b'[' | b'(' | b'&' | b'*' | b'!' | b'|' | b'>' | b'<' | b'%'))
        || value.bytes().ends_with(b"(")
        || value.bytes().ends_with(b"{")
}

fn judge(ground: Ground, says: Says, site: &Site<'_>) -> Option<(Level, Confidence)> {
    if says == Says::Nothing {
        return None;
    }
    let value = site.value.bytes();
    let worth = worth(value);
    let same = value.eq_ignore_ascii_case(site.name.bytes());
    // Private keys have a finder of their own.
    if worth <= Worth::Prose || same || value.starts_with(b"-----BEGIN") {
        return None;
    }
    let config = matches!(ground, Ground::Lines | Ground::Yaml | Ground::Quoted | Ground::Shell);
    let text = value.contains(&b' ') || !value.is_ascii();
    if text && !is_password(site.name.bytes()) || is_quoted_by_percent(value) {
        // Tokens and keys hold neither blanks nor other letters than ours; `%F0%9F` is a part of an address.
        return None;
    }
    if is_password_hash(value) || says_its_name(site) || is_for_tests(site.name.bytes()) {
        return Some((Level::Warn, Confidence::Low));
    }
    match (worth, says) {
        (Worth::Strong, Says::Secret) if config => Some((Level::Deny, Confidence::High)),
        (Worth::Strong, Says::Secret) if ground == Ground::Code => Some((Level::Deny, Confidence::Medium)),
        (Worth::Strong, _) => Some((Level::Warn, Confidence::Low)),
        (_, Says::Maybe | Says::Nothing) => None,
        (Worth::Uuid, _) => (ground != Ground::Prose).then_some((Level::Warn, Confidence::Low)),
        (Worth::Default, _) => (config && !is_label(value)).then_some((Level::Warn, Confidence::Low)),
        (Worth::Number, _) => {
            (config && is_password(site.name.bytes())).then_some((Level::Deny, Confidence::Medium))
        }
        _ if config => weak_in_config(ground, site),
        _ if ground == Ground::Code => weak_in_code(site),
        _ => None,
    }
}

/// `client-secret-456` as the value of `clientSecret`: its name with a number.
fn says_its_name(site: &Site<'_>) -> bool {
    let letters = |bytes: &[u8]| -> Vec<u8> {
        bytes.iter().filter(|b| b.is_ascii_alphabetic()).map(u8::to_ascii_lowercase).collect()
    };
    let (name, value) = (letters(site.name.bytes()), letters(site.value.bytes()));
    let has = |class: fn(&u8) -> bool| site.value.bytes().iter().any(class);
    let numbered = has(|b| matches!(b, b'-' | b'_')) && has(u8::is_ascii_digit);
    numbered && value.len() >= 8 && (name.ends_with(&value) || value.ends_with(&name))
}

/// Two bytes or more written as `%C3%A9`.
fn is_quoted_by_percent(value: &[u8]) -> bool {
    let quoted = |w: &[u8]| matches!(w, [b'%', a, b] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit());
    let all = value.windows(3).filter(|w| quoted(w)).count();
    all >= 2 && all * 6 >= value.len()
}

/// `password: Summer2024` as a line of its own in a text of an unknown kind.
fn noted(text: &Text<'_>, ground: Ground, site: &Site<'_>) -> Option<(Level, Confidence)> {
    let before = text.bytes.get(..site.name.span().start)?.rsplit(|b| *b == b'\n').next()?;
    let alone = before.iter().all(|b| b.is_ascii_whitespace() || matches!(b, b'-' | b'*'));
    let after = text.bytes.get(site.value.span().end..)?;
    let ends = after.trim_ascii_start().is_empty() || matches!(after.first(), Some(b'\n' | b'\r'));
    let weak = worth(site.value.bytes()) == Worth::Weak && says(site.name.bytes()) == Says::Secret;
    let unknown = ground == Ground::Prose && !is_named_manual(&text.hint);
    (unknown && alone && ends && weak).then(|| weak_in_code(site)).flatten()
}

fn weak_in_config(ground: Ground, site: &Site<'_>) -> Option<(Level, Confidence)> {
    let value = site.value.bytes();
    if is_label(value) || (value.len() < 4 && !is_password(site.name.bytes())) || is_version(value) {
        return None;
    }
    if !is_wordy(value) || (ground == Ground::Lines && is_password(site.name.bytes())) {
        return Some((Level::Deny, Confidence::Medium));
    }
    is_password(site.name.bytes()).then_some((Level::Warn, Confidence::Low))
}

/// In programs the words of an identifier are no password; letters with digits or marks may be one.
fn weak_in_code(site: &Site<'_>) -> Option<(Level, Confidence)> {
    let value = site.value.bytes();
    let has = |class: fn(&u8) -> bool| value.iter().any(class);
    let mixed = has(u8::is_ascii_alphabetic)
        && (has(u8::is_ascii_digit) || value.iter().any(|b| matches!(b, b'!' | b'#' | b'@' | b'&' | b'^')));
    let plain = value.iter().all(|b| {
        b.is_ascii_graphic()
            && !matches!(
                b,
                b'(' | b')' | b'<' | b'>' | b'{' | b'}' | b'\\' | b'"' | b'`' | b'|' | b',' | b';' | b'='
            )
    });
    (mixed
        && plain
        && (6..=64).contains(&value.len())
        && is_password(site.name.bytes())
        && !is_version(value))
    .then_some((Level::Warn, Confidence::Low))
}

/// `^4.0.0`, `1.2`, `>=3`.
fn is_version(value: &[u8]) -> bool {
    let bare = value.trim_ascii_start();
    let start = bare.iter().take_while(|b| matches!(b, b'^' | b'~' | b'>' | b'<' | b'=' | b'v')).count();
    bare.get(start).is_some_and(u8::is_ascii_digit)
        && bare.iter().skip(start).all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'x' | b'*'))
}
