//! Which profile a message is in, by what it says of its sender and by its shape.

use super::Profile;
use crate::hl7::header::Header;
use crate::hl7::message::{Fields, Segments, content};
use crate::hl7::row::Row;
use memchr::memmem;

/// Judges one message, with or without MLLP bytes around it, and says why. What cannot be told apart counts as IHE PCD-01, the
/// strictest reading.
#[must_use]
pub fn judge(raw: &[u8]) -> (Profile, &'static str) {
    match Header::parse(raw) {
        Ok(header) => judge_message(&header, content(raw)),
        Err(_) => (Profile::Pcd01, "no HL7 header"),
    }
}

pub(in crate::hl7) fn judge_message(header: &Header<'_>, body: &[u8]) -> (Profile, &'static str) {
    by_sender(header).or_else(|| by_header_shape(header)).unwrap_or_else(|| by_rows(header, body))
}

/// MSH-3 and MSH-4.
fn by_sender(header: &Header<'_>) -> Option<(Profile, &'static str)> {
    let d = header.delimiters;
    let (application, facility) = (header.sending_application, header.sending_facility);
    let name = d.component(application, 1);
    Some(match name {
        b"VSP" => (Profile::Ge, "MSH-3 is VSP, a GE monitor"),
        b"VC150" => (Profile::Vc150, "MSH-3 is VC150"),
        b"DATACAPTOR" => (Profile::Capsule, "MSH-3 is DATACAPTOR"),
        b"NIHON KOHDEN" => (Profile::NihonKohden, "MSH-3 is NIHON KOHDEN"),
        b"northern" => (Profile::Northern, "MSH-3 is northern"),
        _ if name.starts_with(b"MINDRAY") => (Profile::Mindray, "MSH-3 begins with MINDRAY"),
        _ if name.starts_with(b"XH80") => (Profile::Xh80x, "MSH-3 begins with XH80"),
        _ if d.component(application, 2) == b"EfficiaCM" => (Profile::Efficia, "MSH-3 names EfficiaCM"),
        _ if facility == b"GE Healthcare" => (Profile::Ge, "MSH-4 is GE Healthcare"),
        _ if facility == b"NIHON KOHDEN" => (Profile::NihonKohden, "MSH-4 is NIHON KOHDEN"),
        _ if name.is_empty() && facility.starts_with(b"KC") && facility.ends_with(b"G") => {
            (Profile::Comen, "MSH-4 is a Comen serial number")
        }
        _ => return None,
    })
}

/// Two senders are known by what they leave out.
fn by_header_shape(header: &Header<'_>) -> Option<(Profile, &'static str)> {
    let nameless =
        header.sending_application.is_empty() && header.sending_facility.is_empty() && header.message_time.is_empty();
    if !nameless {
        return None;
    }
    if header.control_id.starts_with(b"HP") || header.message_type == b"NMD" {
        return Some((Profile::PhilipsIc, "no sender, MSH-10 begins with HP"));
    }
    let short = (1..=3).contains(&header.control_id.len()) && header.control_id.iter().all(u8::is_ascii_digit);
    (short && header.version == b"2.3.1")
        .then_some((Profile::Pds, "no sender, version 2.3.1, MSH-10 is a short type number"))
}

/// Rows looked at: the first ones show the code system.
const ROWS: usize = 8;

