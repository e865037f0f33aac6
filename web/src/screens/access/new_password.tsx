/** A new password, twice, and what is still missing. */
import { lengthOf, PASSWORD_MAX, PASSWORD_MIN } from '../../model/access'
import { Asked } from './fields'
import { a } from './words'

export interface Passwords {
  readonly password: string
  readonly again: string
}

export const passwordsFit = ({ password, again }: Passwords): boolean =>
  lengthOf(password) >= PASSWORD_MIN && lengthOf(password) <= PASSWORD_MAX && password === again

export function NewPassword({ typed, change }: { readonly typed: Passwords; change(typed: Passwords): void }) {
  const { password, again } = typed
  const short = PASSWORD_MIN - lengthOf(password)
  return (
    <>
      <Asked
        label={a.newPassword}
        name="new-password"
        kind="password"
        fill="new-password"
        // Twice as many units: a character may be two.
        max={PASSWORD_MAX * 2}
        value={password}
        hint={password !== '' && short > 0 ? a.tooShort(short) : a.passwordDo}
        invalid={password !== '' && short > 0}
        change={(it) => change({ ...typed, password: it })}
      />
      <Asked
        label={a.again}
        name="again"
        kind="password"
        fill="new-password"
        max={PASSWORD_MAX * 2}
        value={again}
        invalid={again !== '' && again !== password}
        {...(again !== '' && again !== password ? { hint: a.notAlike } : {})}
        change={(it) => change({ ...typed, again: it })}
      />
    </>
  )
}
