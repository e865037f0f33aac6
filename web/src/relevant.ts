/** Keeps a screen about one chair from being drawn for what the others say. Pure. */
import { elapsedMs } from './model/clock'
import type { State } from './model/state'

/** Ages are looked at this often, whatever is said: as often as the page ticks. */
export const LOOK_EVERY_MS = 250

export class Relevant {
  #last: State | undefined

  /** The state as far as this screen is concerned: the same one until something of it changed, or it is time to look. */
  of(state: State, chair: string | undefined): State {
    const last = this.#last
    const same =
      last !== undefined &&
      elapsedMs(last.now, state.now) < LOOK_EVERY_MS &&
      last.roster === state.roster &&
      last.server === state.server &&
      last.zone === state.zone &&
      last.clinic === state.clinic &&
      last.recording?.ok === state.recording?.ok &&
      last.connection === state.connection &&
      (chair === undefined || last.chairs.get(chair) === state.chairs.get(chair))
    if (!same) this.#last = state
    return same ? last : state
  }
}
