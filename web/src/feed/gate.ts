/**
 * The screen's end of accounts: asks who is signed in, signs in, switches, locks, and keeps the idle time of all tabs of this
 * device. The connection, clocks, timers and what tabs share are handed in; the rules are in model/access.ts.
 *
 * A lock counts here at once and reaches the server when it can. A lock takes entries and history, never the live values.
 */
import { computed, signal } from '@preact/signals'
import {
  type Access,
  codeOf,
  isIdle,
  NOBODY_YET,
  personOf,
  readMe,
  type Standing,
  standingOf,
  type Why,
} from '../model/access'
import type { Me } from '../wire/wire'

export interface Said {
  readonly status: number
  readonly body: unknown
  /** `Retry-After`, seconds. */
  readonly retryS: number | undefined
}

/** Where the gate touches the world. */
export interface GateEdge {
  /** Rejects when there is no answer. */
  ask(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Said>
  nowMs(): number
  after(ms: number, run: () => void): () => void
  /** What all tabs of this browser know together. */
  readonly shared: { touchedMs(): number; touch(ms: number): void; isLocked(): boolean; setLocked(on: boolean): void }
  /** Says to the other tabs that who is signed in changed. */
  tell(): void
}

/** What became of a try to sign in, for the person who tried. */
export type Try =
  | { readonly is: 'in' }
  | { readonly is: 'wrong' | 'code' | 'full' | 'noAnswer' }
  | { readonly is: 'wait'; readonly seconds: number }
  | { readonly is: 'refused'; readonly message: string }

/** First pause before asking again who this is; doubles up to [`PAUSE_MAX_MS`]. */
const PAUSE_MIN_MS = 1_000
/** A server that is back is asked again within this. */
const PAUSE_MAX_MS = 10_000
/** Touches are shared with the other tabs at most this often: each is a write. */
const TOUCH_EVERY_MS = 5_000
/** The server is told at most this often that somebody is at the screen: it counts the idle time itself, too. */
const ACTIVE_EVERY_MS = 60_000
/** A lock the server has not heard of is told to it this often. */
const LOCK_AGAIN_MS = 5_000

export class Gate {
  readonly #edge: GateEdge
  readonly #access = signal<Access>(NOBODY_YET)
  readonly #standing = computed<Standing>(() => standingOf(this.#access.value))
  readonly #person = computed(() => personOf(this.#access.value))
  #failures = 0
  #cancel: (() => void) | undefined
  #asking: Promise<void> | undefined
  /** Counts answers: one that was asked for before a later one came is old. */
  #answers = 0
  #lockToldMs = Number.NEGATIVE_INFINITY
  #activeToldMs = Number.NEGATIVE_INFINITY

  constructor(edge: GateEdge) {
    this.#edge = edge
  }

  get access(): Access {
    return this.#access.value
  }

  get standing(): Standing {
    return this.#standing.value
  }

  /** Whose name entries bear, on a server with accounts. */
  get person() {
    return this.#person.value
  }

  get me(): Me | undefined {
    return this.#access.value.me
  }

  /** The page before this one ended because of it. */
  began(why: Why): void {
    this.#access.value = { ...this.#access.peek(), why }
  }

