/** Keeps the faces of a wall, so that a message about one chair costs the others nothing. */
import { elapsedMs, type Instant, serverMonoUs } from '../../model/clock'
import type { ChairState, State } from '../../model/state'
import { reception } from '../../model/view'
import { LOOK_EVERY_MS } from '../../relevant'
import type { Reading } from '../../wire/wire'
import { type Face, faceOf } from './face'

/** Ages are told in whole seconds at most. */
const TELL_EVERY_US = 1_000_000
/** A continuous value is never late before this age, a pressure never old before that one (freshness.ts). */
const LATE_US = 3_000_000
const OLD_US = 5 * 60_000_000

/** The server beats once a second. */
const LIFE_EVERY_MS = 900

interface Kept {
  readonly face: Face
  readonly print: string
  readonly chair: ChairState | undefined
  /** Server time from which on the face may be another one though nothing was said. */
  readonly untilUs: number
}

/** What was found when all tiles were looked at. */
export interface Look {
  readonly state: State
  /** Goes on by one, at most once a second, when there were new frames. */
  readonly life: number
}

/** The tiles of a wall. The same object comes back as long as nothing is to be seen or looked at. */
export interface Room {
  readonly faces: readonly Face[]
  readonly look: Look
}

export class Faces {
  readonly #kept = new Map<string, Kept>()
  #room: Room | undefined
  #at: Instant | undefined
  #frames = 0
  #lives = 0
  #lived: Instant | undefined
  /** What all faces depend on besides their chair. */
  #common: readonly unknown[] = []

  /** A step a second, if there were frames: a picture for each frame would cost more than all the rest. */
  #life(state: State): number {
    if (state.frames === this.#frames) return this.#lives
    if (this.#lived !== undefined && elapsedMs(this.#lived, state.now) < LIFE_EVERY_MS) return this.#lives
    this.#frames = state.frames
    this.#lived = state.now
    this.#lives += 1
    return this.#lives
  }

  of(state: State): Room {
    const common = [state.roster, state.zone, state.recording?.ok, state.clinic, state.server, reception(state)]
    const before = this.#room
    const other = common.some((it, n) => it !== this.#common[n])
    const due =
      before === undefined || this.#at === undefined || other || elapsedMs(this.#at, state.now) >= LOOK_EVERY_MS
    const nowUs = state.clock === undefined ? 0 : serverMonoUs(state.clock, state.now)
    const faces = (state.roster?.chairs ?? []).map((chair) => {
      const known = state.chairs.get(chair.id)
      const kept = this.#kept.get(chair.id)
      const rests = kept !== undefined && !other && nowUs < kept.untilUs
      if (rests && (kept.chair === known || unseen(kept, known))) {
        this.#kept.set(chair.id, { ...kept, chair: known })
        return kept.face
      }
      const made = faceOf(state, chair)
      const print = JSON.stringify(made)
      const face = kept?.print === print ? kept.face : made
      this.#kept.set(chair.id, { face, print, chair: known, untilUs: until(face, known, nowUs) })
      return face
    })
    if (!due) {
      if (faces.every((face, n) => face === before.faces[n])) return before
      this.#room = { faces, look: before.look }
      return this.#room
    }
    this.#common = common
    this.#at = state.now
    this.#room = { faces, look: { state, life: this.#life(state) } }
    return this.#room
  }
}

/** Up to when a face stays as it is while nothing is said: the first moment at which a value of the chair may be late. */
function until(face: Face, known: ChairState | undefined, nowUs: number): number {
  // What is late already counts seconds, and comes back with its next value.
  if (known === undefined || face.values.some(({ state }) => !STEADY.has(state))) return nowUs
  let first = nowUs + TELL_EVERY_US
  for (const { vital, origin, at } of known.latest.values())
    first = Math.min(first, at.monoUs + (vital === 'nibp' || origin === 'cuff' ? OLD_US : LATE_US))
  return first
}

/** States in which the same number again is nothing new; out of the others it brings a tile back. */
const STEADY = new Set(['live', 'questionable', 'current', 'absent', 'none'])

/** Whether what a chair said since is nothing its tile shows: the same numbers once more. Ages wait for the next look. */
function unseen({ face, chair: before }: Kept, now: ChairState | undefined): boolean {
  if (before === undefined || now === undefined || face.values.length === 0) return false
  const same =
    before.links === now.links &&
    before.notices === now.notices &&
    before.session === now.session &&
    before.cleared === now.cleared &&
    before.limitNotices === now.limitNotices &&
    before.limitsFailed === now.limitsFailed &&
    before.refused === now.refused &&
    before.synced === now.synced &&
    before.latest.size === now.latest.size
  return (
    same &&
    face.values.every(({ state }) => STEADY.has(state)) &&
    [...now.latest].every(([key, it]) => alike(before.latest.get(key), it))
  )
}

function alike(before: Reading | undefined, now: Reading): boolean {
  if (before === now) return true
  return (
    before !== undefined &&
    before.state === now.state &&
    before.value === now.value &&
    before.reason === now.reason &&
    before.synthetic === now.synthetic &&
    before.unit === now.unit &&
    // A pressure has a time of its own; of the rest the newest counts.
    now.systolic === undefined &&
    now.diastolic === undefined &&
    now.mean === undefined
  )
}
