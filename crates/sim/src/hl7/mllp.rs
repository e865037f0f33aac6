//! MLLP framing: 0x0B message 0x1C 0x0D.

const START: u8 = 0x0B;
const END: u8 = 0x1C;

/// Longest answer kept. An acknowledgement has about 150 bytes; whatever is longer is no acknowledgement, and its bytes
/// are dropped and counted.
const ANSWER_BYTES_MAX: usize = 64 * 1024;

/// A message as it goes over the wire.
#[must_use]
pub fn frame(message: &[u8]) -> Vec<u8> {
    let mut framed = Vec::with_capacity(message.len() + 3);
    framed.push(START);
    framed.extend_from_slice(message);
    framed.extend_from_slice(&[END, b'\r']);
    framed
}

/// Cuts what a receiver sends into messages, whatever pieces it arrives in.
#[derive(Clone, Debug, Default)]
pub struct Cutter {
    open: Option<Vec<u8>>,
    stray: u64,
}

impl Cutter {
    /// Takes bytes and returns the messages that ended in them.
    pub fn feed(&mut self, bytes: &[u8]) -> Vec<Vec<u8>> {
        let mut messages = Vec::new();
        for &byte in bytes {
            match (&mut self.open, byte) {
                (_, START) => self.open = Some(Vec::new()),
                (Some(message), END) => {
                    messages.push(std::mem::take(message));
                    self.open = None;
                }
                (Some(message), _) if message.len() < ANSWER_BYTES_MAX => message.push(byte),
                // The CR behind an end belongs to it; anything else outside a frame is stray.
                (None, b'\r' | b'\n') => {}
                _ => self.stray += 1,
            }
        }
        messages
    }

    /// Bytes that belonged to no message.
    #[must_use]
    pub const fn stray(&self) -> u64 {
        self.stray
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_cut_out_of_any_pieces() {
        let stream = [frame(b"MSA|AA|1\r"), b"?".to_vec(), frame(b"MSA|AA|2\r")].concat();
        for size in 1..stream.len() {
            let mut cutter = Cutter::default();
            let messages: Vec<Vec<u8>> = stream.chunks(size).flat_map(|piece| cutter.feed(piece)).collect();
            assert_eq!(messages, [b"MSA|AA|1\r".to_vec(), b"MSA|AA|2\r".to_vec()]);
            assert_eq!(cutter.stray(), 1);
        }
    }
}
