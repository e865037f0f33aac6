//! The alarm and quality words a monitor sent beside a value.

use crate::vital::words;
use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;

words! {
    /// A word of a monitor about a value: its alarm state or a remark on quality. They never change the value (H07).
    Flag {
        /// A limit set on the monitor is violated; which one was not said.
        LimitViolated = "limit violated",
        /// Above the monitor's upper limit.
        High = "high limit",
        /// Below the monitor's lower limit.
        Low = "low limit",
        /// The monitor's alarm is on.
        AlarmActive = "alarm active",
        /// The alarm was silenced at the monitor.
        AlarmSilenced = "alarm silenced",
        /// The audible alarm is switched off at the monitor.
        AlarmOff = "audible alarm off",
        /// The parameter's alarm is inhibited at the monitor.
        AlarmInhibited = "alarm inhibited",
        /// Low priority alarm.
        PriorityLow = "low priority",
        /// Medium priority alarm.
        PriorityMedium = "medium priority",
        /// High priority alarm.
        PriorityHigh = "high priority",
        /// The monitor's battery is low.
        LowBattery = "low battery",
        /// Saturation upper limit.
        Spo2High = "spo2 high",
        /// Saturation lower limit.
        Spo2Low = "spo2 low",
        /// Pulse-rate upper limit.
        PulseHigh = "pulse high",
        /// Pulse-rate lower limit.
        PulseLow = "pulse low",
        /// Desaturation index alarm.
        Desaturation = "desaturation index",
        /// Perfusion index changes fast.
        PerfusionChange = "perfusion change",
        /// Carboxyhaemoglobin limit.
        SpcoLimit = "spco limit",
        /// Methaemoglobin limit.
        SpmetLimit = "spmet limit",
        /// Motion or interference.
        Motion = "motion",
        /// Weak pulse signal.
        LowPerfusion = "low perfusion",
        /// Marginal pulse signal.
        MarginalPerfusion = "marginal perfusion",
        /// Signal quality index is low.
        LowSignal = "low signal quality",
        /// Electrical or optical interference.
        Interference = "interference",
        /// Too much ambient light.
        AmbientLight = "ambient light",
        /// Out of track: no reliable pulse for some beats.
        OutOfTrack = "out of track",
        /// Artefact marked by the monitor.
        Artifact = "artifact",
        /// Bad pulse marked by the monitor.
        BadPulse = "bad pulse",
        /// Vendor's high-quality mark.
        SmartPoint = "smartpoint",
        /// A fast-averaging value.
        FastValue = "fast averaging",
        /// Saturation is falling.
        Spo2Dropping = "spo2 dropping",
        /// Sensor message of the monitor.
        SensorMessage = "sensor message",
        /// Validated by staff at the monitor.
        Validated = "validated",
        /// Early: the measurement has not settled.
        Early = "early indication",
        /// A measurement is going on.
        Measuring = "measuring",
        /// Cuff in automatic mode.
        CuffAuto = "cuff auto",
        /// Cuff in stat mode.
        CuffStat = "cuff stat",
        /// Venous stasis mode.
        CuffStasis = "cuff stasis",
        /// The monitor says the cuff reading is older than a minute.
        CuffOld = "cuff reading older than 60 s",
        /// Calibrating.
        Calibrating = "calibrating",
        /// No breath.
        Apnea = "apnea",
        /// Apnoea alarm switched off.
        ApneaOff = "apnea alarm off",
        /// Apnoea found from the respiration channel.
        ApneaResp = "apnea from resp",
        /// Sampling line blocked.
        Occlusion = "occlusion",
        /// Sampling line leaks.
        Leak = "leak",
        /// Zeroing.
        Zeroing = "zeroing",
        /// Wet gas conditions.
        WetGas = "wet gas",
        /// Asystole.
        Asystole = "asystole",
        /// ECG noise.
        Noise = "noise",
        /// Learning the rhythm.
        Learning = "learning",
        /// Pacer detected.
        Pacer = "pacer",
        /// An ECG lead or channel is off.
        LeadOff = "channel off",
        /// Abnormal by the sender's own ranges, no direction given.
        Abnormal = "abnormal",
        /// Normal by the sender's own ranges.
        Normal = "normal",
        /// Far above: critical by the sender's own ranges.
        CriticalHigh = "critical high",
        /// Far below: critical by the sender's own ranges.
        CriticalLow = "critical low",
        /// Physiological alarm.
        Physiological = "physiological",
        /// Technical alarm.
        Technical = "technical",
        /// Advisory.
        Advisory = "advisory",
        /// Demonstration data of the monitor.
        Demo = "demo",
        /// Test data of the monitor.
        Test = "test",
        /// A user pressed the monitor's event mark.
        EventMark = "event mark",
        /// Breath detected mark.
        Breath = "breath",
        /// Measured by hand at the monitor.
        Manual = "manual measurement",
        /// Patient: neonate mode.
        Neonate = "neonate mode",
        /// Sensor near the end of its life.
        SensorExpiring = "sensor expiring",
        /// Derived from other measurements by the monitor.
        Calculated = "calculated",
        /// Corrected by the sender after an earlier result.
        Corrected = "corrected",
        /// Read back from the monitor's memory.
        FromMemory = "from memory",
        /// From a device that may be used for training and demonstration only.
        TrainingOnly = "training only",
        /// Relayed by the VitalRecorder program, not read from the monitor itself: where a value comes from, no remark of the
        /// monitor.
        ViaVitalRecorder = "via VitalRecorder",
    }
}

