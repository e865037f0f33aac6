//! Numbers from a seed: the same seed gives the same run on every machine (P20).

/// SplitMix64 (Steele, Lea, Flood 2014): every step is a hash of a counter, so a number can also be had for a given
/// place without drawing the ones before it.
#[derive(Clone, Debug)]
pub struct Rng(u64);

/// The increment of SplitMix64, 2^64 over the golden ratio.
const STEP: u64 = 0x9E37_79B9_7F4A_7C15;

impl Rng {
    /// A generator for a seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub const fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(STEP);
        mix(self.0)
    }

    /// The next number, at least 0 and below 1.
    pub fn unit(&mut self) -> f64 {
        to_unit(self.next_u64())
    }

    /// The next number between `low` and `high`.
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// The next index below `count`; 0 when there is none.
    #[allow(clippy::cast_possible_truncation)]
    pub fn below(&mut self, count: usize) -> usize {
        if count == 0 { 0 } else { (self.next_u64() % count as u64) as usize }
    }

    /// `count` random bytes.
    pub fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.next_u64().to_le_bytes()[0]).collect()
    }
}

/// The number at a place of a seed's table, at least 0 and below 1.
pub(crate) fn at(seed: u64, channel: u64, place: i64) -> f64 {
    let place = place.cast_unsigned().wrapping_mul(STEP);
    to_unit(mix(mix(seed ^ channel.wrapping_mul(0xD1B5_4A32_D192_ED03)).wrapping_add(place)))
}

const fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[allow(clippy::cast_precision_loss)]
fn to_unit(bits: u64) -> f64 {
    (bits >> 11) as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p20_a_seed_gives_the_same_numbers_everywhere() {
        let mut rng = Rng::new(1_234_567);
        // Published test vector of SplitMix64.
        assert_eq!(rng.next_u64(), 6_457_827_717_110_365_317);
        assert_eq!(rng.next_u64(), 3_203_168_211_198_807_973);
        assert_ne!(Rng::new(1).next_u64(), Rng::new(2).next_u64());
    }

    #[test]
    fn the_table_has_no_neighbours_alike() {
        let row: Vec<u64> = (0..1000).map(|place| at(7, 1, place).to_bits()).collect();
        let mut distinct = row.clone();
        distinct.sort_unstable();
        distinct.dedup();
        assert_eq!(distinct.len(), row.len());
        assert_ne!(at(7, 1, 0).to_bits(), at(7, 2, 0).to_bits());
        assert_ne!(at(7, 1, 0).to_bits(), at(8, 1, 0).to_bits());
    }
}
