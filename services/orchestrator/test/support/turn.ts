import type { WaitingContact } from '../../src/domain/contact.ts'
import type { ExecutionPlan, ExecutionState } from '../../src/domain/execution.ts'
import { compileRules, type ExecutionRules } from '../../src/domain/execution-rules.ts'
import { type DueContact, orderCalls } from '../../src/domain/order-calls.ts'
import { newOutlook, type Outlook } from '../../src/domain/outlook.ts'
import { beginTurn, type Turn, type TurnTime } from '../../src/domain/turn.ts'
import { somePlan, someState } from './execution.ts'

/** An execution of a hundred contacts, and a turn of it at ten o'clock on Monday, 2 March 2026. */
export interface TurnCase {
  rules: ExecutionRules
  state: ExecutionState
  outlook: Outlook
  time: TurnTime
}

export const at = (time: string) => Date.parse(`2026-03-02T${time}Z`)

export function turnCase(
  change: { plan?: Partial<ExecutionPlan>; state?: Partial<ExecutionState>; outlook?: Partial<Outlook>; nowMs?: number } = {},
): TurnCase {
  const nowMs = change.nowMs ?? at('10:00:00')
  return {
    rules: compileRules(somePlan(change.plan)),
    state: someState(change.state),
    outlook: { ...newOutlook(nowMs), revision: 4, ...change.outlook },
    time: { nowMs, speed: 1, orderValidityMs: 30_000 },
  }
}

export const begun = ({ rules, state, outlook, time }: TurnCase): Turn => beginTurn(rules, state, outlook, time)

/** Orders calls to these contacts, `call-1` and so on, from a pool of two numbers. */
export function ordered(
  turnOf: TurnCase,
  due: readonly DueContact[],
  turn = begun(turnOf),
  doNotCall: ReadonlySet<string> = new Set(),
): Turn {
  let made = 0
  const { nowMs, orderValidityMs } = turnOf.time
  const pool = ['+212522000001', '+212522000002']
  const newCallId = () => `018f0000-0000-7000-a000-00000000000${++made}`
  return orderCalls(turnOf.rules, turn, due, {
    pool,
    notBeforeMs: nowMs - orderValidityMs,
    notAfterMs: nowMs + orderValidityMs,
    nowMs,
    doNotCall,
    newCallId,
  })
}

/** A contact that waits for its first call. */
export function dueContact(contactId: string, change: Partial<WaitingContact> = {}, more: Partial<DueContact> = {}): DueContact {
  return {
    contactId,
    phone: '+212600000001',
    firstName: null,
    lastName: null,
    attributes: {},
    contact: { status: 'pending', attempt: 0, dueAtMs: at('09:00:00'), callId: null, ...change },
    didNumber: null,
    zone: '',
    ...more,
  }
}
