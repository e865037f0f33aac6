import { expect, test } from 'vitest'
import { reading } from '../model/testing'
import { en } from '../words/en'
import { word } from './text'
import { age, clock, clockOrDay, minute, offset } from './time'
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
