/**
 * Takes the digits away when they can no longer be trusted, without the UI framework: an attribute on <html> and plain
 * CSS (src/styles/watch.css). It knows when the last frame came and when the framework last painted; nothing else.
 *
 * - `data-watch="quiet"`: no frame for 3 s; the banner stands.
 * - `data-watch="lost"`: no frame for 10 s, or frames come and nothing is painted: every `.digits` shows `--`.
 * - `data-beat`: flips with the frames and restarts a compositor animation that covers the page when no script has run
 *   for 10 s, so that a hung page does not keep its numbers either.
 */
import { elapsedMs, type Instant } from '../model/clock'
import { QUIET_MS, SILENT_MS } from '../model/view'

/** Frames come and nothing is painted for this long: the framework has stopped. */
export const UNPAINTED_MS = 3_000
/** Stopped for this long: load the page anew (H04). */
const RELOAD_MS = 15_000
/** Checks come several times a second; after a longer pause no script ran, and painting could not have happened. */
const PAUSE_MS = 2_000
/** The animation is restarted at most this often: each restart costs a picture, and the veil comes that much earlier. */
const BEAT_MS = 1_000

/** The part of the page it owns. */
export interface Panel {
  feed(state: 'ok' | 'quiet' | 'lost'): void
  /** Text of the banner; `undefined` takes it away. */
  banner(text: string | undefined): void
  /** Restarts the veil; `undefined` takes it off. */
  beat(parity: 0 | 1 | undefined): void
  visible(): boolean
}

export interface Words {
  notReceiving(seconds: number): string
  stopped: string
}

export class Watchdog {
  readonly #panel: Panel
  readonly #words: Words
  readonly #reload: () => void
  #heard: Instant
  #painted: Instant
  #flipped: Instant
  #checked: Instant
  #parity: 0 | 1 = 0
  /** A frame came since the veil was restarted. */
  #fresh = false

  constructor(panel: Panel, words: Words, start: Instant, reload: () => void) {
    this.#panel = panel
    this.#words = words
    this.#reload = reload
    this.#heard = start
    this.#painted = start
    this.#flipped = start
    this.#checked = start
    this.check(start)
  }

  /** A frame of the server was understood. */
  heard(at: Instant): void {
    this.#heard = at
    this.#fresh = true
  }

  /** The framework has painted the present state. */
  painted(at: Instant): void {
    this.#painted = at
  }

  /** Compares both with the clocks. Called by a timer and first of all whenever the page wakes. */
  check(now: Instant): void {
    const quiet = elapsedMs(this.#heard, now)
    // A hidden page is not painted, nor is one whose machine slept; that is no fault of the framework.
    if (!this.#panel.visible() || elapsedMs(this.#checked, now) > PAUSE_MS) this.#painted = now
    this.#checked = now
    const unpainted = elapsedMs(this.#painted, now)
    const stopped = unpainted >= UNPAINTED_MS
    if (quiet >= SILENT_MS || stopped) this.#panel.feed('lost')
    else this.#panel.feed(quiet >= QUIET_MS ? 'quiet' : 'ok')
    if (stopped) this.#panel.banner(this.#words.stopped)
    else this.#panel.banner(quiet >= QUIET_MS ? this.#words.notReceiving(Math.floor(quiet / 1000)) : undefined)
    // Scripts run, and the digits are gone: the veil would only hide the rest of the page.
    if (quiet >= QUIET_MS) this.#panel.beat(undefined)
    else this.#flip(now)
    if (unpainted >= RELOAD_MS) this.#reload()
  }

  /** Restarts the veil after a frame: here, where what came is painted, it costs no picture of its own. */
  #flip(now: Instant): void {
    if (!this.#fresh || elapsedMs(this.#flipped, now) < BEAT_MS) return
    this.#fresh = false
    this.#flipped = now
    this.#parity = this.#parity === 0 ? 1 : 0
    this.#panel.beat(this.#parity)
  }
}

/** The panel in index.html. */
export function panel(): Panel {
  const root = document.documentElement
  const watch = document.getElementById('watch')
  if (watch === null) throw new Error('index.html has no #watch')
  return {
    feed: (state) => {
      if (root.dataset.watch !== state) root.dataset.watch = state
    },
    banner: (text) => {
      if (watch.hidden !== (text === undefined)) watch.hidden = text === undefined
      if (text !== undefined && watch.textContent !== text) watch.textContent = text
    },
    beat: (parity) => {
      if (parity === undefined) delete root.dataset.beat
      else root.dataset.beat = String(parity)
    },
    visible: () => document.visibilityState === 'visible',
  }
}
