//! Is a value a password as systems store it, not as people type it?

use super::value::is_of_digits;
use crate::read::base64;

/// What stands before the first dollar of a hash that a framework keeps: `pbkdf2_sha256$…` of Django, `scrypt:32768:8:1$…`
/// of Werkzeug, `PBKDF2$sha512$…` of brokers. With the name of the method.
const METHODS: &[(&str, &str)] = &[
    ("pbkdf2", "PBKDF2"),
    ("scrypt", "scrypt"),
    ("argon2", "Argon2"),
    ("bcrypt", "bcrypt"),
    ("scram-sha-", "SCRAM"),
    ("sha1", "SHA-1"),
    ("sha256", "SHA-256"),
    ("sha512", "SHA-512"),
    ("md5", "MD5"),
];

/// A digest in hexadecimal or base64 has at least so many digits.
const DIGEST: usize = 22;

/// The method of a hash that a framework of programs keeps: its name, its settings, a salt and the digest, with dollars
/// between them.
pub(crate) fn of_framework(value: &[u8]) -> Option<&'static str> {
    let mut parts = value.split(|b| *b == b'$');
    let method = parts.next()?.to_ascii_lowercase();
    let (_, name) = METHODS.iter().find(|(start, _)| method.starts_with(start.as_bytes()))?;
    let plain = method.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b':' | b'-'));
    let more = parts.clone().count() >= 2 || method.contains(&b':');
    let digest = parts.next_back()?;
    let last = digest.rsplit(|b| *b == b':').next()?;
    (plain && more && last.len() >= DIGEST && is_of_digits(digest)).then_some(name)
}

/// Of crypt(3), htpasswd, MySQL, LDAP, WordPress, Drupal and of frameworks; also behind a user's name.
pub(crate) fn is_password_hash(value: &[u8]) -> bool {
    // `'\$5\$…'`, as a script writes it.
    if value.starts_with(b"\\$") {
        let plain: Vec<u8> = value.iter().copied().filter(|b| *b != b'\\').collect();
        return is_password_hash(&plain);
    }
    let hash = value.iter().position(|b| *b == b':').and_then(|n| value.get(n + 1..)).unwrap_or(value);
    let crypt =
        hash.first() == Some(&b'$') && hash.iter().filter(|b| **b == b'$').count() >= 3 && hash.len() >= 20;
    let mysql =
        hash.len() == 41 && hash.first() == Some(&b'*') && hash.iter().skip(1).all(u8::is_ascii_hexdigit);
    let boot = hash.starts_with(b"grub.pbkdf2.") && hash.len() >= 60;
    crypt
        || mysql
        || is_of_service(value)
        || boot
        || is_of_directory(hash)
        || is_portable(hash)
        || of_framework(value).is_some()
        || is_of_tomcat(value)
        || is_encoded(value)
}

/// `salt$iterations$digest` in hexadecimal, as the `digest` script of Tomcat writes it for a `CredentialHandler`.
/// <https://tomcat.apache.org/tomcat-10.1-doc/config/credentialhandler.html>
fn is_of_tomcat(value: &[u8]) -> bool {
    let mut parts = value.split(|b| *b == b'$');
    let (Some(salt), Some(rounds), Some(digest), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    let bytes = |part: &[u8]| part.len().is_multiple_of(2) && part.iter().all(u8::is_ascii_hexdigit);
    let rounded = (1..=9).contains(&rounds.len()) && rounds.iter().all(u8::is_ascii_digit);
    rounded && salt.len() >= 8 && bytes(salt) && digest.len() >= 32 && bytes(digest)
}

/// What single programs keep in the place of a password: PostgreSQL `md5…`, wpa_supplicant `hash:…`, Transmission `{…` with
/// its salt behind the digest, and WildFly `MASK-…;salt;rounds`.
fn is_of_service(value: &[u8]) -> bool {
    let hex =
        |digits: &[u8], length: usize| digits.len() == length && digits.iter().all(u8::is_ascii_hexdigit);
    let transmission = value.strip_prefix(b"{").and_then(|rest| rest.split_at_checked(40));
    let masked = value.strip_prefix(b"MASK-").map(|rest| rest.split(|b| *b == b';').count());
    value.strip_prefix(b"md5").is_some_and(|digits| hex(digits, 32))
        || value.strip_prefix(b"hash:").is_some_and(|digits| hex(digits, 32))
        || transmission.is_some_and(|(digest, salt)| hex(digest, 40) && salt.len() == 8)
        || masked == Some(3)
}

/// `userPassword:: e1NTSEF9…`: a hash of a directory in base64, as LDIF has it.
fn is_encoded(value: &[u8]) -> bool {
    let plain = value.starts_with(b"e").then(|| base64::decode(value)).flatten();
    let scheme = |plain: &[u8]| {
        let name = plain
            .iter()
            .skip(1)
            .take_while(|b| **b != b'}')
            .all(|b| b.is_ascii_alphanumeric() || b"-./".contains(b));
        name && is_of_directory(plain)
    };
    plain.is_some_and(|plain| scheme(&plain))
}

/// `{SSHA}…` of directories, `{pbkdf2}…` of Spring.
fn is_of_directory(hash: &[u8]) -> bool {
    let close = hash.iter().take(16).position(|b| *b == b'}');
    hash.first() == Some(&b'{') && close.is_some() && hash.len() >= 28
}

/// `$P$B…` of WordPress and phpBB, `$S$D…` of Drupal.
fn is_portable(hash: &[u8]) -> bool {
    matches!((hash.get(..3), hash.len()), (Some(b"$P$" | b"$H$"), 34) | (Some(b"$S$"), 55))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_of_many_kinds_are_told_from_passwords() {
        let digest = "Jq".repeat(22);
        for hash in [
            format!("pbkdf2_sha256$600000$salt${digest}="),
            format!("scrypt:32768:8:1$salt${digest}"),
            format!("pbkdf2:sha256:260000$salt${digest}"),
            format!("argon2$argon2id$v=19$m=102400,t=2,p=8$salt${digest}"),
            format!("bcrypt_sha256$$2b$12${digest}"),
            format!("PBKDF2$sha512$901$salt==${digest}=="),
            format!("SCRAM-SHA-256$4096:salt==${digest}=:{digest}="),
            format!("sha1$salt${}", "ab".repeat(20)),
            format!("{{pbkdf2}}{digest}"),
            format!("$S$D{}", "x".repeat(51)),
            format!("bob:$1$salt${digest}"),
            format!("grub.pbkdf2.sha512.10000.{digest}.{digest}"),
            "e1NTSEF9".to_owned() + &"Jq9s".repeat(8),
            "md5".to_owned() + &"ab".repeat(16),
            "hash:".to_owned() + &"ab".repeat(16),
            format!("{{{}saltSalt", "ab".repeat(20)),
            "MASK-abcd;12345678;100".to_owned(),
            format!("{}$100000${}", "5e".repeat(32), "ab".repeat(32)),
            format!("{}$1${}", "5e".repeat(16), "ab".repeat(20)),
        ] {
            assert!(is_password_hash(hash.as_bytes()), "{hash}");
        }
        for password in [
            "md5$um$3r",
            "abc$12$def",
            "argon2",
            "sha256$",
            "scrypt:easy$peasy",
            "Pa$$w0rd$2024",
            "{cipher}",
            "bcrypt$x$y",
        ] {
            assert!(!is_password_hash(password.as_bytes()), "{password}");
        }
    }
}
