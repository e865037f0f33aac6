/** The list for leaving as it is pressed: each line somebody's word, and the way out before it is complete. */

import { f } from '../../../format/forms'
import { text } from '../../../format/text'
import { minute } from '../../../format/time'
import { elapsed } from '../../../model/session'
import type { Standing } from '../../../model/standing'
import type { Bedside } from '../bedside'
import { leaving } from '../leaving'
import { undoSheet } from './entries'

const t = text.session

export function Leaving({ at, stands }: { readonly at: Bedside; readonly stands: Standing }) {
  const { list, complete, observed, left } = leaving(at, stands)
  const early = stands.phase === 'observing' && !(complete && observed)
  return (
    <div class="leaving">
      <p class="hint">{left !== undefined && left > 0 ? t.observeLeft(elapsed(left)) : f.leavingDo}</p>
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
                {f.done}
              </button>
            ) : (
              <button type="button" disabled={line.seq === undefined} onClick={() => at.show(undoSheet(at, line))}>
                {f.undo}
              </button>
            )}
          </li>
        ))}
      </ul>
      {early && (
        <button type="button" data-act="leave-anyway" onClick={() => at.show(anyway(at))}>
          {f.leaveAnyway}
        </button>
      )}
    </div>
  )
}

const anyway = (at: Bedside) => ({
  is: 'why' as const,
  ask: {
    title: f.leaveAnyway,
    hint: f.leaveAnywayDo,
    chips: t.reasons.early,
    clinician: true,
    answer: (reason: string, by: Parameters<Bedside['begin']>[2] | undefined) =>
      at.press({ is: 'moved', to: 'ready', reason }, { by }),
  },
})
