import { DomainError } from '@carillon/service-kit/domain/domain-error'

/** The execution does not exist or belongs to another organization: the answer is the same (contract rule 21). */
export const jobNotFound = () => new DomainError('not_found', 'JobNotFoundError', 'Job not found')

export const executionNotFound = () => new DomainError('not_found', 'ExecutionNotFoundError', 'Execution not found')
