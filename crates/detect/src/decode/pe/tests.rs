//! Programs, and assemblies that are laid out here as a compiler does.

use super::*;
use crate::decode::seam::law;

fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn program() -> Vec<u8> {
    let mut file = b"MZ".to_vec();
    file.resize(0x3c, 0);
    file.extend([0x40, 0, 0, 0]);
    file.extend(b"PE\0\0narrow text\x01");
    file.extend(wide("first string"));
    file.extend([1, 2, 3]);
    file.extend(wide("short"));
    file.extend([0, 0]);
    file.extend(wide("Server=db;Name=x"));
    file
}

#[test]
fn wide_strings_are_lines_wherever_they_begin() {
    law::holds(&DECODER, &program(), &[("utf-16 strings", b"first string\nServer=db;Name=x\n")]);
}

#[test]
fn any_change_is_survived() {
    law::changes_are_survived(&DECODER, &program());
}

/// A heap of the metadata.
#[derive(Default)]
struct Heap(Vec<u8>);

impl Heap {
    /// Adds something; where it lies.
    fn add(&mut self, bytes: &[u8]) -> u16 {
        if self.0.is_empty() {
            self.0.push(0);
        }
        let at = u16::try_from(self.0.len()).unwrap();
        self.0.extend(bytes);
        at
    }

    fn name(&mut self, name: &str) -> u16 {
        self.add(&[name.as_bytes(), b"\0"].concat())
    }

    fn sized(&mut self, bytes: &[u8]) -> u16 {
        self.add(&[&[u8::try_from(bytes.len()).unwrap()], bytes].concat())
    }

    /// A string of the code, as an instruction names it.
    fn text(&mut self, text: &str) -> [u8; 4] {
        let [low, high] = self.sized(&[&wide(text)[..], b"\0"].concat()).to_le_bytes();
        [low, high, 0, 0x70]
    }
}

