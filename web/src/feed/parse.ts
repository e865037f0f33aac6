/**
 * What came over the socket, checked before anything believes it. The server and this file share their types, but a
 * screen must not show `undefined` or go blank because of one bad field: an item that does not fit costs only itself.
 */
import type {
  BoundFeed,
  Chair,
  Every,
  FeedValues,
  FixedMark,
  Item,
  Limit,
  LimitNotice,
  Link,
  Moment,
  MonitorNotice,
  Person,
  Prefer,
  Reading,
  Template,
  ToScreen,
} from '../wire/wire'

/** A message, how many of its items were left out, or why it is none. */
export type Parsed =
  | { readonly ok: true; readonly message: ToScreen; readonly skipped: number }
  | { readonly ok: false; readonly why: string }

type Fields = Record<string, unknown>

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isText = (value: unknown): value is string => typeof value === 'string'
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)
const isFlag = (value: unknown): value is boolean => typeof value === 'boolean'
const isMoment = (value: unknown): value is Moment =>
  isObject(value) && isNumber(value.monoUs) && isNumber(value.wallUs)
/** Absent, or of this kind; `null` counts as absent nowhere on this wire. */
const maybe = (value: unknown, is: (value: unknown) => boolean) => value === undefined || is(value)
const isList = <T>(value: unknown, is: (value: unknown) => value is T): value is T[] =>
  Array.isArray(value) && value.every(is)

/** Digits as a monitor sends them: a sign, figures, a point. */
const DIGITS = /^-?\d{1,9}(\.\d{1,9})?$/
const isDigits = (value: unknown): value is string => isText(value) && DIGITS.test(value)

const isEvery = (value: unknown): value is Every =>
  isObject(value) && isText(value.source) && isNumber(value.everyUs) && value.everyUs >= 0

function isReading(value: Fields): boolean {
  return (
    isNumber(value.seq) &&
    isText(value.source) &&
    isText(value.vital) &&
    maybe(value.origin, isText) &&
    maybe(value.site, isText) &&
    (value.state === 'valid' || value.state === 'questionable' || value.state === 'absent') &&
    ['value', 'systolic', 'diastolic', 'mean'].every((name) => maybe(value[name], isDigits)) &&
    isText(value.unit) &&
    maybe(value.reason, isText) &&
    maybe(value.flags, (flags) => isList(flags, isText)) &&
    maybe(value.synthetic, isFlag) &&
    isMoment(value.at) &&
    isMoment(value.received)
  )
}

const isLink = (value: Fields) =>
  isNumber(value.seq) && isText(value.source) && isText(value.state) && isText(value.reason) && isMoment(value.since)

const isNotice = (value: Fields) =>
  isNumber(value.seq) &&
  isText(value.source) &&
  isText(value.text) &&
  isText(value.priority) &&
  isMoment(value.received)

function item(value: unknown): Item | undefined {
  if (!isObject(value)) return undefined
  if (value.is === 'reading' && isReading(value)) {
    const reading = value as unknown as Reading
    return { ...reading, is: 'reading', synthetic: reading.synthetic ?? false }
  }
  if (value.is === 'link' && isLink(value)) return { ...(value as unknown as Link), is: 'link' }
  if (value.is === 'notice' && isNotice(value)) return { ...(value as unknown as MonitorNotice), is: 'notice' }
  return undefined
}

function items(list: unknown[]): { kept: Item[]; skipped: number } {
  const kept = list.map(item).filter((it) => it !== undefined)
  return { kept, skipped: list.length - kept.length }
}

const isPrefer = (value: unknown): value is Prefer =>
  isObject(value) && maybe(value.vital, isText) && isList(value.sources, isText)
const isChair = (value: unknown): value is Chair =>
  isObject(value) && isText(value.id) && isText(value.name) && maybe(value.prefer, (prefer) => isList(prefer, isPrefer))
const isFeed = (value: unknown): value is { source: string; bed: string; chair?: string; fixed: boolean } =>
  isObject(value) && isText(value.source) && isText(value.bed) && maybe(value.chair, isText) && isFlag(value.fixed)
const isMark = (value: unknown): value is { chair: string; head: number; recorded: number } =>
  isObject(value) &&
  isText(value.chair) &&
  isNumber(value.head) &&
  isNumber(value.recorded) &&
  maybe(value.recordedWallUs, isNumber)
const isRecording = (value: unknown): boolean =>
  isObject(value) && isFlag(value.ok) && maybe(value.sinceWallUs, isNumber) && maybe(value.reason, isText)

const isFixedMark = (value: unknown): value is FixedMark =>
  isObject(value) &&
  isText(value.mark) &&
  maybe(value.due, isMoment) &&
  maybe(value.seq, isNumber) &&
  maybe(value.values, (values) => isList(values, isDigits)) &&
  maybe(value.at, isMoment)

const isSchedule = (value: unknown): boolean =>
  isObject(value) &&
  isNumber(value.cuffEveryS) &&
  ['cuffDue', 'assessDue', 'plannedEnd', 'observeUntil'].every((name) => maybe(value[name], isMoment)) &&
  isList(value.marks, isFixedMark)

