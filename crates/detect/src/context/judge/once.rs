//! What was asked of the text that is being read, so that it is not asked again at each of its names.
//!
//! Answers are known by the place of what was asked, and count as long as the scanner has the text in its hands: it says
//! so by [`reading`]. Of any other text everything is asked anew.
//!
//! What is written so that each of its names has all that follows as its value would take hours all the same. So a finder
//! may judge many times as many bytes as the text has, and no more: what is left then, the scanner tells.

use std::cell::RefCell;
use std::marker::PhantomData;
use std::ops::Range;

use super::value::Worth;

/// So many values are known at once: those of one name with its neighbours.
const VALUES: usize = 8;

/// Shorter values are judged sooner than remembered, in bytes.
const SHORT: usize = 8;

/// What it costs to judge a value, however short, in bytes.
const LEAST: usize = 32;
/// So many times its bytes a finder may judge of any text, and so many bytes more. Where settings stand close to each other
/// three times are usual.
const TIMES: usize = 32;
const ANYWAY: usize = 512 << 10;

/// What is known of the text that is being read.
struct Known {
    /// Where the text lies in memory; empty while none is read.
    text: Range<usize>,
    /// The line that was asked for last, within the text.
    line: Range<usize>,
    /// Marks with the place from which each was looked for, and where the next one stands.
    marks: Vec<(&'static [u8], usize, Option<usize>)>,
    /// Values by where they begin and end in memory.
    values: [Option<(Range<usize>, Worth)>; VALUES],
    /// Which value is forgotten next.
    oldest: usize,
    /// How many bytes may still be judged.
    left: usize,
    /// How many values were not judged for want of that.
    unjudged: usize,
}

thread_local! {
    static KNOWN: RefCell<Known> = const {
        RefCell::new(Known {
            text: 0..0,
            line: 0..0,
            marks: Vec::new(),
            values: [const { None }; VALUES],
            oldest: 0,
            left: 0,
            unjudged: 0,
        })
    };
}

/// The text is being read as long as this lives.
pub(crate) struct Reading<'b>(PhantomData<&'b [u8]>);

/// Begins to read a text: what is asked of it is remembered.
#[must_use]
pub(crate) fn reading(text: &[u8]) -> Reading<'_> {
    forget(place(text));
    Reading(PhantomData)
}

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        forget(0..0);
    }
}

fn forget(text: Range<usize>) {
    KNOWN.with_borrow_mut(|known| {
        known.text = text;
        known.line = 0..0;
        known.marks.clear();
        known.values = [const { None }; VALUES];
        known.left = allowed(known.text.len());
        known.unjudged = 0;
    });
}

fn allowed(length: usize) -> usize {
    length.saturating_mul(TIMES).saturating_add(ANYWAY)
}

impl Reading<'_> {
    /// Another finder begins.
    pub(crate) fn turn(&self) {
        KNOWN.with_borrow_mut(|known| known.left = allowed(known.text.len()));
    }

    /// How many values were not judged, because there was too much to judge.
    pub(crate) fn unjudged(&self) -> usize {
        KNOWN.with_borrow(|known| known.unjudged)
    }
}

/// Whether so many bytes may still be judged; if not, that is told with the text.
pub(crate) fn may_judge(bytes: usize) -> bool {
    KNOWN.with_borrow_mut(|known| {
        if known.text.is_empty() {
            return true;
        }
        let left = known.left.checked_sub(bytes.max(LEAST));
        match left {
            Some(left) => known.left = left,
            None => known.unjudged = known.unjudged.saturating_add(1),
        }
        left.is_some()
    })
}

fn place(bytes: &[u8]) -> Range<usize> {
    let start = bytes.as_ptr().addr();
    start..start.saturating_add(bytes.len())
}

/// Where the first such mark stands that begins at a place of the text or behind it.
pub(crate) fn next(text: &[u8], from: usize, mark: &'static [u8]) -> Option<usize> {
    let look = || memchr::memmem::find(text.get(from..)?, mark).map(|at| from.saturating_add(at));
    KNOWN.with_borrow_mut(|known| {
        if known.text != place(text) {
            return look();
        }
        let last = known.marks.iter_mut().find(|(known, ..)| *known == mark);
        if let Some((_, since, at)) = &last
            && *since <= from
            && at.is_none_or(|at| from <= at)
        {
            return *at;
        }
        let at = look();
        match last {
            Some(last) => *last = (mark, from, at),
            None => known.marks.push((mark, from, at)),
        }
        at
    })
}

