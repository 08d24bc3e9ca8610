//! A progress table with everything in it that a real one can hold: several goals, an item of three measures,
//! a decrease goal, every blank, every state, long texts, survey values with and without interval, a
//! published value, 速報値.

use shihyo::code::Code;
use shihyo::decode::{Base, BaseLedger};
use shihyo::estimate::reliability::ReliabilityFlag;
use shihyo::estimate::{
    ConfidenceInterval, Deff, DeffReference, DegreesOfFreedom, Estimate, IntervalBasis, IntervalMethod,
    NotEstimable,
};
use shihyo::finding::Finding;
use shihyo::indicator::{
    AdminCell, CellContent, ChangeEvidence, DataKind, Detail, Direction, EstimateRecord, Estimated,
    FiscalYear, Flag, Goal, Group, IndicatorRow, IndicatorTable, LedgerRecord, Measure, NumberKey,
    Observation, ObservedValue, Point, PolicyEffect, PolicySetting, ProgressRule, ProgressState, Quality,
    Role, StatusReport, Target, TargetClearance, Undefined, Unit, ValueFormat, ValueSource, YearCell,
};
use shihyo::provenance::Place;
use shihyo::text::Text;

pub(crate) struct Sample {
    pub(crate) table: IndicatorTable,
    pub(crate) estimates: Vec<EstimateRecord>,
    pub(crate) quality: Quality,
}

pub(crate) fn year(reiwa: i32) -> FiscalYear {
    FiscalYear::from_western(2018 + reiwa)
}

/// An unweighted share of a random sample.
pub(crate) fn share(yes: u64, n: u64, low: f64, high: f64) -> Estimate {
    let p = yes as f64 / n as f64;
    Estimate {
        n,
        n_yes: Some(yes),
        n_weighted: n as f64,
        value: Ok(p),
        se: Ok((p * (1.0 - p) / (n as f64 - 1.0)).sqrt()),
        interval: Ok(ConfidenceInterval { low, high, method: IntervalMethod::Wilson, level: 0.95 }),
        deff: Ok(Deff { value: 1.0, reference: DeffReference::WithReplacement }),
        n_eff: Ok(n as f64),
        df: DegreesOfFreedom { domain: n as f64 - 1.0, design: n as f64 - 1.0 },
    }
}

/// The same without sampling error.
pub(crate) fn census(yes: u64, n: u64) -> Estimate {
    let why = NotEstimable::NotARandomSample;
    Estimate {
        se: Err(why.clone()),
        interval: Err(why.clone()),
        deff: Err(why.clone()),
        n_eff: Err(why),
        ..share(yes, n, 0.0, 0.0)
    }
}

fn survey(estimate: Estimate, wave: i32) -> CellContent {
    let source =
        ValueSource::Survey { survey: "citizen".into(), wave: year(wave), data: DataKind::Synthetic };
    CellContent::Value(Box::new(Observation {
        value: ObservedValue::Estimated(Box::new(Estimated { format: ValueFormat::share(), estimate })),
        mark: None,
        note: None,
        source,
        trend: None,
    }))
}

/// An administrative cell as the office writes it.
fn admin(text: &str, source: ValueSource) -> CellContent {
    match AdminCell::parse(text).unwrap() {
        AdminCell::Value { quantity, mark, note } => CellContent::Value(Box::new(Observation {
            value: ObservedValue::Reported(quantity),
            mark,
            note,
            source,
            trend: None,
        })),
        AdminCell::Pending => CellContent::Pending,
        AdminCell::Nil => CellContent::NotSurveyed,
        AdminCell::NotAvailable => CellContent::NotAvailable,
        AdminCell::Suppressed => CellContent::Suppressed,
    }
}

fn counts(texts: [&str; 6]) -> Vec<CellContent> {
    let source = || ValueSource::Admin {
        place: Place::file("counts.csv").row(3).column("R4"),
        found: ("B3".to_owned(), vec!["A".to_owned()]),
        data: DataKind::Real,
    };
    texts.into_iter().map(|text| admin(text, source())).collect()
}

fn with_first(first: CellContent, rest: [&str; 5]) -> Vec<CellContent> {
    let mut cells = vec![first];
    cells.extend(rest.into_iter().map(|text| admin(text, ValueSource::Published)));
    cells
}

fn status(state: ProgressState) -> StatusReport {
    StatusReport {
        rule: ProgressRule::NoiseAware { level: 0.95 },
        state,
        baseline: None,
        latest: None,
        target: None,
        progress: Err(Undefined::NoLaterValue),
        change: None,
        evidence: None,
        clearance: None,
        label: None,
        manual: None,
    }
}

fn point(reiwa: i32, value: f64) -> Option<Point> {
    Some(Point { year: year(reiwa), value, se: None, limits: None, df: None, n: None })
}

