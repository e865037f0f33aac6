/** What may still be added to a record: a comment, a late entry, a correction, an undoing. Each has its reason and both times. */
import { useState } from 'preact/hooks'
import { f } from '../../format/forms'
import { text } from '../../format/text'
import { minute } from '../../format/time'
import type { Kept } from '../../wire/wire'
import { Reasons } from '../live/sheets/why'
import type { Page } from './page'
import { saysOf } from './say'
import { momentIn } from './when'
import { r } from './words'

/** Kinds of entries with a number, and its ends. */
const SCALES: Readonly<Record<string, readonly [number, number]>> = {
  sedation: [0, 5],
  rass: [-5, 4],
  nausea: [0, 3],
  dizziness: [0, 3],
  dissociation: [0, 3],
  drowsiness: [0, 3],
  pain: [0, 10],
  anxiety: [0, 10],
  aldrete: [0, 10],
  'side effect': [0, 3],
  'respiratory depression': [0, 3],
}
/** As the server has it: a page. */
const TEXT_MAX = 2000

/** A comment; after the signature it is an addendum, and the only thing that can be added. */
export function Comment({ page }: { readonly page: Page }) {
  const [said, setSaid] = useState('')
  const [wrong, setWrong] = useState('')
  const signed = page.record.signed !== undefined
  const add = async () => {
    const answer = await page.add({ is: 'addendum', text: said.trim() })
    setWrong(answer)
    if (answer === '') setSaid('')
  }
  return (
    <form
      class="row comment"
      onSubmit={(event) => {
        event.preventDefault()
        if (said.trim() !== '') void add()
      }}
    >
      <label class="grow">
        <span>{signed ? r.addendum : r.comment}</span>
        <input value={said} maxLength={TEXT_MAX} onInput={(event) => setSaid(event.currentTarget.value)} />
      </label>
      <button type="submit" disabled={said.trim() === ''}>
        {r.add}
      </button>
      {wrong !== '' && <p class="wrong">{wrong}</p>}
    </form>
  )
}

export function UndoForm({ page, kept, close }: { readonly page: Page; readonly kept: Kept; close(): void }) {
  const [wrong, setWrong] = useState('')
  const undo = async (reason: string) => {
    const answer = await page.add({ is: 'undo', of: kept.seq, reason })
    if (answer === '') close()
    else setWrong(answer)
  }
  return (
    <div class="amend-form">
      <h3>{f.undoWhat(saysOf(kept))}</h3>
      <Reasons chips={text.session.reasons.undo} done={(reason) => void undo(reason)} />
      {wrong !== '' && <p class="wrong">{wrong}</p>}
      <button type="button" onClick={close}>
        {r.close}
      </button>
    </div>
  )
}

/** Fields of an entry as they are typed. */
interface Fields {
  readonly score: string
  readonly text: string
  readonly time: string
}

interface EntryFieldsProps {
  readonly entry: string
  readonly fields: Fields
  /** Within this session, when the time can be read. */
  readonly atUs: number | undefined
  set(fields: Fields): void
}

function EntryFields({ entry, fields, atUs, set }: EntryFieldsProps) {
  const scale = SCALES[entry]
  return (
    <>
      {scale !== undefined && (
        <label class="number-field">
          <span>{r.score(scale[0], scale[1])}</span>
          <input
            value={fields.score}
            inputMode="numeric"
            maxLength={3}
            aria-invalid={fields.score !== '' && !fits(fields.score, scale)}
            onInput={(event) => set({ ...fields, score: event.currentTarget.value })}
          />
        </label>
      )}
      <label class="grow">
        <span>{f.textOf}</span>
        <input
          value={fields.text}
          maxLength={TEXT_MAX}
          onInput={(event) => set({ ...fields, text: event.currentTarget.value })}
        />
      </label>
      <label class="number-field">
        <span>{f.at}</span>
        <input
          value={fields.time}
          placeholder="10:05"
          maxLength={5}
          aria-invalid={fields.time !== '' && atUs === undefined}
          onInput={(event) => set({ ...fields, time: event.currentTarget.value })}
        />
      </label>
    </>
  )
}

