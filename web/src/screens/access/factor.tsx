/** A second factor: the secret for the app, its first code, the spare codes. Browser tests read `[data-secret]`, `[data-spare]`. */
import { useState } from 'preact/hooks'
import type { CodeSecret } from '../../wire/wire'
import { askCode, confirmCode } from './ask'
import { Asked } from './fields'
import { a } from './words'

interface Props {
  readonly isSet: boolean
  /** There is no password here to ask for: coming from the provider was the proof. */
  readonly elsewhere: boolean
  /** It is in force, and the spare codes were seen. */
  done(): void
  /** The spare codes are on their way. */
  confirming?(): void
}

export function Factor({ isSet, elsewhere, done, confirming }: Props) {
  const [password, setPassword] = useState('')
  const [secret, setSecret] = useState<CodeSecret>()
  const [code, setCode] = useState('')
  const [spare, setSpare] = useState<readonly string[]>()
  const [wrong, setWrong] = useState('')
  const begin = async () => {
    const answer = await askCode(password)
    setPassword('')
    setWrong(answer.ok ? '' : answer.message)
    if (answer.ok) setSecret(answer.value)
  }
  const confirm = async () => {
    confirming?.()
    const answer = await confirmCode(code.trim())
    setCode('')
    setWrong(answer.ok ? '' : answer.message)
    if (!answer.ok) return
    setSpare(answer.value)
    setSecret(undefined)
  }
  const seen = () => {
    setSpare(undefined)
    done()
  }
  return (
    <form
      class="account-edit"
      data-form="factor"
      onSubmit={(event) => {
        event.preventDefault()
        void (secret === undefined ? begin() : confirm())
      }}
    >
      {wrong !== '' && (
        <p class="wrong" role="alert">
          {wrong}
        </p>
      )}
      {spare !== undefined && <Spare spare={spare} seen={seen} />}
      {spare === undefined && secret === undefined && (
        <>
          <p>{isSet ? a.factorIsSet : a.factorNotSet}</p>
          {!elsewhere && (
            <Asked
              label={a.password}
              name="password"
              kind="password"
              fill="current-password"
              value={password}
              change={setPassword}
            />
          )}
          <button type="submit" data-act="factor" disabled={!elsewhere && password === ''}>
            {isSet ? a.factorAnew : a.factorStart}
          </button>
        </>
      )}
      {spare === undefined && secret !== undefined && (
        <>
          <p>{a.factorDo}</p>
          <dl class="secret">
            <dt>{a.secret}</dt>
            <dd>
              <code data-secret={secret.secret}>{secret.secret.replace(/(.{4})(?=.)/g, '$1 ')}</code>
            </dd>
            <dt>{a.otpauth}</dt>
            <dd>
              <a href={secret.uri}>
                <code>{secret.uri}</code>
              </a>
            </dd>
          </dl>
          <Asked label={a.code} name="code" kind="code" fill="one-time-code" max={6} value={code} change={setCode} />
          <button type="submit" class="main" data-act="confirm" disabled={!/^\d{6}$/.test(code.trim())}>
            {a.factorConfirm}
          </button>
        </>
      )}
    </form>
  )
}

function Spare({ spare, seen }: { readonly spare: readonly string[]; seen(): void }) {
  return (
    <div data-spare={spare.length}>
      <h2>{a.spare}</h2>
      <p class="hint">{a.spareDo}</p>
      <ul class="spare">
        {spare.map((it) => (
          <li key={it}>
            <code>{it}</code>
          </li>
        ))}
      </ul>
      <button type="button" class="main" data-act="spare-kept" onClick={seen}>
        {a.spareKept}
      </button>
    </div>
  )
}
