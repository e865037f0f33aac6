/** The lock by hand, and who is signed in, on screens that name nobody else. */
import { gate } from '../access'
import { text } from '../format/text'
import { follow, go } from '../route'
import { Icon } from './icons'

export function LockButton() {
  return (
    <button type="button" class="square" data-act="lock" title={text.lock} onClick={() => gate.lock()}>
      <Icon name="lock" />
      <span class="unseen">{text.lock}</span>
    </button>
  )
}

/** Leads to one's own page, or to the question who it is. Nothing where nobody has an account. */
export function AccountLink() {
  const { standing, me } = gate
  if ((standing !== 'in' && standing !== 'locked') || me?.person == null) return null
  const locked = standing === 'locked'
  return (
    <>
      <a
        class="button account"
        href="/settings/me"
        data-account={me.person.name}
        data-locked={locked || undefined}
        aria-label={locked ? text.locked : text.account(me.person.name)}
        onClick={follow(() => go({ at: 'settings', part: 'me' }))}
      >
        {locked ? text.locked : me.person.name}
      </a>
      {!locked && <LockButton />}
    </>
  )
}
