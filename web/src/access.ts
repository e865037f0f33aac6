/** The one gate of this page, at the browser's own connection, clocks and storage; what it knows is read by every screen. */
import { signal } from '@preact/signals'
import { Gate, type GateEdge, type Said } from './feed/gate'
import { keep, kept } from './kept'
import { may as mayBy, type Right, senderOf, WHYS, type Why } from './model/access'

/** The server takes half a second over a password; after this nobody knows. */
const ANSWER_MS = 12_000
const NAME = 'chairside.access'
const TOUCHED = 'chairside.touched'
const LOCKED = 'chairside.locked'

async function ask(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Said> {
  const response = await fetch(path, {
    method,
    cache: 'no-store',
    signal: AbortSignal.timeout(ANSWER_MS),
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  })
  const retryS = Number(response.headers.get('retry-after') ?? Number.NaN)
  return {
    status: response.status,
    body: await response.json().catch(() => undefined),
    retryS: Number.isFinite(retryS) ? retryS : undefined,
  }
}

let channel: BroadcastChannel | undefined
/** Where the browser keeps nothing, each tab has its own. */
const own = { touchedMs: 0, locked: 'no' }

const edge: GateEdge = {
  ask,
  nowMs: () => Date.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
  shared: {
    touchedMs: () => Number(kept(TOUCHED) ?? own.touchedMs),
    touch: (ms) => {
      own.touchedMs = ms
      keep(TOUCHED, String(ms))
    },
    isLocked: () => (kept(LOCKED) ?? own.locked) === 'yes',
    setLocked: (on) => {
      own.locked = on ? 'yes' : 'no'
      keep(LOCKED, own.locked)
    },
  },
  tell: () => channel?.postMessage('changed'),
}

export const gate = new Gate(edge)

/** Spare codes stand on the screen: they are shown once, whatever the server says meanwhile. */
export const settingUp = signal(false)

/** Whether this screen offers something; the server refuses by itself. */
export const may = (right: Right): boolean => mayBy(gate.access, right)

/** Whose presses may be sent now; what the outbox is given. */
export const who = { sender: () => senderOf(gate.access), whoIsIt: () => void gate.ask() }

const WHY = 'chairside.why'

/** Keeps for the next page why nobody is signed in any more; whether this browser could. */
export function keepWhy(why: Why | undefined): boolean {
  try {
    sessionStorage.setItem(WHY, why ?? '')
    return true
  } catch {
    // Without it the page stays as it is and shows the same screen.
    return false
  }
}

function keptWhy(): Why | undefined {
  try {
    const why = sessionStorage.getItem(WHY)
    sessionStorage.removeItem(WHY)
    return WHYS.find((it) => it === why)
  } catch {
    return undefined
  }
}

/** What counts as a touch: whatever a hand does. */
const TOUCHES = ['pointerdown', 'keydown', 'wheel'] as const

/** Follows the other tabs and the hands at this one from now on, and asks who this is. */
export function startGate(): void {
  channel = new BroadcastChannel(NAME)
  channel.onmessage = () => void gate.heard()
  for (const touch of TOUCHES) addEventListener(touch, () => gate.touched(), { capture: true, passive: true })
  for (const back of ['focus', 'pageshow', 'online'] as const) addEventListener(back, () => void gate.ask())
  const why = keptWhy()
  if (why !== undefined) gate.began(why)
  void gate.ask()
}
