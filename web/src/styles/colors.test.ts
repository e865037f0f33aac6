/**
 * Contrast of everything that is written on the live screen, and how well the colours of the four parameters can be told
 * apart. Computed from the custom properties of base.css.
 */
import { expect, test } from 'vitest'
import css from './base.css?raw'

type Rgb = readonly [number, number, number]

/** The two themes, each also with the colours many bedside monitors have. */
const THEMES = ['dark', 'light', 'dark monitor', 'light monitor'] as const
type Theme = (typeof THEMES)[number]

/** Custom properties of a theme; each block changes some of those before. */
function properties(theme: Theme): Map<string, string> {
  const [light, monitor] = ['[data-theme="light"]', '[data-palette="monitor"]']
  const blocks = [
    ':root {',
    ...(theme.startsWith('light') ? [`html${light} {`] : []),
    ...(theme.endsWith('monitor') ? [`html${monitor} {`] : []),
    ...(theme === 'light monitor' ? [`html${monitor}${light} {`] : []),
  ]
  const found = new Map<string, string>()
  for (const block of blocks) {
    expect(css, 'the style sheet has this block').toContain(block)
    const inside = css.slice(css.indexOf(block) + block.length).split('}')[0] ?? ''
    for (const [, name = '', value = ''] of inside.matchAll(/(--[\w-]+):\s*([^;]+);/g)) found.set(name, value)
  }
  return found
}

function hex(color: string): Rgb {
  const digits = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(color)?.[1]
  if (digits === undefined) throw new Error(`${color} is no colour`)
  const six = digits.length === 3 ? [...digits].map((it) => it + it).join('') : digits
  const at = (n: number) => Number.parseInt(six.slice(n, n + 2), 16) / 255
  return [at(0), at(2), at(4)]
}

/** `rgb(91 42 134 / 45%)` over a ground. */
function over(color: string, ground: Rgb): Rgb {
  const [, r = '', g = '', b = '', share = ''] = /^rgb\((\d+) (\d+) (\d+) \/ (\d+)%\)$/.exec(color) ?? []
  const part = Number(share) / 100
  return [r, g, b].map((it, n) => (Number(it) / 255) * part + (ground[n] ?? 0) * (1 - part)) as unknown as Rgb
}

const linear = (it: number) => (it <= 0.04045 ? it / 12.92 : ((it + 0.055) / 1.055) ** 2.4)
const dot = (row: readonly number[], it: Rgb) => row.reduce((sum, factor, n) => sum + factor * (it[n] ?? 0), 0)
const times = (matrix: readonly (readonly number[])[], it: Rgb) => matrix.map((row) => dot(row, it)) as unknown as Rgb

/** WCAG 2.2, relative luminance and contrast ratio. */
const luminance = (it: Rgb) => dot([0.2126, 0.7152, 0.0722], it.map(linear) as unknown as Rgb)
function contrast(one: Rgb, other: Rgb): number {
  const [more = 0, less = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a)
  return (more + 0.05) / (less + 0.05)
}

/**
 * Machado, Oliveira, Fernandes: A Physiologically-based Model for Simulation of Color Vision Deficiency (2009), severity
 * 1.0, on linear RGB.
 */
const VISION = {
  normal: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  protan: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
  deutan: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
  tritan: [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
} // biome-ignore format: matrices

/** sRGB to XYZ, D65. */
const XYZ = [
  [0.4124564, 0.3575761, 0.1804375],
  [0.2126729, 0.7151522, 0.072175],
  [0.0193339, 0.119192, 0.9503041],
]
const WHITE = [0.95047, 1, 1.08883]

/** CIELAB of linear RGB. */
function lab(it: Rgb): Rgb {
  const root = (t: number) => (t > 216 / 24389 ? Math.cbrt(t) : ((24389 / 27) * t + 16) / 116)
  const [x = 0, y = 0, z = 0] = times(XYZ, it).map((value, n) => root(value / (WHITE[n] ?? 1)))
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)]
}

const seen = (color: Rgb, by: keyof typeof VISION) =>
  times(VISION[by], color.map(linear) as unknown as Rgb).map((it) => Math.min(1, Math.max(0, it))) as unknown as Rgb

