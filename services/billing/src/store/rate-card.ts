import { toIso } from '@carillon/contracts/instant'
import type { Rate } from '@carillon/money/rating'
import type { Orm, Tx } from '@carillon/service-kit/postgres/database'
import { newestFirst, type Slice } from '@carillon/service-kit/postgres/list-order'
import { and, desc, eq, max } from 'drizzle-orm'
import type { RateCard, Rates } from '../domain/rate-card.ts'
import { rateCards, type StoredRate } from './schema.ts'

/**
 * Keeps other transactions from rating calls of the organization until this one commits. A call that is rated later finds the new card; a call
 * that was rated earlier had started before the card. So the price of a call does not depend on when it is rated.
 */
export async function lockRateCard(tx: Tx, organizationId: string): Promise<void> {
  await tx.sql`select pg_advisory_xact_lock(hashtextextended('billing/rate-card/' || ${organizationId}::uuid, 0))`
}

/** The counterpart of {@link lockRateCard}: no card of these organizations changes until this transaction ends. */
async function holdRateCards(tx: Tx, organizationIds: readonly string[]): Promise<void> {
  await tx.sql`
    select pg_advisory_xact_lock_shared(key) from (
      select hashtextextended('billing/rate-card/' || id, 0) as key from unnest(${organizationIds}::uuid[]) as id order by key
    ) as keys`
}

/**
 * The cards that may rate a call, by organization. `earliestMs` is the earliest start of a call by organization. The cards stay locked until the
 * transaction ends.
 */
export async function cardsSince(tx: Tx, earliestMs: ReadonlyMap<string, number>): Promise<Map<string, RateCard[]>> {
  const organizationIds = [...earliestMs.keys()]
  await holdRateCards(tx, organizationIds)
  const rows = await tx.sql<{ organization_id: string; version: number; effective_from: Date; rates: Record<string, StoredRate> }[]>`
    select card.organization_id, card.version, card.effective_from, card.rates
    from unnest(${organizationIds}::uuid[], ${[...earliestMs.values()].map(toIso)}::timestamptz[]) as wanted (organization_id, earliest)
    join rate_cards card on card.organization_id = wanted.organization_id and card.effective_from >= coalesce((
      select max(effective_from) from rate_cards
      where organization_id = wanted.organization_id and effective_from <= wanted.earliest
    ), '-infinity')`
  const cards = new Map<string, RateCard[]>()
  for (const { organization_id, version, effective_from, rates } of rows) {
    const card = { version, effectiveFromMs: effective_from.getTime(), rates: fromStored(rates) }
    const others = cards.get(organization_id)
    if (others) others.push(card)
    else cards.set(organization_id, [card])
  }
  return cards
}

/** The organization's newest card, or undefined if it never got one. */
export async function newestCard(orm: Orm, organizationId: string): Promise<RateCard | undefined> {
  const [row] = await orm
    .select()
    .from(rateCards)
    .where(eq(rateCards.organizationId, organizationId))
    .orderBy(desc(rateCards.version))
    .limit(1)
  return row && toCard(row)
}

export const rateCardOrder = newestFirst<RateCard>([rateCards.version], ({ version }) => [version])

/** The versions of an organization's card. */
export async function listCards(orm: Orm, organizationId: string, slice: Slice) {
  const [newest] = await orm
    .select({ version: max(rateCards.version) })
    .from(rateCards)
    .where(eq(rateCards.organizationId, organizationId))
  const rows = await orm
    .select()
    .from(rateCards)
    .where(and(eq(rateCards.organizationId, organizationId), slice.where))
    .orderBy(...slice.orderBy)
    .limit(slice.limit)
    .offset(slice.offset)
  // Versions have no gaps, so the newest one counts them.
  return { cards: rows.map(toCard), total: newest?.version ?? 0 }
}

export async function insertCard(tx: Tx, organizationId: string, card: RateCard): Promise<void> {
  await tx.orm.insert(rateCards).values({
    organizationId,
    version: card.version,
    effectiveFrom: new Date(card.effectiveFromMs),
    rates: toStored(card.rates),
  })
}

function toCard(row: typeof rateCards.$inferSelect): RateCard {
  return { version: row.version, effectiveFromMs: row.effectiveFrom.getTime(), rates: fromStored(row.rates) }
}

function toStored(rates: Rates): Record<string, StoredRate> {
  return Object.fromEntries([...rates].map(([type, rate]) => [type, { ...rate, costPerUnitMicros: Number(rate.costPerUnitMicros) }]))
}

function fromStored(rates: Record<string, StoredRate>): Rates {
  return new Map(
    Object.entries(rates).map(([type, rate]): [string, Rate] => [type, { ...rate, costPerUnitMicros: BigInt(rate.costPerUnitMicros) }]),
  )
}
