"""The CSV export, read with pandas."""

import unittest

import pandas

from held import EXPORTS, HELD, SAMPLES, counts, iso, local

PRESSURES = ("nibp", "art")


def table(name):
    """A table as text: pandas guesses no types, so that a digit as sent stays one."""
    return pandas.read_csv(EXPORTS / f"{name}.csv", dtype=str, keep_default_na=False)


def left_out(sample):
    if sample["artefact"]:
        return "artefact"
    if sample["demo"]:
        return "demonstration"
    return "" if sample["state"] == "valid" else sample["state"]


def row(sample):
    values = sample["values"]
    pressure = sample["vital"] in PRESSURES
    return {
        "seq": str(sample["seq"]),
        "measured_at": iso(sample["measuredUs"]),
        "received_at": iso(sample["receivedUs"]),
        "source": sample["source"],
        "typed_by": sample["typedBy"],
        "vital": sample["vital"],
        "origin": sample["origin"],
        "site": sample["site"],
        "value": values[0] if values and not pressure else "",
        "systolic": values[0] if values and pressure else "",
        "diastolic": values[1] if values and pressure else "",
        "mean": values[2] if len(values) > 2 and pressure else "",
        "unit": sample["unit"],
        "state": sample["state"],
        "reason": sample["reason"],
        "left_out": left_out(sample),
    }


class Csv(unittest.TestCase):
    def test_h18_every_sample_of_the_log_stands_in_the_table_as_sent(self):
        read = table("samples")
        wanted = pandas.DataFrame([row(sample) for sample in SAMPLES], dtype=str)
        self.assertEqual(len(read), len(SAMPLES))
        pandas.testing.assert_frame_equal(read[wanted.columns.tolist()], wanted, check_dtype=False)

    def test_numbers_and_times_are_read_as_what_they_are(self):
        read = pandas.read_csv(EXPORTS / "samples.csv", parse_dates=False)
        self.assertEqual(str(read["value"].dtype), "float64")
        self.assertEqual(str(read["systolic"].dtype), "float64")
        for column in ("measured_at", "received_at"):
            times = pandas.to_datetime(read[column], utc=True)
            key = "measuredUs" if column == "measured_at" else "receivedUs"
            wanted = [sample[key] // 1000 for sample in SAMPLES]
            self.assertEqual((times.astype("datetime64[ms, UTC]").astype("int64")).tolist(), wanted)

    def test_h11_the_hour_that_came_twice_has_two_offsets(self):
        read = table("samples")
        offsets = read["measured_at"].str[-6:].value_counts().to_dict()
        wanted = {}
        for sample in SAMPLES:
            text = iso(sample["measuredUs"])[-6:]
            wanted[text] = wanted.get(text, 0) + 1
        self.assertEqual(offsets, wanted)
        self.assertEqual(set(offsets), {"+02:00", "+01:00"})

    def test_h06_what_is_absent_has_no_number_and_what_counts_has_no_reason_against_it(self):
        read = pandas.read_csv(EXPORTS / "samples.csv")
        absent = read[read["state"] == "absent"]
        self.assertGreater(len(absent), 0)
        self.assertTrue(absent[["value", "systolic", "diastolic", "mean"]].isna().all().all())
        self.assertTrue(absent["reason"].notna().all())
        self.assertEqual(int(read["left_out"].isna().sum()), sum(counts(sample) for sample in SAMPLES))

    def test_h09_nothing_stands_in_the_gap_but_what_was_typed(self):
        read = table("samples")
        times = pandas.to_datetime(read["measured_at"], utc=True)
        begin = local(HELD["beginUs"])
        within = read[(times >= begin + pandas.Timedelta(4001, "s")) & (times < begin + pandas.Timedelta(4300, "s"))]
        self.assertEqual(set(within["typed_by"]), {"Bø Ärzt"})

    def test_every_deed_and_notice_stands_in_the_events(self):
        read = table("events")
        self.assertEqual(
            read["seq"].astype(int).tolist(),
            sorted(one["seq"] for one in HELD["acts"] + HELD["notes"]),
        )
        for act in HELD["acts"]:
            (found,) = read[read["seq"] == str(act["seq"])].to_dict("records")
            self.assertEqual((found["at"], found["recorded_at"]), (iso(act["atUs"]), iso(act["recordedUs"])))
            self.assertEqual(found["late"], "late" if act["late"] else "")
            if act["text"]:
                self.assertEqual(found["what"].removeprefix("'"), act["text"])
        for note in HELD["notes"]:
            (found,) = read[read["seq"] == str(note["seq"])].to_dict("records")
            self.assertEqual((found["at"], found["by"], found["what"].removeprefix("'")),
                             (iso(note["atUs"]), note["source"], note["text"]))

    def test_s17_no_cell_of_any_table_begins_a_formula(self):
        for name in ("samples", "events", "summary", "dictionary"):
            read = table(name)
            for column in read.columns:
                if column == "since_start":
                    continue
                texts = read[column][read[column].str.startswith(("=", "+", "-", "@"))]
                numbers = pandas.to_numeric(texts, errors="coerce")
                self.assertEqual(texts[numbers.isna()].tolist(), [], f"{name}.{column}")
        events = table("events")["what"].tolist()
        self.assertIn("'+4 mg ondansetron, \"slow\"", events)
        self.assertIn("'@home|call^back\\ ~ & <i>ä</i>", events)

    def test_the_dictionary_explains_every_column(self):
        explained = table("dictionary")
        for name in ("samples", "events", "summary"):
            columns = explained[explained["table"] == name]["column"].tolist()
            self.assertEqual(table(name).columns.tolist(), columns)

    def test_h01_the_summary_names_the_patient_as_the_log_does(self):
        figures = table("summary").set_index("figure")["value"]
        patient = HELD["patient"]
        self.assertEqual(figures["patient number"].removeprefix("'"), patient["id"])
        self.assertEqual(figures["patient name"], patient["name"])
        self.assertEqual(figures["birth date"], patient["born"])


if __name__ == "__main__":
    unittest.main()
