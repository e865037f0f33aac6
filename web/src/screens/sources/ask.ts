/**
 * What the server says of its sources, checked before anything believes it. One source that does not fit costs only
 * itself.
 */
import type { HeardFrame, Moment, Source, SourceBytes } from '../../wire/wire'

/** Asks one address of the server; a recorded session answers in its place. */
export type Ask = (path: string, signal: AbortSignal) => Promise<unknown>

export const SOURCES_PATH = '/api/sources'
export const bytesPath = (source: string, after: number) =>
  `${SOURCES_PATH}/${encodeURIComponent(source)}/bytes?after=${after}`

/** Asks the server itself. */
export const askServer: Ask = async (path, signal) => {
  const response = await fetch(path, { signal, cache: 'no-store' })
  if (!response.ok) throw new Error(`the server refused (${response.status})`)
  return await response.json()
}

type Fields = Record<string, unknown>

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isText = (value: unknown): value is string => typeof value === 'string'
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)
const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every(isText)
const isMoment = (value: unknown): value is Moment =>
  isObject(value) && isNumber(value.monoUs) && isNumber(value.wallUs)
const maybe = (value: unknown, is: (value: unknown) => boolean) => value === undefined || is(value)

const TEXTS = ['id', 'protocol', 'way', 'state', 'reason', 'advice']
const NUMBERS = [
  'sinceWallUs',
  'bytes',
  'frames',
  'faults',
  'skippedBytes',
  'values',
  'connections',
  'requests',
  'refusedPeers',
  'bytesPerS',
  'framesPerS',
  'skippedShare',
]
const MAYBE_NUMBERS = ['skippedShareLately', 'lastFrameWallUs', 'lastFrameAgeUs']

function isSource(value: unknown): value is Source {
  return (
    isObject(value) &&
    TEXTS.every((name) => isText(value[name])) &&
    NUMBERS.every((name) => isNumber(value[name])) &&
    MAYBE_NUMBERS.every((name) => maybe(value[name], isNumber)) &&
    maybe(value.profile, isText) &&
    maybe(value.lastRefusal, isText) &&
    typeof value.well === 'boolean' &&
    isTexts(value.chairs) &&
    isTexts(value.waitingBeds)
  )
}

const HEX = /^([0-9a-f]{2})*$/

function isFrame(value: unknown): value is HeardFrame {
  return (
    isObject(value) &&
    ['number', 'offset', 'receivedWallUs', 'length'].every((name) => isNumber(value[name])) &&
    isText(value.kind) &&
    isText(value.text) &&
    isText(value.hex) &&
    HEX.test(value.hex) &&
    isTexts(value.said)
  )
}

/** The sources of an answer; `undefined` when it is none. */
export function sourcesOf(answer: unknown): { readonly now: Moment; readonly sources: readonly Source[] } | undefined {
  if (!isObject(answer) || !isMoment(answer.now) || !Array.isArray(answer.sources)) return undefined
  return { now: answer.now, sources: answer.sources.filter(isSource) }
}

/** The bytes of an answer; `undefined` when it is none. */
export function bytesOf(answer: unknown): SourceBytes | undefined {
  if (!isObject(answer) || !isText(answer.source) || !isNumber(answer.newest)) return undefined
  if (!Array.isArray(answer.frames)) return undefined
  return { source: answer.source, newest: answer.newest, frames: answer.frames.filter(isFrame) }
}
