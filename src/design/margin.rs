//! A margin: which category each respondent is in, and how many of the population are.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::sync::Arc;

use super::Design;
use super::joint::JointCells;
use super::projection::{Basis, CellBasis, Projection};
use super::weighed::Weighed;
use crate::code::Code;
use crate::error::{Diagnostic, Error, Result};
use crate::finding::Finding;
use crate::provenance::Place;
use crate::text::Text;

/// Population totals by category, with the category of every respondent.
#[derive(Debug, Clone, PartialEq)]
pub struct Margin {
    pub(super) name: String,
    pub(super) categories: Vec<String>,
    pub(super) cells: Arc<[u32]>,
    pub(super) totals: Vec<f64>,
}

impl Margin {
    /// A margin from codes: `cells` holds for each respondent the index of a category.
    ///
    /// # Errors
    /// A code without a category, a total that is negative or not finite, or categories and totals of
    /// different number.
    pub fn new(
        name: impl Into<String>,
        categories: Vec<String>,
        cells: Vec<u32>,
        totals: Vec<f64>,
    ) -> Result<Self> {
        let name = name.into();
        if categories.len() != totals.len() {
            return Err(Error::msg(
                Code::DesignMargin,
                format!("周辺分布「{name}」の区分は{}、母集団の値は{}です", categories.len(), totals.len()),
                format!("margin \"{name}\" has {} categories and {} totals", categories.len(), totals.len()),
            ));
        }
        if let Some(row) = cells.iter().position(|c| *c as usize >= categories.len()) {
            return Err(Error::msg(
                Code::DesignMarginMissing,
                format!("{}人目の回答者は周辺分布「{name}」のどの区分にもありません", row + 1),
                format!("respondent {} is in no category of the margin \"{name}\"", row + 1),
            ));
        }
        if let Some(at) = totals.iter().position(|t| !(t.is_finite() && *t >= 0.0)) {
            let (category, total) = (&categories[at], totals[at]);
            return Err(Error::msg(
                Code::DesignMarginTotal,
                format!("周辺分布「{name}」の区分「{category}」の母集団の値{total}は使えません"),
                format!("margin \"{name}\", category \"{category}\": {total} is no population total"),
            ));
        }
        Ok(Self { name, categories, cells: cells.into(), totals })
    }

    /// Matches respondents and population by the names of the categories. A category of the population
    /// without a respondent is left out and found: its people cannot be represented by anyone.
    ///
    /// ```
    /// use shihyo::design::Margin;
    ///
    /// let population = [("若".to_owned(), 30.0), ("中".to_owned(), 50.0), ("老".to_owned(), 20.0)];
    /// let (margin, findings) = Margin::from_names("年代", &[Some("若"), Some("老")], &population)?;
    /// // Nobody answered for 中: said, and left out.
    /// assert_eq!((margin.categories().len(), margin.population(), findings.len()), (2, 50.0, 1));
    /// # Ok::<(), shihyo::error::Error>(())
    /// ```
    ///
    /// # Errors
    /// A respondent without a name, or with one that the population table does not have; a name twice in the
    /// table.
    pub fn from_names(
        name: impl Into<String>,
        respondents: &[Option<&str>],
        table: &[(String, f64)],
    ) -> Result<(Self, Vec<Finding>)> {
        let table: Vec<(&str, f64)> = table.iter().map(|(name, total)| (name.as_str(), *total)).collect();
        Self::from_categories(name, respondents, &table)
    }

    /// As [`Margin::from_names`], by categories of any kind: the same text is not always the same category.
    pub(crate) fn from_categories<C: Copy + Ord + Display>(
        name: impl Into<String>,
        respondents: &[Option<C>],
        table: &[(C, f64)],
    ) -> Result<(Self, Vec<Finding>)> {
        let name = name.into();
        let mut problems = Vec::new();
        let mut index: BTreeMap<C, usize> = BTreeMap::new();
        for (at, (category, _)) in table.iter().enumerate() {
            if index.insert(*category, at).is_some() {
                problems.push(Diagnostic::new(
                    Code::DesignMarginTwice,
                    Text::new(
                        format!("母集団の表「{name}」に区分「{category}」が二度あります"),
                        format!("the population table \"{name}\" has the category \"{category}\" twice"),
                    ),
                ));
            }
        }
        let mut unknown: BTreeMap<C, u64> = BTreeMap::new();
        let (mut blank, mut counts) = (0_u64, vec![0_u64; table.len()]);
        let mut found = Vec::with_capacity(respondents.len());
        for respondent in respondents {
            match respondent.map(|r| (r, index.get(&r))) {
                Some((_, Some(at))) => {
                    counts[*at] += 1;
                    found.push(*at);
                }
                Some((category, None)) => *unknown.entry(category).or_default() += 1,
                None => blank += 1,
            }
        }
        for (category, n) in &unknown {
            problems.push(Diagnostic::new(
                Code::DesignMarginUnknown,
                Text::new(
                    format!("回答者{n}人の区分「{category}」が母集団の表「{name}」にありません"),
                    format!(
                        "{n} respondents are in \"{category}\", which the population table \"{name}\" does \
                         not have"
                    ),
                ),
            ));
        }
        if blank > 0 {
            problems.push(Diagnostic::new(
                Code::DesignMarginMissing,
                Text::new(
                    format!("「{name}」が不明の回答者が{blank}人います"),
                    format!("\"{name}\" is missing for {blank} respondents"),
                ),
            ));
        }
        if let Some(error) = Error::all(problems) {
            return Err(error);
        }
        let mut findings = Vec::new();
        let mut code = vec![0_u32; table.len()];
        let (mut categories, mut totals) = (Vec::new(), Vec::new());
        for (at, (category, total)) in table.iter().enumerate() {
            if counts[at] == 0 {
                findings.push(Finding::warning(
                    Code::DesignMarginEmpty,
                    Text::new(
                        format!(
                            "母集団の区分「{category}」（{name}、{total}人）に回答者がいないため、除いて集\
                             計します"
                        ),
                        format!(
                            "nobody answered from \"{category}\" ({name}, population {total}): it is left \
                             out"
                        ),
                    ),
                    Place::default(),
                ));
            } else {
                code[at] = categories.len() as u32;
                categories.push(category.to_string());
                totals.push(*total);
            }
        }
        let cells = found.into_iter().map(|at| code[at]).collect();
        Ok((Self::new(name, categories, cells, totals)?, findings))
    }

