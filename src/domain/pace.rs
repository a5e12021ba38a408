//! Deadlines and goals against the calendar: how near, how far, at which pace (plan 四 and 二).
//!
//! Pure arithmetic on days and integers; what is late stays late, and behind plan is a number, not an alarm.

use super::codes::{DeadlineState, DueState};
use jiff::civil::Date;

/// Days before a deadline from which it counts as due soon.
pub const SOON_DAYS: i64 = 14;

/// Whole days from `today` to `due`; negative when it has passed.
pub fn days_left(due: Date, today: Date) -> i64 {
    (due - today).get_days().into()
}

/// How near a deadline is. "前" is read as inclusive: on the day itself it is due today, not overdue.
pub fn due_state(state: DeadlineState, due: Date, today: Date) -> DueState {
    match state {
        DeadlineState::Done => DueState::Done,
        DeadlineState::Waived => DueState::Waived,
        DeadlineState::Open => match days_left(due, today) {
            i64::MIN..=-1 => DueState::Overdue,
            0 => DueState::DueToday,
            1..=SOON_DAYS => DueState::DueSoon,
            _ => DueState::Open,
        },
    }
}

/// Where `done` will stand on `on` if the pace since `start` goes on; `done` itself when no day has passed.
pub fn forecast(done: i64, start: Date, today: Date, on: Date) -> i64 {
    let passed = days_left(today, start);
    let total = days_left(on, start);
    if passed <= 0 || total <= passed {
        return done;
    }
    i64::try_from(i128::from(done) * i128::from(total) / i128::from(passed)).unwrap_or(i64::MAX)
}

/// Share of `target` on the straight line from `start` to `due`, in 1/1,000.
pub fn planned_permille(start: Date, due: Date, today: Date) -> i64 {
    let total = days_left(due, start).max(1);
    (days_left(today, start).clamp(0, total)) * 1000 / total
}

/// `done / target` in 1/1,000; 0 for a target of nothing.
pub fn permille(done: i64, target: i64) -> i64 {
    if target <= 0 { 0 } else { i64::try_from(i128::from(done) * 1000 / i128::from(target)).unwrap_or(i64::MAX) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn deadlines_are_inclusive_and_late_ones_stay_late() {
        let due = date(2020, 8, 31);
        let cases = [
            (date(2020, 8, 16), DueState::Open),
            (date(2020, 8, 17), DueState::DueSoon),
            (date(2020, 8, 30), DueState::DueSoon),
            (date(2020, 8, 31), DueState::DueToday),
            (date(2020, 9, 1), DueState::Overdue),
        ];
        for (today, expected) in cases {
            assert_eq!(due_state(DeadlineState::Open, due, today), expected, "{today}");
        }
        assert_eq!(due_state(DeadlineState::Done, due, date(2021, 1, 1)), DueState::Done);
        assert_eq!(days_left(due, date(2020, 8, 20)), 11);
        assert_eq!(days_left(date(2020, 6, 30), date(2020, 8, 20)), -51);
    }

    #[test]
    fn the_forecast_is_a_straight_line_without_overflow() {
        let start = date(2020, 6, 1);
        assert_eq!(forecast(80, start, date(2020, 8, 20), date(2020, 8, 31)), 80 * 91 / 80);
        assert_eq!(forecast(80, start, start, date(2020, 8, 31)), 80);
        assert_eq!(forecast(80, start, date(2020, 9, 5), date(2020, 8, 31)), 80);
        assert!(forecast(i64::MAX, start, date(2020, 6, 2), date(2020, 12, 31)) > 0);
        assert_eq!(permille(3_02, 8_00), 377);
        assert_eq!(permille(1, 0), 0);
    }
}
