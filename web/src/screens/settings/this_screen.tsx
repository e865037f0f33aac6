/** What holds for this screen alone: kept by its browser. */
import { DISTANCES, distance, setDistance } from '../../distance'
import { language, text, word } from '../../format/text'
import { lit } from '../../kiosk'
import type { State } from '../../model/state'
import { setTheme, theme } from '../../theme'
import { choose, LANGUAGES } from '../../words/languages'

export function ThisScreen({ state }: { readonly state: State }) {
  const { server, ignored, dropped } = state
  return (
    <section class="card" data-this-screen>
      <h2>{text.diagnostics}</h2>
      <div class="row">
        <label class="grow">
          <span>{text.language}</span>
          <select value={language} onChange={(event) => speak(event.currentTarget.value)} data-language>
            {Object.entries(LANGUAGES).map(([id, { name, tag }]) => (
              <option key={id} value={id} lang={tag}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <label class="grow">
          <span>{text.viewing}</span>
          <select
            value={distance.value}
            onChange={(event) => setDistance(DISTANCES[event.currentTarget.selectedIndex] ?? 'usual')}
            data-distance
          >
            {DISTANCES.map((it) => (
              <option key={it} value={it}>
                {word(text.distance, it)}
              </option>
            ))}
          </select>
        </label>
      </div>
      <label class="check">
        <input
          type="checkbox"
          checked={theme.value === 'light'}
          onChange={(event) => setTheme(event.currentTarget.checked ? 'light' : 'dark')}
        />
        {text.theme}
      </label>
      {lit.value !== 'unknown' && <p class="hint">{word(text.lit, lit.value)}</p>}
      {server !== undefined && <p class="hint">{text.version(server.version)}</p>}
      {ignored > 0 && <p class="hint">{text.ignored(ignored)}</p>}
      {dropped > 0 && <p class="hint">{text.droppedUpdates(dropped)}</p>}
    </section>
  )
}

/** Words are loaded before the first paint, so another language begins with another page. */
function speak(chosen: string): void {
  choose(chosen)
  location.reload()
}
