/**
 * The clinic's list for leaving (L11): each line is somebody's word. It opens the way out only when it is complete and the least
 * observation is over, or when a clinician decides otherwise with a reason.
 */
import { text } from '../../format/text'
import { minute } from '../../format/time'
import { readiness } from '../../model/lists'
import { elapsed } from '../../model/session'
import { observeLeftUs, type Standing } from '../../model/standing'
import type { Bedside } from './bedside'
import { undoSheet } from './entries'

const t = text.session

export function leaving(at: Bedside, stands: Standing) {
  const lines = at.state.clinic?.readiness ?? []
  const list = readiness(lines.length > 0 ? lines : t.leavingList, at.lines)
  const done = list.filter(({ line }) => line !== undefined).length
  const left = observeLeftUs(stands, at.monoUs)
  return { list, done, all: list.length, complete: done === list.length, observed: left === 0, left }
}

export function Leaving({ at, stands }: { readonly at: Bedside; readonly stands: Standing }) {
  const { list, complete, observed, left } = leaving(at, stands)
  const early = stands.phase === 'observing' && !(complete && observed)
  return (
    <div class="leaving">
      <p class="hint">{left !== undefined && left > 0 ? t.observeLeft(elapsed(left)) : t.leavingDo}</p>
      <ul class="rows">
        {list.map(({ text: says, line }) => (
          <li key={says} class="row" data-leaving={line === undefined ? 'open' : 'done'}>
            <span class="grow">
              {says}
              {line !== undefined && (
                <span class="muted entry-more">
                  {line.by.name}, {minute(line.wallUs, at.state.zone)}
                </span>
              )}
            </span>
            {line === undefined ? (
              <button type="button" onClick={() => at.press({ is: 'entry', entry: 'readiness', text: says })}>
                {t.done}
              </button>
            ) : (
              <button type="button" disabled={line.seq === undefined} onClick={() => at.show(undoSheet(at, line))}>
                {t.undo}
              </button>
            )}
          </li>
        ))}
      </ul>
      {early && (
        <button type="button" data-act="leave-anyway" onClick={() => at.show(anyway(at))}>
          {t.leaveAnyway}
        </button>
      )}
    </div>
  )
}

const anyway = (at: Bedside) => ({
  is: 'why' as const,
  ask: {
    title: t.leaveAnyway,
    hint: t.leaveAnywayDo,
    chips: t.reasons.early,
    clinician: true,
    answer: (reason: string, by: Parameters<Bedside['begin']>[2] | undefined) =>
      at.press({ is: 'moved', to: 'ready', reason }, { by }),
  },
})
