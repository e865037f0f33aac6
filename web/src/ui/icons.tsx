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
  hand: (
    <path
      d="M7 13V5.5a1.5 1.5 0 0 1 3 0V11M10 11V3.5a1.5 1.5 0 0 1 3 0V11M13 11V4.5a1.5 1.5 0 0 1 3 0V12M16 12V7.5a1.5 1.5 0 0 1 3 0V15a7 7 0 0 1-7 7c-3 0-4.5-1.2-6-3.5L3.3 14a1.6 1.6 0 0 1 2.6-1.800L7 13.5"
      fill="none"
      stroke="currentColor"
      stroke-width="1.8"
    />
  ),
  alike: (
    <g fill="none" stroke="currentColor" stroke-width="2">
      <circle cx="8" cy="7" r="3.5" />
      <circle cx="17" cy="9" r="3" />
      <path d="M2 21v-2a6 6 0 0 1 12 0v2M16 15a5 5 0 0 1 6 5v1" />
    </g>
  ),
  question: <path d="M8 9a4 4 0 1 1 5 4l-1 3M12 19v2" fill="none" stroke="currentColor" stroke-width="2" />,
}
