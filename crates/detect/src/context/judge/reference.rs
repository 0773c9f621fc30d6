//! Is this value a reference to where the secret is: a variable, a call, a path, an address, an encrypted form?

use super::label_word::is_label_word;
use super::name::{Says, says};
use super::option::is_of_mount;
use super::public_key::is_public_key;
use super::sealed::is_sealed;
use super::store::is_kept;
use super::value::{classes, contains, is_mixed_case, is_random, is_uuid, is_wrapped};
use super::words::{REFERENCE_PARTS, REFERENCE_STARTS};

/// Whether the value names where the secret is, and is none itself.
pub(super) fn is_reference(value: &[u8], lower: &[u8]) -> bool {
    let starts = REFERENCE_STARTS.iter().any(|s| lower.starts_with(s.as_bytes())) || is_variable(value);
    // crypt(3) hashes start with a dollar, and are no references.
    let hash = value.first() == Some(&b'$')
        && value.iter().filter(|b| **b == b'$').count() >= 3
        && value.len() >= 20;
    (starts && !hash)
        || REFERENCE_PARTS.stand_in(lower)
        || is_format(value)
        || is_parameter_in_path(value)
        || is_wrapped(value, b'%', b'%')
        || is_wrapped(value, b'#', b'#')
        || is_wrapped(value, b'@', b'@')
        || value.len() > 5 && value.starts_with(b"__") && value.ends_with(b"__")
        || is_sealed(value)
        || is_kept_by_apify(value)
        || is_public_key(value)
        || is_kept(lower)
        || is_of_mount(lower)
        || is_expression(value)
        || is_template_name(value)
        || has_field(value)
        || is_wrapped(value, b'{', b'}')
        || is_path(value)
        || is_call(value)
        || is_command(value)
        || is_address(lower)
        || is_parameter(value)
        || is_settings_of_a_reference(value)
        || is_guid_in_braces(value)
        || is_macro(value)
        || is_asked_by_sqlplus(value)
        || is_contract(value)
        || is_asset(value)
        || is_label_word(value)
        || is_written_later(value)
        || is_data_source(lower)
        || is_directory_name(lower)
        || ends_in_variable(value)
        || is_place_of_oracle(lower)
        || is_token_object(lower)
        || is_variable_of_an_object(lower)
}

/// `pkcs11:token=user;object=key1` (RFC 7512): where a key stands in a device. With a PIN it would be a secret.
fn is_token_object(lower: &[u8]) -> bool {
    lower.starts_with(b"pkcs11:") && !contains(lower, "pin-value")
}

/// `host.vars.db_password_ref` of Icinga: a variable of an object.
fn is_variable_of_an_object(lower: &[u8]) -> bool {
    let name = |part: &[u8]| !part.is_empty() && part.iter().all(|b| b.is_ascii_lowercase() || *b == b'_');
    let owner = lower.split(|b| *b == b'.').nth(1).is_some_and(|part| part == b"vars");
    owner && lower.split(|b| *b == b'.').count() >= 3 && lower.split(|b| *b == b'.').all(name)
}

/// `@shopToken`: a secret of this name that Apify keeps.
/// <https://docs.apify.com/platform/actors/development/programming-interface/environment-variables>
fn is_kept_by_apify(value: &[u8]) -> bool {
    let name = value.strip_prefix(b"@").unwrap_or_default();
    name.first().is_some_and(u8::is_ascii_lowercase)
        && name.iter().any(u8::is_ascii_uppercase)
        && name.iter().all(u8::is_ascii_alphabetic)
        && says(name) == Says::Secret
}

/// `jdbc:oracle:thin:@//db:1521/APP`, `…:@db:1521:ORCL`, `…:@(description=…)`: where a database of Oracle is. A login would stand
/// before the sign. What follows is told by itself.
fn is_place_of_oracle(lower: &[u8]) -> bool {
    let place = [&b"jdbc:oracle:thin:@"[..], b"jdbc:oracle:oci:@", b"jdbc:oracle:oci8:@"]
        .iter()
        .find_map(|start| lower.strip_prefix(*start));
    place.is_some_and(|place| {
        !place.is_empty() && !place.contains(&b'@') && memchr::memmem::find(place, b"password").is_none()
    })
}

