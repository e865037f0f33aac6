import { expect, test } from 'vitest'
import { items, reading } from '../model/testing'
import { Sequences } from './sequences'

test('minutes lead to entries: the first at or after a time, whatever came first', () => {
  const sequences = new Sequences()
  const at = (second: number, seq: number) => reading('spo2', second, { seq, value: '97' })
  sequences.take(items(20, [at(20, 200), at(20, 201), at(22, 220)]))
  const history = { kind: 'history', chair: '1', items: [at(10, 100), at(20, 200)], through: 200, done: true } as const
  sequences.take({ ...history, items: [...history.items] })
  const wall = (second: number) => (1_000_000 + second) * 1e6
  const cases: [number, number | undefined][] = [
    [5, 100],
    [10, 100],
    [11, 200],
    [20, 200],
    [21, 220],
    [23, undefined],
  ]
  for (const [second, seq] of cases) expect(sequences.firstAfter('1', wall(second)), String(second)).toBe(seq)
  expect(sequences.firstAfter('2', 0)).toBeUndefined()
})
