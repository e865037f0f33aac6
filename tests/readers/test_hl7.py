"""The HL7 v2 messages, read with hl7."""

import base64
import unittest
from datetime import datetime
from statistics import median_low

import hl7

from held import EXPORTS, HELD, SAMPLES, counts

WINDOW_US = 5 * 60 * 1_000_000
END_US = HELD["beginUs"] + 7200 * 1_000_000
PARTS = {"8480-6": 0, "8462-4": 1, "8478-0": 2}
COMPONENTS = {"systolic": 0, "diastolic": 1, "mean": 2}


def read(name):
    return hl7.parse((EXPORTS / name).read_bytes().decode("utf-8"))


def us(text):
    """A time with its offset."""
    return round(datetime.strptime(text, "%Y%m%d%H%M%S.%f%z").timestamp() * 1_000_000)


def part(segment, field, component):
    """A component as text, empty where the segment ends before it."""
    try:
        value = segment[field][0]
        return str(value if isinstance(value, str) else value[component - 1][0])
    except IndexError:
        return ""


def groups(message):
    """Each OBR with its OBX, each of them with its NTE."""
    found = []
    for segment in message:
        name = str(segment[0])
        if name == "OBR":
            found.append((segment, []))
        elif name == "OBX":
            found[-1][1].append([segment, ""])
        elif name == "NTE":
            found[-1][1][-1][1] = message.unescape(str(segment[3]))
    return found


