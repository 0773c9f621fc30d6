//! How much of a layer is read before it counts as an attack: every limit, in one place, with its name.

/// The limits of one layer. Hitting one is a [`Problem`](crate::Problem) that says the limit's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// `layer-bytes`: uncompressed bytes of one layer.
    pub layer_bytes: u64,
    /// `ratio`: uncompressed bytes for each compressed one, counted once more than `ratio_from` bytes came out.
    pub ratio: u64,
    /// Uncompressed bytes below which no ratio is suspicious: a file of zeros compresses without end, and
    /// this much is read in seconds.
    pub ratio_from: u64,
    /// `entries`: tar entries of one layer. What follows is still delivered, as bytes outside of entries.
    pub entries: u64,
    /// `extension-bytes`: PAX records and GNU long names that belong to one entry, together. What is longer
    /// is still delivered, as bytes outside of entries.
    pub extension_bytes: u64,
    /// `window-bytes`: memory that a decompressor may ask for.
    pub window_bytes: u64,
    /// `queue-bytes`: bytes between the compressed parts of a file (gzip header fields, skippable frames)
    /// that wait until the file has been read.
    pub queue_bytes: u64,
    /// `problems`: problems told for one layer; the rest is only counted.
    pub problems: u64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            layer_bytes: 1 << 40,
            ratio: 10_000,
            ratio_from: 8 << 30,
            entries: 20_000_000,
            extension_bytes: 1 << 20,
            window_bytes: 128 << 20,
            queue_bytes: 16 << 20,
            problems: 1_000,
        }
    }
}
