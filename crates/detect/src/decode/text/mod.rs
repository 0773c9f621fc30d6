//! Undoes encodings inside text, one file each.
