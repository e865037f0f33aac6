//! GE / Datex-Ohmeda S/5 DRI ("Computer Interface"): S/5, AS/3, B20 to B125, CARESCAPE B450 to B850. See `README.md`.

mod alarms;
mod basic;
mod cuff;
mod dialog;
mod frame;
mod runs;
#[cfg(test)]
mod tests;
mod values;

use crate::{Decoder, Finding};
use alarms::Alarms;
use alloc::vec::Vec;
use basic::Basic;
use chairside_observation::{FrameKind, Micros, MonitorNotice, Priority, Skip};
use core::ops::Range;
pub use dialog::DriDialog;
use frame::{MainType, Record, RecordError, u32_at};
use runs::{HELD_MAX, Run, Runs};
use values::Values;

/// Subrecord types of a physiological record. 2 and 3 are 10 s and 60 s trends: not live values.
mod subrecord {
    pub(super) const DISPLAYED: u8 = 1;
    pub(super) const AUXILIARY: u8 = 4;
}

/// Decodes the records of an S/5 "Computer Interface".
#[derive(Default)]
pub struct Dri {
    runs: Runs,
    monitor: Monitor,
}

/// What is remembered from record to record.
#[derive(Default)]
struct Monitor {
    values: Values,
    alarms: Alarms,
    heard: Heard,
}

/// What has come so far; the dialogue goes by it.
#[derive(Clone, Copy, Debug, Default)]
struct Heard {
    /// Subrecords of displayed values.
    displayed: u64,
}

impl Decoder for Dri {
    fn feed(&mut self, _now: Micros, bytes: &[u8], out: &mut Vec<Finding>) {
        let Self { runs, monitor } = self;
        runs.push(bytes, |range, run| monitor.run(range, &run, out));
    }

    fn finish(&mut self, _now: Micros, out: &mut Vec<Finding>) {
        let Self { runs, monitor } = self;
        runs.finish(|range, run| monitor.run(range, &run, out));
        self.monitor = Monitor::default();
    }

    fn max_held(&self) -> usize {
        HELD_MAX
    }
}

impl Monitor {
    fn run(&mut self, bytes: Range<u64>, run: &Run<'_>, out: &mut Vec<Finding>) {
        let skip = match run {
            Run::Skipped(skip) => *skip,
            Run::Closed(run) => match Record::new_checked(run) {
                Ok(record) => {
                    out.push(Finding::Frame { bytes: bytes.clone(), kind: FrameKind::Understood });
                    return self.record(record, &bytes, out);
                }
                Err(RecordError::UnknownMainType) => {
                    return out.push(Finding::Frame { bytes, kind: FrameKind::Fault });
                }
                Err(RecordError::Checksum) => Skip::Checksum,
                Err(RecordError::Structure) => Skip::Malformed,
            },
        };
        out.push(Finding::Skipped(bytes, skip));
    }

    fn record(&mut self, record: Record<'_>, bytes: &Range<u64>, out: &mut Vec<Finding>) {
        match record.main_type() {
            MainType::Wave => {}
            MainType::Physiological => self.physiological(record, bytes, out),
            MainType::Alarm => out.extend(self.alarms.appeared(record.body()).into_iter().map(|text| {
                let priority = Priority::Advisory;
                Finding::Notice(MonitorNotice { text, priority, context: None, bytes: bytes.clone() })
            })),
        }
    }

    fn physiological(&mut self, record: Record<'_>, bytes: &Range<u64>, out: &mut Vec<Finding>) {
        // The measurement time first: it belongs to the cuff reading that may stand before it in the same record.
        for (_, auxiliary) in record.subrecords().filter(|(kind, _)| *kind == subrecord::AUXILIARY) {
            self.values.cuff.auxiliary(u32_at(auxiliary, 0));
        }
        for (_, displayed) in record.subrecords().filter(|(kind, _)| *kind == subrecord::DISPLAYED) {
            self.heard.displayed += 1;
            if let Some(basic) = Basic::new_checked(displayed) {
                self.values.displayed(basic, record.time_s(), bytes, out);
            }
        }
    }
}
