//! Charts and pages of sessions as they happen.

mod support;

use chairside_export::{Face, File, Format, Offsets, Options, Paper, Record, Seal, Signed, files};
use chairside_observation::session::{Act, EntryKind, Kept};
use std::io::Write;
use std::process::Stdio;
use std::sync::LazyLock;
use support::{Change, Maker, Winter, cases};

/// Every case by its name.
fn all() -> Vec<(&'static str, Maker)> {
    vec![
        ("afternoon", cases::afternoon(120)),
        ("long", cases::long()),
        ("empty", cases::empty()),
        ("artefacts", cases::artefacts()),
        ("right-to-left", cases::right_to_left()),
        ("odd", cases::odd()),
    ]
}

fn made(record: &Record, format: Format, zone: &dyn Offsets, paper: Paper) -> Vec<File> {
    let options = Options { every_min: 5, paper };
    files(format, record, &Face(zone), &options).expect("it can be made")
}

/// The text of a PDF as `pdftotext` finds it; `None` without that program, unless it has to be there.
fn text(pdf: &[u8]) -> Option<String> {
    tool("pdftotext", &["-layout", "-", "-"], pdf)
}

/// What a program makes of some bytes on its standard input.
fn tool(name: &str, arguments: &[&str], bytes: &[u8]) -> Option<String> {
    let mut command = std::process::Command::new(name);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut running = match command.spawn() {
        Ok(running) => running,
        Err(error) => {
            // `cargo xtask test` installs the tools and says that they have to be there.
            assert!(std::env::var_os("CHAIRSIDE_TOOLS").is_none(), "{name} cannot be started: {error}");
            return None;
        }
    };
    let mut stdin = running.stdin.take().expect("it is piped");
    let bytes = bytes.to_vec();
    let writer = std::thread::spawn(move || stdin.write_all(&bytes));
    let output = running.wait_with_output().expect("it ends");
    let _ = writer.join();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{name}: {said}");
    Some(String::from_utf8(output.stdout).expect("UTF-8"))
}

/// The longest record and its pages: made once, they take their time.
static LONG: LazyLock<(Record, Vec<u8>)> = LazyLock::new(|| {
    let record = cases::long().record();
    let pdf = pdf(&record);
    (record, pdf)
});

fn pdf(record: &Record) -> Vec<u8> {
    made(record, Format::Pdf, &Winter, Paper::A4).remove(0).bytes
}

#[test]
fn p4_the_same_record_gives_the_same_bytes() {
    let case = cases::afternoon(45);
    for format in Format::ALL {
        let make = || made(&case.record(), *format, &Winter, Paper::A4);
        assert_eq!(make(), make(), "{}", format.word());
    }
}

#[test]
fn p3_every_case_has_its_chart_and_sound_pages_with_their_fonts() {
    for (name, case) in all() {
        let record = case.record();
        for format in [Format::Pdf, Format::Worksheet, Format::Svg, Format::Png] {
            let made = made(&record, format, &Winter, Paper::A4);
            assert!(made.iter().all(|file| file.bytes.len() > 1000), "{name} {}", format.word());
            look(name, &made);
            if let Some(pdf) = made.iter().find(|file| file.name.ends_with(".pdf")) {
                // Without the flags of the PDF/UA rules something in the text was against them.
                assert!(pdf.bytes.windows(12).any(|it| it == b"pdfuaid:part"), "{name} {}", pdf.name);
                sound(name, pdf);
            }
        }
    }
}

#[test]
fn p3_each_page_says_whose_it_is_which_one_and_that_nobody_signed() {
    let afternoon = cases::afternoon(120).record();
    let letter = made(&afternoon, Format::Pdf, &Winter, Paper::Letter);
    look("afternoon-letter", &letter);
    for (record, pdf) in [(&afternoon, &letter[0].bytes), (&LONG.0, &LONG.1)] {
        let Some(text) = text(pdf) else { return };
        let pages: Vec<&str> = text.trim_end_matches('\u{c}').split('\u{c}').collect();
        for (n, page) in pages.iter().enumerate() {
            let wanted = [
                "Patient 20041".to_owned(),
                format!("Page {} of {}", n + 1, pages.len()),
                "UNSIGNED DRAFT".to_owned(),
                "chairside 0.1.0".to_owned(),
                record.digest().to_string(),
            ];
            for wanted in wanted {
                assert!(page.contains(&wanted), "page {}: no {wanted:?} in {page}", n + 1);
            }
        }
    }
}

