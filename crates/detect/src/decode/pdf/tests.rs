//! Documents that are written here, as their producers do.

use std::io::Write;

use super::value::{Value, Values};
use super::*;
use crate::decode::seam::law;

fn deflated(plain: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    writer.write_all(plain).unwrap();
    writer.finish().unwrap()
}

/// A stream with what its map says beside its length.
fn stream(map: &str, content: &[u8]) -> Vec<u8> {
    let head = format!("<< {map} /Length {} >>\nstream\n", content.len());
    [head.as_bytes(), content, b"\nendstream"].concat()
}

fn packed(map: &str, content: &str) -> Vec<u8> {
    stream(&format!("/Filter /FlateDecode {map}"), &deflated(content.as_bytes()))
}

/// Objects one behind the other, counted from one.
fn document(objects: &[Vec<u8>]) -> Vec<u8> {
    let object = |(number, body): (usize, &Vec<u8>)| {
        [format!("{number} 0 obj\n").as_bytes(), body, b"\nendobj\n"].concat()
    };
    [b"%PDF-1.7\n".to_vec(), (1..).zip(objects).flat_map(object).collect()].concat()
}

fn plain(text: &str) -> Vec<u8> {
    text.as_bytes().to_vec()
}

const CATALOG: &str = "<< /Type /Catalog /Pages 2 0 R >>";

/// One page with this content and these fonts.
fn page(content: Vec<u8>, fonts: &[Vec<u8>]) -> Vec<u8> {
    let names: String = (0..fonts.len()).map(|number| format!("/F{number} {} 0 R ", number + 5)).collect();
    let front = [
        plain(CATALOG),
        plain("<< /Type /Pages /Kids [3 0 R] /Count 1 >>"),
        plain(&format!(
            "<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /Font << {names}>> >> >>"
        )),
        content,
    ];
    document(&[&front[..], fonts].concat())
}

const HELVETICA: &str = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>";

#[test]
fn pieces_become_words_lines_and_cells_by_where_they_stand() {
    let content = "q 1 0 0 -1 0 800 cm BT /F0 10 Tf 1 0 0 -1 50 50 Tm (pass) Tj [(wo) 5 (rd:) -300 (x)] TJ ET Q \
                   BT /F0 10 Tf 50 700 Td (user) Tj 100 0 Td (pin) Tj -100 -14 Td (bob) Tj 100 0 Td <34> Tj 14 TL (new\\)) ' ET";
    let file = page(packed("", content), &[plain(HELVETICA)]);
    let text = b"password: x\nuser\tpin\nbob\t4\nnew)";
    law::holds(&DECODER, &file, &[("page 1", text), ("page 1.tsv", b"user\tpin\nbob\t4")]);
    law::changes_are_survived(&DECODER, &file);
}

#[test]
fn codes_of_fonts_are_told_by_their_maps() {
    let map = "/CIDInit 1 begincodespacerange <0000> <ffff> endcodespacerange 2 beginbfchar <0003> <0020> <0100> <fb01> endbfchar \
               2 beginbfrange <0010> <0012> <0061> <0020> <0021> [<0078> <0079007a>] endbfrange";
    let composite = "<< /Subtype /Type0 /Encoding /Identity-H /ToUnicode 6 0 R /DescendantFonts [<< /DW 500 /W [16 [400 400] 32 33 600] >>] >>";
    let content = "BT /F0 10 Tf 50 50 Td <001000110012000301000020> Tj [<0021>] TJ ET";
    let file = page(packed("", content), &[plain(composite), packed("", map)]);
    law::holds(&DECODER, &file, &[("page 1", b"abc fixyz")]);
    law::changes_are_survived(&DECODER, &file);
    let named = "<< /Subtype /Type1 /FirstChar 65 /Widths [500 500] /Encoding << /Differences [65 /one /underscore /uni20AC /ffi] >> >>";
    let file = page(packed("", "BT /F0 10 Tf (ABCDE) Tj ET"), &[plain(named)]);
    assert_eq!(law::see(&DECODER, &file).of("page 1"), "1_\u{20ac}ffiE".as_bytes());
}

