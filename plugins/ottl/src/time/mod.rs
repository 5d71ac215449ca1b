//! Points in time, their calendar, and their text.

mod calendar;
mod duration;
mod format;

pub(crate) use calendar::Civil;
pub(crate) use duration::parse as parse_duration;
pub(crate) use format::Layout;

/// Nanoseconds of a second.
pub(crate) const SECOND: i64 = 1_000_000_000;

/// Seconds from the first day of year 1, on which Go's zero time lies, to the Unix epoch.
const YEAR_ONE: i128 = 62_135_596_800;

/// A point in time, between the years 1678 and 2262.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Time {
    /// Nanoseconds since the Unix epoch.
    pub nanos: i64,
    /// Seconds east of Greenwich, in which its calendar is read.
    pub offset: i32,
}

impl Time {
    /// A point in time of UTC.
    #[must_use]
    pub fn utc(nanos: i64) -> Self {
        Self { nanos, offset: 0 }
    }

    /// As much later; at most as late as can be.
    pub(crate) fn plus(self, nanos: i64) -> Self {
        Self { nanos: self.nanos.saturating_add(nanos), ..self }
    }

    /// Rounded down to a multiple of a duration since Go's zero time.
    pub(crate) fn truncate(self, duration: i64) -> Self {
        if duration <= 0 {
            return self;
        }
        let since = i128::from(self.nanos) + YEAR_ONE * i128::from(SECOND);
        // Less than the duration.
        self.plus(-(since.rem_euclid(duration.into()) as i64))
    }

    /// What the calendar and the clock say.
    pub(crate) fn civil(self) -> Civil {
        Civil::of(self)
    }
}
