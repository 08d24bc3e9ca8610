//! 問13: free text as people write it, with commas, quotation marks, line breaks and characters that only
//! CP932 has.

use super::dice::Dice;
use super::reply::{Mark, Person};

const OPINIONS: [&str; 26] = [
    "はなバスの本数を増やしてほしい。",
    "歩道が狭く、ベビーカーや車いすでは通りにくいところがあります。",
    "ほっとネットステーションという名前を、このアンケートで初めて知りました。もっと周知してほしいです。",
    "高齢の親と同居しています。介護の相談先が一覧で分かるとありがたい。",
    "特にありません。",
    "①相談窓口を土日も開けてほしい、②電話がつながりにくい。",
    "子どもが雨の日に遊べる場所が少ない。",
    "自治会に入っていないので、地域の情報がほとんど入ってきません。",
    "民生委員さんがどなたなのか分かりません。",
    "防災訓練の日程が仕事と重なり、参加できない。夜間や平日以外の開催も検討してください。",
    "市報をもっと読みやすく,文字を大きくしてほしい。",
    "近所のスーパーが閉店し、買物が不便になりました。",
    "「地域福祉」という言葉が難しい。",
    "ボランティアに興味はあるが、きっかけがない。短時間でできるものがあれば教えてほしい。",
    "いつもありがとうございます。",
    "成年後見制度の費用が分からず、不安です。",
    "障害のある人が働ける場所を増やしてください。",
    "髙齢者だけの世帯が増えているので、見守りの仕組みが必要だと思う。",
    "アンケートの設問が多すぎる。",
    "気軽に立ち寄れる場所が駅の近くにほしい。",
    "公園のベンチが減って、休む場所がありません。",
    "外国人の方への案内も、やさしい日本語でお願いします。",
    "㈱などの民間とも協力して進めてほしい。",
    "災害時の避難所でペットがどうなるのか、\"同行避難\"の説明が欲しい。",
    "他市の取組～見守りアプリなど～を参考にしてはどうか。",
    "Ⅱ期計画の結果を市民に分かりやすく知らせてください。",
];

/// About one in ten writes something.
pub(super) fn opinions(people: &[Person], dice: &mut Dice) -> Vec<Mark> {
    people
        .iter()
        .map(|_| {
            if !dice.chance(0.11) {
                return Mark::Blank;
            }
            let first = OPINIONS[dice.below(OPINIONS.len())];
            let second = OPINIONS[dice.below(OPINIONS.len())];
            if dice.chance(0.2) && first != second {
                Mark::Words(format!("{first}\r\n{second}"))
            } else {
                Mark::Words(first.to_owned())
            }
        })
        .collect()
}
