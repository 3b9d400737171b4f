import { DomainError } from '@carillon/service-kit/domain/domain-error'

/** Something that does not exist, or belongs to another organization: the answer is the same (contract rule 21). */
const notFound = (name: string, noun: string) => (id: string) => new DomainError('not_found', name, `There is no ${noun} ${id}`)

export const contactNotFound = notFound('ContactNotFoundError', 'contact')
export const importNotFound = notFound('ImportNotFoundError', 'import')
export const customAttributeNotFound = notFound('CustomAttributeNotFoundError', 'custom attribute')
export const audienceNotFound = notFound('AudienceNotFoundError', 'audience')
export const flowNotFound = notFound('FlowNotFoundError', 'flow')
export const didNotFound = notFound('DidNotFoundError', 'DID')
export const programNotFound = notFound('ProgramNotFoundError', 'program')
export const dncEntryNotFound = notFound('DncEntryNotFoundError', 'entry of the do-not-call list')
