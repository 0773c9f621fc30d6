//! Logs for people: BuildKit's plain and tty progress, and the builders that came before and beside it.
//!
//! Sources: BuildKit `util/progress/progressui`, moby `daemon/builder`, buildah `imagebuildah`, kaniko `pkg/executor`.

use crate::ansi;
use crate::loom::{Loom, Origin, Part};

/// Where in the log the reader is.
#[derive(Debug, Default)]
pub(super) struct Steps {
    /// The step that lines without a number belong to.
    current: String,
    /// Whether the lines that follow say why the build failed.
    failing: bool,
}

/// What a line is: the step if it names one, the part, and how much of the line stands before its text.
struct Line<'l> {
    step: Option<&'l str>,
    part: Part,
    lead: usize,
}

/// Whether a log starts with such a line.
pub(super) fn opens(line: &[u8]) -> bool {
    let clean = clean(line);
    let text = clean.trim_ascii_start();
    let text = text.get(timestamp(text)..).unwrap_or_default();
    let starts: [&[u8]; 7] = [
        b"#0 building with",
        b"#1 [",
        b"[+] Building",
        b"Sending build context to Docker daemon",
        b"DEPRECATED: The legacy builder",
        b"Step 1/",
        b"STEP 1",
    ];
    starts.iter().any(|start| text.starts_with(start)) || is_kaniko(text)
}

fn is_kaniko(text: &[u8]) -> bool {
    text.starts_with(b"INFO[0000] ")
        && [&b"image"[..], b"build", b"cache"].iter().any(|word| contains(text, word))
}

fn contains(text: &[u8], word: &[u8]) -> bool {
    text.windows(word.len()).any(|window| window == word)
}

fn clean(line: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    ansi::plain(line, &mut |_, text| out.extend_from_slice(text));
    out
}

impl Steps {
    /// Takes a line in.
    pub(super) fn read(&mut self, line: &[u8], origin: Origin, loom: &mut Loom) {
        let clean = clean(line);
        let text = String::from_utf8_lossy(&clean);
        let shift = timestamp(text.as_bytes());
        let text = text.get(shift..).unwrap_or_default();
        let found = self.line(text.trim_end_matches(['\n', '\r']));
        let step = found.step.unwrap_or(&self.current).to_owned();
        // The text that stands before is counted without escape sequences; with them it is longer.
        let lead = if shift + found.lead == 0 { 0 } else { stored(line, shift + found.lead) };
        let body = line.get(lead..).unwrap_or_default();
        let origin = Origin { offset: origin.offset + lead as u64, ..origin };
        if found.part == Part::Name {
            let name = text.trim().trim_start_matches("=> ");
            loom.label(&step, name);
        }
        loom.add((&step, found.part), body, origin);
    }

    fn line<'l>(&mut self, text: &'l str) -> Line<'l> {
        match numbered(text).or_else(|| self.titled(text)) {
            Some(line) => {
                self.failing = false;
                line
            }
            None => self.bare(text),
        }
    }

    /// `Step 2/5 : RUN …` (Docker before BuildKit), `STEP 2/5: RUN …` (buildah), `INFO[0001] RUN …` (kaniko), and
    /// ` => [2/5] RUN …` of a recorded terminal.
    fn titled<'l>(&mut self, text: &'l str) -> Option<Line<'l>> {
        let kaniko = text.strip_prefix("INFO[").and_then(|rest| rest.split_once("] "));
        let instruction = |rest: &str| {
            let word = rest.split(' ').next().unwrap_or_default();
            word.len() > 2 && word.bytes().all(|b| b.is_ascii_uppercase())
        };
        let title = text.starts_with("Step ") && text.contains(" : ")
            || text.starts_with("STEP ") && text.contains(": ")
            || kaniko.is_some_and(|(_, rest)| instruction(rest) || rest.starts_with("Running: "));
        if title {
            text.clone_into(&mut self.current);
            return Some(Line { step: Some(text), part: Part::Name, lead: 0 });
        }
        let rest = text.trim_start();
        if rest.starts_with("=> => ") {
            let lead = text.len() - rest.len() + if rest.starts_with("=> => # ") { 8 } else { 6 };
            return Some(Line { step: Some("=>"), part: Part::Output, lead });
        }
        let drawn = rest.starts_with("=> ");
        drawn.then(|| Line { step: Some(text), part: Part::Name, lead: text.len() - rest.len() })
    }

    /// Anything else: an excerpt of the Dockerfile after an error, or what the current step wrote.
    fn bare<'l>(&mut self, text: &'l str) -> Line<'l> {
        let failed =
            ["ERROR: ", "Error: ", "error building", "failed to ", "------", "The command '", " > ["];
        self.failing |= failed.iter().any(|start| text.starts_with(start)) || is_excerpt_title(text);
        if !self.failing {
            return Line { step: None, part: Part::Output, lead: 0 };
        }
        Line { step: Some(""), part: Part::Error, lead: excerpt(text).unwrap_or(0) }
    }
}

