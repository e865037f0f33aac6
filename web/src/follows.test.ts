import { expect, test } from 'vitest'
import { follows, WALL_WINDOW_S } from './follows'

test('every chair is followed with the half hour of its small trend, the open one with what its screen wants', () => {
  const chairs = ['1', '2', '3'].map((id) => ({ id, name: id }))
  expect([...follows(chairs, '2', 7200)]).toEqual([
    ['1', WALL_WINDOW_S],
    ['2', 7200],
    ['3', WALL_WINDOW_S],
  ])
  expect(new Set(follows(chairs, undefined, 0).values())).toEqual(new Set([1800]))
})
