//! Text as people typed it, in lines of a width. Nothing is left out: what the font has not is written as its code point.

use super::font::{Fonts, Run, Weight};
use std::fmt::Write;
use unicode_bidi::{BidiInfo, Level};

/// One line, its runs in the order of the eye.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Line {
    pub(crate) runs: Vec<Run>,
    /// At font size 1.
    pub(crate) width: f32,
}

/// Text that can be printed: line ends stay, tabs are blanks, and what has no glyph, or steers the direction of other text
/// unseen, is written as `[U+202E]`.
pub(crate) fn clean(fonts: &Fonts, text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => clean.push(c),
            '\t' | '\u{a0}' => clean.push(' '),
            _ if steers(c) || c.is_control() || !fonts.covers(c) => {
                // Writing to a string cannot fail.
                let _ = write!(clean, "[U+{:04X}]", u32::from(c));
            }
            _ => clean.push(c),
        }
    }
    clean
}

/// Marks that turn the direction of what follows, join or part without being seen.
const fn steers(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{ad}')
}

/// One line of clean text, however long.
pub(crate) fn line(fonts: &Fonts, text: &str, weight: Weight) -> Line {
    let runs = runs(fonts, text.trim_end(), weight);
    Line { width: runs.iter().map(Run::width).sum(), runs }
}

/// Clean text in lines not wider than `width` font sizes, broken at blanks; a word that is wider is broken in itself.
pub(crate) fn wrap(fonts: &Fonts, text: &str, weight: Weight, width: f32) -> Vec<Line> {
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let mut now = String::new();
        let mut at = 0.0;
        for word in paragraph.split_inclusive(' ') {
            let size = measure(fonts, word.trim_end(), weight);
            if at + size > width && !now.trim().is_empty() {
                lines.push(line(fonts, &now, weight));
                (now, at) = (String::new(), 0.0);
            }
            for c in word.chars() {
                let step = fonts.advance(c, weight);
                if at + step > width && c != ' ' && !now.is_empty() {
                    lines.push(line(fonts, &now, weight));
                    (now, at) = (String::new(), 0.0);
                }
                now.push(c);
                at += step;
            }
        }
        lines.push(line(fonts, &now, weight));
    }
    lines
}

/// Width of clean text at font size 1, not kerned: never less than what is printed by more than a hair.
pub(crate) fn measure(fonts: &Fonts, text: &str, weight: Weight) -> f32 {
    text.chars().map(|c| fonts.advance(c, weight)).sum()
}

fn runs(fonts: &Fonts, text: &str, weight: Weight) -> Vec<Run> {
    if text.is_empty() {
        return Vec::new();
    }
    // Below U+0590 everything is written from left to right.
    if text.chars().all(|c| c < '\u{590}') {
        return vec![fonts.shape(text, weight, false)];
    }
    let info = BidiInfo::new(text, Some(Level::ltr()));
    let Some(paragraph) = info.paragraphs.first() else { return vec![fonts.shape(text, weight, false)] };
    let (levels, runs) = info.visual_runs(paragraph, paragraph.range.clone());
    let shaped = runs.into_iter().map(|run| {
        let right_to_left = levels.get(run.start).is_some_and(Level::is_rtl);
        fonts.shape(&text[run], weight, right_to_left)
    });
    shaped.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fonts() -> Fonts {
        Fonts::new().unwrap()
    }

    fn texts(lines: &[Line]) -> Vec<String> {
        lines.iter().map(|line| line.runs.iter().map(|run| run.text.as_str()).collect()).collect()
    }

    #[test]
    fn names_of_many_scripts_have_their_glyphs() {
        let fonts = fonts();
        for name in ["Ołena Müller-Ñuñez", "Ελένη", "Олена", "שרה לוי", "محمد", "Նարե", "ნინო", "Nguyễn Thị", "≤ ≥ ° ₂"]
        {
            assert_eq!(clean(&fonts, name), name);
            for weight in [Weight::Regular, Weight::Bold] {
                let line = line(&fonts, name, weight);
                assert!(line.runs.iter().flat_map(|run| &run.glyphs).all(|glyph| glyph.id != 0), "{name}");
            }
        }
    }

    #[test]
    fn what_has_no_glyph_or_steers_unseen_is_written_as_its_code_point() {
        for (typed, printed) in [
            ("張 Wei", "[U+5F35] Wei"),
            ("a\u{202e}b", "a[U+202E]b"),
            ("\u{feff}x\u{0}", "[U+FEFF]x[U+0000]"),
            ("one\ttwo\nthree", "one two\nthree"),
        ] {
            assert_eq!(clean(&fonts(), typed), printed);
        }
    }

    #[test]
    fn lines_break_at_blanks_and_long_words_in_themselves() {
        let fonts = fonts();
        let lines = wrap(&fonts, "calm and awake, no complaints", Weight::Regular, 8.0);
        assert!(lines.len() > 1 && lines.iter().all(|line| line.width <= 8.0), "{:?}", texts(&lines));
        assert_eq!(texts(&lines).join(" "), "calm and awake, no complaints");
        let word = "x".repeat(100);
        let lines = wrap(&fonts, &word, Weight::Bold, 8.0);
        assert!(lines.iter().all(|line| line.width <= 8.0));
        assert_eq!(texts(&lines).concat(), word, "no character is lost");
        assert_eq!(texts(&wrap(&fonts, "a\n\nb", Weight::Regular, 8.0)), ["a", "", "b"]);
    }

    #[test]
    fn text_from_right_to_left_stands_in_the_order_of_the_eye() {
        let line = line(&fonts(), "Ada שרה 12", Weight::Regular);
        let texts: Vec<_> = line.runs.iter().map(|run| run.text.as_str()).collect();
        assert_eq!(texts, ["Ada ", "12", "שרה "]);
        let clusters: Vec<_> = line.runs[2].glyphs.iter().map(|glyph| glyph.text.start).collect();
        assert!(clusters.windows(2).all(|two| two[0] > two[1]), "the last letter stands leftmost: {clusters:?}");
    }
}
