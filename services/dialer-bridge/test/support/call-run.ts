import { compileFlow } from '@carillon/call-flow/compile'
import type { FlowGraph } from '@carillon/call-flow/graph'
import type { CallEnded, CallEvent } from '@carillon/contracts/call-events'
import type { DialOrder } from '@carillon/contracts/dial-order'
import { advanceCall, beginCall, type Call, type CallStep } from '../../src/domain/call.ts'
import type { CarrierCommand } from '../../src/domain/carrier-command.ts'
import type { CarrierEvent } from '../../src/domain/carrier-event.ts'
import { dialOrder } from './orders.ts'

export const startedAtMs = Date.parse('2025-12-20T09:00:00.000Z')
export const at = (seconds: number) => startedAtMs + seconds * 1000
export const iso = (seconds: number) => new Date(at(seconds)).toISOString()

/** A call under test, and all that its steps gave. */
export interface Run {
  call: Call
  events: CallEvent[]
  commands: CarrierCommand[]
}

export const order = (data?: Partial<DialOrder['data']>) => dialOrder('call-1', data)

export function begin(graph: FlowGraph, asked = order()): Run {
  return add({ events: [], commands: [] }, beginCall(asked, compileFlow(graph), startedAtMs))
}

export function add(run: Omit<Run, 'call'>, step: CallStep): Run {
  return {
    call: step.call,
    events: [...run.events, ...step.events],
    commands: step.command ? [...run.commands, step.command] : run.commands,
  }
}

/** The run after these reports of the carrier. */
export const report = (run: Run, ...reports: CarrierEvent[]): Run =>
  reports.reduce((so, event) => add(so, advanceCall(so.call, event)), run)

export const originated: CarrierEvent = { type: 'originated', atMs: at(0) }
export const ringing: CarrierEvent = { type: 'ringing', atMs: at(1) }
export const answered = (answeredBy: 'human' | 'machine' | 'unsure' = 'human', knownAt = 5): CarrierEvent => ({
  type: 'answered',
  atMs: at(knownAt),
  pickedUpAtMs: at(5),
  answeredBy,
})
export const played = (operationId: string, seconds: number): CarrierEvent => ({
  type: 'played',
  operationId,
  atMs: at(seconds),
  durationMs: 1000,
  completedBy: 'finished',
})
export const digits = (operationId: string, entered: string, seconds: number): CarrierEvent => ({
  type: 'collected',
  operationId,
  atMs: at(seconds),
  digits: entered,
  endedBy: entered ? 'complete' : 'timeout',
})
export const over = (seconds: number, ending: Partial<Extract<CarrierEvent, { type: 'ended' }>> = {}): CarrierEvent => ({
  type: 'ended',
  atMs: at(seconds),
  by: 'callee',
  sipStatus: null,
  q850Cause: 16,
  ringTimeout: false,
  ...ending,
})

/** `call.dialed`, …, and for nodes `dial onAnswer`. */
export const told = ({ events }: Run) =>
  events.map((event) => (event.type === 'node.executed' ? `${event.data.nodeId} ${event.data.outputPath}` : event.type))

export function endOf(run: Run): CallEnded {
  const last = run.events.at(-1)
  if (last?.type !== 'call.ended') throw new Error(`the last event is ${last?.type}`)
  return last
}
