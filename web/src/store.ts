/** The one place where state lives: events in, a signal out. */
import { signal } from '@preact/signals'
import { Sequences } from './feed/sequences'
import { Trends } from './feed/trend'
import type { Instant } from './model/clock'
import { type Event, initial, type State, step } from './model/state'

/** Runs something once, soon. */
export type Soon = (run: () => void) => void

export class Store {
  readonly #state
  /** Trends are columns changed in place: too large to be copied once a second. */
  readonly trends = new Trends()
  /** Which entry came when. */
  readonly sequences = new Sequences()
  #newest: State
  #gathering = false
  /**
   * When what came is published: before the next picture, or somewhat later where that is enough. A page that is not
   * looked at has no pictures; its ticks publish instead.
   */
  soon: Soon

  constructor(start: Instant, soon: Soon) {
    this.soon = soon
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
      // Frames that come together are painted together.
      this.soon(() => this.#publish())
    }
  }

  #publish(): void {
    this.#gathering = false
    if (this.#state.peek() !== this.#newest) this.#state.value = this.#newest
  }
}