    /// The margin's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its categories.
    pub fn categories(&self) -> &[String] {
        &self.categories
    }

    /// Sum of its totals.
    pub fn population(&self) -> f64 {
        self.totals.iter().sum()
    }

    pub(super) fn check_rows(&self, rows: usize) -> Result<()> {
        if self.cells.len() == rows {
            return Ok(());
        }
        let (name, length) = (&self.name, self.cells.len());
        Err(Error::msg(
            Code::DesignLength,
            format!("周辺分布「{name}」は{length}人分ですが、回答者は{rows}人です"),
            format!("margin \"{name}\" has {length} values for {rows} respondents"),
        ))
    }

    /// What the weights of each category are multiplied by in post-stratification.
    fn factors(&self, weighed: &Weighed<'_>) -> Result<Vec<f64>> {
        let sums = weighed.sums(&self.cells, self.totals.len());
        if let Some(at) = (0..sums.len()).find(|at| sums[*at] <= 0.0 && self.totals[*at] > 0.0) {
            return Err(self.empty_category(at));
        }
        Ok(sums.iter().zip(&self.totals).map(|(s, t)| if *s > 0.0 { t / s } else { 0.0 }).collect())
    }

    pub(super) fn empty_category(&self, at: usize) -> Error {
        let (name, category) = (&self.name, &self.categories[at]);
        Diagnostic::new(
            Code::DesignMarginEmpty,
            Text::new(
                format!("周辺分布「{name}」の区分「{category}」にウェイトのある回答者がいません"),
                format!("margin \"{name}\": nobody with a positive weight is in \"{category}\""),
            ),
        )
        .help(Text::new("近い区分と合わせます", "merge it with a neighbouring category"))
        .into()
    }
}

impl Design {
    /// Post-stratification: in every category weights are multiplied so that they sum to the population's
    /// total (R `postStratify`). Replicates are post-stratified one by one.
    ///
    /// w_new = w N_c/Σ_c w in category c; the variance takes the influence values less their weighted mean in
    /// each category (Holt and Smith 1979; Särndal, Swensson and Wretman 1992, §7.6).
    ///
    /// ```
    /// use shihyo::design::{Design, Margin};
    ///
    /// let sex = Margin::new(
    ///     "性別",
    ///     vec!["男".to_owned(), "女".to_owned()],
    ///     vec![0, 0, 0, 1],
    ///     vec![60.0, 40.0],
    /// )?;
    /// assert_eq!((sex.name(), sex.population()), ("性別", 100.0));
    /// let design = Design::simple(4)?.post_stratify(&sex)?;
    /// assert_eq!(design.weights(), [20.0, 20.0, 20.0, 40.0]);
    /// assert!(design.is_calibrated());
    /// # Ok::<(), shihyo::error::Error>(())
    /// ```
    ///
    /// # Errors
    /// A category with a positive total in which no respondent has a positive weight.
    pub fn post_stratify(&self, margin: &Margin) -> Result<Self> {
        self.post_stratify_weighed(margin, &Weighed::Each(&self.weights))
    }

    /// As [`Design::post_stratify`], by a margin of these units: a design [of totals](Design::of_totals)
    /// holds no respondents.
    pub(crate) fn post_stratify_weighed(&self, margin: &Margin, weighed: &Weighed<'_>) -> Result<Self> {
        margin.check_rows(weighed.units())?;
        let scaled = |weights: &[f64], factors: &[f64]| -> Vec<f64> {
            weights.iter().zip(margin.cells.iter()).map(|(w, cell)| w * factors[*cell as usize]).collect()
        };
        let before = self.weights.clone();
        let factors = margin.factors(weighed)?;
        let next = self.reweighted(scaled(&before, &factors), |weights| {
            Ok(scaled(weights, &margin.factors(&Weighed::Each(weights))?))
        })?;
        let after = next.weights.clone();
        Ok(next.with_projection(|| {
            let joint = JointCells::new(&[&*margin.cells]);
            let of_cell = |categories: &Vec<u32>| {
                categories.first().map_or(1.0, |category| factors[*category as usize])
            };
            let factors = joint.categories.iter().map(of_cell).collect();
            let start = joint.sums(weighed);
            let basis = CellBasis::new(before, joint, (start, factors), &[margin.totals.len()]);
            Projection { after, basis: Basis::Cells(basis) }
        }))
    }
}
