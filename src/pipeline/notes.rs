//! Notes that follow from what the surveys are (報告書の見方).

use super::definition::Definition;
use super::estimates::universe;
use super::plan::{Plan, Sample};
use super::wave::WaveData;
use crate::edits::Action;
use crate::text::Text;

/// The plan's own notes, then one a wave: how its respondents were chosen and weighted; then of whom a number
/// is that is not of everyone. What the signs of the table mean is the exporters' to say.
pub(super) fn notes(plan: &Plan, waves: &[WaveData]) -> Vec<Text> {
    let own = plan.notes.iter().map(Text::same);
    own.chain(waves.iter().map(|data| of_wave(plan, data))).chain(of_whom(plan)).collect()
}

fn of_whom(plan: &Plan) -> Vec<Text> {
    let mut out = Vec::new();
    for item in &plan.indicators {
        for measure in &item.measures {
            let Some(Definition::Estimate(definition)) = &measure.definition else { continue };
            let Some(of) = universe(&plan.surveys[definition.survey].questionnaire, definition) else {
                continue;
            };
            let part = measure.sub_item.as_ref().map_or(String::new(), |part| format!("　{part}"));
            let title = &item.title;
            out.push(Text::new(
                format!("「{title}{part}」の対象は、{}です。", of.ja),
                format!("\"{title}{part}\" is of {}.", of.en),
            ));
        }
    }
    out
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
