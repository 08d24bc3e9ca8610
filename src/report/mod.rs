//! Indicator table and breakdowns → bytes: CSV, JSON, XLSX, HTML. Pure: opens no file. The only room where a share
//! becomes a percentage.
