import { describe, expect, it, test } from 'vitest'
import provenance from '../../../../fixtures/wire/provenance.json'
import recordFixture from '../../../../fixtures/wire/record.json'
import { columnsOf } from '../../charts/record'
import { dayStart } from '../../format/time'
import { serverMonoUs } from '../../model/clock'
import { inForce } from '../../model/inforce'
import { heartTile, vitalTile } from '../../model/view'
import { read, write } from '../../route'
import type { Act, Kept, Session, SessionRecord, SessionSeries, SessionStood } from '../../wire/wire'
import { record as en } from '../../words/en/record'
import { fileName } from './ask'
import { dump, textRuns } from './bytes'
import { question } from './list'
import { Player, sessionAt } from './player'
import { summaryName } from './say'
import { FORMATS } from './sign'
import { maySign, missing } from './signable'
import { rawIn } from './table'
import { momentIn, sinceText } from './when'

const record = recordFixture as unknown as SessionRecord
const utc = (text: string) => Date.parse(text) * 1000

test.each([
  ['/sessions', { at: 'sessions' }],
  ['/sessions/1-100', { at: 'record', session: '1-100' }],
  ['/sessions/1-100/course', { at: 'course', session: '1-100' }],
  ['/sessions/1-100/replay', { at: 'replay', session: '1-100' }],
] as const)('%s is an address of its own', (path, route) => {
  expect(read(path)).toEqual(route)
  expect(write(route)).toBe(path)
})

test('the filter asks for whole days of the clinic, also on a day on which its clocks change', () => {
  const all = { text: ' doe ', chair: '', from: '2026-11-01', to: '2026-11-01', state: '' as const, has: [] }
  const asked = question(all, 'America/New_York')
  expect(asked.text).toBe('doe')
  expect(asked.fromUs).toBe(utc('2026-11-01T04:00:00Z'))
  // 25 hours.
  expect(asked.toUs).toBe(utc('2026-11-02T05:00:00Z'))
  expect(question({ ...all, to: '' }, 'UTC').toUs).toBeUndefined()
  expect(asked.chair).toBeUndefined()
  expect(dayStart('no day', 'UTC')).toBeUndefined()
  expect(dayStart('2026-03-29', 'Europe/Berlin')).toBe(utc('2026-03-28T23:00:00Z'))
})

test('a time that was typed is the one within the session', () => {
  const [begin, end] = [utc('2026-03-14T22:30:00Z'), utc('2026-03-15T01:00:00Z')]
  expect(momentIn('23:15', begin, end, 'UTC')).toBe(utc('2026-03-14T23:15:00Z'))
  expect(momentIn('00:40', begin, end, 'UTC')).toBe(utc('2026-03-15T00:40:00Z'))
  for (const typed of ['12:00', '25:00', '7', '', '10:99']) expect(momentIn(typed, begin, end, 'UTC')).toBeUndefined()
})

test.each([
  [90e6, 30e6, '0:01:00'],
  [30e6, 90e6, '\u22120:01:00'],
  [30e6, undefined, ''],
])('since the start: %d of %s is "%s"', (at, started, said) => expect(sinceText(at, started)).toBe(said))

test('the name of a file is the server’s, and nothing else of its header', () => {
  expect(fileName('attachment; filename="session-1-100.zip"', 'x')).toBe('session-1-100.zip')
  expect(fileName('attachment; filename="../../etc"', 'x')).toBe('x')
  expect(fileName(null, 'x')).toBe('x')
})

describe('r05 the bytes that said a value', () => {
  it('are marked in the dump and in the text', () => {
    const { bytes, marks } = provenance
    expect(dump(bytes, marks, 8)[0]).toEqual({
      offset: '0000',
      hex: [
        { said: '30 32 20 ', marked: -1 },
        { said: '39 37', marked: 0 },
        { said: ' 20 31 32', marked: -1 },
      ],
      text: [
        { said: '02 ', marked: -1 },
        { said: '97', marked: 0 },
        { said: ' 12', marked: -1 },
      ],
    })
    expect(textRuns(bytes, marks)).toEqual([
      [
        { said: '02 ', marked: -1 },
        { said: '97', marked: 0 },
        { said: ' 12 ', marked: -1 },
      ],
    ])
  })
  it('of a value within its segment are the value’s', () => {
    const marks = [
      { from: 0, to: 4, field: 'OBX segment' },
      { from: 1, to: 2, field: 'value' },
    ]
    expect(textRuns('41424344', marks)[0]?.map(({ marked }) => marked)).toEqual([0, 1, 0])
  })
  it('lose none, in whatever order they stand', () => {
    const said = (width: number) => dump('000102030405060708', [{ from: 2, to: 7, field: 'x' }], width)
    for (const width of [1, 4, 8, 16])
      expect(
        said(width)
          .flatMap(({ hex }) => hex.map((run) => run.said.trim()))
          .join(' '),
      ).toBe('00 01 02 03 04 05 06 07 08')
  })
})

