//! The stable codes of messages.
//!
//! Every [`Error`](crate::error::Error) and every [`Finding`](crate::finding::Finding) has a [`Code`]. Its
//! spelling (`room::what`) is printed, stands in `quality.csv` and `quality.json`, and does not change; the
//! words beside it may. `docs/codes.md` lists them all and is written from here.
//!
//! One enum, so that the compiler knows every code: a text would be mistyped somewhere, or branched on by its
//! beginning. The entries of the manual stand in one file a chapter.

mod adhoc;
mod answers;
mod cli;
mod derived;
mod design;
mod entry;
mod join;
mod log;
mod numbers;
mod plan;
mod questionnaire;
mod raw;
mod waves;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::text::{Lang, Text};
use entry::Entry;
pub use entry::Severity;

macro_rules! codes {
    ($($chapter:ident $ja:literal $en:literal { $($variant:ident = $text:literal $entry:ident,)* })*) => {
        /// The stable code of a message: `room::what`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $($(
                #[doc = concat!("`", $text, "`")]
                $variant,
            )*)*
        }

        impl Code {
            /// All codes, chapter by chapter.
            pub const ALL: &'static [Self] = &[$($(Self::$variant,)*)*];

            /// As it is printed and written.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $($(Self::$variant => $text,)*)*
                }
            }

            const fn entry(self) -> &'static Entry {
                match self {
                    $($(Self::$variant => &$chapter::$entry,)*)*
                }
            }

            /// The chapter of the manual that it stands in.
            pub fn chapter(self) -> Text {
                match self {
                    $($(Self::$variant)|* => Text::new($ja, $en),)*
                }
            }
        }
    };
}

