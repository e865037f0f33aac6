//! Size of the program, and time from its start to the first page it serves.
//!
//! Expected: the program < 20 MiB with everything embedded (a clinic PC copies it over a slow link); the first page within
//! a second of the start (a nurse restarts a machine between two patients).

use chairside_tests::rig::{Server, http, program};
use std::time::Instant;

fn main() {
    let size = program("chairside").metadata().map_or(0, |m| m.len());
    #[allow(clippy::cast_precision_loss)]
    let mib = size as f64 / f64::from(1 << 20);
    println!("program {mib:.1} MiB  expected < 20 MiB{}", if mib < 20.0 { "" } else { "  ABOVE" });
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let mut times: Vec<f64> = (0..5).map(|_| first_page(&runtime)).collect();
    times.sort_by(f64::total_cmp);
    let (median, worst) = (times[2], times[4]);
    let verdict = if worst < 1000.0 { "" } else { "  ABOVE" };
    println!("start to first page {median:.0} ms (worst of five {worst:.0})  expected < 1000 ms{verdict}");
}

fn first_page(runtime: &tokio::runtime::Runtime) -> f64 {
    let folder = tempfile::tempdir().expect("a folder");
    let config = folder.path().join("chairside.toml");
    std::fs::write(&config, "data = \"data\"\nlisten = \"127.0.0.1:0\"\n").expect("a configuration");
    let start = Instant::now();
    let server = Server::start(&config);
    let page = runtime.block_on(http(server.web, "GET", "/", ""));
    assert!(page.starts_with("HTTP/1.1 200"), "{page}");
    start.elapsed().as_secs_f64() * 1e3
}
