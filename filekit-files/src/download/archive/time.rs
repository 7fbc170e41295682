//! The time of an entry of an archive, in the two forms that zip has for it.

use std::time::SystemTime;

use crate::calendar::{SECONDS_OF_DAY, date};
use crate::download::archive::format::push_16;

/// 1980-01-01, where the time of DOS begins, in days since 1970.
const FIRST_DAY: u64 = 3_652;
/// 2107-12-31, where it ends.
const LAST_DAY: u64 = 50_402;
const NOON: u64 = SECONDS_OF_DAY / 2;

/// When the content of an entry was last changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Time {
    pub(super) dos_time: u16,
    pub(super) dos_date: u16,
    /// Seconds since 1970 in UTC, as most readers take them if they are there. Some read them with a sign, so those after
    /// 2038 are left out.
    unix: Option<i32>,
}

impl Time {
    /// The time of a file; noon of 1980-01-01 for what has none.
    ///
    /// The time of DOS is in no time zone, and readers take it for their own. A file's is given in UTC. Noon of a day that
    /// nothing else is said of stays on that day wherever it is read.
    pub(super) fn of(modified: Option<SystemTime>) -> Self {
        let since_1970 = modified.and_then(|time| time.duration_since(SystemTime::UNIX_EPOCH).ok());
        let seconds = since_1970.map_or(FIRST_DAY * SECONDS_OF_DAY + NOON, |time| time.as_secs());
        let unix = since_1970.and_then(|time| i32::try_from(time.as_secs()).ok());
        let (days, seconds) = match seconds / SECONDS_OF_DAY {
            day @ FIRST_DAY..=LAST_DAY => (day, seconds % SECONDS_OF_DAY),
            day => (day.clamp(FIRST_DAY, LAST_DAY), NOON),
        };
        let (year, month, day) = date(days);
        let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        let packed = |number: u64| u16::try_from(number).unwrap_or_default();
        Self {
            dos_time: packed((hour << 11) | (minute << 5) | (second / 2)),
            dos_date: packed(((year - 1980) << 9) | (month << 5) | day),
            unix,
        }
    }

    /// Appends the extra field of the time in UTC, Info-ZIP's "extended timestamp" (its `proginfo/extrafld.txt`).
    pub(super) fn push_extra_field(self, extra: &mut Vec<u8>) {
        let Some(unix) = self.unix else { return };
        push_16(extra, &[0x5455, 5]);
        // Only the time of modification follows.
        extra.push(1);
        extra.extend_from_slice(&unix.to_le_bytes());
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// Year, month, day, hour, minute and second that DOS would read, and the seconds in UTC.
    fn read(time: Time) -> ([u16; 6], Option<i32>) {
        let Time { dos_time, dos_date, unix } = time;
        let date = [(dos_date >> 9) + 1980, (dos_date >> 5) & 15, dos_date & 31];
        let time = [dos_time >> 11, (dos_time >> 5) & 63, (dos_time & 31) * 2];
        ([date[0], date[1], date[2], time[0], time[1], time[2]], unix)
    }

    #[test]
    fn times_are_those_of_the_calendar() {
        let at = |seconds| read(Time::of(Some(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))));
        assert_eq!(at(1_709_210_096), ([2024, 2, 29, 12, 34, 56], Some(1_709_210_096)));
        assert_eq!(at(1_735_689_599), ([2024, 12, 31, 23, 59, 58], Some(1_735_689_599)));
        assert_eq!(at(951_868_800), ([2000, 3, 1, 0, 0, 0], Some(951_868_800)));
        assert_eq!(at(4_107_542_400), ([2100, 3, 1, 0, 0, 0], None), "behind what has 31 bits");
    }

    #[test]
    fn what_dos_cannot_say_is_as_near_as_it_gets() {
        let at = |seconds| read(Time::of(Some(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))));
        assert_eq!(at(0), ([1980, 1, 1, 12, 0, 0], Some(0)));
        assert_eq!(at(10_000_000_000), ([2107, 12, 31, 12, 0, 0], None));
        let before_1970 = SystemTime::UNIX_EPOCH - Duration::from_secs(1);
        assert_eq!(read(Time::of(Some(before_1970))), ([1980, 1, 1, 12, 0, 0], None));
    }

    #[test]
    fn what_has_no_time_is_of_noon_wherever_it_is_read() {
        assert_eq!(read(Time::of(None)), ([1980, 1, 1, 12, 0, 0], None));
    }
}
