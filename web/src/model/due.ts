/** What is due when: counted down here between two messages of the server, which alone knows the rules. Pure. */
import type { Schedule } from '../wire/wire'

export type DueKind = 'cuff' | 'assessment' | 'mark' | 'observation' | 'plannedEnd'

export interface Due {
  readonly kind: DueKind
  /** Name of a fixed reading: `40 min`. */
  readonly mark: string | undefined
  /** Microseconds left; below zero it is overdue. */
  readonly leftUs: number
  readonly wallUs: number
}

/** What is due, the soonest first; what has no time yet is left out. */
export function dues(schedule: Schedule | undefined, phase: string, monoUs: number | undefined): Due[] {
  if (schedule === undefined || monoUs === undefined) return []
  const found: Due[] = []
  const add = (kind: DueKind, at: { monoUs: number; wallUs: number } | undefined, mark?: string) => {
    if (at !== undefined) found.push({ kind, mark, leftUs: at.monoUs - monoUs, wallUs: at.wallUs })
  }
  const over = phase === 'observing' || phase === 'ready'
  add('cuff', schedule.cuffDue)
  add('assessment', schedule.assessDue)
  if (!over) add('plannedEnd', schedule.plannedEnd)
  // A minimum that is over is no longer due.
  if (over && (schedule.observeUntil?.monoUs ?? 0) > monoUs) add('observation', schedule.observeUntil)
  for (const { mark, due, seq } of schedule.marks) if (seq === undefined) add('mark', due, mark)
  return found.sort((a, b) => a.leftUs - b.leftUs)
}

/** `3:10`, `1:02:05`, without a sign. */
export function countdown(us: number): string {
  const seconds = Math.floor(Math.abs(us) / 1e6)
  const two = (n: number) => String(n).padStart(2, '0')
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60]
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`
}
