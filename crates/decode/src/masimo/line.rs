//! One line of Masimo ASCII 1, checked.

use chairside_observation::{Civil, Decimal, Skip};
use memchr::{memchr, memrchr};

/// Columns of `MM/DD/YY HH:MM:SS`.
pub(super) const STAMP: usize = 17;

/// Digits, dashes, or the key was not sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Field {
    /// The key is not in the line: the set differs by model and licence.
    #[default]
    NotSent,
    /// Dashes: the monitor has no value.
    Dashes,
    /// A number.
    Number(Decimal),
}

/// A bit field in hex, with the digits it was sent with: their number is part of its form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bits<'a> {
    /// The bits.
    pub(super) word: u32,
    /// As sent.
    pub(super) text: &'a str,
}

/// What a line says, by key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Line<'a> {
    /// The monitor's clock; `None` when it shows no date that exists.
    pub(super) at: Option<Civil>,
    /// Serial number; `None` for dashes.
    pub(super) serial: Option<&'a str>,
    /// `SPO2`, %.
    pub(super) spo2: Field,
    /// `BPM`, pulse rate per minute.
    pub(super) bpm: Field,
    /// `PI`, perfusion index, % (with or without the sign).
    pub(super) perfusion: Field,
    /// `ALARM`.
    pub(super) alarm: Option<Bits<'a>>,
    /// `EXC`, exceptions.
    pub(super) exceptions: Option<Bits<'a>>,
    /// `capnoRR` of a Root, as sent.
    pub(super) capno_rate: Option<&'a str>,
    /// `capnoEtCO2` of a Root, as sent.
    pub(super) capno_etco2: Option<&'a str>,
    /// A key that only live lines have was seen.
    live: bool,
}

/// Where the last time stamp of `body` begins. The last, not the first: when a line lost its end, the next one stands
/// right behind it.
pub(super) fn last_stamp(body: &[u8]) -> Option<usize> {
    let mut end = body.len();
    // `/` stands at 2 and 5 of a stamp and nowhere else in a line.
    while let Some(slash) = memrchr(b'/', &body[..end]) {
        if let Some(at) = slash.checked_sub(5)
            && is_stamp(&body[at..])
        {
            return Some(at);
        }
        end = slash;
    }
    None
}

fn is_stamp(text: &[u8]) -> bool {
    text.len() >= STAMP
        && b"dd/dd/dd dd:dd:dd".iter().zip(text).all(|(form, byte)| match form {
            b'd' => byte.is_ascii_digit(),
            same => byte == same,
        })
}

/// Whether a line is a row of the trend memory: its own spelling of the keys, and exceptions with words behind a colon.
pub(super) fn is_trend(body: &[u8]) -> bool {
    body.split(|b| *b == b' ').any(|word| word.starts_with(b"SpO2=") || word.ends_with(b":SET"))
}

impl<'a> Line<'a> {
    /// Reads a line without its end, from its time stamp on.
    ///
    /// # Errors
    /// [`Skip::WrongMode`] for a row of the trend memory or another mode of these monitors; [`Skip::Malformed`] for a
    /// byte that is no text, a key sent twice, or a field that has not the form of its key. There is no checksum, so one
    /// damaged field condemns the line.
    pub(super) fn parse(body: &'a [u8]) -> Result<Self, Skip> {
        let (stamp, words) = body.split_at_checked(STAMP).ok_or(Skip::CutOff)?;
        let words = core::str::from_utf8(words).map_err(|_| Skip::Malformed)?;
        let mut line = Self { at: civil(stamp), ..Self::default() };
        let taken = words.split(' ').filter(|w| !w.is_empty()).try_for_each(|word| line.take(word));
        match taken {
            Err(_) if is_trend(words.as_bytes()) => Err(Skip::WrongMode),
            Err(why) => Err(why),
            Ok(()) if !line.live => Err(Skip::WrongMode),
            Ok(()) => Ok(line),
        }
    }

    fn take(&mut self, word: &'a str) -> Result<(), Skip> {
        if !word.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(Skip::Malformed);
        }
        let Some(equals) = memchr(b'=', word.as_bytes()) else { return Ok(()) };
        let (key, value) = (&word[..equals], &word[equals + 1..]);
        match key {
            "SN" => self.serial = value.bytes().any(|b| b != b'-').then_some(value),
            "SPO2" => {
                once(&mut self.spo2, saturation(value)?)?;
                self.live = true;
            }
            "BPM" => {
                once(&mut self.bpm, three_digits(value)?)?;
                self.live = true;
            }
            "PI" => once(&mut self.perfusion, number(value)?)?,
            "ALARM" => set(&mut self.alarm, bits(value)?)?,
            "EXC" => set(&mut self.exceptions, bits(value)?)?,
            "capnoRR" => {
                set(&mut self.capno_rate, value)?;
                self.live = true;
            }
            "capnoEtCO2" => {
                set(&mut self.capno_etco2, value)?;
                self.live = true;
            }
            _ => {}
        }
        Ok(())
    }
}

