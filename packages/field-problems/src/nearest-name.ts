import leven from 'leven'

const maxCompared = 64

/** The known name that a misspelt one most likely stands for; undefined if none is near. */
export function nearestName(misspelt: string, known: readonly string[]): string | undefined {
  if (misspelt.length > maxCompared) return undefined
  let nearest: { name: string; distance: number } | undefined
  for (const name of known) {
    const distance = leven(misspelt.toLowerCase(), name.toLowerCase())
    if (distance > Math.max(2, Math.floor(name.length / 3)) || distance >= name.length) continue
    if (!nearest || distance < nearest.distance) nearest = { name, distance }
  }
  return nearest?.name
}
