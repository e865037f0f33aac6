//! Every protocol by name.

use crate::Decoder;
use alloc::boxed::Box;

/// A protocol Chairside decodes; the word is what stands in `protocol = "..."` and after `--protocol`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// Contec CMS50 oximeters, 5-byte and 9-byte packets. For training and demonstration only.
    Cms50,
    /// GE / Datex-Ohmeda S/5 DRI "Computer Interface".
    Dri,
    /// HL7 v2 over MLLP.
    Hl7,
    /// Philips IntelliVue Data Export.
    Intellivue,
    /// Nellcor real-time ASCII rows.
    Nellcor,
}

impl Protocol {
    /// Every protocol.
    pub const ALL: &'static [Self] = &[Self::Cms50, Self::Dri, Self::Intellivue];

    /// Its name in the configuration and on the command line.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Cms50 => "cms50",
            Self::Dri => "dri",
            Self::Hl7 => "hl7",
            Self::Intellivue => "intellivue",
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
            Self::Hl7 => &["auto"],
            Self::Intellivue => &["rs232", "lan"],
            Self::Cms50 | Self::Dri | Self::Nellcor => &[],
        }
    }

    /// A decoder that starts at byte 0 of a stream. `None` when there is no such profile.
    #[must_use]
    pub fn decoder(self, profile: Option<&str>) -> Option<Box<dyn Decoder>> {
        if profile.is_some_and(|profile| !self.profiles().contains(&profile)) {
            return None;
        }
        match self {
            Self::Cms50 => Some(Box::new(crate::cms50::Cms50::default())),
            Self::Dri => Some(Box::new(crate::dri::Dri::default())),
            Self::Intellivue if profile == Some("lan") => Some(Box::new(crate::intellivue::Intellivue::lan())),
            Self::Intellivue => Some(Box::new(crate::intellivue::Intellivue::default())),
            Self::Hl7 | Self::Nellcor => None,
        }
    }
}
