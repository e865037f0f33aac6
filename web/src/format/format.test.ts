import { expect, test } from 'vitest'
import { reading } from '../model/testing'
import { en } from '../words/en'
import { word } from './text'
import { age, clock, clockOrDay, countdown, minute, offset } from './time'
import { remarks, source, unit, whole } from './value'

const utc = (text: string) => Date.parse(text) * 1000

test('times are in the zone of the clinic', () => {
  const at = utc('2026-03-14T14:42:05Z')
  expect(clock(at, 'America/New_York')).toBe('10:42:05')
  expect(clock(at, 'Asia/Kolkata')).toBe('20:12:05')
  expect(minute(at, 'Europe/Berlin')).toBe('15:42')
  expect(clock(utc('2026-03-14T23:30:00Z'), 'UTC')).toBe('23:30:00')
})

test('on days when the clocks change the offset tells the two 01:30 apart', () => {
  expect(clock(utc('2026-11-01T05:30:00Z'), 'America/New_York')).toBe('01:30:00-04:00')
  expect(clock(utc('2026-11-01T06:30:00Z'), 'America/New_York')).toBe('01:30:00-05:00')
  expect(offset(utc('2026-07-01T00:00:00Z'), 'UTC')).toBe('+00:00')
})

test('h11 a session over the night when the clocks go back: every moment has a time of its own, in order', () => {
  const start = utc('2026-11-01T05:10:00Z')
  const said = Array.from({ length: 9 }, (_, n) => minute(start + n * 20 * 60e6, 'America/New_York'))
  expect(said).toEqual([
    '01:10-04:00',
    '01:30-04:00',
    '01:50-04:00',
    '01:10-05:00',
    '01:30-05:00',
    '01:50-05:00',
    '02:10-05:00',
    '02:30-05:00',
    '02:50-05:00',
  ])
  expect(new Set(said).size).toBe(said.length)
})

test('h11 when the clocks go forward there is no 02:30, and the offset says why', () => {
  const before = utc('2026-03-29T00:59:00Z')
  expect(clock(before, 'Europe/Berlin')).toBe('01:59:00+01:00')
  expect(clock(before + 60e6, 'Europe/Berlin')).toBe('03:00:00+02:00')
  expect(clockOrDay(before, before + 120e6, 'Europe/Berlin')).toBe('01:59:00+01:00')
})

test('h11 no offset on the other days', () => {
  expect(clock(utc('2026-11-02T06:30:00Z'), 'America/New_York')).toBe('01:30:00')
  expect(clock(utc('2026-10-30T05:30:00Z'), 'America/New_York')).toBe('01:30:00')
})

test.each([
  [0, '0:00'],
  [24, '0:24'],
  [725.9, '12:05'],
  [3725, '1:02:05'],
  [-1, ''],
  [Number.NaN, ''],
])('how long something lasts: %d s is "%s"', (seconds, said) => {
  expect(countdown(seconds * 1e6)).toBe(said)
  expect(countdown(undefined)).toBe('')
})

test('a zone the browser does not know is shown as UTC and says so', () => {
  expect(clock(utc('2026-03-14T14:42:05Z'), 'Mars/Olympus')).toContain('UTC')
})

test('another day is named', () => {
  const now = utc('2026-03-14T14:42:05Z')
  expect(clockOrDay(now - 60e6, now, 'UTC')).toBe('14:41:05')
  expect(clockOrDay(now - 86_400e6, now, 'UTC')).toMatch(/13.*14:42:05/)
})

test('ages are rounded down', () => {
  const cases: [number, string][] = [
    [0, '0 s'],
    [59.9, '59 s'],
    [60, '1 min'],
    [299.9, '4 min'],
    [3600, '1 h 00 min'],
    [86_400 * 3, '3 days'],
  ]
  for (const [seconds, said] of cases) expect(age(seconds * 1e6)).toBe(said)
  expect(age(-1)).toBe('')
  expect(age(undefined)).toBe('')
  expect(age(Number.NaN)).toBe('')
})

test('digits are shown as sent', () => {
  expect(whole(reading('spo2', 0, { value: '097' }))).toBe('097')
  expect(whole(reading('nibp', 0, { systolic: '128', diastolic: '79', mean: '95' }))).toBe('128/79 (95)')
  expect(whole(reading('nibp', 0, { systolic: '128', mean: '95' }))).toBe('128/-- (95)')
  expect(whole(reading('nibp', 0, { mean: '95' }))).toBe('(95)')
})

test('units are clinic words; an unknown one is shown as it came', () => {
  expect(['mm[Hg]', '/min', '%', 'Cel', '[degF]', '1', 'dB'].map(unit)).toEqual([
    'mmHg',
    '/min',
    '%',
    '°C',
    '°F',
    '',
    'dB',
  ])
  expect(word(en.reason, 'sensor off')).toBe('sensor off')
  expect(word(en.reason, 'toString')).toBe('toString')
})

test('h12 the sentence is there, and our own notices are never called alarms', () => {
  expect(en.footer).toBe('Bedside monitor is the primary alarm.')
  const words = JSON.stringify(en, (_, value) => (typeof value === 'function' ? String(value) : value))
  expect(words.replace(en.footer, '')).not.toMatch(/alarm/i)
})

test('a relayed value says which way it came beside its source, not as a remark of the monitor', () => {
  const relayed = reading('heart_rate', 0, { value: '72', origin: 'ecg', flags: ['high limit', 'via VitalRecorder'] })
  expect(source(relayed)).toBe(`${relayed.source} via VitalRecorder, ECG`)
  expect(remarks(relayed)).toEqual(['high limit'])
  const plain = reading('heart_rate', 0, { value: '72' })
  expect(source(plain)).toBe(plain.source)
  expect(remarks(plain)).toEqual([])
})
