//! The tables of the log, whichever database keeps them: the same rows, the same words, read and verified by the same code.
//!
//! What differs between databases is behind [`ask::Ask`]: how a statement is sent, and how a cell is read.

pub(crate) mod ask;
pub(crate) mod claims;
pub(crate) mod erasures;
pub(crate) mod error;
pub(crate) mod insert;
pub(crate) mod names;
pub(crate) mod parcel;
pub(crate) mod place;
pub(crate) mod read;
pub(crate) mod rows;
pub(crate) mod sealing;
pub(crate) mod verify;
pub(crate) mod words;
