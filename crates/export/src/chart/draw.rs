//! The drawing, on any backend of `plotters`.

use super::frame::{Scale, labels, scale};
use super::scene::{Cuff, Scene, TickKind, Trace};
use super::sheet::TEXT_SIZE;
use crate::Face;
use crate::page::{Fonts, Weight, measure};
use chairside_observation::session::Phase;
use plotters::coord::Shift;
use plotters::coord::types::RangedCoordf64;
use plotters::element::DashedPathElement;
use plotters::prelude::{
    Cartesian2d, Circle, CoordTranslate, DrawingArea, DrawingAreaErrorKind, DrawingBackend, PathElement, Polygon,
    RGBColor, ShapeStyle, TextStyle,
};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontDesc, FontFamily, FontStyle};

/// Size of every letter of the chart: nothing on paper is smaller.
const LETTERS: f32 = 10.0;
/// The fonts a reader of the SVG may have; the first one is ours.
const FAMILY: &str = "DejaVu Sans Condensed, DejaVu Sans, sans-serif";
/// Left and right of the axes.
const SIDE: f32 = 30.0;
const BLACK: u8 = 0;
const GRID: u8 = 205;
const EDGE: u8 = 110;

type Drawn<DB> = Result<(), DrawingAreaErrorKind<<DB as DrawingBackend>::ErrorType>>;

/// Tenths of a point, which the drawing counts in.
#[allow(clippy::cast_possible_truncation)]
pub(super) fn tenths(points: f32) -> i32 {
    (points * 10.0).round() as i32
}

/// Draws in points.
struct Pen<'a, DB: DrawingBackend> {
    area: &'a DrawingArea<DB, Shift>,
    fonts: &'a Fonts,
}

impl<DB: DrawingBackend> Pen<'_, DB> {
    fn style(width: f32, grey: u8, filled: bool) -> ShapeStyle {
        let stroke_width = tenths(width).unsigned_abs();
        ShapeStyle { color: RGBColor(grey, grey, grey).to_rgba(), filled, stroke_width }
    }

    fn line(&self, points: &[(f32, f32)], width: f32, grey: u8) -> Drawn<DB> {
        let points: Vec<_> = points.iter().map(|(x, y)| (tenths(*x), tenths(*y))).collect();
        self.area.draw(&PathElement::new(points, Self::style(width, grey, false)))
    }

    fn dashed(&self, points: &[(f32, f32)], width: f32) -> Drawn<DB> {
        let points: Vec<_> = points.iter().map(|(x, y)| (tenths(*x), tenths(*y))).collect();
        self.area.draw(&DashedPathElement::new(points, 30, 20, Self::style(width, BLACK, false)))
    }

    fn fill(&self, points: &[(f32, f32)], grey: u8) -> Drawn<DB> {
        let points: Vec<_> = points.iter().map(|(x, y)| (tenths(*x), tenths(*y))).collect();
        self.area.draw(&Polygon::new(points, Self::style(0.0, grey, true)))
    }

    fn block(&self, (left, top): (f32, f32), (right, bottom): (f32, f32), grey: u8) -> Drawn<DB> {
        self.fill(&[(left, top), (right, top), (right, bottom), (left, bottom)], grey)
    }

    fn circle(&self, at: (f32, f32), radius: f32, width: f32, filled: bool) -> Drawn<DB> {
        if !filled {
            // White inside: what lies below does not fill it.
            let inside = Circle::new((tenths(at.0), tenths(at.1)), tenths(radius), Self::style(0.0, 255, true));
            self.area.draw(&inside)?;
        }
        let style = Self::style(width, BLACK, filled);
        self.area.draw(&Circle::new((tenths(at.0), tenths(at.1)), tenths(radius), style))
    }

    fn text(&self, text: &str, at: (f32, f32), side: HPos, weight: Weight) -> Drawn<DB> {
        let style = if weight == Weight::Bold { FontStyle::Bold } else { FontStyle::Normal };
        let size = f64::from(LETTERS) * 10.0 * TEXT_SIZE;
        let font = FontDesc::new(FontFamily::Name(FAMILY), size, style);
        let style = TextStyle::from(font).color(&RGBColor(0, 0, 0)).pos(Pos::new(side, VPos::Center));
        self.area.draw_text(text, &style, (tenths(at.0), tenths(at.1)))
    }

    fn width(&self, text: &str, weight: Weight) -> f32 {
        measure(self.fonts, text, weight) * LETTERS
    }
}

/// A panel: where seconds and values lie on paper.
struct Panel {
    plane: Cartesian2d<RangedCoordf64, RangedCoordf64>,
    top: f32,
    bottom: f32,
    left: f32,
    right: f32,
    scale: Scale,
}

