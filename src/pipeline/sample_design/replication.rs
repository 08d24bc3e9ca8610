//! Replicates: columns of the file, or made of the design that is declared beside them.

use crate::code::Code;
use crate::design::{Bootstrap, Design, ReplicateCentre, ReplicateFactors};
use crate::error::{Diagnostic, Error, Result};
use crate::finding::Finding;
use crate::provenance::Place;
use crate::text::Text;

/// The seed when none is given.
const SEED: u64 = 1;

/// ρ of Fay's method when none is given.
pub(in crate::pipeline) const RHO: f64 = 0.5;

/// How replicate weights were made, or are to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReplicateType {
    /// Delete one PSU, unstratified.
    Jk1,
    /// Delete one PSU within strata.
    Jkn,
    /// Balanced half samples.
    Brr,
    /// BRR with weights 2 − ρ and ρ.
    Fay,
    /// Bootstrap (Canty and Davison).
    Bootstrap,
    /// Bootstrap of n − 1 PSUs (Rao and Wu).
    Subbootstrap,
    /// Successive differences.
    Sdr,
}

/// What was said of replicates, by flags or in a plan.
#[derive(Debug, Clone, Default, PartialEq)]
pub(in crate::pipeline) struct ReplicateRequest {
    /// A pattern of columns, or how many to make.
    pub(in crate::pipeline) replicates: Option<String>,
    /// Their type.
    pub(in crate::pipeline) kind: Option<ReplicateType>,
    /// Their overall scale.
    pub(in crate::pipeline) scale: Option<f64>,
    /// Whether a file of one scale a replicate is named.
    pub(in crate::pipeline) rscales: bool,
    /// ρ of Fay's method.
    pub(in crate::pipeline) rho: Option<f64>,
    /// Where the random numbers of a bootstrap begin.
    pub(in crate::pipeline) seed: Option<u64>,
    /// What replicate estimates are compared with.
    pub(in crate::pipeline) centre: ReplicateCentre,
}

/// Where replicates come from.
#[derive(Debug, Clone, Default, PartialEq)]
pub(in crate::pipeline) enum Replication {
    /// There are none.
    #[default]
    None,
    /// Columns that match the pattern of the request.
    Columns(ReplicateRequest),
    /// They are made.
    Made(Making, ReplicateCentre),
}

/// How replicates are made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::pipeline) enum Making {
    /// Delete one PSU, unstratified.
    Jk1,
    /// Delete one PSU within strata.
    Jkn,
    /// Balanced half samples, with ρ for Fay's.
    Balanced(Option<f64>),
    /// Bootstrap: how often, and from which seed.
    Bootstrap(Bootstrap, usize, u64),
}

impl Replication {
    /// What the flags mean. `--replicates` is a number of replicates to make, or a pattern of columns.
    ///
    /// # Errors
    /// All flags that contradict each other, in one go.
    pub(in crate::pipeline) fn of(request: &ReplicateRequest) -> Result<Self> {
        let mut mistakes = Vec::new();
        let mut mistake = |wrong: bool, ja: &str, en: &str| {
            if wrong {
                mistakes.push(Diagnostic::new(Code::DesignReplicates, Text::new(ja, en)));
            }
        };
        let typed = request.replicates.as_deref().map(str::trim);
        let count: Option<usize> =
            typed.filter(|t| t.bytes().all(|b| b.is_ascii_digit())).and_then(|t| t.parse().ok());
        let pattern = typed.filter(|_| count.is_none());
        let kind = request.kind;
        let scaled = request.scale.is_some() || request.rscales;
        if pattern.is_some() {
            let text = (
                "--seed は反復を作るとき（--replicates 1000 など）に使います",
                "--seed goes with replicates that are made, as by --replicates 1000",
            );
            mistake(request.seed.is_some(), text.0, text.1);
            // The Census Bureau's formula, and R's type "ACS": the sum of squares about the full sample.
            let about_full = kind == Some(ReplicateType::Sdr);
            let centre = if about_full { ReplicateCentre::FullSample } else { request.centre };
            let columns = ReplicateRequest { centre, ..request.clone() };
            return Error::all(mistakes).map_or(Ok(Self::Columns(columns)), Err);
        }
        if kind.is_none() && count.is_none() {
            let flags = scaled
                || request.rho.is_some()
                || request.seed.is_some()
                || request.centre == ReplicateCentre::FullSample;
            mistake(
                flags,
                "--scale、--rscales、--rho、--mse、--seed は --replicates や --replicate-type と使います",
                "--scale, --rscales, --rho, --mse and --seed go with --replicates or --replicate-type",
            );
            return Error::all(mistakes).map_or(Ok(Self::None), Err);
        }
        use ReplicateType::{Bootstrap as Boot, Brr, Fay, Jk1, Jkn, Sdr, Subbootstrap};
        mistake(
            kind.is_none(),
            "--replicate-type（jk1、jkn、brr、fay、bootstrap、subbootstrap のどれか）が必要です",
            "--replicate-type is needed: jk1, jkn, brr, fay, bootstrap or subbootstrap",
        );
        let drawn = matches!(kind, Some(Boot | Subbootstrap));
        mistake(
            kind == Some(Sdr),
            "sdr の反復は作れません。反復ウエイトの列を --replicates 'rep*' で指定します",
            "sdr replicates cannot be made: name their columns by --replicates 'rep*'",
        );
        mistake(
            count.is_some() && kind.is_some_and(|k| k != Sdr) && !drawn,
            "jk1、jkn、brr、fay の反復の数は標本設計で決まります（--replicates に数は要りません。列なら \
             --replicates 'rep*'）",
            "the design decides how many replicates jk1, jkn, brr and fay have: no number for --replicates \
             (columns: --replicates 'rep*')",
        );
        mistake(
            drawn && count.is_none(),
            "ブートストラップには --replicates 1000 などの数が必要です",
            "a bootstrap needs a number, such as --replicates 1000",
        );
        mistake(
            drawn && count.is_some_and(|n| n < 2),
            "ブートストラップの反復は2個以上です",
            "a bootstrap needs at least two replicates",
        );
        mistake(
            scaled,
            "--scale と --rscales は反復ウエイトの列（--replicates 'rep*'）と使います。作る反復の倍率は標本\
             設計で決まります",
            "--scale and --rscales go with columns (--replicates 'rep*'): those of replicates that are \
             made follow from the design",
        );
        mistake(
            request.rho.is_some() && kind != Some(Fay),
            "--rho は --replicate-type fay と使います",
            "--rho goes with --replicate-type fay",
        );
        let seedless = request.seed.is_some() && kind.is_some() && !drawn;
        mistake(
            seedless,
            "--seed は bootstrap、subbootstrap と使います",
            "--seed goes with bootstrap and subbootstrap",
        );
        let (times, seed) = (count.unwrap_or(0), request.seed.unwrap_or(SEED));
        let making = match kind {
            Some(Jk1) => Making::Jk1,
            Some(Jkn) => Making::Jkn,
            Some(Fay) => Making::Balanced(Some(request.rho.unwrap_or(RHO))),
            Some(Boot) => Making::Bootstrap(Bootstrap::CantyDavison, times, seed),
            Some(Subbootstrap) => Making::Bootstrap(Bootstrap::RaoWu, times, seed),
            Some(Brr | Sdr) | None => Making::Balanced(None),
        };
        Error::all(mistakes).map_or(Ok(Self::Made(making, request.centre)), Err)
    }
}

