//! What columns and questions mean by their names: attributes of respondents, which numbers are broken down
//! by; weights, strata and clusters, which are no questions.

use crate::questionnaire::model::{Question, QuestionKind};
use crate::text::spelling;

/// Words for attributes of respondents, those that breakdowns begin with first.
const ATTRIBUTES: [&str; 20] = [
    "性別",
    "年代",
    "年齢",
    "年令",
    "居住地区",
    "地区",
    "地域",
    "居住",
    "住まい",
    "住所",
    "都道府県",
    "市町村",
    "校区",
    "圏域",
    "職業",
    "世帯",
    "家族構成",
    "婚姻",
    "学歴",
    "国籍",
];

/// The same in English, as whole words.
const ATTRIBUTES_EN: [&str; 22] = [
    "gender",
    "sex",
    "gndr",
    "age",
    "agea",
    "age group",
    "age band",
    "agegroup",
    "age range",
    "region",
    "area",
    "district",
    "ward",
    "prefecture",
    "state",
    "country",
    "occupation",
    "household type",
    "marital status",
    "ethnicity",
    "race",
    "education",
];

/// What a question is about that is no attribute, though a word of one stands in it.
const OPINIONS: [&str; 22] = [
    "満足",
    "重要",
    "評価",
    "思い",
    "思う",
    "感じ",
    "必要",
    "取組",
    "取り組み",
    "参加",
    "知って",
    "利用",
    "活動",
    "課題",
    "魅力",
    "理由",
    "愛着",
    "住み続け",
    "satisf",
    "important",
    "agree",
    "think",
];

/// How much a question is an attribute of the respondent: the less, the rather; `None` for all others.
pub(crate) fn attribute(question: &Question) -> Option<usize> {
    [&question.id, &question.text].into_iter().filter_map(|name| attribute_rank(name)).min()
}

fn attribute_rank(name: &str) -> Option<usize> {
    let folded = spelling::label(name).to_lowercase();
    if OPINIONS.iter().any(|word| folded.contains(word)) || folded.chars().count() > 60 {
        return None;
    }
    if let Some(rank) = ATTRIBUTES.iter().position(|word| folded.contains(word)) {
        return Some(rank);
    }
    let words = words(&folded);
    // `What is your age?`, `Gender`, `age_group`; not `area of the house` or `country of origin of the meat`.
    let asked = ["what is your ", "what s your ", "your ", "respondent ", "q "];
    let bare = asked.iter().find_map(|start| words.strip_prefix(start)).unwrap_or(&words);
    ATTRIBUTES_EN
        .iter()
        .position(|word| {
            bare == *word
                || bare.strip_prefix(word).is_some_and(|rest| {
                    ["group", "category", "band", "range", "recode", "recoded", "of respondent"]
                        .contains(&rest.trim())
                })
        })
        .or_else(|| (words.starts_with("how old are you")).then_some(3))
        .or_else(|| (words.starts_with("where do you live")).then_some(9))
        .map(|rank| rank / 2)
}

/// Runs of letters and digits, one blank between.
fn words(text: &str) -> String {
    let parted: String = text.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    parted.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a number is an age.
pub(crate) fn is_age(question: &Question) -> bool {
    let words = words(&spelling::label(&question.text).to_lowercase());
    let id = words_of(&question.id);
    matches!(question.kind, QuestionKind::Number { .. })
        && (["age", "agea", "年齢", "満年齢", "年令", "your age", "what is your age", "age in years"]
            .iter()
            .any(|name| words == *name || id == *name)
            || (words.contains("年齢") && !OPINIONS.iter().any(|word| words.contains(word)))
            || words.starts_with("how old are you"))
}

fn words_of(text: &str) -> String {
    words(&spelling::label(text).to_lowercase())
}

/// What a column tells of the sample, and of no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SampleColumn {
    /// ウエイト
    Weight,
    /// 層
    Stratum,
    /// 集落
    Cluster,
}

