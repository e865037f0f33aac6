/** Several devices on one chair: which one a tile shows, what it says of the first choice, and when that comes back. */
import { expect, test } from 'vitest'
import { insteadText } from '../format/value'
import type { Prefer } from '../wire/wire'
import { type State, step } from './state'
import { after, beat, hello, items, link, message, moment, type ReadingItem, reading, snapshot } from './testing'
import { heartTile, pulseTile, type Tile, vitalTile } from './view'

const ORDER: Prefer[] = [
  { vital: 'nibp', sources: ['cuff-1', 'gateway', 'nonin-1'] },
  { vital: 'spo2', sources: ['nonin-1', 'gateway', 'cuff-1'] },
  { sources: ['gateway', 'nonin-1', 'cuff-1'] },
]

const room = (latest: ReadingItem[], prefer: Prefer[] = ORDER, at = 100): State =>
  after(
    message(at, hello(at)),
    message(at, { kind: 'roster', chairs: [{ id: '1', name: 'One', prefer }], feeds: [] }),
    message(at, snapshot(at, latest)),
  )
const known = (state: State) => {
  const chair = state.chairs.get('1')
  if (chair === undefined) throw new Error('chair 1 is not there')
  return chair
}
const tileOf = (state: State, vital = 'spo2'): Tile => vitalTile(state, known(state), vital)
const says = (state: State, vital = 'spo2') => insteadText(tileOf(state, vital), undefined, 'UTC')
const spo2 = (source: string, at: number, value: string, more = {}) =>
  reading('spo2', at, { source, value, unit: '%', origin: 'pleth', ...more })
const off = (source: string, at: number) =>
  spo2(source, at, '', { state: 'absent', value: undefined, reason: 'sensor off' })
const cuff = (source: string, at: number, systolic: string) =>
  reading('nibp', at, { source, systolic, diastolic: '80', unit: 'mm[Hg]', origin: 'cuff' })
const live = (state: State, at: number, ...list: ReadingItem[]) => step(state, message(at, items(at, list)))
const both = () => room([spo2('nonin-1', 100, '97'), spo2('gateway', 100, '94')])

test('the declared first choice is shown, whoever spoke last', () => {
  const state = live(both(), 101, spo2('gateway', 101, '93'))
  expect(tileOf(state)).toMatchObject({ digits: '97', instead: undefined })
  const reverse = room([spo2('nonin-1', 100, '97'), spo2('gateway', 100, '94')], [{ sources: ['gateway', 'nonin-1'] }])
  expect(tileOf(reverse).digits, 'without a declaration the order of the configuration').toBe('94')
})

test('a first choice that grows too old is replaced, and the tile says since when', () => {
  let state = both()
  for (let at = 101; at <= 110; at++) state = live(state, at, spo2('gateway', at, '94'))
  expect(tileOf(state), 'delayed is not lost').toMatchObject({ digits: '97', state: 'delayed', instead: undefined })
  state = live(state, 110.5, spo2('gateway', 110.5, '94'))
  expect(tileOf(state)).toMatchObject({ digits: '94', state: 'live', reading: { source: 'gateway' } })
  expect(says(state)).toBe('From gateway: nonin-1 lost since 13:48:20')
})

test('a first choice whose link goes is replaced at once', () => {
  const state = step(both(), message(100.2, items(100.2, [link('lost', 100.2, 'nonin-1')])))
  expect(tileOf(state)).toMatchObject({ digits: '94', instead: { because: 'linkLost', source: 'nonin-1' } })
  expect(says(state)).toBe('From gateway: nonin-1 link lost since 13:48:20')
})

test('a probe that is off is replaced with its reason, and comes back after 3 s of valid values', () => {
  let state = live(both(), 101, off('nonin-1', 101), spo2('gateway', 101, '94'))
  expect(says(state)).toBe('From gateway: nonin-1 says sensor off')
  const seen: string[] = []
  for (let at = 102; at <= 106; at++) {
    state = live(state, at, spo2('nonin-1', at, '98'), spo2('gateway', at, '94'))
    seen.push(tileOf(state).digits)
  }
  expect(seen).toEqual(['94', '94', '94', '98', '98'])
})

test('a probe that comes on and off every second does not swap the numbers', () => {
  let state = both()
  const seen = new Set<string>()
  for (let at = 101; at <= 130; at++) {
    const first = at % 2 === 0 ? spo2('nonin-1', at, '98') : off('nonin-1', at)
    state = live(state, at, first, spo2('gateway', at, '94'))
    seen.add(tileOf(state).digits)
  }
  expect([...seen]).toEqual(['94'])
})

test('h07 a doubtful first choice stays with its question mark; in doubt alone it does not come back', () => {
  const doubt = (at: number) => spo2('nonin-1', at, '91', { state: 'questionable', reason: 'motion' })
  let state = live(both(), 101, doubt(101), spo2('gateway', 101, '94'))
  expect(tileOf(state)).toMatchObject({ digits: '91', doubtful: true })
  state = live(state, 102, off('nonin-1', 102), spo2('gateway', 102, '94'))
  for (let at = 103; at <= 110; at++) state = live(state, at, doubt(at), spo2('gateway', at, '94'))
  expect(tileOf(state).digits).toBe('94')
})

