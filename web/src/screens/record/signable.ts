/** What has to stand in a record before it can be signed. Pure; nothing here judges a value. */
import { asCorrected } from '../../charts/record'
import { linesOf } from '../../model/lines'
import { checkIn, skipNote } from '../../model/lists'
import type { Person, Session } from '../../wire/wire'

/** Something that is not there: an item of the check-in list by its kind, or one of the others. */
export interface Missing {
  readonly what: 'over' | 'item' | 'baseline' | 'dose'
  /** What is left out when a reason is given in its place; empty where that is not possible. */
  readonly kind: string
}

/** Who may sign. */
export const maySign = (person: Person | undefined): boolean =>
  person !== undefined && (person.role === 'clinician' || person.role === 'reviewer')

/** Everything that is missing, in the order of a session. Of a cancelled one nothing is asked. */
export function missing(session: Session): Missing[] {
  if (session.phase === 'cancelled') return []
  const acts = asCorrected(session.acts)
  const lines = linesOf({ ...session, acts }, [], '')
  const infused = session.started !== undefined
  const entries = acts.flatMap(({ act, undone }) => (!undone && act.is === 'entry' ? [act] : []))
  const has = (kind: string) => entries.some(({ entry }) => entry === kind)
  // Left out with a reason, which is a note of its own.
  const left = (kind: string) =>
    entries.some(({ entry, text }) => entry === 'note' && text.startsWith(skipNote(kind, '')))
  return [
    ...(session.phase === 'discharged' ? [] : [{ what: 'over', kind: '' } as const]),
    ...checkIn(lines)
      .filter(({ is, kind }) => is === 'open' && kind !== 'scale')
      .map(({ kind }) => ({ what: 'item', kind }) as const),
    ...(infused && session.baseline.length === 0 && !left('baseline')
      ? [{ what: 'baseline', kind: 'baseline' } as const]
      : []),
    ...(infused && !has('dose event') && !left('dose event') ? [{ what: 'dose', kind: 'dose event' } as const] : []),
  ]
}
