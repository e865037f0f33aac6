use super::*;
use crate::testing::{decode, shown};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;

fn text(text: &str) -> Setting {
    text.into()
}

fn list(items: Vec<Setting>) -> Setting {
    Setting::List(items)
}

/// Settings with some keys set anew, or taken away with an empty text.
fn with(settings: Setting, changes: &[(&str, Setting)]) -> Setting {
    let Setting::Table(mut table) = settings else { return settings };
    for (key, setting) in changes {
        table.retain(|(name, _)| name != key);
        if *setting != text("") {
            table.push(((*key).to_string(), setting.clone()));
        }
    }
    Setting::Table(table)
}

fn spo2() -> Setting {
    Setting::from([("vital", text("spo2")), ("at", 1.into())])
}

fn lines(fields: Vec<Setting>) -> Setting {
    Setting::from([
        ("kind", text("delimited")),
        ("count", 2.into()),
        ("starts_with", text("#")),
        ("field", list(fields)),
    ])
}

/// Lines of one pressure `#120/80/93,mark`, with what tells two of them apart.
fn pressures(cuff: Setting) -> Setting {
    let part = |word, piece: i64| {
        Setting::from([
            ("vital", text("nibp")),
            ("part", text(word)),
            ("at", 1.into()),
            ("piece", piece.into()),
            ("unit", text("mm[Hg]")),
        ])
    };
    let pulse = Setting::from([("vital", text("pulse_rate")), ("at", 3.into()), ("origin", text("cuff"))]);
    let fields = vec![part("systolic", 1), part("diastolic", 2), part("mean", 3), pulse];
    with(lines(fields), &[("count", 3.into()), ("cuff", cuff)])
}

fn new_when(word: &str, more: &[(&str, Setting)]) -> Setting {
    with(Setting::from([("new_when", text(word))]), more)
}

fn generic(settings: &Setting) -> Generic {
    Generic::new(Arc::new(Description::new(settings, "lines").unwrap_or_else(|faults| panic!("{faults:?}"))))
}

fn faults(settings: &Setting) -> String {
    match Description::new(settings, "lines") {
        Ok(_) => "none".to_string(),
        Err(faults) => faults.iter().map(|fault| format!("{fault}\n")).collect(),
    }
}

#[track_caller]
fn refused(settings: &Setting, expected: &str) {
    let found = faults(settings);
    let line = found.lines().find(|line| line.contains(expected));
    assert!(
        line.is_some_and(|l| l.contains(": found ") && l.contains("For example: ")),
        "{expected:?} not in:\n{found}"
    );
}

#[test]
fn every_mistake_in_a_description_names_its_key_what_stood_there_and_an_example() {
    let good = || lines(vec![spo2()]);
    assert_eq!(faults(&good()), "none");
    for (key, setting, expected) in [
        ("kind", text(""), "lines.kind: found nothing: this key is needed"),
        ("kind", text("csv"), "lines.kind: found \"csv\": known are delimited, key_value, columns"),
        ("sperator", text(";"), "lines.sperator: found \";\": there is no such key here"),
        ("separator", text(";;"), "lines.separator: found \";;\": exactly one character"),
        ("width", 9.into(), "lines.width: found 9: lines of kind \"delimited\" have no such setting"),
        ("equals", text(":"), "lines.equals: found \":\": lines of kind \"delimited\" have no such setting"),
        ("starts_with", text("\u{e4}"), "lines.starts_with: found \"\u{e4}\": one or more printable ASCII"),
        ("ignore", text("TIME"), "lines.ignore: found \"TIME\": a list is expected"),
        ("ignore", list(vec![text(" ")]), "lines.ignore: found [\" \"]: a list of beginnings"),
        ("count", 0.into(), "lines.count: found 0: a whole number from 1 to 2048"),
        ("must", list(vec![Setting::from([("at", 2.into())])]), "lines.must[1].is: found nothing"),
        ("time", Setting::from([("at", 1.into())]), "lines.time.format: found nothing"),
        (
            "time",
            Setting::from([("at", 1.into()), ("format", text("HH:MM"))]),
            "lines.time.format: found \"HH:MM\": made of YYYY YY MM",
        ),
        ("checksum", Setting::from([("kind", text("crc16"))]), "lines.checksum.kind: found \"crc16\": known are xor8,"),
        (
            "cuff",
            new_when("changed", &[]),
            "lines.cuff: found { new_when = \"changed\" }: no field of these lines is nibp",
        ),
        ("field", list(vec![]), "lines.field: found []: written as [[source.lines.field]]"),
        ("status", list(vec![Setting::from([("at", 2.into())])]), "lines.status[1].codes: found nothing"),
    ] {
        refused(&with(good(), &[(key, setting)]), expected);
    }
}

