//! 取扱い方針の影響: what each decision about answers that break the rules does to each estimate, for people
//! and as `sensitivity.csv` and `sensitivity.json`.

use serde_json::{Value, json};

use super::indicators::data_label;
use super::text_cell::{self, guarded, number};
use super::wave_data::Waves;
use super::{round, value, words};
use crate::error::Error;
use crate::indicator::{IndicatorTable, PolicyEffect, PolicySetting, Quality, Statistic, ValueFormat};
use crate::provenance::SCHEMA_VERSION;
use crate::text::{Lang, Text};

/// The column heads for people.
pub(super) const HEADS: [&str; 10] =
    ["項目", "年度", "取扱い方針", "設問", "該当者数", "採った扱い", "その値", "別の扱い", "その値", "差"];

/// The share of the page's width that each column takes, in percent.
pub(super) const WIDTHS: [f64; 10] = [22.0, 5.0, 15.0, 7.0, 6.0, 13.0, 6.0, 13.0, 6.0, 7.0];

/// The columns of `sensitivity.csv`; shares and their differences in [0, 1], all else in its unit, unrounded.
const COLUMNS: [&str; 17] = [
    "sensitivity_key",
    "analysis_key",
    "indicator",
    "survey",
    "wave",
    "policy",
    "question",
    "setting",
    "in_force",
    "touched",
    "stat",
    "difference",
    "n",
    "reason_ja",
    "reason_en",
    "schema_version",
    "data",
];

/// One row for people: an effect and one of its alternatives, in the order of [`HEADS`].
pub(super) fn lines(quality: &Quality, table: &IndicatorTable) -> Vec<[String; 10]> {
    let of = |effect: &PolicyEffect| -> Vec<[String; 10]> {
        let title = title(table, &effect.indicator);
        let format = &effect.format;
        let unit = format.unit.text();
        let line = |other: &PolicySetting| {
            [
                title.clone(),
                effect.wave.short(),
                effect.policy_words.ja.clone(),
                effect.question.clone().unwrap_or_else(|| "―".to_owned()),
                format!("{}人", round::count(effect.affected)),
                effect.in_force.words.ja.clone(),
                printed(&effect.in_force, format, unit, Lang::Ja),
                other.words.ja.clone(),
                printed(other, format, unit, Lang::Ja),
                effect.difference(other).map_or_else(|| "…".to_owned(), |d| change(format, d)),
            ]
        };
        effect.alternatives.iter().map(line).collect()
    };
    quality.effects.iter().flat_map(of).collect()
}

/// What the block says above its table: the greatest difference of shares, and the greatest one of other
/// numbers, which are held against their own value since their units differ.
pub(super) fn summary(quality: &Quality, table: &IndicatorTable) -> String {
    let share = |effect: &PolicyEffect| effect.format.statistic == Statistic::Share;
    let relative = |effect: &PolicyEffect, difference: f64| {
        effect.in_force.value().map_or(0.0, |value| (difference / value).abs())
    };
    let of_shares = greatest(quality, share, |_, difference| difference.abs());
    let of_others = greatest(quality, |effect| !share(effect), relative);
    let told: Vec<String> = [of_shares, of_others]
        .into_iter()
        .flatten()
        .filter(|(effect, _, difference)| !value::is_zero(&value::rounded(&effect.format, difference.abs())))
        .map(|(effect, other, difference)| {
            format!(
                "{}は「{}」（{}）の{}（{}: {}）。",
                if share(effect) {
                    "差が最も大きいの"
                } else {
                    "割合のほかで、値に対する差が最も大きいの"
                },
                title(table, &effect.indicator),
                effect.wave.short(),
                change(&effect.format, difference),
                effect.policy_words.ja,
                other.words.ja
            )
        })
        .collect();
    if told.is_empty() {
        let of_shares_only = quality.effects.iter().all(share);
        let least = if of_shares_only {
            "値は0.1ポイント以上変わらない"
        } else {
            "表示する値は変わらない"
        };
        return format!("決まりに反する回答などの扱いを変えても、{least}。");
    }
    format!("決まりに反する回答などの扱いを変えたときの値。{}", told.concat())
}