fn row(numbers: &[u16]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

fn long(number: usize) -> [u8; 4] {
    u32::try_from(number).unwrap().to_le_bytes()
}

/// Tables by their numbers and the rows of each.
fn tables(tables: &[(usize, &[Vec<u8>])]) -> Vec<u8> {
    let valid = tables.iter().fold(0_u64, |valid, (number, _)| valid | 1 << number);
    let counts = tables.iter().flat_map(|(_, rows)| long(rows.len()));
    let mut stream = vec![0, 0, 0, 0, 2, 0, 0, 1];
    stream.extend([valid, 0].iter().flat_map(|bits| bits.to_le_bytes()));
    stream.extend(counts);
    stream.extend(tables.iter().flat_map(|(_, rows)| rows.concat()));
    stream
}

/// The address of the first section, where it lies in the file, and where its first method does behind the header for the runtime.
const ADDRESS: usize = 0x2000;
const PLACE: usize = 0x200;
const METHODS: usize = 72;

/// An assembly of these methods and streams.
fn assembly(methods: &[u8], streams: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut header = [&b"BSJB\x01\0\x01\0\0\0\0\0\x04\0\0\0v4\0\0\0\0"[..], &row(&[4])].concat();
    assert_eq!(streams.len(), 4);
    let names = streams.iter().map(|(name, _)| 8 + ((name.len() + 4) & !3)).sum::<usize>();
    let (mut at, mut bodies) = (header.len() + names, Vec::new());
    for (name, body) in streams {
        header.extend(
            [&long(at)[..], &long(body.len()), name.as_bytes(), &vec![0; 4 - name.len() % 4]].concat(),
        );
        bodies.extend(body);
        at += body.len();
    }
    let mut runtime = vec![0; METHODS];
    runtime[8..12].copy_from_slice(&long(ADDRESS + METHODS + methods.len()));
    let section = [&runtime, methods, &header, &bodies].concat();
    let mut file = vec![0; PLACE];
    file[..2].copy_from_slice(b"MZ");
    file[0x3c] = 0x80;
    file[0x80..0x98].copy_from_slice(b"PE\0\0\x4c\x01\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\xe0\0\x02\x21");
    let optional = 0x98;
    let mut write = |at: usize, bytes: &[u8]| file[at..at + bytes.len()].copy_from_slice(bytes);
    write(optional, b"\x0b\x01");
    write(optional + 92, &long(16));
    write(optional + 208, &long(ADDRESS));
    write(optional + 0xe0 + 12, &long(ADDRESS));
    write(optional + 0xe0 + 16, &long(section.len()));
    write(optional + 0xe0 + 20, &long(PLACE));
    [file, section].concat()
}

/// The methods of the class below, and their addresses.
fn methods_of_login(texts: &mut Heap) -> (Vec<u8>, Vec<u16>) {
    let mut code = Vec::new();
    let one = texts.text("one");
    // this.Key = "one"; this.<Token>k__BackingField = "two" by way of a variable
    let made = [
        &[0x02, 0x72][..],
        &one,
        &[0x7d, 2, 0, 0, 4, 0x72],
        &texts.text("two"),
        &[0x0a, 0x02, 0x06, 0x7d, 3, 0, 0, 4, 0x2a],
    ]
    .concat();
    let property = [&[0x72][..], &texts.text("three"), &[0x2a]].concat();
    // x.Secret = "four"; new Login("five", 5); Other.Add("six", "one"), which gives something back; a switch
    let called = [
        &[0x02, 0x72][..],
        &texts.text("four"),
        &[0x6f, 1, 0, 0, 10, 0x72],
        &texts.text("five"),
        &[0x1b, 0x73, 1, 0, 0, 6, 0x26, 0x72],
        &texts.text("six"),
        &[0x72],
        &one,
        &[0x28, 2, 0, 0, 10, 0x26],
        &[0x06, 0x45, 1, 0, 0, 0, 0x72, 0x72, 0x72, 0x72, 0x2a],
    ]
    .concat();
    let mut addresses = Vec::new();
    for body in [&made, &property, &called] {
        addresses.push(u16::try_from(ADDRESS + METHODS + code.len()).unwrap());
        // The second form of a header has room for longer methods.
        if body.len() < 40 {
            code.push(u8::try_from(body.len() << 2 | 2).unwrap());
        } else {
            code.extend([&b"\x03\x30\x08\0"[..], &long(body.len()), &[0; 4]].concat());
        }
        code.extend(body);
    }
    (code, addresses)
}

/// A class with three fields, a constructor, a property and a method, and one method of another class.
fn login() -> Vec<u8> {
    let [mut names, mut texts, mut blobs] = [const { Heap(Vec::new()) }; 3];
    let mut name = |name: &str| names.name(name);
    let (code, addresses) = methods_of_login(&mut texts);
    let [takes, gives, adds] = [&[0x20, 2, 1, 0x0e, 0x08][..], &[0x20, 0, 0x0e], &[0, 2, 0x02, 0x0e, 0x0e]]
        .map(|kind| blobs.sized(kind));
    let sets = blobs.sized(&[0x20, 1, 0x1f, 0x05, 1, 0x0e]);
    let constant = blobs.sized(&wide("k\u{e4}se"));
    let types = [row(&[0, 0, name("Login"), 0, 0, 1, 1])];
    let other = [row(&[0, name("Other`1"), 0])];
    let fields = ["ApiKey", "Key", "<Token>k__BackingField"].map(|field| row(&[0, name(field), 0]));
    let kinds = [(".ctor", takes), ("get_Url", gives), ("Main", gives)];
    let method =
        |((method, kind), address): (&(&str, u16), u16)| row(&[address, 0, 0, 0, name(method), *kind, 1]);
    let methods: Vec<_> = kinds.iter().zip(addresses).map(method).collect();
    let parameters = [row(&[0, 1, name("port")])];
    // Of the class with number one in the other table; the class of a type with parameters.
    let members = [row(&[1 << 3 | 1, name("set_Secret"), sets]), row(&[1 << 3 | 4, name("Add"), adds])];
    let constants =
        [row(&[0x0e, 1 << 2, constant]), row(&[0x0e, 1 << 2 | 1, constant]), row(&[0x08, 2 << 2, constant])];
    let generic = [row(&[blobs.sized(&[0x15, 0x12, 1 << 2 | 1, 1, 0x0e])])];
    let tables = tables(&[
        (1, &other),
        (2, &types),
        (4, &fields),
        (6, &methods),
        (8, &parameters),
        (10, &members),
        (11, &constants),
        (27, &generic),
    ]);
    assembly(&code, &[("#~", tables), ("#Strings", names.0), ("#US", texts.0), ("#Blob", blobs.0)])
}

#[test]
fn an_assembly_says_what_its_strings_are() {
    let seen = law::see(&DECODER, &login());
    let told = String::from_utf8_lossy(seen.of(".cs"));
    let lines = [
        "ApiKey = \"k\u{e4}se\";",
        "port = \"k\u{e4}se\";",
        "Key = \"one\";",
        "Token = \"two\";",
        "Url = \"three\";",
        "Secret = \"four\";",
        "new Login(\"five\", x);",
        "Other.Add(\"six\", \"one\");",
    ];
    assert_eq!(told.lines().collect::<Vec<_>>(), lines);
    assert_eq!(seen.unread, []);
    assert_eq!(source_of("lib.zip!/bin/Shop.Tests.dll"), "Shop.Tests.cs");
}

#[test]
fn any_change_of_an_assembly_is_survived() {
    law::changes_are_survived(&DECODER, &login());
}

#[test]
fn an_assembly_too_large_to_hold_has_its_strings() {
    let low = crate::decode::Limits { held: 100, ..Default::default() };
    let file = [login(), vec![1, 2, 3], wide("a longer string")].concat();
    let seen = law::within(&DECODER, &file, low);
    assert_eq!(seen.members.len(), 1);
    assert!(seen.of("utf-16 strings").ends_with(b"a longer string\n"));
}

#[test]
fn what_is_told_over_and_over_ends() {
    // Every constant is the same long text.
    let (mut names, mut blobs) = (Heap::default(), Heap::default());
    let (name, text) = (names.name("Key"), blobs.add(&[&[0x81, 0x90][..], &wide(&"x".repeat(200))].concat()));
    let constants = vec![row(&[0x0e, 1 << 2, text]); 5_000];
    let tables = tables(&[(4, &[row(&[0, name, 0])]), (11, &constants)]);
    let file =
        assembly(&[], &[("#~", tables), ("#Strings", names.0), ("#US", Vec::new()), ("#Blob", blobs.0)]);
    let told = law::see(&DECODER, &file).of(".cs").len();
    assert!(told > 1_000 && told < file.len() + 300, "{told} of {}", file.len());
}
