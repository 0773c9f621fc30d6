//! Where the result goes: a layout, an archive, a daemon, a registry.

use std::io;
use std::path::PathBuf;

use tightlip_image::write::unfinished;

use super::answer::ScrubError;

/// A place for an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// A directory with an OCI layout.
    Layout(PathBuf),
    /// A tar archive of an OCI layout.
    OciArchive(PathBuf),
    /// An archive that every age of `docker load` takes.
    DockerArchive(PathBuf),
    /// The Docker Engine, under this name.
    Docker(String),
    /// A registry, under this reference.
    Registry(String),
}

type Make = fn(&str) -> Output;

const SCHEMES: &[(&str, Make)] = &[
    ("oci:", |rest| Output::Layout(rest.into())),
    ("oci-archive:", |rest| Output::OciArchive(rest.into())),
    ("docker-archive:", |rest| Output::DockerArchive(rest.into())),
    ("docker:", |rest| Output::Docker(rest.to_owned())),
    ("registry:", |rest| Output::Registry(rest.to_owned())),
];

impl Output {
    /// Reads `scheme:rest`, or a bare file name: a tar archive that `docker load` and OCI tools take.
    ///
    /// # Errors
    /// When nothing stands behind the colon, or the scheme is none.
    pub fn parse(text: &str) -> Result<Self, ScrubError> {
        let wrong = |why: &str| ScrubError::NoOutput { text: text.to_owned(), why: why.to_owned() };
        if let Some((rest, make)) =
            SCHEMES.iter().find_map(|(scheme, make)| Some((text.strip_prefix(scheme)?, make)))
        {
            return if rest.is_empty() {
                Err(wrong("nothing stands behind the colon"))
            } else {
                Ok(make(rest))
            };
        }
        let file = [".tar", ".oci"].iter().any(|ending| text.to_ascii_lowercase().ends_with(ending));
        if file { Ok(Self::DockerArchive(text.into())) } else { Err(wrong("no scheme stands before it")) }
    }

    /// The target that reads what was put here, wherever it is read from; none for a daemon, which gives out no layer alone.
    ///
    /// # Errors
    /// When the folder in which the program runs is gone.
    pub fn target(&self) -> io::Result<Option<String>> {
        let (scheme, path) = match self {
            Self::Layout(path) => ("oci", path),
            Self::OciArchive(path) => ("oci-archive", path),
            Self::DockerArchive(path) => ("docker-archive", path),
            Self::Registry(reference) => return Ok(Some(format!("registry:{reference}"))),
            Self::Docker(_) => return Ok(None),
        };
        Ok(Some(format!("{scheme}:{}", std::path::absolute(path)?.display())))
    }

    /// Removes what a run of this process has begun to write and not finished.
    pub fn forget_unfinished(&self) {
        unfinished(self.path().map(PathBuf::as_path));
    }

    /// The path that is written, if it is one.
    pub(crate) fn path(&self) -> Option<&PathBuf> {
        match self {
            Self::Layout(path) | Self::OciArchive(path) | Self::DockerArchive(path) => Some(path),
            Self::Docker(_) | Self::Registry(_) => None,
        }
    }
}

impl std::fmt::Display for Output {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Layout(path) => write!(f, "oci:{}", path.display()),
            Self::OciArchive(path) => write!(f, "oci-archive:{}", path.display()),
            Self::DockerArchive(path) => write!(f, "docker-archive:{}", path.display()),
            Self::Docker(name) => write!(f, "docker:{name}"),
            Self::Registry(reference) => write!(f, "registry:{reference}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_says_what_it_is() {
        for text in
            ["oci:dir", "oci-archive:a.tar", "docker-archive:a.tar", "docker:app:2", "registry:r/app:2"]
        {
            assert_eq!(Output::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(Output::parse("x.tar").unwrap(), Output::DockerArchive("x.tar".into()));
        assert!(Output::parse("oci:").is_err() && Output::parse("app:2").is_err());
    }
}
