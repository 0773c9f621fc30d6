//! Keys in, screens out. `UPDATE_SNAPSHOTS=1` writes the screens anew.

use std::path::Path;

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use tightlip_engine::{IdentityKey, Pipe, Quiet, Request, explore_stream};
use tightlip_report::Level;
use tightlip_report::format::Colour;
use tightlip_testkit::{Bundle, ImageBuilder, Layer, Packing};

use super::keys::Key;
use super::model::{Flow, Model, Tab};
use super::view;

const VALUE: &str = "maple-7431";

fn image() -> ImageBuilder {
    let app = Layer::new()
        .file("app/server", "#!/bin/sh\nexec true\n")
        .file("app/.env", format!("API_KEY={VALUE}\n"))
        .file("etc/motd", "hello\n")
        .symlink("app/current", "server");
    ImageBuilder::new()
        .named("docker.io/library/shop:1")
        .packing(Packing::Plain)
        .step("COPY base / # buildkit", Layer::new().file("bin/tool", "x").file("etc/motd", "base\n"))
        .step("COPY . /app # buildkit", app)
        .step("RUN /bin/sh -c rm /app/.env # buildkit", Layer::new().whiteout("app/.env"))
        .env("DB_PASSWORD", "walnut-9902")
}

fn model(image: ImageBuilder) -> Model {
    model_of(&Bundle::of(image.build()).oci_archive())
}

fn model_of(archive: &[u8]) -> Model {
    let pipe = Pipe { name: "shop.tar".into(), command: "cat shop.tar".into() };
    let request = Request::new("shop.tar", IdentityKey::new([1; 32]));
    Model::new(explore_stream(&pipe, archive, &request, &Quiet).unwrap(), Level::Deny)
}

fn screen(model: &mut Model, (width, height): (u16, u16)) -> String {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    model.resize(height);
    terminal.draw(|frame| view::draw(model, Colour::Off, frame)).unwrap();
    let buffer = terminal.backend().buffer();
    let line = |y: u16| (0..width).map(|x| buffer[(x, y)].symbol()).collect::<String>().trim_end().to_owned();
    (0..height).map(line).collect::<Vec<_>>().join("\n") + "\n"
}

fn press(model: &mut Model, keys: &str) -> Flow {
    let mut flow = Flow::Stay;
    for word in keys.split_whitespace() {
        let named = [
            ("up", Key::Up),
            ("down", Key::Down),
            ("left", Key::Left),
            ("right", Key::Right),
            ("end", Key::End),
            ("enter", Key::Enter),
            ("escape", Key::Escape),
            ("tab", Key::Tab),
            ("backspace", Key::Backspace),
            ("interrupt", Key::Interrupt),
        ];
        flow = match named.iter().find(|(name, _)| *name == word) {
            Some((_, key)) => model.update(*key),
            None => word.chars().map(|letter| model.update(Key::Letter(letter))).last().unwrap(),
        };
    }
    flow
}

#[track_caller]
fn looks(name: &str, screen: &str) {
    assert!(!screen.contains(VALUE) && !screen.contains("walnut"), "{screen}");
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("src/explore/snapshots").join(format!("{name}.txt"));
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, screen).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(screen == expected, "{name} reads\n{screen}");
}

#[test]
fn screens_look_as_their_snapshots() {
    for (name, keys, size) in [
        ("start", "", (80, 24)),
        ("deleted-file", "n", (80, 24)),
        ("detail", "n enter", (80, 24)),
        ("history", "2 down", (80, 24)),
        ("config", "3 down", (80, 24)),
        ("findings", "4", (80, 24)),
        ("help", "?", (80, 24)),
        ("only-leaks", "down o", (80, 24)),
        ("filter", "down / motd", (80, 24)),
        ("wide", "n", (120, 30)),
        ("narrow-layers", "", (40, 24)),
        ("narrow-files", "n", (40, 24)),
        ("low", "n", (80, 10)),
        ("too-small", "", (16, 4)),
    ] {
        let mut model = model(image());
        press(&mut model, keys);
        looks(name, &screen(&mut model, size));
    }
}

#[test]
fn every_size_can_be_drawn() {
    for keys in ["", "n", "n enter", "2", "3 end", "4", "?", "/ x"] {
        let mut model = model(image());
        press(&mut model, keys);
        for width in (1..130).step_by(7) {
            for height in 1..40 {
                screen(&mut model, (width, height));
            }
        }
    }
}