/// What a column of this name tells of the sample.
pub(crate) fn sample_column(name: &str) -> Option<SampleColumn> {
    let words = words_of(name);
    let bare = words.replace(' ', "");
    let weights = [
        "weight",
        "weights",
        "wt",
        "wgt",
        "wght",
        "weighting",
        "pspwght",
        "dweight",
        "pweight",
        "anweight",
        "finalweight",
        "finalwt",
        "wtfinal",
        "surveyweight",
        "sampleweight",
        "samplingweight",
        "designweight",
        "personweight",
        "postweight",
        "weightvar",
        "集計ウエイト",
        "集計ウェイト",
        "集計用ウエイト",
        "集計用乗率",
        "ウエイト",
        "ウェイト",
        "ウエイト値",
        "ウェイト値",
        "ウエイトバック",
        "補正ウエイト",
        "乗率",
        "集計用乗数",
        "抽出ウエイト",
        "重み",
        "拡大係数",
    ];
    let strata = ["stratum", "strata", "strat", "層", "層番号", "層コード", "抽出層"];
    let clusters = [
        "psu",
        "cluster",
        "clusterid",
        "ea",
        "enumerationarea",
        "集落",
        "集落番号",
        "調査地点",
        "調査地点番号",
        "地点番号",
    ];
    let is = |names: &[&str]| names.contains(&bare.as_str());
    if is(&weights) {
        Some(SampleColumn::Weight)
    } else if is(&strata) {
        Some(SampleColumn::Stratum)
    } else if is(&clusters) {
        Some(SampleColumn::Cluster)
    } else {
        None
    }
}

/// Whether an option is no answer of substance: 無回答, わからない, `NS/NC`, `Don't know`.
pub(crate) fn is_no_substance(label: &str) -> bool {
    let folded = spelling::label(label).to_lowercase();
    let words = words(&folded);
    ["無回答", "わからない", "分からない", "不明", "答えたくない", "該当なし", "特になし", "その他"]
        .iter()
        .any(|word| folded.contains(word))
        || ["ns nc", "ns", "nc", "na", "n a", "dk", "don t know", "dont know", "unsure", "not sure", "none"]
            .contains(&words.as_str())
        || ["don t know", "prefer not", "no answer", "refuse", "not applicable", "other"]
            .iter()
            .any(|start| words.starts_with(start))
        || spelling::code_before(&folded).is_some_and(|_| words.contains("don t know"))
}

/// Whether a question is about how the form was filled in.
pub(crate) fn is_about_form(question: &Question) -> bool {
    [
        "status",
        "finished",
        "progress",
        "distributionchannel",
        "userlanguage",
        "collectorid",
        "channel",
        "duration",
        "startlanguage",
        "lastpage",
        "回答方法",
        "回答状況",
        "提出方法",
        "言語",
    ]
    .contains(&words_of(&question.id).replace(' ', "").as_str())
}

#[cfg(test)]
mod tests {
    use super::{SampleColumn, attribute_rank, is_no_substance, sample_column};

    #[test]
    fn attributes_are_known_by_whole_words() {
        for name in [
            "性別",
            "問1 あなたの性別は",
            "年代",
            "お住まいの地区",
            "Gender",
            "gndr",
            "agea",
            "age_group",
            "What is your age?",
            "Region",
            "職業",
        ] {
            assert!(attribute_rank(name).is_some(), "{name}");
        }
        for name in [
            "What percentage of your work is remote?",
            "Do you use local packages?",
            "Development Manager",
            "beverage",
            "advantage",
            "language",
            "お住まいの地区の満足度",
            "地域活動への参加",
            "uuid",
            "storage",
        ] {
            assert_eq!(attribute_rank(name), None, "{name}");
        }
    }

    #[test]
    fn columns_of_the_sample_are_known_by_name() {
        for name in ["weight", "pspwght", "ウエイト", "集計ウエイト", "WT", "final_weight", "ウェイト"]
        {
            assert_eq!(sample_column(name), Some(SampleColumn::Weight), "{name}");
        }
        assert_eq!(sample_column("stratum"), Some(SampleColumn::Stratum));
        assert_eq!(sample_column("PSU"), Some(SampleColumn::Cluster));
        for name in ["体重", "body weight", "重要度", "weight loss", "area"] {
            assert_eq!(sample_column(name), None, "{name}");
        }
    }

    #[test]
    fn some_options_are_no_answers() {
        for label in ["NS/NC", "Don't know", "わからない", "Prefer not to say", "その他", "NA"] {
            assert!(is_no_substance(label), "{label}");
        }
        assert!(!is_no_substance("はい") && !is_no_substance("Nature") && !is_no_substance("No"));
    }
}
