//! Connection strings: `AccountKey=`, `SharedAccessKey=` of Azure, `Password=` in ADO and JDBC.

use tightlip_report::{Confidence, Level};

use super::judge::braced::in_braces;
use super::judge::ground::{Ground, ground};
use super::judge::host::is_example;
use super::judge::length_of;
use super::judge::reading::line_before;
use super::judge::value::{Worth, is_chosen, worth};
use crate::read::Part;
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule = Rule::new(
    "connection-string",
    "Password or key in a connection string",
    "Whoever holds it can use the database, queue or storage as the program does.",
)
.source("https://learn.microsoft.com/azure/storage/common/storage-configure-connection-string");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "connection-string",
    rules: &[&RULE],
    wants: |_| true,
    keywords: &["accountkey=", "sharedaccesskey=", "sharedaccesssignature=", "password=", "pwd="],
    find,
    hits: &[
        Example {
            path: "a.json",
            text: r#"{"x": "DefaultEndpointsProtocol=https;AccountName=a;AccountKey={b64:86}==;EndpointSuffix=core.windows.net"}"#,
            rule: "connection-string",
        },
        Example {
            path: "a.config",
            text: "<add connectionString=\"Server=db;Database=x;User Id=sa;Password=p4{lower:9};\" />",
            rule: "connection-string",
        },
        Example {
            path: "a.config",
            text: "<add connectionString=\"Server=db;User ID=app;Password=T\u{fc}r{lower:5}99$;Encrypt=True\" />",
            rule: "connection-string",
        },
        Example {
            path: "",
            text: "jdbc:sqlserver://db:1433;databaseName=x;user=sa;password=p4{lower:9}",
            rule: "connection-string",
        },
        Example {
            path: "a.go",
            text: "sql.Open(\"postgres\", \"host=db user=app password=p4{lower:9} dbname=x\")",
            rule: "connection-string",
        },
        Example {
            path: "a.config",
            text: "<add connectionString=\"Driver={ODBC Driver 18};Server=db;Uid=sa;Pwd={Kelp;{lower:5}97!};\" />",
            rule: "connection-string",
        },
        Example {
            path: "a.json",
            text: "{\"redis\": \"cache.internal:6379,password=p4{lower:9},ssl=True\"}",
            rule: "connection-string",
        },
        Example {
            path: "web.config",
            text: "<add connectionString=\"Server=db;User Id=sa;Password=&quot;p4{lower:9}!&quot;\" />",
            rule: "connection-string",
        },
        Example {
            path: "a.vb",
            text: "cs = \"Provider=X;Data Source=\" & path & \";Password=p4{lower:9}\"\n",
            rule: "connection-string",
        },
        Example {
            path: "a.vb",
            text: "cs = Base & \";Jet OLEDB:Database Password=p4{lower:9}\"\n",
            rule: "connection-string",
        },
        Example {
            path: "a.py",
            text: "x = (\"DRIVER=a;SERVER=db.lan;\"\n     \"UID=kpi;\"\n     \"PWD=p4{lower:9}!;\")\n",
            rule: "connection-string",
        },
    ],
    misses: &[
        Example {
            path: "dovecot-sql.conf.ext",
            text: "#   connect = host=sql.example.com dbname=virtual user=virtual password=blarg\n",
            rule: "",
        },
        Example {
            path: "a.py",
            text: "f(host=h, user=u, password=p1234)\ndef g(share=\"C$\", host=None, user=None, password=None):\n    user=conf.DEFAULT_USER, password=conf.DEFAULT_PASSWORD,\nf(host=\"a.b\", user=usuario, password=senha)\ng(f\"host=a user={u} password={cfg['x']}\")\ncurl user=a password=$X1\n",
            rule: "",
        },
        Example { path: "a.config", text: "Server=db;User Id=sa;Password={0};", rule: "" },
        Example {
            path: "b.cs",
            text: "$\"Driver={{X}};Server=db;Uid={user};Pwd={pwd2};\"; $\"Server=db;Uid={user};Pwd={cfg.Password1};\"",
            rule: "",
        },
        Example { path: "a.cs", text: "$\"user={User};password={new string('*', 8)}\"", rule: "" },
        Example {
            path: "a.md",
            text: "Server=myServer;Database=x;User Id=myUsername;Password=myPassword;",
            rule: "",
        },
        Example { path: "a.sh", text: "password=abc{digits:5}\n", rule: "" },
        Example { path: "a.txt", text: "x: user=bob&password=abc{digits:5}\n", rule: "" },
        Example { path: "a.py", text: "connect(host=host, password=password)", rule: "" },
    ],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for &at in text.at {
        let rest = Part::between(text.bytes, at..text.bytes.len().min(at + 600));
        let Some((name, after)) = rest.cut(|b| b == b'=') else { continue };
        let braced = in_braces(after).filter(|_| name.len() <= 8).or_else(|| in_entities(after));
        let value = braced.unwrap_or_else(|| {
            after.while_(|b| {
                (b.is_ascii_graphic() || b >= 0x80)
                    && !matches!(b, b';' | b'"' | b'\'' | b'<' | b'&' | b'`' | b',' | b'\\')
            })
        });
        let value = if value.bytes().contains(&b'(') { value } else { value.trim_of(|b| b == b')') };
        // `{user=bob, password=[hidden]}` in a log: the bracket is the map's.
        let value = if value.bytes().contains(&b'{') { value } else { value.trim_of(|b| b == b'}') };
        // `password=password).get_uri()`: a call that goes on.
        let goes_on = memchr::memmem::find(value.bytes(), b").").is_some();
        // `Password=密码` shows where it is written.
        let said = value.bytes().iter().filter(|b| **b < 0x80).count() < 3 && !value.bytes().is_ascii();
        if goes_on || said || is_of_program(after) || is_variable(text, at, value) {
            continue;
        }
        let azure = name.len() > 8;
        let what = String::from_utf8_lossy(name.bytes()).into_owned();
        let found =
            Found::here(&RULE, value, length_of(&format!("{what} of a connection string"), value.len()));
        match worth(value.bytes()) {
            Worth::Strong if azure => out(found),
            _ if azure || !among_pairs(text.bytes, at) || is_of_form(text.bytes, value) => {}
            // A name that manuals use, and a word for a password.
            Worth::Weak | Worth::Number if !is_chosen(value.bytes()) && is_to_an_example(text.bytes, at) => {}
            Worth::Weak | Worth::Strong | Worth::Number => out(found),
            Worth::Default if value.len() >= 4 && !value.is("mypassword") && !value.is("password") => {
                out(found.at(Level::Warn, Confidence::Low))
            }
            _ => {}
        }
    }
}

