/**
 * The queue of presses: kept before they are sent, sent in order, each until the server has it or refused it. The rules are in
 * model/outbox.ts; the store of this browser, the lock between its tabs, the connection and the timers are handed in.
 */
import { signal } from '@preact/signals'
import {
  type Answer,
  answered,
  bodyOf,
  dropped,
  inOrder,
  next,
  type Press,
  pauseMs,
  type Queued,
} from '../model/outbox'
import type { Sender } from '../model/sender'
import type { DoAct } from '../wire/wire'

/** Where presses outlive the page. */
export interface Keep {
  /** All that are kept, of every tab, and how many of them cannot be read any more. */
  all(): Promise<{ readonly items: readonly Queued[]; readonly unreadable: number }>
  put(item: Queued): Promise<void>
  remove(key: string): Promise<void>
  /** Somebody left: what is kept from now on has another key. */
  renew(): Promise<void>
}

/** Where the outbox touches the world. */
export interface OutboxEdge {
  /** Absent where the browser keeps nothing: presses live as long as the page, and the page says so. */
  readonly keep: Keep | undefined
  /** Rejects when there is no answer. */
  post(chair: string, body: DoAct): Promise<Answer>
  /** Runs while no other tab of this browser does. */
  alone(run: () => Promise<void>): Promise<void>
  /** Runs once after so many milliseconds; the answer cancels it. */
  after(ms: number, run: () => void): () => void
  nowMs(): number
  /** Says to the other tabs that the queue changed. */
  tell(): void
  /** Whose presses may go now. */
  sender(): Sender
  /** The server took an act for somebody else's than this page did. */
  whoIsIt(): void
}

export class Outbox {
  readonly #edge: OutboxEdge
  readonly #queue = signal<readonly Queued[]>([])
  readonly #kept = signal(true)
  readonly #unreadable = signal(0)
  /** Keys of presses that this page has and the store has not: not yet, or not at all. */
  readonly #own = new Set<string>()
  /** Counts what this page changed in the store. */
  #changes = 0
  #order = 0
  #failures = 0
  #running = false
  #cancel: (() => void) | undefined

  constructor(edge: OutboxEdge) {
    this.#edge = edge
    this.#kept.value = edge.keep !== undefined
  }

  /** Everything that was pressed and is not known to be in a session message yet. */
  get queue(): readonly Queued[] {
    return this.#queue.value
  }

  /** Whether presses outlive this page. */
  get kept(): boolean {
    return this.#kept.value
  }

  /** Presses of an earlier run that this browser holds and cannot read. */
  get unreadable(): number {
    return this.#unreadable.value
  }

  /** Whose presses may go now. */
  get sender(): Sender {
    return this.#edge.sender()
  }

  /** Takes a press: it is in the list at once, kept, and then sent. */
  async press(...presses: readonly Press[]): Promise<void> {
    const items = presses.map((press): Queued => {
      this.#order = Math.max(this.#order + 1, this.#edge.nowMs() * 1000)
      this.#own.add(press.key)
      return { ...press, order: this.#order, is: 'waiting' }
    })
    // What was sent long ago is in the session by now.
    const before = this.#queue.peek().filter((it) => it.is !== 'sent' || this.#edge.nowMs() - it.pressedMs < SENT_MS)
    this.#queue.value = inOrder([...before, ...items])
    for (const item of items) await this.#keepOne(item)
    this.#edge.tell()
    await this.pump()
  }

  /** Drops an act the server refused: a person read its sentence. */
  async drop(key: string): Promise<void> {
    const item = this.#queue.peek().find((it) => it.key === key)
    if (item?.is !== 'refused') return
    this.#queue.value = dropped(this.#queue.peek(), key)
    this.#own.delete(key)
    this.#changes += 1
    await this.#edge.keep?.remove(item.key).catch(() => undefined)
    this.#edge.tell()
  }

  /** Looks at what is kept, and sends what waits; called at the start, when the connection is back, and by timers. */
  async pump(): Promise<void> {
    if (this.#running) return
    this.#running = true
    this.#cancel?.()
    this.#cancel = undefined
    try {
      await this.look()
      if (this.#next() !== undefined) await this.#edge.alone(() => this.#sendAll())
    } finally {
      this.#running = false
    }
    if (this.#failures > 0) this.#cancel = this.#edge.after(pauseMs(this.#failures), () => void this.pump())
    // Pressed while the last answer was awaited.
    else if (this.#next() !== undefined) await this.pump()
  }

  /** Takes over what the store has: other tabs press and send, too. */
  async look(): Promise<void> {
    const before = this.#changes
    const kept = await this.#edge.keep?.all().catch(() => undefined)
    if (kept === undefined) return
    // What was read is older than what happened here meanwhile.
    if (this.#changes !== before) return this.look()
    this.#unreadable.value = kept.unreadable
    const stored = new Map(kept.items.map((item) => [item.key, item]))
    const mine = this.#queue.peek().filter((it) => !stored.has(it.key) && (this.#own.has(it.key) || it.is === 'sent'))
    this.#queue.value = inOrder([...stored.values(), ...mine])
  }

  #next(): Queued | undefined {
    return next(this.#queue.peek(), this.#edge.sender())
  }

  /** Another person is signed in, or nobody: what this one may send goes, and no pause of the last one counts. */
  async changed(): Promise<void> {
    this.#failures = 0
    await this.pump()
  }

  /** Whoever was signed in left: what is kept from now on is sealed with another key. */
  async left(): Promise<void> {
    await this.#edge.keep?.renew().catch(() => undefined)
  }

  async #sendAll(): Promise<void> {
    // Another tab may have sent them while this one waited for its turn.
    await this.look()
    for (let item = this.#next(); item !== undefined; item = this.#next()) {
      const answer = await this.#post(item)
      if (answer.is === 'who') this.#edge.whoIsIt()
      if (answer.is === 'again' || answer.is === 'who') {
        this.#failures += 1
        return
      }
      this.#failures = 0
      await this.#settle(item, answer)
    }
  }

  async #post(item: Queued): Promise<Answer> {
    try {
      return await this.#edge.post(item.chair, bodyOf(item, this.#edge.nowMs(), this.#edge.sender()))
    } catch {
      return { is: 'again' }
    }
  }

  async #settle(item: Queued, answer: Answer): Promise<void> {
    const before = this.#queue.peek()
    this.#queue.value = answered(before, item.key, answer)
    if (answer.is === 'done') {
      this.#own.delete(item.key)
      this.#changes += 1
      await this.#edge.keep?.remove(item.key).catch(() => undefined)
    }
    for (const it of this.#queue.peek()) if (it.is !== 'sent' && !before.includes(it)) await this.#keepOne(it)
    this.#edge.tell()
  }

  async #keepOne(item: Queued): Promise<void> {
    try {
      if (this.#edge.keep === undefined) return
      await this.#edge.keep.put(item)
      this.#changes += 1
      this.#own.delete(item.key)
    } catch {
      // It stays in memory and is sent all the same; the page says that it must not be closed.
      this.#own.add(item.key)
      this.#kept.value = false
    }
  }
}

/** A sent press is looked for in the session's acts this long; the message comes within a second. */
const SENT_MS = 60_000
