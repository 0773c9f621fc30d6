//! Git: `GIT_CONFIG_COUNT` and its companions are settings that no file holds, and a URL is stored as it is given.
//!
//! Source: git-config(1), "Environment", `GIT_CONFIG_COUNT`; git-clone(1).

use tightlip_dockerfile::Edit;
use tightlip_dockerfile::shell::{Command, PartKind, Simple, Word};

use super::{Mending, Recipe, Scene, after, nothing, plain};

pub(super) static RECIPE: Recipe = Recipe { id: "git", programs: FETCHING, reads: nothing, mend };

/// Programs that fetch with Git.
const FETCHING: &[&str] = &[
    "git", "go", "npm", "yarn", "pnpm", "pip", "pip3", "poetry", "uv", "cargo", "composer", "bundle", "make",
    "gh",
];

fn mend(scene: &Scene<'_>, command: &Command, simple: &Simple) -> Option<Mending> {
    if let Some(words) = after(simple, &["git", "config", "--global|--system"]) {
        let words = plain(words);
        let [key, value] = words.as_slice() else { return None };
        let alone = settings(scene) == 1;
        let pairs = [
            ("GIT_CONFIG_COUNT".to_owned(), "1".to_owned()),
            ("GIT_CONFIG_KEY_0".to_owned(), scene.value(key)),
            ("GIT_CONFIG_VALUE_0".to_owned(), scene.value(value)),
        ];
        return if alone { scene.exported(command, FETCHING, &pairs) } else { None };
    }
    let words = after(simple, &["git", "clone"])?;
    let url = words.iter().find(|word| word.prefix().contains("://"))?;
    let (scheme, rest) = split(scene, url)?;
    let text = format!(
        "GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0={} GIT_CONFIG_VALUE_0={scheme}{host}/ ",
        key(scene, url)?,
        host = rest.split('/').next()?
    );
    Some(Mending::safe(vec![
        Edit::insert(command.span.start, text),
        Edit::replace(url.span, format!("{scheme}{rest}")),
    ]))
}

/// How often the step sets something in Git's own files.
fn settings(scene: &Scene<'_>) -> usize {
    let commands = scene.script.commands();
    let simple = commands.into_iter().filter_map(super::simple);
    simple.filter(|simple| after(simple, &["git", "config"]).is_some()).count()
}

/// The scheme of a URL, and what follows the credentials: `https://`, `example.com/a/b.git`.
fn split<'s>(scene: &'s Scene<'_>, url: &Word) -> Option<(&'static str, &'s str)> {
    let source = scene.source(url).trim_matches(['"', '\'']);
    let (scheme, rest) = source.split_once("://")?;
    let scheme = match scheme {
        "https" => "https://",
        "http" => "http://",
        _ => return None,
    };
    let (_, rest) = rest.rsplit_once('@')?;
    let simple = rest.chars().all(|c| c.is_ascii_alphanumeric() || "-._/:~${}".contains(c));
    (simple && rest.contains('/')).then_some((scheme, rest))
}

/// `url.https://user:$TOKEN@host/.insteadOf`, as a word of the shell.
fn key(scene: &Scene<'_>, url: &Word) -> Option<String> {
    let known =
        url.parts.iter().all(|part| matches!(part.kind, PartKind::Literal(_) | PartKind::Variable(_)));
    let source = scene.source(url).trim_matches(['"', '\'']);
    let at = source.rfind('@')?;
    let host = source.get(at..)?.split('/').next()?;
    let start = source.get(..at)?;
    known.then(|| format!("\"url.{start}{host}/.insteadOf\""))
}
