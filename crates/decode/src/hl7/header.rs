//! The header of a message as a receiver needs it: who sent what, in which delimiters, and which acknowledgement is due.
//!
//! Acknowledgements are made by `chairside-ingest`, only after the bytes are on disk. Nothing here can send.

use super::message::{Delimiters, Fields, Segments, content};
use super::text::Charset;
use core::fmt;

/// The fields of MSH that matter to a receiver, byte for byte as sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header<'a> {
    /// MSH-1 and MSH-2, taken apart.
    pub delimiters: Delimiters,
    /// MSH-2 as sent, to be put into an acknowledgement unchanged.
    pub encoding_characters: &'a [u8],
    /// MSH-3.
    pub sending_application: &'a [u8],
    /// MSH-4.
    pub sending_facility: &'a [u8],
    /// MSH-5.
    pub receiving_application: &'a [u8],
    /// MSH-6.
    pub receiving_facility: &'a [u8],
    /// MSH-7.
    pub message_time: &'a [u8],
    /// MSH-9, component 1: `ORU`, `ACK`, `QRY`.
    pub message_type: &'a [u8],
    /// MSH-9, component 2: `R01`, `R40`; empty in many ACKs and in `NMD`.
    pub trigger: &'a [u8],
    /// MSH-10. An id of this message in most profiles, but the *type* of the message in Mindray PDS.
    pub control_id: &'a [u8],
    /// MSH-11, component 1: `P` production, `T` training or test, `D` debugging or demonstration.
    pub processing_id: &'a [u8],
    /// MSH-12, component 1, such as `2.6`.
    pub version: &'a [u8],
    /// MSH-15.
    pub accept_ack: &'a [u8],
    /// MSH-16.
    pub application_ack: &'a [u8],
    /// MSH-18.
    pub character_set: &'a [u8],
}

/// Why bytes have no HL7 header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeaderError {
    /// The first segment is not MSH; what stood there instead (padded with blanks).
    NotMsh([u8; 3]),
    /// `MSH` without a field separator behind it.
    NoSeparator,
}

impl fmt::Display for HeaderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotMsh(found) => {
                write!(f, "the message begins with \"{}\", expected \"MSH\": ", found.escape_ascii())?;
                f.write_str("check that the sender is set to HL7 v2 on this port")
            }
            Self::NoSeparator => f.write_str(
                "\"MSH\" is not followed by a field separator, expected \"MSH|\": the message was cut or is not HL7 v2",
            ),
        }
    }
}

impl core::error::Error for HeaderError {}

impl<'a> Header<'a> {
    /// Reads the header of a message, with or without MLLP bytes around it; empty lines and batch headers before it are
    /// passed over.
    ///
    /// # Errors
    /// [`HeaderError`] when the first segment is no MSH. Such bytes are not HL7: the only case for a reject.
    pub fn parse(raw: &'a [u8]) -> Result<Self, HeaderError> {
        let first = Segments::new(content(raw)).find(|s| !is_batch_header(s)).unwrap_or(&[]);
        Self::of_segment(first.trim_ascii_start())
    }

    /// Reads an MSH segment.
    ///
    /// # Errors
    /// As [`Header::parse`].
    pub fn of_segment(segment: &'a [u8]) -> Result<Self, HeaderError> {
        if !segment.starts_with(b"MSH") {
            let at = |n: usize| segment.get(n).copied().unwrap_or(b' ');
            return Err(HeaderError::NotMsh([at(0), at(1), at(2)]));
        }
        let delimiters = Delimiters::of(segment).ok_or(HeaderError::NoSeparator)?;
        let fields = Fields::new(segment, delimiters.field);
        let kind = fields.msh(9);
        Ok(Self {
            delimiters,
            encoding_characters: fields.msh(2),
            sending_application: fields.msh(3),
            sending_facility: fields.msh(4),
            receiving_application: fields.msh(5),
            receiving_facility: fields.msh(6),
            message_time: fields.msh(7),
            message_type: delimiters.component(kind, 1),
            trigger: delimiters.component(kind, 2),
            control_id: fields.msh(10),
            processing_id: delimiters.component(fields.msh(11), 1),
            version: delimiters.component(fields.msh(12), 1),
            accept_ack: fields.msh(15),
            application_ack: fields.msh(16),
            character_set: fields.msh(18),
        })
    }

    /// Which acknowledgement the sender asks for (HL7 2.x chapter 2, MSH-15 and MSH-16).
    #[must_use]
    pub fn ack_mode(&self) -> AckMode {
        // Answering an acknowledgement would make two systems talk for ever.
        if self.message_type == b"ACK" {
            return AckMode::None;
        }
        if self.accept_ack.is_empty() && self.application_ack.is_empty() {
            return AckMode::Original;
        }
        match (AckWhen::of(self.accept_ack), AckWhen::of(self.application_ack)) {
            (AckWhen::Never, AckWhen::Never) => AckMode::None,
            (AckWhen::Never, application) => AckMode::Application(application),
            (accept, AckWhen::Never) => AckMode::Accept(accept),
            (accept, application) => AckMode::Both { accept, application },
        }
    }

    /// How text of this message is read.
    #[must_use]
    pub fn charset(&self) -> Charset {
        Charset::of(self.character_set)
    }

    /// Whether the message holds observations as values: `ORU`, but not the alarm form `ORU^R40`.
    #[must_use]
    pub fn is_observation(&self) -> bool {
        self.message_type == b"ORU" && self.trigger != b"R40"
    }

    /// Whether the message tells of an alarm (IHE ACM).
    #[must_use]
    pub fn is_alarm(&self) -> bool {
        self.message_type == b"ORU" && self.trigger == b"R40"
    }
}

