//! Weights that are fitted by flags, and population tables.

use std::fs;
use std::path::Path;

use super::{QUESTIONNAIRE, call, rows, with, wrong};
use crate::support::project::command;

// Weights.

/// File, row, base weight, g, weight.
type Weight = (String, u64, f64, Option<f64>, f64);

/// The weights that a call writes.
fn weights(arguments: &[&str]) -> (Vec<Weight>, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("w.csv");
    let path = path.to_str().unwrap();
    let (code, stdout, stderr) = call("en", &with(arguments, &["--weights-out", path]));
    assert_eq!(code, 0, "{stderr}");
    let text = fs::read_to_string(path).unwrap();
    assert!(text.starts_with("\u{feff}file,row,base_weight,g,weight\n"), "{text}");
    let read = csv::Reader::from_reader(text.as_bytes()).into_deserialize().map(Result::unwrap).collect();
    (read, stdout)
}

#[test]
fn the_weights_of_every_respondent_are_written() {
    let (read, said) = weights(&["later.csv", "--share", "問1=1", "--post-stratify", "areas.csv"]);
    // 42 rows: 15 in 北 (300 people), 13 in 南 (500), 14 in 東 (200).
    assert_eq!(read.len(), 42);
    assert_eq!(read[0], ("later.csv".to_owned(), 2, 1.0, Some(20.0), 20.0));
    assert_eq!(read[2], ("later.csv".to_owned(), 4, 1.0, Some(200.0 / 14.0), 200.0 / 14.0));
    let (sum, squares) = read.iter().fold((0.0, 0.0), |(sum, squares), (.., w)| (sum + w, squares + w * w));
    let deff = 42.0 * squares / (sum * sum);
    let told = format!("Kish's deff {deff:.3}, n_eff {:.1}", 42.0 / deff);
    assert!(said.contains(&told) && said.contains("weights: 42 respondents, sum 1000.000"), "{told}\n{said}");
}

#[test]
fn rows_that_are_no_valid_return_have_no_weight() {
    let (read, _) = weights(&with(&QUESTIONNAIRE, &["--share", "問1=ある", "--weight", "重み"]));
    assert_eq!(read.iter().map(|(_, row, ..)| *row).collect::<Vec<_>>(), (2..=41).collect::<Vec<u64>>());
    assert!(read.iter().all(|(.., g, _)| *g == Some(1.0)));
    assert_eq!(read[1].4, 2.0);
}

#[test]
fn steps_follow_each_other() {
    let (read, said) = weights(&[
        "later.csv",
        "--share",
        "問1=1",
        "--where",
        "性別!=",
        "--post-stratify",
        "areas.csv",
        "--calibrate",
        "totals.csv",
        "--calfun",
        "logit",
        "--bounds",
        "0.5,2",
        "--trim",
        "15,38",
    ]);
    assert!(read.iter().all(|(.., w)| (15.0..=38.0).contains(w)), "{read:?}");
    let total: f64 = read.iter().map(|(.., w)| w).sum();
    assert!((total - 1000.0).abs() < 1e-9, "{total}");
    let order = ["post-stratified by 地区", "calibrated (logit) to 3 totals", "weights trimmed to 15 … 38"];
    let places: Vec<usize> = order.iter().map(|words| said.find(words).expect(words)).collect();
    assert!(places.is_sorted(), "{said}");
}

#[test]
fn a_file_that_is_there_is_not_overwritten() {
    let said = wrong(&["later.csv", "--share", "問1=1", "--weights-out", "q.toml"]);
    assert!(said.contains("derived::exists") && said.contains("--weights-out に別の名前"), "{said}");
}

/// The device whose every write fails, since it is full, is Linux's.
#[cfg(target_os = "linux")]
#[test]
fn no_weights_are_left_where_the_numbers_did_not_get_out() {
    let home = tempfile::tempdir().unwrap();
    let answers = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli_flags/later.csv");
    fs::copy(answers, home.path().join("later.csv")).unwrap();
    let mut command = command();
    command.current_dir(home.path()).args(["estimate", "later.csv", "--share", "問1=1", "--lang", "en"]);
    command.args(["--weights-out", "w.csv"]);
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = command.stdout(full).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("cli::stdout") && !said.contains("written"), "{said}");
    assert!(!home.path().join("w.csv").exists());
    // A reader that has gone away is no failure.
    let (reader, gone) = std::io::pipe().unwrap();
    drop(reader);
    let output = command.stdout(gone).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(home.path().join("w.csv").exists());
}

