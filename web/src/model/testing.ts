/** Makes messages, readings and states for tests. Server time is in seconds; both browser clocks start at zero with it. */
import type { Item, Reading, ToScreen } from '../wire/wire'
import type { Instant } from './clock'
import { type Event, initial, type State, step } from './state'

export const moment = (seconds: number) => ({ monoUs: seconds * 1e6, wallUs: (1_000_000 + seconds) * 1e6 })
export const instant = (seconds: number): Instant => ({ perfMs: seconds * 1000, dateMs: seconds * 1000 })

let seq = 0
export const nextSeq = () => ++seq

export type ReadingItem = Extract<Item, { is: 'reading' }>

export function reading(vital: string, at: number, more: Partial<Reading> = {}): ReadingItem {
  return {
    is: 'reading',
    seq: nextSeq(),
    source: 'm1',
    vital,
    state: 'valid',
    unit: '/min',
    synthetic: false,
    at: moment(at),
    received: moment(at),
    ...more,
  }
}

export const link = (state: string, at: number, source = 'm1'): Item => ({
  is: 'link',
  seq: nextSeq(),
  source,
  state,
  reason: 'the cable was pulled',
  since: moment(at),
})

export const hello = (at: number, run = 'r1', boot = 'b1'): ToScreen => ({
  kind: 'hello',
  wire: 1,
  version: '0',
  run,
  boot,
  zone: 'Europe/Berlin',
  now: moment(at),
})

export const snapshot = (at: number, latest: Item[], everyS = 1, chair = '1'): ToScreen => ({
  kind: 'snapshot',
  chair,
  head: seq,
  now: moment(at),
  latest,
  every: [...new Set(latest.map((item) => item.source))].map((source) => ({ source, everyUs: everyS * 1e6 })),
})

export const items = (at: number, list: Item[], chair = '1'): ToScreen => ({
  kind: 'items',
  chair,
  now: moment(at),
  items: list,
})

export const beat = (at: number, recordedAt?: number): ToScreen => ({
  kind: 'beat',
  now: moment(at),
  recording: { ok: true },
  marks: [
    {
      chair: '1',
      head: seq,
      recorded: seq,
      ...(recordedAt === undefined ? {} : { recordedWallUs: moment(recordedAt).wallUs }),
    },
  ],
})

export const roster: ToScreen = { kind: 'roster', chairs: [{ id: '1', name: 'One' }], feeds: [] }

/** A message that comes `at` this second of the browser's clocks. */
export const message = (at: number, said: ToScreen): Event => ({ kind: 'message', at: instant(at), message: said })
export const tick = (at: number): Event => ({ kind: 'tick', at: instant(at) })

/** The state after these events, from a screen that has heard nothing. */
export const after = (...events: Event[]): State => events.reduce(step, initial(instant(0)))

/** The state after a hello, a roster and a snapshot of chair 1 at second `at`. */
export const shown = (at: number, latest: Item[], everyS = 1): State =>
  after(message(at, hello(at)), message(at, roster), message(at, snapshot(at, latest, everyS)))
