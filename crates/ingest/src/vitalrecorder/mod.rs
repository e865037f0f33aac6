//! VitalRecorder's uploads over Socket.IO: connections that are read, and answered only what the protocol needs to stand.
//!
//! The layers, from the wire up: an HTTP upgrade ([`head`]), WebSocket frames (`tungstenite`), Engine.IO 3 or 4 and Socket.IO
//! packets ([`packet`]), compressed uploads ([`inflate`]). What comes out is one upload a line, as
//! `chairside_decode::vitalrecorder` reads it. Why this is written here: `docs/decisions/0007`.

mod connection;
mod head;
mod inflate;
mod packet;
mod peer;

pub use connection::{BAD_MAX, BYTES_PER_S_MAX, IDLE_MAX};
pub use head::{HEAD_MAX, HEAD_TIME_MAX};
pub use packet::{Engine, Saying};
pub use peer::Peer;

pub(crate) use connection::run;
