//! A header in each form of the database, and damage.

use super::super::Sum;
use super::*;

/// A header with two files: `/etc/app.conf` with a checksum, and a directory.
fn header(algorithm: Option<u32>, digest: &str) -> Vec<u8> {
    let mut store = Vec::new();
    let mut index = Vec::new();
    let mut put = |tag: u32, kind: u32, count: u32, value: &[u8]| {
        index.extend([tag, kind, u32::try_from(store.len()).unwrap(), count].map(u32::to_be_bytes).concat());
        store.extend_from_slice(value);
    };
    put(1000, 6, 1, b"app\0");
    put(1035, 8, 2, format!("\0{digest}\0").as_bytes());
    put(1116, 4, 2, &[0_u32, 1].map(u32::to_be_bytes).concat());
    put(1117, 8, 2, b"etc\0app.conf\0");
    put(1118, 8, 2, b"/\0/etc/\0");
    if let Some(algorithm) = algorithm {
        put(5011, 4, 1, &algorithm.to_be_bytes());
    }
    let lines = u32::try_from(index.len() / 16).unwrap();
    let length = u32::try_from(store.len()).unwrap();
    [[lines, length].map(u32::to_be_bytes).concat(), index, store].concat()
}

fn seen(path: &str, file: &[u8]) -> Vec<(String, Sum)> {
    let mut seen = Vec::new();
    assert!(claims(path.as_bytes()), "{path}");
    read(path.as_bytes(), file, &mut |path, sum| {
        seen.push((String::from_utf8_lossy(path).into_owned(), sum))
    });
    seen
}

fn ndb(header: &[u8]) -> Vec<u8> {
    let numbers = |numbers: [usize; 3]| numbers.map(|n| u32::try_from(n).unwrap().to_le_bytes()).concat();
    let mut file = [b"RpmP", &numbers([0, 1, 1])[..], &[0; 16]].concat();
    file.extend([b"Slot", &numbers([7, 256, 1])[..]].concat());
    file.resize(4096, 0);
    file.extend([b"BlbS", &numbers([7, 1, header.len()])[..], header].concat());
    file
}

/// Pages of 512 bytes: what the file is, a bucket with a key and where its value is, and the value.
fn bdb(header: &[u8], low_first: bool) -> Vec<u8> {
    let long = |n: usize| {
        let n = u32::try_from(n).unwrap();
        if low_first { n.to_le_bytes() } else { n.to_be_bytes() }
    };
    let short = |n: usize| {
        let n = u16::try_from(n).unwrap();
        if low_first { n.to_le_bytes() } else { n.to_be_bytes() }
    };
    let page = |next: usize, count: usize, used: usize, kind: u8, content: &[u8]| {
        let mut page = [&[0; 16][..], &long(next), &short(count), &short(used), &[0, kind], content].concat();
        page.resize(512, 0);
        page
    };
    let mut first = [&[0; 12][..], &long(0x0006_1561), &long(9), &long(512)].concat();
    first.resize(512, 0);
    let mut bucket = page(0, 2, 0, 13, &[short(500), short(480)].concat());
    bucket[480..492].copy_from_slice(&[&[3, 0, 0, 0], &long(2)[..], &long(header.len())].concat());
    let parts: Vec<&[u8]> = header.chunks(486).collect();
    let last = parts.len();
    let values = parts
        .iter()
        .enumerate()
        .map(|(n, part)| page(if n + 1 == last { 0 } else { n + 3 }, 1, part.len(), 7, part));
    [first, bucket].into_iter().chain(values).flatten().collect()
}

#[test]
fn files_stand_in_every_form_of_the_database() {
    let header = header(Some(8), &"0a".repeat(32));
    let wanted = [("etc/app.conf".to_owned(), Sum::Sha256([10; 32]))];
    assert_eq!(seen("usr/lib/sysimage/rpm/Packages.db", &ndb(&header)), wanted);
    let long = [&header[..], &[0; 900]].concat();
    for low_first in [true, false] {
        assert_eq!(seen("var/lib/rpm/Packages", &bdb(&header, low_first)), wanted);
        assert_eq!(seen("var/lib/rpm/Packages", &bdb(&long, low_first)), wanted);
    }
}

#[test]
fn checksums_are_of_the_kind_that_the_package_says() {
    for (algorithm, digits, sum) in [
        (None, 32, Some(Sum::Md5([10; 16]))),
        (Some(1), 32, Some(Sum::Md5([10; 16]))),
        (Some(2), 40, Some(Sum::Sha1([10; 20]))),
        (Some(8), 40, None),
        (Some(10), 128, None),
    ] {
        let header = header(algorithm, &"0a".repeat(digits / 2));
        let mut found = Vec::new();
        header::files(&header, &mut |_, sum| found.push(sum));
        assert_eq!(found, Vec::from_iter(sum), "{algorithm:?}");
    }
}

#[test]
fn damage_is_survived() {
    let header = header(Some(8), &"0a".repeat(32));
    for (path, file) in [
        ("rpm/Packages.db", ndb(&header)),
        ("rpm/Packages", bdb(&header, true)),
        ("rpm/rpmdb.sqlite", header),
    ] {
        for at in 0..file.len() {
            for byte in [0, 1, 0x7f, 0xff] {
                let mut changed = file.clone();
                changed[at] = byte;
                seen(path, &changed);
            }
            seen(path, &file[..at]);
        }
    }
}
