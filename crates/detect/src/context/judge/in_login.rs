//! Does a value stand in a login: beside the user it belongs to and the server where both are good?
//!
//! Alone, `Rathaus-Uhr` under `password` is a label as often as a password. Beside `host: "db.lan"` and `user: "app"` it is
//! what the program logs in with.

use tightlip_report::{Confidence, Level};

use super::chosen::is_of_sentence;
use super::ground::Ground;
use super::name::{Says, is_for_tests, is_password, words};
use super::own_word::is_telling;
use super::reading::{line_around, line_before};
use super::site::Site;
use super::value::{Worth, is_chosen, is_password_hash, is_picked, is_secret, worth};
use crate::Text;
use crate::read::Part;

/// So many lines to both sides are looked at.
const LINES: usize = 12;
/// A longer line is no login.
const LONGEST: usize = 600;

/// Last words of the names of users.
const USERS: &[&str] = &[
    "user",
    "username",
    "login",
    "uid",
    "usr",
    "account",
    "dbuser",
    "benutzer",
    "usuario",
    "usager",
    "utilisateur",
    "identifiant",
    "gebruiker",
    "gebruikersnaam",
    "utente",
    "benutzername",
    "nutzer",
    "uzytkownik",
    "yonghu",
    "yonghuming",
    "bruker",
    "bruger",
    "userid",
    "binddn",
];
/// Of what is where they log in: an address, or what says which kind of server it is.
const SERVERS: &[&str] = &[
    "host",
    "hostname",
    "server",
    "addr",
    "address",
    "endpoint",
    "url",
    "uri",
    "port",
    "driver",
    "adapter",
    "dialect",
    "dbhost",
    "servername",
    "jdbcurl",
    "client",
    "engine",
    // The same in other languages.
    "hote",
    "servidor",
    "serveur",
    "servidorbd",
    "rechner",
    "anfitrion",
    "zhuji",
    "fuwuqi",
];
/// How names end that are run together: `smtpuser`, `dbusername`, `smtphost`.
const USER_ENDS: &[&str] = &["user", "username", "login"];
const SERVER_ENDS: &[&str] = &["host", "hostname", "server"];
/// Kinds of servers, as programs name their drivers.
const DRIVERS: &[&str] = &[
    "mysql", "pgsql", "postgres", "mariadb", "sqlsrv", "oracle", "mongodb", "mssql", "sqlite", "smtp",
    "imap", "ldap", "sftp", "ftp",
];

/// The level of a password that people choose, of whatever words, if it stands in a login.
pub(crate) fn level(text: &Text<'_>, ground: Ground, site: &Site<'_>) -> Option<(Level, Confidence)> {
    let name = site.name.bytes();
    let here = !matches!(ground, Ground::Noise | Ground::Prose);
    let named = words(name).iter().any(|word| site.value.bytes().eq_ignore_ascii_case(word.as_bytes()));
    let password =
        here && !named && super::name::says(name) == Says::Secret && is_password(name) && !is_for_tests(name);
    (password && is_own_password(site.value.bytes()) && has_company(text.bytes, site))
        .then_some((Level::Deny, Confidence::Medium))
}

/// Whether what somebody sent where a password was asked for is one.
pub(crate) fn is_answer(value: &[u8]) -> bool {
    is_secret(value, |weak| is_chosen(weak) || is_picked(weak) || weak.len() >= 8 && is_own_password(weak))
}

/// Whether a value, where a password belongs, says nothing but itself.
pub(crate) fn is_own_password(value: &[u8]) -> bool {
    if !(6..=64).contains(&value.len()) {
        return false;
    }
    let said: Vec<u8> =
        value.iter().filter(|b| b.is_ascii_alphabetic()).map(u8::to_ascii_lowercase).collect();
    let mut words = value.split(|b| *b == b' ');
    let plain = value
        .iter()
        .all(|b| b.is_ascii_graphic() && !b"(){}<>[]\\`$;|,".contains(b) || *b == b' ' || *b >= 0x80);
    let worthy = match worth(value) {
        Worth::Weak | Worth::Strong => !is_password_hash(value),
        Worth::Prose => {
            words.clone().count() <= 4 && !words.any(|word| is_of_sentence(&word.to_ascii_lowercase()))
        }
        _ => false,
    };
    let kind = DRIVERS.iter().any(|driver| driver.as_bytes() == said);
    said.len() >= 3 && worthy && plain && !kind && !is_telling(&said)
}

