/**
 * Quick entries: a tap for the kind, a tap for the number. Browser tests read `[data-enter]` (the kind), `[data-score]`.
 */
import { useState } from 'preact/hooks'
import { f } from '../../../format/forms'
import { word } from '../../../format/text'
import type { Bedside, Sheet } from '../bedside'
import { NOW, WhenRow } from './when'
import { Panel } from './why'

/** The grid, in the order of how often they are pressed. */
const QUICK = [
  'sedation',
  'nausea',
  'dizziness',
  'dissociation',
  'pain',
  'drowsiness',
  'comfort check',
  'vomited',
  'iv site check',
  'side effect',
  'drug given',
  'dose event',
  'note',
] as const

/** Lowest and highest number of a kind; one without is done or not, or is typed. */
export const SCALES: Readonly<Record<string, readonly [number, number]>> = {
  sedation: [0, 5],
  rass: [-5, 4],
  nausea: [0, 3],
  dizziness: [0, 3],
  dissociation: [0, 3],
  drowsiness: [0, 3],
  'respiratory depression': [0, 3],
  'side effect': [0, 3],
  pain: [0, 10],
  anxiety: [0, 10],
  aldrete: [0, 10],
}

/** Kinds that say nothing without a text. */
const TYPED = ['drug given', 'dose event', 'note', 'weight', 'scale', 'serious adverse event', 'medicines', 'escort']

/** What a tap on a kind opens. */
export const sheetOf = (kind: string): Sheet =>
  kind === 'side effect' ? { is: 'effects' } : kind === 'typed' ? { is: 'typed' } : { is: 'entry', kind }

export function Enter({ at }: { readonly at: Bedside }) {
  return (
    <div class="quick">
      {QUICK.map((kind) => (
        <button type="button" key={kind} data-enter={kind} onClick={() => at.show(sheetOf(kind))}>
          {word(f.entry, kind)}
        </button>
      ))}
      <button type="button" data-enter="typed" onClick={() => at.show({ is: 'typed' })}>
        {f.typedVitals}
      </button>
      <button type="button" data-enter="artefact" onClick={() => at.show({ is: 'artefact' })}>
        {f.artefact}
      </button>
      <button type="button" data-enter="more" onClick={() => at.show({ is: 'more' })}>
        {f.more}
      </button>
    </div>
  )
}

/** The numbers of a scale, each with its word where it has one. */
export function Scores({ kind, done }: { readonly kind: string; done(score: number): void }) {
  const [low, high] = SCALES[kind] ?? [0, 3]
  const scores = Array.from({ length: high - low + 1 }, (_, n) => low + n)
  const words = f.scores[kind] ?? {}
  return (
    <div class={`scores of-${scores.length}`}>
      {scores.map((score) => (
        <button
          type="button"
          key={score}
          data-score={score}
          aria-label={`${word(f.entry, kind)} ${score > 0 && low < 0 ? `+${score}` : score} ${words[score] ?? ''}`.trim()}
          onClick={() => done(score)}
        >
          <span class="score">{score > 0 && low < 0 ? `+${score}` : score}</span>{' '}
          {words[score] !== undefined && <span class="score-word">{words[score]}</span>}
        </button>
      ))}
    </div>
  )
}

export function EntryPanel({ at, kind }: { readonly at: Bedside; readonly kind: string }) {
  const [when, setWhen] = useState(NOW)
  const [typed, setTyped] = useState('')
  const done = (score: number | undefined) => {
    if (when.wrong) return
    at.show(undefined)
    at.press({ is: 'entry', entry: kind, text: typed.trim(), ...(score === undefined ? {} : { score }) }, when.how)
  }
  const needsText = TYPED.includes(kind)
  const scale = SCALES[kind]
  return (
    <Panel at={at} name={`entry ${kind}`} title={word(f.entry, kind)} hint={f.entryDo[kind]}>
      {scale !== undefined && <Scores kind={kind} done={done} />}
      {scale === undefined && (
        <form
          class="typed-entry"
          onSubmit={(event) => {
            event.preventDefault()
            if (!needsText || typed.trim() !== '') done(undefined)
          }}
        >
          <button type="submit" class="main" disabled={(needsText && typed.trim() === '') || when.wrong}>
            {needsText ? f.record : f.recordNow}
          </button>
          <label class="field">
            <span>{f.textOf}</span>
            <textarea
              rows={needsText ? 3 : 2}
              maxLength={2000}
              value={typed}
              onInput={(event) => setTyped(event.currentTarget.value)}
            />
          </label>
        </form>
      )}
      <WhenRow at={at} when={when} set={setWhen} />
    </Panel>
  )
}
