import { percentage } from '@carillon/money/ratio'
import { type CallCounts, callCountNames, noCalls } from './attempt-stats.ts'

/** The figures of an execution as of an instant: sums since its launch. */
export interface FiguresAsOf {
  readonly atMs: number
  readonly calls: CallCounts
  readonly costMicros: bigint
}

/** What happened between two instants, the second one left out. */
export interface TimelinePart {
  readonly startMs: number
  readonly endMs: number
  readonly calls: CallCounts
  readonly ended: number
  /** Percentage of the calls that ended here. */
  readonly answerRate: number
  readonly costMicros: bigint
}

/** The parts between instants that follow each other, so that the parts of any span add up to its reports. */
export function timelineOf(edges: readonly FiguresAsOf[]): TimelinePart[] {
  return edges.slice(1).map((end, index) => {
    const start = edges[index] ?? end
    const calls = noCalls()
    for (const name of callCountNames) calls[name] = end.calls[name] - start.calls[name]
    const ended = calls.answered + calls.voicemail + calls.noAnswer + calls.busy + calls.rejected + calls.failed
    return {
      startMs: start.atMs,
      endMs: end.atMs,
      calls,
      ended,
      answerRate: percentage(calls.answered, ended),
      costMicros: end.costMicros - start.costMicros,
    }
  })
}