/// The first of the greatest differences, in the order of the table.
fn greatest(
    quality: &Quality,
    of: impl Fn(&PolicyEffect) -> bool,
    size: impl Fn(&PolicyEffect, f64) -> f64,
) -> Option<(&PolicyEffect, &PolicySetting, f64)> {
    let all = quality.effects.iter().filter(|effect| of(effect)).flat_map(|effect| {
        effect.alternatives.iter().filter_map(move |other| Some((effect, other, effect.difference(other)?)))
    });
    all.fold(None, |most: Option<(&PolicyEffect, &PolicySetting, f64)>, one| match most {
        Some(most) if size(most.0, most.2) >= size(one.0, one.2) => Some(most),
        _ => Some(one),
    })
}

/// Lines for the explanation of one number: each decision with the value under it, then the value under the
/// others.
pub fn explained(effect: &PolicyEffect) -> Vec<Text> {
    let (about_ja, about_en) = effect
        .question
        .as_ref()
        .map_or((String::new(), String::new()), |q| (format!("{q}、"), format!("{q}, ")));
    let format = &effect.format;
    // A percent sign stands apart in sentences, a unit of words does not.
    let unit = if format.statistic == Statistic::Share { " %" } else { format.unit.text() };
    let (policy, decided, affected) = (&effect.policy_words, &effect.in_force, round::count(effect.affected));
    let mut out = vec![Text::new(
        format!(
            "{}（{about_ja}該当 {affected}人）: {} → {}",
            policy.ja,
            decided.words.ja,
            printed(decided, format, unit, Lang::Ja)
        ),
        format!(
            "{} ({about_en}{affected} respondents): {} → {}",
            policy.en,
            decided.words.en,
            printed(decided, format, unit, Lang::En)
        ),
    )];
    for other in &effect.alternatives {
        let (ja, en) = effect.difference(other).map_or((String::new(), String::new()), |d| {
            let en = if format.statistic == Statistic::Share {
                format!("{} points", signed(format, d))
            } else {
                change(format, d)
            };
            (format!("（{}）", change(format, d)), format!(" ({en})"))
        });
        out.push(Text::new(
            format!("　{}なら {}{ja}", other.words.ja, printed(other, format, unit, Lang::Ja)),
            format!("  {}: {}{en}", other.words.en, printed(other, format, unit, Lang::En)),
        ));
    }
    out
}

/// The indicator's title, with the name of the part.
fn title(table: &IndicatorTable, id: &str) -> String {
    for row in &table.rows {
        if row.id == id {
            return row.title.clone();
        }
        let part = id
            .strip_prefix(row.id.as_str())
            .and_then(|rest| rest.strip_prefix('.'))
            .and_then(|n| n.parse::<usize>().ok());
        if let Some(measure) = part.and_then(|n| row.measures.get(n.checked_sub(1)?)) {
            return format!("{}　{}", row.title, measure.sub_item.as_deref().unwrap_or_default());
        }
    }
    id.to_owned()
}

/// The value as its own cell prints it, `30.6%`, with the unit so; the reason where there is none.
fn printed(setting: &PolicySetting, format: &ValueFormat, unit: &str, lang: Lang) -> String {
    match setting.estimate.as_ref().map(|e| value::printed(format, e)) {
        Ok(Ok(shown)) => format!("{shown}{unit}"),
        Ok(Err(reason)) => format!("…（{}）", reason.text().get(lang)),
        Err(reason) => format!("…（{}）", reason.get(lang)),
    }
}

/// A difference with its sign and its unit: `+1.3ポイント`.
fn change(format: &ValueFormat, difference: f64) -> String {
    format!("{}{}", signed(format, difference), value::unit_of_difference(format).ja)
}

/// A difference with its sign; what rounds to zero has none.
fn signed(format: &ValueFormat, difference: f64) -> String {
    let printed = value::rounded(format, difference);
    if value::is_zero(&printed) {
        format!("±{printed}")
    } else if difference > 0.0 {
        format!("+{printed}")
    } else {
        printed
    }
}

/// `sensitivity.csv`: one row a number. The row of the setting in force has `in_force` = yes and no
/// difference; the value of each other one is what the whole run gives when the questionnaire or the plan
/// says so.
pub(super) fn csv(quality: &Quality, table: &IndicatorTable) -> Result<Vec<u8>, Error> {
    let waves = Waves::of(table);
    let of = |effect: &PolicyEffect| -> Vec<Vec<String>> {
        let data = words::data_key(waves.data(&effect.survey, effect.wave));
        settings(effect).map(|(setting, in_force)| row(effect, setting, in_force, data)).collect()
    };
    text_cell::csv(&COLUMNS, &quality.effects.iter().flat_map(of).collect::<Vec<_>>())
}

