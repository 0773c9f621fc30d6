//! Archives, compressed, cut, linked and damaged, read as stores.

use std::io::Write as _;

use super::*;
use crate::store::{OpenError, Opened, Options};

fn open(target: &str) -> Result<Opened, OpenError> {
    crate::store::open(target, &Options::default())
}

/// A tar archive of these members; `-> target` makes a symbolic link, `=> target` a hard link.
fn tar(members: &[(&str, &str)]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, body) in members {
        let mut header = tar::Header::new_gnu();
        let (kind, link) = match (body.strip_prefix("-> "), body.strip_prefix("=> ")) {
            (Some(target), _) => (tar::EntryType::Symlink, target),
            (_, Some(target)) => (tar::EntryType::Link, target),
            _ => (tar::EntryType::Regular, ""),
        };
        header.set_entry_type(kind);
        header.as_gnu_mut().unwrap().name[..name.len()].copy_from_slice(name.as_bytes());
        header.as_gnu_mut().unwrap().linkname[..link.len()].copy_from_slice(link.as_bytes());
        let body = if link.is_empty() { body } else { "" };
        header.set_size(body.len() as u64);
        header.set_cksum();
        builder.append(&header, body.as_bytes()).unwrap();
    }
    builder.into_inner().unwrap()
}

fn archive(bytes: Vec<u8>) -> Archive {
    Archive::from_bytes(bytes).unwrap()
}

fn read(store: &dyn Store, name: &str) -> Option<String> {
    let mut text = String::new();
    store.open(&BlobId::at(name)).ok()?.read_to_string(&mut text).ok()?;
    Some(text)
}

fn kinds(archive: &Archive) -> Vec<ProblemKind> {
    archive.problems().into_iter().map(|p| p.kind).collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn members_are_read_by_name_and_by_digest() {
    let digest = crate::Digest::of(b"blob");
    let path = format!("./blobs/sha256/{}", digest.hex());
    let archive = archive(tar(&[("./manifest.json", "[]"), (&path, "blob"), ("a//b", "c")]));
    assert_eq!(read(&archive, "manifest.json").unwrap(), "[]");
    assert_eq!(read(&archive, "a/b").unwrap(), "c");
    assert_eq!(archive.size(&BlobId::Digest(digest.clone())), Some(4));
    assert!(archive.blobs().contains(&BlobId::Digest(digest)));
    assert_eq!(kinds(&archive), []);
}

#[test]
fn links_are_followed_inside_the_archive_only() {
    let archive = archive(tar(&[
        ("def/layer.tar", "layer"),
        ("abc/layer.tar", "-> ../def/layer.tar"),
        ("hard/layer.tar", "=> abc/layer.tar"),
        ("dir", "-> def"),
        ("out/layer.tar", "-> ../../etc/passwd"),
        ("root/layer.tar", "-> /etc/passwd"),
        ("a", "-> b"),
        ("b", "-> a"),
    ]));
    for name in ["abc/layer.tar", "hard/layer.tar", "dir/layer.tar"] {
        assert_eq!(read(&archive, name).as_deref(), Some("layer"), "{name}");
        assert_eq!(archive.resolve(&BlobId::at(name)), Some(BlobId::at("def/layer.tar")));
    }
    for name in ["out/layer.tar", "root/layer.tar", "a", "b", "none"] {
        assert_eq!(read(&archive, name), None, "{name}");
    }
    assert_eq!(archive.blobs(), [BlobId::at("def/layer.tar")]);
}

#[test]
fn absolute_and_parent_names_are_only_names() {
    let archive = archive(tar(&[("/etc/passwd", "one"), ("../../x", "two")]));
    assert_eq!(read(&archive, "etc/passwd").unwrap(), "one");
    assert_eq!(read(&archive, "../../x").unwrap(), "two");
}

#[test]
fn of_members_with_one_name_the_last_counts_and_the_others_stay() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x.tar");
    std::fs::write(&path, tar(&[("a", "first"), ("./a", "second"), ("a", "third")])).unwrap();
    let archive = Archive::open(&path).unwrap();
    assert_eq!(read(&archive, "a").unwrap(), "third");
    let bodies: Vec<String> = archive.blobs().iter().map(|b| read(&archive, &b.path()).unwrap()).collect();
    assert_eq!(bodies, ["third", "first", "second"]);
    let Some(Location::ArchiveMember { member, occurrence, .. }) = archive.locate(&BlobId::at("a")) else {
        panic!("no place");
    };
    assert_eq!((member.as_str(), occurrence), ("a", Some(2)));
}