/// The code system of the first rows.
fn by_rows(header: &Header<'_>, body: &[u8]) -> (Profile, &'static str) {
    let d = header.delimiters;
    let rows = Segments::new(body).filter(|s| s.starts_with(b"OBX")).take(ROWS);
    for segment in rows {
        let row = Row { fields: Fields::new(segment, d.field), d };
        let (number, system) = (row.code(1), row.code(3));
        if system.starts_with(b"MDIL") {
            return (Profile::PhilipsIc, "rows are coded in MDIL");
        }
        if system == b"99COMEN" {
            return (Profile::Comen, "rows are coded in 99COMEN");
        }
        if system == b"99MNDRY" {
            return (Profile::Mindray, "rows are coded in 99MNDRY");
        }
        let six_digits = number.len() == 6 && number.starts_with(b"0") && number.iter().all(u8::is_ascii_digit);
        if six_digits && system.is_empty() {
            return (Profile::NihonKohden, "rows have six-digit local numbers and no code system");
        }
        if memmem::find(row.fields.get(3), b"MDC").is_some() {
            return (Profile::Pcd01, "rows are coded in MDC, no vendor recognised");
        }
    }
    (Profile::Pcd01, "no vendor recognised")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(message: &str, expected: Profile) {
        let raw = message.replace('\n', "\r");
        let (found, why) = judge(raw.as_bytes());
        assert_eq!(found, expected, "{why}: {message}");
        let framed = [b"\x0B", raw.as_bytes(), b"\x1C\r"].concat();
        assert_eq!(judge(&framed), (found, why), "framing bytes change nothing");
    }

    #[test]
    fn a_message_shows_its_profile() {
        check(r"MSH|^~\&|VSP^08^EUI-64|GE Healthcare|||20211129||ORU^R01|1|P|2.6", Profile::Ge);
        check(r"MSH|^~\&|MINDRAY_EGATEWAY^00^EUI-64|MINDRAY|||2024||ORU^R01|23|P|2.6", Profile::Mindray);
        check(r"MSH|^~\&|MINDRAY_VS900^00^EUI-64||||2024||ORU^R01|23|P|2.6", Profile::Mindray);
        check(r"MSH|^~\&|||||||ORU^R01|HP0802104|T|2.3||||||8859/1", Profile::PhilipsIc);
        check(r"MSH|^~\&|||||||NMD|HP0802104|P|2.3", Profile::PhilipsIc);
        check(r"MSH|^~\&|^EfficiaCM||||2013||ORU^R01|X|P|2.4", Profile::Efficia);
        check(r"MSH|^~\&|||||||ORU^R01|204|P|2.3.1|", Profile::Pds);
        check(r"MSH|^~\&|NIHON KOHDEN|NIHON KOHDEN|||2026||ORU^R01|7|P|2.4", Profile::NihonKohden);
        check(r"MSH|^~\&|DATACAPTOR||||2024||ORU^R01|4|P|2.3", Profile::Capsule);
        check(r"MSH|^~\&|VC150|84:2F|||2019||ORU^R01|1|P|2.6", Profile::Vc150);
        check(r"MSH|^~\&||KC000000000G|||2026||ORU^R01|2|P|2.6", Profile::Comen);
        check(r"MSH|^~\&|northern|patient monitor^|||2025||ORU^R01|1|P|2.6|", Profile::Northern);
        check(r"MSH|^~\&|XH80X^00^EUI-64||||2021||ORU^R01|41|P|2.4", Profile::Xh80x);
        check(r"MSH|^~\&|SomeApp|Somewhere|||2012||ORU^R01|9|P|2.6", Profile::Pcd01);
    }

    #[test]
    fn without_a_known_sender_the_rows_decide() {
        let with = |row: &str| alloc::format!("MSH|^~\\&|App|Site|||2012||ORU^R01|9|P|2.6\nPID|\n{row}\n");
        check(&with("OBX||NM|0002-4182^HR^MDIL|0|60|0004-0aa0^bpm^MDIL|||||F"), Profile::PhilipsIc);
        check(&with("OBX|1|NM|007000^SpO2||98|%|-||||O"), Profile::NihonKohden);
        check(&with("OBX|1|NM|150456^MDC_PULS_OXIM_SAT_O2^MDC|1.3.1.1|98|262688|||||R"), Profile::Pcd01);
        check(&with("OBX||NM|2267^COMEN_ACVPU^99COMEN||Alert||||||F"), Profile::Comen);
    }

    #[test]
    fn every_profile_has_a_word_of_the_list() {
        assert_eq!(Profile::WORDS[0], "auto");
        let words: alloc::vec::Vec<&str> = Profile::ALL.iter().map(|p| p.word()).collect();
        assert_eq!(&Profile::WORDS[1..], words);
        for profile in Profile::ALL {
            assert_eq!(Profile::from_word(profile.word()), Some(*profile));
        }
        assert_eq!(Profile::from_word("auto"), None);
    }
}
