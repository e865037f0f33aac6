/** How often something comes: counted by whole seconds, so that it costs nothing. */
const SECOND_MS = 1000

export class Rate {
  #second = Number.NEGATIVE_INFINITY
  #inThis = 0
  #inLast = 0

  /** It came at `ms`, on a clock that does not step. */
  came(ms: number): void {
    this.#turn(ms)
    this.#inThis += 1
  }

  /** The more of this second so far and the whole one before: a burst counts at once, and for a second after it. */
  perSecond(ms: number): number {
    this.#turn(ms)
    return Math.max(this.#inThis, this.#inLast)
  }

  #turn(ms: number): void {
    const second = Math.floor(ms / SECOND_MS)
    if (second <= this.#second) return
    this.#inLast = second === this.#second + 1 ? this.#inThis : 0
    this.#inThis = 0
    this.#second = second
  }
}
