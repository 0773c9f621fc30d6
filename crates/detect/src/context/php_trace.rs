//! Passwords in traces of PHP, which tell what each call was made with: `#0 Db.php(14): PDO->__construct('mysql:…', 'app', '…')`.
//!
//! bad: `zend.exception_ignore_args = Off` where errors are written to a log
//! good: `zend.exception_ignore_args = On`
//!
//! Source: <https://www.php.net/manual/en/ini.core.php#ini.zend.exception-ignore-args>

use super::call::RULE;
use super::judge::ground::{Ground, ground};
use super::judge::length_of;
use super::judge::value::{is_chosen, is_picked, is_secret};
use crate::read::Part;
use crate::{Example, Finder, Found, Hint, Text};

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "php-trace",
    rules: &[&RULE],
    wants: |hint| {
        matches!(hint, Hint::File(_) | Hint::Text) && !matches!(ground(hint), Ground::Noise | Ground::Code)
    },
    keywords: &[
        "): pdo->__construct('",
        "): mysqli->__construct('",
        "): mysqli_connect('",
        "): mysqli->real_connect('",
    ],
    find,
    hits: &[
        Example {
            path: "var/log/php_errors.log",
            text: "#0 /var/www/lib/Db.php(14): PDO->__construct('mysql:host=db;dbname=shop', 'app', 'p{lower:6}97')\n",
            rule: "password-in-call",
        },
        Example {
            path: "var/log/apache2/error.log",
            text: "Stack trace:\\n#0 /var/www/a.php(3): mysqli->__construct('db', 'app', '{base62:14}')\\n#1\n",
            rule: "password-in-call",
        },
    ],
    misses: &[Example {
        path: "var/log/php_errors.log",
        text: "#0 /a.php(3): PDO->__construct('mysql:host=db', 'root', '')\n#0 /a.php(3): PDO->__construct('mysql:host=db', 'app', Object(SensitiveParameterValue))\n",
        rule: "",
    }],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for &at in text.at.iter().filter(|_| !text.binary) {
        let line = Part::between(text.bytes, at..text.bytes.len().min(at + 1024)).while_(|b| b != b'\n');
        let Some((_, arguments)) = line.cut(|b| b == b'\'') else { continue };
        // Where to, who, and the password.
        let Some(value) = third(arguments) else { continue };
        if is_secret(value.bytes(), |weak| is_chosen(weak) || is_picked(weak)) {
            out(Found::here(&RULE, value, length_of("password in a call", value.len())));
        }
    }
}

/// The third of strings that stand side by side, the first of which has begun.
fn third(arguments: Part<'_>) -> Option<Part<'_>> {
    let mut rest = arguments;
    for _ in 0..2 {
        rest = rest.cut_at(b"', '").map(|(_, rest)| rest)?;
    }
    rest.cut(|b| b == b'\'').map(|(value, _)| value)
}
