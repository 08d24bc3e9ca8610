//! Notes that follow from what the surveys are (報告書の見方).

use super::plan::{Plan, Sample, Weighting};
use super::wave::WaveData;
use crate::indicator::DataKind;
use crate::text::Text;

/// The plan's own notes, then those on the surveys and on how to read the numbers.
pub(super) fn notes(plan: &Plan, waves: &[WaveData]) -> Vec<Text> {
    let mut notes = Vec::new();
    if plan.data == DataKind::Synthetic {
        notes.push(Text::new(
            "この表は合成データから作成しました。実際の調査結果ではありません。",
            "This table was made from synthetic data. It is no result of a real survey.",
        ));
    }
    notes.extend(plan.notes.iter().map(Text::same));
    for data in waves {
        notes.push(of_wave(plan, data));
    }
    let random = waves.iter().any(|d| plan.surveys[d.survey].sample == Sample::Random);
    if random {
        let (method, level) = plan.interval;
        let percent = (level * 1000.0).round() / 10.0;
        notes.push(Text::new(
            format!("割合の下の（ ）は{percent}％信頼区間（{method}）です。nは各設問の集計母数です。"),
            format!("Below a share stands its {percent} % confidence interval ({method}); n is the base of the question."),
        ));
    }
    if !waves.is_empty() {
        notes.push(Text::new(
            "割合は小数第2位を四捨五入しています。そのため、合計が100.0％にならないことがあります。",
            "Shares are rounded half up to one decimal, so they may not add up to 100.0 %.",
        ));
    }
    notes.push(Text::new(
        "「-」は調査を行わない年度、単位のみの欄は今後記入する年度、「…」は値が得られないことを表します。",
        "\"-\": no survey that year; a unit alone: still to be filled in; \"…\": not available.",
    ));
    notes
}

fn of_wave(plan: &Plan, data: &WaveData) -> Text {
    let survey = &plan.surveys[data.survey];
    let wave = &survey.waves[data.wave];
    let (title, n) = (&survey.title, data.answers.rows);
    let (sample_ja, sample_en) = match survey.sample {
        Sample::Random => ("無作為抽出調査", "a random sample"),
        Sample::Census => ("全数調査（標本誤差はありません）", "a census, without sampling error"),
        Sample::Open => ("応募型の調査（割合は回答者の割合であり、市民の割合ではありません）", "self-selected: shares are those of the respondents, not of the citizens"),
        Sample::Panel => ("モニター調査（割合は回答者の割合であり、市民の割合ではありません）", "a panel: shares are those of the respondents, not of the citizens"),
    };
    let weights = match wave.weighting {
        Weighting::None => Text::new("ウエイトなし", "unweighted"),
        _ => Text::new("ウエイトあり", "weighted"),
    };
    let how: Vec<&Text> = data.how.iter().collect();
    let ja: Vec<&str> = how.iter().map(|t| t.ja.as_str()).collect();
    let en: Vec<&str> = how.iter().map(|t| t.en.as_str()).collect();
    let (ja, en) = if how.is_empty() { (weights.ja.clone(), weights.en.clone()) } else { (ja.join("、"), en.join(", ")) };
    Text::new(
        format!("「{title}」（{}）は{sample_ja}です。有効回収数{n}、{ja}。", wave.year.long()),
        format!("\"{title}\" ({}) is {sample_en}. Valid returns {n}; {en}.", wave.year),
    )
}
