//! Philips IntelliVue Data Export, over MIB/RS-232 and as LAN datagrams. See `README.md`.

mod clock;
mod cuff;
mod datagrams;
mod dialog;
mod frame;
mod monitor;
mod numeric;
mod reader;
mod serial;
#[cfg(test)]
mod tests;

use crate::{Decoder, Finding};
use alloc::vec::Vec;
use chairside_observation::{FrameKind, Micros};
use core::ops::Range;
use datagrams::Datagrams;
pub use dialog::IntellivueDialog;
use frame::Pdu;
use monitor::Monitor;
use serial::Serial;

/// UDP port on which monitors wait for associations.
pub const LAN_PORT: u16 = 24_105;

/// Most bytes kept between calls. Associations negotiate units of at most 1000 bytes over RS-232 and 1364 over LAN; with
/// every byte escaped that is below 3000. The rest is room for monitors that negotiate more.
const HELD_MAX: usize = 8192;

/// Decodes what an IntelliVue monitor exports.
#[derive(Default)]
pub struct Intellivue {
    framing: Framing,
    monitor: Monitor,
}

enum Framing {
    Serial(Serial),
    Lan(Datagrams),
}

impl Default for Framing {
    fn default() -> Self {
        Self::Serial(Serial::default())
    }
}

impl Intellivue {
    /// For the payloads of UDP datagrams, in order. [`Intellivue::default`] is for RS-232.
    #[must_use]
    pub fn lan() -> Self {
        Self { framing: Framing::Lan(Datagrams::default()), monitor: Monitor::default() }
    }

    /// Takes bytes that arrived at `now`, and shows each unit to `heard` too.
    fn push(&mut self, now: Micros, bytes: &[u8], out: &mut Vec<Finding>, mut heard: impl FnMut(&Pdu<'_>)) {
        let Self { framing, monitor } = self;
        monitor.now = now;
        match framing {
            Framing::Serial(serial) => serial.push(bytes, |range, run| monitor.serial(range, &run, out, &mut heard)),
            Framing::Lan(datagrams) => datagrams.push(bytes, |range, run| monitor.lan(range, &run, out, &mut heard)),
        }
    }

    /// Nothing of what is held goes on: the stream ended, or the datagram.
    fn cut(&mut self, out: &mut Vec<Finding>) {
        let Self { framing, monitor } = self;
        // Neither has a whole unit left.
        let mut heard = |_: &Pdu<'_>| {};
        match framing {
            Framing::Serial(serial) => serial.finish(|range, run| monitor.serial(range, &run, out, &mut heard)),
            Framing::Lan(datagrams) => datagrams.finish(|range, run| monitor.lan(range, &run, out, &mut heard)),
        }
    }
}

impl Decoder for Intellivue {
    fn feed(&mut self, now: Micros, bytes: &[u8], out: &mut Vec<Finding>) {
        self.push(now, bytes, out, |_| {});
    }

    fn finish(&mut self, _now: Micros, out: &mut Vec<Finding>) {
        self.cut(out);
        self.monitor = Monitor::default();
    }

    fn max_held(&self) -> usize {
        HELD_MAX
    }
}

/// Sees each unit beside the findings.
type Heard<'h> = &'h mut dyn FnMut(&Pdu<'_>);

impl Monitor {
    fn serial(&mut self, bytes: Range<u64>, run: &serial::Run<'_>, out: &mut Vec<Finding>, heard: Heard<'_>) {
        match run {
            serial::Run::Skipped(skip) => out.push(Finding::Skipped(bytes, *skip)),
            serial::Run::UserData(user_data) => match Pdu::new_checked(user_data) {
                Ok(unit) => {
                    heard(&unit);
                    self.unit(&unit, bytes, out);
                }
                Err(frame::NotUnderstood) => out.push(Finding::Frame { bytes, kind: FrameKind::Fault }),
            },
        }
    }

    fn lan(&mut self, bytes: Range<u64>, run: &datagrams::Run<'_>, out: &mut Vec<Finding>, heard: Heard<'_>) {
        match run {
            datagrams::Run::Skipped(skip) => out.push(Finding::Skipped(bytes, *skip)),
            datagrams::Run::Unit(unit) => {
                heard(unit);
                self.unit(unit, bytes, out);
            }
        }
    }
}