/// Whether a user and a server stand beside a value, in the same object or section.
fn has_company(text: &[u8], site: &Site<'_>) -> bool {
    let own = line_around(text, site.name.span().start);
    if own.len() > LONGEST {
        return false;
    }
    let (mut user, mut server) = (false, false);
    let value = site.value.bytes();
    // Whoever connects does so to a server, whatever that is called.
    server |= is_in_connect(text, site);
    for line in std::iter::once(own).chain(siblings(own, Way::Up)).chain(siblings(own, Way::Down)) {
        for (name, beside) in pairs(line) {
            // `type: "oracle"` beside it: what everybody tries first.
            if beside.bytes().eq_ignore_ascii_case(value) && beside.span() != site.value.span() {
                return false;
            }
            let words = words(name.bytes());
            let last = words.last().map_or("", String::as_str);
            let user_named = USERS.contains(&last) || USER_ENDS.iter().any(|end| last.ends_with(end));
            let bound = is_bound(&words, beside.bytes());
            let is_login = user_named && is_user(beside.bytes()) || bound;
            server |= bound || is_login && is_pair(site.name.bytes(), name.bytes());
            user |= is_login;
            // An address of mail says where it is good.
            server |= is_login && beside.bytes().contains(&b'@');
            let server_named = SERVERS.contains(&last) || SERVER_ENDS.iter().any(|end| last.ends_with(end));
            server |= server_named && is_server(beside.bytes());
            server |= last == "dsn";
        }
    }
    user && server
}

/// Whether the pair is an argument of a call that connects, in its line.
fn is_in_connect(text: &[u8], site: &Site<'_>) -> bool {
    let before = line_before(text, site.name.span().start).to_ascii_lowercase();
    let calls = [&b"connect("[..], b"connection(", b"connecthandler(", b"create_pool(", b"createpool("];
    let open =
        calls.iter().filter_map(|call| memchr::memmem::rfind(&before, call).map(|at| at + call.len())).max();
    open.and_then(|open| before.get(open..)).is_some_and(|inside| !inside.contains(&b')'))
}

/// To which side of a line.
#[derive(Clone, Copy)]
enum Way {
    Up,
    Down,
}

/// The lines next to one that are indented as it is, up to an empty one or the head of another section.
fn siblings<'b>(own: Part<'b>, way: Way) -> impl Iterator<Item = Part<'b>> {
    let indentation = |line: Part<'_>| line.while_(|b| matches!(b, b' ' | b'\t')).len();
    let depth = indentation(own);
    let mut at = own;
    let next = std::iter::from_fn(move || {
        let span = at.span();
        let edge = match way {
            Way::Up => span.start.checked_sub(1)?,
            Way::Down => span.end.checked_add(1).filter(|edge| *edge < at.whole().len())?,
        };
        at = line_around(at.whole(), edge);
        Some(at)
    });
    let head =
        |line: &Part<'b>| line.trim().is_empty() || line.bytes().starts_with(b"[") || line.len() > LONGEST;
    next.take(LINES).take_while(move |line| !head(line)).filter(move |line| indentation(*line) == depth)
}

/// Every name of a line with the value behind it: `host = x`, `"host": "x"`, `'host' => 'x'`, `<host>x</host>`.
fn pairs<'b>(line: Part<'b>) -> impl Iterator<Item = (Part<'b>, Part<'b>)> {
    let signs = memchr::memchr3_iter(b'=', b':', b'>', line.bytes());
    signs.filter_map(move |at| {
        let sign = line.bytes().get(at)?;
        let before = line.first(at);
        let before = if *sign == b'>' {
            before.first(before.bytes().strip_suffix(b"=").map_or(at, <[u8]>::len))
        } else {
            before
        };
        let before = before.trim().trim_of(|b| matches!(b, b'"' | b'\'' | b']' | b'@'));
        let letters = before
            .bytes()
            .iter()
            .rev()
            .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'));
        let name = before.skip(before.len() - letters.count());
        // `<username value="x" />`: the tag has the name.
        let name = if name.is("value") { tag_before(line, name).unwrap_or(name) } else { name };
        let rest = line.skip(at + 1).trim();
        let quote = rest.bytes().first().copied().filter(|b| matches!(b, b'"' | b'\''));
        let value = match quote {
            Some(quote) => rest.skip(1).while_(|b| b != quote),
            None => {
                rest.while_(|b| !b.is_ascii_whitespace() && !matches!(b, b',' | b'<' | b'}' | b';' | b')'))
            }
        };
        (!name.is_empty() && !value.is_empty()).then_some((name, value))
    })
}