impl Panel {
    fn new(scene: &Scene, scale: Scale, (left, right): (f32, f32), (top, bottom): (f32, f32)) -> Self {
        let across = (tenths(left), tenths(right));
        let up = (tenths(bottom), tenths(top));
        let plane = Cartesian2d::new(scene.from_s..scene.to_s, scale.low..scale.high, (across.0..across.1, up.0..up.1));
        Self { plane, top, bottom, left, right, scale }
    }

    /// A value beyond an axis lies at its edge.
    #[allow(clippy::cast_precision_loss)]
    fn at(&self, at_s: f64, value: f64) -> (f32, f32) {
        let value = value.clamp(self.scale.low, self.scale.high);
        let (x, y) = self.plane.translate(&(at_s, value));
        ((x as f32 / 10.0).clamp(self.left, self.right), y as f32 / 10.0)
    }

    fn x(&self, at_s: f64) -> f32 {
        self.at(at_s, self.scale.low).0
    }

    fn numbers(&self) -> Vec<f64> {
        let mut numbers = Vec::new();
        let mut number = self.scale.low;
        while number <= self.scale.high + 0.001 {
            numbers.push(number);
            number += self.scale.step;
        }
        numbers
    }
}

/// Draws the whole chart into `size` points.
pub(super) fn draw<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    scene: &Scene,
    face: &Face<'_>,
    fonts: &Fonts,
    size: (f32, f32),
    title: Option<&str>,
) -> Drawn<DB> {
    let pen = Pen { area, fonts };
    let mut top = 0.0;
    if let Some(title) = title {
        top = 18.0;
        pen.text(title, (0.0, 8.0), HPos::Left, Weight::Bold)?;
    }
    let across = (SIDE, size.0 - SIDE);
    let legend = legend(scene, &pen, size.0);
    #[allow(clippy::cast_precision_loss)]
    let below = 15.0 + legend.len() as f32 * 13.0;
    let plots = size.1 - top - below - 56.0;
    let middle = top + 50.0 + plots * 0.66;
    let pressures = scene.cuffs.iter().flat_map(|cuff| [cuff.systolic, cuff.diastolic]).flatten();
    let beats = scene.heart.iter().flat_map(|dot| [dot.low, dot.high]);
    let beside = scene.heart_hollow.iter().chain(&scene.heart_typed).map(|(_, value)| *value);
    let upper = scale(pressures.chain(beats).chain(beside), (40.0, 160.0, 20.0), (0.0, 320.0), plots * 0.66);
    let spo2 = scale(values(&scene.spo2), (80.0, 100.0, 5.0), (0.0, 100.0), plots * 0.34);
    let resp = scale(values(&scene.resp), (0.0, 40.0, 10.0), (0.0, 150.0), plots * 0.34);
    let bottom = middle + 6.0 + plots * 0.34;
    let upper = Panel::new(scene, upper, across, (top + 50.0, middle));
    let spo2 = Panel::new(scene, spo2, across, (middle + 6.0, bottom));
    let resp = Panel::new(scene, resp, across, (middle + 6.0, bottom));

    phases(&pen, scene, &upper, top + 14.0, bottom)?;
    time(&pen, scene, face, &upper, (top, bottom))?;
    ticks(&pen, scene, &upper, top + 29.0)?;
    frame(&pen, &upper, Some(HPos::Right))?;
    frame(&pen, &spo2, Some(HPos::Right))?;
    numbers(&pen, &resp, HPos::Left)?;
    heart(&pen, scene, &upper)?;
    for cuff in &scene.cuffs {
        carets(&pen, cuff, &upper)?;
    }
    trace(&pen, &scene.spo2, &spo2, false)?;
    trace(&pen, &scene.resp, &resp, true)?;
    let taken = named(&pen, (&scene.spo2, &spo2), (&scene.resp, &resp), ("SpO\u{2082} %", true), None)?;
    named(&pen, (&scene.resp, &resp), (&scene.spo2, &spo2), ("RR /min", false), taken)?;
    if scene.is_empty() {
        let (x, y) = ((across.0 + across.1) / 2.0, (upper.top + upper.bottom) / 2.0);
        pen.block((x - 70.0, y - 8.0), (x + 70.0, y + 8.0), 255)?;
        pen.text("No value was recorded", (x, y), HPos::Center, Weight::Bold)?;
    }
    for (n, row) in legend.iter().enumerate() {
        #[allow(clippy::cast_precision_loss)]
        let y = bottom + 21.0 + n as f32 * 13.0;
        for (x, piece) in row {
            piece.draw(&pen, (*x, y))?;
        }
    }
    Ok(())
}

