//! Tables: columns as wide as they need to be, rows that are never split, headings on each page.

use super::flow::{Flow, LEADING};
use super::font::{Fonts, Weight};
use super::sheet::{Item, Owner, Paint, Shape, Tagged, TaggedRow};
use super::text::{Line, clean, measure, wrap};

/// Blank between the columns.
const GUTTER: f32 = 7.0;
/// Blank above and below the lines of a row.
const PAD: f32 = 1.0;
/// A column is never narrower, whatever the others need.
const NARROWEST: f32 = 36.0;

/// A column.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column {
    pub(crate) title: &'static str,
    /// Free text: it gives way when the page is too narrow, and takes what is left.
    pub(crate) gives: bool,
    /// Never narrower.
    least: f32,
}

impl Column {
    /// One that is as wide as its longest text.
    pub(crate) const fn fixed(title: &'static str) -> Self {
        Self { title, gives: false, least: 0.0 }
    }

    /// Names of what stands beside them: as wide in all tables of a page.
    pub(crate) const fn names() -> Self {
        Self { title: "", gives: false, least: 68.0 }
    }

    /// One of free text.
    pub(crate) const fn free(title: &'static str) -> Self {
        Self { title, gives: true, least: 0.0 }
    }
}

/// What stands in a cell.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Cell {
    pub(crate) text: String,
    pub(crate) bold: bool,
    /// It no longer counts: struck through.
    pub(crate) struck: bool,
}

impl Cell {
    pub(crate) fn bold(text: impl Into<String>) -> Self {
        Self { text: text.into(), bold: true, struck: false }
    }
}

impl<T: Into<String>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self { text: text.into(), ..Self::default() }
    }
}

/// A table.
pub(crate) struct Table {
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: Vec<Vec<Cell>>,
    /// The first cell of each row heads it.
    pub(crate) heads: bool,
    /// Rule below each row; without it only below the headings.
    pub(crate) ruled: bool,
    pub(crate) size: f32,
}

/// The lines of each cell of a row.
type Laid = Vec<(Vec<Line>, bool)>;

impl Flow<'_> {
    /// Puts a table on the page, or on as many as it needs.
    pub(crate) fn table(&mut self, table: &Table) {
        let widths = widths(self.fonts, table, self.width());
        let titles: Vec<Cell> = table.columns.iter().map(|column| Cell::bold(column.title)).collect();
        let has_titles = table.columns.iter().any(|column| !column.title.is_empty());
        let titles = has_titles.then(|| lay(self.fonts, &titles, &widths, table.size));
        let head = titles.as_ref().map_or(0.0, |titles| height(titles, table.size));
        let mut tagged = Vec::new();
        let mut fresh = true;
        for row in &table.rows {
            for laid in portions(lay(self.fonts, row, &widths, table.size), self.body() - head, table.size) {
                let high = height(&laid, table.size);
                if self.room(if fresh { head + high } else { high }) || fresh {
                    if let Some(titles) = &titles {
                        // The first time the titles are content, on further pages decoration.
                        let leaves = fresh.then(|| self.leaves(titles.len()));
                        self.row(titles, &widths, table.size, leaves.as_deref());
                        self.rule(0.8, 0);
                        tagged.extend(leaves.map(|leaves| TaggedRow {
                            head: true,
                            cells: leaves.into_iter().map(|leaf| (leaf, true)).collect(),
                        }));
                    }
                    fresh = false;
                }
                let leaves = self.leaves(laid.len());
                self.row(&laid, &widths, table.size, Some(&leaves));
                if table.ruled {
                    self.rule(0.3, 150);
                }
                let cells = leaves.into_iter().enumerate().map(|(n, leaf)| (leaf, n == 0 && table.heads)).collect();
                tagged.push(TaggedRow { head: false, cells });
            }
        }
        self.tag(Tagged::Table(tagged));
    }

    fn leaves(&mut self, count: usize) -> Vec<usize> {
        (0..count).map(|_| self.leaf()).collect()
    }

    fn row(&mut self, laid: &Laid, widths: &[f32], size: f32, leaves: Option<&[usize]>) {
        let top = self.y() + PAD;
        let mut x = self.left();
        for (n, ((lines, struck), width)) in laid.iter().zip(widths).enumerate() {
            let owner = leaves.and_then(|leaves| leaves.get(n)).map_or(Owner::Nobody, |leaf| Owner::Leaf(*leaf));
            let mut y = top;
            for line in lines {
                let base = y + size * 0.95;
                self.put(owner, Item::Text { x, y: base, size, line: line.clone() });
                if *struck && line.width > 0.0 {
                    let ends = vec![(x, base - size * 0.28), (x + line.width * size, base - size * 0.28)];
                    self.put(Owner::Nobody, Item::Shape(Shape::Path(ends, false), Paint::Stroke(0.7, 0)));
                }
                y += size * LEADING;
            }
            x += width + GUTTER;
        }
        self.skip(height(laid, size));
    }
}

