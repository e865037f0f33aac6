import { expect, test } from 'vitest'
import type { Instant } from '../model/clock'
import { type Panel, Watchdog } from './watchdog'

const at = (seconds: number, sleptSeconds = 0): Instant => ({
  perfMs: seconds * 1000,
  dateMs: (seconds + sleptSeconds) * 1000,
})

function kennel() {
  const shown = {
    feed: '',
    banner: undefined as string | undefined,
    beats: [] as (number | undefined)[],
    visible: true,
  }
  const panel: Panel = {
    feed: (state) => {
      shown.feed = state
    },
    banner: (text) => {
      shown.banner = text
    },
    beat: (parity) => shown.beats.push(parity),
    visible: () => shown.visible,
  }
  let reloads = 0
  const words = { notReceiving: (s: number) => `nothing for ${s} s`, stopped: 'stopped' }
  const dog = new Watchdog(panel, words, at(0), () => {
    reloads += 1
  })
  /** Checks four times a second, as the page does; `paint` and `frame` say what else happens then. */
  const run = (from: number, to: number, { paint = true, frame = false } = {}) => {
    for (let s = from; s <= to; s += 0.25) {
      if (frame) dog.heard(at(s))
      if (paint) dog.painted(at(s))
      dog.check(at(s))
    }
  }
  return { dog, shown, run, reloads: () => reloads }
}

test('h03 no frame: banner after 3 s, no digits after 10 s, both back with the next frame', () => {
  const { dog, shown, run } = kennel()
  dog.heard(at(0))
  run(0, 2.75)
  expect([shown.feed, shown.banner]).toEqual(['ok', undefined])
  run(3, 9.75)
  expect([shown.feed, shown.banner]).toEqual(['quiet', 'nothing for 9 s'])
  run(10, 12)
  expect(shown.feed).toBe('lost')
  dog.heard(at(12.1))
  dog.check(at(12.1))
  expect([shown.feed, shown.banner]).toEqual(['ok', undefined])
})

test('h03 a machine that slept has no digits at its first check, and is not loaded anew', () => {
  const { dog, shown, run, reloads } = kennel()
  run(0, 5, { frame: true })
  dog.check(at(5.2, 3600))
  expect(shown.feed).toBe('lost')
  expect(reloads()).toBe(0)
})

test('h04 frames come and nothing is painted: digits go, then the page is loaded anew', () => {
  const { shown, run, reloads } = kennel()
  run(0, 5, { frame: true })
  run(5.25, 7.75, { frame: true, paint: false })
  expect(shown.feed).toBe('ok')
  run(8, 8.25, { frame: true, paint: false })
  expect([shown.feed, shown.banner, reloads()]).toEqual(['lost', 'stopped', 0])
  run(8.5, 20.5, { frame: true, paint: false })
  expect(reloads()).toBeGreaterThan(0)
})

test('a hidden page is not painted, and that is no fault', () => {
  const { shown, run, reloads } = kennel()
  shown.visible = false
  run(0, 60, { frame: true, paint: false })
  expect([shown.feed, reloads()]).toEqual(['ok', 0])
})

test('h04 frames restart the veil, in turns; silence takes it off', () => {
  const { shown, run } = kennel()
  run(0, 6, { frame: true })
  const turns = shown.beats.filter((beat) => beat !== undefined)
  expect(turns.length).toBeGreaterThan(4)
  for (let i = 1; i < turns.length; i++) expect(turns[i]).not.toBe(turns[i - 1])
  run(6.25, 10)
  expect(shown.beats.at(-1)).toBeUndefined()
})
