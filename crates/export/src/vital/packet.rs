//! The packets of a `.vital` file: little-endian, no padding, texts with their length in front.

/// Bytes under way.
#[derive(Default)]
pub(super) struct Bytes(pub(super) Vec<u8>);

impl Bytes {
    pub(super) fn byte(&mut self, value: u8) -> &mut Self {
        self.0.push(value);
        self
    }

    pub(super) fn word(&mut self, value: u16) -> &mut Self {
        self.0.extend(value.to_le_bytes());
        self
    }

    pub(super) fn short(&mut self, value: i16) -> &mut Self {
        self.0.extend(value.to_le_bytes());
        self
    }

    pub(super) fn dword(&mut self, value: u32) -> &mut Self {
        self.0.extend(value.to_le_bytes());
        self
    }

    pub(super) fn float(&mut self, value: f32) -> &mut Self {
        self.0.extend(value.to_le_bytes());
        self
    }

    pub(super) fn double(&mut self, value: f64) -> &mut Self {
        self.0.extend(value.to_le_bytes());
        self
    }

    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        self.dword(length(text.len()));
        self.0.extend(text.as_bytes());
        self
    }

    /// Its type, its length, and what it holds.
    pub(super) fn packet(&mut self, kind: u8, body: &Self) -> &mut Self {
        self.byte(kind).dword(length(body.0.len()));
        self.0.extend(&body.0);
        self
    }
}

/// A text of a record has at most some thousand bytes.
fn length(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}
