import { expect, test } from 'vitest'
import { elapsedMs, heard, type Instant, lagMs, serverMonoUs } from './clock'

const at = (perfMs: number, dateMs = perfMs): Instant => ({ perfMs, dateMs })
const server = (seconds: number) => ({ monoUs: seconds * 1e6, wallUs: 0 })
const seconds = (us: number) => us / 1e6

test('h03 the clock that ran further counts', () => {
  expect(elapsedMs(at(0, 0), at(5, 60_000)), 'slept: performance.now() stood still').toBe(60_000)
  expect(elapsedMs(at(0, 0), at(5000, -86_400_000)), 'the wall clock was set back a day').toBe(5000)
  expect(elapsedMs(at(0, 0), at(5000, 86_400_000)), 'set forward: too old until the next frame').toBe(86_400_000)
  expect(elapsedMs(at(10), at(5)), 'never negative').toBe(0)
})

test('h03 the server time runs on between frames', () => {
  const clock = heard(undefined, server(100), at(0), true)
  expect(seconds(serverMonoUs(clock, at(2500)))).toBeCloseTo(102.5, 2)
  expect(seconds(serverMonoUs(clock, at(10, 60_000)))).toBeCloseTo(160, 2)
})

test('h03 a frame that queued up does not make the server look earlier', () => {
  let clock = heard(undefined, server(100), at(0), true)
  // The tab stood still for 20 s; the frame of the second after is read only now.
  clock = heard(clock, server(101), at(20_000), false)
  expect(seconds(serverMonoUs(clock, at(20_000)))).toBeCloseTo(120, 1)
  expect(lagMs(clock)).toBeCloseTo(19_000, -2)
})

test('h08 frames in time have no lag', () => {
  let clock = heard(undefined, server(100), at(0), true)
  for (let s = 1; s < 600; s++) clock = heard(clock, server(100 + s), at(s * 1000 + (s % 3)), false)
  expect(lagMs(clock)).toBeLessThan(5)
})

test('a browser clock that runs 100 ppm fast does not age values', () => {
  let clock = heard(undefined, server(0), at(0), true)
  for (let s = 1; s <= 86_400; s += 60) clock = heard(clock, server(s), at(s * 1000 * 1.0001), false)
  expect(lagMs(clock)).toBeLessThan(20)
})

test('a new connection forgets what the one before proved', () => {
  let clock = heard(undefined, server(1000), at(0), true)
  // The server's machine slept for 30 s without counting it.
  clock = heard(clock, server(1001), at(31_000), true)
  expect(lagMs(clock)).toBe(0)
  expect(seconds(serverMonoUs(clock, at(31_000)))).toBe(1001)
})
