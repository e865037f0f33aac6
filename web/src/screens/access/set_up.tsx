/** In the place of every screen until a role that needs a second factor has one. Browser tests read `main[data-set-up]`. */
import { gate, settingUp } from '../../access'
import '../../styles/access.css'
import { Factor } from './factor'
import type { OfMine } from './my_account'
import { SignOut } from './sign_out'
import { a } from './words'

export function SetUp({ outbox }: OfMine) {
  const done = () => {
    settingUp.value = false
    void gate.ask()
  }
  return (
    <main class="access-page" data-set-up>
      <section class="card">
        <h1>{a.factor}</h1>
        <p>{a.codeNeeded}</p>
        <Factor
          isSet={false}
          elsewhere={gate.me?.person?.elsewhere === true}
          confirming={() => (settingUp.value = true)}
          done={done}
        />
        <SignOut outbox={outbox} />
      </section>
    </main>
  )
}
