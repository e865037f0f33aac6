//! A backend of `plotters` that keeps what is drawn as items of a page.

use crate::page::{Fonts, Item, Paint, Shape, Weight, line};
use plotters::prelude::DrawingBackend;
use plotters::style::text_anchor::{HPos, VPos};
use plotters_backend::{BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingErrorKind, FontStyle};
use std::cell::RefCell;
use std::convert::Infallible;
use std::rc::Rc;

/// Font sizes in a text style of `plotters` for one size on paper; its SVG backend divides by the same.
pub(super) const TEXT_SIZE: f64 = 1.24;

type Drawn = Result<(), DrawingErrorKind<Infallible>>;

/// Keeps what is drawn.
pub(super) struct Sheet<'f> {
    fonts: &'f Fonts,
    size: (u32, u32),
    items: Rc<RefCell<Vec<Item>>>,
}

impl<'f> Sheet<'f> {
    /// A sheet of `size` points.
    pub(super) fn new(fonts: &'f Fonts, size: (f32, f32)) -> Self {
        let size = (super::draw::tenths(size.0).unsigned_abs(), super::draw::tenths(size.1).unsigned_abs());
        Self { fonts, size, items: Rc::default() }
    }

    /// What will have been drawn.
    pub(super) fn items(&self) -> Rc<RefCell<Vec<Item>>> {
        Rc::clone(&self.items)
    }

    fn path<S: BackendStyle>(&self, points: impl IntoIterator<Item = BackendCoord>, closed: bool, style: &S) {
        let points: Vec<_> = points.into_iter().map(place).collect();
        if points.len() > 1 {
            let shape = Shape::Path(points, closed);
            self.put(Item::Shape(shape, if closed { fill(style) } else { stroke(style) }));
        }
    }

    fn put(&self, item: Item) {
        self.items.borrow_mut().push(item);
    }
}

#[allow(clippy::cast_precision_loss)]
fn place(at: BackendCoord) -> (f32, f32) {
    (at.0 as f32 / 10.0, at.1 as f32 / 10.0)
}

fn grey(color: BackendColor) -> u8 {
    color.rgb.0
}

fn fill<S: BackendStyle>(style: &S) -> Paint {
    Paint::Fill(grey(style.color()))
}

#[allow(clippy::cast_precision_loss)]
fn stroke<S: BackendStyle>(style: &S) -> Paint {
    Paint::Stroke(style.stroke_width() as f32 / 10.0, grey(style.color()))
}

impl DrawingBackend for Sheet<'_> {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    fn draw_pixel(&mut self, point: BackendCoord, color: BackendColor) -> Drawn {
        let shape = Shape::Circle(place(point), 0.05);
        self.put(Item::Shape(shape, Paint::Fill(grey(color))));
        Ok(())
    }

    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> Drawn {
        self.path([from, to], false, style);
        Ok(())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, path: I, style: &S) -> Drawn {
        self.path(path, false, style);
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, path: I, style: &S) -> Drawn {
        self.path(path, true, style);
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(&mut self, at: BackendCoord, radius: u32, style: &S, filled: bool) -> Drawn {
        #[allow(clippy::cast_precision_loss)]
        let shape = Shape::Circle(place(at), radius as f32 / 10.0);
        self.put(Item::Shape(shape, if filled { fill(style) } else { stroke(style) }));
        Ok(())
    }

    fn draw_text<S: BackendTextStyle>(&mut self, text: &str, style: &S, at: BackendCoord) -> Drawn {
        let weight = if matches!(style.style(), FontStyle::Bold) { Weight::Bold } else { Weight::Regular };
        let line = line(self.fonts, text, weight);
        #[allow(clippy::cast_possible_truncation)]
        let size = (style.size() / TEXT_SIZE / 10.0) as f32;
        let (x, y) = place(at);
        let x = match style.anchor().h_pos {
            HPos::Left => x,
            HPos::Center => x - line.width * size / 2.0,
            HPos::Right => x - line.width * size,
        };
        // As the SVG backend places it: half a small letter below the middle.
        let y = match style.anchor().v_pos {
            VPos::Top => y + 0.76 * size,
            VPos::Center => y + 0.27 * size,
            VPos::Bottom => y - 0.27 * size,
        };
        self.put(Item::Text { x, y, size, line });
        Ok(())
    }
}
