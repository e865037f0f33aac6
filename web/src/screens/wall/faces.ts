/** Keeps the faces of a wall, so that a message about one chair costs the others nothing. */
import { elapsedMs, type Instant } from '../../model/clock'
import type { ChairState, State } from '../../model/state'
import { reception } from '../../model/view'
import type { Reading } from '../../wire/wire'
import { type Face, faceOf } from './face'

/** Ages are looked at this often on every tile, whatever else happens. */
export const LOOK_EVERY_MS = 250

interface Kept {
  readonly face: Face
  readonly print: string
  readonly chair: ChairState | undefined
}

/** What was found when all tiles were looked at. */
export interface Look {
  readonly state: State
  /** Goes on by one at each look that found new frames: counted at every frame it could come round to itself. */
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
  /** What all faces depend on besides their chair. */
  #common: readonly unknown[] = []

  of(state: State): Room {
    const common = [state.roster, state.zone, state.recording?.ok, state.clinic, state.server, reception(state)]
    const before = this.#room
    const due =
      before === undefined ||
      this.#at === undefined ||
      elapsedMs(this.#at, state.now) >= LOOK_EVERY_MS ||
      common.some((it, n) => it !== this.#common[n])
    const faces = (state.roster?.chairs ?? []).map((chair) => {
      const known = state.chairs.get(chair.id)
      const kept = this.#kept.get(chair.id)
      if (!due && kept !== undefined && (kept.chair === known || unseen(kept, known))) {
        this.#kept.set(chair.id, { ...kept, chair: known })
        return kept.face
      }
      const face = faceOf(state, chair)
      const print = JSON.stringify(face)
      const next = kept?.print === print ? { ...kept, chair: known } : { face, print, chair: known }
      this.#kept.set(chair.id, next)
      return next.face
    })
    if (!due) {
      if (faces.every((face, n) => face === before.faces[n])) return before
      this.#room = { faces, look: before.look }
      return this.#room
    }
    this.#common = common
    this.#at = state.now
    const life = (before?.look.life ?? 0) + (state.frames === this.#frames ? 0 : 1)
    this.#frames = state.frames
    this.#room = { faces, look: { state, life } }
    return this.#room
  }
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
