/** The answer of the server in words: one finding a subject, each with what to do when it is not in order. */
import { languageTag, word } from '../../format/text'
import { age, clock, clockOrDay, day } from '../../format/time'
import type { HealthPage, QueueHealth } from '../../wire/wire'
import { h } from './words'

export type Mark = 'well' | 'look' | 'wrong'

export interface Finding {
  /** What it is about: a key, for tests and styles. */
  readonly of: string
  readonly title: string
  readonly mark: Mark
  readonly lines: readonly string[]
}

const DAY_US = 24 * 3600 * 1e6
/** A certificate that nobody renews by itself has to be thought of so long before. */
const CERTIFICATE_LOOK_US = 30 * DAY_US
/** A log that waits for so many entries is behind; a few are always on their way. */
const WAITING_LOOK = 100

/** `1.2 GB`, in the language of the screen. */
export function size(bytes: number): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const
  let [at, value] = [0, bytes]
  while (value >= 1000 && at < units.length - 1) [at, value] = [at + 1, value / 1000]
  const unit = units[at] ?? 'byte'
  return new Intl.NumberFormat(languageTag, { style: 'unit', unit, maximumFractionDigits: value < 10 ? 1 : 0 }).format(
    value,
  )
}

export function findings(page: HealthPage, zone: string): readonly Finding[] {
  return [
    recording(page, zone),
    disk(page),
    backup(page, zone),
    sources(page),
    { of: 'screens', title: h.screens, mark: 'well', lines: [h.screensCount(page.screens)] },
    theClock(page, zone),
    certificate(page, zone),
    ...queue(page),
    ...copy(page),
    refused(page),
    program(page, zone),
  ]
}

const waits = (page: HealthPage, to: string): QueueHealth | undefined => page.queues.find((queue) => queue.to === to)

function recording(page: HealthPage, zone: string): Finding {
  const { recording, now } = page
  const [log, database] = [waits(page, 'log'), waits(page, 'database')]
  const lines = recording.ok
    ? [h.recordingYes]
    : [h.recordingNo(clockOrDay(recording.sinceWallUs ?? now.wallUs, now.wallUs, zone), recording.reason ?? '')]
  const behind = (log?.waiting ?? 0) > WAITING_LOOK || database?.trouble !== undefined
  if ((log?.waiting ?? 0) > WAITING_LOOK) lines.push(h.waitingForLog(log?.waiting ?? 0))
  if (database?.trouble !== undefined) lines.push(h.behindDatabase(database.waiting), database.trouble)
  return { of: 'recording', title: h.recording, mark: recording.ok ? (behind ? 'look' : 'well') : 'wrong', lines }
}

function disk({ disk }: HealthPage): Finding {
  const about = { of: 'disk', title: h.disk }
  if (disk === undefined) return { ...about, mark: 'look', lines: [h.diskUnknown] }
  const days = disk.lastsDays
  const lasts = days === undefined ? h.diskYoung : days > 3650 ? h.diskYears : h.diskDays(days)
  const lines = [h.diskFree(size(disk.freeBytes), size(disk.logBytes)), lasts]
  return { ...about, mark: disk.short ? 'look' : 'well', lines: disk.short ? [...lines, h.diskShort] : lines }
}

function backup({ backup }: HealthPage, zone: string): Finding {
  const { lastWallUs: at, everyH, trouble } = backup
  const lines =
    at === undefined
      ? [h.backupNone]
      : [
          h.backupLast(day(at, zone), clock(at, zone), size(backup.bytes ?? 0)),
          backup.encrypted === true ? h.backupSecret : h.backupOpen,
        ]
  if (backup.late && at !== undefined) lines.push(h.backupLate)
  if (trouble !== undefined) lines.push(h.backupTrouble(trouble))
  lines.push(everyH === undefined ? h.backupByHand : h.backupEvery(everyH))
  const wrong = everyH !== undefined && backup.late
  return { of: 'backup', title: h.backup, mark: wrong ? 'wrong' : backup.late || trouble ? 'look' : 'well', lines }
}

