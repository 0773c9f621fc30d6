//! Credentials in URLs: `scheme://user:password@host`, a token in the place of the user, and secret query parameters.

use tightlip_report::{Confidence, Level};

mod interface;

use super::judge::coined::is_coined;
use super::judge::ground::{Ground, ground, is_log};
use super::judge::host::{is_example, is_local, is_real};
use super::judge::in_login::is_own_password;
use super::judge::joined::{is_joined_phrase, is_own_joined, is_short_phrase};
use super::judge::length_of;
use super::judge::name::{Says, is_password, says};
use super::judge::value::{Worth, is_chosen, is_picked, is_random, worth};
use super::judge::weak::is_made_of_letters;
use crate::decode::text::percent;
use crate::read::{Part, url};
use crate::words::is_worded;
use crate::{Example, Finder, Found, Rule, Text};
use interface::is_key_of_interface;

pub(super) static PASSWORD: Rule = Rule::new(
    "url-password",
    "Password in a URL",
    "Whoever holds the URL can log in to the host as its user.",
)
.source("https://www.rfc-editor.org/rfc/rfc3986#section-3.2.1");

static QUERY: Rule = Rule::new(
    "url-query-token",
    "Token in a URL's query",
    "Whoever holds the URL has the access that its token gives, until it expires.",
)
.source("https://www.rfc-editor.org/rfc/rfc6750#section-2.3")
.at(Level::Deny, Confidence::Medium);

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "url-credentials",
    rules: &[&PASSWORD, &QUERY],
    wants: |_| true,
    keywords: KEYWORDS,
    find,
    hits: &[
        Example {
            path: "app/config.yml",
            text: "url: postgres://app:p{lower:9}@db.internal:5432/app\n",
            rule: "url-password",
        },
        Example {
            path: "",
            text: "RUN git clone https://x{base62:39}@github.com/a/b.git # buildkit",
            rule: "url-password",
        },
        Example {
            path: "",
            text: "ADD https://h.example/f?sv=1&sig={b64u:43}%3D /x",
            rule: "url-query-token",
        },
        Example {
            path: "a.env",
            text: "BROKER=sqs://AKEY:{base62:12}9%2F{base62:12}4%2F{base62:8}@\n",
            rule: "url-password",
        },
        Example {
            path: "a.py",
            text: "DSN = 'redis://:Zk9{base62:12}@cache.internal:6379/0'",
            rule: "url-password",
        },
        Example {
            path: "a.sh",
            text: "curl 'https://api.kieselwerk.de/v1/find?q=a&key=a1b{hex:29}'\n",
            rule: "url-query-token",
        },
        Example {
            path: "b.py",
            text: "u = \"https://kieselwerk.de/api/?Key=SR52-RT72-LB67-VZ4{digits:1}&q=a\"\n",
            rule: "url-query-token",
        },
        Example {
            path: "b.mjs",
            text: "const w = 'wss://fra.kieselwerk.de?token={hex:8}-{hex:4}-4{hex:3}-8{hex:3}-{hex:12}';\n",
            rule: "url-query-token",
        },
        Example {
            path: "a.kt",
            text: "@GET(\"api/v2?type=a&app_id=41aea808&app_key=a1{hex:30}\")\n",
            rule: "url-query-token",
        },
        Example {
            path: "a.js",
            text: "connect('postgres://app:otter-pebble-quartz@pg1.kieselwerk.internal/app');\n",
            rule: "url-password",
        },
    ],
    misses: &[
        Example {
            path: "a.js",
            text: concat!(
                "get('https://kieselwerk.de/rows?key=a1b{hex:29}'); get('https://api.kieselwerk.de/v1?key=KEY');\n",
                "get('https://api.kieselwerk.de/tiles/1/2.png?key=a1B{base62:20}'); get('https://cdn.kieselwerk.de/a.js?v=a1{hex:30}');\n",
                "get('https://api.kieselwerk.de/v1?key=name_of_the_row_2'); get('https://api.kieselwerk.de/v1?key=${k}');\n",
                "open('https://kieselwerk.de/join?token={hex:8}-{hex:4}-4{hex:3}-8{hex:3}-{hex:12}');\n",
            ),
            rule: "",
        },
        Example { path: "bin/tool", text: "\0net psk ?pw=x.a{base62:12}.war as dyn\0", rule: "" },
        Example { path: "a.env", text: "A=sqs://key:secret@\nB=x://a:hunter2024@\n", rule: "" },
        Example {
            path: "README.md",
            text: "https://user:password@example.com, https://user:pass@host/ and ftp://a:b@c",
            rule: "",
        },
        Example {
            path: "app/config.yml",
            text: "url: postgres://${USER}:${PASS}@db/app\nx: git+ssh://git@github.com/a/b\n",
            rule: "",
        },
        Example {
            path: "a.js",
            text: "fetch(`https://${a}:${b}@h/`); 'https://h/@scope/x?token='; 'http://h:80/a@b'",
            rule: "",
        },
        Example {
            path: "a.ts",
            text: "/** otpauth://totp/$Name@h.test?secret=$Base32String where */",
            rule: "",
        },
        Example { path: "a.go", text: "fmt.Sprintf(\"amqp://%s:%s@%s\", a, b, c)", rule: "" },
        Example { path: "a.txt", text: "http://[::1]:80/ https://h/?q=a:b@c mailto://x@y", rule: "" },
    ],
};

