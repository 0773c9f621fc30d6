//! sbt reads `~/.sbt/.credentials` and `~/.ivy2/.credentials`, as builds name them.
//!
//! Source: scala-sbt.org, "Publishing", credentials.

use super::{Hands, Reader};

pub(super) static READER: Reader =
    Reader { id: "sbt", files: &[".credentials"], programs: &["sbt"], hands: Hands::File };
