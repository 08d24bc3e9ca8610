//! One way from file to number: each number of a plan's run is, bit for bit and digit for digit, the same
//! number asked by flags; and a file that is added up as it is read, in whatever pieces and on however many
//! threads, gives what one held in memory gives.
//!
//! How both are held against each other stands in `compare`. The surveys: `drawn` (every design that a plan
//! and flags can say), `random` (seeded), `layouts` (one survey in every layout and container), `plans` (the
//! model plans) and `public` (questionnaires that nobody here wrote).

mod compare;
mod drawn;
mod layouts;
mod measures;
mod plans;
mod public;
mod random;
