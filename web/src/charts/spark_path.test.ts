import { expect, test } from 'vitest'
import { Trends } from '../feed/trend'
import { items, link, moment, reading } from '../model/testing'
import type { Item, Session } from '../wire/wire'
import { COLUMNS, SPAN_S, STEP_S, sparkEnd, sparkPath } from './spark_path'

const at0 = 1_000_000
const TO = 3600
const shown = { from: at0 + TO - SPAN_S, to: at0 + TO }

function columnsOf(list: Item[]) {
  const trends = new Trends()
  trends.take(items(0, list))
  const sources = { order: () => ({ sources: [], declared: false }), everyUs: () => 1e6, links: trends.links('1') }
  return { columns: trends.columns('1'), sources }
}

const path = (kind: 'rates' | 'spo2', list: Item[]) => {
  const { columns, sources } = columnsOf(list)
  return sparkPath(kind, { columns, sources, session: undefined }, shown)
}
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
  expect(sparkEnd(now, undefined)).toEqual({ from: at0 + TO - SPAN_S, to: at0 + TO })
  expect(sparkEnd(now + STEP_S * 1e6, undefined)?.to).toBe(at0 + TO + STEP_S)
  expect(sparkEnd(undefined, undefined)).toBeUndefined()
})

test('h02 of an open session nothing is drawn from before it was opened', () => {
  const session = {
    next: ['paused'],
    acts: [{ seq: 1, received: moment(TO - 60), act: { is: 'opened' } }],
  } as unknown as Session
  const now = (at0 + TO) * 1e6
  expect(sparkEnd(now, session)?.from).toBe(at0 + TO - 60)
  expect(sparkEnd(now, { ...session, next: [] })?.from).toBe(at0 + TO - SPAN_S)
  const { columns, sources } = columnsOf([heart(TO - 90, '70'), heart(TO - 30, '80')])
  const mine = sparkPath('rates', { columns, sources, session: undefined }, { from: at0 + TO - 60, to: at0 + TO })
  expect(parts(mine).filter((part) => part.startsWith('M'))).toHaveLength(1)
})
