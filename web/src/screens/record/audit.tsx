/** Who looked at the record, and what was made of it (R8). Browser tests read `[data-audit]` (the word of the deed). */
import { text, word } from '../../format/text'
import { clock, day } from '../../format/time'
import type { Page } from './page'
import { r } from './words'

export function Audit({ page }: { readonly page: Page }) {
  const { audit, zone } = page.record
  return (
    <table class="lines">
      <thead>
        <tr>
          {[r.time, r.who, r.did, r.what].map((name) => (
            <th scope="col" key={name}>
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {audit.toReversed().map((line, n) => (
          <tr key={`${line.atUs} ${n}`} data-audit={line.did}>
            <td>
              {day(line.atUs, zone)} {clock(line.atUs, zone)}
            </td>
            <td>{text.session.by(line.by.name, word(text.clinic.roles, line.by.role))}</td>
            <td>{word(r.deed, line.did)}</td>
            <td>{line.what}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
