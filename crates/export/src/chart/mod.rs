//! The chart of a session, as anaesthesia charts are drawn: a down-caret for systolic and an up-caret for diastolic pressure, a
//! dot for the heart rate; saturation and respiration below, each with its own line. Black and white. Gaps stay blank, what
//! does not count is hollow.
//!
//! The drawing is made with `plotters`, in tenths of a point, and goes to one of two backends: its own for SVG, and [`sheet`]'s for
//! what the PDF and the picture are made of. All three show the same.

mod draw;
mod frame;
mod picture;
mod scene;
mod sheet;

pub(crate) use scene::Scene;

use crate::page::{Fonts, Item, clean};
use crate::{ExportError, Face, Record};
use plotters::prelude::{IntoDrawingArea, SVGBackend};
use std::fmt::Write;

/// Width and height of the chart by itself, in points: a page across.
const ALONE: (f32, f32) = (760.0, 420.0);
/// Pixels of a point in the picture.
const PIXELS: f32 = 2.0;

/// The chart as items of a page `width` points wide, its height, and what it shows in words.
pub(crate) fn items(
    scene: &Scene,
    face: &Face<'_>,
    fonts: &Fonts,
    size: (f32, f32),
) -> Result<(Vec<Item>, String), ExportError> {
    let sheet = sheet::Sheet::new(fonts, size);
    let items = sheet.items();
    let area = sheet.into_drawing_area();
    draw::draw(&area, scene, face, fonts, size, None).map_err(|error| ExportError::Chart(error.to_string()))?;
    drop(area);
    Ok((items.take(), words(scene)))
}

/// The chart by itself as SVG. It names whose it is.
pub(crate) fn svg(record: &Record, face: &Face<'_>) -> Result<Vec<u8>, ExportError> {
    let fonts = Fonts::new()?;
    let scene = Scene::of(record);
    let mut text = String::new();
    let size = (draw::tenths(ALONE.0).unsigned_abs(), draw::tenths(ALONE.1).unsigned_abs());
    {
        let area = SVGBackend::with_string(&mut text, size).into_drawing_area();
        let title = title(record, face, &fonts);
        let drawn = draw::draw(&area, &scene, face, &fonts, ALONE, Some(&title));
        drawn.and_then(|()| area.present()).map_err(|error| ExportError::Chart(error.to_string()))?;
    }
    // The backend counts in whole units and calls them pixels; they are tenths of a point.
    let (_, rest) = text.split_once('>').ok_or_else(|| ExportError::Chart("no svg element".into()))?;
    let mut svg = String::new();
    // Writing to a string cannot fail.
    let _ = write!(
        svg,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}pt\" height=\"{}pt\" \
         viewBox=\"0 0 {} {}\" role=\"img\">\n<title>{}</title>\n<rect width=\"100%\" height=\"100%\" fill=\"#FFFFFF\"/>",
        ALONE.0,
        ALONE.1,
        size.0,
        size.1,
        escape(&words(&scene))
    );
    svg.push_str(rest);
    Ok(svg.into_bytes())
}

/// The chart by itself as a picture.
pub(crate) fn png(record: &Record, face: &Face<'_>) -> Result<Vec<u8>, ExportError> {
    let fonts = Fonts::new()?;
    let scene = Scene::of(record);
    let sheet = sheet::Sheet::new(&fonts, ALONE);
    let items = sheet.items();
    let area = sheet.into_drawing_area();
    let title = title(record, face, &fonts);
    draw::draw(&area, &scene, face, &fonts, ALONE, Some(&title))
        .map_err(|error| ExportError::Chart(error.to_string()))?;
    drop(area);
    picture::png(&items.take(), &fonts, ALONE, PIXELS)
}

/// Whose chart it is, and of which day.
fn title(record: &Record, face: &Face<'_>, fonts: &Fonts) -> String {
    let patient = &record.session.patient;
    let whose = format!("{}, {}, born {}", patient.id, patient.name, patient.born);
    let day = face.day(record.begin().wall);
    clean(fonts, &format!("{whose} \u{b7} session {} \u{b7} {day}", record.session.id).replace('\n', " "))
}

/// What the chart shows, for those who do not see it.
fn words(scene: &Scene) -> String {
    let counted = |count: usize, what: &str| format!("{count} {what}");
    let parts = [
        counted(scene.cuffs.iter().filter(|cuff| cuff.counts).count(), "cuff readings"),
        counted(scene.heart.iter().map(|dot| dot.values).sum(), &format!("values of the {}", scene.heart_word)),
        counted(scene.spo2.values, "of SpO2"),
        counted(scene.resp.values, "of the respiration rate"),
    ];
    format!("Chart of the session over time: {}. The tables of this record hold the same values.", parts.join(", "))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
