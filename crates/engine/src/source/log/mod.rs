//! `log:FILE`: what a build printed: BuildKit's plain, tty and rawjson progress, and the logs of older builders.
//!
//! Nobody masks what `RUN` writes, and a step's name shows its variables expanded. Whoever can read the CI job reads
//! the log.

mod plain;
mod rawjson;

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read as _};
use std::path::Path;

use tightlip_image::store::unpacked;
use tightlip_image::{Problem, ProblemKind};
use tightlip_report::{Exposure, Place, Read, Surface};

use super::{Harvest, Source, SourceError, open};
use crate::blob::Lens;
use crate::loom::{Form, Loom, Origin};
use crate::recover::quote;
use crate::sighting::{Eye, Sighting};
use crate::vault::Mask;

pub(super) static SOURCE: Source = Source {
    scheme: "log",
    summary: "a build log, plain or rawjson: log:FILE",
    sniff,
    read,
    exposure: Exposure::BuildOnly,
    place,
    recover,
};

/// A step is named by so much of its instruction, in characters.
const LABEL: usize = 160;
/// A longer line is read in parts of this size, in bytes.
const LONGEST_LINE: u64 = 16 << 20;

fn sniff(head: &[u8]) -> Option<&'static str> {
    let mut lines = head.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
    let first = lines.next()?;
    match rawjson::is_status(first) {
        true => Some("a build's status in JSON"),
        false => plain::opens(first).then_some("the first line of a build log"),
    }
}

fn read(path: &Path, lens: &Lens<'_>) -> Result<Harvest, SourceError> {
    let (file, size) = open(path)?;
    lens.watch.begin(1, size);
    let wrong = |source| SourceError::Read { path: path.to_owned(), source };
    let (text, _) = unpacked(file).map_err(wrong)?;
    let mut text = BufReader::new(text);
    if text.fill_buf().is_ok_and(is_binary) {
        let what = "no text, and so no build log\nUse rootfs:DIR for the folder that it lies in";
        return Err(SourceError::NotThat { path: path.to_owned(), what });
    }
    Ok(pass(&mut text, lens))
}

/// Whether these are the first bytes of something else. PowerShell writes UTF-16.
fn is_binary(head: &[u8]) -> bool {
    let wide = head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff");
    !wide && memchr::memchr(0, head).is_some()
}

/// Reads a log that may still be written.
pub(super) fn pass(mut file: &mut dyn BufRead, lens: &Lens<'_>) -> Harvest {
    let mut eye = Eye::new(lens.key, lens.vault);
    let mut loom = Loom::new(Surface::Log);
    let mut steps = plain::Steps::default();
    let (mut line, mut offset) = (1, 0);
    let mut bytes = Vec::new();
    let mut problems = Vec::new();
    while problems.is_empty() {
        bytes.clear();
        if let Err(error) = (&mut file).take(LONGEST_LINE).read_until(b'\n', &mut bytes) {
            problems.push(broken(&error, line));
        }
        let length = bytes.len() as u64;
        if length == 0 {
            break;
        }
        let origin = Origin { line, offset, form: Form::Plain };
        if !rawjson::read(&bytes, origin, &mut loom) {
            steps.read(&bytes, origin, &mut loom);
            if !bytes.ends_with(b"\n") && rawjson::is_status(&bytes) {
                problems.push(broken(&io::ErrorKind::UnexpectedEof.into(), line));
            }
        }
        loom.relieve(lens.with(), &mut eye);
        lens.watch.read(length);
        offset += length;
        line += u64::from(bytes.ends_with(b"\n"));
    }
    loom.finish(lens.with(), &mut eye);
    let read = Read { bytes: offset, decoded_bytes: loom.decoded, ..Read::default() };
    Harvest { seen: eye.seen, blind: eye.blind, problems, read, ..Harvest::default() }
}

/// What is not there any more may have held anything.
fn broken(error: &io::Error, line: u64) -> Problem {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => {
            Problem::new(ProblemKind::Truncated, "the log", format!("it ends in the middle of line {line}"))
        }
        _ => Problem::new(ProblemKind::Corrupt, "the log", format!("after line {line}: {error}")),
    }
}

fn place(sighting: &Sighting, path: &Path, place: &mut Place, mask: &Mask) {
    place.path = Some(mask.name(&path.display().to_string()));
    // A step's name is the text of an instruction: short values are masked in it too, and before it is cut.
    place.member = sighting.member.as_deref().map(|step| mask.text(step).chars().take(LABEL).collect());
    place.line = Some(sighting.line);
    place.offset = Some(sighting.offset);
}

fn recover(sighting: &Sighting, path: &Path) -> String {
    let file = quote(path.as_os_str().as_encoded_bytes());
    // What cannot be opened any more is a file.
    let tool = File::open(path).ok().and_then(|file| unpacked(file).ok()?.1);
    let (before, file) = tool.map_or((String::new(), format!(" -- {file}")), |tool| {
        (format!("{tool} -- {file} | "), String::new())
    });
    let step = String::from_utf8_lossy(&sighting.stored_name);
    let encoded = sighting.decoded_from.first().is_some_and(|encoding| encoding == "base64");
    if encoded && step.starts_with("sha256:") {
        let filter = format!(".logs[]? | select(.vertex == \"{step}\") | .data | @base64d");
        return format!("{before}grep '^{{'{file} | jq -rj {}", quote(filter.as_bytes()));
    }
    format!("{before}sed -n {}p{file}", sighting.line)
}
