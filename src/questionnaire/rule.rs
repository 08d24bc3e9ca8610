//! Skip rules, resolved: who is asked a question, by the answers to earlier ones.

use crate::text::Text;

/// A skip rule (限定条件): the question is asked of those for whom it holds. Whether it holds is yes, no or
/// unknown; see the tables of `answers::skip`. Questions and categories are indices into the questionnaire;
/// all questions are earlier ones.
#[derive(Debug, Clone, PartialEq)]
pub enum AskedIf {
    /// The answer to `question` is one of `categories`; of a multiple answer, at least one of them was
    /// marked.
    Chose {
        /// Index of the earlier question.
        question: usize,
        /// Indices of its categories.
        categories: Vec<usize>,
    },
    /// The number answered to `question` (of a multiple answer: how many options were marked) meets every
    /// comparison.
    Number {
        /// Index of the earlier question.
        question: usize,
        /// At least one; each kind of comparison at most once, in the order of [`Relation`].
        comparisons: Vec<(Relation, f64)>,
    },
    /// The earlier question with this index was answered, validly or not.
    Answered(usize),
    /// Every one of these holds; at least two.
    All(Vec<AskedIf>),
    /// One or more of these hold; at least two.
    Any(Vec<AskedIf>),
    /// This does not hold.
    Not(Box<AskedIf>),
}

/// How an answered number stands to a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Relation {
    /// 以上
    AtLeast,
    /// 超
    MoreThan,
    /// 以下
    AtMost,
    /// 未満
    LessThan,
    /// ちょうど
    Equals,
}

impl Relation {
    /// All of them, in order.
    pub(crate) const ALL: [Relation; 5] =
        [Relation::AtLeast, Relation::MoreThan, Relation::AtMost, Relation::LessThan, Relation::Equals];

    /// Its key in the questionnaire file.
    pub fn key(self) -> &'static str {
        match self {
            Relation::AtLeast => "at_least",
            Relation::MoreThan => "more_than",
            Relation::AtMost => "at_most",
            Relation::LessThan => "less_than",
            Relation::Equals => "equals",
        }
    }

    /// It and its limit in words: `65以上`.
    pub(crate) fn words(self, limit: f64) -> Text {
        let (ja, en) = match self {
            Relation::AtLeast => ("以上", "at least"),
            Relation::MoreThan => ("超", "more than"),
            Relation::AtMost => ("以下", "at most"),
            Relation::LessThan => ("未満", "less than"),
            Relation::Equals => ("", "exactly"),
        };
        Text::new(format!("{limit}{ja}"), format!("{en} {limit}"))
    }

    /// Whether `number` meets it.
    pub fn holds(self, number: f64, limit: f64) -> bool {
        match self {
            Relation::AtLeast => number >= limit,
            Relation::MoreThan => number > limit,
            Relation::AtMost => number <= limit,
            Relation::LessThan => number < limit,
            Relation::Equals => number == limit,
        }
    }
}

impl AskedIf {
    /// Every one of `rules` holds; one rule alone is itself, and rules that are themselves of this kind are
    /// taken in. `None` without rules.
    pub(crate) fn all(rules: Vec<AskedIf>) -> Option<AskedIf> {
        let flat = rules.into_iter().flat_map(|rule| match rule {
            AskedIf::All(inner) => inner,
            other => vec![other],
        });
        several(flat, AskedIf::All)
    }

    /// One or more of `rules` hold; as [`AskedIf::all`].
    pub(crate) fn any(rules: Vec<AskedIf>) -> Option<AskedIf> {
        let flat = rules.into_iter().flat_map(|rule| match rule {
            AskedIf::Any(inner) => inner,
            other => vec![other],
        });
        several(flat, AskedIf::Any)
    }

    /// The opposite; twice is the rule itself.
    pub(crate) fn negated(self) -> AskedIf {
        match self {
            AskedIf::Not(inner) => *inner,
            other => AskedIf::Not(Box::new(other)),
        }
    }