#[test]
fn keys_end_the_view_and_nothing_else_does() {
    let mut model = model(image());
    for keys in [
        "escape",
        "tab tab left left",
        "/ q escape",
        "? q",
        "4 enter q",
        "z",
        "end enter end right left left",
    ] {
        assert_eq!(press(&mut model, keys), Flow::Stay, "{keys}");
    }
    assert_eq!(press(&mut model, "q"), Flow::Quit);
    for before in ["/", "?", "4 enter"] {
        assert_eq!(press(&mut model, &format!("escape escape {before} interrupt")), Flow::Quit, "{before}");
    }
}

#[test]
fn the_next_finding_is_found_wherever_it_lies() {
    let mut model = model(image());
    press(&mut model, "n");
    assert_eq!((model.layer, model.selected_path()), (1, Some("app/.env")));
    assert_eq!(model.selected_findings().len(), 1);
    press(&mut model, "n n");
    assert_eq!(model.selected_path(), Some("app/.env"));
}

#[test]
fn a_finding_outside_of_the_files_is_shown_among_the_findings() {
    let tail = format!("PASSWORD={VALUE}\nAPI_KEY={VALUE}\n");
    let layer = Layer { tail: tail.into_bytes(), ..Layer::new().file("a", "x") };
    let mut model = model(image().step("COPY x /", layer));
    let mut seen = Vec::new();
    for _ in 0..3 {
        press(&mut model, "n");
        seen.push(model.tab);
    }
    assert!(seen.contains(&Tab::Findings) && seen.contains(&Tab::Files), "{seen:?}");
}

#[test]
fn a_folder_folds_and_its_parent_is_found() {
    let mut model = model(image());
    press(&mut model, "down tab end");
    assert_eq!(model.selected_path(), Some("etc/motd"));
    press(&mut model, "left");
    assert_eq!(model.selected_path(), Some("etc"));
    let rows = model.rows.len();
    press(&mut model, "left");
    assert_eq!(model.rows.len(), rows - 1);
    press(&mut model, "right enter enter");
    assert_eq!(model.rows.len(), rows);
}

#[test]
fn an_image_without_layers_and_a_report_without_images_can_be_looked_at() {
    let mut empty = model(ImageBuilder::new().note("CMD x"));
    let mut none = Model::new(tightlip_engine::Explored::default(), Level::Deny);
    for keys in
        ["n", "tab down up end", "o / x enter", "enter", "escape 1 enter", "escape 2", "3", "4 enter ["]
    {
        for model in [&mut empty, &mut none] {
            press(model, keys);
            screen(model, (80, 24));
        }
    }
}

#[test]
fn platforms_are_looked_at_one_after_the_other() {
    let other = ImageBuilder::new().architecture("arm64").file("other", "y");
    let mut model = model_of(&Bundle::of(image().build()).and(other.build()).oci_archive());
    assert!(screen(&mut model, (80, 24)).starts_with("leaking  docker.io/library/shop:1  linux/amd64"));
    press(&mut model, "]");
    let shown = screen(&mut model, (80, 24));
    assert!(shown.contains("linux/arm64") && shown.contains("other") && !shown.contains(".env"), "{shown}");
    press(&mut model, "]");
    assert!(screen(&mut model, (80, 24)).contains("linux/amd64"));
}

#[test]
fn what_was_not_read_is_listed() {
    let cut = image().build();
    let (name, blob) = (cut.layers[1].digest.clone(), cut.layers[1].blob[..700].to_vec());
    let mut model = model_of(&Bundle::of(cut).with_wrong_blob(&name, blob).oci_archive());
    press(&mut model, "4 end");
    let shown = screen(&mut model, (80, 24));
    assert!(shown.contains("~ not read: "), "{shown}");
    press(&mut model, "tab down");
    let shown = screen(&mut model, (80, 24));
    assert!(shown.contains("> 1~"), "{shown}");
    assert!(shown.contains("nothing was found in what was read of it"), "{shown}");
}

#[test]
fn a_file_that_was_not_read_is_marked() {
    let cut = Layer::new().file("srv/backup.gz", b"\x1f\x8b\x08\0\0\0\0\0\0\x03\x4b").file("srv/other", "x");
    let mut model = model(ImageBuilder::new().step("COPY", cut));
    press(&mut model, "tab down");
    let shown = screen(&mut model, (80, 24));
    assert!(shown.contains("> ~ ") || shown.contains(">  ~ "), "{shown}");
    assert!(shown.contains(" 0~") && shown.contains("not read"), "{shown}");
}
