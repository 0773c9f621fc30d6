//! Cookies in the databases of browsers: the rows of `moz_cookies` of Firefox, Epiphany and other programs with libsoup, and of
//! `cookies` of Chromium where it does not encrypt them. Rows are read as lines, `name=sid` above
//! `sid=…`.
//!
//! bad: `COPY .mozilla /root/.mozilla`
//! good: a profile that nobody has logged in with

use super::cookie::{self, is_login};
use super::judge::length_of;
use super::judge::value::{Worth, worth};
use crate::read::Part;
use crate::{Example, Finder, Found, Text};

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "cookie-row",
    rules: &[&cookie::RULE],
    wants: |hint| TABLES.contains(&hint.file_name()),
    keywords: &["name="],
    find,
    hits: &[
        Example {
            path: "table moz_cookies",
            text: "name=lang\nlang=de\nhost=a.test\npath=/\nname=_shop_session\n_shop_session={base62:40}\nhost=a.test\n",
            rule: "session-cookie",
        },
        Example {
            path: "table cookies",
            text: "host_key=a.test\nname=PHPSESSID\nPHPSESSID={b36:26}\npath=/\n",
            rule: "session-cookie",
        },
    ],
    misses: &[
        Example {
            path: "table moz_cookies",
            text: "name=_ga\n_ga=GA1.2.{digits:10}.{digits:10}\nname=csrftoken\ncsrftoken={base62:32}\nname=session_seen\nsession_seen=1\nname=sid\nhost=a.test\n",
            rule: "",
        },
        Example { path: "table settings", text: "name=sessionid\nsessionid={base62:32}\n", rule: "" },
    ],
};

/// What the tables are called as members of a database.
const TABLES: &[&[u8]] = &[b"table moz_cookies", b"table cookies"];

/// Browsers keep so much of a cookie.
const LONGEST: usize = 4200;

/// What stands behind a name and its sign.
fn value_of<'b>(line: Part<'b>, name: Part<'_>) -> Option<Part<'b>> {
    let head = line.first(name.len());
    (head.bytes() == name.bytes()).then(|| line.after(&head)).and_then(|rest| rest.strip("="))
}

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for &at in text.at {
        let begins = at.checked_sub(1).is_none_or(|before| text.bytes.get(before) == Some(&b'\n'));
        let rest = Part::between(text.bytes, at..text.bytes.len().min(at + LONGEST));
        let mut lines = rest.lines();
        let pair = lines.next().and_then(|line| line.strip("name=")).zip(lines.next());
        let Some((name, line)) = pair.filter(|_| begins) else { continue };
        let Some(value) = value_of(line, name).filter(|_| is_login(name.bytes())) else { continue };
        if worth(value.bytes()) == Worth::Strong {
            out(Found::here(&cookie::RULE, value, length_of("cookie of a session", value.len())));
        }
    }
}
