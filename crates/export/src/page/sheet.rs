//! What stands on a page, before it is a PDF: shapes and text at their places, and what each belongs to.

use super::text::Line;

/// Grey of a shape: 0 is black, 255 white.
pub(crate) type Grey = u8;

/// How a shape is painted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Paint {
    Fill(Grey),
    /// Width in points.
    Stroke(f32, Grey),
}

/// The outline of a shape, in points from the upper left corner.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Shape {
    /// Corners joined by lines.
    Path(Vec<(f32, f32)>, Closed),
    /// Centre and radius.
    Circle((f32, f32), f32),
}

/// Whether the last corner is joined to the first.
pub(crate) type Closed = bool;

/// One thing on a page.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Item {
    Shape(Shape, Paint),
    /// A line whose baseline begins here, at a font size.
    Text {
        x: f32,
        y: f32,
        size: f32,
        line: Line,
    },
}

/// What an item belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    /// A piece of the content: the number of the leaf in the structure.
    Leaf(usize),
    /// Decoration, a repeated heading, or what stands at the edge of each page.
    Nobody,
}

/// One page.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Page {
    pub(crate) items: Vec<(Owner, Item)>,
}

/// The structure of the content, for those who do not see the page.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Tagged {
    Heading(u16, String, usize),
    Paragraph(usize),
    Table(Vec<TaggedRow>),
    /// What it shows, in words.
    Figure(String, usize),
}

/// A row of a table.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TaggedRow {
    pub(crate) head: bool,
    /// The leaf of each cell, and whether it heads its row.
    pub(crate) cells: Vec<(usize, bool)>,
}
