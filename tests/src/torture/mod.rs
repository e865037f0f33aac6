//! Torture: the real server on a disk that fails, lies and loses its power, under senders, screens and noise; after each
//! round an oracle that is not the server compares. `docs/torture.md` says what is done and how a seed is played again.

pub mod disk;
pub mod ledger;
pub mod load;
pub mod loops;
pub mod overload;
pub mod plan;
pub mod world;
