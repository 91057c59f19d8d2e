//! Pseudo-random numbers, the same for the same seed on every machine and in every version.
//!
//! SplitMix64: not for secrets.

/// A generator of pseudo-random numbers.
#[derive(Clone, Debug)]
pub struct Rng(u64);

/// The most bytes of an input: about what makes a module of a few thousand instructions.
const MAX_INPUT: u64 = 8192;

/// The input for a seed: pseudo-random bytes, short ones more often than long ones.
pub fn input(seed: u64) -> Vec<u8> {
    let mut rng = Rng::new(seed);
    let limit = MAX_INPUT >> rng.below(6);
    let length = rng.below(limit) + 64;
    (0..length.div_ceil(8)).flat_map(|_| rng.next().to_le_bytes()).collect()
}

impl Rng {
    /// A generator that starts at `seed`.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    #[expect(clippy::should_implement_trait, reason = "it never ends")]
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let a = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let b = (a ^ (a >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        b ^ (b >> 31)
    }

    /// A number below `bound`; 0 if `bound` is 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.next().checked_rem(bound).unwrap_or(0)
    }
}

/// A hash of bytes (FNV-1a, 64 bits): for comparing states and deriving seeds, not against forgery.
pub(crate) fn hash(bytes: &[u8]) -> u64 {
    let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inputs_are_reproducible_and_differ() {
        assert_eq!(input(7), input(7));
        assert_ne!(input(7), input(8));
        // The first output of the published algorithm for seed 0.
        assert_eq!(Rng::new(0).next(), 0xe220_a839_7b1d_cdaf);
    }
}
