//! What binary property lists give, and what hostile ones do not do.

use super::*;
use crate::decode::seam::law;
use crate::decode::{Limit, Limits, Unread};

/// A list of these objects, the first of which holds the others; numbers and places are one byte each.
fn list(objects: &[&[u8]]) -> Vec<u8> {
    let mut file = b"bplist00".to_vec();
    let mut places = Vec::new();
    for object in objects {
        places.push(u8::try_from(file.len()).unwrap());
        file.extend_from_slice(object);
    }
    let table = file.len();
    file.extend(&places);
    file.extend([0, 0, 0, 0, 0, 0, 1, 1]);
    for number in [places.len(), 0, table] {
        file.extend((number as u64).to_be_bytes());
    }
    file
}

fn text(text: &str) -> Vec<u8> {
    let length = u8::try_from(text.len()).unwrap();
    let mark = if length < 15 { vec![0x50 | length] } else { vec![0x5f, 0x10, length] };
    [mark, text.as_bytes().to_vec()].concat()
}

fn wide(text: &str) -> Vec<u8> {
    let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    [vec![0x60 | u8::try_from(units.len() / 2).unwrap()], units].concat()
}

/// `{"Login": "app", "Port": 993, "Args": ["-u", "a\"b"], "More": {"Höhle": "Füße\n"}, "Data": b"text"}`
fn settings() -> Vec<u8> {
    list(&[
        &[0xd5, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
        &text("Login"),
        &text("Port"),
        &text("Args"),
        &text("More"),
        &text("Data"),
        &text("app"),
        &[0x11, 3, 0xe1],
        &[0xa2, 11, 12],
        &[0xd1, 13, 14],
        b"\x44text",
        &text("-u"),
        &text("a\"b"),
        &wide("H\u{f6}hle"),
        &wide("F\u{fc}\u{df}e\n"),
    ])
}

/// What `NSKeyedArchiver` makes of `{"password": "otter"}`, with a text beside it that nothing names.
fn archive() -> Vec<u8> {
    list(&[
        &[0xd2, 1, 2, 3, 4],
        &text("$archiver"),
        &text("$objects"),
        &text("NSKeyedArchiver"),
        &[0xa5, 5, 6, 7, 8, 9],
        &text("$null"),
        &[0xd2, 10, 11, 12, 13],
        &text("password"),
        &text("otter"),
        &text("alone"),
        &text("NS.keys"),
        &text("NS.objects"),
        &[0xa1, 14],
        &[0xa1, 15],
        &[0x80, 2],
        &[0x80, 3],
    ])
}

#[test]
fn values_have_their_keys() {
    let told = "Login=\"app\"\nPort=\"993\"\nArgs=[\"-u\", \"a\\\"b\", ]\nMore\nData=\"text\"\nH\u{f6}hle=F\u{fc}\u{df}e\n\n";
    law::holds(&DECODER, &settings(), &[("objects", told.as_bytes())]);
}

#[test]
fn values_of_an_archive_are_at_their_places() {
    let told = "$archiver=\"NSKeyedArchiver\"\n$null\npassword\nalone\npassword=\"otter\"\n";
    let seen = law::see(&DECODER, &archive());
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<std::collections::BTreeSet<_>>();
    let all = String::from_utf8(seen.of("objects").to_vec()).unwrap();
    assert!(lines(&all).contains("password=\"otter\""), "{all}");
    assert!(
        lines(&all).is_subset(&lines(told).into_iter().chain(lines("NS.keys=[]\nNS.objects=[]")).collect()),
        "{all}"
    );
}

#[test]
fn a_text_alone_is_told() {
    law::holds(&DECODER, &list(&[&text("alone")]), &[("objects", b"alone\n")]);
}

#[test]
fn containers_in_it_are_opened_by_themselves() {
    let inner = list(&[&text("alone")]);
    let length = u8::try_from(inner.len()).unwrap();
    let outer = list(&[&[0xd1, 1, 2], &text("Data"), &[&[0x4f, 0x10, length][..], &inner].concat()]);
    law::holds(&DECODER, &outer, &[("objects", b""), ("data 2", &inner)]);
}

#[test]
fn any_change_is_survived_and_a_cut_is_told() {
    for file in [settings(), archive()] {
        law::changes_are_survived(&DECODER, &file);
        law::cuts_are_told(&DECODER, &file);
    }
}

#[test]
fn objects_in_each_other_are_told_and_cost_little() {
    // Each of the places is that of the one mapping, whose value is the one array, of which each item is the mapping.
    let count = 20_000_u32;
    let numbers: Vec<u8> = (0..count).flat_map(|_| 0_u32.to_be_bytes()).collect();
    let mut file = b"bplist00".to_vec();
    let map = file.len() as u64;
    file.extend([0xdf, 0x12]);
    file.extend(count.to_be_bytes());
    file.extend(&numbers);
    file.extend(&numbers);
    let table = file.len() as u64;
    (0..count).for_each(|_| file.extend(map.to_be_bytes()));
    file.extend([0, 0, 0, 0, 0, 0, 8, 4]);
    [u64::from(count), 0, table].iter().for_each(|number| file.extend(number.to_be_bytes()));
    let seen = law::see(&DECODER, &file);
    assert_eq!(seen.unread, [(String::new(), Unread::Damaged)]);
}

#[test]
fn a_text_that_is_said_again_and_again_hits_the_ratio() {
    let long = [&[0x5f, 0x11, 0x27, 0x10][..], &[b'x'; 10_000]].concat();
    let mut file = b"bplist00".to_vec();
    let mut places = Vec::new();
    let many = 5_000_u16;
    let map = [&[0xdf, 0x11][..], &many.to_be_bytes(), &[1_u8; 5_000], &[2_u8; 5_000]].concat();
    for object in [map, text("k"), long] {
        places.extend(u32::try_from(file.len()).unwrap().to_be_bytes());
        file.extend(object);
    }
    let table = file.len() as u64;
    file.extend(&places);
    file.extend([0, 0, 0, 0, 0, 0, 4, 1]);
    [3, 0, table].iter().for_each(|number: &u64| file.extend(number.to_be_bytes()));
    let low = Limits { ratio: 50, grace: 1 << 20, ..Limits::default() };
    let seen = law::within(&DECODER, &file, low);
    assert_eq!(seen.unread, [("objects".to_owned(), Unread::Limit(Limit::Ratio))]);
}
