/** The one place where state lives: events in, a signal out. */
import { signal } from '@preact/signals'
import { Sequences } from './feed/sequences'
import { Trends } from './feed/trend'
import type { Instant } from './model/clock'
import { type Event, initial, type State, step } from './model/state'

/** Frames that come together are painted together: at most this much later, well below what an eye can follow. */
const GATHER_MS = 50

export class Store {
  readonly #state
  /** Trends are columns changed in place: too large to be copied once a second. */
  readonly trends = new Trends()
  /** Which entry came when. */
  readonly sequences = new Sequences()
  #newest: State
  #gathering = false

  constructor(start: Instant) {
    this.#newest = initial(start)
    this.#state = signal(this.#newest)
  }

  /** The state as last published; reading it in a component subscribes the component. */
  get value(): State {
    return this.#state.value
  }

  /** The state after the last event, published or not. */
  get newest(): State {
    return this.#newest
  }

  take(event: Event): void {
    this.#newest = step(this.#newest, event)
    if (event.kind === 'message') {
      this.trends.take(event.message)
      this.sequences.take(event.message)
    }
    if (event.kind === 'tick') this.#publish()
    else if (!this.#gathering) {
      this.#gathering = true
      setTimeout(() => this.#publish(), GATHER_MS)
    }
  }

  #publish(): void {
    this.#gathering = false
    this.#state.value = this.#newest
  }
}
