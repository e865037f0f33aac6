//! Every protocol by name, and what has to be known of it before its bytes are read.

use crate::{Decoder, Dialog, cms50, dinamap, dri, hl7, intellivue, ivy450c, masimo, nellcor, nonin, vitalrecorder};
use alloc::boxed::Box;

/// A protocol Chairside decodes; the word is what stands in `protocol = "..."` and after `--protocol`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// Contec CMS50 oximeters, 5-byte and 9-byte packets. For training and demonstration only.
    Cms50,
    /// GE / Critikon DINAMAP host communications, ASCII.
    Dinamap,
    /// GE / Datex-Ohmeda S/5 DRI "Computer Interface".
    Dri,
    /// Lines of any device that is described in the configuration.
    Generic,
    /// HL7 v2 over MLLP.
    Hl7,
    /// Philips IntelliVue Data Export.
    Intellivue,
    /// Ivy 450C "ANSAR-B" records (experimental).
    Ivy450c,
    /// Masimo ASCII 1.
    Masimo,
    /// Nellcor real-time ASCII rows.
    Nellcor,
    /// Nonin serial formats 1, 2, 7, 8, 13 and table-top ASCII.
    Nonin,
    /// What the VitalRecorder program relays of the devices it records.
    VitalRecorder,
}

/// The third setting of a serial line; all lines have 8 data bits and 1 stop bit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parity {
    /// None: 8N1.
    None,
    /// Even: 8E1.
    Even,
    /// Odd: 8O1.
    Odd,
}

/// How a serial monitor of this protocol is set, unless its installation says otherwise (fact sheets, "Link").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// Bits per second.
    pub baud: u32,
    /// Parity.
    pub parity: Parity,
}

/// The profile of protocols that can be asked over the LAN as well as on a serial port.
pub const LAN: &str = "lan";

/// Everything known of one protocol.
struct Row {
    word: &'static str,
    line: Option<Line>,
    /// Whether the monitor speaks only when it is asked.
    asks: bool,
    profiles: &'static [&'static str],
    /// Gets the profile, or the default one.
    make: fn(&str) -> Option<Box<dyn Decoder>>,
    /// The same, with what to ask the monitor; `None` where it is only listened to.
    dialog: fn(&str) -> Option<Box<dyn Dialog>>,
}

impl Row {
    /// `profile`, or the default one; `None` when there is no such profile.
    fn known<'a>(&self, profile: Option<&'a str>) -> Option<&'a str> {
        match profile {
            Some(profile) => self.profiles.contains(&profile).then_some(profile),
            None => Some(self.profiles.first().copied().unwrap_or("")),
        }
    }
}

const fn line(baud: u32, parity: Parity) -> Option<Line> {
    Some(Line { baud, parity })
}

fn boxed(decoder: impl Decoder + 'static) -> Option<Box<dyn Decoder>> {
    Some(Box::new(decoder))
}

fn asking(dialog: impl Dialog + 'static) -> Option<Box<dyn Dialog>> {
    Some(Box::new(dialog))
}

