//! Sums of weights without rounding.
//!
//! A weight is a whole multiple of a power of two, its unit; so is its square, rounded to a floating point
//! number once. Whole numbers add up exactly in 128 bits, and no order of adding, no number of threads and no
//! division of the rows into blocks or crossings can make a difference. A sum is rounded once, when it is
//! looked at.

use super::tally::Entry;

/// The units of the weights and of their squares, as exponents of 2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Scale {
    w: i32,
    w2: i32,
}

/// Weights are below this: sums of squares of any number of them stay far inside the range of `f64`.
pub const MOST_WEIGHT: f64 = 1e15;

/// A weight may be this many times (as an exponent of 2) less or more than the one that a scale was made
/// around.
const AROUND: i32 = 10;

/// Exponents that are far from overflow, squared too.
const MODERATE: i32 = 400;

/// A positive number as a whole number of at most 53 bits and an exponent, and the exponent of its first bit.
fn parts(x: f64) -> Option<(u64, i32, i32)> {
    let bits = x.to_bits();
    let exponent = (bits >> 52) as i32 - 1075;
    // A negative number has an exponent far too large, so do infinity and NaN; 0 one far too small.
    ((exponent + 52).abs() <= 2 * MODERATE)
        .then(|| ((bits & ((1 << 52) - 1)) | 1 << 52, exponent, exponent + 52))
}

fn is_moderate(weight: f64) -> bool {
    parts(weight).is_some_and(|(_, _, first)| first.abs() <= MODERATE)
}

/// `x` in units of 2^`unit`, where it is a whole number of them that leaves room for 2³² like it.
fn whole(x: f64, unit: i32) -> Option<u128> {
    if x == 0.0 {
        return Some(0);
    }
    let (bits, exponent, first) = parts(x)?;
    let shift = exponent - unit;
    if shift >= 0 {
        (first - unit < 96).then(|| u128::from(bits) << shift)
    } else {
        (bits.trailing_zeros() as i32 >= -shift).then(|| u128::from(bits >> -shift))
    }
}

impl Scale {
    /// A scale for weights from 2⁻¹⁰ to 2¹⁰ times this one, and less where they have fewer digits.
    pub(super) fn around(weight: f64) -> Option<Self> {
        let (_, _, first) = parts(weight).filter(|_| is_moderate(weight))?;
        Some(Self { w: first - 52 - AROUND, w2: 2 * first - 52 - 2 * AROUND })
    }

    /// A scale in which all of these weights are whole numbers, if there is one.
    pub(super) fn fitting(weights: &[f64]) -> Option<Self> {
        let (mut scale, mut first, mut last) = (Self { w: i32::MAX, w2: i32::MAX }, i32::MIN, f64::NAN);
        for weight in weights {
            if *weight == last || *weight == 0.0 {
                continue;
            }
            last = *weight;
            let unit = |x: f64| {
                parts(x).map(|(bits, exponent, first)| (exponent + bits.trailing_zeros() as i32, first))
            };
            let ((w, _), (w2, top)) =
                (unit(*weight).filter(|_| is_moderate(*weight))?, unit(weight * weight)?);
            scale = Self { w: scale.w.min(w), w2: scale.w2.min(w2) };
            first = first.max(top);
        }
        // The squares need most.
        (first > i32::MIN && first - scale.w2 < 96).then_some(scale)
    }

    /// A weight and its square, ready to be added.
    #[inline]
    pub(super) fn addend(&self, weight: f64) -> Option<(Wide, Wide)> {
        Some((whole(weight, self.w)?.into(), whole(weight * weight, self.w2)?.into()))
    }

    /// As [`Scale::addend`], in two and in three limbs of so many bits, where it has room in them. It has for
    /// all weights between two that have.
    #[inline]
    pub(super) fn limbs<const BITS: u32>(&self, weight: f64) -> Option<[u64; 5]> {
        let ((w, at, _), (w2, at2, _)) = (parts(weight)?, parts(weight * weight)?);
        // Not by less than a unit, nor beyond the last limb.
        let shift = |at: i32, unit: i32, limbs: u32| {
            u32::try_from(at.checked_sub(unit)?).ok().filter(|shift| *shift <= limbs * BITS - 53)
        };
        let w = u128::from(w) << shift(at, self.w, 2)?;
        let w2 = u128::from(w2) << shift(at2, self.w2, 3)?;
        let limb = |x: u128, at: u32| (x >> (at * BITS)) as u64 & ((1 << BITS) - 1);
        Some([limb(w, 0), limb(w, 1), limb(w2, 0), limb(w2, 1), limb(w2, 2)])
    }