impl Making {
    /// Makes the replicates of a design, and says so.
    ///
    /// `fpc` says whether population sizes are declared.
    ///
    /// # Errors
    /// A design that has no such replicates: strata for jk1, not two PSUs a stratum for brr, a single one for
    /// the others.
    pub(in crate::pipeline) fn make(
        self,
        design: &Design,
        (centre, fpc): (ReplicateCentre, bool),
        how: &mut Vec<Text>,
        findings: &mut Vec<Finding>,
    ) -> Result<ReplicateFactors> {
        let strata = design.roster().map_or(1, |r| r.stratum_count());
        if self == Self::Jk1 && strata > 1 {
            return Err(Diagnostic::new(
                Code::DesignReplicates,
                Text::new(
                    format!("jk1 は層のない標本のものです（{strata}層あります）"),
                    format!("jk1 is for a sample without strata (there are {strata})"),
                ),
            )
            .help(Text::new("--replicate-type jkn とします", "use --replicate-type jkn"))
            .into());
        }
        let factors = match self {
            Self::Jk1 | Self::Jkn => design.jackknife_factors(),
            Self::Balanced(rho) => design.balanced_factors(rho),
            Self::Bootstrap(method, times, seed) => design.bootstrap_factors(method, times, seed),
        }?
        .centre(centre);
        if fpc && matches!(self, Self::Balanced(_) | Self::Bootstrap(Bootstrap::RaoWu, ..)) {
            let text = Text::new(
                format!("{} の反復は有限母集団修正を考慮しません（ウエイトには使います）", self.name()),
                format!(
                    "{} replicates take no account of the fpc (it may still make the weights)",
                    self.name()
                ),
            );
            findings.push(Finding::warning(Code::DesignReplicatesFpc, text, Place::default()));
        }
        let (count, psus, scale) = (factors.len(), factors.psu_count(), factors.scales().overall());
        let detail = match self {
            Self::Bootstrap(_, _, seed) => format!(", seed {seed}"),
            Self::Balanced(Some(rho)) => format!(", rho {rho}"),
            _ => String::new(),
        };
        how.push(Text::new(
            format!(
                "反復: {} {count}個（PSU {psus}個から{}、scale {scale}）",
                self.name(),
                detail.replace(", ", "、")
            ),
            format!("replicates: {count} by {} (made of {psus} PSUs{detail}, scale {scale})", self.name()),
        ));
        Ok(factors)
    }

    fn name(self) -> &'static str {
        match self {
            Self::Jk1 => "jk1",
            Self::Jkn => "jkn",
            Self::Balanced(None) => "brr",
            Self::Balanced(Some(_)) => "fay",
            Self::Bootstrap(Bootstrap::CantyDavison, ..) => "bootstrap",
            Self::Bootstrap(Bootstrap::RaoWu, ..) => "subbootstrap",
        }
    }
}
