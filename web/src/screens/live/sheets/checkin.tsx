/**
 * The check-in list: each item done, or left out with a reason; and what the monitors say of the patient. Browser tests read
 * `[data-check]` (the kind), `data-is` (`open done skipped`).
 */
import { useState } from 'preact/hooks'
import { f } from '../../../format/forms'
import { text, word } from '../../../format/text'
import { minute } from '../../../format/time'
import { type Checked, checkIn, skipNote } from '../../../model/lists'
import type { Bedside } from '../bedside'
import { says } from '../feeds'
import { undoSheet } from './entries'

const t = text.session

export function CheckIn({ at }: { readonly at: Bedside }) {
  const list = checkIn(at.lines)
  const open = list.filter(({ is }) => is === 'open')
  return (
    <div class="check-in">
      <p class="hint">{f.checkInDo}</p>
      <ul class="rows">
        {list.map((item) => (
          <Item key={item.kind} at={at} item={item} />
        ))}
      </ul>
      {open.length > 0 && (
        <button type="button" data-act="skip-rest" onClick={() => at.show(skipSheet(at, open, f.skipRest))}>
          {f.skipRest}
        </button>
      )}
    </div>
  )
}

const skipSheet = (at: Bedside, items: readonly Checked[], title: string) => ({
  is: 'why' as const,
  ask: {
    title,
    hint: items.map(({ kind }) => word(f.entry, kind)).join(', '),
    chips: t.reasons.skip,
    answer: (reason: string) => {
      for (const { kind } of items) at.press({ is: 'entry', entry: 'note', text: skipNote(kind, reason) })
    },
  },
})

function Item({ at, item }: { readonly at: Bedside; readonly item: Checked }) {
  const [typed, setTyped] = useState('')
  const { kind, needsText, is, texts, line } = item
  const name = word(f.entry, kind)
  const done = (event: Event) => {
    event.preventDefault()
    if (needsText && typed.trim() === '') return
    at.press({ is: 'entry', entry: kind, text: typed.trim() })
    setTyped('')
  }
  return (
    <li class="row" data-check={kind} data-is={is}>
      <div class="grow">
        <strong>{name}</strong>
        {is !== 'open' && (
          <span class="entry-more">
            {is === 'skipped' ? f.skipped(texts[0] ?? '') : texts.filter((it) => it !== '').join('; ')}{' '}
            {line !== undefined && (
              <span class="muted">
                {line.by.name}, {minute(line.wallUs, at.state.zone)}
              </span>
            )}
          </span>
        )}
        {kind === 'identity confirmed' && <Identity at={at} open={is === 'open'} />}
      </div>
      {is === 'open' || kind === 'scale' ? (
        <form class="row" onSubmit={done}>
          {needsText && (
            <input
              aria-label={name}
              placeholder={f.entryDo[kind]}
              value={typed}
              maxLength={500}
              onInput={(event) => setTyped(event.currentTarget.value)}
            />
          )}
          <button type="submit" disabled={needsText && typed.trim() === ''}>
            {f.done}
          </button>
          {is === 'open' && (
            <button type="button" onClick={() => at.show(skipSheet(at, [item], `${f.skip}: ${name}`))}>
              {f.skip}
            </button>
          )}
        </form>
      ) : (
        <button
          type="button"
          disabled={line?.seq === undefined}
          onClick={() => line !== undefined && at.show(undoSheet(at, line))}
        >
          {f.undo}
        </button>
      )}
    </li>
  )
}

/** Both identifiers to ask for, and what the monitors call the patient. */
function Identity({ at, open }: { readonly at: Bedside; readonly open: boolean }) {
  const session = at.standing?.session
  if (session === undefined) return null
  return (
    <span class="entry-more">
      {open && f.identityDo}{' '}
      <strong>
        {session.patient.name}, {session.patient.born}, {session.patient.id}
      </strong>
      {(session.feeds ?? []).map((feed) => (
        <span key={`${feed.source} ${feed.bed}`} class="muted entry-more" data-feed-says={feed.says}>
          {says(feed)}
        </span>
      ))}
    </span>
  )
}