fn values(trace: &Trace) -> impl Iterator<Item = f64> {
    trace.lines.iter().flatten().chain(&trace.hollow).chain(&trace.typed).map(|(_, value)| *value)
}

const fn tone(phase: Phase) -> u8 {
    match phase {
        Phase::Infusing => 200,
        Phase::Baseline | Phase::Observing => 230,
        Phase::CheckedIn | Phase::Ready => 245,
        _ => 255,
    }
}

/// The strip of phases, and a line through the chart wherever one ends.
fn phases<DB: DrawingBackend>(pen: &Pen<'_, DB>, scene: &Scene, panel: &Panel, top: f32, bottom: f32) -> Drawn<DB> {
    let low = top + 14.0;
    for (from, to, phase) in &scene.phases {
        let (left, right) = (panel.x(*from), panel.x(*to));
        pen.block((left, top), (right, low), tone(*phase))?;
        if *phase == Phase::Infusing {
            pen.block((left, panel.top), (right, bottom), 246)?;
        }
        pen.line(&[(left, top), (left, low)], 0.6, BLACK)?;
        if *from > scene.from_s {
            pen.line(&[(left, panel.top), (left, bottom)], 0.5, EDGE)?;
        }
        if pen.width(phase.word(), Weight::Regular) + 4.0 < right - left {
            pen.text(phase.word(), ((left + right) / 2.0, top + 7.0), HPos::Center, Weight::Regular)?;
        }
    }
    let (left, right) = (panel.left, panel.right);
    pen.line(&[(left, top), (right, top), (right, low), (left, low), (left, top)], 0.6, BLACK)
}

/// Time since T+0 below, the clock above, and a line for each label.
fn time<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    scene: &Scene,
    face: &Face<'_>,
    panel: &Panel,
    (top, bottom): (f32, f32),
) -> Drawn<DB> {
    for label in labels(scene, face, panel.right - panel.left) {
        let x = panel.x(label.at_s);
        pen.line(&[(x, panel.top), (x, bottom)], 0.4, GRID)?;
        pen.line(&[(x, bottom), (x, bottom + 3.0)], 0.6, BLACK)?;
        pen.text(&label.since, (x, bottom + 8.5), HPos::Center, Weight::Regular)?;
        pen.text(&label.clock, (x, top + 6.5), HPos::Center, Weight::Regular)?;
    }
    if scene.started {
        pen.text("T+", (panel.right + 15.0, bottom + 8.5), HPos::Left, Weight::Regular)?;
    }
    Ok(())
}

/// Events: a stroke each, and its letter where there is room for it. What was done stands in the upper row.
fn ticks<DB: DrawingBackend>(pen: &Pen<'_, DB>, scene: &Scene, panel: &Panel, top: f32) -> Drawn<DB> {
    let mut free = [f32::MIN; 2];
    for tick in &scene.ticks {
        let x = panel.x(tick.at_s);
        let upper = matches!(tick.kind, TickKind::Drug | TickKind::Serious | TickKind::Limit);
        let row = usize::from(!upper);
        let y = if upper { top + 5.0 } else { top + 14.5 };
        pen.line(&[(x, panel.top - 3.0), (x, panel.top)], 0.6, BLACK)?;
        if x - 4.0 >= free[row] {
            pen.text(tick.kind.words().0, (x, y), HPos::Center, Weight::Regular)?;
            free[row] = x + 4.0;
        }
    }
    Ok(())
}

/// The edges of a panel, its grid and its numbers.
fn frame<DB: DrawingBackend>(pen: &Pen<'_, DB>, panel: &Panel, side: Option<HPos>) -> Drawn<DB> {
    for number in panel.numbers() {
        let (_, y) = panel.at(0.0, number);
        pen.line(&[(panel.left, y), (panel.right, y)], 0.4, GRID)?;
    }
    let Panel { left, right, top, bottom, .. } = *panel;
    pen.line(&[(left, top), (right, top), (right, bottom), (left, bottom), (left, top)], 0.7, BLACK)?;
    side.map_or(Ok(()), |side| numbers(pen, panel, side))
}

fn numbers<DB: DrawingBackend>(pen: &Pen<'_, DB>, panel: &Panel, side: HPos) -> Drawn<DB> {
    let x = if matches!(side, HPos::Right) { panel.left - 3.0 } else { panel.right + 3.0 };
    for number in panel.numbers() {
        let (_, y) = panel.at(0.0, number);
        // The uppermost and the lowest stay inside, beside those of the next panel.
        let y = y.clamp(panel.top + 4.0, panel.bottom - 4.0);
        pen.text(&format!("{number:.0}"), (x, y), side, Weight::Regular)?;
    }
    Ok(())
}

