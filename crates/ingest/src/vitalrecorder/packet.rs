//! Engine.IO and Socket.IO packets: what is read of them, and the whole list of what is ever said. Pure.
//!
//! Engine.IO puts a digit in front of a text: `0` open, `1` close, `2` ping, `3` pong, `4` message, `5` upgrade, `6` noop.
//! Socket.IO puts its own behind the `4`: `0` connect, `1` disconnect, `2` event, `3` ack, `4` error, `5` binary event, `6`
//! binary ack. In version 3 the client pings and the server opens the default namespace unasked; in version 4 the server
//! pings and the client asks for the namespace.

use std::time::Duration;

/// How often we ask a version 4 client, and one of version 3 that is quiet, whether it is there: Socket.IO's default.
pub(super) const PING_INTERVAL: Duration = Duration::from_secs(25);
/// How long an answer may take: Socket.IO's default.
pub(super) const PING_TIMEOUT: Duration = Duration::from_secs(20);
/// Most attachments of one event; VitalRecorder's has one.
const ATTACHMENTS_MAX: usize = 8;

/// Engine.IO version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// `EIO=3`: Socket.IO 1 and 2, and VitalRecorder itself.
    V3,
    /// `EIO=4`: Socket.IO 3 and 4.
    V4,
}

/// Everything Chairside ever says to a VitalRecorder. There is no event among them: VitalRecorder takes events as commands
/// (`update`, `restart`, `dt`, `new_bed`, `edit_bed` ...), so none can be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Saying {
    /// The session is open; the number tells it from others.
    Open(u64),
    /// The default namespace is connected, version 3.
    Connected,
    /// The same, version 4, which wants the session named.
    ConnectedAs(u64),
    /// Are you there?
    Ping,
    /// I am here.
    Pong,
}

impl Saying {
    /// The text frame.
    #[must_use]
    pub fn text(self) -> String {
        match self {
            Self::Open(session) => format!(
                r#"0{{"sid":"chairside-{session}","upgrades":[],"pingInterval":{},"pingTimeout":{},"maxPayload":{}}}"#,
                PING_INTERVAL.as_millis(),
                PING_TIMEOUT.as_millis(),
                chairside_decode::vitalrecorder::UPLOAD_MAX
            ),
            Self::Connected => "40".into(),
            Self::ConnectedAs(session) => format!(r#"40{{"sid":"chairside-{session}"}}"#),
            Self::Ping => "2".into(),
            Self::Pong => "3".into(),
        }
    }
}

/// What a text frame said, as far as it matters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Packet<'t> {
    /// The client ends the session.
    Close,
    /// It wants a pong.
    Ping,
    /// It wants the default namespace.
    Connect,
    /// An event whose data follow in so many binary frames.
    Announced {
        /// Its name.
        event: &'t str,
        /// Binary frames that follow.
        attachments: usize,
    },
    /// An event with its data in the text.
    Event(&'t str),
    /// Nothing to do: pong, noop, acknowledgement.
    Quiet,
    /// Not of this protocol, or of another namespace; what was found.
    Strange(&'static str),
}

impl<'t> Packet<'t> {
    pub(super) fn read(text: &'t str) -> Self {
        let mut chars = text.chars();
        match chars.next() {
            Some('1') => Self::Close,
            Some('2') => Self::Ping,
            Some('3' | '6') => Self::Quiet,
            Some('4') => Self::message(chars.as_str()),
            _ => Self::Strange("a packet that is none of Engine.IO's"),
        }
    }

    fn message(text: &'t str) -> Self {
        let mut chars = text.chars();
        let kind = chars.next();
        let rest = chars.as_str();
        if rest.starts_with('/') && !rest.starts_with("/,") && rest != "/" {
            return Self::Strange("another namespace than the default one");
        }
        let rest = rest.strip_prefix('/').map_or(rest, |r| r.strip_prefix(',').unwrap_or(r));
        match kind {
            Some('0') => Self::Connect,
            Some('1') => Self::Close,
            Some('2') => event(rest).map_or(Self::Strange("an event without a name"), Self::Event),
            Some('3' | '4' | '6') => Self::Quiet,
            Some('5') => announced(rest).unwrap_or(Self::Strange("a binary event that cannot be read")),
            _ => Self::Strange("a packet that is none of Socket.IO's"),
        }
    }
}

/// `1-["send_data",{"_placeholder":true,"num":0}]`.
fn announced(text: &str) -> Option<Packet<'_>> {
    let (count, rest) = text.split_once('-')?;
    let attachments = count.parse().ok().filter(|n| (1..=ATTACHMENTS_MAX).contains(n))?;
    // A namespace, if one is named, stands behind the count.
    let rest = rest.strip_prefix("/,").unwrap_or(rest);
    Some(Packet::Announced { event: event(rest)?, attachments })
}

/// The name of an event: the first text of the array, behind the number of an acknowledgement if one is asked for.
fn event(text: &str) -> Option<&str> {
    let array = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let name = array.strip_prefix('[')?.trim_start().strip_prefix('"')?;
    name.split_once('"').map(|(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &Packet<'_>) {
        assert_eq!(Packet::read(text), *expected, "of {text}");
    }

    #[test]
    fn packets_of_both_versions_are_read() {
        let data = |attachments| Packet::Announced { event: "send_data", attachments };
        check("2", &Packet::Ping);
        check("2probe", &Packet::Ping);
        check("3", &Packet::Quiet);
        check("6", &Packet::Quiet);
        check("1", &Packet::Close);
        check("41", &Packet::Close);
        check("40", &Packet::Connect);
        check(r#"40{"token":"x"}"#, &Packet::Connect);
        check(r#"42["join_vr","VR_ABC123"]"#, &Packet::Event("join_vr"));
        check(r#"4217["join_vr","VR_ABC123"]"#, &Packet::Event("join_vr"));
        check(r#"451-["send_data",{"_placeholder":true,"num":0}]"#, &data(1));
        check(r#"451-12["send_data",{"_placeholder":true,"num":0}]"#, &data(1));
        check(r#"452-[ "send_data",{}]"#, &data(2));
        check("431[]", &Packet::Quiet);
    }

    #[test]
    fn what_is_strange_is_said_and_never_more() {
        let texts = [
            "",
            "9",
            "4",
            "4x",
            "42",
            "42{}",
            "42[1]",
            "45-[\"a\"]",
            "450-[\"a\"]",
            "459-[\"a\"]",
            "451[\"a\"]",
            "40/admin,",
            "€",
        ];
        for text in texts {
            assert!(matches!(Packet::read(text), Packet::Strange(_)), "of {text:?}");
        }
    }

    #[test]
    fn p17_nothing_that_is_said_is_an_event() {
        // VitalRecorder takes `42[...]` as a command.
        for saying in [Saying::Open(7), Saying::Connected, Saying::ConnectedAs(7), Saying::Ping, Saying::Pong] {
            let text = saying.text();
            assert!(["0{", "40", "2", "3"].iter().any(|known| text.starts_with(known)), "{text}");
            assert!(!matches!(Packet::read(&text), Packet::Event(_) | Packet::Announced { .. }), "{text}");
        }
        let expected =
            r#"0{"sid":"chairside-7","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":4194304}"#;
        assert_eq!(Saying::Open(7).text(), expected);
        assert_eq!(Saying::ConnectedAs(7).text(), r#"40{"sid":"chairside-7"}"#);
    }
}
