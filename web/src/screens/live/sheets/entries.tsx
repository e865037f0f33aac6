/**
 * What was done, newest first: recorded, waiting, or refused with the server's sentence. Nothing disappears: what was undone
 * stays struck through. Browser tests read `[data-line]` (`recorded sent waiting refused`), `data-undone`.
 */

import { actText, isListed } from '../../../format/act'
import { f } from '../../../format/forms'
import { text } from '../../../format/text'
import { clock } from '../../../format/time'
import { type Line, sentLater, undoable } from '../../../model/lines'
import type { Bedside } from '../bedside'

const t = text.session

export function Entries({ at }: { readonly at: Bedside }) {
  const lines = at.lines.filter(isListed).toReversed()
  if (lines.length === 0) return <p class="hint">{f.noEntries}</p>
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls must be reachable with the keyboard
    <ol class="entries" tabIndex={0} aria-label={f.tab.entries}>
      {lines.map((line) => (
        <li key={line.key}>
          <Entry at={at} line={line} />
        </li>
      ))}
    </ol>
  )
}

/** The last few, below the grid: what was pressed is seen to be there. */
export function Latest({ at }: { readonly at: Bedside }) {
  // By when they were entered: one that was set back is among them, too.
  const order = ({ seq }: Line) => seq ?? Number.POSITIVE_INFINITY
  const lines = at.lines
    .filter(isListed)
    .toSorted((a, b) => order(b) - order(a) || b.wallUs - a.wallUs)
    .slice(0, 2)
  return (
    <ol class="entries latest" aria-live="polite">
      {lines.map((line) => (
        <li key={line.key}>
          <Entry at={at} line={line} />
        </li>
      ))}
    </ol>
  )
}

/** Both times, where it was entered late or sent later. */
function timeText(line: Line, zone: string): string {
  const at = clock(line.wallUs, zone)
  if (line.receivedUs === undefined) return line.late ? f.late(at, '--') : at
  const received = clock(line.receivedUs, zone)
  return line.late ? f.late(at, received) : sentLater(line) ? f.sentLater(at, received) : at
}

function Entry({ at, line }: { readonly at: Bedside; readonly line: Line }) {
  const says = actText(line.act)
  return (
    <div class="entry" data-line={line.is} data-act-is={line.act.is} data-undone={line.undone || undefined}>
      <div class="entry-what">
        <span class="entry-says">{says}</span>
        <span class="muted">
          {timeText(line, at.state.zone)} {line.by.name}
        </span>
        {line.undone && (
          <span class="entry-more">{f.undone(line.undoing?.reason ?? '', line.undoing?.by.name ?? '')}</span>
        )}
        {line.is === 'waiting' && <strong class="entry-more">{f.waiting}</strong>}
        {line.is === 'refused' && <strong class="entry-more refusal">{t.refused(line.sentence ?? '')}</strong>}
      </div>
      {undoable(line) && (
        <button type="button" aria-label={f.undoWhat(says)} onClick={() => at.show(undoSheet(at, line))}>
          {f.undo}
        </button>
      )}
      {line.is === 'refused' && (
        <button type="button" onClick={() => void at.outbox.drop(line.key)}>
          {t.drop}
        </button>
      )}
    </div>
  )
}

/** Asks why an entry no longer counts. */
export const undoSheet = (at: Bedside, line: Line) => ({
  is: 'why' as const,
  ask: {
    title: f.undoWhat(actText(line.act)),
    chips: t.reasons.undo,
    answer: (reason: string) => line.seq !== undefined && at.press({ is: 'undo', of: line.seq, reason }),
  },
})