/// The status of a count, by the relative rule.
fn moved(state: ProgressState, from: f64, to: f64, target: f64) -> StatusReport {
    let progress = (to - from) / (target - from);
    let clearance =
        if state == ProgressState::TargetMet { TargetClearance::Cleared } else { TargetClearance::NotMet };
    StatusReport {
        baseline: point(4, from),
        latest: point(6, to),
        target: Some(target),
        progress: Ok(progress),
        change: Some(to - from),
        evidence: Some(ChangeEvidence::Relative { ratio: progress.abs(), limit: 0.1 }),
        clearance: Some(clearance),
        ..status(state)
    }
}

fn measure(
    sub_item: Option<&str>,
    unit: &str,
    direction: Direction,
    cells: Vec<CellContent>,
    target: Option<&str>,
    status: StatusReport,
) -> Measure {
    let cells = (4..).zip(cells).map(|(reiwa, content)| {
        let role = if reiwa == 4 { Role::Baseline } else { Role::Actual };
        YearCell { year: year(reiwa), role, content }
    });
    Measure {
        sub_item: sub_item.map(str::to_owned),
        unit: Unit::from_text(unit),
        direction,
        cells: cells.collect(),
        target: target.map(|t| Target::parse(t).unwrap()),
        status,
    }
}

fn row(
    id: &str,
    goal: u32,
    department: &str,
    title: &str,
    texts: [&str; 3],
    measures: Vec<Measure>,
) -> IndicatorRow {
    let text = |t: &str| (!t.is_empty()).then(|| t.to_owned());
    let [rationale, actions, next] = texts;
    IndicatorRow {
        id: id.into(),
        goal,
        department: department.into(),
        title: title.into(),
        rationale: text(rationale),
        actions: text(actions),
        next_steps: text(next),
        measures,
    }
}

fn goal(number: u32, title: &str, page: &str, directions: &[&str]) -> Goal {
    Goal {
        number,
        title: title.into(),
        directions: directions.iter().map(|d| (*d).to_owned()).collect(),
        page: Some(page.into()),
    }
}

const LONG: &str = "令和6年度より、活性化補助金の地域連携部門を試行し、自治会と地域団体との連携を促進した。\
                    講演会や懇談会、情報提供やノウハウ支援などにより、既存の自治会・町内会等の運営支援をす\
                    るとともに、地域協力ネットワークとも連携して取組を進める。地域イベント等での加入促進に\
                    ついての啓発等も実施した。";

fn first_goal() -> Vec<IndicatorRow> {
    use ProgressState::{Improved, TargetMet, Worse};
    let up = Direction::Increase;
    let promoters = measure(
        None,
        "人",
        up,
        counts(["431人", "439人", "442人", "人", "人", "人"]),
        Some("506人"),
        moved(Improved, 431.0, 442.0, 506.0),
    );
    let households = measure(
        None,
        "世帯",
        Direction::Maintain,
        counts(["20,292世帯", "19,864世帯", "19,901世帯", "世帯", "世帯", "世帯"]),
        Some("20,292世帯"),
        StatusReport { progress: Err(Undefined::Maintain), ..moved(Worse, 20292.0, 19901.0, 20292.5) },
    );
    let tested = StatusReport {
        baseline: point(4, 499.0 / 1630.0),
        latest: point(7, 0.41),
        target: Some(0.4),
        progress: Ok(1.1),
        change: Some(0.41 - 499.0 / 1630.0),
        evidence: Some(ChangeEvidence::Tested { se: 0.0167, t: Some(6.19), df: 3012.4, p: 6.6e-10 }),
        clearance: Some(TargetClearance::PointOnly),
        ..status(TargetMet)
    };
    let mut intent = measure(
        None,
        "%",
        up,
        with_first(survey(share(499, 1630, 0.2842, 0.3289), 4), ["-", "-", "", "-", "-"]),
        Some("40%以上"),
        tested,
    );
    intent.cells[3].content =
        survey(Estimate { n_weighted: 1502.25, value: Ok(0.41), ..share(620, 1512, 0.3856, 0.4349) }, 7);
    vec![
        row(
            "hotnet",
            1,
            "地域共生課",
            "ほっとネット推進員登録者数",
            [
                "地域の力で地域の課題を解決する、ほっとネットの活動を更に発展させるため、ほっとネット推進員\
                 の登録者数を増やします。",
                "市民が集まる場に出向いての事業説明、および推進員登録の勧誘。",
                "市民に対し事業周知し、協力者として推進員登録を促す。地域の相談が寄せられるよう取り組む。",
            ],
            vec![promoters],
        ),
        row(
            "households",
            1,
            "協働コミュニティ課",
            "自治会・町内会等の加入世帯数",
            ["自治推進の柱であるため、加入世帯数の維持を目指します。", LONG, LONG],
            vec![households],
        ),
        row(
            "intent",
            1,
            "地域共生課",
            "市民アンケート【今後、福祉に係るボランティアに参加したいとお考えですか。】という設問において「\
             積極的に参加したい・できるだけ参加したい」と回答した方の割合",
            [
                "市民のボランティア活動を活性化させるため、ボランティアへの参加を希望する割合を把握し、その\
                 増加を目指します。",
                "-",
                "-",
            ],
            vec![intent],
        ),
    ]
}