/// `#12 [stage 2/3] RUN …`, `#12 0.123 text`, `#12 ERROR: …`.
fn numbered(text: &str) -> Option<Line<'_>> {
    let rest = text.strip_prefix('#')?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let step = text.get(..digits + 1).filter(|_| digits > 0)?;
    let rest = rest.get(digits..)?.strip_prefix(' ').unwrap_or_default();
    let lead = text.len() - rest.len();
    let time = rest.split(' ').next().unwrap_or_default();
    let timed = time.contains('.') && time.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let (part, lead) = match rest {
        _ if timed => (Part::Output, (lead + time.len() + 1).min(text.len())),
        _ if rest.starts_with("ERROR") => (Part::Error, lead),
        _ if rest.starts_with('[') => (Part::Name, 0),
        _ => (Part::Output, lead),
    };
    Some(Line { step: Some(step), part, lead })
}

/// `Dockerfile:3`, which stands over an excerpt.
fn is_excerpt_title(text: &str) -> bool {
    text.rsplit_once(':').is_some_and(|(file, line)| {
        file.to_ascii_lowercase().contains("dockerfile")
            && !line.is_empty()
            && line.bytes().all(|b| b.is_ascii_digit())
    })
}

/// The length of `   2 | >>> ` and of the time before a line of output, in excerpts.
fn excerpt(text: &str) -> Option<usize> {
    let (number, code) = text.split_once(" | ").or_else(|| text.split_once(' '))?;
    let number = number.trim();
    let counts = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let code = code.strip_prefix(">>> ").or_else(|| code.strip_prefix("    ")).unwrap_or(code);
    counts.then(|| text.len() - code.len())
}

/// The length of the time that CI systems write before each line (RFC 3339).
fn timestamp(text: &[u8]) -> usize {
    let (b"20", Some(b'T')) = (text.get(..2).unwrap_or_default(), text.get(10)) else { return 0 };
    let length = text.iter().take(40).position(|byte| *byte == b' ').map_or(0, |place| place + 1);
    let time = text.get(..length).unwrap_or_default();
    let fits = |b: &u8| b.is_ascii_digit() || b"-:.TZ+ ".contains(b);
    if time.iter().all(fits) { length } else { 0 }
}

/// Where the byte number `wanted` of the clean text stands in the line.
fn stored(line: &[u8], wanted: usize) -> usize {
    let mut seen = 0;
    let mut place = line.len();
    ansi::plain(line, &mut |at, text| {
        if (seen..seen + text.len()).contains(&wanted) {
            place = place.min(at + wanted - seen);
        }
        seen += text.len();
    });
    place
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(log: &str) -> Vec<(String, Part, usize)> {
        let mut steps = Steps::default();
        let line = |text| {
            let line = steps.line(text);
            (line.step.map_or_else(|| steps.current.clone(), str::to_owned), line.part, line.lead)
        };
        log.lines().map(line).collect()
    }

    #[test]
    fn lines_of_plain_progress_belong_to_their_steps() {
        let log = "#7 [2/3] RUN x\n#7 0.157 out\n#8 ERROR: y\n------\n > [2/3] RUN x:\n0.199 hello\nDockerfile:3\n   2 |     ENV A=b";
        let expected = [
            ("#7", Part::Name, 0),
            ("#7", Part::Output, 9),
            ("#8", Part::Error, 3),
            ("", Part::Error, 0),
            ("", Part::Error, 0),
            ("", Part::Error, 6),
            ("", Part::Error, 0),
            ("", Part::Error, 11),
        ];
        let found = parts(log);
        let found: Vec<_> = found.iter().map(|(step, part, lead)| (step.as_str(), *part, *lead)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn older_builders_write_to_the_current_step() {
        for log in ["Step 2/3 : RUN x\nout", "STEP 2/3: RUN x\nout", "INFO[0001] RUN x\nout"] {
            let found = parts(log);
            assert_eq!(found[0].1, Part::Name, "{log}");
            assert_eq!((found[1].0.as_str(), found[1].1), (found[0].0.as_str(), Part::Output), "{log}");
        }
    }

    #[test]
    fn a_time_of_the_ci_system_is_passed_over() {
        assert_eq!(timestamp(b"2026-01-02T03:04:05.1234567Z #7 x"), 29);
        assert_eq!(timestamp(b"2026 Things"), 0);
    }

    proptest::proptest! {
        #[test]
        fn no_line_is_too_strange(lines in proptest::collection::vec("(#[0-9]{0,2} |Step |ERROR: | => |20..-..-..T..:..:..Z |[\\x1b\\[m|>.0-9]{0,4}){0,3}\\PC{0,10}[\r\n]{0,2}", 0..8)) {
            let mut steps = Steps::default();
            let mut loom = Loom::new(tightlip_report::Surface::Log);
            for line in lines {
                steps.read(line.as_bytes(), Origin { line: 1, offset: 0, form: crate::loom::Form::Plain }, &mut loom);
            }
        }
    }
}
