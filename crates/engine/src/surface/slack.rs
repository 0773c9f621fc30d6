//! Bytes outside tar members: after the end, padding, unused header bytes, gzip header fields, skippable frames.

use std::io::{self, Read};

use tightlip_detect::{Counted, Hint};
use tightlip_image::{Slack, SlackKind, Within};
use tightlip_report::Surface;

use super::With;
use crate::sighting::{Access, Eye, Spot};

/// What the report calls the stretch.
fn member(kind: SlackKind) -> &'static str {
    match kind {
        SlackKind::AfterEnd => "after the end of the archive",
        SlackKind::Padding => "padding after a file",
        SlackKind::HeaderPadding => "unused bytes of a header",
        SlackKind::GzipHeader => "gzip header field",
        SlackKind::TrailingData => "after the compressed stream",
        SlackKind::SkippableFrame => "skippable frame",
        SlackKind::Unparsed => "bytes that are no tar member",
        SlackKind::Content => "content",
    }
}

/// Looks through a stretch.
pub(crate) fn read(
    slack: &Slack,
    bytes: &mut dyn Read,
    with: With<'_>,
    eye: &mut Eye<'_>,
) -> io::Result<Counted> {
    let mut spot = Spot::new(Surface::Slack, b"");
    spot.member = Some(member(slack.kind).to_owned());
    spot.offset = slack.offset;
    spot.in_tar = slack.within == Within::Tar;
    spot.access = Access::From(slack.offset);
    eye.turn(spot);
    with.scanner.deep_stream((Hint::Text, bytes), with.budget, eye)
}
