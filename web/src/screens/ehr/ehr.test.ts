import { describe, expect, it } from 'vitest'
import none from '../../../../fixtures/wire/ehr-none.json'
import answer from '../../../../fixtures/wire/ehr-page.json'
import { read, write } from '../../route'
import { ehrOf } from './ask'

describe('the answer', () => {
  it('of the Rust types is read, and what does not fit is none', () => {
    expect(ehrOf(answer)?.waiting.map(({ kind }) => kind)).toEqual(['ORU^R01', 'MDM^T02', 'MDM^T10'])
    expect(ehrOf(none)?.way).toBeUndefined()
    const bad = [
      { ...answer, tries: '4' },
      { ...answer, waiting: [{}] },
      { ...answer, way: { to: 'x' } },
      { ...answer, refused: [{ session: '1-1' }] },
      { ...answer, lastSent: {} },
      { ...answer, now: undefined },
      null,
    ]
    for (const it of bad) expect(ehrOf(it)).toBeUndefined()
  })
})

describe('the address', () => {
  it('is one of its own', () => {
    expect(read('/ehr')).toEqual({ at: 'ehr' })
    expect(write({ at: 'ehr' })).toBe('/ehr')
  })
})
