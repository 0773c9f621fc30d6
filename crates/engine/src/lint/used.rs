//! What the use of a variable says about it, whatever it is called: a password in a URL, the value of a header, of an
//! option or of a setting that takes a secret, the value of a variable that is called like one.

use tightlip_detect::name_says;
use tightlip_dockerfile::{Document, Instruction, Kind};

use super::name::{self, Says};

/// Judges a variable by the places of a text in which it stands.
pub(crate) fn says(text: &str, name: &str) -> Says {
    places(text, name).map(|(before, after)| of_place(before, after)).max().unwrap_or(Says::Nothing)
}

/// What the steps and variables that follow say about an argument. What is called like something else is not judged.
pub(crate) fn later(document: &Document, declared: usize, name: &str) -> Says {
    if name.split('_').any(|word| OTHER.contains(&word.to_ascii_uppercase().as_str())) {
        return Says::Nothing;
    }
    let later = document.instructions().iter().map(Instruction::innermost).skip(declared + 1);
    let uses = later.filter(|one| matches!(one.kind, Kind::Run(_) | Kind::Env(_) | Kind::Add(_)));
    uses.map(|one| says(document.text(one.span), name)).max().unwrap_or(Says::Nothing)
}

/// Words of names that say what else a variable holds, or that its value only stands in.
const OTHER: &[&str] = &[
    "USER",
    "USERNAME",
    "NAME",
    "HOST",
    "URL",
    "URI",
    "EMAIL",
    "ID",
    "FILE",
    "PATH",
    "DIR",
    "VERSION",
    "PUBLIC",
    "DUMMY",
    "PLACEHOLDER",
    "FAKE",
];

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
    let piped = of_pipe(before, after);
    let before = before.trim_end_matches(['"', '\'']);
    let of_command = of_option(before).max(of_login(before, after)).max(of_key(before));
    let of_text = of_url(before, after).max(of_header(before)).max(of_machine(before, after));
    of_text.max(of_command).max(of_assignment(before, after)).max(of_setting(before)).max(piped)
}

/// `NPM_TOKEN=$X npm ci`, `//registry/:_authToken=$X`, `?api_token=$X`, `-Dsonar.token=$X`.
fn of_assignment(before: &str, after: &str) -> Says {
    // What goes on is a path or a name that is made of it.
    if after.starts_with(['/', '.', '-', '_', '@']) {
        return Says::Nothing;
    }
    let Some(before) = before.strip_suffix('=') else { return Says::Nothing };
    let word =
        before.rsplit([' ', '\t', '\n', '"', '\'', ';', '(', '{', ',', '?', '&', '`']).next().unwrap_or("");
    let property = word.strip_prefix("-D").or_else(|| word.strip_prefix("-P"));
    let name = match property {
        Some(property) => property.rsplit('.').next().unwrap_or(""),
        None => word.rsplit(':').next().unwrap_or(""),
    };
    let plain = !name.is_empty() && name.chars().all(is_name);
    if plain && name::says(name) == Says::Secret { Says::Secret } else { Says::Nothing }
}

/// `composer config github-oauth.github.com $X`, `npm config set //registry/:_authToken $X`, `docker login -p $X`.
fn of_setting(before: &str) -> Says {
    let words = words(before);
    let (Some(own), rest) = (words.last(), words.get(..words.len().saturating_sub(1)).unwrap_or_default())
    else {
        return Says::Nothing;
    };
    // Only a word of its own is the value.
    let [before_key @ .., key] = rest else { return Says::Nothing };
    if !own.trim_matches(['"', '\'']).is_empty() {
        return Says::Nothing;
    }
    let has = |wanted: &[&str]| before_key.iter().any(|word| wanted.contains(word));
    let key = key.trim_matches(['"', '\'']);
    let login = has(&["login", "sshpass"]) && key == "-p";
    let kept =
        before_key.last().is_some_and(|word| word.trim_matches(['"', '\'']).starts_with("http-basic."));
    let sets = has(&["config", "configure", "c"]);
    if login || sets && (kept || is_credential(key)) { Says::Secret } else { Says::Nothing }
}

/// Whether a setting of this name is what lets in: by the kind in front of a host, or by its last part.
fn is_credential(key: &str) -> bool {
    let kind = key.split('.').next().unwrap_or("");
    let last = key.rsplit(['.', ':', '/']).next().unwrap_or("");
    let of_host = kind.len() < key.len() && (KINDS.contains(&kind) || kind.ends_with("-token"));
    of_host || name::says(last) == Says::Secret
}

/// Kinds of credentials that Composer keeps for a host.
const KINDS: &[&str] = &["github-oauth", "gitlab-oauth", "bearer"];

