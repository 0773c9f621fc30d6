//! gzip (RFC 1952): all its parts as one stream, and what follows them.

use std::cell::Cell;
use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::GzDecoder;

use super::seam::{Counted, Ending, Members, Stop, give, unpack};
use super::{Decoder, Holds};
use crate::Hint;

/// gzip: logs, `.tgz`, man pages.
pub(crate) static DECODER: Decoder =
    Decoder { name: "gzip", claims, open, tool: Some("gzip -dc"), holds: Holds::Files };

const MAGIC: &[u8] = &[0x1f, 0x8b, 8];

fn claims(head: &[u8], _: &Hint<'_>) -> bool {
    head.starts_with(MAGIC)
}

fn open(body: &mut dyn Read, members: &mut dyn Members) -> Result<(), Stop> {
    let taken = Cell::new(0);
    let mut parts =
        Parts { state: State::Between(BufReader::with_capacity(64 << 10, Counted::new(body, &taken))) };
    if unpack(members, "", &mut parts, &taken)? == Ending::Broken {
        return Ok(());
    }
    match parts.state {
        State::After(mut rest) => give(members, "after the end", &mut rest).map(drop),
        State::Between(_) | State::Inside(_) | State::Gone => Ok(()),
    }
}

/// The parts of a file one after the other: logs are appended to, and parallel compressors write many.
struct Parts<R: Read> {
    state: State<BufReader<R>>,
}

enum State<R> {
    /// Before a part, or at the end.
    Between(R),
    /// In a part.
    Inside(Box<GzDecoder<R>>),
    /// Behind the last part stands something else.
    After(R),
    /// A part could not be begun.
    Gone,
}

impl<R: Read> Read for Parts<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            match std::mem::replace(&mut self.state, State::Gone) {
                State::Between(mut rest) => self.state = next(&mut rest)?.of(rest),
                State::Inside(mut part) => {
                    let count = part.read(buffer)?;
                    if count > 0 {
                        self.state = State::Inside(part);
                        return Ok(count);
                    }
                    self.state = State::Between(part.into_inner());
                }
                State::After(rest) => {
                    self.state = State::After(rest);
                    return Ok(0);
                }
                State::Gone => return Ok(0),
            }
        }
    }
}

enum Next {
    Part,
    End,
    Other,
}

impl Next {
    fn of<R: BufRead>(self, rest: R) -> State<R> {
        match self {
            Self::Part => State::Inside(Box::new(GzDecoder::new(rest))),
            Self::End => State::Gone,
            Self::Other => State::After(rest),
        }
    }
}

/// Looks at what follows, past the zeros with which tapes are padded.
fn next(rest: &mut dyn BufRead) -> io::Result<Next> {
    loop {
        let ahead = rest.fill_buf()?;
        let zeros = ahead.iter().take_while(|byte| **byte == 0).count();
        let next = match ahead.get(zeros) {
            Some(0x1f) => Some(Next::Part),
            Some(_) => Some(Next::Other),
            None if ahead.is_empty() => Some(Next::End),
            None => None,
        };
        rest.consume(zeros);
        if let Some(next) = next {
            return Ok(next);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::decode::seam::law;

    fn gzip(plain: &[u8]) -> Vec<u8> {
        let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        writer.write_all(plain).unwrap();
        writer.finish().unwrap()
    }

    #[test]
    fn all_parts_of_a_file_are_one_stream() {
        let file = [gzip(b"first line\n"), vec![0; 300], gzip(b"second line\n")].concat();
        law::holds(&DECODER, &file, &[("", b"first line\nsecond line\n")]);
    }

    #[test]
    fn what_follows_the_end_is_a_member() {
        let file = [gzip(b"content"), b"appended later".to_vec()].concat();
        law::holds(&DECODER, &file, &[("", b"content"), ("after the end", b"appended later")]);
    }

    #[test]
    fn a_bomb_hits_the_ratio() {
        law::bomb_is_stopped(&DECODER, &gzip(&vec![0; 8 << 20]));
    }

    #[test]
    fn damage_is_told_after_what_was_good() {
        let mut file = gzip(b"all of it is there");
        let crc = file.len() - 8;
        file[crc] ^= 1;
        let seen = law::see(&DECODER, &file);
        assert_eq!(seen.members, [(String::new(), b"all of it is there".to_vec())]);
        assert_eq!(seen.unread, [(String::new(), super::super::Unread::Damaged)]);
    }

    #[test]
    fn any_cut_is_survived_and_told() {
        law::cuts_are_told(&DECODER, &gzip(b"some content that is compressed"));
    }
}
