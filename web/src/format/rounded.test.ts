import { expect, test } from 'vitest'
import { rounded } from './rounded'

test('digits beyond those of a display are rounded half up, as text', () => {
  for (const [digits, vital, unit, expected] of [
    ['97.65', 'spo2', '%', '98'],
    ['97.49', 'spo2', '%', '97'],
    ['99.50', 'spo2', '%', '100'],
    ['97', 'spo2', '%', '97'],
    ['126.00', 'nibp', 'mm[Hg]', '126'],
    ['0.49', 'nibp', 'mm[Hg]', '0'],
    ['16.9', 'nibp', 'kPa', '16.9'],
    ['36.95', 'temperature', 'Cel', '37.0'],
    ['36.4', 'temperature', 'Cel', '36.4'],
    ['-0.05', 'temperature', 'Cel', '-0.1'],
    ['3.60', 'perfusion_index', '%', '3.60'],
    ['4.87', 'etco2', '%', '4.87'],
  ] as const)
    expect(rounded(digits, vital, unit), `${digits} ${vital} ${unit}`).toBe(expected)
})
