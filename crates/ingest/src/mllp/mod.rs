//! HL7 v2 over MLLP: connections that are read, recorded, and acknowledged or kept alive.

mod ack;
mod connection;
pub(crate) mod key;
pub(crate) mod listener;
mod messages;
mod secure;
mod writer;

pub use ack::{Ack, ControlIds, Stamp, answered};
pub use connection::{FRAME_TIME_MAX, HEARTBEAT_INTERVAL, NOISE_MAX, UNANSWERED_MAX};
pub use listener::{CONNECTIONS_MAX, CONNECTIONS_PER_PEER_MAX};
pub use messages::{HEADER_MAX, Message};
pub use secure::{HANDSHAKE_MAX, Secure};
pub use writer::{AckWriter, AskWriter, WRITE_TIMEOUT};

pub(crate) use connection::{Ended, connected, connected_secure};
pub(crate) use secure::reach;