const [opened] = record.session.acts as [Kept]
const kept = (seq: number, act: Act, more: Partial<Kept> = {}): Kept => {
  const wallUs = opened.wallUs + seq * 60e6
  return { ...opened, seq, wallUs, received: { monoUs: wallUs, wallUs }, act, undone: false, ...more }
}
const moved = (seq: number, to: string) => kept(seq, { is: 'moved', to, reason: '' })
const entry = (seq: number, kind: string, text = 'x') => kept(seq, { is: 'entry', entry: kind, text })

describe('r06 signing waits for', () => {
  const checks = [
    'identity confirmed',
    'consent seen',
    'indication',
    'allergies',
    'fasting',
    'medicines',
    'weight',
    'escort',
  ]
  const whole = [
    { ...opened, seq: 0 },
    ...checks.map((kind, n) => entry(n + 1, kind)),
    entry(20, 'dose event'),
    moved(30, 'discharged'),
  ]
  const session = (acts: Kept[], more: Partial<Session> = {}): Session => ({
    ...record.session,
    acts,
    phase: 'discharged',
    next: [],
    started: opened.received,
    baseline: [{ vital: 'heart_rate', values: ['70'] }],
    ...more,
  })
  const what = (it: Session) => missing(it).map((found) => found.kind || found.what)

  it('nothing when all is there', () => expect(missing(session(whole))).toEqual([]))
  it.each([
    ['an open session', session(whole, { phase: 'observing' }), ['over']],
    ['an item of the check-in', session(whole.filter(({ seq }) => seq !== 3)), ['indication']],
    ['a baseline', session(whole, { baseline: [] }), ['baseline']],
    ['a documented dose', session(whole.filter(({ seq }) => seq !== 20)), ['dose event']],
    ['what was undone', session(whole.map((it) => (it.seq === 20 ? { ...it, undone: true } : it))), ['dose event']],
  ])('%s', (_, it, found) => expect(what(it)).toEqual(found))
  it('no dose where nothing was infused, and nothing of a cancelled session', () => {
    const { started: _, ...never } = session(whole.filter(({ seq }) => seq !== 20))
    expect(what(never)).toEqual([])
    expect(what(session([], { phase: 'cancelled' }))).toEqual([])
  })
  it('an item may be left out with a reason', () => {
    const without = whole.filter(({ seq }) => seq !== 3 && seq !== 20)
    const notes = ['indication', 'baseline', 'dose event'].map((kind, n) =>
      entry(40 + n, 'note', `skipped: ${kind}: asked`),
    )
    expect(what(session(without, { baseline: [] }))).toEqual(['indication', 'baseline', 'dose event'])
    expect(what(session([...without, ...notes], { baseline: [] }))).toEqual([])
  })
  it('a clinician or a reviewer', () => {
    expect(['nurse', 'clinician', 'reviewer', 'lead'].map((role) => maySign({ name: 'A', role }))).toEqual([
      false,
      true,
      true,
      false,
    ])
    expect(maySign(undefined)).toBe(false)
  })
})

