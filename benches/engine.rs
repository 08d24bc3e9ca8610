//! The engine alone, without files: rows → sums → every share of every breakdown.
//!
//! `cargo bench --bench engine`. Times on a busy machine say little; ratios of one run do. Instruction
//! counts, which do not depend on the machine's load, are printed by `benches/instructions`.

use std::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use shihyo::design::{Declaration, Design, Fpc, declare};
use shihyo::engine::{Cells, Cube, Measure, Reduction};
use shihyo::estimate::{Options, ShareOf, ShareTable};

/// Strata, finest cells (sex × area × age group × district would be 980), measures.
const STRATA: u32 = 56;
const CELLS: u16 = 980;
const MEASURES: usize = 20;

/// A made-up sample: multiplicative hashing instead of a random number generator, so that every run has the
/// same.
struct Sample {
    rows: usize,
    strata: Vec<u32>,
    cells: Vec<u16>,
    constant: Vec<f64>,
    varying: Vec<f64>,
    codes: Vec<Vec<u8>>,
}

fn hash(row: usize, salt: u64) -> u64 {
    let mixed = (row as u64 ^ salt.rotate_left(32)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed ^ (mixed >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 32
}

impl Sample {
    fn of(rows: usize) -> Self {
        let strata: Vec<u32> = (0..rows).map(|row| (hash(row, 1) % u64::from(STRATA)) as u32).collect();
        Self {
            rows,
            cells: (0..rows).map(|row| (hash(row, 2) % u64::from(CELLS)) as u16).collect(),
            constant: strata.iter().map(|s| 3.0 + f64::from(*s) / 8.0).collect(),
            varying: (0..rows).map(|row| 1.0 + hash(row, 3) as f64 / 2.0_f64.powi(32)).collect(),
            codes: (0..MEASURES)
                .map(|m| (0..rows).map(|row| (hash(row, 4 + m as u64) % 3) as u8).collect())
                .collect(),
            strata,
        }
    }

    fn reduction<'a>(&'a self, weights: &'a [f64]) -> Reduction<'a> {
        let measures = self.codes.iter().map(|codes| Measure { codes, code_count: 3 }).collect();
        let cells = Cells::Small { of_row: &self.cells, count: usize::from(CELLS) };
        Reduction::new(self.rows, Some((&self.strata, STRATA as usize)), cells, Some(weights), measures)
            .expect("columns that fit")
    }

    fn design(&self) -> Design {
        let declaration =
            Declaration::new(self.rows).strata(vec![self.strata.clone()]).weights(self.constant.clone());
        declare(declaration.fpc(Fpc::PopulationSize(vec![vec![self.rows as f64; self.rows]])))
            .expect("a design")
    }
}

/// Sums of all rows, in the finest crossing.
fn adding_up(c: &mut Criterion) {
    let sample = Sample::of(1_000_000);
    let mut group = c.benchmark_group("adding up 1,000,000 rows × 20 measures");
    group.sample_size(10).throughput(Throughput::Elements(sample.rows as u64));
    group.bench_function("one weight a stratum", |b| {
        b.iter(|| Cube::of(black_box(&sample.reduction(&sample.constant))))
    });
    group.bench_function("weights that vary", |b| {
        b.iter(|| Cube::of(black_box(&sample.reduction(&sample.varying))))
    });
    group.finish();
}

/// From sums to estimates: no row is looked at again.
fn from_sums(c: &mut Criterion) {
    let sample = Sample::of(100_000);
    let cube = Cube::of(&sample.reduction(&sample.constant));
    let design = sample.design();
    let mut group = c.benchmark_group("from the sums of 980 cells");
    let groups: Vec<Option<u32>> = (0..u32::from(CELLS)).map(|cell| Some(cell % 14)).collect();
    group.bench_function("roll up to 14 groups", |b| b.iter(|| cube.roll_up(black_box(&groups), 14)));
    let totals = cube.roll_up(&groups, 14);
    let options = Options::default();
    group.bench_function("20 shares in 14 groups, with standard errors", |b| {
        b.iter_batched(
            || ShareTable::new(&design, &totals).expect("totals of this design"),
            |table| {
                for (measure, cell) in
                    (0..MEASURES).flat_map(|measure| (0..14).map(move |cell| (measure, cell)))
                {
                    let mut cells = [false; 14];
                    cells[cell] = true;
                    let share = ShareOf {
                        measure,
                        yes: &[true, false, false],
                        base: &[true, true, false],
                        cells: Some(&cells),
                    };
                    black_box(table.share(&share, &options));
                }
            },
            BatchSize::SmallInput,
        );
    });
    group.finish();
}

criterion_group!(benches, adding_up, from_sums);
criterion_main!(benches);
