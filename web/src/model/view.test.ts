import { expect, test } from 'vitest'
import type { Item } from '../wire/wire'
import { step } from './state'
import { beat, items, link, message, moment, type ReadingItem, reading, shown, tick } from './testing'
import {
  behind,
  chairWord,
  cuffPulseTile,
  freshNotice,
  heartTile,
  otherTiles,
  reception,
  type Tile,
  vitalTile,
} from './view'

type Shown = ReturnType<typeof shown>
const known = (state: Shown) => {
  const chair = state.chairs.get('1')
  if (chair === undefined) throw new Error('chair 1 is not there')
  return chair
}
const tileOf = (state: Shown, vital: string): Tile => vitalTile(state, known(state), vital)
const spo2 = (at: number, value: string, more = {}) => reading('spo2', at, { value, unit: '%', ...more })
const cuff = (at: number, more: Partial<ReadingItem> = {}) =>
  reading('nibp', at, { systolic: '128', diastolic: '79', mean: '95', unit: 'mm[Hg]', origin: 'cuff', ...more })

/** Keeps frames coming while a reading grows old. */
const aged = (state: Shown, to: number) => step(state, message(to, beat(to)))

test('h03 a value is live, then delayed with its digits, then lost with its last', () => {
  const state = shown(100, [spo2(100, '97')])
  const seen = [103, 103.1, 110, 110.1].map((at) => {
    const { state: is, digits, last } = tileOf(aged(state, at), 'spo2')
    return [is, digits, last?.value]
  })
  expect(seen).toEqual([
    ['live', '97', undefined],
    ['delayed', '97', undefined],
    ['delayed', '97', undefined],
    ['lost', '--', '97'],
  ])
})

test('h03 without frames every digit goes after 10 s, whatever the feed is allowed', () => {
  const state = shown(100, [spo2(100, '97'), cuff(90)], 60)
  const at = (s: number) => step(state, tick(100 + s))
  expect(reception(at(2.9))).toBe('ok')
  expect(reception(at(3))).toBe('quiet')
  expect(tileOf(at(9.9), 'spo2').digits).toBe('97')
  expect(tileOf(at(10), 'spo2').digits).toBe('--')
  expect(tileOf(at(10), 'nibp').digits).toBe('--')
  const again = step(at(30), message(130, items(130, [spo2(130, '96')])))
  expect(tileOf(again, 'spo2').digits).toBe('96')
  expect(tileOf(again, 'nibp').digits, 'comes back by itself').toBe('128/79')
})

test('h03 the wall clock a day off changes nothing while frames come', () => {
  const state = shown(100, [spo2(100, '97')])
  for (const day of [-86_400_000, 86_400_000]) {
    const at = { perfMs: 101_000, dateMs: 101_000 + day }
    const next = step(state, { kind: 'message', at, message: items(101, [spo2(101, '98')]) })
    expect(tileOf(next, 'spo2').state).toBe('live')
  }
})

test('h03 a machine that slept has no digits on the first tick', () => {
  const state = shown(100, [spo2(100, '97')])
  const woke = step(state, { kind: 'tick', at: { perfMs: 100_010, dateMs: 700_000 } })
  expect(tileOf(woke, 'spo2').digits).toBe('--')
})

test('h03 a lost link is said at once; the digits of its source go by their age, those of others stay', () => {
  let state = shown(100, [spo2(100, '97'), cuff(90), reading('resp_rate', 100, { source: 'm2', value: '14' })])
  state = step(state, message(100.2, items(100.2, [link('lost', 100.2)])))
  expect(tileOf(state, 'spo2'), 'late at once').toMatchObject({
    state: 'delayed',
    digits: '97',
    link: { state: 'lost' },
  })
  expect(tileOf(state, 'nibp'), 'a measurement that was made').toMatchObject({ state: 'current', digits: '128/79' })
  expect(tileOf(state, 'nibp').link?.state).toBe('lost')
  expect(tileOf(state, 'resp_rate')).toMatchObject({ state: 'live', link: undefined })
  expect(tileOf(aged(state, 110), 'spo2').state).toBe('delayed')
  const gone = tileOf(aged(state, 110.1), 'spo2')
  expect(gone).toMatchObject({ state: 'lost', digits: '--', last: { value: '97' }, link: { state: 'lost' } })
  state = step(state, message(101, items(101, [link('connecting', 101)])))
  expect(tileOf(state, 'spo2'), 'a value from before the loss is not live again').toMatchObject({
    state: 'delayed',
    link: { state: 'connecting' },
  })
  state = step(state, message(102, items(102, [link('live', 102), spo2(102, '96')])))
  expect(tileOf(state, 'spo2')).toMatchObject({ state: 'live', digits: '96', link: undefined })
})

