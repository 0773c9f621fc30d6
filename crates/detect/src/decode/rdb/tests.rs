//! Dumps of Redis, written by hand as the format has them.

use super::*;
use crate::decode::seam::law;

fn string(text: &str) -> Vec<u8> {
    [&[u8::try_from(text.len()).unwrap()], text.as_bytes()].concat()
}

fn dump(records: &[Vec<u8>]) -> Vec<u8> {
    [b"REDIS0011\xfe\0\xfb\x02\0", &records.concat()[..], &[0xff], &[0; 8]].concat()
}

#[test]
fn a_key_and_its_value_are_a_line() {
    let records = [
        [&[0xfa], &string("redis-ver")[..], &string("7.2.5")].concat(),
        [&[0], &string("cfg:mail")[..], &string("on")].concat(),
        // With an end, as a number, and packed.
        [&[0xfc, 1, 2, 3, 4, 5, 6, 7, 8, 0], &string("n")[..], &[0xc1, 0x2c, 1]].concat(),
        [&[0], &string("p")[..], b"\xc3\x05\x0a\x00a\xe0\x00\x00"].concat(),
    ];
    let text = b"redis-ver=7.2.5\ncfg:mail=on\nn=300\np=aaaaaaaaaa\n";
    law::holds(&DECODER, &dump(&records), &[("keys", text)]);
}

#[test]
fn collections_are_told_by_their_fields_and_elements() {
    let records = [
        [&[4], &string("h")[..], &[1], &string("user"), &string("app")].concat(),
        [&[2], &string("s")[..], &[2], &string("x"), &string("y")].concat(),
        [&[16], &string("l")[..], &[14], &[0; 6], b"\x81a\x02\x82bc\x03\xff"].concat(),
        [&[18], &string("q")[..], &[1, 1], &string("node")].concat(),
        [&[3], &string("z")[..], &[1], &string("m"), &[1, b'1']].concat(),
    ];
    let text = b"h\nuser=app\ns\nx\ny\nl\na=bc\nq=node\nz=m\n";
    law::holds(&DECODER, &dump(&records), &[("keys", text)]);
}

#[test]
fn entries_of_streams_have_their_names() {
    let list = b"\0\0\0\0\0\0\x02\x01\0\x01\x01\x01\x82to\x03\0\x01\x02\x01\0\x01\0\x01\x81b\x02\x04\x01\xff";
    let record = [&[15], &string("st")[..], &[1, 1, b'i'], &[30], list, &[1, 0, 0, 0]].concat();
    assert_eq!(list.len(), 30);
    law::holds(&DECODER, &dump(&[record]), &[("keys", b"st\nto=b\n")]);
}

#[test]
fn commands_behind_a_dump_are_a_member() {
    let file = [&dump(&[])[..], b"*1\r\n$4\r\nPING\r\n"].concat();
    law::holds(&DECODER, &file, &[("keys", b""), ("commands", b"*1\r\n$4\r\nPING\r\n")]);
}

#[test]
fn any_change_is_survived_and_a_cut_is_told() {
    let file = dump(&[[&[4], &string("h")[..], &[1], &string("user"), &string("app")].concat()]);
    law::changes_are_survived(&DECODER, &file);
    law::cuts_are_told(&DECODER, &file);
    assert_eq!(law::see(&DECODER, &file[..20]).unread.len(), 1);
}
