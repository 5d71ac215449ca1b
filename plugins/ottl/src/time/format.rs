//! Layouts of times, in the Collector's notation: `%Y-%m-%d`.

use std::io::Write as _;

use super::calendar::Civil;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const DAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/// A layout, checked and taken apart.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    parts: Vec<Part>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// A byte that stands for itself.
    Byte(u8),
    /// The letter behind a percent sign.
    Field(u8),
}

impl Layout {
    /// Takes a layout apart.
    pub(crate) fn new(layout: &[u8]) -> Result<Self, String> {
        let mut parts = Vec::with_capacity(layout.len());
        let mut bytes = layout.iter().copied();
        while let Some(byte) = bytes.next() {
            if byte != b'%' {
                parts.push(Part::Byte(byte));
                continue;
            }
            let Some(letter) = bytes.next() else { return Err("the layout ends in a single `%`".to_owned()) };
            match letter {
                b'D' | b'x' => parts.extend(Self::new(b"%m/%d/%y")?.parts),
                b'F' => parts.extend(Self::new(b"%Y-%m-%d")?.parts),
                b'T' | b'X' => parts.extend(Self::new(b"%H:%M:%S")?.parts),
                b'r' => parts.extend(Self::new(b"%I:%M:%S %p")?.parts),
                b'R' => parts.extend(Self::new(b"%H:%M")?.parts),
                b'c' => parts.extend(Self::new(b"%a %b %d %H:%M:%S %Y")?.parts),
                b'n' => parts.push(Part::Byte(b'\n')),
                b't' => parts.push(Part::Byte(b'\t')),
                b'%' => parts.push(Part::Byte(b'%')),
                b'Y' | b'y' | b'm' | b'o' | b'q' | b'b' | b'h' | b'B' | b'd' | b'e' | b'g' | b'a' | b'A'
                | b'H' | b'I' | b'l' | b'p' | b'P' | b'M' | b'S' | b'L' | b'f' | b's' | b'z' | b'Z'
                | b'i' | b'j' | b'k' | b'w' => parts.push(Part::Field(letter)),
                other => return Err(format!("the layout has no `%{}`", char::from(other))),
            }
        }
        Ok(Self { parts })
    }

    /// Whether it says which year.
    pub(crate) fn has_year(&self) -> bool {
        self.parts.iter().any(|part| matches!(part, Part::Field(b'Y' | b'y')))
    }

    /// Writes a time.
    pub(crate) fn write(&self, time: Civil) -> Vec<u8> {
        let mut text = Vec::with_capacity(self.parts.len() * 2);
        for part in &self.parts {
            match part {
                Part::Byte(byte) => text.push(*byte),
                Part::Field(letter) => write(*letter, time, &mut text),
            }
        }
        text
    }

    /// Reads a time; none where the text is not in this layout, or there is no such time.
    pub(crate) fn read(&self, text: &[u8]) -> Option<Civil> {
        let mut reader = Reader::new(text);
        for (number, part) in self.parts.iter().enumerate() {
            match part {
                Part::Byte(byte) => reader.byte(*byte)?,
                Part::Field(letter) => reader.field(*letter)?,
            }
            // As in Go, seconds may have a fraction, written or not.
            let fraction_follows = self.parts.get(number + 1).is_some_and(|next| *next == Part::Byte(b'.'));
            if *part == Part::Field(b'S') && !fraction_follows {
                reader.optional_fraction();
            }
        }
        reader.finish()
    }
}

fn write(letter: u8, time: Civil, text: &mut Vec<u8>) {
    let hour = if time.hour.is_multiple_of(12) { 12 } else { time.hour % 12 };
    let month = MONTHS[(time.month as usize - 1).min(11)];
    let day = DAYS[time.weekday() as usize];
    let noon = time.hour >= 12;
    let (sign, offset) = (if time.offset < 0 { '-' } else { '+' }, time.offset.unsigned_abs());
    let (east, minutes, seconds) = (offset / 3600, offset / 60 % 60, offset % 60);
    let _ = match letter {
        b'Y' => write!(text, "{:04}", time.year),
        b'y' => write!(text, "{:02}", time.year.rem_euclid(100)),
        b'm' => write!(text, "{:02}", time.month),
        b'o' => write!(text, "{:2}", time.month),
        b'q' => write!(text, "{}", time.month),
        b'b' | b'h' => write!(text, "{}", &month[..3]),
        b'B' => write!(text, "{month}"),
        b'd' => write!(text, "{:02}", time.day),
        b'e' => write!(text, "{:2}", time.day),
        b'g' => write!(text, "{}", time.day),
        b'a' => write!(text, "{}", &day[..3]),
        b'A' => write!(text, "{day}"),
        b'H' => write!(text, "{:02}", time.hour),
        b'I' => write!(text, "{hour:02}"),
        b'l' => write!(text, "{hour}"),
        b'p' => write!(text, "{}", if noon { "PM" } else { "AM" }),
        b'P' => write!(text, "{}", if noon { "pm" } else { "am" }),
        b'M' => write!(text, "{:02}", time.minute),
        b'S' => write!(text, "{:02}", time.second),
        b'L' => write!(text, "{:03}", time.nanosecond / 1_000_000),
        b'f' => write!(text, "{:06}", time.nanosecond / 1000),
        b's' => write!(text, "{:09}", time.nanosecond),
        b'z' => write!(text, "{sign}{east:02}{minutes:02}"),
        b'Z' if time.offset == 0 => write!(text, "UTC"),
        b'Z' => write!(text, "{sign}{east:02}{minutes:02}"),
        b'i' => write!(text, "{sign}{east:02}"),
        b'j' => write!(text, "{sign}{east:02}:{minutes:02}"),
        b'k' => write!(text, "{sign}{east:02}:{minutes:02}:{seconds:02}"),
        _ => write!(text, "{sign}{east:02}{minutes:02}{seconds:02}"),
    };
}