#[test]
fn a_compressed_archive_is_the_same_archive() {
    let big = "x".repeat(3 << 20);
    let plain = tar(&[("manifest.json", "[]"), ("big/layer.tar", &big), ("small", "s")]);
    let mut xz = liblzma::write::XzEncoder::new(Vec::new(), 1);
    xz.write_all(&plain).unwrap();
    let mut bz = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    bz.write_all(&plain).unwrap();
    let packed =
        [gzip(&plain), zstd::encode_all(&plain[..], 1).unwrap(), xz.finish().unwrap(), bz.finish().unwrap()];
    let plain = archive(plain);
    for packed in packed {
        let packed = archive(packed);
        assert_eq!(packed.blobs(), plain.blobs());
        assert_eq!(kinds(&packed), []);
        for blob in plain.blobs() {
            assert!(read(&packed, &blob.path()) == read(&plain, &blob.path()), "{blob}");
            assert_eq!(packed.head(&blob), plain.head(&blob));
        }
    }
}

#[test]
fn a_cut_archive_never_looks_whole() {
    let whole = tar(&[("a/layer.tar", &"a".repeat(2000)), ("b/layer.tar", &"b".repeat(2000))]);
    for packing in [|b: &[u8]| b.to_vec(), gzip] as [fn(&[u8]) -> Vec<u8>; 2] {
        let bytes = packing(&whole);
        for cut in 1..bytes.len() {
            // The second block of zeros may be missing: the first is the end.
            let ended = packing(b"x") == b"x" && cut >= whole.len() - 512;
            let archive = archive(bytes[..cut].to_vec());
            assert_eq!(archive.problems().is_empty(), ended, "cut after {cut} of {}", bytes.len());
        }
    }
    let cut = archive(whole[..4000].to_vec());
    assert_eq!(read(&cut, "a/layer.tar").unwrap().len(), 2000);
    assert_eq!(read(&cut, "b/layer.tar"), None);
    assert_eq!(kinds(&cut), [ProblemKind::Truncated]);
}

#[test]
fn bytes_outside_of_members_are_a_blob() {
    let mut bytes = tar(&[("a", "1")]);
    bytes.extend_from_slice(&tar(&[("hidden", "2")]));
    for bytes in [bytes.clone(), gzip(&bytes)] {
        let archive = archive(bytes);
        let rest = archive.blobs().into_iter().find(|b| b.path().contains("outside")).unwrap();
        let mut body = Vec::new();
        archive.open(&rest).unwrap().read_to_end(&mut body).unwrap();
        assert!(body.starts_with(b"hidden"));
    }
    let mut broken = tar(&[("a", "1"), ("b", "2")]);
    broken[1024] ^= 1;
    let broken = archive(broken);
    assert_eq!(kinds(&broken), [ProblemKind::Corrupt]);
    assert_eq!(broken.blobs().len(), 2);
}

#[test]
fn long_names_and_large_sizes_come_from_extensions() {
    let long = format!("{}/layer.tar", "d/".repeat(100));
    let mut builder = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_size(1);
    builder.append_data(&mut header, &long, &b"g"[..]).unwrap();
    builder.append_pax_extensions([("path", &b"pax/name"[..]), ("size", &b"3"[..])]).unwrap();
    let mut header = tar::Header::new_ustar();
    header.set_size(0);
    header.set_cksum();
    builder.append(&header, &b""[..]).unwrap();
    let mut bytes = builder.into_inner().unwrap();
    let end = bytes.len() - 1024;
    let mut body = [0; 512];
    body[..3].copy_from_slice(b"abc");
    bytes.splice(end..end, body);
    let archive = archive(bytes);
    assert_eq!(read(&archive, &normal_name(&long)).unwrap(), "g");
    assert_eq!(read(&archive, "pax/name").unwrap(), "abc");
    assert_eq!(kinds(&archive), []);
}

