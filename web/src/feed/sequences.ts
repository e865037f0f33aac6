/**
 * Which entry of a chair's timeline came when: a person marks minutes, the record marks entries. One entry a second is kept, for
 * as long as a screen looks back.
 */
import type { Item, ToScreen } from '../wire/wire'

/** 8 h at one a second: the longest session with its observation. */
const SECONDS_MAX = 8 * 3600

/** Entries of a chair, oldest first. */
class Track {
  readonly #second: number[] = []
  readonly #seq: number[] = []

  add(second: number, seq: number): void {
    const at = this.#from(second)
    const there = this.#seq[at]
    // The first entry of each second stands for it.
    if (this.#second[at] === second && there !== undefined) this.#seq[at] = Math.min(there, seq)
    else {
      this.#second.splice(at, 0, second)
      this.#seq.splice(at, 0, seq)
    }
    if (this.#second.length <= SECONDS_MAX) return
    this.#second.splice(0, SECONDS_MAX >> 2)
    this.#seq.splice(0, SECONDS_MAX >> 2)
  }

  /** First entry at or after this second. */
  first(second: number): number | undefined {
    return this.#seq[this.#from(second)]
  }

  #from(second: number): number {
    let [low, high] = [0, this.#second.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#second[middle] ?? 0) < second) low = middle + 1
      else high = middle
    }
    return low
  }
}

export class Sequences {
  readonly #tracks = new Map<string, Track>()

  take(message: ToScreen): void {
    if (message.kind === 'snapshot') this.#add(message.chair, message.latest)
    else if (message.kind === 'items' || message.kind === 'history') this.#add(message.chair, message.items)
  }

  /** First entry of the chair that reached the server at or after this time, UTC microseconds. */
  firstAfter(chair: string, wallUs: number): number | undefined {
    return this.#tracks.get(chair)?.first(Math.floor(wallUs / 1e6))
  }

  #add(chair: string, items: readonly Item[]): void {
    const track = this.#tracks.get(chair) ?? new Track()
    this.#tracks.set(chair, track)
    for (const item of items) if (item.is === 'reading') track.add(Math.floor(item.received.wallUs / 1e6), item.seq)
  }
}
