import type { ServiceDeps } from '@carillon/service-kit/process/service'
import { listUnsettled, type UnsettledExecution } from '../store/executions.ts'

const readMs = 500

/** The executions of the whole platform that lanes still have work with. */
export interface UnsettledExecutions {
  inLane(lane: number): ReadonlyMap<string, UnsettledExecution>
  /** An execution that this replica has just changed: its lane learns of it at once. */
  add(execution: UnsettledExecution): void
}

type ByLane = Map<number, Map<string, UnsettledExecution>>

/** Reads the executions every half second of real time, so that a lane learns what other replicas did. Resolves after the first read. */
export async function followUnsettled({ database, every }: Pick<ServiceDeps, 'database' | 'every'>): Promise<UnsettledExecutions> {
  let byLane: ByLane = new Map()
  /** Added since the current read began, which may not have seen them. */
  let added: UnsettledExecution[] = []

  async function read(): Promise<void> {
    added = []
    const rows = await listUnsettled(database)
    byLane = new Map()
    for (const execution of [...rows, ...added]) put(byLane, execution)
  }

  await read()
  every({ name: 'read unsettled executions', intervalMs: readMs, work: read })
  return {
    inLane: (lane) => byLane.get(lane) ?? new Map(),
    add(execution) {
      added.push(execution)
      put(byLane, execution)
    },
  }
}

/** The newest revision of an execution wins. */
function put(byLane: ByLane, execution: UnsettledExecution): void {
  const inLane = byLane.get(execution.lane) ?? new Map<string, UnsettledExecution>()
  const known = inLane.get(execution.id)
  if (!known || known.revision < execution.revision) inLane.set(execution.id, execution)
  byLane.set(execution.lane, inLane)
}
