//! Pickles of Python, protocol 0 to 5: their texts, one a line, each with the name that a mapping or an object gives it:
//! `password="…"`. Nothing of a pickle is run.
//!
//! The opcodes are described in `Lib/pickletools.py` of Python.

mod opcode;
mod stack;

use std::io::Read;

use self::opcode::{Op, Ops};
use self::stack::Stack;
use super::seam::{Members, Stop, Unread, give, hold};
use super::{Decoder, HEAD, Holds};
use crate::Hint;

/// Pickles, one or several behind each other.
pub(crate) static DECODER: Decoder =
    Decoder { name: "pickle", claims, open, tool: None, holds: Holds::TextsOf("properties") };

/// As much of a pickle that does not say what it is has to be understood.
const SURE: usize = 3;
/// So much of it is enough.
const MANY: usize = 64;

/// Since protocol 2 a pickle begins with its number, which is too little to go by: what follows has to be understood too.
/// Before, it has no mark: of those, what a mapping, a list or an object begins with.
fn claims(head: &[u8], _: &Hint<'_>) -> bool {
    let told = match head {
        [0x80, 2 | 3, first, ..] => b"}](cXCKMJNUG)\x88\x89".contains(first),
        // Of so many bytes: more of them than fit into memory there are not.
        [0x80, 4 | 5, 0x95, frame @ ..] => frame.get(5..8) == Some(&[0, 0, 0]),
        _ => false,
    };
    let old = [
        &b"(dp"[..],
        b"(lp",
        b"}q\0(",
        b"]q\0(",
        b"ccopy_reg\n_reconstructor\n",
        b"ccopyreg\n_reconstructor\n",
    ];
    if !told && !old.iter().any(|start| head.starts_with(start)) {
        return false;
    }
    let mut ops = Ops::new(head);
    let known = ops.by_ref().take(MANY).count();
    // One that ends within the head, or goes on behind it, is understood as far as it is there.
    known >= SURE && (known == MANY || ops.is_ended() || ops.is_cut() && head.len() >= HEAD)
}

fn open(body: &mut dyn Read, members: &mut dyn Members) -> Result<(), Stop> {
    let file = hold(body, members)?;
    let mut stack = Stack::default();
    let mut ops = Ops::new(&file);
    for op in ops.by_ref() {
        stack.turn(op);
    }
    let (ended, cut) = (ops.is_ended(), ops.is_cut());
    give(members, "objects", &mut stack.lines().as_slice())?;
    match ended {
        true => Ok(()),
        false if cut => Err(Stop::Fault(Unread::Truncated, "it ends before its end".into())),
        false => Err(Stop::damaged("an opcode that is unknown")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::seam::law;

    /// `{"user": "app", "login": {"name": "x"}}`.
    const OLD: &[u8] = b"(dp0\nVuser\np1\nVapp\np2\nsVlogin\np3\n(dp4\nVname\np5\nVx\np6\nss.";
    const NEW: &[u8] =
        b"\x80\x04\x95\x23\0\0\0\0\0\0\0}\x94(\x8c\x04user\x94\x8c\x03app\x94\x8c\x05login\x94}\x94\x8c\x04name\x94\x8c\x01x\x94su.";

    #[test]
    fn texts_of_mappings_have_their_names() {
        let text = b"user=\"app\"\nlogin\nname=\"x\"\n";
        law::holds(&DECODER, NEW, &[("objects", text)]);
        law::holds(&DECODER, OLD, &[("objects", text)]);
        let binary = b"\x80\x02}q\0(X\x04\0\0\0userq\x01X\x03\0\0\0appq\x02X\x04\0\0\0moreq\x03h\x02u.";
        law::holds(&DECODER, binary, &[("objects", b"user=\"app\"\nmore\n")]);
    }

    #[test]
    fn the_state_of_an_object_is_told_by_its_names_and_a_list_by_its_texts() {
        let object = b"\x80\x03capp\nLogin\nq\0)\x81q\x01}q\x02(X\x06\0\0\0_tokenq\x03C\x03abcq\x04X\x04\0\0\0allsq\x05]q\x06(X\x01\0\0\0aq\x07X\x01\0\0\0bq\x08eub.";
        law::holds(&DECODER, object, &[("objects", b"_token=\"abc\"\nalls\na\nb\n")]);
    }

    #[test]
    fn bytes_that_an_old_protocol_writes_as_a_call_are_texts() {
        let file = b"\x80\x02}q\0X\x03\0\0\0keyq\x01c_codecs\nencode\nq\x02X\x03\0\0\0abcq\x03X\x06\0\0\0latin1q\x04\x86q\x05Rq\x06s.";
        law::holds(&DECODER, file, &[("objects", b"key=\"abc\"\nlatin1\n")]);
    }

    #[test]
    fn other_files_are_not_claimed() {
        for file in [&b"\x80\x02"[..], b"\x80\x02\x01\x03\0\0", b"(dpkg is a program)", b"text"] {
            assert!(!claims(file, &Hint::Text), "{}", file.escape_ascii());
        }
    }

    #[test]
    fn any_change_is_survived_and_a_cut_is_told() {
        for file in [OLD, NEW] {
            law::changes_are_survived(&DECODER, file);
        }
        assert_eq!(law::see(&DECODER, &NEW[..30]).unread.len(), 1);
        assert_eq!(law::see(&DECODER, b"\x80\x02}\xff.").unread.len(), 1);
    }
}