/// `ou=people,dc=example,dc=org?one`: where something stands in a directory (RFC 4514), with how it is searched (RFC 4516).
fn is_directory_name(lower: &[u8]) -> bool {
    let name = lower.split(|b| *b == b'?').next().unwrap_or_default();
    let attributes = ["cn", "ou", "dc", "o", "c", "uid", "l", "st"];
    let mut parts = name.split(|b| *b == b',').map(<[u8]>::trim_ascii).peekable();
    let pair = |part: &[u8]| {
        let sign = part.iter().position(|b| *b == b'=').and_then(|sign| part.split_at_checked(sign));
        sign.is_some_and(|(name, rest)| {
            rest.len() > 1 && attributes.iter().any(|known| known.as_bytes() == name)
        })
    };
    name.contains(&b',') && parts.peek().is_some() && parts.all(pair)
}

/// `tskey-auth-k1-$TS_KEY`: the start of a value, and a variable that the shell puts behind it.
fn ends_in_variable(value: &[u8]) -> bool {
    let Some(at) = memchr::memrchr(b'$', value) else { return false };
    let (before, name) = value.split_at(at);
    let named = |b: &u8| b.is_ascii_uppercase() || *b == b'_';
    let name = name.get(1..).unwrap_or_default();
    let joined = before.last().is_some_and(|b| matches!(b, b'-' | b'_' | b':' | b'/'));
    // `K005$BACKUP_STORAGE_KEY`: how all values of a service begin.
    let begun = before.len() <= 6 && name.len() >= 8;
    (joined || begun) && name.len() >= 4 && name.iter().all(named) && name.contains(&b'_')
}

/// `mysql:host=db;dbname=app`: where the data of PHP's programs are, without a login.
fn is_data_source(lower: &[u8]) -> bool {
    let drivers = [
        "mysql:",
        "pgsql:",
        "sqlsrv:",
        "odbc:",
        "dblib:",
        "oci:",
        "firebird:",
        "cubrid:",
        "informix:",
        "ibm:",
    ];
    let Some(rest) = drivers.iter().find_map(|driver| lower.strip_prefix(driver.as_bytes())) else {
        return false;
    };
    let mut pairs = rest.split(|b| *b == b';').filter(|pair| !pair.trim_ascii().is_empty()).peekable();
    let secret = |name: &[u8]| says(name) == Says::Secret || name == b"pass";
    pairs.peek().is_some()
        && pairs.all(|pair| {
            let mut parts = pair.splitn(2, |b| *b == b'=');
            let name = parts.next().unwrap_or_default().trim_ascii();
            parts.next().is_some() && !name.is_empty() && !secret(name) && !name.contains(&b'/')
        })
}

/// `\$PWD` in a text that a script writes: whoever runs that fills it in.
fn is_written_later(value: &[u8]) -> bool {
    let name = value.strip_prefix(b"\\$").unwrap_or_default();
    let name = name.strip_prefix(b"{").and_then(|name| name.strip_suffix(b"}")).unwrap_or(name);
    !name.is_empty() && name.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_')
}

/// What is filled in when the program runs: `%s`, `token-%d`; among other marks and digits it is a part of a password.
fn is_format(value: &[u8]) -> bool {
    if !["%s", "%d", "%v", "%q", "%S"].iter().any(|field| contains(value, field)) {
        return false;
    }
    let marks = value.iter().filter(|b| b.is_ascii_punctuation() && !b"%-_./:".contains(b)).count();
    let password = marks >= 3 && value.iter().any(u8::is_ascii_digit) && !value.contains(&b' ');
    !password
}

/// `%kernel.project_dir%/config/jwt/private.pem`: a folder that a framework knows, and a file in it.
fn is_parameter_in_path(value: &[u8]) -> bool {
    let mut parts = value.splitn(3, |b| *b == b'%');
    let (first, name, rest) = (parts.next(), parts.next().unwrap_or_default(), parts.next());
    let named = |b: &u8| b.is_ascii_lowercase() || matches!(b, b'.' | b'_');
    first == Some(b"")
        && name.len() >= 3
        && name.iter().all(named)
        && rest.is_some_and(|r| r.starts_with(b"/"))
}

