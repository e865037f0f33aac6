/** When a page that is older than its server may load itself anew: not while anybody is treated. Pure. */
import { elapsedMs, type Instant } from './clock'
import { anyOpen } from './room'
import type { State } from './state'

/** What a server says comes within moments of its hello; a session that was not heard of yet must not be taken for none. */
export const SETTLED_MS = 10_000

/** What this page was loaded from. */
export interface Loaded {
  readonly version: string
  /** When the hello of the present connection came. */
  readonly helloAt: Instant
}

export type Renewal = 'none' | 'wait' | 'now'

/** `wait` while any chair has an open session, or it is not known yet whether one has. */
export function renewal(state: State, loaded: Loaded | undefined): Renewal {
  if (loaded === undefined || state.server === undefined || state.server.version === loaded.version) return 'none'
  const chairs = state.roster?.chairs
  const known = chairs?.every(({ id }) => state.chairs.get(id)?.synced === true) ?? false
  const settled = elapsedMs(loaded.helloAt, state.now) >= SETTLED_MS
  return known && settled && !anyOpen(state) ? 'now' : 'wait'
}
