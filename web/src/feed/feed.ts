/**
 * The screen's end of the socket: connects, comes back, follows chairs and asks again for what it missed. Everything
 * it touches (socket, timers, clocks, chance) is handed in, so tests run it without any of them.
 *
 * What a screen missed is told by the server: it counts what it drops and says so, and TCP loses nothing in between.
 * A jump in `seq` is no gap: bytes that were skipped and frames without readings have numbers too and are not sent.
 */
import type { Instant } from '../model/clock'
import { elapsedMs } from '../model/clock'
import type { Event } from '../model/state'
import { type FromScreen, type ToScreen, WIRE_VERSION } from '../wire/wire'
import { parse } from './parse'

/** An open or opening socket. */
export interface Socket {
  send(text: string): void
  close(): void
}

/** What a socket reports. After `close()` was called nothing is reported any more. */
export interface SocketEvents {
  opened(): void
  text(text: string): void
  /** `code` is that of the close frame; 1006 where there was none. */
  closed(reason: string, code?: number): void
}

/** Where the feed touches the world. */
export interface Edge {
  connect(events: SocketEvents): Socket
  now(): Instant
  /** Runs once after so many milliseconds; the answer cancels it. */
  after(ms: number, run: () => void): () => void
  /** 0 to 1. */
  chance(): number
  /** Another bundle is needed: the server speaks another wire. */
  reload(): void
  /** The server closed the connection because of who is signed in here. */
  shut(code: number): void
}

/** Nobody is signed in on this connection any more: left, expired, disabled, or another person since. */
export const SIGNED_OUT = 4401
/** A right that the connection needs was taken away. */
export const RIGHT_GONE = 4403

/** First pause before connecting again; doubles up to [`PAUSE_MAX_MS`]. */
const PAUSE_MIN_MS = 250
/** Longest pause: a restarted server is back on screen within about 5 s. */
export const PAUSE_MAX_MS = 5_000
/** An open connection that says nothing for this long is dead: the server beats every second. */
export const QUIET_RECONNECT_MS = 5_000

/** After the server dropped updates: what it drops meanwhile is fetched with the same question. */
const DROPPED_PAUSE_MS = 2_000
/** After a history with holes: the log was busy or broken. */
const INCOMPLETE_PAUSE_MS = 15_000

/** The server ends a connection on which it is asked more than 60 times in a minute; some are left for what people do. */
const ASKS_A_MINUTE = 50
const MINUTE_MS = 60_000
/** Asked too often: looked at again after this long. */
const BUDGET_PAUSE_MS = 5_000

/** How far a followed chair is known. */
interface Followed {
  windowS: number
  /** Everything through this sequence was received; undefined before the first answer. */
  reach: number | undefined
  /** Newest sequence of the present answer, live or history; becomes `reach` once nothing is missing before it. */
  seen: number
  /** History was asked for and has not fully come. */
  waiting: boolean
  /** The server does not know this chair; asked again when the chairs change. */
  refused: boolean
}

export class Feed {
  readonly #edge: Edge
  readonly #tell: (event: Event) => void
  readonly #chairs = new Map<string, Followed>()
  #socket: Socket | undefined
  /** Greeted: the server said hello on this connection, so that it may be asked. */
  #greeted = false
  #run: string | undefined
  #failures = 0
  /** Nobody is signed in: nothing is connected until somebody is. */
  #resting = false
  #lastHeard: Instant
  #lastLooked: Instant
  #cancelPause: (() => void) | undefined
  #cancelAsk: (() => void) | undefined
  /** When this connection was asked for something, within the last minute or more. */
  #asked: number[] = []

  constructor(edge: Edge, tell: (event: Event) => void) {
    this.#edge = edge
    this.#tell = tell
    this.#lastHeard = edge.now()
    this.#lastLooked = this.#lastHeard
  }

