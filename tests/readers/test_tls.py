"""The screens' TLS as sslyze sees it, against Mozilla's profile."""

import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

PROGRAM = os.environ["CHAIRSIDE_PROGRAM"]
CONFIG = """
listen = "127.0.0.1:0"
data = "data"
[tls]
names = ["chairside.clinic.local"]
"""


def address(server):
    """Where the program says its screens are."""
    for line in server.stdout:
        words = line.split()
        if words[:1] == ["Screens"]:
            return words[1].removeprefix("https://").rstrip("/")
    raise AssertionError("the program ended at its start")


class Tls(unittest.TestCase):
    def test_s02_nothing_is_found_against_the_intermediate_profile(self):
        with tempfile.TemporaryDirectory() as folder:
            config = Path(folder) / "chairside.toml"
            config.write_text(CONFIG)
            with subprocess.Popen(
                [PROGRAM, "serve", "--config", str(config)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
            ) as server:
                try:
                    # A device that trusts the authority of this installation and no public one.
                    trust = f"--certinfo_ca_file={folder}/data/tls/ca.crt"
                    scan = subprocess.run(
                        [sys.executable, "-m", "sslyze", "--mozilla_config=intermediate", "--certinfo", trust]
                        + [address(server)],
                        capture_output=True,
                        text=True,
                    )
                finally:
                    server.terminate()
            self.assertIn("COMPLIANCE AGAINST", scan.stdout, scan.stderr)
            self.assertIn(": OK - Compliant.", scan.stdout)
            self.assertEqual(scan.returncode, 0, scan.stdout)
            self.assertNotIn("VULNERABLE -", scan.stdout)


if __name__ == "__main__":
    unittest.main()
