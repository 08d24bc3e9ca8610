//! Variables: what people name, a question or a column, as values that are looked at once however many
//! respondents gave them.

pub(in crate::pipeline) mod distinct;
pub(in crate::pipeline) mod source;
pub(in crate::pipeline) mod variable;