#[test]
fn p1_the_first_page_has_all_that_the_one_who_signs_looks_for() {
    let Some(text) = text(&pdf(&cases::afternoon(120).record())) else { return };
    let first = text.split('\u{c}').next().unwrap_or_default();
    for wanted in [
        "depression, two antidepressants without effect",
        "Example Monitors^CM-12^SN 0042-1187",
        "its clock 41 s behind",
        "10:10:00",
        "systolic",
        "dissociation: worst 2 at 10:40:00 (T+0:30:00)",
        "ketamine 0.5 mg/kg over 40 min as prescribed, lot 4471B",
        "below 91 (limit), then 89 (limit): 0 s",
        "Signature",
    ] {
        assert!(first.contains(wanted), "no {wanted:?} on page 1: {first}");
    }
}

#[test]
fn h18_nothing_of_the_record_is_missing_on_paper() {
    let (record, pdf) = &*LONG;
    let Some(text) = text(pdf) else { return };
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let whole: String = words(&text).concat();
    for kept in &record.session.acts {
        assert!(whole.contains(&kept.sequence.0.to_string()), "entry {}", kept.sequence.0);
    }
    for wanted in ["[lateentry,recorded10:31:00]", "[undonebyentry", "sensoroff,motion", "lookHigh=160"] {
        assert!(whole.contains(wanted), "{wanted}");
    }
    assert_eq!(whole.matches("comfortround").count(), 599, "every note, and the long one in place of the 300th");
    // A text of 999 lines is parted between lines, and no line is lost.
    assert!(text.lines().filter(|line| line.trim() == "x").count() >= 998);
}

#[test]
fn h18_a_name_is_never_cut() {
    let (record, pdf) = &*LONG;
    let Some(text) = text(pdf) else { return };
    let glued: String = text.split_whitespace().collect();
    let name: String = record.session.patient.name.split_whitespace().collect();
    assert!(glued.contains(&name), "the whole name stands in one piece of lines");
}

#[test]
fn h11_on_the_day_the_clocks_change_each_time_has_its_offset() {
    let record = cases::afternoon(70).record();
    let made = made(&record, Format::Pdf, &Change, Paper::A4);
    look("clock-change", &made);
    look("clock-change", &self::made(&record, Format::Png, &Change, Paper::A4));
    let Some(text) = text(&made[0].bytes) else { return };
    assert!(text.contains("10:29:00 +01:00") && text.contains("11:31:00 +02:00"), "{text}");
    assert!(text.contains("the clocks change near this session"));
}

#[test]
fn h06_where_nothing_counted_no_figure_is_zero() {
    for case in [cases::empty(), cases::artefacts()] {
        let Some(text) = text(&pdf(&case.record())) else { return };
        assert!(text.contains("below 90 (fixed): nothing counted"), "{text}");
        assert!(!text.contains(": 0 s"), "{text}");
    }
}

#[test]
fn s24_a_signed_record_says_by_whom_and_is_no_draft() {
    let mut signed = cases::afternoon(45).record();
    let seal = Seal {
        digest: "c0ffee".into(),
        signed: Some(Signed { by: support::person("Dr. Grün"), at: support::at(9000), meaning: "reviewed".into() }),
    };
    signed = signed.with_seal(seal);
    let Some(text) = text(&pdf(&signed)) else { return };
    assert!(!text.contains("DRAFT"), "{text}");
    for wanted in ["Signed by Dr. Grün (nurse), 2026-03-02 12:30:00 +01:00", "SHA-256 c0ffee", "reviewed"] {
        assert!(text.contains(wanted), "{wanted}: {text}");
    }
}

