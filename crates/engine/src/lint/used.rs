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
    let of_command = of_option(before).max(of_login(before, after)).max(of_key(before));
    of_url(before, after).max(of_header(before)).max(of_command)
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

/// `curl -u user:$X`, `curl --user=user:$X`, `curl -u $X:`: a password, or a token in the place of a name.
fn of_login(before: &str, after: &str) -> Says {
    let words = words(before);
    let (Some(own), rest) = (words.last(), words.get(..words.len().saturating_sub(1)).unwrap_or_default())
    else {
        return Says::Nothing;
    };
    let joined = LOGINS.iter().find_map(|option| {
        let given = own.strip_prefix(option)?;
        // A short option has its value right behind it, a long one behind a sign.
        if option.starts_with("--") { given.strip_prefix('=') } else { Some(given) }
    });
    let option = rest.last().is_some_and(|word| LOGINS.contains(word));
    let Some(inside) = joined.or_else(|| option.then_some(*own)) else { return Says::Nothing };
    if !rest.iter().any(|word| word.rsplit('/').next().is_some_and(|program| program == "curl")) {
        return Says::Nothing;
    }
    let end = |after: &str| after.is_empty() || after.starts_with(['"', '\'', ' ', '\n', '\\', ')', ';']);
    let inside = inside.trim_start_matches(['"', '\'']);
    match inside.split_once(':') {
        Some((user, "")) if !user.is_empty() && end(after) => Says::Secret,
        None if inside.is_empty() && after.strip_prefix(':').is_some_and(end) => Says::Secret,
        _ => Says::Nothing,
    }
}

/// Options of curl that take a name and a password.
const LOGINS: &[&str] = &["-u", "--user", "-U", "--proxy-user"];

/// `tool auth … --key $X`: a key is anything, but not where somebody logs in.
fn of_key(before: &str) -> Says {
    let words = words(before);
    let key = match words.as_slice() {
        [.., option, own] if own.trim_matches(['"', '\'']).is_empty() => *option == "--key",
        [.., own] => own.trim_end_matches(['"', '\'']) == "--key=",
        [] => false,
    };
    let logs_in = words.iter().any(|word| matches!(*word, "auth" | "login" | "authenticate"));
    if key && logs_in { Says::Secret } else { Says::Nothing }
}

/// The words of the command that a text ends in; the last one is empty where it ends in a blank.
fn words(before: &str) -> Vec<&str> {
    let ends = |(at, c): (usize, char)| {
        let head = before.get(..at).unwrap_or("");
        match c {
            ';' | '|' | '(' | '`' => true,
            '&' => head.ends_with([' ', '&']),
            // What is continued is the same command.
            '\n' => !head.trim_end_matches([' ', '\t', '\r']).ends_with('\\'),
            _ => false,
        }
    };
    let start = before.char_indices().rev().find(|one| ends(*one)).map_or(0, |(at, c)| at + c.len_utf8());
    let command = before.get(start..).unwrap_or("");
    let mut words: Vec<&str> = command.split_whitespace().filter(|word| *word != "\\").collect();
    if command.is_empty() || command.ends_with(char::is_whitespace) {
        words.push("");
    }
    words
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
                    "apk add curl && curl -fsS -u \"me:$X\" https://h/a",
                    "curl -u me:${X} https://h/a",
                    "curl -o a https://h/a \\\n  --user \"${ME}\":$X",
                    "/usr/bin/curl --user=me:$X https://h/a",
                    "curl -ume:\"$X\" https://h/a",
                    "curl -u \"$X:\" https://h/a",
                    "tool auth team --key ${X} && other",
                    "tool login \\\n --key=\"$X\"",
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
                    "docker run -u 1000:$X a",
                    "curl https://h/a; docker run --user 1000:$X a",
                    "curl https://h/a\nchown -u 1000:$X a",
                    "curl -u $X:$Y https://h/a",
                    "curl -u me:pw https://h/$X",
                    "curl -o me:$X https://h/a",
                    "tool --key $X",
                    "tool auth && apt-key --key $X",
                    "tool auth --key $XY",
                    "tool auth --key-id $X",
                ],
            ),
        ] {
            for text in texts {
                assert_eq!(says(text, "X"), expected, "{text}");
            }
        }
    }
}