/// `$ldap_pass$` of Icinga, and what other programs put between dollar signs.
fn is_macro(value: &[u8]) -> bool {
    let Some(name) = value.strip_prefix(b"$").and_then(|rest| rest.strip_suffix(b"$")) else { return false };
    let plain = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b':');
    name.len() >= 3 && name.first().is_some_and(u8::is_ascii_alphabetic) && name.iter().all(plain)
}

/// `&app_password`, `&&pw`, which SQL*Plus asks for.
fn is_asked_by_sqlplus(value: &[u8]) -> bool {
    let Some(name) = value.strip_prefix(b"&") else { return false };
    let name = name.strip_prefix(b"&").unwrap_or(name);
    let name = name.strip_suffix(b".").unwrap_or(name);
    let plain = |b: &u8| b.is_ascii_alphabetic() || *b == b'_';
    name.len() >= 2 && name.iter().all(plain) && !is_mixed_case(name)
}

/// The address of an account or contract of Ethereum: twenty bytes, which everybody may know. Its keys have 32. And the eight
/// by which a key of PGP is called.
fn is_contract(value: &[u8]) -> bool {
    value
        .strip_prefix(b"0x")
        .is_some_and(|digits| matches!(digits.len(), 16 | 40) && digits.iter().all(u8::is_ascii_hexdigit))
}

/// `password.c57c6d95.js`: what a build names by its content.
fn is_asset(value: &[u8]) -> bool {
    let ends = ["js", "css", "mjs", "cjs", "map", "html", "json", "svg", "png", "woff2", "wasm", "ts"];
    let mut parts = value.rsplit(|b| *b == b'.');
    let end = parts.next().unwrap_or_default();
    let word = |part: &[u8]| {
        !part.is_empty()
            && part.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'/' | b'~'))
    };
    ends.iter().any(|known| known.as_bytes() == end) && parts.clone().count() >= 2 && parts.all(word)
}

/// `:password` and `:'password'`, which a statement is given apart.
fn is_parameter(value: &[u8]) -> bool {
    let Some(name) = value.strip_prefix(b":") else { return false };
    let quoted = matches!(name.first(), Some(b'\'' | b'"'));
    quoted || name.len() > 1 && name.iter().all(|b| b.is_ascii_lowercase() || *b == b'_')
}

/// `_SA_{262E99C9-…}`, as Windows names things.
fn is_guid_in_braces(value: &[u8]) -> bool {
    let start = value.len().saturating_sub(38);
    let end = value.get(start..).unwrap_or_default();
    end.first() == Some(&b'{') && end.last() == Some(&b'}') && end.get(1..37).is_some_and(is_uuid)
}

/// Settings in which what is secret comes from elsewhere: `Username=me;Password=$TOKEN`.
fn is_settings_of_a_reference(value: &[u8]) -> bool {
    if !value.contains(&b';') {
        return false;
    }
    let parts = value.split(|b| *b == b';').filter(|part| !part.is_empty());
    let pairs: Option<Vec<_>> =
        parts.map(|part| Some(part.split_at(part.iter().position(|b| *b == b'=')?))).collect();
    let mut secrets = pairs.iter().flatten().filter(|(name, _)| says(name) == Says::Secret).peekable();
    let refers =
        |of: &[u8]| of.strip_prefix(b"=").is_some_and(|of| is_reference(of, &of.to_ascii_lowercase()));
    secrets.peek().is_some() && secrets.all(|(_, of)| refers(of))
}

/// A pattern of other texts, or an argument of a batch file: `[a-z]+`, `.*`, `%1`.
fn is_expression(value: &[u8]) -> bool {
    let parts = ["[a-", "[A-", "[0-", "[^", "\\w", "\\d", "\\s", "\\S", "(?"];
    let batch =
        value.first() == Some(&b'%') && value.len() <= 3 && value.last().is_some_and(u8::is_ascii_digit);
    let anything = contains(value, ".*") && !is_drawn(value);
    batch
        || is_choice(value)
        || is_between_strings(value)
        || anything
        || parts.iter().any(|part| contains(value, part))
}

