/**
 * Everything that was done in a session, in one list: what the server told, and what was pressed here and is not on disk yet.
 * An act is never taken away: what was undone stays, marked.
 */
import type { Act, Person, Session } from '../wire/wire'
import { type Queued, untold } from './outbox'

export interface Line {
  readonly key: string
  /** Its entry in the chair's timeline; absent while the server has not told it. */
  readonly seq: number | undefined
  readonly act: Act
  readonly by: Person
  /** When it was, UTC microseconds. */
  readonly wallUs: number
  /** When the server got it; absent while it has not. */
  readonly receivedUs: number | undefined
  /** A person set the time back. */
  readonly late: boolean
  /** It no longer counts, or will not once the undoing is on disk. */
  readonly undone: boolean
  /** Why it was undone, and by whom. */
  readonly undoing: { readonly reason: string; readonly by: Person } | undefined
  readonly is: 'recorded' | Queued['is']
  readonly sentence: string | undefined
}

/** Pressed this long before the server got it, both times are shown. */
const LATER_US = 5e6

/** The acts of a session and what waits at its chair, oldest first by when it was. */
export function linesOf(session: Session | undefined, queue: readonly Queued[], chair: string): Line[] {
  const acts = session?.acts ?? []
  const newest = acts.at(-1)?.seq ?? 0
  const waiting = untold(queue, chair, newest).filter(
    (it) => session === undefined || it.session === session.id || (it.session === undefined && it.after === undefined),
  )
  const undone = new Map<number, Line['undoing']>()
  for (const { act, by } of [...acts, ...waiting.filter(({ is }) => is !== 'refused')])
    if (act.is === 'undo') undone.set(act.of, { reason: act.reason, by })
  const told = acts.map(
    (kept): Line => ({
      key: `seq ${kept.seq}`,
      seq: kept.seq,
      act: kept.act,
      by: kept.by,
      wallUs: kept.wallUs,
      receivedUs: kept.received.wallUs,
      late: kept.late,
      undone: kept.undone || undone.has(kept.seq),
      undoing: undone.get(kept.seq),
      is: 'recorded',
      sentence: undefined,
    }),
  )
  const here = waiting.map(
    (it): Line => ({
      key: it.key,
      seq: undefined,
      act: it.act,
      by: it.by,
      wallUs: it.wallUs,
      receivedUs: undefined,
      late: it.late,
      undone: false,
      undoing: undefined,
      is: it.is,
      sentence: it.sentence,
    }),
  )
  return [...told, ...here].sort((a, b) => a.wallUs - b.wallUs || (a.seq ?? Infinity) - (b.seq ?? Infinity))
}

/** Whether it counts: recorded or on its way there, and not undone. */
export const counts = (line: Line): boolean => !line.undone && line.is !== 'refused'

/** Whether it was sent later than it was done, so that both times belong beside it. */
export const sentLater = ({ late, receivedUs, wallUs }: Line): boolean =>
  !late && receivedUs !== undefined && receivedUs - wallUs > LATER_US

/** Whether a person may undo it: phases, claims and hand-overs are followed by others instead. */
export function undoable(line: Line): boolean {
  const kinds: readonly Act['is'][] = ['entry', 'typed', 'artefact', 'baseline']
  return line.seq !== undefined && !line.undone && kinds.includes(line.act.is)
}

/** Entries of one kind that count, oldest first. */
export function entries(lines: readonly Line[], kind: string): (Line & { readonly act: Act & { is: 'entry' } })[] {
  return lines.filter(
    (line): line is Line & { readonly act: Act & { is: 'entry' } } =>
      line.act.is === 'entry' && line.act.entry === kind && counts(line),
  )
}

/** Whether a reading of this vital at this entry is marked as an artefact. */
export function isArtefact(lines: readonly Line[], vital: string, seq: number): boolean {
  return lines.some(
    ({ act, ...line }) =>
      act.is === 'artefact' && counts({ act, ...line }) && act.vital === vital && act.first <= seq && seq <= act.last,
  )
}