/// Whether the pairs around lead to a host that only manuals have: `host=sql.example.com`.
fn is_to_an_example(text: &[u8], at: usize) -> bool {
    let from = at.saturating_sub(300);
    let start = memchr::memrchr(b'\n', text.get(from..at).unwrap_or_default()).map_or(from, |end| from + end);
    let line = text.get(start..).unwrap_or_default().split(|b| *b == b'\n').find(|line| !line.is_empty());
    let pairs = line.into_iter().flat_map(|line| line.split(|b| b.is_ascii_whitespace() || *b == b';'));
    pairs
        .filter_map(|pair| {
            let (name, host) = pair.split_at_checked(pair.iter().position(|b| *b == b'=')?)?;
            let named = ["host", "hostaddr", "server", "source"]
                .iter()
                .any(|one| name.eq_ignore_ascii_case(one.as_bytes()));
            named.then_some(host.get(1..)?)
        })
        .any(|host| host.contains(&b'.') && is_example(host))
}

/// `&quot;x&quot;`: in quotes, in an attribute of XML.
fn in_entities(after: Part<'_>) -> Option<Part<'_>> {
    let quote = ["&quot;", "&apos;", "&#34;", "&#39;"].iter().find(|quote| after.strip(quote).is_some())?;
    let (value, _) = after.strip(quote)?.cut_at(quote.as_bytes())?;
    (!value.bytes().iter().any(|b| matches!(b, b'"' | b'\n' | b'&'))).then_some(value)
}

/// `{new string('*', 8)}`, `{cfg['pw']}`: what a program puts there when it runs. Braces of ODBC hold a value alone.
fn is_of_program(after: Part<'_>) -> bool {
    let inner = after.strip("{").map(|rest| rest.while_(|b| b != b'}' && b != b'\n'));
    inner.is_some_and(|inner| inner.bytes().iter().any(|b| matches!(b, b'(' | b'[' | b'"' | b'\'' | b'?')))
}

/// Whether the value is a variable in a program: a name outside of quotes among the arguments of a call.
fn is_variable(text: &Text<'_>, at: usize, value: Part<'_>) -> bool {
    let line = line_before(text.bytes, at);
    let quotes = |quote: u8| line.iter().filter(|b| **b == quote).count();
    let outside = quotes(b'"') % 2 == 0 && quotes(b'\'') % 2 == 0 && quotes(b'`') % 2 == 0;
    // `def f(share="C$", host=None, password=None):`
    let value = value.trim_of(|b| matches!(b, b')' | b':'));
    let name = value.bytes().iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.'));
    let constant = value.bytes().contains(&b'.') && line.ends_with(b", ");
    let argument = (line.contains(&b'(') || constant) && line.trim_ascii_end().ends_with(b",");
    ground(&text.hint) == Ground::Code && outside && name && argument
}

/// Whether the value is one of a form's body, written with percent signs: another finder reads those.
fn is_of_form(text: &[u8], value: Part<'_>) -> bool {
    let quoted = |w: &[u8]| matches!(w, [b'%', a, b] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit());
    let before = text.get(value.span().start.saturating_sub(300)..value.span().start).unwrap_or_default();
    let word =
        before.rsplit(|b| b.is_ascii_whitespace() || matches!(b, b'"' | b'\'')).next().unwrap_or_default();
    value.bytes().windows(3).any(quoted) && !word.contains(&b'/') && !word.contains(&b';')
}

/// The strings that a program puts together, each in a line of its own, before the one that begins here; in lower case.
fn strings_before(before: &[u8]) -> Vec<u8> {
    let mut joined = Vec::new();
    let Some(mut rest) = before.strip_suffix(b"\"").or_else(|| before.strip_suffix(b"'")) else {
        return joined;
    };
    // An operator or a mark of the string may stand between.
    let between = |b: &u8| {
        !(b.is_ascii_whitespace() || matches!(b, b'+' | b'&' | b'_' | b'.' | b'\\' | b'f' | b'$' | b'@'))
    };
    while let Some(end) = rest.iter().rposition(between) {
        let Some((quote, inner)) = rest.get(..=end).and_then(<[u8]>::split_last) else { break };
        let gap = rest.get(end..).unwrap_or_default();
        let open =
            memchr::memrchr(*quote, inner).filter(|_| matches!(quote, b'"' | b'\'') && gap.contains(&b'\n'));
        let Some(open) = open else { break };
        joined.splice(0..0, inner.get(open + 1..).unwrap_or_default().to_ascii_lowercase());
        rest = inner.get(..open).unwrap_or_default();
    }
    joined
}

/// Whether what stands before is a list of `Server=…;` pairs, or a JDBC URL.
fn among_pairs(text: &[u8], at: usize) -> bool {
    let before = text.get(at.saturating_sub(300)..at).unwrap_or_default();
    let own = before.rsplit(|b| matches!(b, b'\n' | b'"' | b'\'' | b'`')).next().unwrap_or_default();
    let line = match own.first() {
        None => strings_before(before),
        // `"Data Source=" & path & ";Password=…"`: an expression stands between two strings of one line.
        Some(b';') => before.rsplit(|b| *b == b'\n').next().unwrap_or_default().to_ascii_lowercase(),
        Some(_) => own.to_ascii_lowercase(),
    };
    let tight = line.trim_ascii_end();
    // Behind `&` an address has parameters; the body of a form is read elsewhere.
    let addressed = tight.contains(&b'?') || memchr::memmem::find(tight, b"jdbc:").is_some();
    let behind_and = tight.ends_with(b"&") || tight.ends_with(b"&amp;");
    let separated = tight.ends_with(b";") || tight.ends_with(b"?") || behind_and && addressed;
    let words: &[&[u8]] = &[
        b"server=",
        b"data source=",
        b"host=",
        b"user id=",
        b"uid=",
        b"database=",
        b"initial catalog=",
        b"jdbc:",
        b"dbname=",
        b"user=",
        b"driver=",
        b"provider=",
    ];
    // `";Jet OLEDB:Database Password=…"`: the driver is told in the word before, whatever stands before the string.
    let jet = line.ends_with(b"jet oledb:database ") || line.ends_with(b"jet oledb:new database ");
    // `host=… user=… password=…` of libpq; `host:6379,password=…` of Redis.
    let spaced = line.ends_with(b" ") && line.contains(&b'=') && !line.trim_ascii().contains(&b'(');
    let redis = tight.ends_with(b",") && memchr::memmem::find(tight, b":6").is_some();
    jet || redis || (separated || spaced) && words.iter().any(|w| memchr::memmem::find(&line, w).is_some())
}
