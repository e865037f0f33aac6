//! Every protocol by name.

use crate::Decoder;
use alloc::boxed::Box;

/// A protocol Chairside decodes; the word is what stands in `protocol = "..."` and after `--protocol`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// GE / Critikon DINAMAP host communications, ASCII.
    Dinamap,
    /// HL7 v2 over MLLP.
    Hl7,
    /// Ivy 450C "ANSAR-B" records (experimental).
    Ivy450c,
    /// Masimo ASCII 1.
    Masimo,
    /// Nellcor real-time ASCII rows.
    Nellcor,
    /// Nonin serial formats 1, 2, 7, 8, 13 and table-top ASCII.
    Nonin,
}

impl Protocol {
    /// Every protocol.
    pub const ALL: &'static [Self] =
        &[Self::Dinamap, Self::Hl7, Self::Ivy450c, Self::Masimo, Self::Nellcor, Self::Nonin];

    /// Its name in the configuration and on the command line.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Dinamap => "dinamap",
            Self::Hl7 => "hl7",
            Self::Ivy450c => "ivy450c",
            Self::Masimo => "masimo",
            Self::Nellcor => "nellcor",
            Self::Nonin => "nonin",
        }
    }

    /// The protocol of this name.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|p| p.word() == word)
    }

    /// Its profiles, the first is the default; empty when there is only one way to read it.
    #[must_use]
    pub const fn profiles(self) -> &'static [&'static str] {
        match self {
            Self::Hl7 => &["auto"],
            Self::Dinamap | Self::Ivy450c | Self::Masimo | Self::Nellcor | Self::Nonin => &[],
        }
    }

    /// Whether it comes over a serial port; the others come over the network.
    #[must_use]
    pub const fn is_serial(self) -> bool {
        !matches!(self, Self::Hl7)
    }

    /// Whether such a monitor speaks only when it is asked.
    #[must_use]
    pub const fn asks(self) -> bool {
        matches!(self, Self::Dinamap)
    }

    /// The usual speed of its serial port, bits per second (fact sheets, "Link").
    #[must_use]
    pub const fn baud(self) -> u32 {
        9600
    }

    /// A decoder that starts at byte 0 of a stream. `None` when there is no such profile.
    #[must_use]
    pub fn decoder(self, profile: Option<&str>) -> Option<Box<dyn Decoder>> {
        if profile.is_some_and(|p| !self.profiles().contains(&p)) {
            return None;
        }
        Some(match self {
            Self::Dinamap => Box::new(crate::dinamap::Dinamap::new()),
            Self::Hl7 => return None,
            Self::Ivy450c => Box::new(crate::ivy450c::Ivy450c::new()),
            Self::Masimo => Box::new(crate::masimo::Masimo::new()),
            Self::Nellcor => Box::new(crate::nellcor::Rows::new()),
            Self::Nonin => Box::new(crate::nonin::Nonin::new()),
        })
    }
}
