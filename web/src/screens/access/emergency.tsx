/** Emergency access to one patient's records, for somebody whose roles show none. Browser tests read `[data-emergency]`. */
import { useState } from 'preact/hooks'
import { gate } from '../../access'
import { clock, day } from '../../format/time'
import { follow, go } from '../../route'
import type { Emergency } from '../../wire/wire'
import { Card } from '../settings/parts'
import { askEmergency } from './ask'
import { Asked } from './fields'
import type { Told } from './listed'
import { ToldOf } from './told'
import { a } from './words'

/** Fewest and most characters of a reason; the server holds the same. */
const REASON_MIN = 10
const REASON_MAX = 120

export function EmergencyCard({ zone }: { readonly zone: string }) {
  const [patient, setPatient] = useState('')
  const [reason, setReason] = useState('')
  const [secret, setSecret] = useState('')
  const [told, tell] = useState<Told>()
  const [given, give] = useState<Emergency>()
  const fits = patient.trim() !== '' && [...reason.trim()].length >= REASON_MIN && secret !== ''
  const ask = async (event: Event) => {
    event.preventDefault()
    const answer = await askEmergency({ patient: patient.trim(), reason: reason.trim(), secret })
    setSecret('')
    tell(answer.ok ? undefined : { ok: false, message: answer.message })
    if (!answer.ok) return
    give(answer.value)
    await gate.ask()
  }
  return (
    <Card title={a.emergency} hint={a.emergencyDo}>
      <form
        class="account-edit"
        data-emergency={given?.sessions.length ?? 'none'}
        onSubmit={(event) => void ask(event)}
      >
        <ToldOf told={told} />
        <Asked label={a.patient} name="emergency-patient" max={120} value={patient} change={setPatient} />
        <Asked
          label={a.emergencyWhy}
          name="emergency-reason"
          max={REASON_MAX}
          hint={a.emergencyWhyDo}
          value={reason}
          change={setReason}
        />
        <Asked label={a.emergencySecret} name="emergency-secret" kind="password" value={secret} change={setSecret} />
        <button type="submit" class="main" data-act="emergency" disabled={!fits}>
          {a.emergencyAsk}
        </button>
        {given !== undefined && (
          <>
            <p>{a.emergencyUntil(clock(given.untilUs, zone))}</p>
            <ul class="rows">
              {given.sessions.map(({ id, openedUs }) => (
                <li key={id} class="row">
                  <a class="button" href={`/sessions/${id}`} onClick={follow(() => go({ at: 'record', session: id }))}>
                    {day(openedUs, zone)} {clock(openedUs, zone)}
                  </a>
                </li>
              ))}
            </ul>
          </>
        )}
      </form>
    </Card>
  )
}
