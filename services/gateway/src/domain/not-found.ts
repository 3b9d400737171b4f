import { DomainError } from '@carillon/service-kit/domain/domain-error'

export const organizationNotFound = () => new DomainError('not_found', 'OrganizationNotFoundError', 'Organization not found')

export const apiKeyNotFound = () => new DomainError('not_found', 'ApiKeyNotFoundError', 'API key not found')