fn heart<DB: DrawingBackend>(pen: &Pen<'_, DB>, scene: &Scene, panel: &Panel) -> Drawn<DB> {
    for dot in &scene.heart {
        let (x, y) = panel.at(dot.at_s, dot.middle);
        let (low, high) = (panel.at(dot.at_s, dot.low).1, panel.at(dot.at_s, dot.high).1);
        if low - high > 2.0 {
            pen.line(&[(x, low), (x, high)], 0.5, BLACK)?;
        }
        pen.circle((x, y), 1.5, 0.0, true)?;
    }
    for (at_s, value) in &scene.heart_hollow {
        pen.circle(panel.at(*at_s, *value), 1.8, 0.6, false)?;
    }
    for (at_s, value) in &scene.heart_typed {
        let (x, y) = panel.at(*at_s, *value);
        pen.circle((x, y), 1.5, 0.0, true)?;
        pen.text("h", (x + 3.0, y), HPos::Left, Weight::Regular)?;
    }
    Ok(())
}

/// The carets of a cuff reading, their points at the values, and the line between them.
fn carets<DB: DrawingBackend>(pen: &Pen<'_, DB>, cuff: &Cuff, panel: &Panel) -> Drawn<DB> {
    let place = |value: f64| panel.at(cuff.at_s, value);
    if let (Some(systolic), Some(diastolic)) = (cuff.systolic, cuff.diastolic) {
        pen.line(&[place(systolic), place(diastolic)], 0.4, if cuff.counts { BLACK } else { 160 })?;
    }
    let parts = [(cuff.systolic, -1.0), (cuff.diastolic, 1.0)];
    for (value, side) in parts {
        if let Some(value) = value {
            caret(pen, place(value), side, cuff.counts)?;
        }
    }
    if let (true, Some(value)) = (cuff.typed, cuff.systolic.or(cuff.diastolic)) {
        let (x, y) = place(value);
        pen.text("h", (x + 4.0, y - 3.0), HPos::Left, Weight::Regular)?;
    }
    Ok(())
}

/// A caret with its point at `at`; its arms go up (`-1`) or down (`1`). What does not count is a hollow triangle.
fn caret<DB: DrawingBackend>(pen: &Pen<'_, DB>, (x, y): (f32, f32), side: f32, counts: bool) -> Drawn<DB> {
    let arms = [(x - 3.2, y + side * 5.0), (x, y), (x + 3.2, y + side * 5.0)];
    if counts {
        return pen.line(&arms, 1.3, BLACK);
    }
    pen.fill(&arms, 255)?;
    pen.line(&[arms[0], arms[1], arms[2], arms[0]], 0.6, BLACK)
}

fn trace<DB: DrawingBackend>(pen: &Pen<'_, DB>, trace: &Trace, panel: &Panel, dashed: bool) -> Drawn<DB> {
    for line in &trace.lines {
        let points: Vec<_> = line.iter().map(|(at_s, value)| panel.at(*at_s, *value)).collect();
        if dashed { pen.dashed(&points, 0.9)? } else { pen.line(&points, 1.1, BLACK)? }
    }
    for (at_s, value) in &trace.hollow {
        pen.circle(panel.at(*at_s, *value), 1.8, 0.6, false)?;
    }
    for (at_s, value) in &trace.typed {
        let (x, y) = panel.at(*at_s, *value);
        pen.circle((x, y), 1.5, 0.0, true)?;
        pen.text("h", (x + 3.0, y), HPos::Left, Weight::Regular)?;
    }
    Ok(())
}