impl Protocol {
    /// Every protocol.
    pub const ALL: &'static [Self] = &[
        Self::Cms50,
        Self::Dinamap,
        Self::Dri,
        Self::Generic,
        Self::Hl7,
        Self::Intellivue,
        Self::Ivy450c,
        Self::Masimo,
        Self::Nellcor,
        Self::Nonin,
        Self::VitalRecorder,
    ];

    const fn row(self) -> Row {
        use Parity::{Even, None as Plain};
        const SPEAKS: bool = false;
        const ASKED: bool = true;
        match self {
            Self::Cms50 => Row {
                word: "cms50",
                line: line(115_200, Plain),
                asks: ASKED,
                profiles: &[],
                make: |_| boxed(cms50::Cms50::default()),
                dialog: |_| asking(cms50::Cms50Dialog::default()),
            },
            Self::Dinamap => Row {
                word: "dinamap",
                line: line(9600, Plain),
                asks: ASKED,
                profiles: &[],
                make: |_| boxed(dinamap::Dinamap::new()),
                dialog: |_| asking(dinamap::DinamapDialog::default()),
            },
            Self::Dri => Row {
                word: "dri",
                line: line(19_200, Even),
                asks: ASKED,
                profiles: &[],
                make: |_| boxed(dri::Dri::default()),
                dialog: |_| asking(dri::DriDialog::default()),
            },
            Self::Generic => Row {
                word: "generic",
                line: line(9600, Plain),
                asks: SPEAKS,
                profiles: &[],
                // Made of a description, with `Generic::new`.
                make: |_| None,
                dialog: |_| None,
            },
            Self::Hl7 => Row {
                word: "hl7",
                line: None,
                asks: SPEAKS,
                profiles: hl7::Profile::WORDS,
                make: |profile| hl7::file_decoder(Some(profile)),
                dialog: |_| None,
            },
            Self::Intellivue => Row {
                word: "intellivue",
                line: line(115_200, Plain),
                asks: ASKED,
                profiles: &["rs232", LAN],
                make: |profile| match profile {
                    LAN => boxed(intellivue::Intellivue::lan()),
                    _ => boxed(intellivue::Intellivue::default()),
                },
                dialog: |profile| match profile {
                    LAN => asking(intellivue::IntellivueDialog::lan()),
                    _ => asking(intellivue::IntellivueDialog::rs232()),
                },
            },
            Self::Ivy450c => Row {
                word: "ivy450c",
                line: line(9600, Plain),
                asks: SPEAKS,
                profiles: &[],
                make: |_| boxed(ivy450c::Ivy450c::new()),
                dialog: |_| None,
            },
            Self::Masimo => Row {
                word: "masimo",
                line: line(9600, Plain),
                asks: SPEAKS,
                profiles: &[],
                make: |_| boxed(masimo::Masimo::new()),
                dialog: |_| None,
            },
            Self::Nellcor => Row {
                word: "nellcor",
                line: line(9600, Plain),
                asks: SPEAKS,
                profiles: &[],
                make: |_| boxed(nellcor::Rows::new()),
                dialog: |_| None,
            },
            Self::Nonin => Row {
                word: "nonin",
                line: line(9600, Plain),
                asks: SPEAKS,
                profiles: &[],
                make: |_| boxed(nonin::Nonin::new()),
                dialog: |_| None,
            },
            Self::VitalRecorder => Row {
                word: "vitalrecorder",
                line: None,
                asks: SPEAKS,
                profiles: &[],
                make: |_| boxed(vitalrecorder::VitalRecorder::new()),
                dialog: |_| None,
            },
        }
    }

    /// Its name in the configuration and on the command line.
    #[must_use]
    pub const fn word(self) -> &'static str {
        self.row().word
    }

    /// The protocol of this name.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|p| p.word() == word)
    }

    /// Its profiles, the first is the default; empty when there is only one way to read it.
    #[must_use]
    pub const fn profiles(self) -> &'static [&'static str] {
        self.row().profiles
    }

    /// How its serial line is usually set; `None` for protocols that come over the network.
    #[must_use]
    pub const fn line(self) -> Option<Line> {
        self.row().line
    }

    /// Where such a monitor is asked over the LAN, in datagrams, with the profile [`LAN`]; `None` where it cannot be.
    #[must_use]
    pub const fn lan_port(self) -> Option<u16> {
        match self {
            Self::Intellivue => Some(intellivue::LAN_PORT),
            _ => None,
        }
    }

    /// Whether such a monitor speaks only when it is asked.
    #[must_use]
    pub const fn asks(self) -> bool {
        self.row().asks
    }

    /// A decoder that starts at byte 0 of a stream. `None` when there is no such profile, and for [`Self::Generic`], whose
    /// decoder needs a description: see [`crate::generic::Generic`].
    #[must_use]
    pub fn decoder(self, profile: Option<&str>) -> Option<Box<dyn Decoder>> {
        let row = self.row();
        row.known(profile).and_then(row.make)
    }

    /// The same for a monitor that must be asked. `None` when it is only listened to, or there is no such profile.
    #[must_use]
    pub fn dialog(self, profile: Option<&str>) -> Option<Box<dyn Dialog>> {
        let row = self.row();
        row.known(profile).and_then(row.dialog)
    }
}
