//! The producer's legal clock of a recall, shown beside ours (食品召回管理办法; domain section 4).
//!
//! Working days are Monday to Friday: public holidays and the days worked for them are not known here.

use super::codes::Grade;
use super::work::shanghai_date;
use jiff::civil::{Date, Weekday};
use jiff::{SignedDuration, Timestamp, ToSpan};

/// What the law gives the producer, from the moment it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    /// Hours to begin within, and the instant they end at.
    pub start_hours: i64,
    pub start_by: Timestamp,
    /// Working days to finish within, and the last of them in Asia/Shanghai.
    pub working_days: i64,
    pub finish_on: Date,
}

/// The clock of a recall class: I 24 hours and 10 working days, II 48 and 20, III 72 and 30.
pub fn clock(class: Grade, told: Timestamp) -> Clock {
    let (start_hours, working_days) = match class {
        Grade::One => (24, 10),
        Grade::Two => (48, 20),
        Grade::Three => (72, 30),
    };
    let start_by = told.checked_add(SignedDuration::from_hours(start_hours)).unwrap_or(told);
    Clock { start_hours, start_by, working_days, finish_on: after(shanghai_date(told), working_days) }
}

/// The day `days` working days after `from`.
fn after(from: Date, days: i64) -> Date {
    let mut day = from;
    let mut left = days;
    while left > 0 {
        let Ok(next) = day.checked_add(1.day()) else { return day };
        day = next;
        if !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) {
            left -= 1;
        }
    }
    day
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn the_law_counts_hours_from_the_notice_and_working_days_after_it() {
        // Thursday 2020-08-20 14:32 in Asia/Shanghai.
        let told = Timestamp::constant(1_597_905_120, 0);
        let one = clock(Grade::One, told);
        assert_eq!((one.start_hours, one.finish_on), (24, date(2020, 9, 3)));
        assert_eq!(one.start_by.as_second() - told.as_second(), 24 * 3600);
        assert_eq!(clock(Grade::Two, told).finish_on, date(2020, 9, 17));
        assert_eq!(clock(Grade::Three, told).finish_on, date(2020, 10, 1));
    }

    #[test]
    fn a_notice_late_at_night_counts_from_the_day_in_shaanxi() {
        // Friday 2020-08-21 00:30 in Asia/Shanghai is still Thursday in UTC.
        let told = Timestamp::constant(1_597_941_000, 0);
        assert_eq!(clock(Grade::One, told).finish_on, date(2020, 9, 4));
    }
}