describe('r07 replay', () => {
  const begin = record.begin.wallUs
  const at = (us: number) => ({ monoUs: us - begin, wallUs: us })
  const S = 1e6
  const beats = Array.from({ length: 60 }, (_, n) => n).filter((n) => n < 20 || n >= 50)
  const data: SessionSeries = {
    beginUs: begin,
    series: [
      {
        vital: 'heart_rate',
        source: 'm1',
        origin: 'ecg',
        typed: false,
        unit: '/min',
        decimals: 0,
        seq: beats.map((n, k) => (k === 0 ? 5000 : n - (beats[k - 1] ?? 0))),
        atMs: beats.map((n, k) => (n - (beats[k - 1] ?? 0)) * 1000),
        receivedMs: beats.map(() => 100),
        value: beats.map((n) => 70 + n),
        state: {},
      },
      {
        vital: 'nibp',
        source: 'm1',
        origin: 'cuff',
        typed: false,
        unit: 'mm[Hg]',
        decimals: 0,
        seq: [5100],
        atMs: [4000],
        receivedMs: [26_000],
        value: [121],
        low: [74],
        mean: [90],
        state: {},
      },
    ],
  }
  const acts = [{ ...opened, received: at(begin), wallUs: begin }, moved(1, 'baseline')].map((it, n) =>
    n === 0 ? it : { ...it, received: at(begin + 10 * S), wallUs: begin + 10 * S },
  )
  const played = (stood?: SessionStood) =>
    new Player(
      {
        ...record,
        chair: '2',
        begin: at(begin),
        end: at(begin + 60 * S),
        notes: [
          { seq: 5020, at: at(begin + 21 * S), source: 'm1', kind: 'link', word: 'lost', text: 'pulled' },
          { seq: 5049, at: at(begin + 49 * S), source: 'm1', kind: 'link', word: 'live', text: 'frames arrive' },
        ],
        limits: [],
        session: { ...record.session, acts, from: 0, opened: at(begin) },
      },
      columnsOf(data),
      undefined,
      stood,
    )
  const heart = (player: Player) => {
    const state = player.store.value
    const chair = state.chairs.get('2')
    if (chair === undefined) throw new Error('no chair')
    const { digits, state: is } = heartTile(state, chair)
    return [digits, is]
  }

  it('shows each moment as the live screen did: blanks and outages too', () => {
    const player = played()
    const shown = [5, 12, 24, 40, 55].map((s) => {
      player.advance(begin + s * S)
      return heart(player)
    })
    expect(shown).toEqual([
      ['74', 'live'],
      ['81', 'live'],
      ['89', 'delayed'],
      ['--', 'lost'],
      ['124', 'live'],
    ])
  })

  it('is the same whether it was played or gone to', () => {
    for (const s of [3, 24, 40, 55]) {
      const [there, gone] = [played(), played()]
      there.advance(begin + s * S)
      gone.seek(begin + s * S)
      expect(heart(gone)).toEqual(heart(there))
    }
  })

  it('shows a reading when it reached the server, not when it was measured', () => {
    const player = played()
    const cuff = (us: number) => {
      player.seek(us)
      const state = player.store.value
      const chair = state.chairs.get('2')
      return chair && vitalTile(state, chair, 'nibp').digits
    }
    expect(cuff(begin + 29 * S)).toBe('--')
    expect(cuff(begin + 31 * S)).toBe('121/74')
  })

  it('shows what was due, the limits and the notices as they stood', () => {
    // The server's monotonic clock is another one than that of the replay.
    const then = (s: number) => ({ monoUs: 7e15 + s * S, wallUs: begin + s * S })
    const spo2 = (limits: string, on = true) => [{ notice: 'spo2', on, limits }]
    const raised = { notice: 'spo2', value: '88', limit: '90', since: then(25) }
    const by = { name: 'Ada Nurse', role: 'nurse' }
    const stood: SessionStood = {
      schedules: [
        { atUs: begin, schedule: { cuffEveryS: 0, marks: [] } },
        { atUs: begin + 20 * S, schedule: { cuffDue: then(50), cuffEveryS: 30, assessDue: then(900), marks: [] } },
        { atUs: begin + 58 * S },
      ],
      limits: [
        { atUs: begin, limits: spo2('urgentLow=90') },
        { atUs: begin + 40 * S, limits: spo2('urgentLow=85') },
        { atUs: begin + 55 * S, limits: spo2('urgentLow=85', false) },
      ],
      hasLimits: true,
      notices: [
        { atUs: begin + 30 * S, notices: [{ ...raised, level: 'look' }] },
        { atUs: begin + 35 * S, notices: [{ ...raised, level: 'urgent', seenBy: by, quietUntil: then(155) }] },
        { atUs: begin + 45 * S, notices: [] },
      ],
    }
    const shown = (player: Player) => {
      const { chairs, clinic, clock, now } = player.store.value
      const chair = chairs.get('2')
      const due = chair?.session?.schedule?.cuffDue
      const left = due && clock && Math.round((due.monoUs - serverMonoUs(clock, now)) / S)
      const limit = inForce(clinic, []).map(({ numbers }) => numbers.get('urgentLow'))
      const says = chair?.limitNotices?.map(({ level, seenBy, since }) => [
        level,
        seenBy?.name,
        since.wallUs === then(25).wallUs,
      ])
      return [left, limit, says]
    }
    const expected: [number, unknown[]][] = [
      [10, [undefined, ['90'], []]],
      [32, [18, ['90'], [['look', undefined, true]]]],
      [42, [8, ['85'], [['urgent', 'Ada Nurse', true]]]],
      [52, [-2, ['85'], []]],
      [59, [undefined, [], []]],
    ]
    const player = played(stood)
    for (const [s, what] of expected) {
      player.advance(begin + s * S)
      expect(shown(player), `played to ${s}`).toEqual(what)
      const gone = played(stood)
      gone.seek(begin + s * S)
      expect(shown(gone), `gone to ${s}`).toEqual(what)
    }
  })

  it('knows of the session what was known then', () => {
    const undo = kept(3, { is: 'undo', of: 2, reason: 'pressed by mistake' })
    const all = [
      { ...opened, seq: 0 },
      { ...entry(2, 'nausea'), undone: true },
      undo,
      moved(4, 'baseline'),
      moved(5, 'infusing'),
    ]
    const session = { ...record.session, acts: all, started: at(opened.wallUs + 5 * 60e6) }
    const then = (minutes: number) => sessionAt(session, opened.wallUs + minutes * 60e6, at)
    expect(then(-1)).toBeUndefined()
    expect(then(2.5)?.acts.map(({ undone }) => undone)).toEqual([false, false])
    expect(then(3.5)?.acts.map(({ undone }) => undone)).toEqual([false, true, false])
    expect([then(3.5)?.phase, then(4.5)?.phase, then(6)?.phase]).toEqual(['checked in', 'baseline', 'infusing'])
    expect([then(4.5)?.started, then(6)?.started?.wallUs]).toEqual([undefined, opened.wallUs + 5 * 60e6])
    expect(then(6)?.next).toEqual(['paused', 'observing'])
  })
})

