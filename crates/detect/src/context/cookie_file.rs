//! Cookies as browsers' exports, curl, wget and yt-dlp keep them in a file (`cookies.txt`): seven columns, name and value last.
//!
//! `#HttpOnly_` before a domain is no comment: it marks the cookies that scripts of a page must not see, as those of logins.
//!
//! bad: `COPY cookies.txt /root/`
//! good: `RUN --mount=type=secret,id=cookies yt-dlp --cookies /run/secrets/cookies …`

use tightlip_report::{Confidence, Level};

use super::cookie::{self, is_login};
use super::judge::length_of;
use super::judge::value::{Worth, worth};
use crate::read::Part;
use crate::setting::LONG_AGO;
use crate::{Example, Finder, Found, Text};

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "cookie-file",
    rules: &[&cookie::RULE],
    wants: |_| true,
    keywords: &["true\t/", "false\t/"],
    find,
    hits: &[
        Example {
            path: "root/cookies.txt",
            text: "# Netscape HTTP Cookie File\n.shop.test\tTRUE\t/\tFALSE\t1999999999\tlang\tde\n#HttpOnly_shop.test\tFALSE\t/\tTRUE\t1999999999\tsessionid\t{b36:32}\n",
            rule: "session-cookie",
        },
        Example {
            path: "a/jar",
            text: ".video.test\tTRUE\t/\tTRUE\t0\t__Secure-1PSID\tg.a0{base62:60}\n",
            rule: "session-cookie",
        },
    ],
    misses: &[
        Example {
            path: "root/cookies.txt",
            text: "# Netscape HTTP Cookie File\n# .shop.test\tTRUE\t/\n.shop.test\tTRUE\t/\tFALSE\t1999999999\t_ga\tGA1.2.{digits:10}.{digits:10}\n#HttpOnly_.shop.test\tTRUE\t/\tFALSE\t1999999999\tcsrftoken\t{base62:32}\n.shop.test\tTRUE\t/\tTRUE\t1999999999\tsession_seen\t1\n",
            rule: "",
        },
        Example { path: "a.tsv", text: "x\tTRUE\t/\tsessionid\t{b36:32}\n", rule: "" },
    ],
};

/// A longer line is none of such a file: browsers keep 4096 bytes of a cookie.
const LONGEST: usize = 8192;

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let mut done = 0;
    for &at in text.at.iter().filter(|_| !text.binary) {
        if at < done {
            continue;
        }
        let line = line_around(text.bytes, at);
        done = line.span().end.max(at);
        let Some(cookie) = Cookie::of(line).filter(|cookie| is_login(cookie.name.bytes())) else { continue };
        if worth(cookie.value.bytes()) != Worth::Strong {
            continue;
        }
        let found =
            Found::here(&cookie::RULE, cookie.value, length_of("cookie of a session", cookie.value.len()));
        out(if cookie.is_over() { found.at(Level::Note, Confidence::Low) } else { found });
    }
}

fn line_around(text: &[u8], at: usize) -> Part<'_> {
    let before = text.get(at.saturating_sub(LONGEST)..at).unwrap_or_default();
    let left = before.iter().rev().take_while(|b| **b != b'\n').count();
    Part::between(text, at - left..text.len().min(at + LONGEST)).while_(|b| !matches!(b, b'\n' | b'\r'))
}

/// What a line says.
struct Cookie<'b> {
    expires: Part<'b>,
    name: Part<'b>,
    value: Part<'b>,
}

impl<'b> Cookie<'b> {
    fn of(line: Part<'b>) -> Option<Self> {
        let mut rest = Some(line);
        let mut column = || {
            let now = rest.take()?;
            let (column, after) =
                now.cut(|b| b == b'\t').map_or((now, None), |(one, rest)| (one, Some(rest)));
            rest = after;
            Some(column)
        };
        let (domain, all, path) = (column()?, column()?, column()?);
        let (secure, expires, name, value) = (column()?, column()?, column()?, column()?);
        let domain = domain.strip("#HttpOnly_").unwrap_or(domain);
        let flag = |part: Part<'_>| part.is("true") || part.is("false");
        let whole = !domain.bytes().starts_with(b"#") && flag(all) && flag(secure) && column().is_none();
        (whole && path.bytes().starts_with(b"/")).then_some(Self { expires, name, value: value.trim() })
    }

    /// Whether it stopped being sent long ago. Of a cookie that goes with the browser's window, the time is 0.
    fn is_over(&self) -> bool {
        let time = std::str::from_utf8(self.expires.bytes()).ok().and_then(|text| text.parse::<u64>().ok());
        time.is_some_and(|time| (1..LONG_AGO).contains(&time))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finder::tests::found_in;

    #[test]
    fn a_cookie_that_expired_long_ago_is_a_note() {
        let value = ["4f1c", "0b9a", "77e2", "d3c8", "a51e", "90b6"].concat();
        let level = |expires: &str| {
            let line = format!("#HttpOnly_a.test\tFALSE\t/\tTRUE\t{expires}\tPHPSESSID\t{value}\n");
            found_in(&FINDER, "cookies.txt", line.as_bytes())[0].level
        };
        assert_eq!(level("1500000000"), Some(Level::Note));
        assert_eq!((level("0"), level("1999999999")), (None, None));
    }
}
