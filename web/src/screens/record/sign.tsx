/**
 * The signature, which freezes the record, and the files it is given away in. Browser tests read `[data-missing]`, `[data-digest]`,
 * `[data-export]` (the format), `[data-exported]`.
 */
import { useState } from 'preact/hooks'
import { may } from '../../access'
import { f } from '../../format/forms'
import { text, word } from '../../format/text'
import { clock, day } from '../../format/time'
import { skipNote } from '../../model/lists'
import { Hold } from '../../ui/hold'
import { namesAreTyped, person } from '../../ui/person'
import { Reasons } from '../live/sheets/why'
import { Comment } from './amend'
import { exportOf, save } from './ask'
import type { Page } from './page'
import { type Missing, maySign, missing } from './signable'
import { r } from './words'

export function Sign({ page }: { readonly page: Page }) {
  return (
    <div class="sign-export">
      <section class="signing">
        <h3>{r.signature}</h3>
        {page.record.signed === undefined ? <Unsigned page={page} /> : <Signed page={page} />}
      </section>
      <Exports page={page} />
    </div>
  )
}

/** So many digits of a digest tell two records apart for an eye; the whole one is in the tooltip. */
const SHORT = 16

function Digest({ digest }: { readonly digest: string }) {
  return (
    <code title={digest} data-digest={digest}>
      {digest.slice(0, SHORT).replace(/(.{4})(?=.)/g, '$1 ')} …
    </code>
  )
}

function Signed({ page }: { readonly page: Page }) {
  const { signed, zone } = page.record
  if (signed === undefined) return null
  return (
    <>
      <dl class="record-facts">
        <div>
          <dt>{r.signed}</dt>
          <dd>
            {text.session.by(signed.by.name, word(text.clinic.roles, signed.by.role))}, {day(signed.atUs, zone)}{' '}
            {clock(signed.atUs, zone)}
          </dd>
        </div>
        <div>
          <dt>{r.meaning}</dt>
          <dd>{signed.meaning}</dd>
        </div>
        <div>
          <dt>{r.digest}</dt>
          <dd>
            <Digest digest={signed.digest} />
          </dd>
        </div>
      </dl>
      <p class={signed.holds ? 'hint' : 'wrong'}>{signed.holds ? r.sealHolds : r.sealBroken}</p>
      <Comment page={page} />
      <p class="hint">{r.onlyAddenda}</p>
    </>
  )
}

function Unsigned({ page }: { readonly page: Page }) {
  const { session, digest } = page.record
  const [meaning, setMeaning] = useState<string>(r.meanings[0] ?? '')
  const [wrong, setWrong] = useState('')
  const me = person.value
  const open = missing(session)
  // Where accounts exist, the one who signs proves it again.
  const proves = !namesAreTyped.value
  const able = proves ? me !== undefined && may('sign') : maySign(me)
  const [secret, setSecret] = useState('')
  const blocked = open.length > 0 || !able || meaning.trim() === '' || (proves && secret === '')
  const sign = async () => {
    const answer = await page.add({ is: 'signed', meaning, digest }, undefined, proves ? secret : undefined)
    setSecret('')
    setWrong(answer)
  }
  return (
    <>
      {open.length > 0 && (
        <div class="missing" role="status">
          <p>
            <strong>{r.missing(open.length)}</strong>
          </p>
          <ul>
            {open.map((it) => (
              <Item key={`${it.what} ${it.kind}`} it={it} page={page} />
            ))}
          </ul>
        </div>
      )}
      {!able && (
        <p class="wrong" data-missing="role">
          {proves ? r.mayNotSign : r.needsSigner}
        </p>
      )}
      <div class="row">
        <label class="grow">
          <span>{r.meaning}</span>
          <select value={meaning} onChange={(event) => setMeaning(event.currentTarget.value)}>
            {r.meanings.map((it) => (
              <option key={it} value={it}>
                {it}
              </option>
            ))}
          </select>
        </label>
      </div>
      <p>
        {r.willSign} <Digest digest={digest} />
      </p>
      <p class="hint">{r.signDo}</p>
      {proves && able && (
        <label class="field">
          <span>{r.secret}</span>
          <input
            type="password"
            name="secret"
            autocomplete="off"
            maxLength={128}
            value={secret}
            onInput={(event) => setSecret(event.currentTarget.value)}
          />
        </label>
      )}
      <Hold act="sign" disabled={blocked} done={() => void sign()}>
        {me === undefined ? r.sign : r.signAs(me.name)}
      </Hold>
      {wrong !== '' && (
        <p class="wrong" role="alert">
          {wrong}
        </p>
      )}
    </>
  )
}

