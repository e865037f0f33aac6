"""The description of our interface (docs/openapi.json) against a running server: Schemathesis makes requests of it, right and wrong
ones, and holds every answer to it. No status and no form that is not described, no 5xx, whatever is sent."""

import os
import re
import subprocess
import sys
import time
import unittest
from pathlib import Path

import requests

from served import PATIENCE_S, PROGRAM, Clinic

DESCRIPTION = Path(__file__).parents[2] / "docs/openapi.json"
# Requests made up for each operation; all three runs together stay below a minute.
EXAMPLES = "6"
# Another run finds the same.
SEED = "1"
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,unsupported_method"
# The socket is another protocol, held by tests of its own. A password's digest takes as long as it is meant to.
ELSEWHERE = ["/ws", "/api/sign-in", "/api/switch", "/api/welcome", "/api/me/password", "/api/me/pin", "/api/me/totp"]
# What ends the sign-in the rest is asked with.
ENDS = ["/api/lock", "/api/sign-out", "/api/sign-out-everywhere", "/api/me/sign-ins/end"]
PASSWORD = "six sheep on a hill at night"


class Described(unittest.TestCase):
    def setUp(self):
        self.clinic = Clinic()
        self.addCleanup(self.clinic.close)

    def ask(self, *more, leave_out=()):
        command = [str(Path(sys.executable).with_name("st")), "run", str(DESCRIPTION), "--url", self.clinic.web]
        command += ["--checks", CHECKS, "--max-examples", EXAMPLES, "--seed", SEED, "--phases", "examples,coverage,fuzzing"]
        command += ["--suppress-health-check", "all", "--generation-database", "none", "--no-color"]
        # A page of the same origin asks; without this every change would be refused.
        command += ["-H", f"Origin: {self.clinic.web}", "-H", "Sec-Fetch-Site: same-origin", *more]
        for path in [*ELSEWHERE, *leave_out]:
            command += ["--exclude-path", path]
        asked = subprocess.run(command, capture_output=True, text=True, cwd=self.clinic.folder.name, env={**os.environ, "COLUMNS": "160"})
        self.assertEqual(asked.returncode, 0, asked.stdout[-20_000:] + asked.stderr[-2_000:])
        made = re.search(r"(\d+) generated", asked.stdout)
        self.assertTrue(made and int(made[1]) > 300, asked.stdout[-2_000:])
        # Still there, and still recording.
        health = requests.get(self.clinic.web + "/healthz", timeout=PATIENCE_S).json()
        self.assertTrue(health["recording"]["ok"], health)

    def account(self, code, sign_in):
        """Takes a one-time link and signs in; the cookie, as a browser would send it."""
        body = {"code": code, "name": "Lee, Ann", "signInName": sign_in, "password": PASSWORD, "pin": "4711"}
        body = body if code == self.clinic.first else {"code": code, "password": PASSWORD, "pin": "4711"}
        answer = self.clinic.post("/api/welcome", body)
        return answer.headers["Set-Cookie"].split(";")[0]

    def test_p12_in_a_trial(self):
        self.ask(leave_out=["/api/accounts", "/api/accounts/{id}"])

    def test_p12_with_accounts_and_without_a_cookie(self):
        self.account(self.clinic.first, "ann")
        self.ask()

    def test_p12_with_the_cookie_of_an_account(self):
        self.account(self.clinic.first, "ann")
        command = [PROGRAM, "user", "--config", str(self.clinic.config), "invite", "Ada Nurse", "--sign-in", "ada"]
        invited = subprocess.run([*command, "--role", "nurse,clinician"], check=True, capture_output=True, text=True).stdout
        # The server looks at the file of accounts once a second, and a link asked for too early counts as a guess.
        time.sleep(3)
        cookie = self.account(re.search(r"/welcome#(\S+)", invited)[1], "ada")
        self.ask("-H", f"Cookie: {cookie}", leave_out=ENDS)


if __name__ == "__main__":
    unittest.main()
