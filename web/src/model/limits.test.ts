import { expect, test } from 'vitest'
import { limitsFit, readLimits, writeLimits } from './limits'

test('limits come back as they went, in their order, and what is not known is kept', () => {
  for (const [text, written] of [
    ['lookLow=94 urgentLow=90 lookHoldS=15 urgentHoldS=10', 'lookLow=94 urgentLow=90 lookHoldS=15 urgentHoldS=10'],
    ['urgentLow=-4 lookLow=-2', 'lookLow=-2 urgentLow=-4'],
    ['newOne=3 lateS=120', 'lateS=120 newOne=3'],
    ['', ''],
    ['=3 x', ''],
  ] as const)
    expect(writeLimits(readLimits(text))).toBe(written)
})

test('a number that was emptied is no limit any more', () => {
  expect(
    writeLimits(
      new Map([
        ['lookLow', ' '],
        ['urgentLow', ' 88 '],
      ]),
    ),
  ).toBe('urgentLow=88')
})

test('only whole numbers can stand there', () => {
  for (const [number, fits] of [
    ['94', true],
    ['-4', true],
    ['', true],
    ['94.5', false],
    ['x', false],
    ['12345', false],
  ] as const)
    expect(limitsFit(new Map([['lookLow', number]]))).toBe(fits)
})
