import type { AttemptStats } from '../../src/domain/attempt-stats.ts'
import type { CallBatch } from '../../src/domain/call-batch.ts'
import { attemptStatsOf, type DigitCount, digitCountsOf, nodeStatsOf } from '../../src/domain/call-figures.ts'
import { withChanges } from '../../src/domain/figures.ts'
import type { NodeStats } from '../../src/domain/node-stats.ts'

interface Counted {
  attempts: AttemptStats[]
  nodes: NodeStats[]
  digits: (DigitCount & { executionId: string })[]
}

/** The counts of a batch, up to a position. */
export function counted({ changes }: Pick<CallBatch, 'changes'>, position = Number.MAX_SAFE_INTEGER): Counted {
  const counts: Counted = { attempts: [], nodes: [], digits: [] }
  for (const [executionId, own] of changes) {
    const shown = own.filter((change) => change.position <= position)
    const figures = withChanges(new Map(), shown)
    counts.attempts.push(...attemptStatsOf(executionId, figures))
    counts.nodes.push(...nodeStatsOf(executionId, figures))
    counts.digits.push(...digitCountsOf(figures).map((count) => ({ executionId, ...count })))
  }
  return counts
}
