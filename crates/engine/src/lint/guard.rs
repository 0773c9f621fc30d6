//! Reads what edits would make of a file before anybody writes it: nothing else than what they name may have changed.

use tightlip_callers::{reads_as_well, recognise};
use tightlip_dockerfile::{DirectiveKind, Document, Edit, Fault, Instruction, Span, apply};
use tightlip_report::Surface;

use super::text::TextFile;

/// The new text of a file, or why it must not be written.
pub(super) fn edited(file: &TextFile, edits: &[Edit]) -> Result<String, String> {
    let name = &file.name;
    if !file.is_exact {
        return Err(format!("{name} is not UTF-8, and other bytes of it would change"));
    }
    if file.surface == Surface::Dockerfile {
        let after = dockerfile(&Document::parse(&file.source), edits);
        return after.map(|after| after.source().to_owned()).map_err(|why| format!("{name}: {why}"));
    }
    let text = apply(&file.source, edits).map_err(|error| format!("{name}: {error}"))?;
    if let Some(format) = recognise(name, &file.source) {
        reads_as_well(format, name, (&file.source, &text)).map_err(|why| format!("{name}: {why}"))?;
    }
    Ok(text)
}

/// What edits make of a Dockerfile. They do what they say: the instructions that none of them touches are there as before,
/// those that they touch are of the same kind or gone, and the builder understands all of it as well as before.
pub(super) fn dockerfile(before: &Document, edits: &[Edit]) -> Result<Document, String> {
    let after = Document::parse(&before.edited(edits).map_err(|error| error.to_string())?);
    if directives(before) != directives(&after) {
        return Err("a parser directive would be another".to_owned());
    }
    understood(before, &after)?;
    let mut new = after.instructions().iter().peekable();
    for instruction in before.instructions() {
        let place = moved(instruction.span, (before.source(), edits));
        let now = new.next_if(|one| place.start <= one.span.start && one.span.start < place.end);
        let holds = match (now, touches(edits, instruction.span, before.source())) {
            (Some(now), true) => now.keyword == instruction.keyword,
            (Some(now), false) => after.text(now.span) == before.text(instruction.span),
            (None, touched) => touched && after.text(place).lines().all(says_nothing),
        };
        if !holds {
            let keyword = instruction.name.to_ascii_uppercase();
            return Err(format!("{keyword} of line {} would be another", instruction.line));
        }
    }
    match new.next() {
        Some(more) => Err(format!("line {} would be an instruction of its own", more.line)),
        None => Ok(after),
    }
}

fn directives(document: &Document) -> Vec<(DirectiveKind, &str)> {
    document.directives().iter().map(|one| (one.kind, one.value.as_str())).collect()
}

/// Every problem was there before.
fn understood(before: &Document, after: &Document) -> Result<(), String> {
    let mut known: Vec<Fault> = before.problems().iter().map(|one| one.fault).collect();
    for problem in after.problems() {
        let Some(at) = known.iter().position(|fault| *fault == problem.fault) else {
            let line = after.line(problem.span.start);
            return Err(format!("line {line} would not be understood: {}", problem.fault));
        };
        known.swap_remove(at);
    }
    Ok(())
}

fn says_nothing(line: &str) -> bool {
    line.trim().is_empty() || line.trim_start().starts_with('#')
}

/// The instruction that an edit changes.
pub(super) fn instruction(document: &Document, edit: &Edit) -> Option<usize> {
    let touched = |one: &Instruction| touches(std::slice::from_ref(edit), one.span, document.source());
    document.instructions().iter().position(touched)
}

/// Whether an edit changes something of a stretch. What is put between two lines belongs to neither.
fn touches(edits: &[Edit], span: Span, source: &str) -> bool {
    edits.iter().any(|edit| match edit.span.is_empty() {
        true => span.start < edit.span.start && edit.span.start < span.end + open(span, source),
        false => edit.span.start < span.end && span.start < edit.span.end,
    })
}

/// One, if the last line of a stretch has no end: what is put there belongs to it.
fn open(span: Span, source: &str) -> usize {
    usize::from(!source.get(..span.end).is_some_and(|text| text.ends_with('\n')))
}