/// `machine host login user password $X`, also behind a format; `login $X password x-oauth-basic`.
fn of_machine(before: &str, after: &str) -> Says {
    let line = before.rfind("machine ").and_then(|start| before.get(start..)).unwrap_or("");
    // The words of one entry are few; what is far away belongs to another one.
    if line.len() > 200 {
        return Says::Nothing;
    }
    let line = of_format(line).unwrap_or(line);
    let word = line.trim_end_matches(' ').rsplit([' ', '\t', '\n']).next().unwrap_or("");
    let word = word.rsplit("\\n").next().unwrap_or("");
    let token = after.trim_start_matches('"').trim_start().starts_with("password x-oauth-basic");
    let secret = line.ends_with(' ') && (word == "password" || word == "login" && token);
    if secret { Says::Secret } else { Says::Nothing }
}

/// What stands before the only `%s` of a format, when its value comes right behind it.
fn of_format(text: &str) -> Option<&str> {
    let at = text.find("%s")?;
    let rest = text.get(at + 2..)?.trim_matches(['\\', 'n', '\'', '"', ' ']);
    rest.is_empty().then(|| text.get(..at))?
}

/// `echo $X | docker login --password-stdin`.
fn of_pipe(before: &str, after: &str) -> Says {
    let words = words(before);
    let shows = words.split_last().is_some_and(|(own, rest)| {
        let plain = |word: &&str| word.starts_with('-') || word.trim_matches(['"', '\'']).starts_with("%s");
        let start = rest.iter().rposition(|word| matches!(*word, "echo" | "printf"));
        own.trim_matches(['"', '\'']).is_empty()
            && start.is_some_and(|at| rest.get(at + 1..).unwrap_or_default().iter().all(plain))
    });
    // What is continued on the next line is the same command.
    let after = after.trim_start_matches(['"', '\'']).replace("\\\n", " ");
    let Some(next) = after.trim_start().strip_prefix('|') else { return Says::Nothing };
    let next = next.split(['|', ';', '\n']).next().and_then(|next| next.split("&&").next()).unwrap_or("");
    let reads =
        ["--password-stdin", "--with-token", "--passphrase-fd 0"].iter().any(|one| next.contains(one));
    if shows && reads { Says::Secret } else { Says::Nothing }
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

    #[test]
    fn a_variable_is_judged_by_what_takes_it() {
        let secret = [
            "RUN NPM_TOKEN=$X npm ci",
            "RUN cd a && COMPOSER_AUTH=\"${X}\" composer install",
            "export GITHUB_TOKEN=\"$X\"; run",
            "ENV DB_PASSWORD=$X",
            "echo \"//registry.npmjs.org/:_authToken=$X\" > .npmrc",
            "curl \"https://h/a?private_token=$X\" -o a",
            "mvn deploy -Dsonar.token=$X",
            "composer config -g github-oauth.github.com ${X}",
            "composer config --auth \"http-basic.h.example\" me \"$X\"",
            "poetry config pypi-token.own $X",
            "yarn config set npmAuthToken \"$X\"",
            "npm config set //h/:_authToken $X",
            "aws configure set aws_secret_access_key ${X} && run",
            "docker login -u me -p $X registry.example.com",
            "echo \"machine h login x password $X\" | tee /root/.netrc",
            "printf 'machine h\\nlogin x\\npassword %s\\n' \"$X\" > ~/.netrc",
            "echo \"machine h login $X password x-oauth-basic\" > ~/.netrc",
            "echo \"$X\" | docker login -u me --password-stdin h",
            "printf '%s' $X \\\n | gh auth login --with-token",
        ];
        let nothing = [
            "RUN NPM_TOKEN_FILE=$X npm ci",
            "RUN API_TOKEN=$X/token run",
            "RUN CACHE_KEY=$X run",
            "RUN GPG_KEY=$X run",
            "RUN PUBLIC_KEY=$X MAX_TOKENS=$X run",
            "RUN NEXT_PUBLIC_API_KEY=$X npm run build",
            "RUN TOKEN=$Y NODE_ENV=$X run",
            "curl https://h/a?key=$X",
            "cmake -DBUILD_TYPE=$X -Dversion.key=$X",
            "composer config -g repo.packagist $X",
            "composer config http-basic.h.example $X secret",
            "npm config set registry $X",
            "git config user.name $X",
            "poetry config virtualenvs.in-project $X",
            "mkdir -p $X && docker login",
            "echo \"machine h login $X password $Y\" > ~/.netrc",
            "echo \"the machine asks for a password: $X\"",
            "echo $X | tee /a",
            "echo $X; docker login --password-stdin < a",
            "echo hello $X | docker login --password-stdin",
        ];
        for (expected, texts) in [(Says::Secret, &secret[..]), (Says::Nothing, &nothing[..])] {
            for text in texts {
                assert_eq!(says(text, "X"), expected, "{text}");
            }
        }
    }
}
