//! What crosses crates: the house against its map, real processes on real ports, and faults.
//!
//! Everything is one test binary. [`rig`] starts the real programs; the benches in `benches/` use it too.

pub mod network;
pub mod rig;
pub mod torture;

#[cfg(test)]
mod architecture;
#[cfg(test)]
mod asked;
#[cfg(test)]
mod backup;
#[cfg(test)]
mod captures;
#[cfg(test)]
mod clinic_days;
#[cfg(test)]
mod end_to_end;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod find;
#[cfg(test)]
mod identity;
#[cfg(test)]
mod intellivue;
#[cfg(test)]
mod notices;
#[cfg(test)]
mod pds;
#[cfg(test)]
mod power;
#[cfg(test)]
mod program;
#[cfg(test)]
mod record;
#[cfg(test)]
mod requests;
#[cfg(test)]
mod sockets;
#[cfg(test)]
mod speaking;
