/** What became of a deed. Browser tests read `[data-outcome="done|refused"]`. */
import type { Told } from './listed'

export function ToldOf({ told }: { readonly told: Told | undefined }) {
  return (
    <div class="outcome" role="status">
      {told !== undefined && (
        <p class={told.ok ? 'told' : 'told refused'} data-outcome={told.ok ? 'done' : 'refused'}>
          {told.message}
        </p>
      )}
    </div>
  )
}
