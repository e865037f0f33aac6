//! Whose values a group of a message holds.

use alloc::boxed::Box;

/// Bed, patient and device of a group of readings, as sent. Several groups with different contexts may share one
/// message; a reading never borrows another group's context (H01).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Context {
    /// Bed name, from the place the profile defines.
    pub bed: Option<Box<str>>,
    /// Unit or point of care.
    pub unit: Option<Box<str>>,
    /// Patient identifier as sent; the protocol's null (`""`) is no identifier.
    pub patient: Option<Box<str>>,
    /// Patient name as sent, components parted by `^`.
    pub name: Option<Box<str>>,
    /// Device identifier or serial number.
    pub device: Option<Box<str>>,
}
