//! Pages: text in lines, lines in paragraphs and tables, those on sheets of paper, and the sheets as a PDF.

mod flow;
mod font;
mod sheet;
mod table;
mod text;
mod write;

pub(crate) use flow::{Flow, Furniture};
pub(crate) use font::{Fonts, Weight, units};
pub(crate) use sheet::{Item, Owner, Paint, Shape};
pub(crate) use table::{Cell, Column, Table};
pub(crate) use text::{clean, line, measure};
pub(crate) use write::{About, write};
