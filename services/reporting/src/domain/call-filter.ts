import type { FieldProblem } from '@carillon/contracts/error-body'
import type { CallFilterQuery } from '@carillon/contracts/report-query'
import { InvalidAmountError, parseMicros } from '@carillon/money/credits'
import { invalidFields } from '@carillon/service-kit/domain/domain-error'

/** Which calls of an execution are shown: conditions that hold together. Instants are epoch milliseconds, amounts micro-credits. */
export interface CallFilter {
  readonly status?: NonNullable<CallFilterQuery['status']>
  readonly attempt?: number
  readonly contactId?: string
  /** The beginnings that the number may have, digits and a plus alone. */
  readonly toPrefixes?: readonly string[]
  readonly startedFromMs?: number
  readonly startedBeforeMs?: number
  readonly nodeId?: string
  readonly digits?: string
  readonly minDurationMs?: number
  readonly maxDurationMs?: number
  readonly minCostMicros?: bigint
  readonly maxCostMicros?: bigint
}

/** What a request asks for. Throws a `ValidationError` for an instant that does not exist, and for a range that nothing can be in. */
export function callFilterOf(query: CallFilterQuery): CallFilter {
  const { status, attempt, contactId, to, startedFrom, startedBefore, nodeId, digits, minDurationMs, maxDurationMs, minCost, maxCost } =
    query
  const problems: FieldProblem[] = []
  function instant(name: 'startedFrom' | 'startedBefore', text: string | undefined): number | undefined {
    const atMs = text === undefined ? undefined : Date.parse(text)
    if (Number.isNaN(atMs)) problems.push({ pointer: `/query/${name}`, message: 'is not an instant' })
    return atMs
  }
  function micros(name: 'minCost' | 'maxCost', credits: number | undefined): bigint | undefined {
    try {
      return credits === undefined ? undefined : parseMicros(credits)
    } catch (error) {
      if (!(error instanceof InvalidAmountError)) throw error
      problems.push({ pointer: `/query/${name}`, message: 'must have six decimals at most' })
      return undefined
    }
  }
  const filter = {
    status,
    attempt,
    contactId,
    toPrefixes: to === undefined || to.startsWith('+') ? to && [to] : [`+${to}`, to],
    startedFromMs: instant('startedFrom', startedFrom),
    startedBeforeMs: instant('startedBefore', startedBefore),
    nodeId,
    digits,
    minDurationMs,
    maxDurationMs,
    minCostMicros: micros('minCost', minCost),
    maxCostMicros: micros('maxCost', maxCost),
  }
  if ((filter.startedFromMs ?? -Infinity) >= (filter.startedBeforeMs ?? Infinity)) {
    problems.push({ pointer: '/query/startedBefore', message: 'must lie after startedFrom' })
  }
  if ((minDurationMs ?? 0) > (maxDurationMs ?? Infinity))
    problems.push({ pointer: '/query/maxDurationMs', message: 'must not be below minDurationMs' })
  if ((minCost ?? 0) > (maxCost ?? Infinity)) problems.push({ pointer: '/query/maxCost', message: 'must not be below minCost' })
  if (problems.length > 0) throw invalidFields(problems)
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined && value !== ''))
}

/** Whether all calls are shown. */
export const isEverything = (filter: CallFilter) => Object.keys(filter).length === 0
