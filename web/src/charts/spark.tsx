/** The small trend of a wall tile: heart or pulse rate above oxygen saturation, the last 30 minutes. */
import type { Trends } from '../feed/trend'
import { text } from '../format/text'
import { orderOf } from '../model/view'
import type { Store } from '../store'
import { memo } from '../ui/memo'
import { trendSession } from './session'
import { COLUMNS, HEIGHT, type Shown, sparkPath } from './spark_path'

interface Props {
  readonly store: Store
  readonly chair: string
  readonly shown: Shown
  /** Parts of the chair's history that came: each draws it anew. */
  readonly parts: number
}

/** Drawn when it moves by a column, not at every value: a screen reader has the numbers themselves. */
export const Spark = memo(
  function Spark({ store, chair, shown }: Props) {
    const paths = pathsOf(store, store.trends, chair, shown)
    return (
      <svg
        class="spark"
        viewBox={`0 0 ${COLUMNS} ${2 * HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={text.sparkOf}
      >
        <path class="c-hr" d={paths.rates} />
        <path class="c-spo2" d={paths.spo2} transform={`translate(0 ${HEIGHT})`} />
      </svg>
    )
  },
  (a, b) => a.chair === b.chair && a.parts === b.parts && a.shown.to === b.shown.to && a.shown.of === b.shown.of,
)

function pathsOf(store: Store, trends: Trends, chair: string, shown: Shown) {
  const state = store.newest
  const sources = {
    order: (vital: string) => orderOf(state, chair, vital),
    everyUs: (source: string) => state.chairs.get(chair)?.everyUs.get(source) ?? 0,
    links: trends.links(chair),
  }
  const session = trendSession(state.chairs.get(chair)?.session)
  const material = { columns: trends.columns(chair), sources, session }
  return { rates: sparkPath('rates', material, shown), spo2: sparkPath('spo2', material, shown) }
}
