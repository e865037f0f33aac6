import { expect, test } from 'vitest'
import { ALL, LINES, question } from './audit_question'

const utc = (text: string) => Date.parse(text) * 1000

test('nothing typed asks for the newest lines', () => {
  expect(question(ALL, 'UTC')).toEqual({ limit: LINES })
})

test('days are those of the clinic, and the last one counts in, also when the clocks change', () => {
  const asked = question({ ...ALL, from: '2026-03-29', to: '2026-03-29' }, 'Europe/Berlin')
  expect(asked.fromUs).toBe(utc('2026-03-28T23:00:00Z'))
  expect(asked.toUs).toBe(utc('2026-03-29T22:00:00Z'))
})

test('only what was typed is asked, without blanks around it; the next page goes on from the cursor', () => {
  const asked = question({ ...ALL, who: ' Ana ', what: 'entry', patient: '  ' }, 'UTC', '17//4')
  expect(asked).toEqual({ limit: LINES, who: 'Ana', what: 'entry', before: '17//4' })
})
