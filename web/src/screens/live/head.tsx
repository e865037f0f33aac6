/**
 * Who has the chair, where the session stands, and what moves it on (L1, L10). Colour stands in the phase bar only. Browser tests
 * read `[data-session]`, `data-phase`, and `[data-act]` on the main actions.
 */
import { may } from '../../access'
import { text, word } from '../../format/text'
import { minute } from '../../format/time'
import { alike } from '../../model/alike'
import { checkIn, wentGo } from '../../model/lists'
import { elapsed } from '../../model/session'
import { isEarly, observeLeftUs, PHASES, plannedEndUs, type Standing } from '../../model/standing'
import { Hold } from '../../ui/hold'
import { Icon } from '../../ui/icons'
import { namesAreTyped, person } from '../../ui/person'
import type { Bedside } from './bedside'
import { leaving } from './leaving'

const t = text.session

export function Head({ at, stands }: { readonly at: Bedside; readonly stands: Standing }) {
  const { session, phase } = stands
  return (
    <section class="session" data-session={session.id} data-phase={phase} aria-label={t.ofSession}>
      <Phases stands={stands} />
      <div class="session-row">
        <Who at={at} stands={stands} />
        <Clocks at={at} stands={stands} />
        <Actions at={at} stands={stands} />
      </div>
    </section>
  )
}

/** The way of the session; the place where it stands has colour and is named in words. */
function Phases({ stands }: { readonly stands: Standing }) {
  const { phase, moving } = stands
  const at = phase === 'paused' ? 'infusing' : phase
  const place = (PHASES as readonly string[]).indexOf(at)
  const shown = PHASES.filter((it) => it !== 'planned' || phase === 'planned')
  return (
    <ol class="way" aria-label={t.phases}>
      {shown.map((it) => {
        const here = it === at
        return (
          <li
            key={it}
            class={here ? `here p-${phase.replace(' ', '-')}` : PHASES.indexOf(it) < place ? 'before' : 'ahead'}
            aria-current={here ? 'step' : undefined}
          >
            {word(t.phase, here ? phase : it)}
            {here && moving && ` (${t.moving})`}
          </li>
        )
      })}
    </ol>
  )
}

/** Two identifiers, whole, and a mark where another chair has a name that could be taken for this one. */
function Who({ at, stands }: { readonly at: Bedside; readonly stands: Standing }) {
  const { patient, plan } = stands.session
  const similar = [...at.state.chairs.values()].filter(
    ({ id, session }) =>
      id !== at.id && session !== undefined && session.next.length > 0 && alike(session.patient.name, patient.name),
  )
  return (
    <div class="who">
      <strong class="who-name">{patient.name}</strong>
      <span class="who-more">
        <span class="whole">{t.born(patient.born)}</span> <strong class="whole">{patient.id}</strong>
      </span>
      <span class="muted">
        {t.number(plan.number, plan.of)}, {plan.template}
      </span>
      {similar.map(({ id }) => (
        <span key={id} class="alike" data-alike={id}>
          <Icon name="alike" /> {t.alike(at.state.roster?.chairs.find((it) => it.id === id)?.name ?? id)}
        </span>
      ))}
    </div>
  )
}

function Clocks({ at, stands }: { readonly at: Bedside; readonly stands: Standing }) {
  const { zone } = at.state
  const { phase, elapsedUs } = stands
  const end = phase === 'infusing' || phase === 'paused' ? plannedEndUs(stands) : undefined
  const go = wentGo(at.lines)
  const left = observeLeftUs(stands, at.monoUs)
  return (
    <div class="clocks">
      {elapsedUs !== undefined && (
        <strong class="t-plus" data-elapsed>
          {t.tPlus(elapsed(elapsedUs))}
        </strong>
      )}
      {end !== undefined && <span>{t.plannedEnd(minute(end, zone))}</span>}
      {elapsedUs === undefined && <span>{t.since(minute(stands.sinceWallUs, zone))}</span>}
      {phase === 'baseline' && go !== undefined && <span>{t.wentGo(go.by.name, minute(go.wallUs, zone))}</span>}
      {(phase === 'observing' || phase === 'ready') && left !== undefined && (
        <span>{left > 0 ? t.observeLeft(elapsed(left)) : t.observed}</span>
      )}
    </div>
  )
}

