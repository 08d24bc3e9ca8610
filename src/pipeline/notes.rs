//! Notes that follow from what the surveys are (報告書の見方).

use super::plan::{Plan, Sample};
use super::wave::WaveData;
use crate::edits::Action;
use crate::text::Text;

/// The plan's own notes, then one a wave: how its respondents were chosen and weighted. What the signs of the
/// table mean is the exporters' to say.
pub(super) fn notes(plan: &Plan, waves: &[WaveData]) -> Vec<Text> {
    plan.notes.iter().map(Text::same).chain(waves.iter().map(|data| of_wave(plan, data))).collect()
}

fn of_wave(plan: &Plan, data: &WaveData) -> Text {
    let survey = &plan.surveys[data.survey];
    let wave = &survey.waves[data.wave];
    let (title, n) = (&survey.title, data.answers.rows);
    let (sample_ja, sample_en) = match wave.sample {
        Sample::Random => ("無作為抽出調査", "a random sample"),
        Sample::Census => ("全数調査（標本誤差はありません）", "a census, without sampling error"),
        Sample::Open => (
            "応募型の調査（割合は回答者の割合であり、市民の割合ではありません）",
            "self-selected: shares are those of the respondents, not of the citizens",
        ),
        Sample::Panel => (
            "モニター調査（割合は回答者の割合であり、市民の割合ではありません）",
            "a panel: shares are those of the respondents, not of the citizens",
        ),
    };
    let weights = if wave.design.is_weighted() {
        Text::new("ウエイトあり", "weighted")
    } else {
        Text::new("ウエイトなし", "unweighted")
    };
    let how: Vec<&Text> = data.built.how.iter().filter(|_| !data.built.simple).collect();
    let ja: Vec<&str> = how.iter().map(|t| t.ja.as_str()).collect();
    let en: Vec<&str> = how.iter().map(|t| t.en.as_str()).collect();
    let (ja, en) = if how.is_empty() {
        (weights.ja.clone(), weights.en.clone())
    } else {
        (ja.join("、"), en.join(", "))
    };
    let cleaned = cleaned(data);
    Text::new(
        format!("「{title}」（{}）は{sample_ja}です。有効回収数{n}、{ja}。{}", wave.year.long(), cleaned.ja),
        format!("\"{title}\" ({}) is {sample_en}. Valid returns {n}; {en}.{}", wave.year, cleaned.en),
    )
}

/// What cleaning logs changed, where there are any.
fn cleaned(data: &WaveData) -> Text {
    let count = |remove: bool| data.changes.iter().filter(|c| (c.action == Action::Remove) == remove).count();
    match (count(false), count(true)) {
        (0, 0) => Text::default(),
        (answers, 0) => Text::new(
            format!("修正記録により{answers}件の回答を直しました。"),
            format!(" {answers} answers were changed by the cleaning log."),
        ),
        (answers, returns) => Text::new(
            format!("修正記録により{answers}件の回答を直し、{returns}票を除きました。"),
            format!(" {answers} answers were changed and {returns} returns taken out by the cleaning log."),
        ),
    }
}
