import type { Identity } from '@carillon/contracts/identity'
import { DomainError } from '@carillon/service-kit/domain/domain-error'

/** Refuses a caller that is not another service. */
export function onlyForServices({ subject }: Identity): void {
  if (!subject.startsWith('service:')) throw new DomainError('forbidden', 'ForbiddenError', 'Only services may use this route')
}
