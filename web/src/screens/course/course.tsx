/**
 * A course of treatment: a row a session, sessions laid over one another, scores, plan against done. It says what was, and nothing of
 * what should be. Browser tests read `main[data-course]`, `[data-course-row]`, `[data-overlay]` (the toggles).
 */
import { useEffect, useState } from 'preact/hooks'
import '../../styles/record.css'
import '../../styles/course.css'
import { columnsOf } from '../../charts/record'
import { f } from '../../format/forms'
import { text, word } from '../../format/text'
import { day, minute } from '../../format/time'
import type { State } from '../../model/state'
import { follow, go, write } from '../../route'
import { person } from '../../ui/person'
import type { Course, CourseRow, CourseValues } from '../../wire/wire'
import { courseOf, type OfSession, openRecord, save, seriesOf } from '../record/ask'
import { Findings } from '../record/finding'
import { ToSessions } from '../record/record'
import { Ask, Who } from '../record/who'
import { r } from '../record/words'
import { courseCsv } from './csv'
import type { Opened } from './lines'
import { Multiples } from './multiples'
import { OVERLAY_MAX, Overlay } from './overlay'
import { isEarlyOne, planOf, scoresOn } from './plan'
import { Scores } from './scores'

export function CoursePage({ state, id }: OfSession) {
  const [course, setCourse] = useState<Course>()
  const [wrong, setWrong] = useState('')
  const by = person.value
  useEffect(() => {
    if (by === undefined) return
    let left = false
    void courseOf(id, by).then((answer) => {
      if (left) return
      setWrong(answer.ok ? '' : answer.message)
      if (answer.ok) setCourse(answer.value)
    })
    return () => {
      left = true
    }
  }, [id, by?.name, by?.role])
  useBack(id)
  return (
    <>
      <Head state={state} id={id} course={course} />
      <main class="course" data-course={course?.rows.length}>
        {by === undefined && <Ask state={state} />}
        {wrong !== '' && (
          <p class="empty-screen">
            <strong class="wrong">{wrong}</strong>
          </p>
        )}
        {course !== undefined && by !== undefined && <Shown course={course} zone={state.zone} />}
      </main>
    </>
  )
}

/** Esc leads back to the record. */
function useBack(id: string): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || event.defaultPrevented) return
      event.preventDefault()
      go({ at: 'record', session: id })
    }
    document.addEventListener('keydown', pressed)
    return () => document.removeEventListener('keydown', pressed)
  }, [id])
}

function Head({ state, id, course }: OfSession & { readonly course: Course | undefined }) {
  const to = { at: 'record', session: id } as const
  const patient = course?.patient
  return (
    <header class="top record-top">
      <ToSessions />
      <a class="button" href={write(to)} onClick={follow(() => go(to))}>
        {r.toRecord}
      </a>
      <h1>
        {patient?.name ?? r.course}{' '}
        {patient !== undefined && (
          <span class="ids">
            {text.session.born(patient.born)} <strong>{patient.id}</strong>
          </span>
        )}
      </h1>
      <span class="spacer" />
      {course !== undefined && (
        <>
          <button type="button" data-act="course-csv" onClick={() => void saveCsv(id, course, state)}>
            {r.courseCsv}
          </button>
          <button type="button" onClick={() => void printed(id)}>
            {r.print}
          </button>
        </>
      )}
      <Who state={state} />
    </header>
  )
}

async function printed(id: string): Promise<void> {
  const by = person.value
  if (by !== undefined && (await openRecord(id, by, 'printed')).ok) print()
}

/** The record says who took it along, as with any export; the name of the file says nothing of the patient. */
async function saveCsv(id: string, course: Course, { zone }: State): Promise<void> {
  const by = person.value
  if (by === undefined || !(await openRecord(id, by, 'exported')).ok) return
  const blob = new Blob([courseCsv(course, zone)], { type: 'text/csv;charset=utf-8' })
  save({ name: 'course.csv', blob })
}

function Shown({ course, zone }: { readonly course: Course; readonly zone: string }) {
  const [chosen, choose] = useState<readonly string[]>([])
  const [opened, setOpened] = useState<ReadonlyMap<string, Opened>>(new Map())
  const [wrong, setWrong] = useState('')
  const { rows } = course
  /** Whoever lays a session over another one has looked at it: the record says so. */
  const load = async (ids: readonly string[]) => {
    const by = person.peek()
    if (by === undefined) return
    for (const id of ids) {
      if (opened.has(id)) continue
      const [record, series] = await Promise.all([openRecord(id, by), seriesOf(id)])
      if (!record.ok || !series.ok) {
        setWrong(record.ok ? (series.ok ? '' : series.message) : record.message)
        return
      }
      const it: Opened = { session: record.value.session, columns: columnsOf(series.value) }
      setOpened((now) => new Map(now).set(id, it))
    }
    setWrong('')
  }
  const toggle = (id: string) => {
    const next = chosen.includes(id) ? chosen.filter((it) => it !== id) : [...chosen, id].slice(-OVERLAY_MAX)
    choose(next)
    void load(next)
  }
  const drawn = rows.flatMap((row) => {
    const it = chosen.includes(row.id) ? opened.get(row.id) : undefined
    return it === undefined ? [] : [{ row, opened: it }]
  })
  return (
    <>
      <Rows course={course} zone={zone} chosen={chosen} toggle={toggle} />
      {wrong !== '' && <p class="wrong">{wrong}</p>}
      {chosen.length === 1 && <p class="hint">{r.oneMore}</p>}
      {drawn.length > 1 && <Overlay chosen={drawn} />}
      <Multiples rows={rows} opened={opened} all={() => void load(rows.map(({ id }) => id))} />
      <div class="course-lower">
        <Scores course={course} zone={zone} />
        <PlanDone course={course} zone={zone} />
      </div>
    </>
  )
}

