//! The demo: three builds with a secret, what a scan says of each, and how anybody gets the secret back.

pub(crate) mod docker;

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use tightlip_engine::demo::{LESSONS, Lesson};
use tightlip_engine::{IdentityKey, KnownValue, Pipe, Quiet, Request, scan_stream};
use tightlip_report::format::{Style, named};
use tightlip_report::plain;
use zeroize::Zeroizing;

use self::docker::Docker;

/// Where the images come from.
pub(crate) enum Kitchen {
    /// A real builder.
    Docker(Docker),
    /// This program; with a folder the images are kept there as files.
    Memory(Option<PathBuf>),
}

/// An image, and how it came about.
pub(crate) struct Served {
    archive: Vec<u8>,
    /// What it is called, and how a person gets it again.
    pipe: Pipe,
    /// What a person would have typed.
    typed: Vec<String>,
}

impl Kitchen {
    fn base(&self) -> &str {
        match self {
            Self::Docker(docker) => &docker.base,
            Self::Memory(_) => "busybox",
        }
    }

    /// The image of a lesson.
    fn serve(&self, lesson: &Lesson, value: &str) -> Result<Served> {
        match self {
            Self::Docker(docker) => docker.serve(lesson, value),
            Self::Memory(keep) => in_memory(lesson, value, keep.as_ref()),
        }
    }
}

fn in_memory(lesson: &Lesson, value: &str, keep: Option<&PathBuf>) -> Result<Served> {
    let archive = lesson.sketch(value);
    let name = format!("{}.tar", lesson.id);
    let path = match keep {
        Some(folder) => {
            let path = folder.join(&name);
            std::fs::create_dir_all(folder)
                .and_then(|()| std::fs::write(&path, &archive))
                .with_context(|| format!("cannot write {}", path.display()))?;
            path.display().to_string()
        }
        None => name,
    };
    let build = build_command(lesson, value, lesson.id);
    let save = format!("docker save -o {path} {}", lesson.id);
    let typed = vec![build, save, scan_command(lesson, &path)];
    let pipe = Pipe { command: format!("cat {path}"), name: path };
    Ok(Served { archive, pipe, typed })
}

/// What a person types to build a lesson.
fn build_command(lesson: &Lesson, value: &str, name: &str) -> String {
    let options: String = lesson.options(value).iter().map(|option| format!("{option} ")).collect();
    format!("docker build -t {name} {options}.")
}

/// What a person types to scan it. Where nothing leaks the value is looked for by itself.
fn scan_command(lesson: &Lesson, target: &str) -> String {
    let known = if lesson.leaks() { "" } else { " --known-env API_KEY" };
    format!("tightlip scan {target}{known}")
}

/// Makes the three images. All of them before anything is said: a builder that cannot build the last one is none.
pub(crate) fn cook(kitchen: &Kitchen, value: &str) -> Result<Vec<Served>> {
    LESSONS.iter().map(|lesson| kitchen.serve(lesson, value)).collect()
}

/// The whole walk, as text.
pub(crate) fn walk(
    kitchen: &Kitchen,
    served: &[Served],
    value: &str,
    (key, style): (&IdentityKey, &Style),
) -> Result<String> {
    let mut text = format!(
        "Three builds that need a secret. The secret of this run is {value}: it was made up, and is worth nothing.\n"
    );
    for (index, (lesson, served)) in LESSONS.iter().zip(served).enumerate() {
        text.push_str(&format!("\n{} of {}  {}\n\n", index + 1, LESSONS.len(), lesson.title));
        indent(&mut text, &lesson.dockerfile(kitchen.base(), value));
        text.push('\n');
        for typed in &served.typed {
            indent(&mut text, &format!("$ {typed}"));
        }
        text.push('\n');
        indent(&mut text, &report((lesson, served), value, (key, style))?);
        text.push('\n');
        text.push_str(&recovered(lesson, &served.archive, value));
    }
    text.push_str(&next(kitchen));
    Ok(text)
}

/// What `tightlip scan` prints of the image. Where nothing leaks that is to be worth something: there the made-up value
/// itself is looked for, in every encoding.
fn report(
    (lesson, served): (&Lesson, &Served),
    value: &str,
    (key, style): (&IdentityKey, &Style),
) -> Result<String> {
    let mut request = Request::new(&served.pipe.name, key.clone());
    if !lesson.leaks() {
        request.known = vec![KnownValue::new("API_KEY", Zeroizing::new(value.as_bytes().to_vec()))?];
    }
    let report = scan_stream(&served.pipe, served.archive.as_slice(), &request, &Quiet)?;
    let mut bytes = Vec::new();
    let format = named("text").context("no such format")?;
    (format.write)(&report, style, &mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// What comes out where anybody does what the report says. It is shown only if it is the value of this run.
fn recovered(lesson: &Lesson, archive: &[u8], value: &str) -> String {
    match lesson.recover(archive).filter(|text| text.contains(value)) {
        Some(text) => format!(
            "  Anybody who has the image gets it back. This is what comes out:\n\n    {}\n",
            plain(&text)
        ),
        None => "  Nothing comes out: the build had the secret, and the image does not.\n".to_owned(),
    }
}

fn next(kitchen: &Kitchen) -> String {
    let keep = match kitchen {
        Kitchen::Memory(None) => {
            "\nThe images were made in memory. tightlip demo --keep DIR writes them to files, to try the commands on.\n"
        }
        _ => "",
    };
    format!(
        "{keep}\nNext: tightlip scan docker:NAME looks into an image of yours, tightlip lint at the Dockerfiles here.\n"
    )
}

fn indent(text: &mut String, block: &str) {
    for line in block.lines() {
        if !line.is_empty() {
            text.push_str("    ");
            text.push_str(line);
        }
        text.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    const VALUE: &str = "orchid-0123456789";

    fn walk_in_memory(keep: Option<PathBuf>) -> String {
        let kitchen = Kitchen::Memory(keep);
        let served = cook(&kitchen, VALUE).unwrap();
        walk(&kitchen, &served, VALUE, (&IdentityKey::new([0; 32]), &Style::default())).unwrap()
    }

    /// `UPDATE_SNAPSHOTS=1` writes it anew.
    #[test]
    fn the_walk_reads_as_its_snapshot() {
        let text = walk_in_memory(None);
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/demo/snapshot.txt");
        if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
            std::fs::write(&path, &text).unwrap();
        }
        assert!(text == std::fs::read_to_string(&path).unwrap_or_default(), "it reads\n{text}");
    }

    #[test]
    fn two_of_three_leak_and_the_reports_mask_even_the_made_up_value() {
        let text = walk_in_memory(None);
        assert_eq!(text.matches("leaking  ").count(), 2, "{text}");
        assert_eq!(text.matches("clean  mounted.tar").count(), 1, "{text}");
        assert!(text.contains("‹masked›"), "{text}");
    }

    #[test]
    fn kept_images_are_files_that_the_commands_work_on() {
        let folder = tempfile::tempdir().unwrap();
        let text = walk_in_memory(Some(folder.path().join("images")));
        for lesson in LESSONS {
            let path = folder.path().join("images").join(format!("{}.tar", lesson.id));
            assert!(path.is_file() && text.contains(&format!("tightlip scan {}", path.display())), "{text}");
        }
    }
}
