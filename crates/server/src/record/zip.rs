//! Several files in one, as ZIP (APPNOTE 6.3, without anything optional). The same files give the same bytes.

use chairside_export::File;
use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};
use std::io::Write;

/// 1980-01-01, the first day the format knows: files of a record have no time of their own.
const DAY: u16 = 1 << 5 | 1;
/// Version 2.0: folders and deflate.
const VERSION: u16 = 20;
/// Names are UTF-8.
const UTF8: u16 = 1 << 11;
const DEFLATE: u16 = 8;

/// Packs `files`; `None` when one is too long for the format (4 GiB).
pub(super) fn pack(files: &[File]) -> Option<Vec<u8>> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for file in files {
        let at = u32::try_from(out.len()).ok()?;
        let packed = packed(&file.bytes)?;
        let head = head(file, &packed)?;
        out.extend_from_slice(b"PK\x03\x04");
        out.extend_from_slice(&head);
        out.extend_from_slice(file.name.as_bytes());
        out.extend_from_slice(&packed);
        directory.extend_from_slice(b"PK\x01\x02");
        put(&mut directory, &[VERSION]);
        directory.extend_from_slice(&head);
        // No comment, first disk, no attributes.
        put(&mut directory, &[0, 0, 0, 0, 0]);
        directory.extend_from_slice(&at.to_le_bytes());
        directory.extend_from_slice(file.name.as_bytes());
    }
    let (at, size) = (u32::try_from(out.len()).ok()?, u32::try_from(directory.len()).ok()?);
    let count = u16::try_from(files.len()).ok()?;
    out.append(&mut directory);
    out.extend_from_slice(b"PK\x05\x06");
    put(&mut out, &[0, 0, count, count]);
    out.extend_from_slice(&size.to_le_bytes());
    out.extend_from_slice(&at.to_le_bytes());
    put(&mut out, &[0]);
    Some(out)
}

fn put(out: &mut Vec<u8>, numbers: &[u16]) {
    numbers.iter().for_each(|number| out.extend_from_slice(&number.to_le_bytes()));
}

/// What stands before a file and in the directory alike.
fn head(file: &File, packed: &[u8]) -> Option<Vec<u8>> {
    let mut crc = Crc::new();
    crc.update(&file.bytes);
    let mut head = Vec::new();
    put(&mut head, &[VERSION, UTF8, DEFLATE, 0, DAY]);
    head.extend_from_slice(&crc.sum().to_le_bytes());
    head.extend_from_slice(&u32::try_from(packed.len()).ok()?.to_le_bytes());
    head.extend_from_slice(&u32::try_from(file.bytes.len()).ok()?.to_le_bytes());
    put(&mut head, &[u16::try_from(file.name.len()).ok()?, 0]);
    Some(head)
}

fn packed(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).ok()?;
    encoder.finish().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn files_come_back_whole_and_the_same_files_give_the_same_bytes() {
        let file =
            |name: &str, bytes: &[u8]| File { name: name.to_owned(), media_type: "text/csv", bytes: bytes.to_vec() };
        let files = [file("samples.csv", &b"1,97\n".repeat(400)), file("ü.csv", b"")];
        let zip = pack(&files).unwrap();
        assert_eq!(zip, pack(&files).unwrap());
        let mut at = 0;
        for file in &files {
            let number = |from: usize| u32::from_le_bytes(zip[from..from + 4].try_into().unwrap()) as usize;
            assert_eq!(&zip[at..at + 4], b"PK\x03\x04");
            let (size, length) = (number(at + 18), number(at + 22));
            let name = at + 30..at + 30 + file.name.len();
            assert_eq!((&zip[name.clone()], length), (file.name.as_bytes(), file.bytes.len()));
            let mut bytes = Vec::new();
            flate2::read::DeflateDecoder::new(&zip[name.end..name.end + size]).read_to_end(&mut bytes).unwrap();
            assert_eq!(bytes, file.bytes);
            at = name.end + size;
        }
        assert_eq!(&zip[at..at + 4], b"PK\x01\x02");
        assert!(zip.windows(4).any(|w| w == b"PK\x05\x06"));
    }
}
