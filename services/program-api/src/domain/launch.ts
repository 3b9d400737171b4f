import type { FlowGraph } from '@carillon/call-flow/graph'
import { DomainError, invalidField } from '@carillon/service-kit/domain/domain-error'
import type { Program } from './program.ts'

/** What a launch needs from this service, as it is now. */
interface LaunchFacts {
  flow: { id: string; version: number; name: string; graph: FlowGraph } | undefined
  /** False if the audience was deleted. */
  hasAudience: boolean
  /** The active DIDs of the pool. */
  dids: readonly { id: string; number: string }[]
}

/** The facts of a launch that is allowed: nothing is missing. */
type Launchable = LaunchFacts & { flow: NonNullable<LaunchFacts['flow']> }

/**
 * Checks that a program can be launched now. Throws the error that refuses the launch. Whether the audience has contacts is decided by the
 * orchestrator, which copies them.
 */
export function checkLaunch(program: Program, facts: LaunchFacts, now: number): Launchable {
  const { flow, hasAudience, dids } = facts
  if (program.stopAtMs !== null && program.stopAtMs <= now)
    throw invalidField('/stopAt', 'has passed: the program would end before its first call')
  if (!flow) throw invalidField('/flowId', 'is no longer a flow of the organization')
  if (!hasAudience) throw invalidField('/audienceId', 'is no longer an audience of the organization')
  if (dids.length === 0) throw new DomainError('invalid', 'EmptyDidPoolError', 'The pool has no active DID')
  return { ...facts, flow }
}
