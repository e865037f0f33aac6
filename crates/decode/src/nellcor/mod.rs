//! Nellcor real-time ASCII rows.
