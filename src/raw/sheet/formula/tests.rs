//! Formulas and their values.

use super::{NoValue, Value, value};

/// A1…A5: 1, 2.5, a text, nothing, -4; B1: 0.1; C1: TRUE.
fn of(text: &str) -> Result<Value, NoValue> {
    value(text, (0, 0), 0, &mut |_, sheet, row, column| match (sheet, row, column) {
        (Some("別 表"), 0, 0) => Ok(Value::Number(70.0)),
        (Some("Sheet2"), 0, 0) => Ok(Value::Number(7.0)),
        (Some(_), ..) => Err(NoValue::Error),
        (None, 0, 0) => Ok(Value::Number(1.0)),
        (None, 1, 0) => Ok(Value::Number(2.5)),
        (None, 2, 0) => Ok(Value::Text("秘".into())),
        (None, 4, 0) => Ok(Value::Number(-4.0)),
        (None, 0, 1) => Ok(Value::Number(0.1)),
        (None, 0, 2) => Ok(Value::Logical(true)),
        _ => Ok(Value::Empty),
    })
}

#[test]
fn formulas_of_offices_have_the_values_of_a_spreadsheet_program() {
    for (text, x) in [
        ("A1+A2*2", 6.0),
        ("(A1+A2)*2", 7.0),
        ("-2^2", 4.0),
        ("2^3^2", 64.0),
        ("10-2-3", 5.0),
        ("50%*A1", 0.5),
        ("B1+0.2-0.3", 0.0),
        ("1.1*3", 3.3),
        ("A5/A2", -1.6),
        ("SUM(A1:A5)", -0.5),
        ("sum( A1 , A2:A5,10 )", 9.5),
        ("AVERAGE(A1:A5)", -0.5 / 3.0),
        ("MIN(A1:A5)", -4.0),
        ("MAX(A1:A5)", 2.5),
        ("MAX(D1:D3)", 0.0),
        ("COUNT(A1:A5)", 3.0),
        ("COUNTA(A1:A5)", 4.0),
        ("ROUND(1.005,2)", 1.01),
        ("ROUND(2.5,0)", 3.0),
        ("ROUND(-2.5,0)", -3.0),
        ("ROUND(1250,-2)", 1300.0),
        ("ROUNDUP(2.01,1)", 2.1),
        ("ROUNDUP(2.3*100,0)", 230.0),
        ("ROUNDUP(-2.01,0)", -3.0),
        ("ROUNDDOWN(2.99,1)", 2.9),
        ("ROUNDDOWN(-2.99,0)", -2.0),
        ("INT(-2.5)", -3.0),
        ("ABS(A5)", 4.0),
        ("IF(A1>0,A2,0)", 2.5),
        ("IF(A3=\"秘\",1,2)", 1.0),
        ("IF(A4=\"\",1,2)", 1.0),
        ("IF(0.1+0.2=0.3,1,2)", 1.0),
        ("IF(A1<>1,1,A4)", 0.0),
        ("IFERROR(1/0,9)", 9.0),
        ("Sheet2!A1+'別 表'!$A$1", 77.0),
        ("1E3+1", 1001.0),
    ] {
        match of(text) {
            Ok(Value::Number(found)) => assert!((found - x).abs() <= 1e-14, "{text}: {found}"),
            other => panic!("{text}: {other:?}"),
        }
    }
    assert_eq!(of("0.1+0.2"), Ok(Value::Number(0.3)));
    assert_eq!(of("IF(A1>5,1,\"－\")"), Ok(Value::Text("－".into())));
    // Written for the cell above: what no $ holds goes along.
    let told =
        value("A1+$B$1", (1, 0), 0, &mut |_, _, row, column| Ok(Value::Number((row * 10 + column) as f64)));
    assert_eq!(told, Ok(Value::Number(11.0)));
}

#[test]
fn whatever_else_a_formula_holds_it_has_no_value() {
    for text in [
        "A3+1",
        "C1+1",
        "\"5\"+1",
        "A1:A3",
        "A1:A3+1",
        "VLOOKUP(A1,A1:B3,2)",
        "SUMIF(A1:A5,\">0\")",
        "SUM(TRUE,1)",
        "SUM(A:A)",
        "SUM(1:3)",
        "[1]Sheet1!A1",
        "'[別.xlsx]表'!A1",
        "Sheet1:Sheet3!A1",
        "人口計",
        "A1&A2",
        "A1 A2",
        "A1:A2:A3",
        "SUM(A1;A2)",
        "SUM()",
        "IF(A1>0,1)",
        "IF(A3,1,2)",
        "A3<\"z\"",
        "{1,2}",
        "@A1",
        "A1#",
        "SUM(A1",
        "",
        "A0",
        "1.2.3",
        "_xlfn.SUM(A1)",
    ] {
        assert_eq!(of(text).unwrap_err(), NoValue::Unknown, "{text}");
    }
    for text in ["1/0", "A1/A4", "AVERAGE(D1:D3)", "別!A1", "0^0", "(-8)^0.5"] {
        assert_eq!(of(text).unwrap_err(), NoValue::Error, "{text}");
    }
    assert_eq!(of(&"(".repeat(5000)).unwrap_err(), NoValue::Unknown);
    assert_eq!(of(&"1+".repeat(5000)).unwrap_err(), NoValue::Unknown);
    assert_eq!(of(&format!("1{}", "+1".repeat(5000))).unwrap_err(), NoValue::Unknown);
}