codes! {
    cli "命令の書き方" "the command line" {
        CliConflict = "cli::conflict" CONFLICT,
        CliExportDerived = "cli::export-derived" EXPORT_DERIVED,
        CliExportName = "cli::export-name" EXPORT_NAME,
        CliExtraArgument = "cli::extra-argument" EXTRA_ARGUMENT,
        CliMissingArgument = "cli::missing-argument" MISSING_ARGUMENT,
        CliMissingCommand = "cli::missing-command" MISSING_COMMAND,
        CliMissingValue = "cli::missing-value" MISSING_VALUE,
        CliNoEquals = "cli::no-equals" NO_EQUALS,
        CliNoPlan = "cli::no-plan" NO_PLAN,
        CliNotUnicode = "cli::not-unicode" NOT_UNICODE,
        CliOut = "cli::out" OUT,
        CliParquetOut = "cli::parquet-out" PARQUET_OUT,
        CliSeveralPlans = "cli::several-plans" SEVERAL_PLANS,
        CliStdout = "cli::stdout" STDOUT,
        CliThreads = "cli::threads" THREADS,
        CliTwice = "cli::twice" TWICE,
        CliUnknownCommand = "cli::unknown-command" UNKNOWN_COMMAND,
        CliUnknownOption = "cli::unknown-option" UNKNOWN_OPTION,
        CliUnknownValue = "cli::unknown-value" UNKNOWN_VALUE,
        CliUsage = "cli::usage" USAGE,
        CliValueCount = "cli::value-count" VALUE_COUNT,
        CliWrongValue = "cli::wrong-value" WRONG_VALUE,
    }
    adhoc "estimate のオプション" "flags of estimate" {
        AdhocBase = "adhoc::base" BASE,
        AdhocBlankLeftOut = "adhoc::blank-left-out" BLANK_LEFT_OUT,
        AdhocBounds = "adhoc::bounds" BOUNDS,
        AdhocByBlank = "adhoc::by-blank" BY_BLANK,
        AdhocCalibrate = "adhoc::calibrate" CALIBRATE,
        AdhocCodeMissing = "adhoc::code-missing" CODE_MISSING,
        AdhocColumnTwice = "adhoc::column-twice" COLUMN_TWICE,
        AdhocCondition = "adhoc::condition" CONDITION,
        AdhocDifference = "adhoc::difference" DIFFERENCE,
        AdhocLevel = "adhoc::level" LEVEL,
        AdhocLooksMissing = "adhoc::looks-missing" LOOKS_MISSING,
        AdhocMissing = "adhoc::missing" MISSING,
        AdhocNoAnswerAsOption = "adhoc::no-answer-as-option" NO_ANSWER_AS_OPTION,
        AdhocNoColumn = "adhoc::no-column" NO_COLUMN,
        AdhocNoRows = "adhoc::no-rows" NO_ROWS,
        AdhocNobodyChose = "adhoc::nobody-chose" NOBODY_CHOSE,
        AdhocNotAskedButAnswered = "adhoc::not-asked-but-answered" NOT_ASKED_BUT_ANSWERED,
        AdhocNotNumeric = "adhoc::not-numeric" NOT_NUMERIC,
        AdhocNotParted = "adhoc::not-parted" NOT_PARTED,
        AdhocNothing = "adhoc::nothing" NOTHING,
        AdhocOneWave = "adhoc::one-wave" ONE_WAVE,
        AdhocParted = "adhoc::parted" PARTED,
        AdhocQuantile = "adhoc::quantile" QUANTILE,
        AdhocQuestionnaire = "adhoc::questionnaire" QUESTIONNAIRE,
        AdhocRatio = "adhoc::ratio" RATIO,
        AdhocRequest = "adhoc::request" REQUEST,
        AdhocShare = "adhoc::share" SHARE,
        AdhocTakenWhole = "adhoc::taken-whole" TAKEN_WHOLE,
        AdhocTest = "adhoc::test" TEST,
        AdhocTicks = "adhoc::ticks" TICKS,
        AdhocUnknownCode = "adhoc::unknown-code" UNKNOWN_CODE,
        AdhocUnweighted = "adhoc::unweighted" UNWEIGHTED,
    }
    join "ファイルの結合" "joined files" {
        JoinBlankKey = "join::blank-key" BLANK_KEY,
        JoinColumn = "join::column" COLUMN,
        JoinFewMatched = "join::few-matched" FEW_MATCHED,
        JoinKeyTwice = "join::key-twice" KEY_TWICE,
        JoinRequest = "join::request" REQUEST,
        JoinSameColumn = "join::same-column" SAME_COLUMN,
        JoinSameColumnKept = "join::same-column-kept" SAME_COLUMN_KEPT,
        JoinSameRows = "join::same-rows" SAME_ROWS,
        JoinUnmatched = "join::unmatched" UNMATCHED,
        JoinUnused = "join::unused" UNUSED,
        JoinZeros = "join::zeros" ZEROS,
    }
    plan "計画" "the plan" {
        PlanBand = "plan::band" BAND,
        PlanBounds = "plan::bounds" BOUNDS,
        PlanBreakdownKind = "plan::breakdown-kind" BREAKDOWN_KIND,
        PlanChangedFile = "plan::changed-file" CHANGED_FILE,
        PlanDecimals = "plan::decimals" DECIMALS,
        PlanDefinition = "plan::definition" DEFINITION,
        PlanDesignTwice = "plan::design-twice" DESIGN_TWICE,
        PlanDontKnow = "plan::dont-know" DONT_KNOW,
        PlanFiscalYear = "plan::fiscal-year" FISCAL_YEAR,
        PlanFiscalYears = "plan::fiscal-years" FISCAL_YEARS,
        PlanFolder = "plan::folder" FOLDER,
        PlanGoalTwice = "plan::goal-twice" GOAL_TWICE,
        PlanId = "plan::id" ID,
        PlanIdTwice = "plan::id-twice" ID_TWICE,
        PlanLevel = "plan::level" LEVEL,
        PlanLogWave = "plan::log-wave" LOG_WAVE,
        PlanManual = "plan::manual" MANUAL,
        PlanMisplacedKey = "plan::misplaced-key" MISPLACED_KEY,
        PlanMissingKey = "plan::missing-key" MISSING_KEY,
        PlanNoLog = "plan::no-log" NO_LOG,
        PlanNoRespondent = "plan::no-respondent" NO_RESPONDENT,
        PlanNoRespondents = "plan::no-respondents" NO_RESPONDENTS,
        PlanOptionTwice = "plan::option-twice" OPTION_TWICE,
        PlanOverlappingParts = "plan::overlapping-parts" OVERLAPPING_PARTS,
        PlanParts = "plan::parts" PARTS,
        PlanPoints = "plan::points" POINTS,
        PlanPopulation = "plan::population" POPULATION,
        PlanQuantile = "plan::quantile" QUANTILE,
        PlanQuestionKind = "plan::question-kind" QUESTION_KIND,
        PlanReplicates = "plan::replicates" REPLICATES,
        PlanReservedKey = "plan::reserved-key" RESERVED_KEY,
        PlanRuleOption = "plan::rule-option" RULE_OPTION,
        PlanStratumKind = "plan::stratum-kind" STRATUM_KIND,
        PlanSyntax = "plan::syntax" SYNTAX,
        PlanTarget = "plan::target" TARGET,
        PlanTargetUnit = "plan::target-unit" TARGET_UNIT,
        PlanUnit = "plan::unit" UNIT,
        PlanUnknownGoal = "plan::unknown-goal" UNKNOWN_GOAL,
        PlanUnknownIndicator = "plan::unknown-indicator" UNKNOWN_INDICATOR,
        PlanUnknownItem = "plan::unknown-item" UNKNOWN_ITEM,
        PlanUnknownKey = "plan::unknown-key" UNKNOWN_KEY,
        PlanUnknownNumber = "plan::unknown-number" UNKNOWN_NUMBER,
        PlanUnknownOption = "plan::unknown-option" UNKNOWN_OPTION,
        PlanUnknownQuestion = "plan::unknown-question" UNKNOWN_QUESTION,
        PlanUnknownSurvey = "plan::unknown-survey" UNKNOWN_SURVEY,
        PlanUnknownWave = "plan::unknown-wave" UNKNOWN_WAVE,
        PlanUnknownWord = "plan::unknown-word" UNKNOWN_WORD,
        PlanWeights = "plan::weights" WEIGHTS,
        PlanWhichWave = "plan::which-wave" WHICH_WAVE,
        PlanWrongType = "plan::wrong-type" WRONG_TYPE,
        PlanYearOutside = "plan::year-outside" YEAR_OUTSIDE,
    }
    waves "調査回の対応と比較" "waves beside each other" {
        PlanCompareWithCare = "plan::compare-with-care" COMPARE_WITH_CARE,
        PlanMapConflict = "plan::map-conflict" MAP_CONFLICT,
        PlanMapKind = "plan::map-kind" MAP_KIND,
        PlanMapMerged = "plan::map-merged" MAP_MERGED,
        PlanMapOptions = "plan::map-options" MAP_OPTIONS,
        PlanMapReason = "plan::map-reason" MAP_REASON,
        PlanMappedTwice = "plan::mapped-twice" MAPPED_TWICE,
        PlanNotComparable = "plan::not-comparable" NOT_COMPARABLE,
        PlanNotOnPaper = "plan::not-on-paper" NOT_ON_PAPER,
        PlanReusedNumber = "plan::reused-number" REUSED_NUMBER,
        PlanSampleDiffers = "plan::sample-differs" SAMPLE_DIFFERS,
        PlanUnmappedQuestion = "plan::unmapped-question" UNMAPPED_QUESTION,
        PlanWeightingDiffers = "plan::weighting-differs" WEIGHTING_DIFFERS,
    }
    questionnaire "調査票" "the questionnaire" {
        AnswersAmbiguousOption = "answers::ambiguous-option" AMBIGUOUS_OPTION,
        AnswersBadRange = "answers::bad-range" BAD_RANGE,
        AnswersBandsGap = "answers::bands-gap" BANDS_GAP,
        AnswersBandsLabels = "answers::bands-labels" BANDS_LABELS,
        AnswersBandsOrder = "answers::bands-order" BANDS_ORDER,
        AnswersCodeClash = "answers::code-clash" CODE_CLASH,
        AnswersCrossOne = "answers::cross-one" CROSS_ONE,
        AnswersCrossTwice = "answers::cross-twice" CROSS_TWICE,
        AnswersDerivedCircle = "answers::derived-circle" DERIVED_CIRCLE,
        AnswersDerivedKind = "answers::derived-kind" DERIVED_KIND,
        AnswersDerivedLabels = "answers::derived-labels" DERIVED_LABELS,
        AnswersDuplicateOption = "answers::duplicate-option" DUPLICATE_OPTION,
        AnswersDuplicateQuestion = "answers::duplicate-question" DUPLICATE_QUESTION,
        AnswersForm = "answers::form" FORM,
        AnswersFormCodes = "answers::form-codes" FORM_CODES,
        AnswersFormCount = "answers::form-count" FORM_COUNT,
        AnswersFormDuplicate = "answers::form-duplicate" FORM_DUPLICATE,
        AnswersFormOptions = "answers::form-options" FORM_OPTIONS,
        AnswersFormRule = "answers::form-rule" FORM_RULE,
        AnswersFormSet = "answers::form-set" FORM_SET,
        AnswersFormType = "answers::form-type" FORM_TYPE,
        AnswersFormWeight = "answers::form-weight" FORM_WEIGHT,
        AnswersLaterQuestion = "answers::later-question" LATER_QUESTION,
        AnswersMisplacedKey = "answers::misplaced-key" MISPLACED_KEY,
        AnswersMissingKey = "answers::missing-key" MISSING_KEY,
        AnswersNoOptions = "answers::no-options" NO_OPTIONS,
        AnswersOptionTwice = "answers::option-twice" OPTION_TWICE,
        AnswersToml = "answers::toml" TOML,
        AnswersTooManyOptions = "answers::too-many-options" TOO_MANY_OPTIONS,
        AnswersUnknownBase = "answers::unknown-base" UNKNOWN_BASE,
        AnswersUnknownKey = "answers::unknown-key" UNKNOWN_KEY,
        AnswersUnknownOption = "answers::unknown-option" UNKNOWN_OPTION,
        AnswersUnknownQuestion = "answers::unknown-question" UNKNOWN_QUESTION,
        AnswersUnknownWord = "answers::unknown-word" UNKNOWN_WORD,
        AnswersWrongType = "answers::wrong-type" WRONG_TYPE,
    }
    answers "回答" "answers" {
        AnswersAmbiguous = "answers::ambiguous" AMBIGUOUS,
        AnswersAmbiguousColumn = "answers::ambiguous-column" AMBIGUOUS_COLUMN,
        AnswersAnsweredFilterUnknown = "answers::answered-filter-unknown" ANSWERED_FILTER_UNKNOWN,
        AnswersAnsweredThoughNotAsked = "answers::answered-though-not-asked" ANSWERED_THOUGH_NOT_ASKED,
        AnswersBlankReturn = "answers::blank-return" BLANK_RETURN,
        AnswersBlankThoughAsked = "answers::blank-though-asked" BLANK_THOUGH_ASKED,
        AnswersColumnCount = "answers::column-count" COLUMN_COUNT,
        AnswersDateCode = "answers::date-code" DATE_CODE,
        AnswersDuplicateRespondent = "answers::duplicate-respondent" DUPLICATE_RESPONDENT,
        AnswersExclusiveWithOthers = "answers::exclusive-with-others" EXCLUSIVE_WITH_OTHERS,
        AnswersLedger = "answers::ledger" LEDGER,
        AnswersMissingColumn = "answers::missing-column" MISSING_COLUMN,
        AnswersNoRespondentId = "answers::no-respondent-id" NO_RESPONDENT_ID,
        AnswersNotANumber = "answers::not-a-number" NOT_A_NUMBER,
        AnswersNotAskedThoughAsked = "answers::not-asked-though-asked" NOT_ASKED_THOUGH_ASKED,
        AnswersNotInAGroup = "answers::not-in-a-group" NOT_IN_A_GROUP,
        AnswersOutOfList = "answers::out-of-list" OUT_OF_LIST,
        AnswersOutOfRange = "answers::out-of-range" OUT_OF_RANGE,
        AnswersOverMax = "answers::over-max" OVER_MAX,
        AnswersPersonalData = "answers::personal-data" PERSONAL_DATA,
        AnswersTemplateRows = "answers::template-rows" TEMPLATE_ROWS,
        AnswersTwoMarks = "answers::two-marks" TWO_MARKS,
        AnswersUnreadable = "answers::unreadable" UNREADABLE,
    }
    log "修正記録" "the cleaning log" {
        AnswersLogChanged = "answers::log-changed" LOG_CHANGED,
        AnswersLogConflict = "answers::log-conflict" LOG_CONFLICT,
        AnswersLogFile = "answers::log-file" LOG_FILE,
        AnswersLogHeader = "answers::log-header" LOG_HEADER,
        AnswersLogKind = "answers::log-kind" LOG_KIND,
        AnswersLogLookedAt = "answers::log-looked-at" LOG_LOOKED_AT,
        AnswersLogMistakes = "answers::log-mistakes" LOG_MISTAKES,
        AnswersLogNewValue = "answers::log-new-value" LOG_NEW_VALUE,
        AnswersLogOldValue = "answers::log-old-value" LOG_OLD_VALUE,
        AnswersLogOvertaken = "answers::log-overtaken" LOG_OVERTAKEN,
        AnswersLogQuestion = "answers::log-question" LOG_QUESTION,
        AnswersLogRemoved = "answers::log-removed" LOG_REMOVED,
        AnswersLogRepeated = "answers::log-repeated" LOG_REPEATED,
        AnswersLogRespondent = "answers::log-respondent" LOG_RESPONDENT,
        AnswersLogRespondentTwice = "answers::log-respondent-twice" LOG_RESPONDENT_TWICE,
        AnswersLogRow = "answers::log-row" LOG_ROW,
        AnswersLogUnverified = "answers::log-unverified" LOG_UNVERIFIED,
    }
    raw "ファイルの読み込み" "reading files" {
        RawBlankLines = "raw::blank-lines" BLANK_LINES,
        RawCellError = "raw::cell-error" CELL_ERROR,
        RawColumnType = "raw::column-type" COLUMN_TYPE,
        RawDamaged = "raw::damaged" DAMAGED,
        RawDuplicateHeader = "raw::duplicate-header" DUPLICATE_HEADER,
        RawEmpty = "raw::empty" EMPTY,
        RawEmptyRows = "raw::empty-rows" EMPTY_ROWS,
        RawEncoding = "raw::encoding" ENCODING,
        RawFormulaWithoutValue = "raw::formula-without-value" FORMULA_WITHOUT_VALUE,
        RawHeaderRows = "raw::header-rows" HEADER_ROWS,
        RawHeadingFound = "raw::heading-found" HEADING_FOUND,
        RawIo = "raw::io" IO,
        RawIsDirectory = "raw::is-directory" IS_DIRECTORY,
        RawLeastNumber = "raw::least-number" LEAST_NUMBER,
        RawMergedCells = "raw::merged-cells" MERGED_CELLS,
        RawNan = "raw::nan" NAN,
        RawNoHeader = "raw::no-header" NO_HEADER,
        RawNotFound = "raw::not-found" NOT_FOUND,
        RawNotText = "raw::not-text" NOT_TEXT,
        RawNul = "raw::nul" NUL,
        RawOpenQuote = "raw::open-quote" OPEN_QUOTE,
        RawOtherSheets = "raw::other-sheets" OTHER_SHEETS,
        RawPassword = "raw::password" PASSWORD,
        RawPermission = "raw::permission" PERMISSION,
        RawReplacementCharacter = "raw::replacement-character" REPLACEMENT_CHARACTER,
        RawSheet = "raw::sheet" SHEET,
        RawShortRow = "raw::short-row" SHORT_ROW,
        RawTooLarge = "raw::too-large" TOO_LARGE,
        RawTotalRows = "raw::total-rows" TOTAL_ROWS,
        RawUndecodable = "raw::undecodable" UNDECODABLE,
        RawUnsupported = "raw::unsupported" UNSUPPORTED,
        RawWrongExtension = "raw::wrong-extension" WRONG_EXTENSION,
    }
    design "標本設計とウエイト" "sample design and weights" {
        DesignBlank = "design::blank" BLANK,
        DesignCalibrateBounds = "design::calibrate-bounds" CALIBRATE_BOUNDS,
        DesignCalibrateConverge = "design::calibrate-converge" CALIBRATE_CONVERGE,
        DesignCalibrateMissing = "design::calibrate-missing" CALIBRATE_MISSING,
        DesignEmpty = "design::empty" EMPTY,
        DesignExtremeWeights = "design::extreme-weights" EXTREME_WEIGHTS,
        DesignFpcSmall = "design::fpc-small" FPC_SMALL,
        DesignFpcTwice = "design::fpc-twice" FPC_TWICE,
        DesignFpcVaries = "design::fpc-varies" FPC_VARIES,
        DesignLength = "design::length" LENGTH,
        DesignLonelyPsu = "design::lonely-psu" LONELY_PSU,
        DesignMargin = "design::margin" MARGIN,
        DesignMarginEmpty = "design::margin-empty" MARGIN_EMPTY,
        DesignMarginMissing = "design::margin-missing" MARGIN_MISSING,
        DesignMarginTotal = "design::margin-total" MARGIN_TOTAL,
        DesignMarginTwice = "design::margin-twice" MARGIN_TWICE,
        DesignMarginUnknown = "design::margin-unknown" MARGIN_UNKNOWN,
        DesignNegativeWeights = "design::negative-weights" NEGATIVE_WEIGHTS,
        DesignNest = "design::nest" NEST,
        DesignNumber = "design::number" NUMBER,
        DesignPopulationBlank = "design::population-blank" POPULATION_BLANK,
        DesignPopulationCategory = "design::population-category" POPULATION_CATEGORY,
        DesignPopulationColumn = "design::population-column" POPULATION_COLUMN,
        DesignPopulationEmpty = "design::population-empty" POPULATION_EMPTY,
        DesignPopulationTotal = "design::population-total" POPULATION_TOTAL,
        DesignPopulationZero = "design::population-zero" POPULATION_ZERO,
        DesignRakeConverge = "design::rake-converge" RAKE_CONVERGE,
        DesignRakeMargins = "design::rake-margins" RAKE_MARGINS,
        DesignRakeTotals = "design::rake-totals" RAKE_TOTALS,
        DesignReplicates = "design::replicates" REPLICATES,
        DesignReplicatesAlready = "design::replicates-already" REPLICATES_ALREADY,
        DesignReplicatesCalibrated = "design::replicates-calibrated" REPLICATES_CALIBRATED,
        DesignReplicatesFpc = "design::replicates-fpc" REPLICATES_FPC,
        DesignReplicatesPairs = "design::replicates-pairs" REPLICATES_PAIRS,
        DesignReplicatesSize = "design::replicates-size" REPLICATES_SIZE,
        DesignRscales = "design::rscales" RSCALES,
        DesignSeveralAnswers = "design::several-answers" SEVERAL_ANSWERS,
        DesignSize = "design::size" SIZE,
        DesignStages = "design::stages" STAGES,
        DesignStratumUnknown = "design::stratum-unknown" STRATUM_UNKNOWN,
        DesignTrim = "design::trim" TRIM,
        DesignWeight = "design::weight" WEIGHT,
        DesignWeightValue = "design::weight-value" WEIGHT_VALUE,
    }
    numbers "数値と出力" "numbers and outputs" {
        EngineReduction = "engine::reduction" REDUCTION,
        EstimateIntervalMethod = "estimate::interval-method" INTERVAL_METHOD,
        EstimateLength = "estimate::length" LENGTH,
        EstimateQuantile = "estimate::quantile" QUANTILE,
        EstimateReplicateTable = "estimate::replicate-table" REPLICATE_TABLE,
        EstimateShareTable = "estimate::share-table" SHARE_TABLE,
        IndicatorCalendarYear = "indicator::calendar-year" CALENDAR_YEAR,
        IndicatorCountBlank = "indicator::count-blank" COUNT_BLANK,
        IndicatorCountCell = "indicator::count-cell" COUNT_CELL,
        IndicatorCountMissing = "indicator::count-missing" COUNT_MISSING,
        IndicatorCountsColumns = "indicator::counts-columns" COUNTS_COLUMNS,
        IndicatorCountsTwice = "indicator::counts-twice" COUNTS_TWICE,
        IndicatorQuantity = "indicator::quantity" QUANTITY,
        IndicatorRoughTarget = "indicator::rough-target" ROUGH_TARGET,
        IndicatorUnit = "indicator::unit" UNIT,
        ReportCsv = "report::csv" CSV,
        ReportJson = "report::json" JSON,
        ReportParquet = "report::parquet" PARQUET,
        ReportXlsx = "report::xlsx" XLSX,
    }
    derived "結果のフォルダー" "the folder of results" {
        DerivedChangedFile = "derived::changed-file" CHANGED_FILE,
        DerivedExists = "derived::exists" EXISTS,
        DerivedForeignFile = "derived::foreign-file" FOREIGN_FILE,
        DerivedForeignManifest = "derived::foreign-manifest" FOREIGN_MANIFEST,
        DerivedIo = "derived::io" IO,
        DerivedLeft = "derived::left" LEFT,
        DerivedLockFile = "derived::lock-file" LOCK_FILE,
        DerivedLocked = "derived::locked" LOCKED,
        DerivedManifest = "derived::manifest" MANIFEST,
        DerivedName = "derived::name" NAME,
        DerivedNotADirectory = "derived::not-a-directory" NOT_A_DIRECTORY,
    }
}

