//! Generated claims, each judged by the rule and by a table of who owns which entry.

use super::*;

/// Numbers that only look random: the same in every run.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub(crate) fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % most
    }
}

/// A claim at `sequence` that fits as often as not.
pub(crate) fn any_claim(dice: &mut Dice, sequence: u64) -> Claim {
    let step = Step::ALL[usize::try_from(dice.below(4)).unwrap()];
    let bound = match step {
        Step::From => 1 + dice.below(sequence),
        // Nearly always where the deed stands, as the recorder does it.
        _ if dice.below(8) > 0 => sequence,
        _ => 1 + dice.below(sequence),
    };
    let session = ["a", "b", "c"][usize::try_from(dice.below(3)).unwrap()];
    Claim {
        timeline: Timeline::Chair("1".into()),
        sequence: Sequence(sequence),
        session: (step != Step::Cleared).then(|| session.into()),
        step,
        bound: Sequence(bound),
    }
}

/// Who owns each entry, the plain way.
#[derive(Clone, Default)]
struct Ledger {
    /// Session, first and last entry; the last of an open one is not known.
    spans: Vec<(SessionId, u64, Option<u64>)>,
    cleared: u64,
}

impl Ledger {
    fn owners(&self, entry: u64) -> usize {
        let owns =
            |(_, first, last): &&(SessionId, u64, Option<u64>)| entry >= *first && last.is_none_or(|l| entry <= l);
        self.spans.iter().filter(owns).count()
    }

    /// How it would be afterwards; `None` when an entry had two owners, or one that was cleared away.
    fn after(&self, claim: &Claim) -> Option<Self> {
        let (mut after, bound) = (self.clone(), claim.bound.0);
        let open = after.spans.iter().position(|(_, _, last)| last.is_none());
        let own = open.filter(|at| Some(&after.spans[*at].0) == claim.session.as_ref());
        match claim.step {
            Step::Begin => after.spans.push((claim.session.clone()?, bound, None)),
            Step::From => after.spans[own?].1 = bound,
            Step::Release => after.spans[own?].2 = Some(bound),
            Step::Cleared if open.is_none() => after.cleared = after.cleared.max(bound),
            Step::Cleared => return None,
        }
        let well = after.spans.iter().all(|(_, first, last)| last.is_none_or(|last| last >= *first));
        let touched = matches!(claim.step, Step::Begin | Step::From) && bound <= after.cleared;
        let alone = (1..=claim.sequence.0 + 1).all(|entry| after.owners(entry) <= 1);
        (well && !touched && alone).then_some(after)
    }
}

#[test]
fn h01_ten_thousand_generated_claims_are_refused_exactly_when_an_entry_would_have_two_owners() {
    let (mut taken, mut refused) = (0, 0);
    for seed in 0..500 {
        let (mut dice, mut claims, mut ledger) = (Dice::new(seed), Claims::default(), Ledger::default());
        for sequence in 1..=40 {
            let claim = any_claim(&mut dice, sequence);
            let expected = ledger.after(&claim);
            let found = claims.put(&claim);
            assert_eq!(found.is_ok(), expected.is_some(), "seed {seed}, {claim:?}, {found:?}");
            match expected {
                Some(after) => (ledger, taken) = (after, taken + 1),
                None => refused += 1,
            }
        }
    }
    assert!(refused > 10_000 && taken > 3_000, "{refused} refused, {taken} taken");
}

#[test]
fn what_is_restored_judges_as_what_was_never_gone() {
    for seed in 0..200 {
        let (mut dice, mut claims, mut rows) = (Dice::new(seed), Claims::default(), Vec::new());
        for sequence in 1..=20 {
            let claim = any_claim(&mut dice, sequence);
            if claims.put(&claim).is_ok() {
                rows.push(claim);
            }
        }
        let mut restored = Claims::default();
        rows.iter().for_each(|claim| restored.restore(claim));
        for sequence in 21..=40 {
            let claim = any_claim(&mut dice, sequence);
            assert_eq!(restored.put(&claim), claims.put(&claim), "seed {seed}, {claim:?}");
        }
    }
}
