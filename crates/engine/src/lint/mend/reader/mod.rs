//! Who reads which file with secrets without being told to, and how a step gets the file.

mod aws;
mod cargo;
mod composer;
mod docker;
mod dotenv;
mod gcloud;
mod gem;
mod git;
mod gradle;
mod kubernetes;
mod maven;
mod netrc;
mod npm;
mod nuget;
mod pip;
mod rails;
mod sbt;
mod ssh;
mod twine;
mod yarn;

/// A kind of file, and the programs that look for it by themselves.
pub(super) struct Reader {
    /// What it is called here.
    #[cfg_attr(not(test), expect(dead_code, reason = "a test holds that no two are the same"))]
    pub(super) id: &'static str,
    /// The names of the file, in lower case.
    pub(super) files: &'static [&'static str],
    /// The programs.
    pub(super) programs: &'static [&'static str],
    /// How a step gets it.
    pub(super) hands: Hands,
}

/// How a step gets a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hands {
    /// As a file at the place where it was copied to.
    File,
    /// As an agent that has the key.
    Agent,
}

/// All kinds.
pub(super) static READERS: &[&Reader] = &[
    &aws::READER,
    &cargo::READER,
    &composer::READER,
    &docker::READER,
    &dotenv::READER,
    &gcloud::READER,
    &gem::READER,
    &git::READER,
    &gradle::READER,
    &kubernetes::READER,
    &maven::READER,
    &netrc::READER,
    &npm::READER,
    &nuget::READER,
    &pip::READER,
    &rails::READER,
    &sbt::READER,
    &ssh::READER,
    &twine::READER,
    &yarn::READER,
];

/// What reads a file of this name: two kinds may share one.
pub(super) fn readers(path: &str) -> impl Iterator<Item = &'static Reader> {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    // `.env.production`, `id_rsa_deploy`: what comes behind says only which.
    let is = move |known: &&str| {
        name == *known || name.strip_prefix(*known).is_some_and(|rest| rest.starts_with(['.', '_', '-']))
    };
    READERS.iter().copied().filter(move |reader| reader.files.iter().any(&is))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_known_by_their_names() {
        let of = |path: &str| readers(path).map(|reader| reader.id).collect::<Vec<_>>();
        assert_eq!(of("/root/.npmrc"), ["npm"]);
        assert_eq!(of("deploy/id_rsa_ci"), ["ssh"]);
        assert_eq!(of(".aws/credentials"), ["aws", "gem"]);
        assert_eq!(of("NuGet.Config"), ["nuget"]);
        assert_eq!(of(".env.production"), ["dotenv"]);
        assert!(of("package.json").is_empty());
    }

    #[test]
    fn every_reader_has_a_name_of_its_own() {
        let names: std::collections::BTreeSet<_> = READERS.iter().map(|reader| reader.id).collect();
        assert_eq!(names.len(), READERS.len());
    }
}