interface RowsProps {
  readonly course: Course
  readonly zone: string
  readonly chosen: readonly string[]
  toggle(id: string): void
}

function Rows({ course, zone, chosen, toggle }: RowsProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a table that scrolls must be reachable with the keyboard
    <section class="scroll course-table" tabIndex={0} aria-label={r.courseTable}>
      <table>
        <thead>
          <tr>
            {r.courseColumns.map((name) => (
              <th scope="col" key={name}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {course.rows.map((row) => (
            <Row
              key={row.id}
              row={row}
              course={course}
              zone={zone}
              on={chosen.includes(row.id)}
              toggle={() => toggle(row.id)}
            />
          ))}
        </tbody>
      </table>
    </section>
  )
}

function Pressures({ of: { sys, dia, hr } }: { readonly of: CourseValues }) {
  if (sys === undefined && dia === undefined && hr === undefined) return <span class="muted">--</span>
  return (
    <>
      {(sys !== undefined || dia !== undefined) && (
        <span class="whole">
          {sys ?? '--'}/{dia ?? '--'}
        </span>
      )}
      {hr !== undefined && (
        <span class="ids">
          {word(text.label, 'heart_rate')} {hr}
        </span>
      )}
    </>
  )
}

function Row({
  row,
  course,
  zone,
  on,
  toggle,
}: {
  row: CourseRow
  course: Course
  zone: string
  on: boolean
  toggle(): void
}) {
  const to = { at: 'record', session: row.id } as const
  const scores = scoresOn(course.scores, row, zone)
  return (
    <tr data-course-row={row.id}>
      <th scope="row">
        <a href={write(to)} onClick={follow(() => go(to))}>
          {row.number}
          {row.of !== undefined && <span class="muted"> / {row.of}</span>}
        </a>
        {isEarlyOne(row) && <span class="first-three">{r.firstThree}</span>}
        <button
          type="button"
          data-overlay={row.id}
          aria-pressed={on}
          aria-label={r.layOver(row.number)}
          onClick={toggle}
        >
          {r.lay}
        </button>
      </th>
      <td>
        <span class="whole">{day(row.openedUs, zone)}</span>
        <span class="ids">
          {minute(row.openedUs, zone)}
          {row.daysSince !== undefined && `, ${r.daysSince(row.daysSince)}`}
        </span>
      </td>
      <td>
        {word(text.session.phase, row.phase)}
        {row.signed && <span class="ids">{r.signed}</span>}
        {row.stoppedEarly !== undefined && (
          <span class="ids">
            {word(r.finding, 'stopped early')}: {row.stoppedEarly}
          </span>
        )}
      </td>
      <td>
        {row.dose === '' ? <span class="muted">{r.notDocumented}</span> : row.dose}
        <span class="ids">
          {row.minutes === undefined ? '' : `${text.minutes(row.minutes)} `}({r.plannedMin(row.plannedMin)})
        </span>
      </td>
      {[row.baseline, row.peak, row.stop, row.leaving].map((of, n) => (
        <td key={r.courseColumns[n + 4]}>
          <Pressures of={of} />
        </td>
      ))}
      <td>{row.lowestSpo2 ?? <span class="muted">--</span>}</td>
      <td>{row.minutesToPeak === undefined ? <span class="muted">--</span> : text.minutes(row.minutesToPeak)}</td>
      <td>{row.minutesOver === undefined ? <span class="muted">--</span> : text.minutes(row.minutesOver)}</td>
      <td>
        {row.worst.map(({ entry, score }) => (
          <span class="one" key={entry}>
            {word(f.entry, entry)} {score} {f.scores[entry]?.[score] ?? ''}
          </span>
        ))}
      </td>
      <td>{row.lowestMoaas ?? <span class="muted">--</span>}</td>
      <td>{row.drugs.join('; ')}</td>
      <td>{row.minutesToReady === undefined ? <span class="muted">--</span> : text.minutes(row.minutesToReady)}</td>
      <td>
        {scores.map(({ scale, score, at }) => (
          <span class="one" key={`${scale} ${at}`}>
            {scale} {score}
          </span>
        ))}
      </td>
      <td>
        <Findings has={row.has} />
      </td>
    </tr>
  )
}

function PlanDone({ course, zone }: { readonly course: Course; readonly zone: string }) {
  const plan = planOf(course)
  const list = (rows: readonly CourseRow[]) =>
    rows
      .map(
        (row) =>
          `${r.numberOf(row.number)} (${day(row.openedUs, zone)})${row.stoppedEarly ? `: ${row.stoppedEarly}` : ''}`,
      )
      .join('; ')
  const facts: [string, string][] = [
    [r.plannedSessions, plan.planned === undefined ? r.openCourse : String(plan.planned)],
    [r.doneSessions, String(plan.done)],
    [r.missedNumbers, plan.missed.length === 0 ? r.none : plan.missed.map((n) => r.numberOf(n)).join(', ')],
    [r.states.cancelled ?? '', plan.cancelled.length === 0 ? r.none : list(plan.cancelled)],
    [word(r.finding, 'stopped early'), plan.stoppedEarly.length === 0 ? r.none : list(plan.stoppedEarly)],
    [r.spacing, plan.days === undefined ? '--' : r.daysFrom(plan.days[0], plan.days[1])],
  ]
  return (
    <section class="card plan" aria-label={r.planDone}>
      <h2>{r.planDone}</h2>
      <dl class="record-facts">
        {facts.map(([name, said]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{said}</dd>
          </div>
        ))}
      </dl>
      <p class="hint">{r.courseSays}</p>
    </section>
  )
}
