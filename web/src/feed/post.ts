/** The browser's own connection, lock and timers for the outbox. */
import { type Answer, answerOf } from '../model/outbox'
import type { DoAct } from '../wire/wire'
import { type Keep, Outbox, type OutboxEdge } from './outbox'
import { openVault } from './vault'

/** The server answers within 10 s; after this nobody knows, and the act is sent again. */
const ANSWER_MS = 12_000
const NAME = 'chairside.outbox'

async function post(chair: string, body: DoAct): Promise<Answer> {
  const response = await fetch(`/api/chairs/${encodeURIComponent(chair)}/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(ANSWER_MS),
  })
  return answerOf(response.status, await response.json().catch(() => undefined))
}

/** A store that does not open in this time is none: what is pressed must not wait for it. */
const OPEN_MS = 3_000

/** The store of this browser, as soon as it is open; one that does not open keeps nothing. */
function keeper(): Keep {
  const late = new Promise<undefined>((done) => setTimeout(() => done(undefined), OPEN_MS))
  const opened = Promise.race([openVault(), late])
  const vault = async () => {
    const open = await opened
    if (open === undefined) throw new Error('this browser keeps nothing')
    return open
  }
  return {
    all: async () => (await vault()).all(),
    put: async (item) => (await vault()).put(item),
    remove: async (key) => (await vault()).remove(key),
    renew: async () => (await vault()).renew(),
  }
}

/** Without locks (no secure context) there is no store either, and each tab has its own presses only. */
const alone = (run: () => Promise<void>) => navigator.locks?.request(NAME, run) ?? run()

/** The outbox of this page, of whoever `who` says; `sends` is false for a recorded session, whose presses go nowhere. */
export function openOutbox(sends: boolean, who: Pick<OutboxEdge, 'sender' | 'whoIsIt'>): Outbox {
  const channel = new BroadcastChannel(NAME)
  const edge: OutboxEdge = {
    keep: sends ? keeper() : undefined,
    post: sends ? post : () => Promise.reject(new Error('a recorded session takes no acts')),
    alone,
    after: (ms, run) => {
      const timer = setTimeout(run, ms)
      return () => clearTimeout(timer)
    },
    nowMs: () => Date.now(),
    tell: () => channel.postMessage('changed'),
    ...who,
  }
  const outbox = new Outbox(edge)
  channel.onmessage = () => void outbox.look()
  addEventListener('online', () => void outbox.pump())
  void outbox.pump()
  return outbox
}

/** 128 random bits as the wire wants them. */
export function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
