//! Whole numbers, one a row, in as few bytes as the greatest of them needs: what a column of few distinct
//! cells takes of memory, and of the time to touch it first, is a quarter of what it would be with four bytes
//! each.

use std::fmt;

/// A list of whole numbers that takes one, two or four bytes each.
#[derive(Clone)]
pub struct Indices(Width);

#[derive(Clone)]
enum Width {
    One(Vec<u8>),
    Two(Vec<u16>),
    Four(Vec<u32>),
}

/// Does the same with the numbers in whichever width they have.
macro_rules! each_width {
    ($width:expr, $list:ident => $body:expr) => {
        match $width {
            Width::One($list) => $body,
            Width::Two($list) => $body,
            Width::Four($list) => $body,
        }
    };
}

/// A number of one width.
trait Narrow: Copy {
    fn of(number: u32) -> Self;

    fn number(self) -> u32;
}

impl Narrow for u8 {
    fn of(number: u32) -> Self {
        number as u8
    }

    fn number(self) -> u32 {
        self.into()
    }
}

impl Narrow for u16 {
    fn of(number: u32) -> Self {
        number as u16
    }

    fn number(self) -> u32 {
        self.into()
    }
}

impl Narrow for u32 {
    fn of(number: u32) -> Self {
        number
    }

    fn number(self) -> u32 {
        self
    }
}

impl Indices {
    /// An empty list with room for so many numbers of one byte.
    pub fn with_capacity(rows: usize) -> Self {
        Self(Width::One(Vec::with_capacity(rows)))
    }

    /// How many numbers there are.
    pub fn len(&self) -> usize {
        each_width!(&self.0, list => list.len())
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number of a row, counted from 0; `None` beyond the end.
    #[inline]
    pub fn get(&self, row: usize) -> Option<u32> {
        each_width!(&self.0, list => list.get(row).map(|n| n.number()))
    }

    /// All numbers, in order.
    pub fn iter(&self) -> Iter<'_> {
        Iter { list: self, row: 0 }
    }

    /// Hands each row and its number over; quicker than [`Indices::iter`] for long lists.
    #[inline]
    pub fn for_each(&self, mut each: impl FnMut(usize, u32)) {
        each_width!(&self.0, list => list.iter().enumerate().for_each(|(row, n)| each(row, n.number())));
    }

    /// What `each` makes of every number, in order.
    pub fn map<T>(&self, mut each: impl FnMut(u32) -> T) -> Vec<T> {
        each_width!(&self.0, list => list.iter().map(|n| each(n.number())).collect())
    }

    /// Room for so many numbers more.
    pub(super) fn reserve(&mut self, rows: usize) {
        each_width!(&mut self.0, list => list.reserve_exact(rows));
    }

    /// How many numbers there is room for.
    #[cfg(test)]
    pub(super) fn capacity(&self) -> usize {
        each_width!(&self.0, list => list.capacity())
    }

    /// Adds a number at the end.
    #[inline]
    pub fn push(&mut self, number: u32) {
        match &mut self.0 {
            Width::One(list) if number <= u32::from(u8::MAX) => list.push(number as u8),
            Width::Two(list) if number <= u32::from(u16::MAX) => list.push(number as u16),
            Width::Four(list) => list.push(number),
            _ => {
                self.fit(number);
                self.push(number);
            }
        }
    }

    /// Changes the number of a row; a row beyond the end is left alone.
    #[inline]
    pub fn set(&mut self, row: usize, number: u32) {
        self.fit(number);
        each_width!(&mut self.0, list => if let Some(slot) = list.get_mut(row) {
            *slot = Narrow::of(number);
        });
    }

    /// Makes the list so long, with `number` in new rows.
    pub(super) fn resize(&mut self, rows: usize, number: u32) {
        self.fit(number);
        each_width!(&mut self.0, list => list.resize(rows, Narrow::of(number)));
    }

    /// Takes the first rows out.
    pub(super) fn drop_first(&mut self, rows: usize) {
        each_width!(&mut self.0, list => drop(list.drain(..rows.min(list.len()))));
    }

    /// Changes every number to what `each` makes of it; none may become greater than `most`.
    pub fn change(&mut self, most: u32, mut each: impl FnMut(u32) -> u32) {
        self.fit(most);
        let mut checked = |old| {
            let new = each(old);
            debug_assert!(new <= most, "{new} is above {most}");
            new
        };
        each_width!(&mut self.0, list => list.iter_mut().for_each(|n| *n = Narrow::of(checked(n.number()))));
    }

    /// Adds what stands in `of` at each of the numbers of `other`, and 0 where nothing stands.
    pub(super) fn extend_through(&mut self, other: &Self, of: &[u32]) {
        fn add<A: Narrow, B: Narrow>(to: &mut Vec<B>, from: &[A], of: &[u32]) {
            to.extend(from.iter().map(|n| B::of(of.get(n.number() as usize).copied().unwrap_or(0))));
        }
        self.fit(of.iter().copied().max().unwrap_or(0));
        each_width!(&mut self.0, to => each_width!(&other.0, from => add(to, from, of)));
    }

