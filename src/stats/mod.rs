//! Distributions, special functions and linear algebra on plain `f64`; knows no survey.
