/** Marks values that are none: one cuff reading, or the last minutes of a vital. What was measured stays (L9). */
import { useState } from 'preact/hooks'
import { f } from '../../../format/forms'
import { text, word } from '../../../format/text'
import { clock } from '../../../format/time'
import { whole } from '../../../format/value'
import { isArtefact } from '../../../model/lines'
import type { Bedside } from '../bedside'
import { Panel, Reasons } from './why'

const t = text.session

/** How far back, minutes. */
const SPANS = [1, 2, 5] as const
/** Vitals that are measured all the time. */
const VITALS = ['heart_rate', 'pulse_rate', 'spo2', 'resp_rate', 'etco2'] as const

interface Span {
  readonly vital: string
  readonly first: number
  readonly last: number
  readonly says: string
}

export function ArtefactSheet({ at }: { readonly at: Bedside }) {
  const [span, setSpan] = useState<Span>()
  const cuffs = cuffSpans(at)
  const runs = runSpans(at)
  return (
    <Panel at={at} name="artefact" title={f.artefact} hint={span === undefined ? f.artefactDo : f.markWhat(span.says)}>
      {span !== undefined ? (
        <>
          <h3>{f.why}</h3>
          <Reasons
            chips={t.reasons.artefact}
            done={(reason) => {
              at.show(undefined)
              at.press({ is: 'artefact', vital: span.vital, first: span.first, last: span.last, reason })
            }}
          />
        </>
      ) : (
        <div class="spans">
          {cuffs.length + runs.length === 0 && <p class="hint">{f.nothingToMark}</p>}
          {cuffs.length > 0 && <Spans name={word(text.label, 'nibp')} spans={cuffs} choose={setSpan} />}
          {VITALS.map((vital) => {
            const spans = runs.filter((it) => it.vital === vital)
            return (
              spans.length > 0 && <Spans key={vital} name={word(text.label, vital)} spans={spans} choose={setSpan} />
            )
          })}
        </div>
      )}
    </Panel>
  )
}

function Spans(props: { name: string; spans: readonly Span[]; choose(span: Span): void }) {
  return (
    <fieldset class="span">
      <legend>{props.name}</legend>
      <div class="chips">
        {props.spans.map((span) => (
          <button
            type="button"
            key={span.says}
            aria-label={span.says}
            data-span={span.vital}
            onClick={() => props.choose(span)}
          >
            {span.says.slice(props.name.length).trim()}
          </button>
        ))}
      </div>
    </fieldset>
  )
}

/** The cuff readings of this session that are not marked yet. */
function cuffSpans(at: Bedside): Span[] {
  const from = at.standing?.session.from ?? 0
  return at.known.cuffs
    .filter(({ seq }) => seq >= from && !isArtefact(at.lines, 'nibp', seq))
    .map((cuff) => ({
      vital: 'nibp',
      first: cuff.seq,
      last: cuff.seq,
      says: `${word(text.label, 'nibp')} ${f.thisCuff(whole(cuff), clock(cuff.at.wallUs, at.state.zone))}`,
    }))
}

/** The last minutes of each vital that comes all the time. */
function runSpans(at: Bedside): Span[] {
  const { known, nowUs, sequences, id } = at
  const from = at.standing?.session.from ?? 0
  if (nowUs === undefined) return []
  return VITALS.flatMap((vital) => {
    const last = Math.max(0, ...[...known.latest.values()].filter((it) => it.vital === vital).map(({ seq }) => seq))
    return SPANS.flatMap((minutes): Span[] => {
      const first = Math.max(from, sequences.firstAfter(id, nowUs - minutes * 60e6) ?? Number.POSITIVE_INFINITY)
      if (!(first <= last)) return []
      return [{ vital, first, last, says: `${word(text.label, vital)} ${f.lastMinutes(minutes)}` }]
    })
  })
}
