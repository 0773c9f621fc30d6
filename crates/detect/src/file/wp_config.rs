//! WordPress' `wp-config.php`: the database password, and the keys and salts that sign its cookies.

use super::judge::base_name;
use crate::context::judge::reading::line_from;
use crate::context::judge::{credential, length_of};
use crate::read::Part;
use crate::{Example, Finder, Found, Rule, Text};

static PASSWORD: Rule = Rule::new(
    "wordpress-db-password",
    "WordPress database password",
    "Whoever holds it can read and change the site's database.",
)
.of("WordPress")
.source("https://developer.wordpress.org/advanced-administration/wordpress/wp-config/");

static SALT: Rule = Rule::new(
    "wordpress-salt",
    "WordPress key or salt",
    "Whoever holds all of them and a password hash can forge a login.",
)
.of("WordPress")
.rotate("https://api.wordpress.org/secret-key/1.1/salt/")
.source("https://developer.wordpress.org/advanced-administration/wordpress/wp-config/");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "wp-config",
    rules: &[&PASSWORD, &SALT],
    wants: |hint| base_name(hint).starts_with(b"wp-config"),
    keywords: &["define"],
    find,
    hits: &[
        Example {
            path: "var/www/wp-config.php",
            text: "define( 'DB_PASSWORD', 'p{lower:7}9' );\n",
            rule: "wordpress-db-password",
        },
        Example {
            path: "var/www/wp-config.php",
            text: "define('AUTH_SALT', '{base62:64}');\n",
            rule: "wordpress-salt",
        },
    ],
    misses: &[Example {
        path: "wp-config-sample.php",
        text: "define( 'DB_PASSWORD', 'password_here' );\ndefine('AUTH_KEY', 'put your unique phrase here');\ndefine('DB_PASSWORD', getenv('X'));\n",
        rule: "",
    }],
};

/// WordPress draws them of all signs, so that half of them look like a reference or an expression.
fn salt(value: Part<'_>) -> Option<Found<'_>> {
    let signs = value.bytes().iter().filter(|b| b.is_ascii_punctuation()).count();
    let drawn = value.len() >= 60 && signs >= 8 && value.bytes().iter().any(u8::is_ascii_digit);
    let found = || Found::here(&SALT, value, length_of("key or salt", value.len()));
    if drawn { Some(found()) } else { credential(&SALT, value, "key or salt") }
}

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for &at in text.at {
        let line = line_from(text.bytes, at);
        let Some((_, inside)) = line.cut(|b| b == b'(') else { continue };
        let Some((name, rest)) = inside.cut(|b| b == b',') else { continue };
        let rest = rest.trim();
        let Some(quote) = rest.bytes().first().copied().filter(|b| matches!(b, b'"' | b'\'')) else {
            continue;
        };
        let value = rest.skip(1).while_(|b| b != quote);
        let name = name.trim().unquote();
        let found = match name.bytes() {
            b"DB_PASSWORD" | b"FTP_PASS" => credential(&PASSWORD, value, "database password"),
            n if n.ends_with(b"_SALT")
                || [&b"AUTH_KEY"[..], b"SECURE_AUTH_KEY", b"LOGGED_IN_KEY", b"NONCE_KEY"].contains(&n) =>
            {
                salt(value)
            }
            _ => None,
        };
        found.into_iter().for_each(&mut *out);
    }
}
