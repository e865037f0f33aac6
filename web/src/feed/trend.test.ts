import { expect, test } from 'vitest'
import { items, nextSeq, reading } from '../model/testing'
import { LiveColumn, MARK, POINTS_MAX, Trends } from './trend'

const spo2 = (at: number, value: string, more = {}) => reading('spo2', at, { value, unit: '%', ...more })
const column = (...readings: ReturnType<typeof spo2>[]) => {
  const made = new LiveColumn(spo2(0, '97'))
  for (const it of readings) made.add(it)
  return made
}
const all = (made: LiveColumn) =>
  Array.from({ length: made.length }, (_, i) => [made.time(i) - 1_000_000, made.text(i)])

test('points come in order of their time, however they arrive', () => {
  expect(all(column(spo2(3, '93'), spo2(1, '91'), spo2(2, '92'), spo2(0, '90')))).toEqual([
    [0, '90'],
    [1, '91'],
    [2, '92'],
    [3, '93'],
  ])
})

test('live and history of the same reading are one point; a faster feed keeps one a second', () => {
  const one = spo2(5, '95')
  expect(all(column(one, spo2(6, '96'), { ...one, seq: nextSeq() }))).toHaveLength(2)
  expect(all(column(spo2(1.1, '91'), spo2(1.4, '92'), spo2(1.9, '93'), spo2(2.0, '94')))).toEqual([
    [expect.closeTo(1.9), '93'],
    [2, '94'],
  ])
})

test('a column is bounded and lets its oldest go', () => {
  const made = new LiveColumn(spo2(0, '97'))
  for (let s = 0; s < POINTS_MAX + 100; s++) made.add(spo2(s, '97'))
  expect(made.length).toBeLessThanOrEqual(POINTS_MAX)
  expect(made.time(made.length - 1) - 1_000_000).toBe(POINTS_MAX + 99)
  for (let i = 1; i < made.length; i++) expect(made.time(i)).toBeGreaterThan(made.time(i - 1))
})

test('h06 an absence is a point without a number; doubt and demonstration are kept', () => {
  const made = column(
    spo2(1, '0', { state: 'absent', value: undefined }),
    spo2(2, '91', { state: 'questionable', synthetic: true }),
  )
  expect([made.a(0), made.mark(0)]).toEqual([Number.NaN, MARK.absent])
  expect(made.mark(1)).toBe(MARK.questionable | MARK.synthetic)
})

test('digits read as they were sent', () => {
  const made = new LiveColumn(reading('nibp', 0, { unit: 'kPa' }))
  made.add(reading('nibp', 1, { systolic: '16.50', diastolic: '10.10', mean: '12.20', unit: 'kPa' }))
  made.add(reading('nibp', 2, { systolic: '128', mean: '95', unit: 'kPa' }))
  expect([made.text(0), made.text(1)]).toEqual(['16.50/10.10 (12.20)', '128/-- (95)'])
})

test('sources and units do not mix', () => {
  const trends = new Trends()
  trends.take(items(1, [spo2(1, '97'), spo2(1, '95', { source: 'm2' }), reading('resp_rate', 1, { value: '14' })]))
  expect(trends.columns('1').map(({ vital, source }) => `${vital} ${source}`)).toEqual([
    'resp_rate m1',
    'spo2 m1',
    'spo2 m2',
  ])
  expect(trends.columns('2')).toEqual([])
  trends.take({ kind: 'roster', chairs: [], feeds: [] })
  expect(trends.columns('1')).toEqual([])
})
