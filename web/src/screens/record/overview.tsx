/** The header of the record and its summary, each figure with its definition. Browser tests read `[data-summary]` (its key). */

import { asCorrected } from '../../charts/record'
import { f } from '../../format/forms'
import { rounded } from '../../format/rounded'
import { text, word } from '../../format/text'
import { minute } from '../../format/time'
import { linesOf } from '../../model/lines'
import { checkIn } from '../../model/lists'
import type { SessionRecord, SummaryLine } from '../../wire/wire'
import type { Page } from './page'
import { figureText, summaryName } from './say'
import { bothTimes } from './when'
import { r } from './words'

export function Overview({ page }: { readonly page: Page }) {
  return (
    <div class="overview">
      <Summary page={page} />
      <About record={page.record} />
    </div>
  )
}

/** A definition in the page's language; one nobody translated stands as it came. */
const meaning = (definition: string): string => r.definition[definition] ?? definition

/** Lines that stand in a table of their own: how much of the session each vital covers. */
const COVERAGE = /^(coverage|gaps|longest gap) (\w+)$/

function Summary({ page }: { readonly page: Page }) {
  const { summary } = page.record
  const figures = summary.filter(({ key }) => !COVERAGE.test(key))
  const notes = [...new Set(figures.map(({ definition }) => definition))].filter((it) => it !== '')
  return (
    <section class="summary">
      <h3>{r.summary}</h3>
      {summary.length === 0 ? (
        <p class="hint">{r.noSummary}</p>
      ) : (
        <table class="lines">
          <thead class="unseen">
            <tr>
              {[r.figure, r.value, r.time].map((name) => (
                <th scope="col" key={name}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {figures.map((line, n) => (
              <Line key={`${line.key} ${n}`} line={line} page={page} note={notes.indexOf(line.definition) + 1} />
            ))}
          </tbody>
        </table>
      )}
      <ol class="definitions">
        {notes.map((definition, n) => (
          <li key={definition} id={`means-${n + 1}`}>
            {n + 1} {meaning(definition)}
          </li>
        ))}
      </ol>
      <Coverage summary={summary} />
    </section>
  )
}

interface LineProps {
  readonly line: SummaryLine
  readonly page: Page
  /** Number of its definition below the table; 0 for none. */
  readonly note: number
}

function Line({ line, page, note }: LineProps) {
  const { session, zone } = page.record
  const { seq, atUs } = line
  const said = figureText(line.value, line.unit)
  return (
    <tr data-summary={line.key}>
      <th scope="row" aria-describedby={note > 0 ? `means-${note}` : undefined}>
        {summaryName(line.key)}
        {note > 0 && <sup title={meaning(line.definition)}>{note}</sup>}
      </th>
      <td>
        {seq === undefined ? (
          said
        ) : (
          <button type="button" class="number-link" title={r.whereFrom} onClick={() => page.trace(seq)}>
            {said}
          </button>
        )}
      </td>
      <td>
        {atUs !== undefined && (
          <button type="button" class="number-link plain" onClick={() => page.look(atUs)}>
            {bothTimes(atUs, session.started?.wallUs, zone)}
          </button>
        )}
      </td>
    </tr>
  )
}

/** How much of the session a counted value stood, by vital. */
function Coverage({ summary }: { readonly summary: readonly SummaryLine[] }) {
  const of = new Map<string, Map<string, SummaryLine>>()
  for (const line of summary) {
    const [, what, vital] = COVERAGE.exec(line.key) ?? []
    if (what === undefined || vital === undefined) continue
    of.set(vital, (of.get(vital) ?? new Map()).set(what, line))
  }
  if (of.size === 0) return null
  const means = [...new Set([...of.values()].flatMap((it) => [...it.values()].map(({ definition }) => definition)))]
  const said = (line: SummaryLine | undefined) => (line === undefined ? '' : figureText(line.value, line.unit))
  return (
    <>
      <h3>{r.coverage}</h3>
      <p class="definition">{means.map(meaning).join('; ')}</p>
      <table class="interval">
        <thead>
          <tr>
            {[r.vital, r.coverage, r.gapsCount, r.longestGap].map((name) => (
              <th scope="col" key={name}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {[...of].map(([vital, lines]) => (
            <tr key={vital} data-summary={`coverage ${vital}`}>
              <th scope="row">{word(text.label, vital)}</th>
              {['coverage', 'gaps', 'longest gap'].map((what) => (
                <td key={what}>{said(lines.get(what))}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </>
  )
}

/** What the header of a record holds besides the line above the chart (clinical-workflow 6.1). */
function About({ record }: { readonly record: SessionRecord }) {
  const { session, sources, zone } = record
  const { patient, plan, baseline } = session
  const lines = linesOf({ ...session, acts: asCorrected(session.acts) }, [], '')
  const staff = [...new Map(session.acts.map(({ by }) => [`${by.name} ${by.role}`, by])).values()]
  const checks = checkIn(lines)
  const facts: [string, string][] = [
    [r.patient, `${patient.name}, ${text.session.born(patient.born)}, ${patient.id}`],
    [r.session, `${text.session.number(plan.number, plan.of)}, ${plan.template}`],
    [r.planned, r.plannedTimes(plan.infusionMin, plan.observeMin)],
    [r.staff, staff.map(({ name, role }) => text.session.by(name, word(text.clinic.roles, role))).join('; ')],
    [
      r.monitors,
      sources.map((it) => [it.words || it.source, it.adapter].filter((said) => said !== '').join(', ')).join('; '),
    ],
    ...(baseline.length === 0
      ? []
      : ([[r.baseline, baseline.map(({ vital, values }) => baselineText(vital, values)).join(', ')]] as [
          string,
          string,
        ][])),
  ]
  return (
    <section class="about">
      <h3>{r.about}</h3>
      <dl class="record-facts">
        {facts.map(([name, said]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{said}</dd>
          </div>
        ))}
        {checks.map(({ kind, is, texts, line }) => (
          <div key={kind} data-check={kind}>
            <dt>{word(f.entry, kind)}</dt>
            <dd>
              {is === 'open' ? (
                <span class="muted">{r.notEntered}</span>
              ) : is === 'skipped' ? (
                f.skipped(texts.join('; '))
              ) : (
                `${texts.filter((it) => it !== '').join('; ') || f.done}${line === undefined ? '' : ` (${minute(line.wallUs, zone)} ${line.by.name})`}`
              )}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

/** Of a median that has more digits than a display. */
const baselineText = (vital: string, values: readonly string[]): string => {
  const [first = '', second, mean] = values.map((it) => rounded(it, vital, vital === 'nibp' ? 'mm[Hg]' : '%'))
  return `${word(text.label, vital)} ${first}${second === undefined ? '' : `/${second}`}${mean === undefined ? '' : ` (${mean})`}`
}
