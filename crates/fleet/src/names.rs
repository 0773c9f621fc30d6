//! Which repositories and tags are meant: patterns, and files of names.

use globset::{Glob, GlobSet, GlobSetBuilder};
use tightlip_image::Reference;

use crate::error::SweepError;

/// Patterns for `repository` or `repository:tag`: `*` stands for anything, slashes included.
#[derive(Clone, Debug)]
pub struct Names {
    include: GlobSet,
    /// Which repositories may hold what is included.
    repositories: GlobSet,
    exclude: GlobSet,
    everything: Scope,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scope {
    All,
    Listed,
}

impl Names {
    /// Reads the patterns. Without one that includes, everything is included.
    ///
    /// # Errors
    /// When one of them is no pattern.
    pub fn new(include: &[String], exclude: &[String]) -> Result<Self, SweepError> {
        let everything = if include.is_empty() { Scope::All } else { Scope::Listed };
        let repositories: Vec<String> = include.iter().map(|pattern| of_repositories(pattern)).collect();
        Ok(Self {
            include: set(include)?,
            repositories: set(&repositories)?,
            exclude: set(exclude)?,
            everything,
        })
    }

    /// Whether anything of a repository may be meant.
    #[must_use]
    pub fn repository(&self, name: &str) -> bool {
        // A pattern may name tags: which, is seen when they are known.
        (self.everything == Scope::All || self.repositories.is_match(name)) && !self.exclude.is_match(name)
    }

    /// Whether a pattern says what is included or left out.
    pub(crate) fn are_narrow(&self) -> bool {
        self.everything == Scope::Listed || !self.exclude.is_empty()
    }

    /// Whether an image is meant.
    #[must_use]
    pub fn image(&self, repository: &str, tag: &str) -> bool {
        let full = format!("{repository}:{tag}");
        let is = |set: &GlobSet| set.is_match(repository) || set.is_match(&full);
        (self.everything == Scope::All || is(&self.include)) && !is(&self.exclude)
    }
}

/// The part of a pattern that a repository has to fit, whatever its tags are: up to the colon, or to a star, which stands for
/// a colon too.
fn of_repositories(pattern: &str) -> String {
    // What is in brackets may be a colon.
    if pattern.contains(['[', '{', '\\']) {
        return "*".to_owned();
    }
    let end = pattern.find(':').into_iter().chain(pattern.find('*').map(|star| star + 1)).min();
    pattern.get(..end.unwrap_or(pattern.len())).unwrap_or(pattern).to_owned()
}

fn set(patterns: &[String]) -> Result<GlobSet, SweepError> {
    let mut builder = GlobSetBuilder::new();
    for pattern in patterns {
        let wrong = |error| SweepError::Named(format!("`{pattern}` is no pattern: {error}"));
        builder.add(Glob::new(pattern).map_err(wrong)?);
    }
    builder.build().map_err(|error| SweepError::Named(error.to_string()))
}

/// What a file of names holds: one repository or image a line, `#` begins a comment. Names without a host are of the
/// registry that is swept.
///
/// # Errors
/// With the line that is no name.
pub(crate) fn listed(host: &str, text: &str) -> Result<Vec<(Reference, Explicit)>, SweepError> {
    let mut names = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let line = line.split('#').next().unwrap_or_default().trim();
        if line.is_empty() {
            continue;
        }
        let full =
            if line.starts_with(&format!("{host}/")) { line.to_owned() } else { format!("{host}/{line}") };
        let wrong = |error| SweepError::Named(format!("line {}: {error}", number + 1));
        let reference = Reference::parse(&full).map_err(wrong)?;
        let tail = full.rsplit('/').next().unwrap_or_default();
        let explicit = if tail.contains([':', '@']) { Explicit::Image } else { Explicit::Repository };
        names.push((reference, explicit));
    }
    Ok(names)
}

/// Whether a name names one image or all of a repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Explicit {
    /// A tag or digest stands in it.
    Image,
    /// All tags are meant.
    Repository,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(include: &[&str], exclude: &[&str]) -> Names {
        let own = |patterns: &[&str]| patterns.iter().map(|p| (*p).to_owned()).collect::<Vec<_>>();
        Names::new(&own(include), &own(exclude)).unwrap()
    }

    #[test]
    fn patterns_name_repositories_or_tags() {
        let all = names(&[], &["old/*", "*:nightly-*"]);
        assert!(all.image("app", "1") && !all.image("old/a/b", "1") && !all.image("app", "nightly-7"));
        assert!(!all.repository("old/a") && all.repository("app"));
        let some = names(&["team/*"], &[]);
        assert!(some.image("team/a", "1") && some.image("team/a/b", "1") && !some.image("other", "1"));
        let tags = names(&["team/?:v*"], &[]);
        assert!(tags.image("team/a", "v1") && !tags.image("team/a", "1"));
        assert!(tags.repository("team/a") && !tags.repository("team/ab") && !some.repository("other"));
        for pattern in ["*:v1", "team/*1", "*/app", "team/a*:v[12]", "team/{a,b}"] {
            assert!(names(&[pattern], &[]).repository("team/a"), "{pattern}");
        }
        assert!(Names::new(&["[".to_owned()], &[]).is_err());
    }

    #[test]
    fn a_file_names_repositories_and_images() {
        let listed = listed("r.example", "# ours\nteam/app\nr.example/team/web:1 # one\n\n").unwrap();
        let told: Vec<(String, Explicit)> =
            listed.into_iter().map(|(reference, explicit)| (reference.to_string(), explicit)).collect();
        let expected =
            [("r.example/team/app:latest", Explicit::Repository), ("r.example/team/web:1", Explicit::Image)];
        assert_eq!(told, expected.map(|(name, explicit)| (name.to_owned(), explicit)));
        assert!(super::listed("r.example", "A B").is_err());
    }
}
