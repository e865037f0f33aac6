//! Acknowledgements, as a sender reads them.

/// Which acknowledgement a message asks for in MSH-15 and MSH-16.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AckMode {
    /// `NE`/`AL`: an application acknowledgement, `AA`, `AE` or `AR`.
    Application,
    /// `AL`/`NE`: an accept acknowledgement, `CA`, `CE` or `CR`.
    Accept,
}

/// What a receiver said of one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ack {
    /// MSA-1.
    pub code: String,
    /// MSA-2: the control id it speaks of.
    pub control_id: String,
}

/// What an answer means to the sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// `AA` or `CA`, as asked for: safely stored.
    Stored,
    /// `AE` or `CE`: could not be stored, may be sent again.
    Error,
    /// `AR` or `CR`: refused for good.
    Refused,
    /// A code of the other mode, or no code at all: as good as no answer.
    WrongMode,
}

impl Ack {
    /// Reads a message that may be an acknowledgement. `None` when it has no MSA segment.
    #[must_use]
    pub fn parse(message: &[u8]) -> Option<Self> {
        let separator = char::from(*message.get(3).filter(|_| message.starts_with(b"MSH"))?);
        let text = String::from_utf8_lossy(message);
        let msa = text.split(['\r', '\n']).find(|segment| segment.starts_with("MSA"))?;
        let mut fields = msa.split(separator).skip(1);
        Some(Self { code: fields.next()?.to_owned(), control_id: fields.next()?.to_owned() })
    }

    pub(super) fn verdict(&self, mode: AckMode) -> Verdict {
        match (mode, self.code.as_str()) {
            (AckMode::Application, "AA") | (AckMode::Accept, "CA") => Verdict::Stored,
            (AckMode::Application, "AE") | (AckMode::Accept, "CE") => Verdict::Error,
            (AckMode::Application, "AR") | (AckMode::Accept, "CR") => Verdict::Refused,
            _ => Verdict::WrongMode,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(message: &str, mode: AckMode, expected: Option<Verdict>) {
        assert_eq!(Ack::parse(message.as_bytes()).map(|ack| ack.verdict(mode)), expected, "of {message:?}");
    }

    #[test]
    fn codes_mean_what_the_mode_asked_for() {
        let msa = |code: &str| format!("MSH|^~\\&|A|B|C|D|20260304||ACK^R01^ACK|9|P|2.6\rMSA|{code}|77\r");
        check(&msa("AA"), AckMode::Application, Some(Verdict::Stored));
        check(&msa("CA"), AckMode::Accept, Some(Verdict::Stored));
        check(&msa("AA"), AckMode::Accept, Some(Verdict::WrongMode));
        check(&msa("CA"), AckMode::Application, Some(Verdict::WrongMode));
        check(&msa("AE"), AckMode::Application, Some(Verdict::Error));
        check(&msa("CR"), AckMode::Accept, Some(Verdict::Refused));
        check("MSH|^~\\&|A\r", AckMode::Accept, None);
        check("", AckMode::Accept, None);
        assert_eq!(Ack::parse(msa("AA").as_bytes()).unwrap().control_id, "77");
    }
}
