/// Decisions drawn from bytes, by which a message is made.
///
/// A fuzzer's input or a property test's random bytes become a valid message; fewer bytes become a
/// smaller one, so what fails shrinks by itself. Behind the end all decisions are zero.
pub(crate) struct Source<'a> {
    bytes: &'a [u8],
}

impl<'a> Source<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    /// Half of what is left, as a source of its own, so that two things can be drawn side by side.
    pub(crate) fn fork(&mut self) -> Self {
        let (rest, fork) = self.bytes.split_at(self.bytes.len() / 2);
        self.bytes = rest;
        Self { bytes: fork }
    }

    pub(crate) fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.bytes.split_first() else { return 0 };
        self.bytes = rest;
        *first
    }

    /// A number below `bound`.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.byte() as usize % bound
    }

    pub(crate) fn flag(&mut self) -> bool {
        self.byte() & 1 == 1
    }

    /// A number of any size; small ones are as likely as large ones.
    pub(crate) fn number(&mut self) -> u64 {
        let bytes = self.below(9);
        (0..bytes).fold(0, |number, _| number << 8 | u64::from(self.byte()))
    }

    pub(crate) fn short(&mut self) -> u32 {
        self.number() as u32
    }

    pub(crate) fn double(&mut self) -> f64 {
        f64::from_bits(self.number())
    }

    pub(crate) fn text(&mut self) -> String {
        const LETTERS: [char; 8] = ['a', 'b', 'Z', '0', '\u{e9}', '\u{20ac}', '\u{1f980}', '.'];
        let length = [0, 1, 3, 5, 12, 40, 130][self.below(7)];
        (0..length).map(|_| LETTERS[self.below(LETTERS.len())]).collect()
    }

    /// An id of `length` bytes, or none; a few are common, so that they meet.
    pub(crate) fn id(&mut self, length: usize) -> Vec<u8> {
        match self.below(8) {
            0 => Vec::new(),
            1 => (0..length).map(|_| self.byte()).collect(),
            common => vec![common as u8; length],
        }
    }

    /// Up to `most` values.
    pub(crate) fn several<T>(&mut self, most: usize, mut make: impl FnMut(&mut Self) -> T) -> Vec<T> {
        (0..self.below(most + 1)).map(|_| make(self)).collect()
    }

    pub(crate) fn maybe<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        self.flag().then(|| make(self))
    }
}
