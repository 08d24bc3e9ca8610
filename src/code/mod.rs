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
        CliConflict = "cli::conflict" CLI_CONFLICT,
        CliExportDerived = "cli::export-derived" CLI_EXPORT_DERIVED,
        CliExportName = "cli::export-name" CLI_EXPORT_NAME,
        CliExtraArgument = "cli::extra-argument" CLI_EXTRA_ARGUMENT,
        CliMissingArgument = "cli::missing-argument" CLI_MISSING_ARGUMENT,
        CliMissingCommand = "cli::missing-command" CLI_MISSING_COMMAND,
        CliMissingValue = "cli::missing-value" CLI_MISSING_VALUE,
        CliNoEquals = "cli::no-equals" CLI_NO_EQUALS,
        CliNoPlan = "cli::no-plan" CLI_NO_PLAN,
        CliNotUnicode = "cli::not-unicode" CLI_NOT_UNICODE,
        CliOut = "cli::out" CLI_OUT,
        CliParquetOut = "cli::parquet-out" CLI_PARQUET_OUT,
        CliSeveralPlans = "cli::several-plans" CLI_SEVERAL_PLANS,
        CliStdout = "cli::stdout" CLI_STDOUT,
        CliThreads = "cli::threads" CLI_THREADS,
        CliTwice = "cli::twice" CLI_TWICE,
        CliUnknownCommand = "cli::unknown-command" CLI_UNKNOWN_COMMAND,
        CliUnknownOption = "cli::unknown-option" CLI_UNKNOWN_OPTION,
        CliUnknownValue = "cli::unknown-value" CLI_UNKNOWN_VALUE,
        CliUsage = "cli::usage" CLI_USAGE,
        CliValueCount = "cli::value-count" CLI_VALUE_COUNT,
        CliWrongValue = "cli::wrong-value" CLI_WRONG_VALUE,
    }
    adhoc "estimate のオプション" "flags of estimate" {
        AdhocBase = "adhoc::base" ADHOC_BASE,
        AdhocBounds = "adhoc::bounds" ADHOC_BOUNDS,
        AdhocByBlank = "adhoc::by-blank" ADHOC_BY_BLANK,
        AdhocCalibrate = "adhoc::calibrate" ADHOC_CALIBRATE,
        AdhocCodeMissing = "adhoc::code-missing" ADHOC_CODE_MISSING,
        AdhocColumnTwice = "adhoc::column-twice" ADHOC_COLUMN_TWICE,
        AdhocCondition = "adhoc::condition" ADHOC_CONDITION,
        AdhocDifference = "adhoc::difference" ADHOC_DIFFERENCE,
        AdhocLevel = "adhoc::level" ADHOC_LEVEL,
        AdhocMissing = "adhoc::missing" ADHOC_MISSING,
        AdhocNoColumn = "adhoc::no-column" ADHOC_NO_COLUMN,
        AdhocNoRows = "adhoc::no-rows" ADHOC_NO_ROWS,
        AdhocNobodyChose = "adhoc::nobody-chose" ADHOC_NOBODY_CHOSE,
        AdhocNotAskedButAnswered = "adhoc::not-asked-but-answered" ADHOC_NOT_ASKED_BUT_ANSWERED,
        AdhocNotNumeric = "adhoc::not-numeric" ADHOC_NOT_NUMERIC,
        AdhocNotParted = "adhoc::not-parted" ADHOC_NOT_PARTED,
        AdhocNothing = "adhoc::nothing" ADHOC_NOTHING,
        AdhocOneWave = "adhoc::one-wave" ADHOC_ONE_WAVE,
        AdhocParted = "adhoc::parted" ADHOC_PARTED,
        AdhocQuantile = "adhoc::quantile" ADHOC_QUANTILE,
        AdhocRatio = "adhoc::ratio" ADHOC_RATIO,
        AdhocRequest = "adhoc::request" ADHOC_REQUEST,
        AdhocShare = "adhoc::share" ADHOC_SHARE,
        AdhocTest = "adhoc::test" ADHOC_TEST,
        AdhocTicks = "adhoc::ticks" ADHOC_TICKS,
        AdhocUnknownCode = "adhoc::unknown-code" ADHOC_UNKNOWN_CODE,
    }
    plan "計画" "the plan" {
        PlanBand = "plan::band" PLAN_BAND,
        PlanBounds = "plan::bounds" PLAN_BOUNDS,
        PlanBreakdownKind = "plan::breakdown-kind" PLAN_BREAKDOWN_KIND,
        PlanChangedFile = "plan::changed-file" PLAN_CHANGED_FILE,
        PlanDecimals = "plan::decimals" PLAN_DECIMALS,
        PlanDefinition = "plan::definition" PLAN_DEFINITION,
        PlanDesignTwice = "plan::design-twice" PLAN_DESIGN_TWICE,
        PlanDontKnow = "plan::dont-know" PLAN_DONT_KNOW,
        PlanFiscalYear = "plan::fiscal-year" PLAN_FISCAL_YEAR,
        PlanFiscalYears = "plan::fiscal-years" PLAN_FISCAL_YEARS,
        PlanFolder = "plan::folder" PLAN_FOLDER,
        PlanGoalTwice = "plan::goal-twice" PLAN_GOAL_TWICE,
        PlanId = "plan::id" PLAN_ID,
        PlanIdTwice = "plan::id-twice" PLAN_ID_TWICE,
        PlanLevel = "plan::level" PLAN_LEVEL,
        PlanLogWave = "plan::log-wave" PLAN_LOG_WAVE,
        PlanManual = "plan::manual" PLAN_MANUAL,
        PlanMisplacedKey = "plan::misplaced-key" PLAN_MISPLACED_KEY,
        PlanMissingKey = "plan::missing-key" PLAN_MISSING_KEY,
        PlanNoLog = "plan::no-log" PLAN_NO_LOG,
        PlanNoRespondent = "plan::no-respondent" PLAN_NO_RESPONDENT,
        PlanNoRespondents = "plan::no-respondents" PLAN_NO_RESPONDENTS,
        PlanOptionTwice = "plan::option-twice" PLAN_OPTION_TWICE,
        PlanParts = "plan::parts" PLAN_PARTS,
        PlanPoints = "plan::points" PLAN_POINTS,
        PlanPopulation = "plan::population" PLAN_POPULATION,
        PlanQuantile = "plan::quantile" PLAN_QUANTILE,
        PlanQuestionKind = "plan::question-kind" PLAN_QUESTION_KIND,
        PlanReplicates = "plan::replicates" PLAN_REPLICATES,
        PlanReservedKey = "plan::reserved-key" PLAN_RESERVED_KEY,
        PlanRuleOption = "plan::rule-option" PLAN_RULE_OPTION,
        PlanStratumKind = "plan::stratum-kind" PLAN_STRATUM_KIND,
        PlanSyntax = "plan::syntax" PLAN_SYNTAX,
        PlanTarget = "plan::target" PLAN_TARGET,
        PlanTargetUnit = "plan::target-unit" PLAN_TARGET_UNIT,
        PlanUnit = "plan::unit" PLAN_UNIT,
        PlanUnknownGoal = "plan::unknown-goal" PLAN_UNKNOWN_GOAL,
        PlanUnknownIndicator = "plan::unknown-indicator" PLAN_UNKNOWN_INDICATOR,
        PlanUnknownItem = "plan::unknown-item" PLAN_UNKNOWN_ITEM,
        PlanUnknownKey = "plan::unknown-key" PLAN_UNKNOWN_KEY,
        PlanUnknownNumber = "plan::unknown-number" PLAN_UNKNOWN_NUMBER,
        PlanUnknownOption = "plan::unknown-option" PLAN_UNKNOWN_OPTION,
        PlanUnknownQuestion = "plan::unknown-question" PLAN_UNKNOWN_QUESTION,
        PlanUnknownSurvey = "plan::unknown-survey" PLAN_UNKNOWN_SURVEY,
        PlanUnknownWave = "plan::unknown-wave" PLAN_UNKNOWN_WAVE,
        PlanUnknownWord = "plan::unknown-word" PLAN_UNKNOWN_WORD,
        PlanWeights = "plan::weights" PLAN_WEIGHTS,
        PlanWhichWave = "plan::which-wave" PLAN_WHICH_WAVE,
        PlanWrongType = "plan::wrong-type" PLAN_WRONG_TYPE,
        PlanYearOutside = "plan::year-outside" PLAN_YEAR_OUTSIDE,
    }
    waves "調査回の対応と比較" "waves beside each other" {
        PlanCompareWithCare = "plan::compare-with-care" PLAN_COMPARE_WITH_CARE,
        PlanMapConflict = "plan::map-conflict" PLAN_MAP_CONFLICT,
        PlanMapKind = "plan::map-kind" PLAN_MAP_KIND,
        PlanMapMerged = "plan::map-merged" PLAN_MAP_MERGED,
        PlanMapOptions = "plan::map-options" PLAN_MAP_OPTIONS,
        PlanMapReason = "plan::map-reason" PLAN_MAP_REASON,
        PlanMappedTwice = "plan::mapped-twice" PLAN_MAPPED_TWICE,
        PlanNotComparable = "plan::not-comparable" PLAN_NOT_COMPARABLE,
        PlanNotOnPaper = "plan::not-on-paper" PLAN_NOT_ON_PAPER,
        PlanReusedNumber = "plan::reused-number" PLAN_REUSED_NUMBER,
        PlanSampleDiffers = "plan::sample-differs" PLAN_SAMPLE_DIFFERS,
        PlanUnmappedQuestion = "plan::unmapped-question" PLAN_UNMAPPED_QUESTION,
        PlanWeightingDiffers = "plan::weighting-differs" PLAN_WEIGHTING_DIFFERS,
    }
    questionnaire "調査票" "the questionnaire" {
        AnswersAmbiguousOption = "answers::ambiguous-option" ANSWERS_AMBIGUOUS_OPTION,
        AnswersBadRange = "answers::bad-range" ANSWERS_BAD_RANGE,
        AnswersBandsGap = "answers::bands-gap" ANSWERS_BANDS_GAP,
        AnswersBandsLabels = "answers::bands-labels" ANSWERS_BANDS_LABELS,
        AnswersBandsOrder = "answers::bands-order" ANSWERS_BANDS_ORDER,
        AnswersCodeClash = "answers::code-clash" ANSWERS_CODE_CLASH,
        AnswersCrossOne = "answers::cross-one" ANSWERS_CROSS_ONE,
        AnswersCrossTwice = "answers::cross-twice" ANSWERS_CROSS_TWICE,
        AnswersDerivedCircle = "answers::derived-circle" ANSWERS_DERIVED_CIRCLE,
        AnswersDerivedKind = "answers::derived-kind" ANSWERS_DERIVED_KIND,
        AnswersDerivedLabels = "answers::derived-labels" ANSWERS_DERIVED_LABELS,
        AnswersDuplicateOption = "answers::duplicate-option" ANSWERS_DUPLICATE_OPTION,
        AnswersDuplicateQuestion = "answers::duplicate-question" ANSWERS_DUPLICATE_QUESTION,
        AnswersForm = "answers::form" ANSWERS_FORM,
        AnswersFormCodes = "answers::form-codes" ANSWERS_FORM_CODES,
        AnswersFormCount = "answers::form-count" ANSWERS_FORM_COUNT,
        AnswersFormDuplicate = "answers::form-duplicate" ANSWERS_FORM_DUPLICATE,
        AnswersFormOptions = "answers::form-options" ANSWERS_FORM_OPTIONS,
        AnswersFormRule = "answers::form-rule" ANSWERS_FORM_RULE,
        AnswersFormSet = "answers::form-set" ANSWERS_FORM_SET,
        AnswersFormType = "answers::form-type" ANSWERS_FORM_TYPE,
        AnswersFormWeight = "answers::form-weight" ANSWERS_FORM_WEIGHT,
        AnswersLaterQuestion = "answers::later-question" ANSWERS_LATER_QUESTION,
        AnswersMisplacedKey = "answers::misplaced-key" ANSWERS_MISPLACED_KEY,
        AnswersMissingKey = "answers::missing-key" ANSWERS_MISSING_KEY,
        AnswersNoOptions = "answers::no-options" ANSWERS_NO_OPTIONS,
        AnswersOptionTwice = "answers::option-twice" ANSWERS_OPTION_TWICE,
        AnswersToml = "answers::toml" ANSWERS_TOML,
        AnswersTooManyOptions = "answers::too-many-options" ANSWERS_TOO_MANY_OPTIONS,
        AnswersUnknownBase = "answers::unknown-base" ANSWERS_UNKNOWN_BASE,
        AnswersUnknownKey = "answers::unknown-key" ANSWERS_UNKNOWN_KEY,
        AnswersUnknownOption = "answers::unknown-option" ANSWERS_UNKNOWN_OPTION,
        AnswersUnknownQuestion = "answers::unknown-question" ANSWERS_UNKNOWN_QUESTION,
        AnswersUnknownWord = "answers::unknown-word" ANSWERS_UNKNOWN_WORD,
        AnswersWrongType = "answers::wrong-type" ANSWERS_WRONG_TYPE,
    }
    answers "回答" "answers" {
        AnswersAmbiguous = "answers::ambiguous" ANSWERS_AMBIGUOUS,
        AnswersAmbiguousColumn = "answers::ambiguous-column" ANSWERS_AMBIGUOUS_COLUMN,
        AnswersAnsweredFilterUnknown = "answers::answered-filter-unknown" ANSWERS_ANSWERED_FILTER_UNKNOWN,
        AnswersAnsweredThoughNotAsked = "answers::answered-though-not-asked" ANSWERS_ANSWERED_THOUGH_NOT_ASKED,
        AnswersBlankReturn = "answers::blank-return" ANSWERS_BLANK_RETURN,
        AnswersBlankThoughAsked = "answers::blank-though-asked" ANSWERS_BLANK_THOUGH_ASKED,
        AnswersColumnCount = "answers::column-count" ANSWERS_COLUMN_COUNT,
        AnswersDateCode = "answers::date-code" ANSWERS_DATE_CODE,
        AnswersDuplicateRespondent = "answers::duplicate-respondent" ANSWERS_DUPLICATE_RESPONDENT,
        AnswersExclusiveWithOthers = "answers::exclusive-with-others" ANSWERS_EXCLUSIVE_WITH_OTHERS,
        AnswersLedger = "answers::ledger" ANSWERS_LEDGER,
        AnswersMissingColumn = "answers::missing-column" ANSWERS_MISSING_COLUMN,
        AnswersNoRespondentId = "answers::no-respondent-id" ANSWERS_NO_RESPONDENT_ID,
        AnswersNotANumber = "answers::not-a-number" ANSWERS_NOT_A_NUMBER,
        AnswersNotAskedThoughAsked = "answers::not-asked-though-asked" ANSWERS_NOT_ASKED_THOUGH_ASKED,
        AnswersNotInAGroup = "answers::not-in-a-group" ANSWERS_NOT_IN_A_GROUP,
        AnswersOutOfList = "answers::out-of-list" ANSWERS_OUT_OF_LIST,
        AnswersOutOfRange = "answers::out-of-range" ANSWERS_OUT_OF_RANGE,
        AnswersOverMax = "answers::over-max" ANSWERS_OVER_MAX,
        AnswersPersonalData = "answers::personal-data" ANSWERS_PERSONAL_DATA,
        AnswersTemplateRows = "answers::template-rows" ANSWERS_TEMPLATE_ROWS,
        AnswersTwoMarks = "answers::two-marks" ANSWERS_TWO_MARKS,
        AnswersUnreadable = "answers::unreadable" ANSWERS_UNREADABLE,
    }
    log "修正記録" "the cleaning log" {
        AnswersLogChanged = "answers::log-changed" ANSWERS_LOG_CHANGED,
        AnswersLogConflict = "answers::log-conflict" ANSWERS_LOG_CONFLICT,
        AnswersLogFile = "answers::log-file" ANSWERS_LOG_FILE,
        AnswersLogHeader = "answers::log-header" ANSWERS_LOG_HEADER,
        AnswersLogKind = "answers::log-kind" ANSWERS_LOG_KIND,
        AnswersLogLookedAt = "answers::log-looked-at" ANSWERS_LOG_LOOKED_AT,
        AnswersLogMistakes = "answers::log-mistakes" ANSWERS_LOG_MISTAKES,
        AnswersLogNewValue = "answers::log-new-value" ANSWERS_LOG_NEW_VALUE,
        AnswersLogOldValue = "answers::log-old-value" ANSWERS_LOG_OLD_VALUE,
        AnswersLogOvertaken = "answers::log-overtaken" ANSWERS_LOG_OVERTAKEN,
        AnswersLogQuestion = "answers::log-question" ANSWERS_LOG_QUESTION,
        AnswersLogRemoved = "answers::log-removed" ANSWERS_LOG_REMOVED,
        AnswersLogRepeated = "answers::log-repeated" ANSWERS_LOG_REPEATED,
        AnswersLogRespondent = "answers::log-respondent" ANSWERS_LOG_RESPONDENT,
        AnswersLogRespondentTwice = "answers::log-respondent-twice" ANSWERS_LOG_RESPONDENT_TWICE,
        AnswersLogRow = "answers::log-row" ANSWERS_LOG_ROW,
        AnswersLogUnverified = "answers::log-unverified" ANSWERS_LOG_UNVERIFIED,
    }
    raw "ファイルの読み込み" "reading files" {
        RawBlankLines = "raw::blank-lines" RAW_BLANK_LINES,
        RawCellError = "raw::cell-error" RAW_CELL_ERROR,
        RawColumnType = "raw::column-type" RAW_COLUMN_TYPE,
        RawDamaged = "raw::damaged" RAW_DAMAGED,
        RawDuplicateHeader = "raw::duplicate-header" RAW_DUPLICATE_HEADER,
        RawEmpty = "raw::empty" RAW_EMPTY,
        RawEmptyRows = "raw::empty-rows" RAW_EMPTY_ROWS,
        RawEncoding = "raw::encoding" RAW_ENCODING,
        RawFormulaWithoutValue = "raw::formula-without-value" RAW_FORMULA_WITHOUT_VALUE,
        RawHeaderRows = "raw::header-rows" RAW_HEADER_ROWS,
        RawIo = "raw::io" RAW_IO,
        RawIsDirectory = "raw::is-directory" RAW_IS_DIRECTORY,
        RawMergedCells = "raw::merged-cells" RAW_MERGED_CELLS,
        RawNan = "raw::nan" RAW_NAN,
        RawNoHeader = "raw::no-header" RAW_NO_HEADER,
        RawNotFound = "raw::not-found" RAW_NOT_FOUND,
        RawNotText = "raw::not-text" RAW_NOT_TEXT,
        RawNul = "raw::nul" RAW_NUL,
        RawOpenQuote = "raw::open-quote" RAW_OPEN_QUOTE,
        RawOtherSheets = "raw::other-sheets" RAW_OTHER_SHEETS,
        RawPassword = "raw::password" RAW_PASSWORD,
        RawPermission = "raw::permission" RAW_PERMISSION,
        RawReplacementCharacter = "raw::replacement-character" RAW_REPLACEMENT_CHARACTER,
        RawSheet = "raw::sheet" RAW_SHEET,
        RawShortRow = "raw::short-row" RAW_SHORT_ROW,
        RawTooLarge = "raw::too-large" RAW_TOO_LARGE,
        RawUndecodable = "raw::undecodable" RAW_UNDECODABLE,
        RawUnsupported = "raw::unsupported" RAW_UNSUPPORTED,
        RawWrongExtension = "raw::wrong-extension" RAW_WRONG_EXTENSION,
    }
    design "標本設計とウエイト" "sample design and weights" {
        DesignBlank = "design::blank" DESIGN_BLANK,
        DesignCalibrateBounds = "design::calibrate-bounds" DESIGN_CALIBRATE_BOUNDS,
        DesignCalibrateConverge = "design::calibrate-converge" DESIGN_CALIBRATE_CONVERGE,
        DesignCalibrateMissing = "design::calibrate-missing" DESIGN_CALIBRATE_MISSING,
        DesignEmpty = "design::empty" DESIGN_EMPTY,
        DesignExtremeWeights = "design::extreme-weights" DESIGN_EXTREME_WEIGHTS,
        DesignFpcSmall = "design::fpc-small" DESIGN_FPC_SMALL,
        DesignFpcTwice = "design::fpc-twice" DESIGN_FPC_TWICE,
        DesignFpcVaries = "design::fpc-varies" DESIGN_FPC_VARIES,
        DesignLength = "design::length" DESIGN_LENGTH,
        DesignLonelyPsu = "design::lonely-psu" DESIGN_LONELY_PSU,
        DesignMargin = "design::margin" DESIGN_MARGIN,
        DesignMarginEmpty = "design::margin-empty" DESIGN_MARGIN_EMPTY,
        DesignMarginMissing = "design::margin-missing" DESIGN_MARGIN_MISSING,
        DesignMarginTotal = "design::margin-total" DESIGN_MARGIN_TOTAL,
        DesignMarginTwice = "design::margin-twice" DESIGN_MARGIN_TWICE,
        DesignMarginUnknown = "design::margin-unknown" DESIGN_MARGIN_UNKNOWN,
        DesignNegativeWeights = "design::negative-weights" DESIGN_NEGATIVE_WEIGHTS,
        DesignNest = "design::nest" DESIGN_NEST,
        DesignNumber = "design::number" DESIGN_NUMBER,
        DesignPopulationBlank = "design::population-blank" DESIGN_POPULATION_BLANK,
        DesignPopulationCategory = "design::population-category" DESIGN_POPULATION_CATEGORY,
        DesignPopulationColumn = "design::population-column" DESIGN_POPULATION_COLUMN,
        DesignPopulationEmpty = "design::population-empty" DESIGN_POPULATION_EMPTY,
        DesignPopulationTotal = "design::population-total" DESIGN_POPULATION_TOTAL,
        DesignPopulationZero = "design::population-zero" DESIGN_POPULATION_ZERO,
        DesignRakeConverge = "design::rake-converge" DESIGN_RAKE_CONVERGE,
        DesignRakeMargins = "design::rake-margins" DESIGN_RAKE_MARGINS,
        DesignRakeTotals = "design::rake-totals" DESIGN_RAKE_TOTALS,
        DesignReplicates = "design::replicates" DESIGN_REPLICATES,
        DesignReplicatesAlready = "design::replicates-already" DESIGN_REPLICATES_ALREADY,
        DesignReplicatesCalibrated = "design::replicates-calibrated" DESIGN_REPLICATES_CALIBRATED,
        DesignReplicatesFpc = "design::replicates-fpc" DESIGN_REPLICATES_FPC,
        DesignReplicatesPairs = "design::replicates-pairs" DESIGN_REPLICATES_PAIRS,
        DesignReplicatesSize = "design::replicates-size" DESIGN_REPLICATES_SIZE,
        DesignRscales = "design::rscales" DESIGN_RSCALES,
        DesignSeveralAnswers = "design::several-answers" DESIGN_SEVERAL_ANSWERS,
        DesignSize = "design::size" DESIGN_SIZE,
        DesignStages = "design::stages" DESIGN_STAGES,
        DesignStratumUnknown = "design::stratum-unknown" DESIGN_STRATUM_UNKNOWN,
        DesignTrim = "design::trim" DESIGN_TRIM,
        DesignWeight = "design::weight" DESIGN_WEIGHT,
        DesignWeightValue = "design::weight-value" DESIGN_WEIGHT_VALUE,
    }
    numbers "数値と出力" "numbers and outputs" {
        EngineReduction = "engine::reduction" ENGINE_REDUCTION,
        EstimateIntervalMethod = "estimate::interval-method" ESTIMATE_INTERVAL_METHOD,
        EstimateLength = "estimate::length" ESTIMATE_LENGTH,
        EstimateQuantile = "estimate::quantile" ESTIMATE_QUANTILE,
        EstimateReplicateTable = "estimate::replicate-table" ESTIMATE_REPLICATE_TABLE,
        EstimateShareTable = "estimate::share-table" ESTIMATE_SHARE_TABLE,
        IndicatorCountBlank = "indicator::count-blank" INDICATOR_COUNT_BLANK,
        IndicatorCountMissing = "indicator::count-missing" INDICATOR_COUNT_MISSING,
        IndicatorCountsColumns = "indicator::counts-columns" INDICATOR_COUNTS_COLUMNS,
        IndicatorCountsTwice = "indicator::counts-twice" INDICATOR_COUNTS_TWICE,
        IndicatorQuantity = "indicator::quantity" INDICATOR_QUANTITY,
        IndicatorUnit = "indicator::unit" INDICATOR_UNIT,
        ReportCsv = "report::csv" REPORT_CSV,
        ReportJson = "report::json" REPORT_JSON,
        ReportParquet = "report::parquet" REPORT_PARQUET,
        ReportXlsx = "report::xlsx" REPORT_XLSX,
    }
    derived "結果のフォルダー" "the folder of results" {
        DerivedChangedFile = "derived::changed-file" DERIVED_CHANGED_FILE,
        DerivedExists = "derived::exists" DERIVED_EXISTS,
        DerivedForeignFile = "derived::foreign-file" DERIVED_FOREIGN_FILE,
        DerivedForeignManifest = "derived::foreign-manifest" DERIVED_FOREIGN_MANIFEST,
        DerivedIo = "derived::io" DERIVED_IO,
        DerivedLeft = "derived::left" DERIVED_LEFT,
        DerivedLockFile = "derived::lock-file" DERIVED_LOCK_FILE,
        DerivedLocked = "derived::locked" DERIVED_LOCKED,
        DerivedManifest = "derived::manifest" DERIVED_MANIFEST,
        DerivedName = "derived::name" DERIVED_NAME,
        DerivedNotADirectory = "derived::not-a-directory" DERIVED_NOT_A_DIRECTORY,
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