/// Letters of both cases, digits, and a mark that means nothing in a pattern, and no brackets: a dot and a star side by side are
/// then what a generator of passwords drew.
fn is_drawn(value: &[u8]) -> bool {
    let marked = value.iter().any(|b| b"!@#%&~;,".contains(b));
    marked && classes(value) == 3 && !value.iter().any(|b| b"()[]{}|\\ ".contains(b))
}

/// `+String(w))}if(3!=n.biff&&-1==[`, what stands between two strings of a program, one of which ends in a name; and
/// `store.try_users)`, the last argument of a call.
fn is_between_strings(value: &[u8]) -> bool {
    let goes_on = value.strip_prefix(b"+").is_some_and(|rest| {
        let rest = rest.trim_ascii_start();
        let name = rest.iter().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.')).count();
        name > 0 && rest.get(name) == Some(&b'(') && rest.contains(&b')')
    });
    let last = value.strip_suffix(b")").is_some_and(|name| {
        let word =
            |part: &[u8]| !part.is_empty() && part.iter().all(|b| b.is_ascii_lowercase() || *b == b'_');
        name.contains(&b'.') && name.split(|b| *b == b'.').all(word)
    });
    goes_on || last
}

/// `(password|changeme)`, `^(a|b)$`: words of which a text has one.
fn is_choice(value: &[u8]) -> bool {
    let inner = value.strip_prefix(b"^").unwrap_or(value);
    let inner = inner.strip_suffix(b"$").unwrap_or(inner);
    let Some(inner) = inner.strip_prefix(b"(").and_then(|rest| rest.strip_suffix(b")")) else { return false };
    let word = |part: &[u8]| {
        !part.is_empty() && part.iter().all(|b| b.is_ascii_alphanumeric() || b"_-. ".contains(b))
    };
    inner.contains(&b'|') && inner.split(|b| *b == b'|').all(word)
}

/// `@DB_PASSWORD`, to be filled in by a script, and `@db-password`, which a host of programs keeps.
fn is_template_name(value: &[u8]) -> bool {
    let name = value.strip_prefix(b"@").unwrap_or_default();
    let upper = name.iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'_');
    let lower = name.contains(&b'-') && name.iter().all(|b| b.is_ascii_lowercase() || *b == b'-');
    // `api_key=@key.txt`, as Vault, curl and HTTPie read what is in a file.
    name.len() > 2 && (upper || lower || is_file_name(name))
}

/// A text that holds a field to fill in, with or without a format: `npm_{token}`, `{id:>8}-{hex:32}`.
fn has_field(value: &[u8]) -> bool {
    let mut rest = value;
    while let Some(open) = memchr::memchr(b'{', rest) {
        rest = rest.get(open + 1..).unwrap_or_default();
        let Some(close) = memchr::memchr2(b'}', b'{', rest) else { return false };
        let mut parts = rest.get(..close).unwrap_or_default().splitn(2, |b| *b == b':');
        let (name, format) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let named = name.len() >= 3
            && name.first().is_some_and(|b| b.is_ascii_alphabetic() || *b == b'_')
            && name.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.'));
        // Braces of a password stand around anything, and seldom around a name.
        if rest.get(close) == Some(&b'}') && named && format.len() <= 12 {
            return true;
        }
    }
    false
}

/// `passwords.md`, `server.key`.
fn is_file_name(value: &[u8]) -> bool {
    let ends = [
        "md", "txt", "json", "yml", "yaml", "xml", "html", "pem", "key", "crt", "py", "js", "ts", "php",
        "sh", "env", "conf", "jks", "p12", "pub", "css", "map", "png", "svg", "gif", "jpg", "ico", "woff",
        "woff2", "ttf", "vue", "go", "rs", "java", "rb",
    ];
    let dot = value.iter().rposition(|b| *b == b'.');
    let parts = dot.and_then(|dot| value.split_at_checked(dot));
    parts.is_some_and(|(stem, end)| {
        // What a build names by its content has digits, behind a folder or a word.
        let part = |b: &u8| b.is_ascii_lowercase() || matches!(b, b'-' | b'_' | b'.');
        let word = stem.iter().all(part)
            || stem.iter().any(|b| matches!(b, b'/' | b'-'))
                && stem.iter().all(|b| part(b) || b.is_ascii_digit() || *b == b'/');
        word && stem.len() > 1 && ends.iter().any(|known| end.get(1..) == Some(known.as_bytes()))
    })
}

