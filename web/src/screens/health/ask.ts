/** What the server says of itself, checked before anything believes it. */
import type { HealthPage } from '../../wire/wire'

export const HEALTH_PATH = '/api/health'

type Fields = Record<string, unknown>

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isText = (value: unknown): value is string => typeof value === 'string'
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)
const isFlag = (value: unknown): value is boolean => typeof value === 'boolean'
const maybe = (value: unknown, is: (value: unknown) => boolean) => value === undefined || is(value)

/** Fields that have to be there, and fields that may be. */
function has(value: unknown, needed: Checks, optional: Checks = {}): boolean {
  return (
    isObject(value) &&
    Object.entries(needed).every(([name, is]) => is(value[name])) &&
    Object.entries(optional).every(([name, is]) => maybe(value[name], is))
  )
}
type Checks = Readonly<Record<string, (value: unknown) => boolean>>

const isRecording = (value: unknown) => has(value, { ok: isFlag }, { sinceWallUs: isNumber, reason: isText })
const isDisk = (value: unknown) =>
  has(value, { freeBytes: isNumber, logBytes: isNumber, short: isFlag }, { lastsDays: isNumber })
const isBackup = (value: unknown) =>
  has(
    value,
    { late: isFlag },
    { everyH: isNumber, lastWallUs: isNumber, bytes: isNumber, encrypted: isFlag, trouble: isText },
  )
const isCertificate = (value: unknown) => has(value, { endsWallUs: isNumber, renews: isFlag })
const isClock = (value: unknown) => has(value, { zone: isText, wrong: isFlag }, { setByServer: isFlag })
const isQueue = (value: unknown) =>
  has(value, { to: isText, waiting: isNumber, refused: isNumber }, { trouble: isText })
const isRefused = (value: unknown) =>
  has(value, {
    connectionsCut: isNumber,
    requests: isNumber,
    screens: isNumber,
    screensCut: isNumber,
    signInsFailed: isNumber,
    signInsRefused: isNumber,
    updatesDropped: isNumber,
  })
const isNull = (value: unknown) => value === null
const or = (is: (value: unknown) => boolean) => (value: unknown) => isNull(value) || is(value)
const isDatabase = (value: unknown) =>
  has(value, {
    entries: or(isNumber),
    ageUs: or(isNumber),
    trouble: or(isText),
    stuck: isNumber,
    notice: or(isText),
  })
const isListOf = (is: (value: unknown) => boolean) => (value: unknown) => Array.isArray(value) && value.every(is)

/** The answer; `undefined` when it is none. */
export function healthOf(answer: unknown): HealthPage | undefined {
  const fits = has(
    answer,
    {
      now: (value) => has(value, { monoUs: isNumber, wallUs: isNumber }),
      version: isText,
      startedWallUs: isNumber,
      recording: isRecording,
      screens: isNumber,
      sourcesUp: isNumber,
      sources: isNumber,
      backup: isBackup,
      clock: isClock,
      queues: isListOf(isQueue),
      refused: isRefused,
      parts: isListOf(isText),
    },
    { disk: isDisk, certificate: isCertificate, database: isDatabase },
  )
  return fits ? (answer as HealthPage) : undefined
}