/// The name of the tag in which an attribute stands, or the one that another of its attributes gives.
fn tag_before<'b>(line: Part<'b>, attribute: Part<'b>) -> Option<Part<'b>> {
    let before = Part::between(line.whole(), line.span().start..attribute.span().start).trim();
    let open = before.bytes().iter().rposition(|b| *b == b'<')?;
    let tag = before.skip(open + 1);
    let named = ["name=\"", "key=\""].iter().find_map(|name| tag.cut_at(name.as_bytes()));
    let named = named.map(|(_, value)| value.while_(|b| b != b'"'));
    Some(
        named.unwrap_or_else(|| tag.while_(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'))),
    )
}

/// `smtppass` beside `smtpuser`: what stands before both words is the same and says of what they are.
fn is_pair(password: &[u8], user: &[u8]) -> bool {
    let whose = |name: &[u8], ends: &[&str]| {
        let lower = name.to_ascii_lowercase();
        let mut heads = ends.iter().filter_map(|end| lower.strip_suffix(end.as_bytes()));
        heads
            .next()
            .map(<[u8]>::to_vec)
            .filter(|head| head.iter().filter(|b| b.is_ascii_alphabetic()).count() >= 2)
    };
    let password = whose(password, &["password", "passwd", "pass", "pwd", "pw"]);
    password.is_some() && password == whose(user, &["username", "user", "login", "account"])
}

/// `bind_dn: 'CN=app,OU=x'`: who logs in to a directory.
fn is_bound(words: &[String], value: &[u8]) -> bool {
    let last = words.last().map_or("", String::as_str);
    // The `dn:` of an entry is its name.
    let named =
        last == "dn" && words.len() > 1 || last == "binddn" || last == "rootdn" || last == "managerdn";
    named && value.len() >= 4 && value.contains(&b'=') && !value.iter().any(|b| b"${}<>".contains(b))
}

/// A name that somebody has, and none that says that one belongs here.
fn is_user(value: &[u8]) -> bool {
    let name = value.iter().all(|b| b.is_ascii_alphanumeric() || b"._-@+\\".contains(b));
    name && value.len() >= 2 && worth(value) >= Worth::Default && !value.eq_ignore_ascii_case(b"username")
}

/// An address, a port, or a kind of server.
fn is_server(value: &[u8]) -> bool {
    let lower = value.to_ascii_lowercase();
    let inside = lower.get(1..lower.len().saturating_sub(1)).unwrap_or_default();
    let address =
        inside.iter().any(|b| matches!(b, b'.' | b':' | b'-')) && value.iter().all(u8::is_ascii_graphic);
    let port = (2..=5).contains(&value.len()) && value.iter().all(u8::is_ascii_digit);
    let known = lower == b"localhost" || lower.starts_with(b"db") && value.len() <= 8;
    let driver = DRIVERS.iter().any(|driver| memchr::memmem::find(&lower, driver.as_bytes()).is_some());
    address || port || known || driver
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Hint;
    use crate::context::judge::site::{name_around, value_of};

    fn leaks(text: &str) -> bool {
        let hint = Hint::File(b"a.js");
        let text = Text { bytes: text.as_bytes(), hint, binary: false, at: &[] };
        let at = memchr::memmem::find(text.bytes, b"password").unwrap();
        let site = value_of(text.bytes, name_around(text.bytes, at)).unwrap();
        level(&text, Ground::Code, &site).is_some()
    }

    #[test]
    fn words_beside_a_user_and_a_server_are_a_password() {
        for text in [
            "{ host: 'db.lan', user: 'app', password: 'Einkaufs_Korb' }",
            "  'dbname' => 'x',\n  'host' => '10.0.0.2',\n  'user' => 'app',\n  'password' => 'Glocken Turm',\n",
            "$hote = 'db.lan';\n$usager = 'app';\n$password = 'Einkaufs_Korb';\n",
            "connect(ip, username='app', password='Einkaufs_Korb')",
            "<smtpHost value=\"mail.lan\" />\n<username value=\"app\" />\n<password value=\"Einkaufs.korb\" />\n",
            "$smtpuser = 'app';\n$smtppassword = 'Glocken_Turm';\n",
            "public $smtphost = 'mail.lan';\npublic $mailuser = 'app';\npublic $smtppassword = 'Glocken_Turm';\n",
            "  label: 'LDAP'\n  bind_dn: 'CN=app,OU=a'\n  password: 'Glocken.Turm'\n",
            "host: \"db.lan\"\nport: 5432\nusername: \"app\"\npassword: \"walnut_lantern\"\n",
        ] {
            assert!(leaks(text), "{text}");
        }
    }

    #[test]
    fn labels_and_blanks_are_none() {
        for text in [
            "{ host: 'Host', user: 'Benutzer', password: 'Kennwort' }",
            "{ host: 'db.lan', user: 'app', password: 'your_password' }",
            "{ host: 'db.lan', user: 'walnut_lantern', password: 'walnut_lantern' }",
            "{ type: 'oracle', host: 'db.lan', user: 'system', password: 'oracle' }",
            "{ host: env.HOST, user: env.USER, password: 'walnut_lantern' }",
            "host: 'db.lan'\nuser: 'app'\n\npassword: 'walnut_lantern'\n",
            "db:\n  host: 'db.lan'\n  user: 'app'\nui:\n    password: 'walnut_lantern'\n",
            "{ host: 'db.lan', user: 'app', password: 'the password of it' }",
        ] {
            assert!(!leaks(text), "{text}");
        }
    }
}
