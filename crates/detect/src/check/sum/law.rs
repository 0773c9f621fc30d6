//! Laws for the tests of checks.

use std::ops::Range;

use proptest::prelude::*;
use proptest::string::bytes_regex;
use proptest::test_runner::{Config, TestRunner};

use crate::check::{Check, Outcome};

/// Joins parts to a token at run time, so that no token stands in the source.
pub(crate) fn token(parts: &[&str]) -> Vec<u8> {
    parts.concat().into_bytes()
}

/// The outcome of a token made of parts.
pub(crate) fn verify(check: &Check, parts: &[&str]) -> Outcome {
    (check.verify)(&token(parts))
}

/// Whatever matches the shape can be sealed, holds afterwards, and keeps its length.
pub(crate) fn a_sealed_token_holds(check: &Check, shape: &str) {
    each(shape, |mut token| {
        let length = token.len();
        prop_assert!((check.seal)(&mut token), "cannot seal");
        prop_assert_eq!((check.verify)(&token), Outcome::Holds);
        prop_assert_eq!(token.len(), length);
        let once = token.clone();
        prop_assert!((check.seal)(&mut token));
        prop_assert_eq!((check.verify)(&token), Outcome::Holds);
        prop_assert_eq!(once.len(), token.len());
        Ok(())
    });
}

/// A sealed token with one letter or digit changed at a place of `places` does not hold.
pub(crate) fn a_flipped_character_fails(check: &Check, shape: &str, places: Range<usize>) {
    each(shape, |mut token| {
        prop_assert!((check.seal)(&mut token), "cannot seal");
        for place in places.clone() {
            let mut other = token.clone();
            let Some(character) = other.get_mut(place) else { continue };
            if !character.is_ascii_alphanumeric() {
                continue;
            }
            *character = next(*character);
            prop_assert_ne!((check.verify)(&other), Outcome::Holds, "place {}", place);
        }
        Ok(())
    });
}

/// No input makes a check panic, and sealing says yes only where the result holds.
pub(crate) fn any_bytes_are_survived(check: &Check) {
    run(&proptest::collection::vec(any::<u8>(), 0..200), |mut bytes| survive(check, &mut bytes));
    each("[!-~ ]{0,120}", |mut bytes| survive(check, &mut bytes));
}

/// The same for texts that match a shape: what begins like a token.
pub(crate) fn any_shape_is_survived(check: &Check, shape: &str) {
    each(shape, |mut bytes| survive(check, &mut bytes));
}

fn survive(check: &Check, bytes: &mut [u8]) -> Result<(), TestCaseError> {
    let _ = (check.verify)(bytes);
    if (check.seal)(bytes) {
        prop_assert_eq!((check.verify)(bytes), Outcome::Holds);
    }
    Ok(())
}

fn each(shape: &str, law: impl Fn(Vec<u8>) -> Result<(), TestCaseError>) {
    run(&bytes_regex(shape).unwrap(), law);
}

fn run<S: Strategy>(inputs: &S, law: impl Fn(S::Value) -> Result<(), TestCaseError>) {
    let config = Config { cases: 64, failure_persistence: None, ..Config::default() };
    TestRunner::new(config).run(inputs, law).unwrap();
}

/// Another letter or digit of the same class.
fn next(character: u8) -> u8 {
    match character {
        b'9' => b'2',
        b'7' => b'2',
        b'z' => b'a',
        b'Z' => b'A',
        other => other + 1,
    }
}
