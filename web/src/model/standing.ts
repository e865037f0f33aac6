/**
 * Where a session stands for the people at the chair: as the server told it, and one step further where a move was pressed and
 * is not on disk yet. The clock of a session never stops by itself.
 */
import type { Act, Session } from '../wire/wire'
import { serverMonoUs } from './clock'
import type { Queued } from './outbox'
import { inOrder } from './outbox'
import type { ChairState, State } from './state'
import { wallUs } from './view'

/** The way of a session; `paused` stands in the place of `infusing`, `cancelled` is an end beside it. */
export const PHASES = ['planned', 'checked in', 'baseline', 'infusing', 'observing', 'ready', 'discharged'] as const

/** Where a session may go from each phase: the rule of the server, for moves it has not heard of yet. */
export const NEXT: Readonly<Record<string, readonly string[]>> = {
  planned: ['checked in', 'cancelled'],
  'checked in': ['baseline', 'cancelled'],
  baseline: ['infusing', 'cancelled'],
  infusing: ['paused', 'observing'],
  paused: ['infusing', 'observing'],
  observing: ['ready'],
  ready: ['discharged', 'observing'],
}

export interface Standing {
  readonly session: Session
  readonly phase: string
  readonly next: readonly string[]
  /** The last move is not on disk yet. */
  readonly moving: boolean
  /** Since T+0, microseconds; absent before it. */
  readonly elapsedUs: number | undefined
  /** Since when it stands there, UTC microseconds. */
  readonly sinceWallUs: number
  /** Since the stop of the infusion, microseconds. */
  readonly stoppedUs: number | undefined
}

const isMove = (it: Queued): it is Queued & { readonly act: Act & { is: 'moved' } } => it.act.is === 'moved'

/** The open session of a chair; `undefined` while nobody has it. */
export function standing(state: State, chair: ChairState | undefined, queue: readonly Queued[]): Standing | undefined {
  const session = chair?.session
  if (session === undefined || session.next.length === 0) return undefined
  const newest = session.acts.at(-1)?.seq ?? 0
  const moves = inOrder(queue)
    .filter(isMove)
    .filter(
      (it) => it.session === session.id && (it.is === 'waiting' || (it.is === 'sent' && (it.recorded ?? 0) > newest)),
    )
  const last = moves.at(-1)
  const started = moves.find(({ act }) => act.to === 'infusing')?.wallUs
  const stopped = moves.findLast(({ act }) => act.to === 'observing')?.wallUs
  const nowMono = state.clock && serverMonoUs(state.clock, state.now)
  const now = wallUs(state)
  const since = (told: { monoUs: number } | undefined, pressed: number | undefined) =>
    told !== undefined && nowMono !== undefined
      ? Math.max(0, nowMono - told.monoUs)
      : pressed !== undefined && now !== undefined
        ? Math.max(0, now - pressed)
        : undefined
  return {
    session,
    phase: last?.act.to ?? session.phase,
    next: last === undefined ? session.next : (NEXT[last.act.to] ?? []),
    moving: last !== undefined,
    elapsedUs: since(session.started, started),
    sinceWallUs: last?.wallUs ?? session.phaseSince.wallUs,
    stoppedUs: stopped === undefined ? since(session.stopped, undefined) : since(undefined, stopped),
  }
}

/** When the infusion was planned to end, UTC microseconds: as the server says, which moves it with each pause. */
export function plannedEndUs({ session }: Standing): number | undefined {
  if (session.schedule?.plannedEnd !== undefined) return session.schedule.plannedEnd.wallUs
  return session.started && session.started.wallUs + session.plan.infusionMin * 60e6
}

/** Whether a stop now is one before its time, which needs a reason. */
export function isEarly(standing: Standing, nowUs: number): boolean {
  const end = plannedEndUs(standing)
  return end === undefined || nowUs < end
}

/** Least observation that is left, microseconds; 0 when it is over, `undefined` before the stop. */
export function observeLeftUs(standing: Standing, monoUs: number | undefined): number | undefined {
  const until = standing.session.schedule?.observeUntil?.monoUs
  if (until !== undefined && monoUs !== undefined && standing.session.stopped !== undefined)
    return Math.max(0, until - monoUs)
  if (standing.stoppedUs === undefined) return undefined
  return Math.max(0, standing.session.plan.observeMin * 60e6 - standing.stoppedUs)
}
