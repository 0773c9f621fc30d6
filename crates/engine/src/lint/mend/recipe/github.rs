//! The GitHub command line reads its token from a variable; there is nothing to log in for.
//!
//! Source: cli.github.com/manual, "gh help environment".

use tightlip_dockerfile::Edit;
use tightlip_dockerfile::shell::{Command, Simple, Target, Word};

use super::{Later, Mending, Recipe, Scene, after, last, simple as simple_of};

pub(super) static RECIPE: Recipe = Recipe {
    id: "github",
    programs: PROGRAMS,
    reads: |name| {
        matches!(name, "GH_TOKEN" | "GITHUB_TOKEN" | "GH_ENTERPRISE_TOKEN" | "GITHUB_ENTERPRISE_TOKEN")
    },
    mend,
};

const PROGRAMS: &[&str] = &["gh"];

/// `echo "$TOKEN" | gh auth login --with-token` becomes `export GH_TOKEN="$TOKEN"`, and so does `<<<`.
fn mend(scene: &Scene<'_>, command: &Command, simple: &Simple) -> Option<Mending> {
    let words = after(simple, &["gh", "auth", "login"])?;
    let item = scene.pipeline(command)?;
    let given = match (item.pipeline.as_slice(), command.redirects.as_slice()) {
        ([from, _], []) => prints(scene, simple_of(from)?),
        ([_], [redirect]) => matches!(&redirect.target, Target::String(word) if scene.is_secret(word)),
        _ => false,
    };
    if !given || (scene.later == Later::Missing && scene.used_later(PROGRAMS)) {
        return None;
    }
    let name = scene.name;
    let export = match host(words) {
        Some(host) if host != "github.com" => {
            format!("export GH_HOST={host} GH_ENTERPRISE_TOKEN=\"${name}\"")
        }
        _ => format!("export GH_TOKEN=\"${name}\""),
    };
    Some(Mending::safe(vec![Edit::replace(item.span, export)]))
}

/// Whether a command prints the secret and nothing else.
fn prints(scene: &Scene<'_>, simple: &Simple) -> bool {
    let printer = simple.program().is_some_and(|program| matches!(last(&program), "echo" | "printf"));
    let rest = simple.words.iter().skip(1);
    let mut said =
        rest.filter(|word| !matches!(scene.source(word).trim_matches(['"', '\'']), "-n" | "%s" | "%s\\n"));
    let (first, second) = (said.next(), said.next());
    printer && second.is_none() && first.is_some_and(|word| scene.is_secret(word))
}

fn host(words: &[Word]) -> Option<String> {
    let at = words.iter().position(|word| matches!(word.literal().as_deref(), Some("--hostname" | "-h")))?;
    words.get(at + 1)?.literal()
}