function Actions({ at, stands }: { readonly at: Bedside; readonly stands: Standing }) {
  const may = (to: string) => stands.next.includes(to)
  const move = (to: string, reason = '', atUs?: number) => at.press({ is: 'moved', to, reason }, { atUs })
  return (
    <div class="actions">
      {may('cancelled') && (
        <button
          type="button"
          data-act="cancel"
          onClick={() => at.show(why(t.cancel, t.reasons.cancel, (r) => move('cancelled', r)))}
        >
          {t.cancel}
        </button>
      )}
      {stands.phase === 'planned' && (
        <button type="button" class="main" data-act="arrive" onClick={() => move('checked in')}>
          {t.arrive}
        </button>
      )}
      {stands.phase === 'checked in' && <ToBaseline at={at} move={move} />}
      {stands.phase === 'baseline' && <Begin at={at} stands={stands} move={move} />}
      {stands.phase === 'infusing' && (
        <Hold act="pause" done={() => move('paused')}>
          {t.pause}
        </Hold>
      )}
      {stands.phase === 'paused' && (
        <Hold act="resume" done={() => move('infusing')}>
          {t.resume}
        </Hold>
      )}
      {may('observing') && stands.phase !== 'ready' && (
        <Hold act="stop" done={() => stop(at, stands, move)}>
          {t.stop}
        </Hold>
      )}
      {(stands.phase === 'observing' || stands.phase === 'ready') && <Leave at={at} stands={stands} move={move} />}
    </div>
  )
}

type Move = (to: string, reason?: string, atUs?: number) => void

const why = (title: string, chips: readonly string[], answer: (reason: string) => void, hint?: string) => ({
  is: 'why' as const,
  ask: { title, chips, answer, ...(hint === undefined ? {} : { hint }) },
})

/** A stop before its time has a reason; its time is that of the hold, however long the reason takes. */
function stop(at: Bedside, stands: Standing, move: Move): void {
  const atUs = at.time()
  if (!isEarly(stands, atUs)) move('observing')
  else at.show(why(t.stop, t.reasons.stop, (reason) => move('observing', reason, atUs)))
}

function ToBaseline({ at, move }: { readonly at: Bedside; readonly move: Move }) {
  const open = checkIn(at.lines).filter(({ is }) => is === 'open').length
  return (
    <>
      {open > 0 && <span class="muted">{t.missing(open)}</span>}
      <button type="button" class="main" data-act="to-baseline" disabled={open > 0} onClick={() => move('baseline')}>
        {t.toBaseline}
      </button>
    </>
  )
}

/** Baseline, the clinician's word, the start. What is missing does not forbid a start: it asks for a reason. */
function Begin({ at, stands, move }: { readonly at: Bedside; readonly stands: Standing; readonly move: Move }) {
  const go = wentGo(at.lines)
  const taken = stands.session.baseline.length > 0
  const missing = [taken ? '' : t.missingBaseline, go === undefined ? t.missingGo : ''].filter((it) => it !== '')
  const start = () => {
    const atUs = at.time()
    if (missing.length === 0) move('infusing')
    else {
      const hint = t.startMissing(missing.join(', '))
      at.show(why(t.start, t.reasons.missing, (reason) => move('infusing', reason, atUs), hint))
    }
  }
  return (
    <>
      <button type="button" class="main" data-act="baseline" onClick={() => at.press({ is: 'baseline', values: [] })}>
        {taken ? t.baselineAgain : t.takeBaseline}
      </button>
      {go === undefined && (
        <button type="button" class="main" data-act="go" onClick={() => sayGo(at)}>
          {t.go}
        </button>
      )}
      <Hold act="start" done={start}>
        {t.start}
      </Hold>
    </>
  )
}

/** The "go" bears the clinician's name: theirs if they hold the screen, else the one who is named. */
function sayGo(at: Bedside): void {
  const go = { is: 'entry', entry: 'go', text: '' } as const
  if (namesAreTyped.value ? person.value?.role === 'clinician' : person.value !== undefined && may('decide'))
    at.press(go)
  else if (!namesAreTyped.value)
    at.show({ is: 'person', need: 'decide', answer: (by, account) => at.press(go, { by, account }) })
  else at.show({ is: 'clinician', title: t.go, answer: (by) => at.press(go, { by }) })
}

function Leave({ at, stands, move }: { readonly at: Bedside; readonly stands: Standing; readonly move: Move }) {
  const { done, all, complete, observed } = leaving(at, stands)
  if (stands.phase === 'ready')
    return (
      <>
        <button type="button" class="main" data-act="back" onClick={() => move('observing')}>
          {t.notReadyYet}
        </button>
        <Hold act="discharge" done={() => move('discharged')}>
          {t.discharge}
        </Hold>
      </>
    )
  return (
    <>
      <button type="button" class="main" data-act="leaving" onClick={() => at.tab('leaving')}>
        {t.toLeave(done, all)}
      </button>
      <button
        type="button"
        class="main"
        data-act="ready"
        disabled={!complete || !observed}
        onClick={() => move('ready')}
      >
        {t.ready}
      </button>
    </>
  )
}
