//! Reads a form to both sides of an anchor, past line breaks and what stands around them: an indentation, a prefix of
//! every line, quotes, a sign that the line goes on.

use std::ops::Range;

/// What may stand before a line break: blanks, a quote, a comma, `\`, ` +`.
const TRAIL: usize = 8;
/// What may stand behind one: an indentation, `#12 0.345 `, the time of a log.
const LEAD: usize = 80;
/// So many letters of an escaped line break may look like letters of the form: `r`, `n`.
const ESCAPE: usize = 2;
/// So many bytes of a form show where it goes on.
const TELLING: usize = 4;

/// Where a form stands whose byte at `offset` stands at `at`.
pub(super) fn around(bytes: &[u8], at: usize, (form, offset): (&[u8], usize)) -> Option<Range<usize>> {
    let end = forward(bytes, at, form.get(offset..)?)?;
    let start = backward(bytes.get(..at)?, form.get(..offset)?)?;
    Some(start..end)
}

/// The end of a form that goes on from here.
fn forward(bytes: &[u8], mut at: usize, form: &[u8]) -> Option<usize> {
    let (mut rest, mut prefix) = (form, 0);
    loop {
        let same = same(bytes.get(at..)?, rest);
        (at, rest) = (at.checked_add(same)?, rest.get(same..)?);
        if rest.is_empty() {
            return Some(at);
        }
        let taken = form.len().checked_sub(rest.len())?;
        if taken.checked_sub(1).and_then(|last| form.get(last)) == Some(&b'\n') {
            // A line break of the form itself stands right before.
            at = lead(bytes, (at, &mut prefix), rest)?;
            continue;
        }
        if let Some(next) = past_joint(bytes, at).filter(|next| bytes.get(*next) == rest.first()) {
            at = next;
            continue;
        }
        // The mark of an escaped break may look like the form's next one: `\x41\n\x42`.
        (at, rest) = (0..=1.min(same)).find_map(|back| {
            let rest = form.get(taken.checked_sub(back)?..)?;
            let rest = rest.strip_prefix(b"\r\n").or_else(|| rest.strip_prefix(b"\n")).unwrap_or(rest);
            Some((past_break(bytes, (at.checked_sub(back)?, &mut prefix), rest)?, rest))
        })?;
    }
}

fn same(bytes: &[u8], form: &[u8]) -> usize {
    bytes.iter().zip(form).take_while(|(byte, wanted)| byte == wanted).count()
}

/// Blanks on each side of what joins two strings.
const GAP: usize = 4;
/// What joins strings besides blanks: of most languages, of PHP and Perl, Lua, Visual Basic, SQL, Erlang.
const JOINS: [&[u8]; 7] = [b"..", b"||", b"<>", b"++", b"+", b".", b"&"];

/// Where a string goes on in the next literal of the same line: behind `" "` and `" + "`.
fn past_joint(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = bytes.get(at..)?;
    let near = rest.get(..rest.len().min(4 * GAP))?;
    let (quote, behind) = closed(near)?;
    let between = behind.trim_ascii_start();
    let join = JOINS.iter().find_map(|join| between.strip_prefix(*join));
    // Without a sign, strings beside each other are one in C and in Python; a shell's are two.
    let opened = join.unwrap_or(between).trim_ascii_start();
    let (other, inside) = closed(opened)?;
    let joins = other == quote && (join.is_some() || quote == b'"' && behind.len() > between.len());
    let line = near.get(..near.len().checked_sub(inside.len())?)?;
    (joins && !line.contains(&b'\n')).then(|| at.checked_add(line.len())).flatten()
}

/// A quote, which may be escaped itself, and what stands behind it.
fn closed(bytes: &[u8]) -> Option<(u8, &[u8])> {
    let bytes = bytes.strip_prefix(b"\\").unwrap_or(bytes);
    let (quote, rest) = bytes.split_first()?;
    matches!(quote, b'"' | b'\'').then_some((*quote, rest))
}

/// What stands before the joint that ends here.
fn before_joint(bytes: &[u8]) -> Option<&[u8]> {
    if !matches!(bytes.last(), Some(b'"' | b'\'')) {
        return None;
    }
    let first = bytes.len().saturating_sub(4 * GAP);
    let ends = |start: &usize| past_joint(bytes, *start) == Some(bytes.len());
    // The escape of the first quote is a part of the joint.
    bytes.get(..(first..bytes.len()).find(ends)?)
}

/// Where the form goes on behind the next line break. An escaped one may stand before a real one: `\n" +`.
fn past_break(bytes: &[u8], (at, prefix): (usize, &mut usize), rest: &[u8]) -> Option<usize> {
    let near = bytes.get(at..)?;
    let near = near.get(..TRAIL.saturating_add(6)).unwrap_or(near);
    (0..=TRAIL).find_map(|skipped| {
        let length = break_length(near.get(skipped..)?)?;
        lead(bytes, (at.checked_add(skipped)?.checked_add(length)?, &mut *prefix), rest)
    })
}

