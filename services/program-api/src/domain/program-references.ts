import type { AttributeType } from '@carillon/contracts/custom-attribute'
import type { FieldProblem } from '@carillon/contracts/error-body'
import { DomainError, invalidFields } from '@carillon/service-kit/domain/domain-error'
import { didNotFound } from './not-found.ts'
import type { Program } from './program.ts'

/** What a pool needs to know of a DID. `organizationId` null: every organization may use it. */
export interface PoolDid {
  id: string
  organizationId: string | null
  status: 'active' | 'inactive'
}

/** What the references of a program point to. */
export interface References {
  audienceExists: boolean
  /** Ids of the flow's nodes. Null if the flow does not exist. */
  nodeIds: ReadonlySet<string> | null
  /** The custom attribute of the trigger condition; null if there is none of that slug. */
  triggerAttribute: { type: AttributeType } | null
  /** The existing DIDs of the pool, of any organization. */
  dids: readonly PoolDid[]
}

/**
 * Checks what a program refers to. Throws a `ValidationError` that names the fields, or the contract's own error for a DID (contract rule 27). After a
 * change (`before`), it checks only what changed: a DID that was switched off since is no reason to refuse a new name.
 */
export function checkReferences(program: Program, references: References, before: Program | null): void {
  const problems: FieldProblem[] = []
  const changed = (field: keyof Program) => before === null || before[field] !== program[field]

  if (changed('audienceId') && !references.audienceExists) {
    problems.push({ pointer: '/audienceId', message: 'is not an audience of the organization' })
  }
  if (changed('flowId') || changed('autoPauseRules')) problems.push(...flowProblems(program, references.nodeIds))
  if (changed('triggerCondition') && program.triggerCondition && references.triggerAttribute?.type !== 'date') {
    const message = references.triggerAttribute ? 'is not an attribute of the type date' : 'is not a custom attribute of the organization'
    problems.push({ pointer: '/triggerCondition/attributeName', message })
  }
  if (problems.length > 0) throw invalidFields(problems)
  if (changed('didIds')) checkPool(program, references.dids)
}

function flowProblems({ autoPauseRules }: Program, nodeIds: ReadonlySet<string> | null): FieldProblem[] {
  if (nodeIds === null) return [{ pointer: '/flowId', message: 'is not a flow of the organization' }]
  return (autoPauseRules ?? []).flatMap(({ nodeId }, index) =>
    nodeIds.has(nodeId) ? [] : [{ pointer: `/autoPauseRules/${index}/nodeId`, message: 'is not a node of the flow' }],
  )
}

function checkPool({ didIds, organizationId }: Program, dids: readonly PoolDid[]): void {
  const byId = new Map(dids.map((did) => [did.id, did]))
  for (const [index, id] of didIds.entries()) {
    checkDid(organizationId, id, byId.get(id), `/didPool/${index}`)
  }
}

/** The DID, if the organization may call from it. Throws the contract's error about it (contract rule 27). */
export function checkDid<D extends PoolDid>(organizationId: string, id: string, did: D | undefined, pointer: string): D {
  const details = [{ pointer, message: id }]
  if (!did) throw didNotFound(id)
  if (did.organizationId !== null && did.organizationId !== organizationId) {
    throw new DomainError('invalid', 'DidNotAccessibleError', `DID ${id} is not available to this organization`, details)
  }
  if (did.status !== 'active') throw new DomainError('invalid', 'DidNotActiveError', `DID ${id} is not active`, details)
  return did
}