  /** Connects now, leaving any connection there was: frames that queued up in it would look newer than they are. */
  connect(): void {
    this.#cancelPause?.()
    this.#cancelPause = undefined
    this.#resting = false
    this.#socket?.close()
    this.#greeted = false
    this.#asked = []
    this.#lastHeard = this.#edge.now()
    let mine: Socket | undefined
    // Sockets report late: what an old one says after a new one was made must not count.
    const current = () => mine === undefined || mine === this.#socket
    const socket = this.#edge.connect({
      opened: () => current() && this.#tell({ kind: 'up', at: this.#edge.now() }),
      text: (text) => current() && this.#text(text),
      closed: (reason, code) => current() && this.#closed(reason, code),
    })
    mine = socket
    this.#socket = socket
  }

  /** Called several times a second: finds a dead connection, and a machine that has slept. */
  look(): void {
    const now = this.#edge.now()
    const slept = elapsedMs(this.#lastLooked, now) > QUIET_RECONNECT_MS
    this.#lastLooked = now
    if (this.#resting) return
    if (elapsedMs(this.#lastHeard, now) <= QUIET_RECONNECT_MS) return
    if (slept) this.connect()
    else if (this.#socket !== undefined) this.#closed('')
  }

  /** Sets the chairs to follow and how many seconds of history each needs. */
  follow(wanted: ReadonlyMap<string, number>): void {
    for (const chair of this.#chairs.keys()) {
      if (wanted.has(chair)) continue
      this.#chairs.delete(chair)
      this.#say({ kind: 'unfollow', chair })
    }
    for (const [chair, windowS] of wanted) {
      const known = this.#chairs.get(chair)
      if (known !== undefined && known.windowS >= windowS) continue
      // A longer window starts over; points that come twice are one point in the trend.
      const followed: Followed = { windowS, reach: undefined, seen: 0, waiting: true, refused: false }
      this.#chairs.set(chair, followed)
      this.#ask(chair, followed)
    }
  }

  #ask(chair: string, followed: Followed): void {
    followed.waiting = true
    followed.refused = false
    const { reach, windowS } = followed
    // Where no history is wanted, `after` would ask for the longest.
    const after = windowS > 0 && reach !== undefined ? { after: reach } : {}
    this.#say({ kind: 'follow', chair, ...after, windowS })
  }

  /** Asks again for the chairs that still miss something by then, on this connection. */
  #askLater(ms: number): void {
    if (this.#cancelAsk !== undefined) return
    this.#cancelAsk = this.#edge.after(ms, () => {
      this.#cancelAsk = undefined
      if (!this.#greeted) return
      const missing = [...this.#chairs].filter(([, followed]) => followed.waiting && !followed.refused)
      const now = this.#edge.now().perfMs
      this.#asked = this.#asked.filter((then) => now - then < MINUTE_MS)
      if (this.#asked.length > 0 && this.#asked.length + missing.length > ASKS_A_MINUTE) {
        this.#askLater(BUDGET_PAUSE_MS)
        return
      }
      for (const [chair, followed] of missing) this.#ask(chair, followed)
    })
  }

  #say(message: FromScreen): void {
    if (!this.#greeted) return
    this.#asked.push(this.#edge.now().perfMs)
    this.#socket?.send(JSON.stringify(message))
  }

  #text(text: string): void {
    const at = this.#edge.now()
    const parsed = parse(text)
    if (!parsed.ok) {
      this.#tell({ kind: 'ignored', at, why: parsed.why })
      if (parsed.why === 'hello of another wire') this.#edge.reload()
      return
    }
    this.#lastHeard = at
    if (parsed.message.kind === 'hello' && parsed.message.wire !== WIRE_VERSION) {
      this.#edge.reload()
      return
    }
    for (let i = 0; i < parsed.skipped; i++) this.#tell({ kind: 'ignored', at, why: 'item' })
    this.#tell({ kind: 'message', at, message: parsed.message })
    this.#keepReach(parsed.message)
  }

  #keepReach(message: ToScreen): void {
    switch (message.kind) {
      case 'hello':
        this.#greet(message.run)
        return
      case 'dropped':
        // Which chairs lost something is not said. What comes live from now on does not move `reach`.
        for (const followed of this.#chairs.values()) followed.waiting = true
        this.#askLater(DROPPED_PAUSE_MS)
        return
      case 'refused': {
        const followed = this.#chairs.get(message.chair)
        if (followed !== undefined) followed.refused = true
        return
      }
      case 'roster':
        for (const [chair, followed] of this.#chairs) if (followed.refused) this.#ask(chair, followed)
        return
      case 'snapshot': {
        const followed = this.#chairs.get(message.chair)
        if (followed === undefined) return
        followed.seen = message.head
        if (followed.windowS === 0) followed.waiting = false
        return
      }
      case 'history': {
        const followed = this.#chairs.get(message.chair)
        if (followed === undefined || !message.done) return
        followed.seen = Math.max(followed.seen, message.through)
        if (message.incomplete) this.#askLater(INCOMPLETE_PAUSE_MS)
        else this.#complete(followed)
        return
      }
      case 'items': {
        const followed = this.#chairs.get(message.chair)
        const newest = message.items.at(-1)
        if (followed === undefined || newest === undefined) return
        followed.seen = Math.max(followed.seen, newest.seq)
        if (!followed.waiting) followed.reach = followed.seen
        return
      }
      default:
        return
    }
  }

  #complete(followed: Followed): void {
    followed.waiting = false
    followed.reach = followed.seen
  }

  #greet(run: string): void {
    this.#greeted = true
    this.#failures = 0
    // After a restart what was shown but not yet on disk is gone, and its numbers are given again.
    const restarted = this.#run !== undefined && this.#run !== run
    this.#run = run
    for (const [chair, followed] of this.#chairs) {
      if (restarted) followed.reach = undefined
      this.#ask(chair, followed)
    }
  }

  /** Leaves the connection until [`connect`] is called: nobody is signed in, and the server would refuse. */
  rest(): void {
    this.#cancelPause?.()
    this.#cancelPause = undefined
    this.#resting = true
    if (this.#socket === undefined) return
    this.#socket.close()
    this.#socket = undefined
    this.#greeted = false
    this.#tell({ kind: 'down', at: this.#edge.now(), reason: '' })
  }

  #closed(reason: string, code?: number): void {
    this.#socket?.close()
    this.#socket = undefined
    this.#greeted = false
    this.#tell({ kind: 'down', at: this.#edge.now(), reason })
    const pause = Math.min(PAUSE_MAX_MS, PAUSE_MIN_MS * 2 ** this.#failures)
    this.#failures = Math.min(this.#failures + 1, 10)
    // Half of it by chance, so that all screens of a clinic do not come back in the same instant.
    this.#cancelPause = this.#edge.after(pause * (0.5 + this.#edge.chance() / 2), () => this.connect())
    if (code === SIGNED_OUT || code === RIGHT_GONE) this.#edge.shut(code)
  }
}
