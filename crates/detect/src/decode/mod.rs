//! Opens containers inside files, one file each: what they hide comes out as members, and what cannot be read is told.
//!
//! A decoder knows one level. Whoever scans a member may ask [`DECODERS`] again and keeps the depth.

mod apk;
mod ar;
mod asar;
mod bplist;
mod brotli;
mod bzip2;
mod cms;
mod cpio;
mod deflated;
mod disk;
mod elf;
mod embedded;
mod environment;
mod git_bundle;
mod git_object;
mod git_pack;
mod gzip;
mod hex_records;
mod java_class;
mod lz4;
mod lzip;
mod lzma;
mod mozlz4;
mod office;
mod openpgp;
mod packed;
mod padded;
mod payload;
mod pdf;
mod pe;
mod pg_dump;
mod phar;
mod pickle;
mod picture;
mod pyc;
mod rdb;
mod rpm;
mod rtf;
mod seam;
mod sevenz;
mod source_map;
mod sqlite;
mod sqlite_wal;
mod squashfs;
mod tar;
pub mod text;
mod unopened;
mod utf16;
mod utf32;
mod vba;
mod vim_swap;
mod xz;
mod zip;
mod zlib;
mod zstd;

use std::io::Read;

pub use seam::{Budget, Limit, Limits, Members, Siblings, Unread};
pub use sqlite::blobs as sqlite_blobs;

pub(crate) use git_pack::names::path_in;

use crate::Hint;
use seam::Stop;

/// A container or encoding that hides bytes from a plain look.
pub struct Decoder {
    /// Kebab-case name: `gzip`, `zip`, `sqlite`.
    pub name: &'static str,
    /// Whether these are the first bytes (up to [`HEAD`]) of one, by magic bytes.
    pub claims: fn(head: &[u8], hint: &Hint<'_>) -> bool,
    open: fn(body: &mut dyn Read, members: &mut dyn Members) -> Result<(), Stop>,
    /// What reads one from its standard input and gives out a member, at a command line: `{member}` is the member's name,
    /// `{pattern}` one that fits nothing else, `{object}` the name of an object that it says. Not every machine has one.
    pub tool: Option<&'static str>,
    /// What its members are.
    pub(crate) holds: Holds,
}

/// What the members of a container are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holds {
    /// Files, made by decoding.
    Files,
    /// Files that stand in it as they are, byte for byte, and are read from it one by one.
    Stored,
    /// Files of a repository, with its other objects: their paths stand behind their kind and their name.
    Objects,
    /// Parts of one file: they lie where it does.
    Parts,
    /// The same file in other bytes: it has the same name.
    Same,
    /// Texts of a compiled program, which are judged as those of its source, or what is kept under names, which is judged as
    /// a file of settings. This is the ending of its name.
    TextsOf(&'static str),
    /// Texts and tables of a document, as it is shown: the endings of their names say which, and it is `txt` without one.
    Shown,
}

impl Decoder {
    /// Gives the members in order. Everything that goes wrong is told to [`Members::unread`], after the members before it.
    pub fn open(&self, body: &mut dyn Read, members: &mut dyn Members) {
        if let Err(Stop::Fault(why, detail)) = (self.open)(body, members) {
            members.unread("", why, &detail);
        }
    }

    /// Whether it says something for a file beside its own, or hears something from one.
    pub(crate) fn looks_beside(&self) -> bool {
        [sqlite::DECODER.name, sqlite_wal::DECODER.name, office::DECODER.name, git_object::DECODER.name]
            .contains(&self.name)
    }

    /// Whether it only looks through a file, of which nothing is known: that takes no longer than naming it.
    pub(crate) fn only_searches(&self) -> bool {
        [embedded::DECODER.name, elf::DECODER.name, picture::DECODER.name].contains(&self.name)
    }

    /// The decoder for a file that begins with `head`.
    #[must_use]
    pub fn of(head: &[u8], hint: &Hint<'_>) -> Option<&'static Self> {
        DECODERS.iter().find(|decoder| (decoder.claims)(head, hint)).copied()
    }
}

/// Whether other files of the same layer say what this one is called: it is best read when all of them were read.
#[must_use]
pub fn is_named_elsewhere(path: &[u8], bytes: &[u8]) -> bool {
    git_object::is_blob(path, bytes.get(..HEAD).unwrap_or(bytes))
}

/// How many bytes of a file `claims` wants to see.
pub const HEAD: usize = 8 << 10;

/// Every decoder. The first that claims a file opens it: the surer magic stands before the weaker.
pub static DECODERS: &[&Decoder] = &[
    &gzip::DECODER,
    &zip::DECODER,
    &zstd::DECODER,
    &xz::DECODER,
    &bzip2::DECODER,
    &lz4::DECODER,
    &mozlz4::DECODER,
    &lzip::DECODER,
    &tar::DECODER,
    &ar::DECODER,
    &apk::DECODER,
    &cpio::DECODER,
    &rpm::DECODER,
    &sevenz::DECODER,
    &squashfs::DECODER,
    &git_pack::DECODER,
    &git_bundle::DECODER,
    &sqlite::DECODER,
    &sqlite_wal::DECODER,
    &pg_dump::DECODER,
    &asar::DECODER,
    &phar::DECODER,
    &rdb::DECODER,
    &bplist::DECODER,
    &java_class::DECODER,
    &pe::DECODER,
    &git_object::DECODER,
    &zlib::DECODER,
    &unopened::DECODER,
    &disk::DECODER,
    &vim_swap::DECODER,
    &pyc::DECODER,
    &pickle::DECODER,
    &office::DECODER,
    &pdf::DECODER,
    &rtf::DECODER,
    &vba::DECODER,
    &hex_records::DECODER,
    &source_map::DECODER,
    &environment::DECODER,
    &openpgp::DECODER,
    &cms::DECODER,
    &payload::DECODER,
    &utf32::DECODER,
    &utf16::DECODER,
    &padded::DECODER,
    &lzma::DECODER,
    &brotli::DECODER,
    &deflated::DECODER,
    &elf::DECODER,
    &picture::DECODER,
    &embedded::DECODER,
];

/// For the fuzz target and the tests.
#[doc(hidden)]
pub mod fuzz;

#[cfg(test)]
mod tests;
