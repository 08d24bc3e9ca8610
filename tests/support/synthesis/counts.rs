//! Administrative counts: those of the published table, and made-up ones for the trial's R7.

use std::error::Error;

use super::bytes::{Cell, Encoding, csv, workbook};
use super::sheets::SYNTHETIC;

/// An item with its published values of R4, R5 and R6, as printed, and a made-up value for R7.
struct Item {
    name: &'static str,
    published: [&'static str; 3],
    trial: &'static str,
}

/// `…`: illegible in the scan.
const ITEMS: [Item; 10] = [
    Item {
        name: "ほっとネット推進員登録者数", published: ["431人", "439人", "442人"], trial: "455人"
    },
    Item {
        name: "ボランティア・市民活動センター登録者数",
        published: ["415人", "404人", "410人"],
        trial: "366人",
    },
    Item {
        name: "民生委員・児童委員の人数", published: ["130人", "139人", "140人"], trial: "147人"
    },
    Item {
        name: "自治会・町内会等の加入世帯数",
        published: ["20,292世帯", "19,864世帯", "19,901世帯"],
        trial: "19,850世帯",
    },
    Item {
        name: "ふれあいのまちづくり事業における地域活動拠点",
        published: ["72団体", "64団体", "64団体"],
        trial: "66団体",
    },
    Item {
        name: "ふれあいのまちづくり事業における地域活動拠点 延べ利用者数",
        published: ["7,306人", "8175人", "7871人"],
        trial: "8,410人",
    },
    Item {
        name: "ふれあいのまちづくり事業における地域活動拠点 延べ利用回数",
        published: ["…", "…", "…"],
        trial: "1,020回",
    },
    Item {
        name: "地域協力ネットワーク 参加団体数",
        published: ["187団体", "199団体", "215団体"],
        trial: "221団体",
    },
    Item {
        name: "福祉サービス第三者評価の受審件数", published: ["83件", "83件", "71件"], trial: "74件"
    },
    Item {
        name: "防災市民組織の数", published: ["94組織", "93組織", "97組織"], trial: "98組織"
    },
];

const HANA_BUS: Item = Item {
    name: "はなバスの輸送人員（年間）",
    published: ["972,658人", "1,041,486人", "1,085,112人 ※速報値"],
    trial: "1,120,403人 ※速報値",
};

const COPIED: &str = "進捗管理表（令和6年度）から転記";
const COPIED_ILLEGIBLE: &str = "進捗管理表（令和6年度）から転記（OCRで判読不能）";

/// Long: one row an item and year. With `trial`, R7 follows, made up, and says so.
pub(super) fn long(trial: bool, encoding: Encoding) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut rows = vec![["項目", "年度", "値", "備考"].map(str::to_owned).to_vec()];
    for item in &ITEMS {
        for (year, value) in (4..).zip(item.published) {
            let remark = if value == "…" { COPIED_ILLEGIBLE } else { COPIED };
            rows.push(vec![
                item.name.to_owned(),
                format!("令和{year}年度"),
                value.to_owned(),
                remark.to_owned(),
            ]);
        }
        if trial {
            rows.push(vec![
                item.name.to_owned(),
                "令和7年度".to_owned(),
                item.trial.to_owned(),
                SYNTHETIC.to_owned(),
            ]);
        }
    }
    csv(&rows, encoding)
}

/// Wide: one row an item, one column a year.
pub(super) fn wide(trial: bool) -> Result<Vec<u8>, Box<dyn Error>> {
    let years: &[&str] = if trial { &["R4", "R5", "R6", "R7"] } else { &["R4", "R5", "R6"] };
    let mut header: Vec<Cell> = vec!["項目".into()];
    header.extend(years.iter().map(|y| Cell::from(*y)));
    header.push("備考".into());
    let mut row: Vec<Cell> = vec![HANA_BUS.name.into()];
    row.extend(HANA_BUS.published.iter().map(|v| Cell::from(*v)));
    row.extend(trial.then(|| Cell::from(HANA_BUS.trial)));
    row.push(Cell::Text(if trial {
        format!("R4～R6は{COPIED}。R7は{SYNTHETIC}")
    } else {
        COPIED.to_owned()
    }));
    workbook("交通課", &[], &[header, row])
}