/// A set of [`Flag`]s, and what the monitor sent that is not in our list.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Flags {
    known: u128,
    others: Option<Box<str>>,
}

const _: () = assert!(Flag::ALL.len() <= 128, "Flags keeps its set in 128 bits");

impl Flags {
    /// The empty set.
    pub const NONE: Self = Self { known: 0, others: None };

    /// Adds a known word.
    pub const fn insert(&mut self, flag: Flag) {
        self.known |= 1 << flag as u8;
    }

    /// The set with `flag` added.
    #[must_use]
    pub const fn with(mut self, flag: Flag) -> Self {
        self.insert(flag);
        self
    }

    /// Adds a word that is not in our list, as sent; words are kept in order, parted by a blank.
    pub fn insert_other(&mut self, word: &str) {
        let mut all = String::from(self.others.take().unwrap_or_default());
        if !all.is_empty() {
            all.push(' ');
        }
        all.push_str(word);
        self.others = Some(all.into_boxed_str());
    }

    /// Whether the word is in the set.
    #[must_use]
    pub const fn contains(&self, flag: Flag) -> bool {
        self.known & (1 << flag as u8) != 0
    }

    /// Nothing was flagged.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.known == 0 && self.others.is_none()
    }

    /// The known words, in the order of [`Flag::ALL`].
    pub fn known(&self) -> impl Iterator<Item = Flag> + '_ {
        // From bit to bit: nearly every set is empty, and it is asked for several times a reading.
        let mut rest = self.known;
        core::iter::from_fn(move || {
            let flag = Flag::ALL.get(rest.trailing_zeros() as usize)?;
            rest &= rest - 1;
            Some(*flag)
        })
    }

    /// All words: the known ones, then what was sent besides.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.known().map(|flag| -> &str { flag.word() }).chain(self.others.as_deref())
    }

    /// What was sent and is not in our list.
    #[must_use]
    pub fn others(&self) -> Option<&str> {
        self.others.as_deref()
    }

    /// The set as one text: words parted by `; `. Empty for the empty set.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        for word in self.words() {
            if !text.is_empty() {
                text.push_str("; ");
            }
            text.push_str(word);
        }
        text
    }

    /// Reads what [`Flags::to_text`] wrote.
    #[must_use]
    pub fn from_text(text: &str) -> Self {
        let mut flags = Self::NONE;
        for word in text.split("; ").filter(|w| !w.is_empty()) {
            match Flag::from_word(word) {
                Some(flag) => flags.insert(flag),
                None => flags.insert_other(word),
            }
        }
        flags
    }
}

impl fmt::Debug for Flags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.words()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_survives_its_text() {
        let mut flags = Flags::NONE.with(Flag::Motion).with(Flag::Spo2Low);
        flags.insert_other("ZZ");
        flags.insert_other("QQ");
        assert_eq!(flags.to_text(), "spo2 low; motion; ZZ QQ");
        assert_eq!(Flags::from_text(&flags.to_text()), flags);
        assert_eq!(Flags::from_text(""), Flags::NONE);
    }

    #[test]
    fn known_words_are_told_in_their_order_each_once() {
        let all = Flag::ALL.iter().rev().fold(Flags::NONE, |flags, flag| flags.with(*flag));
        assert!(all.known().eq(Flag::ALL.iter().copied()));
        for flag in Flag::ALL {
            assert!(Flags::NONE.with(*flag).known().eq([*flag]), "{flag:?}");
        }
        assert_eq!(Flags::NONE.known().next(), None);
    }
}