#[test]
fn every_mistake_in_a_field_is_named() {
    for (key, setting, expected) in [
        (
            "vital",
            text("saturation"),
            "lines.field[1].vital: found \"saturation\": known are heart_rate, pulse_rate, spo2",
        ),
        ("at", text(""), "lines.field[1].at: found nothing: exactly one of at"),
        ("at", 3.into(), "lines.count: found 2: field 3 is described"),
        ("key", text("SPO2"), "lines.field[1].at: found 1: exactly one of at"),
        ("unit", text("mm[Hg]"), "lines.field[1].unit: found \"mm[Hg]\": known are %"),
        ("part", text("mean"), "lines.field[1].part: found \"mean\": spo2 has no parts"),
        ("decimals", 12.into(), "lines.field[1].decimals: found 12: a whole number from 1 to 4"),
        ("digits", text("3"), "lines.field[1].digits: found \"3\": a whole number from 1 to 9"),
        ("suffix", text("7%"), "lines.field[1].suffix: found \"7%\": a text, or a list of texts, without digits"),
        ("align", text("left"), "lines.field[1].align: found \"left\": only numbers in columns"),
        ("absent", text("---"), "lines.field[1].absent: found \"---\": a list is expected"),
        (
            "absent",
            list(vec![Setting::from([("text", text("E")), ("reason", text("broken"))])]),
            "lines.field[1].absent[1].reason: found \"broken\": known are sensor off, ",
        ),
        (
            "zero_is_a_value",
            Setting::Flag(true),
            "lines.field[1].zero_is_a_value: found true: no patient has a spo2 of 0",
        ),
        ("origin", text("finger"), "lines.field[1].origin: found \"finger\": known are ecg"),
        ("origin", text("cuff"), "a value of the cuff stands in a line with its nibp"),
    ] {
        refused(&lines(vec![with(spo2(), &[(key, setting)])]), expected);
    }
    let temperature = Setting::from([("vital", text("temperature")), ("at", 2.into())]);
    refused(&lines(vec![temperature]), "lines.field[1].unit: found nothing: this key is needed; known are Cel, [degF]");
    refused(
        &lines(vec![spo2(), with(spo2(), &[("at", 2.into())])]),
        "lines.field[2].vital: found \"spo2\": another field",
    );
    let nibp = Setting::from([("vital", text("nibp")), ("at", 2.into()), ("unit", text("kPa"))]);
    refused(&lines(vec![nibp.clone()]), "lines.field[1].part: found nothing");
    let systolic = with(nibp, &[("part", text("systolic"))]);
    refused(&lines(vec![systolic]), "lines.cuff: found nothing: how a new cuff reading is told from a repeated one");
}

#[test]
fn every_mistake_in_a_status_is_named() {
    let status = |codes: Vec<Setting>| {
        let status = Setting::from([("at", 2.into()), ("codes", list(codes))]);
        with(lines(vec![spo2()]), &[("status", list(vec![status]))])
    };
    let word = || Setting::from([("word", text("PS")), ("absent", text("pulse search"))]);
    assert_eq!(faults(&status(vec![word()])), "none");
    let key = "lines.status[1].codes";
    for (code, expected) in [
        (
            with(word(), &[("word", text(""))]),
            format!("{key}[1].word: found nothing: exactly one of word, letter, bit"),
        ),
        (with(word(), &[("word", text("P S"))]), format!("{key}[1].word: found \"P S\": words are parted by blanks")),
        (with(word(), &[("absent", text("no idea"))]), format!("{key}[1].absent: found \"no idea\": known are")),
        (with(word(), &[("of", list(vec![text("art")]))]), format!("{key}[1].of: found [\"art\"]: no field")),
        (Setting::from([("bit", 32.into())]), format!("{key}[1].bit: found 32: a whole number from 0 to 31")),
        (Setting::from([("bit", 3.into())]), "lines.status[1].digits: found nothing: how many hexadecimal".to_string()),
    ] {
        refused(&status(vec![code]), &expected);
    }
    refused(&status(vec![word(), word()]), &format!("{key}[2]: found nothing: this code stands there already"));
    let letter = Setting::from([("letter", text("*"))]);
    refused(&status(vec![word(), letter]), &format!("{key}[2]: found nothing: the codes of one status are all words"));
}

