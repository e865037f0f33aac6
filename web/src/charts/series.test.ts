import { expect, test } from 'vitest'
import { type Column, Trends } from '../feed/trend'
import { items, type ReadingItem, reading } from '../model/testing'
import { panels, range } from './series'
import type { Sources } from './sources'

const BASE = 1_000_000
const columns = (...readings: ReadingItem[]) => {
  const trends = new Trends()
  trends.take(items(0, readings))
  return trends.columns('1')
}
const hr = (at: number, value: string, more = {}) => reading('heart_rate', at, { value, ...more })
const every = (us: number): Sources => ({
  order: () => ({ sources: [], declared: false }),
  links: [],
  everyUs: () => us,
})
const material = (columns: Column[], everyUs = 1e6) => ({ columns, sources: every(everyUs), session: undefined })
const built = (list: ReadingItem[], everyUs = 1e6) => panels(material(columns(...list), everyUs), BASE, BASE + 900)

test('h06 a line breaks where a value would be lost: further apart than max(10 s, 3 T)', () => {
  const values = (second: number, everyUs = 1e6) =>
    built([hr(10, '70'), hr(second, '72')], everyUs)[0]?.series[0]?.values
  expect(values(20)).toEqual([70, 72])
  expect(values(21)).toEqual([70, null, 72])
  expect(values(190, 60e6)).toEqual([70, 72])
  expect(values(191, 60e6)).toEqual([70, null, 72])
})

test('h06 an absence breaks the line and draws nothing', () => {
  const [panel] = built([hr(1, '70'), hr(2, '0', { state: 'absent', value: undefined }), hr(3, '71')])
  expect(panel?.series[0]?.values).toEqual([70, null, 71])
})

test('the time of another series is no gap', () => {
  const [panel] = built([hr(1, '70'), reading('pulse_rate', 1.5, { value: '71' }), hr(2, '72')])
  expect(panel?.series.map(({ values }) => values)).toEqual([
    [70, undefined, 72],
    [undefined, 71, undefined],
  ])
})

test('pressures are pairs, without a line between readings; kilopascal has its own axis', () => {
  const cuff = (at: number, unit: string) => reading('nibp', at, { systolic: '120', diastolic: '80', unit })
  const [rates, pressure] = built([hr(1, '70'), cuff(2, 'mm[Hg]'), cuff(300, 'kPa')])
  expect(rates?.series.map(({ look, values, low }) => [look, values, low])).toEqual([
    ['line', [70, undefined], undefined],
    ['carets', [undefined, 120], [undefined, 80]],
  ])
  expect(pressure?.kind).toBe('pressure')
})

test('series differ by dash or shape as well as by colour', () => {
  const [panel] = built([hr(1, '70'), reading('pulse_rate', 1, { value: '71' })])
  const looks = panel?.series.map(({ dash, look }) => `${dash} ${look}`)
  expect(new Set(looks).size).toBe(2)
})

test('only a line that stands beside another of its colour is dashed: dashes alone read as gaps', () => {
  const pulse = reading('pulse_rate', 1, { value: '71' })
  const breath = reading('resp_rate', 1, { value: '16' })
  const art = reading('art', 1, { systolic: '120', diastolic: '80', unit: 'mm[Hg]' })
  const check = (list: ReadingItem[], expected: [string, boolean][]) =>
    expect(built(list).flatMap(({ series }) => series.map(({ label, dash }) => [label, dash.length > 0]))).toEqual(
      expected,
    )
  check([pulse], [['PR', false]])
  check([pulse, hr(1, '70')], [['HR', false], ['PR', true]]) // biome-ignore format: a table
  check([pulse, breath], [['PR', false], ['RR', false]]) // biome-ignore format: a table
  check([hr(1, '70'), art], [['ART', false], ['', false], ['HR', false]]) // biome-ignore format: a table
})

test('h06 a value every 2 s is one unbroken line, whatever other times stand between', () => {
  const list = Array.from({ length: 400 }, (_, n) => [
    reading('pulse_rate', 2 * n, { value: '71' }),
    reading('spo2', 2 * n + 1, { value: '97' }),
  ]).flat()
  for (const { series } of built(list, 2e6)) expect(series.flatMap(({ values }) => values)).not.toContain(null)
})

test('an axis grows for a value outside it and never shrinks below the usual range', () => {
  expect(range('rates')(70, 75)).toEqual([40, 160])
  expect(range('rates')(31, 204)).toEqual([20, 220])
  expect(range('spo2')(71, 99)[0]).toBe(70)
  expect(range('spo2')(null, null)[0]).toBe(85)
})
