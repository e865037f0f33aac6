"""Signing in at a provider of accounts made by others (oidc-provider-mock, on Authlib)."""

import logging
import os
import re
import stat
import subprocess
import tempfile
import threading
import unittest
from datetime import datetime, timedelta, timezone
from ipaddress import ip_address
from pathlib import Path

import oidc_provider_mock
import requests
import werkzeug.serving
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

PROGRAM = os.environ["CHAIRSIDE_PROGRAM"]
PASSWORD = "six sheep on a hill"
CONFIG = """
listen = "127.0.0.1:0"
data = "data"
[openid]
issuer = "{issuer}"
client = "chairside"
secret_file = "openid.secret"
ca = "provider.crt"
name = "Clinic"
roles = {{ "ward-nurses" = "nurse" }}
"""
# Only a fault reaches it.
PATIENCE_S = 30
logging.getLogger("werkzeug").setLevel(logging.ERROR)


def signed(name, issuer, public, by, extension, critical):
    """A certificate for a day."""
    now = datetime.now(timezone.utc)
    called = [x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)]) for text in (name, issuer)]
    made = x509.CertificateBuilder(called[1], called[0], public, x509.random_serial_number())
    made = made.not_valid_before(now - timedelta(hours=1)).not_valid_after(now + timedelta(days=1))
    made = made.add_extension(extension, critical=critical).sign(by, hashes.SHA256())
    return made.public_bytes(serialization.Encoding.PEM)


def certificates(folder):
    """An authority, and of it a certificate for this machine with its key."""
    root, leaf = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    authority = x509.BasicConstraints(ca=True, path_length=None)
    (folder / "provider.crt").write_bytes(signed("authority", "authority", root.public_key(), root, authority, True))
    here = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    (folder / "leaf.crt").write_bytes(signed("provider", "authority", leaf.public_key(), root, here, False))
    plain = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "leaf.key").write_bytes(leaf.private_bytes(*plain))


class Clinic:
    """The program with a provider configured, and the provider."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory()
        folder = Path(self.folder.name)
        certificates(folder)
        app = oidc_provider_mock.app(require_nonce=True)
        pair = (str(folder / "leaf.crt"), str(folder / "leaf.key"))
        self.provider = werkzeug.serving.make_server("127.0.0.1", 0, app, threaded=True, ssl_context=pair)
        threading.Thread(target=self.provider.serve_forever, daemon=True).start()
        self.issuer = f"https://127.0.0.1:{self.provider.server_port}"
        self.trusts = str(folder / "provider.crt")
        secret = folder / "openid.secret"
        secret.write_text("hunter2\n")
        secret.chmod(stat.S_IRUSR | stat.S_IWUSR)
        (folder / "chairside.toml").write_text(CONFIG.format(issuer=self.issuer))
        self.server = subprocess.Popen(
            [PROGRAM, "serve", "--config", str(folder / "chairside.toml")],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )
        self.web, code = self.greeting()
        threading.Thread(target=self.server.stdout.read, daemon=True).start()
        first = {"code": code, "name": "Lee, Ann", "signInName": "ann", "password": PASSWORD}
        assert self.post("/api/welcome", first).ok

    def greeting(self):
        """Where the screens are, and the code of the first account."""
        web = code = None
        for line in self.server.stdout:
            words = line.split()
            if words[:1] == ["Screens"]:
                web = words[1].rstrip("/")
            elif words[:2] == ["First", "account"]:
                code = words[2].partition("#")[2]
            elif words[:1] == ["Stop"]:
                return web, code
        raise AssertionError("the program ended at its start")

    def post(self, path, body, cookie=""):
        headers = {"Origin": self.web, "Cookie": cookie}
        return requests.post(self.web + path, json=body, headers=headers, timeout=PATIENCE_S)

    def knows(self, subject, **claims):
        """The provider has somebody with these claims."""
        answer = requests.put(f"{self.issuer}/users/{subject}", json=claims, verify=self.trusts, timeout=PATIENCE_S)
        assert answer.ok, answer.text

    def comes(self, subject):
        """Somebody signs in there, and the browser brings back what it was given."""
        begun = self.post("/api/openid/begin", {})
        assert begun.ok, begun.text
        sent = requests.post(
            begun.json()["to"], data={"sub": subject}, allow_redirects=False, verify=self.trusts, timeout=PATIENCE_S
        )
        back = dict(re.findall(r"(\w+)=([^&]+)", sent.headers["Location"].partition("?")[2]))
        cookie = begun.headers["Set-Cookie"].partition(";")[0]
        return self.post("/api/openid/finish", {"state": back["state"], "code": back["code"]}, cookie)

    def close(self):
        self.server.terminate()
        self.server.wait(PATIENCE_S)
        self.server.stdout.close()
        self.provider.shutdown()
        self.provider.server_close()
        self.folder.cleanup()


class OpenId(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.clinic = Clinic()

    @classmethod
    def tearDownClass(cls):
        cls.clinic.close()

    def test_s05_a_nurse_of_the_provider_comes_in_as_a_nurse(self):
        self.clinic.knows("u-1", name="Moss, Ida", preferred_username="ida", groups=["ward-nurses", "all"])
        answer = self.clinic.comes("u-1")
        self.assertEqual(answer.status_code, 200, answer.text)
        me = answer.json()
        self.assertEqual((me["standing"], me["person"]["name"], me["person"]["roles"]), ("in", "Moss, Ida", ["nurse"]))
        again = self.clinic.comes("u-1").json()
        self.assertEqual(again["person"]["id"], me["person"]["id"], "the same account")

    def test_s05_somebody_without_a_mapped_group_is_refused(self):
        self.clinic.knows("u-2", name="Golf, Guy", preferred_username="guy", groups=["all", "administrator"])
        answer = self.clinic.comes("u-2")
        self.assertEqual((answer.status_code, answer.json()["code"]), (401, "bad_openid"))


if __name__ == "__main__":
    unittest.main()
