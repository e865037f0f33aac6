import { expect, test } from 'vitest'
import { Rate } from './rate'

test('the rate is that of the second before, or of this one where it is more already', () => {
  const rate = new Rate()
  expect(rate.perSecond(0)).toBe(0)
  for (let n = 0; n < 24; n++) rate.came(100 + n * 30)
  expect(rate.perSecond(999)).toBe(24)
  expect(rate.perSecond(1500)).toBe(24)
  for (let n = 0; n < 96; n++) rate.came(2000 + n * 10)
  expect(rate.perSecond(2200)).toBe(96)
  expect(rate.perSecond(3900)).toBe(96)
  expect(rate.perSecond(4000)).toBe(0)
})

test('after a pause nothing of before counts, and a clock that stands changes nothing', () => {
  const rate = new Rate()
  rate.came(10)
  rate.came(10)
  expect(rate.perSecond(10)).toBe(2)
  expect(rate.perSecond(60_000)).toBe(0)
  rate.came(60_001)
  expect(rate.perSecond(59_000)).toBe(1)
})
