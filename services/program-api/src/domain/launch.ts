import type { FlowGraph } from '@carillon/call-flow/graph'
import { DomainError, invalidField } from '@carillon/service-kit/domain/domain-error'
import type { Program } from './program.ts'

/** What a launch takes from here, as it is now. */
interface LaunchFacts {
  flow: { id: string; version: number; name: string; graph: FlowGraph } | undefined
  /** Null where the audience is gone. */
  audienceSize: number | null
  /** The DIDs of the pool that are there and active. */
  dids: readonly { id: string; number: string }[]
}

/** What a launch needs, all of it there. */
type Launchable = LaunchFacts & { flow: NonNullable<LaunchFacts['flow']>; audienceSize: number }

/** Whether a program can be launched now. Throws the error by which the launch is refused. */
export function checkLaunch(program: Program, facts: LaunchFacts, now: number): Launchable {
  const { flow, audienceSize, dids } = facts
  if (program.stopAt !== null && program.stopAt <= now)
    throw invalidField('/stopAt', 'has passed: the program would end before its first call')
  if (!flow) throw invalidField('/flowId', 'is not a flow of the organization any more')
  if (audienceSize === null) throw invalidField('/audienceId', 'is not an audience of the organization any more')
  if (dids.length === 0) throw new DomainError('invalid', 'EmptyDidPoolError', 'No DID of the pool is there and active')
  if (audienceSize === 0) throw new DomainError('invalid', 'AudienceEmptyError', 'The audience has no contacts')
  return { ...facts, flow, audienceSize }
}
