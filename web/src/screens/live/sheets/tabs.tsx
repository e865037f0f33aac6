import { f } from '../../../format/forms'
import { ordered } from '../../../model/chime'
import { unsent } from '../../../model/outbox'
import type { Standing } from '../../../model/standing'
import type { Bedside, Tab } from '../bedside'
import { OneLimit } from '../limits'
import { Relayed, tabOf, tabsOf } from '../side'
import { CheckIn } from './checkin'
import { DueList } from './due'
import { Enter } from './enter'
import { Entries, Latest } from './entries'
import { Leaving } from './leaving'

export function Tabs({ at, stands }: { readonly at: Bedside; readonly stands: Standing }) {
  const tab = tabOf(at, stands)
  const notices = (at.known.limitNotices?.length ?? 0) + at.known.notices.length
  const count: Partial<Record<Tab, number>> = { entries: unsent(at.queue, at.id).length, notices }
  return (
    <section class="side" aria-label={f.tabs}>
      <DueList at={at} stands={stands} />
      <div class="tabs">
        {tabsOf(stands.phase).map((it) => (
          <button type="button" key={it} aria-pressed={tab === it} data-tab={it} onClick={() => at.tab(it)}>
            {f.tab[it]}
            {(count[it] ?? 0) > 0 && ` (${count[it]})`}
          </button>
        ))}
      </div>
      {tab === 'enter' && (
        <>
          <Enter at={at} />
          <Latest at={at} />
        </>
      )}
      {tab === 'checkIn' && <CheckIn at={at} />}
      {tab === 'leaving' && <Leaving at={at} stands={stands} />}
      {tab === 'entries' && <Entries at={at} />}
      {tab === 'notices' && <Notices at={at} />}
    </section>
  )
}

function Notices({ at }: { readonly at: Bedside }) {
  const { clinic } = at.state
  return (
    <div class="all-notices">
      {clinic?.hasLimits === true && (
        <>
          <h3>{f.clinicNotices}</h3>
          {(at.known.limitNotices ?? []).length === 0 && <p class="hint">{f.noClinicNotices}</p>}
          {ordered(at.known.limitNotices ?? []).map((it) => (
            <OneLimit key={it.notice} at={at} notice={it} long />
          ))}
        </>
      )}
      <Relayed state={at.state} known={at.known} />
    </div>
  )
}
