//! One OBX row: its fields by name, and the value it states.

use super::message::{Delimiters, Fields, is_null};
use alloc::string::ToString;
use chairside_observation::{Absence, Decimal, Flag, Flags};

/// An OBX segment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row<'a> {
    /// Its fields.
    pub(super) fields: Fields<'a>,
    /// The message's delimiters.
    pub(super) d: Delimiters,
}

/// A place in the containment tree of OBX-4, `MDS.VMD.channel.metric`. It tells rows apart within one message and means
/// nothing beyond it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Channel {
    /// Virtual medical device: the module.
    pub(super) vmd: u32,
    /// Channel in the module.
    pub(super) channel: u32,
}

impl<'a> Row<'a> {
    /// OBX-2, the kind of the value.
    #[must_use]
    pub(super) fn value_type(&self) -> &'a [u8] {
        self.fields.get(2)
    }

    /// Component `n` of OBX-3, the parameter's code.
    #[must_use]
    pub(super) fn code(&self, n: usize) -> &'a [u8] {
        self.d.component(self.fields.get(3), n)
    }

    /// OBX-4.
    #[must_use]
    pub(super) fn sub_id(&self) -> &'a [u8] {
        self.fields.get(4)
    }

    /// OBX-5 without blanks around it.
    #[must_use]
    pub(super) fn value(&self) -> &'a [u8] {
        self.fields.get(5).trim_ascii()
    }

    /// OBX-11.
    #[must_use]
    pub(super) fn status(&self) -> &'a [u8] {
        self.fields.get(11)
    }

    /// OBX-13: `SETTING`, `CONFIGURATION`, `APERIODIC` in some profiles.
    #[must_use]
    pub(super) fn access(&self) -> &'a [u8] {
        self.fields.get(13)
    }

    /// OBX-14.
    #[must_use]
    pub(super) fn time(&self) -> &'a [u8] {
        self.fields.get(14)
    }

    /// Module and channel of OBX-4, when it has that form.
    #[must_use]
    pub(super) fn channel(&self) -> Option<Channel> {
        let mut numbers = self.sub_id().split(|b| *b == b'.').map(super::codes::number);
        let (_mds, vmd, channel) = (numbers.next()??, numbers.next()??, numbers.next()??);
        Some(Channel { vmd, channel })
    }

    /// Whether OBX-17 calls the value a setting: something dialled at a device, never a reading.
    #[must_use]
    pub(super) fn is_setting(&self) -> bool {
        self.methods().any(|m| matches!(m, b"ASET" | b"MSET")) || matches!(self.access(), b"SETTING" | b"CONFIGURATION")
    }

    fn methods(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let d = self.d;
        d.repetitions(self.fields.get(17)).map(move |method| d.component(method, 1))
    }

    /// The number of the row, or why there is none; `None` for rows whose type holds no single number (waves, codes, text).
    #[must_use]
    pub(super) fn number(&self) -> Option<Result<Decimal, Absence>> {
        if !matches!(self.value_type(), b"NM" | b"ST" | b"SN" | b"") {
            return None;
        }
        // X: no result. D, W: deleted, wrong. N, I: not asked, pending. In all of them no value stands.
        if matches!(self.status(), b"X" | b"D" | b"W" | b"N" | b"I") {
            return Some(Err(Absence::Invalid));
        }
        let value = self.value();
        if is_null(value) || value.iter().all(|b| *b == b'-') {
            return Some(Err(Absence::NoValue));
        }
        Some(Decimal::parse(value).map_err(|_| Absence::Invalid))
    }

    /// What OBX-8, OBX-11 and OBX-17 say beside the value.
    #[must_use]
    pub(super) fn remarks(&self) -> Remarks {
        let mut remarks = Remarks { flags: Flags::NONE, synthetic: false, questionable: false, absent: None };
        let abnormal = self.fields.get(8);
        if !abnormal.is_empty() {
            for word in self.d.repetitions(abnormal) {
                remarks.add(self.d.component(word, 1));
            }
        }
        if self.status() == b"C" {
            remarks.flags.insert(Flag::Corrected);
        }
        if !self.fields.get(17).is_empty() {
            for method in self.methods() {
                match method {
                    b"ACALC" | b"MCALC" => remarks.flags.insert(Flag::Calculated),
                    b"MMEAS" => remarks.flags.insert(Flag::Manual),
                    _ => {}
                }
            }
        }
        remarks
    }
}

/// Words beside a value, sorted by what they do.
#[derive(Clone, Debug)]
pub(super) struct Remarks {
    /// All of them, for display.
    pub(super) flags: Flags,
    /// Demonstration or test data.
    pub(super) synthetic: bool,
    /// The sender calls the value questionable.
    pub(super) questionable: bool,
    /// The sender calls the value invalid.
    pub(super) absent: Option<Absence>,
}

/// Longest OBX-8 word kept as sent; HL7 allows five characters, vendors write a little more.
const WORD_MAX: usize = 32;

