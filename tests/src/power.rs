//! A disk that fails, and one whose power goes, under the real server. `cargo xtask torture` does the same for as long as
//! one likes.

use crate::torture::disk::{ALWAYS, Call, Left};
use crate::torture::loops::{Turn, When};
use crate::torture::world::World;
use std::time::Duration;

const LOAD: Duration = Duration::from_millis(500);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p02_no_receipt_is_lost_when_the_power_goes_whatever_of_the_rest_is_left() {
    let world = World::new(false).unwrap();
    for (seed, left) in [Left::Flushed, Left::All, Left::Pages, Left::Torn, Left::Torn].into_iter().enumerate() {
        world.cut_under_load(seed as u64, false, left, LOAD).await.unwrap();
        world.check().await.unwrap_or_else(|why| panic!("{left:?}, seed {seed}: {why}"));
    }
    let receipts = world.ledger().acked.len();
    assert!(receipts > 50, "only {receipts} messages were acknowledged: the test did not load the server");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p02_on_a_disk_that_lies_the_same_cut_is_seen_as_a_loss() {
    let world = World::new(false).unwrap();
    world.cut_under_load(1, true, Left::Flushed, LOAD).await.unwrap();
    let seen = world.check().await.unwrap_err();
    assert!(seen.contains(" is lost"), "{seen}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p03_the_kth_flush_write_or_open_fails_and_nothing_receipted_is_lost_or_doubled() {
    for call in Call::ALL {
        // The first start of a folder has everything to make.
        let world = World::new(false).unwrap();
        for (when, k, times) in [
            (When::Starting, 2, ALWAYS),
            (When::Starting, 1, 1),
            (When::Running, 1, 1),
            (When::Running, 2, ALWAYS),
            (When::Running, 5, 2),
        ] {
            let touched = world.turn(Turn { when, call, k, times }).await.unwrap();
            // A start that finds everything, and a server that runs, may have no need of the call.
            let needed = if when == When::Starting { times == ALWAYS } else { call != Call::Open };
            assert!(touched || !needed, "{call:?} {when:?} {k}: nothing failed");
        }
    }
}