/** CIE 1976 colour difference: the unit in which the page claims 26. */
function difference(one: Rgb, other: Rgb, by: keyof typeof VISION): number {
  const [a, b] = [lab(seen(one, by)), lab(seen(other, by))]
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2])
}

const PARAMETERS = ['--hr', '--spo2', '--rr', '--nibp'] as const
const WRITTEN = ['--text', '--muted', ...PARAMETERS] as const

/** Digits of a parameter are large text. */
const large = (name: string) => (name === '--text' || name === '--muted' ? 4.5 : 3)

/** Grounds on which each is written, and the least contrast. */
function written(theme: Theme): [what: string, ratio: number, least: number][] {
  const all = properties(theme)
  const color = (name: string) => hex(name.startsWith('#') ? name : (all.get(name) ?? name))
  const least = theme.startsWith('dark') ? 7 : 5.4
  const pairs: [string, string, number][] = [
    ...WRITTEN.map((name): [string, string, number] => [name, '--tile', least]),
    ...(['--page', '--hatch', '--button'] as const).map((ground): [string, string, number] => ['--text', ground, 7]),
    ['--muted', '--page', 4.5],
    ['--muted', '--hatch', 4.5],
    // Names of the phases, and words on the sign of a link that is gone.
    ['--text', '--edge', 4.5],
    ['--urgent-text', '--urgent', 4.5],
    ['--notice-text', '--look', 7],
    ['--notice-text', '--info', 7],
    ...['#3b4652', '#4a5663', '#5b2a86', '#472069'].map((ground): [string, string, number] => ['#fff', ground, 4.5]),
    // Uprights and outlines of a chart are no text.
    ['--muted', '--tile', 3],
  ]
  const demo = over(all.get('--demo') ?? '', color('--tile'))
  return [
    ...pairs.map(([text, ground, need]): [string, number, number] => [
      `${text} on ${ground}`,
      contrast(color(text), color(ground)),
      need,
    ]),
    // Large digits and their words on the stripes of a demonstration.
    ...WRITTEN.map((name): [string, number, number] => [
      `${name} on the demo stripes`,
      contrast(color(name), demo),
      large(name),
    ]),
  ]
}

for (const theme of THEMES) {
  test(`everything written on the ${theme} live screen has its contrast`, () => {
    // To one decimal, as the figures are claimed: HR on white is 5.35.
    const low = written(theme).filter(([, ratio, least]) => Math.round(ratio * 10) / 10 < least)
    expect(low).toEqual([])
  })
}

function nearest(theme: Theme, by: keyof typeof VISION): [string, number] {
  const all = properties(theme)
  const pairs = PARAMETERS.flatMap((one, n) => PARAMETERS.slice(n + 1).map((other) => [one, other] as const))
  const found = pairs.map(([one, other]): [string, number] => [
    `${one} ${other}`,
    difference(hex(all.get(one) ?? ''), hex(all.get(other) ?? ''), by),
  ])
  return found.reduce((a, b) => (b[1] < a[1] ? b : a))
}

test('any two parameters of the dark screen are 26 units apart for every kind of colour vision', () => {
  for (const by of Object.keys(VISION) as (keyof typeof VISION)[]) {
    const [pair, units] = nearest('dark', by)
    expect(units, `${by}: ${pair}`).toBeGreaterThanOrEqual(26)
  }
})

test('on the light screen colours alone do not tell all of them apart: nothing may rest on them', () => {
  // Dark colours on white leave less room. Panel, shape and name tell the lines apart (charts/series.test.ts).
  expect(nearest('light', 'normal')[1]).toBeGreaterThanOrEqual(26)
  const found = (['protan', 'deutan', 'tritan'] as const).map((by) => nearest('light', by))
  expect(found.map(([pair, units]) => `${pair} ${units.toFixed(1)}`)).toEqual([
    '--spo2 --rr 12.5',
    '--spo2 --rr 6.9',
    '--hr --spo2 14.3',
  ])
})

test('the difference of two colours is the one of the reference: red and green, then white and black', () => {
  expect(difference([1, 0, 0], [0, 1, 0], 'normal')).toBeCloseTo(170.57, 1)
  expect(difference([1, 1, 1], [0, 0, 0], 'normal')).toBeCloseTo(100, 2)
  expect(contrast([1, 1, 1], [0, 0, 0])).toBeCloseTo(21)
})