/// How long a line break is: a real one, or one that is written as an escape, `\n` or `\\r\\n`.
fn break_length(bytes: &[u8]) -> Option<usize> {
    match bytes {
        [b'\r', b'\n', ..] => return Some(2),
        [b'\n' | b'\r', ..] => return Some(1),
        _ => {}
    }
    let one = |bytes: &[u8]| {
        let marks = bytes.iter().take(4).take_while(|byte| **byte == b'\\').count();
        let letter = bytes.get(marks).filter(|_| marks > 0)?;
        matches!(letter, b'n' | b'r').then_some((*letter, marks.saturating_add(1)))
    };
    match one(bytes)? {
        (b'r', length) => {
            let next = one(bytes.get(length..)?).filter(|(letter, _)| *letter == b'n');
            Some(length.saturating_add(next.map_or(0, |(_, length)| length)))
        }
        (_, length) => Some(length),
    }
}

/// Where the form goes on in this line: behind as much as in the line before, else where it can be seen. Of a few bytes
/// that stand in several places the last is taken, so that none of them is left when they are masked.
fn lead(bytes: &[u8], (at, prefix): (usize, &mut usize), rest: &[u8]) -> Option<usize> {
    let wanted = rest.get(..TELLING).unwrap_or(rest);
    let near = bytes.get(at..)?;
    let near = near.get(..LEAD.saturating_add(wanted.len())).unwrap_or(near);
    // What goes on after another line is another text.
    let near = memchr::memchr(b'\n', near).and_then(|end| near.get(..end)).unwrap_or(near);
    if !near.get(*prefix..).is_some_and(|near| near.starts_with(wanted)) {
        let mut places = memchr::memmem::find_iter(near, wanted);
        *prefix = if wanted.len() < TELLING { places.last() } else { places.next() }?;
    }
    at.checked_add(*prefix)
}

/// The start of a form that ends here.
fn backward(bytes: &[u8], form: &[u8]) -> Option<usize> {
    let (mut bytes, mut rest) = (bytes, form);
    loop {
        let same =
            bytes.iter().rev().zip(rest.iter().rev()).take_while(|(byte, wanted)| byte == wanted).count();
        if same == rest.len() {
            return bytes.len().checked_sub(same);
        }
        let joined = bytes.len().checked_sub(same).and_then(|end| before_joint(bytes.get(..end)?));
        let last = rest.len().checked_sub(same.saturating_add(1)).and_then(|last| rest.get(last));
        if let Some(before) = joined.filter(|before| before.last() == last) {
            (bytes, rest) = (before, rest.get(..rest.len().checked_sub(same)?)?);
            continue;
        }
        // The letter of an escaped break may look like the end of the line before: `…n\n`.
        (bytes, rest) = (0..=ESCAPE.min(same)).find_map(|back| {
            let taken = same.checked_sub(back)?;
            let bytes = bytes.get(..bytes.len().checked_sub(taken)?)?;
            line_before(bytes, rest.get(..rest.len().checked_sub(taken)?)?, form)
        })?;
    }
}

/// Where the form ends in the line before, and what of it is left.
fn line_before<'b, 'f>(bytes: &'b [u8], rest: &'f [u8], form: &[u8]) -> Option<(&'b [u8], &'f [u8])> {
    if form.get(rest.len()) == Some(&b'\n') {
        // A line break of the form itself stands right behind.
        return Some((trail(bytes, rest)?, rest));
    }
    let rest = rest.strip_suffix(b"\r\n").or_else(|| rest.strip_suffix(b"\n")).unwrap_or(rest);
    Some((before_break(bytes, rest)?, rest))
}

/// Up to where the form ends before the line break at the start of this line.
fn before_break<'b>(bytes: &'b [u8], rest: &[u8]) -> Option<&'b [u8]> {
    let first = bytes.len().saturating_sub(LEAD.saturating_add(6));
    let near = bytes.get(first..)?;
    let ends =
        |start: usize| near.get(start..).and_then(break_length).map(|length| start.saturating_add(length));
    let last = (0..near.len()).rev().find(|at| ends(*at).is_some())?;
    // It may be the second half of a longer one, or the mark before it may belong to the form.
    let starts = (last.saturating_sub(6)..=last).filter(|start| ends(*start).is_some_and(|end| end > last));
    starts.into_iter().find_map(|start| trail(bytes.get(..first.checked_add(start)?)?, rest))
}

/// Up to where the form ends in the line before.
fn trail<'b>(bytes: &'b [u8], rest: &[u8]) -> Option<&'b [u8]> {
    let wanted = rest.get(rest.len().saturating_sub(TELLING)..)?;
    if wanted.is_empty() {
        return Some(bytes);
    }
    let ends = (0..=TRAIL).filter_map(|skipped| bytes.get(..bytes.len().checked_sub(skipped)?));
    ends.into_iter().find(|bytes| bytes.ends_with(wanted))
}