impl Code {
    /// How much it matters: of a code of errors and findings both, that it may stop the run. A finding says
    /// its own severity, which is never higher.
    pub const fn severity(self) -> Severity {
        self.entry().severity
    }

    /// What this kind of message is called.
    pub fn title(self, lang: Lang) -> &'static str {
        self.entry().title.get(lang)
    }

    /// What it means and what to do, for every message of this code.
    pub fn meaning(self, lang: Lang) -> &'static str {
        self.entry().meaning.get(lang)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A text that is no code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownCode(pub String);

impl fmt::Display for UnknownCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "there is no code \"{}\"", self.0)
    }
}

impl std::error::Error for UnknownCode {}

impl FromStr for Code {
    type Err = UnknownCode;

    fn from_str(text: &str) -> Result<Self, UnknownCode> {
        Self::ALL
            .iter()
            .find(|code| code.as_str() == text)
            .copied()
            .ok_or_else(|| UnknownCode(text.to_owned()))
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.as_str())
    }
}

/// A code that this program does not have is an error: what was written by another version is made anew.
impl<'d> Deserialize<'d> for Code {
    fn deserialize<D: Deserializer<'d>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use crate::code::{Code, Severity, UnknownCode};
    use crate::text::Lang;

    #[test]
    fn a_code_is_read_as_it_is_written() {
        let mut seen = BTreeSet::new();
        for code in Code::ALL {
            assert_eq!(code.as_str().parse(), Ok(*code));
            assert_eq!(serde_json::to_value(code).unwrap(), code.as_str());
            assert!(seen.insert(code.as_str()), "{code} stands twice");
        }
        assert_eq!(Code::RawNotFound.to_string(), "raw::not-found");
        for wrong in ["", "raw", "raw::", "raw::not_found", "RAW::NOT-FOUND", "raw::not-found "] {
            assert_eq!(wrong.parse::<Code>(), Err(UnknownCode(wrong.to_owned())));
            assert!(serde_json::from_value::<Code>(wrong.into()).is_err(), "{wrong}");
        }
    }

