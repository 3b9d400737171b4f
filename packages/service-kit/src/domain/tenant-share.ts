import type { DomainError } from './domain-error.ts'

/** A kind of work that each organization may have only so often at a time, in this process. */
export interface TenantShare {
  /** Begins a piece of work, and returns what ends it; ending it again changes nothing. Throws the refusal if the organization has as many as it may. */
  begin(organizationId: string, atOnce: number): () => void
}

export function tenantShare(refusal: (atOnce: number) => DomainError): TenantShare {
  const underWay = new Map<string, number>()
  return {
    begin(organizationId, atOnce) {
      const count = underWay.get(organizationId) ?? 0
      if (count >= atOnce) throw refusal(atOnce)
      underWay.set(organizationId, count + 1)
      let hasEnded = false
      return () => {
        if (hasEnded) return
        hasEnded = true
        const left = (underWay.get(organizationId) ?? 1) - 1
        if (left === 0) underWay.delete(organizationId)
        else underWay.set(organizationId, left)
      }
    },
  }
}