impl Remarks {
    /// One word of OBX-8: HL7 table 0078, and the words IHE PCD adds to it for the state of a measurement. A word not in the
    /// list is kept as sent.
    fn add(&mut self, word: &[u8]) {
        let flag = match word {
            b"" => return,
            b"DEMO" => {
                self.synthetic = true;
                Flag::Demo
            }
            b"TEST" => {
                self.synthetic = true;
                Flag::Test
            }
            b"QUES" => {
                self.questionable = true;
                return;
            }
            b"INV" => {
                self.absent = Some(Absence::Invalid);
                return;
            }
            b"NAV" => {
                self.absent = Some(Absence::Unavailable);
                return;
            }
            b"H" => Flag::High,
            b"L" => Flag::Low,
            b"HH" => Flag::CriticalHigh,
            b"LL" => Flag::CriticalLow,
            b"N" => Flag::Normal,
            b"A" => Flag::Abnormal,
            b"PH" => Flag::PriorityHigh,
            b"PM" => Flag::PriorityMedium,
            b"PL" => Flag::PriorityLow,
            b"SP" => Flag::Physiological,
            b"ST" => Flag::Technical,
            b"SA" => Flag::Advisory,
            b"CAL" => {
                self.questionable = true;
                Flag::Calibrating
            }
            b"VALID" => Flag::Validated,
            b"EARLY" => Flag::Early,
            b"BUSY" => Flag::Measuring,
            b"ALACT" => Flag::AlarmActive,
            b"ALINH" => Flag::AlarmInhibited,
            other => {
                let shown = &other[..other.len().min(WORD_MAX)];
                self.flags.insert_other(&shown.escape_ascii().to_string());
                return;
            }
        };
        self.flags.insert(flag);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(segment: &str) -> Row<'_> {
        let d = Delimiters::USUAL;
        Row { fields: Fields::new(segment.as_bytes(), d.field), d }
    }

    fn check(value_type: &str, value: &str, status: &str, expected: Option<Result<&str, Absence>>) {
        let segment =
            alloc::format!("OBX|1|{value_type}|150456^MDC_PULS_OXIM_SAT_O2^MDC|1.3.1.5|{value}|%|||||{status}");
        let found = row(&segment).number().map(|n| n.map(|d| d.to_string()));
        assert_eq!(found, expected.map(|n| n.map(ToString::to_string)), "of {segment}");
    }

    #[test]
    fn h06_a_value_is_a_number_or_an_absence_with_a_reason() {
        check("NM", "97", "R", Some(Ok("97")));
        check("NM", " 3.60 ", "F", Some(Ok("3.60")));
        check("ST", "97", "O", Some(Ok("97")));
        check("NM", "97", "", Some(Ok("97")));
        check("NM", "", "X", Some(Err(Absence::Invalid)));
        check("NM", "97", "X", Some(Err(Absence::Invalid)));
        check("NM", "97", "W", Some(Err(Absence::Invalid)));
        check("NM", "", "R", Some(Err(Absence::NoValue)));
        check("NM", "\"\"", "R", Some(Err(Absence::NoValue)));
        check("NM", "---", "R", Some(Err(Absence::NoValue)));
        check("NM", "oopsnotanumber", "F", Some(Err(Absence::Invalid)));
        check("NM", r"2.73x10\S\-7", "F", Some(Err(Absence::Invalid)));
        check("SN", "^1^:^2", "R", Some(Err(Absence::Invalid)));
        check("NA", "42^43", "F", None);
        check("CE", "97", "F", None);
    }

    #[test]
    fn a_setting_is_no_reading() {
        let with = |method: &str| alloc::format!("OBX|1|NM|1^A^MDC|1.1.1.1|5||||||R||||||{method}");
        assert!(row(&with("ASET^auto-setting^MDC")).is_setting());
        assert!(row(&with("AMEAS~MSET")).is_setting());
        assert!(!row(&with("AMEAS^auto-measurement^MDC")).is_setting());
        assert!(row("OBX||ST|0402-f8f5^sMode^MDIL|0|MONITORING||||||F||SETTING").is_setting());
    }

    #[test]
    fn h07_words_beside_the_value_are_kept() {
        let r = row("OBX|1|NM|1^A^MDC|1.1.1.1|5|%||H~PH~SP~ODD|||C||||||ACALC").remarks();
        assert_eq!(r.flags.to_text(), "high limit; high priority; physiological; calculated; corrected; ODD");
        assert!(!r.synthetic && !r.questionable && r.absent.is_none());
        assert!(row("OBX|1|NM|1^A^MDC|1.1.1.1|5|%||DEMO|||R").remarks().synthetic);
        assert_eq!(row("OBX|1|NM|1^A^MDC|1.1.1.1|5|%||INV|||R").remarks().absent, Some(Absence::Invalid));
        assert!(row("OBX|1|NM|1^A^MDC|1.1.1.1|5|%||QUES|||R").remarks().questionable);
    }

    #[test]
    fn the_channel_comes_from_the_containment_tree() {
        let channel = |sub_id: &str| row(&alloc::format!("OBX|1|NM|1^A|{sub_id}|5")).channel();
        assert_eq!(channel("1.13.2.150087"), Some(Channel { vmd: 13, channel: 2 }));
        assert_eq!(channel("1.7.4.147842.2"), Some(Channel { vmd: 7, channel: 4 }));
        for flat in ["", "0", "2101", "1.x.2", "1..2"] {
            assert_eq!(channel(flat), None);
        }
    }
}
