//! Content that flows from the top of the first page to the end of the last.

use super::font::{Fonts, Weight};
use super::sheet::{Grey, Item, Owner, Page, Paint, Shape, Tagged};
use super::text::{Line, clean, line, wrap};
use crate::Paper;

/// Blank at the edges of the paper: what every printer can print, and room to punch.
const MARGIN: f32 = 40.0;
/// Smallest text of a page.
pub(crate) const SMALL: f32 = 10.0;
/// Distance of two lines, in font sizes.
pub(crate) const LEADING: f32 = 1.22;

/// What stands at the edges of each page.
pub(crate) struct Furniture {
    /// Whose record it is: identity on each page.
    pub(crate) identity: String,
    /// At the left of the foot, above `foot`.
    pub(crate) state: String,
    /// The last line.
    pub(crate) foot: String,
}

/// Pages as they fill.
pub(crate) struct Flow<'f> {
    pub(crate) fonts: &'f Fonts,
    pub(crate) paper: Paper,
    pub(crate) pages: Vec<Page>,
    pub(crate) tags: Vec<Tagged>,
    /// Headings: level, text, page, height on it.
    pub(crate) outline: Vec<(u16, String, usize, f32)>,
    identity: Vec<Line>,
    state: String,
    foot: String,
    leaves: usize,
    y: f32,
}

impl<'f> Flow<'f> {
    pub(crate) fn new(fonts: &'f Fonts, paper: Paper, furniture: &Furniture) -> Self {
        let (width, _) = paper.points();
        // The page number needs a part of the line.
        let identity =
            wrap(fonts, &clean(fonts, &furniture.identity), Weight::Bold, (width - 2.0 * MARGIN - 80.0) / SMALL);
        let mut flow = Self {
            fonts,
            paper,
            pages: vec![Page::default()],
            tags: Vec::new(),
            outline: Vec::new(),
            identity,
            state: clean(fonts, &furniture.state),
            foot: clean(fonts, &furniture.foot),
            leaves: 0,
            y: 0.0,
        };
        flow.y = flow.top();
        flow
    }

    /// An empty one of the same kind, to try on.
    pub(crate) fn like(&self) -> Self {
        let mut like = Self {
            fonts: self.fonts,
            paper: self.paper,
            pages: vec![Page::default()],
            tags: Vec::new(),
            outline: Vec::new(),
            identity: self.identity.clone(),
            state: String::new(),
            foot: String::new(),
            leaves: 0,
            y: 0.0,
        };
        like.y = like.top();
        like
    }

    /// Height that is left on this page.
    pub(crate) fn left_on_page(&self) -> f32 {
        (self.bottom() - self.y).max(0.0)
    }

    pub(crate) const fn left(&self) -> f32 {
        MARGIN
    }

    pub(crate) fn width(&self) -> f32 {
        self.paper.points().0 - 2.0 * MARGIN
    }

    pub(crate) const fn y(&self) -> f32 {
        self.y
    }

    fn top(&self) -> f32 {
        #[allow(clippy::cast_precision_loss)]
        let lines = self.identity.len().max(1) as f32;
        MARGIN - 12.0 + lines * SMALL * LEADING + 8.0
    }

    fn bottom(&self) -> f32 {
        self.paper.points().1 - MARGIN + 10.0 - 2.0 * SMALL * LEADING - 8.0
    }

    /// Height of a whole page.
    pub(crate) fn body(&self) -> f32 {
        self.bottom() - self.top()
    }

    /// Makes sure of `height` on this page; begins a new one where there is not so much left, and says so.
    pub(crate) fn room(&mut self, height: f32) -> bool {
        let turn = self.y + height > self.bottom() + 0.01 && self.y > self.top();
        if turn {
            self.pages.push(Page::default());
            self.y = self.top();
        }
        turn
    }

    /// Leaves `height` blank; at the end of a page nothing.
    pub(crate) fn skip(&mut self, height: f32) {
        self.y += height;
    }

    pub(crate) fn put(&mut self, owner: Owner, item: Item) {
        if let Some(page) = self.pages.last_mut() {
            page.items.push((owner, item));
        }
    }

    /// A new leaf of the structure.
    pub(crate) fn leaf(&mut self) -> usize {
        self.leaves += 1;
        self.leaves - 1
    }

    pub(crate) const fn leaves_made(&self) -> usize {
        self.leaves
    }

    pub(crate) fn tag(&mut self, tagged: Tagged) {
        self.tags.push(tagged);
    }

    /// A line over the whole width, here.
    pub(crate) fn rule(&mut self, width: f32, grey: Grey) {
        let ends = vec![(MARGIN, self.y), (MARGIN + self.width(), self.y)];
        self.put(Owner::Nobody, Item::Shape(Shape::Path(ends, false), Paint::Stroke(width, grey)));
    }

