/** Digits for a gloved hand; a keyboard works too while the focus is anywhere in it. Browser tests read `[data-digit]`. */
import { useLayoutEffect, useRef } from 'preact/hooks'
import { PIN_MAX, PIN_MIN } from '../../model/access'
import { a } from './words'

interface Props {
  /** Whose PIN. */
  readonly of: string
  readonly pin: string
  readonly busy: boolean
  change(pin: string): void
  done(): void
}

const DIGITS = ['1', '2', '3', '4', '5', '6', '7', '8', '9'] as const

export function PinPad({ of, pin, busy, change, done }: Props) {
  const pad = useRef<HTMLFieldSetElement>(null)
  // Before the next key: digits that nobody takes lead to other chairs.
  useLayoutEffect(() => pad.current?.focus(), [])
  const add = (digit: string) => !busy && change((pin + digit).slice(0, PIN_MAX))
  const erase = () => change(pin.slice(0, -1))
  const whole = pin.length >= PIN_MIN
  const pressed = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (/^\d$/.test(event.key)) add(event.key)
    else if (event.key === 'Backspace') erase()
    // On a button, Enter is that button's.
    else if (event.key === 'Enter' && event.target === pad.current) whole && !busy && done()
    else return
    event.preventDefault()
  }
  const digit = (it: string) => (
    <button type="button" key={it} data-digit={it} aria-label={a.digit(Number(it))} onClick={() => add(it)}>
      {it}
    </button>
  )
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: digits are typed while it has the focus
    <fieldset class="pin-pad" aria-label={a.pinOf(of)} tabIndex={0} ref={pad} onKeyDown={pressed}>
      <p class="pin-dots" role="status">
        <span>{a.pinOf(of)}</span>
        <span aria-hidden="true">{'●'.repeat(pin.length)}</span>
        <span class="unseen">{a.entered(pin.length)}</span>
      </p>
      {DIGITS.map(digit)}
      <button type="button" class="pin-erase" disabled={pin === ''} onClick={erase}>
        {a.erase}
      </button>
      {digit('0')}
      <button type="button" class="pin-go" data-act="pin-go" disabled={!whole || busy} onClick={done}>
        {a.go}
      </button>
    </fieldset>
  )
}
