//! Who sits where: one seat for each browser, known by its token.
//!
//! A seat has a holder, who is signed in there, and remembers who signed in whole on this device within twelve hours: they
//! switch by PIN. The token changes whenever the holder does, so that nobody goes on with somebody else's.

use crate::Wrong;
use crate::book::{Account, Book, Display};
use crate::program::Program;
use crate::secret::Token;
use chairside_observation::Micros;
use serde::{Deserialize, Serialize};

/// Without a press for so long, entries and history are locked (S11).
pub const LOCK_AFTER: Micros = Micros::from_secs(15 * 60);
/// From the whole sign-in until it is over, used or not (S11); as long a PIN is enough on the device.
pub const ABSOLUTE: Micros = Micros::from_secs(12 * 3_600);
/// Wrong PINs at one device before the password is asked for.
pub const PIN_TRIES: u32 = 5;
/// Seats of one person; beyond it the oldest ends.
pub const SIGN_INS_MAX: usize = 20;
/// Seats in all: every account of a large ward at two devices.
pub const SEATS_MAX: usize = 2_000;
/// People who may switch at one device.
const PEOPLE_MAX: usize = 32;

/// Who is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holder {
    /// Id of the account.
    pub account: String,
    /// Since when, UTC microseconds.
    pub since_us: i64,
    /// When the sign-in is over, UTC microseconds.
    pub until_us: i64,
}

/// One browser.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seat {
    /// No secret.
    pub id: String,
    /// Digest of the token.
    token: String,
    /// Address it was last signed in from.
    pub from: String,
    /// Who is signed in.
    pub holder: Option<Holder>,
    /// It was locked, by hand or by too many wrong PINs.
    pub locked: bool,
    /// Who may switch by PIN, and until when.
    people: Vec<Holder>,
    /// Wrong PINs since the last right one.
    tries: u32,
}