/// The marks of URLs, and of the queries that logs of servers write without one.
const KEYWORDS: &[&str] = &[
    "://",
    "?access_token=",
    "&access_token=",
    "?api_key=",
    "&api_key=",
    "?apikey=",
    "&apikey=",
    "?token=",
    "&token=",
    "?auth_token=",
    "&auth_token=",
    "?client_secret=",
    "&client_secret=",
    "?secret=",
    "&secret=",
    "?password=",
    "&password=",
    "?passwd=",
    "&passwd=",
    "?pwd=",
    "&pwd=",
    "?pass=",
    "&pass=",
    "?pw=",
    "&pw=",
    "?app_key=",
    "&app_key=",
];

/// Names of query parameters that hold secrets.
const PARAMETERS: &[&str] = &[
    "sig",
    "signature",
    "access_token",
    "private_token",
    "token",
    "api_key",
    "apikey",
    "x-amz-signature",
    "x-amz-security-token",
    "x-goog-signature",
    "auth_token",
    "auth",
    "secret",
    "client_secret",
    "password",
    "passwd",
    "pwd",
    "pass",
    "pw",
    "refresh_token",
    "id_token",
    "api-key",
    "jwt",
    "sas",
    "access_key",
    "accesskey",
    "api_token",
    "apitoken",
    "api_secret",
    "app_secret",
    "secret_key",
    "auth_key",
    "authkey",
    "hapikey",
    "zapikey",
    "subscription-key",
    "license_key",
    "oauth_token",
    "x-plex-token",
    "dd-api-key",
    "master_key",
];

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for &at in text.at {
        if matches!(text.bytes.get(at), Some(b'?' | b'&')) {
            let all = without_host(text, at).into_iter();
            all.for_each(|query| parameters(query, None, Worth::Strong, out));
            continue;
        }
        let Some(url) = url::around(text.bytes, at) else { continue };
        // No host has a name of one letter.
        let single = url.host.bytes().iter().take_while(|b| **b != b':').count() < 2;
        if let Some(found) = login_without_host(&url) {
            out(found);
            continue;
        }
        // Behind `enrtree` stands the key by which a list of nodes of Ethereum is verified.
        if url.scheme.is("data") || url.scheme.is("enrtree") || url.host.is_empty() || single {
            continue;
        }
        if let Some(found) = login(&url) {
            let sure = worth(&found.secret) == Worth::Strong
                || is_chosen(&found.secret)
                || is_unlike_a_name(&found.secret)
                || is_made_of_letters(&found.secret) && is_real(url.host.bytes())
                || is_of_database(text, &url)
                    && (is_word_with_number(&found.secret)
                        || is_of_words(&found.secret) && !is_local(url.host.bytes())
                        || is_phrase(&found.secret) && !is_local(url.host.bytes()))
                || is_written_down(text)
                    && is_real(url.host.bytes())
                    && (is_own_joined(&found.secret) || is_coined(&found.secret))
                || is_of_proxies(&url);
            let example =
                text.binary || matches!(ground(&text.hint), Ground::Code | Ground::Prose | Ground::Noise);
            out(if example && !sure { found.at(Level::Warn, Confidence::Low) } else { found });
        }
        // The tokens of status badges are public by design.
        let badge = url
            .query
            .is_some_and(|q| text.bytes.get(..q.span().start).is_some_and(|b| b.ends_with(b"badge.svg?")));
        if let Some(query) = url.query.filter(|_| !badge) {
            // The seed of one-time passwords has digits of base32 and no more.
            let least = if url.scheme.is("otpauth") { Worth::Weak } else { Worth::Strong };
            // In logs keys of other things pass as well.
            let told = text.binary || is_log(&text.hint) || ground(&text.hint) == Ground::Prose;
            parameters(query, Some(&url).filter(|_| !told), least, out);
        }
    }
}

