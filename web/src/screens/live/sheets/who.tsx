/**
 * Who presses, on a server with accounts: another person by PIN, the hand-over of the patient, lock and leave. What was pressed
 * before it goes on under the name that was proved.
 */
import { gate } from '../../../access'
import { f } from '../../../format/forms'
import { text, word } from '../../../format/text'
import { follow, go } from '../../../route'
import { person } from '../../../ui/person'
import type { Person } from '../../../wire/wire'
import { SignOut } from '../../access/sign_out'
import { WhoAreYou } from '../../access/who'
import { a } from '../../access/words'
import type { Bedside, WhoAsks } from '../bedside'
import { People, TypedPerson } from './person'
import { Panel } from './why'

const t = text.session

export function WhoSheet({ at, asks }: { readonly at: Bedside; readonly asks: WhoAsks }) {
  const { answer, need } = asks
  const me = person.value
  const done = (by: Person | undefined) => {
    at.show(undefined)
    if (by === undefined || answer === undefined) return
    answer(by)
    if (need !== undefined) at.lockWhenSent()
  }
  const keep =
    answer &&
    ((it: { id: string; name: string }) => {
      at.show(undefined)
      answer({ name: it.name, role: '' }, it.id)
    })
  return (
    <Panel at={at} name="person" title={a.who}>
      <WhoAreYou pending={answer !== undefined} need={need} done={done} keep={need === undefined ? keep : undefined} />
      {answer === undefined && me !== undefined && (
        <>
          {at.standing !== undefined && <HandOver at={at} me={me} />}
          <h3>{a.signedInAs(t.by(me.name, word(text.clinic.roles, me.role)))}</h3>
          <div class="row">
            <a class="button" href="/settings/me" onClick={follow(() => go({ at: 'settings', part: 'me' }))}>
              {a.myPage}
            </a>
            <SignOut outbox={at.outbox} />
          </div>
        </>
      )}
    </Panel>
  )
}

/** Pressed by the one who hands over; the next entry asks who it is. */
function HandOver({ at, me }: { readonly at: Bedside; readonly me: Person }) {
  const give = (to: Person) => {
    at.show(undefined)
    at.press({ is: 'handedOver', to }, { by: me })
    at.lockWhenSent()
  }
  const others = (at.state.clinic?.staff ?? []).filter(({ name }) => name !== me.name)
  const here = (gate.me?.people ?? [])
    .filter(({ name }) => name !== me.name && !others.some((it) => it.name === name))
    .map(({ name }) => ({ name, role: 'nurse' }))
  const nurse = at.standing?.session.nurse
  return (
    <details class="hand-over">
      <summary>{f.handOver}</summary>
      <p class="hint">
        {a.handOverDo} {nurse !== undefined && f.has(nurse.name)}
      </p>
      <People people={[...here, ...others]} chosen={undefined} choose={give} />
      <TypedPerson choose={give} />
    </details>
  )
}
