//! Spec (mirror of the TOML) → plan (everything resolved) → run (a plain list of calls).