const fits = (score: string, [low, high]: readonly [number, number]): boolean =>
  /^\s*-?\d{1,2}\s*$/.test(score) && Number(score) >= low && Number(score) <= high

/** The score of a form, or what is not right about it. */
function scoreOf(entry: string, score: string): { readonly score?: number } | undefined {
  const scale = SCALES[entry]
  if (scale === undefined || score.trim() === '') return {}
  return fits(score, scale) ? { score: Number(score) } : undefined
}

interface CorrectProps {
  readonly page: Page
  readonly kept: Kept
  readonly entry: string
  close(): void
}

/** The right words in place of wrong ones; what was written stays, struck through. */
export function CorrectForm({ page, kept, entry, close }: CorrectProps) {
  const { zone, begin, end } = page.record
  const was = kept.act as { readonly score?: number; readonly text: string }
  const wasAt = minute(kept.wallUs, zone).slice(0, 5)
  const [fields, setFields] = useState<Fields>({ score: was.score?.toString() ?? '', text: was.text, time: wasAt })
  const [wrong, setWrong] = useState('')
  const score = scoreOf(entry, fields.score)
  // The same minute is the same moment.
  const atUs = fields.time === wasAt ? kept.wallUs : momentIn(fields.time, begin.wallUs, end.wallUs, zone)
  const correct = async (reason: string) => {
    if (score === undefined || atUs === undefined) return
    const answer = await page.add({ is: 'corrected', of: kept.seq, ...score, text: fields.text.trim(), reason }, atUs)
    if (answer === '') close()
    else setWrong(answer)
  }
  return (
    <div class="amend-form">
      <h3>{r.correctWhat(saysOf(kept))}</h3>
      <div class="row">
        <EntryFields entry={entry} fields={fields} atUs={atUs} set={setFields} />
      </div>
      <p class="hint">{r.correctDo}</p>
      <Reasons
        chips={r.correctReasons}
        disabled={score === undefined || atUs === undefined}
        done={(reason) => void correct(reason)}
      />
      {wrong !== '' && <p class="wrong">{wrong}</p>}
      <button type="button" onClick={close}>
        {r.close}
      </button>
    </div>
  )
}

/** Something that was done and not entered. */
export function LateForm({ page, kind }: { readonly page: Page; readonly kind?: string }) {
  const { zone, begin, end } = page.record
  const empty: Fields = { score: '', text: '', time: '' }
  const [entry, setEntry] = useState(kind ?? 'note')
  const [fields, setFields] = useState<Fields>(empty)
  const [wrong, setWrong] = useState('')
  const score = scoreOf(entry, fields.score)
  const atUs = momentIn(fields.time, begin.wallUs, end.wallUs, zone)
  const nothing = fields.text.trim() === '' && fields.score.trim() === ''
  const add = async () => {
    if (score === undefined || atUs === undefined) return
    const answer = await page.add({ is: 'entry', entry, ...score, text: fields.text.trim() }, atUs)
    setWrong(answer)
    if (answer === '') setFields(empty)
  }
  return (
    <form
      class="row late"
      onSubmit={(event) => {
        event.preventDefault()
        void add()
      }}
    >
      <label class="field">
        <span>{r.lateEntry}</span>
        <select value={entry} onChange={(event) => setEntry(event.currentTarget.value)}>
          {Object.entries(f.entry)
            .filter(([key]) => key !== 'go')
            .map(([key, name]) => (
              <option key={key} value={key}>
                {name}
              </option>
            ))}
        </select>
      </label>
      <EntryFields entry={entry} fields={fields} atUs={atUs} set={setFields} />
      <button type="submit" disabled={nothing || atUs === undefined || score === undefined}>
        {r.add}
      </button>
      {fields.time.length >= 4 && atUs === undefined && <p class="wrong">{r.notInSession}</p>}
      {wrong !== '' && <p class="wrong">{wrong}</p>}
    </form>
  )
}
