"""The program's sending side against the MLLP server of hl7."""

import asyncio
import os
import subprocess
import tempfile
import unittest

from hl7.mllp import start_hl7_server

from held import EXPORTS

SENDER = os.environ["CHAIRSIDE_SENDER"]
# In the order they are sent.
NAMES = sorted(path.name for path in EXPORTS.glob("*.hl7"))


def control_id(name):
    return (EXPORTS / name).read_bytes().split(b"|")[9].decode()


async def receive(script):
    """Runs the sender against a server that does with each message what the script says next; what was heard, and said."""
    heard = []
    steps = iter(script)

    async def connected(reader, writer):
        try:
            while True:
                message = await reader.readmessage()
                heard.append(str(message.segment("MSH")[10]))
                step = next(steps, "AA")
                if step == "close":
                    break
                writer.writemessage(message.create_ack(ack_code=step))
                await writer.drain()
        except asyncio.IncompleteReadError:
            pass
        finally:
            writer.close()

    # A report may be larger than what asyncio reads at once by itself.
    server = await start_hl7_server(connected, "127.0.0.1", 0, encoding="utf-8", limit=1 << 24)
    port = server.sockets[0].getsockname()[1]
    with tempfile.TemporaryDirectory() as queue:
        sender = await asyncio.create_subprocess_exec(
            SENDER, f"127.0.0.1:{port}", str(EXPORTS), queue, stdout=subprocess.PIPE
        )
        said, _ = await sender.communicate()
    server.close()
    return heard, said.decode().splitlines()


class Mllp(unittest.TestCase):
    def test_every_message_is_heard_once_and_acknowledged(self):
        heard, said = asyncio.run(receive([]))
        self.assertEqual(len(NAMES), 4)
        self.assertEqual(heard, [control_id(name) for name in NAMES])
        self.assertEqual(said, ["4 sent"])

    def test_h19_a_message_without_an_answer_is_sent_again_under_its_id(self):
        heard, said = asyncio.run(receive(["close", "AE", "CA"]))
        # The first one is MDM^T10, what was added after the signature.
        self.assertEqual(NAMES[0], "report-added.hl7")
        first, *others = (control_id(name) for name in NAMES)
        self.assertEqual(heard, [first, first, first, *others])
        self.assertEqual(said, ["4 sent"])

    def test_what_is_refused_stops_nobody(self):
        heard, said = asyncio.run(receive(["AR"]))
        self.assertEqual(heard, [control_id(name) for name in NAMES])
        self.assertEqual(said, ["3 sent", "refused AR"])


if __name__ == "__main__":
    unittest.main()
