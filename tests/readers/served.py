"""A running server with sessions in it: a monitor sends over MLLP, people press as their screens would."""

import os
import socket
import subprocess
import tempfile
import threading
from datetime import datetime, timezone
from pathlib import Path

import requests

PROGRAM = os.environ["CHAIRSIDE_PROGRAM"]
CONFIG = """
listen = "127.0.0.1:0"
data = "data"
zone = "Europe/Berlin"
[[chair]]
id = "1"
[[source]]
id = "gateway"
protocol = "hl7"
listen = "127.0.0.1:0"
route = [{ bed = "BED-1", chair = "1" }]
"""
NURSE = {"name": "Ada Nurse", "role": "nurse"}
CLINICIAN = {"name": "Lee, Ann", "role": "clinician"}
CHECKS = ["identity confirmed", "consent seen", "indication", "allergies", "fasting", "medicines", "weight", "escort"]
PLAN = {
    "template": "IV 40 min", "number": 1, "of": 6, "infusionMin": 40, "cuffInfusingMin": 10, "cuffObservingMin": 15,
    "observeMin": 0, "assessFirstMin": 15, "assessLaterMin": 30,
}
# Only a fault reaches it.
PATIENCE_S = 30


def stamp():
    return datetime.now(timezone.utc).strftime("%Y%m%d%H%M%S+0000")


class Clinic:
    """One chair, one monitor."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.config = Path(self.folder.name) / "chairside.toml"
        self.config.write_text(CONFIG)
        self.server = subprocess.Popen(
            [PROGRAM, "serve", "--config", str(self.config)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        self.web, source = self.addresses()
        # What it prints from now on must not fill the pipe.
        threading.Thread(target=self.server.stdout.read, daemon=True).start()
        host, _, port = source.rpartition(":")
        self.monitor = socket.create_connection((host, int(port)), timeout=PATIENCE_S)
        self.http = requests.Session()
        self.pressed = self.sent = 0

    def addresses(self):
        """Where the screens and the source are, once everything listens."""
        web = source = None
        for line in self.server.stdout:
            words = line.split()
            if words[:2] == ["First", "account"]:
                self.first = words[2].partition("#")[2]
            elif words[:1] == ["Screens"]:
                web = words[1].rstrip("/")
            elif words[:2] == ["Source", "gateway"]:
                source = words[2]
            elif words[:1] == ["Stop"]:
                return web, source
        raise AssertionError("the program ended at its start")

    def close(self):
        self.http.close()
        self.monitor.close()
        self.server.terminate()
        self.server.wait(PATIENCE_S)
        self.server.stdout.close()
        self.folder.cleanup()

    def named(self, name):
        """Gives the chair its name, as somebody at the screen does."""
        self.post("/api/chairs/1", {"name": name}, "PUT")

    def post(self, path, body, method="POST"):
        answer = self.http.request(method, self.web + path, json=body, headers={"Origin": self.web}, timeout=PATIENCE_S)
        assert answer.ok, f"{path}: {answer.status_code} {answer.text}"
        return answer

    def act(self, session, what, by=NURSE):
        self.pressed += 1
        body = {"key": f"{self.pressed:032x}", "by": by, "late": False, "act": what}
        if session:
            body["session"] = session
        return self.post("/api/chairs/1/session", body).json()["recorded"]

    def measures(self, patient, rate, saturation, cuff):
        """What the monitor sends; returns once it is recorded."""
        self.sent += 1
        now, pressure = stamp(), "266016^MDC_DIM_MMHG^MDC"
        rows = [
            ("147842^MDC_ECG_HEART_RATE", rate, "264864^MDC_DIM_BEAT_PER_MIN^MDC", ""),
            ("150456^MDC_PULS_OXIM_SAT_O2", saturation, "262688^MDC_DIM_PERCENT^MDC", ""),
            ("150021^MDC_PRESS_BLD_NONINV_SYS", cuff[0], pressure, f"|||{now}"),
            ("150022^MDC_PRESS_BLD_NONINV_DIA", cuff[1], pressure, f"|||{now}"),
        ]
        lines = [
            f"MSH|^~\\&|BED^0011223344556677^EUI-64|BED|||{now}||ORU^R01^ORU_R01|M{self.sent}|P|2.6|||NE|AL||UNICODE UTF-8",
            f"PID|||{patient}^^^CLINIC^MR",
            "PV1||I|UNIT^^BED-1",
            f"OBR|1|||182777000^monitoring of patient^SCT|||{now}",
        ]
        lines += [f"OBX|{n}|NM|{code}^MDC|1.1.1.{n}|{value}|{unit}|||||F{more}"
                  for n, (code, value, unit, more) in enumerate(rows, 1)]
        self.monitor.sendall(b"\x0b" + "\r".join(lines).encode() + b"\r\x1c\r")
        heard = b""
        while not heard.endswith(b"\x1c\r"):
            piece = self.monitor.recv(4096)
            assert piece, f"the connection was closed after {heard!r}"
            heard += piece
        assert b"|CA|" in heard or b"|AA|" in heard or f"A|M{self.sent}".encode() in heard, heard

    def held(self, patient, readings):
        """A whole session, from check-in to discharge; its id. The first reading is her baseline."""
        session = f"1-{self.act(None, {'is': 'opened', 'patient': patient, 'plan': PLAN})}"
        for check in CHECKS:
            self.act(session, {"is": "entry", "entry": check, "text": "Sister" if check == "escort" else "as asked"})
        self.act(session, {"is": "moved", "to": "baseline", "reason": ""}, CLINICIAN)
        self.measures(patient["id"], *readings[0])
        self.act(session, {"is": "baseline", "values": []})
        self.act(session, {"is": "moved", "to": "infusing", "reason": "urgent start"}, CLINICIAN)
        for reading in readings[1:]:
            self.measures(patient["id"], *reading)
        self.act(session, {"is": "entry", "entry": "nausea", "score": 2, "text": ""})
        for phase in ("observing", "ready", "discharged"):
            self.act(session, {"is": "moved", "to": phase, "reason": "transfer"}, CLINICIAN)
        self.post("/api/chairs/1/clear", {"by": NURSE})
        return session

    def exported(self, session, form):
        return self.post(f"/api/sessions/{session}/export", {"by": CLINICIAN, "format": form})

    def exported_by_command(self, session, form):
        """The files the command writes of one session, by name."""
        with tempfile.TemporaryDirectory() as out:
            subprocess.run(
                [PROGRAM, "export", session, "--format", form, "--out", out, "--config", str(self.config)],
                check=True, capture_output=True,
            )
            return {path.name: path.read_bytes() for path in Path(out).rglob("*") if path.is_file()}
