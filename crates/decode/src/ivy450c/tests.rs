use super::*;
use crate::testing::{decode, shown};

/// A block with a wave that holds end marks and heads of blocks, and these records.
fn block(records: &[&str]) -> Vec<u8> {
    let wave = (0..record::WAVE).map(|n| [0xFE, 0x41, 0xFF, 0x80][n % 4]);
    let mut block: Vec<u8> = HEAD.iter().copied().chain(wave).collect();
    for record in records {
        block.extend(record.bytes());
        block.push(b'\r');
    }
    block.push(0xFE);
    block
}

#[track_caller]
fn check(record: &str, expected: &str) {
    assert_eq!(shown(&decode(&mut Ivy450c::new(), &block(&[record]))), expected, "{record}");
}

#[test]
fn every_value_is_unproven() {
    check("HR=1;80;ECG-II-DIAG;", "[frame], heart_rate 80 /min questionable(unproven format) [state 1]");
    check("HR=1;80;SPO2;", "[frame], pulse_rate 80 /min questionable(unproven format) [state 1]");
    check("RR=1;35;", "[frame], resp_rate 35 /min questionable(unproven format) [state 1]");
    check(
        "SPO2=1;100;PR=80 ;",
        "[frame], spo2 100 % questionable(unproven format) [state 1], \
         pulse_rate 80 /min questionable(unproven format) [state 1]",
    );
    check(
        "NIBP=4;121;75;92;80;;",
        "[frame], nibp 121/75 (92) questionable(unproven format) [state 4], \
         pulse_rate 80 /min questionable(unproven format) [state 4]",
    );
}

#[test]
fn h06_empty_fields_and_zeros_are_absent() {
    check("HR=1;;ECG-II-DIAG;", "[frame], heart_rate absent(no value) [state 1]");
    check("HR=1;0;ECG-II-DIAG;", "[frame], heart_rate absent(no value) [state 1]");
    check("HR=1;---;ECG-II-DIAG;", "[frame], heart_rate absent(no value) [state 1]");
    check("SPO2=0;;PR= ;", "[frame], spo2 absent(no value) [state 0], pulse_rate absent(no value) [state 0]");
    check("ETCO2=1;;;", "[frame], etco2 absent(no value) [state 1]");
    check("NIBP=0;;;;;;", "[frame], nibp absent(no value) [state 0]");
}

#[test]
fn what_has_no_certain_unit_is_left_out() {
    check("ETCO2=1;38;;", "[frame]");
    check("T1=1;37.0;", "[frame]");
}

#[test]
fn h02_a_repeated_cuff_reading_is_told_once() {
    let (one, two) = (block(&["NIBP=4;121;75;92;;"]), block(&["NIBP=4;130;80;97;;"]));
    let found = shown(&decode(&mut Ivy450c::new(), &[&one[..], &one, &two, &two].concat()));
    assert_eq!(found.matches("nibp 121/75").count(), 1, "{found}");
    assert_eq!(found.matches("nibp 130/80").count(), 1, "{found}");
    assert_eq!(found.matches("[frame]").count(), 4, "{found}");
}

#[test]
fn a_block_that_lost_bytes_is_refused_and_the_next_is_read() {
    let good = block(&["RR=1;35;"]);
    let read = |bytes: &[u8]| shown(&decode(&mut Ivy450c::new(), bytes));
    let value = "[frame], resp_rate 35 /min questionable(unproven format) [state 1]";
    let lost_wave = [&good[..50], &good[60..], &good].concat();
    assert!(read(&lost_wave).ends_with(value), "{}", read(&lost_wave));
    assert_eq!(read(&lost_wave).matches("[frame]").count(), 1);
    let lost_end = [&good[..good.len() - 4], &good].concat();
    assert_eq!(read(&lost_end), alloc::format!("[cut off], {value}"));
    let lost_start = [&good[20..], &good].concat();
    assert_eq!(read(&lost_start), alloc::format!("[not a frame], [not a frame], {value}"));
    assert_eq!(read(&good[..300]), "[cut off], [cut off]", "told in pieces of 256 bytes");
}

#[test]
fn h05_text_that_is_no_record_condemns_its_block() {
    check("0;ECG-II-DIAG;", "[malformed]");
    check("hr=1;80;", "[malformed]");
}
