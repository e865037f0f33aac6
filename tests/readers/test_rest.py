"""FHIR over HTTP of a running server, as a program of somebody else asks for it, and the ZIP a screen gives.

What is answered is read with `fhir.resources` and `zipfile`, and compared with what the monitor sent and with the exports.
"""

import io
import json
import unittest
import zipfile
from decimal import Decimal

from fhir.resources.R4B import get_fhir_model_class
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.operationoutcome import OperationOutcome

from served import PATIENCE_S, Clinic

DOE = {"id": "P-1", "name": "Doe, Jane", "born": "1980-02-29", "alias": "J. D."}
ROE = {"id": "P-2", "name": "Roe, Søren", "born": "1970-01-02", "alias": "S. R."}
# Rate, saturation, cuff: no number is in two sessions.
READINGS = (
    (DOE, [(61, 97, (121, 81)), (62, 96, (122, 82)), (63, 95, (123, 83))]),
    (DOE, [(71, 94, (131, 91))]),
    (ROE, [(81, 93, (141, 92)), (82, 92, (142, 93))]),
)
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Client:
    """What a program of an EHR does: asks, reads strictly, goes on while there is a next page."""

    def __init__(self, http, base):
        self.http, self.base = http, base

    def ask(self, path, status=200, **more):
        url = path if path.startswith("http") else f"{self.base}/{path}"
        answer = self.http.request(more.pop("method", "GET"), url, timeout=PATIENCE_S, **more)
        assert answer.status_code == status, f"{url}: {answer.status_code} {answer.text}"
        return answer

    @staticmethod
    def model(answer):
        assert answer.headers["Content-Type"] == "application/fhir+json", answer.headers
        read = json.loads(answer.content, parse_float=Decimal)
        return get_fhir_model_class(read["resourceType"]).model_validate(read)

    def read(self, path, **more):
        return self.model(self.ask(path, **more))

    def pages(self, first):
        """Each page of a search, the first one as it was answered."""
        page = self.model(first)
        while True:
            assert isinstance(page, Bundle) and page.type == "searchset"
            yield page
            links = [link.url for link in page.link if link.relation == "next"]
            if not links:
                return
            page = self.read(links[0])

    def found(self, path, **more):
        """All that a search finds, over all its pages, and how many pages those were."""
        pages = list(self.pages(self.ask(path, **more)))
        return [entry.resource for page in pages for entry in page.entry or [] if entry.search.mode == "match"], len(pages)

    def posted(self, kind, **form):
        return self.found(f"{kind}/_search", method="POST", data=form, headers=FORM)


def cuff(one):
    """Systolic and diastolic of a cuff reading."""
    parts = {part.code.coding[0].code: part for part in one.component or []}
    return tuple(int(parts[code].valueQuantity.value) for code in ("8480-6", "8462-4"))


