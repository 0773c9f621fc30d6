//! Rows of a table of settings, in which one cell names what the next one holds: `(7, 'payment/acme/api_password', '…')` of
//! a dump, `smtp.password,…` of CSV.
//!
//! bad: `INSERT INTO settings VALUES ('smtp.password', 'hunter22x', now())`
//! good: the setting filled in when the program is installed

use tightlip_report::{Confidence, Level};

use super::judge::coined::is_coined;
use super::judge::ground::{Ground, ground};
use super::judge::joined::is_joined_phrase;
use super::judge::length_of;
use super::judge::name::{KEYWORDS, Says, is_password, is_plain_secret, says};
use super::judge::value::{Worth, is_chosen, is_passphrase, is_password_hash, is_picked, is_wordy, worth};
use super::judge::weak::is_made;
use super::table::{Kind, RULE, cells, kind, separator};
use crate::read::Part;
use crate::words::is_unspelled;
use crate::{Example, Finder, Found, Hint, Text, columns};

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "setting-row",
    rules: &[&RULE],
    wants: |hint| ground(hint) != Ground::Noise || is_table(hint),
    keywords: KEYWORDS,
    find,
    hits: &[
        Example {
            path: "dump.sql",
            text: "INSERT INTO `config` VALUES (1,'web/url','x'),(2,'pay/acme/api_password','p{lower:6}.97');\n",
            rule: "secret-in-table",
        },
        Example {
            path: "V2__mail.sql",
            text: "INSERT INTO settings (name, value, at) VALUES\n  ('smtp.host', 'h', now()),\n  ('smtp.pass', 'p{lower:6}97', now());\n",
            rule: "secret-in-table",
        },
        Example {
            path: "seed.sql",
            text: "INSERT [dbo].[Settings] ([Key], [Value]) VALUES (N'Sms.ApiToken', N'a1B{base62:30}')\n",
            rule: "secret-in-table",
        },
        Example {
            path: "dump.sql",
            text: "INSERT INTO `settings` (`id`,`name`,`value`) VALUES (1,'site','a'),(2,'smtp_password','Qv{lower:5}WbKx7ZrT');\n",
            rule: "secret-in-table",
        },
        Example {
            path: "dump.sql",
            text: "INSERT INTO wp_options VALUES (5,'smtp_password','kiesel-fasan-molen-heron','yes');\n",
            rule: "secret-in-table",
        },
        Example {
            path: "dump.sql",
            text: "INSERT INTO config (name, kind, value) VALUES ('smtp.password', 'string', 'p{lower:6}97');\n",
            rule: "secret-in-table",
        },
        Example {
            path: "dump.sql",
            text: "INSERT INTO `settings` VALUES (1,'smtp_host','h'),(2,'smtp_password','HqvbwtZkxw.Mr');\n",
            rule: "secret-in-table",
        },
        Example {
            path: "a.csv",
            text: "name,value\nsmtp.password,\"p{lower:6}97\"\n",
            rule: "secret-in-table",
        },
        Example {
            path: "a.csv",
            text: "Parameter;Type;Value\n/prod/db/password;SecureString;p{lower:6}97\n",
            rule: "secret-in-table",
        },
        Example {
            path: "a.csv",
            text: "lp;nazwa;warto\u{15b}\u{107}\n1;smtp_haslo;p{lower:6}97\n",
            rule: "secret-in-table",
        },
        Example {
            path: "a.tsv",
            text: "smtp_host\th\nsms_api_token\ta1B{base62:30}\n",
            rule: "secret-in-table",
        },
    ],
    misses: &[
        Example {
            path: "dump.sql",
            text: "INSERT INTO m VALUES (1,'authtoken','0002_auto_20160226_1747'),(2,'password','Password'),(3,'reset_password','a1B{base62:30}');\n",
            rule: "",
        },
        Example {
            path: "dump.sql",
            text: "INSERT INTO c VALUES (1,'smtp_password',''),(2,'smtp_password',NULL),(3,'smtp_password','0:3:{b64:60}');\n",
            rule: "",
        },
        Example {
            path: "dump.sql",
            text: "INSERT INTO c VALUES (1,'password_policy','strong','a'),(2,'smtp_password','string','text'),(3,'user_password','string','LoginFormPassword');\n",
            rule: "",
        },
        Example { path: "a.csv", text: "word,count\npassword,1200\nsecret_token,x1\n", rule: "" },
        Example { path: "en.csv", text: "key,text\nlogin.password,Your password\n", rule: "" },
        Example { path: "a.py", text: "f('x', 'db_password', 'a1B{base62:30}x')\n", rule: "" },
    ],
};