/// Who asks.
#[derive(Clone, Copy, Debug)]
pub enum Who<'a> {
    /// Nobody that is known.
    Nobody,
    /// A browser nobody is signed in at now.
    Empty(&'a Seat),
    /// A person.
    Person(&'a Seat, &'a Account),
    /// A wall display.
    Display(&'a Display),
    /// A program, by the token it sends with each request.
    Program(&'a Program),
}

impl Book {
    /// Whose token this is.
    #[must_use]
    pub fn who(&self, token: Option<&Token>, now: Micros) -> Who<'_> {
        let Some(digest) = token.map(Token::digest) else { return Who::Nobody };
        if let Some(display) = self.displays.iter().find(|display| display.token.as_ref() == Some(&digest)) {
            return Who::Display(display);
        }
        let Some(seat) = self.seats.iter().find(|seat| seat.token == digest) else { return Who::Nobody };
        let holder = seat.holder.as_ref().filter(|holder| now.0 < holder.until_us);
        match holder.and_then(|holder| self.account(&holder.account)).filter(|account| account.enabled) {
            Some(account) => Who::Person(seat, account),
            None => Who::Empty(seat),
        }
    }

    /// A seat by its id.
    #[must_use]
    pub fn seat(&self, id: &str) -> Option<&Seat> {
        self.seats.iter().find(|seat| seat.id == id)
    }

    fn seat_mut(&mut self, id: &str) -> Result<&mut Seat, Wrong> {
        self.seats.iter_mut().find(|seat| seat.id == id).ok_or(Wrong::NoSignIn)
    }

    /// Seats a person is signed in at, the newest first.
    #[must_use]
    pub fn seats_of(&self, account: &str, now: Micros) -> Vec<&Seat> {
        let held = |seat: &&Seat| seat.holder.as_ref().is_some_and(|h| h.account == account && now.0 < h.until_us);
        let mut seats = self.seats.iter().filter(held).collect::<Vec<_>>();
        seats.sort_by_key(|seat| std::cmp::Reverse(seat.holder.as_ref().map(|holder| holder.since_us)));
        seats
    }

    /// A whole sign-in: `here` is the seat of the browser that asks, if it has one. Gives the seat's id.
    pub fn sit(&mut self, here: Option<&str>, account: &str, token: &Token, from: &str, now: Micros) -> String {
        self.tidy(now);
        let holder = Holder { account: account.to_owned(), since_us: now.0, until_us: (now + ABSOLUTE).0 };
        self.came_from(account, from);
        let id = match here.filter(|id| self.seat(id).is_some()) {
            Some(id) => id.to_owned(),
            None => self.new_seat(from),
        };
        if let Ok(seat) = self.seat_mut(&id) {
            seat.people.retain(|known| known.account != account);
            seat.people.push(holder.clone());
            let over = seat.people.len().saturating_sub(PEOPLE_MAX);
            seat.people.drain(..over);
            (seat.token, seat.from, seat.tries) = (token.digest(), from.to_owned(), 0);
            (seat.holder, seat.locked) = (Some(holder), false);
        }
        let too_many = self.seats_of(account, now).into_iter().skip(SIGN_INS_MAX).map(|seat| seat.id.clone());
        for id in too_many.collect::<Vec<_>>() {
            self.seats.retain(|seat| seat.id != id);
        }
        id
    }

    fn new_seat(&mut self, from: &str) -> String {
        if self.seats.len() >= SEATS_MAX {
            self.seats.remove(0);
        }
        let id = self.new_id('s');
        self.seats.push(Seat {
            id: id.clone(),
            token: String::new(),
            from: from.to_owned(),
            holder: None,
            locked: false,
            people: vec![],
            tries: 0,
        });
        id
    }

    /// Who may switch at a seat by PIN.
    #[must_use]
    pub fn people_at(&self, seat: &Seat, now: Micros) -> Vec<&Account> {
        let here = seat.people.iter().filter(|holder| now.0 < holder.until_us);
        let accounts = here.filter_map(|holder| self.account(&holder.account));
        accounts.filter(|account| account.enabled && account.pin.is_some()).collect()
    }

    /// Counts a try of a PIN before it is looked at, so that many at once are no way around. Gives the account whose PIN it
    /// should be.
    ///
    /// # Errors
    /// This person may not switch here by PIN, or there were too many tries: then nobody may, until one signs in whole.
    pub fn try_pin(&mut self, seat: &str, account: &str, now: Micros) -> Result<Account, Wrong> {
        let found = self.seat(seat).ok_or(Wrong::NoPin)?;
        let person = self.people_at(found, now).into_iter().find(|known| known.id == account).cloned();
        let person = person.ok_or(Wrong::NoPin)?;
        let seat = self.seat_mut(seat)?;
        seat.tries += 1;
        if seat.tries > PIN_TRIES {
            seat.people.clear();
            seat.locked = true;
            return Err(Wrong::NoPin);
        }
        Ok(person)
    }

    /// The PIN was right: she sits there now, with a new token, until her whole sign-in is over.
    ///
    /// # Errors
    /// She may no longer switch here.
    pub fn switch(&mut self, seat: &str, account: &str, token: &Token, now: Micros) -> Result<(), Wrong> {
        let seat = self.seat_mut(seat)?;
        let known = seat.people.iter().find(|holder| holder.account == account && now.0 < holder.until_us);
        let until_us = known.ok_or(Wrong::NoPin)?.until_us;
        seat.holder = Some(Holder { account: account.to_owned(), since_us: now.0, until_us });
        (seat.token, seat.locked, seat.tries) = (token.digest(), false, 0);
        Ok(())
    }

    /// Another token for the same holder: after what makes more possible (S10).
    ///
    /// # Errors
    /// The seat is gone.
    pub fn renew(&mut self, seat: &str, token: &Token) -> Result<(), Wrong> {
        self.seat_mut(seat)?.token = token.digest();
        Ok(())
    }

    /// Whether somebody signed in whole at a seat not longer ago than this; a PIN is no whole sign-in.
    #[must_use]
    pub fn came_whole(&self, seat: &str, account: &str, within: Micros, now: Micros) -> bool {
        let people = self.seat(seat).map(|seat| seat.people.as_slice()).unwrap_or_default();
        let since = people.iter().find(|holder| holder.account == account).map(|holder| holder.since_us);
        since.is_some_and(|since| (0..=within.0).contains(&(now.0 - since)))
    }

    /// Locks a seat by hand.
    ///
    /// # Errors
    /// The seat is gone.
    pub fn lock(&mut self, seat: &str) -> Result<(), Wrong> {
        self.seat_mut(seat)?.locked = true;
        Ok(())
    }

    /// Ends a seat's sign-in. The others who signed in there may still switch.
    ///
    /// # Errors
    /// The seat is gone.
    pub fn sign_out(&mut self, seat: &str) -> Result<(), Wrong> {
        let seat = self.seat_mut(seat)?;
        if let Some(holder) = seat.holder.take() {
            seat.people.retain(|known| known.account != holder.account);
        }
        seat.locked = false;
        Ok(())
    }

    /// Ends every sign-in of an account, and lets it switch nowhere.
    pub fn sign_out_everywhere(&mut self, account: &str) {
        self.sign_out_elsewhere(account, None);
    }

    pub(crate) fn sign_out_elsewhere(&mut self, account: &str, here: Option<&str>) {
        for seat in self.seats.iter_mut().filter(|seat| Some(seat.id.as_str()) != here) {
            seat.people.retain(|known| known.account != account);
            if seat.holder.as_ref().is_some_and(|holder| holder.account == account) {
                (seat.holder, seat.locked) = (None, false);
            }
        }
    }

    /// A display's link was opened: this is its token.
    ///
    /// # Errors
    /// There is no such display.
    pub fn open_display(&mut self, id: &str, token: &Token) -> Result<(), Wrong> {
        let display = self.displays.iter_mut().find(|display| display.id == id).ok_or(Wrong::NoDisplay)?;
        display.token = Some(token.digest());
        Ok(())
    }

    pub(crate) fn tidy_seats(&mut self, now: Micros) {
        let stands = |holder: &Holder| now.0 < holder.until_us;
        for seat in &mut self.seats {
            seat.people.retain(stands);
            seat.holder = seat.holder.take().filter(stands);
        }
        self.seats.retain(|seat| seat.holder.is_some() || !seat.people.is_empty());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Role;
    use crate::secret::Hash;
    use proptest::prelude::*;
    use std::sync::LazyLock;

    const NOW: Micros = Micros::from_secs(1_800_000_000);

    fn token(n: u8) -> Token {
        Token::new([n; 32])
    }

    /// Made once: hashing is slow on purpose.
    static PIN: LazyLock<Option<Hash>> = LazyLock::new(|| Hash::of("4711", [1; 16]));

    /// Three nurses with PINs.
    fn ward() -> Book {
        let mut book = Book::default();
        let pin = &*PIN;
        for name in ["ann", "bo", "cy"] {
            let id = book.make_account(name, name, &[Role::Nurse]).unwrap();
            book.account_mut(&id).unwrap().pin.clone_from(pin);
        }
        book
    }

    fn who(book: &Book, token: &Token, now: Micros) -> String {
        match book.who(Some(token), now) {
            Who::Nobody => "nobody".to_owned(),
            Who::Empty(_) => "empty".to_owned(),
            Who::Person(seat, account) => format!("{}{}", account.name, if seat.locked { " locked" } else { "" }),
            Who::Display(display) => display.name.clone(),
            Who::Program(program) => program.name.clone(),
        }
    }

    #[test]
    fn s10_a_new_token_at_each_sign_in_and_the_old_one_is_dead() {
        let mut book = ward();
        let seat = book.sit(None, "a1", &token(1), "10.0.0.5", NOW);
        assert_eq!(who(&book, &token(1), NOW), "ann");
        assert_eq!(book.sit(Some(&seat), "a2", &token(2), "10.0.0.5", NOW), seat, "the same browser");
        assert_eq!([who(&book, &token(1), NOW), who(&book, &token(2), NOW)], ["nobody", "bo"]);
        book.switch(&seat, "a1", &token(3), NOW).unwrap();
        assert_eq!([who(&book, &token(2), NOW), who(&book, &token(3), NOW)], ["nobody", "ann"]);
        book.renew(&seat, &token(4)).unwrap();
        assert_eq!([who(&book, &token(3), NOW), who(&book, &token(4), NOW)], ["nobody", "ann"]);
        let kept = serde_json::to_string(&book).unwrap();
        assert!(!kept.contains(token(4).text()) && kept.contains(&token(4).digest()));
    }

    #[test]
    fn s11_a_sign_in_is_over_after_twelve_hours_and_a_switch_does_not_stretch_it() {
        let mut book = ward();
        let seat = book.sit(None, "a1", &token(1), "x", NOW);
        let late = NOW + Micros::from_secs(11 * 3_600);
        book.sit(Some(&seat), "a2", &token(2), "x", late);
        book.switch(&seat, "a1", &token(3), late).unwrap();
        assert_eq!(who(&book, &token(3), NOW + ABSOLUTE - Micros(1)), "ann");
        assert_eq!(who(&book, &token(3), NOW + ABSOLUTE), "empty");
        let people = |book: &Book, now| book.people_at(book.seat(&seat).unwrap(), now).len();
        assert_eq!([people(&book, late), people(&book, NOW + ABSOLUTE)], [2, 1]);
        book.tidy(late + ABSOLUTE);
        assert!(book.seat(&seat).is_none(), "nothing is kept of it");
    }

    #[test]
    fn s12_disabling_role_change_and_sign_out_end_what_they_should() {
        type Ends = fn(&mut Book);
        let ends: [(&str, Ends); 5] = [
            ("disabled", |book| book.enable("a1", false).unwrap()),
            ("role", |book| book.set_roles("a1", &[Role::Reviewer]).unwrap()),
            ("everywhere", |book| book.sign_out_everywhere("a1")),
            ("reset", |book| book.reset("a1").unwrap()),
            ("renamed", |book| book.rename("a1", "Anna").unwrap()),
        ];
        for (name, end) in ends {
            let mut book = ward();
            book.make_account("root", "root", &[Role::Administrator]).unwrap();
            let seat = book.sit(None, "a2", &token(2), "x", NOW);
            book.sit(Some(&seat), "a1", &token(1), "x", NOW);
            book.sit(None, "a1", &token(3), "y", NOW);
            book.sit(None, "a3", &token(4), "z", NOW);
            end(&mut book);
            assert_eq!([who(&book, &token(1), NOW), who(&book, &token(3), NOW)], ["empty", "empty"], "{name}");
            assert_eq!(who(&book, &token(4), NOW), "cy", "{name}: another one goes on");
            assert_eq!(book.switch(&seat, "a1", &token(5), NOW), Err(Wrong::NoPin), "{name}");
            assert_eq!(book.switch(&seat, "a2", &token(5), NOW), Ok(()), "{name}");
        }
    }

    #[test]
    fn s05_a_pin_works_where_its_owner_signed_in_and_for_a_few_tries() {
        let mut book = ward();
        let seat = book.sit(None, "a1", &token(1), "x", NOW);
        assert_eq!(book.try_pin(&seat, "a2", NOW), Err(Wrong::NoPin), "bo never signed in here");
        assert_eq!(book.try_pin("s99", "a1", NOW), Err(Wrong::NoPin));
        for _ in 0..PIN_TRIES {
            assert!(book.try_pin(&seat, "a1", NOW).is_ok());
        }
        assert_eq!(book.try_pin(&seat, "a1", NOW), Err(Wrong::NoPin));
        assert_eq!(who(&book, &token(1), NOW), "ann locked", "the live view stays, all else asks for the password");
        assert_eq!(book.switch(&seat, "a1", &token(2), NOW), Err(Wrong::NoPin));
        book.sit(Some(&seat), "a1", &token(3), "x", NOW);
        assert!(book.try_pin(&seat, "a1", NOW).is_ok(), "after a whole sign-in the count begins anew");
    }

    #[test]
    fn s07_one_persons_seats_are_bounded() {
        let mut book = ward();
        for n in 0..=SIGN_INS_MAX {
            book.sit(None, "a1", &token(n as u8), "x", NOW + Micros(n as i64));
        }
        assert_eq!(book.seats_of("a1", NOW).len(), SIGN_INS_MAX);
        assert_eq!(who(&book, &token(0), NOW), "nobody", "the oldest went");
    }

    #[test]
    fn s13_a_displays_token_is_its_own() {
        let mut book = ward();
        let id = book.make_display("Wall").unwrap();
        book.open_display(&id, &token(9)).unwrap();
        assert_eq!(who(&book, &token(9), NOW + ABSOLUTE), "Wall", "it does not run out");
        book.revoke_display(&id).unwrap();
        assert_eq!(who(&book, &token(9), NOW), "nobody");
    }

    proptest! {
        #[test]
        fn s10_no_other_token_is_let_in(random: [u8; 32]) {
            let mut book = ward();
            book.sit(None, "a1", &token(1), "x", NOW);
            prop_assume!(random != [1; 32]);
            prop_assert_eq!(who(&book, &Token::new(random), NOW), "nobody");
        }
    }
}