test('h06 an absence over a link that is gone stays an absence', () => {
  const off = spo2(100, '', { state: 'absent', value: undefined, reason: 'sensor off' })
  const state = step(shown(100, [off]), message(100.2, items(100.2, [link('lost', 100.2)])))
  expect(tileOf(state, 'spo2')).toMatchObject({ state: 'absent', digits: '--', link: { state: 'lost' } })
})

test('h06 an absence is dashes with its reason, never zero, never the last number', () => {
  let state = shown(100, [spo2(100, '97')])
  state = step(
    state,
    message(101, items(101, [spo2(101, '0', { state: 'absent', value: undefined, reason: 'sensor off' })])),
  )
  const tile = tileOf(state, 'spo2')
  expect(tile).toMatchObject({ state: 'absent', digits: '--', reason: 'sensor off', last: { value: '97' } })
})

test('h06 nothing heard is dashes without a number', () => {
  const tile = tileOf(shown(100, []), 'spo2')
  expect(tile).toMatchObject({ state: 'none', digits: '--', last: undefined })
})

test('h07 doubt and demonstration stay with the digits', () => {
  const state = shown(100, [
    spo2(100, '91', { state: 'questionable', reason: 'motion', flags: ['motion'], synthetic: true }),
  ])
  expect(tileOf(state, 'spo2')).toMatchObject({
    state: 'questionable',
    digits: '91',
    doubtful: true,
    reason: 'motion',
    synthetic: true,
  })
  const later = tileOf(aged(state, 106), 'spo2')
  expect([later.state, later.doubtful], 'a delayed value keeps its question mark').toEqual(['delayed', true])
})

test('cuff readings are current to 5 min, old to 15, then gone with the last in small', () => {
  const state = shown(1000, [cuff(1000)])
  const seen = [1300, 1300.1, 1900, 1900.1].map((at) => tileOf(aged(state, at), 'nibp').state)
  expect(seen).toEqual(['current', 'old', 'old', 'lost'])
  const lost = tileOf(aged(state, 1901), 'nibp')
  expect(lost).toMatchObject({ digits: '--', cut: false, last: { systolic: '128' } })
})

test('digits pass through as sent', () => {
  const state = shown(100, [cuff(100, { systolic: '16.50', diastolic: '10.1', mean: '12.20', unit: 'kPa' })])
  expect(tileOf(state, 'nibp')).toMatchObject({ digits: '16.50/10.1', mean: '12.20', unit: 'kPa' })
  const part = shown(100, [cuff(100, { diastolic: undefined, mean: undefined } as never)])
  expect(tileOf(part, 'nibp').digits).toBe('128/--')
})

test('a cuff that measures takes nothing from the reading before it', () => {
  let state = shown(1000, [cuff(900)])
  const measuring = reading('nibp', 1000, { state: 'absent', reason: 'measuring', origin: 'cuff', unit: 'mm[Hg]' })
  state = step(state, message(1001, items(1001, [measuring])))
  expect(tileOf(state, 'nibp')).toMatchObject({ state: 'current', digits: '128/79', measuring: true })
  expect(tileOf(aged(state, 1200), 'nibp').measuring, 'not believed for ever').toBe(false)
  const failed = reading('nibp', 1040, { state: 'absent', reason: 'cuff error', origin: 'cuff', unit: 'mm[Hg]' })
  state = step(state, message(1040, items(1040, [failed])))
  expect(tileOf(state, 'nibp')).toMatchObject({ state: 'absent', digits: '--', reason: 'cuff error' })
})

