import { DomainError } from '@carillon/service-kit/domain/domain-error'
import { tenantShare } from '@carillon/service-kit/domain/tenant-share'

/** What one file may hold, and how many files an organization may import at a time on one replica. */
export interface ImportLimits {
  bytes: number
  rows: number
  atOnce: number
}

export const importLimits: ImportLimits = { bytes: 1_000_000_000, rows: 5_000_000, atOnce: 4 }

export const fileTooLarge = (limit: string) =>
  new DomainError(
    'too_large',
    'PayloadTooLargeError',
    `The file has more than ${limit}. The rows before were imported; split the file and import the rest`,
  )

const imports = tenantShare(
  (atOnce) =>
    new DomainError(
      'too_many',
      'TooManyRequestsError',
      `The organization imports ${atOnce} files already. Wait until one of them is imported`,
    ),
)

/** Runs an import, unless the organization has as many as it may. */
export async function withinLimit<T>(organizationId: string, { atOnce }: ImportLimits, work: () => Promise<T>): Promise<T> {
  const end = imports.begin(organizationId, atOnce)
  try {
    return await work()
  } finally {
    end()
  }
}
