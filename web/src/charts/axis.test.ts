import { expect, test } from 'vitest'
import { minute } from '../format/time'
import { clockTicks, sinceStart, stepFor, ticksFrom } from './axis'
import { plotPx, ticksOf } from './strip'

const utc = (text: string) => Date.parse(text) / 1000
const labels = (zone: string, step: number, from: string, to: string) =>
  clockTicks(zone, step, utc(from), utc(to)).map((time) => minute(time * 1e6, zone))

test('T+ is the main axis once the infusion was started, counted from its start to the second', () => {
  const start = utc('2026-03-14T10:07:23Z')
  const scale = { from: start - 600, to: start + 3000, widthPx: 900 }
  const { main, clock } = ticksOf(scale, 'UTC', start)
  expect(main.map((time) => sinceStart(time - start))).toContain('0:00')
  for (const time of main) expect(Math.abs(time - start) % 60).toBe(0)
  for (const time of clock) expect(time % 60).toBe(0)
  expect(ticksOf(scale, 'UTC', undefined).main, 'before it the clock').toEqual(clock)
})

test('h11 on a day when the clocks change the hour that comes twice has two names', () => {
  expect(labels('America/New_York', 1800, '2026-11-01T05:00:00Z', '2026-11-01T07:00:00Z')).toEqual([
    '01:00-04:00',
    '01:30-04:00',
    '01:00-05:00',
    '01:30-05:00',
    '02:00-05:00',
  ])
})

test('ticks are whole hours of the clinic, whatever its offset is', () => {
  expect(labels('Asia/Kathmandu', 3600, '2026-03-14T10:00:00Z', '2026-03-14T13:00:00Z')).toEqual([
    '16:00',
    '17:00',
    '18:00',
  ])
})

test('labels have room', () => {
  for (const span of [300, 900, 3600, 4 * 3600, 8 * 3600]) {
    for (const width of [300, 700, 1500]) {
      const step = stepFor(span, width, 100)
      expect(step === 7200 || (step / span) * width >= 100, `${span} s on ${width} px`).toBe(true)
    }
  }
  const day = { from: utc('2026-10-25T00:00:00Z'), to: utc('2026-10-25T04:00:00Z'), widthPx: 900 }
  const { clock } = ticksOf(day, 'Europe/Berlin', undefined)
  const apart = ((clock[1] ?? 0) - (clock[0] ?? 0)) / (day.to - day.from)
  expect(apart * plotPx(day), 'with the offset').toBeGreaterThan(100)
})

test('hours and minutes since the start, before it with a sign', () => {
  expect([0, 59, 60, 3900, -60, -3900].map(sinceStart)).toEqual(['0:00', '0:00', '0:01', '1:05', '-0:01', '-1:05'])
  expect(ticksFrom(100, 60, 90, 230)).toEqual([100, 160, 220])
})
