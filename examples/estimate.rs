//! A share with its interval from a few answers of a stratified sample:
//!
//! ```sh
//! cargo run --example estimate
//! ```

use shihyo::decode::{Outcome, Outcomes};
use shihyo::design::{Declaration, Fpc, declare};
use shihyo::error::Result;
use shihyo::estimate::{Domain, Estimand, IntervalMethod, Options, estimate};

fn main() -> Result<()> {
    // Two strata of 400 and 600 people, of whom five and five were drawn. One did not answer.
    let stratum = vec![0, 0, 0, 0, 0, 1, 1, 1, 1, 1];
    let sizes = stratum.iter().map(|h| [400.0, 600.0][*h as usize]).collect();
    let declaration = Declaration::new(10).strata(vec![stratum]).fpc(Fpc::PopulationSize(vec![sizes]));
    let design = declare(declaration)?;
    let said = |answer: &str| match answer {
        "yes" => Outcome::Yes,
        "no" => Outcome::No,
        _ => Outcome::Outside,
    };
    let answers = ["yes", "no", "yes", "yes", "no", "no", "yes", "no", "no", ""].map(said);
    let answers = Outcomes::from(answers);
    let options = Options { method: IntervalMethod::Logit, ..Options::default() };
    let share = estimate(&design, &Estimand::Share(&answers), Domain::All, &options)?;
    match (&share.value, &share.se, &share.interval) {
        (Ok(p), Ok(se), Ok(interval)) => println!(
            "{:.1} % of n = {} (SE {:.1} points, 95 % interval {:.1} to {:.1} %)",
            100.0 * p,
            share.n,
            100.0 * se,
            100.0 * interval.low,
            100.0 * interval.high
        ),
        (value, se, interval) => println!("not estimable: {value:?} {se:?} {interval:?}"),
    }
    Ok(())
}
