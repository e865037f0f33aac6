//! How bytes fit a form of which only the beginning may be there yet.

/// Whether the bytes at a place of the stream are a frame of one form. The answer never changes when more bytes come,
/// except from [`Fit::Short`]: that makes the findings independent of how the bytes were chunked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fit<T> {
    /// A whole frame.
    Whole(T),
    /// The beginning of a frame; more bytes will tell.
    Short,
    /// No frame, whatever comes.
    No(Misfit),
}

/// What was wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Misfit {
    /// Marks of the form are missing.
    Marks,
    /// Marks are there and the checksum does not fit.
    Checksum,
    /// A good frame at the wrong place of its packet.
    Place,
}

impl<T> Fit<T> {
    /// The same fit of something made of the frame.
    pub(super) fn map<U>(self, make: impl FnOnce(T) -> U) -> Fit<U> {
        match self {
            Self::Whole(frame) => Fit::Whole(make(frame)),
            Self::Short => Fit::Short,
            Self::No(why) => Fit::No(why),
        }
    }
}
