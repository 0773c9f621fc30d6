//! Logins in what SQL's clients are given: `CONNECT app/…@db` of Oracle, `sp_addlogin 'app', '…'` of SQL Server.
//!
//! bad: `CONNECT app/hunter22x@ORCL`
//! good: `CONNECT /@ORCL`, with a wallet

use super::directive::{RULE, level};
use super::judge::ground::{Ground, ground, ground_of, is_named_manual};
use super::judge::length_of;
use super::judge::reading::line_before;
use super::judge::value::{is_chosen, is_wordy};
use crate::read::Part;
use crate::{Example, Finder, Found, Hint, Text};

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "sql-login",
    rules: &[&RULE],
    wants: |hint| !matches!(hint, Hint::Named(_)) && ground(hint) != Ground::Noise,
    keywords: &["connect ", "conn ", "sp_addlogin", "sp_addlinkedsrvlogin", "sp_password", "sp_addapprole"],
    find,
    hits: &[
        Example {
            path: "login.sql",
            text: "set echo on\nconnect app/p{lower:6}97@ORCL;\n",
            rule: "password-directive",
        },
        Example {
            path: "x.sh",
            text: "sqlplus /nolog <<X\nCONN app/\"p{lower:6}97\"@db as sysdba\nX\n",
            rule: "password-directive",
        },
        Example {
            path: "a.sql",
            text: "EXEC sp_addlogin 'app', 'p{lower:6}97', 'shop';\n",
            rule: "password-directive",
        },
        Example {
            path: "a.sql",
            text: "exec sp_addlogin @loginame = N'app', @passwd = N'p{lower:6}97'\n",
            rule: "password-directive",
        },
        Example {
            path: "a.sql",
            text: "EXEC master.dbo.sp_addlinkedsrvlogin 'srv', 'false', NULL, 'app', 'p{lower:6}97'\n",
            rule: "password-directive",
        },
    ],
    misses: &[
        Example {
            path: "a.sql",
            text: "connect &user/&pw@db\nCONNECT /@ORCL\nconnect by prior a/b2c3d4e5 = c\n",
            rule: "",
        },
        Example {
            path: "a.txt",
            text: "Connect and/or disconnect2 it.\nconnect a/b to the port\n",
            rule: "",
        },
        Example {
            path: "a.sql",
            text: "EXEC sp_addlogin @user, @password\nEXEC sp_addlogin 'app'\n",
            rule: "",
        },
    ],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    if text.binary {
        return;
    }
    let statements = text.hint.file_name().ends_with(b".sql");
    let own = if statements { Ground::Lines } else { ground_of(text) };
    for &at in text.at {
        let rest = Part::between(text.bytes, at..text.bytes.len().min(at + 400));
        let procedure = ["sp_addlogin", "sp_addapprole"].iter().find_map(|name| rest.strip(name));
        let value = if let Some(after) = procedure {
            argument(after, 1)
        } else if let Some(after) = rest.strip("sp_addlinkedsrvlogin") {
            argument(after, 4)
        } else if let Some(after) = rest.strip("sp_password") {
            argument(after, 1)
        } else {
            connected(line_before(text.bytes, at), rest)
        };
        let Some(value) = value else { continue };
        // A statement tells that of its string, wherever it stands.
        let telling = rest.strip("sp_").is_some() || is_chosen(value.bytes());
        let ground = if telling && !is_named_manual(&text.hint) { Ground::Lines } else { own };
        let word = own != Ground::Lines && is_wordy(value.bytes());
        if let Some((level, confidence)) = level(ground, value).filter(|_| !word) {
            out(Found::here(&RULE, value, length_of("password", value.len())).at(level, confidence));
        }
    }
}

/// `connect app/x@db as sysdba` as a line of its own, behind a prompt or none.
fn connected<'b>(before: &[u8], rest: Part<'b>) -> Option<Part<'b>> {
    let prompt = before.trim_ascii();
    let line = rest.while_(|b| b != b'\n' && b != b'\r');
    let after = line.strip("connect ").or_else(|| line.strip("conn "))?.trim();
    let user = after.while_(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'$' | b'#' | b'[' | b']'));
    let login = after.after(&user).strip("/")?;
    let password = match login.bytes().first()? {
        b'"' => login.skip(1).while_(|b| b != b'"'),
        _ => login.while_(|b| !b.is_ascii_whitespace() && b != b'@' && b != b';'),
    };
    let behind = login.bytes().get(password.span().end - login.span().start..)?.trim_ascii();
    let behind = behind.strip_prefix(b"\"").unwrap_or(behind).trim_ascii();
    let role = || behind.get(..3).is_some_and(|word| word.eq_ignore_ascii_case(b"as "));
    let ends = behind.is_empty() || behind.starts_with(b"@") || behind.starts_with(b";") || role();
    let alone = prompt.is_empty() || prompt.ends_with(b">") || prompt.ends_with(b"\\n");
    let reference = matches!(password.bytes().first(), Some(b'&' | b'$' | b':'));
    (alone && ends && !reference && !user.is_empty()).then_some(password)
}

/// The string that is the argument with this number, or has a name that says so.
fn argument<'b>(after: Part<'b>, number: usize) -> Option<Part<'b>> {
    // A line that ends with a comma goes on.
    let mut end = 0;
    for line in after.lines() {
        end = line.span().end - after.span().start;
        if !line.trim().bytes().ends_with(b",") {
            break;
        }
    }
    let call = after.first(end).while_(|b| b != b';').trim_of(|b| matches!(b, b'(' | b' ' | b'\t' | b']'));
    let mut arguments = Vec::new();
    let (mut start, mut quote) = (0, false);
    for (i, b) in call.bytes().iter().enumerate() {
        match b {
            b'\'' => quote = !quote,
            b',' if !quote => {
                arguments.push(call.first(i).skip(start).trim());
                start = i + 1;
            }
            _ => {}
        }
    }
    arguments.push(call.skip(start).trim());
    let named = ["@passwd", "@password", "@rmtpassword", "@new"];
    let by_name = arguments.iter().find_map(|argument| {
        let (name, value) = argument.cut(|b| b == b'=')?;
        named.iter().any(|known| name.trim().is(known)).then(|| value.trim())
    });
    let value = by_name.or_else(|| arguments.get(number).copied())?;
    let value = value.strip("n'").map_or(value, |_| value.skip(1));
    let inside = value.strip("'")?;
    inside.cut(|b| b == b'\'').map(|(value, _)| value)
}