#[test]
fn objects_in_streams_and_those_that_were_replaced_count() {
    let title = "<< /Title (M\\374nchen) /ID (digest!) >> ";
    let front = format!("7 0 8 {} ", title.len());
    let (first, inside) =
        (front.len(), format!("{front}{title}<< /T (wifi) /V <FEFF00e40062> /URI (ftp://h) >>"));
    let objects = packed(&format!("/Type /ObjStm /N 2 /First {first}"), &inside);
    let old = page(packed("", "BT (old) Tj ET"), &[]);
    let new = [
        &b"4 0 obj\n"[..],
        &packed("", "BT (new) Tj ET"),
        b"\nendobj\n3 0 obj << /Type /Page /Contents 4 0 R >>\n9 0 obj\n",
        &objects,
    ]
    .concat();
    let seen = law::see(&DECODER, &[old, new].concat());
    assert_eq!((seen.of("page 1"), seen.of("drawing 4")), (&b"new"[..], &b"old"[..]));
    assert_eq!(String::from_utf8_lossy(seen.of("strings")), "M\u{fc}nchen\nwifi: \u{e4}b\nftp://h\n");
}

#[test]
fn attached_files_drawings_and_other_packed_texts_are_members() {
    let file = document(&[
        plain("<< /Type /Filespec /UF (login.env) /EF << /F 2 0 R >> >>"),
        packed("/Type /EmbeddedFile", "KEY=value"),
        packed("/Subtype /Form", "BT (signed) Tj ET"),
        packed("", "<xfa>typed</xfa>"),
        stream("/Filter [/ASCII85Decode /ASCIIHexDecode]", b"2`)X82'=h;+?),\"1GM&~>"),
        packed("/Subtype /Image", "text (in) Tj"),
    ]);
    let seen = law::see(&DECODER, &file);
    let names: Vec<&str> = seen.members.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        ["strings", "attachment 2 login.env", "drawing 3", "stream 4", "stream 5"],
        "{}",
        seen.all()
    );
    assert_eq!(seen.of("stream 5"), b"text1");
    assert_eq!(
        (seen.of("attachment 2 login.env"), seen.of("drawing 3")),
        (&b"KEY=value"[..], &b"signed"[..])
    );
}

#[test]
fn what_is_encrypted_is_told() {
    for file in [
        [document(&[plain(CATALOG)]), plain("trailer << /Encrypt 9 0 R >>")].concat(),
        document(&[packed("/Type /XRef /Encrypt 9 0 R", "table")]),
    ] {
        let seen = law::see(&DECODER, &file);
        assert_eq!((seen.members, seen.unread), (vec![], vec![(String::new(), Unread::Encrypted)]));
    }
}

#[test]
fn a_document_of_many_pages_is_a_manual() {
    let kids: String = (0..=BOOK).map(|number| format!("{} 0 R ", 2 * number + 3)).collect();
    let mut objects = vec![plain(CATALOG), plain(&format!("<< /Type /Pages /Kids [{kids}] >>"))];
    for number in 0..=BOOK {
        objects.push(plain(&format!("<< /Type /Page /Contents {} 0 R >>", 2 * number + 4)));
        objects.push(packed("", "BT (text) Tj ET"));
    }
    let seen = law::see(&DECODER, &document(&objects));
    assert_eq!((seen.members.len(), seen.of("page 21.md")), (21, &b"text"[..]));
}

#[test]
fn a_bomb_hits_the_ratio() {
    law::bomb_is_stopped(&DECODER, &page(packed("", &"0 ".repeat(4 << 20)), &[]));
}

#[test]
fn pages_that_go_round_in_a_circle_end() {
    let file = document(&[
        plain(CATALOG),
        plain("<< /Type /Pages /Parent 2 0 R /Kids [2 0 R 3 0 R 3 0 R] >>"),
        plain("<< /Type /Page /Parent 2 0 R /Contents [4 0 R] >>"),
        packed("", "BT (text) Tj ET"),
    ]);
    law::holds(&DECODER, &file, &[("page 1", b"text")]);
}

#[test]
fn values_are_read_as_they_are_written() {
    let mut values = Values::new(
        b"(a(b)\\)\\101\\n\\\r\nc) <4 1 4> /N#x [1 -.5 2 0 R 3 0] % remark\n<< /K /V /L << >> >> ] Tj",
        0,
    );
    let mut next = || values.value().unwrap();
    assert_eq!(next(), Value::Text(b"a(b))A\nc".to_vec()));
    assert_eq!(next(), Value::Text(b"A@".to_vec()));
    assert_eq!(next(), Value::Name(b"N#x"));
    let list = [1.0, -0.5]
        .map(Value::Number)
        .into_iter()
        .chain([Value::Object(2)])
        .chain([3.0, 0.0].map(Value::Number));
    assert_eq!(next(), Value::List(list.collect()));
    assert!(next().map().is_some_and(|map| map.is("K", "V") && map.get("L").is_some()));
    assert_eq!((next(), next()), (Value::Word(b"]"), Value::Word(b"Tj")));
    assert_eq!(values.value(), None);
}