/// The name of a line, near its end, where it hides nothing: above the line or below it, as it likes best; gives its height.
/// Where there is no such place, the legend says it.
fn named<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    (trace, panel): (&Trace, &Panel),
    (other, beside): (&Trace, &Panel),
    (name, above): (&str, bool),
    taken: Option<f32>,
) -> Result<Option<f32>, DrawingAreaErrorKind<DB::ErrorType>> {
    let Some((at_s, _)) = trace.lines.last().and_then(|line| line.last()) else { return Ok(None) };
    let width = pen.width(name, Weight::Regular);
    let right = panel.x(*at_s).min(panel.right - 3.0).max(panel.left + width + 4.0);
    let heights = |trace: &Trace, panel: &Panel| -> Vec<f32> {
        let points = trace.lines.iter().flatten().chain(&trace.hollow).chain(&trace.typed);
        let near = points.map(|(at_s, value)| panel.at(*at_s, *value));
        near.filter(|(x, _)| (right - width - 4.0..right + 4.0).contains(x)).map(|(_, y)| y).collect()
    };
    let (own, other) = (heights(trace, panel), heights(other, beside));
    let top = own.iter().copied().fold(panel.bottom, f32::min) - 7.0;
    let low = own.iter().copied().fold(panel.top, f32::max) + 7.0;
    let free = |y: &f32| {
        (panel.top + 5.0..panel.bottom - 5.0).contains(y)
            && other.iter().all(|height| (height - y).abs() > 6.0)
            && taken.is_none_or(|taken| (taken - y).abs() > 10.0)
    };
    let first = if above { [top, low] } else { [low, top] };
    let Some(y) = first.into_iter().find(free) else { return Ok(None) };
    pen.text(name, (right, y), HPos::Right, Weight::Regular)?;
    Ok(Some(y))
}

/// A mark and its meaning.
struct Piece {
    mark: Mark,
    text: String,
}

#[derive(Clone, Copy)]
enum Mark {
    Systolic,
    Diastolic,
    Dot,
    Solid,
    Dashed,
    Hollow,
    Letter(&'static str),
}

impl Piece {
    fn draw<DB: DrawingBackend>(&self, pen: &Pen<'_, DB>, (x, y): (f32, f32)) -> Drawn<DB> {
        match self.mark {
            Mark::Systolic => caret(pen, (x + 5.0, y + 2.5), -1.0, true)?,
            Mark::Diastolic => caret(pen, (x + 5.0, y - 2.5), 1.0, true)?,
            Mark::Dot => pen.circle((x + 5.0, y), 1.5, 0.0, true)?,
            Mark::Solid => pen.line(&[(x, y), (x + 14.0, y)], 1.1, BLACK)?,
            Mark::Dashed => pen.dashed(&[(x, y), (x + 14.0, y)], 0.9)?,
            Mark::Hollow => {
                caret(pen, (x + 3.5, y + 2.5), -1.0, false)?;
                pen.circle((x + 10.5, y), 1.8, 0.6, false)?;
            }
            Mark::Letter(letter) => pen.text(letter, (x + 5.0, y), HPos::Center, Weight::Bold)?,
        }
        pen.text(&self.text, (x + self.mark.width(), y), HPos::Left, Weight::Regular)
    }
}

impl Mark {
    const fn width(self) -> f32 {
        match self {
            Self::Solid | Self::Dashed | Self::Hollow => 17.0,
            _ => 12.5,
        }
    }
}

/// What the marks mean, in rows; each piece with its place.
fn legend<DB: DrawingBackend>(scene: &Scene, pen: &Pen<'_, DB>, width: f32) -> Vec<Vec<(f32, Piece)>> {
    let piece = |mark, text: &str| Piece { mark, text: text.to_owned() };
    let short = if scene.heart_word == "heart rate" { "HR" } else { "PR" };
    let heart = format!("{short} /min, middle of {:.0} s, stroke: range", scene.dot_s);
    let mut pieces = vec![
        piece(Mark::Systolic, "systolic"),
        piece(Mark::Diastolic, "diastolic mmHg"),
        piece(Mark::Dot, &heart),
        piece(Mark::Solid, "SpO\u{2082} % (left)"),
        piece(Mark::Dashed, "RR /min (right)"),
        piece(Mark::Hollow, "not counted"),
    ];
    let typed = !scene.heart_typed.is_empty()
        || [&scene.spo2, &scene.resp].iter().any(|trace| !trace.typed.is_empty())
        || scene.cuffs.iter().any(|cuff| cuff.typed);
    if typed {
        pieces.push(piece(Mark::Letter("h"), "typed by hand"));
    }
    let mut kinds: Vec<TickKind> = scene.ticks.iter().map(|tick| tick.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    if !scene.started {
        pieces.push(piece(Mark::Letter("\u{2013}"), "no infusion: time since the opening"));
    }
    pieces.extend(kinds.iter().map(|kind| piece(Mark::Letter(kind.words().0), kind.words().1)));
    let mut rows: Vec<Vec<(f32, Piece)>> = Vec::new();
    let mut x = f32::MAX;
    for piece in pieces {
        let needs = piece.mark.width() + pen.width(&piece.text, Weight::Regular);
        if x + needs > width {
            rows.push(Vec::new());
            x = 0.0;
        }
        if let Some(row) = rows.last_mut() {
            row.push((x, piece));
        }
        x += needs + 8.0;
    }
    rows
}