fn second_goal() -> Vec<IndicatorRow> {
    use ProgressState::{BaselineOnly, LittleChange, NoBaseline, NoTarget, Worse};
    let up = Direction::Increase;
    let places = vec![
        measure(
            Some("拠点数"),
            "団体",
            up,
            counts(["72団体", "64団体", "64団体", "団体", "団体", "団体"]),
            Some("94団体"),
            moved(Worse, 72.0, 64.0, 94.0),
        ),
        measure(
            Some("延べ利用者数"),
            "人",
            up,
            counts(["7,306人", "8175人", "7871人", "人", "人", "人"]),
            Some("17,196人"),
            moved(LittleChange, 7306.0, 7871.0, 17196.0),
        ),
        measure(
            Some("延べ利用回数"),
            "回",
            up,
            counts(["…", "…", "x", "回", "回", "回"]),
            None,
            StatusReport { progress: Err(Undefined::NoTarget), ..status(NoTarget) },
        ),
    ];
    let few = measure(
        None,
        "%",
        Direction::Decrease,
        with_first(survey(census(6, 29), 4), ["-", "-", "-", "-", "-"]),
        Some("15%以下"),
        StatusReport { baseline: point(4, 6.0 / 29.0), target: Some(0.15), ..status(BaselineOnly) },
    );
    let gatekeeper = measure(
        None,
        "%",
        up,
        counts(["…", "-", "-", "-", "-", "-"]),
        Some("25%以上"),
        StatusReport { progress: Err(Undefined::NoBaseline), ..status(NoBaseline) },
    );
    let mut elderly = measure(
        None,
        "%",
        up,
        with_first(admin("57.6%", ValueSource::Published), ["-", "-", "%", "%", "%"]),
        Some("62.4%以上"),
        StatusReport { baseline: point(4, 0.576), target: Some(0.624), ..status(BaselineOnly) },
    );
    elderly.status.label = Some("c".into());
    vec![
        row(
            "places",
            2,
            "地域共生課",
            "ふれあいのまちづくり事業における地域活動拠点",
            [
                "誰もが身近に集える拠点を増やします。",
                "社協ホームページにて、新拠点候補地の募集を行った。",
                "活用を促す。",
            ],
            places,
        ),
        row(
            "gather",
            2,
            "地域共生課",
            "市民アンケート【お住まいの地域に次のようなこと(課題)を感じていますか。】という設問において「地\
             域の中で気軽に集まれる場が少ない」と回答した方の割合(減少目標)",
            [
                "地域での交流や情報共有等のため、地域の中で気軽に集まれる場が必要であることから、そういった\
                 場が少ないと回答する割合を把握し、その減少を目指します。",
                "-",
                "-",
            ],
            vec![few],
        ),
        row(
            "gatekeeper",
            2,
            "健康課",
            "令和5年度 市民の健康に関するアンケート【「ゲートキーパー」という言葉を知っていますか。】という\
             設問において、「知っている」と回答した方の割合",
            ["国の自殺総合対策大綱を踏まえ、それに掲げる目標値の段階的な達成を目指します。", "-", "-"],
            vec![gatekeeper],
        ),
        row(
            "elderly",
            2,
            "高齢者支援課",
            "高齢者一般調査【高齢者層における地域包括支援センター認知度】",
            ["", "", ""],
            vec![elderly],
        ),
    ]
}

fn third_goal() -> Vec<IndicatorRow> {
    let bus = moved(ProgressState::Improved, 972_658.0, 1_085_112.0, 1_316_637.0);
    let cells = counts(["972,658人", "1,041,486人 ※訂正値", "1,085,112人 ※速報値", "人", "人", "人"]);
    let mut bus = measure(None, "人", Direction::Increase, cells, Some("1,316,637人"), bus);
    bus.status.manual = Some(("順調".into(), "運行経路の見直しのため".into()));
    vec![row(
        "bus",
        6,
        "交通課",
        "はなバスの輸送人員(年間)",
        [
            "=1+1 路線バスではカバーしきれない公共交通空白地域の解消のため。",
            "新たな収入確保策としてネーミングライツや車体広告の導入の検討を行った。",
            "<b>新たな</b>収入確保策の実施に向けた準備 & 地域公共交通計画に位置付けた施策を推進する。",
        ],
        vec![bus],
    )]
}