    /// `raw::not-found` is `Code::RawNotFound`: who reads one finds the other.
    #[test]
    fn a_variant_is_named_as_it_is_spelt() {
        for code in Code::ALL {
            let (room, what) = code.as_str().split_once("::").unwrap();
            let joined: String = [room, what].join("-").split('-').map(capital).collect();
            assert_eq!(format!("{code:?}"), joined);
        }
    }

    fn capital(word: &str) -> String {
        let (first, rest) = word.split_at(1);
        first.to_uppercase() + rest
    }

    #[test]
    fn every_entry_has_words_in_both_languages() {
        let japanese = |text: &str| text.chars().any(|c| ('\u{3040}'..='\u{9fff}').contains(&c));
        for code in Code::ALL {
            assert!(japanese(code.title(Lang::Ja)), "{code}");
            assert!(code.meaning(Lang::Ja).ends_with(['。', '）']), "{code}: {}", code.meaning(Lang::Ja));
            assert!(code.title(Lang::En).chars().any(|c| c.is_ascii_alphabetic()), "{code}");
            assert!(code.meaning(Lang::En).ends_with('.'), "{code}: {}", code.meaning(Lang::En));
            for text in [code.title(Lang::Ja), code.meaning(Lang::Ja), code.meaning(Lang::En)] {
                assert!(!text.contains("  ") && text == text.trim(), "{code}: {text}");
            }
        }
        assert!(Severity::Note < Severity::Warning && Severity::Warning < Severity::Error);
    }
}
