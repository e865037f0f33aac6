/** What a wall says of a chair besides its values: who has it, where the session stands, what is due. Pure. */
import type { BoundFeed, LimitNotice, Moment, Session } from '../wire/wire'
import { serverMonoUs } from './clock'
import { policyOf, publicName } from './name'
import type { ChairState, Relayed, State } from './state'
import { chairWord, freshNotice, type Recorded, reception, wallUs } from './view'

/**
 * What a chair is, apart from its monitor. `cleaning`: its last session is over and nobody has cleared it. `free`: a monitor sends and no session is open; whether somebody sits there
 * nobody has said. Else the phase of its session in the server's word.
 */
export type Standing = 'loading' | 'empty' | 'free' | 'cleaning' | (string & {})

/** Whether the session still has the chair: it may go somewhere from here. */
export const isOpen = (session: Session | undefined): session is Session =>
  session !== undefined && session.next.length > 0

export function standing(state: State, chair: ChairState | undefined): Standing {
  const word = chairWord(state, chair)
  if (word === 'loading') return 'loading'
  if (isOpen(chair?.session)) return chair.session.phase
  if (chair?.session !== undefined && !chair.cleared) return 'cleaning'
  return word === 'empty' || word === 'waiting' ? 'empty' : 'free'
}

/** A sedation score as it was entered. */
export interface Scored {
  /** `sedation` (MOAA/S) or `rass`: two scales that run in different directions. */
  readonly scale: string
  readonly score: number
  readonly ageUs: number | undefined
}

/** The newest score that still counts, by the time it was taken. */
export function lastSedation(state: State, session: Session): Scored | undefined {
  const now = wallUs(state)
  let newest: (Scored & { readonly wallUs: number; readonly seq: number }) | undefined
  for (const { act, undone, wallUs: at, seq } of session.acts) {
    if (undone || act.is !== 'entry' || act.score === undefined) continue
    if (act.entry !== 'sedation' && act.entry !== 'rass') continue
    if (newest !== undefined && (at < newest.wallUs || (at === newest.wallUs && seq < newest.seq))) continue
    const ageUs = now === undefined ? undefined : Math.max(0, now - at)
    newest = { scale: act.entry, score: act.score, ageUs, wallUs: at, seq }
  }
  return newest && { scale: newest.scale, score: newest.score, ageUs: newest.ageUs }
}

/** What the clinic's times say comes next. */
export interface Due {
  readonly what: 'cuff' | 'assess' | 'end' | 'observe'
  /** Microseconds from now; below zero it is overdue. */
  readonly inUs: number
}

/** The item that is due first. The end of the infusion and of the observation come up only until they are there. */
export function nextDue(state: State, session: Session): Due | undefined {
  const { schedule } = session
  if (schedule === undefined || state.clock === undefined) return undefined
  const now = serverMonoUs(state.clock, state.now)
  const all: [Due['what'], Moment | undefined][] = [
    ['cuff', schedule.cuffDue],
    ['assess', schedule.assessDue],
    ['end', schedule.plannedEnd],
    ['observe', schedule.observeUntil],
  ]
  return all
    .flatMap(([what, at]): Due[] => (at === undefined ? [] : [{ what, inUs: at.monoUs - now }]))
    .filter(({ what, inUs }) => inUs >= 0 || what === 'cuff' || what === 'assess')
    .reduce((first: Due | undefined, due) => (first === undefined || due.inUs < first.inUs ? due : first), undefined)
}

/** Microseconds since T+0; pauses do not stop it, the end of the infusion does not either. */
export function sinceStart(state: State, session: Session): number | undefined {
  if (session.started === undefined || state.clock === undefined) return undefined
  return Math.max(0, serverMonoUs(state.clock, state.now) - session.started.monoUs)
}

/** A chair as a wall shows it. */
export interface Place {
  readonly standing: Standing
  readonly name: string
  readonly sinceUs: number | undefined
  readonly sedation: Scored | undefined
  readonly due: Due | undefined
}

export function place(state: State, chair: ChairState | undefined): Place {
  const session = chair?.session
  const is = standing(state, chair)
  if (!isOpen(session) || is === 'loading') {
    return { standing: is, name: '', sinceUs: undefined, sedation: undefined, due: undefined }
  }
  return {
    standing: is,
    name: publicName(session, policyOf(state.clinic)),
    sinceUs: sinceStart(state, session),
    sedation: lastSedation(state, session),
    due: nextDue(state, session),
  }
}

/** How far the whole room is recorded: as far as the chair that is furthest behind, of those with something to record. */
export function roomRecorded(state: State): Recorded {
  const marks = [...state.chairs.values()].flatMap(({ mark }) => mark ?? [])
  const waiting = marks.filter(({ head, recorded }) => recorded < head)
  const times = (waiting.length > 0 ? waiting : marks).map(({ recordedWallUs }) => recordedWallUs)
  const known = times.filter((time) => time !== undefined)
  const nothing = known.length === 0 || (waiting.length > 0 && known.length < times.length)
  const at = nothing ? undefined : waiting.length > 0 ? Math.min(...known) : Math.max(...known)
  if (reception(state) !== 'ok' || state.recording === undefined) return { is: 'unknown', wallUs: at }
  const { ok, sinceWallUs, reason = '' } = state.recording
  if (!ok) return { is: 'failing', sinceWallUs, reason }
  return at === undefined ? { is: 'nothing' } : { is: 'to', wallUs: at }
}

/** Whether any chair has a session that runs: what a screen must not be taken away from. */
export const anyOpen = (state: State): boolean => [...state.chairs.values()].some(({ session }) => isOpen(session))

/** One line of a tile for what somebody should look at: a notice of the clinic's, or one a monitor sent. */
export type Call =
  | { readonly from: 'clinic'; readonly notice: LimitNotice; readonly quiet: boolean }
  | { readonly from: 'monitor'; readonly relayed: Relayed }

/** The ranks of what may stand in the line; what was seen comes after what was not. */
const CLINIC_RANK: Record<string, [unseen: number, seen: number]> = { urgent: [0, 4], look: [2, 5] }
const MONITOR_RANK: Record<string, number> = { high: 1, medium: 3 }
const LAST_RANK = 6

/** The call for the one line of a tile, and how many more there are. */
export function foremost(state: State, chair: ChairState): { readonly call: Call; readonly more: number } | undefined {
  const now = state.clock === undefined ? 0 : serverMonoUs(state.clock, state.now)
  // Without frames a notice may have ended meanwhile: like a value it is not shown as the present.
  const standing = reception(state) === 'silent' ? [] : (chair.limitNotices ?? [])
  const clinic = standing.map((notice) => {
    const quiet = notice.seenBy !== undefined && (notice.quietUntil === undefined || notice.quietUntil.monoUs > now)
    const rank = CLINIC_RANK[notice.level]?.[quiet ? 1 : 0] ?? LAST_RANK
    return { rank, call: { from: 'clinic', notice, quiet } as Call }
  })
  const relayed = freshNotice(state, chair)
  const monitor =
    relayed === undefined
      ? []
      : [{ rank: MONITOR_RANK[relayed.notice.priority] ?? LAST_RANK, call: { from: 'monitor', relayed } as Call }]
  const all = [...clinic, ...monitor].sort((a, b) => a.rank - b.rank)
  return all[0] && { call: all[0].call, more: all.length - 1 }
}

/** A feed whose values are withheld because it names somebody else, or speaks of a time before this patient. */
export const withheld = (session: Session): BoundFeed | undefined =>
  session.feeds?.find(({ says, withheld: count }) => count > 0 && !['same', 'none', 'accepted'].includes(says))
