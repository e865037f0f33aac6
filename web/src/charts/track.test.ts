import { expect, test } from 'vitest'
import { Trends } from '../feed/trend'
import { items, moment, type ReadingItem, reading } from '../model/testing'
import { Hers } from './session'
import { track } from './track'

const wall = (at: number) => moment(at).wallUs / 1e6
const hr = (at: number, value: number, more: Partial<ReadingItem> = {}) =>
  reading('heart_rate', at, { value: String(value), ...more })

function thinned(list: ReadingItem[], stepS: number) {
  const trends = new Trends()
  trends.take(items(0, list))
  const [column] = trends.columns('1')
  if (column === undefined) throw new Error('no column')
  const hers = new Hers(undefined, [column])
  const found = track({ column, shown: undefined, part: 'a', joined: true, hers, gap: 10, stepS }, wall(0), wall(1e5))
  return found.times.map((time, n) => [time - wall(0), found.a[n]])
}

test('of many points the least and the greatest of each step stay, at their own times', () => {
  const list = [70, 75, 71, 60, 72, 73, 90, 74].map((value, at) => hr(at, value))
  expect(thinned(list, 4)).toEqual([[1, 75], [3, 60], [4, 72], [6, 90]]) // biome-ignore format: a table
  expect(thinned(list, 0)).toHaveLength(8)
})

test('h06 thinning never closes a gap and never hides an absence', () => {
  const off = hr(3, 0, { state: 'absent', value: undefined as never })
  const list = [hr(0, 70), hr(1, 70), hr(2, 70), off, hr(4, 70), hr(30, 71), hr(31, 71)]
  expect(thinned(list, 64)).toEqual([[0, 70], [3, null], [4, 70], [9, null], [30, 71]]) // biome-ignore format: a table
})

test('a thinned line covers every value that left the usual: each peak is drawn', () => {
  const list = Array.from({ length: 14_400 }, (_, at) => hr(at, at % 1000 === 500 ? 180 : 70 + (at % 7)))
  const peaks = thinned(list, 16).filter(([, value]) => value === 180)
  expect(peaks).toHaveLength(14)
  expect(thinned(list, 16).length).toBeLessThanOrEqual((2 * 14_400) / 16 + 1)
})
