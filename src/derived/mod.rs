//! derived