/// `$TOKEN`, `$env:TOKEN`, `$1`, `$__file`; not the password `$ecret!2024`.
fn is_variable(value: &[u8]) -> bool {
    let Some(name) = value.strip_prefix(b"$") else { return false };
    let plain = |b: &u8| b.is_ascii_alphanumeric() || b"_:.[]'\"->(){}@*?#/,".contains(b);
    // `$SEARCH $ID`
    let word = name.iter().take_while(|b| b.is_ascii_uppercase() || **b == b'_').count();
    if word >= 2 && matches!(name.get(word), Some(b' ' | b'&')) {
        return true;
    }
    name.first().is_none_or(|b| !b.is_ascii_digit() || name.len() == 1)
        && (name.iter().all(plain) || matches!(name.first(), Some(b'{' | b'(' | b'$' | b'[' | b'_')))
        || name.iter().all(u8::is_ascii_digit)
}

/// `/run/secrets/x`, `C:\keys\x`, `C\:/keys`, `certs/server.key`; not the base64 that happens to start with a slash.
fn is_path(value: &[u8]) -> bool {
    if let [drive, b':', b'\\' | b'/', ..] | [drive, b'\\', b':', b'/' | b'\\', ..] = value
        && drive.is_ascii_alphabetic()
    {
        return true;
    }
    let shaped =
        value.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'/' | b'-' | b'_' | b'@'));
    if is_file_name(value) {
        return true;
    }
    // `token:/etc/token`: a name for what a file holds.
    if value
        .iter()
        .position(|b| *b == b':')
        .and_then(|n| value.get(n + 1..))
        .is_some_and(|rest| rest.starts_with(b"/") && is_path(rest))
    {
        return true;
    }
    // `/root/.smb,uid=1000`: a path with options behind it.
    let first = value.split(|b| *b == b',').next().unwrap_or_default();
    if first.len() < value.len() && first.starts_with(b"/") && is_path(first) {
        return true;
    }
    if !shaped || !value.contains(&b'/') {
        return false;
    }
    let longest = value.split(|b| *b == b'/').max_by_key(|c| c.len()).unwrap_or_default();
    let wild = longest.len() >= 12 && classes(longest) == 3;
    let mixed = |part: &[u8]| classes(part) == 3 || is_mixed_case(part) && part.len() > 3;
    let odd = value.split(|b| *b == b'/').filter(|part| mixed(part)).count();
    !wild && (value.starts_with(b"/") || odd == 0 && !is_random(value))
}

/// `get_secret("x")`, `foo()`.
fn is_call(value: &[u8]) -> bool {
    // The end of the statement, and the quote of a text that holds one: `'.password = redact(.password)'`.
    let value = value.strip_suffix(b";").unwrap_or(value);
    let value = value.strip_suffix(b"'").or_else(|| value.strip_suffix(b"\"")).unwrap_or(value);
    let name = called(value);
    let inside = value.get(name + 1..).unwrap_or_default();
    // `get_token(scope=`: what stands before the first quote of a call.
    let cut = inside.iter().take_while(|b| b.is_ascii_lowercase() || **b == b'_').count();
    let cut = value.len() > 6 && inside.get(cut..) == Some(b"=") || inside.is_empty();
    name > 1 && value.get(name) == Some(&b'(') && (value.last() == Some(&b')') || cut)
}

/// `cat /etc/passwd`, `head -c 32 /run/secrets/x`: a command and the file that it reads.
fn is_command(value: &[u8]) -> bool {
    let mut words = value.split(|b| *b == b' ');
    let plain = |word: &[u8]| {
        !word.is_empty() && word.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'-')
    };
    let file = |word: &[u8]| word.len() > 4 && word.starts_with(b"/") && is_path(word);
    let named =
        words.next().is_some_and(|name| plain(name) && name.first().is_some_and(u8::is_ascii_lowercase));
    named && words.clone().any(file) && words.all(|word| plain(word) || file(word))
}