fn login<'b>(url: &url::Url<'b>) -> Option<Found<'b>> {
    let user = url.user?;
    if !is_host(url.host.bytes()) {
        return None;
    }
    let Some(password) = url.password.filter(|p| !p.is_empty() && !p.is("x-oauth-basic")) else {
        let token = user.len() >= 20 && is_random(user.bytes());
        return token.then(|| {
            Found::here(&PASSWORD, user, length_of("token in the place of a URL's user", user.len()))
        });
    };
    let found = Found::here(&PASSWORD, password, length_of("password in a URL", password.len()));
    // A sign that would end the password stands there as `%40`; what can be logged in with has the sign itself.
    let found = match without_percents(password.bytes()) {
        Some(plain) => found.decoded(plain, &["percent"]),
        None => found,
    };
    let secret: &[u8] = &found.secret;
    let same = secret.eq_ignore_ascii_case(user.bytes());
    let shown = is_example(url.host.bytes());
    match worth_in_address(secret) {
        Worth::Nothing | Worth::Reference | Worth::Hollow | Worth::Trivial => None,
        Worth::Strong if !shown => Some(found),
        // People who hide where they log in to do not always hide how.
        Worth::Strong | Worth::Weak if is_chosen(secret) || is_random(secret) => {
            Some(found.at(Level::Deny, Confidence::Medium))
        }
        _ if shown || password.len() < 4 => None,
        Worth::Default
            if is_local(url.host.bytes()) || matches!(url.scheme.bytes(), b"http" | b"https" | b"ftp") =>
        {
            None
        }
        Worth::Default => Some(found.at(Level::Warn, Confidence::Low)),
        _ if same || is_local(url.host.bytes()) => Some(found.at(Level::Warn, Confidence::Low)),
        _ => Some(found.at(Level::Deny, Confidence::Medium)),
    }
}

/// What a password is worth there: with a slash in it, it is no path.
fn worth_in_address(secret: &[u8]) -> Worth {
    if secret.contains(&b'/') && !secret.starts_with(b"/") {
        let joined: Vec<u8> = secret.iter().map(|b| if *b == b'/' { b'+' } else { *b }).collect();
        return worth(&joined);
    }
    worth(secret)
}

/// `sqs://AKIA…:…@`: the key of a service whose place is known to all.
fn login_without_host<'b>(url: &url::Url<'b>) -> Option<Found<'b>> {
    let (_, password) = url.user.filter(|user| !user.is_empty()).zip(url.password)?;
    let plain = without_percents(password.bytes()).unwrap_or_else(|| password.bytes().to_vec());
    let found = Found::here(&PASSWORD, password, length_of("password in a URL", password.len()));
    let alone = url.host.is_empty() && worth(&plain) == Worth::Strong;
    alone.then(|| if plain == password.bytes() { found } else { found.decoded(plain, &["percent"]) })
}

/// A password without its percent signs, if it has such and says something without.
fn without_percents(password: &[u8]) -> Option<Vec<u8>> {
    let plain = password.contains(&b'%').then(|| percent::decode(password))?;
    let readable = plain.iter().all(|b| *b >= b' ') && std::str::from_utf8(&plain).is_ok();
    (readable && plain.len() < password.len()).then_some(plain)
}

/// Whether it is a program or a log, and no manual.
fn is_written_down(text: &Text<'_>) -> bool {
    ground(&text.hint) == Ground::Code || is_log(&text.hint)
}

/// Whether it is the address of a database in a program or a log: manuals apart, such an address is one that is used.
fn is_of_database(text: &Text<'_>, url: &url::Url<'_>) -> bool {
    let kinds = [
        "mysql",
        "mysql2",
        "mariadb",
        "postgres",
        "postgresql",
        "mongodb",
        "redis",
        "rediss",
        "amqp",
        "amqps",
        "mssql",
        "sqlserver",
    ];
    // `postgresql+psycopg2`: behind the plus stands what SQLAlchemy reaches it with.
    let scheme = url.scheme.while_(|b| b != b'+');
    is_written_down(text) && kinds.iter().any(|kind| scheme.is(kind))
}

/// `kiesel+fasan`: words joined by a sign that no name has.
fn is_of_words(password: &[u8]) -> bool {
    password.len() >= 8 && password.iter().any(|b| b"+!&*~".contains(b)) && is_own_password(password)
}

