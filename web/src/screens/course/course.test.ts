import { describe, expect, it, test } from 'vitest'
import courseFixture from '../../../../fixtures/wire/course.json'
import recordFixture from '../../../../fixtures/wire/record.json'
import { columnsOf } from '../../charts/record'
import type { Course, CourseRow, Series, Session, SessionRecord } from '../../wire/wire'
import { courseCsv, field, isoTime } from './csv'
import { gapOf, type Opened, pointsOf, runsOf, shownPoints, tableOf } from './lines'
import { isEarlyOne, planOf, scalesOf, scoresOn } from './plan'
import { niceTicks } from './svg'

const course = courseFixture as unknown as Course
const [row] = course.rows as [CourseRow]
const { session } = recordFixture as unknown as SessionRecord
const START = 1_772_444_460_000_000

const series = (vital: string, atMin: number[], value: (number | null)[], more: Partial<Series> = {}): Series => ({
  vital,
  source: 'm1',
  typed: false,
  unit: '/min',
  decimals: 0,
  seq: atMin.map(() => 1),
  atMs: atMin.map((min, n) => Math.round((min - (atMin[n - 1] ?? 0)) * 60_000)),
  receivedMs: atMin.map(() => 0),
  value,
  state: {},
  ...more,
})

const opened = (list: Series[], more: Partial<Session> = {}): Opened => ({
  session: { ...session, acts: [], started: { monoUs: 0, wallUs: START }, baseline: [], ...more },
  columns: columnsOf({ beginUs: START, series: list }),
})

describe('c2 sessions over one another', () => {
  it('are counted from the start of the infusion, the middle value of each minute', () => {
    const it = opened([series('heart_rate', [0.1, 0.2, 0.3, 1.5], [70, 90, 72, 80])])
    expect(pointsOf(it, 'heart')).toEqual([
      { min: 0.5, value: 72 },
      { min: 1.5, value: 80 },
    ])
  })

  it('take every cuff reading, and none that is marked, doubted or of a demonstration', () => {
    const list = [
      series('nibp', [0, 10, 20, 30, 40], [120, 130, 140, 150, 160], {
        low: [70, 75, 80, 85, 90],
        origin: 'cuff',
        state: { 1: 'motion', 2: 'demo' },
      }),
    ]
    const act = { is: 'artefact' as const, vital: 'nibp', first: 4, last: 4, reason: 'cuff bent' }
    const [kept] = session.acts
    if (kept === undefined) throw new Error('no act')
    const marked = opened(list, { acts: [{ ...kept, act, undone: false }] })
    expect(pointsOf(marked, 'systolic').map(({ value }) => value)).toEqual([120, 160])
    expect(pointsOf(marked, 'diastolic').map(({ value }) => value)).toEqual([70, 90])
    const undone = opened(list, { acts: [{ ...kept, act, undone: true }] })
    expect(pointsOf(undone, 'systolic').map(({ value }) => value)).toEqual([120, 150, 160])
  })

  it('are never joined over a gap', () => {
    const points = [0, 1, 2, 9, 10].map((min) => ({ min, value: 70 }))
    expect(runsOf(points, gapOf('heart')).map((run) => run.length)).toEqual([3, 2])
    expect(
      runsOf(
        [0, 15, 50].map((min) => ({ min, value: 120 })),
        gapOf('systolic'),
      ).map((run) => run.length),
    ).toEqual([2, 1])
  })

  it('as change need a baseline: without one there is no line', () => {
    const list = [series('heart_rate', [0.1], [80])]
    expect(shownPoints(opened(list), 'heart', true)).toEqual([])
    const known = opened(list, { baseline: [{ vital: 'heart_rate', values: ['72'] }] })
    expect(shownPoints(known, 'heart', true)).toEqual([{ min: 0.5, value: 8 }])
    expect(shownPoints(known, 'heart', false)).toEqual([{ min: 0.5, value: 80 }])
  })

  it('have no line where the infusion never started', () => {
    const { started: _, ...never } = opened([series('heart_rate', [0.1], [80])]).session
    expect(pointsOf({ ...opened([series('heart_rate', [0.1], [80])]), session: never }, 'heart')).toEqual([])
  })

  it('stand in a table, the last value of each window', () => {
    expect(
      tableOf(
        [
          { min: -3, value: 1 },
          { min: 2, value: 2 },
          { min: 9, value: 3 },
        ],
        10,
      ),
    ).toEqual(
      new Map([
        [-10, 1],
        [0, 3],
      ]),
    )
  })
})

test('c5 what was planned against what was done', () => {
  const { daysSince: _, ...first } = row
  const rows = [1, 2, 4].map((number) => ({ ...first, id: `1-${number}`, number, of: 6, phase: 'discharged' }))
  const all: Course = {
    ...course,
    rows: [
      ...rows.map((it, n) => ({ ...it, ...(n === 0 ? {} : { daysSince: 3 * n }) })),
      { ...first, id: '1-9', number: 5, of: 8, phase: 'cancelled' },
    ],
  }
  const plan = planOf(all)
  expect([plan.planned, plan.done, plan.missed, plan.days, plan.cancelled.length]).toEqual([8, 3, [3], [3, 6], 1])
  expect(rows.map(isEarlyOne)).toEqual([true, true, false])
})

test('c4 scores by scale; a result that is no number is no point', () => {
  const at = row.openedUs
  const scores = [
    { at: at + 1, scale: 'PHQ-9', score: '14' },
    { at, scale: 'PHQ-9', score: '21' },
    { at, scale: 'Mood', score: '' },
    { at: at + 5 * 86_400e6, scale: 'GAD-7', score: '9' },
  ]
  expect([...scalesOf(scores)].map(([scale, points]) => [scale, points.map(({ value }) => value)])).toEqual([
    ['PHQ-9', [21, 14]],
    ['GAD-7', [9]],
  ])
  expect(scoresOn(scores, row, 'UTC').map(({ score }) => score)).toEqual(['14', '21', ''])
})

describe('c8 the table for other programs', () => {
  it.each([
    ['plain', 'plain'],
    ['a,b', '"a,b"'],
    ['say "so"', '"say ""so"""'],
    ['=1+1', `"'=1+1"`],
    ['+49 30', `"'+49 30"`],
    ['@x', `"'@x"`],
    ['-5', '-5'],
    ['two\nlines', '"two\nlines"'],
  ])('a field %j is %j', (said, written) => expect(field(said)).toBe(written))

  it('has a line for each session, as many fields in each, and times with their offset', () => {
    const lines = courseCsv(course, 'Europe/Berlin').trimEnd().split('\r\n')
    expect(lines).toHaveLength(course.rows.length + 1)
    expect(lines[0]).toMatch(/^session,of,session_id,date,opened,/)
    expect(isoTime(Date.parse('2026-07-01T10:00:00Z') * 1000, 'Europe/Berlin')).toBe('2026-07-01T12:00:00+02:00')
    expect(isoTime(Date.parse('2026-11-01T06:30:00Z') * 1000, 'America/New_York')).toBe('2026-11-01T01:30:00-05:00')
  })

  it('bears no name of the patient', () => {
    expect(courseCsv(course, 'UTC')).not.toContain(course.patient.name.split(',')[0])
  })
})

test('ticks are round, and within', () => {
  expect(niceTicks(0, 100, 5)).toEqual([0, 20, 40, 60, 80, 100])
  expect(niceTicks(-30, 50, 4)).toEqual([-20, 0, 20, 40])
  expect(niceTicks(7, 7, 4)).toEqual([7])
})
