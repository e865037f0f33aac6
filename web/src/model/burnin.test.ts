import { expect, test } from 'vitest'
import { SHIFT_EVERY_MS, SHIFTS, shiftAt } from './burnin'

const DAY_MS = 86_400_000

test('the picture stands at every place of its ring in turn, one pixel a step, and never further than two', () => {
  const seen = new Set<number>()
  for (let at = 0; at < DAY_MS; at += 60_000) {
    const [before, now] = [SHIFTS[shiftAt(at, false)], SHIFTS[shiftAt(at + SHIFT_EVERY_MS, false)]]
    expect(Math.abs((now?.[0] ?? 9) - (before?.[0] ?? 0)) + Math.abs((now?.[1] ?? 9) - (before?.[1] ?? 0))).toBe(1)
    seen.add(shiftAt(at, false))
  }
  expect(seen.size).toBe(SHIFTS.length)
  expect(Math.max(...SHIFTS.flat())).toBe(2)
})

test('nothing moves for those who asked for no motion, nor by a clock that makes no sense', () => {
  expect([0, 1e12, 1e12 + 7 * SHIFT_EVERY_MS].map((at) => shiftAt(at, true))).toEqual([0, 0, 0])
  expect(shiftAt(Number.NaN, false)).toBe(0)
  expect(shiftAt(-5, false)).toBe(0)
})
