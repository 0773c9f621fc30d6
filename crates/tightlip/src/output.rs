//! Where reports go: `--format` and `--output`, in pairs, as often as one likes.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use clap::error::ErrorKind;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches, value_parser};
use tightlip_engine::private::replace;
use tightlip_report::format::{FORMATS, Format, named, of_file};
use tightlip_report::{Level, Report};

use crate::terminal;

/// What is written where.
pub(crate) struct Outputs {
    terminal: &'static Format,
    files: Vec<(PathBuf, &'static Format)>,
}

impl std::fmt::Debug for Outputs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let files: Vec<_> = self.files.iter().map(|(path, format)| (path, format.name)).collect();
        f.debug_struct("Outputs").field("terminal", &self.terminal.name).field("files", &files).finish()
    }
}

impl Outputs {
    /// Writes the files, each beside its place and renamed, then standard output.
    pub(crate) fn write(&self, report: &Report, counts: Level) -> Result<()> {
        for (path, format) in &self.files {
            let mut bytes = Vec::new();
            (format.write)(report, &terminal::file_style(counts), &mut bytes)?;
            place(path, &bytes).with_context(|| format!("cannot write {}", path.display()))?;
        }
        let mut out = io::BufWriter::new(crate::out::stdout());
        (self.terminal.write)(report, &terminal::style(counts), &mut out)?;
        Ok(out.flush()?)
    }
}

/// Writes a file beside its place and renames it. What is no regular file (a pipe, `/dev/stderr`) is written to.
pub(crate) fn place(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if path.exists() && !path.is_file() {
        return fs::OpenOptions::new().write(true).open(path)?.write_all(bytes);
    }
    replace(path, &mut |out| out.write_all(bytes))
}

impl Args for Outputs {
    fn augment_args(command: Command) -> Command {
        let format = Arg::new("format")
            .long("format")
            .value_name("FORMAT")
            .action(ArgAction::Append)
            .value_parser(FORMATS.iter().map(|format| format.name).collect::<Vec<_>>())
            .help("How to print the report, or what the --output beside it is written as [default: text]");
        let output = Arg::new("output")
            .long("output")
            .short('o')
            .value_name("FILE")
            .action(ArgAction::Append)
            .value_parser(value_parser!(PathBuf))
            .help("Write the report to this file too (repeatable, each with its --format)");
        command.arg(format).arg(output)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Outputs {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        pair(words(matches)).map_err(|why| clap::Error::raw(ErrorKind::ArgumentConflict, why + "\n"))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// One of the two arguments.
#[derive(Clone, Debug, PartialEq)]
enum Word {
    Format(String),
    Output(PathBuf),
}

/// The arguments in the order in which they were given.
fn words(matches: &ArgMatches) -> Vec<Word> {
    let formats = matches.get_many::<String>("format").into_iter().flatten().cloned().map(Word::Format);
    let outputs = matches.get_many::<PathBuf>("output").into_iter().flatten().cloned().map(Word::Output);
    let at = |name: &str| matches.indices_of(name).into_iter().flatten();
    let mut words: Vec<_> = at("format").zip(formats).chain(at("output").zip(outputs)).collect();
    words.sort_by_key(|(at, _)| *at);
    words.into_iter().map(|(_, word)| word).collect()
}

/// What is said of `-`: nobody means a file of that name.
pub(crate) const NO_FILE: &str = "--output - is no file: the report goes to standard output anyway\nLeave it out, and say with --format what is printed";

/// Each file takes the format that is given after it; if the last word is a file, the one before it. A file without
/// one is written as its name says. The format that is left is for standard output.
fn pair(mut words: Vec<Word>) -> Result<Outputs, String> {
    // Whoever writes the file last writes all files last: read from behind, that is the same.
    if matches!(words.last(), Some(Word::Output(_))) {
        words.reverse();
    }
    let (mut files, mut left) = (Vec::new(), Vec::new());
    let mut words = words.into_iter().peekable();
    while let Some(word) = words.next() {
        match word {
            Word::Format(name) => left.push(name),
            Word::Output(path) if path.as_os_str() == "-" => return Err(NO_FILE.to_owned()),
            Word::Output(path) => {
                let given = words.next_if(|next| matches!(next, Word::Format(_)));
                let format = match given {
                    Some(Word::Format(name)) => named(&name),
                    _ => of_file(&path.to_string_lossy()),
                };
                let why = || {
                    format!(
                        "the format of {0} is not known\nSay it: --output {0} --format FORMAT",
                        path.display()
                    )
                };
                files.push((path.clone(), format.ok_or_else(why)?));
            }
        }
    }
    if let [_, second, ..] = left.as_slice() {
        return Err(format!(
            "two formats for standard output\nSay where one goes: --output FILE --format {second}"
        ));
    }
    let terminal = left.first().and_then(|name| named(name)).or_else(|| FORMATS.first().copied());
    Ok(Outputs { terminal: terminal.ok_or("there is no format")?, files })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `F:sarif O:x.sarif` and what comes of it: `text x.sarif=sarif`.
    fn paired(words: &str) -> String {
        let word = |word: &str| match word.split_once(':') {
            Some(("F", name)) => Word::Format(name.to_owned()),
            _ => Word::Output(PathBuf::from(&word[2..])),
        };
        match pair(words.split_whitespace().map(word).collect()) {
            Err(why) => why.lines().next().unwrap_or_default().to_owned(),
            Ok(outputs) => {
                let mut files: Vec<String> = outputs
                    .files
                    .iter()
                    .map(|(path, format)| format!(" {}={}", path.display(), format.name))
                    .collect();
                files.sort();
                outputs.terminal.name.to_owned() + &files.concat()
            }
        }
    }

    #[test]
    fn files_and_formats_are_paired_as_they_were_meant() {
        for (words, expected) in [
            ("", "text"),
            ("F:json", "json"),
            ("O:x F:sarif", "text x=sarif"),
            ("F:sarif O:x", "text x=sarif"),
            ("O:x F:sarif O:y F:html", "text x=sarif y=html"),
            ("F:sarif O:x F:html O:y", "text x=sarif y=html"),
            ("F:json O:x F:sarif", "json x=sarif"),
            ("F:json F:sarif O:x", "json x=sarif"),
            ("O:x F:sarif F:json", "json x=sarif"),
            ("O:r.html O:r.sarif", "text r.html=html r.sarif=sarif"),
            ("O:r.html F:json", "text r.html=json"),
            ("F:json F:sarif", "two formats for standard output"),
            ("O:-", "--output - is no file: the report goes to standard output anyway"),
            ("O:- F:json", "--output - is no file: the report goes to standard output anyway"),
            ("O:report", "the format of report is not known"),
        ] {
            assert_eq!(paired(words), expected, "{words}");
        }
    }

    #[test]
    fn a_file_is_written_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.json");
        fs::write(&path, "old").unwrap();
        place(&path, b"new").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert!(place(&folder.path().join("none/report.json"), b"new").is_err());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
