//! Laws about odd texts: whatever is written in them, twice the text takes twice the time and not four times.

use std::time::{Duration, Instant};

use super::{Kept, sample_rules, scan};
use crate::candidate::Rank;
use crate::context::judge::once::reading;
use crate::{FINDERS, Finder, Hint, Scanner, ScannerOptions, Text};

/// What may stand between two names of secrets, or behind the word that calls a finder.
const BETWEEN: &[&str] = &[
    "", " ", "\n", "=", "=.", "=\"", "='", ":", ": \"", "(", "{", "<", ">", ",", "\t", ".", "/", "|", "$",
    "]",
];

/// Bytes of the shorter text: longer than what most finders look at around a word.
const SHORT: usize = 6 << 10;
/// Whoever is done sooner with the longer text is not asked again, on a machine that is busy with other things too.
const SOON: Duration = Duration::from_millis(100);

/// A word of a finder again and again.
struct Odd {
    finder: &'static Finder,
    path: &'static str,
    unit: String,
}

impl Odd {
    /// The best of so many times that the finder took for so many bytes.
    fn time(&self, length: usize, times: usize) -> Duration {
        let bytes: Vec<u8> = self.unit.bytes().cycle().take(length).collect();
        let lower = bytes.to_ascii_lowercase();
        let places = |word: &&str| memchr::memmem::find_iter(&lower, *word).collect::<Vec<_>>();
        let mut at: Vec<usize> = self.finder.keywords.iter().flat_map(places).collect();
        at.sort_unstable();
        at.dedup();
        let hint = if self.path.is_empty() { Hint::Text } else { Hint::File(self.path.as_bytes()) };
        let text = Text { bytes: &bytes, hint, binary: false, at: &at };
        let once = || {
            let start = Instant::now();
            let _reading = reading(&bytes);
            (self.finder.find)(&text, &mut |_| {});
            start.elapsed()
        };
        (0..times).map(|_| once()).min().unwrap_or_default()
    }
}

/// Which words of a finder with which ways to write between them.
#[derive(Clone, Copy)]
enum Of {
    /// Two, other ones from finder to finder.
    Two,
    /// Each with each.
    All,
}

fn odd_texts(of: Of) -> Vec<Odd> {
    let mut texts = Vec::new();
    for (turn, finder) in FINDERS.iter().flat_map(|room| room.iter()).enumerate() {
        let words = if finder.keywords.is_empty() { &["password"] } else { finder.keywords };
        let paths: Vec<&str> = finder.hits.iter().map(|hit| hit.path).collect();
        let ways = words.len() * BETWEEN.len();
        let numbers = match of {
            Of::Two => vec![turn * 37 % ways, (turn * 37 + ways / 2 + 1) % ways],
            Of::All => (0..ways).collect(),
        };
        for number in numbers {
            let (word, between) = (words[number / BETWEEN.len()], BETWEEN[number % BETWEEN.len()]);
            let path = paths.get((number + turn) % paths.len().max(1)).copied().unwrap_or_default();
            texts.push(Odd { finder, path, unit: format!("{word}{between}") });
        }
    }
    texts
}

/// Whether four times the text takes more than eight times as long, in the best of so many times.
fn grows(odd: &Odd, times: usize) -> Option<String> {
    let (short, long) = (odd.time(SHORT, times), odd.time(SHORT * 4, times));
    let said = || format!("{} {:?} {:?}: {short:?}, {long:?}", odd.finder.id, odd.path, odd.unit);
    (long > SOON && long > short * 8).then(said)
}

/// Those that may grow, on a machine that does other things at the same time.
fn growing(texts: &[Odd]) -> Vec<&Odd> {
    texts.iter().filter(|odd| odd.time(SHORT * 4, 1) > SOON && grows(odd, 2).is_some()).collect()
}

#[test]
fn four_times_the_text_takes_four_times_as_long() {
    let texts = odd_texts(Of::Two);
    let halves = texts.split_at(texts.len() / 2);
    let suspects = std::thread::scope(|scope| {
        let other = scope.spawn(|| growing(halves.1));
        let mut suspects = growing(halves.0);
        suspects.extend(other.join().unwrap());
        suspects
    });
    let grown: Vec<String> = suspects.into_iter().filter_map(|odd| grows(odd, 8)).collect();
    assert!(grown.is_empty(), "{} grow:\n{}", grown.len(), grown.join("\n"));
}

#[test]
fn what_was_too_much_to_judge_is_a_gap() {
    let finders =
        vec![(FINDERS[2].iter().copied().find(|one| one.id == "http-header").unwrap(), Rank::Context)];
    let scanner = Scanner::with(&sample_rules(), finders, ScannerOptions::default()).unwrap();
    let gaps = |text: &str| {
        let whole = scan(&scanner, Hint::Text, text.as_bytes());
        let mut streamed = Kept::default();
        scanner.stream(Hint::Text, &mut text.as_bytes(), &mut streamed).unwrap();
        assert_eq!(whole, streamed);
        whole.gaps.len()
    };
    assert_eq!(gaps("x-api-key: a\n"), 0);
    assert_eq!(gaps(&"x-api-key: a\n".repeat(2000)), 0);
    assert_eq!(gaps(&"x-api-key=.".repeat(2000)), 1);
}

#[test]
#[ignore = "all words of all finders take minutes"]
fn all_of_four_times_the_text_takes_four_times_as_long() {
    let texts = odd_texts(Of::All);
    let grown: Vec<String> = growing(&texts).into_iter().filter_map(|odd| grows(odd, 8)).collect();
    assert!(grown.is_empty(), "{} grow:\n{}", grown.len(), grown.join("\n"));
}
