import { expect, test } from 'vitest'
import type { Item, Session } from '../wire/wire'
import { step } from './state'
import {
  after,
  beat,
  hello,
  items,
  link,
  message,
  moment,
  nextSeq,
  reading,
  roster,
  shown,
  snapshot,
  tick,
} from './testing'
import { recorded, vitalTile } from './view'

const chair = (state: ReturnType<typeof shown>) => state.chairs.get('1')
const spo2 = (at: number, value: string) => reading('spo2', at, { value, unit: '%' })
const cuff = (at: number, systolic: string) =>
  reading('nibp', at, { systolic, diastolic: '80', mean: '95', unit: 'mm[Hg]', origin: 'cuff' })

test('every frame counts, ticks and unknown frames do not (h04)', () => {
  const state = after(message(0, hello(0)), tick(1), { kind: 'ignored', at: { perfMs: 1, dateMs: 1 }, why: 'x' })
  expect(state.frames).toBe(1)
  expect(state.ignored).toBe(1)
  expect(state.heardAt.perfMs).toBe(0)
})

test('the event before is never changed', () => {
  const before = shown(0, [spo2(0, '97')])
  const kept = structuredClone([...(chair(before)?.latest ?? [])])
  step(before, message(1, items(1, [spo2(1, '90')])))
  expect([...(chair(before)?.latest ?? [])]).toEqual(kept)
})

test('a snapshot replaces what was known; an old item that crosses it changes nothing', () => {
  const old = spo2(0, '91')
  const now = spo2(1, '97')
  let state = shown(1, [now, reading('heart_rate', 1, { value: '70' })])
  state = step(state, message(1, items(1, [old])))
  expect(chair(state)?.latest.size).toBe(2)
  const known = chair(state)
  expect(known && vitalTile(state, known, 'spo2').digits).toBe('97')
  state = step(state, message(2, snapshot(2, [spo2(2, '98')])))
  expect(chair(state)?.latest.size).toBe(1)
})

test('h03 another boot: monotonic times do not compare, nothing stays until its snapshot', () => {
  let state = shown(1000, [spo2(1000, '97'), cuff(900, '120')])
  state = step(state, message(1001, hello(5, 'r2', 'b2')))
  expect(chair(state)?.latest.size).toBe(0)
  expect(chair(state)?.synced).toBe(false)
  expect(chair(state)?.cuffs).toHaveLength(1)
})

test('another run of the same boot keeps its values and asks anew what is recorded', () => {
  let state = shown(1000, [spo2(1000, '97')])
  state = step(state, message(1000, beat(1000, 999)))
  expect(recorded(state, chair(state)).is).toBe('to')
  state = step(state, message(1001, hello(1001, 'r2', 'b1')))
  expect(chair(state)?.latest.size).toBe(1)
  expect(recorded(state, chair(state))).toEqual({ is: 'nothing' })
})

test('history fills the list of cuff readings and nothing that is live', () => {
  let state = shown(1000, [cuff(990, '130')])
  const items = [cuff(400, '121'), cuff(700, '122'), spo2(500, '92')]
  state = step(state, message(1000, { kind: 'history', chair: '1', items, through: 9, done: true }))
  expect(chair(state)?.cuffs.map((it) => it.systolic)).toEqual(['130', '122', '121'])
  expect(chair(state)?.latest.size).toBe(1)
})

test('the same measurement from live and from the log is one', () => {
  const one = cuff(990, '130')
  let state = shown(1000, [one])
  const again = [{ ...one }, { ...one, seq: one.seq + 500 }]
  state = step(state, message(1000, { kind: 'history', chair: '1', items: again, through: 9, done: true }))
  expect(chair(state)?.cuffs).toHaveLength(1)
})

test('a notice said again is one line that counts', () => {
  const notice = (seq: number, at: number) => ({
    is: 'notice' as const,
    seq,
    source: 'm1',
    text: 'SpO2 LOW',
    priority: 'medium',
    received: { monoUs: at * 1e6, wallUs: at * 1e6 },
  })
  let state = shown(0, [])
  for (const seq of [10_001, 10_002, 10_002]) state = step(state, message(1, items(1, [notice(seq, 1)])))
  expect(chair(state)?.notices).toHaveLength(1)
  expect(chair(state)?.notices[0]?.times).toBe(2)
})

