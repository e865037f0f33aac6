import { expect, test } from 'vitest'
import { step } from './model/state'
import { beat, items, message, reading, shown, tick } from './model/testing'
import { LOOK_EVERY_MS, Relevant } from './relevant'

const said = (at: number, chair: string) => message(at, items(at, [reading('spo2', at, { value: '97' })], chair))

test('a screen is drawn for its own chair and for what all share, and not for another chair', () => {
  const relevant = new Relevant()
  const state = shown(100, [])
  expect(relevant.of(state, '1')).toBe(state)
  const other = step(state, said(100.1, '2'))
  expect(relevant.of(other, '1')).toBe(state)
  const own = step(other, said(100.11, '1'))
  expect(relevant.of(own, '1')).toBe(own)
  const roster = step(own, message(100.12, { kind: 'roster', chairs: [], feeds: [] }))
  expect(relevant.of(roster, '1')).toBe(roster)
  const failing = step(roster, message(100.13, { ...beat(100.13), recording: { ok: false } } as never))
  expect(relevant.of(failing, '1')).toBe(failing)
})

test('h03 ages are looked at as often as the page ticks, though nothing is said', () => {
  const relevant = new Relevant()
  const state = shown(100, [])
  relevant.of(state, '1')
  const later = step(state, tick(100 + LOOK_EVERY_MS / 1000))
  expect(relevant.of(later, '1')).toBe(later)
})