/// Where a stretch stands after the edits, with what they put into it.
fn moved(span: Span, (source, edits): (&str, &[Edit])) -> Span {
    let end = span.end + open(span, source);
    let start = edits.iter().filter(|edit| edit.span.start <= span.start);
    let inside = edits.iter().filter(|edit| edit.span.start < end);
    Span::new(shifted(span.start, start), shifted(span.end, inside))
}

/// An offset after the edits; one that is replaced is where the replacement ends.
fn shifted<'e>(at: usize, edits: impl Iterator<Item = &'e Edit>) -> usize {
    let (mut added, mut removed) = (0, 0);
    for edit in edits {
        // What begins here is part of what begins here.
        if edit.span.start == at && !edit.span.is_empty() {
            continue;
        }
        added += edit.replacement.len();
        removed += edit.span.end.min(at).saturating_sub(edit.span.start);
    }
    (at + added).saturating_sub(removed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, text: &str) -> TextFile {
        let surface = if name == "Dockerfile" { Surface::Dockerfile } else { Surface::Compose };
        TextFile::new(name.to_owned(), None, (surface, text.to_owned()))
    }

    /// Why the first `old` of a file must not become `new`.
    fn refused((name, text): (&str, &str), (old, new): (&str, &str)) -> Option<String> {
        let at = text.find(old).unwrap();
        edited(&file(name, text), &[Edit::replace(Span::new(at, at + old.len()), new)]).err()
    }

    #[test]
    fn what_an_edit_does_not_name_stays_as_it_is() {
        let text = "# c\nFROM x\nARG A \\\n  # c\n  B\nRUN one\nRUN <<E\ntwo\nE\nRUN three";
        for (old, new) in [
            ("ARG A \\\n  # c\n  B\n", ""),
            ("ARG A \\\n  # c\n  B\n", "# c\n"),
            (" \\\n  # c\n  B", "\n  # c"),
            ("RUN one", "RUN --mount=type=ssh one"),
            ("RUN one\n", ""),
            ("two\n", ""),
            ("three", "three && four"),
            ("RUN one", "# c\nRUN one"),
        ] {
            assert_eq!(refused(("Dockerfile", text), (old, new)), None, "{old:?} {new:?}");
        }
        for (old, new, why) in [
            (" A \\\n  # c\n  B", "", "missing arguments"),
            ("\n  B\n", "\n", "RUN of line 6 would be another"),
            ("# c\nFROM", "# escape=`\nFROM", "a parser directive would be another"),
            ("\nRUN one", "\nRUN one\nRUN more", "RUN of line 7 would be another"),
            ("RUN one", "ENV one=1", "RUN of line 6 would be another"),
            ("\nE\nRUN", "\n\nRUN", "line 7"),
        ] {
            let said = refused(("Dockerfile", text), (old, new)).unwrap_or_default();
            assert!(said.contains(why), "{old:?} {new:?}: {said}");
        }
    }

    #[test]
    fn a_file_that_starts_builds_reads_as_before() {
        let text = "services:\n  a:\n    build:\n      context: .\n      secrets: [t]\nsecrets:\n  t:\n    file: t\n";
        let compose = ("compose.yml", text);
        assert_eq!(refused(compose, ("[t]", "[t, t]")), None);
        for (old, new, why) in [
            ("    build", "    image: x\n    image: y\n    build", "image would stand twice"),
            ("[t]", "[t, u]", "secret u is not in this file"),
            ("[t]", "[t", "not readable"),
            ("build", "built", "its builds would not be the same"),
        ] {
            let said = refused(compose, (old, new)).unwrap_or_default();
            assert!(said.contains(why), "{old:?} {new:?}: {said}");
        }
    }

    #[test]
    fn bytes_that_are_not_text_are_not_written_anew() {
        let file = file("Dockerfile", "FROM x\n# ?\n").read_from(b"FROM x\n# \xff\n");
        assert!(edited(&file, &[Edit::insert(0, "# c\n")]).unwrap_err().contains("not UTF-8"));
    }
}
