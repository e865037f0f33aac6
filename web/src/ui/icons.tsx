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
  /** Where a session stands, and chairs without one. */
  free: <circle cx="12" cy="12" r="9" fill="none" stroke="currentColor" stroke-width="2" stroke-dasharray="3 3" />,
  cleaning: (
    <g fill="none" stroke="currentColor" stroke-width="2">
      <path d="M20 3l-8 9M9 10l6 5-3 6H3c3-2 3-7 6-11zM7 21l2-4" />
    </g>
  ),
  planned: (
    <g fill="none" stroke="currentColor" stroke-width="2">
      <path d="M3 6h18v15H3zM3 11h18M8 3v5M16 3v5" />
    </g>
  ),
  'checked in': (
    <g fill="none" stroke="currentColor" stroke-width="2">
      <circle cx="12" cy="7" r="4" />
      <path d="M4 21c0-9 16-9 16 0" />
    </g>
  ),
  baseline: (
    <g fill="none" stroke="currentColor" stroke-width="2">
      <path d="M2 8h20v9H2zM7 8v4M12 8v5M17 8v4" />
    </g>
  ),
  infusing: <path d="M6 3l15 9-15 9z" fill="currentColor" />,
  paused: <path d="M5 3h5v18H5zM14 3h5v18h-5z" fill="currentColor" />,
  observing: (
    <g fill="none" stroke="currentColor" stroke-width="2">
      <path d="M1 12c5-9 17-9 22 0-5 9-17 9-22 0z" />
      <circle cx="12" cy="12" r="3.5" fill="currentColor" />
    </g>
  ),
  ready: (
    <g fill="none" stroke="currentColor" stroke-width="2">
      <path d="M4 3h10v18H4zM14 12h8M18 8l4 4-4 4" />
    </g>
  ),
  due: (
    <g fill="none" stroke="currentColor" stroke-width="2">
      <path d="M6 3h12M6 21h12M7 3c0 9 10 9 10 18M17 3c0 9-10 9-10 18" />
    </g>
  ),
  lock: (
    <g fill="none" stroke="currentColor" stroke-width="2">
      <path d="M5 11h14v10H5zM8 11V7a4 4 0 0 1 8 0v4" />
    </g>
  ),
  mute: <path d="M3 9v6h4l6 5V4L7 9zM17 9l5 6M22 9l-5 6" fill="none" stroke="currentColor" stroke-width="2" />,
  full: <path d="M3 9V3h6M15 3h6v6M21 15v6h-6M9 21H3v-6" fill="none" stroke="currentColor" stroke-width="2" />,
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