#[test]
fn of_two_files_both_are_written_or_none() {
    let home = tempfile::tempdir().unwrap();
    let answers = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli_flags/later.csv");
    fs::copy(answers, home.path().join("later.csv")).unwrap();
    fs::write(home.path().join("there.csv"), "mine").unwrap();
    let ask = |weights: &str, out: &str| {
        let mut command = command();
        command.current_dir(home.path()).args(["estimate", "later.csv", "--share", "問1=1", "--lang", "ja"]);
        command.args(["--format", "csv", "--weights-out", weights, "--out", out]);
        let output = command.output().unwrap();
        assert_eq!(String::from_utf8(output.stdout).unwrap(), "");
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let files = || {
        let mut names: Vec<_> = fs::read_dir(home.path())
            .unwrap()
            .map(|e| e.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    };
    let there = |flag: &str| {
        format!(
            "derived::exists\n\n  × すでにあるファイルは書き換えません\n  │ there.csv\n  help: {flag} に別\
             の名前を指定するか、今あるファイルを移してください\n"
        )
    };
    assert_eq!(ask("w.csv", "there.csv"), (Some(2), there("--out")));
    assert_eq!(ask("there.csv", "n.csv"), (Some(2), there("--weights-out")));
    let same = "cli::conflict\n\n  × --weights-out と --out に同じファイルは指定できません\n  │ n.csv\n";
    assert_eq!(ask("./n.csv", "n.csv"), (Some(2), same.to_owned()));
    let file = "derived::io\n\n  × 書き込めませんでした(フォルダーではなくファイルです)\n  │ there.csv\n  \
                help: 以前の結果はそのまま残っています\n";
    assert_eq!(ask("w.csv", "there.csv/n.csv"), (Some(2), file.to_owned()));
    assert_eq!(files(), ["later.csv", "there.csv"]);
    let (status, said) = ask("deep/w.csv", "n.csv");
    assert_eq!(status, Some(0), "{said}");
    assert!(said.ends_with("書き出しました: deep/w.csv\n書き出しました: n.csv\n"), "{said}");
    assert_eq!(files(), ["deep", "later.csv", "n.csv", "there.csv"]);
}

#[test]
fn flags_of_calibration_that_contradict_each_other_are_told() {
    let said = |more: &[&str]| wrong(&with(&["later.csv", "--share", "問1=1"], more));
    for (more, words) in [
        (&["--calfun", "raking"][..], "--calfun と --bounds は --calibrate と使います"),
        (&["--bounds", "0.5,2"], "--calfun と --bounds は --calibrate と使います"),
        (&["--calibrate", "totals.csv", "--calfun", "logit"], "--bounds 下限,上限 が必要です"),
        (
            &["--calibrate", "totals.csv", "--calfun", "raking", "--bounds", "0.5,2"],
            "raking に --bounds はありません",
        ),
        (&["--calibrate", "totals.csv", "--bounds", "2,0.5"], "--bounds には、下限、上限の順に"),
        (&["--calibrate", "totals.csv", "--bounds", "2"], "--bounds には、下限、上限の順に"),
        (&["--trim", "1,2,3"], "--trim には、下限、上限の順に"),
        (&["--trim", "a,3"], "--trim <LOW,HIGH> に「a」とは書けません"),
        (&["--trim", "5,6"], "すべてのウェイトを5から6の間に収めることはできません"),
    ] {
        let said = said(more);
        assert!(said.contains(words), "{more:?}\n{said}");
    }
    let two = said(&["--calfun", "raking", "--trim", "2,1"]);
    assert!(two.contains("誤りが2件あります"), "{two}");
}

/// Files in a folder of their own: six respondents whose x is 1 to 6, and a total of x that weights of mean 1
/// are far from.
fn far() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("r.csv"), "q,x\n1,1\n2,2\n1,3\n2,4\n1,5\n2,6\n").unwrap();
    // w = 1 + λ (x − 3.5) with Σ w x = 21 + 17.5 λ = 42: λ = 1.2, so that x = 1 and 2 have w = −2 and −0.8.
    fs::write(home.path().join("t.csv"), "x,total\n,6\n*,42\n").unwrap();
    home
}

fn said_in(home: &Path, lang: &str, more: &[&str]) -> (i32, String) {
    let out = command()
        .current_dir(home)
        .args(["estimate", "r.csv", "--share", "q=1", "--calibrate", "t.csv", "--lang", lang])
        .args(more)
        .output()
        .unwrap();
    let text =
        format!("{}{}", String::from_utf8(out.stdout).unwrap(), String::from_utf8(out.stderr).unwrap());
    (out.status.code().unwrap_or(-1), text)
}

