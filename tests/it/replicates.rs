//! Replicates made here against those that R made, and against what they must estimate.

use std::path::Path;

use shihyo::design::{Bootstrap, Declaration, Design, Fpc, ReplicateKind, declare};
use shihyo::estimate::{Domain, Estimand, Options, estimate};

struct Columns(Vec<String>, Vec<Vec<String>>);

impl Columns {
    fn read(file: &str) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle").join(file);
        let mut reader = csv::Reader::from_path(&path).expect("the oracle's file");
        let names = reader.headers().expect("a header").iter().map(str::to_owned).collect();
        let rows =
            reader.records().map(|r| r.expect("a record").iter().map(str::to_owned).collect()).collect();
        Self(names, rows)
    }

    fn texts(&self, name: &str) -> Vec<&str> {
        let at = self.0.iter().position(|n| n == name).unwrap_or_else(|| panic!("no column {name}"));
        self.1.iter().map(|row| row[at].as_str()).collect()
    }

    fn numbers(&self, name: &str) -> Vec<f64> {
        self.texts(name).iter().map(|t| t.parse().expect("a number")).collect()
    }

    fn codes(&self, name: &str) -> Vec<u32> {
        let texts = self.texts(name);
        texts.iter().map(|t| texts.iter().position(|u| u == t).expect("itself") as u32).collect()
    }
}

fn strata() -> (Columns, Design) {
    let table = Columns::read("api_strat_jkn.csv");
    let sizes = |stratum: &str| match stratum {
        "E" => 4421.0,
        "M" => 1018.0,
        _ => 755.0,
    };
    let population: Vec<f64> = table.texts("stype").into_iter().map(sizes).collect();
    let declaration = Declaration::new(200)
        .strata(vec![table.codes("stype")])
        .weights(table.numbers("pw"))
        .fpc(Fpc::PopulationSize(vec![population]));
    let design = declare(declaration).expect("a design");
    (table, design)
}

/// Each replicate is the column of R's that leaves out the same rows; R has them in another order.
fn same_replicates(made: &Design, table: &Columns) {
    let replicates = made.replicates().expect("replicates");
    let theirs: Vec<Vec<f64>> = (1..=replicates.len()).map(|r| table.numbers(&format!("jk{r}"))).collect();
    for weights in replicates.weights() {
        let deleted = weights.iter().position(|w| *w == 0.0).expect("a deleted row");
        let column = theirs.iter().find(|c| c[deleted] == 0.0).expect("R's replicate");
        assert!(weights.iter().zip(column).all(|(got, want)| (got - want).abs() < 1e-9), "row {deleted}");
    }
}

#[test]
fn jackknife_weights_are_those_of_r() {
    let (table, design) = strata();
    let made = design.jackknife().expect("replicates");
    let replicates = made.replicates().expect("replicates");
    assert_eq!((replicates.kind(), replicates.len()), (ReplicateKind::Jkn, 200));
    same_replicates(&made, &table);
    // (n − 1)/n (1 − n/N) of R's first stratum, 100 of 4421.
    assert!((replicates.replicate_scales()[0] - 0.967_606_876_272_336_5).abs() < 1e-12);
    assert_eq!(made.df(), 197.0);

    let table = Columns::read("api_clus1_rep.csv");
    let design =
        declare(Declaration::new(183).clusters(vec![table.codes("dnum")]).weights(table.numbers("pw")))
            .expect("a design");
    let made = design.jackknife().expect("replicates");
    let replicates = made.replicates().expect("replicates");
    assert_eq!(replicates.kind(), ReplicateKind::Jk1);
    assert!((replicates.overall_scale() - 14.0 / 15.0).abs() < 1e-15);
    same_replicates(&made, &table);
}

#[test]
fn the_bootstrap_is_the_same_for_the_same_seed_and_estimates_the_variance() {
    let table = Columns::read("api_strat_boot.csv");
    let design =
        declare(Declaration::new(200).strata(vec![table.codes("stype")]).weights(table.numbers("pw")))
            .expect("a design");
    let y = table.numbers("api00");
    let se = |d: &Design| {
        estimate(d, &Estimand::Total(&y), Domain::All, &Options::default()).expect("fits").se.expect("se")
    };
    for method in [Bootstrap::RaoWu, Bootstrap::CantyDavison] {
        let made = design.bootstrap(method, 400, 7).expect("replicates");
        assert_eq!(se(&made), se(&design.bootstrap(method, 400, 7).expect("replicates")));
        assert_ne!(se(&made), se(&design.bootstrap(method, 400, 8).expect("replicates")));
        // 400 replicates know a standard error to about 1/√800.
        assert!((se(&made) / se(&design) - 1.0).abs() < 0.12, "{method:?}: {} {}", se(&made), se(&design));
        let sums: Vec<f64> =
            made.replicates().expect("replicates").weights().map(|w| w.iter().sum()).collect();
        let whole: f64 = design.weights().iter().sum();
        // Equal weights within strata: every replicate keeps the sum.
        assert!(sums.iter().all(|s| (s / whole - 1.0).abs() < 1e-9));
    }
}

#[test]
fn the_bootstrap_of_a_finite_population_varies_less() {
    let (_, design) = strata();
    let table = Columns::read("api_strat_jkn.csv");
    let y = table.numbers("api00");
    let se = |d: &Design| {
        estimate(d, &Estimand::Mean(&y), Domain::All, &Options::default()).expect("fits").se.expect("se")
    };
    let made = design.bootstrap(Bootstrap::CantyDavison, 600, 3).expect("replicates");
    assert!((se(&made) / se(&design) - 1.0).abs() < 0.1, "{} {}", se(&made), se(&design));
}
