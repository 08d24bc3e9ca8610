//! What cells are read as, and what is left to the general reader.

use std::fmt;

macro_rules! reasons {
    ($($variant:ident = $text:literal,)*) => {
        /// Why the rows of a file have to be held: something that adding up as one reads does not do, or a
        /// mistake, which is told where the rows are read.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum HandOver {
            $(
                #[doc = $text]
                $variant,
            )*
        }

        impl HandOver {
            /// In words.
            pub const fn text(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)*
                }
            }
        }
    };
}

reasons! {
    Answers = "questions whose distinct cells are no answers by themselves",
    BlankReturn = "a return without any answer",
    Breakdown = "a breakdown that cannot be made of cells",
    Changed = "other bytes than when the reading began",
    Classifications = "a breakdown of too many columns",
    Clusters = "a cluster in two spellings",
    Column = "no column of a name that is asked for",
    Columns = "no columns that can be added up, or one that is asked for in two ways",
    Condition = "a condition that cannot be read",
    ControlCharacter = "a control character",
    Crossings = "crossings with too many cells",
    Damaged = "damaged data",
    Design = "a sample design that totals do not tell",
    EmptyRow = "a row of blank cells",
    Encoding = "bytes that may be text in another encoding, or none",
    File = "no bytes that can be read",
    Files = "several files",
    Findings = "something to tell of its design",
    Fit = "a fit that does not settle",
    Header = "a header that may not be its first line, or names that are not as they stand",
    Id = "a respondent who is blank or written in two ways",
    Indicator = "a number of no indicator",
    Joined = "another file that is joined",
    Key = "a stratum or cluster that is blank",
    Kind = "a column of a kind that its format is not read in",
    Ledger = "answers that do not add up to its rows",
    LineBreakInACell = "a line break in a cell",
    LongLines = "lines that are too long to tell its delimiter",
    Margins = "margins of too many combinations",
    Metadata = "an unreadable list of its columns",
    Method = "an interval that does not exist",
    Mistakes = "a mistake in what is asked",
    Number = "a cell that is no number in its one spelling",
    NumbersOfQuestions = "a question as weight or size",
    OneLine = "no line after its first",
    Options = "a sheet or several lines of header",
    Pairs = "too many different pairs of answers",
    Population = "a population table that is not read",
    Quantiles = "quantiles under fitted weights",
    Questionnaire = "a questionnaire that takes more than one cell for an answer",
    Ratio = "a ratio without two columns",
    ReplacementCharacter = "a character that stands for lost bytes",
    Replicates = "replicates that cannot be made of totals",
    Request = "something asked for that needs its rows",
    RespondentTwice = "a respondent who stands twice",
    Row = "a row that is wider or narrower than its header, or not plainly written",
    Rows = "rows that do not match what was counted",
    Sizes = "population sizes that differ within a stratum or cluster",
    SkipRules = "questions under several skip rules",
    Spellings = "one value in two spellings",
    Strata = "a stratum in two spellings",
    Sums = "sums that are too large to be exact",
    Thread = "no thread that finished",
    Type = "a column of a type that is not read",
    Unreadable = "nothing that the general reader takes",
    Values = "a column of too many different values",
    Wave = "a wave that needs its rows",
    Weights = "weights that are no plain numbers above 0",
    WeightsDiffer = "weights that differ within a stratum",
    Zero = "a negative zero",
}

impl fmt::Display for HandOver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

/// The code of a blank cell.
pub const BLANK: u8 = 0;

/// Keys from here on are texts: [`super::Scanned::keys`] says which.
pub const TEXT_KEY: u32 = 1 << 31;

/// Distinct values that a column of codes may have, the blank one and all digits counted.
pub(super) const MOST_VALUES: u32 = 255;

/// What is to be read of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Any texts, of which there are few different ones.
    Code,
    /// Whole numbers below 10⁹, or words.
    Key,
    /// Any number; NaN where the cell is blank.
    Number,
    /// Names of respondents: one number for each name, so that two are told apart. No cell may be blank.
    Id,
    /// Any texts, of which a sample is taken.
    Other,
}