/** One thing that is not there, and the way to say why. */
function Item({ it, page }: { readonly it: Missing; readonly page: Page }) {
  const [asking, setAsking] = useState(false)
  const [wrong, setWrong] = useState('')
  const says = it.what === 'item' ? word(f.entry, it.kind) : word(r.missingWhat, it.what)
  const skip = async (reason: string) => {
    const { end } = page.record
    const answer = await page.add({ is: 'entry', entry: 'note', text: skipNote(it.kind, reason) }, end.wallUs)
    setWrong(answer)
    if (answer === '') setAsking(false)
  }
  return (
    <li data-missing={it.kind || it.what}>
      <span>{says}</span>
      {it.kind !== '' && (
        <button
          type="button"
          class="missing-deed"
          aria-expanded={asking}
          aria-label={`${says}: ${f.skip}`}
          onClick={() => setAsking(!asking)}
        >
          {f.skip}
        </button>
      )}
      {asking && <Reasons chips={text.session.reasons.skip} done={(reason) => void skip(reason)} />}
      {wrong !== '' && <p class="wrong">{wrong}</p>}
    </li>
  )
}

/** What the server can make, in the order it is asked for; a test holds them to the server's own list. */
export const FORMATS = [
  'pdf',
  'worksheet',
  'svg',
  'png',
  'csv',
  'fhir',
  'fhir-raw',
  'hl7',
  'vital',
  'edf',
  'record',
] as const
const EVERY = [1, 5, 10, 15] as const
const PAPERS = ['a4', 'letter'] as const

function Exports({ page }: { readonly page: Page }) {
  const [every, setEvery] = useState<number>(5)
  const [paper, setPaper] = useState<string>('a4')
  const [busy, setBusy] = useState('')
  const [says, setSays] = useState<{ readonly ok: boolean; readonly said: string }>()
  const make = async (format: string) => {
    const by = person.value
    if (by === undefined) return setSays({ ok: false, said: r.whoAreYou })
    setBusy(format)
    const made = await exportOf(page.record.session.id, { by, format, every, paper })
    setBusy('')
    setSays({ ok: made.ok, said: made.ok ? r.exported(made.value.name) : made.message })
    if (!made.ok) return
    save(made.value)
    // Who exported stands in the record.
    await page.again()
  }
  return (
    <section class="exports">
      <h3>{r.exports}</h3>
      <p class="hint">{r.exportDo}</p>
      <div class="row">
        <label class="field">
          <span>{r.interval}</span>
          <select value={every} onChange={(event) => setEvery(Number(event.currentTarget.value))}>
            {EVERY.map((it) => (
              <option key={it} value={it}>
                {text.minutes(it)}
              </option>
            ))}
          </select>
        </label>
        <label class="field">
          <span>{r.paper}</span>
          <select value={paper} onChange={(event) => setPaper(event.currentTarget.value)}>
            {PAPERS.map((it) => (
              <option key={it} value={it}>
                {word(r.papers, it)}
              </option>
            ))}
          </select>
        </label>
      </div>
      <ul class="formats">
        {FORMATS.map((format) => (
          <li key={format}>
            <button
              type="button"
              class="main"
              data-export={format}
              disabled={busy !== ''}
              onClick={() => void make(format)}
            >
              {word(r.format, format)}
            </button>
            <span class="hint">{busy === format ? r.making : word(r.formatDo, format)}</span>
          </li>
        ))}
      </ul>
      <p role="status" class={says?.ok === false ? 'wrong' : ''} data-exported={says?.ok}>
        {says?.said}
      </p>
    </section>
  )
}
