//! What a report says how to get at a value holds where common tools stop too early or keep the last of several.

mod common;

use common::{file, scan_bundle, token};
use tightlip_report::{Report, Surface};
use tightlip_testkit::{Bundle, ImageBuilder, Packing};

fn recover(report: &Report, surface: Surface) -> &str {
    let finding = report.findings.iter().find(|finding| finding.place.surface == surface);
    finding.map_or("", |finding| finding.recover.as_str())
}

#[test]
fn an_entry_behind_the_end_of_the_archive_is_asked_for_past_the_end() {
    let image = ImageBuilder::new().packing(Packing::Plain).file("app/readme", "nothing").build();
    let more = file("app/key", token(1)).tar();
    let report = scan_bundle(&Bundle::of(image.with_blob(0, |blob| [blob, more].concat())));
    assert!(recover(&report, Surface::File).ends_with(" | tar -xiO -- app/key"), "{report:?}");
}

#[test]
fn what_stands_under_the_first_of_two_equal_keys_is_read_from_the_stream() {
    let image = ImageBuilder::new().file("app/readme", "nothing").build();
    let first = format!("{{\"config\":{{\"Env\":[\"PATH=/bin\",\"A_TOKEN={}\"]}},", token(2));
    let twice = |config: Vec<u8>| String::from_utf8(config).unwrap().replacen('{', &first, 1).into_bytes();
    let report = scan_bundle(&Bundle::of(image.clone().with_config(twice)));
    let filter = "jq -r --stream 'select(length == 2 and .[0][:3] == [\"config\",\"Env\",1])[1]'";
    assert!(recover(&report, Surface::Env).ends_with(filter), "{report:?}");
    let once = ImageBuilder::new().file("app/readme", "nothing").env("A_TOKEN", &token(2)).build();
    let report = scan_bundle(&Bundle::of(once));
    assert!(recover(&report, Surface::Env).contains("| jq -r '.config.Env["), "{report:?}");
}

#[test]
fn a_configuration_in_utf_16_is_no_json_for_tools() {
    let image = ImageBuilder::new().file("app/readme", "nothing").env("A_TOKEN", &token(3)).build();
    let wide = |config: Vec<u8>| {
        let units = String::from_utf8(config).unwrap();
        let units = std::iter::once(0xfeff).chain(units.encode_utf16());
        units.flat_map(u16::to_le_bytes).collect()
    };
    let report = scan_bundle(&Bundle::of(image.with_config(wide)));
    assert!(recover(&report, Surface::Config).ends_with(" | iconv -f UTF-16 -t UTF-8"), "{report:?}");
}

#[test]
fn a_container_behind_a_layer_is_opened_from_where_it_begins() {
    let image = ImageBuilder::new().packing(Packing::Plain).file("app/readme", "nothing").build();
    let inner = ImageBuilder::new().packing(Packing::Gzip).file("app/key", token(4)).build();
    let packed = inner.layers[0].blob.clone();
    let report = scan_bundle(&Bundle::of(image.with_blob(0, |blob| [blob, packed].concat())));
    let command = recover(&report, Surface::Slack);
    assert!(command.contains(" | tail -c +"), "{command}");
    assert!(command.ends_with(" | gzip -dc | tar -xO -- app/key"), "{command}");
}