    /// The earlier questions that it speaks of, each once, in order.
    pub fn questions(&self) -> Vec<usize> {
        let mut found = Vec::new();
        self.each(&mut |question| found.push(question));
        found.sort_unstable();
        found.dedup();
        found
    }

    fn each(&self, tell: &mut impl FnMut(usize)) {
        match self {
            AskedIf::Chose { question, .. }
            | AskedIf::Number { question, .. }
            | AskedIf::Answered(question) => tell(*question),
            AskedIf::All(rules) | AskedIf::Any(rules) => rules.iter().for_each(|rule| rule.each(tell)),
            AskedIf::Not(rule) => rule.each(tell),
        }
    }

    /// Hands over each option (question, category) that it names.
    pub(crate) fn each_option(&self, tell: &mut impl FnMut(usize, usize)) {
        match self {
            AskedIf::Chose { question, categories } => categories.iter().for_each(|k| tell(*question, *k)),
            AskedIf::Number { .. } | AskedIf::Answered(_) => {}
            AskedIf::All(rules) | AskedIf::Any(rules) => rules.iter().for_each(|rule| rule.each_option(tell)),
            AskedIf::Not(rule) => rule.each_option(tell),
        }
    }

    /// The same rule where question `q` has become `place(q)`; `None` when one of its questions is gone.
    pub(crate) fn renumbered(&self, place: &impl Fn(usize) -> Option<usize>) -> Option<AskedIf> {
        let list =
            |rules: &[AskedIf]| rules.iter().map(|rule| rule.renumbered(place)).collect::<Option<Vec<_>>>();
        Some(match self {
            AskedIf::Chose { question, categories } => {
                AskedIf::Chose { question: place(*question)?, categories: categories.clone() }
            }
            AskedIf::Number { question, comparisons } => {
                AskedIf::Number { question: place(*question)?, comparisons: comparisons.clone() }
            }
            AskedIf::Answered(question) => AskedIf::Answered(place(*question)?),
            AskedIf::All(rules) => AskedIf::All(list(rules)?),
            AskedIf::Any(rules) => AskedIf::Any(list(rules)?),
            AskedIf::Not(rule) => AskedIf::Not(Box::new(rule.renumbered(place)?)),
        })
    }

    /// The same rule where the categories `c` of question `q` have become `place(q, c)`.
    pub(crate) fn with_categories(&self, place: &impl Fn(usize, &[usize]) -> Vec<usize>) -> AskedIf {
        let list = |rules: &[AskedIf]| rules.iter().map(|rule| rule.with_categories(place)).collect();
        match self {
            AskedIf::Chose { question, categories } => {
                AskedIf::Chose { question: *question, categories: place(*question, categories) }
            }
            AskedIf::Number { .. } | AskedIf::Answered(_) => self.clone(),
            AskedIf::All(rules) => AskedIf::All(list(rules)),
            AskedIf::Any(rules) => AskedIf::Any(list(rules)),
            AskedIf::Not(rule) => AskedIf::Not(Box::new(rule.with_categories(place))),
        }
    }

    /// The categories of question `question` that its conditions name, one list a condition.
    pub(crate) fn categories_of(&self, question: usize) -> Vec<&[usize]> {
        match self {
            AskedIf::Chose { question: of, categories } if *of == question => vec![categories],
            AskedIf::Chose { .. } | AskedIf::Number { .. } | AskedIf::Answered(_) => Vec::new(),
            AskedIf::All(rules) | AskedIf::Any(rules) => {
                rules.iter().flat_map(|rule| rule.categories_of(question)).collect()
            }
            AskedIf::Not(rule) => rule.categories_of(question),
        }
    }
}

fn several(rules: impl Iterator<Item = AskedIf>, join: fn(Vec<AskedIf>) -> AskedIf) -> Option<AskedIf> {
    let mut out: Vec<AskedIf> = Vec::new();
    for rule in rules {
        if !out.contains(&rule) {
            out.push(rule);
        }
    }
    if out.len() > 1 { Some(join(out)) } else { out.pop() }
}
