/** Entries that come together: an assessment, the side effects, and kinds that are needed less often. */
import { useState } from 'preact/hooks'
import { f } from '../../../format/forms'
import { word } from '../../../format/text'
import { minute } from '../../../format/time'
import { entries } from '../../../model/lines'
import type { Bedside } from '../bedside'
import { Scores, sheetOf } from './enter'
import { NOW, WhenRow } from './when'
import { Panel } from './why'

/** Sedation first, then what is asked with it. */
const ASSESSED = ['sedation', 'nausea', 'dizziness', 'dissociation', 'drowsiness', 'pain'] as const

/** One tap a line; the panel stays open for the next one. */
export function AssessSheet({ at }: { readonly at: Bedside }) {
  const [when, setWhen] = useState(NOW)
  return (
    <Panel at={at} name="assess" title={f.assess} hint={f.assessDo}>
      <ul class="rows">
        {ASSESSED.map((kind) => {
          const last = entries(at.lines, kind).at(-1)
          return (
            <li key={kind} class="row assessed" data-assess={kind}>
              <span class="grow">
                <strong>{word(f.entry, kind)}</strong>
                {last !== undefined && (
                  <span class="muted entry-more">
                    {last.act.score} {minute(last.wallUs, at.state.zone)}
                  </span>
                )}
              </span>
              <Scores
                kind={kind}
                done={(score) => !when.wrong && at.press({ is: 'entry', entry: kind, score, text: '' }, when.how)}
              />
            </li>
          )
        })}
      </ul>
      <div class="chips">
        <button type="button" onClick={() => at.show({ is: 'effects' })}>
          {word(f.entry, 'side effect')}
        </button>
      </div>
      <WhenRow at={at} when={when} set={setWhen} />
    </Panel>
  )
}

/** Each side effect with its four steps: the second tap records it. */
export function EffectsSheet({ at }: { readonly at: Bedside }) {
  const [when, setWhen] = useState(NOW)
  const [other, setOther] = useState('')
  const done = (effect: string, score: number) => {
    if (when.wrong || effect.trim() === '') return
    at.show(undefined)
    at.press({ is: 'entry', entry: 'side effect', score, text: effect.trim() }, when.how)
  }
  return (
    <Panel at={at} name="effects" title={word(f.entry, 'side effect')}>
      <ul class="effects">
        {Object.entries(f.effects).map(([effect, name]) => (
          <li key={effect} class="assessed" data-effect={effect}>
            <span class="grow">{name}</span>
            <Scores kind="side effect" done={(score) => done(effect, score)} />
          </li>
        ))}
        <li class="assessed">
          <label class="field grow">
            <span>{f.otherEffect}</span>
            <input value={other} maxLength={120} onInput={(event) => setOther(event.currentTarget.value)} />
          </label>
          <Scores kind="side effect" done={(score) => done(other, score)} />
        </li>
      </ul>
      <WhenRow at={at} when={when} set={setWhen} />
    </Panel>
  )
}

const MORE = [
  'rass',
  'anxiety',
  'respiratory depression',
  'aldrete',
  'scale',
  'weight',
  'medicines',
  'serious adverse event',
] as const

export function MoreSheet({ at }: { readonly at: Bedside }) {
  return (
    <Panel at={at} name="more" title={f.moreDo}>
      <div class="quick">
        {MORE.map((kind) => (
          <button type="button" key={kind} data-enter={kind} onClick={() => at.show(sheetOf(kind))}>
            {word(f.entry, kind)}
          </button>
        ))}
        <button type="button" data-enter="assess" onClick={() => at.show({ is: 'assess' })}>
          {f.assess}
        </button>
        <button type="button" data-enter="limits" onClick={() => at.show({ is: 'limits' })}>
          {f.limits}
        </button>
      </div>
    </Panel>
  )
}
