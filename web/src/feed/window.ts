/** How much history the screen of one chair asks for. Pure. */
import type { Kept, Session } from '../wire/wire'

/** The longest of the usual views. */
export const USUAL_WINDOW_S = 60 * 60
/** The most a server gives, as in docs/wire.md. */
export const WINDOW_MAX_S = 8 * 3600
/** Asked for in whole steps, with as much to spare: the clocks of the two are not the same. */
const STEP_S = 15 * 60

export interface Asked {
  /** Of which session, and from which of its entries on. */
  readonly session: string
  readonly windowS: number
}

/** The act with which she came to the chair: the first one, or the check-in of a session that was planned. */
export function arrival({ acts }: Session): Kept | undefined {
  const [first] = acts
  if (first?.act.is !== 'opened' || first.act.planned !== true) return first
  return acts.find(({ act }) => act.is === 'moved' && act.to === 'checked in')
}

/**
 * What to ask for: the whole of an open session. It is asked for once: while it goes on, the screen has what it heard, and
 * only a session of which more was claimed back is asked for anew.
 */
export function windowFor(before: Asked | undefined, session: Session | undefined, nowS: number | undefined): Asked {
  const opened = session && arrival(session)
  if (session === undefined || opened === undefined || session.next.length === 0 || nowS === undefined)
    return { session: '', windowS: USUAL_WINDOW_S }
  const key = `${session.id} ${session.from}`
  if (before?.session === key) return before
  // When a claimed span begins stands in the log alone.
  const claimed = session.from < opened.seq
  const steps = Math.ceil((nowS - opened.received.wallUs / 1e6) / STEP_S) + 1
  const windowS = claimed ? WINDOW_MAX_S : Math.min(WINDOW_MAX_S, Math.max(USUAL_WINDOW_S, steps * STEP_S))
  return { session: key, windowS }
}
