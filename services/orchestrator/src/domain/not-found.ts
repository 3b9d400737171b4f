import { DomainError } from '@carillon/service-kit/domain/domain-error'

/** The execution does not exist or belongs to another organization: the answer is the same (contract rule 21). */
export const executionNotFound = () => new DomainError('not_found', 'ExecutionNotFoundError', 'Execution not found')
