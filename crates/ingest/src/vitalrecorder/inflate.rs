//! From the attachment of an event to a line the decoder reads. Pure and bounded.

use chairside_decode::vitalrecorder::UPLOAD_MAX;
use flate2::read::{GzDecoder, ZlibDecoder};
use std::io::Read;

/// Bytes kept of an attachment that is no upload: enough to see what it is.
const KEPT_MAX: usize = 1024;

/// Engine.IO 3 puts its packet type in front of a binary message. No compressed upload begins with it.
const MESSAGE: u8 = 4;

/// Why an attachment is no upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unreadable {
    /// Neither zlib nor gzip nor plain.
    Unknown,
    /// Compressed, but broken.
    Broken,
    /// Larger than any upload once it is unpacked.
    TooLong,
}

impl Unreadable {
    pub(super) const fn sentence(self) -> &'static str {
        match self {
            Self::Unknown => "an attachment is neither zlib nor gzip nor plain text",
            Self::Broken => "an attachment could not be unpacked",
            Self::TooLong => "an attachment unpacks to more than any upload has",
        }
    }
}

/// One upload as one line. Unpacking stops at the bound, whatever the attachment would become.
pub(super) fn line(attachment: &[u8]) -> Result<Vec<u8>, Unreadable> {
    let packed = attachment.strip_prefix(&[MESSAGE]).unwrap_or(attachment);
    let upload = match packed {
        [0x1F, 0x8B, ..] => unpacked(GzDecoder::new(packed))?,
        [0x78, ..] => unpacked(ZlibDecoder::new(packed))?,
        [b'{', ..] | [b'M', b'S', b'H', ..] => packed.to_vec(),
        _ => return Err(Unreadable::Unknown),
    };
    if upload.len() >= UPLOAD_MAX { Err(Unreadable::TooLong) } else { Ok(ended(upload)) }
}

/// The beginning of what is no upload, as a line that no decoder takes for one.
pub(super) fn noise(found: &[u8]) -> Vec<u8> {
    let kept = &found[..found.len().min(KEPT_MAX)];
    let mut line: Vec<u8> = kept.iter().map(|b| if *b == b'\n' { b' ' } else { *b }).collect();
    if line.starts_with(b"{") || line.starts_with(b"MSH") || line.trim_ascii().is_empty() {
        line.insert(0, b'?');
    }
    line.push(b'\n');
    line
}

fn unpacked(reader: impl Read) -> Result<Vec<u8>, Unreadable> {
    let mut upload = Vec::new();
    match reader.take(UPLOAD_MAX as u64).read_to_end(&mut upload) {
        Ok(_) => Ok(upload),
        Err(_) => Err(Unreadable::Broken),
    }
}

/// A line feed ends the line, so one inside becomes what its form has instead: a segment's end, or a blank.
fn ended(mut upload: Vec<u8>) -> Vec<u8> {
    let instead = if upload.trim_ascii_start().starts_with(b"MSH") { b'\r' } else { b' ' };
    for byte in upload.iter_mut().filter(|b| **b == b'\n') {
        *byte = instead;
    }
    upload.push(b'\n');
    upload
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::{GzEncoder, ZlibEncoder};
    use std::io::Write;

    fn zlib(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn every_way_of_packing_becomes_one_line() {
        let json = br#"{"rooms":[]}"#;
        for packed in [zlib(json), gzip(json), json.to_vec()] {
            assert_eq!(line(&packed).unwrap(), b"{\"rooms\":[]}\n");
            assert_eq!(line(&[&[4][..], &packed].concat()).unwrap(), b"{\"rooms\":[]}\n", "Engine.IO 3");
        }
        assert_eq!(line(&zlib(b"{\n \"rooms\":[]\n}")).unwrap(), b"{  \"rooms\":[] }\n");
        assert_eq!(line(&gzip(b"MSH|a\nPID|\r\nOBX|1\r")).unwrap(), b"MSH|a\rPID|\r\rOBX|1\r\n");
    }

    #[test]
    fn h24_a_bomb_stops_at_the_bound() {
        let bomb = zlib(&vec![b' '; 256 * 1024 * 1024]);
        assert!(bomb.len() < 2 * 1024 * 1024, "it has to look harmless");
        assert_eq!(line(&bomb), Err(Unreadable::TooLong));
        assert_eq!(line(&zlib(&vec![b' '; UPLOAD_MAX])), Err(Unreadable::TooLong));
        assert_eq!(line(&zlib(&vec![b' '; UPLOAD_MAX - 1])).unwrap().len(), UPLOAD_MAX);
    }

    #[test]
    fn h09_what_cannot_be_unpacked_is_kept_as_a_line_of_noise() {
        let good = zlib(br#"{"rooms":[1,2,3]}"#);
        assert_eq!(line(&good[..good.len() - 6]), Err(Unreadable::Broken));
        assert_eq!(line(b""), Err(Unreadable::Unknown));
        assert_eq!(line(b"hello"), Err(Unreadable::Unknown));
        assert_eq!(noise(b"he\nllo"), b"he llo\n");
        assert_eq!(noise(b"{\"rooms\""), b"?{\"rooms\"\n");
        assert_eq!(noise(b""), b"?\n");
        assert_eq!(noise(&[b'x'; 9000]).len(), KEPT_MAX + 1);
    }
}
