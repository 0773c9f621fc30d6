//! Passwords in the names of data sources as Go's drivers write them: `app:…@tcp(db:3306)/orders`.
//!
//! bad: `sql.Open("mysql", "app:hunter22x@tcp(db.internal:3306)/app")`
//! good: `user + ":" + password + "@tcp(db)/app"`

use tightlip_report::{Confidence, Level};

use super::judge::ground::{Ground, ground};
use super::judge::host::is_real;
use super::judge::joined::is_own_joined;
use super::judge::length_of;
use super::judge::value::{Worth, is_chosen, worth};
use super::url_credentials::{PASSWORD, is_word_with_number};
use crate::read::Part;
use crate::{Example, Finder, Found, Text};

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "data-source",
    rules: &[&PASSWORD],
    wants: |hint| ground(hint) != Ground::Noise,
    keywords: &["@tcp(", "@unix(", "@(", "oracle:thin:"],
    find,
    hits: &[
        Example {
            path: "a.go",
            text: "sql.Open(\"mysql\", \"app:p{lower:6}97@tcp(db.internal:3306)/app\")\n",
            rule: "url-password",
        },
        Example { path: ".env", text: "DSN=app:p{lower:6}97@tcp(db:3306)/app\n", rule: "url-password" },
        Example {
            path: "exporter.service",
            text: "Environment=DATA_SOURCE_NAME=exporter:p{lower:6}.97@(127.0.0.1:3306)/\n",
            rule: "url-password",
        },
    ],
    misses: &[Example {
        path: "a.go",
        text: "f(a:b1c2d3e4@(x))\ndsn := fmt.Sprintf(\"%s:%s@tcp(%s)/app\", u, p, h)\nx := \"user:password@tcp(localhost:3306)/db\"\n",
        rule: "",
    }],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for &at in text.at.iter() {
        if let Some(password) = of_oracle(text.bytes, at) {
            out(Found::here(&PASSWORD, password, length_of("password of a data source", password.len())));
            continue;
        }
        let Some(host) = host_of(text.bytes, at) else { continue };
        let before = text.bytes.get(at.saturating_sub(160)..at).unwrap_or_default();
        let begins = |b: &u8| b.is_ascii_whitespace() || matches!(b, b'"' | b'\'' | b'`' | b'=' | b'/');
        let start = before.iter().rposition(begins).map_or(0, |last| last + 1);
        let login = Part::between(text.bytes, at - (before.len() - start)..at);
        let Some((user, password)) = login.cut(|b| b == b':') else { continue };
        let code = ground(&text.hint) == Ground::Code;
        let config = !matches!(ground(&text.hint), Ground::Code | Ground::Prose);
        let sure = match worth(password.bytes()) {
            Worth::Strong => true,
            Worth::Weak => {
                let words = code && is_own_joined(password.bytes()) && is_real(host.bytes());
                config
                    || words
                    || is_chosen(password.bytes())
                    || code && is_word_with_number(password.bytes())
            }
            _ => continue,
        };
        let found = Found::here(&PASSWORD, password, length_of("password of a data source", password.len()));
        if !user.is_empty() && password.len() >= 4 {
            out(if sure { found } else { found.at(Level::Warn, Confidence::Low) });
        }
    }
}

/// The name of a host, or of a socket, that stands in brackets behind the sign, with a slash behind them.
fn host_of(text: &[u8], at: usize) -> Option<Part<'_>> {
    let (_, inside) = Part::between(text, at..text.len().min(at + 200)).cut(|b| b == b'(')?;
    let host = inside.while_(|b| b.is_ascii_alphanumeric() || b"._-:[]/${}%".contains(&b));
    (!host.is_empty() && inside.after(&host).strip(")/").is_some()).then_some(host)
}

/// `jdbc:oracle:thin:app/hunter22x@//db:1521/APP`.
fn of_oracle(text: &[u8], at: usize) -> Option<Part<'_>> {
    let rest = Part::between(text, at..text.len().min(at + 200)).strip("oracle:thin:")?;
    let login =
        rest.while_(|b| (b.is_ascii_graphic() || b >= 0x80) && !matches!(b, b'@' | b'"' | b'\'' | b'<'));
    let (user, password) = login.cut(|b| b == b'/')?;
    let counts = matches!(worth(password.bytes()), Worth::Weak | Worth::Strong) && password.len() >= 4;
    (counts && !user.is_empty() && rest.after(&login).strip("@").is_some()).then_some(password)
}
