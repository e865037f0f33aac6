import { describe, expect, it } from 'vitest'
import answers from '../../../../fixtures/wire/answers-states.json'
import answer from '../../../../fixtures/wire/health-page.json'
import { read, write } from '../../route'
import type { HealthPage } from '../../wire/wire'
import { healthOf } from './ask'
import { findings, size } from './findings'

const page = (change: Partial<HealthPage> = {}): HealthPage => {
  const found = healthOf(answer)
  if (found === undefined) throw new Error('the answer of the Rust types is not read')
  return { ...found, ...change }
}

const marks = (of: HealthPage) => Object.fromEntries(findings(of, 'UTC').map((it) => [it.of, it.mark]))
const said = (of: HealthPage, subject: string) =>
  findings(of, 'UTC')
    .filter((it) => it.of === subject)
    .flatMap((it) => it.lines)
    .join(' ')

describe('the answer', () => {
  it('of the Rust types is read, and what does not fit is none', () => {
    expect(healthOf(answer)?.queues.map(({ to }) => to)).toEqual(['log', 'database', 'ehr'])
    const bad = [{ ...answer, screens: '3' }, { ...answer, queues: [{}] }, { ...answer, disk: { freeBytes: 1 } }, null]
    for (const it of bad) expect(healthOf(it)).toBeUndefined()
    const { disk: _, certificate: __, ...least } = answer
    expect(healthOf(least)).toBeDefined()
  })
})

describe('the answer that is recorded for the replay', () => {
  it('is whole', () => {
    expect(healthOf(answers['/api/health'])).toEqual(answers['/api/health'])
  })
})

describe('findings', () => {
  it('h28: say of a backup how old it is and why there is no newer one', () => {
    expect(marks(page()).backup).toBe('wrong')
    expect(said(page(), 'backup')).toContain('No such file')
    const { backup } = page()
    const well = { late: false, lastWallUs: 1, everyH: 24, encrypted: true }
    for (const [change, mark] of [
      [well, 'well'],
      [{ ...well, trouble: 'the disk is full' }, 'look'],
      [{ late: true }, 'look'],
      [{ ...backup, late: true }, 'wrong'],
    ] as const)
      expect(marks(page({ backup: change })).backup).toBe(mark)
  })

  it('h27: say how far the database is behind, and that nothing is lost by it', () => {
    expect(marks(page()).copy).toBe('look')
    expect(said(page(), 'copy')).toContain('connection refused')
    expect(said(page(), 'copy')).toMatch(/4200.*13 min.*recorded on this server/)
    const none = { entries: null, ageUs: null, trouble: null, stuck: 0, notice: null }
    expect(said(page({ database: none }), 'copy')).toContain('not reached')
    expect(marks(page({ database: { ...none, entries: 0 } })).copy).toBe('well')
    expect(marks(page({ database: { ...none, entries: 0, stuck: 1 } })).copy).toBe('look')
    const { database: _, ...without } = page()
    expect(marks(without as HealthPage).copy).toBeUndefined()
  })

  it('h24: count what was refused', () => {
    expect(said(page(), 'refused')).toMatch(/14.*2.*1.*3.*30/)
    const none = {
      connectionsCut: 0,
      requests: 0,
      screens: 0,
      screensCut: 0,
      signInsFailed: 0,
      signInsRefused: 0,
      updatesDropped: 0,
    }
    expect(said(page({ refused: none }), 'refused')).toBe('Nothing.')
    expect(marks(page({ refused: { ...none, screens: 1 } })).refused).toBe('look')
    expect(marks(page({ refused: { ...none, signInsRefused: 9 } })).refused).toBe('look')
  })

  it('h10: say that nothing is recorded, since when and why', () => {
    expect(marks(page()).recording).toBe('well')
    const not = page({ recording: { ok: false, sinceWallUs: 1.79e15, reason: 'the disk is full' } })
    expect(marks(not).recording).toBe('wrong')
    expect(said(not, 'recording')).toContain('the disk is full')
    const behind = page({ queues: [{ to: 'database', waiting: 7, refused: 0, trouble: 'the disk reports an error' }] })
    expect(marks(behind).recording).toBe('look')
  })

  it('judge disk, clock, certificate and queue', () => {
    const disk = { freeBytes: 3e9, logBytes: 1e9, lastsDays: 9, short: true }
    expect(marks(page({ disk })).disk).toBe('look')
    expect(said(page({ disk }), 'disk')).toContain('9 days')
    expect(marks(page({ clock: { zone: 'UTC', wrong: true } })).clock).toBe('wrong')
    expect(marks(page({ clock: { zone: 'UTC', wrong: false } })).clock).toBe('look')
    const now = page().now.wallUs
    const days = (count: number, renews: boolean) => ({ endsWallUs: now + count * 86400e6, renews })
    for (const [certificate, mark] of [
      [days(90, false), 'well'],
      [days(20, false), 'look'],
      [days(20, true), 'well'],
      [days(-1, true), 'wrong'],
    ] as const)
      expect(marks(page({ certificate })).certificate).toBe(mark)
    expect(marks(page()).ehr).toBe('look')
    expect(marks(page({ queues: [] })).ehr).toBeUndefined()
    expect(marks(page({ sources: 0, sourcesUp: 0 })).sources).toBe('look')
  })

  it('write sizes for people', () => {
    expect([0, 999, 1500, 910e6, 1.2e11].map(size)).toEqual(['0 byte', '999 byte', '1.5 kB', '910 MB', '120 GB'])
  })
})

describe('the address', () => {
  it('is one of its own', () => {
    expect(read('/health')).toEqual({ at: 'health' })
    expect(write({ at: 'health' })).toBe('/health')
  })
})
