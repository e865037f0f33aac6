//! Items of a page as a picture.

use crate::ExportError;
use crate::page::{Fonts, Item, Paint, Shape, units};
use rustybuzz::ttf_parser::{GlyphId, OutlineBuilder};
use tiny_skia::{Color, FillRule, Paint as Ink, Path, PathBuilder, Pixmap, Stroke, Transform};

/// Most pixels of a side: a chart is far below.
const SIDE_MAX: f32 = 16_384.0;

/// The picture of `items` on white paper of `size` points.
pub(super) fn png(items: &[Item], fonts: &Fonts, size: (f32, f32), pixels: f32) -> Result<Vec<u8>, ExportError> {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let side = |points: f32| (points * pixels).clamp(1.0, SIDE_MAX) as u32;
    let picture = Pixmap::new(side(size.0), side(size.1));
    let mut picture = picture.ok_or_else(|| ExportError::Chart("no picture of that size".into()))?;
    picture.fill(Color::WHITE);
    let scale = Transform::from_scale(pixels, pixels);
    for item in items {
        match item {
            Item::Shape(shape, paint) => {
                if let Some(path) = path(shape) {
                    painted(&mut picture, &path, *paint, scale);
                }
            }
            Item::Text { x, y, size, line } => {
                let mut at = *x;
                for run in &line.runs {
                    let face = fonts.face(run.weight);
                    for glyph in &run.glyphs {
                        let em = size / units(face);
                        let (left, base) = (at + glyph.dx * size, y - glyph.dy * size);
                        let mut outline = Outline { path: PathBuilder::new(), left, base, em };
                        face.outline_glyph(GlyphId(glyph.id), &mut outline);
                        if let Some(path) = outline.path.finish() {
                            painted(&mut picture, &path, Paint::Fill(0), scale);
                        }
                        at += glyph.advance * size;
                    }
                }
            }
        }
    }
    picture.encode_png().map_err(|error| ExportError::Chart(error.to_string()))
}

fn painted(picture: &mut Pixmap, path: &Path, paint: Paint, scale: Transform) {
    let ink = |grey: u8| {
        let mut ink = Ink::default();
        ink.set_color_rgba8(grey, grey, grey, 255);
        ink
    };
    match paint {
        Paint::Fill(grey) => picture.fill_path(path, &ink(grey), FillRule::Winding, scale, None),
        Paint::Stroke(width, grey) => {
            let stroke = Stroke { width, ..Stroke::default() };
            picture.stroke_path(path, &ink(grey), &stroke, scale, None);
        }
    }
}

fn path(shape: &Shape) -> Option<Path> {
    match shape {
        Shape::Circle((x, y), radius) => PathBuilder::from_circle(*x, *y, *radius),
        Shape::Path(points, closed) => {
            let (first, rest) = points.split_first()?;
            let mut path = PathBuilder::new();
            path.move_to(first.0, first.1);
            rest.iter().for_each(|point| path.line_to(point.0, point.1));
            if *closed {
                path.close();
            }
            path.finish()
        }
    }
}

/// The outline of a glyph at its place: fonts count upwards, pages downwards.
struct Outline {
    path: PathBuilder,
    left: f32,
    base: f32,
    em: f32,
}

impl Outline {
    fn at(&self, x: f32, y: f32) -> (f32, f32) {
        (self.left + x * self.em, self.base - y * self.em)
    }
}

impl OutlineBuilder for Outline {
    fn move_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.at(x, y);
        self.path.move_to(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.at(x, y);
        self.path.line_to(x, y);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let ((x1, y1), (x, y)) = (self.at(x1, y1), self.at(x, y));
        self.path.quad_to(x1, y1, x, y);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let ((x1, y1), (x2, y2), (x, y)) = (self.at(x1, y1), self.at(x2, y2), self.at(x, y));
        self.path.cubic_to(x1, y1, x2, y2, x, y);
    }

    fn close(&mut self) {
        self.path.close();
    }
}