test('h05 a pulse is never called a heart rate', () => {
  const pulse = reading('pulse_rate', 100, { value: '83', origin: 'pleth' })
  const alone = shown(100, [pulse])
  expect(heartTile(alone, known(alone))).toMatchObject({ vital: 'pulse_rate', label: 'pulse_rate', digits: '83' })
  const off = reading('heart_rate', 100, { state: 'absent', reason: 'sensor off' })
  const both = shown(100, [pulse, off])
  expect(heartTile(both, known(both)), 'no pulse in its place when the leads come off').toMatchObject({
    vital: 'heart_rate',
    digits: '--',
  })
  const either = shown(100, [reading('heart_rate', 100, { value: '80', origin: 'hr_or_pulse' })])
  expect(heartTile(either, known(either)).label).toBe('hr_or_pulse')
  const counted = shown(100, [cuff(100), reading('pulse_rate', 100, { value: '70', origin: 'cuff' })])
  expect(heartTile(counted, known(counted)).state).toBe('none')
  expect(cuffPulseTile(counted, known(counted), tileOf(counted, 'nibp')).digits).toBe('70')
})

test('of two sources the one that can be seen is shown, and it does not flicker', () => {
  const list = [spo2(100, '97', { source: 'b' }), spo2(100.5, '92', { source: 'a' })]
  for (const latest of [list, [...list].reverse()]) {
    expect(tileOf(shown(101, latest), 'spo2').digits).toBe('92')
  }
  const off = [spo2(100, '97', { source: 'b' }), spo2(100, '', { source: 'a', state: 'absent', value: undefined })]
  expect(tileOf(shown(101, off), 'spo2').digits).toBe('97')
})

test("the pulse of an arterial line is nobody else's, and has its own tile", () => {
  const line = reading('pulse_rate', 100, { value: '66', origin: 'line' })
  const state = shown(100, [line])
  expect(heartTile(state, known(state)).state).toBe('none')
  expect(otherTiles(state, known(state)).map(({ vital, site, digits }) => [vital, site, digits])).toEqual([
    ['pulse_rate', 'line', '66'],
  ])
})

test('whatever else a monitor sends has a tile, each site its own', () => {
  const state = shown(100, [
    reading('temperature', 100, { value: '36.8', site: 'T2', unit: 'Cel' }),
    reading('temperature', 100, { value: '37.0', site: 'T1', unit: 'Cel' }),
    reading('etco2', 100, { value: '38' }),
  ])
  expect(otherTiles(state, known(state)).map(({ vital, site, digits }) => [vital, site, digits])).toEqual([
    ['etco2', '', '38'],
    ['temperature', 'T1', '37.0'],
    ['temperature', 'T2', '36.8'],
  ])
})

test('a chair in one word', () => {
  expect(chairWord(shown(0, []), undefined)).toBe('loading')
  const word = (state: Shown) => chairWord(state, known(state))
  expect(word(shown(100, []))).toBe('empty')
  expect(word(shown(100, [link('silent', 90)]))).toBe('waiting')
  const state = shown(100, [spo2(100, '97')])
  expect([101, 105, 120].map((at) => word(aged(state, at)))).toEqual(['live', 'delayed', 'lost'])
  expect(word(shown(2000, [cuff(100), link('live', 100)])), 'a cuff may rest').toBe('live')
})

test('h08 frames that come late for more than 5 s are said', () => {
  let state = shown(100, [])
  for (let s = 1; s <= 8; s++) state = step(state, message(102 + s, beat(100 + s)))
  expect(behind(state)).toBe(true)
  state = step(state, message(111, beat(111)))
  expect(behind(state)).toBe(false)
})

test('of the fresh notices the wall shows the one its monitor ranks highest; old ones go', () => {
  const notice = (seq: number, text: string, priority: string, at: number): Item => ({
    is: 'notice',
    seq,
    source: 'm1',
    text,
    priority,
    received: moment(at),
  })
  const list = [notice(1, 'SPO2 LOW', 'high', 100), notice(2, 'BATTERY', 'advisory', 101), notice(3, 'XX', 'odd', 102)]
  const state = shown(102, list)
  expect(freshNotice(state, known(state))?.notice.text).toBe('SPO2 LOW')
  expect(known(state).notices.map((it) => it.notice.seq)).toEqual([3, 2, 1])
  const later = aged(state, 160.5)
  expect(freshNotice(later, known(later))?.notice.text).toBe('BATTERY')
  const gone = aged(state, 163)
  expect(freshNotice(gone, known(gone))).toBeUndefined()
})
