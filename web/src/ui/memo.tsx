/** A part that is drawn again only when what it is given changed. */
import { Component, type ComponentChildren, type FunctionComponent, h } from 'preact'

type Given = object

/** As `memo` of preact/compat, which is not in the bundle. */
export function memo<P extends Given>(
  inner: FunctionComponent<P>,
  same: (before: P, after: P) => boolean,
): new (
  props: P,
) => Component<P> {
  return class extends Component<P> {
    override shouldComponentUpdate(next: Readonly<P>): boolean {
      return !same(this.props as P, next as P)
    }

    override render(props: P): ComponentChildren {
      return h(inner, props)
    }
  }
}
