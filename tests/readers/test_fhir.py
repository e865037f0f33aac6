"""The FHIR bundles, read with fhir.resources.

That package knows R4B, which is R4 for every resource we write (`fhir_schema.cjs` holds them against the schema of R4 itself).
"""

import json
import unittest
from decimal import Decimal
from statistics import median_low

from fhir.resources.R4B.bundle import Bundle

from held import EXPORTS, HELD, SAMPLES, counts, iso

LOINC = "http://loinc.org"
CODES = {
    "heart_rate": ["8867-4"],
    "pulse_rate": ["8867-4", "8889-8"],
    "spo2": ["2708-6", "59408-5"],
    "perfusion_index": ["61006-3"],
    "nibp": ["85354-9"],
    "art": ["85354-9"],
    "resp_rate": ["9279-1"],
    "temperature": ["8310-5"],
    "etco2": ["19891-1"],
}
PARTS = {"8480-6": 0, "8462-4": 1, "8478-0": 2}
WINDOW_US = 5 * 60 * 1_000_000
END_US = HELD["beginUs"] + 7200 * 1_000_000


def bundle(name):
    # A FHIR decimal keeps its places, so it must not pass through a binary fraction.
    return Bundle.model_validate(json.loads((EXPORTS / name).read_bytes(), parse_float=Decimal))


def of(read, kind):
    return [entry.resource for entry in read.entry if entry.resource.get_resource_type() == kind]


def loinc(concept):
    return [coding.code for coding in concept.coding or [] if coding.system == LOINC]


def vitals(read):
    return [one for one in of(read, "Observation") if one.category[0].coding[0].code == "vital-signs"]


def us(time):
    return round(time.timestamp() * 1_000_000)


def numbers(observation):
    """Digits as they stand in the bundle, by part; one for a plain value."""
    if observation.valueQuantity:
        return {0: str(observation.valueQuantity.value)}
    parts = [(PARTS[loinc(part.code)[0]], part) for part in observation.component or []]
    return {at: str(part.valueQuantity.value) for at, part in parts if part.valueQuantity}


def digits(sample):
    return {at: value for at, value in enumerate(sample["values"]) if value}


