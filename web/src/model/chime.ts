/**
 * When the clinic's own notices sound (9.5): at once, then again every so often until somebody acknowledged them. Pure: the
 * page says what stands and what time it is, and makes the sound.
 */
import type { LimitNotice } from '../wire/wire'

export type Chime = 'urgent' | 'look'

/** Pause between two chimes of what nobody has acknowledged. */
export const REPEAT_MS: Readonly<Record<Chime, number>> = { urgent: 10_000, look: 30_000 }

/** What was sounded last. */
export interface Sounded {
  readonly atMs: number
  readonly chime: Chime
  /** What stood then, so that what is new sounds at once. */
  readonly heard: ReadonlySet<string>
}

const nameOf = ({ notice, level, since }: LimitNotice) => `${notice} ${level} ${since.monoUs}`

/** A notice that asks for attention: nobody saw it, or the time for which somebody did is over. */
export const isOpen = (notice: LimitNotice): boolean => notice.seenBy === undefined

/** What to sound now, and what to remember; nothing to sound is `undefined`. */
export function chimeNow(
  notices: readonly LimitNotice[],
  before: Sounded | undefined,
  nowMs: number,
): { readonly chime: Chime | undefined; readonly sounded: Sounded | undefined } {
  const open = notices.filter(isOpen)
  if (open.length === 0) return { chime: undefined, sounded: undefined }
  const chime: Chime = open.some(({ level }) => level === 'urgent') ? 'urgent' : 'look'
  const heard = new Set(open.map(nameOf))
  const fresh = before === undefined || [...heard].some((name) => !before.heard.has(name))
  const due = before !== undefined && nowMs - before.atMs >= REPEAT_MS[chime]
  if (!fresh && !due) return { chime: undefined, sounded: before && { ...before, heard } }
  return { chime, sounded: { atMs: nowMs, chime, heard } }
}

/** The order on a screen: by how much they ask for, then the oldest; within one chair only. */
export function ordered(notices: readonly LimitNotice[]): LimitNotice[] {
  const rank = (it: LimitNotice) => (isOpen(it) ? 0 : 2) + (it.level === 'urgent' ? 0 : 1)
  return [...notices].sort((a, b) => rank(a) - rank(b) || a.since.monoUs - b.since.monoUs)
}
