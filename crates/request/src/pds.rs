//! Mindray PDS (fact sheet, HL7, section 3.5). The monitor is the server and sends only while it hears this about once a
//! second; it sends the same itself. Every other message type of PDS stays unsent.

use crate::Frame;

/// Message type 106 in its MLLP frame.
pub(crate) const HEARTBEAT: Frame = Frame::of(b"\x0BMSH|^~\\&|||||||ORU^R01|106|P|2.3.1|\r\x1C\r");
