/**
 * Everything that was done, oldest first. Nothing disappears: what was undone or corrected stays struck through, with its reason
 * and both times. Browser tests read `[data-act]` (what it is), `data-undone`, `data-seq`.
 */
import { useState } from 'preact/hooks'
import { f } from '../../format/forms'
import { text, word } from '../../format/text'
import { clock } from '../../format/time'
import type { Kept } from '../../wire/wire'
import { Comment, CorrectForm, LateForm, UndoForm } from './amend'
import { At } from './notices'
import type { Page } from './page'
import { kindOf, saysOf } from './say'
import { r } from './words'

/** Sent this much later than it was, both times are said. */
const LATER_US = 5e6
/** What may be undone when it is over: not what others were compared with since. */
const UNDOABLE: readonly string[] = ['entry', 'typed', 'artefact', 'corrected']

export function Events({ page }: { readonly page: Page }) {
  const { acts } = page.record.session
  const signed = page.record.signed !== undefined
  const byTime = acts.toSorted((a, b) => a.wallUs - b.wallUs || a.seq - b.seq)
  return (
    <>
      <div class="amends">
        <Comment page={page} />
        {!signed && <LateForm page={page} />}
      </div>
      <table class="lines events">
        <thead>
          <tr>
            {[r.time, r.kind, r.what, r.who, ''].map((name) => (
              <th scope="col" key={name}>
                {name === '' ? <span class="unseen">{r.amend}</span> : name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {byTime.map((kept) => (
            <Event key={kept.seq} kept={kept} page={page} />
          ))}
        </tbody>
      </table>
    </>
  )
}

function Event({ kept, page }: { readonly kept: Kept; readonly page: Page }) {
  const [asking, setAsking] = useState<'correct' | 'undo'>()
  const { act, undone, seq, by } = kept
  const signed = page.record.signed !== undefined
  const entry = act.is === 'entry' ? act.entry : kept.entry
  return (
    <>
      <tr data-act={act.is} data-seq={seq} data-undone={undone || undefined}>
        <td>
          <At page={page} us={kept.wallUs} />
        </td>
        <td>{kindOf(act)}</td>
        <td>
          {undone ? <s>{saysOf(kept)}</s> : saysOf(kept)}
          <Remarks kept={kept} page={page} />
        </td>
        <td>{text.session.by(by.name, word(text.clinic.roles, by.role))}</td>
        <td class="deeds">
          {!signed && !undone && entry !== undefined && (
            <button type="button" aria-expanded={asking === 'correct'} onClick={() => setAsking('correct')}>
              {r.correct}
            </button>
          )}
          {!signed && !undone && UNDOABLE.includes(act.is) && (
            <button
              type="button"
              aria-label={f.undoWhat(saysOf(kept))}
              aria-expanded={asking === 'undo'}
              onClick={() => setAsking('undo')}
            >
              {f.undo}
            </button>
          )}
        </td>
      </tr>
      {asking !== undefined && (
        <tr class="asking">
          <td colSpan={5}>
            {asking === 'undo' ? (
              <UndoForm page={page} kept={kept} close={() => setAsking(undefined)} />
            ) : (
              <CorrectForm page={page} kept={kept} entry={entry ?? ''} close={() => setAsking(undefined)} />
            )}
          </td>
        </tr>
      )}
    </>
  )
}

/** What has to be known about a line: entered late, undone or corrected by whom, when and why. */
function Remarks({ kept, page }: { readonly kept: Kept; readonly page: Page }) {
  const { zone, session } = page.record
  const { act, late, received, wallUs, undone, correctedBy, seq } = kept
  const by = session.acts.find((it) =>
    correctedBy === undefined ? it.act.is === 'undo' && it.act.of === seq : it.seq === correctedBy,
  )
  const corrects = act.is === 'corrected' ? session.acts.find((it) => it.seq === act.of) : undefined
  const lines = [
    late ? r.lateAt(clock(received.wallUs, zone)) : '',
    !late && received.wallUs - wallUs > LATER_US ? r.sentAt(clock(received.wallUs, zone)) : '',
    undone && by !== undefined && 'reason' in by.act
      ? (correctedBy === undefined ? r.undoneBy : r.correctedBy)(
          by.by.name,
          clock(by.received.wallUs, zone),
          by.act.reason,
        )
      : '',
    act.is === 'corrected' ? r.corrects(corrects === undefined ? String(act.of) : saysOf(corrects), act.reason) : '',
  ].filter((line) => line !== '')
  return (
    <>
      {lines.map((line) => (
        <span class="remark" key={line}>
          {line}
        </span>
      ))}
    </>
  )
}