#[test]
fn records_end_where_their_length_says() {
    let mut builder = tar::Builder::new(Vec::new());
    // Lines in a value, one of them as a record is written, and an empty one.
    let note = ("SCHILY.xattr.user.note", &b"x\n11 path=no\n\ny"[..]);
    builder.append_pax_extensions([("path", &b"one"[..]), note]).unwrap();
    let member = |builder: &mut tar::Builder<Vec<u8>>, body: &str| {
        let mut header = tar::Header::new_ustar();
        header.set_size(body.len() as u64);
        header.set_cksum();
        builder.append(&header, body.as_bytes()).unwrap();
    };
    member(&mut builder, "1");
    builder.append_pax_extensions([note, ("path", &b"two"[..])]).unwrap();
    member(&mut builder, "2");
    let archive = archive(builder.into_inner().unwrap());
    assert_eq!(
        ["one", "two", "no"].map(|name| read(&archive, name)),
        [Some("1".into()), Some("2".into()), None]
    );
}

fn normal_name(name: &str) -> String {
    name.replace("//", "/")
}

#[test]
fn a_path_is_recognised_by_what_lies_there() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name).display().to_string();
    let docker = tar(&[("x/layer.tar", "1"), ("manifest.json", "[]"), ("oci-layout", "{}")]);
    std::fs::write(at("docker.tar.gz"), gzip(&docker)).unwrap();
    std::fs::write(at("oci.tar"), tar(&[("oci-layout", "{}"), ("index.json", "{}")])).unwrap();
    std::fs::write(at("cut.tar"), &docker[..1030]).unwrap();
    std::fs::write(at("other.tar"), tar(&[("main.c", "int x;")])).unwrap();
    std::fs::create_dir(at("layout")).unwrap();
    std::fs::write(at("layout/oci-layout"), "{}").unwrap();
    let scheme =
        |name: &str| open(&at(name)).map(|o| (o.scheme.name, o.source.stored().unwrap().1.reference));
    assert_eq!(scheme("docker.tar.gz").unwrap(), ("docker-archive", None));
    assert_eq!(scheme("docker.tar.gz:app:1").unwrap(), ("docker-archive", Some("app:1".into())));
    assert_eq!(scheme("oci.tar").unwrap().0, "oci-archive");
    assert_eq!(scheme("cut.tar").unwrap().0, "docker-archive");
    assert_eq!(scheme("layout:v1").unwrap(), ("oci", Some("v1".into())));
    assert!(scheme("other.tar").unwrap_err().to_string().contains("is not an image"));
    let named = open(&format!("docker-archive:{}", at("oci.tar"))).unwrap();
    assert_eq!((named.scheme.name, named.guessed), ("docker-archive", None));
}

#[test]
fn a_directory_is_read_only_inside() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("save");
    std::fs::create_dir_all(root.join("abc")).unwrap();
    std::fs::write(root.join("manifest.json"), "[]").unwrap();
    std::fs::write(root.join("abc/layer.tar"), "layer").unwrap();
    std::fs::write(dir.path().join("outside"), "secret").unwrap();
    std::os::unix::fs::symlink("../abc/layer.tar", root.join("abc/again.tar")).unwrap();
    std::os::unix::fs::symlink("../../outside", root.join("abc/out.tar")).unwrap();
    let (store, _) = open(root.to_str().unwrap()).unwrap().source.stored().unwrap();
    assert_eq!(read(&*store, "abc/layer.tar").unwrap(), "layer");
    assert_eq!(store.resolve(&BlobId::at("abc/again.tar")), Some(BlobId::at("abc/layer.tar")));
    assert_eq!(read(&*store, "abc/out.tar"), None);
    assert_eq!(read(&*store, "../outside"), None);
    assert_eq!(store.blobs(), [BlobId::at("abc/layer.tar"), BlobId::at("manifest.json")]);
}
