"""The .vital file, read with vitaldb."""

import math
import unittest

from vitaldb import VitalFile

from held import EXPORTS, HELD, SAMPLES

STEMS = {
    "heart_rate": "HR",
    "pulse_rate": "PLETH_HR",
    "spo2": "PLETH_SPO2",
    "perfusion_index": "PLETH_PERF_REL",
    "nibp": "NIBP",
    "art": "ART",
    "resp_rate": "RR_CO2",
    "temperature": "BT",
    "etco2": "ETCO2",
}
PARTS = ("SBP", "DBP", "MBP")


def stem(sample):
    """Device and stem of the track a sample has to stand in."""
    name = STEMS[sample["vital"]]
    if sample["site"]:
        name += "_" + sample["site"]
    return f"{sample['source'] or 'typed'}/{name}"


def shown(sample):
    return sample["state"] != "absent" and not sample["artefact"] and not sample["demo"]


def state(sample):
    number = sample["values"][0] if sample["values"] else ""
    if sample["state"] == "absent":
        return f"absent: {sample['reason']}"
    if sample["artefact"]:
        return f"artefact; the monitor sent {number} {sample['unit']}"
    if sample["demo"]:
        return f"demonstration data; the monitor sent {number} {sample['unit']}"
    return "valid" if sample["state"] == "valid" else f"Questionable: {sample['reason']}"


def wanted():
    """Numbers and changes of state by track, straight from the log."""
    numbers, states = {}, {}
    for sample in sorted(SAMPLES, key=lambda one: one["measuredUs"]):
        name, at = stem(sample), sample["measuredUs"]
        parts = PARTS if sample["vital"] in ("nibp", "art") else (None,)
        for index, part in enumerate(parts):
            track = f"{name}_{part}" if part else name
            digits = sample["values"][index] if shown(sample) and index < len(sample["values"]) else ""
            numbers.setdefault(track, []).append((at, float(digits) if digits else None))
        changes = states.setdefault(f"{name}_STATE", [])
        if not changes or changes[-1][1] != state(sample):
            changes.append((at, state(sample)))
    return numbers, states


class Vital(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.file = VitalFile(str(EXPORTS / "record.vital"))
        cls.numbers, cls.states = wanted()

    def records(self, name):
        return [(round(rec["dt"] * 1_000_000), rec["val"]) for rec in self.file.trks[name].recs]

    def test_h18_every_track_has_the_numbers_of_the_log_at_their_times(self):
        for name, values in self.numbers.items():
            read = [(at, None if math.isnan(value) else value) for at, value in self.records(name)]
            self.assertEqual(read, values, name)

    def test_h06_states_say_why_a_number_is_not_there(self):
        for name, values in self.states.items():
            self.assertEqual(self.records(name), values, name)

    def test_there_is_no_other_track_but_the_events(self):
        self.assertEqual(set(self.file.trks), set(self.numbers) | set(self.states) | {"EVENT"})

    def test_units_are_as_sent(self):
        for sample in SAMPLES:
            name = stem(sample) + ("_SBP" if sample["vital"] in ("nibp", "art") else "")
            self.assertEqual(self.file.trks[name].unit, sample["unit"])

    def test_events_are_all_there_and_name_no_patient(self):
        events = self.records("EVENT")
        self.assertEqual(len(events), len(HELD["acts"]) + len(HELD["notes"]))
        times = sorted(one["atUs"] for one in HELD["acts"] + HELD["notes"])
        self.assertEqual([at for at, _ in events], times)
        texts = [text for _, text in events]
        for one in HELD["acts"] + HELD["notes"]:
            self.assertTrue(any(one["text"] in text for text in texts), one)
        self.assertFalse(any("Müller" in text or HELD["patient"]["id"] in text for text in texts))

    def test_local_time_is_two_hours_before_utc_is_reached(self):
        self.assertEqual(self.file.dgmt, -120)

    def test_a_grid_of_vitaldb_shows_gaps_as_gaps(self):
        ((*values,),) = self.file.to_numpy(["bed/HR"], 60).T
        blank = [math.isnan(value) for value in values]
        # Minutes 67 to 70 lie wholly in the gap.
        self.assertTrue(all(blank[67:71]))
        self.assertFalse(any(blank[:66]))


if __name__ == "__main__":
    unittest.main()