test('a first choice that comes back is shown at once where nobody else has a number', () => {
  let state = live(both(), 101, off('nonin-1', 101), off('gateway', 101))
  expect(tileOf(state)).toMatchObject({ digits: '--', reason: 'sensor off', reading: { source: 'nonin-1' } })
  state = live(state, 102, spo2('nonin-1', 102, '98'))
  expect(tileOf(state).digits).toBe('98')
})

test('after a lost link the first choice has to be steady before it is taken again', () => {
  let state = step(both(), message(100.2, items(100.2, [link('lost', 100.2, 'nonin-1')])))
  state = step(state, message(101, items(101, [link('live', 101, 'nonin-1')])))
  const seen: string[] = []
  for (let at = 101; at <= 105; at++) {
    state = live(state, at, spo2('nonin-1', at, '98'), spo2('gateway', at, '94'))
    seen.push(tileOf(state).digits)
  }
  expect(seen).toEqual(['94', '94', '94', '98', '98'])
})

test('a declared device that was never heard is missed; an undeclared one is not', () => {
  const alone = room([spo2('gateway', 100, '94'), reading('resp_rate', 100, { source: 'nonin-1', value: '14' })])
  expect(says(alone)).toBe('From gateway: nothing from nonin-1 yet')
  expect(says(alone, 'resp_rate')).toBeUndefined()
})

test('a source nobody declared is forgotten an hour after its last word', () => {
  const plain: Prefer[] = [{ sources: ['gateway', 'nonin-1'] }]
  const at = (age: number) => room([spo2('gateway', 5000 - age, '94'), spo2('nonin-1', 5000, '97')], plain, 5000)
  expect(says(at(3600))).toMatch(/^From nonin-1: gateway lost since/)
  expect(says(at(3601))).toBeUndefined()
  const only = room([spo2('gateway', 100, '94')], plain, 5000)
  expect(tileOf(only), 'the only one stays').toMatchObject({ state: 'lost', last: { value: '94' } })
})

test('h05 within one source respiration comes from CO2, else from impedance, and says so', () => {
  const rr = (origin: string, value: string, more = {}) => reading('resp_rate', 100, { origin, value, ...more })
  const list = [rr('pleth', '18'), rr('impedance', '14'), rr('co2', '12')]
  const all = room(list, [])
  expect(tileOf(all, 'resp_rate').digits).toBe('12')
  const without = room([...list.slice(0, 2), rr('co2', '', { state: 'absent', value: undefined })], [])
  expect(tileOf(without, 'resp_rate').digits).toBe('14')
  expect(says(without, 'resp_rate')).toBe('From impedance: CO₂ says no value')
})

test('h02 of two cuffs a current reading of the declared one holds, then the newest counts', () => {
  const list = [cuff('cuff-1', 1000, '120'), cuff('gateway', 1200, '131')]
  expect(tileOf(room(list, ORDER, 1300), 'nibp')).toMatchObject({ digits: '120/80', instead: undefined })
  expect(tileOf(room(list, ORDER, 1301), 'nibp')).toMatchObject({ digits: '131/80', instead: undefined })
  const plain: Prefer[] = [{ sources: ['cuff-1', 'gateway'] }]
  expect(tileOf(room(list, plain, 1300), 'nibp').digits, 'nobody declared one').toBe('131/80')
})

test('h05 one whole reading is shown: a missing part is not taken from the other device', () => {
  const part = { ...cuff('cuff-1', 100, '120'), diastolic: undefined } as unknown as ReadingItem
  const state = room([part, cuff('gateway', 99, '131')])
  expect(tileOf(state, 'nibp').digits).toBe('120/--')
})

test('h05 the pulse beside a saturation is of the same device', () => {
  const pulse = (source: string, value: string) => reading('pulse_rate', 100, { source, value, origin: 'pleth' })
  const state = room([spo2('nonin-1', 100, '97'), pulse('gateway', '70'), pulse('nonin-1', '71')])
  expect(pulseTile(state, known(state), tileOf(state)).digits).toBe('71')
  expect(pulseTile(state, known(state)).digits).toBe('70')
})

test('h05 a heart rate that nobody sent for an hour makes room for the pulse, under its own name', () => {
  const old = reading('heart_rate', 100, { source: 'gateway', value: '80', origin: 'ecg' })
  const pulse = reading('pulse_rate', 5000, { source: 'nonin-1', value: '71', origin: 'pleth' })
  const state = room([old, pulse], [], 5000)
  expect(heartTile(state, known(state))).toMatchObject({ label: 'pulse_rate', digits: '71' })
  const soon = room([{ ...old, at: moment(4000) }, pulse], [], 5000)
  expect(heartTile(soon, known(soon))).toMatchObject({ label: 'heart_rate', digits: '--' })
})

test('a screen that joins takes what has values now as steady', () => {
  const state = step(both(), message(100.5, beat(100.5)))
  expect(tileOf(state).digits).toBe('97')
})