class Fhir(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.read = bundle("fhir.json")
        cls.raw = bundle("fhir-raw.json")

    def test_h01_patient_and_session_are_those_of_the_log(self):
        (patient,) = of(self.read, "Patient")
        self.assertEqual(patient.identifier[0].value, HELD["patient"]["id"])
        self.assertEqual(patient.name[0].text, HELD["patient"]["name"])
        self.assertEqual(patient.birthDate.isoformat(), HELD["patient"]["born"])
        (encounter,) = of(self.read, "Encounter")
        self.assertEqual(encounter.identifier[0].value, HELD["session"])
        self.assertEqual((encounter.status, us(encounter.period.start)), ("finished", HELD["beginUs"]))
        self.assertEqual(us(encounter.period.end), END_US)
        (procedure,) = of(self.read, "Procedure")
        self.assertEqual((procedure.status, us(procedure.performedPeriod.start)), ("completed", HELD["startedUs"]))

    def test_every_reference_is_to_a_resource_of_the_bundle_and_no_id_stands_twice(self):
        for read in (self.read, self.raw):
            urls = [entry.fullUrl for entry in read.entry]
            self.assertEqual(len(urls), len(set(urls)))
            text = read.model_dump_json()
            found = set()

            def walk(value):
                if isinstance(value, dict):
                    found.update([value["reference"]] if "reference" in value else [])
                    [walk(one) for one in value.values()]
                elif isinstance(value, list):
                    [walk(one) for one in value]

            walk(json.loads(text))
            self.assertEqual(found - set(urls), set())
            self.assertGreater(len(found), 3)

    def test_every_vital_sign_has_what_its_profile_asks_for(self):
        for one in vitals(self.read) + vitals(self.raw):
            self.assertIn(one.status, ("final", "preliminary"))
            self.assertEqual(loinc(one.code), CODES[one.code.text])
            self.assertTrue(one.subject.reference and one.encounter.reference)
            self.assertTrue(one.effectiveDateTime or one.effectivePeriod)
            quantities = [one.valueQuantity] + [part.valueQuantity for part in one.component or []]
            for quantity in filter(None, quantities):
                self.assertEqual(quantity.system, "http://unitsofmeasure.org")
            if one.code.text in ("nibp", "art"):
                codes = [loinc(part.code)[0] for part in one.component]
                self.assertEqual(codes[:2], ["8480-6", "8462-4"])
                self.assertTrue(all(part.valueQuantity or part.dataAbsentReason for part in one.component))
            else:
                self.assertNotEqual(one.valueQuantity is None, one.dataAbsentReason is None)

    def test_h18_every_sample_of_the_log_stands_in_the_raw_bundle_as_sent(self):
        found = {}
        for one in vitals(self.raw):
            (identifier,) = one.identifier
            found.setdefault(int(identifier.value), []).append(one)
        self.assertEqual(sum(map(len, found.values())), len(SAMPLES))
        for sample in SAMPLES:
            (one,) = found[sample["seq"]]
            self.assertEqual(one.code.text, sample["vital"])
            self.assertEqual(us(one.effectiveDateTime), sample["measuredUs"])
            self.assertEqual(us(one.issued), sample["receivedUs"])
            self.assertEqual(one.bodySite.text if one.bodySite else "", sample["site"])
            shown = sample["state"] != "absent" and not sample["artefact"] and not sample["demo"]
            self.assertEqual(numbers(one), digits(sample) if shown else {})
            if sample["typedBy"]:
                self.assertEqual((one.performer[0].display, one.device), (sample["typedBy"], None))
            if not shown:
                words = {"artefact": "artefact", "demo": "demonstration data"}
                word = next((words[key] for key in words if sample[key]), sample["reason"])
                self.assertEqual(one.dataAbsentReason.text, word)
            if sample["state"] == "questionable":
                self.assertEqual((one.status, one.note[0].text), ("preliminary", f"Questionable: {sample['reason']}"))
            for key in ("artefact", "demo"):
                if sample[key]:
                    self.assertIn(f"the monitor sent {sample['values'][0]} {sample['unit']}", one.note[0].text)
                    self.assertEqual(one.dataAbsentReason.coding[0].code, "error")

    def test_h11_times_bear_the_offset_of_their_moment(self):
        raw = json.loads((EXPORTS / "fhir-raw.json").read_bytes())
        found = {}
        for entry in raw["entry"]:
            one = entry["resource"]
            if one["resourceType"] == "Observation" and "issued" in one:
                found[one["issued"]] = one["effectiveDateTime"]
        for sample in SAMPLES:
            self.assertIn(iso(sample["receivedUs"]), found)

    def test_digits_keep_their_places(self):
        raw = (EXPORTS / "fhir-raw.json").read_text(encoding="utf-8")
        self.assertIn('"value":3.60,"unit":"%"', raw)

    def test_windows_hold_the_middle_value_of_their_signal_and_gaps_say_so(self):
        signals = {}
        for sample in SAMPLES:
            if sample["vital"] in ("nibp", "art") or sample["typedBy"]:
                continue
            key = tuple(sample[name] for name in ("source", "vital", "site", "unit"))
            signals.setdefault(key, []).append(sample)
        devices = {entry.fullUrl: entry.resource for entry in self.read.entry}
        found = {}
        for one in vitals(self.read):
            if one.effectivePeriod and one.code.text != "art":
                source = devices[one.device.reference].deviceName[0].name
                unit = one.valueQuantity.code if one.valueQuantity else None
                site = one.bodySite.text if one.bodySite else ""
                key = (source, one.code.text, site, us(one.effectivePeriod.start))
                self.assertNotIn(key, found)
                found[key] = (one, unit)
        wanted = 0
        for (source, vital, site, unit), samples in signals.items():
            begin = HELD["startedUs"]
            while begin > HELD["beginUs"]:
                begin -= WINDOW_US
            while begin < END_US:
                # The record ends with a window; what came at its very end belongs to that.
                last = begin + WINDOW_US >= END_US
                inside = [s for s in samples if begin <= s["measuredUs"] < begin + WINDOW_US or (last and s["measuredUs"] >= END_US)]
                middle = [s["values"][0] for s in inside if counts(s)]
                one, found_unit = found[source, vital, site, max(begin, HELD["beginUs"])]
                if middle:
                    self.assertEqual(numbers(one), {0: median_low(sorted(middle, key=float))})
                    self.assertEqual(found_unit, unit)
                elif inside:
                    self.assertEqual(one.dataAbsentReason.text, inside[-1]["reason"])
                else:
                    self.assertEqual(one.dataAbsentReason.text, "nothing was sent")
                wanted += 1
                begin += WINDOW_US
        self.assertEqual(len(found), wanted)

    def test_cuff_readings_and_typed_values_stand_at_their_own_times(self):
        cuffs = [s for s in SAMPLES if s["vital"] == "nibp"]
        found = [one for one in vitals(self.read) if one.code.text == "nibp"]
        self.assertEqual(
            sorted((us(one.effectiveDateTime), sorted(numbers(one).items())) for one in found),
            sorted((s["measuredUs"], sorted(digits(s).items())) for s in cuffs),
        )
        typed = [one for one in vitals(self.read) if one.performer]
        self.assertEqual(len(typed), sum(1 for s in SAMPLES if s["typedBy"]))

    def test_an_arterial_pressure_is_the_last_of_its_window_and_absent_in_the_others(self):
        found = [one for one in vitals(self.read) if one.code.text == "art"]
        samples = [sample for sample in SAMPLES if sample["vital"] == "art"]
        last = {(s["measuredUs"] - HELD["startedUs"]) // WINDOW_US: s for s in samples}
        self.assertEqual(
            [(us(one.effectiveDateTime), numbers(one)) for one in found if one.effectiveDateTime],
            [(s["measuredUs"], digits(s)) for s in last.values()],
        )
        without = [one.dataAbsentReason.text for one in found if not one.effectiveDateTime]
        self.assertEqual(without, ["nothing was sent"] * (7200 // 300 - len(last)))

    def test_scores_that_count_are_there_and_the_one_undone_is_not(self):
        scores = [one for one in of(self.read, "Observation") if one.category[0].coding[0].code == "survey"]
        self.assertEqual([one.code.text for one in scores], ["nausea"])
        self.assertEqual(scores[0].valueInteger, 2)

    def test_the_provenance_names_program_and_entries(self):
        (provenance,) = of(self.read, "Provenance")
        self.assertEqual(len(provenance.target), len(of(self.read, "Observation")) + 1)
        self.assertIn(f"session {HELD['session']}", provenance.entity[0].what.identifier.value)

    def test_the_document_is_the_report(self):
        (document,) = of(bundle("fhir-with-report.json"), "DocumentReference")
        attachment = document.content[0].attachment
        self.assertEqual(attachment.contentType, "application/pdf")
        report = (EXPORTS / "report.pdf").read_bytes()
        self.assertEqual(attachment.data, report, "as the package decodes it")
        self.assertEqual(attachment.size, len(report))


if __name__ == "__main__":
    unittest.main()
