/** The course as a table for other programs. Pure. */
import { isoDay, offset } from '../../format/time'
import type { Course, CourseRow, CourseValues } from '../../wire/wire'
import { scoresOn } from './plan'

/** A program that opens tables would compute what begins like this. */
const FORMULA = /^[=+\-@\t\r]/
const NUMBER = /^-?\d+(\.\d+)?$/

/** One field: quoted where it has to be, and never a formula. */
export function field(said: string): string {
  const safe = FORMULA.test(said) && !NUMBER.test(said) ? `'${said}` : said
  return /[",\r\n']/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** ISO 8601 with the offset of the clinic's zone. */
export function isoTime(us: number, zone: string): string {
  const shift = offset(us, zone)
  const [, sign, hours = '0', minutes = '0'] = /^([+-])(\d\d):(\d\d)/.exec(shift) ?? []
  const ahead = (sign === '-' ? -60 : 60) * (Number(hours) * 60 + Number(minutes))
  return new Date(us / 1000 + ahead * 1000).toISOString().replace(/\.\d+Z$/, shift)
}

type Of = (row: CourseRow, course: Course, zone: string) => string | number | undefined

const values = (name: string, of: (row: CourseRow) => CourseValues): [string, Of][] => [
  [`${name}_systolic_mmHg`, (row) => of(row).sys],
  [`${name}_diastolic_mmHg`, (row) => of(row).dia],
  [`${name}_heart_rate_per_min`, (row) => of(row).hr],
]

const COLUMNS: readonly [string, Of][] = [
  ['session', ({ number }) => number],
  ['of', ({ of }) => of],
  ['session_id', ({ id }) => id],
  ['date', (row, _, zone) => isoDay(row.openedUs, zone)],
  ['opened', (row, _, zone) => isoTime(row.openedUs, zone)],
  ['days_since_last', ({ daysSince }) => daysSince],
  ['template', ({ template }) => template],
  ['phase', ({ phase }) => phase],
  ['dose_as_documented', ({ dose }) => dose],
  ['infusion_min', ({ minutes }) => minutes],
  ['planned_min', ({ plannedMin }) => plannedMin],
  ...values('baseline', ({ baseline }) => baseline),
  ...values('peak', ({ peak }) => peak),
  ...values('stop', ({ stop }) => stop),
  ...values('leaving', ({ leaving }) => leaving),
  ['lowest_spo2_percent', ({ lowestSpo2 }) => lowestSpo2],
  ['min_to_peak_systolic', ({ minutesToPeak }) => minutesToPeak],
  ['min_pressure_above', ({ minutesOver }) => minutesOver],
  ['worst_side_effects', ({ worst }) => worst.map(({ entry, score }) => `${entry} ${score}`).join('; ')],
  ['lowest_moaas', ({ lowestMoaas }) => lowestMoaas],
  ['drugs', ({ drugs }) => drugs.join('; ')],
  ['min_to_ready', ({ minutesToReady }) => minutesToReady],
  [
    'scores',
    (row, { scores }, zone) =>
      scoresOn(scores, row, zone)
        .map(({ scale, score }) => `${scale} ${score}`)
        .join('; '),
  ],
  ['stopped_early', ({ stoppedEarly }) => stoppedEarly],
  ['signed', ({ signed }) => (signed ? 'yes' : 'no')],
  ['found', ({ has }) => has.join('; ')],
]

/** Lines end with CR LF, as RFC 4180 has it. */
export function courseCsv(course: Course, zone: string): string {
  const lines = course.rows.map((row) => COLUMNS.map(([, of]) => field(String(of(row, course, zone) ?? ''))).join(','))
  return `${[COLUMNS.map(([name]) => name).join(','), ...lines].join('\r\n')}\r\n`
}
