/**
 * The clinic's list for leaving (L11): each line is somebody's word. It opens the way out only when it is complete and the least
 * observation is over, or when a clinician decides otherwise with a reason.
 */
import { text } from '../../format/text'
import { readiness } from '../../model/lists'
import { observeLeftUs, type Standing } from '../../model/standing'
import type { Bedside } from './bedside'

const t = text.session

export function leaving(at: Bedside, stands: Standing) {
  const lines = at.state.clinic?.readiness ?? []
  const list = readiness(lines.length > 0 ? lines : t.leavingList, at.lines)
  const done = list.filter(({ line }) => line !== undefined).length
  const left = observeLeftUs(stands, at.monoUs)
  return { list, done, all: list.length, complete: done === list.length, observed: left === 0, left }
}