#[test]
fn several_forms_have_to_be_told_apart() {
    let named = lines(vec![spo2()]);
    let nameless = with(named.clone(), &[("starts_with", text(""))]);
    assert_eq!(faults(&list(vec![named.clone(), named.clone()])), "none");
    refused(&list(vec![named, nameless]), "lines[2]: found neither");
    refused(&list(vec![]), "lines: found 0 of them: 1 to 8 forms");
}

/// Decodes lines `#spo2,status`.
fn said(field: &[(&str, Setting)], line: &str) -> String {
    shown(&decode(&mut generic(&lines(vec![with(spo2(), field)])), format!("#{line}\r\n").as_bytes()))
}

#[test]
fn h06_zero_and_every_mark_are_absent_never_a_value() {
    let marks = list(vec![text("127"), Setting::from([("text", text("ERR")), ("reason", text("sensor fault"))])]);
    let field = [("absent", marks), ("suffix", list(vec![text("%"), text("% H")]))];
    for (found, expected) in [
        ("97", "spo2 97 %"),
        (" 097% ", "spo2 97 %"),
        ("97% H", "spo2 97 %"),
        ("0", "spo2 absent(no value)"),
        ("000%", "spo2 absent(no value)"),
        ("0.0", "spo2 absent(no value)"),
        ("", "spo2 absent(no value)"),
        ("---%", "spo2 absent(no value)"),
        ("--.-", "spo2 absent(no value)"),
        ("127", "spo2 absent(no value)"),
        ("0127%", "spo2 absent(no value)"),
        ("ERR", "spo2 absent(sensor fault)"),
    ] {
        assert_eq!(said(&field, &format!("{found},")), format!("[frame], {expected}"), "of {found:?}");
    }
}

#[test]
fn h05_a_field_that_is_no_number_of_its_vital_condemns_the_line() {
    for found in ["101", "97.5.1", "9 7", "x", "97%", "1e2", "-3", "97H"] {
        assert_eq!(said(&[], &format!("{found},")), "[malformed]", "of {found:?}");
    }
    for (digits, found) in [(3, "97"), (3, "0097"), (2, "9")] {
        assert_eq!(said(&[("digits", digits.into())], &format!("{found},")), "[malformed]", "of {found:?}");
    }
    assert_eq!(said(&[("decimals", 1.into())], "97.5,"), "[malformed]");
    assert_eq!(said(&[("decimals", 1.into())], "975,"), "[frame], spo2 97.5 %");
    assert_eq!(said(&[], "97"), "[cut off]");
    assert_eq!(said(&[], "97,,"), "[malformed]");
}

#[test]
fn h05_a_number_that_does_not_end_in_its_last_column_was_shifted() {
    let field = |align: &str| {
        Setting::from([("vital", text("spo2")), ("from", 3.into()), ("to", 6.into()), ("align", text(align))])
    };
    let columns = |align| {
        let field = with(field(align), &[]);
        Setting::from([("kind", text("columns")), ("starts_with", text(">")), ("field", list(vec![field]))])
    };
    for (align, line, expected) in [
        ("right", ">   97", "[frame], spo2 97 %"),
        ("right", ">  97 ", "[malformed]"),
        ("right", ">   97 72", "[frame], spo2 97 %"),
        ("right", ">  97", "[cut off]"),
        ("left", "> 97  ", "[frame], spo2 97 %"),
        ("left", ">  97  ", "[malformed]"),
        ("any", ">  97 ", "[frame], spo2 97 %"),
        ("right", ">   ---", "[frame], spo2 absent(no value)"),
    ] {
        let found = shown(&decode(&mut generic(&columns(align)), format!("{line}\n").as_bytes()));
        assert_eq!(found, expected, "of {line:?}, {align}");
    }
}