    /// Σw.
    pub(super) fn w(&self, sum: u128) -> f64 {
        sum as f64 * two_to_the(self.w)
    }

    /// Σw as two numbers that occur so many times.
    pub(super) fn halves(&self, sum: u128) -> [(f64, u64); 2] {
        [(two_to_the(self.w + 64), (sum >> 64) as u64), (two_to_the(self.w), sum as u64)]
    }

    /// Σw².
    pub(super) fn w2(&self, sum: u128) -> f64 {
        sum as f64 * two_to_the(self.w2)
    }
}

fn two_to_the(exponent: i32) -> f64 {
    f64::from_bits(((exponent + 1023).clamp(1, 2046) as u64) << 52)
}

/// 128 bits in the room of two words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Wide([u64; 2]);

impl From<u128> for Wide {
    fn from(x: u128) -> Self {
        Self([x as u64, (x >> 64) as u64])
    }
}

impl From<Wide> for u128 {
    fn from(Wide([low, high]): Wide) -> Self {
        u128::from(low) | u128::from(high) << 64
    }
}

impl Wide {
    #[inline]
    fn add(&mut self, other: Self) {
        *self = (u128::from(*self) + u128::from(other)).into();
    }
}

/// n, Σw and Σw² of one code in one slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Weighed {
    n: u32,
    w: Wide,
    w2: Wide,
}

impl Weighed {
    /// So many rows with these sums.
    pub(super) fn of(n: u32, w: u128, w2: u128) -> Self {
        Self { n, w: w.into(), w2: w2.into() }
    }
}

impl Entry for Weighed {
    type Addend = (Wide, Wide);

    #[inline]
    fn add(&mut self, (w, w2): &Self::Addend) {
        self.n += 1;
        self.w.add(*w);
        self.w2.add(*w2);
    }

    fn merge(&mut self, other: &Self) {
        self.n += other.n;
        self.w.add(other.w);
        self.w2.add(other.w2);
    }

    fn n(&self) -> u32 {
        self.n
    }

    fn sums(&self) -> (u128, u128) {
        (self.w.into(), self.w2.into())
    }
}

#[cfg(test)]
mod tests {
    use super::Scale;

    #[test]
    fn sums_are_exact_whatever_the_unit() {
        let weights = [0.1, 10.903780068728523, 3.0, 1.0 / 3.0, 77.7, 1e-2];
        // 2⁻⁶⁰ holds all of them: the sums by whole numbers of it, of the squares rounded.
        let exact = |f: &dyn Fn(f64) -> f64| {
            weights.iter().map(|w| (f(*w) * 2_f64.powi(60)) as u128).sum::<u128>() as f64 * 2_f64.powi(-60)
        };
        for scale in [Scale::fitting(&weights), Scale::around(1.0), Scale::around(7.3)].map(Option::unwrap) {
            let (mut w, mut w2) = (0_u128, 0_u128);
            for (a, b) in weights.iter().map(|x| scale.addend(*x).unwrap()) {
                (w, w2) = (w + u128::from(a), w2 + u128::from(b));
            }
            assert_eq!((scale.w(w), scale.w2(w2)), (exact(&|w| w), exact(&|w| w * w)));
        }
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        assert!(
            [0.0, -1.0, f64::NAN, f64::INFINITY, 1e-200, 1e200]
                .iter()
                .all(|w| Scale::around(*w).is_none() && Scale::fitting(&[*w]).is_none())
        );
        let scale = Scale::around(1.0).unwrap();
        assert!(
            scale.addend(1.0 / 3.0 / 4096.0).is_none()
                && scale.addend(0.0).is_some()
                && scale.addend(-1.0).is_none()
        );
        // Fewer digits may be as small as they like, within reason.
        assert!(
            scale.addend(2_f64.powi(-30)).is_some()
                && scale.addend(1024.7).is_some()
                && scale.addend(1e30).is_none()
        );
        assert!(
            Scale::fitting(&[1.0, 1e20]).is_none()
                && Scale::fitting(&[]).is_none()
                && Scale::fitting(&[1.0, 4096.1]).is_some()
        );
    }
}
