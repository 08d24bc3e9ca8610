//! Waves of a survey beside each other, and `map`, which says what became of a question.

use super::entry::{Entry, Severity, Words, entries};

entries! {
    COMPARE_WITH_CARE = Warning {
        ja "ほかの回との比較に注意する設問":
            "設問の文や選択肢、対象者が回によって違います。値は比べますが、注を付けます。比べてよいと判\
             断したら、map に comparable = \"理由\" と書いてください。"
        en "questions to compare with care":
            "The words, options or base of a question differ between waves. Values are compared with a note. \
             If they may be, say comparable = \"reason\" in map."
    }
    MAP_CONFLICT = Error {
        ja "対応の指定の食い違い":
            "設問の対応（map）に、同時には書けない指定があります。not_asked は単独で、comparable と \
             not_comparable はどちらか一方を書きます。"
        en "a map that contradicts itself":
            "The map of a question says two things at once. not_asked stands alone; keep one of comparable \
             and not_comparable."
    }
    MAP_KIND = Error {
        ja "種類の違う設問の対応":
            "答え方（単数、複数、数、自由記述）の違う設問は、同じ設問として扱えません。not_asked = true \
             としてください。"
        en "questions of different kinds":
            "Questions answered in different ways (single, multiple, number, text) are not the same: say \
             not_asked = true."
    }
    MAP_MERGED = Error {
        ja "まとめる選択肢が足りない":
            "merged には、まとめられた選択肢を2つ以上書きます。1つなら options に書いてください。"
        en "too few options to merge":
            "merged names the two or more options that became one. One alone stands in options."
    }
    MAP_OPTIONS = Error {
        ja "対応しない選択肢が多い":
            "対応のない選択肢を合わせると、扱える数を超えます。options で選択肢の対応を書いてください。"
        en "too many options without a counterpart":
            "With the options that have no counterpart there are too many. Map them with options."
    }
    MAP_REASON = Error {
        ja "理由のない比較の指定":
            "comparable と not_comparable には理由を書いてください。表の注記に印刷されます。"
        en "a ruling without a reason":
            "comparable and not_comparable take the reason, which is printed in the notes."
    }
    MAPPED_TWICE = Error {
        ja "二重の対応":
            "この回の1つの設問または選択肢が、2つのものに対応しています。どちらか1つにしてください。"
        en "mapped twice":
            "One question or option of this wave stands for two. Keep one."
    }
    NOT_COMPARABLE = Warning {
        ja "ほかの回と比較できない設問":
            "設問が大きく変わったため、回の間の差は求めません。同じ設問と判断したら、map に comparable = \"\
             理由\" と書いてください。"
        en "questions that cannot be compared":
            "The question changed too much: no change between waves is given. If it is the same after all, \
             say comparable = \"reason\" in map."
    }
    NOT_ON_PAPER = Note {
        ja "その回の調査票にない設問":
            "この回の調査票にない設問です。値はありません。聞いていないと分かっていれば、map に not_asked = \
             true と書くと出なくなります。"
        en "questions that a wave did not ask":
            "The wave's questionnaire lacks the question, so it has no value. not_asked = true in map says \
             that this is known."
    }
    REUSED_NUMBER = Warning {
        ja "別の設問に使われた番号（比較不可）":
            "同じ番号が、回によって別の設問に使われています。比較しません。map で正しい番号を示してくだ\
             さい。"
        en "numbers given to another question":
            "The same number is another question in another wave, so nothing is compared. Give the right \
             number in map."
    }
    SAMPLE_DIFFERS = Warning {
        ja "抽出方法・調査方法のちがう回":
            "抽出や調査の方法が回によって違います。すべての値に注を付けます。差には方法の違いも含まれま\
             す。"
        en "waves sampled or asked in another way":
            "Waves were sampled or asked in different ways. Every value carries a note: a change may come \
             from the method."
    }
    UNMAPPED_QUESTION = Error {
        ja "対応する設問がない":
            "計画が使う設問に当たるものが、この回の調査票に見つかりません。map に question = \"…\" で番\
             号を書くか、聞いていなければ not_asked = true としてください。"
        en "a question without a counterpart":
            "This wave's questionnaire has nothing for a question that the plan uses. Say its number with \
             question = \"…\" in map, or not_asked = true."
    }
    WEIGHTING_DIFFERS = Warning {
        ja "ウエイトの付け方のちがう回":
            "ウエイトの付け方が回によって違います。すべての値に注を付けます。"
        en "waves weighted in another way":
            "Waves are weighted in different ways. Every value carries a note."
    }
}
