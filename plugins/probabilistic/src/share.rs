//! From a share to the greatest hash that is kept.
//!
//! The Collector multiplies 2^64 - 1 by the share with Go's `big.Float` of 64 bits of mantissa, which rounds to the
//! nearest, and to even halfway; then it cuts what is behind the point.

/// The mantissa bits of an `f64`, without the hidden one.
const MANTISSA_BITS: u32 = f64::MANTISSA_DIGITS - 1;

/// The greatest hash that is kept.
pub(crate) fn of_hashes(share: f64) -> u64 {
    if share >= 1.0 {
        return u64::MAX;
    }
    if share <= 0.0 || share.is_nan() {
        return 0;
    }
    let (mantissa, exponent) = parts(share);
    let product = u128::from(mantissa) * u128::from(u64::MAX);
    let excess = (u128::BITS - product.leading_zeros()).saturating_sub(u64::BITS);
    let rounded = round(product, excess);
    // Of a share below 1, so that the exponent is less than 0 and the result has no more than 64 bits.
    let cut = (-exponent).cast_unsigned() - excess;
    if cut >= u128::BITS { 0 } else { (rounded >> cut) as u64 }
}

/// A positive number as mantissa * 2^exponent.
fn parts(number: f64) -> (u64, i32) {
    let bits = number.to_bits();
    let (fraction, biased) = (bits & ((1 << MANTISSA_BITS) - 1), (bits >> MANTISSA_BITS) as i32);
    let bias = f64::MAX_EXP - 1 + MANTISSA_BITS.cast_signed();
    if biased == 0 { (fraction, 1 - bias) } else { (fraction | 1 << MANTISSA_BITS, biased - bias) }
}

/// A number without its lowest bits, rounded to the nearest, and to even halfway.
fn round(number: u128, bits: u32) -> u128 {
    let (whole, rest) = (number >> bits, number & ((1 << bits) - 1));
    let half = (1u128 << bits) >> 1;
    let up = bits > 0 && (rest > half || rest == half && whole & 1 == 1);
    whole + u128::from(up)
}

#[cfg(test)]
#[path = "share_tests.rs"]
mod tests;
