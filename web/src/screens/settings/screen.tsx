/** What belongs to this screen alone and is kept by its browser: language, distance, theme, colours; diagnostics. */
import { DISTANCES, distance, setDistance } from '../../distance'
import { language, text, word } from '../../format/text'
import { lit } from '../../kiosk'
import type { State } from '../../model/state'
import { palette, setPalette, setTheme, theme } from '../../theme'
import { choose, LANGUAGES } from '../../words/languages'
import { Card, Choice } from './parts'

const NAMES = Object.fromEntries(Object.entries(LANGUAGES).map(([id, { name }]) => [id, name]))

export function ThisScreen({ state }: { readonly state: State }) {
  const { server, ignored, dropped } = state
  return (
    <Card title={text.clinic.parts.screen}>
      <label class="check">
        <input
          type="checkbox"
          checked={theme.value === 'light'}
          onChange={(event) => setTheme(event.currentTarget.checked ? 'light' : 'dark')}
        />
        {text.theme}
      </label>
      <div class="row">
        <Choice label={text.language} value={language} options={NAMES} choose={speak} />
        <Choice
          label={text.viewing}
          value={distance.value}
          options={text.distance}
          choose={(chosen) => setDistance(DISTANCES.find((it) => it === chosen) ?? 'usual')}
        />
        <Choice
          label={text.clinic.palette}
          value={palette.value}
          options={text.clinic.palettes}
          choose={(chosen) => setPalette(chosen === 'monitor' ? 'monitor' : 'chairside')}
        />
      </div>
      {lit.value !== 'unknown' && <p class="hint">{word(text.lit, lit.value)}</p>}
      {server !== undefined && <p class="hint">{text.version(server.version)}</p>}
      {ignored > 0 && <p class="hint">{text.ignored(ignored)}</p>}
      {dropped > 0 && <p class="hint">{text.droppedUpdates(dropped)}</p>}
    </Card>
  )
}

/** Words are loaded before the first paint, so another language begins with another page. */
function speak(chosen: string): void {
  choose(chosen)
  location.reload()
}
