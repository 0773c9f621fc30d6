//! NuGet: credentials of a source come from a variable, `NuGetPackageSourceCredentials_` and its name.
//!
//! The provider for Azure Artifacts reads variables of its own.
//!
//! Sources: learn.microsoft.com/nuget, "Consuming packages from authenticated feeds";
//! github.com/microsoft/artifacts-credprovider, "Environment Variables".

use tightlip_dockerfile::Edit;
use tightlip_dockerfile::shell::{Command, Simple, Word};

use super::{Mending, Recipe, Scene, after};

pub(super) static RECIPE: Recipe = Recipe {
    id: "nuget",
    programs: &["dotnet", "nuget"],
    reads: |name| {
        name.starts_with("NuGetPackageSourceCredentials_")
            || name.starts_with("VSS_NUGET_")
            || name.starts_with("ARTIFACTS_CREDENTIALPROVIDER_")
    },
    mend,
};

fn mend(scene: &Scene<'_>, command: &Command, simple: &Simple) -> Option<Mending> {
    let words = after(simple, &["dotnet", "nuget", "add", "source"])?;
    let name = option(words, &["-n", "--name"])?.literal()?;
    let user = option(words, &["-u", "--username"])?;
    option(words, &["-p", "--password"]).filter(|word| scene.is_secret(word))?;
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let user = user.literal().filter(|user| plain && !user.contains(['"', '$', '`', '\\', ';']))?;
    if scene.used_later(&["dotnet", "nuget"]) {
        return None;
    }
    let kept: Vec<&str> = without(words).iter().map(|word| scene.source(word)).collect();
    let value = format!("\"Username={user};Password=${}\"", scene.name);
    let text = format!(
        "export NuGetPackageSourceCredentials_{name}={value} && dotnet nuget add source {}",
        kept.join(" ")
    );
    Some(Mending::safe(vec![Edit::replace(command.span, text)]))
}

/// The word behind a flag.
fn option<'w>(words: &'w [Word], flags: &[&str]) -> Option<&'w Word> {
    let at =
        words.iter().position(|word| word.literal().is_some_and(|word| flags.contains(&word.as_str())))?;
    words.get(at + 1)
}

/// The words without the credentials.
fn without(words: &[Word]) -> Vec<&Word> {
    let mut kept = Vec::new();
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        match word.literal().as_deref() {
            Some("-u" | "--username" | "-p" | "--password") => drop(rest.next()),
            Some("--store-password-in-clear-text") => {}
            _ => kept.push(word),
        }
    }
    kept
}