/// How sure it is that a row is one of settings.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Row {
    /// Its table is known to be one.
    OfSettings,
    /// It may be one of words.
    OfWords,
}

fn is_table(hint: &Hint<'_>) -> bool {
    matches!(kind(hint.file_name()), Some(Kind::By(_)))
}

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    if text.binary {
        return;
    }
    match kind(text.hint.file_name()) {
        Some(kind @ Kind::By(_)) => in_lines(text, kind, out),
        _ => in_statements(text, out),
    }
}

/// The strings of statements in which a name stands.
fn in_statements<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let mut done = 0;
    for &at in text.at {
        if let Some(found) = in_statement(text, at).filter(|found| found.span.start >= done) {
            done = found.span.end;
            out(found);
        }
    }
}

/// The lines of CSV in which a name stands.
fn in_lines<'b>(text: &Text<'b>, kind: Kind, out: &mut dyn FnMut(Found<'b>)) {
    let Some(head) = Part::of(text.bytes).lines().next() else { return };
    let kind = separator(head, kind);
    let columns = of_head(&cells(head, kind));
    let mut done = 0;
    for &at in text.at.iter() {
        if at < done {
            continue;
        }
        let start = memchr::memrchr(b'\n', text.bytes.get(..at).unwrap_or_default()).map_or(0, |n| n + 1);
        let Some(line) = Part::between(text.bytes, start..text.bytes.len()).lines().next() else { return };
        done = line.span().end;
        let cells = cells(line, kind);
        match columns {
            Some((name, value)) => {
                let pair = cells.get(name).zip(cells.get(value));
                pair.and_then(|(name, value)| found(*name, *value, Row::OfSettings))
                    .into_iter()
                    .for_each(&mut *out);
            }
            None if cells.len() <= 4 => pairs(&cells, Row::OfWords).for_each(&mut *out),
            None => {}
        }
    }
}

/// The columns in which a head says that names and values stand.
fn of_head(head: &[Part<'_>]) -> Option<(usize, usize)> {
    let column = |is: fn(&[u8]) -> bool| head.iter().position(|cell| is(cell.trim().bytes()));
    Some((column(columns::names)?, column(columns::holds)?)).filter(|(name, value)| name < value)
}

/// What neighbouring cells of a row give.
pub(super) fn pairs<'p, 'b>(cells: &'p [Part<'b>], row: Row) -> impl Iterator<Item = Found<'b>> + 'p {
    cells.windows(2).filter_map(move |pair| found(*pair.first()?, *pair.last()?, row))
}

/// The value behind the string around a place, where both are cells of one row.
fn in_statement<'b>(text: &Text<'b>, at: usize) -> Option<Found<'b>> {
    let before = text.bytes.get(at.saturating_sub(100)..at)?;
    let open = before.iter().rposition(|b| *b == b'\'')?;
    let head = before.get(..open)?;
    // Microsoft's and PostgreSQL's marks of strings.
    let head = head.strip_suffix(b"N").or_else(|| head.strip_suffix(b"E")).unwrap_or(head).trim_ascii_end();
    if !matches!(head.last(), Some(b'(' | b',')) {
        return None;
    }
    let start = at - (before.len() - open) + 1;
    let rest = Part::between(text.bytes, start..text.bytes.len().min(start + 2048));
    let (name, after) = rest.cut(|b| b == b'\'')?;
    let after = after.trim().strip(",")?.trim();
    let after = after.strip("N'").or_else(|| after.strip("E'")).or_else(|| after.strip("'"))?;
    let mut value = string(after)?;
    let mut end = Part::between(text.bytes, value.span().end + 1..rest.span().end).trim();
    // `('smtp.password', 'string', '…')`: between them stands of what kind it is.
    if worth(value.bytes()) == Worth::Trivial
        && let Some((next, behind)) = next_string(end)
    {
        (value, end) = (next, behind);
    }
    let closed = matches!(end.bytes().first(), Some(b',' | b')'));
    let found = found(name, value, Row::OfSettings).filter(|_| closed)?;
    is_of_rows(text, start).then_some(found)
}

/// The string behind a comma, and what follows it.
fn next_string(end: Part<'_>) -> Option<(Part<'_>, Part<'_>)> {
    let value = string(end.strip(",")?.trim().strip("'")?)?;
    Some((value, end.skip(value.span().end + 1 - end.span().start).trim()))
}

