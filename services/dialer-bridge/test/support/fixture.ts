import type { FlowGraph } from '@carillon/call-flow/graph'
import type { CallEvent } from '@carillon/contracts/call-events'
import type { DialOrder } from '@carillon/contracts/dial-order'
import { laneOf } from '@carillon/contracts/lane'
import { questions } from '@carillon/contracts/questions'
import { streams, subjectOf } from '@carillon/contracts/streams'
import { DomainError } from '@carillon/service-kit/domain/domain-error'
import { answerQuestion } from '@carillon/service-kit/messaging/questions'
import type { ServiceDeps } from '@carillon/service-kit/process/service'
import { eventually } from '@carillon/testing/eventually'
import { openTestService, type TestService, type TestServiceOptions } from '@carillon/testing/test-service'
import { type Bridge, type BridgeOptions, startBridge } from '../../src/bridge.ts'
import type { CarrierFactory } from '../../src/carriers/carrier-by-mode.ts'
import { readProfile } from '../../src/carriers/simulated/profile.ts'
import { simulatedCarrier } from '../../src/carriers/simulated/simulated-carrier.ts'
import type { OriginateRequest } from '../../src/domain/carrier-command.ts'
import { executionId } from './orders.ts'

/** A bridge with real servers, and a simulated carrier that keeps its originates. */
export interface TestBridge {
  service: TestService
  bridge: Bridge
  originates: OriginateRequest[]
  close(): Promise<void>
}

export interface TestBridgeOptions extends Partial<BridgeOptions> {
  profile?: unknown
  /** Where originates are kept. A list of its own when absent. */
  originates?: OriginateRequest[]
  service?: TestServiceOptions
}

/** Everybody answers at once, presses 1, and nothing takes any time. */
const instant = { digits: { '1': 1 } }

export async function openTestBridge({
  profile = instant,
  originates = [],
  service: given = {},
  ...options
}: TestBridgeOptions = {}): Promise<TestBridge> {
  const service = await openTestService('dialer-bridge', given)
  const createCarrier: CarrierFactory = (onEvent) =>
    simulatedCarrier({
      profile: readProfile(profile),
      seed: 7,
      clock: service.deps.clock,
      onEvent,
      log: { record: (request) => originates.push(request), close: () => {} },
    })
  const bridge = await startBridge(service.deps, createCarrier, {
    maxChannels: 100,
    staleMs: 800,
    drainMs: 0,
    reachesPeople: false,
    ...options,
  })
  return {
    service,
    bridge,
    originates,
    async close() {
      await bridge.stop()
      await service.close()
    },
  }
}

type Connected = Pick<ServiceDeps, 'nats'>

/** Answers for program-api: `flows` by their id, and which numbers must not be called. Returns a function that ends it. */
export function answerForProgramApi(
  { nats, logger }: Pick<ServiceDeps, 'nats' | 'logger'>,
  flows: Record<string, FlowGraph>,
  doNotCall: ReadonlySet<string> = new Set(),
): () => Promise<void> {
  const endList = answerQuestion(nats, questions.doNotCall, logger, async ({ numbers }) => ({
    listed: numbers.flatMap(({ phone }, place) => (doNotCall.has(phone) ? [place] : [])),
  }))
  const endFlows = answerQuestion(nats, questions.flowVersion, logger, async ({ flowId, version }) => {
    const graph = flows[flowId]
    if (!graph) throw new DomainError('not_found', 'FlowNotFoundError', `There is no flow ${flowId}`)
    return { flowId, version, name: flowId, graph }
  })
  return async () => {
    await Promise.all([endList(), endFlows()])
  }
}

export async function giveOrders({ nats }: Connected, orders: readonly (DialOrder | string)[]): Promise<void> {
  const subject = subjectOf('DIAL', laneOf(executionId), 'dial')
  const stream = nats.jetstream()
  await Promise.all(orders.map((order) => stream.publish(subject, typeof order === 'string' ? order : JSON.stringify(order))))
}

/** Everything that the stream stores about calls from now on, in order: a message that is published again under the same id is heard once. */
export function listenToCalls({ nats }: Connected) {
  const all: CallEvent[] = []
  const heard = new Set<string>()
  nats.subscribe('calls.>', {
    callback: (_, message) => {
      const event = message.json<CallEvent>()
      if (!heard.has(event.id)) all.push(event)
      heard.add(event.id)
    },
  })
  const of = (callId: string) => all.filter(({ data }) => data.callId === callId)
  return {
    all,
    of,
    /** The events of a call, when its last one is there. */
    async complete(callId: string): Promise<CallEvent[]> {
      return eventually(() => {
        const events = of(callId)
        const last = events.at(-1)
        if (last?.type !== 'call.ended' && last?.type !== 'call.not_dialed') throw new Error(`${callId} stands at ${last?.type}`)
        return events
      })
    },
  }
}

/** Orders that the work queue still holds, taken or not. */
export async function ordersInQueue({ nats }: Connected): Promise<number> {
  const manager = await nats.jetstreamManager()
  return (await manager.streams.info(streams.DIAL.name)).state.messages
}
