import { expect, test } from 'vitest'
import { Trends } from '../feed/trend'
import { items, link, moment, reading } from '../model/testing'
import type { Item, Session } from '../wire/wire'
import { trendSession } from './session'
import { COLUMNS, SPAN_S, STEP_S, sparkPath, sparkSpan } from './spark_path'

const at0 = 1_000_000
const TO = 3600
const shown = { from: at0 + TO - SPAN_S, to: at0 + TO, of: '' }

function columnsOf(list: Item[]) {
  const trends = new Trends()
  trends.take(items(0, list))
  const sources = { order: () => ({ sources: [], declared: false }), everyUs: () => 1e6, links: trends.links('1') }
  return { columns: trends.columns('1'), sources }
}

const path = (kind: 'rates' | 'spo2', list: Item[], session?: Session) =>
  sparkPath(kind, { ...columnsOf(list), session: trendSession(session) }, shown)
const heart = (at: number, value: string, more = {}) => reading('heart_rate', at, { value, origin: 'ecg', ...more })
const parts = (said: string) => said.split(/(?=[ML])/)

test('a value a second is one line; each column reaches from its least to its highest', () => {
  const list = Array.from({ length: 20 }, (_, n) => heart(TO - 20 + n, n === 5 ? '100' : '70'))
  const said = parts(path('rates', list))
  expect(said.filter((part) => part.startsWith('M'))).toHaveLength(1)
  // 40 to 160 over the height: 100 is in the middle, 70 at three quarters.
  expect(said).toContain(`L${COLUMNS - 2} 50.0`)
  expect(said).toContain(`L${COLUMNS - 2} 75.0`)
})

test('h09 a gap stays open, and so does an absence', () => {
  const gone = reading('heart_rate', TO - 295, { state: 'absent', reason: 'sensor off', origin: 'ecg' })
  const list = [heart(TO - 302, '70'), heart(TO - 300, '70'), gone, heart(TO - 200, '70'), heart(TO - 199, '70')]
  expect(parts(path('rates', list)).filter((part) => part.startsWith('M'))).toHaveLength(2)
})

test('what leaves the usual range stands at its border', () => {
  expect(path('rates', [heart(TO - 5, '220')])).toContain(' 0.0')
  expect(path('rates', [heart(TO - 5, '20')])).toContain(' 100.0')
})

test('h05 a pulse is drawn where there is no heart rate, and a cuff or a line is not', () => {
  const pulse = (origin: string) => reading('pulse_rate', TO - 5, { value: '80', origin })
  expect(path('rates', [pulse('pleth')])).not.toBe('')
  expect(path('rates', [pulse('cuff')])).toBe('')
  expect(path('rates', [pulse('line')])).toBe('')
  expect(path('spo2', [pulse('pleth')])).toBe('')
  expect(path('rates', [link('live', 0)])).toBe('')
})

test('it ends in whole columns and begins half an hour before', () => {
  const now = (at0 + TO + 7.5) * 1e6
  expect(sparkSpan(now, undefined)).toEqual(shown)
  expect(sparkSpan(now + STEP_S * 1e6, undefined)?.to).toBe(at0 + TO + STEP_S)
  expect(sparkSpan(undefined, undefined)).toBeUndefined()
})

/** A session opened at this second, from this entry on; what was marked since. */
const session = (at: number, from: number, artefact?: readonly [number, number]): Session =>
  ({
    id: '1-1',
    phase: 'infusing',
    next: ['paused'],
    from,
    baseline: [],
    acts: [
      { seq: from, received: moment(at), wallUs: moment(at).wallUs, act: { is: 'opened' }, undone: false },
      ...(artefact === undefined
        ? []
        : [
            {
              seq: 1e6,
              received: moment(TO),
              wallUs: moment(TO).wallUs,
              act: { is: 'artefact', vital: 'heart_rate', first: artefact[0], last: artefact[1], reason: '' },
              undone: false,
            },
          ]),
    ],
  }) as unknown as Session

test('h02 of an open session nothing is drawn from before it was opened, of one that is over nothing at all', () => {
  const list = [heart(TO - 90, '70'), heart(TO - 30, '80')]
  const [before] = list
  const its = session(TO - 60, (before?.seq ?? 0) + 1)
  expect(parts(path('rates', list)).filter((part) => part.startsWith('M'))).toHaveLength(2)
  expect(parts(path('rates', list, its)).filter((part) => part.startsWith('M'))).toHaveLength(1)
  const over = { ...its, next: [], phaseSince: moment(TO - 10) } as unknown as Session
  expect(path('rates', list, over)).toBe('')
})

test('what was marked as an artefact leaves a gap', () => {
  const list = Array.from({ length: 30 }, (_, n) => heart(TO - 300 + n, n > 10 && n < 25 ? '150' : '70'))
  const first = list[11]?.seq ?? 0
  const its = session(TO - 1700, (list[0]?.seq ?? 0) - 1, [first, list[24]?.seq ?? 0])
  expect(path('rates', list, session(TO - 1700, 1))).toContain(' 8.3')
  expect(path('rates', list, its)).not.toContain(' 8.3')
  expect(parts(path('rates', list, its)).filter((part) => part.startsWith('M'))).toHaveLength(2)
})

test('what decides whose the points are makes the picture anew', () => {
  const of = (its: Session | undefined) => sparkSpan(TO * 1e6, its)?.of
  const states = [undefined, session(10, 5), session(10, 4), session(10, 5, [1, 2])].map(of)
  expect(new Set(states).size).toBe(4)
})
