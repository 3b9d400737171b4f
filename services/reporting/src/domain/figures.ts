/*
 * Figures of an execution are sums of counters. Everything that happens adds to some of them, at a position of the calls' lane and at a time. So the
 * figures at any position are a sum over what was added up to there, and two sources that are read up to the same position agree.
 */

/** Adds counters to the ones of a key. */
export interface Change {
  /** Of the event of the calls' lane that caused it. */
  readonly position: number
  /** When that happened: epoch milliseconds. */
  readonly atMs: number
  readonly key: string
  /** Safe integers, as many for every change of a key. */
  readonly add: readonly number[]
}

/** Sums of counters, by key. */
export type Figures = ReadonlyMap<string, readonly number[]>

/** The figures with these changes added. */
export function withChanges(figures: Figures, changes: Iterable<Pick<Change, 'key' | 'add'>>): Figures {
  const sums = new Map<string, number[]>()
  for (const { key, add } of changes) {
    let sum = sums.get(key)
    if (sum === undefined) {
      sum = [...(figures.get(key) ?? add.map(() => 0))]
      sums.set(key, sum)
    }
    for (const [index, amount] of add.entries()) sum[index] = exactSum(sum[index] ?? 0, amount)
  }
  return new Map([...figures, ...sums])
}

/** Sums are exact: an integer that a JSON number cannot hold is an error, never rounded. */
function exactSum(sum: number, amount: number): number {
  const after = sum + amount
  if (!Number.isSafeInteger(after)) throw new Error('a sum of figures is too large')
  return after
}

/**
 * The changes in the order of their positions, none of them before `floor`, and none earlier than the one before it. A stream that had to be repaired can
 * number its events otherwise than before: figures that were shown for a position must not change.
 */
export function inOrder(changes: readonly Change[], floor: { position: number; atMs: number }): Change[] {
  const sorted = [...changes].sort((a, b) => a.position - b.position)
  let { position, atMs } = floor
  return sorted.map((change) => {
    position = Math.max(position, change.position)
    atMs = Math.max(atMs, change.atMs)
    return { ...change, position, atMs }
  })
}

/** A text form in which equal changes share a description: `{ w: [[key, …add]], c: [position, time, index into w, …] }`, numbers relative to the ones before. */
export function encodeChanges(changes: readonly Change[]): string {
  const described = new Map<string, number>()
  const w: (readonly (string | number)[])[] = []
  const c: number[] = []
  let [lastPosition, lastMs] = [0, 0]
  for (const { position, atMs, key, add } of changes) {
    const name = `${add.join()} ${key}`
    let index = described.get(name)
    if (index === undefined) {
      index = w.push([key, ...add]) - 1
      described.set(name, index)
    }
    c.push(position - lastPosition, atMs - lastMs, index)
    lastPosition = position
    lastMs = atMs
  }
  return JSON.stringify({ w, c })
}

export function decodeChanges(text: string): Change[] {
  const { w, c } = JSON.parse(text) as { w: [string, ...number[]][]; c: number[] }
  const described = w.map(([key, ...add]) => ({ key, add }))
  const changes: Change[] = []
  let [position, atMs] = [0, 0]
  for (let index = 0; index < c.length; index += 3) {
    position += c[index] ?? 0
    atMs += c[index + 1] ?? 0
    const what = described[c[index + 2] ?? -1]
    if (!what) throw new Error('stored changes are damaged')
    changes.push({ position, atMs, ...what })
  }
  return changes
}

export function encodeFigures(figures: Figures): string {
  return JSON.stringify([...figures])
}

export function decodeFigures(text: string): Figures {
  return new Map(JSON.parse(text) as [string, number[]][])
}
