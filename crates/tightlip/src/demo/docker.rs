//! Real builds for the demo, by Docker's own command line. The images are removed when the demo ends.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use tightlip_engine::Pipe;
use tightlip_engine::demo::{LESSONS, Lesson};

use super::{Served, build_command, scan_command};
use crate::program::{Call, find, run};
use crate::sources;

/// How long a build may take: the base image may have to come first.
const PATIENCE: Duration = Duration::from_secs(300);

/// Docker's command line, and the images that it made.
pub(crate) struct Docker {
    program: PathBuf,
    pub(crate) base: String,
    /// What the names of this run's images begin with.
    name: String,
}

impl Docker {
    /// Docker's command line, if it is on the path.
    pub(crate) fn find(base: &str, run: &str) -> Option<Self> {
        let program = find("docker", &sources::programs())?;
        Some(Self { program, base: base.to_owned(), name: format!("tightlip-demo-{run}") })
    }

    fn tag(&self, lesson: &Lesson) -> String {
        format!("{}:{}", self.name, lesson.id)
    }

    /// Builds a lesson and takes the image out.
    pub(crate) fn serve(&self, lesson: &Lesson, value: &str) -> Result<Served> {
        let tag = self.tag(lesson);
        let options = lesson.options(value);
        let mut arguments = vec!["build", "--quiet", "--tag", &tag];
        arguments.extend(options.iter().map(String::as_str));
        arguments.push("-");
        let dockerfile = lesson.dockerfile(&self.base, value);
        self.run(&arguments, dockerfile.as_bytes(), value).context("docker cannot build")?;
        let archive = self.run(&["save", &tag], b"", value).context("docker cannot save")?;
        let typed = vec![build_command(lesson, value, &tag), scan_command(lesson, &format!("docker:{tag}"))];
        let pipe = Pipe { name: format!("docker:{tag}"), command: format!("docker save {tag}") };
        Ok(Served { archive, pipe, typed })
    }

    fn run(&self, arguments: &[&str], input: &[u8], value: &str) -> Result<Vec<u8>> {
        let variables = [("API_KEY", value), ("DOCKER_BUILDKIT", "1")];
        let call =
            Call { program: &self.program, arguments, variables: &variables, input, patience: PATIENCE };
        let ran = run(&call)?;
        if !ran.success {
            bail!("{}", reason(&ran.err));
        }
        Ok(ran.out)
    }
}

/// The last line of an error that does not go on with the one before it.
fn reason(told: &str) -> &str {
    let begins = |line: &&str| line.starts_with(|first: char| !first.is_whitespace());
    told.lines().rfind(begins).unwrap_or("it says nothing")
}

impl Drop for Docker {
    fn drop(&mut self) {
        let tags: Vec<String> = LESSONS.iter().map(|lesson| self.tag(lesson)).collect();
        let mut arguments = vec!["image", "rm", "--force"];
        arguments.extend(tags.iter().map(String::as_str));
        // What was never built cannot be removed.
        let _ = self.run(&arguments, b"", "");
    }
}

#[cfg(test)]
mod tests {
    use super::reason;

    #[test]
    fn the_reason_is_the_line_that_the_indented_ones_belong_to() {
        let told =
            "#1 building\nERROR: buildx is missing.\n       Install it:\n       https://docs.docker.com\n\n";
        assert_eq!(reason(told), "ERROR: buildx is missing.");
        assert_eq!(reason("\n"), "it says nothing");
    }
}