  /** Asks the server who is signed in; once at a time, and again until it answers. */
  ask(): Promise<void> {
    this.#asking ??= this.#askNow().finally(() => {
      this.#asking = undefined
    })
    return this.#asking
  }

  async #askNow(): Promise<void> {
    this.#cancel?.()
    this.#cancel = undefined
    const before = this.#answers
    const me = await this.#edge.ask('GET', '/api/me').then(
      ({ status, body }) => (status === 200 ? readMe(body) : undefined),
      () => undefined,
    )
    if (me === undefined) {
      const pause = Math.min(PAUSE_MAX_MS, PAUSE_MIN_MS * 2 ** this.#failures)
      this.#failures = Math.min(this.#failures + 1, 10)
      this.#cancel = this.#edge.after(pause, () => void this.ask())
      return
    }
    this.#failures = 0
    // Somebody signed in while this was on its way: what it says is older.
    if (before === this.#answers) this.#became(me)
  }

  #became(me: Me, why?: Why): void {
    this.#answers += 1
    const before = this.#access.peek()
    const was = before.me?.standing
    const left = me.standing === 'out' && (was === 'in' || was === 'locked')
    const stays = me.standing === 'out' ? before.why : undefined
    this.#access.value = { me, lockedHere: this.#edge.shared.isLocked(), why: why ?? (left ? 'ended' : stays) }
  }

  /** Another tab changed something. */
  async heard(): Promise<void> {
    this.#shareLock()
    await this.ask()
  }

  /** A lock of another tab counts at once; its end once it is known who ended it. */
  #shareLock(): void {
    const before = this.#access.peek()
    const lockedHere = this.#edge.shared.isLocked()
    if (lockedHere && !before.lockedHere) this.#access.value = { ...before, lockedHere }
    if (!lockedHere && before.lockedHere && this.#cancel === undefined) void this.ask()
  }

  /** The socket was closed because of a right: asks what is left. */
  async shut(why: Why): Promise<void> {
    await this.ask()
    const now = this.#access.peek()
    if (now.me?.standing === 'out') this.#access.value = { ...now, why }
  }

  signIn(name: string, password: string, code?: string): Promise<Try> {
    return this.#try('/api/sign-in', { name, password, ...(code === undefined ? {} : { code }) })
  }

  /** To a person of this device, and out of the lock. */
  switchTo(person: string, pin: string): Promise<Try> {
    return this.#try('/api/switch', { person, pin })
  }

  /** Back from the provider of accounts, with its code or with one of the second factor here. */
  finishOpenId(body: object): Promise<Try> {
    return this.#try('/api/openid/finish', body)
  }

  /** With a one-time code: the first account, an invitation, a reset, a wall display. */
  welcome(body: object): Promise<Try> {
    return this.#try('/api/welcome', body)
  }

  async #try(path: string, body: object): Promise<Try> {
    let said: Said
    try {
      said = await this.#edge.ask('POST', path, body)
    } catch {
      return { is: 'noAnswer' }
    }
    const me = said.status === 200 ? readMe(said.body) : undefined
    if (me === undefined) return tried(said)
    const { shared } = this.#edge
    shared.touch(this.#edge.nowMs())
    shared.setLocked(false)
    this.#became(me)
    this.#edge.tell()
    return { is: 'in' }
  }

  /** Locks this device, all its tabs; at once, whatever the server says. */
  lock(): void {
    const before = this.#access.peek()
    if (standingOf(before) !== 'in') return
    this.#edge.shared.setLocked(true)
    this.#access.value = { ...before, lockedHere: true }
    this.#edge.tell()
    this.#tellLock()
  }

  #tellLock(): void {
    this.#lockToldMs = this.#edge.nowMs()
    this.#say('/api/lock')
  }

  /** Leaves; `everywhere` on all devices. The answer is whether the server knows. */
  async signOut(everywhere = false): Promise<boolean> {
    try {
      const { status, body } = await this.#edge.ask(
        'POST',
        everywhere ? '/api/sign-out-everywhere' : '/api/sign-out',
        {},
      )
      if (status !== 200 && status !== 401) return false
      const me = readMe(body)
      this.#edge.shared.setLocked(false)
      if (me === undefined) await this.ask()
      else this.#became(me, 'byHand')
      this.#edge.tell()
      return true
    } catch {
      return false
    }
  }

  /** Somebody touched the screen. A machine that slept is locked by that touch, not kept open by it. */
  touched(): void {
    this.look()
    const now = this.#edge.nowMs()
    const { shared } = this.#edge
    if (Math.abs(now - shared.touchedMs()) >= TOUCH_EVERY_MS) shared.touch(now)
    if (standingOf(this.#access.peek()) === 'in' && Math.abs(now - this.#activeToldMs) >= ACTIVE_EVERY_MS) {
      this.#activeToldMs = now
      this.#say('/api/me/active')
    }
  }

  /** Says something to which the answer is who is signed in; whether it arrived is seen from that. */
  #say(path: string): void {
    const before = this.#answers
    this.#edge.ask('POST', path, {}).then(
      ({ status, body }) => {
        const me = status === 200 ? readMe(body) : undefined
        if (me !== undefined && before === this.#answers) this.#became(me)
        else if (status === 401) void this.ask()
      },
      () => undefined,
    )
  }

  /** Called several times a second, and first of all when the page wakes: locks what nobody touched. */
  look(): void {
    // What another tab wrote may be seen later than its message.
    this.#shareLock()
    const access = this.#access.peek()
    if (access.me?.standing !== 'in') return
    const now = this.#edge.nowMs()
    if (!access.lockedHere) {
      const { shared } = this.#edge
      // Never touched, or a clock that was set back: counted from now on.
      if (shared.touchedMs() > now || shared.touchedMs() === 0) shared.touch(now)
      else if (isIdle(shared.touchedMs(), now, access.me.lockAfterS)) this.lock()
    } else if (this.#edge.shared.isLocked() && now - this.#lockToldMs >= LOCK_AGAIN_MS) this.#tellLock()
  }
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

/** What a refusal means for the person who tried. */
export function tried({ status, body, retryS }: Said): Try {
  const code = codeOf(body)
  if (status === 429) return { is: 'wait', seconds: retryS ?? 1 }
  if (code === 'code_needed') return { is: 'code' }
  if (code === 'pin_spent') return { is: 'full' }
  if (status === 401) return { is: 'wrong' }
  const message = isObject(body) && typeof body.message === 'string' ? body.message : ''
  return { is: 'refused', message: message || String(status) }
}
