import { expect, test } from 'vitest'
import { check, parse } from './parse'
import type { Timed } from './replay'

const FIXTURES = import.meta.glob<unknown>('../../../fixtures/wire/*.json', { import: 'default', eager: true })
const KINDS = ['hello', 'roster', 'snapshot', 'history', 'items', 'dropped', 'beat', 'refused', 'bye']

const kindOf = (value: unknown): unknown => (value as { kind?: unknown } | null)?.kind
const name = (path: string) => path.replace(/^.*\//, '')

test('every message the server writes in its fixtures is understood whole', () => {
  const messages = Object.entries(FIXTURES).filter(([, value]) => KINDS.includes(String(kindOf(value))))
  const seen = new Set(messages.map(([, value]) => kindOf(value)))
  expect([...seen].sort()).toEqual([...KINDS].sort())
  for (const [path, value] of messages) {
    expect(parse(JSON.stringify(value)), name(path)).toMatchObject({ ok: true, skipped: 0 })
  }
})

test('every recorded session is understood whole', () => {
  const sessions = Object.entries(FIXTURES).filter(([path]) => name(path).startsWith('session-'))
  expect(sessions.length).toBeGreaterThan(3)
  for (const [path, session] of sessions) {
    for (const { message } of session as Timed[]) {
      expect(check(message), name(path)).toMatchObject({ ok: true, skipped: 0 })
    }
  }
})

const moment = { monoUs: 1, wallUs: 1 }
const good = {
  is: 'reading',
  seq: 1,
  source: 's',
  vital: 'spo2',
  state: 'valid',
  value: '97',
  unit: '%',
  at: moment,
  received: moment,
}
const items = (...list: unknown[]) => ({ kind: 'items', chair: '1', now: moment, items: list })

test('a bad item costs only itself', () => {
  const bad = [
    { ...good, value: 97 },
    { ...good, value: '9 7' },
    { ...good, value: 'NaN' },
    { ...good, state: 'sure' },
    { ...good, at: { monoUs: '1', wallUs: 1 } },
    { ...good, seq: null },
    { is: 'wave', seq: 2 },
    null,
    7,
  ]
  const said = check(items(...bad, good))
  expect(said).toMatchObject({ ok: true, skipped: bad.length })
  expect(said.ok && said.message.kind === 'items' && said.message.items).toHaveLength(1)
})

test('a message that lacks what it must have is none', () => {
  for (const value of [
    null,
    [],
    'hello',
    { kind: 7 },
    { kind: 'toString' },
    { kind: 'items', chair: '1', items: [] },
    { kind: 'snapshot', chair: '1', head: 1, now: moment, latest: [] },
    { kind: 'roster', chairs: [{ id: 1, name: 'x' }], feeds: [] },
    { kind: 'beat', now: moment, recording: {}, marks: [] },
  ]) {
    expect(check(value).ok, JSON.stringify(value)).toBe(false)
  }
})

test('h21 a reading that does not say so is no demonstration', () => {
  const said = check(items(good))
  expect(said.ok && said.message.kind === 'items' && said.message.items[0]).toMatchObject({ synthetic: false })
})
