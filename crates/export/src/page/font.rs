//! The fonts of the report, and glyphs from text.

use crate::ExportError;
use rustybuzz::{Direction, Face, Feature, UnicodeBuffer, ttf_parser};
use std::ops::Range;

static REGULAR: &[u8] = include_bytes!("../../fonts/DejaVuSansCondensed.ttf");
static BOLD: &[u8] = include_bytes!("../../fonts/DejaVuSansCondensed-Bold.ttf");

/// How heavy a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weight {
    Regular,
    Bold,
}

/// The two fonts.
pub(crate) struct Fonts {
    regular: Face<'static>,
    bold: Face<'static>,
}

/// One glyph with its place in the text; lengths are shares of the font size.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Glyph {
    pub(crate) id: u16,
    pub(crate) text: Range<usize>,
    pub(crate) advance: f32,
    pub(crate) dx: f32,
    pub(crate) dy: f32,
}

/// Text of one direction with its glyphs, from left to right.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Run {
    pub(crate) text: String,
    pub(crate) weight: Weight,
    pub(crate) glyphs: Vec<Glyph>,
}

impl Run {
    /// Its width at font size 1.
    pub(crate) fn width(&self) -> f32 {
        self.glyphs.iter().map(|glyph| glyph.advance).sum()
    }
}

impl Fonts {
    pub(crate) fn new() -> Result<Self, ExportError> {
        let face = |bytes| Face::from_slice(bytes, 0).ok_or(ExportError::Font);
        Ok(Self { regular: face(REGULAR)?, bold: face(BOLD)? })
    }

    pub(crate) const fn bytes(weight: Weight) -> &'static [u8] {
        match weight {
            Weight::Regular => REGULAR,
            Weight::Bold => BOLD,
        }
    }

    pub(crate) const fn face(&self, weight: Weight) -> &Face<'static> {
        match weight {
            Weight::Regular => &self.regular,
            Weight::Bold => &self.bold,
        }
    }

    /// Whether both fonts have a glyph of its own for `c`.
    pub(crate) fn covers(&self, c: char) -> bool {
        [&self.regular, &self.bold].iter().all(|face| face.glyph_index(c).is_some_and(|id| id.0 != 0))
    }

    /// Width of one character at font size 1, by itself.
    pub(crate) fn advance(&self, c: char, weight: Weight) -> f32 {
        let face = self.face(weight);
        let advance = face.glyph_index(c).and_then(|id| face.glyph_hor_advance(id)).unwrap_or(0);
        f32::from(advance) / units(face)
    }

    /// The glyphs of a text of one direction. Ligatures are off: who searches the file for "fi" finds it.
    pub(crate) fn shape(&self, text: &str, weight: Weight, right_to_left: bool) -> Run {
        let face = self.face(weight);
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text);
        buffer.set_direction(if right_to_left { Direction::RightToLeft } else { Direction::LeftToRight });
        buffer.guess_segment_properties();
        let no_ligatures = Feature::new(ttf_parser::Tag::from_bytes(b"liga"), 0, ..);
        let shaped = rustybuzz::shape(face, &[no_ligatures], buffer);
        let mut starts: Vec<usize> = shaped.glyph_infos().iter().map(|info| info.cluster as usize).collect();
        starts.sort_unstable();
        starts.dedup();
        let end = |start: usize| starts.iter().copied().find(|next| *next > start).unwrap_or(text.len());
        #[allow(clippy::cast_precision_loss)]
        let em = |length: i32| length as f32 / units(face);
        let glyphs = shaped.glyph_infos().iter().zip(shaped.glyph_positions()).map(|(info, position)| Glyph {
            id: u16::try_from(info.glyph_id).unwrap_or(0),
            text: info.cluster as usize..end(info.cluster as usize),
            advance: em(position.x_advance),
            dx: em(position.x_offset),
            dy: em(position.y_offset),
        });
        Run { text: text.to_owned(), weight, glyphs: glyphs.collect() }
    }
}

/// Font units of one font size.
pub(crate) fn units(face: &Face<'_>) -> f32 {
    #[allow(clippy::cast_precision_loss)]
    let units = face.units_per_em() as f32;
    units.max(1.0)
}