fn estimates(data: DataKind) -> Vec<EstimateRecord> {
    let few = Flag::Reliability(ReliabilityFlag::Few);
    let record = |groups: Vec<Group>, estimate: Estimate, flags: &[Flag]| EstimateRecord {
        key: NumberKey::of_survey("citizen", year(4), "intent", groups),
        format: ValueFormat::share(),
        variable: "問12".into(),
        values: vec!["積極的に参加したい".into(), "できるだけ参加したい".into()],
        base: Base::Answered,
        universe: None,
        estimate,
        method: "wilson",
        basis: IntervalBasis::Binomial,
        level: 0.95,
        n_total: 1700,
        n_w_total: 1700.0,
        flags: flags.to_vec(),
        data: Some(data),
        detail: Detail::None,
    };
    let women = vec![Group { variable: "性別".into(), value: "女性".into() }];
    let none = vec![Group { variable: "性別".into(), value: "=回答しない".into() }];
    let why = NotEstimable::EmptyBase;
    let empty = Estimate {
        n: 0,
        n_yes: Some(0),
        n_weighted: 0.0,
        value: Err(why.clone()),
        se: Err(why.clone()),
        interval: Err(why.clone()),
        deff: Err(why.clone()),
        n_eff: Err(why),
        ..share(0, 1, 0.0, 0.0)
    };
    vec![
        record(Vec::new(), share(499, 1630, 0.2842, 0.3289), &[]),
        record(women, census(6, 29), &[few, Flag::Reliability(ReliabilityFlag::Review)]),
        record(none, empty, &[few]),
    ]
}

fn quality() -> Quality {
    let ledger = BaseLedger {
        returned: 1702,
        invalid_returns: 1,
        duplicates: 1,
        not_asked: 0,
        no_answer: 60,
        invalid: 10,
        dont_know: 0,
        valid: 1630,
    };
    let place = Place::file("raw/citizen-r4-paper.csv").row(12).column("問12").question("問12");
    Quality {
        ledgers: vec![LedgerRecord {
            survey: "citizen".into(),
            wave: year(4),
            question: "問12".into(),
            ledger,
        }],
        findings: vec![
            Finding::warning(
                Code::AnswersOutOfRange,
                Text::new("選択肢にない番号「7」", "code \"7\" is not in the list"),
                place,
            )
            .count(3),
            Finding::note(
                Code::RawEncoding,
                Text::new("文字コードはCP932", "the encoding is CP932"),
                Place::file("raw/citizen-r4-paper.csv"),
            ),
        ],
        effects: vec![PolicyEffect {
            analysis_key: NumberKey::of_survey("citizen", year(4), "intent", Vec::new()),
            indicator: "intent".into(),
            survey: "citizen".into(),
            wave: year(4),
            format: ValueFormat::share(),
            policy: "two_marks",
            policy_words: Text::new("単数回答に2つ以上の○", "two or more marks on a single answer"),
            question: Some("問12".into()),
            affected: 10,
            in_force: PolicySetting {
                setting: "invalid",
                words: Text::new("無効回答とする", "invalid"),
                estimate: Ok(share(499, 1630, 0.2842, 0.3289)),
            },
            alternatives: vec![PolicySetting {
                setting: "first",
                words: Text::new("番号の若い方を採る", "the first counts"),
                estimate: Ok(share(507, 1640, 0.2872, 0.3319)),
            }],
        }],
    }
}

pub(crate) fn sample(data: DataKind) -> Sample {
    let table = IndicatorTable {
        title: "西東京市 地域福祉計画 進捗管理表".into(),
        years: year(4).to(year(10)),
        baseline_year: year(4),
        target_year: year(10),
        report_year: year(6),
        goals: vec![
            goal(
                1,
                "基本目標1 一人一人が活躍する地域づくり",
                "45-48",
                &["福祉教育・啓発の充実", "地域活動・ボランティア活動の参画促進", "専門的な人材の育成"],
            ),
            goal(
                2,
                "基本目標2 みんながつながりあう地域づくり",
                "49-54",
                &["地域における活動の促進", "交流・活動の場づくり", "・地域における連携体制づくり"],
            ),
            goal(
                6,
                "基本目標6 誰もが快適に暮らせる環境づくり",
                "72-75",
                &["人にやさしいまちづくりの推進", "移動手段の確保", "就労に困難を抱える方の就労支援"],
            ),
        ],
        rows: first_goal().into_iter().chain(second_goal()).chain(third_goal()).collect(),
        notes: vec![Text::new(
            "市民アンケートは、住民基本台帳から無作為に抽出した18歳以上の市民を対象とした。",
            "The citizens' survey is a random sample of residents aged 18 and over.",
        )],
        data,
    };
    Sample { table, estimates: estimates(data), quality: quality() }
}
