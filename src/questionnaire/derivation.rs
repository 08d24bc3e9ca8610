//! Derived variables (派生変数), resolved: how answers to earlier questions make an answer that nobody was
//! asked for.
//!
//! A derivation is data, so that everything that must know it (decoding, waves, sensitivity, the
//! questionnaire's text) reads the same words. It stands in the questionnaire as a
//! [`Question`](super::Question) behind those that were asked.

use std::collections::{BTreeMap, BTreeSet};

use crate::questionnaire::rule::{AskedIf, Relation};
use crate::text::Text;

/// How a derived variable follows from earlier questions and derived variables (indices into the
/// questionnaire).
#[derive(Debug, Clone, PartialEq)]
pub enum Derivation {
    /// Bands of a number (階級): a band goes from its limit to below the next one, the last one has no end.
    Bands {
        /// The number.
        of: usize,
        /// The lower limits, ascending.
        from: Vec<f64>,
        /// What a number below the first limit is; its category, if it is one, stands first.
        below: Rest,
    },
    /// Options merged (選択肢の統合). Of a multiple answer it is a multiple answer.
    Merge {
        /// The question.
        of: usize,
        /// For each of its categories the category here; `None` for those that are outside.
        into: Vec<Option<usize>>,
        /// What the options that no group names are; their category, if it is one, stands last.
        rest: Rest,
    },
    /// Yes (category 0) or no (category 1), in three-valued logic.
    Test {
        /// How the conditions are joined.
        joined: Joined,
        /// The conditions, at least one.
        conditions: Vec<AskedIf>,
        /// Whether 非該当 of a source counts as "does not hold", not as missing.
        not_asked_is_no: bool,
    },
    /// How many conditions hold. A condition on the options of a multiple answer counts the marks among them.
    Count {
        /// The conditions, at least one.
        conditions: Vec<AskedIf>,
        /// As for [`Derivation::Test`].
        not_asked_is_no: bool,
    },
    /// Crossed (クロス区分): one category for each combination.
    Cross {
        /// The variables, at least two.
        of: Vec<usize>,
        /// For each category here the category of each variable.
        cells: Vec<Vec<u16>>,
    },
}

/// What the numbers or options are that a derived variable does not name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rest {
    /// The questionnaire does not say: as [`Rest::Outside`], and a finding.
    Unsaid,
    /// Outside the variable (非該当).
    Outside,
    /// A category of their own.
    Category,
}

/// How the conditions of a yes-or-no variable are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Joined {
    /// One or more of them hold.
    Any,
    /// All of them hold.
    All,
    /// None of them holds.
    None,
}

impl Joined {
    /// Its key in the questionnaire file.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Joined::Any => "any",
            Joined::All => "all",
            Joined::None => "none",
        }
    }
}

impl Derivation {
    /// What it is made of, directly: each once, in order.
    pub fn sources(&self) -> BTreeSet<usize> {
        match self {
            Derivation::Bands { of, .. } | Derivation::Merge { of, .. } => BTreeSet::from([*of]),
            Derivation::Test { conditions, .. } | Derivation::Count { conditions, .. } => {
                conditions.iter().flat_map(AskedIf::questions).collect()
            }
            Derivation::Cross { of, .. } => of.iter().copied().collect(),
        }
    }

    /// For each source the categories of it that decide whether the answer is one of `chosen`; none where the
    /// source is a number.
    pub(crate) fn deciding(&self, chosen: &[usize]) -> BTreeMap<usize, BTreeSet<usize>> {
        let mut out: BTreeMap<usize, BTreeSet<usize>> =
            self.sources().into_iter().map(|source| (source, BTreeSet::new())).collect();
        let mut add = |source: usize, category: usize| {
            out.entry(source).or_default().insert(category);
        };
        match self {
            Derivation::Bands { .. } => {}
            Derivation::Merge { of, into, .. } => into
                .iter()
                .enumerate()
                .filter(|(_, to)| to.is_some_and(|to| chosen.contains(&to)))
                .for_each(|(k, _)| add(*of, k)),
            Derivation::Test { conditions, .. } | Derivation::Count { conditions, .. } => {
                conditions.iter().for_each(|condition| condition.each_option(&mut add));
            }
            Derivation::Cross { of, cells } => {
                let cells = cells.iter().enumerate().filter(|(k, _)| chosen.contains(k));
                cells
                    .flat_map(|(_, cell)| of.iter().zip(cell))
                    .for_each(|(source, k)| add(*source, usize::from(*k)));
            }
        }
        out
    }

