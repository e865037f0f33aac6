/** A one-time link, shown once. Browser tests read `[data-link]`. */
import { useEffect, useRef, useState } from 'preact/hooks'
import { clock, day } from '../../format/time'
import type { OneTimeLink } from '../../wire/wire'
import { a } from './words'

export interface Shown {
  readonly of: string
  readonly link: OneTimeLink
}

interface Props {
  readonly shown: Shown
  readonly zone: string
  done(): void
}

export function Link({ shown, zone, done }: Props) {
  const { of, link } = shown
  const [copied, setCopied] = useState<boolean>()
  const here = useRef<HTMLDivElement>(null)
  // It is shown once: wherever the page stands, it comes into view.
  useEffect(() => {
    here.current?.scrollIntoView({ block: 'center' })
    here.current?.focus()
  }, [link.link])
  const whole = location.origin + link.link
  const copy = () => {
    navigator.clipboard.writeText(whole).then(
      () => setCopied(true),
      () => setCopied(false),
    )
  }
  return (
    <div class="told one-time" role="status" data-link={whole} ref={here} tabIndex={-1}>
      <p>{a.linkFor(of)}</p>
      <code>{whole}</code>
      <p class="hint">{a.linkDo(`${day(link.untilUs, zone)} ${clock(link.untilUs, zone)}`)}</p>
      {copied !== undefined && <p>{copied ? a.copied : a.notCopied}</p>}
      <div class="row">
        <button type="button" onClick={copy}>
          {a.copy}
        </button>
        <button type="button" onClick={done}>
          {a.linkDone}
        </button>
      </div>
    </div>
  )
}
