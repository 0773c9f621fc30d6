//! The names of entries: a token in a file name is in the tar header, not in any content.

use tightlip_image::Entry;
use tightlip_report::Surface;

use super::{EntrySurface, GiveField};

pub(super) static SURFACE: EntrySurface = EntrySurface { surface: Surface::FileName, read };

fn read(entry: &Entry, give: &mut GiveField<'_>) {
    give(None, &entry.name);
    // Few names have what is left of a URL's signs.
    if entry.name.array_windows().any(is_signs) {
        entry.name.split(|byte| *byte == b'/').filter_map(url).for_each(|url| give(None, &url));
    }
}

/// Whether these are what a cache has made of `://`.
fn is_signs(three: &[u8; 3]) -> bool {
    three.iter().all(|sign| *sign == three[0]) && b"_-+~=!".contains(&three[0])
}

/// The URL that a cache has made a file name of: `https___user_token_host.dev_path` is `https://user:token@host.dev`. A token
/// that may hold the sign itself has no end in such a name.
fn url(name: &[u8]) -> Option<Vec<u8>> {
    let (start, sign) = [b"http", &b"ssh"[..]].iter().find_map(|scheme| {
        let after = memchr::memmem::find(name, scheme)?.checked_add(scheme.len())?;
        let rest = name.get(after..)?;
        let secure = usize::from(rest.first() == Some(&b's'));
        let (signs, _) = rest.get(secure..)?.split_first_chunk::<3>()?;
        is_signs(signs).then_some((after + secure + 3, signs[0]))
    })?;
    let parts: Vec<&[u8]> = name.get(start..)?.split(|byte| *byte == sign).collect();
    // The user, what may be a password in several parts, and the first part that is the name of a machine.
    let host = parts.iter().position(|part| is_host(part)).filter(|host| *host >= 2)?;
    let password = parts.get(1..host)?.join(&sign);
    Some([b"https://", *parts.first()?, b":", &password, b"@", *parts.get(host)?, b"/"].concat())
}

/// `name.domain`, of which the last part is letters.
fn is_host(part: &[u8]) -> bool {
    let mut labels = part.rsplit(|byte| *byte == b'.');
    let domain = labels.next().is_some_and(|last| last.len() >= 2 && last.iter().all(u8::is_ascii_lowercase));
    let label = |label: &[u8]| {
        !label.is_empty() && label.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'-')
    };
    let mut rest = labels.peekable();
    domain && rest.peek().is_some() && rest.all(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_in_a_name_is_one_again() {
        for (name, wanted) in [
            ("https___ci_abc-d_e_git.acme.dev_team_app", "https://ci:abc-d_e@git.acme.dev/"),
            ("x-https---bot-s3cr3t-git.acme.dev-team.git", "https://bot:s3cr3t@git.acme.dev/"),
            ("http+++a+b+c.dev", "https://a:b@c.dev/"),
        ] {
            assert_eq!(
                url(name.as_bytes()).map(|url| String::from_utf8_lossy(&url).into_owned()).as_deref(),
                Some(wanted)
            );
        }
        for name in
            ["https___acme.dev_path", "https___user_acme.dev", "http-server.js", "https___a_b_c", "httpd"]
        {
            assert_eq!(url(name.as_bytes()), None, "{name}");
        }
    }
}
