/** What the audit is asked, from what was typed. Pure. */
import { dayAfter, dayStart } from '../../format/time'
import type { FindAudit } from '../../wire/wire'

export interface Sought {
  /** First and last day, in the clinic's zone; the last one counts in. */
  readonly from: string
  readonly to: string
  readonly who: string
  readonly what: string
  readonly patient: string
}

export const ALL: Sought = { from: '', to: '', who: '', what: '', patient: '' }

/** Lines of one answer: more than a screen shows, and a page of paper. */
export const LINES = 50

export function question(sought: Sought, zone: string, before?: string): FindAudit {
  const fromUs = sought.from === '' ? undefined : dayStart(sought.from, zone)
  const toUs = sought.to === '' ? undefined : dayStart(dayAfter(sought.to), zone)
  const said = (name: 'who' | 'what' | 'patient') => {
    const typed = sought[name].trim()
    return typed === '' ? {} : { [name]: typed }
  }
  return {
    limit: LINES,
    ...(fromUs === undefined ? {} : { fromUs }),
    ...(toUs === undefined ? {} : { toUs }),
    ...said('who'),
    ...said('what'),
    ...said('patient'),
    ...(before === undefined ? {} : { before }),
  }
}