#[test]
fn what_was_corrected_signed_and_added_stands_beside_what_was_there() {
    let mut case = cases::afternoon(45);
    let wrong = case.session.as_ref().and_then(|session| {
        let of_drug = |kept: &&Kept| kept.entered().is_some_and(|entered| entered.kind == EntryKind::Drug);
        session.acts.iter().find(of_drug).map(|kept| kept.sequence)
    });
    let wrong = wrong.expect("a drug was entered");
    let (text_now, reason) = ("ondansetron 8 mg IV".into(), "misread".into());
    case.act(2800, Act::Corrected { of: wrong, score: None, text: text_now, reason });
    let (meaning, summary) = ("reviewed".into(), "".into());
    case.act(2900, Act::Signed { meaning, digest: [7; 32], key: [0; 32], signature: [0; 64], summary });
    case.act(3000, Act::Addendum { text: "called her at home, well".into() });
    let Some(text) = text(&pdf(&case.record())) else { return };
    let first = text.split('\u{c}').next().unwrap_or_default();
    assert!(!text.contains("DRAFT") && first.contains("Signed by Ada (nurse)"), "{first}");
    assert!(first.contains("called her at home, well"), "{first}");
    assert!(first.contains("ondansetron 8 mg") && !first.contains("ondansetron 4 mg"), "{first}");
    assert!(text.contains("ondansetron 4 mg IV [corrected by entry"), "{text}");
    assert!(text.contains(&"07".repeat(32)), "the digest that was signed stands at the foot");
}

#[test]
fn the_worksheet_names_the_source_of_each_number_and_leaves_the_rest_to_be_written() {
    let made = made(&cases::afternoon(120).record(), Format::Worksheet, &Winter, Paper::Letter);
    let Some(text) = text(&made[0].bytes) else { return };
    let line = |item: &str| text.lines().find(|line| line.contains(item)).unwrap_or_default().to_owned();
    assert!(line("Before the dose").contains("123/77 mmHg"), "{text}");
    assert!(line("Before the dose").contains("source bed, 10:09:52"), "{text}");
    assert!(line("Lot").contains("______"), "{text}");
    assert!(line("Vitals acceptable before leaving").contains("\u{2610} yes"), "{text}");
    let empty = self::made(&cases::empty().record(), Format::Worksheet, &Winter, Paper::A4);
    let Some(text) = self::text(&empty[0].bytes) else { return };
    assert!(text.contains("First dose") && !text.contains("mmHg"), "h06: nothing is made up: {text}");
}

#[test]
fn s17_text_in_the_chart_is_only_text() {
    let mut case = cases::odd();
    if let Some(session) = &mut case.session {
        session.patient.name = "<script>alert(1)</script> & \"co\"".into();
    }
    let svg = made(&case.record(), Format::Svg, &Winter, Paper::A4).remove(0).bytes;
    let svg = String::from_utf8(svg).expect("UTF-8");
    assert!(!svg.contains("<script"), "{svg}");
    assert!(svg.contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp;"), "{svg}");
    let opened = svg.matches("<text").count();
    assert_eq!(opened, svg.matches("</text>").count(), "each text is closed");
}

/// The structure of a PDF as others read it, and its fonts: each embedded, a subset, and with the way back to characters.
fn sound(name: &str, pdf: &File) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(&pdf.name);
    std::fs::write(&path, &pdf.bytes).expect("the file");
    let path = path.to_string_lossy();
    let Some(checked) = tool("qpdf", &["--check", &path], b"") else { return };
    assert!(checked.contains("No syntax or stream encoding errors found"), "{name}: {checked}");
    let Some(fonts) = tool("pdffonts", &[&path], b"") else { return };
    let fonts: Vec<&str> = fonts.lines().skip(2).collect();
    assert!(!fonts.is_empty() && fonts.iter().all(|font| font.contains("yes yes yes")), "{name}: {fonts:?}");
}

/// Keeps the files for people to look at, in the folder that `CHAIRSIDE_PAGES` names.
fn look(name: &str, made: &[File]) {
    let Some(folder) = std::env::var_os("CHAIRSIDE_PAGES") else { return };
    let folder = std::path::Path::new(&folder).join(name);
    std::fs::create_dir_all(&folder).expect("the folder");
    for file in made {
        std::fs::write(folder.join(&file.name), &file.bytes).expect("the file");
    }
}
