//! Which float encodings are the shortest ones (RFC 8949 section 4.2.1).

/// The one NaN of the deterministic encoding: quiet, positive, without payload, in half precision.
const NAN: u64 = 0x7e00;

/// Whether these two bytes are the form a half-precision value must have: only NaN has another.
pub(super) fn half_is_shortest(bits: u64) -> bool {
    !HALF.is_nan(bits) || bits == NAN
}

/// Whether these four bytes hold a value that half precision cannot.
pub(super) fn single_is_shortest(bits: u64) -> bool {
    !SINGLE.is_nan(bits) && !SINGLE.fits(bits, &HALF)
}

/// Whether these eight bytes hold a value that single precision cannot.
pub(super) fn double_is_shortest(bits: u64) -> bool {
    !DOUBLE.is_nan(bits) && !DOUBLE.fits(bits, &SINGLE)
}

/// An IEEE 754 binary format: a sign bit, then the exponent, then the fraction.
struct Format {
    exponent_bits: u32,
    fraction_bits: u32,
}

const HALF: Format = Format { exponent_bits: 5, fraction_bits: 10 };
const SINGLE: Format = Format { exponent_bits: 8, fraction_bits: 23 };
const DOUBLE: Format = Format { exponent_bits: 11, fraction_bits: 52 };

impl Format {
    fn exponent(&self, bits: u64) -> u64 {
        (bits >> self.fraction_bits) & low_bits(self.exponent_bits)
    }

    fn fraction(&self, bits: u64) -> u64 {
        bits & low_bits(self.fraction_bits)
    }

    fn bias(&self) -> u64 {
        low_bits(self.exponent_bits - 1)
    }

    fn is_nan(&self, bits: u64) -> bool {
        self.exponent(bits) == low_bits(self.exponent_bits) && self.fraction(bits) != 0
    }

    /// Whether the number in `bits`, which is not NaN, is also one of the next `narrow`er format.
    fn fits(&self, bits: u64, narrow: &Self) -> bool {
        let (exponent, fraction) = (self.exponent(bits), self.fraction(bits));
        // Zero and the infinities exist in every format; a subnormal is far below the narrower one's smallest number.
        if exponent == 0 || exponent == low_bits(self.exponent_bits) {
            return fraction == 0;
        }
        // With the wider format's bias: 2^(exponent - bias) times 1.fraction.
        let greatest = self.bias() + narrow.bias();
        let least_normal = self.bias() + 1 - narrow.bias();
        if exponent > greatest {
            return false;
        }
        // Below the least normal number, each power of two costs one more bit of the fraction.
        let lost = u64::from(self.fraction_bits - narrow.fraction_bits) + least_normal.saturating_sub(exponent);
        lost <= u64::from(self.fraction_bits) && fraction.trailing_zeros() >= u32::try_from(lost).unwrap_or(u32::MAX)
    }
}

/// The lowest `count` bits set; `count` is below 64.
const fn low_bits(count: u32) -> u64 {
    (1 << count) - 1
}