    /// The condition on its sources under which the answer is one of `chosen`; `None` where no rule can say
    /// it.
    pub(crate) fn rule(&self, chosen: &[usize]) -> Option<AskedIf> {
        match self {
            Derivation::Bands { of, from, below } => {
                let first = usize::from(*below == Rest::Category);
                let band = |k: &usize| {
                    let lower = k.checked_sub(first).and_then(|k| from.get(k));
                    let upper = from.get(k + 1 - first);
                    let lower = lower.map(|limit| (Relation::AtLeast, *limit));
                    let upper = upper.map(|limit| (Relation::LessThan, *limit));
                    AskedIf::Number { question: *of, comparisons: lower.into_iter().chain(upper).collect() }
                };
                AskedIf::any(chosen.iter().map(band).collect())
            }
            Derivation::Merge { of, into, .. } => Some(AskedIf::Chose {
                question: *of,
                categories: (0..into.len())
                    .filter(|k| into.get(*k).copied().flatten().is_some_and(|to| chosen.contains(&to)))
                    .collect(),
            }),
            Derivation::Test { joined, conditions, .. } => {
                let all = conditions.clone();
                let yes = match joined {
                    Joined::Any => AskedIf::any(all)?,
                    Joined::All => AskedIf::all(all)?,
                    Joined::None => AskedIf::any(all)?.negated(),
                };
                match chosen {
                    [0] => Some(yes),
                    [1] => Some(yes.negated()),
                    _ => None,
                }
            }
            Derivation::Count { .. } => None,
            Derivation::Cross { of, cells } => {
                let one = |(source, k): (&usize, &u16)| AskedIf::Chose {
                    question: *source,
                    categories: vec![usize::from(*k)],
                };
                let cell = |k: &usize| AskedIf::all(of.iter().zip(cells.get(*k)?).map(one).collect());
                AskedIf::any(chosen.iter().map(cell).collect::<Option<Vec<_>>>()?)
            }
        }
    }

    /// How it is made, in words; `id` names a question.
    pub(crate) fn words<'q>(&self, id: impl Fn(usize) -> &'q str) -> Text {
        let names = || self.sources().into_iter().map(&id).collect::<Vec<_>>().join("・");
        match self {
            Derivation::Bands { of, from, .. } => {
                let limits: Vec<String> = from.iter().map(f64::to_string).collect();
                let (of, limits) = (id(*of), limits.join("・"));
                Text::new(format!("{of}の数を区分（下限 {limits}）"), format!("bands of {of} from {limits}"))
            }
            Derivation::Merge { of, .. } => {
                Text::new(format!("{}の選択肢をまとめる", id(*of)), format!("merged options of {}", id(*of)))
            }
            Derivation::Test { conditions, joined, .. } => {
                let (ja, en) = match joined {
                    Joined::Any => ("どれかに", "one or more"),
                    Joined::All => ("すべてに", "all"),
                    Joined::None => ("どれにも", "none"),
                };
                let names = names();
                let count = conditions.len();
                Text::new(
                    format!("{names}についての{count}つの条件の{ja}当てはまるか"),
                    format!("whether {en} of {count} conditions on {names} hold"),
                )
            }
            Derivation::Count { conditions, .. } => {
                let (names, count) = (names(), conditions.len());
                Text::new(
                    format!("{names}についての{count}つの条件に当てはまる数"),
                    format!("how many of {count} conditions on {names} hold"),
                )
            }
            Derivation::Cross { of, .. } => {
                let names: Vec<&str> = of.iter().map(|source| id(*source)).collect();
                let names = names.join("×");
                Text::new(format!("{names}の組み合わせ"), format!("the combinations of {names}"))
            }
        }
    }
}
