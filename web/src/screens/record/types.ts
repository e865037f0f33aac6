/** What the server says of recorded sessions. */
import type { Moment, Patient, Person, Session } from '../../wire/wire'

export interface FindSessions {
  text?: string
  chair?: string
  fromUs?: number
  toUs?: number
  state?: string
  has?: string[]
  after?: string
  limit?: number
}

export interface SignedBy {
  by: string
  atUs: number
}

export interface SessionRow {
  id: string
  chair: string
  chairName: string
  patient: Patient
  number: number
  of?: number
  template: string
  phase: string
  nurse: string
  openedUs: number
  startedUs?: number
  stoppedUs?: number
  endedUs?: number
  signed?: SignedBy
  has: string[]
}

export interface SessionList {
  rows: SessionRow[]
  more: boolean
  total: number
}

export interface RecordSource {
  source: string
  words: string
  adapter: string
}

export interface RecordNote {
  seq: number
  at: Moment
  source: string
  kind: string
  word: string
  text: string
  priority?: string
}

export interface RecordLimit {
  notice: string
  level: string
  value: string
  limit: string
  raised: Moment
  cleared?: Moment
  seenBy?: Person
  seenUs?: number
}

export interface RecordGap {
  vital: string
  source: string
  from: Moment
  to: Moment
}

export interface SummaryLine {
  key: string
  value: string
  unit: string
  atUs?: number
  seq?: number
  definition: string
}

export interface AuditLine {
  atUs: number
  by: Person
  did: string
  what: string
}

export interface SignedRecord {
  by: Person
  atUs: number
  meaning: string
  digest: string
}

export interface SessionRecord {
  session: Session
  chair: string
  chairName: string
  begin: Moment
  end: Moment
  zone: string
  offsets: { fromUs: number; offsetMin: number }[]
  sources: RecordSource[]
  notes: RecordNote[]
  limits: RecordLimit[]
  gaps: RecordGap[]
  summary: SummaryLine[]
  audit: AuditLine[]
  signed?: SignedRecord
  digest: string
  version: string
}

export interface WireSeries {
  vital: string
  source: string
  typed: boolean
  unit: string
  decimals: number
  seq: number[]
  atMs: number[]
  receivedMs: number[]
  value: (number | null)[]
  low?: (number | null)[]
  mean?: (number | null)[]
  state: Record<string, string>
  /** Signal and site, where the server names them. */
  origin?: string
  site?: string
}

export interface SessionSeries {
  beginUs: number
  series: WireSeries[]
}

export interface SessionTable {
  every: number
  columns: string[]
  rows: { atUs: number; sinceStartS?: number; cells: string[] }[]
}

export interface Provenance {
  seq: number
  source: string
  words: string
  measured?: Moment
  received: Moment
  deviceTime?: string
  vital: string
  value: string
  unit: string
  state: string
  reason?: string
  bytes: string
  marks: { from: number; to: number; field: string }[]
}

export interface CoursePressures {
  sys?: string
  dia?: string
  hr?: string
}

export interface CourseRow {
  id: string
  number: number
  of?: number
  openedUs: number
  daysSince?: number
  template: string
  phase: string
  dose: string
  minutes?: number
  baseline: CoursePressures
  peak: CoursePressures
  stop: CoursePressures
  leaving: CoursePressures
  lowestSpo2?: string
  minutesToPeak?: number
  minutesOver?: number
  worst: { entry: string; score: number }[]
  lowestMoaas?: string
  drugs: string[]
  minutesToReady?: number
  has: string[]
  signed: boolean
  stoppedEarly?: string
}

export interface Course {
  patient: Patient
  rows: CourseRow[]
  scores: { at: number; scale: string; score: string }[]
}