#[test]
fn h07_statuses_win_over_digits_and_unknown_ones_cast_doubt() {
    let code = |word: &str, key: &'static str, value: &str| Setting::from([("word", text(word)), (key, text(value))]);
    let codes = vec![
        code("PS", "absent", "pulse search"),
        code("MO", "questionable", "motion"),
        code("LB", "flag", "low battery"),
        Setting::from([("word", text("OK"))]),
    ];
    let status = Setting::from([("at", 2.into()), ("codes", list(codes))]);
    let settings = with(lines(vec![spo2()]), &[("status", list(vec![status]))]);
    for (line, expected) in [
        ("97,", "spo2 97 %"),
        ("97,OK", "spo2 97 %"),
        ("97,PS", "spo2 absent(pulse search)"),
        ("0,PS", "spo2 absent(pulse search)"),
        ("97,MO PS", "spo2 absent(pulse search)"),
        ("97,LB MO", "spo2 97 % questionable(motion) [low battery]"),
        ("97,QQ", "spo2 97 % questionable(unknown status) [QQ]"),
        ("97,QQ MO", "spo2 97 % questionable(motion) [QQ]"),
        ("---,QQ", "spo2 absent(no value) [QQ]"),
    ] {
        let found = shown(&decode(&mut generic(&settings), format!("#{line}\r\n").as_bytes()));
        assert_eq!(found, format!("[frame], {expected}"), "of {line:?}");
    }
}

/// What the cuff of a monitor says in lines at these seconds, parted by ` | `.
fn cuff(how: Setting, heard: &[(i64, &str)]) -> String {
    let mut generic = generic(&pressures(how));
    let said = heard.iter().map(|(second, line)| {
        let mut out = Vec::new();
        generic.feed(Micros::from_secs(*second), format!("#{line}\r\n").as_bytes(), &mut out);
        out.retain(|finding| matches!(finding, Finding::Observation(o) if o.vital == Vital::Nibp));
        shown(&out).replace("nibp ", "")
    });
    said.collect::<Vec<_>>().join(" | ")
}

#[test]
fn h02_an_equal_cuff_reading_without_a_mark_is_told_once_and_the_first_is_of_unknown_age() {
    let how = new_when("changed", &[]);
    let heard = [(0, "120/80/93,,70"), (2, "120/80/93,,70"), (4, "121/80/93,,70"), (6, "121/80/93,,70")];
    assert_eq!(cuff(how.clone(), &heard), "120/80 (93) questionable(questionable) [age unknown] |  | 121/80 (93) | ");
    let heard = [(0, "120/80/93,,70"), (2, "---/---/---,,---"), (4, "120/80/93,,70"), (6, "120/80/93,,70")];
    assert_eq!(
        cuff(how, &heard),
        "120/80 (93) questionable(questionable) [age unknown] | absent(no value) | absent(none recent) | "
    );
}

#[test]
fn h02_a_counter_tells_equal_readings_apart() {
    let how = new_when("counter", &[("at", 2.into())]);
    let heard = [(0, "120/80/93,7,70"), (2, "120/80/93,7,70"), (4, "120/80/93,8,70"), (6, "120/80/93,,70")];
    assert_eq!(cuff(how, &heard), "120/80 (93) questionable(questionable) [age unknown] |  | 120/80 (93) | ");
}

#[test]
fn a_reading_that_is_printed_once_is_new_each_time() {
    let heard = [(0, "120/80/93,,70"), (2, "120/80/93,,70")];
    assert_eq!(cuff(new_when("printed", &[]), &heard), "120/80 (93) | 120/80 (93)");
}

#[test]
fn h02_an_age_tells_when_and_whether_a_reading_is_new() {
    let how = |unit| new_when("age", &[("at", 2.into()), ("unit", text(unit))]);
    let seconds = [
        (0, "120/80/93,300,70"),
        (2, "120/80/93,302,70"),
        (60, "120/80/93,359,70"),
        (70, "120/80/93,4,70"),
        (72, "120/80/93,99999,70"),
        (74, "120/80/93,,70"),
        (900, "120/80/93,20,70"),
    ];
    let expected = "120/80 (93) 300 s ago |  |  | 120/80 (93) 4 s ago | absent(none recent) | absent(none recent) | \
                    120/80 (93) 20 s ago";
    assert_eq!(cuff(how("s"), &seconds), expected);
    let minutes = [(0, "120/80/93,5,70"), (59, "120/80/93,6,70"), (61, "120/80/93,6,70"), (300, "120/80/93,0,70")];
    assert_eq!(cuff(how("min"), &minutes), "120/80 (93) 300 s ago |  |  | 120/80 (93) 0 s ago");
}

#[test]
fn h05_pressures_in_an_impossible_order_condemn_the_line() {
    let how = || new_when("printed", &[]);
    for line in ["80/120/93,,70", "120/80/130,,70", "120/80/70,,70", "120/-/-,,x"] {
        assert_eq!(cuff(how(), &[(0, line)]), "", "of {line}");
    }
    assert_eq!(cuff(how(), &[(0, "120/80/-,,70")]), "120/80 (-)");
}

