/** The one place where state lives: events in, signals out. */
import { signal } from '@preact/signals'
import { Trends } from './feed/trend'
import type { Instant } from './model/clock'
import { type Event, initial, type State, step } from './model/state'

/** Runs once before the next picture; a page that is not looked at has none, and its ticks publish instead. */
export type BeforePicture = (run: () => void) => void

export class Store {
  readonly #state
  readonly #each
  /** Trends are columns changed in place: too large to be copied once a second. */
  readonly trends = new Trends()
  readonly #beforePicture: BeforePicture
  #newest: State
  #gathering = false
  /** Whether messages are published before the next picture, and not only with the next tick. */
  gathers = true

  constructor(start: Instant, beforePicture: BeforePicture) {
    this.#beforePicture = beforePicture
    this.#newest = initial(start)
    this.#state = signal(this.#newest)
    this.#each = signal(this.#newest)
  }

  /** The state as last published; reading it in a component subscribes the component. */
  get value(): State {
    return this.#state.value
  }

  /**
   * The state after every single event. For the wall, which knows by itself whether one of them is to be seen: most are
   * not, and a picture that nothing changes in costs as much as one that shows something.
   */
  get each(): State {
    return this.#each.value
  }

  /** The state after the last event, published or not. */
  get newest(): State {
    return this.#newest
  }

  take(event: Event): void {
    this.#newest = step(this.#newest, event)
    if (event.kind === 'message') this.trends.take(event.message)
    this.#each.value = this.#newest
    if (event.kind === 'tick') this.#publish()
    else if (this.gathers && !this.#gathering) {
      this.#gathering = true
      // Frames that come together are painted together, in the very next picture.
      this.#beforePicture(() => this.#publish())
    }
  }

  #publish(): void {
    this.#gathering = false
    this.#state.value = this.#newest
  }
}
