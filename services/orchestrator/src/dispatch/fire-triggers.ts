import type { Tx } from '@carillon/service-kit/postgres/database'
import { zoning } from '../domain/contact-hours.ts'
import { fireTriggers, triggersMayFire } from '../domain/triggers.ts'
import type { Turn, TurnTime } from '../domain/turn.ts'
import { addZones, enterContacts, takeTriggers } from '../store/due-triggers.ts'
import type { ExecutionMemory } from './lane-memory.ts'

/** Triggers that fire in one turn, so that its transaction stays short. */
const fireLimit = 1_000

/** Fires the triggers that wait, if it is time. The memory that comes back knows the zones of new contacts. */
export async function fireDueTriggers(
  tx: Tx,
  memory: ExecutionMemory,
  turn: Turn,
  { nowMs }: TurnTime,
): Promise<{ memory: ExecutionMemory; turn: Turn }> {
  const { rules } = memory
  const { plan } = rules
  if (!triggersMayFire(rules, turn, nowMs)) return { memory, turn }
  const fired = await takeTriggers(tx, plan.id, fireLimit)
  if (fired.length === 0) return { memory, turn }
  const zoneOf = zoning(plan.callingHours)
  const entering = fired.map((trigger) => ({ ...trigger, zone: zoneOf(trigger.phone) }))
  await enterContacts(tx, plan.id, entering, nowMs)
  const zones = [...new Set(entering.map(({ zone }) => zone))].filter((zone) => !plan.zones.includes(zone))
  if (zones.length > 0) await addZones(tx, plan.id, zones)
  return {
    memory: { ...memory, rules: { ...rules, plan: { ...plan, zones: [...plan.zones, ...zones] } } },
    turn: fireTriggers(rules, turn, fired, nowMs),
  }
}
