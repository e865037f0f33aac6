import { expect, test } from 'vitest'
import table from '../../../fixtures/freshness.json'
import { cuffState, freshness } from './freshness'

test('h03 continuous values age by the table shared with Rust', () => {
  expect(table.continuous.length).toBeGreaterThan(80)
  for (const { ageUs, everyUs, state } of table.continuous) {
    expect(freshness(ageUs, everyUs), `age ${ageUs}, every ${everyUs}`).toBe(state)
  }
})

test('h03 cuff readings age by the table shared with Rust', () => {
  expect(table.cuff.length).toBeGreaterThan(40)
  for (const { ageUs, everyUs, state } of table.cuff) {
    expect(cuffState(ageUs, everyUs), `age ${ageUs}, every ${everyUs}`).toBe(state)
  }
})

test('h03 an age that is no number is lost', () => {
  expect(freshness(Number.NaN, 1e6)).toBe('lost')
  expect(cuffState(Number.NaN, 1e6)).toBe('lost')
})
