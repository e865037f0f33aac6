"""The EDF+ file, read with pyedflib."""

import unittest

import pyedflib

from held import EXPORTS, HELD, SAMPLES, counts

SECONDS = 7201
ABSENT = -1.0
LABELS = {
    "heart_rate": "HR",
    "pulse_rate": "PR",
    "spo2": "SpO2",
    "perfusion_index": "PI",
    "resp_rate": "RR",
    "temperature": "Temp",
    "etco2": "EtCO2",
    "nibp": "NIBP",
    "art": "ART",
}
PARTS = ("sys", "dia", "mean")


def offset_s(us):
    return (us - HELD["beginUs"]) / 1_000_000


def stands_s(times):
    """How long a value stands: at least 10 s, and three times the usual gap."""
    gaps = sorted(after - before for before, after in zip(times, times[1:]) if after > before)
    return max(10.0, 3 * gaps[(len(gaps) - 1) // 2] if gaps else 0)


class Edf(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.file = pyedflib.EdfReader(str(EXPORTS / "record.edf"))
        cls.labels = cls.file.getSignalLabels()
        onsets, lengths, texts = cls.file.readAnnotations()
        cls.annotations = list(zip(onsets.tolist(), lengths.tolist(), texts.tolist()))

    @classmethod
    def tearDownClass(cls):
        cls.file.close()

    def trends(self):
        """Samples of the log by the label and transducer of their trend."""
        found = {}
        for sample in SAMPLES:
            words = [sample["source"] or "read off and typed", sample["origin"], sample["site"]]
            transducer = " ".join(word for word in words if word)
            found.setdefault((sample["vital"], transducer, sample["unit"], bool(sample["typedBy"])), []).append(sample)
        return found

    def signal(self, label, transducer, unit):
        """The trend of this label, or of the label with a number, from this transducer."""
        for at, found in enumerate(self.labels):
            same = found == label or found.rpartition(" ")[0] == label and found.rpartition(" ")[2].isdigit()
            if same and self.file.getTransducer(at).strip() == transducer and self.file.getPhysicalDimension(at).strip() == unit:
                return [round(value, 4) for value in self.file.readSignal(at).tolist()]
        raise AssertionError(f"no trend {label} of {transducer} in {unit} among {self.labels}")

    def test_it_is_edf_plus_of_one_sample_a_second(self):
        self.assertEqual(self.file.filetype, pyedflib.FILETYPE_EDFPLUS)
        self.assertEqual(self.file.datarecords_in_file, SECONDS)
        self.assertEqual(set(self.file.getSampleFrequencies().tolist()), {1.0})
        self.assertEqual(self.file.getStartdatetime().isoformat(), "2026-10-25T02:00:00")
        self.assertEqual(len(self.labels), len(set(self.labels)))

    def test_h18_each_second_of_a_trend_holds_the_value_that_stood(self):
        compared = 0
        for (vital, transducer, unit, typed), samples in self.trends().items():
            if vital == "nibp" or typed:
                continue
            samples = sorted(samples, key=lambda one: one["measuredUs"])
            times = [offset_s(one["measuredUs"]) for one in samples]
            longest = stands_s(times)
            parts = PARTS if vital == "art" else (None,)
            for index, part in enumerate(parts):
                label = LABELS[vital] + (f" {part}" if part else "")
                wanted, last = [], -1
                for second in range(SECONDS):
                    while last + 1 < len(times) and times[last + 1] <= second:
                        last += 1
                    stands = last >= 0 and second - times[last] < longest and counts(samples[last])
                    wanted.append(float(samples[last]["values"][index]) if stands else ABSENT)
                self.assertEqual(self.signal(label, transducer, unit), wanted, label)
                compared += 1
        self.assertEqual(compared, 9 + len(PARTS))

    def test_cuff_readings_and_typed_values_stand_in_their_own_second_only(self):
        for (vital, transducer, unit, typed), samples in self.trends().items():
            if vital != "nibp" and not typed:
                continue
            parts = PARTS if vital == "nibp" else (None,)
            for index, part in enumerate(parts):
                label = LABELS[vital] + (f" {part}" if part else "") + (" typed" if typed else "")
                wanted = [ABSENT] * SECONDS
                for sample in filter(counts, samples):
                    digits = sample["values"][index] if index < len(sample["values"]) else ""
                    wanted[int(offset_s(sample["measuredUs"]))] = float(digits) if digits else ABSENT
                self.assertEqual(self.signal(label, transducer, unit), wanted, label)

    def test_the_absent_sample_is_outside_of_what_any_quantity_can_be(self):
        for at in range(len(self.labels)):
            self.assertEqual(self.file.getPhysicalMinimum(at), ABSENT)
        self.assertTrue(all(float(digits) >= 0 for one in SAMPLES for digits in one["values"] if digits))

    def stretches(self, text):
        return [(onset, lasts) for onset, lasts, found in self.annotations if found == text]

    def test_h06_annotations_say_why_a_trend_has_no_value(self):
        for text, onset, lasts in (
            ("no value: SpO2: sensor off", 1201.0, 30.0),
            ("no value: SpO2: Questionable: motion; the monitor sent 91", 1301.0, 20.0),
            ("no value: SpO2: artefact; the monitor sent 71 %", 2003.0, 6.0),
            ("no value: HR: demonstration data; the monitor sent 74 /min", 5001.0, 20.0),
            ("no value: NIBP sys: cuff error", 1827.0, 1.0),
            ("no value: NIBP mean: not sent", 2427.0, 1.0),
        ):
            with self.subTest(text):
                self.assertEqual(self.stretches(text), [(onset, lasts)])

    def test_h09_the_gap_is_said_and_nothing_stands_in_it(self):
        (onset, lasts), *_ = [one for one in self.stretches("no value: HR: nothing was sent") if one[0] > 1000]
        self.assertEqual((onset, onset + lasts), (4009.0, 4301.0))

    def test_what_happened_is_annotated_at_its_time_as_typed(self):
        for one in HELD["acts"] + HELD["notes"]:
            if one["text"]:
                at = offset_s(one["atUs"])
                self.assertTrue(any(abs(onset - at) < 0.001 and one["text"] in text for onset, _, text in self.annotations), one)
        self.assertIn((0.0, "clock of the start time: UTC+02:00"), [(onset, text) for onset, _, text in self.annotations])

    def test_h01_the_header_names_the_patient_as_far_as_ascii_can(self):
        self.assertEqual(self.file.getPatientCode(), HELD["patient"]["id"])
        self.assertEqual(self.file.getBirthdate(), "29 feb 1980")
        self.assertEqual(self.file.getPatientName().replace("_", " "), "O'M?ller & S?hne^\\X|~<b>, Ada")


if __name__ == "__main__":
    unittest.main()
