//! Adjustment of p-values for the number of comparisons, as R's `p.adjust`.
//!
//! Each function takes p-values in [0, 1] in any order and gives the adjusted ones in the same order, each at most 1.
//! A caller with a test that was not possible leaves its p-value out, as R leaves out NA.

/// Ranks from the smallest p-value: positions of the values in ascending order, ties in their order.
fn ascending(p: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|&a, &b| p[a].total_cmp(&p[b]));
    order
}

/// Holm 1979: with p₍₁₎ ≤ … ≤ p₍ₘ₎, the running maximum of (m − i + 1) p₍ᵢ₎, at most 1 (`p.adjust(method="holm")`).
pub fn holm(p: &[f64]) -> Vec<f64> {
    let mut adjusted = vec![0.0; p.len()];
    let mut highest = 0.0f64;
    for (i, &at) in ascending(p).iter().enumerate() {
        highest = highest.max((p.len() - i) as f64 * p[at]).min(1.0);
        adjusted[at] = highest;
    }
    adjusted
}

/// Running minimum from the largest p-value down of factor(rank) · p, at most 1.
fn step_up(p: &[f64], factor: impl Fn(f64) -> f64) -> Vec<f64> {
    let mut adjusted = vec![0.0; p.len()];
    let mut lowest = 1.0f64;
    for (i, &at) in ascending(p).iter().enumerate().rev() {
        lowest = lowest.min(factor((i + 1) as f64) * p[at]);
        adjusted[at] = lowest;
    }
    adjusted
}

/// Benjamini and Hochberg 1995 (false discovery rate): the running minimum from above of m p₍ᵢ₎/i, at most 1
/// (`p.adjust(method="BH")`).
pub fn benjamini_hochberg(p: &[f64]) -> Vec<f64> {
    let m = p.len() as f64;
    step_up(p, |rank| m / rank)
}

/// Hochberg 1988: the running minimum from above of (m − i + 1) p₍ᵢ₎, at most 1 (`p.adjust(method="hochberg")`).
pub fn hochberg(p: &[f64]) -> Vec<f64> {
    let m = p.len() as f64;
    step_up(p, |rank| m - rank + 1.0)
}

/// Bonferroni: m pᵢ, at most 1 (`p.adjust(method="bonferroni")`).
pub fn bonferroni(p: &[f64]) -> Vec<f64> {
    let m = p.len() as f64;
    p.iter().map(|v| (m * v).min(1.0)).collect()
}
