import { expect, test } from 'vitest'
import { build, stepOf } from './build'
import { clusters } from './clusters'
import type { TrendEvent } from './session'
import type { Sources } from './sources'
import { follows, frameOf, pan, resolve, SPAN_MAX_S, SPAN_MIN_S, type View, zoom } from './view'

const NOW = 100_000
const bounds = { first: NOW - 4 * 3600, now: NOW }
const quarter: View = { span: 900 }

test('the whole session reaches from its beginning to now, a young one has some room before it', () => {
  expect(resolve({ span: 'session' }, bounds)).toEqual([NOW - 4 * 3600, NOW])
  expect(resolve({ span: 'session' }, { first: NOW - 60, now: NOW })).toEqual([NOW - 900, NOW])
  expect(resolve({ span: 'session' }, { first: NOW - 40 * 3600, now: NOW })).toEqual([NOW - SPAN_MAX_S, NOW])
})

test('a view that follows moves with the clock, one that was moved stays', () => {
  const moved = pan(quarter, bounds, -600)
  expect([follows(quarter), follows(moved)]).toEqual([true, false])
  expect(resolve(moved, { ...bounds, now: NOW + 300 })).toEqual([NOW - 1500, NOW - 600])
  expect(pan(moved, bounds, 600), 'back at the present it follows').toEqual(quarter)
})

test('nobody gets lost: not into the future, and at most half a picture before the beginning', () => {
  expect(resolve(pan(quarter, bounds, 1e6), bounds)).toEqual([NOW - 900, NOW])
  expect(resolve(pan(quarter, bounds, -1e6), bounds)).toEqual([bounds.first - 450, bounds.first + 450])
})

test('zoom keeps the moment under the finger where it is', () => {
  const at = NOW - 7200
  const view = zoom({ span: 'session' }, bounds, 0.5, at)
  const [from, to] = resolve(view, bounds)
  expect(to - from).toBe(7200)
  expect((at - from) / (to - from)).toBeCloseTo(0.5)
  const again = resolve(zoom(view, bounds, 0.25, at), bounds)
  expect((at - again[0]) / (again[1] - again[0])).toBeCloseTo(0.5)
})

test('zoom has an end on both sides', () => {
  const least = resolve(zoom(quarter, bounds, 1e-9, NOW), bounds)
  expect(least[1] - least[0]).toBe(SPAN_MIN_S)
  const most = resolve(zoom(quarter, bounds, Number.POSITIVE_INFINITY, NOW), bounds)
  expect(most).toEqual([bounds.first, NOW])
})

test('the picture moves by whole pixels: every 12 s for 4 h, every second for 15 min', () => {
  const moves = (span: number, width: number) => new Set(Array.from({ length: 3600 }, (_, s) => frameOf(NOW + s, span, width))).size // biome-ignore format: one line
  expect(moves(4 * 3600, 1160)).toBeLessThanOrEqual(3600 / 12)
  expect(moves(900, 1160)).toBe(3600)
})

test('panels are built for more than is seen, and again only when something came', () => {
  const sources: Sources = { order: () => ({ sources: [], declared: false }), links: [], everyUs: () => 1e6 }
  const material = { columns: [], sources, session: undefined }
  const now = { s: NOW, version: 1 }
  const first = build(undefined, material, [NOW - 900, NOW], 900, now)
  expect(build(first, material, [NOW - 1700, NOW - 800], 900, now), 'moved').toBe(first)
  expect(build(first, material, [NOW - 3000, NOW - 2100], 900, now), 'moved far').not.toBe(first)
  expect(build(first, material, [NOW - 900, NOW], 900, { s: NOW + 1, version: 1 }), 'a second on').not.toBe(first)
  expect(build(first, material, [NOW - 900, NOW], 900, { s: NOW, version: 2 }), 'history').not.toBe(first)
})

test('a step of time is never wider than a line', () => {
  for (const span of [900, 3600, 4 * 3600, 8 * 3600]) expect(stepOf(span, 900)).toBeLessThanOrEqual((2 * span) / 900)
  expect(stepOf(900, 900), 'all points of 15 minutes are drawn').toBe(0)
  expect(stepOf(4 * 3600, 1160)).toBe(16)
})

test('entries that would touch are one button, whatever part of them is in view', () => {
  const events = [0, 10, 40, 300].map((time) => ({ seq: time, time, kind: 'note', says: '' }) as TrendEvent)
  const groups = (pxPerS: number) => clusters(events, pxPerS).map((it) => it.events.map(({ time }) => time))
  expect(groups(1)).toEqual([[0, 10, 40], [300]])
  expect(groups(2)).toEqual([[0, 10], [40], [300]])
  expect(groups(0.01)).toEqual([[0, 10, 40, 300]])
})
