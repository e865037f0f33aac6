/** In the place of records and settings while the screen is locked; wall and chairs go on. Browser tests read `main[data-locked]`. */
import { text } from '../../format/text'
import { follow, go } from '../../route'
import { WhoAreYou } from './who'
import { a } from './words'

export function Locked() {
  return (
    <>
      <header class="top">
        <a class="button" href="/" onClick={follow(() => go({ at: 'wall' }))}>
          {text.back}
        </a>
        <h1>{a.locked}</h1>
      </header>
      <main class="access-page" data-locked>
        <section class="card">
          <h2>{a.who}</h2>
          <WhoAreYou done={() => undefined} />
        </section>
      </main>
    </>
  )
}
