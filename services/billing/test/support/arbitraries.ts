import fc, { type Arbitrary } from 'fast-check'

/** All the items in a random order, some of them twice. */
export function shuffledWithRepeats<T>(items: readonly T[]): Arbitrary<T[]> {
  return fc.subarray([...items]).chain((repeats) => {
    const delivered = [...items, ...repeats]
    return fc.shuffledSubarray(delivered, { minLength: delivered.length })
  })
}