class Served(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.clinic = Clinic()
        cls.addClassCleanup(cls.clinic.close)
        cls.clinic.named("Window, left")
        cls.sessions = [cls.clinic.held(patient, readings) for patient, readings in READINGS]
        cls.client = Client(cls.clinic.http, f"{cls.clinic.web}/fhir")

    def patient(self, who):
        found, _ = self.client.posted("Patient", identifier=who["id"])
        self.assertEqual(len(found), 1)
        return found[0]

    def test_it_says_what_it_can(self):
        said = self.client.read("metadata")
        self.assertEqual(said.get_resource_type(), "CapabilityStatement")
        self.assertEqual(said.fhirVersion, "4.0.1")

    def test_h01_a_patient_is_found_by_what_stands_in_the_body_and_is_who_she_is(self):
        for who in (DOE, ROE):
            for form in ({"identifier": who["id"]}, {"name": who["name"]}, {"birthdate": who["born"]}):
                (found,), _ = self.client.posted("Patient", **form)
                self.assertEqual(found.identifier[0].value, who["id"])
                self.assertEqual((found.name[0].text, found.birthDate.isoformat()), (who["name"], who["born"]))
        self.assertEqual(self.client.posted("Patient", identifier="nobody"), ([], 1))

    def test_no_link_holds_what_says_something_of_a_patient(self):
        answer = self.client.ask("Patient/_search", method="POST", data={"name": "Doe"}, headers=FORM)
        page = self.client.model(answer)
        self.assertFalse([link.url for link in page.link if "Doe" in link.url or "P-1" in link.url])

    def test_h01_each_session_is_an_encounter_of_her_patient_whatever_the_length_of_a_page(self):
        for who in (DOE, ROE):
            hers = [session for session, (of, _) in zip(self.sessions, READINGS) if of is who]
            patient = self.patient(who)
            for count in (1, 100):
                found, pages = self.client.found(f"Encounter?patient={patient.id}&_count={count}")
                self.assertEqual([one.identifier[0].value for one in found], hers[::-1])
                self.assertTrue(all(one.subject.reference.endswith(patient.id) for one in found))
                self.assertEqual(pages, len(hers) if count == 1 else 1)

    def test_h01_h18_the_cuff_readings_of_a_patient_are_those_the_monitor_sent_page_by_page(self):
        for who in (DOE, ROE):
            wanted = sorted(reading[2] for of, readings in READINGS if of is who for reading in readings)
            for count in (1, 2, 500):
                path = f"Observation?patient={self.patient(who).id}&code=http://loinc.org|85354-9&_count={count}"
                found, pages = self.client.found(path)
                self.assertEqual(sorted(map(cuff, found)), wanted)
                self.assertEqual(len({one.id for one in found}), len(found))
                self.assertTrue(count == 500 or pages >= len(wanted) // count)

    def test_each_resource_is_there_by_itself_and_is_that_of_the_bundle(self):
        for session in self.sessions:
            bundle = json.loads(self.clinic.exported(session, "fhir").content, parse_float=Decimal)
            of_bundle = {}
            for entry in bundle["entry"]:
                of_bundle.setdefault(entry["resource"]["resourceType"], set()).add(entry["fullUrl"].rpartition(":")[2])
            (encounter,) = [one for one in self.client.found("Encounter")[0] if one.identifier[0].value == session]
            found, _ = self.client.found(f"Observation?encounter={encounter.id}&_count=2")
            self.assertEqual({one.id.partition("-")[2] for one in found}, of_bundle["Observation"])
            for one in [*found, encounter]:
                self.assertEqual(self.client.read(f"{one.get_resource_type()}/{one.id}"), one)

    def test_the_report_of_a_session_is_at_the_binary_it_names(self):
        for session in self.sessions:
            (encounter,) = [one for one in self.client.found("Encounter")[0] if one.identifier[0].value == session]
            (document,), _ = self.client.found(f"DocumentReference?encounter={encounter.id}")
            attachment = document.content[0].attachment
            self.assertEqual(attachment.contentType, "application/pdf")
            url = attachment.url if "://" in attachment.url else attachment.url.removeprefix("/fhir/")
            pages = self.client.ask(url)
            self.assertEqual(pages.headers["Content-Type"], "application/pdf")
            self.assertEqual(pages.content, self.clinic.exported(session, "pdf").content)
            self.assertTrue(pages.content.startswith(b"%PDF-1.7") and pages.content.rstrip().endswith(b"%%EOF"))
            binary = self.client.read(url, headers={"Accept": "application/fhir+json"})
            self.assertEqual((binary.contentType, binary.data), ("application/pdf", pages.content))

    def test_what_is_not_known_is_said_as_an_outcome(self):
        page = self.client.read("Encounter?_lastUpdated=2026")
        (told,) = [entry.resource for entry in page.entry if entry.search.mode == "outcome"]
        self.assertIn("_lastUpdated", told.issue[0].diagnostics)
        for path, status, code, more in (
            ("Encounter?_lastUpdated=2026", 400, "not-supported", {"headers": {"Prefer": "handling=strict"}}),
            ("Medication", 404, "not-supported", {}),
            ("Medication/1", 404, "not-found", {}),
            ("Observation/1", 404, "not-found", {}),
            ("Observation?date=soon", 400, "invalid", {}),
            ("Observation", 400, "too-costly", {}),
            ("Patient/_search", 400, "invalid", {"method": "POST", "data": b"{}"}),
        ):
            with self.subTest(path):
                said = self.client.read(path, status=status, **more)
                self.assertIsInstance(said, OperationOutcome)
                self.assertEqual((said.issue[0].severity, said.issue[0].code), ("error", code))

    def test_the_zip_of_a_screen_is_whole_and_holds_the_files_of_the_command(self):
        for session in self.sessions:
            answer = self.clinic.exported(session, "csv")
            self.assertEqual(answer.headers["Content-Type"], "application/zip")
            with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
                self.assertIsNone(packed.testzip())
                held = {name: packed.read(name) for name in packed.namelist()}
            written = self.clinic.exported_by_command(session, "csv")
            self.assertEqual(sorted(held), ["dictionary.csv", "events.csv", "samples.csv", "summary.csv"])
            self.assertEqual(held, {name: written[name] for name in held})
            self.assertIn(b"121" if session == self.sessions[0] else b"nibp", held["samples.csv"])


if __name__ == "__main__":
    unittest.main()
