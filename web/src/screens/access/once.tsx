/** A secret that is shown once, with a way to take it along. */
import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { a } from './words'

interface Props {
  readonly title: string
  readonly secret: string
  readonly children: ComponentChildren
  done(): void
}

export function Once({ title, secret, children, done }: Props) {
  const [copied, setCopied] = useState<boolean>()
  const here = useRef<HTMLDivElement>(null)
  // It is shown once: wherever the page stands, it comes into view.
  useEffect(() => {
    here.current?.scrollIntoView({ block: 'center' })
    here.current?.focus()
  }, [secret])
  const copy = () => {
    navigator.clipboard.writeText(secret).then(
      () => setCopied(true),
      () => setCopied(false),
    )
  }
  return (
    <div class="told one-time" role="status" data-once={secret} ref={here} tabIndex={-1}>
      <p>{title}</p>
      <code>{secret}</code>
      <p class="hint">{children}</p>
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