    /// Makes room for numbers up to this one.
    #[inline]
    fn fit(&mut self, number: u32) {
        let fits = match &self.0 {
            Width::One(_) => number <= u32::from(u8::MAX),
            Width::Two(_) => number <= u32::from(u16::MAX),
            Width::Four(_) => true,
        };
        if !fits {
            self.widen(number);
        }
    }

    #[cold]
    fn widen(&mut self, number: u32) {
        fn wider<A: Narrow, B: Narrow>(list: &[A], room: usize) -> Vec<B> {
            let mut out = Vec::with_capacity(room);
            out.extend(list.iter().map(|n| B::of(n.number())));
            out
        }
        let two = number <= u32::from(u16::MAX);
        self.0 = match &self.0 {
            Width::One(list) if two => Width::Two(wider(list, list.capacity())),
            Width::One(list) => Width::Four(wider(list, list.capacity())),
            Width::Two(list) => Width::Four(wider(list, list.capacity())),
            Width::Four(_) => return,
        };
    }
}

impl Default for Indices {
    fn default() -> Self {
        Self::with_capacity(0)
    }
}

impl fmt::Debug for Indices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self).finish()
    }
}

/// The same numbers, in whatever width.
impl PartialEq for Indices {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().eq(other)
    }
}

impl Eq for Indices {}

impl FromIterator<u32> for Indices {
    fn from_iter<I: IntoIterator<Item = u32>>(numbers: I) -> Self {
        let numbers = numbers.into_iter();
        let mut out = Self::with_capacity(numbers.size_hint().0);
        numbers.for_each(|n| out.push(n));
        out
    }
}

impl<'a> IntoIterator for &'a Indices {
    type Item = u32;
    type IntoIter = Iter<'a>;

    fn into_iter(self) -> Iter<'a> {
        self.iter()
    }
}

/// The numbers of [`Indices`], in order.
#[derive(Debug, Clone)]
pub struct Iter<'a> {
    list: &'a Indices,
    row: usize,
}

impl Iterator for Iter<'_> {
    type Item = u32;

    #[inline]
    fn next(&mut self) -> Option<u32> {
        let number = self.list.get(self.row)?;
        self.row += 1;
        Some(number)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.list.len() - self.row;
        (left, Some(left))
    }
}

impl ExactSizeIterator for Iter<'_> {}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::{Strategy, prop_assert, prop_assert_eq, prop_oneof, proptest};

    use super::Indices;

    fn number() -> impl Strategy<Value = u32> {
        prop_oneof![0_u32..3, 250_u32..260, 65_530_u32..65_540, 0..=u32::MAX]
    }

    proptest! {
        #[test]
        fn numbers_of_any_width_are_kept(
            numbers in vec(number(), 0..40),
            at in 0_usize..40,
            other in number(),
        ) {
            let mut list: Indices = numbers.iter().copied().collect();
            let mut plain = numbers.clone();
            prop_assert_eq!(list.iter().collect::<Vec<_>>(), numbers.clone());
            prop_assert_eq!(list.map(|n| n), numbers);
            list.set(at, other);
            plain.iter_mut().skip(at).take(1).for_each(|n| *n = other);
            prop_assert!((0..=plain.len()).all(|row| list.get(row) == plain.get(row).copied()));
            list.resize(plain.len() + 2, other);
            plain.resize(plain.len() + 2, other);
            list.drop_first(1);
            plain.remove(0);
            prop_assert_eq!(list.iter().collect::<Vec<_>>(), plain.clone());
            list.change(u32::MAX, |n| n / 2 + 1);
            prop_assert_eq!(
                list.iter().collect::<Vec<_>>(),
                plain.iter().map(|n| n / 2 + 1).collect::<Vec<_>>()
            );
        }

        #[test]
        fn numbers_of_another_list_are_looked_up(
            first in vec(number(), 0..9),
            places in vec(0_u32..6, 0..9),
            of in vec(number(), 0..5),
        ) {
            let mut list: Indices = first.iter().copied().collect();
            list.extend_through(&places.iter().copied().collect(), &of);
            let looked_up = places.iter().map(|n| of.get(*n as usize).copied().unwrap_or(0));
            prop_assert_eq!(
                list.iter().collect::<Vec<_>>(),
                first.iter().copied().chain(looked_up).collect::<Vec<_>>()
            );
        }
    }

    #[test]
    fn lists_are_the_same_by_their_numbers() {
        let mut wide: Indices = [70_000, 2].into_iter().collect();
        wide.set(0, 1);
        assert_eq!(wide, [1, 2].into_iter().collect());
        assert_ne!(wide, [1].into_iter().collect());
        assert_eq!(format!("{wide:?}"), "[1, 2]");
    }
}
