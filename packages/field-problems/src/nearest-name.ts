const maxCompared = 64

/** The known name that a misspelt one most likely stands for; undefined if none is near. */
export function nearestName(misspelt: string, known: readonly string[]): string | undefined {
  if (misspelt.length > maxCompared) return undefined
  let nearest: { name: string; distance: number } | undefined
  for (const name of known) {
    const distance = editDistance(misspelt.toLowerCase(), name.toLowerCase())
    if (distance > Math.max(2, Math.floor(name.length / 3)) || distance >= name.length) continue
    if (!nearest || distance < nearest.distance) nearest = { name, distance }
  }
  return nearest?.name
}

/** How many characters must be added, removed, replaced or swapped with their neighbour (optimal string alignment). */
function editDistance(from: string, to: string): number {
  let beforePrevious: number[] = []
  let previous = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (let row = 1; row <= from.length; row++) {
    const current = [row]
    for (let column = 1; column <= to.length; column++) {
      const at = (distances: readonly number[], index: number) => distances[index] ?? Number.POSITIVE_INFINITY
      const isSame = from[row - 1] === to[column - 1]
      const isSwapped = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]
      current[column] = Math.min(
        at(previous, column) + 1,
        at(current, column - 1) + 1,
        at(previous, column - 1) + (isSame ? 0 : 1),
        isSwapped ? at(beforePrevious, column - 2) + 1 : Number.POSITIVE_INFINITY,
      )
    }
    beforePrevious = previous
    previous = current
  }
  return previous[to.length] ?? 0
}