/// `otter.pebble.quartz`: words joined by dots, or four of them by any mark, none of which programs say.
fn is_phrase(password: &[u8]) -> bool {
    password.len() >= 12
        && (is_joined_phrase(password) || password.contains(&b'.') && is_short_phrase(password))
}

/// The user of a service of proxies says by which it goes: `brd-customer-c_1-zone-z`, `customer-ann-cc-de`.
fn is_of_proxies(url: &url::Url<'_>) -> bool {
    let marks = ["-zone-", "-customer-", "customer-", "-session-", "-country-", "-cc-"];
    let user = url.user.map(|user| user.bytes().to_ascii_lowercase()).unwrap_or_default();
    let telling = marks.iter().any(|mark| memchr::memmem::find(&user, mark.as_bytes()).is_some());
    telling
        && url.password.is_some_and(|password| password.len() >= 8 && worth(password.bytes()) >= Worth::Weak)
}

/// `CopperLantern45`, `pekar-311.`: words with a number behind them, and a mark or two behind that.
pub(super) fn is_word_with_number(password: &[u8]) -> bool {
    let marks = password.iter().rev().take(2).take_while(|b| b"._-!*+~".contains(b)).count();
    let password = password.get(..password.len() - marks).unwrap_or_default();
    let digits = password.iter().rev().take_while(|b| b.is_ascii_digit()).count();
    password.len() >= 8 && digits >= 2 && password.iter().filter(|b| b.is_ascii_alphabetic()).count() >= 5
}

/// Looks like the name or address of a machine, not like text.
fn is_host(host: &[u8]) -> bool {
    host.first().is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'[')
        && host.iter().all(|b| {
            b.is_ascii_alphanumeric()
                || matches!(b, b'.' | b'-' | b'_' | b':' | b'[' | b']' | b',' | b')' | b'(' | b';' | b'/')
        })
}

/// The first secret parameter of an address whose host is not told: `"GET /items?api_key=… HTTP/1.1"`.
fn without_host<'b>(text: &Text<'b>, at: usize) -> Option<Part<'b>> {
    let before = text.bytes.get(at.saturating_sub(1024)..at)?;
    let word = before.rsplit(|b| b.is_ascii_whitespace() || matches!(b, b'"' | b'\'' | b'<')).next()?;
    let hosted = memchr::memmem::find(word, b"://").is_some();
    // What stands alone in a program is the name of a parameter, and its value the next text.
    // Retrofit and its like say where below an address: `@GET("api/v2?…")`.
    let below = ground(&text.hint) == Ground::Code
        && word.contains(&b'/')
        && word.contains(&b'?')
        && word.first().is_some_and(u8::is_ascii_alphanumeric);
    let path = word.first().map_or(!text.binary, |b| *b == b'/' || below);
    let rest = Part::between(text.bytes, at + 1..text.bytes.len().min(at + 2048));
    (path && !hosted)
        .then(|| rest.while_(|b| b.is_ascii_graphic() && !matches!(b, b'&' | b'"' | b'\'' | b'<' | b'`')))
}

/// Letters of both cases with digits, or letters with several digits, where people write a password: names in examples
/// have less.
fn is_unlike_a_name(password: &[u8]) -> bool {
    let has = |class: fn(&u8) -> bool| password.iter().any(class);
    let digits = password.iter().filter(|b| b.is_ascii_digit()).count();
    password.len() >= 8
        && has(u8::is_ascii_lowercase)
        && (has(u8::is_ascii_uppercase) && digits >= 1 || is_picked(password))
        && password.iter().all(|b| b.is_ascii_alphanumeric() || b"-_.!~*+".contains(b))
        && !is_worded(password)
}

/// `cron_key`, `hook_secret`: a name that says it. Tokens of other names stand in addresses that expire, and in manuals.
fn is_key_of_service(name: &[u8]) -> bool {
    let lower = name.to_ascii_lowercase();
    (lower.ends_with(b"key") || lower.ends_with(b"secret")) && says(name) == Says::Secret
}

/// `?p=…&to=…&text=…`: what a gateway for messages calls its password or key. Elsewhere `p` is a page.
fn is_of_gateway(name: Part<'_>, value: Part<'_>, query: Part<'_>) -> bool {
    let (mut to, mut said) = (false, false);
    for pair in query.bytes().split(|b| matches!(b, b'&' | b';')) {
        let name = pair.split(|b| *b == b'=').next().unwrap_or_default();
        to |= [&b"to"[..], b"recipient", b"phone", b"number", b"msisdn"].contains(&name);
        said |= [&b"text"[..], b"msg", b"message", b"from", b"sms"].contains(&name);
    }
    ["p", "k", "key"].iter().any(|short| name.is(short)) && value.len() >= 20 && (to || said)
}

