import { expect, test } from 'vitest'
import table from '../../../fixtures/choice.json'
import { type Candidate, choose, chooseCuff } from './choice'

for (const [list, rule, least] of [
  ['continuous', choose, 25],
  ['cuff', chooseCuff, 12],
] as const) {
  test(`a ${list} reading is chosen by the table shared with Rust`, () => {
    const rows = table[list]
    expect(rows.length).toBeGreaterThan(least)
    for (const { shows, sources, declared, candidates, shown, ...why } of rows) {
      const all = candidates as Candidate[]
      const found = rule({ sources, declared }, all)
      expect(found === undefined ? null : all.indexOf(found.shown), shows).toBe(shown)
      expect(found?.why ?? { why: 'none' }, shows).toEqual(why)
    }
  })
}