const isBoundFeed = (value: unknown): value is BoundFeed =>
  isObject(value) &&
  ['source', 'bed', 'says', 'patient', 'name', 'device'].every((name) => isText(value[name])) &&
  isNumber(value.withheld) &&
  isMoment(value.since)

const isPerson = (value: unknown): value is Person => isObject(value) && isText(value.name) && isText(value.role)

const isTemplate = (value: unknown): value is Template =>
  isObject(value) &&
  isText(value.name) &&
  maybe(value.of, isNumber) &&
  ['infusionMin', 'cuffInfusingMin', 'cuffObservingMin', 'observeMin', 'assessFirstMin', 'assessLaterMin'].every(
    (name) => isNumber(value[name]),
  )

const isLimit = (value: unknown): value is Limit =>
  isObject(value) && isText(value.notice) && isFlag(value.on) && isText(value.limits)

const isClinic = (value: unknown): boolean =>
  isObject(value) &&
  isText(value.names) &&
  isList(value.templates, isTemplate) &&
  isList(value.staff, isPerson) &&
  isList(value.readiness, isText) &&
  isList(value.limits, isLimit) &&
  isFlag(value.hasLimits) &&
  isList(value.testing, isText)

const isLimitNotice = (value: unknown): value is LimitNotice =>
  isObject(value) &&
  ['notice', 'level', 'value', 'limit'].every((name) => isText(value[name])) &&
  isMoment(value.since) &&
  maybe(value.seenBy, isPerson) &&
  maybe(value.quietUntil, isMoment)

/** Of a session, what a screen shows; its acts are the server's own, checked when they were pressed. */
const isSession = (value: unknown): boolean =>
  isObject(value) &&
  isText(value.id) &&
  isText(value.phase) &&
  isMoment(value.opened) &&
  isNumber(value.from) &&
  isObject(value.patient) &&
  ['id', 'name', 'born', 'alias'].every((name) => isText((value.patient as Fields)[name])) &&
  isObject(value.plan) &&
  isNumber((value.plan as Fields).number) &&
  maybe((value.plan as Fields).of, isNumber) &&
  maybe(value.started, isMoment) &&
  Array.isArray(value.acts) &&
  maybe(value.schedule, isSchedule) &&
  maybe(value.feeds, (feeds) => isList(feeds, isBoundFeed))

/** What each kind of message must hold; items are looked at one by one afterwards. */
const FITS: Record<ToScreen['kind'], (value: Fields) => boolean> = {
  hello: (v) =>
    isNumber(v.wire) && ['version', 'run', 'boot', 'zone'].every((name) => isText(v[name])) && isMoment(v.now),
  roster: (v) => isList(v.chairs, isChair) && isList(v.feeds, isFeed),
  snapshot: (v) =>
    isText(v.chair) && isNumber(v.head) && isMoment(v.now) && Array.isArray(v.latest) && isList(v.every, isEvery),
  session: (v) => isText(v.chair) && maybe(v.session, isSession) && maybe(v.cleared, isFlag),
  clinic: (v) => isClinic(v.clinic),
  notices: (v) => isText(v.chair) && isList(v.notices, isLimitNotice) && maybe(v.failed, isText),
  history: (v) =>
    isText(v.chair) && Array.isArray(v.items) && isNumber(v.through) && isFlag(v.done) && maybe(v.incomplete, isFlag),
  items: (v) =>
    isText(v.chair) && isMoment(v.now) && Array.isArray(v.items) && maybe(v.every, (every) => isList(every, isEvery)),
  dropped: (v) => isNumber(v.count),
  beat: (v) => isMoment(v.now) && isRecording(v.recording) && isList(v.marks, isMark),
  refused: (v) => isText(v.chair) && isText(v.reason),
  bye: (v) => isText(v.reason),
}

/** What a feed without a chair says; `undefined` when the answer is none. */
export function feedValues(answer: unknown): FeedValues | undefined {
  if (!isObject(answer) || !isMoment(answer.now) || !Array.isArray(answer.latest)) return undefined
  return { now: answer.now, latest: items(answer.latest).kept }
}

/** Reads one text frame. */
export function parse(text: string): Parsed {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { ok: false, why: 'not JSON' }
  }
  return check(value)
}

/** Checks one message that is already a value. */
export function check(value: unknown): Parsed {
  if (!isObject(value) || !isText(value.kind)) return { ok: false, why: 'no kind' }
  const kind = value.kind
  if (!Object.hasOwn(FITS, kind)) return { ok: false, why: `unknown kind ${kind.slice(0, 40)}` }
  // A newer server says its wire version even when the rest of its hello has changed.
  if (kind === 'hello' && isNumber(value.wire) && !FITS.hello(value)) return { ok: false, why: 'hello of another wire' }
  if (!FITS[kind as ToScreen['kind']](value)) return { ok: false, why: `malformed ${kind}` }
  const message = value as unknown as ToScreen
  if (message.kind === 'snapshot') {
    const { kept, skipped } = items(message.latest)
    return { ok: true, message: { ...message, latest: kept }, skipped }
  }
  if (message.kind === 'items' || message.kind === 'history') {
    const { kept, skipped } = items(message.items)
    return { ok: true, message: { ...message, items: kept }, skipped }
  }
  return { ok: true, message, skipped: 0 }
}