/// Whether a segment is `FHS` or `BHS`, the envelope of a batch. No monitor was seen to send one; each message in it is
/// read, and answered, by itself.
#[must_use]
pub fn is_batch_header(segment: &[u8]) -> bool {
    segment.starts_with(b"FHS") || segment.starts_with(b"BHS")
}

/// When an acknowledgement of one level is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AckWhen {
    /// `AL`, and any word unknown to us: a sender that waits must get its answer.
    Always,
    /// `NE`, or not valued while the other level is.
    Never,
    /// `ER`.
    OnError,
    /// `SU`.
    OnSuccess,
}

impl AckWhen {
    fn of(field: &[u8]) -> Self {
        match field {
            b"NE" | b"" => Self::Never,
            b"ER" => Self::OnError,
            b"SU" => Self::OnSuccess,
            _ => Self::Always,
        }
    }

    const fn due(self, stored: bool) -> bool {
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::OnError => !stored,
            Self::OnSuccess => stored,
        }
    }
}

/// Which acknowledgement a message asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AckMode {
    /// Neither MSH-15 nor MSH-16: original mode, `AA` or `AE`.
    Original,
    /// Enhanced mode, application level only (`NE`/`AL`: IHE PCD-01, GE, Nihon Kohden, VC150).
    Application(AckWhen),
    /// Enhanced mode, accept level only (`AL`/`NE`: Mindray eGateway and VS, XH80X).
    Accept(AckWhen),
    /// Enhanced mode, both levels. Seen from no monitor; we answer the accept level.
    Both {
        /// Accept level.
        accept: AckWhen,
        /// Application level.
        application: AckWhen,
    },
    /// Nothing is to be sent: `NE`/`NE`, or the message is itself an acknowledgement.
    None,
}

/// The code of MSA-1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AckCode {
    /// `AA`: safely stored.
    ApplicationAccept,
    /// `AE`: could not be stored, may be sent again.
    ApplicationError,
    /// `CA`: safely stored.
    CommitAccept,
    /// `CE`: could not be stored, may be sent again.
    CommitError,
}

impl AckCode {
    /// Its two letters.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::ApplicationAccept => "AA",
            Self::ApplicationError => "AE",
            Self::CommitAccept => "CA",
            Self::CommitError => "CE",
        }
    }
}

impl AckMode {
    /// The code to send once it is known whether the message is `stored`; `None` when nothing is to be sent. A message we
    /// cannot understand but have stored counts as stored: a negative answer would make the sender repeat it for ever.
    #[must_use]
    pub const fn code(self, stored: bool) -> Option<AckCode> {
        let application = if stored { AckCode::ApplicationAccept } else { AckCode::ApplicationError };
        let commit = if stored { AckCode::CommitAccept } else { AckCode::CommitError };
        match self {
            Self::Original => Some(application),
            Self::Application(when) if when.due(stored) => Some(application),
            Self::Accept(accept) | Self::Both { accept, .. } if accept.due(stored) => Some(commit),
            Self::Both { application: when, .. } if when.due(stored) => Some(application),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    fn check_ack(message_type: &str, accept: &str, application: &str, stored: Option<&str>, failed: Option<&str>) {
        let raw =
            alloc::format!("\x0BMSH|^~\\&|A|B|||20240501||{message_type}|7|P|2.6|||{accept}|{application}\r\x1C\r");
        let mode = Header::parse(raw.as_bytes()).unwrap().ack_mode();
        assert_eq!(mode.code(true).map(AckCode::word), stored, "stored, {raw}");
        assert_eq!(mode.code(false).map(AckCode::word), failed, "not stored, {raw}");
    }

    #[test]
    fn the_acknowledgement_follows_msh_15_and_16() {
        let oru = "ORU^R01^ORU_R01";
        check_ack(oru, "", "", Some("AA"), Some("AE"));
        check_ack(oru, "NE", "AL", Some("AA"), Some("AE"));
        check_ack(oru, "AL", "NE", Some("CA"), Some("CE"));
        check_ack(oru, "AL", "AL", Some("CA"), Some("CE"));
        check_ack(oru, "NE", "NE", None, None);
        check_ack(oru, "", "AL", Some("AA"), Some("AE"));
        check_ack(oru, "NE", "ER", None, Some("AE"));
        check_ack(oru, "SU", "NE", Some("CA"), None);
        check_ack(oru, "ER", "SU", Some("AA"), Some("CE"));
    }

    #[test]
    fn an_acknowledgement_is_never_answered() {
        check_ack("ACK^R01^ACK", "", "", None, None);
        check_ack("ACK", "AL", "AL", None, None);
    }

    #[test]
    fn the_header_is_read_as_sent() {
        let raw =
            b"\x0B\r\nMSH#!*/%#VSP!08!EUI-64#GE###20211129084800+0100##ORU!R01!ORU_R01#00/F/1#P#2.6###NE#AL##UNICODE\r";
        let header = Header::parse(raw).unwrap();
        assert_eq!(header.delimiters.component, b'!');
        assert_eq!(header.encoding_characters, b"!*/%");
        assert_eq!(header.sending_application, b"VSP!08!EUI-64");
        assert_eq!((header.message_type, header.trigger), (&b"ORU"[..], &b"R01"[..]));
        assert_eq!(header.control_id, b"00/F/1", "the control id goes back byte for byte");
        assert_eq!(header.character_set, b"UNICODE");
    }

    #[test]
    fn what_is_no_hl7_says_what_was_found() {
        let error = |raw: &[u8]| Header::parse(raw).unwrap_err().to_string();
        assert!(error(b"\x0BGET / HTTP/1.1\r\x1C\r").contains("begins with \"GET\", expected \"MSH\""));
        assert!(error(b"").contains("begins with \"   \""));
        assert!(error(b"MSH").contains("field separator"));
    }
}
