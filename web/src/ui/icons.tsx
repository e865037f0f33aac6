/** Shapes that carry meaning without colour. */

export function Icon({ name }: { readonly name: string }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      {SHAPES[name] ?? SHAPES.question}
    </svg>
  )
}

const SHAPES: Record<string, preact.JSX.Element> = {
  live: <path d="M2 13h5l2-7 4 13 3-9 2 3h4" fill="none" stroke="currentColor" stroke-width="2" />,
  delayed: (
    <g fill="none" stroke="currentColor" stroke-width="2">
      <circle cx="12" cy="12" r="9" />
      <path d="M12 6v6l4 3" />
    </g>
  ),
  lost: (
    <g fill="none" stroke="currentColor" stroke-width="2">
      <path d="M9 15l-3 3a4 4 0 0 1-5-5l4-4M15 9l3-3a4 4 0 0 1 5 5l-4 4M8 3l1 4M3 8l4 1M16 21l-1-4M21 16l-4-1" />
    </g>
  ),
  instead: <path d="M3 8h14l-4-4M21 16H7l4 4" fill="none" stroke="currentColor" stroke-width="2.4" />,
  absent: <path d="M4 12h6M14 12h6" fill="none" stroke="currentColor" stroke-width="3" />,
  empty: (
    <rect
      x="4"
      y="4"
      width="16"
      height="16"
      fill="none"
      stroke="currentColor"
      stroke-width="2"
      stroke-dasharray="3 3"
    />
  ),
  waiting: (
    <g fill="currentColor">
      <circle cx="5" cy="12" r="2" />
      <circle cx="12" cy="12" r="2" />
      <circle cx="19" cy="12" r="2" />
    </g>
  ),
  loading: (
    <g fill="currentColor">
      <circle cx="5" cy="12" r="2" />
      <circle cx="12" cy="12" r="2" />
      <circle cx="19" cy="12" r="2" />
    </g>
  ),
  octagon: <path d="M8 2h8l6 6v8l-6 6H8l-6-6V8z" fill="none" stroke="currentColor" stroke-width="2" />,
  triangle: <path d="M12 3l10 18H2z" fill="none" stroke="currentColor" stroke-width="2" />,
  circle: <circle cx="12" cy="12" r="9" fill="none" stroke="currentColor" stroke-width="2" />,
  question: <path d="M8 9a4 4 0 1 1 5 4l-1 3M12 19v2" fill="none" stroke="currentColor" stroke-width="2" />,
}
