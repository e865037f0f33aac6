//! Who means no good, or is broken: garbage, drips, connections that say nothing, headers without end.

use super::book::Shared;
use super::net::connect;
use super::{HOST, MLLP_NORTH, MLLP_SOUTH, WEB};
use chairside_sim::rng::Rng;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::time::{sleep, timeout};
use turmoil::net::TcpStream;

/// Connections at once.
const AT_ONCE: usize = 4;
/// One that takes nothing is left.
const WRITE: Duration = Duration::from_secs(5);

/// Comes again and again.
pub(super) async fn run(shared: Shared) {
    let mut rng = Rng::new(shared.plan.seed ^ 0xBAD << 32);
    let mut each = || one(shared.clone(), Rng::new(rng.next_u64()));
    let _: [(); AT_ONCE] = tokio::join!(each(), each(), each(), each()).into();
}

async fn one(shared: Shared, mut rng: Rng) {
    loop {
        sleep(Duration::from_millis(500 + rng.below(6_000) as u64)).await;
        let port = [MLLP_NORTH, MLLP_SOUTH, WEB][rng.below(3)];
        let Some(mut stream) = connect(port).await else { continue };
        match rng.below(4) {
            0 => {
                shared.say(format!("garbage at {port}"));
                garbage(&mut stream, &mut rng).await;
            }
            1 => {
                shared.say(format!("a drip at {port}"));
                drip(&mut stream, port, &mut rng).await;
            }
            2 => {
                shared.say(format!("silence at {port}"));
                sleep(Duration::from_millis(rng.below(20_000) as u64)).await;
            }
            _ => {
                // The beginning of something real, and gone.
                let _ = write(&mut stream, beginning(port).as_bytes()).await;
            }
        }
    }
}

async fn write(stream: &mut TcpStream, bytes: &[u8]) -> bool {
    matches!(timeout(WRITE, stream.write_all(bytes)).await, Ok(Ok(())))
}

/// Bytes that are nothing; in frames every now and then.
async fn garbage(stream: &mut TcpStream, rng: &mut Rng) {
    for _ in 0..rng.below(12) {
        let count = 1 + rng.below(300);
        let mut bytes = rng.bytes(count);
        if rng.below(3) == 0 {
            bytes = [b"\x0bMSH|^~\\&|", &bytes[..], b"\x1c\r"].concat();
        }
        if !write(stream, &bytes).await {
            return;
        }
        sleep(Duration::from_millis(rng.below(100) as u64)).await;
    }
}

/// A byte now and then of what never ends.
async fn drip(stream: &mut TcpStream, port: u16, rng: &mut Rng) {
    for byte in beginning(port).bytes().take(rng.below(60)) {
        if !write(stream, &[byte]).await {
            return;
        }
        sleep(Duration::from_millis(300)).await;
    }
}

fn beginning(port: u16) -> String {
    if port == WEB {
        format!("GET /ws HTTP/1.1\r\nHost: {HOST}\r\nX-Long: 0123456789012345678901234567890123456789")
    } else {
        "\x0bMSH|^~\\&|BROKEN^0011223344556677^EUI-64|CHAIRSIDE|||20260921141320||ORU^R01^ORU_R01|7|P|2.6\rPID|||"
            .to_owned()
    }
}