#[test]
fn the_first_line_is_believed_only_when_its_form_shows_where_it_begins() {
    let anchored = lines(vec![spo2()]);
    assert_eq!(shown(&decode(&mut generic(&anchored), b"#97,\n#97,\n")), "[frame], spo2 97 %, [frame], spo2 97 %");
    let bare = with(anchored, &[("starts_with", text(""))]);
    assert_eq!(shown(&decode(&mut generic(&bare), b"7,\n97,\n")), "[cut off], [frame], spo2 97 %");
    // A key that lost its beginning may be another key.
    let field = Setting::from([("vital", text("pulse_rate")), ("key", text("PR"))]);
    let pairs = Setting::from([("kind", text("key_value")), ("field", list(vec![field]))]);
    let found = shown(&decode(&mut generic(&pairs), b"PR=071\nnibpPR=071 PR=072\n"));
    assert_eq!(found, "[cut off], [frame], pulse_rate 72 /min");
    let long = [&[b' '; LINE_MAX][..], b"97,\n97,\n"].concat();
    let found = shown(&decode(&mut generic(&bare), &long));
    assert!(found.ends_with("[cut off], [frame], spo2 97 %") && found.contains("[too long]"), "{found}");
}

#[test]
fn a_device_that_ends_lines_with_cr_alone_is_told_at_the_cr() {
    let mut generic = generic(&lines(vec![spo2()]));
    let mut told = |bytes: &[u8]| {
        let mut out = Vec::new();
        generic.feed(Micros(0), bytes, &mut out);
        shown(&out)
    };
    assert_eq!(told(b"#97,\r"), "", "an LF may follow");
    assert_eq!(told(b"#98,\r"), "[frame], spo2 97 %, [frame], spo2 98 %");
    assert_eq!(told(b"#99,\r"), "[frame], spo2 99 %");
    assert_eq!(told(b"\n#97,\r"), "", "it has LF after all");
    assert_eq!(told(b"\n"), "[frame], spo2 97 %");
}

#[test]
fn demonstration_data_is_marked_as_such() {
    let status = Setting::from([
        ("at", 2.into()),
        ("codes", list(vec![Setting::from([("word", text("DEMO")), ("flag", text("demo"))])])),
    ]);
    let settings = with(lines(vec![spo2()]), &[("status", list(vec![status]))]);
    let found = decode(&mut generic(&settings), b"#97,DEMO\n#97,\n");
    let synthetic: Vec<bool> =
        found.iter().filter_map(|f| if let Finding::Observation(o) = f { Some(o.synthetic) } else { None }).collect();
    assert_eq!(synthetic, [true, false], "h21");
}

#[test]
fn an_explanation_names_the_field_what_stood_there_and_what_is_expected() {
    let settings = with(lines(vec![spo2()]), &[("ignore", list(vec![text("MODEL")]))]);
    let description = Description::new(&settings, "lines").unwrap();
    let explained = |raw: &[u8]| {
        let found = decode(&mut Generic::new(Arc::new(description.clone())), raw);
        let said: Vec<Observation> =
            found.iter().filter_map(|f| if let Finding::Observation(o) = f { Some(o.clone()) } else { None }).collect();
        description.explain(raw, &found[0], &said).text
    };
    for (raw, expected) in [
        (&b"# 97,\r\n"[..], "read: spo2 (field 1) \" 97\" -> 97 % valid"),
        (b"#0,\r\n", "read: spo2 (field 1) \"0\" -> absent (no value)"),
        (b"  MODEL 7\r\n", "ignored, by `ignore`: \"  MODEL 7\""),
        (b"97,\r\n", "skipped (cut off): line: found \"97,\"; begins with \"#\" when it is ours"),
        (
            b"#9x,\r\n",
            "skipped (malformed): spo2 (field 1): found \"9x\"; not a number; a number is expected. The line: \"#9x,\"",
        ),
        (b"#97\r\n", "skipped (cut off): line: found 1 fields; exactly 2 fields are expected. The line: \"#97\""),
        (b"#97,", "skipped (cut off): it has no end: cut off, or glued to the line behind it: \"#97,\""),
        (b"#\xff7,\r\n", "skipped (not a frame): bytes that are no printable ASCII: are speed and parity right?"),
    ] {
        assert_eq!(explained(raw), expected);
    }
}