fn once(field: &mut Field, value: Field) -> Result<(), Skip> {
    if *field != Field::NotSent {
        return Err(Skip::Malformed);
    }
    *field = value;
    Ok(())
}

fn set<T>(field: &mut Option<T>, value: T) -> Result<(), Skip> {
    field.replace(value).map_or(Ok(()), |_| Err(Skip::Malformed))
}

/// `---`, `--.--`, with or without `%`, or with the sign of a signed field in front (`+--`).
pub(super) fn is_dashes(value: &str) -> bool {
    value.contains('-') && value.bytes().all(|b| matches!(b, b'-' | b'.' | b'%' | b'+'))
}

fn number(value: &str) -> Result<Field, Skip> {
    if is_dashes(value) {
        return Ok(Field::Dashes);
    }
    let digits = value.strip_suffix('%').unwrap_or(value);
    if digits.starts_with(['+', '-']) {
        return Err(Skip::Malformed);
    }
    Decimal::parse(digits.as_bytes()).map(Field::Number).map_err(|_| Skip::Malformed)
}

/// Three digits, as this output pads SpO2 and pulse rate: fewer or more mean that the line lost or caught bytes.
fn three_digits(value: &str) -> Result<Field, Skip> {
    let digits = value.strip_suffix('%').unwrap_or(value);
    if !is_dashes(value) && (digits.len() != 3 || !digits.bytes().all(|b| b.is_ascii_digit())) {
        return Err(Skip::Malformed);
    }
    number(value)
}

fn saturation(value: &str) -> Result<Field, Skip> {
    match three_digits(value)? {
        Field::Number(percent) if percent.units() > 100 => Err(Skip::Malformed),
        field => Ok(field),
    }
}

fn bits(value: &str) -> Result<Bits<'_>, Skip> {
    // `from_str_radix` would take a sign.
    if value.is_empty() || !value.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(Skip::Malformed);
    }
    let word = u32::from_str_radix(value, 16).map_err(|_| Skip::Malformed)?;
    Ok(Bits { word, text: value })
}

fn civil(stamp: &[u8]) -> Option<Civil> {
    let two = |at: usize| (stamp[at] - b'0') * 10 + (stamp[at + 1] - b'0');
    // Two digits of the year: these monitors were first sold after 2000.
    Civil::new(2000 + u16::from(two(6)), two(0), two(3), two(9), two(12), two(15))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &str) -> Result<Line<'_>, Skip> {
        Line::parse(words.as_bytes())
    }

    #[test]
    fn fields_are_found_by_key_in_any_order() {
        let line = parse("07/04/25 09:30:01 EXC=800 PI=01.20 BPM=071 SPO2=096% NEW=1 ALARM=20").unwrap();
        assert_eq!(line.spo2, Field::Number(Decimal::whole(96)));
        assert_eq!(line.bpm, Field::Number(Decimal::whole(71)));
        assert_eq!(line.perfusion, Field::Number(Decimal::new(120, 2)));
        assert_eq!(line.at, Civil::new(2025, 7, 4, 9, 30, 1));
        assert_eq!(line.exceptions, Some(Bits { word: 0x800, text: "800" }));
    }

    #[test]
    fn every_form_of_dashes_is_no_value() {
        for dashes in ["---", "---%", "--.--%", "--.-%", "--%", "--", "+--"] {
            assert!(is_dashes(dashes), "{dashes}");
        }
        assert!(!is_dashes("-02"));
        assert!(!is_dashes(""));
    }

    #[test]
    fn h05_a_damaged_field_condemns_its_line() {
        for bad in [
            "SPO2=98% BPM=071",
            "SPO2=198% BPM=071",
            "SPO2=0x8% BPM=071",
            "SPO2=098% BPM=71",
            "SPO2=098% BPM=071 SPO2=097%",
            "SPO2=098% BPM=071 EXC=8G0",
            "SPO2=098% BPM=071 EXC=+800",
            "SPO2=098% BPM=071 PI=-3.60%",
            "SPO2=098% BPM=071 \u{7f}",
        ] {
            let text = alloc::format!("07/04/25 09:30:01 {bad}");
            assert_eq!(parse(&text), Err(Skip::Malformed), "{bad}");
        }
    }

    #[test]
    fn the_trend_memory_is_another_mode() {
        for other in ["SpO2=097 PR=069 PI=04.69 EXC=800:SET", "SPO2=097% BPM=069 EXC=800:SET", "A=1 B=2", ""] {
            let text = alloc::format!("07/04/25 09:30:01 {other}");
            assert_eq!(parse(&text), Err(Skip::WrongMode), "{other}");
        }
    }

    #[test]
    fn the_last_stamp_begins_the_line() {
        assert_eq!(last_stamp(b"07/04/25 09:30:01 SPO2=0"), Some(0));
        assert_eq!(last_stamp(b"07/04/25 09:30:01 SPO2=0907/04/25 09:30:02 SPO2=098%"), Some(25));
        assert_eq!(last_stamp(b"no/stamp 1/2/3"), None);
    }
}