/// How long the name is that a call begins with. One that a compiler made, or that follows a pointer, has a member that is
/// a word: `this$1.getToken`, `self->get_token`, `user?.token`; a password has none before its bracket.
fn called(value: &[u8]) -> usize {
    let plain = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b':');
    let name = value.iter().take_while(|b| plain(b)).count();
    let more = value.iter().take_while(|b| plain(b) || matches!(b, b'$' | b'-' | b'>' | b'?' | b'!')).count();
    let (whole, _) = value.split_at(more);
    let member = whole.iter().rev().take_while(|b| b.is_ascii_alphabetic() || **b == b'_').count();
    let before = whole.get(..whole.len() - member).unwrap_or_default();
    let follows = before.ends_with(b".") || before.ends_with(b"->");
    if name > 1 && member >= 3 && follows { more } else { name }
}

/// A URL without user information.
fn is_address(lower: &[u8]) -> bool {
    let Some(n) = memchr::memmem::find(lower, b"://") else { return false };
    let scheme = lower.get(..n).unwrap_or_default();
    n > 0
        && scheme.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b':' | b'.' | b'-'))
        && !lower.contains(&b'@')
}

#[cfg(test)]
mod tests {
    use super::super::value::{Worth, worth};

    fn all(expected: Worth, values: &[&str]) {
        for value in values {
            assert_eq!(worth(value.as_bytes()), expected, "{value}");
        }
    }

    #[test]
    fn references_are_no_secrets() {
        all(
            Worth::Reference,
            &[
                "$TOKEN",
                "${NPM_TOKEN}",
                "\\$PWD",
                "\\${NPM_TOKEN}",
                "{{ .Values.x }}",
                "os.environ['X']",
                "process.env.X",
                "/run/secrets/x",
                "./key.pem",
                "C:/keys/server",
                "C\\:/key.pem:certKey=C\\:/cert.pem",
                "%PASSWORD%",
                "%kernel.project_dir%/config/jwt/private.pem",
                "redact(.password)'",
                "https://example.com/x",
                "getSecret(\"a\")",
                "cat /etc/passwd",
                "Authen::Passphrase",
                "std::env::var",
                "head -c 32 /run/secrets/x",
                "this$1$1.getToken()",
                "this$1$1.getToken();",
                "self->get_token(3)",
                "session?.token()",
                "user!.password(of)",
                "certs/server.key",
                "vault:a/b#c",
                "![aGVsbG8gd29ybGQgYWdhaW4=]",
                "JE2fp4.aesgcm256.5aKdpjdTnbMMmvczUOPB7C8Q",
                "@key.txt",
                "%prompt",
                "ext:wpa-key",
                "&app_password",
                "mysql:host=db;dbname=app;charset=utf8",
                "jdbc:oracle:thin:@//db.lan:1521/APP",
                "jdbc:oracle:thin:@db.lan:1521:ORCL",
                "jdbc:oracle:thin:@(DESCRIPTION=(ADDRESS=(HOST=db)(PORT=1521))(CONNECT_DATA=(SID=X)))",
                "jdbc:oracle:thin:@app_high?TNS_ADMIN=/opt/wallet",
                "&&PW.",
                "fetch_token(scope=",
                "pre${X}post",
                "token:/etc/token",
                "$env:TOKEN",
                "$1",
                "Username=me;Password=$TOKEN",
                "bkua_{base62:40}",
                "0x0123456789abcdef",
                "A3-{B36:6}-{B36:6}",
                "prefix.{token}",
                "ou=people,dc=acme,dc=org?one",
                "tskey-auth-k1-$TS_KEY",
                "acme.*",
                "pass-%s",
                "pkcs11:token=user;object=key1",
                "host.vars.db_password_ref",
            ],
        );
    }

    #[test]
    fn marks_of_patterns_and_formats_stand_in_passwords_too() {
        all(Worth::Weak, &["qx7.*m.w9K!R.D4", "kieselw3rk !/97"]);
        all(Worth::Strong, &["qX7vLmTw.rK#%QZDP_[Wm", "qX7v$LmTw.rK(QZDPWm8)", "qX7v::LmTw3rKQZDPWm8"]);
    }
}