class Hl7(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.message = read("vitals.hl7")

    def check_patient(self, message):
        pid = message.segment("PID")
        self.assertEqual(message.unescape(part(pid, 3, 1)), HELD["patient"]["id"])
        self.assertEqual(message.unescape(str(pid[5])), HELD["patient"]["name"])
        self.assertEqual(str(pid[7]), HELD["patient"]["born"].replace("-", ""))
        self.assertEqual(str(message.segment("PV1")[19]), HELD["session"])

    def test_h01_every_message_names_the_patient_and_the_session_of_the_log(self):
        for name in ("vitals.hl7", "report-draft.hl7", "report-signed.hl7", "report-added.hl7"):
            self.check_patient(read(name))

    def test_headers_are_what_a_receiver_needs(self):
        for name, kind in (
            ("vitals.hl7", "ORU^R01^ORU_R01"),
            ("report-signed.hl7", "MDM^T02^MDM_T02"),
            ("report-added.hl7", "MDM^T10^MDM_T02"),
        ):
            header = read(name).segment("MSH")
            self.assertEqual(str(header[9]), kind)
            self.assertRegex(str(header[10]), r"^[0-9A-F]{20}$")
            self.assertEqual((str(header[11]), str(header[12]), str(header[18])), ("P", "2.5.1", "UNICODE UTF-8"))
            self.assertGreaterEqual(us(str(header[7])), END_US)

    def test_h18_intervals_hold_the_middle_values_of_the_log(self):
        signals = {}
        for sample in SAMPLES:
            if sample["vital"] not in ("nibp", "art") and not sample["typedBy"]:
                key = tuple(sample[name] for name in ("source", "vital", "site", "unit"))
                signals.setdefault(key, []).append(sample)
        compared = 0
        for order, rows in groups(self.message):
            if part(order, 4, 1) != "INTERVAL":
                continue
            begin, end = us(str(order[7])), us(str(order[8]))
            rows = [row for row in rows if not part(row[0], 3, 4).startswith("art ")]
            self.assertEqual(len(rows), len(signals))
            for row, note in rows:
                site = part(row, 17, 2).rpartition(", ")[2]
                site = site if site in ("T1", "T2") else ""
                unit = part(row, 6, 1)
                samples = signals[str(row[18]), part(row, 3, 4), site, unit]
                inside = [s for s in samples if begin <= s["measuredUs"] < end or end == END_US <= s["measuredUs"]]
                middle = [s["values"][0] for s in inside if counts(s)]
                status = str(row[11])
                if middle:
                    wanted = median_low(sorted(middle, key=float))
                    self.assertEqual((str(row[5]), status, note), (wanted, "F", ""))
                    self.assertIn(f"median of {len(middle)}", part(row, 17, 2))
                else:
                    reason = inside[-1]["reason"] if inside else "nothing was sent"
                    self.assertEqual((str(row[5]), status, note), ("", "X", reason))
                self.assertEqual(us(str(row[14])), end)
                compared += 1
        self.assertEqual(compared, len(signals) * 7200 // 300)

    def test_cuff_readings_and_typed_values_stand_at_their_own_times(self):
        found = []
        for order, rows in groups(self.message):
            if part(order, 4, 1) == "READING":
                self.assertEqual(str(order[7]), str(rows[0][0][14]))
                values = [str(row[5]) for row, _ in rows]
                vital = part(rows[0][0], 3, 4).split()[0]
                by = part(rows[0][0], 16, 2)
                found.append((us(str(order[7])), vital, by, [value for value in values if value], rows[0][1]))
        wanted = []
        for sample in SAMPLES:
            if sample["vital"] == "nibp" or sample["typedBy"]:
                values = [value for value in sample["values"] if value]
                wanted.append((sample["measuredUs"], sample["vital"], sample["typedBy"], values, sample["reason"]))
        self.assertEqual(sorted(found), sorted(wanted))

    def test_the_last_arterial_pressure_of_a_window_keeps_its_own_time(self):
        rows = [row for _, rows in groups(self.message) for row, _ in rows if part(row, 3, 4).startswith("art ")]
        found = {}
        for row in rows:
            if str(row[5]):
                found.setdefault(us(str(row[14])), {})[COMPONENTS[part(row, 3, 4).split()[1]]] = str(row[5])
        last = {}
        for sample in SAMPLES:
            if sample["vital"] == "art":
                last[(sample["measuredUs"] - HELD["startedUs"]) // WINDOW_US] = sample
        wanted = {s["measuredUs"]: dict(enumerate(s["values"])) for s in last.values()}
        self.assertEqual(found, wanted)

    def test_the_report_comes_out_as_it_went_in_with_its_status(self):
        report = (EXPORTS / "report.pdf").read_bytes()
        ids = set()
        for name, status, result in (("report-draft.hl7", "IP", "P"), ("report-signed.hl7", "AU", "F")):
            message = read(name)
            row = message.segment("OBX")
            self.assertEqual([str(row[2]), part(row, 5, 2), part(row, 5, 3), part(row, 5, 4)], ["ED", "application", "pdf", "Base64"])
            self.assertEqual(base64.b64decode(part(row, 5, 5), validate=True), report)
            self.assertEqual(str(row[11]), result)
            header = message.segment("TXA")
            self.assertEqual(str(header[17]), status)
            ids.add((str(header[12]), "document"))
            ids.add((str(message.segment("MSH")[10]), "message"))
        self.assertEqual(sorted(kind for _, kind in ids), ["document", "message", "message"])
        signed = read("report-signed.hl7")
        authenticated = signed.segment("TXA")[22][0]
        self.assertEqual(signed.unescape(str(authenticated[1])), "Dr. A|B")
        self.assertEqual(us(str(authenticated[14])), HELD["beginUs"] + 24 * 3600 * 1_000_000)

    def test_what_was_added_after_the_signature_comes_as_a_document_that_replaces_the_signed_one(self):
        signed, added = read("report-signed.hl7"), read("report-added.hl7")
        self.assertEqual(str(added.segment("MSH")[9]), "MDM^T10^MDM_T02")
        self.assertEqual(str(added.segment("EVN")[1]), "T10")
        row, header = added.segment("OBX"), added.segment("TXA")
        self.assertEqual(base64.b64decode(part(row, 5, 5), validate=True), (EXPORTS / "report.pdf").read_bytes())
        # C: it corrects a final result; TXA-13 names the document it replaces.
        self.assertEqual((str(row[11]), str(header[17])), ("C", "AU"))
        self.assertEqual(str(header[13]), str(signed.segment("TXA")[12]))
        self.assertNotEqual(str(header[12]), str(header[13]))
        self.assertNotEqual(str(added.segment("MSH")[10]), str(signed.segment("MSH")[10]))

    def test_orders_are_numbered_from_the_document(self):
        document = str(read("report-signed.hl7").segment("TXA")[12])
        numbers = [str(order[3]) for order, _ in groups(self.message)]
        self.assertEqual(numbers, [f"{document}-{n + 1}" for n in range(len(numbers))])


if __name__ == "__main__":
    unittest.main()
