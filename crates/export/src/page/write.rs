//! Pages as a PDF: text as text, shapes as paths, the structure as tags. No clock, no random id: the same pages give the same
//! bytes.

use super::flow::Flow;
use super::font::{Fonts, Glyph, Run, Weight};
use super::sheet::{Item, Owner, Page, Paint, Shape, Tagged};
use crate::ExportError;
use krilla::color::luma;
use krilla::configure::{Accessibility, Configuration, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::geom::{Path, PathBuilder, Point};
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule, Stroke};
use krilla::surface::{Location, Surface};
use krilla::tagging::{
    Artifact, ArtifactType, ContentTag, Identifier, Node, SpanTag, TableHeaderScope, Tag, TagGroup, TagTree,
};
use krilla::text::{Font, Glyph as PdfGlyph, GlyphId};
use krilla::{Data, Document, SerializeSettings};
use std::num::NonZeroU16;
use std::ops::Range;

/// Distance of the handles of a quarter circle drawn as a curve, in radii.
const ROUND: f32 = 0.552_284_8;

/// What stands about the document beside its pages.
pub(crate) struct About<'a> {
    pub(crate) title: &'a str,
    pub(crate) version: &'a str,
    /// Names the content: the same for the same record.
    pub(crate) id: &'a str,
}

/// The bytes of the PDF.
pub(crate) fn write(flow: &Flow<'_>, about: &About<'_>) -> Result<Vec<u8>, ExportError> {
    // The rules of PDF/UA are held where the text allows it; a record is printed even where it does not.
    let accessible = ConfigurationBuilder::new().with_accessibility_validator(Accessibility::UA1).finish();
    if let Ok(bytes) = attempt(flow, about, accessible.unwrap_or_default()) {
        return Ok(bytes);
    }
    attempt(flow, about, Configuration::default())
}

fn attempt(flow: &Flow<'_>, about: &About<'_>, configuration: Configuration) -> Result<Vec<u8>, ExportError> {
    let settings = SerializeSettings { configuration, enable_tagging: true, ..SerializeSettings::default() };
    let mut document = Document::new_with(settings);
    document.set_metadata(
        Metadata::new()
            .title(about.title.to_owned())
            .language("en".to_owned())
            .creator(format!("chairside {}", about.version))
            .document_id(about.id.to_owned()),
    );
    let font = |weight| Font::new(Data::from(Fonts::bytes(weight)), 0).ok_or(ExportError::Font);
    let fonts = [font(Weight::Regular)?, font(Weight::Bold)?];
    let (width, height) = flow.paper.points();
    let mut leaves: Vec<Vec<Identifier>> = vec![Vec::new(); flow.leaves_made()];
    for page in &flow.pages {
        let settings = PageSettings::from_wh(width, height).ok_or_else(|| ExportError::Pdf("no such paper".into()))?;
        let mut on = document.start_page_with(settings);
        let mut surface = on.surface();
        draw(page, &mut surface, &fonts, &mut leaves);
        surface.finish();
        on.finish();
    }
    document.set_outline(outline(flow));
    document.set_tag_tree(tree(&flow.tags, &mut leaves));
    document.finish().map_err(|error| ExportError::Pdf(error.to_string()))
}

/// Items in their order; neighbours of one leaf are one piece of marked content.
fn draw(page: &Page, surface: &mut Surface<'_>, fonts: &[Font; 2], leaves: &mut [Vec<Identifier>]) {
    for piece in page.items.chunk_by(|one, next| one.0 == next.0) {
        let Some((owner, _)) = piece.first() else { continue };
        let content = match owner {
            Owner::Leaf(_) => ContentTag::Span(SpanTag::empty()),
            Owner::Nobody => ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)),
        };
        let identifier = surface.start_tagged(content);
        for (_, item) in piece {
            draw_item(item, surface, fonts);
        }
        surface.end_tagged();
        if let Owner::Leaf(leaf) = owner
            && let Some(pieces) = leaves.get_mut(*leaf)
        {
            pieces.push(identifier);
        }
    }
}

fn draw_item(item: &Item, surface: &mut Surface<'_>, fonts: &[Font; 2]) {
    match item {
        Item::Text { x, y, size, line } => {
            surface.set_stroke(None);
            surface.set_fill(Some(fill(0)));
            let mut at = *x;
            for run in &line.runs {
                draw_run(run, Point::from_xy(at, *y), *size, surface, fonts);
                at += run.width() * size;
            }
        }
        Item::Shape(shape, paint) => {
            let Some(path) = path(shape) else { return };
            match paint {
                Paint::Fill(grey) => {
                    surface.set_stroke(None);
                    surface.set_fill(Some(fill(*grey)));
                }
                Paint::Stroke(width, grey) => {
                    surface.set_fill(None);
                    let paint = luma::Color::new(*grey).into();
                    surface.set_stroke(Some(Stroke { paint, width: *width, ..Stroke::default() }));
                }
            }
            surface.draw_path(&path);
        }
    }
}