/// Whether such a mark stands anywhere in the text.
pub(crate) fn stands_in(text: &[u8], mark: &'static [u8]) -> bool {
    // Asked from the start, so that it is one question wherever it is asked.
    next(text, 0, mark).is_some()
}

/// Where the line begins and ends in which a place lies.
pub(crate) fn line(text: &[u8], at: usize) -> Range<usize> {
    KNOWN.with_borrow_mut(|known| {
        let same = known.text == place(text);
        if same && known.line.start <= at && at <= known.line.end && !known.line.is_empty() {
            return known.line.clone();
        }
        let before = text.get(..at).unwrap_or_default();
        let start = memchr::memrchr(b'\n', before).map_or(0, |end| end.saturating_add(1));
        let rest = text.get(at..).unwrap_or_default();
        let end = memchr::memchr(b'\n', rest).map_or(text.len(), |length| at.saturating_add(length));
        if same {
            known.line = start..end;
        }
        start..end
    })
}

/// What a value is worth, judged once for each place. What may not be judged any more is worth nothing.
pub(super) fn worth(value: &[u8], judge: fn(&[u8]) -> Worth) -> Worth {
    let here = place(value);
    let told = KNOWN.with_borrow(|known| {
        let within = known.text.start <= here.start && here.end <= known.text.end;
        if !within || value.len() < SHORT {
            return Err(false);
        }
        let mut values = known.values.iter().flatten();
        values.find(|(value, _)| *value == here).map(|(_, worth)| *worth).ok_or(true)
    });
    match told {
        Ok(worth) => worth,
        Err(_) if !may_judge(value.len()) => Worth::Nothing,
        Err(false) => judge(value),
        Err(true) => {
            let worth = judge(value);
            KNOWN.with_borrow_mut(|known| {
                let oldest = known.oldest % VALUES;
                if let Some(slot) = known.values.get_mut(oldest) {
                    *slot = Some((here, worth));
                }
                known.oldest = oldest.wrapping_add(1);
            });
            worth
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_the_same_with_and_without_memory() {
        let text = b"one--two\nthree--four\n--";
        let ask = || {
            let places = 0..=text.len();
            places.map(|at| (next(text, at, b"--"), next(text, at, b"x"), line(text, at))).collect::<Vec<_>>()
        };
        let without = ask();
        let reading = reading(text);
        assert_eq!(ask(), without);
        assert_eq!(ask(), without, "asked from the start again");
        drop(reading);
        assert!(KNOWN.with_borrow(|known| known.text.is_empty()));
    }

    #[test]
    fn what_is_too_much_to_judge_is_told() {
        let text = vec![b'a'; 100];
        assert!(may_judge(usize::MAX), "no text is read");
        let reading = reading(&text);
        let all = allowed(text.len());
        assert!(may_judge(all - LEAST) && may_judge(1) && !may_judge(1));
        assert_eq!(worth(&text, |_| Worth::Strong), Worth::Nothing);
        assert_eq!(reading.unjudged(), 2);
        reading.turn();
        assert_eq!(worth(&text, |_| Worth::Strong), Worth::Strong);
        assert_eq!(reading.unjudged(), 2, "it is told whatever comes behind");
    }

    #[test]
    fn a_value_is_judged_once_while_its_text_is_read() {
        thread_local! { static ASKED: RefCell<usize> = const { RefCell::new(0) }; }
        let judge = |_: &[u8]| {
            ASKED.with_borrow_mut(|asked| *asked += 1);
            Worth::Weak
        };
        let asked = || ASKED.with_borrow(|asked| *asked);
        let (text, other) = ([b'a'; 200], [b'a'; 200]);
        let reading = reading(&text);
        for _ in 0..3 {
            worth(&text[10..100], judge);
            worth(&text[10..101], judge);
        }
        assert_eq!(asked(), 2);
        for _ in 0..3 {
            worth(&other[10..100], judge);
        }
        assert_eq!(asked(), 5, "of another text nothing is remembered");
        drop(reading);
        worth(&text[10..100], judge);
        assert_eq!(asked(), 6);
    }
}
