//! What of a Dockerfile nobody understands: instructions that there are not, here-documents without an end.

use tightlip_dockerfile::{Document, Fault, Keyword};

/// The first such place, and what to say of it.
pub(crate) fn of(document: &Document) -> Option<(usize, String)> {
    let unclear = |fault: Fault| matches!(fault, Fault::UnknownInstruction | Fault::UnterminatedHeredoc);
    let mut faults = document.problems().iter().filter(|problem| unclear(problem.fault));
    let first = faults.next()?;
    let more = match faults.count() {
        0 => String::new(),
        n => format!(", and {n} more like it"),
    };
    let line = document.line(first.span.start);
    let word = document.text(first.span).split_whitespace().next().unwrap_or_default();
    let meant = if first.fault == Fault::UnknownInstruction { meant(word) } else { String::new() };
    Some((line, format!("{}{meant}{more}", first.fault)))
}

/// The word, if it is one, and the instruction that it nearly is.
fn meant(word: &str) -> String {
    if word.is_empty() || word.len() > 16 || !word.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return String::new();
    }
    let capitals = word.to_ascii_uppercase();
    let near =
        Keyword::ALL.iter().map(|one| (strsim::damerau_levenshtein(&capitals, one.as_str()), one.as_str()));
    match near.min() {
        Some((slips, known)) if slips * 3 <= word.len() => format!(" {word} (did you mean {known}?)"),
        _ => format!(" {word}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_told_with_what_was_meant() {
        let said = |text: &str| of(&Document::parse(text)).map(|(line, said)| format!("{line}: {said}"));
        assert_eq!(
            said("FROM x\nRNU a\nCPOY b c\n").unwrap(),
            "2: unknown instruction RNU (did you mean RUN?), and 1 more like it"
        );
        assert_eq!(said("hello world\n").unwrap(), "1: unknown instruction hello");
        assert_eq!(said("FROM x\n"), None);
    }
}