fn draw_run(run: &Run, at: Point, size: f32, surface: &mut Surface<'_>, fonts: &[Font; 2]) {
    let font = match run.weight {
        Weight::Regular => &fonts[0],
        Weight::Bold => &fonts[1],
    };
    let glyphs: Vec<Placed<'_>> = run.glyphs.iter().map(Placed).collect();
    surface.draw_glyphs(at, &glyphs, font.clone(), &run.text, size, false);
}

fn fill(grey: u8) -> Fill {
    Fill { paint: luma::Color::new(grey).into(), opacity: NormalizedF32::ONE, rule: FillRule::NonZero }
}

fn path(shape: &Shape) -> Option<Path> {
    let mut path = PathBuilder::new();
    match shape {
        Shape::Path(points, closed) => {
            let (first, rest) = points.split_first()?;
            path.move_to(first.0, first.1);
            rest.iter().for_each(|point| path.line_to(point.0, point.1));
            if *closed {
                path.close();
            }
        }
        Shape::Circle((x, y), r) => {
            let h = r * ROUND;
            path.move_to(x + r, *y);
            path.cubic_to(x + r, y + h, x + h, y + r, *x, y + r);
            path.cubic_to(x - h, y + r, x - r, y + h, x - r, *y);
            path.cubic_to(x - r, y - h, x - h, y - r, *x, y - r);
            path.cubic_to(x + h, y - r, x + r, y - h, x + r, *y);
            path.close();
        }
    }
    path.finish()
}

/// Headings as the reader's table of contents.
fn outline(flow: &Flow<'_>) -> Outline {
    let mut outline = Outline::new();
    for (_, text, page, y) in &flow.outline {
        let place = XyzDestination::new(*page, Point::from_xy(0.0, *y));
        outline.push_child(OutlineNode::new(text.clone(), place));
    }
    outline
}

fn tree(tags: &[Tagged], leaves: &mut [Vec<Identifier>]) -> TagTree {
    let mut take = |leaf: usize| -> Vec<Node> {
        let pieces = leaves.get_mut(leaf).map(std::mem::take).unwrap_or_default();
        pieces.into_iter().map(Node::from).collect()
    };
    let mut tree = TagTree::new();
    for tagged in tags {
        match tagged {
            Tagged::Heading(level, text, leaf) => {
                let level = NonZeroU16::new(*level).unwrap_or(NonZeroU16::MIN);
                tree.push(TagGroup::with_children(Tag::Hn(level, Some(text.clone())), take(*leaf)));
            }
            Tagged::Paragraph(leaf) => tree.push(TagGroup::with_children(Tag::P, take(*leaf))),
            Tagged::Figure(words, leaf) => {
                tree.push(TagGroup::with_children(Tag::Figure(Some(words.clone())), take(*leaf)));
            }
            Tagged::Table(rows) => {
                let mut table = TagGroup::new(Tag::Table);
                for row in rows {
                    let mut group = TagGroup::new(Tag::TR);
                    for (leaf, heads) in &row.cells {
                        let scope = if row.head { TableHeaderScope::Column } else { TableHeaderScope::Row };
                        let cell = if *heads {
                            TagGroup::with_children(Tag::TH(scope), take(*leaf))
                        } else {
                            TagGroup::with_children(Tag::TD, take(*leaf))
                        };
                        group.push(cell);
                    }
                    table.push(group);
                }
                tree.push(table);
            }
        }
    }
    tree
}

/// A glyph as the writer of the PDF asks for it.
struct Placed<'a>(&'a Glyph);

impl PdfGlyph for Placed<'_> {
    fn glyph_id(&self) -> GlyphId {
        GlyphId::new(u32::from(self.0.id))
    }

    fn text_range(&self) -> Range<usize> {
        self.0.text.clone()
    }

    fn x_advance(&self, size: f32) -> f32 {
        self.0.advance * size
    }

    fn x_offset(&self, size: f32) -> f32 {
        self.0.dx * size
    }

    fn y_offset(&self, size: f32) -> f32 {
        self.0.dy * size
    }

    fn y_advance(&self, _: f32) -> f32 {
        0.0
    }

    fn location(&self) -> Option<Location> {
        None
    }
}
