/** Both identities side by side, and the question only a person can answer (H01). */
import { useState } from 'preact/hooks'
import { f } from '../../../format/forms'
import { text } from '../../../format/text'
import { minute } from '../../../format/time'
import { go } from '../../../route'
import type { Bedside } from '../bedside'
import { says } from '../feeds'
import { Panel, Reasons } from './why'

const t = text.session

export function ConflictSheet({
  at,
  source,
  bed,
}: {
  readonly at: Bedside
  readonly source: string
  readonly bed: string
}) {
  const [accepting, setAccepting] = useState(false)
  const session = at.standing?.session
  const feed = session?.feeds?.find((it) => it.source === source && it.bed === bed)
  if (session === undefined || feed === undefined)
    return <Panel at={at} name="conflict" title={f.conflict} children={null} />
  const { patient } = session
  const rows = [
    [f.patientId, patient.id, feed.patient],
    [f.name, patient.name, feed.name],
    [f.bornOn, patient.born, ''],
    [f.device, '', feed.device],
    [f.bedName, '', feed.bed],
  ] as const
  const decides = feed.says === 'patient' || feed.says === 'device' || feed.says === 'bed'
  const hint = feed.says === 'demo' ? f.conflictDemo : feed.says === 'before' ? f.conflictBefore : f.conflictDo
  return (
    <Panel at={at} name="conflict" title={decides ? f.conflict : says(feed)} hint={hint}>
      <p>
        <strong>{says(feed)}</strong>. {t.withheld(feed.withheld, minute(feed.since.wallUs, at.state.zone))}.
      </p>
      <table class="identities">
        <thead>
          <tr>
            <td />
            <th scope="col">{f.here}</th>
            <th scope="col">{f.there(source)}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(([name, here, there]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{here === '' ? <span class="muted">{f.notSaid}</span> : <strong>{here}</strong>}</td>
              <td>{there === '' ? <span class="muted">{f.notSaid}</span> : <strong>{there}</strong>}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {!accepting && (
        <div class="chips">
          {decides && (
            <button type="button" class="main" data-act="accept" onClick={() => setAccepting(true)}>
              {f.samePatient}
            </button>
          )}
          <button type="button" class="main" data-act="wrong-monitor" onClick={() => go({ at: 'settings' })}>
            {f.wrongMonitor}
          </button>
        </div>
      )}
      {accepting && (
        <>
          <h3>{f.why}</h3>
          <Reasons
            chips={t.reasons.accept}
            done={(reason) => {
              at.show(undefined)
              at.press({ is: 'accepted', source, bed, patient: feed.patient, device: feed.device, reason })
            }}
          />
        </>
      )}
    </Panel>
  )
}