#[test]
fn negative_weights_stop_unless_they_are_allowed() {
    let home = far();
    let (code, said) = said_in(home.path(), "ja", &[]);
    let words = "較正で2人のウエイトが負になりました（調整の倍率 g: -2.000～4.000）";
    assert!(code == 2 && said.contains(words) && said.contains("--allow-negative-weights"), "{said}");
    let (code, said) = said_in(home.path(), "en", &["--allow-negative-weights"]);
    let words = "warning: calibration gave 2 respondents a negative weight (g from -2.000 to 4.000)";
    assert!(code == 0 && said.contains(words), "{said}");
    // The weights of q = 1 are −2, 0.4 and 2.8, of 6.
    assert!(said.contains("20.0%"), "{said}");
}

#[test]
fn extreme_weights_are_told() {
    let home = tempfile::tempdir().unwrap();
    let rows: String = (0..60).map(|i| format!("{},{}\n", i % 2, if i == 0 { "少" } else { "多" })).collect();
    fs::write(home.path().join("r.csv"), format!("q,区分\n{rows}")).unwrap();
    fs::write(home.path().join("t.csv"), "区分,total\n少,25\n多,59\n").unwrap();
    let (code, said) = said_in(home.path(), "ja", &["--calfun", "raking"]);
    let words = "調整の倍率 g が1.000～25.000です。中央値1.000の20倍を超える回答者が1人います";
    assert!(code == 0 && said.contains(words), "{said}");
    fs::write(home.path().join("t.csv"), "区分,total\n少,19\n多,59\n").unwrap();
    let (_, said) = said_in(home.path(), "ja", &["--calfun", "raking"]);
    assert!(!said.contains("中央値"), "{said}");
}

#[test]
fn a_category_that_the_table_leaves_out_is_told_with_its_people() {
    let home = tempfile::tempdir().unwrap();
    let said = |table: &str, more: &[&str]| {
        let path = home.path().join("t.csv");
        fs::write(&path, table).unwrap();
        wrong(&with(&["later.csv", "--share", "問1=1", "--calibrate", path.to_str().unwrap()], more))
    };
    // As R's calibrate takes it: the whole, and all categories but one. 1000 − 300 − 500 = 200 in 東.
    let left_out = said("地区,total\n,1000\n北,300\n南,500\n", &[]);
    let words = "「地区」の「東」などの回答者14人が、較正の表のどの区分にもありません";
    assert!(left_out.contains(words) && left_out.contains("全体からほかの区分を引くと 200"), "{left_out}");
    let two = said("地区,total\n,1000\n北,300\n", &[]);
    assert!(two.contains("回答者27人") && !two.contains("引くと"), "{two}");
    let sex = ["--questionnaire", "q.toml", "--respondent", "番号"];
    let blank = said("性別,total\n男,480\n女,520\n", &sex);
    assert!(blank.contains("「性別」に回答のない1人が、較正の表のどの区分にもありません"), "{blank}");
    assert!(blank.contains("事後層化とレイキングは"), "{blank}");
}

#[test]
fn a_lonely_stratum_names_the_flag() {
    let said = wrong(&["later.csv", "--share", "問1=1", "--strata", "番号"]);
    assert!(said.contains("design::lonely-psu") && said.contains("--lonely certainty"), "{said}");
}

// Population tables.

#[test]
fn a_column_of_people_has_one_of_its_names() {
    let home = tempfile::tempdir().unwrap();
    let se = |name: &str| {
        let path = home.path().join("p.csv");
        fs::write(&path, format!("地区,{name},備考\n北,300,a\n南,500,b\n東,200,c\n")).unwrap();
        let call =
            ["later.csv", "--share", "問1=1", "--strata", "地区", "--population", path.to_str().unwrap()];
        rows(&call)[0]["se"].as_f64()
    };
    let first = se("人口");
    assert!(first.is_some());
    for name in ["人数", "母集団", "total", "Freq", "population", "N", "総数", "計"] {
        assert_eq!(se(name), first, "{name}");
    }
    let plain = rows(&["later.csv", "--share", "問1=1", "--strata", "地区"])[0]["se"].as_f64();
    assert_ne!(plain, first, "sizes make weights and a finite population correction");
}

#[test]
fn a_population_table_that_does_not_fit_is_told() {
    let said = wrong(&["later.csv", "--share", "問1=1", "--strata", "地区", "--population", "sex.csv"]);
    assert!(said.contains("人口表に「地区」の列がありません"), "{said}");
    let said = wrong(&["later.csv", "--share", "問1=1", "--fpc", "重み", "--population", "areas.csv"]);
    assert!(said.contains("列（fpc）か人口表（population）のどちらか一方"), "{said}");
}