fn parameters<'b>(query: Part<'b>, url: Option<&url::Url<'_>>, least: Worth, out: &mut dyn FnMut(Found<'b>)) {
    let mut rest = Some(query);
    while let Some(now) = rest.take() {
        let pair = match now.cut(|b| matches!(b, b'&' | b';')) {
            Some((pair, after)) => {
                rest = Some(after);
                pair
            }
            None => now,
        };
        let Some((name, value)) = pair.cut(|b| b == b'=') else { continue };
        let name = name.strip("amp;").unwrap_or(name);
        // The name of a variable, or a blank.
        let refers = value.bytes().first().is_some_and(|first| b"${<[".contains(first));
        let known = PARAMETERS.iter().any(|p| name.is(p));
        // Camel's mark for a value that is taken as it is.
        let password = is_password(name.bytes()).then(|| value.strip("raw(").unwrap_or(value));
        let password = password.map(|value| value.trim_of(|b| matches!(b, b')' | b'.' | b'\\')));
        let chosen = password.filter(|value| is_chosen(value.bytes()) && worth(value.bytes()) == Worth::Weak);
        let value = chosen.unwrap_or_else(|| value.trim_of(|b| !b.is_ascii_alphanumeric()));
        let interface = url.is_some_and(|url| is_key_of_interface(name, value, url));
        let named = known
            || interface
            || is_of_gateway(name, value, query)
            || worth(value.bytes()) == Worth::Strong && is_key_of_service(name.bytes());
        // A signature of Azure has 43 digits; Google's search on pages has a short one in its address.
        let short = name.is("sig") && value.len() < 24;
        if refers || !named || short || !interface && chosen.is_none() && worth(value.bytes()) < least {
            continue;
        }
        let label = String::from_utf8_lossy(name.bytes()).into_owned();
        out(Found::here(&QUERY, value, length_of(&format!("query parameter {label}"), value.len())));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finder::tests::found_in;

    fn denied(text: &str) -> bool {
        found_in(&FINDER, "a.js", text.as_bytes()).iter().any(|found| found.level == Some(Level::Deny))
    }

    #[test]
    fn words_at_a_machine_that_there_is_are_a_password() {
        for host in ["10.4.7.9", "pg1.prod.kieselwerk.de:5432", "pg1.lan"] {
            assert!(denied(&format!("'postgres://app:otter-pebble-quartz@{host}/app'")), "{host}");
            assert!(denied(&format!("'https://app:otter-pebble-9@{host}/app'")), "{host}");
        }
        for (password, host) in [
            ("otter-pebble-quartz", "localhost"),
            ("otter-pebble-quartz", "db"),
            ("otter-pebble-quartz", "db.example.com"),
            ("my-secret-word", "pg1.prod.kieselwerk.de"),
            ("app-db-writer", "pg1.prod.kieselwerk.de"),
        ] {
            assert!(!denied(&format!("'postgres://app:{password}@{host}/app'")), "{password} {host}");
        }
    }

    #[test]
    fn letters_that_a_program_drew_are_a_password() {
        for (password, host, counts) in [
            ("XKMbGsqlBVjjqfbAUe", "10.4.7.9:8080", true),
            ("XKMbGsqlBVjjqfbAUe", "proxy.kieselwerk.de", true),
            ("XKMbGsqlBVjjqfbAUe", "localhost:8080", false),
            ("XKMbGsqlBVjjqfbAUe", "proxy.example.com", false),
            ("ProxyServerPassword", "10.4.7.9:8080", false),
        ] {
            assert_eq!(
                denied(&format!("http_proxy=http://svc:{password}@{host}")),
                counts,
                "{password} {host}"
            );
        }
    }

    #[test]
    fn a_phrase_is_a_password_of_a_database_by_whatever_name_that_goes() {
        for password in ["otter.pebble.quartz", "Otter.Pebble.Quartz.Otter", "otter-pebble-quartz-fjord"] {
            assert!(denied(&format!("'postgresql+psycopg2://app:{password}@db/app'")), "{password}");
            assert!(!denied(&format!("'postgresql+psycopg2://app:{password}@localhost/app'")), "{password}");
        }
        for password in ["app.db.password", "settings.otter.pebble", "self.otter"] {
            assert!(!denied(&format!("'postgres://app:{password}@db/app'")), "{password}");
        }
    }
}