/// What of a text is still to be read, and what was read of the time.
struct Reader<'a> {
    rest: &'a [u8],
    time: Civil,
    afternoon: Option<bool>,
}

impl<'a> Reader<'a> {
    fn new(text: &'a [u8]) -> Self {
        let time =
            Civil { year: 0, month: 1, day: 1, hour: 0, minute: 0, second: 0, nanosecond: 0, offset: 0 };
        Self { rest: text, time, afternoon: None }
    }

    fn finish(mut self) -> Option<Civil> {
        match self.afternoon {
            Some(true) if self.time.hour < 12 => self.time.hour += 12,
            Some(false) if self.time.hour == 12 => self.time.hour = 0,
            _ => {}
        }
        self.rest.is_empty().then_some(self.time)
    }

    fn byte(&mut self, byte: u8) -> Option<()> {
        self.rest = self.rest.strip_prefix(&[byte])?;
        Some(())
    }

    fn field(&mut self, letter: u8) -> Option<()> {
        match letter {
            b'Y' => self.time.year = self.number(4, 4)?.into(),
            b'y' => {
                let year = i64::from(self.number(2, 2)?);
                self.time.year = year + if year >= 69 { 1900 } else { 2000 };
            }
            b'm' => self.time.month = self.number(2, 2)?,
            b'o' | b'q' => {
                self.skip_spaces();
                self.time.month = self.number(1, 2)?;
            }
            b'b' | b'h' => self.time.month = self.name(&MONTHS, true)? + 1,
            b'B' => self.time.month = self.name(&MONTHS, false)? + 1,
            b'd' => self.time.day = self.number(2, 2)?,
            b'e' | b'g' => {
                self.skip_spaces();
                self.time.day = self.number(1, 2)?;
            }
            b'a' => drop(self.name(&DAYS, true)?),
            b'A' => drop(self.name(&DAYS, false)?),
            b'H' => self.time.hour = self.number(2, 2)?,
            b'I' => self.time.hour = self.number(2, 2).filter(|hour| (1..=12).contains(hour))?,
            b'l' => self.time.hour = self.number(1, 2).filter(|hour| (1..=12).contains(hour))?,
            b'p' | b'P' => self.afternoon = Some(self.name(&["AM", "PM"], false)? == 1),
            b'M' => self.time.minute = self.number(2, 2)?,
            b'S' => self.time.second = self.number(2, 2)?,
            b'L' => self.time.nanosecond = self.number(3, 3)? * 1_000_000,
            b'f' => self.time.nanosecond = self.number(6, 6)? * 1000,
            b's' => self.time.nanosecond = self.number(9, 9)?,
            b'Z' => self.zone()?,
            b'z' => self.offset(false, 2)?,
            b'i' => self.offset(false, 1)?,
            b'j' => self.offset(true, 2)?,
            b'k' => self.offset(true, 3)?,
            _ => self.offset(false, 3)?,
        }
        Some(())
    }

    fn skip_spaces(&mut self) {
        self.rest = self.rest.trim_ascii_start();
    }

    fn number(&mut self, least: usize, most: usize) -> Option<u32> {
        let digits = self.rest.iter().take(most).take_while(|byte| byte.is_ascii_digit()).count();
        let (digits, rest) =
            self.rest.split_at_checked(digits).filter(|(digits, _)| digits.len() >= least)?;
        self.rest = rest;
        Some(digits.iter().fold(0, |number, digit| number * 10 + u32::from(digit - b'0')))
    }

    /// The position of a name, of which case does not matter; or of the first three letters of one.
    fn name(&mut self, names: &[&str], short: bool) -> Option<u32> {
        let written = |name: &&str| if short { name[..3].len() } else { name.len() };
        let position = names.iter().position(|name| {
            let start = self.rest.get(..written(name));
            start.is_some_and(|start| start.eq_ignore_ascii_case(&name.as_bytes()[..written(name)]))
        })?;
        self.rest = &self.rest[written(&names[position])..];
        Some(position as u32)
    }

    /// The abbreviation of a time zone. Without a database of them only UTC says how far east it lies; any other is
    /// read as UTC, as in Go where it is not the local one.
    fn zone(&mut self) -> Option<()> {
        let letters = self.rest.iter().take(5).take_while(|byte| byte.is_ascii_uppercase()).count();
        self.rest = self.rest.get(letters..).filter(|_| letters >= 3)?;
        Some(())
    }

    fn offset(&mut self, colons: bool, parts: u32) -> Option<()> {
        let (sign, rest) = self.rest.split_first()?;
        let sign = match sign {
            b'+' => 1,
            b'-' => -1,
            _ => return None,
        };
        self.rest = rest;
        let mut seconds = 0;
        for part in 0..parts {
            if colons && part > 0 {
                self.byte(b':')?;
            }
            seconds += self.number(2, 2)? * [3600, 60, 1][part as usize];
        }
        self.time.offset = sign * seconds as i32;
        Some(())
    }

    fn optional_fraction(&mut self) {
        let [b'.' | b',', digits @ ..] = self.rest else { return };
        let count = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if count == 0 {
            return;
        }
        let nanos = digits.iter().take(count).chain(&[b'0'; 9]).take(9);
        self.time.nanosecond = nanos.fold(0, |number, digit| number * 10 + u32::from(digit - b'0'));
        self.rest = &digits[count..];
    }
}