test('a chair that leaves the roster leaves the state', () => {
  const state = step(shown(0, [spo2(0, '97')]), message(1, { kind: 'roster', chairs: [], feeds: [] }))
  expect(state.chairs.size).toBe(0)
})

test('the newest link of a source stays', () => {
  const first = link('live', 0)
  const second = link('lost', 1)
  const state = step(shown(0, [second]), message(1, items(1, [first])))
  expect(chair(state)?.links.get('m1')?.state).toBe('lost')
})

test('h12 recording: to when, nothing yet, failing, unknown without frames', () => {
  let state = after(message(0, hello(0)), message(0, roster))
  expect(recorded(state, undefined)).toEqual({ is: 'unknown', wallUs: undefined })
  state = step(state, message(1, beat(1)))
  expect(recorded(state, chair(state))).toEqual({ is: 'nothing' })
  state = step(state, message(2, beat(2, 1)))
  expect(recorded(state, chair(state))).toEqual({ is: 'to', wallUs: 1_000_001e6 })
  const failing = { ok: false, sinceWallUs: 5, reason: 'disk full' }
  const failed = step(state, message(3, { ...beat(3, 1), recording: failing } as never))
  expect(recorded(failed, chair(failed))).toEqual({ is: 'failing', sinceWallUs: 5, reason: 'disk full' })
  expect(recorded(step(failed, tick(7)), chair(failed)).is).toBe('unknown')
})

const session = (from: number, openedAt: number, phase = 'checked in'): Session => ({
  id: `1-${from}`,
  patient: { id: '4711', name: 'Doe, Jane', born: '1980-02-29', alias: 'JD' },
  plan: {
    template: 'IV 40 min',
    number: 1,
    infusionMin: 40,
    cuffInfusingMin: 10,
    cuffObservingMin: 15,
    observeMin: 60,
    assessFirstMin: 15,
    assessLaterMin: 30,
  },
  nurse: { name: 'Ada', role: 'nurse' },
  phase,
  next: [],
  phaseSince: moment(openedAt),
  from,
  opened: moment(openedAt),
  baseline: [],
  acts: [],
})
const told = (at: number, session?: Session, cleared = false) =>
  message(at, { kind: 'session', chair: '1', ...(session === undefined ? {} : { session }), cleared })
const held = (state: ReturnType<typeof shown>) => [chair(state)?.latest.size, chair(state)?.cuffs.length]

test('h02 when a patient takes the chair, what was measured before is gone and does not come back', () => {
  const old = [spo2(90, '97'), cuff(50, '140')]
  let state = shown(100, old)
  expect(held(state)).toEqual([2, 1])
  const from = nextSeq()
  state = step(state, told(101, session(from, 101)))
  expect(held(state)).toEqual([0, 0])
  expect([chair(state)?.withValue.size, chair(state)?.runs.size]).toEqual([0, 0])
  // Heard again by every way there is: live, as history, in a snapshot; measured before, or said before.
  const repeated = cuff(50, '140')
  const history = (list: Item[]) => message(103, { kind: 'history', chair: '1', items: list, through: 99, done: true })
  for (const way of [message(102, items(102, [...old, repeated])), history([...old, repeated])]) {
    state = step(state, way)
    expect(held(state)).toEqual([0, 0])
  }
  state = step(state, message(104, snapshot(104, [...old, repeated])))
  expect(held(state)).toEqual([0, 0])
  const hers = cuff(105, '118')
  state = step(state, message(105, items(105, [hers, spo2(105, '96')])))
  expect(held(state)).toEqual([2, 1])
  // A late start lets her have what was measured since then.
  state = step(state, told(106, session(from, 80)))
  state = step(state, message(106, items(106, [reading('heart_rate', 90, { value: '70' })])))
  expect(held(state)).toEqual([3, 1])
})

test('h02 somebody who is only expected, or has left, hides nothing; a cleared chair shows nothing of before', () => {
  const values = [spo2(100, '97'), cuff(50, '140')]
  for (const phase of ['planned', 'discharged', 'cancelled']) {
    const state = step(shown(100, values), told(101, session(nextSeq(), 101, phase)))
    expect(held(state), phase).toEqual([2, 1])
  }
  let state = step(shown(100, values), told(101, undefined, true))
  expect(held(state)).toEqual([0, 0])
  state = step(state, message(102, items(102, [spo2(102, '95')])))
  state = step(state, told(103, undefined, true))
  expect(held(state), 'once').toEqual([1, 0])
})
