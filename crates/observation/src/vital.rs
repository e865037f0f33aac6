//! What was measured, in which unit, and from which signal.

/// Defines an enum with a fixed text for each variant and the list of all, so no word is written twice.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(clippy::doc_markdown)]
        pub enum $name { $($(#[$vmeta])* $variant,)+ }

        impl $name {
            /// Every variant, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The fixed text: on the command line, in the log and on the wire.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            /// The variant with this text.
            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|v| v.word() == word)
            }
        }
    };
}
pub(crate) use words;

words! {
    /// A vital sign.
    Vital {
        /// Beats per minute from the ECG.
        HeartRate = "heart_rate",
        /// Pulse rate: oximeter, cuff or arterial line, as the origin says.
        PulseRate = "pulse_rate",
        /// Functional oxygen saturation, pulse oximeter.
        Spo2 = "spo2",
        /// Perfusion index.
        PerfusionIndex = "perfusion_index",
        /// Non-invasive blood pressure: one cuff measurement, an event with its own time.
        Nibp = "nibp",
        /// Respiration rate.
        RespRate = "resp_rate",
        /// Temperature.
        Temperature = "temperature",
        /// End-tidal carbon dioxide.
        EtCo2 = "etco2",
        /// Invasive arterial pressure.
        Art = "art",
    }
}

words! {
    /// The unit as sent, in UCUM.
    Unit {
        /// Per minute: heart, pulse and respiration rates.
        PerMin = "/min",
        /// Per cent.
        Percent = "%",
        /// Millimetres of mercury.
        MmHg = "mm[Hg]",
        /// Kilopascal.
        KPa = "kPa",
        /// Degrees Celsius.
        Cel = "Cel",
        /// Degrees Fahrenheit.
        DegF = "[degF]",
        /// Dimensionless.
        One = "1",
    }
}

words! {
    /// The signal a value was taken from; `source` in the output of `chairside decode`.
    Origin {
        /// Electrocardiogram.
        Ecg = "ecg",
        /// Capnograph.
        Co2 = "co2",
        /// Impedance over the thorax.
        Impedance = "impedance",
        /// Optical pulse wave.
        Pleth = "pleth",
        /// Blood-pressure cuff.
        Cuff = "cuff",
        /// Arterial line.
        Line = "line",
        /// A connected ventilator.
        Ventilator = "ventilator",
        /// Airway flow or pressure.
        Airway = "airway",
        /// ECG or pulse: the monitor does not say which.
        HrOrPulse = "hr_or_pulse",
    }
}