test('behind a cell stand all values of its window, in order, and none of the next', () => {
  const columns = columnsOf({
    beginUs: 0,
    series: [0, 1].map((n) => ({
      vital: 'spo2',
      source: `s${n}`,
      typed: false,
      unit: '%',
      decimals: 0,
      seq: [1, 2, 2],
      atMs: [500 * n, 30_000, 30_000],
      receivedMs: [0, 0, 0],
      value: [97, 98, 99],
      state: {},
    })),
  })
  const found = rawIn(columns, { vital: 'spo2', fromUs: 0, toUs: 60e6 })
  expect(found.map(({ column, i }) => `${column.source} ${column.text(i)}`)).toEqual([
    's0 97',
    's1 97',
    's0 98',
    's1 98',
  ])
})

const RUST = import.meta.glob<string>('../../../../crates/export/src/format.rs', {
  query: '?raw',
  import: 'default',
  eager: true,
})

test('r05 the summary says whose number time was counted against', () => {
  const key = 'time with spo2 below 90 (fixed), then 88 (own limit)'
  expect(summaryName(key)).toBe('Time with SpO₂ below 90 (fixed), then 88 (patient’s own limit)')
  expect(summaryName('time with pressure from 150 (limit) systolic or 100 (fixed) diastolic on')).toBe(
    'Time with pressure from 150 (limit in force) or 100 (fixed) on',
  )
})

test('every format the server makes is offered, and has words', () => {
  const [rust = ''] = Object.values(RUST)
  const made = [...rust.matchAll(/Self::[A-Z]\w+ => "([a-z0-9-]+)",/g)].map(([, word]) => word ?? '')
  const papers = ['a4', 'letter']
  expect([...FORMATS].sort()).toEqual([...made.filter((word) => !papers.includes(word)), 'record'].sort())
  expect(FORMATS.filter((word) => !Object.hasOwn(en.format, word) || !Object.hasOwn(en.formatDo, word))).toEqual([])
})