fn height(laid: &Laid, size: f32) -> f32 {
    let lines = laid.iter().map(|(lines, _)| lines.len()).max().unwrap_or(0).max(1);
    lines_high(lines, size) + 2.0 * PAD
}

#[allow(clippy::cast_precision_loss)]
fn lines_high(lines: usize, size: f32) -> f32 {
    lines as f32 * size * LEADING
}

fn lay(fonts: &Fonts, row: &[Cell], widths: &[f32], size: f32) -> Laid {
    let cells = row.iter().zip(widths).map(|(cell, width)| {
        let weight = if cell.bold { Weight::Bold } else { Weight::Regular };
        let text = clean(fonts, &cell.text);
        let lines = if text.is_empty() { Vec::new() } else { wrap(fonts, &text, weight, width / size) };
        (lines, cell.struck)
    });
    cells.collect()
}

/// A row in one piece; only one that no page can hold is parted between its lines.
fn portions(laid: Laid, most: f32, size: f32) -> Vec<Laid> {
    if height(&laid, size) <= most {
        return vec![laid];
    }
    let lines = laid.iter().map(|(lines, _)| lines.len()).max().unwrap_or(0);
    let each = (1..=lines).take_while(|n| lines_high(*n, size) + 2.0 * PAD <= most).count().max(1);
    let part = |from: usize| {
        let cells = laid.iter().map(|(lines, struck)| (lines.iter().skip(from).take(each).cloned().collect(), *struck));
        cells.collect()
    };
    (0..lines).step_by(each).map(part).collect()
}

/// Columns as wide as their longest text; where that is too much, those of free text give way.
fn widths(fonts: &Fonts, table: &Table, page: f32) -> Vec<f32> {
    #[allow(clippy::cast_precision_loss)]
    let all = page - GUTTER * (table.columns.len().saturating_sub(1)) as f32;
    let longest = |n: usize| {
        let cells = table.rows.iter().filter_map(|row| row.get(n)).map(|cell| (cell.text.as_str(), cell.bold));
        let titles = [(table.columns[n].title, true)];
        let natural = cells.chain(titles).map(|(text, bold)| {
            let weight = if bold { Weight::Bold } else { Weight::Regular };
            let lines = clean(fonts, text);
            lines.split('\n').map(|line| measure(fonts, line, weight)).fold(0.0, f32::max) * table.size + 0.5
        });
        natural.fold(table.columns[n].least, f32::max)
    };
    let natural: Vec<f32> = (0..table.columns.len()).map(longest).collect();
    let fixed: f32 =
        natural.iter().zip(&table.columns).filter(|(_, column)| !column.gives).map(|(width, _)| width).sum();
    let free: Vec<f32> =
        natural.iter().zip(&table.columns).map(|(width, column)| if column.gives { *width } else { 0.0 }).collect();
    let wanted: f32 = free.iter().sum();
    let left = all - fixed;
    if wanted <= 0.0 {
        // Nothing gives way: all shrink alike when they have to, and are parted a little when there is room.
        let share = (all / fixed.max(1.0)).min(1.0);
        return natural.iter().map(|width| width * share).collect();
    }
    let mut widths = natural.clone();
    let given = share_out(&free, left);
    for (n, column) in table.columns.iter().enumerate() {
        if column.gives {
            widths[n] = given[n];
        }
    }
    widths
}

/// Gives each of `wanted` what it wants, or, where that is too much, the most that leaves the narrow ones alone.
fn share_out(wanted: &[f32], left: f32) -> Vec<f32> {
    let total: f32 = wanted.iter().sum();
    if total <= left {
        return wanted.to_vec();
    }
    let mut open: Vec<usize> = (0..wanted.len()).filter(|n| wanted[*n] > 0.0).collect();
    let mut given = vec![0.0; wanted.len()];
    let mut left = left;
    while !open.is_empty() {
        #[allow(clippy::cast_precision_loss)]
        let fair = (left / open.len() as f32).max(NARROWEST);
        let (small, large): (Vec<usize>, Vec<usize>) = open.iter().partition(|n| wanted[**n] <= fair);
        if small.is_empty() {
            // What is wanted decides about the rest, so that a long text gets more than a name.
            let sum: f32 = large.iter().map(|n| wanted[*n].sqrt()).sum();
            for n in large {
                given[n] = (left * wanted[n].sqrt() / sum).max(NARROWEST);
            }
            break;
        }
        for n in small {
            given[n] = wanted[n];
            left -= wanted[n];
        }
        open = large;
    }
    given
}