/// The setting in force, then the others.
fn settings(effect: &PolicyEffect) -> impl Iterator<Item = (&PolicySetting, bool)> {
    std::iter::once((&effect.in_force, true)).chain(effect.alternatives.iter().map(|other| (other, false)))
}

fn key(effect: &PolicyEffect, setting: &PolicySetting) -> String {
    let question = effect.question.as_ref().map_or(String::new(), |q| format!("{q}/"));
    format!("{}/{}/{question}{}", effect.analysis_key, effect.policy, setting.setting)
}

fn row(effect: &PolicyEffect, setting: &PolicySetting, in_force: bool, data: &str) -> Vec<String> {
    let value = setting.value();
    let reason = value.as_ref().err();
    vec![
        guarded(&key(effect, setting)),
        guarded(&effect.analysis_key.to_string()),
        guarded(&effect.indicator),
        guarded(&effect.survey),
        effect.wave.short(),
        effect.policy.to_owned(),
        guarded(effect.question.as_deref().unwrap_or_default()),
        setting.setting.to_owned(),
        if in_force { "yes" } else { "no" }.to_owned(),
        effect.affected.to_string(),
        number(value.as_ref().ok().copied()),
        number(effect.difference(setting).filter(|_| !in_force)),
        setting.estimate.as_ref().map(|e| e.n.to_string()).unwrap_or_default(),
        guarded(reason.map_or("", |r| r.ja.as_str())),
        guarded(reason.map_or("", |r| r.en.as_str())),
        SCHEMA_VERSION.to_owned(),
        data.to_owned(),
    ]
}

/// `sensitivity.json`: one object a decision and estimate, its settings in a list, the one in force first.
pub(super) fn json(quality: &Quality, table: &IndicatorTable) -> Result<Vec<u8>, Error> {
    let waves = Waves::of(table);
    let of = |effect: &PolicyEffect| -> Value {
        let of_setting = |(setting, in_force): (&PolicySetting, bool)| {
            let value = setting.value();
            json!({
                "sensitivity_key": key(effect, setting),
                "setting": setting.setting,
                "setting_ja": setting.words.ja,
                "setting_en": setting.words.en,
                "in_force": in_force,
                "stat": value.as_ref().ok(),
                "difference": effect.difference(setting).filter(|_| !in_force),
                "n": setting.estimate.as_ref().ok().map(|e| e.n),
                "n_yes": setting.estimate.as_ref().ok().and_then(|e| e.n_yes),
                "reason_ja": value.as_ref().err().map(|r| &r.ja),
                "reason_en": value.as_ref().err().map(|r| &r.en),
            })
        };
        json!({
            "analysis_key": effect.analysis_key,
            "indicator": effect.indicator,
            "survey": effect.survey,
            "wave": effect.wave,
            "policy": effect.policy,
            "policy_ja": effect.policy_words.ja,
            "policy_en": effect.policy_words.en,
            "question": effect.question,
            "touched": effect.affected,
            "settings": settings(effect).map(of_setting).collect::<Vec<_>>(),
            "data": words::data_key(waves.data(&effect.survey, effect.wave)),
        })
    };
    text_cell::json(&json!({
        "schema_version": SCHEMA_VERSION,
        "data": words::data_key(table.data),
        "data_label": data_label(table.data),
        "effects": quality.effects.iter().map(of).collect::<Vec<_>>(),
    }))
}

#[cfg(test)]
mod tests {
    use super::{change, signed};
    use crate::indicator::{Statistic, Unit, ValueFormat};

    #[test]
    fn a_difference_is_in_points_or_in_the_unit_and_carries_its_sign() {
        let minutes =
            ValueFormat { statistic: Statistic::Mean, unit: Unit::Named("分".into()), decimals: 1 };
        assert_eq!([0.25, -12.0, 0.04].map(|d| change(&minutes, d)), ["+0.3分", "-12.0分", "±0.0分"]);
        assert_eq!(
            [0.0125, -0.0125, 0.0004, -0.0004, 0.0].map(|d| signed(&ValueFormat::share(), d)),
            ["+1.3", "-1.3", "±0.0", "±0.0", "±0.0"]
        );
    }
}
