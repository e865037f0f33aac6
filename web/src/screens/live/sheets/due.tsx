/** What is due, the soonest first; a touch enters it (L5). Browser tests read `[data-due]`, `data-over`. */

import { f } from '../../../format/forms'
import { text, word } from '../../../format/text'
import { minute } from '../../../format/time'
import { countdown, type Due, dues } from '../../../model/due'
import type { Standing } from '../../../model/standing'
import type { Bedside } from '../bedside'

const t = text.session

/** More would push the trend away; the rest comes up as time passes. */
const SHOWN = 4

interface OfDues {
  readonly at: Bedside
  readonly stands: Standing
  /** Nothing can be entered from here. */
  readonly idle?: boolean
}

export function DueList({ at, stands, idle = false }: OfDues) {
  const due = dues(stands.session.schedule, stands.phase, at.monoUs).slice(0, SHOWN)
  if (due.length === 0) return null
  return (
    <ul class="dues" aria-label={f.due}>
      {due.map((it) => (
        <li key={`${it.kind} ${it.mark ?? ''}`}>
          <OneDue at={at} due={it} idle={idle} />
        </li>
      ))}
    </ul>
  )
}

function OneDue({ at, due, idle }: { readonly at: Bedside; readonly due: Due; readonly idle: boolean }) {
  const over = due.leftUs < 0
  const name = due.kind === 'mark' ? word(f.mark, due.mark ?? '') : word(f.dueKind, due.kind)
  const says = (
    <>
      <strong>{name}</strong> <span>{over ? t.overdue(countdown(due.leftUs)) : f.dueIn(countdown(due.leftUs))}</span>{' '}
      <span class="muted">{minute(due.wallUs, at.state.zone)}</span>
    </>
  )
  const common = { class: 'due', 'data-due': due.kind, 'data-over': over || undefined }
  const sheet = due.kind === 'assessment' ? { is: 'assess' as const } : { is: 'typed' as const, vital: 'nibp' }
  const enters = !idle && (due.kind === 'cuff' || due.kind === 'assessment' || due.kind === 'mark')
  if (!enters) return <span {...common}>{says}</span>
  return (
    <button type="button" {...common} title={f.enterDue[due.kind] ?? f.enterDue.cuff} onClick={() => at.show(sheet)}>
      {says}
    </button>
  )
}
