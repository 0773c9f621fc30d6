//! What the use of a variable says about it, whatever it is called: a password in a URL, the value of a header or of an
//! option that takes a secret.

use tightlip_detect::name_says;

use super::name::Says;

/// Judges a variable by the places of a text in which it stands.
pub(crate) fn says(text: &str, name: &str) -> Says {
    places(text, name).map(|(before, after)| of_place(before, after)).max().unwrap_or(Says::Nothing)
}

/// What stands before and behind each reference to a variable.
fn places<'t>(text: &'t str, name: &'t str) -> impl Iterator<Item = (&'t str, &'t str)> {
    text.match_indices('$').filter_map(move |(at, _)| {
        let rest = text.get(at + 1..)?;
        let after = match rest.strip_prefix('{') {
            Some(inner) => inner.strip_prefix(name)?.strip_prefix('}')?,
            None => rest.strip_prefix(name).filter(|after| !after.starts_with(is_name))?,
        };
        Some((text.get(..at)?, after))
    })
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

fn of_place(before: &str, after: &str) -> Says {
    let before = before.trim_end_matches(['"', '\'']);
    of_url(before, after).max(of_header(before)).max(of_option(before))
}

/// `https://user:$X@host` is a password. `https://$X@host` is a token or a name.
fn of_url(before: &str, after: &str) -> Says {
    let word = before.rsplit(char::is_whitespace).next().unwrap_or("");
    let Some((_, inside)) = word.rsplit_once("://") else { return Says::Nothing };
    let host = after.split(['/', ' ', '"', '\'', '\n']).next().unwrap_or("");
    if inside.contains(['/', '@']) || !host.contains('@') {
        return Says::Nothing;
    }
    // A name has its password behind it.
    match (inside.contains(':'), host.starts_with(':')) {
        (true, _) => Says::Secret,
        (false, true) => Says::Nothing,
        (false, false) => Says::Maybe,
    }
}

/// `Authorization: Bearer $X`, `PRIVATE-TOKEN: $X`.
fn of_header(before: &str) -> Says {
    let before = before.trim_end();
    let before = ["Bearer", "bearer", "token", "Token", "Basic", "ApiKey"]
        .iter()
        .find_map(|scheme| before.strip_suffix(scheme))
        .unwrap_or(before);
    let Some(named) = before.trim_end().strip_suffix(':') else { return Says::Nothing };
    let header = named.rsplit(|c: char| !is_name(c) && c != '-').next().unwrap_or("");
    match header.to_ascii_lowercase().as_str() {
        "authorization" | "proxy-authorization" => Says::Secret,
        // A lone word before a colon is anything; headers of secrets have two.
        header if header.contains('-') && name_says(header) == Says::Secret => Says::Secret,
        _ => Says::Nothing,
    }
}

/// `--password $X`, `--auth-token=$X`.
fn of_option(before: &str) -> Says {
    let Some(before) = before.strip_suffix('=').or_else(|| before.strip_suffix(' ')) else {
        return Says::Nothing;
    };
    let option = before.rsplit(char::is_whitespace).next().unwrap_or("");
    let Some(option) = option.strip_prefix("--").filter(|option| !option.contains('=')) else {
        return Says::Nothing;
    };
    match name_says(option) {
        Says::Secret => Says::Secret,
        _ => Says::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_is_judged_by_where_it_stands() {
        for (expected, texts) in [
            (
                Says::Secret,
                &[
                    "curl -H \"Authorization: Bearer $X\" https://h/a",
                    "curl -H 'PRIVATE-TOKEN: '\"$X\" https://h/a",
                    "wget --header=\"authorization: token ${X}\" u",
                    "git clone https://me:${X}@h/r",
                    "pip install -i \"https://__token__:$X@h/simple\" p",
                    "tool --password $X",
                    "tool --auth-token=\"${X}\"",
                ][..],
            ),
            (Says::Maybe, &["git clone https://$X@h/r"]),
            (
                Says::Nothing,
                &[
                    "curl https://$X/a",
                    "curl https://h/a?b=$X@c",
                    "git clone https://$X:$Y@h/r",
                    "echo name: $X",
                    "tool --token-file $X",
                    "tool --user $X",
                    "tool --password $XY",
                    "curl -H \"Accept: $X\" u",
                    "scp a@h:$X .",
                ],
            ),
        ] {
            for text in texts {
                assert_eq!(says(text, "X"), expected, "{text}");
            }
        }
    }
}
