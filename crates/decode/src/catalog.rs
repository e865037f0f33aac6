//! Every protocol by name.

use crate::Decoder;
use alloc::boxed::Box;

/// A protocol Chairside decodes; the word is what stands in `protocol = "..."` and after `--protocol`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// HL7 v2 over MLLP.
    Hl7,
    /// Nellcor real-time ASCII rows.
    Nellcor,
}

impl Protocol {
    /// Every protocol.
    pub const ALL: &'static [Self] = &[Self::Hl7, Self::Nellcor];

    /// Its name in the configuration and on the command line.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Hl7 => "hl7",
            Self::Nellcor => "nellcor",
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
            Self::Hl7 => crate::hl7::Profile::WORDS,
            Self::Nellcor => &[],
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
        false
    }

    /// The usual speed of its serial port, bits per second (fact sheets, "Link").
    #[must_use]
    pub const fn baud(self) -> u32 {
        9600
    }

    /// A decoder that starts at byte 0 of a stream. `None` when there is no such profile.
    #[must_use]
    pub fn decoder(self, profile: Option<&str>) -> Option<Box<dyn Decoder>> {
        match self {
            Self::Hl7 => crate::hl7::file_decoder(profile),
            Self::Nellcor => profile.is_none().then(|| Box::new(crate::nellcor::Rows::new()) as Box<dyn Decoder>),
        }
    }
}