    /// A heading; it is never the last thing on a page: `with` is the height of what belongs below it.
    pub(crate) fn heading(&mut self, level: u16, text: &str, with: f32) {
        let size = if level == 1 { 15.0 } else { 11.5 };
        let above = if level == 1 { 0.0 } else { 8.0 };
        self.room(above + size * 1.35 + with);
        if self.y > self.top() {
            self.skip(above);
        }
        let text = clean(self.fonts, text);
        let leaf = self.leaf();
        let item = Item::Text { x: MARGIN, y: self.y + size, size, line: line(self.fonts, &text, Weight::Bold) };
        self.outline.push((level, text.clone(), self.pages.len() - 1, self.y));
        self.put(Owner::Leaf(leaf), item);
        self.skip(size * 1.35);
        self.tag(Tagged::Heading(level, text, leaf));
    }

    /// A paragraph.
    pub(crate) fn paragraph(&mut self, text: &str, weight: Weight) {
        let text = clean(self.fonts, text);
        let leaf = self.leaf();
        for line in wrap(self.fonts, &text, weight, self.width() / SMALL) {
            self.room(SMALL * LEADING);
            let y = self.y + SMALL * 0.95;
            self.put(Owner::Leaf(leaf), Item::Text { x: MARGIN, y, size: SMALL, line });
            self.skip(SMALL * LEADING);
        }
        self.tag(Tagged::Paragraph(leaf));
    }

    /// Short texts beside each other, each so far from the left.
    pub(crate) fn labels(&mut self, labels: &[(f32, &str)]) {
        self.room(SMALL * LEADING);
        let y = self.y + SMALL * 0.95;
        for (x, text) in labels {
            let leaf = self.leaf();
            let line = line(self.fonts, &clean(self.fonts, text), Weight::Regular);
            self.put(Owner::Leaf(leaf), Item::Text { x: MARGIN + x, y, size: SMALL, line });
            self.tag(Tagged::Paragraph(leaf));
        }
        self.skip(SMALL * LEADING);
    }

    /// A drawing of this height, with what it shows in words.
    pub(crate) fn figure(&mut self, items: Vec<Item>, height: f32, words: &str) {
        self.room(height);
        let leaf = self.leaf();
        let y = self.y;
        for item in items {
            self.put(Owner::Leaf(leaf), moved(item, MARGIN, y));
        }
        self.skip(height);
        let words = clean(self.fonts, words);
        self.tag(Tagged::Figure(words, leaf));
    }

    /// Writes the edges of every page: now it is known how many there are.
    pub(crate) fn finish(&mut self) {
        let count = self.pages.len();
        let (width, height) = self.paper.points();
        let rule =
            |y: f32| Item::Shape(Shape::Path(vec![(MARGIN, y), (width - MARGIN, y)], false), Paint::Stroke(0.5, 0));
        let (top, bottom) = (self.top() - 5.0, self.bottom() + 5.0);
        let state = line(self.fonts, &self.state, Weight::Bold);
        let foot = line(self.fonts, &self.foot, Weight::Regular);
        for (n, page) in self.pages.iter_mut().enumerate() {
            let number = line(self.fonts, &format!("Page {} of {count}", n + 1), Weight::Regular);
            let mut put = |item| page.items.push((Owner::Nobody, item));
            let mut y = MARGIN - 12.0 + SMALL;
            put(Item::Text { x: width - MARGIN - number.width * SMALL, y, size: SMALL, line: number });
            for line in &self.identity {
                put(Item::Text { x: MARGIN, y, size: SMALL, line: line.clone() });
                y += SMALL * LEADING;
            }
            put(rule(top));
            put(rule(bottom));
            let base = height - MARGIN + 10.0 - SMALL * LEADING;
            put(Item::Text { x: MARGIN, y: base, size: SMALL, line: state.clone() });
            put(Item::Text { x: MARGIN, y: base + SMALL * LEADING, size: SMALL, line: foot.clone() });
        }
    }
}

fn moved(item: Item, dx: f32, dy: f32) -> Item {
    match item {
        Item::Text { x, y, size, line } => Item::Text { x: x + dx, y: y + dy, size, line },
        Item::Shape(Shape::Path(points, closed), paint) => {
            let points = points.into_iter().map(|(x, y)| (x + dx, y + dy)).collect();
            Item::Shape(Shape::Path(points, closed), paint)
        }
        Item::Shape(Shape::Circle((x, y), radius), paint) => {
            Item::Shape(Shape::Circle((x + dx, y + dy), radius), paint)
        }
    }
}