/// Up to the quote that closes a string; a doubled or escaped one does not.
fn string(inside: Part<'_>) -> Option<Part<'_>> {
    let mut at = 0;
    loop {
        match inside.bytes().get(at)? {
            b'\\' => at += 2,
            b'\'' if inside.bytes().get(at + 1) == Some(&b'\'') => at += 2,
            b'\'' => return Some(inside.first(at)),
            b'\n' => return None,
            _ => at += 1,
        }
    }
}

/// Whether rows of a database stand here: in a dump, or behind the words of a statement.
fn is_of_rows(text: &Text<'_>, at: usize) -> bool {
    let name = text.hint.file_name().to_ascii_lowercase();
    let dump = [".sql", ".dump", ".psql", ".mysql", ".sql.bak", ".sql.old"];
    let before = || text.bytes.get(at.saturating_sub(2048)..at).unwrap_or_default().to_ascii_lowercase();
    dump.iter().any(|end| name.ends_with(end.as_bytes()))
        || memchr::memmem::find(&before(), b"insert into ").is_some()
}

/// The value of a row whose name says that it is secret.
fn found<'b>(name: Part<'b>, value: Part<'b>, row: Row) -> Option<Found<'b>> {
    let plain = |b: &u8| b.is_ascii_alphanumeric() || b"_-./:[]".contains(b);
    let named = (3..=100).contains(&name.len()) && name.bytes().iter().all(plain);
    if !named || says(name.bytes()) != Says::Secret {
        return None;
    }
    let (level, confidence) = level((name.bytes(), value.bytes()), row)?;
    Some(
        Found::here(&RULE, value, length_of("value of a setting in a table", value.len()))
            .at(level, confidence),
    )
}

fn level((name, value): (&[u8], &[u8]), row: Row) -> Option<(Level, Confidence)> {
    let password = is_password(name);
    let digest =
        password && value.iter().all(u8::is_ascii_hexdigit) && matches!(value.len(), 32 | 40 | 64 | 128);
    let apart = name.iter().any(|b| b"_-.:".contains(b)) && ends_as_secret(name);
    let leak = Some((Level::Deny, Confidence::Medium));
    match worth(value) {
        Worth::Weak
            if row == Row::OfSettings && password && (is_passphrase(value) || is_joined_phrase(value)) =>
        {
            leak
        }
        _ if is_migration(value) || value.contains(&b' ') => None,
        Worth::Strong | Worth::Weak if digest || is_password_hash(value) => {
            Some((Level::Warn, Confidence::Low))
        }
        Worth::Strong if row == Row::OfSettings || apart => leak,
        // `HqVbwTzKx.Mr`: nobody can read that out, so it names no machine either.
        Worth::Weak if row == Row::OfSettings && password && is_unspelled_in_part(value) => leak,
        Worth::Weak if is_wordy(value) => None,
        Worth::Weak
            if is_chosen(value)
                && (password || is_plain_secret(name))
                && (row == Row::OfSettings || apart) =>
        {
            leak
        }
        Worth::Weak
            if row == Row::OfSettings
                && (is_made(value)
                    || password && (is_picked(value) || is_marked(value) || is_coined(value))) =>
        {
            leak
        }
        _ => None,
    }
}

/// `mail.api_token`, and not `secret-detector`: its last word makes it one of a secret.
fn ends_as_secret(name: &[u8]) -> bool {
    let last = name.iter().rposition(|b| !b.is_ascii_alphanumeric()).unwrap_or_default();
    let (before, word) = name.split_at(last);
    !name.contains(&b'/') && (says(word) == Says::Secret || says(before) != Says::Secret)
}

/// `soleil.91`: neither a word nor words alone.
fn is_marked(value: &[u8]) -> bool {
    value.len() >= 6 && !is_wordy(value) && value.iter().filter(|b| b.is_ascii_digit()).count() >= 2
}

/// Letters of both cases of which one run spells nothing.
fn is_unspelled_in_part(value: &[u8]) -> bool {
    let mixed = |part: &[u8]| {
        let inside = part.get(1..).unwrap_or_default();
        inside.iter().any(u8::is_ascii_uppercase) && inside.iter().any(u8::is_ascii_lowercase)
    };
    let plain = value.iter().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(b));
    plain
        && value
            .split(|b| b"-_.".contains(b))
            .any(|part| part.len() >= 8 && mixed(part) && is_unspelled(part))
}

/// `0002_auto_20160226_1747`, what Django has done to a table: its application may be called `authtoken`.
fn is_migration(value: &[u8]) -> bool {
    let digits = value.iter().take_while(|b| b.is_ascii_digit()).count();
    digits == 4 && value.get(4) == Some(&b'_')
}