function sources({ sources, sourcesUp }: HealthPage): Finding {
  const lines = [sources === 0 ? h.sourcesNone : h.sourcesUp(sourcesUp, sources)]
  return { of: 'sources', title: h.sources, mark: sourcesUp < sources || sources === 0 ? 'look' : 'well', lines }
}

function theClock({ clock: about, now }: HealthPage, zone: string): Finding {
  const lines = [h.clockNow(day(now.wallUs, zone), clock(now.wallUs, zone), about.zone)]
  if (about.wrong) lines.push(h.clockWrong)
  else lines.push(about.setByServer === true ? h.clockSet : h.clockUnknown)
  return { of: 'clock', title: h.clock, mark: about.wrong ? 'wrong' : about.setByServer ? 'well' : 'look', lines }
}

function certificate({ certificate, now }: HealthPage, zone: string): Finding {
  const about = { of: 'certificate', title: h.certificate }
  if (certificate === undefined) return { ...about, mark: 'well', lines: [h.certificateNone] }
  const left = certificate.endsWallUs - now.wallUs
  const lines = [h.certificateEnds(day(certificate.endsWallUs, zone))]
  if (certificate.renews) lines.push(h.certificateRenews)
  if (left <= 0) return { ...about, mark: 'wrong', lines: [...lines, h.certificateOver] }
  return { ...about, mark: !certificate.renews && left < CERTIFICATE_LOOK_US ? 'look' : 'well', lines }
}

function queue(page: HealthPage): Finding[] {
  const ehr = waits(page, 'ehr')
  if (ehr === undefined) return []
  const lines = [ehr.waiting === 0 ? h.queueNone : h.queueWaiting(ehr.waiting)]
  if (ehr.trouble !== undefined) lines.push(ehr.trouble)
  if (ehr.refused > 0) lines.push(h.queueRefused(ehr.refused))
  return [{ of: 'ehr', title: h.queue, mark: ehr.trouble !== undefined || ehr.refused > 0 ? 'look' : 'well', lines }]
}

/** The database the log is taken to; the log itself is on this server's disk, whatever stands here. */
function copy({ database }: HealthPage): Finding[] {
  if (database === undefined) return []
  const { entries, ageUs, trouble, stuck, notice } = database
  const lines = [entries === null ? h.copyNever : entries === 0 ? h.copyAll : h.copyWaits(entries, age(ageUs ?? 0))]
  if (trouble !== null) lines.push(trouble)
  if (stuck > 0) lines.push(h.copyStuck(stuck))
  if (notice !== null) lines.push(notice)
  const look = trouble !== null || stuck > 0 || notice !== null
  return [{ of: 'copy', title: h.copy, mark: look ? 'look' : 'well', lines }]
}

/** What the server would not do: for a person who looks for a reason, never a fault by itself. */
function refused({ refused: it }: HealthPage): Finding {
  const lines = [
    ...(it.requests > 0 ? [h.refusedRequests(it.requests)] : []),
    ...(it.connectionsCut > 0 ? [h.refusedConnections(it.connectionsCut)] : []),
    ...(it.screens > 0 ? [h.refusedScreens(it.screens)] : []),
    ...(it.screensCut > 0 ? [h.refusedCut(it.screensCut)] : []),
    ...(it.signInsFailed > 0 ? [h.refusedSignIns(it.signInsFailed)] : []),
    ...(it.signInsRefused > 0 ? [h.refusedGuesses(it.signInsRefused)] : []),
    ...(it.updatesDropped > 0 ? [h.refusedUpdates(it.updatesDropped)] : []),
  ]
  const of = { of: 'refused', title: h.refused, lines: lines.length > 0 ? lines : [h.refusedNothing] }
  return { ...of, mark: it.screens > 0 || it.signInsRefused > 0 ? 'look' : 'well' }
}

function program({ version, startedWallUs: at, parts }: HealthPage, zone: string): Finding {
  const named = parts.map((part) => word(h.parts, part)).join(', ')
  const lines = [
    h.programVersion(version, day(at, zone), clock(at, zone)),
    named === '' ? h.programPlain : h.programParts(named),
  ]
  return { of: 'program', title: h.program, mark: 'well', lines }
}
