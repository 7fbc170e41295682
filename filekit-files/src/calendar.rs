//! Dates of the calendar, in UTC. What zip makes of them is `download/archive/time.rs`.

/// The seconds of a day.
pub const SECONDS_OF_DAY: u64 = 24 * 60 * 60;

/// Year, month and day of a day since 1970, by Howard Hinnant's `civil_from_days`: the year begins in March, so that the
/// day which not every year has is its last.
#[must_use]
pub fn date(days: u64) -> (u64, u64, u64) {
    /// Days in 400 years, after which the calendar repeats.
    const ERA: u64 = 146_097;
    // From 0000-03-01 on.
    let days = days + 719_468;
    let (era, day_of_era) = (days / ERA, days % ERA);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let months_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * months_from_march + 2) / 5 + 1;
    let month = if months_from_march < 10 { months_from_march + 3 } else { months_from_march - 9 };
    (era * 400 + year_of_era + u64::from(month <= 2), month, day)
}
