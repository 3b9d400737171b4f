import type { DncAdded, DncRemoved } from '@carillon/contracts/dnc-events'
import { toIso } from '@carillon/contracts/instant'
import type { Occasion } from './program-event.ts'

/** The event of numbers that were added to an organization's do-not-call list, or got another expiry. */
export function dncAdded(
  organizationId: string,
  entries: readonly { phone: string; expiresAtMs: number | null }[],
  occasion: Occasion,
): DncAdded {
  const added = entries.map(({ phone, expiresAtMs }) => ({ phone, expiresAt: expiresAtMs === null ? null : toIso(expiresAtMs) }))
  return { type: 'dnc.added', ...header(organizationId, occasion), data: { entries: added } }
}

/** The event of a number that was removed from an organization's do-not-call list. */
export function dncRemoved(organizationId: string, phone: string, occasion: Occasion): DncRemoved {
  return { type: 'dnc.removed', ...header(organizationId, occasion), data: { phones: [phone] } }
}

/** All changes of one list belong together: they keep their order. */
function header(organizationId: string, { id, atMs, requestId }: Occasion) {
  return { id, version: 1 as const, organizationId, time: toIso(atMs), correlationId: organizationId, causationId: requestId }
}
