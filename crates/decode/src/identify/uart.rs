//! A serial line in numbers: bytes as a sender's levels over time, and what a receiver with another setting makes of them.

use crate::catalog::{Line, Parity};
use alloc::vec::Vec;
use std::vec;

const SECOND_NS: u64 = 1_000_000_000;

/// What a receiver does when it finds the stop bit low. Chips differ, so both are tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AfterBadStop {
    /// Takes it for the next start bit, as the 16550 does.
    IsStart,
    /// Waits until the line is high, and then for the next edge.
    WaitsForHigh,
}

pub(super) const CHIPS: [AfterBadStop; 2] = [AfterBadStop::IsStart, AfterBadStop::WaitsForHigh];

fn parity_bit(byte: u8, parity: Parity) -> Option<bool> {
    let odd = byte.count_ones() % 2 == 1;
    match parity {
        Parity::None => None,
        Parity::Even => Some(odd),
        Parity::Odd => Some(!odd),
    }
}

/// Levels of the line, one for each bit: start, data, parity, stop; back to back.
fn sent(bytes: &[u8], line: Line) -> Vec<bool> {
    let mut bits = Vec::new();
    for byte in bytes {
        bits.push(false);
        bits.extend((0..8).map(|n| byte >> n & 1 == 1));
        bits.extend(parity_bit(*byte, line.parity));
        bits.push(true);
    }
    bits
}

/// Nanoseconds that `bytes` take on the line.
pub(super) fn duration_ns(bytes: &[u8], line: Line) -> u64 {
    sent(bytes, line).len() as u64 * SECOND_NS / u64::from(line.baud)
}

/// What a receiver set to `to` reads when `bytes` are sent at `from` on an idle line: each byte with the time its stop bit
/// was sampled, from the first start bit on. With parity a wrong byte is read as zero, as the system does for our settings.
pub(super) fn heard(bytes: &[u8], from: Line, to: Line, chip: AfterBadStop) -> Vec<(u64, u8)> {
    let levels = sent(bytes, from);
    let (long, short) = (SECOND_NS / u64::from(from.baud), SECOND_NS / u64::from(to.baud));
    let end = levels.len() as u64 * long;
    // The line rests high before and behind.
    let level = |at: u64| levels.get(usize::try_from(at / long).unwrap()).copied().unwrap_or(true);
    let mut read = vec![];
    let mut at = 0;
    while at < end {
        // The next falling edge.
        if level(at) {
            at = (at / long + 1) * long;
            continue;
        }
        let sample = |n: u64| level(at + short * n + short / 2);
        if sample(0) {
            at += short;
            continue;
        }
        let byte = (0..8).fold(0_u8, |byte, n| byte | u8::from(sample(n + 1)) << n);
        let expected = parity_bit(byte, to.parity);
        let stop = 9 + u64::from(expected.is_some());
        let good = expected.is_none_or(|bit| bit == sample(9)) && sample(stop);
        let done = at + short * stop + short / 2;
        let keeps = good || to.parity == Parity::None;
        read.push((done, if keeps { byte } else { 0 }));
        at = match (sample(stop), chip) {
            (true, _) => done,
            (false, AfterBadStop::IsStart) => at + short * stop,
            (false, AfterBadStop::WaitsForHigh) => next_high(&levels, done, long),
        };
    }
    read
}

fn next_high(levels: &[bool], from: u64, long: u64) -> u64 {
    let mut at = from;
    while levels.get(usize::try_from(at / long).unwrap()).is_some_and(|level| !level) {
        at = (at / long + 1) * long;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Line = Line { baud: 9600, parity: Parity::None };

    fn bytes(text: &[u8], from: Line, to: Line, chip: AfterBadStop) -> Vec<u8> {
        heard(text, from, to, chip).into_iter().map(|(_, byte)| byte).collect()
    }

    #[test]
    fn the_same_setting_hears_every_byte_and_half_the_speed_does_not() {
        let all: Vec<u8> = (0..=255).collect();
        for chip in CHIPS {
            for line in [PLAIN, Line { baud: 19_200, parity: Parity::Even }, Line { baud: 4800, parity: Parity::Odd }] {
                assert_eq!(bytes(&all, line, line, chip), all, "{line} {chip:?}");
            }
            let slow = Line { baud: 4800, parity: Parity::None };
            assert_ne!(bytes(&all, PLAIN, slow, chip), all);
            let odd = Line { parity: Parity::Odd, baud: 19_200 };
            let even = Line { parity: Parity::Even, baud: 19_200 };
            assert_eq!(bytes(&all, odd, even, chip), [0; 256], "every parity is wrong");
        }
    }

    #[test]
    fn twice_the_speed_hears_each_bit_twice() {
        // 0x55 after its start bit: 1 0 1 0 ..., each twice as long.
        let fast = Line { baud: 19_200, parity: Parity::None };
        let [(_, first), ..] = heard(&[0x55], PLAIN, fast, AfterBadStop::WaitsForHigh)[..] else { panic!() };
        assert_eq!(first, 0b0110_0110, "0, then 11 00 11 00 with the start bit's second half in front");
    }
}
